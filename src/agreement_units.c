/*
 * agreement_units.c
 *		Agreement of any number of raters, as aggregates.
 *
 * Each row is a unit that was rated, with an array of the ratings given to it;
 * NULL elements are missing ratings.  The state grows with the categories, not
 * with the rows.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "categories.h"

typedef enum Level
{
	LEVEL_NOMINAL,
	LEVEL_ORDINAL,
	LEVEL_INTERVAL
} Level;

typedef struct Units
{
	Categories	categories;
	Level		level;
	bool		coincides;		/* for alpha: there is a matrix */
	int64		ratings;		/* of each unit; 0 before the first, -1 if they differ */
	double		n;				/* units that are rated */
	double		n_paired;		/* of these, more than once */
	double		agreement;		/* sum over those of the share of pairs that agree */
	int			width;			/* of what follows */
	double	   *totals;			/* ratings by category */
	double	   *shares;			/* sum over units of the category's share */
	double	   *matrix;			/* coincidences of pairs, a unit's weighing its ratings */
} Units;

static Units *make_units(FunctionCallInfo fcinfo);
static Level read_level(text *name);
static int	find(Units *units, Datum value);
static void widen(Units *units);
static void add(FunctionCallInfo fcinfo, Units *units);
static void add_unit(Units *units, const int *numbers, int count);
static Units *argument(FunctionCallInfo fcinfo, int i);
static double distance(const Units *units, const int *ranks, const double *by_rank, int c, int k);
static double *numbers_of(const Units *units);

PG_FUNCTION_INFO_V1(feedback_units_add);
PG_FUNCTION_INFO_V1(feedback_units_add_coincidences);
PG_FUNCTION_INFO_V1(feedback_units_combine);
PG_FUNCTION_INFO_V1(feedback_units_serialize);
PG_FUNCTION_INFO_V1(feedback_units_deserialize);
PG_FUNCTION_INFO_V1(feedback_fleiss_kappa);
PG_FUNCTION_INFO_V1(feedback_gwets_ac1_units);
PG_FUNCTION_INFO_V1(feedback_krippendorffs_alpha);

/* units_add(state, ratings anyarray) */
Datum
feedback_units_add(PG_FUNCTION_ARGS)
{
	Units	   *units = argument(fcinfo, 0);

	if (units == NULL)
		units = make_units(fcinfo);
	add(fcinfo, units);
	PG_RETURN_POINTER(units);
}

/* units_add_coincidences(state, ratings anyarray [, level text]): 22023 for another level */
Datum
feedback_units_add_coincidences(PG_FUNCTION_ARGS)
{
	Units	   *units = argument(fcinfo, 0);

	if (units == NULL)
	{
		units = make_units(fcinfo);
		units->coincides = true;
		if (PG_NARGS() > 2)
			units->level = read_level(PG_ARGISNULL(2) ? NULL : PG_GETARG_TEXT_PP(2));
	}
	add(fcinfo, units);
	PG_RETURN_POINTER(units);
}

/* units_combine(state, state) */
Datum
feedback_units_combine(PG_FUNCTION_ARGS)
{
	Units	   *units = argument(fcinfo, 0);
	Units	   *other = argument(fcinfo, 1);
	int		   *numbers;
	int			i;
	int			j;

	if (other == NULL)
	{
		if (units == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(units);
	}
	if (units == NULL)
	{
		MemoryContext context = feedback_aggregate_context(fcinfo);

		units = MemoryContextAllocZero(context, sizeof(Units));
		feedback_categories_init(&units->categories, context, other->categories.type,
								 other->categories.collation);
		units->level = other->level;
		units->coincides = other->coincides;
	}
	numbers = palloc(Max(other->categories.count, 1) * sizeof(int));
	for (i = 0; i < other->categories.count; i++)
		numbers[i] = find(units, other->categories.values[i]);
	widen(units);

	if (units->ratings == 0)
		units->ratings = other->ratings;
	else if (other->ratings != 0 && other->ratings != units->ratings)
		units->ratings = -1;
	units->n += other->n;
	units->n_paired += other->n_paired;
	units->agreement += other->agreement;
	for (i = 0; i < other->categories.count; i++)
	{
		units->totals[numbers[i]] += other->totals[i];
		units->shares[numbers[i]] += other->shares[i];
		for (j = 0; units->coincides && j < other->categories.count; j++)
			units->matrix[numbers[i] * units->width + numbers[j]] += other->matrix[i * other->width + j];
	}
	PG_RETURN_POINTER(units);
}

/* units_serialize(state) returns bytea */
Datum
feedback_units_serialize(PG_FUNCTION_ARGS)
{
	Units	   *units = argument(fcinfo, 0);
	int			count = units->categories.count;
	StringInfoData buffer;
	int			i;
	int			j;

	pq_begintypsend(&buffer);
	feedback_categories_send(&units->categories, &buffer);
	pq_sendbyte(&buffer, units->level);
	pq_sendbyte(&buffer, units->coincides);
	pq_sendint64(&buffer, units->ratings);
	pq_sendfloat8(&buffer, units->n);
	pq_sendfloat8(&buffer, units->n_paired);
	pq_sendfloat8(&buffer, units->agreement);
	for (i = 0; i < count; i++)
	{
		pq_sendfloat8(&buffer, units->totals[i]);
		pq_sendfloat8(&buffer, units->shares[i]);
		for (j = 0; units->coincides && j < count; j++)
			pq_sendfloat8(&buffer, units->matrix[i * units->width + j]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/* units_deserialize(bytea, internal) returns a state */
Datum
feedback_units_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *serialized = PG_GETARG_BYTEA_PP(0);
	Units	   *units = palloc0(sizeof(Units));
	StringInfoData buffer;
	int			i;
	int			j;

	(void) feedback_aggregate_context(fcinfo);
	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, VARDATA_ANY(serialized), VARSIZE_ANY_EXHDR(serialized));
	feedback_categories_receive(&units->categories, CurrentMemoryContext, &buffer);
	units->level = pq_getmsgbyte(&buffer);
	units->coincides = pq_getmsgbyte(&buffer) != 0;
	units->ratings = pq_getmsgint64(&buffer);
	units->n = pq_getmsgfloat8(&buffer);
	units->n_paired = pq_getmsgfloat8(&buffer);
	units->agreement = pq_getmsgfloat8(&buffer);
	widen(units);
	for (i = 0; i < units->categories.count; i++)
	{
		units->totals[i] = pq_getmsgfloat8(&buffer);
		units->shares[i] = pq_getmsgfloat8(&buffer);
		for (j = 0; units->coincides && j < units->categories.count; j++)
			units->matrix[i * units->width + j] = pq_getmsgfloat8(&buffer);
	}
	PG_RETURN_POINTER(units);
}

/*
 * fleiss_kappa (Fleiss 1971)
 *
 * NULL if there are no units, or one category; 22023 if units have different
 * numbers of ratings, or one each.
 */
Datum
feedback_fleiss_kappa(PG_FUNCTION_ARGS)
{
	Units	   *units = argument(fcinfo, 0);
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
	Units	   *units = argument(fcinfo, 0);
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
	Units	   *units = argument(fcinfo, 0);
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

/* A new state for the type of the array in the arguments */
static Units *
make_units(FunctionCallInfo fcinfo)
{
	MemoryContext context = feedback_aggregate_context(fcinfo);
	Units	   *units = MemoryContextAllocZero(context, sizeof(Units));

	feedback_categories_init(&units->categories, context,
							 get_element_type(get_fn_expr_argtype(fcinfo->flinfo, 1)),
							 PG_GET_COLLATION());
	return units;
}

/* A level of measurement by its name; 22023 if there is none such. */
static Level
read_level(text *name)
{
	char	   *string = name == NULL ? "" : text_to_cstring(name);

	if (strcmp(string, "nominal") == 0)
		return LEVEL_NOMINAL;
	if (strcmp(string, "ordinal") == 0)
		return LEVEL_ORDINAL;
	if (strcmp(string, "interval") == 0)
		return LEVEL_INTERVAL;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("level is not known"),
			 errdetail("The levels are \"nominal\", \"ordinal\" and \"interval\"."),
			 err_generic_string(PG_DIAG_COLUMN_NAME, "level")));
}

/* The number of a rating's category; 54000 for one too many. */
static int
find(Units *units, Datum value)
{
	int			number = feedback_categories_find(&units->categories, value);

	if (number < 0)
		feedback_categories_too_many();
	return number;
}

/* Make room for all categories. */
static void
widen(Units *units)
{
	int			width;
	double	   *totals;
	int			i;

	if (units->width >= units->categories.count)
		return;
	width = Min(Max(4, units->categories.count * 2), MAX_CATEGORIES);
	totals = MemoryContextAllocZero(units->categories.context,
									(2 + (units->coincides ? width : 0)) * width * sizeof(double));
	for (i = 0; i < units->width; i++)
	{
		totals[i] = units->totals[i];
		totals[width + i] = units->shares[i];
		if (units->coincides)
			memcpy(totals + (2 + i) * width, units->matrix + i * units->width, units->width * sizeof(double));
	}
	if (units->totals != NULL)
		pfree(units->totals);
	units->totals = totals;
	units->shares = totals + width;
	units->matrix = totals + 2 * width;
	units->width = width;
}

/* Count the unit in the arguments. */
static void
add(FunctionCallInfo fcinfo, Units *units)
{
	Categories *categories = &units->categories;
	Datum	   *values;
	bool	   *nulls;
	int		   *numbers;
	int			length;
	int			count = 0;
	int			i;

	if (PG_ARGISNULL(1))
		return;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), categories->type, categories->length,
					  categories->by_value, categories->align, &values, &nulls, &length);
	numbers = palloc(Max(length, 1) * sizeof(int));
	for (i = 0; i < length; i++)
	{
		if (!nulls[i])
			numbers[count++] = find(units, values[i]);
	}
	if (count > 0)
	{
		widen(units);
		add_unit(units, numbers, count);
	}
}

/* Count a unit with these ratings. */
static void
add_unit(Units *units, const int *numbers, int count)
{
	double		pairs = 0;
	int			i;
	int			j;

	if (units->ratings == 0)
		units->ratings = count;
	else if (units->ratings != count)
		units->ratings = -1;
	units->n++;
	for (i = 0; i < count; i++)
	{
		units->totals[numbers[i]]++;
		units->shares[numbers[i]] += 1.0 / count;
		for (j = 0; j < count; j++)
		{
			if (i == j)
				continue;
			pairs += numbers[i] == numbers[j];
			if (units->coincides)
				units->matrix[numbers[i] * units->width + numbers[j]] += 1.0 / (count - 1);
		}
	}
	if (count > 1)
	{
		units->n_paired++;
		units->agreement += pairs / ((double) count * (count - 1));
	}
}

/* The state in an argument */
static Units *
argument(FunctionCallInfo fcinfo, int i)
{
	(void) feedback_aggregate_context(fcinfo);
	return PG_ARGISNULL(i) ? NULL : (Units *) PG_GETARG_POINTER(i);
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

/* The categories as numbers; 42804 if they are none. */
static double *
numbers_of(const Units *units)
{
	double	   *result = palloc(units->categories.count * sizeof(double));
	int			i;

	for (i = 0; i < units->categories.count; i++)
		result[i] = feedback_categories_number(&units->categories, i);
	return result;
}
