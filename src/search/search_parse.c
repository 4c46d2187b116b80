/*
 * search_parse.c
 *		From the text of a filter to its conditions.
 *
 *	filter:		and { OR and }
 *	and:		not { AND not }
 *	not:		NOT not | ( filter ) | condition
 *	condition:	assessment [ comparison ] | trace_id comparison | trace
 *	assessment:	feedback | expectation, with .name, [ fields ] or both
 *	fields:		a filter whose conditions are: field comparison
 *	name:		word or text in quotes { . word or text in quotes }
 *
 * An assessment without a comparison, or IS NOT NULL, says that the trace has one.
 * For comparisons see search_compare.c, for conditions on traces search_trace.c.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "search/search.h"

#define MAX_FILTER_NESTING		64
#define MAX_FILTER_CONDITIONS	500

/* The fields of an assessment */
static const struct
{
	const char *name;
	Field		field;
}			fields[] =

{
	{"value", FIELD_VALUE},
	{"source_type", FIELD_SOURCE_TYPE},
	{"source_id", FIELD_SOURCE_ID},
	{"rationale", FIELD_RATIONALE},
	{"error_code", FIELD_ERROR_CODE},
	{"error_message", FIELD_ERROR_MESSAGE},
	{"span_id", FIELD_SPAN_ID},
	{"create_time", FIELD_CREATE_TIME},
	{"last_update_time", FIELD_LAST_UPDATE_TIME},
	{"metadata", FIELD_METADATA}
};

#define FIELDS \
	"value, source_type, source_id, rationale, error_code, error_message, span_id, create_time, " \
	"last_update_time, metadata.key, NOT or \"(\""

static Condition *parse_or(Parser *parser);
static Condition *parse_and(Parser *parser);
static Condition *parse_not(Parser *parser);
static Condition *parse_condition(Parser *parser);
static const char *parse_kind(Parser *parser);
static Condition *parse_assessment(Parser *parser, const char *kind);
static Condition *parse_span(Parser *parser);
static Condition *parse_field(Parser *parser);

/* The conditions of a filter, and those of them that are on traces; NULL for a blank one. */
Condition *
feedback_search_parse(const char *filter, Parameters *parameters, List **traces)
{
	Parser		parser = {
		.lexer = {.argument = "filter", .text = filter, .next = filter},
		.parameters = parameters
	};
	Condition  *result;

	feedback_search_advance(&parser);
	if (parser.token.type == TOKEN_END)
		return NULL;
	result = parse_or(&parser);
	if (parser.token.type != TOKEN_END)
		feedback_search_error(&parser.lexer, &parser.token, "AND, OR or the end");
	*traces = parser.traces;
	return result;
}

static Condition *
parse_or(Parser *parser)
{
	List	   *children = list_make1(parse_and(parser));

	while (feedback_search_accept(parser, "OR"))
		children = lappend(children, parse_and(parser));
	return feedback_search_node(NODE_OR, children);
}

static Condition *
parse_and(Parser *parser)
{
	List	   *children = list_make1(parse_not(parser));

	while (feedback_search_accept(parser, "AND"))
		children = lappend(children, parse_not(parser));
	return feedback_search_node(NODE_AND, feedback_search_join_spans(children));
}

/* A negation, parentheses or a condition; 54001 if they are too deep. */
static Condition *
parse_not(Parser *parser)
{
	Condition  *node;

	check_stack_depth();
	if (++parser->nesting > MAX_FILTER_NESTING)
		ereport(ERROR,
				(errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
				 errmsg("filter nests too deep"),
				 errdetail("It may nest %d levels of parentheses and NOT.", MAX_FILTER_NESTING),
				 internalerrposition(feedback_search_place(&parser->lexer, &parser->token)),
				 internalerrquery(parser->lexer.text),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "filter")));
	if (feedback_search_accept(parser, "NOT"))
		node = feedback_search_node(NODE_NOT, list_make1(parse_not(parser)));
	else if (feedback_search_accept(parser, "("))
	{
		node = parse_or(parser);
		node->joins = false;	/* a span in parentheses is apart */
		feedback_search_expect(parser, ")");
	}
	else
		node = parse_condition(parser);
	parser->nesting--;
	return node;
}

/* A condition; 54000 if there are too many. */
static Condition *
parse_condition(Parser *parser)
{
	const char *kind;

	if (++parser->conditions > MAX_FILTER_CONDITIONS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("filter has too many conditions"),
				 errdetail("It may have %d.", MAX_FILTER_CONDITIONS),
				 errhint("IN takes a list of any length."),
				 internalerrposition(feedback_search_place(&parser->lexer, &parser->token)),
				 internalerrquery(parser->lexer.text),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "filter")));
	if (parser->within == WITHIN_SPAN)
		return feedback_search_span_field(parser);
	if (parser->within == WITHIN_ASSESSMENT)
		return parse_field(parser);
	kind = parse_kind(parser);
	if (kind != NULL)
		return parse_assessment(parser, kind);
	if (feedback_search_accept(parser, "trace_id"))
		return feedback_search_node(NODE_EXISTS,
									list_make1(feedback_search_compare(parser, FIELD_TRACE_ID, 0)));
	if (feedback_search_names(&parser->token, "span"))
		return parse_span(parser);
	return feedback_search_trace(parser);
}

/* feedback or expectation, also in back-ticks as MLflow has it; NULL if it is neither. */
static const char *
parse_kind(Parser *parser)
{
	static const char *const kinds[] = {"feedback", "expectation"};
	int			i;

	for (i = 0; i < (int) lengthof(kinds); i++)
	{
		if (feedback_search_names(&parser->token, kinds[i]))
		{
			feedback_search_advance(parser);
			return kinds[i];
		}
	}
	return NULL;
}

/* Behind feedback or expectation: that the trace has one such as this. */
static Condition *
parse_assessment(Parser *parser, const char *kind)
{
	Condition  *node = feedback_search_node(NODE_EXISTS, NIL);
	bool		is_null;

	node->kind = kind;
	if (feedback_search_accept(parser, "."))
		node->name = feedback_search_text(parser, feedback_search_name(parser));
	else if (!feedback_search_is(&parser->token, "["))
		feedback_search_error(&parser->lexer, &parser->token, "a dot and a name, or conditions in brackets");
	if (feedback_search_accept(parser, "["))
	{
		parser->within = WITHIN_ASSESSMENT;
		node->children = list_make1(parse_or(parser));
		parser->within = WITHIN_NOTHING;
		feedback_search_expect(parser, "]");
	}

	if (feedback_search_is_null(parser, &is_null))
		return is_null ? feedback_search_node(NODE_NOT, list_make1(node)) : node;
	if (feedback_search_compares(&parser->token))
		node->children = lappend(node->children, feedback_search_compare(parser, FIELD_VALUE, 0));
	else if (node->children == NIL)
		feedback_search_error(&parser->lexer, &parser->token, "a comparison, or IS [NOT] NULL");
	return node;
}

/* That the trace has a span with this field, or with all that stands in brackets */
static Condition *
parse_span(Parser *parser)
{
	Condition  *node;

	feedback_search_advance(parser);
	if (!feedback_search_accept(parser, "["))
	{
		if (!feedback_search_accept(parser, "."))
			feedback_search_error(&parser->lexer, &parser->token, "a dot and a field, or conditions in brackets");
		node = feedback_search_span(parser, list_make1(feedback_search_span_field(parser)));
		node->joins = true;
		return node;
	}
	parser->within = WITHIN_SPAN;
	node = feedback_search_span(parser, list_make1(parse_or(parser)));
	parser->within = WITHIN_NOTHING;
	feedback_search_expect(parser, "]");
	return node;
}

/* A condition in brackets */
static Condition *
parse_field(Parser *parser)
{
	int			i;

	for (i = 0; i < (int) lengthof(fields); i++)
	{
		int			key = 0;

		if (!feedback_search_accept(parser, fields[i].name))
			continue;
		if (fields[i].field == FIELD_METADATA)
		{
			feedback_search_expect(parser, ".");
			key = feedback_search_text(parser, feedback_search_name(parser));
		}
		return feedback_search_compare(parser, fields[i].field, key);
	}
	feedback_search_error(&parser->lexer, &parser->token, FIELDS);
}
