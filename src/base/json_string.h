/*
 * json_string.h
 *		Strings of a JSON text, compared by what they say.
 */
#ifndef FEEDBACK_JSON_STRING_H
#define FEEDBACK_JSON_STRING_H

#include "postgres.h"

extern char *feedback_json_string_decode(const char *json, int length, int *decoded_length);
extern bool feedback_json_string_is(const char *json, int length, const char *string);

#endif							/* FEEDBACK_JSON_STRING_H */
