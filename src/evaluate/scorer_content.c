/*
 * scorer_content.c
 *		What a built-in scorer looks at: the answer, and what was expected.
 *
 * A scorer's first argument is what feedback.evaluation_trace() gives, or a row
 * of a data set.  The answer is its member outputs, or what a path leads to in
 * it; what was expected is a member of its expectations, or an option.
 */
#include "postgres.h"

#include <ctype.h>

#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/encoding.h"
#include "base/json_text.h"
#include "evaluate/scorer.h"

/* As deep as spans are read */
#define MAX_DEPTH	500

/* What MLflow calls the answer that there should have been */
#define DEFAULT_EXPECTATION	"expected_response"

static JsonbValue *follow_path(JsonbValue *from, const JsonbValue *path);
static JsonbValue *step(JsonbValue *from, const JsonbValue *key);
static bool read_index(const JsonbValue *key, uint32 *index);
static JsonbValue *unless_null(JsonbValue *value);
static JsonbValue *root_value(Jsonb *jsonb);

/* The trace, an object; NULL if it is NULL. */
Jsonb *
feedback_scorer_trace(FunctionCallInfo fcinfo)
{
	Jsonb	   *trace = PG_ARGISNULL(0) ? NULL : PG_GETARG_JSONB_P(0);

	if (trace != NULL && !JB_ROOT_IS_OBJECT(trace))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("trace is not a JSON object"),
				 errhint("It is what feedback.evaluation_trace gives, or has inputs, outputs and expectations as that has."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "trace")));
	return trace;
}

/* A member of an object; NULL if it has none, or null, or is none. */
JsonbValue *
feedback_scorer_member(JsonbContainer *object, const char *name)
{
	if (!JsonContainerIsObject(object))
		return NULL;
	return unless_null(getKeyJsonValueFromContainer(object, name, strlen(name), NULL));
}

/* The answer: the outputs, or what the path leads to in them */
JsonbValue *
feedback_scorer_answer(Jsonb *trace, JsonbValue **options)
{
	JsonbValue *outputs = feedback_scorer_member(&trace->root, "outputs");

	if (options[SCORER_PATH] == NULL)
		return outputs;
	return follow_path(outputs, options[SCORER_PATH]);
}

/* What was expected: the option, or the expectation of the option's name */
JsonbValue *
feedback_scorer_expected(Jsonb *trace, JsonbValue **options)
{
	JsonbValue *expectations = feedback_scorer_member(&trace->root, "expectations");

	if (options[SCORER_EXPECTED] != NULL)
		return options[SCORER_EXPECTED];
	if (expectations == NULL || expectations->type != jbvBinary)
		return NULL;
	return feedback_scorer_member(expectations->val.binary.data,
								  feedback_scorer_option_word(options[SCORER_EXPECTATION], DEFAULT_EXPECTATION));
}

/* Follow a path of keys and places; what a text on it has as JSON is followed too. */
static JsonbValue *
follow_path(JsonbValue *from, const JsonbValue *path)
{
	JsonbContainer *keys = path->val.binary.data;
	uint32		i;

	for (i = 0; i < JsonContainerSize(keys) && from != NULL; i++)
	{
		CHECK_FOR_INTERRUPTS();
		from = step(from, getIthJsonbValueFromContainer(keys, i));
	}
	return from;
}

static JsonbValue *
step(JsonbValue *from, const JsonbValue *key)
{
	JsonbContainer *container;
	uint32		index;

	if (from->type == jbvString)
		from = feedback_scorer_read_json(from);
	if (from == NULL || from->type != jbvBinary)
		return NULL;
	container = from->val.binary.data;
	if (JsonContainerIsObject(container))
		return unless_null(getKeyJsonValueFromContainer(container, key->val.string.val, key->val.string.len, NULL));
	if (!read_index(key, &index))
		return NULL;
	return unless_null(getIthJsonbValueFromContainer(container, index));
}

/* A place in a list, counted from 0 */
static bool
read_index(const JsonbValue *key, uint32 *index)
{
	int			i;

	*index = 0;
	for (i = 0; i < key->val.string.len; i++)
	{
		if (!isdigit((unsigned char) key->val.string.val[i]) || *index > JB_CMASK)
			return false;
		*index = *index * 10 + (key->val.string.val[i] - '0');
	}
	return key->val.string.len > 0;
}

static JsonbValue *
unless_null(JsonbValue *value)
{
	return value == NULL || value->type == jbvNull ? NULL : value;
}

/* What a text has as JSON; NULL if it is none that jsonb takes. */
JsonbValue *
feedback_scorer_read_json(const JsonbValue *string)
{
	const char *utf8;
	int			length;
	int			bad_offset;
	JsonText	refused = {0};

	feedback_scorer_check_length(string->val.string.len);
	if (feedback_encoding_to_utf8(string->val.string.val, string->val.string.len, &utf8, &length, &bad_offset) != ENCODING_OK ||
		!feedback_json_text_scan(utf8, length, MAX_DEPTH, &refused))
		return NULL;
	return root_value(DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(pnstrdup(string->val.string.val, string->val.string.len)))));
}

/* The whole of a document as a value */
static JsonbValue *
root_value(Jsonb *jsonb)
{
	JsonbValue *value;

	if (JB_ROOT_IS_SCALAR(jsonb))
		return unless_null(getIthJsonbValueFromContainer(&jsonb->root, 0));
	value = palloc0(sizeof(JsonbValue));
	value->type = jbvBinary;
	value->val.binary.data = &jsonb->root;
	value->val.binary.len = VARSIZE(jsonb) - VARHDRSZ;
	return value;
}

/* A text as it is, all else as JSON; 54000 if it is too long. */
text *
feedback_scorer_text(JsonbValue *value)
{
	Jsonb	   *jsonb;
	char	   *string;

	if (value->type == jbvString)
	{
		feedback_scorer_check_length(value->val.string.len);
		return cstring_to_text_with_len(value->val.string.val, value->val.string.len);
	}
	if (value->type == jbvBinary)
		feedback_scorer_check_length(value->val.binary.len);
	jsonb = JsonbValueToJsonb(value);
	string = JsonbToCString(NULL, &jsonb->root, VARSIZE(jsonb));
	feedback_scorer_check_length(strlen(string));
	return cstring_to_text(string);
}

/* 54000 for what is longer than an answer can be. */
void
feedback_scorer_check_length(int length)
{
	if (length > SCORER_MAX_LENGTH)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("text is too long to be scored"),
				 errdetail("It has %d bytes, and may have %d.", length, SCORER_MAX_LENGTH)));
}
