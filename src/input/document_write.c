/*
 * document_write.c
 *		Assessments as MLflow's documents.
 *
 * The form is that of MLflow's to_dictionary, which MLflow's from_dictionary
 * reads back: members that are null are left out, except a feedback's value.
 */
#include "postgres.h"

#include "assessment/validate.h"
#include "base/identifier.h"
#include "base/rfc3339.h"
#include "input/document_write.h"

static void begin_object(JsonbParseState **state, const char *key);
static JsonbValue *end_object(JsonbParseState **state);
static void put(JsonbParseState **state, const char *key, JsonbValue *value);
static void put_string(JsonbParseState **state, const char *key, const char *string, int length);
static void put_text(JsonbParseState **state, const char *key, const text *value);
static void put_identifier(JsonbParseState **state, const char *key, const pg_uuid_t *id);
static void put_time(JsonbParseState **state, const char *key, TimestampTz time);
static void put_json(JsonbParseState **state, const char *key, Jsonb *json);
static void put_value(JsonbParseState **state, const Value *value);
static void put_feedback(JsonbParseState **state, const Assessment *assessment);
static void put_expectation(JsonbParseState **state, const Assessment *assessment);

/* Write the document of an assessment. */
Jsonb *
feedback_document_write(const Assessment *assessment)
{
	JsonbParseState *state = NULL;
	const char *source_type = feedback_assessment_source_type_name(assessment->source_type);
	JsonbValue	valid;

	begin_object(&state, NULL);
	put_identifier(&state, "assessment_id", &assessment->assessment_id);
	put_text(&state, "assessment_name", assessment->name);
	put_text(&state, "trace_id", assessment->trace_id);
	put_text(&state, "span_id", assessment->span_id);

	begin_object(&state, "source");
	put_string(&state, "source_type", source_type, strlen(source_type));
	put_text(&state, "source_id", assessment->source_id);
	end_object(&state);

	put_time(&state, "create_time", assessment->create_time);
	put_time(&state, "last_update_time", assessment->last_update_time);

	if (assessment->kind == KIND_FEEDBACK)
		put_feedback(&state, assessment);
	else
		put_expectation(&state, assessment);

	put_text(&state, "rationale", assessment->rationale);
	if (assessment->metadata != NULL)
		put_json(&state, "metadata", assessment->metadata);
	if (assessment->has_overrides)
		put_identifier(&state, "overrides", &assessment->overrides);

	valid.type = jbvBool;
	valid.val.boolean = assessment->valid;
	put(&state, "valid", &valid);
	return JsonbValueToJsonb(end_object(&state));
}

/* A feedback always has a value there, null beside a mere error. */
static void
put_feedback(JsonbParseState **state, const Assessment *assessment)
{
	begin_object(state, "feedback");
	put_value(state, &assessment->value);
	if (assessment->error_code != NULL)
	{
		begin_object(state, "error");
		put_text(state, "error_code", assessment->error_code);
		put_text(state, "error_message", assessment->error_message);
		put_text(state, "stack_trace", assessment->stack_trace);
		end_object(state);
	}
	end_object(state);
}

/* Lists and objects of expectations travel as JSON text. */
static void
put_expectation(JsonbParseState **state, const Assessment *assessment)
{
	begin_object(state, "expectation");
	if (assessment->value.type == VALUE_JSON)
	{
		Jsonb	   *json = assessment->value.as.json;
		char	   *serialized = JsonbToCString(NULL, &json->root, VARSIZE(json));

		begin_object(state, "serialized_value");
		put_string(state, "serialization_format", "JSON_FORMAT", strlen("JSON_FORMAT"));
		put_string(state, "value", serialized, strlen(serialized));
		end_object(state);
	}
	else
		put_value(state, &assessment->value);
	end_object(state);
}

static void
put_value(JsonbParseState **state, const Value *value)
{
	JsonbValue	json;

	json.type = jbvNull;
	switch (value->type)
	{
		case VALUE_NONE:
			break;
		case VALUE_BOOLEAN:
			json.type = jbvBool;
			json.val.boolean = value->as.boolean;
			break;
		case VALUE_NUMERIC:
			json.type = jbvNumeric;
			json.val.numeric = value->as.numeric;
			break;
		case VALUE_TEXT:
			put_text(state, "value", value->as.text);
			return;
		case VALUE_JSON:
			put_json(state, "value", value->as.json);
			return;
	}
	put(state, "value", &json);
}

/* Begin an object that is the root or the value of a key. */
static void
begin_object(JsonbParseState **state, const char *key)
{
	JsonbValue	name;

	if (key != NULL)
	{
		name.type = jbvString;
		name.val.string.val = unconstify(char *, key);
		name.val.string.len = strlen(key);
		pushJsonbValue(state, WJB_KEY, &name);
	}
	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
}

static JsonbValue *
end_object(JsonbParseState **state)
{
	return pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

static void
put(JsonbParseState **state, const char *key, JsonbValue *value)
{
	JsonbValue	name;

	name.type = jbvString;
	name.val.string.val = unconstify(char *, key);
	name.val.string.len = strlen(key);
	pushJsonbValue(state, WJB_KEY, &name);
	pushJsonbValue(state, WJB_VALUE, value);
}

static void
put_string(JsonbParseState **state, const char *key, const char *string, int length)
{
	JsonbValue	value;

	value.type = jbvString;
	value.val.string.val = unconstify(char *, string);
	value.val.string.len = length;
	put(state, key, &value);
}

/* Put a text, or nothing when it is NULL. */
static void
put_text(JsonbParseState **state, const char *key, const text *value)
{
	if (value != NULL)
		put_string(state, key, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

static void
put_identifier(JsonbParseState **state, const char *key, const pg_uuid_t *id)
{
	char	   *spelling = palloc(IDENTIFIER_LENGTH);

	feedback_identifier_print(id, spelling);
	put_string(state, key, spelling, IDENTIFIER_LENGTH);
}

static void
put_time(JsonbParseState **state, const char *key, TimestampTz time)
{
	char	   *spelling = palloc(RFC3339_BUFFER_SIZE);

	feedback_rfc3339_print(time, spelling);
	put_string(state, key, spelling, strlen(spelling));
}

/* Put a jsonb, whose scalars are not to arrive as lists of one. */
static void
put_json(JsonbParseState **state, const char *key, Jsonb *json)
{
	JsonbValue	value;

	if (!JsonbExtractScalar(&json->root, &value))
	{
		value.type = jbvBinary;
		value.val.binary.data = &json->root;
		value.val.binary.len = VARSIZE(json) - VARHDRSZ;
	}
	put(state, key, &value);
}
