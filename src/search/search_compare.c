/*
 * search_compare.c
 *		From a comparison in a filter to conditions on a row.
 *
 *	comparison:	= != <> < <= > >= constant | [NOT] LIKE, ILIKE, RLIKE string
 *				| [NOT] IN ( constant { , constant } )
 *				| [NOT] BETWEEN constant AND constant | IS [NOT] NULL
 *
 * Whatever is negated, != included, is true of just the rows that the rest is not
 * true of, also of those that lack the field.
 */
#include "postgres.h"

#include "search/search.h"

static bool is_pattern_operator(const Token *token);
static bool is_order_operator(const Token *token);
static bool is_ordered(Field field);
static bool is_time(Field field);
static bool is_trace_number(Field field);
static Condition *parse_operator(Parser *parser, Field field, int key);
static Condition *parse_in(Parser *parser, Field field, int key);
static Condition *merge_equalities(Parser *parser, List *equalities);
static List *leaves(List *conditions);
static Condition *parse_between(Parser *parser, Field field, int key);
static Condition *parse_pattern(Parser *parser, Field field, int key);
static Condition *compare_constant(Parser *parser, Field field, int key, const char *operator);
static Condition *compare_trace_number(Parser *parser, Field field, const char *operator);
static Condition *compare_value(Parser *parser, const char *operator);
static Condition *equals_text(Parser *parser, const char *string);
static Condition *make_compare(Field field, int key, const char *operator, int constant);
static int	read_constant(Parser *parser, Field field);

/* Does a comparison other than IS begin so? */
bool
feedback_search_compares(const Token *token)
{
	return feedback_search_is(token, "=") || feedback_search_is(token, "!=") || feedback_search_is(token, "<>") ||
		is_order_operator(token) || is_pattern_operator(token) || feedback_search_is(token, "IN") ||
		feedback_search_is(token, "BETWEEN") || feedback_search_is(token, "NOT");
}

static bool
is_order_operator(const Token *token)
{
	return feedback_search_is(token, "<") || feedback_search_is(token, "<=") ||
		feedback_search_is(token, ">") || feedback_search_is(token, ">=");
}

static bool
is_pattern_operator(const Token *token)
{
	return feedback_search_is(token, "LIKE") || feedback_search_is(token, "ILIKE") ||
		feedback_search_is(token, "RLIKE");
}

/* Fields that are smaller or larger than others */
static bool
is_ordered(Field field)
{
	return field == FIELD_VALUE || field == FIELD_METADATA || is_time(field) || is_trace_number(field);
}

static bool
is_time(Field field)
{
	return field == FIELD_CREATE_TIME || field == FIELD_LAST_UPDATE_TIME || field == FIELD_TRACE_TIME;
}

/* Fields that are numbers alone */
static bool
is_trace_number(Field field)
{
	return field == FIELD_TRACE_NUMBER || field == FIELD_TRACE_MILLISECONDS;
}

/* IS NULL or IS NOT NULL, if that is next */
bool
feedback_search_is_null(Parser *parser, bool *is_null)
{
	if (!feedback_search_accept(parser, "IS"))
		return false;
	*is_null = !feedback_search_accept(parser, "NOT");
	if (!feedback_search_accept(parser, "NULL"))
		feedback_search_error(&parser->lexer, &parser->token, *is_null ? "NULL or NOT NULL" : "NULL");
	return true;
}

/* What follows a field */
Condition *
feedback_search_compare(Parser *parser, Field field, int key)
{
	Condition  *node;
	bool		is_null;
	bool		negated;

	if (feedback_search_is_null(parser, &is_null))
		return make_compare(field, key, is_null ? "IS NULL" : "IS NOT NULL", 0);
	negated = feedback_search_accept(parser, "NOT");
	if (is_pattern_operator(&parser->token))
		node = parse_pattern(parser, field, key);
	else if (feedback_search_accept(parser, "IN"))
		node = parse_in(parser, field, key);
	else if (is_ordered(field) && feedback_search_accept(parser, "BETWEEN"))
		node = parse_between(parser, field, key);
	else if (negated)
		feedback_search_error(&parser->lexer, &parser->token,
							  is_ordered(field) ? "LIKE, ILIKE, RLIKE, IN or BETWEEN" : "LIKE, ILIKE, RLIKE or IN");
	else
		return parse_operator(parser, field, key);
	return negated ? feedback_search_node(NODE_NOT, list_make1(node)) : node;
}

static Condition *
parse_operator(Parser *parser, Field field, int key)
{
	const char *operator = parser->token.value;

	if (feedback_search_accept(parser, "="))
		return compare_constant(parser, field, key, "=");
	if (feedback_search_accept(parser, "!=") || feedback_search_accept(parser, "<>"))
		return feedback_search_node(NODE_NOT, list_make1(compare_constant(parser, field, key, "=")));
	if (!is_order_operator(&parser->token) || !is_ordered(field))
		feedback_search_error(&parser->lexer, &parser->token,
							  is_ordered(field) ?
							  "=, !=, <, <=, >, >=, LIKE, ILIKE, RLIKE, IN, BETWEEN, NOT or IS" :
							  "=, !=, LIKE, ILIKE, RLIKE, IN, NOT or IS");
	feedback_search_advance(parser);
	return compare_constant(parser, field, key, operator);
}

/* One of a list; a long one is few comparisons with arrays. */
static Condition *
parse_in(Parser *parser, Field field, int key)
{
	List	   *children = NIL;

	feedback_search_expect(parser, "(");
	do
		children = lappend(children, compare_constant(parser, field, key, "="));
	while (feedback_search_accept(parser, ","));
	if (!feedback_search_accept(parser, ")"))
		feedback_search_error(&parser->lexer, &parser->token, "a comma or \")\"");
	if (list_length(children) > SEARCH_MAX_BRANCHES)
		return merge_equalities(parser, children);
	return feedback_search_node(NODE_OR, children);
}

/* For each field that is compared, whether it equals any of its constants */
static Condition *
merge_equalities(Parser *parser, List *equalities)
{
	List	   *compared = leaves(equalities);
	List	   *result = NIL;

	while (compared != NIL)
	{
		Condition  *first = linitial(compared);
		int		   *constants = palloc(list_length(compared) * sizeof(int));
		List	   *others = NIL;
		Condition  *node;
		int			count = 0;
		ListCell   *lc;

		foreach(lc, compared)
		{
			Condition  *other = lfirst(lc);

			if (other->field == first->field)
				constants[count++] = other->constant;
			else
				others = lappend(others, other);
		}
		node = make_compare(first->field, first->key, "=",
							feedback_search_array(parser->parameters, constants, count));
		node->any = true;
		result = lappend(result, node);
		compared = others;
	}
	return feedback_search_node(NODE_OR, result);
}

/* The comparisons that equalities consist of */
static List *
leaves(List *conditions)
{
	List	   *result = NIL;
	ListCell   *lc;

	foreach(lc, conditions)
	{
		Condition  *node = lfirst(lc);

		if (node->type == NODE_OR)
			result = list_concat(result, node->children);
		else
			result = lappend(result, node);
	}
	return result;
}

static Condition *
parse_between(Parser *parser, Field field, int key)
{
	Condition  *low = compare_constant(parser, field, key, ">=");

	feedback_search_expect(parser, "AND");
	return feedback_search_node(NODE_AND, list_make2(low, compare_constant(parser, field, key, "<=")));
}

/* LIKE, ILIKE, or RLIKE, which takes a regular expression */
static Condition *
parse_pattern(Parser *parser, Field field, int key)
{
	const char *operator = feedback_search_is(&parser->token, "LIKE") ? "LIKE" :
	feedback_search_is(&parser->token, "ILIKE") ? "ILIKE" : "~";
	Condition  *node;

	if (is_time(field) || is_trace_number(field))
		feedback_search_error(&parser->lexer, &parser->token,
							  is_time(field) ? "=, !=, <, <=, >, >=, IN, BETWEEN or IS, as for a time" :
							  "=, !=, <, <=, >, >=, IN, BETWEEN or IS, as for a number");
	feedback_search_advance(parser);
	if (parser->token.type != TOKEN_STRING)
		feedback_search_error(&parser->lexer, &parser->token, "a pattern in quotes");
	node = make_compare(field, key, operator, feedback_search_pattern(parser, operator, parser->token.value));
	feedback_search_advance(parser);
	return node;
}

/* A comparison with the constant that is next */
static Condition *
compare_constant(Parser *parser, Field field, int key, const char *operator)
{
	Condition  *node;

	if (field == FIELD_VALUE)
		node = compare_value(parser, operator);
	else if (is_trace_number(field) || field == FIELD_TRACE_TIME)
		node = compare_trace_number(parser, field, operator);
	else if (field == FIELD_METADATA && parser->token.type == TOKEN_NUMBER)
		node = make_compare(FIELD_METADATA_NUMBER, key, operator, feedback_search_number(parser, parser->token.value));
	else
		node = make_compare(field, key, operator, read_constant(parser, field));
	feedback_search_advance(parser);
	return node;
}

/* A comparison of a number of a trace; its time is compared as it is in the source, in milliseconds or not. */
static Condition *
compare_trace_number(Parser *parser, Field field, const char *operator)
{
	Condition  *node = make_compare(field, 0, operator, 0);
	bool		ordered = strcmp(operator, "=") != 0;

	if (field == FIELD_TRACE_TIME)
	{
		node->time = read_constant(parser, field);
		node->constant = feedback_search_time_to_milliseconds(parser, node->time, ordered);
		return node;
	}
	if (parser->token.type != TOKEN_NUMBER)
		feedback_search_error(&parser->lexer, &parser->token, "a number without quotes");
	node->constant = feedback_search_whole(parser, parser->token.value, ordered);
	if (field == FIELD_TRACE_MILLISECONDS)
		node->time = feedback_search_milliseconds_to_time(parser, parser->token.value);
	return node;
}

/*
 * A comparison of a value.  A bare number or boolean is compared with numbers or
 * booleans alone, a quoted text with whatever reads so.
 */
static Condition *
compare_value(Parser *parser, const char *operator)
{
	bool		is_true = feedback_search_is(&parser->token, "true");

	if (parser->token.type == TOKEN_NUMBER)
		return make_compare(FIELD_NUMERIC, 0, operator, feedback_search_number(parser, parser->token.value));
	if (strcmp(operator, "=") != 0)
		feedback_search_error(&parser->lexer, &parser->token, "a number without quotes");
	if (is_true || feedback_search_is(&parser->token, "false"))
		return make_compare(FIELD_BOOLEAN, 0, "=", feedback_search_boolean(parser, is_true));
	if (parser->token.type != TOKEN_STRING)
		feedback_search_error(&parser->lexer, &parser->token,
							  "a number, true, false or a text in quotes (for null there is IS NULL)");
	return equals_text(parser, parser->token.value);
}

/* That a value reads as this: the text, and what JSON writes so. */
static Condition *
equals_text(Parser *parser, const char *string)
{
	List	   *children = list_make1(make_compare(FIELD_TEXT, 0, "=", feedback_search_text(parser, string)));
	int			json;

	if (strcmp(string, "true") == 0 || strcmp(string, "false") == 0)
		children = lappend(children,
						   make_compare(FIELD_BOOLEAN, 0, "=", feedback_search_boolean(parser, *string == 't')));
	else if (feedback_search_reads_as_number(string))
		children = lappend(children, make_compare(FIELD_NUMERIC, 0, "=", feedback_search_number(parser, string)));
	else if ((json = feedback_search_json(parser, string)) > 0)
		children = lappend(children, make_compare(FIELD_JSON, 0, "=", json));
	return feedback_search_node(NODE_OR, children);
}

static Condition *
make_compare(Field field, int key, const char *operator, int constant)
{
	Condition  *node = feedback_search_node(NODE_COMPARE, NIL);

	node->field = field;
	node->key = key;
	node->operator = operator;
	node->constant = constant;
	return node;
}

/* The constant that is next, for a field that is no value */
static int
read_constant(Parser *parser, Field field)
{
	if (parser->token.type != TOKEN_STRING)
		feedback_search_error(&parser->lexer, &parser->token,
							  field == FIELD_METADATA ? "a number or a text in quotes" : "a text in quotes");
	if (field == FIELD_SOURCE_TYPE)
		return feedback_search_source_type(parser, parser->token.value);
	if (is_time(field))
		return feedback_search_time(parser, parser->token.value);
	return feedback_search_text(parser, parser->token.value);
}
