/*
 * json_text.h
 *		A lexical pass over JSON text, strict where json-c is not.
 */
#ifndef FEEDBACK_JSON_TEXT_H
#define FEEDBACK_JSON_TEXT_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "base/problem.h"

/* How deep a document may nest, its outer object being level 1 */
#define MAX_NESTING			64

/* How deep it knows the member that it is in */
#define JSON_TEXT_LEVELS	4

/* What the pass found out; offsets are in bytes */
typedef struct JsonText
{
	List	   *wide_integers;	/* where the integers end that exceed 64 bits */

	/* Why the text was refused */
	int			sqlstate;
	const char *complaint;		/* completes "... at character N" */
	int			offset;

	/* The members that it was refused in; NULL in a list and where it ends */
	const char *member[JSON_TEXT_LEVELS];
	int			member_length[JSON_TEXT_LEVELS];
} JsonText;

extern bool feedback_json_text_scan(const char *json, int length, int max_nesting,
									JsonText *result);
extern bool feedback_json_text_check_syntax(const char *json, int length, int max_nesting,
											JsonText *result);
extern bool feedback_json_text_problem(const JsonText *refused, const char *json,
									   const char *subject, const char *column,
									   Problem *problem);
extern bool feedback_json_text_reads_as_value(const char *json, int length);

#endif							/* FEEDBACK_JSON_TEXT_H */
