/*
 * moments.c
 *		Means and standard deviations from sums.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

static bool is_negative(Numeric number);
static Numeric trim(Numeric number);
static Numeric integer(int64 number);

PG_FUNCTION_INFO_V1(feedback_summary_mean);
PG_FUNCTION_INFO_V1(feedback_summary_stddev);

/* summary_mean(n bigint, total numeric) returns numeric: NULL for n < 1 */
Datum
feedback_summary_mean(PG_FUNCTION_ARGS)
{
	int64		n = PG_GETARG_INT64(0);
	Numeric		total = trim(PG_GETARG_NUMERIC(1));

	if (n < 1)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(trim(numeric_div_opt_error(total, integer(n), NULL)));
}

/*
 * summary_stddev(n bigint, total numeric, squares numeric) returns numeric
 *
 * NULL for n < 2, NaN for sums that are none.  To the digits of stddev_samp: those of the variance
 * (n * squares - total * total) / (n * (n - 1)), which is exact but for its
 * division.
 */
Datum
feedback_summary_stddev(PG_FUNCTION_ARGS)
{
	int64		count = PG_GETARG_INT64(0);
	Numeric		total = trim(PG_GETARG_NUMERIC(1));
	Numeric		squares = trim(PG_GETARG_NUMERIC(2));
	Numeric		n = integer(count);
	Numeric		variance;
	Datum		root;
	Datum		scale;

	if (count < 2)
		PG_RETURN_NULL();
	variance = numeric_div_opt_error(numeric_sub_opt_error(numeric_mul_opt_error(n, squares, NULL),
														   numeric_mul_opt_error(total, total, NULL),
														   NULL),
									 numeric_mul_opt_error(n, integer(count - 1), NULL), NULL);

	/*
	 * Never so with sums of the same numbers; but the rollups have to be
	 * readable when they are wrong
	 */
	if (numeric_is_nan(variance) || numeric_is_inf(variance))
		PG_RETURN_DATUM(DirectFunctionCall3(numeric_in, CStringGetDatum("NaN"), ObjectIdGetDatum(InvalidOid),
											Int32GetDatum(-1)));
	if (is_negative(variance))
		variance = integer(0);
	scale = DirectFunctionCall1(numeric_scale, NumericGetDatum(variance));
	root = DirectFunctionCall1(numeric_sqrt, NumericGetDatum(variance));
	PG_RETURN_NUMERIC(trim(DatumGetNumeric(DirectFunctionCall2(numeric_round, root, scale))));
}

static bool
is_negative(Numeric number)
{
	return DatumGetBool(DirectFunctionCall2(numeric_lt, NumericGetDatum(number),
											NumericGetDatum(integer(0))));
}

/* Without trailing zeros */
static Numeric
trim(Numeric number)
{
	return DatumGetNumeric(DirectFunctionCall1(numeric_trim_scale, NumericGetDatum(number)));
}

static Numeric
integer(int64 number)
{
	return int64_to_numeric(number);
}
