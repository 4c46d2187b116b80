/*
 * agreement_alpha.c
 *		The results of the aggregates of any number of raters.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "statistics/agreement_units.h"
#include "statistics/categories.h"

static double distance(const Units *units, const int *ranks, const double *by_rank, int c, int k);
static double *numbers_of(const Units *units);

PG_FUNCTION_INFO_V1(feedback_fleiss_kappa);
PG_FUNCTION_INFO_V1(feedback_gwets_ac1_units);
PG_FUNCTION_INFO_V1(feedback_krippendorffs_alpha);

/*
 * fleiss_kappa (Fleiss 1971)
 *
 * NULL if there are no units, or one category; 22023 if units have different
 * numbers of ratings, or one each.
 */
Datum
feedback_fleiss_kappa(PG_FUNCTION_ARGS)
{
	const Units *units = feedback_units_argument(fcinfo, 0);
	double		chance = 0;
	int			i;

	if (units == NULL || units->n == 0)
		PG_RETURN_NULL();
	if (units->ratings < 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("units have not the same number of ratings"),
				 errdetail("Fleiss' kappa takes two ratings or more, and as many for each unit."),
				 errhint("krippendorffs_alpha takes any numbers."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "ratings")));
	if (units->categories.count < 2)
		PG_RETURN_NULL();
	for (i = 0; i < units->categories.count; i++)
	{
		double		share = units->totals[i] / (units->n * units->ratings);

		chance += share * share;
	}
	PG_RETURN_FLOAT8((units->agreement / units->n - chance) / (1 - chance));
}

/* gwets_ac1 of several raters (Gwet 2008): NULL if no unit has two ratings, or one category */
Datum
feedback_gwets_ac1_units(PG_FUNCTION_ARGS)
{
	const Units *units = feedback_units_argument(fcinfo, 0);
	double		chance = 0;
	int			i;

	if (units == NULL || units->n_paired == 0 || units->categories.count < 2)
		PG_RETURN_NULL();
	for (i = 0; i < units->categories.count; i++)
	{
		double		share = units->shares[i] / units->n;

		chance += share * (1 - share) / (units->categories.count - 1);
	}
	PG_RETURN_FLOAT8((units->agreement / units->n_paired - chance) / (1 - chance));
}

/*
 * krippendorffs_alpha (Krippendorff, "Content Analysis", chapter 11): units with
 * one rating are left out; NULL if there are no others, or one category
 */
Datum
feedback_krippendorffs_alpha(PG_FUNCTION_ARGS)
{
	const Units *units = feedback_units_argument(fcinfo, 0);
	int			count = units == NULL ? 0 : units->categories.count;
	double		observed = 0;
	double		expected = 0;
	double		n = 0;
	double	   *by_number;
	double	   *by_rank;
	double	   *numbers = NULL;
	int		   *ranks;
	int			c;
	int			k;

	if (count == 0)
		PG_RETURN_NULL();
	if (units->level == LEVEL_INTERVAL)
		numbers = numbers_of(units);
	ranks = palloc(count * sizeof(int));
	feedback_categories_ranks(&units->categories, ranks);
	by_number = palloc0(count * sizeof(double));
	by_rank = palloc0(count * sizeof(double));
	for (c = 0; c < count; c++)
	{
		for (k = 0; k < count; k++)
			by_number[c] += units->matrix[c * units->width + k];
		by_rank[ranks[c]] = by_number[c];
		n += by_number[c];
	}
	for (c = 0; c < count; c++)
	{
		for (k = 0; k < count; k++)
		{
			double		d = numbers != NULL ? numbers[c] - numbers[k] : distance(units, ranks, by_rank, c, k);

			observed += units->matrix[c * units->width + k] * d * d;
			expected += by_number[c] * by_number[k] * d * d;
		}
	}
	if (expected == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(1 - (n - 1) * observed / expected);
}

/* How far two categories are apart, if their values do not tell */
static double
distance(const Units *units, const int *ranks, const double *by_rank, int c, int k)
{
	int			low = Min(ranks[c], ranks[k]);
	int			high = Max(ranks[c], ranks[k]);
	double		sum;
	int			g;

	if (low == high)
		return 0;
	if (units->level == LEVEL_NOMINAL)
		return 1;
	sum = -(by_rank[low] + by_rank[high]) / 2;
	for (g = low; g <= high; g++)
		sum += by_rank[g];
	return sum;
}

/*
 * The categories as numbers, between -1 and 1 so that no square overflows, which
 * changes no alpha; 42804 if they are no numbers, 22003 for NaN and infinities.
 */
static double *
numbers_of(const Units *units)
{
	int			count = units->categories.count;
	double	   *result = palloc(count * sizeof(double));
	double		largest = 0;
	int			exponent;
	int			i;

	for (i = 0; i < count; i++)
	{
		result[i] = feedback_categories_number(&units->categories, i);
		if (!isfinite(result[i]))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("a rating is out of range"),
					 errdetail("NaN and infinities have no distances."),
					 err_generic_string(PG_DIAG_COLUMN_NAME, "ratings")));
		largest = Max(largest, fabs(result[i]));
	}
	/* by a power of 2, which keeps all digits */
	(void) frexp(largest, &exponent);
	for (i = 0; i < count; i++)
		result[i] = ldexp(result[i], -exponent);
	return result;
}
