/*
 * token_f1.c
 *		token_f1: how far the words of an answer are those that were expected.
 *
 * As Rajpurkar et al. (2016), "SQuAD: 100,000+ questions for machine comprehension
 * of text", score answers: in lower case, without punctuation and articles; of
 * every script.  Ideographs and kana, which have no blanks between words, are a
 * word each, as in the evaluation of MLQA (Lewis et al. 2020).
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/formatting.h"

#include "evaluate/scorer.h"

/* A word; not NUL-terminated */
typedef struct Word
{
	const pg_wchar *start;
	int			length;
} Word;

typedef struct Words
{
	Word	   *words;
	int			count;
	int			size;			/* allocated */
} Words;

/* A range of characters */
typedef struct Range
{
	pg_wchar	first;
	pg_wchar	last;
} Range;

static Datum score(text *answer, text *expected, JsonbValue *ignored);
static void split_words(text *string, Words *words);
static void add_word(Words *words, const pg_wchar *start, int length);
static int	code_points(text *string, pg_wchar **result);
static bool is_in(pg_wchar c, const Range *ranges, int count);
static void drop_ignored(Words *words, JsonbValue *ignored);
static int	count_common(const Words *a, const Words *b);
static int	compare_words(const void *a, const void *b, void *arg pg_attribute_unused());

/* White space: Unicode's */
static const Range blanks[] = {
	{0x09, 0x0D}, {0x20, 0x20}, {0x85, 0x85}, {0xA0, 0xA0}, {0x1680, 0x1680}, {0x2000, 0x200A}, {0x2028, 0x2029},
	{0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}
};

/* ASCII's punctuation, and blocks of Unicode that have nothing but punctuation and symbols */
static const Range punctuation[] = {
	{0x21, 0x2F}, {0x3A, 0x40}, {0x5B, 0x60}, {0x7B, 0x7E}, {0xA1, 0xA9}, {0xAB, 0xB1}, {0xB4, 0xB4}, {0xB6, 0xB8},
	{0xBB, 0xBB}, {0xBF, 0xBF}, {0xD7, 0xD7}, {0xF7, 0xF7}, {0x200B, 0x2027}, {0x202A, 0x202E}, {0x2030, 0x205E},
	{0x2060, 0x206F}, {0x20A0, 0x20CF}, {0x2190, 0x2BFF}, {0x2E00, 0x2E7F}, {0x3001, 0x3004}, {0x3008, 0x3020},
	{0x3030, 0x303F}, {0xFE00, 0xFE1F}, {0xFE30, 0xFE6F}, {0xFF01, 0xFF0F}, {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40},
	{0xFF5B, 0xFF65}, {0x1F000, 0x1FAFF}
};

/* Characters that are a word each */
static const Range ideographs[] = {
	{0x3005, 0x3007}, {0x3040, 0x30FF}, {0x31F0, 0x31FF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xF900, 0xFAFF},
	{0xFF66, 0xFF9F}, {0x20000, 0x3FFFF}
};

PG_FUNCTION_INFO_V1(feedback_token_f1);
PG_FUNCTION_INFO_V1(feedback_scorer_token_f1);

/* token_f1(answer text, expected text) returns double precision */
Datum
feedback_token_f1(PG_FUNCTION_ARGS)
{
	return score(PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), NULL);
}

/* token_f1(trace jsonb, options jsonb) returns double precision: 0 for no answer */
Datum
feedback_scorer_token_f1(PG_FUNCTION_ARGS)
{
	enum
	{
		IGNORE = SCORER_EXPECTED + 1, COUNT
	};
	static const ScorerOption known[COUNT] = {
		SCORER_EXPECTATION_OPTIONS,
		{.name = "ignore", .type = OPTION_TEXTS}
	};
	JsonbValue *options[COUNT];
	Jsonb	   *trace = feedback_scorer_trace(fcinfo);
	JsonbValue *answer;
	JsonbValue *expected;

	feedback_scorer_options(fcinfo, known, COUNT, options);
	if (trace == NULL || (expected = feedback_scorer_expected(trace, options)) == NULL)
		PG_RETURN_NULL();
	answer = feedback_scorer_answer(trace, options);
	if (answer == NULL)
		PG_RETURN_FLOAT8(0);
	return score(feedback_scorer_text(answer), feedback_scorer_text(expected), options[IGNORE]);
}

/*
 * The harmonic mean of the share of the answer's words that were expected and the
 * share of the expected words that came; of two without words 1, of one 0.
 */
static Datum
score(text *answer, text *expected, JsonbValue *ignored)
{
	Words		words[2] = {0};
	int			common;
	int			i;

	split_words(answer, &words[0]);
	split_words(expected, &words[1]);
	for (i = 0; i < 2; i++)
	{
		drop_ignored(&words[i], ignored);
		qsort_interruptible(words[i].words, words[i].count, sizeof(Word), compare_words, NULL);
	}
	if (words[0].count == 0 || words[1].count == 0)
		PG_RETURN_FLOAT8(words[0].count == words[1].count);
	common = count_common(&words[0], &words[1]);
	PG_RETURN_FLOAT8(2.0 * common / ((double) words[0].count + words[1].count));
}

/* The words of a text, without punctuation within them */
static void
split_words(text *string, Words *words)
{
	pg_wchar   *characters;
	pg_wchar   *start;
	pg_wchar   *out;
	int			count;
	int			i;

	feedback_scorer_check_length(VARSIZE_ANY_EXHDR(string));
	count = code_points(string, &characters);
	start = out = characters;
	for (i = 0; i < count; i++)
	{
		pg_wchar	c = characters[i];

		CHECK_FOR_INTERRUPTS();
		if (is_in(c, punctuation, lengthof(punctuation)))
			continue;
		if (is_in(c, blanks, lengthof(blanks)))
		{
			add_word(words, start, out - start);
			start = out;
		}
		else if (is_in(c, ideographs, lengthof(ideographs)))
		{
			add_word(words, start, out - start);
			*out = c;
			add_word(words, out++, 1);
			start = out;
		}
		else
			*out++ = c;
	}
	add_word(words, start, out - start);
}

static void
add_word(Words *words, const pg_wchar *start, int length)
{
	if (length == 0)
		return;
	if (words->words == NULL)
	{
		words->size = 64;
		words->words = palloc(words->size * sizeof(Word));
	}
	else if (words->count == words->size)
	{
		words->size *= 2;
		words->words = repalloc(words->words, words->size * sizeof(Word));
	}
	words->words[words->count].start = start;
	words->words[words->count++].length = length;
}

/* The characters of a text in lower case, by their numbers in Unicode */
static int
code_points(text *string, pg_wchar **result)
{
	const char *lower = str_tolower(VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string), DEFAULT_COLLATION_OID);
	const char *utf8 = pg_server_to_any(lower, strlen(lower), PG_UTF8);

	*result = palloc((strlen(utf8) + 1) * sizeof(pg_wchar));
	return pg_encoding_mb2wchar_with_len(PG_UTF8, utf8, *result, strlen(utf8));
}

/* Is a character in one of these ranges, which are in order? */
static bool
is_in(pg_wchar c, const Range *ranges, int count)
{
	int			low = 0;
	int			high = count;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (ranges[middle].last < c)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && ranges[low].first <= c;
}

/* Leave out the words that do not count: without a list, the English articles. */
static void
drop_ignored(Words *words, JsonbValue *ignored)
{
	static const char *const articles[] = {"a", "an", "the"};
	Words		dropped = {0};
	int			kept = 0;
	int			i;

	if (ignored == NULL)
	{
		for (i = 0; i < (int) lengthof(articles); i++)
			split_words(cstring_to_text(articles[i]), &dropped);
	}
	else
	{
		for (i = 0; i < (int) JsonContainerSize(ignored->val.binary.data); i++)
			split_words(feedback_scorer_text(getIthJsonbValueFromContainer(ignored->val.binary.data, i)), &dropped);
	}
	if (dropped.count == 0)
		return;
	qsort_interruptible(dropped.words, dropped.count, sizeof(Word), compare_words, NULL);
	for (i = 0; i < words->count; i++)
	{
		if (bsearch_arg(&words->words[i], dropped.words, dropped.count, sizeof(Word), compare_words, NULL) == NULL)
			words->words[kept++] = words->words[i];
	}
	words->count = kept;
}

/* How many words two sorted lists have in common, each as often as both have it */
static int
count_common(const Words *a, const Words *b)
{
	int			common = 0;
	int			i = 0;
	int			j = 0;

	while (i < a->count && j < b->count)
	{
		int			order = compare_words(&a->words[i], &b->words[j], NULL);

		CHECK_FOR_INTERRUPTS();
		common += (order == 0);
		i += (order <= 0);
		j += (order >= 0);
	}
	return common;
}

/* Words in an order of their own: by length first, which is cheap */
static int
compare_words(const void *a, const void *b, void *arg pg_attribute_unused())
{
	const Word *x = a;
	const Word *y = b;

	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return memcmp(x->start, y->start, x->length * sizeof(pg_wchar));
}
