/*
 * json_schema_choice.c
 *		Fixed values of a JSON Schema: enum and const.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "label/json_schema.h"

static bool read_fixed_values(JsonbContainer *schema, JsonSchemaRow *row, Problem *problem);
static bool read_list(JsonbContainer *list, JsonSchemaRow *row, Problem *problem);
static bool read_numbers(Numeric *numbers, int count, JsonSchemaRow *row, Problem *problem);
static bool check_type(JsonbContainer *schema, JsonSchemaRow *row, Problem *problem);

/*
 * An enum or a const, whose type may stand beside it.  Null is a value when the
 * list and the type have it, or what is around them.
 */
bool
feedback_json_schema_read_choices(JsonbContainer *schema, JsonSchemaRow *row, Problem *problem)
{
	bool		around = feedback_json_schema_allows_null(row);

	feedback_json_schema_set(row, LABEL_NULL_ALLOWED, BoolGetDatum(false));
	if (!read_fixed_values(schema, row, problem) || !check_type(schema, row, problem))
		return false;
	if (around)
		feedback_json_schema_set(row, LABEL_NULL_ALLOWED, BoolGetDatum(true));
	return true;
}

static bool
read_fixed_values(JsonbContainer *schema, JsonSchemaRow *row, Problem *problem)
{
	JsonbValue	choice;
	JsonbParseState *state = NULL;

	if (feedback_json_schema_get(schema, "enum", &choice))
	{
		if (!feedback_json_schema_check_alone(schema, "enum", true, problem))
			return false;
		if (choice.type != jbvBinary || !JsonContainerIsArray(choice.val.binary.data))
			return feedback_json_schema_refuse_keyword("enum must be a list of values", problem);
		return read_list(choice.val.binary.data, row, problem);
	}
	if (!feedback_json_schema_check_alone(schema, "const", true, problem))
		return false;
	feedback_json_schema_get(schema, "const", &choice);
	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	pushJsonbValue(&state, WJB_ELEM, &choice);
	return read_list(&JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL))->root, row, problem);
}

/* A type beside fixed values is theirs, and leaves out null unless it has it. */
static bool
check_type(JsonbContainer *schema, JsonSchemaRow *row, Problem *problem)
{
	bool		null_listed = feedback_json_schema_allows_null(row);
	char	   *value_type = TextDatumGetCString(row->values[LABEL_VALUE_TYPE]);
	JsonbValue	given;
	char	   *type;
	const char *expected;

	if (!feedback_json_schema_get(schema, "type", &given))
		return true;
	feedback_json_schema_set(row, LABEL_NULL_ALLOWED, BoolGetDatum(false));
	type = feedback_json_schema_type(schema, row, problem);
	if (type == NULL)
		return false;
	expected = strcmp(type, "string") == 0 ? "text" :
		strcmp(type, "integer") == 0 || strcmp(type, "number") == 0 ? "numeric" : type;
	if (strcmp(expected, value_type) != 0)
		return feedback_json_schema_refuse_keyword("the fixed values are not of the type beside them", problem);
	feedback_json_schema_set(row, LABEL_NULL_ALLOWED, BoolGetDatum(null_listed && feedback_json_schema_allows_null(row)));
	return true;
}

/* Fixed values: texts, the two booleans, or whole numbers without a gap; and null. */
static bool
read_list(JsonbContainer *list, JsonSchemaRow *row, Problem *problem)
{
	int			size = JsonContainerIsArray(list) ? JsonContainerSize(list) : 0;
	Datum	   *texts = palloc((size + 1) * sizeof(Datum));
	Numeric    *numbers = palloc((size + 1) * sizeof(Numeric));
	int			text_count = 0;
	int			number_count = 0;
	bool		seen[2] = {false, false};
	int			i;

	if (size == 0)
		return feedback_json_schema_refuse_keyword("enum must be a list of values", problem);
	for (i = 0; i < size; i++)
	{
		JsonbValue *choice = getIthJsonbValueFromContainer(list, i);

		switch (choice->type)
		{
			case jbvNull:
				feedback_json_schema_set(row, LABEL_NULL_ALLOWED, BoolGetDatum(true));
				break;
			case jbvBool:
				seen[choice->val.boolean ? 1 : 0] = true;
				break;
			case jbvNumeric:
				numbers[number_count++] = choice->val.numeric;
				break;
			case jbvString:
				texts[text_count++] = PointerGetDatum(
													  cstring_to_text_with_len(choice->val.string.val, choice->val.string.len));
				break;
			default:
				return feedback_json_schema_refuse_unsupported("a list or object as a fixed value", problem);
		}
	}

	if ((text_count > 0) + (number_count > 0) + (seen[0] || seen[1]) != 1)
		return feedback_json_schema_refuse_unsupported("fixed values of several types", problem);
	if (number_count > 0)
		return read_numbers(numbers, number_count, row, problem);
	if (text_count > 0)
	{
		feedback_json_schema_set_text(row, LABEL_VALUE_TYPE, "text");
		feedback_json_schema_set(row, LABEL_CATEGORIES, PointerGetDatum(construct_array(texts, text_count, TEXTOID,
																						-1, false, TYPALIGN_INT)));
		return true;
	}
	if (!seen[0] || !seen[1])
		return feedback_json_schema_refuse_unsupported("a single boolean", problem);
	feedback_json_schema_set_text(row, LABEL_VALUE_TYPE, "boolean");
	return true;
}

/* Numbers are a range if they are whole and leave no gap. */
static bool
read_numbers(Numeric *numbers, int count, JsonSchemaRow *row, Problem *problem)
{
	Datum		min = NumericGetDatum(numbers[0]);
	Datum		max = min;
	Datum		size;
	int			i;
	int			j;

	for (i = 0; i < count; i++)
	{
		Datum		number = NumericGetDatum(numbers[i]);

		if (!DatumGetBool(DirectFunctionCall2(numeric_eq, number,
											  DirectFunctionCall2(numeric_trunc, number,
																  Int32GetDatum(0)))))
			return feedback_json_schema_refuse_unsupported("fixed numbers that are not whole", problem);
		for (j = 0; j < i; j++)
		{
			if (DatumGetBool(DirectFunctionCall2(numeric_eq, number,
												 NumericGetDatum(numbers[j]))))
				return feedback_json_schema_refuse_keyword("enum has a number twice", problem);
		}
		min = DirectFunctionCall2(numeric_smaller, min, number);
		max = DirectFunctionCall2(numeric_larger, max, number);
	}
	size = DirectFunctionCall2(numeric_sub, max, min);
	if (!DatumGetBool(DirectFunctionCall2(numeric_eq, size,
										  DirectFunctionCall1(int4_numeric,
															  Int32GetDatum(count - 1)))))
		return feedback_json_schema_refuse_unsupported("fixed numbers with gaps between them", problem);

	feedback_json_schema_set_text(row, LABEL_VALUE_TYPE, "numeric");
	feedback_json_schema_set(row, LABEL_WHOLE_NUMBERS, BoolGetDatum(true));
	feedback_json_schema_set(row, LABEL_MIN, min);
	feedback_json_schema_set(row, LABEL_MAX, max);
	return true;
}
