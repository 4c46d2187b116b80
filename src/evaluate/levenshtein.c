/*
 * levenshtein.c
 *		The edit distance of two texts, and levenshtein_similarity.
 *
 * By the bit-parallel algorithm of Myers (1999), "A fast bit-vector algorithm for
 * approximate string matching based on dynamic programming", in blocks of 64 rows
 * as Hyyro (2003), "A bit-vector algorithm for computing Levenshtein and Damerau
 * edit distances", has them.  A column of the matrix takes a step for each block.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "evaluate/scorer.h"

#define BLOCK_SIZE	64
#define HIGH_BIT	(UINT64CONST(1) << (BLOCK_SIZE - 1))

/* The product of the lengths that is still compared: a second or less */
#define MAX_CELLS	INT64CONST(10000000000)

/* Up to so many blocks, each character of the shorter text has bits of its own: 2 MB at the most */
#define FEW_BLOCKS	64

/* The vertical differences of a block, as bits of those that are +1 and -1 */
typedef struct Block
{
	uint64		plus;
	uint64		minus;
} Block;

/* A character of the shorter text, and where it occurs */
typedef struct Place
{
	pg_wchar	character;
	int			row;
} Place;

/* The shorter text, by its characters: from first on, in the order of rows */
typedef struct Occurrences
{
	Place	   *places;
	int			count;			/* of places */
	int			blocks;
	uint64	  **dense;			/* by place: the bits of a character that
								 * occurs in many rows, in each block */
	uint64	   *sparse;			/* those of another, while it is looked at */
} Occurrences;

static double similarity(const char *a, int a_length, const char *b, int b_length);
static int64 distance_of(const pg_wchar *a, int a_length, const pg_wchar *b, int b_length);
static int	trim_common(const pg_wchar **a, int *a_length, const pg_wchar **b, int *b_length);
static void check_cells(int rows, int columns);
static void find_occurrences(const pg_wchar *characters, int length, int blocks, Occurrences *occurrences);
static int	compare_places(const void *a, const void *b, void *arg pg_attribute_unused());
static int	first_place(const Occurrences *occurrences, pg_wchar character);
static bool is_at(const Occurrences *occurrences, int place, pg_wchar character);
static const uint64 *set_match(const Occurrences *occurrences, pg_wchar character);
static void unset_match(const Occurrences *occurrences, pg_wchar character);
static int	advance_column(Block *blocks, int count, const uint64 *match, uint64 last_row);
static int	advance_block(Block *block, uint64 match, int in, uint64 last_row);

PG_FUNCTION_INFO_V1(feedback_levenshtein_similarity);
PG_FUNCTION_INFO_V1(feedback_scorer_levenshtein_similarity);

/* levenshtein_similarity(answer text, expected text) returns double precision */
Datum
feedback_levenshtein_similarity(PG_FUNCTION_ARGS)
{
	text	   *a = PG_GETARG_TEXT_PP(0);
	text	   *b = PG_GETARG_TEXT_PP(1);

	PG_RETURN_FLOAT8(similarity(VARDATA_ANY(a), VARSIZE_ANY_EXHDR(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(b)));
}

/* levenshtein_similarity(trace jsonb, options jsonb) returns double precision: 0 for no answer */
Datum
feedback_scorer_levenshtein_similarity(PG_FUNCTION_ARGS)
{
	static const ScorerOption known[] = {SCORER_EXPECTATION_OPTIONS};
	JsonbValue *options[lengthof(known)];
	Jsonb	   *trace = feedback_scorer_trace(fcinfo);
	JsonbValue *answer;
	JsonbValue *expected;
	text	   *a;
	text	   *b;

	feedback_scorer_options(fcinfo, known, lengthof(known), options);
	if (trace == NULL || (expected = feedback_scorer_expected(trace, options)) == NULL)
		PG_RETURN_NULL();
	answer = feedback_scorer_answer(trace, options);
	if (answer == NULL)
		PG_RETURN_FLOAT8(0);
	a = feedback_scorer_text(answer);
	b = feedback_scorer_text(expected);
	PG_RETURN_FLOAT8(similarity(VARDATA_ANY(a), VARSIZE_ANY_EXHDR(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(b)));
}

/* 1 - distance / length of the longer; 1 for two that are empty */
static double
similarity(const char *a, int a_length, const char *b, int b_length)
{
	pg_wchar   *characters[2];
	int			a_count;
	int			b_count;
	int			longer;

	feedback_scorer_check_length(a_length);
	feedback_scorer_check_length(b_length);
	characters[0] = palloc((a_length + 1) * sizeof(pg_wchar));
	characters[1] = palloc((b_length + 1) * sizeof(pg_wchar));
	a_count = pg_mb2wchar_with_len(a, characters[0], a_length);
	b_count = pg_mb2wchar_with_len(b, characters[1], b_length);
	longer = Max(a_count, b_count);
	if (longer == 0)
		return 1;
	return (double) (longer - distance_of(characters[0], a_count, characters[1], b_count)) / longer;
}

/* How many characters have to be inserted, deleted or changed to make one text of the other */
static int64
distance_of(const pg_wchar *a, int a_length, const pg_wchar *b, int b_length)
{
	Occurrences occurrences;
	Block	   *blocks;
	int64		distance;
	int			count;
	int			i;

	if (trim_common(&a, &a_length, &b, &b_length) == 0)
		return Max(a_length, b_length);
	if (a_length > b_length)
		return distance_of(b, b_length, a, a_length);
	check_cells(a_length, b_length);
	count = (a_length + BLOCK_SIZE - 1) / BLOCK_SIZE;
	find_occurrences(a, a_length, count, &occurrences);
	blocks = palloc0(count * sizeof(Block));
	for (i = 0; i < count; i++)
		blocks[i].plus = ~UINT64CONST(0);

	distance = a_length;
	for (i = 0; i < b_length; i++)
	{
		CHECK_FOR_INTERRUPTS();
		distance += advance_column(blocks, count, set_match(&occurrences, b[i]),
								   UINT64CONST(1) << ((a_length - 1) % BLOCK_SIZE));
		unset_match(&occurrences, b[i]);
	}
	return distance;
}

/* Leave out what both begin and end with; returns the length of the shorter. */
static int
trim_common(const pg_wchar **a, int *a_length, const pg_wchar **b, int *b_length)
{
	while (*a_length > 0 && *b_length > 0 && **a == **b)
	{
		(*a)++, (*a_length)--;
		(*b)++, (*b_length)--;
	}
	while (*a_length > 0 && *b_length > 0 && (*a)[*a_length - 1] == (*b)[*b_length - 1])
		(*a_length)--, (*b_length)--;
	return Min(*a_length, *b_length);
}

static void
check_cells(int rows, int columns)
{
	if ((int64) rows * columns > MAX_CELLS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("texts are too long for an edit distance"),
				 errdetail("They differ over %d and %d characters, whose product may be " INT64_FORMAT ".", rows, columns, MAX_CELLS)));
}

/*
 * Sort the places of a text by their characters, and make bits for those that
 * occur in more rows than there are blocks, or for all if there are few blocks.
 */
static void
find_occurrences(const pg_wchar *characters, int length, int blocks, Occurrences *occurrences)
{
	int			first = 0;
	int			i;

	occurrences->places = palloc(length * sizeof(Place));
	occurrences->dense = palloc0(length * sizeof(uint64 *));
	occurrences->sparse = palloc0(blocks * sizeof(uint64));
	occurrences->count = length;
	occurrences->blocks = blocks;
	for (i = 0; i < length; i++)
	{
		occurrences->places[i].character = characters[i];
		occurrences->places[i].row = i;
	}
	qsort_interruptible(occurrences->places, length, sizeof(Place), compare_places, NULL);

	while (first < length)
	{
		int			next = first + 1;
		uint64	   *bits;

		while (next < length && occurrences->places[next].character == occurrences->places[first].character)
			next++;
		if (next - first > blocks || blocks <= FEW_BLOCKS)
		{
			bits = palloc0(blocks * sizeof(uint64));
			for (i = first; i < next; i++)
				bits[occurrences->places[i].row / BLOCK_SIZE] |= UINT64CONST(1) << (occurrences->places[i].row % BLOCK_SIZE);
			occurrences->dense[first] = bits;
		}
		first = next;
	}
}

static int
compare_places(const void *a, const void *b, void *arg pg_attribute_unused())
{
	const Place *x = a;
	const Place *y = b;

	if (x->character != y->character)
		return x->character < y->character ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* The first place of a character, or the end of all */
static int
first_place(const Occurrences *occurrences, pg_wchar character)
{
	int			low = 0;
	int			high = occurrences->count;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (occurrences->places[middle].character < character)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_at(const Occurrences *occurrences, int place, pg_wchar character)
{
	return place < occurrences->count && occurrences->places[place].character == character;
}

/* The rows that a character matches, until they are unset */
static const uint64 *
set_match(const Occurrences *occurrences, pg_wchar character)
{
	int			place = first_place(occurrences, character);

	if (is_at(occurrences, place, character) && occurrences->dense[place] != NULL)
		return occurrences->dense[place];
	for (; is_at(occurrences, place, character); place++)
	{
		int			row = occurrences->places[place].row;

		occurrences->sparse[row / BLOCK_SIZE] |= UINT64CONST(1) << (row % BLOCK_SIZE);
	}
	return occurrences->sparse;
}

static void
unset_match(const Occurrences *occurrences, pg_wchar character)
{
	int			place;

	if (occurrences->blocks <= FEW_BLOCKS)
		return;
	place = first_place(occurrences, character);
	if (is_at(occurrences, place, character) && occurrences->dense[place] != NULL)
		return;
	for (; is_at(occurrences, place, character); place++)
		occurrences->sparse[occurrences->places[place].row / BLOCK_SIZE] = 0;
}

/* Go on to the next column; by how much is the last row more than in this one? */
static int
advance_column(Block *blocks, int count, const uint64 *match, uint64 last_row)
{
	int			step = 1;
	int			i;

	for (i = 0; i < count; i++)
		step = advance_block(&blocks[i], match[i], step, i == count - 1 ? last_row : HIGH_BIT);
	return step;
}

/* The same of a block, from the step above it to that of its last row */
static int
advance_block(Block *block, uint64 match, int in, uint64 last_row)
{
	uint64		vertical = match | block->minus;
	uint64		matched = match | (in < 0);
	uint64		horizontal = (((matched & block->plus) + block->plus) ^ block->plus) | matched;
	uint64		plus = block->minus | ~(horizontal | block->plus);
	uint64		minus = block->plus & horizontal;
	int			out = ((plus & last_row) != 0) - ((minus & last_row) != 0);

	plus = plus << 1 | (in > 0);
	minus = minus << 1 | (in < 0);
	block->plus = minus | ~(vertical | plus);
	block->minus = plus & vertical;
	return out;
}
