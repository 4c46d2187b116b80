/*
 * long_value.c
 *		Values that are too many, or too long, to be counted one by one.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "rollup.h"

PG_FUNCTION_INFO_V1(feedback_is_long_value);

/*
 * is_long_value(numeric_value numeric, text_value text, json_value jsonb) returns boolean
 *
 * Whether summary_value makes {} of it: a number of over 4 decimals, a text of
 * over 200 bytes, a list or an object.  The condition of an index, which looks at
 * each row that is written: so one function, that unpacks as little as can be.
 */
Datum
feedback_is_long_value(PG_FUNCTION_ARGS)
{
	if (!PG_ARGISNULL(0))
	{
		Numeric		number = PG_GETARG_NUMERIC(0);

		/* these have no scale; the trigger that refuses them has not run yet */
		if (numeric_is_nan(number) || numeric_is_inf(number))
			PG_RETURN_BOOL(false);
		PG_RETURN_BOOL(DatumGetInt32(DirectFunctionCall1(numeric_scale, NumericGetDatum(number))) > ROLLUP_DECIMALS);
	}
	if (!PG_ARGISNULL(1))
		PG_RETURN_BOOL(toast_raw_datum_size(PG_GETARG_DATUM(1)) - VARHDRSZ > ROLLUP_SHORT_TEXT);
	if (!PG_ARGISNULL(2))
	{
		JsonbValue	scalar;

		PG_RETURN_BOOL(!JsonbExtractScalar(&PG_GETARG_JSONB_P(2)->root, &scalar) || scalar.type != jbvNull);
	}
	PG_RETURN_BOOL(false);
}
