/*
 * search.h
 *		Filters of search_traces: words, conditions, and the SQL that they become.
 */
#ifndef FEEDBACK_SEARCH_H
#define FEEDBACK_SEARCH_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

#include "base/compat.h"
#include "trace/trace.h"

typedef enum TokenType
{
	TOKEN_END,
	TOKEN_WORD,					/* letters, digits and a few signs */
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

/* What the SQL refers to as $1, $2, ...; none is null */
typedef struct Parameters
{
	int			count;
	int			capacity;
	Oid		   *types;
	Datum	   *values;
} Parameters;

/* The brackets that a condition stands in */
typedef enum Within
{
	WITHIN_NOTHING,
	WITHIN_ASSESSMENT,
	WITHIN_SPAN
} Within;

typedef struct Parser
{
	Lexer		lexer;
	Token		token;			/* the next one */
	Parameters *parameters;
	int			nesting;
	int			conditions;
	Within		within;
	List	   *traces;			/* the conditions on traces, Condition * */
} Parser;

typedef enum Field
{
	FIELD_VALUE,				/* of any type, as text or whether it is there */
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
	FIELD_METADATA,				/* one key of it, as text */
	FIELD_METADATA_NUMBER,		/* one key of it, if it is a number */
	FIELD_TRACE_ID,
	FIELD_TRACE_TEXT,			/* what a condition on traces is about */
	FIELD_TRACE_NUMBER,
	FIELD_TRACE_MILLISECONDS,	/* since 1970 */
	FIELD_TRACE_TIME,			/* the same as a time */
	FIELD_SPAN_NAME,
	FIELD_SPAN_TYPE,
	FIELD_SPAN_STATUS,
	FIELD_SPAN_CONTENT,
	FIELD_SPAN_ATTRIBUTE		/* one of them, as text */
} Field;

/* What of a trace a condition is about */
typedef enum TracePart
{
	PART_ANY,					/* that there is one */
	PART_REQUEST_ID,
	PART_STATE,
	PART_TIME,
	PART_EXECUTION_TIME,
	PART_END_TIME,
	PART_CLIENT_REQUEST_ID,
	PART_REQUEST,
	PART_RESPONSE,
	PART_SESSION,
	PART_USER,
	PART_INPUT_TOKENS,
	PART_OUTPUT_TOKENS,
	PART_TOTAL_TOKENS,
	PART_TAG,					/* any value that follows is one of several
								 * rows */
	PART_METADATA,
	PART_RUN,
	PART_PROMPT,
	PART_SPAN
} TracePart;

typedef enum NodeType
{
	NODE_AND,
	NODE_OR,
	NODE_NOT,
	NODE_COMPARE,				/* of a field of an assessment with a constant */
	NODE_EXISTS,				/* the trace has an assessment such as this */
	NODE_TRACE					/* a source of traces has one such as this */
} NodeType;

typedef struct Condition
{
	NodeType	type;
	List	   *children;		/* of AND, OR and NOT; the conditions of
								 * EXISTS and TRACE */
	/* COMPARE */
	Field		field;
	const char *operator;		/* in SQL */
	int			key;			/* parameter of a metadata key */
	int			constant;		/* parameter, or 0 for IS NULL and IS NOT NULL */
	bool		any;			/* the constant is an array, any of it will do */
	/* EXISTS */
	const char *kind;			/* feedback, expectation, or NULL for both */
	int			name;			/* parameter, or 0 for any */
	/* TRACE */
	TracePart	part;
	const char *key_name;		/* of a tag or metadata; its parameter is key */
	bool		joins;			/* of spans: one span with others that AND
								 * joins */
	List	   *sources;		/* TraceSource *, once they are known */
	/* COMPARE with a time of a trace */
	int			time;			/* parameter: the constant as a time */
} Condition;

/* One alternative of a filter: an assessment that its rows are, or a trace, and what else their traces have */
typedef struct Branch
{
	const Condition *leading;	/* EXISTS or TRACE */
	List	   *others;			/* conditions of the trace */
} Branch;

/* The statement as far as it is written, and what all of it has in common */
typedef struct Search
{
	StringInfoData sql;
	const char *limit;			/* a clause, or "" */
	const char *most;			/* the number of it */
	int			project;		/* parameter, or 0 for any */
	const Parameters *parameters;
	Condition  *any_trace;
	int			asked;			/* how often an index was asked for numbers of
								 * rows */
} Search;

/* More alternatives than these in one condition are not searched one by one */
#define SEARCH_MAX_BRANCHES	16

/* search_lex.c */
extern Token feedback_search_token(Lexer *lexer);
extern bool feedback_search_is(const Token *token, const char *word);
extern bool feedback_search_names(const Token *token, const char *word);
extern int	feedback_search_place(const Lexer *lexer, const Token *token);
extern void feedback_search_context(void *parser);
pg_noreturn extern void feedback_search_error(const Lexer *lexer, const Token *token, const char *expected);

/* search_cursor.c */
extern void feedback_search_advance(Parser *parser);
extern bool feedback_search_accept(Parser *parser, const char *word);
extern void feedback_search_expect(Parser *parser, const char *symbol);
extern char *feedback_search_name(Parser *parser);
extern Condition *feedback_search_node(NodeType type, List *children);

/* search_parse.c */
extern Condition *feedback_search_parse(const char *filter, Parameters *parameters, List **traces);

/* search_trace.c */
extern Condition *feedback_search_trace(Parser *parser);
extern Condition *feedback_search_span(Parser *parser, List *children);
extern Condition *feedback_search_span_field(Parser *parser);
extern Condition *feedback_search_any_trace(void);
extern List *feedback_search_join_spans(List *conditions);

/* search_source.c */
extern void feedback_search_find_sources(List *traces);
extern void feedback_search_append_source(StringInfo sql, const Condition *node, const char *alias);
extern void feedback_search_append_source_row(StringInfo sql, const Condition *node, const TraceSource *source);

/* search_order.c */
extern char *feedback_search_order(const char *order_by, Parameters *parameters);

/* search_compare.c */
extern bool feedback_search_compares(const Token *token);
extern bool feedback_search_is_null(Parser *parser, bool *is_null);
extern Condition *feedback_search_compare(Parser *parser, Field field, int key);

/* search_constant.c */
extern int	feedback_search_parameter(Parameters *parameters, Oid type, Datum value);
extern int	feedback_search_text(Parser *parser, const char *string);
extern int	feedback_search_boolean(Parser *parser, bool value);
extern int	feedback_search_number(Parser *parser, const char *digits);
extern int	feedback_search_time(Parser *parser, const char *string);
extern int	feedback_search_whole(Parser *parser, const char *digits, bool ordered);
extern int	feedback_search_time_to_milliseconds(Parser *parser, int time, bool ordered);
extern int	feedback_search_milliseconds_to_time(Parser *parser, const char *digits);
extern int	feedback_search_source_type(Parser *parser, const char *string);
extern int	feedback_search_pattern(Parser *parser, const char *operator, const char *pattern);
extern int	feedback_search_json(Parser *parser, const char *string);
extern int	feedback_search_array(Parameters *parameters, const int *constants, int count);
extern bool feedback_search_reads_as_number(const char *string);

/* search_condition.c */
extern void feedback_search_append_rows(StringInfo sql, const char *trace, const char *alias, const Condition *conditions);
extern void feedback_search_append_trace(StringInfo sql, const Condition *node, const char *alias);
extern void feedback_search_append_assessment(StringInfo sql, const Condition *exists, const char *alias, bool by_name);
extern void feedback_search_append_comparison(StringInfo sql, const Condition *node, const char *alias);
extern void feedback_search_append_project(Search *search, const char *alias);

/* search_branch.c */
extern void feedback_search_append_branch(Search *search, const Branch *branch);
extern void feedback_search_begin_newest(Search *search, const Condition *conditions);
extern void feedback_search_end_newest(Search *search, const List *others);

/* search_traces.c */
extern void feedback_search_append_traces(Search *search, const Branch *branch);

/* search_compile.c */
extern char *feedback_search_sql(Condition *filter, Condition *any_trace, const char *order, int project,
								 int limit, const Parameters *parameters);

#endif							/* FEEDBACK_SEARCH_H */
