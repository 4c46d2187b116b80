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

#include "label/label_schema.h"

static const char *const annotations[] = {
	"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
	"$schema", "$id", "$comment"
};

/* Keywords that are read */
static const char *const keywords[] = {
	"type", "enum", "const", "anyOf", "minimum", "maximum", "maxLength", "items",
	"uniqueItems", "additionalProperties"
};

typedef struct Row
{
	Datum	   *values;
	bool	   *nulls;
} Row;

static bool read_schema(JsonbContainer *schema, Row *row, Problem *problem);
static bool read_element(JsonbContainer *schema, Row *row, Problem *problem);
static bool check_keywords(JsonbContainer *schema, Problem *problem);
static bool read_any_of(JsonbContainer *list, Row *row, Problem *problem);
static bool read_choices(JsonbContainer *list, Row *row, Problem *problem);
static bool read_numbers(Numeric *numbers, int count, Row *row, Problem *problem);
static bool read_number_type(JsonbContainer *schema, bool whole, Row *row, Problem *problem);
static bool read_text_type(JsonbContainer *schema, Row *row, Problem *problem);
static bool is_whole(Numeric number);
static bool exceeds_integer(Numeric number);
static bool read_json_type(JsonbContainer *schema, const char *form, const char *member,
						   Row *row, Problem *problem);
static char *read_type(JsonbContainer *schema, Row *row, Problem *problem);
static bool read_schema_number(JsonbContainer *schema, const char *keyword, int column, Row *row,
							   Problem *problem);
static JsonbContainer *container(JsonbContainer *schema, const char *keyword);
static bool get(JsonbContainer *schema, const char *keyword, JsonbValue *value);
static void set(Row *row, int column, Datum value);
static void set_text(Row *row, int column, const char *word);
static bool refuse_unsupported(const char *what, Problem *problem);
static bool refuse_keyword(const char *message, Problem *problem);

/* Fill the columns that say what values are allowed. */
bool
feedback_json_schema_read(Jsonb *json_schema, Datum *values, bool *nulls, Problem *problem)
{
	Row			row = {values, nulls};

	if (json_schema == NULL || !JB_ROOT_IS_OBJECT(json_schema))
		return refuse_keyword(json_schema == NULL ? "json_schema is missing" :
							  "json_schema must be an object", problem);
	return read_schema(&json_schema->root, &row, problem);
}

static bool
read_schema(JsonbContainer *schema, Row *row, Problem *problem)
{
	JsonbContainer *any_of = container(schema, "anyOf");
	JsonbContainer *choices = container(schema, "enum");
	JsonbValue	choice;
	char	   *type;

	if (!check_keywords(schema, problem))
		return false;
	if (any_of != NULL)
		return read_any_of(any_of, row, problem);
	if (choices != NULL)
		return read_choices(choices, row, problem);
	if (get(schema, "const", &choice))
	{
		JsonbParseState *state = NULL;

		pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
		pushJsonbValue(&state, WJB_ELEM, &choice);
		return read_choices(&JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL))->root,
							row, problem);
	}

	type = read_type(schema, row, problem);
	if (type == NULL)
		return false;
	if (strcmp(type, "boolean") == 0)
	{
		set_text(row, LABEL_VALUE_TYPE, "boolean");
		return true;
	}
	if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0)
	{
		set_text(row, LABEL_VALUE_TYPE, "numeric");
		return read_number_type(schema, *type == 'i', row, problem);
	}
	if (strcmp(type, "string") == 0)
	{
		set_text(row, LABEL_VALUE_TYPE, "text");
		return read_text_type(schema, row, problem);
	}
	if (strcmp(type, "array") == 0)
		return read_json_type(schema, "list", "items", row, problem);
	if (strcmp(type, "object") == 0)
		return read_json_type(schema, "object", "additionalProperties", row, problem);
	return refuse_unsupported(psprintf("type \"%s\"", type), problem);
}

/* What is in a list or an object, which is one of the simple types. */
static bool
read_element(JsonbContainer *schema, Row *row, Problem *problem)
{
	JsonbValue	choice;
	char	   *type;

	if (!check_keywords(schema, problem))
		return false;
	if (get(schema, "anyOf", &choice) || get(schema, "enum", &choice) ||
		get(schema, "const", &choice) || container(schema, "type") != NULL)
		return refuse_unsupported("a choice within a list or object", problem);
	type = read_type(schema, row, problem);
	if (type == NULL)
		return false;
	if (strcmp(type, "boolean") == 0)
	{
		set_text(row, LABEL_ELEMENT_TYPE, "boolean");
		return true;
	}
	if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0)
	{
		set_text(row, LABEL_ELEMENT_TYPE, "numeric");
		return read_number_type(schema, *type == 'i', row, problem);
	}
	if (strcmp(type, "string") == 0)
	{
		set_text(row, LABEL_ELEMENT_TYPE, "text");
		return read_text_type(schema, row, problem);
	}
	return refuse_unsupported(psprintf("type \"%s\" within a list or object", type), problem);
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
		for (i = 0; i < (int) lengthof(keywords); i++)
			known = known || strcmp(keywords[i], keyword) == 0;
		if (!known)
			return refuse_unsupported(psprintf("\"%s\"", keyword), problem);
	}
	return true;
}

/* A type, or null. */
static bool
read_any_of(JsonbContainer *list, Row *row, Problem *problem)
{
	JsonbContainer *other = NULL;
	uint32		i;

	if (!JsonContainerIsArray(list))
		return refuse_keyword("anyOf must be a list", problem);
	for (i = 0; i < JsonContainerSize(list); i++)
	{
		JsonbValue *member = getIthJsonbValueFromContainer(list, i);
		JsonbValue	type;

		if (member->type != jbvBinary || !JsonContainerIsObject(member->val.binary.data))
			return refuse_keyword("a member of anyOf must be an object", problem);
		if (get(member->val.binary.data, "type", &type) && type.type == jbvString &&
			type.val.string.len == 4 && memcmp(type.val.string.val, "null", 4) == 0)
			set(row, LABEL_NULL_ALLOWED, BoolGetDatum(true));
		else if (other != NULL)
			return refuse_unsupported("a choice of types", problem);
		else
			other = member->val.binary.data;
	}
	return (other != NULL) ? read_schema(other, row, problem) :
		refuse_unsupported("null alone", problem);
}

/* Fixed values: texts, the two booleans, or whole numbers without a gap; and null. */
static bool
read_choices(JsonbContainer *list, Row *row, Problem *problem)
{
	int			size = JsonContainerIsArray(list) ? JsonContainerSize(list) : 0;
	Datum	   *texts = palloc((size + 1) * sizeof(Datum));
	Numeric    *numbers = palloc((size + 1) * sizeof(Numeric));
	int			text_count = 0;
	int			number_count = 0;
	bool		seen[2] = {false, false};
	int			i;

	if (size == 0)
		return refuse_keyword("enum must be a list of values", problem);
	for (i = 0; i < size; i++)
	{
		JsonbValue *choice = getIthJsonbValueFromContainer(list, i);

		switch (choice->type)
		{
			case jbvNull:
				set(row, LABEL_NULL_ALLOWED, BoolGetDatum(true));
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
				return refuse_unsupported("a list or object as a fixed value", problem);
		}
	}

	if ((text_count > 0) + (number_count > 0) + (seen[0] || seen[1]) != 1)
		return refuse_unsupported("fixed values of several types", problem);
	if (number_count > 0)
		return read_numbers(numbers, number_count, row, problem);
	if (text_count > 0)
	{
		set_text(row, LABEL_VALUE_TYPE, "text");
		set(row, LABEL_CATEGORIES, PointerGetDatum(construct_array(texts, text_count, TEXTOID,
																   -1, false, TYPALIGN_INT)));
		return true;
	}
	if (!seen[0] || !seen[1])
		return refuse_unsupported("a single boolean", problem);
	set_text(row, LABEL_VALUE_TYPE, "boolean");
	return true;
}

/* Numbers are a range if they are whole and leave no gap. */
static bool
read_numbers(Numeric *numbers, int count, Row *row, Problem *problem)
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
			return refuse_unsupported("fixed numbers that are not whole", problem);
		for (j = 0; j < i; j++)
		{
			if (DatumGetBool(DirectFunctionCall2(numeric_eq, number,
												 NumericGetDatum(numbers[j]))))
				return refuse_keyword("enum has a number twice", problem);
		}
		min = DirectFunctionCall2(numeric_smaller, min, number);
		max = DirectFunctionCall2(numeric_larger, max, number);
	}
	size = DirectFunctionCall2(numeric_sub, max, min);
	if (!DatumGetBool(DirectFunctionCall2(numeric_eq, size,
										  DirectFunctionCall1(int4_numeric,
															  Int32GetDatum(count - 1)))))
		return refuse_unsupported("fixed numbers with gaps between them", problem);

	set_text(row, LABEL_VALUE_TYPE, "numeric");
	set(row, LABEL_WHOLE_NUMBERS, BoolGetDatum(true));
	set(row, LABEL_MIN, min);
	set(row, LABEL_MAX, max);
	return true;
}

static bool
read_number_type(JsonbContainer *schema, bool whole, Row *row, Problem *problem)
{
	set(row, LABEL_WHOLE_NUMBERS, BoolGetDatum(whole));
	return read_schema_number(schema, "minimum", LABEL_MIN, row, problem) &&
		read_schema_number(schema, "maximum", LABEL_MAX, row, problem);
}

static bool
read_text_type(JsonbContainer *schema, Row *row, Problem *problem)
{
	JsonbValue	length;

	if (!get(schema, "maxLength", &length))
		return true;
	if (length.type != jbvNumeric)
		return refuse_keyword("maxLength must be a number", problem);
	if (!is_whole(length.val.numeric))
		return refuse_keyword("maxLength must be a whole number", problem);
	if (exceeds_integer(length.val.numeric))
		return refuse_unsupported("a maxLength beyond 2147483647 or below -2147483648", problem);
	set(row, LABEL_MAX_LENGTH,
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
read_json_type(JsonbContainer *schema, const char *form, const char *member, Row *row,
			   Problem *problem)
{
	JsonbContainer *elements = container(schema, member);
	JsonbContainer *choices = (elements != NULL) ? container(elements, "enum") : NULL;
	JsonbValue	unique;
	bool		is_unique = get(schema, "uniqueItems", &unique) &&
	unique.type == jbvBool && unique.val.boolean;

	/* Several categories: a list without repeats */
	if (is_unique && choices != NULL && strcmp(form, "list") == 0)
	{
		if (!check_keywords(elements, problem) || !read_choices(choices, row, problem))
			return false;
		if (row->nulls[LABEL_CATEGORIES])
			return refuse_unsupported("a list of fixed values other than texts", problem);
		set(row, LABEL_MULTIPLE, BoolGetDatum(true));
		return true;
	}
	if (is_unique)
		return refuse_unsupported("\"uniqueItems\" without an enum of texts", problem);

	set_text(row, LABEL_VALUE_TYPE, "json");
	set_text(row, LABEL_JSON_FORM, form);
	return elements == NULL || read_element(elements, row, problem);
}

/* The type, which may be a list of one and null; NULL if it is none. */
static char *
read_type(JsonbContainer *schema, Row *row, Problem *problem)
{
	JsonbValue	type;
	char	   *result = NULL;
	uint32		i;

	if (!get(schema, "type", &type))
	{
		refuse_unsupported("a value of any type", problem);
		return NULL;
	}
	if (type.type == jbvString)
		return pnstrdup(type.val.string.val, type.val.string.len);
	if (type.type != jbvBinary || !JsonContainerIsArray(type.val.binary.data))
	{
		refuse_keyword("type must be text or a list", problem);
		return NULL;
	}
	for (i = 0; i < JsonContainerSize(type.val.binary.data); i++)
	{
		JsonbValue *word = getIthJsonbValueFromContainer(type.val.binary.data, i);

		if (word->type == jbvString && word->val.string.len == 4 &&
			memcmp(word->val.string.val, "null", 4) == 0)
			set(row, LABEL_NULL_ALLOWED, BoolGetDatum(true));
		else if (word->type == jbvString && result == NULL)
			result = pnstrdup(word->val.string.val, word->val.string.len);
		else
		{
			refuse_unsupported("a choice of types", problem);
			return NULL;
		}
	}
	if (result == NULL)
		refuse_unsupported("null alone", problem);
	return result;
}

static bool
read_schema_number(JsonbContainer *schema, const char *keyword, int column, Row *row, Problem *problem)
{
	JsonbValue	number;

	if (!get(schema, keyword, &number))
		return true;
	if (number.type != jbvNumeric)
		return refuse_keyword(psprintf("%s must be a number", keyword), problem);
	set(row, column, NumericGetDatum(number.val.numeric));
	return true;
}

/* A member that is a list or an object, or NULL. */
static JsonbContainer *
container(JsonbContainer *schema, const char *keyword)
{
	JsonbValue	value;

	return (JsonContainerIsObject(schema) && get(schema, keyword, &value) &&
			value.type == jbvBinary) ? value.val.binary.data : NULL;
}

static bool
get(JsonbContainer *schema, const char *keyword, JsonbValue *value)
{
	return getKeyJsonValueFromContainer(schema, keyword, strlen(keyword), value) != NULL;
}

static void
set(Row *row, int column, Datum value)
{
	row->values[column] = value;
	row->nulls[column] = false;
}

static void
set_text(Row *row, int column, const char *word)
{
	set(row, column, CStringGetTextDatum(word));
}

static bool
refuse_unsupported(const char *what, Problem *problem)
{
	return feedback_problem_set(problem, ERRCODE_FEATURE_NOT_SUPPORTED, "json_schema",
								psprintf("a label schema cannot say %s", what),
								"It says boolean, integer, number, string, fixed values, and lists and objects of the simple types, with null or without.",
								"Use create_label_schema for what is close to it.");
}

static bool
refuse_keyword(const char *message, Problem *problem)
{
	return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "json_schema", message,
								"It is a JSON Schema, such as {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 5}.",
								NULL);
}
