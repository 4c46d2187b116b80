/*
 * json_schema.c
 *		JSON Schema, as judges declare their answers, as a label schema.
 *
 * The form is that of MLflow's feedback_value_type (Literal, bool, int, float,
 * str, list[T], dict[str, T] and None beside them), which are members of JSON
 * Schema 2020-12.  What a label schema cannot say is refused, since leaving it
 * out would gate less than was declared; annotations are ignored.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "base/quote.h"
#include "label/json_schema.h"

static const char *const annotations[] = {
	"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
	"$schema", "$id", "$comment"
};

static bool read_schema(JsonbContainer *schema, JsonSchemaRow *row, Problem *problem);
static bool read_element(JsonbContainer *schema, JsonSchemaRow *row, Problem *problem);
static bool check_keywords(JsonbContainer *schema, Problem *problem);
static bool read_any_of(JsonbValue *choice, JsonSchemaRow *row, Problem *problem);
static bool read_number_type(JsonbContainer *schema, bool whole, JsonSchemaRow *row, Problem *problem);
static bool read_text_type(JsonbContainer *schema, JsonSchemaRow *row, Problem *problem);
static bool is_whole(Numeric number);
static bool exceeds_integer(Numeric number);
static bool read_json_type(JsonbContainer *schema, const char *form, const char *member,
						   JsonSchemaRow *row, Problem *problem);
static bool get_elements(JsonbContainer *schema, const char *member, JsonbContainer **elements,
						 Problem *problem);
static bool read_several(JsonbContainer *elements, JsonSchemaRow *row, Problem *problem);
static bool read_schema_number(JsonbContainer *schema, const char *keyword, int column, JsonSchemaRow *row,
							   Problem *problem);
static JsonbContainer *container(JsonbContainer *schema, const char *keyword);

/* Fill the columns that say what values are allowed. */
bool
feedback_json_schema_read(Jsonb *json_schema, Datum *values, bool *nulls, Problem *problem)
{
	JsonSchemaRow row = {values, nulls};

	if (json_schema == NULL || !JB_ROOT_IS_OBJECT(json_schema))
		return feedback_json_schema_refuse_keyword(json_schema == NULL ? "json_schema is missing" :
												   "json_schema must be an object", problem);
	return read_schema(&json_schema->root, &row, problem);
}

static bool
read_schema(JsonbContainer *schema, JsonSchemaRow *row, Problem *problem)
{
	JsonbValue	choice;
	char	   *type;

	if (!check_keywords(schema, problem))
		return false;
	if (feedback_json_schema_get(schema, "anyOf", &choice))
		return feedback_json_schema_check_alone(schema, "anyOf", false, problem) && read_any_of(&choice, row, problem);
	if (feedback_json_schema_get(schema, "enum", &choice) || feedback_json_schema_get(schema, "const", &choice))
		return feedback_json_schema_read_choices(schema, row, problem);

	type = feedback_json_schema_type(schema, row, problem);
	if (type == NULL)
		return false;
	if (strcmp(type, "boolean") == 0)
	{
		feedback_json_schema_set_text(row, LABEL_VALUE_TYPE, "boolean");
		return true;
	}
	if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0)
	{
		feedback_json_schema_set_text(row, LABEL_VALUE_TYPE, "numeric");
		return read_number_type(schema, *type == 'i', row, problem);
	}
	if (strcmp(type, "string") == 0)
	{
		feedback_json_schema_set_text(row, LABEL_VALUE_TYPE, "text");
		return read_text_type(schema, row, problem);
	}
	if (strcmp(type, "array") == 0)
		return read_json_type(schema, "list", "items", row, problem);
	if (strcmp(type, "object") == 0)
		return read_json_type(schema, "object", "additionalProperties", row, problem);
	return feedback_json_schema_refuse_unsupported(psprintf("type %s", feedback_quote(type, strlen(type))), problem);
}

/* What is in a list or an object, which is one of the simple types. */
static bool
read_element(JsonbContainer *schema, JsonSchemaRow *row, Problem *problem)
{
	JsonbValue	choice;
	char	   *type;

	if (!check_keywords(schema, problem))
		return false;
	if (feedback_json_schema_get(schema, "anyOf", &choice) || feedback_json_schema_get(schema, "enum", &choice) ||
		feedback_json_schema_get(schema, "const", &choice) || container(schema, "type") != NULL)
		return feedback_json_schema_refuse_unsupported("a choice within a list or object", problem);
	type = feedback_json_schema_type(schema, row, problem);
	if (type == NULL)
		return false;
	if (strcmp(type, "boolean") == 0)
	{
		feedback_json_schema_set_text(row, LABEL_ELEMENT_TYPE, "boolean");
		return true;
	}
	if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0)
	{
		feedback_json_schema_set_text(row, LABEL_ELEMENT_TYPE, "numeric");
		return read_number_type(schema, *type == 'i', row, problem);
	}
	if (strcmp(type, "string") == 0)
	{
		feedback_json_schema_set_text(row, LABEL_ELEMENT_TYPE, "text");
		return read_text_type(schema, row, problem);
	}
	return feedback_json_schema_refuse_unsupported(psprintf("type %s within a list or object", feedback_quote(type, strlen(type))), problem);
}

/* Every keyword is one that is read, or says nothing about values. */
static bool
check_keywords(JsonbContainer *schema, Problem *problem)
{
	JsonbIterator *iterator = JsonbIteratorInit(schema);
	JsonbValue	key;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&iterator, &key, true)) != WJB_DONE)
	{
		char	   *keyword;
		bool		known = false;
		int			i;

		if (token != WJB_KEY)
			continue;
		keyword = pnstrdup(key.val.string.val, key.val.string.len);
		for (i = 0; i < (int) lengthof(annotations); i++)
			known = known || strcmp(annotations[i], keyword) == 0;
		for (i = 0; feedback_json_schema_keywords[i] != NULL; i++)
			known = known || strcmp(feedback_json_schema_keywords[i], keyword) == 0;
		if (!known)
			return feedback_json_schema_refuse_unsupported(feedback_quote(keyword, strlen(keyword)), problem);
	}
	return true;
}

/* A type, or null. */
static bool
read_any_of(JsonbValue *choice, JsonSchemaRow *row, Problem *problem)
{
	JsonbContainer *list = choice->val.binary.data;
	JsonbContainer *other = NULL;
	uint32		i;

	if (choice->type != jbvBinary || !JsonContainerIsArray(list))
		return feedback_json_schema_refuse_keyword("anyOf must be a list", problem);
	for (i = 0; i < JsonContainerSize(list); i++)
	{
		JsonbValue *member = getIthJsonbValueFromContainer(list, i);
		JsonbValue	type;

		if (member->type != jbvBinary || !JsonContainerIsObject(member->val.binary.data))
			return feedback_json_schema_refuse_keyword("a member of anyOf must be an object", problem);
		if (feedback_json_schema_get(member->val.binary.data, "type", &type) && type.type == jbvString &&
			type.val.string.len == 4 && memcmp(type.val.string.val, "null", 4) == 0)
			feedback_json_schema_set(row, LABEL_NULL_ALLOWED, BoolGetDatum(true));
		else if (other != NULL)
			return feedback_json_schema_refuse_unsupported("a choice of types", problem);
		else
			other = member->val.binary.data;
	}
	return (other != NULL) ? read_schema(other, row, problem) :
		feedback_json_schema_refuse_unsupported("null alone", problem);
}

static bool
read_number_type(JsonbContainer *schema, bool whole, JsonSchemaRow *row, Problem *problem)
{
	feedback_json_schema_set(row, LABEL_WHOLE_NUMBERS, BoolGetDatum(whole));
	return read_schema_number(schema, "minimum", LABEL_MIN, row, problem) &&
		read_schema_number(schema, "maximum", LABEL_MAX, row, problem);
}

static bool
read_text_type(JsonbContainer *schema, JsonSchemaRow *row, Problem *problem)
{
	JsonbValue	length;

	if (!feedback_json_schema_get(schema, "maxLength", &length))
		return true;
	if (length.type != jbvNumeric)
		return feedback_json_schema_refuse_keyword("maxLength must be a number", problem);
	if (!is_whole(length.val.numeric))
		return feedback_json_schema_refuse_keyword("maxLength must be a whole number", problem);
	if (exceeds_integer(length.val.numeric))
		return feedback_json_schema_refuse_unsupported("a maxLength beyond 2147483647 or below -2147483648", problem);
	feedback_json_schema_set(row, LABEL_MAX_LENGTH,
							 DirectFunctionCall1(numeric_int4, NumericGetDatum(length.val.numeric)));
	return true;
}

static bool
is_whole(Numeric number)
{
	Datum		whole = DirectFunctionCall2(numeric_trunc, NumericGetDatum(number), Int32GetDatum(0));

	return DatumGetBool(DirectFunctionCall2(numeric_eq, NumericGetDatum(number), whole));
}

static bool
exceeds_integer(Numeric number)
{
	bool		exceeds;

	(void) numeric_int4_opt_error(number, &exceeds);
	return exceeds;
}

/* A list or an object, of elements of one type or of any. */
static bool
read_json_type(JsonbContainer *schema, const char *form, const char *member, JsonSchemaRow *row,
			   Problem *problem)
{
	JsonbContainer *elements;
	JsonbValue	unique;
	JsonbValue	choice;
	bool		is_unique = feedback_json_schema_get(schema, "uniqueItems", &unique) && strcmp(form, "list") == 0;

	if (!get_elements(schema, member, &elements, problem))
		return false;
	if (is_unique && unique.type != jbvBool)
		return feedback_json_schema_refuse_keyword("uniqueItems must be true or false", problem);
	is_unique = is_unique && unique.val.boolean;
	if (is_unique && elements != NULL && feedback_json_schema_get(elements, "enum", &choice))
		return read_several(elements, row, problem);
	if (is_unique)
		return feedback_json_schema_refuse_unsupported("\"uniqueItems\" without an enum of texts", problem);

	feedback_json_schema_set_text(row, LABEL_VALUE_TYPE, "json");
	feedback_json_schema_set_text(row, LABEL_JSON_FORM, form);
	return elements == NULL || read_element(elements, row, problem);
}

/* What the elements are: a schema, or NULL where they may be anything. */
static bool
get_elements(JsonbContainer *schema, const char *member, JsonbContainer **elements, Problem *problem)
{
	JsonbValue	value;

	*elements = NULL;
	if (!feedback_json_schema_get(schema, member, &value) || (value.type == jbvBool && value.val.boolean))
		return true;
	if (value.type == jbvBool)
		return feedback_json_schema_refuse_unsupported(psprintf("\"%s\": false", member), problem);
	if (value.type != jbvBinary || !JsonContainerIsObject(value.val.binary.data))
		return feedback_json_schema_refuse_keyword(psprintf("%s must be an object, true or false", member), problem);
	*elements = value.val.binary.data;
	return true;
}

/* Several categories: a list without repeats. */
static bool
read_several(JsonbContainer *elements, JsonSchemaRow *row, Problem *problem)
{
	bool		null_allowed = feedback_json_schema_allows_null(row);

	feedback_json_schema_set(row, LABEL_NULL_ALLOWED, BoolGetDatum(false));
	if (!check_keywords(elements, problem) || !feedback_json_schema_read_choices(elements, row, problem))
		return false;
	if (row->nulls[LABEL_CATEGORIES])
		return feedback_json_schema_refuse_unsupported("a list of fixed values other than texts", problem);
	if (feedback_json_schema_allows_null(row))
		return feedback_json_schema_refuse_unsupported("null within a list of fixed values", problem);
	feedback_json_schema_set(row, LABEL_NULL_ALLOWED, BoolGetDatum(null_allowed));
	feedback_json_schema_set(row, LABEL_MULTIPLE, BoolGetDatum(true));
	return true;
}

static bool
read_schema_number(JsonbContainer *schema, const char *keyword, int column, JsonSchemaRow *row, Problem *problem)
{
	JsonbValue	number;

	if (!feedback_json_schema_get(schema, keyword, &number))
		return true;
	if (number.type != jbvNumeric)
		return feedback_json_schema_refuse_keyword(psprintf("%s must be a number", keyword), problem);
	feedback_json_schema_set(row, column, NumericGetDatum(number.val.numeric));
	return true;
}

/* A member that is a list or an object, or NULL. */
static JsonbContainer *
container(JsonbContainer *schema, const char *keyword)
{
	JsonbValue	value;

	return (JsonContainerIsObject(schema) && feedback_json_schema_get(schema, keyword, &value) &&
			value.type == jbvBinary) ? value.val.binary.data : NULL;
}
