/*
 * search_constant.c
 *		The constants of a filter, which become parameters of its statement.
 *
 * What PostgreSQL could refuse while the statement runs it refuses here, where
 * the constant's place in the filter is known.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "assessment/assessment.h"
#include "assessment/validate.h"
#include "base/json_text.h"
#include "base/number.h"
#include "base/rfc3339.h"
#include "search/search.h"

static Datum read_input(Parser *parser, PGFunction input, const char *string);
static void check_regex(Parser *parser, const char *regex);
static void check_escapes(Parser *parser, const char *pattern);

/* Add a parameter; returns its number. */
int
feedback_search_parameter(Parameters *parameters, Oid type, Datum value)
{
	if (parameters->capacity == 0)
	{
		parameters->capacity = 16;
		parameters->types = palloc(parameters->capacity * sizeof(Oid));
		parameters->values = palloc(parameters->capacity * sizeof(Datum));
	}
	else if (parameters->count == parameters->capacity)
	{
		parameters->capacity *= 2;
		parameters->types = repalloc(parameters->types, parameters->capacity * sizeof(Oid));
		parameters->values = repalloc(parameters->values, parameters->capacity * sizeof(Datum));
	}
	parameters->types[parameters->count] = type;
	parameters->values[parameters->count] = value;
	return ++parameters->count;
}

int
feedback_search_text(Parser *parser, const char *string)
{
	return feedback_search_parameter(parser->parameters, TEXTOID, CStringGetTextDatum(string));
}

int
feedback_search_boolean(Parser *parser, bool value)
{
	return feedback_search_parameter(parser->parameters, BOOLOID, BoolGetDatum(value));
}

/* 22003 if it is more than numeric can hold */
int
feedback_search_number(Parser *parser, const char *digits)
{
	return feedback_search_parameter(parser->parameters, NUMERICOID, read_input(parser, numeric_in, digits));
}

/* A time as PostgreSQL reads it, in the session's time zone; 22007 or 22008 if it cannot be. */
int
feedback_search_time(Parser *parser, const char *string)
{
	return feedback_search_parameter(parser->parameters, TIMESTAMPTZOID, read_input(parser, timestamptz_in, string));
}

/*
 * A number that an index on bigint finds where it is a whole one and asked for in
 * order; 22003 if it is more than numeric can hold
 */
int
feedback_search_whole(Parser *parser, const char *digits, bool ordered)
{
	const char *c = digits + (*digits == '-');
	int			length = strspn(c, "0123456789");

	if (ordered && length > 0 && length < 19 && c[length] == '\0')
		return feedback_search_parameter(parser->parameters, INT8OID, Int64GetDatum(strtoll(digits, NULL, 10)));
	return feedback_search_number(parser, digits);
}

/* A parameter that is a time, in milliseconds since 1970 */
int
feedback_search_time_to_milliseconds(Parser *parser, int time, bool ordered)
{
	TimestampTz microseconds = DatumGetTimestampTz(parser->parameters->values[time - 1]);
	char	   *digits;

	if (TIMESTAMP_NOT_FINITE(microseconds))
		return feedback_search_number(parser, TIMESTAMP_IS_NOBEGIN(microseconds) ? "-Infinity" : "Infinity");
	microseconds -= UNIX_EPOCH;
	if (microseconds % 1000 == 0)
		digits = psprintf(INT64_FORMAT, microseconds / 1000);
	else
		digits = psprintf(INT64_FORMAT "e-3", microseconds);
	return feedback_search_whole(parser, digits, ordered);
}

/* Milliseconds since 1970 as a time, the first or last there is if they are beyond it */
int
feedback_search_milliseconds_to_time(Parser *parser, const char *digits)
{
	double		milliseconds = strtod(digits, NULL);
	double		first = (MIN_TIMESTAMP - UNIX_EPOCH) / 1000.0;
	double		last = (END_TIMESTAMP + UNIX_EPOCH) / 1000.0;
	TimestampTz time;

	if (milliseconds < first)
		time = DT_NOBEGIN;
	else if (milliseconds >= last)
		time = DT_NOEND;
	else
		time = (TimestampTz) rint(milliseconds * 1000) + UNIX_EPOCH;
	return feedback_search_parameter(parser->parameters, TIMESTAMPTZOID, TimestampTzGetDatum(time));
}

/* A source type in any letter case; 22023 if there is none of that name. */
int
feedback_search_source_type(Parser *parser, const char *string)
{
	Assessment	assessment = {0};
	Problem		problem;

	if (!feedback_validate_source_type(string, strlen(string),
									   psprintf("source_type in %s", parser->lexer.argument),
									   &assessment, &problem))
		ereport(ERROR,
				(errcode(problem.sqlstate),
				 errmsg_internal("%s", problem.message),
				 errhint("%s", problem.hint),
				 internalerrposition(feedback_search_place(&parser->lexer, &parser->token)),
				 internalerrquery(parser->lexer.text),
				 err_generic_string(PG_DIAG_COLUMN_NAME, parser->lexer.argument)));
	return feedback_search_text(parser, feedback_assessment_source_type_name(assessment.source_type));
}

/* A pattern for LIKE and ILIKE, or a regular expression, as PostgreSQL has them */
int
feedback_search_pattern(Parser *parser, const char *operator, const char *pattern)
{
	if (strcmp(operator, "~") == 0)
		check_regex(parser, pattern);
	else
		check_escapes(parser, pattern);
	return feedback_search_text(parser, pattern);
}

/* 2201B if it cannot be compiled */
static void
check_regex(Parser *parser, const char *regex)
{
	ErrorContextCallback context = {error_context_stack, feedback_search_context, parser};

	error_context_stack = &context;
	(void) DirectFunctionCall2Coll(textregexeq, DEFAULT_COLLATION_OID,
								   CStringGetTextDatum(""), CStringGetTextDatum(regex));
	error_context_stack = context.previous;
}

/* 22025 if nothing follows the last backslash */
static void
check_escapes(Parser *parser, const char *pattern)
{
	int			backslashes = 0;

	for (; *pattern != '\0'; pattern++)
		backslashes = *pattern == '\\' ? backslashes + 1 : 0;
	if (backslashes % 2 == 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_ESCAPE_SEQUENCE),
				 errmsg("pattern in %s ends with a backslash", parser->lexer.argument),
				 errdetail("A backslash takes the next character as it is; two are one."),
				 internalerrposition(feedback_search_place(&parser->lexer, &parser->token)),
				 internalerrquery(parser->lexer.text),
				 err_generic_string(PG_DIAG_COLUMN_NAME, parser->lexer.argument)));
}

/* The list, object or null that a text is in JSON; 0 if it is none. */
int
feedback_search_json(Parser *parser, const char *string)
{
	JsonText	refused = {0};

	if (*string != '[' && *string != '{' && strcmp(string, "null") != 0)
		return 0;
	if (!feedback_json_text_scan(string, strlen(string), MAX_NESTING, &refused))
		return 0;
	return feedback_search_parameter(parser->parameters, JSONBOID, read_input(parser, jsonb_in, string));
}

/* An array of parameters that are of one type */
int
feedback_search_array(Parameters *parameters, const int *constants, int count)
{
	Oid			type = parameters->types[constants[0] - 1];
	Datum	   *elements = palloc(count * sizeof(Datum));
	int16		length;
	bool		by_value;
	char		alignment;
	int			i;

	for (i = 0; i < count; i++)
		elements[i] = parameters->values[constants[i] - 1];
	get_typlenbyvalalign(type, &length, &by_value, &alignment);
	return feedback_search_parameter(parameters, get_array_type(type),
									 PointerGetDatum(construct_array(elements, count, type, length,
																	 by_value, alignment)));
}

/* Is it a number as JSON writes it, that a value can have? */
bool
feedback_search_reads_as_number(const char *string)
{
	const char *c = string + (*string == '-');
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
	return *c == '\0' && feedback_number_in_range(string, strlen(string));
}

/* What a type makes of a constant; its errors say where that is. */
static Datum
read_input(Parser *parser, PGFunction input, const char *string)
{
	ErrorContextCallback context = {error_context_stack, feedback_search_context, parser};
	Datum		result;

	error_context_stack = &context;
	result = DirectFunctionCall3(input, CStringGetDatum(string),
								 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	error_context_stack = context.previous;
	return result;
}
