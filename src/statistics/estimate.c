/*
 * estimate.c
 *		Intervals for shares and means, and tests of their differences.
 *
 * Whatever a group is too small for, or too uniform, is NAN, which becomes null.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"

#include "statistics/distribution.h"
#include "statistics/estimate.h"

static Datum make_result(FunctionCallInfo fcinfo, const double *fields, int length, int counts);
static double mean(const Moments *moments);
static double variance(const Moments *moments);

/* Add a value (Welford 1962).  Of numbers too far apart the squares become infinite, the mean does not. */
void
feedback_estimate_moments_add(Moments *moments, double value)
{
	double		difference = moments->n > 0 ? value - mean(moments) : 0;

	moments->n++;
	moments->sum += value * SUM_SCALE;
	moments->squares += difference * difference * ((moments->n - 1) / moments->n);
}

/* Add another group's values (Chan, Golub and LeVeque 1979). */
void
feedback_estimate_moments_merge(Moments *moments, const Moments *other)
{
	if (moments->n > 0 && other->n > 0)
	{
		double		difference = mean(other) - mean(moments);

		moments->squares += difference * difference * (moments->n * (other->n / (moments->n + other->n)));
	}
	moments->n += other->n;
	moments->sum += other->sum;
	moments->squares += other->squares;
}

/* The share of true among so many false and true, with Wilson's score interval (1927). */
Estimate
feedback_estimate_share(const double counts[2], double level)
{
	double		n = counts[false] + counts[true];
	double		p = counts[true] / n;
	double		z = feedback_distribution_normal_quantile(1 - level);
	double		middle = (p + z * z / (2 * n)) / (1 + z * z / n);
	double		half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);

	return (Estimate)
	{
		.n = n, .estimate = p,
			.low = p == 0 ? 0 : Max(middle - half, 0),
			.high = p == 1 ? 1 : Min(middle + half, 1)
	};
}

/* A mean, with Student's interval (1908). */
Estimate
feedback_estimate_mean(const Moments *moments, double level)
{
	double		half = NAN;

	if (moments->n >= 2 && isfinite(moments->squares))
		half = feedback_distribution_student_quantile(1 - level, moments->n - 1) *
			sqrt(variance(moments) / moments->n);
	return (Estimate)
	{
		.n = moments->n, .estimate = mean(moments),
			.low = mean(moments) - half, .high = mean(moments) + half
	};
}

/*
 * Two shares: the z test with the pooled share, and for the difference Newcombe's
 * hybrid score interval (1998, method 10).
 */
Comparison
feedback_estimate_compare_shares(const double a[2], const double b[2], double level)
{
	Estimate	ea = feedback_estimate_share(a, level);
	Estimate	eb = feedback_estimate_share(b, level);
	double		difference = eb.estimate - ea.estimate;
	double		pooled = (a[true] + b[true]) / (ea.n + eb.n);
	double		error = sqrt(pooled * (1 - pooled) * (1 / ea.n + 1 / eb.n));
	double		z = error > 0 ? difference / error : NAN;

	return (Comparison)
	{
		.n_a = ea.n, .n_b = eb.n, .estimate_a = ea.estimate, .estimate_b = eb.estimate,
			.low = difference - hypot(eb.estimate - eb.low, ea.high - ea.estimate),
			.high = difference + hypot(eb.high - eb.estimate, ea.estimate - ea.low),
			.statistic = z, .degrees_of_freedom = NAN, .p_value = feedback_distribution_normal_outside(z)
	};
}

/* Two means: Welch's test (1947) and interval, with the degrees of freedom by Satterthwaite (1946). */
Comparison
feedback_estimate_compare_means(const Moments *a, const Moments *b, double level)
{
	double		error_a = variance(a) / a->n;
	double		error_b = variance(b) / b->n;
	double		error = error_a + error_b;
	double		difference = mean(b) - mean(a);
	Comparison	result = {
		.n_a = a->n, .n_b = b->n,
		.estimate_a = mean(a), .estimate_b = mean(b),
		.low = NAN, .high = NAN, .statistic = NAN, .degrees_of_freedom = NAN, .p_value = NAN
	};

	if (error > 0 && isfinite(error))
	{
		double		share_a = error_a / error;
		double		share_b = error_b / error;
		double		df = 1 / (share_a * share_a / (a->n - 1) + share_b * share_b / (b->n - 1));
		double		half = feedback_distribution_student_quantile(1 - level, df) * sqrt(error);

		result.low = difference - half;
		result.high = difference + half;
		result.statistic = difference / sqrt(error);
		result.degrees_of_freedom = df;
		result.p_value = feedback_distribution_student_outside(result.statistic, df);
	}
	return result;
}

/* The mean; NAN of none. */
static double
mean(const Moments *moments)
{
	return moments->n > 0 ? moments->sum / moments->n / SUM_SCALE : NAN;
}

/* The variance of a sample; NAN for fewer than two. */
static double
variance(const Moments *moments)
{
	return moments->n >= 2 ? moments->squares / (moments->n - 1) : NAN;
}

/* A confidence level, 0.95 unless the function was declared with one; 22023 if it is none. */
double
feedback_estimate_level(FunctionCallInfo fcinfo, int argument)
{
	double		level;

	if (PG_NARGS() <= argument)
		return 0.95;
	level = PG_ARGISNULL(argument) ? NAN : PG_GETARG_FLOAT8(argument);
	if (!(level > 0 && level < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("level is out of range"),
				 errdetail("A confidence level lies between 0 and 1, as 0.95 does."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "level")));
	return level;
}

/* Keep the level of the first row; 22023 for a row that has another. */
void
feedback_estimate_level_keep(double *kept, double level)
{
	if (*kept == 0)
		*kept = level;
	else if (*kept != level)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("level is not the same for all rows"),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "level")));
}

/* An estimate, as the function's result */
Datum
feedback_estimate_result(FunctionCallInfo fcinfo, const Estimate *e)
{
	const double fields[] = {e->n, e->estimate, e->low, e->high};

	return make_result(fcinfo, fields, lengthof(fields), 1);
}

/* A comparison, as the function's result */
Datum
feedback_estimate_comparison_result(FunctionCallInfo fcinfo, const Comparison *c)
{
	const double fields[] = {
		c->n_a, c->n_b, c->estimate_a, c->estimate_b, c->estimate_b - c->estimate_a,
		c->low, c->high, c->statistic, c->degrees_of_freedom, c->p_value
	};

	return make_result(fcinfo, fields, lengthof(fields), 2);
}

/* A row of the function's result type, whose first columns are counts: one more than a comparison has at most */
static Datum
make_result(FunctionCallInfo fcinfo, const double *fields, int length, int counts)
{
	TupleDesc	descriptor;
	Datum		values[sizeof(Comparison) / sizeof(double) + 1];
	bool		nulls[lengthof(values)];
	int			i;

	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE || descriptor->natts != length)
		elog(ERROR, "the result is not declared as a composite type of %d columns", length);
	for (i = 0; i < length; i++)
	{
		nulls[i] = isnan(fields[i]);
		values[i] = i < counts ? Int64GetDatum((int64) fields[i]) : Float8GetDatum(fields[i]);
	}
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls));
}
