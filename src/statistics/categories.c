/*
 * categories.c
 *		The categories that ratings fall into, whatever their type.
 *
 * Two ratings are of one category if the type's default btree operators call
 * them equal, as 1 and 1.0 are.  A category's number is when it first came; its
 * rank is its place in the type's order, or in the order that the caller gave.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "statistics/categories.h"

static int	search(const Categories *categories, Datum value, bool *found);
static int	insert_category(Categories *categories, int place, Datum value);
static bool is_numeric(Oid type);

/* Start with none; 42883 for a type without an order. */
void
feedback_categories_init(Categories *categories, MemoryContext context, Oid type, Oid collation)
{
	TypeCacheEntry *cache = lookup_type_cache(type, TYPECACHE_CMP_PROC_FINFO);

	if (!OidIsValid(cache->cmp_proc_finfo.fn_oid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("ratings of type %s cannot be compared", format_type_be(type)),
				 errhint("Cast them to a type that can, such as jsonb or text.")));
	memset(categories, 0, sizeof(Categories));
	categories->context = context;
	categories->type = type;
	categories->collation = collation;
	categories->length = cache->typlen;
	categories->by_value = cache->typbyval;
	categories->align = cache->typalign;
	categories->compare = &cache->cmp_proc_finfo;
}

/* The categories that there are, in their order; 22023 for one that is null or there twice. */
void
feedback_categories_give(Categories *categories, ArrayType *given)
{
	Datum	   *values;
	bool	   *nulls;
	int			count;
	int			i;

	deconstruct_array(given, categories->type, categories->length, categories->by_value,
					  categories->align, &values, &nulls, &count);
	for (i = 0; i < count; i++)
	{
		bool		found = nulls[i];

		if (!nulls[i])
		{
			int			place = search(categories, values[i], &found);

			if (!found && categories->count >= MAX_RATING_CATEGORIES)
				feedback_categories_too_many();
			if (!found)
				(void) insert_category(categories, place, values[i]);
		}
		if (found)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("categories holds a category that is null or not the only one of its kind"),
					 errdetail("Element %d is.", i + 1),
					 err_generic_string(PG_DIAG_COLUMN_NAME, "categories")));
	}
	categories->given = true;
}

/* The number of a rating's category, -1 for one too many; 22023 for one that is not given. */
int
feedback_categories_find(Categories *categories, Datum value)
{
	bool		found;
	int			place;

	/* once, not for each comparison */
	if (categories->length == -1)
		value = PointerGetDatum(PG_DETOAST_DATUM_PACKED(value));
	place = search(categories, value, &found);
	if (found)
		return categories->order[place];
	if (categories->given)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a rating is none of the categories"),
				 errhint("Leave categories out, or name all that occur."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "categories")));
	if (categories->count >= MAX_RATING_CATEGORIES)
		return -1;
	return insert_category(categories, place, value);
}

/* Are two ratings of one category? */
bool
feedback_categories_alike(const Categories *categories, Datum one, Datum other)
{
	return DatumGetInt32(FunctionCall2Coll(categories->compare, categories->collation, one, other)) == 0;
}

/* 54000 */
void
feedback_categories_too_many(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("there are too many categories"),
			 errdetail("Ratings may fall into %d categories.", MAX_RATING_CATEGORIES),
			 errhint("Round continuous ratings.")));
}

/* Where a value is among the sorted ones, or would be */
static int
search(const Categories *categories, Datum value, bool *found)
{
	int			low = 0;
	int			high = categories->count;

	*found = false;
	while (low < high)
	{
		int			middle = (low + high) / 2;
		Datum		other = categories->values[categories->order[middle]];
		int			difference = DatumGetInt32(FunctionCall2Coll(categories->compare,
																 categories->collation,
																 value, other));

		if (difference == 0)
		{
			*found = true;
			return middle;
		}
		if (difference < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Add a category, at this place of the sorted ones. */
static int
insert_category(Categories *categories, int place, Datum value)
{
	MemoryContext old = MemoryContextSwitchTo(categories->context);
	int			number = categories->count;

	if (number == categories->capacity)
	{
		categories->capacity = Max(8, number * 2);
		if (number == 0)
		{
			categories->values = palloc(categories->capacity * sizeof(Datum));
			categories->order = palloc(categories->capacity * sizeof(int));
		}
		else
		{
			categories->values = repalloc(categories->values, categories->capacity * sizeof(Datum));
			categories->order = repalloc(categories->order, categories->capacity * sizeof(int));
		}
	}
	if (categories->length == -1)
		value = PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
	else
		value = datumCopy(value, categories->by_value, categories->length);
	categories->values[number] = value;
	memmove(categories->order + place + 1, categories->order + place, (number - place) * sizeof(int));
	categories->order[place] = number;
	categories->count++;
	MemoryContextSwitchTo(old);
	return number;
}

/* The rank of each category by its number */
void
feedback_categories_ranks(const Categories *categories, int *ranks)
{
	int			i;

	for (i = 0; i < categories->count; i++)
	{
		if (categories->given)
			ranks[i] = i;
		else
			ranks[categories->order[i]] = i;
	}
}

/* A category as a number; 42804 if its type is no number's. */
double
feedback_categories_number(const Categories *categories, int number)
{
	Oid			output;
	bool		varlena;
	char	   *output_text;

	if (!is_numeric(categories->type))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("ratings of type %s have no distances", format_type_be(categories->type)),
				 errhint("The level \"interval\" is for numbers.")));
	getTypeOutputInfo(categories->type, &output, &varlena);
	output_text = OidOutputFunctionCall(output, categories->values[number]);
	return DatumGetFloat8(DirectFunctionCall1(float8in, CStringGetDatum(output_text)));
}

/* Is it a type of numbers, which money and the likes of regclass are not? */
static bool
is_numeric(Oid type)
{
	switch (type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			return true;
		default:
			return false;
	}
}

/* Append a category as JSON: numbers, booleans and JSON as they are, all else, NaN too, as a string. */
void
feedback_categories_json(const Categories *categories, int number, StringInfo json)
{
	Oid			output;
	bool		varlena;
	char	   *output_text;

	getTypeOutputInfo(categories->type, &output, &varlena);
	output_text = OidOutputFunctionCall(output, categories->values[number]);
	if (categories->type == BOOLOID)
		appendStringInfoString(json, *output_text == 't' ? "true" : "false");
	else if (categories->type == JSONBOID ||
			 (is_numeric(categories->type) && strpbrk(output_text, "aIN") == NULL))
		appendStringInfoString(json, output_text);
	else
		escape_json(json, output_text);
}

/* Are the given ones of two states the same?  22023 if not, so that no rank depends on which row came first. */
void
feedback_categories_check(const Categories *categories, const Categories *other)
{
	bool		same = categories->given == other->given;
	int			i;

	if (same && categories->given)
	{
		same = categories->count == other->count;
		for (i = 0; same && i < categories->count; i++)
			same = feedback_categories_alike(categories, categories->values[i], other->values[i]);
	}
	if (!same)
		feedback_categories_changed();
}

/* 22023 */
void
feedback_categories_changed(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("categories is not the same for all rows"),
			 err_generic_string(PG_DIAG_COLUMN_NAME, "categories")));
}

/* Write the categories for another process of the query, in the order of their numbers. */
void
feedback_categories_send(const Categories *categories, StringInfo buffer)
{
	int			i;

	pq_sendint32(buffer, categories->type);
	pq_sendint32(buffer, categories->collation);
	pq_sendbyte(buffer, categories->given);
	pq_sendint32(buffer, categories->count);
	for (i = 0; i < categories->count; i++)
	{
		Size		size = datumEstimateSpace(categories->values[i], false, categories->by_value,
											  categories->length);
		char	   *start = palloc(size);
		char	   *end = start;

		datumSerialize(categories->values[i], false, categories->by_value, categories->length, &end);
		pq_sendint32(buffer, (uint32) size);
		pq_sendbytes(buffer, start, (int) size);
		pfree(start);
	}
}

/* Read what feedback_categories_send() wrote. */
void
feedback_categories_receive(Categories *categories, MemoryContext context, StringInfo buffer)
{
	Oid			type = pq_getmsgint(buffer, 4);
	Oid			collation = pq_getmsgint(buffer, 4);
	bool		given = pq_getmsgbyte(buffer) != 0;
	int			count = pq_getmsgint(buffer, 4);
	int			i;

	if (count < 0 || count > MAX_RATING_CATEGORIES)
		elog(ERROR, "a state has %d categories", count);
	feedback_categories_init(categories, context, type, collation);
	for (i = 0; i < count; i++)
	{
		int			size = pq_getmsgint(buffer, 4);
		char	   *start = palloc(size);
		bool		isnull;

		pq_copymsgbytes(buffer, start, size);
		(void) feedback_categories_find(categories, datumRestore(&start, &isnull));
	}
	categories->given = given;
}

/* The memory of the aggregate that calls; 0A000 for a call by hand. */
MemoryContext
feedback_statistics_aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("this function is a part of an aggregate"),
				 errhint("Its comment says of which.")));
	return context;
}
