/*
 * json_string.h
 *		Strings of a JSON text, compared by what they say.
 */
#ifndef FEEDBACK_JSON_STRING_H
#define FEEDBACK_JSON_STRING_H

#include "postgres.h"

/* Of \uXXXX */
#define JSON_UNIT_LENGTH	6

extern char *feedback_json_string_decode(const char *json, int length, int *decoded_length);
extern int	feedback_json_string_unit(const char *at, const char *end);
extern bool feedback_json_string_is(const char *json, int length, const char *string);

#endif							/* FEEDBACK_JSON_STRING_H */
