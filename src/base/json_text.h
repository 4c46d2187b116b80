/*
 * json_text.h
 *		A lexical pass over JSON text, strict where json-c is not.
 */
#ifndef FEEDBACK_JSON_TEXT_H
#define FEEDBACK_JSON_TEXT_H

#include "postgres.h"

#include "base/json_token.h"
#include "base/problem.h"

/* How deep a document may nest, its outer object being level 1 */
#define MAX_NESTING			64

extern bool feedback_json_text_scan(const char *json, int length, int max_nesting,
									JsonText *result);
extern bool feedback_json_text_check_syntax(const char *json, int length, int max_nesting,
											JsonText *result);
extern bool feedback_json_text_problem(const JsonText *refused, const char *json,
									   const char *subject, const char *column,
									   Problem *problem);
extern bool feedback_json_text_reads_as_value(const char *json, int length);

#endif							/* FEEDBACK_JSON_TEXT_H */
