/*
 * document_jsonb.c
 *		The values of documents: from json-c's objects to jsonb and Values.
 */
#include "postgres.h"

#include <json-c/json.h>

#include "miscadmin.h"

#include "assessment/value.h"
#include "base/encoding.h"
#include "base/number.h"
#include "input/document.h"

static bool is_container(json_object *json);
static Jsonb *to_jsonb(json_object *json, int *refused);
static JsonbValue *push_json(JsonbParseState **state, json_object *json, int *refused);
static bool push_json_object(JsonbParseState **state, json_object *json, int *refused);
static bool push_json_list(JsonbParseState **state, json_object *json, int *refused);
static bool to_scalar(json_object *json, JsonbValue *result, int *refused);
static bool to_string(const char *utf8, int length, JsonbValue *result, int *refused);

/* Any JSON value, in the form of its type. */
bool
feedback_document_value(const Member *member, Value *value, Problem *problem)
{
	JsonbValue	scalar;
	int			refused = 0;

	if (is_container(member->json))
	{
		value->type = VALUE_JSON;
		return feedback_document_jsonb(member, &value->as.json, problem);
	}
	if (!to_scalar(member->json, &scalar, &refused))
		return feedback_document_refuse_content(member, refused, problem);
	feedback_value_from_scalar(&scalar, value);
	return true;
}

/* A member as jsonb, whatever it is. */
bool
feedback_document_jsonb(const Member *member, Jsonb **result, Problem *problem)
{
	int			refused = 0;

	*result = to_jsonb(member->json, &refused);
	return *result != NULL || feedback_document_refuse_content(member, refused, problem);
}

static bool
is_container(json_object *json)
{
	return json_object_is_type(json, json_type_object) ||
		json_object_is_type(json, json_type_array);
}

/*
 * A JSON value as jsonb.
 *
 * NULL when it holds what cannot be kept; refused is then the SQLSTATE, as in
 * the functions below.
 */
static Jsonb *
to_jsonb(json_object *json, int *refused)
{
	JsonbParseState *state = NULL;
	JsonbValue	scalar;
	JsonbValue *root;

	if (is_container(json))
		root = push_json(&state, json, refused);
	else
		root = to_scalar(json, &scalar, refused) ? &scalar : NULL;
	return (root != NULL) ? JsonbValueToJsonb(root) : NULL;
}

/* Push an object or a list, the whole of it. */
static JsonbValue *
push_json(JsonbParseState **state, json_object *json, int *refused)
{
	check_stack_depth();
	if (json_object_is_type(json, json_type_object))
	{
		pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
		return push_json_object(state, json, refused) ?
			pushJsonbValue(state, WJB_END_OBJECT, NULL) : NULL;
	}
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	return push_json_list(state, json, refused) ?
		pushJsonbValue(state, WJB_END_ARRAY, NULL) : NULL;
}

static bool
push_json_object(JsonbParseState **state, json_object *json, int *refused)
{
	struct lh_entry *entry;

	lh_foreach(json_object_get_object(json), entry)
	{
		json_object *member = (json_object *) lh_entry_v(entry);
		const char *name = lh_entry_k(entry);
		JsonbValue	value;

		CHECK_FOR_INTERRUPTS();
		if (!to_string(name, strlen(name), &value, refused))
			return false;
		pushJsonbValue(state, WJB_KEY, &value);

		if (is_container(member))
		{
			if (push_json(state, member, refused) == NULL)
				return false;
		}
		else if (to_scalar(member, &value, refused))
			pushJsonbValue(state, WJB_VALUE, &value);
		else
			return false;
	}
	return true;
}

static bool
push_json_list(JsonbParseState **state, json_object *json, int *refused)
{
	size_t		length = json_object_array_length(json);
	size_t		i;

	for (i = 0; i < length; i++)
	{
		json_object *element = json_object_array_get_idx(json, i);
		JsonbValue	value;

		CHECK_FOR_INTERRUPTS();
		if (is_container(element))
		{
			if (push_json(state, element, refused) == NULL)
				return false;
		}
		else if (to_scalar(element, &value, refused))
			pushJsonbValue(state, WJB_ELEM, &value);
		else
			return false;
	}
	return true;
}

/* A scalar; what its value points to lives as long as the document. */
static bool
to_scalar(json_object *json, JsonbValue *result, int *refused)
{
	const char *digits;

	switch (json_object_get_type(json))
	{
		case json_type_boolean:
			result->type = jbvBool;
			result->val.boolean = json_object_get_boolean(json);
			return true;
		case json_type_int:
			result->type = jbvNumeric;
			result->val.numeric = int64_to_numeric(json_object_get_int64(json));
			return true;
		case json_type_double:
			digits = json_object_get_string(json);
			if (!feedback_number_in_range(digits, strlen(digits)))
			{
				*refused = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
				return false;
			}
			result->type = jbvNumeric;
			result->val.numeric = feedback_number_from_text(digits);
			return true;
		case json_type_string:
			return to_string(json_object_get_string(json),
							 json_object_get_string_len(json), result, refused);
		default:
			result->type = jbvNull;
			return true;
	}
}

/* A string, in the encoding of the database. */
static bool
to_string(const char *utf8, int length, JsonbValue *result, int *refused)
{
	const char *string;

	result->type = jbvString;
	if (!feedback_encoding_from_utf8(utf8, length, &string, &result->val.string.len))
	{
		*refused = ERRCODE_UNTRANSLATABLE_CHARACTER;
		return false;
	}
	result->val.string.val = unconstify(char *, string);
	return true;
}
