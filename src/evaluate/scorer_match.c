/*
 * scorer_match.c
 *		Scorers that compare an answer: exact_match, contains_expected, json_match, regex_match.
 *
 * Each is true or false; null where nothing was expected.  No answer is false.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/fmgrprotos.h"

#include "base/text.h"
#include "evaluate/scorer.h"

static text *fold(text *string, bool ignore_case, bool ignore_space);
static text *squeeze(const text *string);
static bool contains_text(const text *string, JsonbValue *wanted, bool ignore_case);
static bool contains_all(const text *string, JsonbContainer *wanted, bool any, bool ignore_case);
static const char *unambiguous(const text *string, size_t *length);

PG_FUNCTION_INFO_V1(feedback_scorer_exact_match);
PG_FUNCTION_INFO_V1(feedback_scorer_contains_expected);
PG_FUNCTION_INFO_V1(feedback_scorer_json_match);
PG_FUNCTION_INFO_V1(feedback_scorer_regex_match);

/* exact_match(trace jsonb, options jsonb) returns boolean: the same text */
Datum
feedback_scorer_exact_match(PG_FUNCTION_ARGS)
{
	enum
	{
		IGNORE_CASE = SCORER_EXPECTED + 1, IGNORE_SPACE, COUNT
	};
	static const ScorerOption known[COUNT] = {
		SCORER_EXPECTATION_OPTIONS,
		{.name = "ignore_case", .type = OPTION_BOOLEAN},
		{.name = "ignore_space", .type = OPTION_BOOLEAN}
	};
	JsonbValue *options[COUNT];
	Jsonb	   *trace = feedback_scorer_trace(fcinfo);
	JsonbValue *answer;
	JsonbValue *expected;
	bool		ignore_case;
	bool		ignore_space;

	feedback_scorer_options(fcinfo, known, COUNT, options);
	ignore_case = feedback_scorer_option_is_true(options[IGNORE_CASE]);
	ignore_space = feedback_scorer_option_is_true(options[IGNORE_SPACE]);
	if (trace == NULL || (expected = feedback_scorer_expected(trace, options)) == NULL)
		PG_RETURN_NULL();
	answer = feedback_scorer_answer(trace, options);
	PG_RETURN_BOOL(answer != NULL &&
				   same_text(fold(feedback_scorer_text(answer), ignore_case, ignore_space),
							 fold(feedback_scorer_text(expected), ignore_case, ignore_space)));
}

/*
 * contains_expected(trace jsonb, options jsonb) returns boolean
 *
 * Of a list all texts have to be in the answer, or any.
 */
Datum
feedback_scorer_contains_expected(PG_FUNCTION_ARGS)
{
	enum
	{
		IGNORE_CASE = SCORER_EXPECTED + 1, MATCH, COUNT
	};
	static const ScorerOption known[COUNT] = {
		SCORER_EXPECTATION_OPTIONS,
		{.name = "ignore_case", .type = OPTION_BOOLEAN},
		{.name = "match", .type = OPTION_TEXT, .words = "all any"}
	};
	JsonbValue *options[COUNT];
	Jsonb	   *trace = feedback_scorer_trace(fcinfo);
	JsonbValue *answer;
	JsonbValue *expected;
	bool		ignore_case;
	text	   *string;

	feedback_scorer_options(fcinfo, known, COUNT, options);
	ignore_case = feedback_scorer_option_is_true(options[IGNORE_CASE]);
	if (trace == NULL || (expected = feedback_scorer_expected(trace, options)) == NULL)
		PG_RETURN_NULL();
	answer = feedback_scorer_answer(trace, options);
	if (answer == NULL)
		PG_RETURN_BOOL(false);
	string = fold(feedback_scorer_text(answer), ignore_case, false);
	if (expected->type == jbvBinary && JsonContainerIsArray(expected->val.binary.data))
		PG_RETURN_BOOL(contains_all(string, expected->val.binary.data,
									strcmp(feedback_scorer_option_word(options[MATCH], "all"), "any") == 0, ignore_case));
	PG_RETURN_BOOL(contains_text(string, expected, ignore_case));
}

/*
 * json_match(trace jsonb, options jsonb) returns boolean
 *
 * The same JSON, as jsonb compares it.  A text on either side that is JSON is
 * what it has as JSON.
 */
Datum
feedback_scorer_json_match(PG_FUNCTION_ARGS)
{
	static const ScorerOption known[] = {SCORER_EXPECTATION_OPTIONS};
	JsonbValue *options[lengthof(known)];
	Jsonb	   *trace = feedback_scorer_trace(fcinfo);
	JsonbValue *sides[2];
	int			i;

	feedback_scorer_options(fcinfo, known, lengthof(known), options);
	if (trace == NULL || (sides[1] = feedback_scorer_expected(trace, options)) == NULL)
		PG_RETURN_NULL();
	sides[0] = feedback_scorer_answer(trace, options);
	if (sides[0] == NULL)
		PG_RETURN_BOOL(false);
	for (i = 0; i < 2; i++)
	{
		JsonbValue *read = sides[i]->type == jbvString ? feedback_scorer_read_json(sides[i]) : NULL;

		if (read != NULL)
			sides[i] = read;
	}
	PG_RETURN_BOOL(compareJsonbContainers(&JsonbValueToJsonb(sides[0])->root, &JsonbValueToJsonb(sides[1])->root) == 0);
}

/* regex_match(trace jsonb, options jsonb) returns boolean: PostgreSQL's regexp_like */
Datum
feedback_scorer_regex_match(PG_FUNCTION_ARGS)
{
	enum
	{
		PATTERN = SCORER_PATH + 1, FLAGS, COUNT
	};
	static const ScorerOption known[COUNT] = {
		SCORER_PATH_OPTION,
		{.name = "pattern", .type = OPTION_TEXT, .required = true},
		{.name = "flags", .type = OPTION_TEXT}
	};
	JsonbValue *options[COUNT];
	Jsonb	   *trace = feedback_scorer_trace(fcinfo);
	JsonbValue *answer;
	text	   *string = cstring_to_text("");
	Datum		matches;

	feedback_scorer_options(fcinfo, known, COUNT, options);
	answer = trace == NULL ? NULL : feedback_scorer_answer(trace, options);
	if (answer != NULL)
		string = feedback_scorer_text(answer);
	/* Without a trace too, so that a pattern that is none is refused then */
	matches = DirectFunctionCall3Coll(regexp_like, DEFAULT_COLLATION_OID, PointerGetDatum(string),
									  CStringGetTextDatum(feedback_scorer_option_word(options[PATTERN], "")),
									  CStringGetTextDatum(feedback_scorer_option_word(options[FLAGS], "")));
	if (trace == NULL)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(answer != NULL && DatumGetBool(matches));
}

/* A text without what is to be ignored of it */
static text *
fold(text *string, bool ignore_case, bool ignore_space)
{
	if (ignore_case)
		string = cstring_to_text(str_tolower(VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string), DEFAULT_COLLATION_OID));
	return ignore_space ? squeeze(string) : string;
}

/* With one blank for each run of blanks and line ends, and none at its ends */
static text *
squeeze(const text *string)
{
	const char *in = VARDATA_ANY(string);
	const char *end = in + VARSIZE_ANY_EXHDR(string);
	text	   *result = palloc(VARHDRSZ + (end - in) + 1);
	char	   *start = VARDATA(result);
	char	   *out = start;

	for (; in < end; in++)
	{
		bool		blank = is_scorer_blank(*in);

		if (!blank)
			*out++ = *in;
		else if (out > start && out[-1] != ' ')
			*out++ = ' ';
	}
	if (out > start && out[-1] == ' ')
		out--;
	SET_VARSIZE(result, VARHDRSZ + (out - start));
	return result;
}

/* Are all of a list in a text, or any? */
static bool
contains_all(const text *string, JsonbContainer *wanted, bool any, bool ignore_case)
{
	JsonbIterator *iterator = JsonbIteratorInit(wanted);
	JsonbValue	element;

	JsonbIteratorNext(&iterator, &element, true);
	while (JsonbIteratorNext(&iterator, &element, true) == WJB_ELEM)
	{
		CHECK_FOR_INTERRUPTS();
		if (contains_text(string, &element, ignore_case) == any)
			return any;
	}
	return !any;
}

/* Is a text in another, byte by byte? */
static bool
contains_text(const text *string, JsonbValue *wanted, bool ignore_case)
{
	size_t		length;
	size_t		wanted_length;
	const char *start = unambiguous(string, &length);
	const char *sought = unambiguous(fold(feedback_scorer_text(wanted), ignore_case, false), &wanted_length);

	return memmem(start, length, sought, wanted_length) != NULL;
}

/* In an encoding in which no character is found within others */
static const char *
unambiguous(const text *string, size_t *length)
{
	const char *start = VARDATA_ANY(string);
	const char *utf8 = pg_server_to_any(start, VARSIZE_ANY_EXHDR(string), PG_UTF8);

	*length = utf8 == start ? VARSIZE_ANY_EXHDR(string) : strlen(utf8);
	return utf8;
}
