/*
 * summary_value.c
 *		What value a feedback is counted under.
 *
 * Both functions look at every row that is written, or read for a summary, and so
 * unpack as little as can be.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "rollup/rollup.h"

static bool is_long_number(Numeric number);
static Numeric bucket_start(Numeric number);
static char *bucket_digits(const char *digits, bool negative);
static Datum make_scalar(JsonbValue value);
static Datum make_bucket(Numeric number);

PG_FUNCTION_INFO_V1(feedback_is_long_value);
PG_FUNCTION_INFO_V1(feedback_histogram_low);
PG_FUNCTION_INFO_V1(feedback_summary_value);

/*
 * is_long_value(numeric_value numeric, text_value text, jsonb_value jsonb) returns boolean
 *
 * Whether summary_value counts it together with others: a number of over 4 decimals
 * (zeros at the end are none), a text of over 48 bytes, a list or an object.  The
 * condition of an index.  (json_value is a key word from PostgreSQL 17 on, and no
 * parameter can be called so.)
 */
Datum
feedback_is_long_value(PG_FUNCTION_ARGS)
{
	if (!PG_ARGISNULL(0))
		PG_RETURN_BOOL(is_long_number(PG_GETARG_NUMERIC(0)));
	if (!PG_ARGISNULL(1))
		PG_RETURN_BOOL(feedback_summary_is_long_text(PG_GETARG_DATUM(1)));
	if (!PG_ARGISNULL(2))
		PG_RETURN_BOOL(!feedback_summary_is_json_null(PG_GETARG_DATUM(2)));
	PG_RETURN_BOOL(false);
}

/*
 * summary_value(boolean_value boolean, numeric_value numeric, text_value text, jsonb_value jsonb) returns jsonb
 *
 * NULL where there is no value.  Numbers lose their trailing zeros, so that equal
 * ones are counted together.  Long numbers become a list of the start of their
 * bucket in the histogram; all else that is long becomes {}.
 */
Datum
feedback_summary_value(PG_FUNCTION_ARGS)
{
	JsonbValue	value;

	if (!PG_ARGISNULL(0))
	{
		value.type = jbvBool;
		value.val.boolean = PG_GETARG_BOOL(0);
		return make_scalar(value);
	}
	if (!PG_ARGISNULL(1) && !is_long_number(PG_GETARG_NUMERIC(1)))
	{
		value.type = jbvNumeric;
		value.val.numeric = DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale, PG_GETARG_DATUM(1)));
		return make_scalar(value);
	}
	if (!PG_ARGISNULL(2) && !feedback_summary_is_long_text(PG_GETARG_DATUM(2)))
	{
		text	   *string = PG_GETARG_TEXT_PP(2);

		value.type = jbvString;
		value.val.string.val = VARDATA_ANY(string);
		value.val.string.len = VARSIZE_ANY_EXHDR(string);
		return make_scalar(value);
	}
	if (!PG_ARGISNULL(3) && feedback_summary_is_json_null(PG_GETARG_DATUM(3)))
		PG_RETURN_DATUM(PG_GETARG_DATUM(3));
	if (PG_ARGISNULL(1) && PG_ARGISNULL(2) && PG_ARGISNULL(3))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(1))
		return make_bucket(PG_GETARG_NUMERIC(1));
	value.type = jbvObject;
	value.val.object.nPairs = 0;
	value.val.object.pairs = NULL;
	PG_RETURN_POINTER(JsonbValueToJsonb(&value));
}

/*
 * histogram_low(number numeric) returns numeric
 *
 * Start of the bucket of the histogram that a number lies in: of tenths from -1
 * to 1, beyond of the numbers with the same leading digit.  Each bucket has its
 * start and not its end.  NULL for NaN and infinities, which are never stored.
 */
Datum
feedback_histogram_low(PG_FUNCTION_ARGS)
{
	Numeric		number = PG_GETARG_NUMERIC(0);

	if (numeric_is_nan(number) || numeric_is_inf(number))
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(bucket_start(number));
}

/*
 * NaN and infinity have no scale; the trigger that refuses them runs after the index is written.
 * Division leaves zeros at the end of numbers of few digits: the scale without those counts.
 */
static bool
is_long_number(Numeric number)
{
	return !numeric_is_nan(number) && !numeric_is_inf(number) &&
		DatumGetInt32(DirectFunctionCall1(numeric_scale, NumericGetDatum(number))) > ROLLUP_DECIMALS &&
		DatumGetInt32(DirectFunctionCall1(numeric_min_scale, NumericGetDatum(number))) > ROLLUP_DECIMALS;
}

/* The start of a finite number's bucket, from its digits: these are exact at any size. */
static Numeric
bucket_start(Numeric number)
{
	char	   *digits = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));
	bool		negative = digits[0] == '-';
	char	   *start = bucket_digits(digits + (negative ? 1 : 0), negative);
	Datum		result = DirectFunctionCall3(numeric_in, CStringGetDatum(start),
											 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));

	pfree(digits);
	pfree(start);
	return DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale, result));
}

/*
 * The same of a number's digits without its sign.
 *
 * The leading digit stays, or below 1 the one after the point.  A negative number
 * with anything behind that starts one further from zero.
 */
static char *
bucket_digits(const char *digits, bool negative)
{
	bool		fraction = digits[0] == '0';
	int			place = fraction && digits[1] == '.' ? 2 : 0;
	int			leading = digits[place] - '0';
	int			exponent = fraction ? -1 : (int) strcspn(digits, ".") - 1;

	if (negative && digits[place + 1 + strspn(digits + place + 1, "0.")] != '\0')
		leading++;
	return psprintf("%s%de%d", negative ? "-" : "", leading, exponent);
}

/* Is a text too long to be counted by itself? */
bool
feedback_summary_is_long_text(Datum value)
{
	return toast_raw_datum_size(value) - VARHDRSZ > ROLLUP_SHORT_TEXT;
}

/* Is it an explicit null, of the values that are JSON? */
bool
feedback_summary_is_json_null(Datum value)
{
	JsonbValue	scalar;

	return JsonbExtractScalar(&DatumGetJsonbP(value)->root, &scalar) && scalar.type == jbvNull;
}

static Datum
make_scalar(JsonbValue value)
{
	return JsonbPGetDatum(JsonbValueToJsonb(&value));
}

/* A list of the bucket's start, which no value is counted under. */
static Datum
make_bucket(Numeric number)
{
	JsonbParseState *state = NULL;
	JsonbValue	element;

	element.type = jbvNumeric;
	element.val.numeric = bucket_start(number);
	(void) pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	(void) pushJsonbValue(&state, WJB_ELEM, &element);
	return JsonbPGetDatum(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL)));
}
