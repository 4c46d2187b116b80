/*
 * scorer_number.c
 *		numeric_match: a number, within a tolerance.
 */
#include "postgres.h"

#include <ctype.h>

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "base/number.h"
#include "evaluate/scorer.h"

static Numeric number_of(JsonbValue *value, const char *find);
static Numeric only_number(const char *string);
static Numeric found_number(const char *string, bool last);
static int	number_length(const char *string);
static bool is_near(Numeric x, Numeric y, const JsonbValue *tolerance, const JsonbValue *relative);
static Numeric calculate(PGFunction function, Numeric a, Numeric b);
static Numeric option_number(const JsonbValue *option);

PG_FUNCTION_INFO_V1(feedback_scorer_numeric_match);

/* numeric_match(trace jsonb, options jsonb) returns boolean */
Datum
feedback_scorer_numeric_match(PG_FUNCTION_ARGS)
{
	enum
	{
		TOLERANCE = SCORER_EXPECTED + 1, RELATIVE, FIND, COUNT
	};
	static const ScorerOption known[COUNT] = {
		SCORER_EXPECTATION_OPTIONS,
		{.name = "tolerance", .type = OPTION_NUMBER},
		{.name = "relative", .type = OPTION_NUMBER},
		{.name = "find", .type = OPTION_TEXT, .words = "only first last"}
	};
	JsonbValue *options[COUNT];
	Jsonb	   *trace = feedback_scorer_trace(fcinfo);
	JsonbValue *answer;
	JsonbValue *expected;
	Numeric		x;
	Numeric		y;

	feedback_scorer_options(fcinfo, known, COUNT, options);
	if (trace == NULL || (expected = feedback_scorer_expected(trace, options)) == NULL)
		PG_RETURN_NULL();
	y = number_of(expected, "only");
	if (y == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("what was expected is not a number"),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "trace")));
	answer = feedback_scorer_answer(trace, options);
	x = answer == NULL ? NULL : number_of(answer, feedback_scorer_option_word(options[FIND], "only"));
	PG_RETURN_BOOL(x != NULL && is_near(x, y, options[TOLERANCE], options[RELATIVE]));
}

/* The number that a value is, or that a text has; NULL for none. */
static Numeric
number_of(JsonbValue *value, const char *find)
{
	char	   *string;

	if (value->type == jbvNumeric)
		return value->val.numeric;
	if (value->type != jbvString)
		return NULL;
	string = text_to_cstring(feedback_scorer_text(value));
	return strcmp(find, "only") == 0 ? only_number(string) : found_number(string, strcmp(find, "last") == 0);
}

/* The number that a text is, but for blanks around it */
static Numeric
only_number(const char *string)
{
	int			length;

	string += strspn(string, " \t\n\r");
	length = number_length(string);
	if (length == 0 || string[length + strspn(string + length, " \t\n\r")] != '\0' ||
		!feedback_number_in_range(string, length))
		return NULL;
	return feedback_number_from_text(pnstrdup(string, length));
}

/* The first number within a text, or the last; digits within words are none. */
static Numeric
found_number(const char *string, bool last)
{
	const char *p = string;
	const char *found = NULL;
	int			found_length = 0;

	while (*p != '\0' && (last || found == NULL))
	{
		int			length = number_length(p);

		CHECK_FOR_INTERRUPTS();
		if (length > 0 && feedback_number_in_range(p, length))
		{
			found = p;
			found_length = length;
		}

		/*
		 * A word and the digits in it are skipped; letters of another script
		 * are passed one by one
		 */
		if (length > 0)
			p += length;
		else if (isalpha((unsigned char) *p))
			p += strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
		else
			p++;
	}
	return found == NULL ? NULL : feedback_number_from_text(pnstrdup(found, found_length));
}

/* How long is the number that a text begins with, as JSON writes it, or with a plus?  0 if there is none. */
static int
number_length(const char *string)
{
	const char *digits = "0123456789";
	int			length = (*string == '-' || *string == '+');
	int			exponent;

	if (!isdigit((unsigned char) string[length]))
		return 0;
	length += strspn(string + length, digits);
	if (string[length] == '.' && isdigit((unsigned char) string[length + 1]))
		length += 1 + strspn(string + length + 1, digits);
	if (string[length] == 'e' || string[length] == 'E')
	{
		exponent = length + 1 + (string[length + 1] == '-' || string[length + 1] == '+');
		if (isdigit((unsigned char) string[exponent]))
			length = exponent + strspn(string + exponent, digits);
	}
	return length;
}

/* |x - y| <= max(tolerance, relative * |y|) */
static bool
is_near(Numeric x, Numeric y, const JsonbValue *tolerance, const JsonbValue *relative)
{
	Numeric		distance = calculate(numeric_sub, x, y);
	Numeric		allowed = option_number(relative);
	Numeric		magnitude = DatumGetNumeric(DirectFunctionCall1(numeric_abs, NumericGetDatum(y)));

	allowed = calculate(numeric_larger, option_number(tolerance), calculate(numeric_mul, allowed, magnitude));
	distance = DatumGetNumeric(DirectFunctionCall1(numeric_abs, NumericGetDatum(distance)));
	return DatumGetBool(DirectFunctionCall2(numeric_le, NumericGetDatum(distance), NumericGetDatum(allowed)));
}

static Numeric
calculate(PGFunction function, Numeric a, Numeric b)
{
	return DatumGetNumeric(DirectFunctionCall2(function, NumericGetDatum(a), NumericGetDatum(b)));
}

/* The number of an option, 0 if it is not given */
static Numeric
option_number(const JsonbValue *option)
{
	return option == NULL ? int64_to_numeric(0) : option->val.numeric;
}
