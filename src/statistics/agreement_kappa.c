/*
 * agreement_kappa.c
 *		The results of the aggregates of two raters.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"

#include "statistics/agreement_pairs.h"
#include "statistics/categories.h"
#include "statistics/distribution.h"
#include "statistics/estimate.h"

/* The matrix as shares, in order of rank */
typedef struct Shares
{
	double		n;
	int			count;
	double	   *cells;
	double	   *rows;
	double	   *columns;
	double	   *weights;		/* of agreement: 1 on the diagonal */
} Shares;

static bool shares(const Pairs *pairs, Shares *result);
static int *by_rank(const Pairs *pairs);
static double observed(const Shares *s);
static double expected(const Shares *s);
static double standard_error(const Shares *s, double kappa);

PG_FUNCTION_INFO_V1(feedback_cohens_kappa);
PG_FUNCTION_INFO_V1(feedback_cohens_kappa_interval);
PG_FUNCTION_INFO_V1(feedback_observed_agreement);
PG_FUNCTION_INFO_V1(feedback_gwets_ac1_pairs);
PG_FUNCTION_INFO_V1(feedback_confusion_matrix);

/*
 * cohens_kappa (Cohen 1960; weighted, 1968)
 *
 * NULL if nothing is rated by both, or chance agreement is 1.
 */
Datum
feedback_cohens_kappa(PG_FUNCTION_ARGS)
{
	Shares		s;

	if (!shares(feedback_pairs_argument(fcinfo, 0), &s) || expected(&s) >= 1)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((observed(&s) - expected(&s)) / (1 - expected(&s)));
}

/*
 * cohens_kappa_interval: with the standard error of Fleiss, Cohen and Everitt (1969)
 *
 * With too many categories it has the number of pairs only, so that one such
 * name does not make a query over all names fail.
 */
Datum
feedback_cohens_kappa_interval(PG_FUNCTION_ARGS)
{
	const Pairs *pairs = feedback_pairs_argument(fcinfo, 0);
	Estimate	estimate = {.estimate = NAN, .low = NAN, .high = NAN};
	Shares		s;

	if (pairs == NULL || pairs->n == 0)
		PG_RETURN_NULL();
	estimate.n = pairs->n;
	if (!pairs->too_many && shares(pairs, &s) && expected(&s) < 1)
	{
		double		kappa = (observed(&s) - expected(&s)) / (1 - expected(&s));
		double		half = feedback_distribution_normal_quantile(1 - pairs->level) * standard_error(&s, kappa);

		estimate.estimate = kappa;
		estimate.low = kappa - half;
		estimate.high = kappa + half;
	}
	return feedback_estimate_result(fcinfo, &estimate);
}

/* observed_agreement: the share of pairs that agree */
Datum
feedback_observed_agreement(PG_FUNCTION_ARGS)
{
	const Pairs *pairs = feedback_pairs_argument(fcinfo, 0);

	if (pairs == NULL || pairs->n == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) pairs->n_alike / pairs->n);
}

/* gwets_ac1 of two raters (Gwet 2008): NULL if there is one category */
Datum
feedback_gwets_ac1_pairs(PG_FUNCTION_ARGS)
{
	double		chance = 0;
	Shares		s;
	int			i;

	if (!shares(feedback_pairs_argument(fcinfo, 0), &s) || s.count < 2)
		PG_RETURN_NULL();
	for (i = 0; i < s.count; i++)
	{
		double		share = (s.rows[i] + s.columns[i]) / 2;

		chance += share * (1 - share) / (s.count - 1);
	}
	PG_RETURN_FLOAT8((observed(&s) - chance) / (1 - chance));
}

/* confusion_matrix: {"categories": [...], "matrix": [[...], ...]}, rows are a's */
Datum
feedback_confusion_matrix(PG_FUNCTION_ARGS)
{
	const Pairs *pairs = feedback_pairs_argument(fcinfo, 0);
	StringInfoData json;
	int		   *numbers;
	int			count;
	int			i;
	int			j;

	if (pairs == NULL || pairs->n == 0)
		PG_RETURN_NULL();
	if (pairs->too_many)
		feedback_categories_too_many();
	count = pairs->categories.count;
	numbers = by_rank(pairs);

	initStringInfo(&json);
	appendStringInfoString(&json, "{\"categories\": [");
	for (i = 0; i < count; i++)
	{
		appendStringInfoString(&json, i > 0 ? ", " : "");
		feedback_categories_json(&pairs->categories, numbers[i], &json);
	}
	appendStringInfoString(&json, "], \"matrix\": [");
	for (i = 0; i < count; i++)
	{
		for (j = 0; j < count; j++)
			appendStringInfo(&json, "%s" INT64_FORMAT, j > 0 ? ", " : i > 0 ? ", [" : "[",
							 pairs->matrix[numbers[i] * pairs->width + numbers[j]]);
		appendStringInfoChar(&json, ']');
	}
	appendStringInfoString(&json, "]}");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

/*
 * The matrix as shares; false if it is empty, 54000 if there are too many categories for one.
 *
 * In order of rank, so that no last digit depends on which category came first.
 */
static bool
shares(const Pairs *pairs, Shares *result)
{
	int			count;
	int		   *numbers;
	int			i;
	int			j;

	if (pairs == NULL || pairs->n == 0)
		return false;
	if (pairs->too_many)
		feedback_categories_too_many();
	count = pairs->categories.count;
	numbers = by_rank(pairs);
	result->n = pairs->n;
	result->count = count;
	result->cells = palloc0(count * count * sizeof(double));
	result->weights = palloc0(count * count * sizeof(double));
	result->rows = palloc0(count * sizeof(double));
	result->columns = palloc0(count * sizeof(double));
	for (i = 0; i < count; i++)
	{
		for (j = 0; j < count; j++)
		{
			double		share = pairs->matrix[numbers[i] * pairs->width + numbers[j]] / result->n;
			double		distance = abs(i - j);
			int			place = i * count + j;

			result->cells[place] = share;
			result->rows[i] += share;
			result->columns[j] += share;
			if (i == j)
				result->weights[place] = 1;
			else if (pairs->weights == WEIGHTS_LINEAR)
				result->weights[place] = 1 - distance / (count - 1);
			else if (pairs->weights == WEIGHTS_QUADRATIC)
				result->weights[place] = 1 - distance * distance / ((count - 1) * (double) (count - 1));
		}
	}
	return true;
}

/* The numbers of the categories in order of rank */
static int *
by_rank(const Pairs *pairs)
{
	int			count = pairs->categories.count;
	int		   *ranks = palloc(count * sizeof(int));
	int		   *numbers = palloc(count * sizeof(int));
	int			i;

	feedback_categories_ranks(&pairs->categories, ranks);
	for (i = 0; i < count; i++)
		numbers[ranks[i]] = i;
	return numbers;
}

/* Weighted agreement that is observed */
static double
observed(const Shares *s)
{
	double		sum = 0;
	int			i;

	for (i = 0; i < s->count * s->count; i++)
		sum += s->cells[i] * s->weights[i];
	return sum;
}

/* And that chance alone would give */
static double
expected(const Shares *s)
{
	double		sum = 0;
	int			i;
	int			j;

	/* one category for all: exactly 1, whatever the rounding */
	if (s->count == 1)
		return 1;
	for (i = 0; i < s->count; i++)
	{
		for (j = 0; j < s->count; j++)
			sum += s->rows[i] * s->columns[j] * s->weights[i * s->count + j];
	}
	return sum;
}

/* The standard error of kappa: Fleiss, Cohen and Everitt (1969), formula 14 */
static double
standard_error(const Shares *s, double kappa)
{
	double		chance = expected(s);
	double	   *by_row = palloc0(s->count * sizeof(double));
	double	   *by_column = palloc0(s->count * sizeof(double));
	double		sum = 0;
	double		last = kappa - chance * (1 - kappa);
	int			i;
	int			j;

	for (i = 0; i < s->count; i++)
	{
		for (j = 0; j < s->count; j++)
		{
			by_row[i] += s->columns[j] * s->weights[i * s->count + j];
			by_column[j] += s->rows[i] * s->weights[i * s->count + j];
		}
	}
	for (i = 0; i < s->count; i++)
	{
		for (j = 0; j < s->count; j++)
		{
			double		term = s->weights[i * s->count + j] - (by_row[i] + by_column[j]) * (1 - kappa);

			sum += s->cells[i * s->count + j] * term * term;
		}
	}
	return sqrt(Max(sum - last * last, 0) / s->n) / (1 - chance);
}
