/*
 * json_schema_member.c
 *		Members of a JSON Schema, and the columns that are filled from them.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "label/json_schema.h"

/* Keywords that are read, up to a NULL */
const char *const feedback_json_schema_keywords[] = {
	"type", "enum", "const", "anyOf", "minimum", "maximum", "maxLength", "items",
	"uniqueItems", "additionalProperties", NULL
};

/* The type, which may be a list of one and null; NULL if it is none. */
char *
feedback_json_schema_type(JsonbContainer *schema, JsonSchemaRow *row, Problem *problem)
{
	JsonbValue	type;
	char	   *result = NULL;
	uint32		i;

	if (!feedback_json_schema_get(schema, "type", &type))
	{
		feedback_json_schema_refuse_unsupported("a value of any type", problem);
		return NULL;
	}
	if (type.type == jbvString)
		return pnstrdup(type.val.string.val, type.val.string.len);
	if (type.type != jbvBinary || !JsonContainerIsArray(type.val.binary.data))
	{
		feedback_json_schema_refuse_keyword("type must be text or a list", problem);
		return NULL;
	}
	for (i = 0; i < JsonContainerSize(type.val.binary.data); i++)
	{
		JsonbValue *word = getIthJsonbValueFromContainer(type.val.binary.data, i);

		if (word->type == jbvString && word->val.string.len == 4 &&
			memcmp(word->val.string.val, "null", 4) == 0)
			feedback_json_schema_set(row, LABEL_NULL_ALLOWED, BoolGetDatum(true));
		else if (word->type == jbvString && result == NULL)
			result = pnstrdup(word->val.string.val, word->val.string.len);
		else
		{
			feedback_json_schema_refuse_unsupported("a choice of types", problem);
			return NULL;
		}
	}
	if (result == NULL)
		feedback_json_schema_refuse_unsupported("null alone", problem);
	return result;
}

/* What else would limit the values is refused beside a choice of them. */
bool
feedback_json_schema_check_alone(JsonbContainer *schema, const char *choice, bool may_have_type, Problem *problem)
{
	JsonbValue	value;
	int			i;

	for (i = 0; feedback_json_schema_keywords[i] != NULL; i++)
	{
		const char *keyword = feedback_json_schema_keywords[i];

		if (strcmp(keyword, choice) == 0 || (may_have_type && strcmp(keyword, "type") == 0))
			continue;
		if (feedback_json_schema_get(schema, keyword, &value))
			return feedback_json_schema_refuse_unsupported(psprintf("\"%s\" beside \"%s\"", keyword, choice), problem);
	}
	return true;
}

bool
feedback_json_schema_allows_null(JsonSchemaRow *row)
{
	return !row->nulls[LABEL_NULL_ALLOWED] && DatumGetBool(row->values[LABEL_NULL_ALLOWED]);
}

bool
feedback_json_schema_get(JsonbContainer *schema, const char *keyword, JsonbValue *value)
{
	return getKeyJsonValueFromContainer(schema, keyword, strlen(keyword), value) != NULL;
}

void
feedback_json_schema_set(JsonSchemaRow *row, int column, Datum value)
{
	row->values[column] = value;
	row->nulls[column] = false;
}

void
feedback_json_schema_set_text(JsonSchemaRow *row, int column, const char *word)
{
	feedback_json_schema_set(row, column, CStringGetTextDatum(word));
}

bool
feedback_json_schema_refuse_unsupported(const char *what, Problem *problem)
{
	return feedback_problem_set(problem, ERRCODE_FEATURE_NOT_SUPPORTED, "json_schema",
								psprintf("a label schema cannot say %s", what),
								"It says boolean, integer, number, string, fixed values, and lists and objects of the simple types, with null or without.",
								"Use create_label_schema for what is close to it.");
}

bool
feedback_json_schema_refuse_keyword(const char *message, Problem *problem)
{
	return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "json_schema", message,
								"It is a JSON Schema, such as {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 5}.",
								NULL);
}
