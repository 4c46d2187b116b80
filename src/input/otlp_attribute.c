/*
 * otlp_attribute.c
 *		Attributes of OpenTelemetry's records: the values they may have.
 *
 * OTLP wraps every value in an object that tells its type, an AnyValue.  As in
 * all of protobuf's JSON, 64-bit integers may be strings of digits, and NaN
 * and the infinities are strings.
 */
#include "postgres.h"

#include "base/json_text.h"
#include "base/number.h"
#include "input/document.h"
#include "input/otlp_attribute.h"

/* Indexed by AnyType */
static const MemberName any_names[] = {
	{"stringValue", "string_value", "metadata", NULL, 0},
	{"boolValue", "bool_value", "metadata", NULL, 0},
	{"intValue", "int_value", "metadata", NULL, 0},
	{"doubleValue", "double_value", "metadata", NULL, 0},
	{"bytesValue", "bytes_value", "metadata", NULL, 0},
	{"arrayValue", "array_value", "metadata", NULL, 0},
	{"kvlistValue", "kvlist_value", "metadata", NULL, 0},
};

static const MemberName values_names[] = {
	{"values", NULL, "metadata", NULL, 0},
};

enum
{
	PAIR_KEY,
	PAIR_VALUE,
	PAIR_MEMBERS
};

static const MemberName pair_names[] = {
	{"key", NULL, "metadata", NULL, 0},
	{"value", NULL, "metadata", NULL, 0},
};

static bool read_values(const Attribute *attribute, const char *path, Member *values,
						Problem *problem);
static bool push_values(JsonbParseState **state, const Attribute *list, Problem *problem);
static bool push_map(JsonbParseState **state, const Attribute *map, Problem *problem);
static bool read_scalar(const Attribute *attribute, Value *value, Problem *problem);
static bool read_attribute_number(const Attribute *attribute, Value *value, Problem *problem);
static bool is_number(const char *string, int length);
static bool is_not_finite(const char *string, int length);
static bool refuse_attribute_type(const Attribute *attribute, const char *expected, Problem *problem);

/* Read an AnyValue, or the JSON null, as the value of an attribute of this name. */
bool
feedback_attribute_read(Attribute *attribute, const char *name, const char *column,
						struct json_object *json, Problem *problem)
{
	Member		members[ANY_TYPES];
	const char *path;
	int			i;

	attribute->name = (MemberName)
	{
		name, NULL, column, NULL, 0
	};
	attribute->member = (Member)
	{
		&attribute->name, "", true, false, json
	};
	attribute->type = ANY_NONE;
	if (json == NULL)
		return true;

	path = psprintf("%s.", name);
	if (!feedback_document_object(&attribute->member, problem) ||
		!feedback_document_members(json, path, any_names, ANY_TYPES, members, problem))
		return false;
	for (i = 0; i < ANY_TYPES; i++)
	{
		if (!member_given(&members[i]))
			continue;
		if (attribute->type != ANY_NONE)
			return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, column,
										psprintf("%s has two values", name),
										psprintf("They are its %s and its %s.",
												 any_names[attribute->type].name, any_names[i].name),
										NULL);
		attribute->type = (AnyType) i;
		attribute->member.json = members[i].json;
	}
	return true;
}

/* An attribute that is a string; NULL if not given. */
bool
feedback_attribute_text(const Attribute *attribute, text **result, Problem *problem)
{
	*result = NULL;
	if (!attribute_given(attribute))
		return true;
	if (attribute->type != ANY_STRING)
		return refuse_attribute_type(attribute, "a string", problem);
	return feedback_document_text(&attribute->member, result, problem);
}

/* A score: a number that is kept, or a boolean. */
bool
feedback_attribute_score(const Attribute *attribute, Value *value, Problem *problem)
{
	const char *string;
	int			length;

	if (attribute->type != ANY_INT && attribute->type != ANY_DOUBLE && attribute->type != ANY_BOOL)
		return refuse_attribute_type(attribute, "a number", problem);
	if (!read_scalar(attribute, value, problem))
		return false;
	if (value->type == VALUE_NUMERIC || value->type == VALUE_BOOLEAN)
		return true;

	if (!feedback_document_utf8(&attribute->member, &string, &length, problem))
		return false;
	if (is_not_finite(string, length))
		return feedback_problem_set(problem, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, attribute->name.column,
									psprintf("%s is not a finite number", attribute->name.name),
									"NaN and the infinities are not kept.",
									"Log an evaluation without a result with error.type, or without a score.");
	return refuse_attribute_type(attribute, "a number", problem);
}

/*
 * Push a value to a jsonb: as the value of a key, or as the element of a list.
 *
 * Bytes stay the base64 that they come as, and numbers that are not finite
 * stay their names.
 */
bool
feedback_attribute_push(JsonbParseState **state, const Attribute *attribute,
						JsonbIteratorToken token, Problem *problem)
{
	JsonbValue	scalar;
	Value		value;

	if (attribute->type == ANY_LIST)
		return push_values(state, attribute, problem);
	if (attribute->type == ANY_MAP)
		return push_map(state, attribute, problem);

	scalar.type = jbvNull;
	value.type = VALUE_NONE;
	if (attribute_given(attribute) && !read_scalar(attribute, &value, problem))
		return false;
	switch (value.type)
	{
		case VALUE_BOOLEAN:
			scalar.type = jbvBool;
			scalar.val.boolean = value.as.boolean;
			break;
		case VALUE_NUMERIC:
			scalar.type = jbvNumeric;
			scalar.val.numeric = value.as.numeric;
			break;
		case VALUE_TEXT:
			scalar.type = jbvString;
			scalar.val.string.val = VARDATA_ANY(value.as.text);
			scalar.val.string.len = VARSIZE_ANY_EXHDR(value.as.text);
			break;
		case VALUE_JSON:
		case VALUE_NONE:
			break;
	}
	pushJsonbValue(state, token, &scalar);
	return true;
}

/* Read an element of a list of attributes. */
bool
feedback_attribute_pair_read(Pair *pair, struct json_object *json, const char *list, Problem *problem)
{
	Member		members[PAIR_MEMBERS];
	int			length;

	if (!feedback_document_is_object(json))
	{
		feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "metadata",
							 psprintf("an element of %s is no attribute", list),
							 psprintf("It is %s; an attribute is an object with a key and a value.",
									  feedback_document_noun(json)),
							 NULL);
		return false;
	}
	if (!feedback_document_members(json, psprintf("%s.", list), pair_names, PAIR_MEMBERS,
								   members, problem))
		return false;
	if (!member_given(&members[PAIR_KEY]))
	{
		feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "metadata",
							 psprintf("%s.key is missing", list),
							 "Every attribute has a key.", NULL);
		return false;
	}
	pair->value = members[PAIR_VALUE].json;
	return feedback_document_utf8(&members[PAIR_KEY], &pair->key, &length, problem) &&
		feedback_document_text(&members[PAIR_KEY], &pair->key_text, problem);
}

void
feedback_attribute_pair_push_key(JsonbParseState **state, const Pair *pair)
{
	feedback_attribute_push_string(state, WJB_KEY, VARDATA_ANY(pair->key_text),
								   VARSIZE_ANY_EXHDR(pair->key_text));
}

/* Push a string that lives as long as the state. */
void
feedback_attribute_push_string(JsonbParseState **state, JsonbIteratorToken token,
							   const char *string, int length)
{
	JsonbValue	json;

	json.type = jbvString;
	json.val.string.val = unconstify(char *, string);
	json.val.string.len = length;
	pushJsonbValue(state, token, &json);
}

/* The list that a list or a map is an object around. */
static bool
read_values(const Attribute *attribute, const char *path, Member *values, Problem *problem)
{
	return feedback_document_object(&attribute->member, problem) &&
		feedback_document_members(attribute->member.json, path, values_names, 1, values, problem) &&
		feedback_document_list(values, problem);
}

static bool
push_values(JsonbParseState **state, const Attribute *list, Problem *problem)
{
	Member		values;
	int			i;

	if (!read_values(list, "arrayValue.", &values, problem))
		return false;

	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	for (i = 0; i < feedback_document_length(values.json); i++)
	{
		Attribute	element;

		if (!feedback_attribute_read(&element, list->name.name, list->name.column,
									 feedback_document_element(values.json, i), problem) ||
			!feedback_attribute_push(state, &element, WJB_ELEM, problem))
			return false;
	}
	pushJsonbValue(state, WJB_END_ARRAY, NULL);
	return true;
}

static bool
push_map(JsonbParseState **state, const Attribute *map, Problem *problem)
{
	Member		values;
	int			i;

	if (!read_values(map, "kvlistValue.", &values, problem))
		return false;

	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	for (i = 0; i < feedback_document_length(values.json); i++)
	{
		Pair		pair;
		Attribute	value;

		if (!feedback_attribute_pair_read(&pair, feedback_document_element(values.json, i),
										  map->name.name, problem) ||
			!feedback_attribute_read(&value, map->name.name, map->name.column,
									 pair.value, problem))
			return false;
		feedback_attribute_pair_push_key(state, &pair);
		if (!feedback_attribute_push(state, &value, WJB_VALUE, problem))
			return false;
	}
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
	return true;
}

/* What is no list and no map, by what its JSON is and its type says. */
static bool
read_scalar(const Attribute *attribute, Value *value, Problem *problem)
{
	switch (attribute->type)
	{
		case ANY_INT:
		case ANY_DOUBLE:
			return read_attribute_number(attribute, value, problem);
		case ANY_BOOL:
			if (!feedback_document_value(&attribute->member, value, problem))
				return false;
			return value->type == VALUE_BOOLEAN || refuse_attribute_type(attribute, "a boolean", problem);
		default:
			value->type = VALUE_TEXT;
			return feedback_document_text(&attribute->member, &value->as.text, problem);
	}
}

/* A number or a string of one; a string that is none stays one. */
static bool
read_attribute_number(const Attribute *attribute, Value *value, Problem *problem)
{
	const char *string;
	int			length;

	if (!feedback_document_is_string(attribute->member.json))
	{
		if (!feedback_document_is_number(attribute->member.json))
			return refuse_attribute_type(attribute, "a number", problem);
		return feedback_document_value(&attribute->member, value, problem);
	}

	if (!feedback_document_utf8(&attribute->member, &string, &length, problem))
		return false;
	if (!is_number(string, length))
	{
		if (!is_not_finite(string, length))
			return refuse_attribute_type(attribute, "a number", problem);
		value->type = VALUE_TEXT;
		return feedback_document_text(&attribute->member, &value->as.text, problem);
	}
	if (!feedback_number_in_range(string, length))
		return feedback_problem_set(problem, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, attribute->name.column,
									psprintf("%s holds a number that is out of range", attribute->name.name),
									"Numbers go up to 1.7976931348623157e308 in magnitude, with at most 16383 digits after the decimal point.",
									NULL);
	value->type = VALUE_NUMERIC;
	value->as.numeric = feedback_number_from_text(pnstrdup(string, length));
	return true;
}

/* Is a string a number as JSON spells it, without blanks? */
static bool
is_number(const char *string, int length)
{
	JsonText	scanned = {0};

	return length > 0 &&
		strchr("-0123456789", string[0]) != NULL &&
		strchr("0123456789", string[length - 1]) != NULL &&
		feedback_json_text_scan(string, length, 0, &scanned);
}

/* Is it what protobuf's JSON calls a number that is not finite? */
static bool
is_not_finite(const char *string, int length)
{
	static const char *const names[] = {"NaN", "Infinity", "-Infinity"};
	int			i;

	for (i = 0; i < (int) lengthof(names); i++)
	{
		if (strlen(names[i]) == (size_t) length && memcmp(names[i], string, length) == 0)
			return true;
	}
	return false;
}

static bool
refuse_attribute_type(const Attribute *attribute, const char *expected, Problem *problem)
{
	const char *noun = feedback_document_noun(attribute->member.json);

	return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, attribute->name.column,
								psprintf("%s must be %s", attribute->name.name, expected),
								psprintf("It is %s, as %s.", noun, any_names[attribute->type].name),
								NULL);
}
