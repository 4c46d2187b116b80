/*
 * agreement_pairs.c
 *		Agreement of two raters, as aggregates.
 *
 * The state is the confusion matrix: how often a rated this and b that.  It
 * grows with the categories, not with the rows.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "categories.h"
#include "distribution.h"
#include "estimate.h"

typedef enum Weights
{
	WEIGHTS_NONE,				/* all disagreements are alike */
	WEIGHTS_LINEAR,				/* they weigh what lies between the ranks */
	WEIGHTS_QUADRATIC			/* and the square of it */
} Weights;

typedef struct Pairs
{
	Categories	categories;
	Weights		weights;
	double		level;
	int			width;			/* of the matrix */
	int64	   *matrix;			/* rows are a's categories by number */
	bool		too_many;		/* categories for a matrix: all that is left are the counts */
	int64		n;
	int64		n_alike;
} Pairs;

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

static Pairs *make_pairs(FunctionCallInfo fcinfo, int weights, int categories, int level);
static Weights read_weights(text *name);
static int64 *cell(Pairs *pairs, int row, int column);
static void add(FunctionCallInfo fcinfo, Pairs *pairs);
static Pairs *argument(FunctionCallInfo fcinfo, int i);
static bool shares(const Pairs *pairs, Shares *result);
static double observed(const Shares *s);
static double expected(const Shares *s);
static double standard_error(const Shares *s, double kappa);

PG_FUNCTION_INFO_V1(feedback_pairs_add);
PG_FUNCTION_INFO_V1(feedback_pairs_add_weighted);
PG_FUNCTION_INFO_V1(feedback_pairs_add_leveled);
PG_FUNCTION_INFO_V1(feedback_matrix_combine);
PG_FUNCTION_INFO_V1(feedback_matrix_serialize);
PG_FUNCTION_INFO_V1(feedback_matrix_deserialize);
PG_FUNCTION_INFO_V1(feedback_cohens_kappa);
PG_FUNCTION_INFO_V1(feedback_cohens_kappa_interval);
PG_FUNCTION_INFO_V1(feedback_observed_agreement);
PG_FUNCTION_INFO_V1(feedback_gwets_ac1_pairs);
PG_FUNCTION_INFO_V1(feedback_confusion_matrix);

/* pairs_add(state, a, b): a pair that lacks a rating is left out */
Datum
feedback_pairs_add(PG_FUNCTION_ARGS)
{
	Pairs	   *pairs = argument(fcinfo, 0);

	if (pairs == NULL)
		pairs = make_pairs(fcinfo, -1, -1, -1);
	add(fcinfo, pairs);
	PG_RETURN_POINTER(pairs);
}

/* pairs_add(state, a, b, weights text [, categories anyarray]): 22023 for other weights or ratings */
Datum
feedback_pairs_add_weighted(PG_FUNCTION_ARGS)
{
	Pairs	   *pairs = argument(fcinfo, 0);

	if (pairs == NULL)
		pairs = make_pairs(fcinfo, 3, 4, -1);
	add(fcinfo, pairs);
	PG_RETURN_POINTER(pairs);
}

/* pairs_add(state, a, b, level double precision [, weights text]) */
Datum
feedback_pairs_add_leveled(PG_FUNCTION_ARGS)
{
	Pairs	   *pairs = argument(fcinfo, 0);

	if (pairs == NULL)
		pairs = make_pairs(fcinfo, 4, -1, 3);
	add(fcinfo, pairs);
	PG_RETURN_POINTER(pairs);
}

/* matrix_combine(state, state) */
Datum
feedback_matrix_combine(PG_FUNCTION_ARGS)
{
	Pairs	   *pairs = argument(fcinfo, 0);
	Pairs	   *other = argument(fcinfo, 1);
	int		   *numbers;
	int			i;
	int			j;

	if (other == NULL)
	{
		if (pairs == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(pairs);
	}
	if (pairs == NULL)
	{
		MemoryContext context = feedback_aggregate_context(fcinfo);

		pairs = MemoryContextAllocZero(context, sizeof(Pairs));
		feedback_categories_init(&pairs->categories, context, other->categories.type,
								 other->categories.collation);
		pairs->weights = other->weights;
		pairs->level = other->level;
	}
	numbers = palloc(other->categories.count * sizeof(int));
	for (i = 0; i < other->categories.count; i++)
	{
		numbers[i] = feedback_categories_find(&pairs->categories, other->categories.values[i]);
		pairs->too_many |= numbers[i] < 0;
	}
	pairs->categories.given = other->categories.given;
	pairs->too_many |= other->too_many;
	pairs->n += other->n;
	pairs->n_alike += other->n_alike;
	for (i = 0; i < other->width && !pairs->too_many; i++)
	{
		for (j = 0; j < other->width; j++)
		{
			int64		n = other->matrix[i * other->width + j];

			if (n > 0)
				*cell(pairs, numbers[i], numbers[j]) += n;
		}
	}
	PG_RETURN_POINTER(pairs);
}

/* matrix_serialize(state) returns bytea */
Datum
feedback_matrix_serialize(PG_FUNCTION_ARGS)
{
	Pairs	   *pairs = argument(fcinfo, 0);
	StringInfoData buffer;
	int			i;

	pq_begintypsend(&buffer);
	feedback_categories_send(&pairs->categories, &buffer);
	pq_sendbyte(&buffer, pairs->weights);
	pq_sendfloat8(&buffer, pairs->level);
	pq_sendbyte(&buffer, pairs->too_many);
	pq_sendint64(&buffer, pairs->n);
	pq_sendint64(&buffer, pairs->n_alike);
	pq_sendint32(&buffer, pairs->width);
	for (i = 0; i < pairs->width * pairs->width; i++)
		pq_sendint64(&buffer, pairs->matrix[i]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/* matrix_deserialize(bytea, internal) returns a state */
Datum
feedback_matrix_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *serialized = PG_GETARG_BYTEA_PP(0);
	Pairs	   *pairs = palloc0(sizeof(Pairs));
	StringInfoData buffer;
	int			i;

	(void) feedback_aggregate_context(fcinfo);
	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, VARDATA_ANY(serialized), VARSIZE_ANY_EXHDR(serialized));
	feedback_categories_receive(&pairs->categories, CurrentMemoryContext, &buffer);
	pairs->weights = pq_getmsgbyte(&buffer);
	pairs->level = pq_getmsgfloat8(&buffer);
	pairs->too_many = pq_getmsgbyte(&buffer) != 0;
	pairs->n = pq_getmsgint64(&buffer);
	pairs->n_alike = pq_getmsgint64(&buffer);
	pairs->width = pq_getmsgint(&buffer, 4);
	pairs->matrix = palloc(Max(pairs->width * pairs->width, 1) * sizeof(int64));
	for (i = 0; i < pairs->width * pairs->width; i++)
		pairs->matrix[i] = pq_getmsgint64(&buffer);
	PG_RETURN_POINTER(pairs);
}

/*
 * cohens_kappa (Cohen 1960; weighted, 1968)
 *
 * NULL if nothing is rated by both, or chance agreement is 1.
 */
Datum
feedback_cohens_kappa(PG_FUNCTION_ARGS)
{
	Shares		s;

	if (!shares(argument(fcinfo, 0), &s) || expected(&s) >= 1)
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
	Pairs	   *pairs = argument(fcinfo, 0);
	Estimate	estimate = {.estimate = NAN, .low = NAN, .high = NAN};
	Shares		s;

	if (pairs == NULL || pairs->n == 0)
		PG_RETURN_NULL();
	estimate.n = pairs->n;
	if (!pairs->too_many && shares(pairs, &s) && expected(&s) < 1)
	{
		double		kappa = (observed(&s) - expected(&s)) / (1 - expected(&s));
		double		half = feedback_normal_quantile((1 + pairs->level) / 2) * standard_error(&s, kappa);

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
	Pairs	   *pairs = argument(fcinfo, 0);

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

	if (!shares(argument(fcinfo, 0), &s) || s.count < 2)
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
	Pairs	   *pairs = argument(fcinfo, 0);
	StringInfoData json;
	int		   *ranks;
	int		   *numbers;
	int			count;
	int			i;
	int			j;

	if (pairs == NULL || pairs->n == 0)
		PG_RETURN_NULL();
	if (pairs->too_many)
		feedback_categories_too_many();
	count = pairs->categories.count;
	ranks = palloc(count * sizeof(int));
	numbers = palloc(count * sizeof(int));
	feedback_categories_ranks(&pairs->categories, ranks);
	for (i = 0; i < count; i++)
		numbers[ranks[i]] = i;

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
							 *cell(pairs, numbers[i], numbers[j]));
		appendStringInfoChar(&json, ']');
	}
	appendStringInfoString(&json, "]}");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

/* A new state, with what the arguments of these numbers say; -1 for none */
static Pairs *
make_pairs(FunctionCallInfo fcinfo, int weights, int categories, int level)
{
	MemoryContext context = feedback_aggregate_context(fcinfo);
	Pairs	   *pairs = MemoryContextAllocZero(context, sizeof(Pairs));

	feedback_categories_init(&pairs->categories, context,
							 get_fn_expr_argtype(fcinfo->flinfo, 1), PG_GET_COLLATION());
	if (weights >= 0 && PG_NARGS() > weights)
		pairs->weights = read_weights(PG_ARGISNULL(weights) ? NULL : PG_GETARG_TEXT_PP(weights));
	if (categories >= 0 && PG_NARGS() > categories && !PG_ARGISNULL(categories))
		feedback_categories_give(&pairs->categories, PG_GETARG_ARRAYTYPE_P(categories));
	pairs->level = feedback_level(fcinfo, level >= 0 ? level : PG_NARGS());
	return pairs;
}

/* Weights by their name, none for NULL; 22023 for another name. */
static Weights
read_weights(text *name)
{
	char	   *string = name == NULL ? NULL : text_to_cstring(name);

	if (string == NULL)
		return WEIGHTS_NONE;
	if (strcmp(string, "linear") == 0)
		return WEIGHTS_LINEAR;
	if (strcmp(string, "quadratic") == 0)
		return WEIGHTS_QUADRATIC;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("weights is not known"),
			 errdetail("The weights are \"linear\" and \"quadratic\", or null for none."),
			 err_generic_string(PG_DIAG_COLUMN_NAME, "weights")));
}

/* A cell of the matrix, which grows as needed */
static int64 *
cell(Pairs *pairs, int row, int column)
{
	if (pairs->width < pairs->categories.count)
	{
		int			width = Min(Max(4, pairs->categories.count * 2), MAX_CATEGORIES);
		int64	   *matrix = MemoryContextAllocZero(pairs->categories.context,
													width * width * sizeof(int64));
		int			i;

		for (i = 0; i < pairs->width; i++)
			memcpy(matrix + i * width, pairs->matrix + i * pairs->width, pairs->width * sizeof(int64));
		if (pairs->matrix != NULL)
			pfree(pairs->matrix);
		pairs->matrix = matrix;
		pairs->width = width;
	}
	return &pairs->matrix[row * pairs->width + column];
}

/* Count the pair in the arguments. */
static void
add(FunctionCallInfo fcinfo, Pairs *pairs)
{
	int			a;
	int			b;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return;
	pairs->n++;
	pairs->n_alike += feedback_categories_alike(&pairs->categories, PG_GETARG_DATUM(1), PG_GETARG_DATUM(2));
	if (pairs->too_many)
		return;
	a = feedback_categories_find(&pairs->categories, PG_GETARG_DATUM(1));
	b = feedback_categories_find(&pairs->categories, PG_GETARG_DATUM(2));
	if (a < 0 || b < 0)
		pairs->too_many = true;
	else
		(*cell(pairs, a, b))++;
}

/* The state in an argument */
static Pairs *
argument(FunctionCallInfo fcinfo, int i)
{
	(void) feedback_aggregate_context(fcinfo);
	return PG_ARGISNULL(i) ? NULL : (Pairs *) PG_GETARG_POINTER(i);
}

/* The matrix as shares; false if it is empty, 54000 if there are too many categories for one. */
static bool
shares(const Pairs *pairs, Shares *result)
{
	int			count;
	int		   *ranks;
	int			i;
	int			j;

	if (pairs == NULL || pairs->n == 0)
		return false;
	if (pairs->too_many)
		feedback_categories_too_many();
	count = pairs->categories.count;
	ranks = palloc(count * sizeof(int));
	feedback_categories_ranks(&pairs->categories, ranks);
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
			double		share = pairs->matrix[i * pairs->width + j] / result->n;
			double		distance = abs(ranks[i] - ranks[j]);
			int			place = ranks[i] * count + ranks[j];

			result->cells[place] = share;
			result->rows[ranks[i]] += share;
			result->columns[ranks[j]] += share;
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
