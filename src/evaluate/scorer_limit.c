/*
 * scorer_limit.c
 *		Scorers that measure: length_within, latency_within and tokens_within, latency_ms and token_count.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "base/number.h"
#include "evaluate/scorer.h"
#include "trace/trace.h"

static bool is_within(Numeric number, const JsonbValue *min, const JsonbValue *max);
static int64 length_in(const text *string, const char *unit);
static int64 count_words(const char *string, const char *end);
static Numeric latency_of(Jsonb *trace);
static Numeric tokens_of_kind(Jsonb *trace, const char *kind);
static JsonbValue *inner(JsonbValue *object, const char *name);

PG_FUNCTION_INFO_V1(feedback_scorer_length_within);
PG_FUNCTION_INFO_V1(feedback_scorer_latency_within);
PG_FUNCTION_INFO_V1(feedback_scorer_latency_ms);
PG_FUNCTION_INFO_V1(feedback_scorer_tokens_within);
PG_FUNCTION_INFO_V1(feedback_scorer_token_count);

/* length_within(trace jsonb, options jsonb) returns boolean: false for no answer */
Datum
feedback_scorer_length_within(PG_FUNCTION_ARGS)
{
	enum
	{
		MIN = SCORER_PATH + 1, MAX, UNIT, COUNT
	};
	static const ScorerOption known[COUNT] = {
		SCORER_PATH_OPTION,
		{.name = "min", .type = OPTION_NUMBER},
		{.name = "max", .type = OPTION_NUMBER},
		{.name = "unit", .type = OPTION_TEXT, .words = "characters words bytes"}
	};
	JsonbValue *options[COUNT];
	Jsonb	   *trace = feedback_scorer_trace(fcinfo);
	JsonbValue *answer;
	int64		length;

	feedback_scorer_options(fcinfo, known, COUNT, options);
	if (options[MIN] == NULL && options[MAX] == NULL)
		feedback_scorer_raise_option(ERRCODE_NULL_VALUE_NOT_ALLOWED, "options have neither \"min\" nor \"max\"", NULL, NULL);
	if (trace == NULL)
		PG_RETURN_NULL();
	answer = feedback_scorer_answer(trace, options);
	if (answer == NULL)
		PG_RETURN_BOOL(false);
	length = length_in(feedback_scorer_text(answer), feedback_scorer_option_word(options[UNIT], "characters"));
	PG_RETURN_BOOL(is_within(int64_to_numeric(length), options[MIN], options[MAX]));
}

/* latency_within(trace jsonb, options jsonb) returns boolean: null for a trace without an end */
Datum
feedback_scorer_latency_within(PG_FUNCTION_ARGS)
{
	static const ScorerOption known[] = {{.name = "max_ms", .type = OPTION_NUMBER, .required = true}};
	JsonbValue *options[lengthof(known)];
	Jsonb	   *trace = feedback_scorer_trace(fcinfo);
	Numeric		latency;

	feedback_scorer_options(fcinfo, known, lengthof(known), options);
	latency = trace == NULL ? NULL : latency_of(trace);
	if (latency == NULL)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(is_within(latency, NULL, options[0]));
}

/* latency_ms(trace jsonb) returns numeric */
Datum
feedback_scorer_latency_ms(PG_FUNCTION_ARGS)
{
	Jsonb	   *trace = feedback_scorer_trace(fcinfo);
	Numeric		latency = trace == NULL ? NULL : latency_of(trace);

	if (latency == NULL)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(latency);
}

/* tokens_within(trace jsonb, options jsonb) returns boolean: null for a trace whose tokens nobody counted */
Datum
feedback_scorer_tokens_within(PG_FUNCTION_ARGS)
{
	static const ScorerOption known[] = {
		{.name = "max", .type = OPTION_NUMBER, .required = true},
		{.name = "kind", .type = OPTION_TEXT, .words = "total input output"}
	};
	JsonbValue *options[lengthof(known)];
	Jsonb	   *trace = feedback_scorer_trace(fcinfo);
	Numeric		tokens;

	feedback_scorer_options(fcinfo, known, lengthof(known), options);
	tokens = trace == NULL ? NULL : tokens_of_kind(trace, feedback_scorer_option_word(options[1], "total"));
	if (tokens == NULL)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(is_within(tokens, NULL, options[0]));
}

/* token_count(trace jsonb, options jsonb) returns numeric */
Datum
feedback_scorer_token_count(PG_FUNCTION_ARGS)
{
	static const ScorerOption known[] = {{.name = "kind", .type = OPTION_TEXT, .words = "total input output"}};
	JsonbValue *options[lengthof(known)];
	Jsonb	   *trace = feedback_scorer_trace(fcinfo);
	Numeric		tokens;

	feedback_scorer_options(fcinfo, known, lengthof(known), options);
	tokens = trace == NULL ? NULL : tokens_of_kind(trace, feedback_scorer_option_word(options[0], "total"));
	if (tokens == NULL)
		PG_RETURN_NULL();
	PG_RETURN_NUMERIC(tokens);
}

/* Is a number neither below nor above? */
static bool
is_within(Numeric number, const JsonbValue *min, const JsonbValue *max)
{
	return (min == NULL ||
			DatumGetBool(DirectFunctionCall2(numeric_ge, NumericGetDatum(number), NumericGetDatum(min->val.numeric)))) &&
		(max == NULL ||
		 DatumGetBool(DirectFunctionCall2(numeric_le, NumericGetDatum(number), NumericGetDatum(max->val.numeric))));
}

static int64
length_in(const text *string, const char *unit)
{
	const char *start = VARDATA_ANY(string);
	int			length = VARSIZE_ANY_EXHDR(string);

	switch (unit[0])
	{
		case 'c':
			return pg_mbstrlen_with_len(start, length);
		case 'w':
			return count_words(start, start + length);
		default:
			return length;
	}
}

/* Runs of what is no blank */
static int64
count_words(const char *string, const char *end)
{
	int64		words = 0;
	bool		within = false;

	for (; string < end; string++)
	{
		bool		blank = is_scorer_blank(*string);

		words += (!blank && !within);
		within = !blank;
	}
	return words;
}

/* How long a trace took, in milliseconds; NULL if it has no end. */
static Numeric
latency_of(Jsonb *trace)
{
	JsonbValue *latency = inner(feedback_scorer_member(&trace->root, "info"), "execution_duration_ms");

	return latency == NULL || latency->type != jbvNumeric ? NULL : latency->val.numeric;
}

/* A number of tokens; NULL if they were not counted. */
static Numeric
tokens_of_kind(Jsonb *trace, const char *kind)
{
	JsonbValue *metadata = inner(feedback_scorer_member(&trace->root, "info"), "trace_metadata");
	JsonbValue *usage = inner(metadata, TRACE_TOKENS_KEY);
	JsonbValue *tokens;

	if (usage != NULL && usage->type == jbvString)
		usage = feedback_scorer_read_json(usage);
	tokens = inner(usage, psprintf("%s_tokens", kind));
	return tokens == NULL || tokens->type != jbvNumeric ? NULL : tokens->val.numeric;
}

/* A member of an object that may not be there */
static JsonbValue *
inner(JsonbValue *object, const char *name)
{
	if (object == NULL || object->type != jbvBinary)
		return NULL;
	return feedback_scorer_member(object->val.binary.data, name);
}
