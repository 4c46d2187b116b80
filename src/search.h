/*
 * search.h
 *		Filters of search_traces: words, conditions, and the SQL that they become.
 */
#ifndef FEEDBACK_SEARCH_H
#define FEEDBACK_SEARCH_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

#include "compat.h"

typedef enum TokenType
{
	TOKEN_END,
	TOKEN_WORD,					/* letters, digits, _ and - */
	TOKEN_QUOTED_NAME,			/* in back-ticks */
	TOKEN_STRING,				/* in single or double quotes */
	TOKEN_NUMBER,
	TOKEN_SYMBOL				/* an operator, or a character of its own */
} TokenType;

typedef struct Token
{
	TokenType	type;
	const char *start;			/* in the text */
	int			length;
	char	   *value;			/* without quotes */
} Token;

typedef struct Lexer
{
	const char *argument;		/* what the text is called */
	const char *text;
	const char *next;
} Lexer;

typedef enum Field
{
	FIELD_VALUE,
	FIELD_BOOLEAN,				/* the value, of one type */
	FIELD_NUMERIC,
	FIELD_TEXT,
	FIELD_JSON,
	FIELD_SOURCE_TYPE,
	FIELD_SOURCE_ID,
	FIELD_RATIONALE,
	FIELD_ERROR_CODE,
	FIELD_ERROR_MESSAGE,
	FIELD_SPAN_ID,
	FIELD_CREATE_TIME,
	FIELD_LAST_UPDATE_TIME,
	FIELD_METADATA,				/* one key of it */
	FIELD_TRACE_ID
} Field;

typedef enum NodeType
{
	NODE_AND,
	NODE_OR,
	NODE_NOT,
	NODE_COMPARE,				/* of a field of an assessment with a constant */
	NODE_EXISTS					/* the trace has an assessment such as this */
} NodeType;

typedef struct Condition
{
	NodeType	type;
	List	   *children;		/* of AND, OR and NOT; the conditions of EXISTS */
	/* COMPARE */
	Field		field;
	const char *operator;		/* in SQL */
	int			key;			/* parameter of a metadata key */
	int			constant;		/* parameter, or 0 for IS NULL and IS NOT NULL */
	/* EXISTS */
	const char *kind;			/* feedback, expectation, or NULL for both */
	int			name;			/* parameter, or 0 for any */
} Condition;

/* What the SQL refers to as $1, $2, ... */
typedef struct Parameters
{
	int			count;
	int			capacity;
	Oid		   *types;
	Datum	   *values;
	char	   *nulls;
} Parameters;

extern Token feedback_search_token(Lexer *lexer);
pg_noreturn extern void feedback_search_error(const Lexer *lexer, const Token *token, const char *expected);
extern int	feedback_search_position(const Lexer *lexer, const Token *token);
extern bool feedback_token_is(const Token *token, const char *word);
extern int	feedback_search_parameter(Parameters *parameters, Oid type, Datum value);
extern Condition *feedback_search_parse(const char *filter, Parameters *parameters);
extern char *feedback_search_order(const char *order_by, Parameters *parameters);
extern char *feedback_search_sql(Condition *filter, const char *order, int project, int limit);

#endif							/* FEEDBACK_SEARCH_H */
