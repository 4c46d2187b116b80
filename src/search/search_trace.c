/*
 * search_trace.c
 *		Conditions on traces, from the text of a filter.
 *
 *	trace:		[ trace . ] field comparison | tag . name comparison
 *				| metadata . name comparison | span . span_field comparison
 *				| span [ fields ]
 *	span_field:	name | type | status | content | attributes . name
 *
 * What MLflow calls by several names has them here: attribute and attributes for
 * trace, tags, request_metadata, timestamp, execution_time and end_time.  Like
 * those on assessments, a condition asks for a trace that has what is compared:
 * != for another value.
 */
#include "postgres.h"

#include "search/search.h"

#define FIELDS \
	"status, timestamp_ms, request_time, execution_time_ms, end_time_ms, name, request_id, client_request_id, run_id, " \
	"prompt, request_preview, response_preview, session_id, user_id, input_tokens, output_tokens, total_tokens or text"

#define SPAN_FIELDS	"name, type, status, content or attributes.name"

/* The fields of a trace; those that MLflow takes without a prefix are bare */
static const struct
{
	const char *name;
	TracePart	part;
	Field		field;
	bool		bare;
}			fields[] =

{
	{"status", PART_STATE, FIELD_TRACE_TEXT, true},
	{"state", PART_STATE, FIELD_TRACE_TEXT, false},
	{"timestamp_ms", PART_TIME, FIELD_TRACE_MILLISECONDS, true},
	{"timestamp", PART_TIME, FIELD_TRACE_MILLISECONDS, true},
	{"request_time", PART_TIME, FIELD_TRACE_TIME, false},
	{"execution_time_ms", PART_EXECUTION_TIME, FIELD_TRACE_NUMBER, true},
	{"execution_time", PART_EXECUTION_TIME, FIELD_TRACE_NUMBER, true},
	{"end_time_ms", PART_END_TIME, FIELD_TRACE_NUMBER, true},
	{"end_time", PART_END_TIME, FIELD_TRACE_NUMBER, true},
	{"request_id", PART_REQUEST_ID, FIELD_TRACE_TEXT, true},
	{"client_request_id", PART_CLIENT_REQUEST_ID, FIELD_TRACE_TEXT, true},
	{"request_preview", PART_REQUEST, FIELD_TRACE_TEXT, false},
	{"response_preview", PART_RESPONSE, FIELD_TRACE_TEXT, false},
	{"session_id", PART_SESSION, FIELD_TRACE_TEXT, false},
	{"user_id", PART_USER, FIELD_TRACE_TEXT, false},
	{"input_tokens", PART_INPUT_TOKENS, FIELD_TRACE_NUMBER, false},
	{"output_tokens", PART_OUTPUT_TOKENS, FIELD_TRACE_NUMBER, false},
	{"total_tokens", PART_TOTAL_TOKENS, FIELD_TRACE_NUMBER, false},
	{"name", PART_TAG, FIELD_TRACE_TEXT, true},
	{"run_id", PART_RUN, FIELD_TRACE_TEXT, true},
	{"prompt", PART_PROMPT, FIELD_TRACE_TEXT, true},
	{"text", PART_SPAN, FIELD_SPAN_CONTENT, true}
};

/* The fields of a span */
static const struct
{
	const char *name;
	Field		field;
}			span_fields[] =

{
	{"name", FIELD_SPAN_NAME},
	{"type", FIELD_SPAN_TYPE},
	{"status", FIELD_SPAN_STATUS},
	{"content", FIELD_SPAN_CONTENT},
	{"attributes", FIELD_SPAN_ATTRIBUTE}
};

static bool accept_prefix(Parser *parser, const char *const *words, int count);
static Condition *parse_trace_field(Parser *parser, bool bare);
static Condition *parse_keyed(Parser *parser, TracePart part);
static Condition *trace_node(Parser *parser, TracePart part, List *children);
static void set_key(Parser *parser, Condition *node, const char *key);
static Condition *parse_compared(Parser *parser, Condition *node, Field field);
static List *compared(Parser *parser, Field field, int key);

/* A condition on traces other than on their spans */
Condition *
feedback_search_trace(Parser *parser)
{
	static const char *const traces[] = {"trace", "attribute", "attributes"};
	static const char *const tags[] = {"tag", "tags"};
	static const char *const metadata[] = {"metadata", "request_metadata"};

	if (accept_prefix(parser, traces, lengthof(traces)))
		return parse_trace_field(parser, false);
	if (accept_prefix(parser, tags, lengthof(tags)))
		return parse_keyed(parser, PART_TAG);
	if (accept_prefix(parser, metadata, lengthof(metadata)))
		return parse_keyed(parser, PART_METADATA);
	return parse_trace_field(parser, true);
}

/* One of these words, also in back-ticks, and a dot */
static bool
accept_prefix(Parser *parser, const char *const *words, int count)
{
	int			i;

	for (i = 0; i < count; i++)
	{
		if (!feedback_search_names(&parser->token, words[i]))
			continue;
		feedback_search_advance(parser);
		feedback_search_expect(parser, ".");
		return true;
	}
	return false;
}

static Condition *
parse_trace_field(Parser *parser, bool bare)
{
	int			i;

	for (i = 0; i < (int) lengthof(fields); i++)
	{
		Condition  *node;

		if ((bare && !fields[i].bare) || !feedback_search_names(&parser->token, fields[i].name))
			continue;
		feedback_search_advance(parser);
		if (fields[i].part == PART_SPAN)
		{
			node = feedback_search_span(parser, compared(parser, fields[i].field, 0));
			node->joins = true;
			return node;
		}
		node = trace_node(parser, fields[i].part, NIL);
		if (fields[i].part == PART_TAG)
			set_key(parser, node, TRACE_NAME_TAG);
		return parse_compared(parser, node, fields[i].field);
	}
	feedback_search_error(&parser->lexer, &parser->token,
						  bare ? "feedback.name, expectation.name, trace_id, trace.field, tag.name, metadata.name, span.field, NOT or \"(\"" :
						  FIELDS);
}

/* A tag or a key of metadata */
static Condition *
parse_keyed(Parser *parser, TracePart part)
{
	Condition  *node = trace_node(parser, part, NIL);

	set_key(parser, node, feedback_search_name(parser));
	return parse_compared(parser, node, FIELD_TRACE_TEXT);
}

static Condition *
trace_node(Parser *parser, TracePart part, List *children)
{
	Condition  *node = feedback_search_node(NODE_TRACE, children);

	node->part = part;
	parser->traces = lappend(parser->traces, node);
	return node;
}

static void
set_key(Parser *parser, Condition *node, const char *key)
{
	node->key_name = key;
	node->key = feedback_search_text(parser, key);
}

/* What follows a field; of what there may be several, IS NULL says that there is none. */
static Condition *
parse_compared(Parser *parser, Condition *node, Field field)
{
	bool		is_null;

	if (node->part >= PART_TAG && feedback_search_is_null(parser, &is_null))
		return is_null ? feedback_search_node(NODE_NOT, list_make1(node)) : node;
	node->children = compared(parser, field, 0);
	return node;
}

/* A comparison; a negated one asks for another value, not for none. */
static List *
compared(Parser *parser, Field field, int key)
{
	Condition  *comparison = feedback_search_compare(parser, field, key);
	Condition  *present;

	if (comparison->type != NODE_NOT)
		return list_make1(comparison);
	present = feedback_search_node(NODE_COMPARE, NIL);
	present->field = field;
	present->key = key;
	present->operator = "IS NOT NULL";
	return list_make2(present, comparison);
}

/* That the trace has a span such as this */
Condition *
feedback_search_span(Parser *parser, List *children)
{
	return trace_node(parser, PART_SPAN, children);
}

/* A field of a span and what follows it */
Condition *
feedback_search_span_field(Parser *parser)
{
	int			i;

	for (i = 0; i < (int) lengthof(span_fields); i++)
	{
		int			key = 0;

		if (!feedback_search_accept(parser, span_fields[i].name))
			continue;
		if (span_fields[i].field == FIELD_SPAN_ATTRIBUTE)
		{
			feedback_search_expect(parser, ".");
			key = feedback_search_text(parser, feedback_search_name(parser));
		}
		return feedback_search_node(NODE_AND, compared(parser, span_fields[i].field, key));
	}
	feedback_search_error(&parser->lexer, &parser->token,
						  parser->within == WITHIN_SPAN ? SPAN_FIELDS ", NOT or \"(\"" : SPAN_FIELDS);
}

/* That a source has the trace */
Condition *
feedback_search_any_trace(void)
{
	return feedback_search_node(NODE_TRACE, NIL);
}

/* As in MLflow, spans that AND joins are one; those in brackets may be others. */
List *
feedback_search_join_spans(List *conditions)
{
	Condition  *span = NULL;
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, conditions)
	{
		Condition  *node = lfirst(lc);

		if (node->type == NODE_TRACE && node->joins && span != NULL)
			span->children = list_concat(span->children, node->children);
		else
			result = lappend(result, node);
		if (node->type == NODE_TRACE && node->joins && span == NULL)
			span = node;
	}
	return result;
}
