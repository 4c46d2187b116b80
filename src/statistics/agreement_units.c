/*
 * agreement_units.c
 *		The ratings of any number of raters, summed up for aggregates.
 *
 * Each row is a unit that was rated, with an array of the ratings given to it;
 * NULL elements are missing ratings.  The state grows with the categories, not
 * with the rows.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/quote.h"
#include "statistics/agreement_units.h"
#include "statistics/categories.h"

static Units *make_units(FunctionCallInfo fcinfo);
static Level read_level(text *name);
static void check_level(const Units *units, Level level);
static int	find_unit(Units *units, Datum value);
static void widen_unit(Units *units);
static void add_rating(FunctionCallInfo fcinfo, Units *units);
static void add_unit(Units *units, int *numbers, int count);

PG_FUNCTION_INFO_V1(feedback_units_add);
PG_FUNCTION_INFO_V1(feedback_units_add_coincidences);
PG_FUNCTION_INFO_V1(feedback_units_combine);
PG_FUNCTION_INFO_V1(feedback_units_serialize);
PG_FUNCTION_INFO_V1(feedback_units_deserialize);

/* units_add(state, ratings anyarray) */
Datum
feedback_units_add(PG_FUNCTION_ARGS)
{
	Units	   *units = feedback_units_argument(fcinfo, 0);

	if (units == NULL)
		units = make_units(fcinfo);
	add_rating(fcinfo, units);
	PG_RETURN_POINTER(units);
}

/* units_add_coincidences(state, ratings anyarray [, level text]): 22023 for another level */
Datum
feedback_units_add_coincidences(PG_FUNCTION_ARGS)
{
	Units	   *units = feedback_units_argument(fcinfo, 0);
	Level		level = LEVEL_NOMINAL;

	if (PG_NARGS() > 2)
		level = read_level(PG_ARGISNULL(2) ? NULL : PG_GETARG_TEXT_PP(2));
	if (units == NULL)
	{
		units = make_units(fcinfo);
		units->coincides = true;
		units->level = level;
	}
	check_level(units, level);
	add_rating(fcinfo, units);
	PG_RETURN_POINTER(units);
}

/* units_combine(state, state) */
Datum
feedback_units_combine(PG_FUNCTION_ARGS)
{
	Units	   *units = feedback_units_argument(fcinfo, 0);
	Units	   *other = feedback_units_argument(fcinfo, 1);
	int		   *numbers;
	int			i;
	int			j;

	if (other == NULL)
	{
		if (units == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(units);
	}
	if (units != NULL)
		check_level(units, other->level);
	else
	{
		MemoryContext context = feedback_statistics_aggregate_context(fcinfo);

		units = MemoryContextAllocZero(context, sizeof(Units));
		feedback_categories_init(&units->categories, context, other->categories.type,
								 other->categories.collation);
		units->level = other->level;
		units->coincides = other->coincides;
	}
	numbers = palloc(Max(other->categories.count, 1) * sizeof(int));
	for (i = 0; i < other->categories.count; i++)
		numbers[i] = find_unit(units, other->categories.values[i]);
	widen_unit(units);

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
	Units	   *units = feedback_units_argument(fcinfo, 0);
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

	(void) feedback_statistics_aggregate_context(fcinfo);
	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, VARDATA_ANY(serialized), VARSIZE_ANY_EXHDR(serialized));
	feedback_categories_receive(&units->categories, CurrentMemoryContext, &buffer);
	units->level = pq_getmsgbyte(&buffer);
	units->coincides = pq_getmsgbyte(&buffer) != 0;
	units->ratings = pq_getmsgint64(&buffer);
	units->n = pq_getmsgfloat8(&buffer);
	units->n_paired = pq_getmsgfloat8(&buffer);
	units->agreement = pq_getmsgfloat8(&buffer);
	widen_unit(units);
	for (i = 0; i < units->categories.count; i++)
	{
		units->totals[i] = pq_getmsgfloat8(&buffer);
		units->shares[i] = pq_getmsgfloat8(&buffer);
		for (j = 0; units->coincides && j < units->categories.count; j++)
			units->matrix[i * units->width + j] = pq_getmsgfloat8(&buffer);
	}
	pq_getmsgend(&buffer);
	PG_RETURN_POINTER(units);
}

/* A new state for the type of the array in the arguments */
static Units *
make_units(FunctionCallInfo fcinfo)
{
	MemoryContext context = feedback_statistics_aggregate_context(fcinfo);
	Units	   *units = MemoryContextAllocZero(context, sizeof(Units));

	feedback_categories_init(&units->categories, context,
							 getBaseType(get_base_element_type(get_fn_expr_argtype(fcinfo->flinfo, 1))),
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
			 errmsg("invalid level: %s", feedback_quote(string, strlen(string))),
			 errdetail("The levels are \"nominal\", \"ordinal\" and \"interval\"."),
			 err_generic_string(PG_DIAG_COLUMN_NAME, "level")));
}

/* 22023 for another level than the first row's */
static void
check_level(const Units *units, Level level)
{
	if (level != units->level)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("level is not the same for all rows"),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "level")));
}

/* The number of a rating's category; 54000 for one too many. */
static int
find_unit(Units *units, Datum value)
{
	int			number = feedback_categories_find(&units->categories, value);

	if (number < 0)
		feedback_categories_too_many();
	return number;
}

/* Make room for all categories. */
static void
widen_unit(Units *units)
{
	int			width;
	double	   *counts;
	int			i;

	if (units->width >= units->categories.count)
		return;
	width = Min(Max(4, units->categories.count * 2), MAX_RATING_CATEGORIES);
	counts = MemoryContextAllocZero(units->categories.context,
									(3 + (units->coincides ? width : 0)) * width * sizeof(double));
	for (i = 0; i < units->width; i++)
	{
		counts[width + i] = units->totals[i];
		counts[2 * width + i] = units->shares[i];
		if (units->coincides)
			memcpy(counts + (3 + i) * width, units->matrix + i * units->width, units->width * sizeof(double));
	}
	if (units->counts != NULL)
		pfree(units->counts);
	units->counts = counts;
	units->totals = counts + width;
	units->shares = counts + 2 * width;
	units->matrix = counts + 3 * width;
	units->width = width;
}

/* Count the unit in the arguments. */
static void
add_rating(FunctionCallInfo fcinfo, Units *units)
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
			numbers[count++] = find_unit(units, values[i]);
	}
	if (count > 0)
	{
		widen_unit(units);
		add_unit(units, numbers, count);
	}
}

/* Count a unit with these ratings, in time linear in them and square in their categories. */
static void
add_unit(Units *units, int *numbers, int count)
{
	double	   *counts = units->counts;
	double		alike = 0;
	int			categories = 0;
	int			i;
	int			j;

	/* what is left of the numbers are those of its categories, each once */
	for (i = 0; i < count; i++)
	{
		if (counts[numbers[i]]++ == 0)
			numbers[categories++] = numbers[i];
	}
	for (i = 0; i < categories; i++)
	{
		double		n = counts[numbers[i]];

		units->totals[numbers[i]] += n;
		units->shares[numbers[i]] += n / count;
		alike += n * (n - 1);
		for (j = 0; units->coincides && count > 1 && j < categories; j++)
			units->matrix[numbers[i] * units->width + numbers[j]] +=
				n * (counts[numbers[j]] - (i == j)) / (count - 1);
	}
	for (i = 0; i < categories; i++)
		counts[numbers[i]] = 0;

	if (units->ratings == 0)
		units->ratings = count;
	else if (units->ratings != count)
		units->ratings = -1;
	units->n++;
	if (count > 1)
	{
		units->n_paired++;
		units->agreement += alike / ((double) count * (count - 1));
	}
}

/* The state in an argument, NULL if there is none yet */
Units *
feedback_units_argument(FunctionCallInfo fcinfo, int i)
{
	(void) feedback_statistics_aggregate_context(fcinfo);
	return PG_ARGISNULL(i) ? NULL : (Units *) PG_GETARG_POINTER(i);
}
