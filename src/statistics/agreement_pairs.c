/*
 * agreement_pairs.c
 *		The ratings of two raters, summed up for aggregates.
 *
 * The state is the confusion matrix: how often a rated this and b that.  It
 * grows with the categories, up to their limit, and not with the rows.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/quote.h"
#include "statistics/agreement_pairs.h"
#include "statistics/categories.h"
#include "statistics/estimate.h"

static Datum add_pair(FunctionCallInfo fcinfo, int weights_argument, int categories_argument, int level_argument);
static Pairs *make_pairs(FunctionCallInfo fcinfo, Weights weights, ArrayType *given, double level);
static void check_pair_settings(const Pairs *pairs, Weights weights, double level);
static bool same_array(const ArrayType *one, const ArrayType *other);
static Weights read_weights(text *name);
static void widen_matrix(Pairs *pairs);

PG_FUNCTION_INFO_V1(feedback_pairs_add);
PG_FUNCTION_INFO_V1(feedback_pairs_add_weighted);
PG_FUNCTION_INFO_V1(feedback_pairs_add_leveled);
PG_FUNCTION_INFO_V1(feedback_matrix_combine);
PG_FUNCTION_INFO_V1(feedback_matrix_serialize);
PG_FUNCTION_INFO_V1(feedback_matrix_deserialize);

/* pairs_add(state, a, b): a pair that lacks a rating is left out */
Datum
feedback_pairs_add(PG_FUNCTION_ARGS)
{
	return add_pair(fcinfo, 0, 0, 0);
}

/* pairs_add(state, a, b, weights text [, categories anyarray]): 22023 for other weights or ratings */
Datum
feedback_pairs_add_weighted(PG_FUNCTION_ARGS)
{
	return add_pair(fcinfo, 3, 4, 0);
}

/* pairs_add(state, a, b, level double precision [, weights text]) */
Datum
feedback_pairs_add_leveled(PG_FUNCTION_ARGS)
{
	return add_pair(fcinfo, 4, 0, 3);
}

/* matrix_combine(state, state) */
Datum
feedback_matrix_combine(PG_FUNCTION_ARGS)
{
	Pairs	   *pairs = feedback_pairs_argument(fcinfo, 0);
	Pairs	   *other = feedback_pairs_argument(fcinfo, 1);
	int		   *numbers;
	int			i;
	int			j;

	if (other == NULL)
	{
		if (pairs == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(pairs);
	}
	if (pairs != NULL)
	{
		check_pair_settings(pairs, other->weights, other->level);
		feedback_categories_check(&pairs->categories, &other->categories);
	}
	else
	{
		MemoryContext context = feedback_statistics_aggregate_context(fcinfo);

		pairs = MemoryContextAllocZero(context, sizeof(Pairs));
		feedback_categories_init(&pairs->categories, context, other->categories.type,
								 other->categories.collation);
		pairs->weights = other->weights;
		pairs->level = other->level;
	}
	numbers = palloc(Max(other->categories.count, 1) * sizeof(int));
	for (i = 0; i < other->categories.count; i++)
	{
		numbers[i] = feedback_categories_find(&pairs->categories, other->categories.values[i]);
		pairs->too_many |= numbers[i] < 0;
	}
	pairs->categories.given = other->categories.given;
	pairs->too_many |= other->too_many;
	pairs->n += other->n;
	pairs->n_alike += other->n_alike;
	widen_matrix(pairs);
	for (i = 0; i < other->categories.count && !pairs->too_many; i++)
	{
		for (j = 0; j < other->categories.count; j++)
			pairs->matrix[numbers[i] * pairs->width + numbers[j]] += other->matrix[i * other->width + j];
	}
	PG_RETURN_POINTER(pairs);
}

/* matrix_serialize(state) returns bytea */
Datum
feedback_matrix_serialize(PG_FUNCTION_ARGS)
{
	Pairs	   *pairs = feedback_pairs_argument(fcinfo, 0);
	int			count = pairs->categories.count;
	StringInfoData buffer;
	int			i;
	int			j;

	pq_begintypsend(&buffer);
	feedback_categories_send(&pairs->categories, &buffer);
	pq_sendbyte(&buffer, pairs->weights);
	pq_sendfloat8(&buffer, pairs->level);
	pq_sendbyte(&buffer, pairs->too_many);
	pq_sendint64(&buffer, pairs->n);
	pq_sendint64(&buffer, pairs->n_alike);
	for (i = 0; i < count; i++)
	{
		for (j = 0; j < count; j++)
			pq_sendint64(&buffer, pairs->matrix[i * pairs->width + j]);
	}
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
	int			j;

	(void) feedback_statistics_aggregate_context(fcinfo);
	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, VARDATA_ANY(serialized), VARSIZE_ANY_EXHDR(serialized));
	feedback_categories_receive(&pairs->categories, CurrentMemoryContext, &buffer);
	pairs->weights = pq_getmsgbyte(&buffer);
	pairs->level = pq_getmsgfloat8(&buffer);
	pairs->too_many = pq_getmsgbyte(&buffer) != 0;
	pairs->n = pq_getmsgint64(&buffer);
	pairs->n_alike = pq_getmsgint64(&buffer);
	widen_matrix(pairs);
	for (i = 0; i < pairs->categories.count; i++)
	{
		for (j = 0; j < pairs->categories.count; j++)
			pairs->matrix[i * pairs->width + j] = pq_getmsgint64(&buffer);
	}
	pq_getmsgend(&buffer);
	PG_RETURN_POINTER(pairs);
}

/* The state in an argument, NULL if there is none yet */
Pairs *
feedback_pairs_argument(FunctionCallInfo fcinfo, int i)
{
	(void) feedback_statistics_aggregate_context(fcinfo);
	return PG_ARGISNULL(i) ? NULL : (Pairs *) PG_GETARG_POINTER(i);
}

/* Count the pair in the arguments; the settings are in those of these numbers, 0 for none. */
static Datum
add_pair(FunctionCallInfo fcinfo, int weights_argument, int categories_argument, int level_argument)
{
	Pairs	   *pairs = feedback_pairs_argument(fcinfo, 0);
	Weights		weights = WEIGHTS_NONE;
	ArrayType  *given = NULL;
	double		level = feedback_estimate_level(fcinfo, level_argument > 0 ? level_argument : PG_NARGS());
	int			a;
	int			b;

	if (weights_argument > 0 && PG_NARGS() > weights_argument)
		weights = read_weights(PG_ARGISNULL(weights_argument) ? NULL : PG_GETARG_TEXT_PP(weights_argument));
	if (categories_argument > 0 && PG_NARGS() > categories_argument && !PG_ARGISNULL(categories_argument))
		given = PG_GETARG_ARRAYTYPE_P(categories_argument);
	if (pairs == NULL)
		pairs = make_pairs(fcinfo, weights, given, level);
	else
		check_pair_settings(pairs, weights, level);
	if (!same_array(pairs->given, given))
		feedback_categories_changed();

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_POINTER(pairs);
	pairs->n++;
	if (!pairs->too_many)
	{
		a = feedback_categories_find(&pairs->categories, PG_GETARG_DATUM(1));
		b = feedback_categories_find(&pairs->categories, PG_GETARG_DATUM(2));
		if (a >= 0 && b >= 0)
		{
			widen_matrix(pairs);
			pairs->matrix[a * pairs->width + b]++;
			pairs->n_alike += a == b;
			PG_RETURN_POINTER(pairs);
		}
		pairs->too_many = true;
	}
	pairs->n_alike += feedback_categories_alike(&pairs->categories, PG_GETARG_DATUM(1), PG_GETARG_DATUM(2));
	PG_RETURN_POINTER(pairs);
}

static Pairs *
make_pairs(FunctionCallInfo fcinfo, Weights weights, ArrayType *given, double level)
{
	MemoryContext context = feedback_statistics_aggregate_context(fcinfo);
	Pairs	   *pairs = MemoryContextAllocZero(context, sizeof(Pairs));

	feedback_categories_init(&pairs->categories, context,
							 getBaseType(get_fn_expr_argtype(fcinfo->flinfo, 1)), PG_GET_COLLATION());
	pairs->weights = weights;
	pairs->level = level;
	if (given != NULL)
	{
		feedback_categories_give(&pairs->categories, given);
		pairs->given = MemoryContextAlloc(context, VARSIZE(given));
		memcpy(pairs->given, given, VARSIZE(given));
	}
	return pairs;
}

/* 22023 for settings other than those of the first row */
static void
check_pair_settings(const Pairs *pairs, Weights weights, double level)
{
	double		kept = pairs->level;

	feedback_estimate_level_keep(&kept, level);
	if (weights != pairs->weights)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("weights is not the same for all rows"),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "weights")));
}

/* Are two arrays, or both none, the same to the byte? */
static bool
same_array(const ArrayType *one, const ArrayType *other)
{
	if (one == NULL || other == NULL)
		return one == other;
	return VARSIZE(one) == VARSIZE(other) && memcmp(one, other, VARSIZE(one)) == 0;
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
			 errmsg("invalid weights: %s", feedback_quote(string, strlen(string))),
			 errdetail("The weights are \"linear\" and \"quadratic\", or null for none."),
			 err_generic_string(PG_DIAG_COLUMN_NAME, "weights")));
}

/* Make room for all categories in the matrix. */
static void
widen_matrix(Pairs *pairs)
{
	int			width;
	int64	   *matrix;
	int			i;

	if (pairs->width >= pairs->categories.count)
		return;
	width = Min(Max(4, pairs->categories.count * 2), MAX_RATING_CATEGORIES);
	matrix = MemoryContextAllocZero(pairs->categories.context, width * width * sizeof(int64));
	for (i = 0; i < pairs->width; i++)
		memcpy(matrix + i * width, pairs->matrix + i * pairs->width, pairs->width * sizeof(int64));
	if (pairs->matrix != NULL)
		pfree(pairs->matrix);
	pairs->matrix = matrix;
	pairs->width = width;
}
