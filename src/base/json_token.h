/*
 * json_token.h
 *		Strings, numbers and words of JSON text, for json_text.c.
 */
#ifndef FEEDBACK_JSON_TOKEN_H
#define FEEDBACK_JSON_TOKEN_H

#include "postgres.h"

#include "nodes/pg_list.h"

/* How deep the pass knows the member that it is in */
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

/* Where the pass is */
typedef struct JsonScanner
{
	const char *start;
	const char *at;
	const char *end;
	int			nesting;
	int			max_nesting;
	bool		syntax_only;	/* what cannot be held is nobody's concern */
	JsonText   *result;
} JsonScanner;

extern bool feedback_json_token_string(JsonScanner *s);
extern bool feedback_json_token_number(JsonScanner *s);
extern bool feedback_json_token_word(JsonScanner *s, const char *word);
extern bool feedback_json_token_refuse(JsonScanner *s, int sqlstate, const char *complaint);

#endif							/* FEEDBACK_JSON_TOKEN_H */
