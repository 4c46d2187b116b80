/*
 * search_parse.c
 *		From the text of a filter to its conditions.
 *
 *	filter:		and { OR and }
 *	and:		not { AND not }
 *	not:		NOT not | ( filter ) | condition
 *	condition:	assessment [ comparison ] | trace_id comparison
 *	assessment:	feedback | expectation, with .name, [ fields ] or both
 *	fields:		a filter whose conditions are: field comparison
 *	comparison:	= != <> < <= > >= constant | [NOT] LIKE, ILIKE, RLIKE string
 *				| [NOT] IN ( constant { , constant } )
 *				| [NOT] BETWEEN constant AND constant | IS [NOT] NULL
 *
 * An assessment without a comparison, or IS NOT NULL, says that the trace has one.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "number.h"
#include "search.h"
#include "validate.h"

#define MAX_NESTING		64
#define MAX_CONDITIONS	500

typedef struct Parser
{
	Lexer		lexer;
	Token		token;			/* the next one */
	Parameters *parameters;
	int			nesting;
	int			conditions;
	bool		within;			/* the brackets of an assessment */
} Parser;

/* The fields of an assessment, and whether they hold a time */
static const struct
{
	const char *name;
	Field		field;
} fields[] = {
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
	"last_update_time or metadata.key"

static void advance(Parser *parser);
static bool accept(Parser *parser, const char *word);
static void expect(Parser *parser, const char *symbol);
static Condition *make_node(NodeType type, List *children);
static Condition *parse_or(Parser *parser);
static Condition *parse_and(Parser *parser);
static Condition *parse_not(Parser *parser);
static Condition *parse_assessment(Parser *parser, const char *kind);
static char *parse_name(Parser *parser);
static Condition *parse_field(Parser *parser);
static Condition *parse_comparison(Parser *parser, Field field, int key);
static Condition *parse_in(Parser *parser, Field field, int key);
static Condition *parse_between(Parser *parser, Field field, int key);
static Condition *parse_like(Parser *parser, Field field, int key);
static Condition *compare(Parser *parser, Field field, int key, const char *operator);
static Condition *compare_value(Parser *parser, const char *operator);
static Condition *equals_text(Parser *parser, char *text);
static Condition *make_compare(Field field, int key, const char *operator, int constant);
static int	read_constant(Parser *parser, Field field);
static void at_token(void *arg);
static bool is_number(const char *text);
static bool is_equality(const char *operator);
static int	numeric_parameter(Parser *parser, const char *digits);
static int	text_parameter(Parser *parser, const char *text);

/* Add a constant; returns its number. */
int
feedback_search_parameter(Parameters *parameters, Oid type, Datum value)
{
	if (parameters->count == parameters->capacity)
	{
		parameters->capacity = Max(16, parameters->capacity * 2);
		if (parameters->count == 0)
		{
			parameters->types = palloc(parameters->capacity * sizeof(Oid));
			parameters->values = palloc(parameters->capacity * sizeof(Datum));
		}
		else
		{
			parameters->types = repalloc(parameters->types, parameters->capacity * sizeof(Oid));
			parameters->values = repalloc(parameters->values, parameters->capacity * sizeof(Datum));
		}
	}
	parameters->types[parameters->count] = type;
	parameters->values[parameters->count] = value;
	return ++parameters->count;
}

/* The conditions of a filter; NULL for a blank one. */
Condition *
feedback_search_parse(const char *filter, Parameters *parameters)
{
	Parser		parser = {
		.lexer = {.argument = "filter", .text = filter, .next = filter},
		.parameters = parameters
	};
	Condition	   *result;

	advance(&parser);
	if (parser.token.type == TOKEN_END)
		return NULL;
	result = parse_or(&parser);
	if (parser.token.type != TOKEN_END)
		feedback_search_error(&parser.lexer, &parser.token, "AND, OR or the end");
	return result;
}

/* An ORDER BY list over what search_traces returns: keys, and names of feedback. */
char *
feedback_search_order(const char *order_by, Parameters *parameters)
{
	static const char *const keys[] = {
		"matched_time", "first_time", "last_time", "n", "n_error", "trace_id", "project"
	};
	Parser		parser = {
		.lexer = {.argument = "order_by", .text = order_by, .next = order_by},
		.parameters = parameters
	};
	StringInfoData order;
	int			i;

	initStringInfo(&order);
	advance(&parser);
	if (parser.token.type == TOKEN_END)
		return NULL;
	do
	{
		bool		descending;

		if (order.len > 0)
			appendStringInfoString(&order, ", ");
		if (accept(&parser, "feedback"))
		{
			expect(&parser, ".");
			appendStringInfo(&order, "t.feedback -> $%d",
							 text_parameter(&parser, parse_name(&parser)));
		}
		else
		{
			for (i = 0; i < (int) lengthof(keys); i++)
			{
				if (accept(&parser, keys[i]))
					break;
			}
			if (i == (int) lengthof(keys))
				feedback_search_error(&parser.lexer, &parser.token,
									  "matched_time, first_time, last_time, n, n_error, trace_id, project or feedback.name");
			appendStringInfo(&order, "t.%s", keys[i]);
		}
		descending = accept(&parser, "DESC");
		if (!descending)
			(void) accept(&parser, "ASC");
		appendStringInfoString(&order, descending ? " DESC NULLS LAST" : " NULLS LAST");
	} while (accept(&parser, ","));
	if (parser.token.type != TOKEN_END)
		feedback_search_error(&parser.lexer, &parser.token, "ASC, DESC, a comma or the end");
	return order.data;
}

static void
advance(Parser *parser)
{
	parser->token = feedback_search_token(&parser->lexer);
}

/* Is this next?  Then go on. */
static bool
accept(Parser *parser, const char *word)
{
	if (!feedback_token_is(&parser->token, word))
		return false;
	advance(parser);
	return true;
}

/* This has to be next. */
static void
expect(Parser *parser, const char *symbol)
{
	if (!accept(parser, symbol))
		feedback_search_error(&parser->lexer, &parser->token, psprintf("\"%s\"", symbol));
}

static Condition *
make_node(NodeType type, List *children)
{
	Condition	   *node = palloc0(sizeof(Condition));

	node->type = type;
	node->children = children;
	return node;
}

static Condition *
parse_or(Parser *parser)
{
	List	   *children = list_make1(parse_and(parser));

	while (accept(parser, "OR"))
		children = lappend(children, parse_and(parser));
	return list_length(children) == 1 ? linitial(children) : make_node(NODE_OR, children);
}

static Condition *
parse_and(Parser *parser)
{
	List	   *children = list_make1(parse_not(parser));

	while (accept(parser, "AND"))
		children = lappend(children, parse_not(parser));
	return list_length(children) == 1 ? linitial(children) : make_node(NODE_AND, children);
}

/* A negation, parentheses or a condition; 54001 if they are too deep, 54000 if too many. */
static Condition *
parse_not(Parser *parser)
{
	Condition	   *node;

	if (++parser->nesting > MAX_NESTING)
		ereport(ERROR,
				(errcode(ERRCODE_STATEMENT_TOO_COMPLEX),
				 errmsg("filter nests too deep"),
				 errdetail("It may nest %d levels of parentheses and NOT.", MAX_NESTING),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "filter")));
	if (accept(parser, "NOT"))
		node = make_node(NODE_NOT, list_make1(parse_not(parser)));
	else if (accept(parser, "("))
	{
		node = parse_or(parser);
		expect(parser, ")");
	}
	else
	{
		if (++parser->conditions > MAX_CONDITIONS)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("filter has too many conditions"),
					 errdetail("It may have %d.", MAX_CONDITIONS),
					 errhint("IN takes a list of any length."),
					 err_generic_string(PG_DIAG_COLUMN_NAME, "filter")));
		if (parser->within)
			node = parse_field(parser);
		else if (accept(parser, "feedback"))
			node = parse_assessment(parser, "feedback");
		else if (accept(parser, "expectation"))
			node = parse_assessment(parser, "expectation");
		else if (accept(parser, "trace_id"))
		{
			node = make_node(NODE_EXISTS, list_make1(parse_comparison(parser, FIELD_TRACE_ID, 0)));
		}
		else
			feedback_search_error(&parser->lexer, &parser->token,
								  "feedback.name, expectation.name, trace_id, NOT or \"(\"");
	}
	parser->nesting--;
	return node;
}

/* Behind feedback or expectation: that the trace has one such as this. */
static Condition *
parse_assessment(Parser *parser, const char *kind)
{
	Condition	   *node = make_node(NODE_EXISTS, NIL);
	Token		start = parser->token;

	node->kind = kind;
	if (accept(parser, "."))
		node->name = text_parameter(parser, parse_name(parser));
	if (accept(parser, "["))
	{
		parser->within = true;
		node->children = list_make1(parse_or(parser));
		parser->within = false;
		expect(parser, "]");
	}
	else if (node->name == 0)
		feedback_search_error(&parser->lexer, &start, "a dot and a name, or conditions in brackets");

	if (accept(parser, "IS"))
	{
		bool		present = accept(parser, "NOT");

		if (!accept(parser, "NULL"))
			feedback_search_error(&parser->lexer, &parser->token, "NULL or NOT NULL");
		return present ? node : make_node(NODE_NOT, list_make1(node));
	}
	if (parser->token.type == TOKEN_SYMBOL ?
		strchr("=!<>", *parser->token.value) != NULL :
		(feedback_token_is(&parser->token, "LIKE") || feedback_token_is(&parser->token, "ILIKE") ||
		 feedback_token_is(&parser->token, "RLIKE") || feedback_token_is(&parser->token, "IN") ||
		 feedback_token_is(&parser->token, "BETWEEN") || feedback_token_is(&parser->token, "NOT")))
		node->children = lappend(node->children, parse_comparison(parser, FIELD_VALUE, 0));
	else if (node->children == NIL)
		feedback_search_error(&parser->lexer, &parser->token, "a comparison, or IS [NOT] NULL");
	return node;
}

/* A name, which may have dots in it: words, or in quotes. */
static char *
parse_name(Parser *parser)
{
	StringInfoData name;

	initStringInfo(&name);
	for (;;)
	{
		if (parser->token.type != TOKEN_WORD && parser->token.type != TOKEN_QUOTED_NAME &&
			parser->token.type != TOKEN_STRING && parser->token.type != TOKEN_NUMBER)
			feedback_search_error(&parser->lexer, &parser->token, "a name");
		appendStringInfoString(&name, parser->token.value);
		advance(parser);
		if (!feedback_token_is(&parser->token, "."))
			return name.data;
		appendStringInfoChar(&name, '.');
		advance(parser);
	}
}

/* A condition in brackets */
static Condition *
parse_field(Parser *parser)
{
	int			i;

	for (i = 0; i < (int) lengthof(fields); i++)
	{
		int			key = 0;

		if (!accept(parser, fields[i].name))
			continue;
		if (fields[i].field == FIELD_METADATA)
		{
			expect(parser, ".");
			key = text_parameter(parser, parse_name(parser));
		}
		return parse_comparison(parser, fields[i].field, key);
	}
	feedback_search_error(&parser->lexer, &parser->token, FIELDS);
}

static Condition *
parse_comparison(Parser *parser, Field field, int key)
{
	bool		negated;
	Condition	   *node;
	char	   *operator;

	if (accept(parser, "IS"))
	{
		negated = accept(parser, "NOT");
		if (!accept(parser, "NULL"))
			feedback_search_error(&parser->lexer, &parser->token, "NULL or NOT NULL");
		return make_compare(field, key, negated ? "IS NOT NULL" : "IS NULL", 0);
	}
	negated = accept(parser, "NOT");
	if (accept(parser, "IN"))
		node = parse_in(parser, field, key);
	else if (accept(parser, "BETWEEN"))
		node = parse_between(parser, field, key);
	else if (feedback_token_is(&parser->token, "LIKE") || feedback_token_is(&parser->token, "ILIKE") ||
			 feedback_token_is(&parser->token, "RLIKE"))
		node = parse_like(parser, field, key);
	else
	{
		if (negated || parser->token.type != TOKEN_SYMBOL || strchr("=!<>", *parser->token.value) == NULL)
			feedback_search_error(&parser->lexer, &parser->token,
								  negated ? "LIKE, ILIKE, RLIKE, IN or BETWEEN" :
								  "=, !=, <, <=, >, >=, LIKE, ILIKE, RLIKE, IN, BETWEEN, NOT or IS");
		operator = parser->token.value;
		if (strcmp(operator, "!=") == 0)
			operator = "<>";
		advance(parser);
		return compare(parser, field, key, operator);
	}
	return negated ? make_node(NODE_NOT, list_make1(node)) : node;
}

static Condition *
parse_in(Parser *parser, Field field, int key)
{
	List	   *children = NIL;

	expect(parser, "(");
	do
		children = lappend(children, compare(parser, field, key, "="));
	while (accept(parser, ","));
	expect(parser, ")");
	return list_length(children) == 1 ? linitial(children) : make_node(NODE_OR, children);
}

static Condition *
parse_between(Parser *parser, Field field, int key)
{
	Condition	   *low = compare(parser, field, key, ">=");

	if (!accept(parser, "AND"))
		feedback_search_error(&parser->lexer, &parser->token, "AND");
	return make_node(NODE_AND, list_make2(low, compare(parser, field, key, "<=")));
}

/* LIKE, ILIKE, or RLIKE, which takes a regular expression */
static Condition *
parse_like(Parser *parser, Field field, int key)
{
	const char *operator = accept(parser, "LIKE") ? "LIKE" : accept(parser, "ILIKE") ? "ILIKE" : "~";
	Condition	   *node;

	if (strcmp(operator, "~") == 0)
		advance(parser);
	if (parser->token.type != TOKEN_STRING || field == FIELD_CREATE_TIME || field == FIELD_LAST_UPDATE_TIME)
		feedback_search_error(&parser->lexer, &parser->token, "a quoted pattern, for a field that is no time");
	node = make_compare(field, key, operator, text_parameter(parser, parser->token.value));
	advance(parser);
	return node;
}

/* A comparison with the constant that is next */
static Condition *
compare(Parser *parser, Field field, int key, const char *operator)
{
	if (field == FIELD_VALUE)
		return compare_value(parser, operator);
	if (!is_equality(operator) && field != FIELD_CREATE_TIME && field != FIELD_LAST_UPDATE_TIME &&
		field != FIELD_METADATA)
		feedback_search_error(&parser->lexer, &parser->token, "an operator for texts: =, !=, LIKE, ILIKE, RLIKE or IN");
	if (field == FIELD_METADATA && parser->token.type == TOKEN_NUMBER)
	{
		Condition	   *node = make_compare(FIELD_METADATA, key, psprintf("n%s", operator),
										numeric_parameter(parser, parser->token.value));

		advance(parser);
		return node;
	}
	return make_compare(field, key, operator, read_constant(parser, field));
}

/*
 * A comparison of a value.  A bare number or boolean is compared with numbers or
 * booleans alone, a quoted text with whatever reads so.
 */
static Condition *
compare_value(Parser *parser, const char *operator)
{
	Condition	   *node;

	if (parser->token.type == TOKEN_NUMBER)
		node = make_compare(FIELD_NUMERIC, 0, strcmp(operator, "<>") == 0 ? "=" : operator,
							numeric_parameter(parser, parser->token.value));
	else if (!is_equality(operator))
		feedback_search_error(&parser->lexer, &parser->token, "a number without quotes");
	else if (feedback_token_is(&parser->token, "true") || feedback_token_is(&parser->token, "false"))
		node = make_compare(FIELD_BOOLEAN, 0, "=",
							feedback_search_parameter(parser->parameters, BOOLOID,
													  BoolGetDatum(feedback_token_is(&parser->token, "true"))));
	else if (parser->token.type == TOKEN_STRING)
		node = equals_text(parser, parser->token.value);
	else
		feedback_search_error(&parser->lexer, &parser->token,
							  "a number, true, false or a quoted text; for null there is IS NULL");
	advance(parser);
	return strcmp(operator, "<>") == 0 ? make_node(NODE_NOT, list_make1(node)) : node;
}

/* That a value reads as this: a text, and what else is written so in JSON. */
static Condition *
equals_text(Parser *parser, char *text)
{
	List	   *children = list_make1(make_compare(FIELD_TEXT, 0, "=", text_parameter(parser, text)));

	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		children = lappend(children,
						   make_compare(FIELD_BOOLEAN, 0, "=",
										feedback_search_parameter(parser->parameters, BOOLOID,
																  BoolGetDatum(*text == 't'))));
	else if (is_number(text))
		children = lappend(children, make_compare(FIELD_NUMERIC, 0, "=", numeric_parameter(parser, text)));
	else if (strcmp(text, "null") == 0 || *text == '[' || *text == '{')
		children = lappend(children, make_compare(FIELD_JSON, 0, "=", text_parameter(parser, text)));
	return list_length(children) == 1 ? linitial(children) : make_node(NODE_OR, children);
}

static Condition *
make_compare(Field field, int key, const char *operator, int constant)
{
	Condition	   *node = make_node(NODE_COMPARE, NIL);

	node->field = field;
	node->key = key;
	node->operator = operator;
	node->constant = constant;
	return node;
}

/* The constant that is next, for a field that is no value; 22023 or 22007 if it cannot be. */
static int
read_constant(Parser *parser, Field field)
{
	ErrorContextCallback context = {.callback = at_token, .arg = parser, .previous = error_context_stack};
	Assessment	assessment = {0};
	Problem		problem;
	char	   *text = parser->token.value;
	Datum		time;
	int			result;

	if (parser->token.type != TOKEN_STRING)
		feedback_search_error(&parser->lexer, &parser->token, "a quoted text");
	error_context_stack = &context;
	switch (field)
	{
		case FIELD_SOURCE_TYPE:
			if (!feedback_validate_source_type(text, strlen(text), "source_type", &assessment, &problem))
				feedback_problem_raise(&problem);
			result = text_parameter(parser, feedback_source_type_name(assessment.source_type));
			break;
		case FIELD_CREATE_TIME:
		case FIELD_LAST_UPDATE_TIME:
			time = DirectFunctionCall3(timestamptz_in, CStringGetDatum(text),
									   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
			result = feedback_search_parameter(parser->parameters, TIMESTAMPTZOID, time);
			break;
		default:
			result = text_parameter(parser, text);
	}
	error_context_stack = context.previous;
	advance(parser);
	return result;
}

/* Says where in the filter the constant is that something is wrong with. */
static void
at_token(void *arg)
{
	Parser	   *parser = arg;

	errcontext("character %d of %s",
			   feedback_search_position(&parser->lexer, &parser->token), parser->lexer.argument);
}

/* Is it a number as JSON writes it, that a value can have? */
static bool
is_number(const char *text)
{
	const char *c = text + (*text == '-');
	int			digits = strspn(c, "0123456789");

	if (digits == 0 || (digits > 1 && *c == '0'))
		return false;
	c += digits;
	if (*c == '.')
	{
		digits = strspn(++c, "0123456789");
		if (digits == 0)
			return false;
		c += digits;
	}
	if (*c == 'e' || *c == 'E')
	{
		c++;
		c += *c == '+' || *c == '-';
		digits = strspn(c, "0123456789");
		if (digits == 0)
			return false;
		c += digits;
	}
	return *c == '\0' && feedback_number_in_range(text, strlen(text));
}

static bool
is_equality(const char *operator)
{
	return strcmp(operator, "=") == 0 || strcmp(operator, "<>") == 0;
}

static int
numeric_parameter(Parser *parser, const char *digits)
{
	Datum		number = DirectFunctionCall3(numeric_in, CStringGetDatum(digits),
											 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));

	return feedback_search_parameter(parser->parameters, NUMERICOID, number);
}

static int
text_parameter(Parser *parser, const char *text)
{
	return feedback_search_parameter(parser->parameters, TEXTOID, CStringGetTextDatum(text));
}
