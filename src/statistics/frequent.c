/*
 * frequent.c
 *		An aggregate of the values that occur most often.
 *
 * Sorting all values for the first few takes longer than counting them where
 * people write: so the first few are kept as the values come.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "statistics/categories.h"

/* As many as a figure of the report shows */
#define FREQUENT_PLACES	12

typedef struct Frequent
{
	int			length;
	struct
	{
		text	   *words;
		int64		n;
	}			places[FREQUENT_PLACES];	/* the most frequent first */
} Frequent;

static bool comes_before(text *words, int64 n, text *other, int64 other_n);

PG_FUNCTION_INFO_V1(feedback_frequent_add);
PG_FUNCTION_INFO_V1(feedback_frequent_words);

/*
 * frequent_add(state internal, words text, n bigint) returns internal
 *
 * Each value comes once, with how often it occurs; null is left out.  Values that
 * occur as often are in the order of their bytes.
 */
Datum
feedback_frequent_add(PG_FUNCTION_ARGS)
{
	MemoryContext context = feedback_statistics_aggregate_context(fcinfo);
	Frequent   *frequent = PG_ARGISNULL(0) ? NULL : (Frequent *) PG_GETARG_POINTER(0);
	text	   *words;
	int64		n;
	int			place;

	if (frequent == NULL)
		frequent = MemoryContextAllocZero(context, sizeof(Frequent));
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_POINTER(frequent);

	words = PG_GETARG_TEXT_PP(1);
	n = PG_GETARG_INT64(2);
	for (place = frequent->length; place > 0; place--)
		if (!comes_before(words, n, frequent->places[place - 1].words, frequent->places[place - 1].n))
			break;
	if (place == FREQUENT_PLACES)
		PG_RETURN_POINTER(frequent);

	if (frequent->length == FREQUENT_PLACES)
		pfree(frequent->places[--frequent->length].words);
	memmove(&frequent->places[place + 1], &frequent->places[place],
			(frequent->length - place) * sizeof(frequent->places[0]));
	frequent->length++;
	frequent->places[place].n = n;
	frequent->places[place].words = MemoryContextAlloc(context, VARSIZE_ANY(words));
	memcpy(frequent->places[place].words, words, VARSIZE_ANY(words));
	PG_RETURN_POINTER(frequent);
}

/* frequent_words(state internal) returns text[]: values and how often each occurs, NULL for none */
Datum
feedback_frequent_words(PG_FUNCTION_ARGS)
{
	const Frequent *frequent = PG_ARGISNULL(0) ? NULL : (const Frequent *) PG_GETARG_POINTER(0);
	Datum		cells[FREQUENT_PLACES][2];
	int			sizes[] = {0, 2};
	int			starts[] = {1, 1};
	int			i;

	(void) feedback_statistics_aggregate_context(fcinfo);
	if (frequent == NULL || frequent->length == 0)
		PG_RETURN_NULL();
	for (i = 0; i < frequent->length; i++)
	{
		cells[i][0] = PointerGetDatum(frequent->places[i].words);
		cells[i][1] = CStringGetTextDatum(psprintf(INT64_FORMAT, frequent->places[i].n));
	}
	sizes[0] = frequent->length;
	PG_RETURN_ARRAYTYPE_P(construct_md_array(&cells[0][0], NULL, 2, sizes, starts, TEXTOID, -1, false, TYPALIGN_INT));
}

static bool
comes_before(text *words, int64 n, text *other, int64 other_n)
{
	int			length = VARSIZE_ANY_EXHDR(words);
	int			other_length = VARSIZE_ANY_EXHDR(other);
	int			order;

	if (n != other_n)
		return n > other_n;
	order = memcmp(VARDATA_ANY(words), VARDATA_ANY(other), Min(length, other_length));
	return order < 0 || (order == 0 && length < other_length);
}
