/*
 * search_order.c
 *		The order of what search_traces returns.
 *
 *	order_by:	key [ ASC | DESC ] { , key [ ASC | DESC ] }
 *	key:		matched_time | first_time | last_time | n | n_error | trace_id | project
 *				| feedback.name | expectation.name
 */
#include "postgres.h"

#include "search/search.h"

#define MAX_KEYS	20

#define KEYS \
	"matched_time, first_time, last_time, n, n_error, trace_id, project, feedback.name or expectation.name"

static void append_key(StringInfo order, Parser *parser);

/* An ORDER BY list over what the statement calls t; NULL for a blank one. */
char *
feedback_search_order(const char *order_by, Parameters *parameters)
{
	Parser		parser = {
		.lexer = {.argument = "order_by", .text = order_by, .next = order_by},
		.parameters = parameters
	};
	StringInfoData order;
	int			count = 0;

	initStringInfo(&order);
	feedback_search_advance(&parser);
	if (parser.token.type == TOKEN_END)
		return NULL;
	do
	{
		if (++count > MAX_KEYS)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("order_by has too many keys"),
					 errdetail("It may have %d.", MAX_KEYS),
					 err_generic_string(PG_DIAG_COLUMN_NAME, "order_by")));
		if (count > 1)
			appendStringInfoString(&order, ", ");
		append_key(&order, &parser);
	} while (feedback_search_accept(&parser, ","));
	if (parser.token.type != TOKEN_END)
		feedback_search_error(&parser.lexer, &parser.token, "ASC, DESC, a comma or the end");
	return order.data;
}

/* One key, with its direction; what has none comes last either way. */
static void
append_key(StringInfo order, Parser *parser)
{
	static const char *const columns[] = {
		"matched_time", "first_time", "last_time", "n", "n_error", "trace_id", "project"
	};
	const char *values = NULL;
	int			i;

	if (feedback_search_accept(parser, "feedback"))
		values = "feedback";
	else if (feedback_search_accept(parser, "expectation"))
		values = "expectations";
	if (values != NULL)
	{
		feedback_search_expect(parser, ".");
		appendStringInfo(order, "t.%s -> $%d", values, feedback_search_text(parser, feedback_search_name(parser)));
	}
	else
	{
		for (i = 0; i < (int) lengthof(columns); i++)
		{
			if (feedback_search_accept(parser, columns[i]))
				break;
		}
		if (i == (int) lengthof(columns))
			feedback_search_error(&parser->lexer, &parser->token, KEYS);
		appendStringInfo(order, "t.%s", columns[i]);
	}
	if (feedback_search_accept(parser, "DESC"))
		appendStringInfoString(order, " DESC");
	else
		(void) feedback_search_accept(parser, "ASC");
	appendStringInfoString(order, " NULLS LAST");
}
