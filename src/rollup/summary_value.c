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
static Datum make_scalar(JsonbValue value);

PG_FUNCTION_INFO_V1(feedback_is_long_value);
PG_FUNCTION_INFO_V1(feedback_summary_value);

/*
 * is_long_value(numeric_value numeric, text_value text, jsonb_value jsonb) returns boolean
 *
 * Whether summary_value makes {} of it: a number of over 4 decimals, a text of
 * over 200 bytes, a list or an object.  The condition of an index.  (json_value is
 * a key word from PostgreSQL 17 on, and no parameter can be called so.)
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
 * ones are counted together.
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
	value.type = jbvObject;
	value.val.object.nPairs = 0;
	value.val.object.pairs = NULL;
	PG_RETURN_POINTER(JsonbValueToJsonb(&value));
}

/* NaN and infinity have no scale; the trigger that refuses them runs after the index is written. */
static bool
is_long_number(Numeric number)
{
	return !numeric_is_nan(number) && !numeric_is_inf(number) &&
		DatumGetInt32(DirectFunctionCall1(numeric_scale, NumericGetDatum(number))) > ROLLUP_DECIMALS;
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
