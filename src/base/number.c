/*
 * number.c
 *		Which numbers are kept, and how they become numeric.
 *
 * Numbers are stored as numeric, with their digits, up to the magnitude of the
 * largest double: beyond that no client that reads JSON could hold them.
 */
#include "postgres.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/number.h"

/* Digits after the decimal point that type numeric can hold */
#define MAX_SCALE			16383

/* The largest double, 1.7976931348623157e308, as digits and magnitude */
#define MAX_MAGNITUDE		308
#define MAX_DIGITS			"17976931348623157"

/* No exponent beyond this can belong to a number that is kept */
#define EXPONENT_CAP		1000000

static bool exceeds_max_double(const char *digits, const char *end);
static Numeric max_double(void);

/* Is a well-formed JSON number one that is kept with all its digits? */
bool
feedback_number_in_range(const char *number, int length)
{
	const char *end = number + length;
	const char *p = number;
	const char *first = NULL;	/* the first digit that is not zero */
	const char *mantissa_end;
	int			magnitude = -1; /* exponent of the first digit */
	int			scale = 0;
	int			exponent = 0;
	bool		negative = false;

	for (p += (*p == '-'); p < end && *p != '.' && *p != 'e' && *p != 'E'; p++)
	{
		if (first == NULL && *p != '0')
			first = p;
		if (first != NULL)
			magnitude++;
	}
	if (p < end && *p == '.')
	{
		for (p++; p < end && *p != 'e' && *p != 'E'; p++)
		{
			if (first == NULL && *p != '0')
			{
				first = p;
				magnitude = -scale - 1;
			}
			scale++;
		}
	}
	mantissa_end = p;
	if (p < end)
	{
		p++;
		negative = (*p == '-');
		for (p += (*p == '-' || *p == '+'); p < end; p++)
			exponent = Min(exponent * 10 + (*p - '0'), EXPONENT_CAP);
	}
	if (negative)
		exponent = -exponent;

	/* A zero is within range, but numeric's parser caps exponents as well */
	if (exponent == EXPONENT_CAP || scale - exponent > MAX_SCALE)
		return false;
	if (first == NULL || magnitude + exponent < MAX_MAGNITUDE)
		return true;
	return magnitude + exponent == MAX_MAGNITUDE &&
		!exceeds_max_double(first, mantissa_end);
}

/* Of two numbers of equal magnitude, is this one larger than the largest double? */
static bool
exceeds_max_double(const char *digits, const char *end)
{
	const char *max = MAX_DIGITS;

	for (; digits < end; digits++)
	{
		char		limit = (*max != '\0') ? *max : '0';

		if (*digits == '.')
			continue;
		if (*digits != limit)
			return *digits > limit;
		if (*max != '\0')
			max++;
	}
	return false;
}

/* Is a numeric one that is kept?  NaN and infinities are not. */
bool
feedback_number_numeric_in_range(Numeric number)
{
	Datum		magnitude;

	if (numeric_is_nan(number) || numeric_is_inf(number))
		return false;
	magnitude = DirectFunctionCall1(numeric_abs, NumericGetDatum(number));
	return DatumGetBool(DirectFunctionCall2(numeric_le, magnitude,
											NumericGetDatum(max_double())));
}

/* A number as JSON or a C library spells it. */
Numeric
feedback_number_from_text(const char *number)
{
	return DatumGetNumeric(DirectFunctionCall3(numeric_in,
											   CStringGetDatum(number),
											   ObjectIdGetDatum(InvalidOid),
											   Int32GetDatum(-1)));
}

/* A double by its shortest digits that read back as the same double. */
bool
feedback_number_from_double(double number, Numeric *result)
{
	char		digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	if (isnan(number) || isinf(number))
		return false;
	double_to_shortest_decimal_buf(number, digits);
	*result = feedback_number_from_text(digits);
	return true;
}

/* A real by its own shortest digits: 0.1 stays 0.1. */
bool
feedback_number_from_float(float number, Numeric *result)
{
	char		digits[FLOAT_SHORTEST_DECIMAL_LEN];

	if (isnan(number) || isinf(number))
		return false;
	float_to_shortest_decimal_buf(number, digits);
	*result = feedback_number_from_text(digits);
	return true;
}

/* The largest double as numeric, made once. */
static Numeric
max_double(void)
{
	static Numeric max = NULL;

	if (max == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

		max = feedback_number_from_text("1.7976931348623157e308");
		MemoryContextSwitchTo(old);
	}
	return max;
}
