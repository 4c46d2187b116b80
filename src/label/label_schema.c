/*
 * label_schema.c
 *		The definition of a label schema: one function a rule.
 *
 * The same rules hold for the functions and, by a trigger, for direct SQL.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "assessment/row.h"
#include "assessment/validate.h"
#include "base/number.h"
#include "base/quote.h"
#include "base/text.h"
#include "label/label_schema.h"

#define MAX_LABEL_LENGTH		64
#define MAX_SCHEMA_CATEGORIES	250
#define MAX_CATEGORY_LENGTH		250
#define MAX_INSTRUCTION_LENGTH	1000

/* Indexed by ValueType, JsonForm and Enforcement */
static const char *const value_types[] = {NULL, "boolean", "numeric", "text", "json", NULL};
static const char *const json_forms[] = {"", "list", "object", NULL};
static const char *const enforcements[] = {"enforce", "warn", "off", NULL};

static bool check_words(const Datum *values, const bool *nulls, Problem *problem);
static char *invalid_word(const Datum *values, const bool *nulls, int column, const char *name);
static bool check_applies(const LabelSchema *schema, const bool *nulls, Problem *problem);
static bool check_labels(const LabelSchema *schema, Problem *problem);
static bool check_bounds(const LabelSchema *schema, Problem *problem);
static bool check_categories(Datum categories, const LabelSchema *schema, Problem *problem);
static bool check_max_length(const LabelSchema *schema, const bool *nulls, Problem *problem);
static bool check_text(const text *string, int max_length, const char *column, Problem *problem);
static bool refuse_schema(Problem *problem, const char *column, const char *message, const char *detail);
static int	word_index(const Datum *values, const bool *nulls, int column,
					   const char *const *words, int first);
static text *schema_text(const Datum *values, const bool *nulls, int column);
static bool flag(const Datum *values, const bool *nulls, int column);
static void read_categories(Datum categories, LabelSchema *schema);
static bool misplaced(const char *column, const char *needs, Problem *problem);

/*
 * Read a row whose words are valid; what it points to lives as long as the row.
 */
void
feedback_label_schema_read(const Datum *values, const bool *nulls, LabelSchema *schema)
{
	memset(schema, 0, sizeof(LabelSchema));

	schema->name = schema_text(values, nulls, LABEL_NAME);
	schema->kind = feedback_row_kind(values[LABEL_KIND]);
	schema->project = schema_text(values, nulls, LABEL_PROJECT);
	schema->value_type = word_index(values, nulls, LABEL_VALUE_TYPE, value_types, VALUE_BOOLEAN);
	schema->true_label = schema_text(values, nulls, LABEL_TRUE_LABEL);
	schema->false_label = schema_text(values, nulls, LABEL_FALSE_LABEL);
	schema->min = nulls[LABEL_MIN] ? NULL : DatumGetNumeric(values[LABEL_MIN]);
	schema->max = nulls[LABEL_MAX] ? NULL : DatumGetNumeric(values[LABEL_MAX]);
	schema->whole_numbers = flag(values, nulls, LABEL_WHOLE_NUMBERS);
	if (!nulls[LABEL_CATEGORIES])
		read_categories(values[LABEL_CATEGORIES], schema);
	schema->multiple = flag(values, nulls, LABEL_MULTIPLE);
	schema->max_length = nulls[LABEL_MAX_LENGTH] ? 0 : DatumGetInt32(values[LABEL_MAX_LENGTH]);
	schema->json_form = nulls[LABEL_JSON_FORM] ? JSON_FORM_ANY :
		word_index(values, nulls, LABEL_JSON_FORM, json_forms, JSON_FORM_LIST);
	schema->element_type = nulls[LABEL_ELEMENT_TYPE] ? VALUE_NONE :
		word_index(values, nulls, LABEL_ELEMENT_TYPE, value_types, VALUE_BOOLEAN);
	schema->null_allowed = flag(values, nulls, LABEL_NULL_ALLOWED);
	schema->rationale_required = flag(values, nulls, LABEL_RATIONALE_REQUIRED);
	schema->enforcement = word_index(values, nulls, LABEL_ENFORCEMENT, enforcements, 0);
}

/* Check a definition as a whole. */
bool
feedback_label_schema_validate(const Datum *values, const bool *nulls, Problem *problem)
{
	const text *project = schema_text(values, nulls, LABEL_PROJECT);
	const text *instruction = schema_text(values, nulls, LABEL_INSTRUCTION);
	LabelSchema schema;

	if (!feedback_validate_name(schema_text(values, nulls, LABEL_NAME), false, problem) ||
		!check_words(values, nulls, problem))
		return false;

	feedback_label_schema_read(values, nulls, &schema);
	return (project == NULL ||
			check_text(project, MAX_IDENTIFIER_LENGTH, "project", problem)) &&
		check_applies(&schema, nulls, problem) &&
		check_labels(&schema, problem) &&
		check_bounds(&schema, problem) &&
		(nulls[LABEL_CATEGORIES] ||
		 check_categories(values[LABEL_CATEGORIES], &schema, problem)) &&
		check_max_length(&schema, nulls, problem) &&
		(instruction == NULL ||
		 check_text(instruction, MAX_INSTRUCTION_LENGTH, "instruction", problem));
}

/* Check the kind of a schema, which may be that of one to be found. */
bool
feedback_label_kind_validate(const text *kind, Problem *problem)
{
	int			i;

	for (i = KIND_FEEDBACK; kind != NULL && i <= KIND_EXPECTATION; i++)
	{
		const char *name = feedback_row_kind_name(i);

		if (VARSIZE_ANY_EXHDR(kind) == strlen(name) &&
			memcmp(VARDATA_ANY(kind), name, strlen(name)) == 0)
			return true;
	}
	return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "kind",
								kind == NULL ? "kind is missing" :
								psprintf("invalid kind: %s", feedback_quote_text(kind)), NULL,
								"The kinds are feedback and expectation.");
}

/* Raise what is wrong with a definition. */
void
feedback_label_schema_raise(const Problem *problem)
{
	feedback_problem_raise_of(problem, "label_schemas");
}

/* Check the words that stand for enums. */
static bool
check_words(const Datum *values, const bool *nulls, Problem *problem)
{
	if (word_index(values, nulls, LABEL_VALUE_TYPE, value_types, VALUE_BOOLEAN) < 0)
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "value_type",
									invalid_word(values, nulls, LABEL_VALUE_TYPE, "value_type"), NULL,
									"The value types are boolean, numeric, text and json; categories make a text categorical.");
	if (!feedback_label_kind_validate(schema_text(values, nulls, LABEL_KIND), problem))
		return false;
	if (!nulls[LABEL_JSON_FORM] &&
		word_index(values, nulls, LABEL_JSON_FORM, json_forms, JSON_FORM_LIST) < 0)
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "json_form",
									invalid_word(values, nulls, LABEL_JSON_FORM, "json_form"), NULL,
									"The forms are list and object; null takes both.");
	if (!nulls[LABEL_ELEMENT_TYPE])
	{
		int			type = word_index(values, nulls, LABEL_ELEMENT_TYPE, value_types, VALUE_BOOLEAN);

		if (type < 0 || type == VALUE_JSON)
			return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "element_type",
										invalid_word(values, nulls, LABEL_ELEMENT_TYPE, "element_type"), NULL,
										"The element types are boolean, numeric and text; null takes anything.");
	}
	if (word_index(values, nulls, LABEL_ENFORCEMENT, enforcements, 0) < 0)
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "enforcement",
									invalid_word(values, nulls, LABEL_ENFORCEMENT, "enforcement"), NULL,
									"It is enforce, warn or off.");
	return true;
}

/* What is wrong with a word that stands for none of an enum's. */
static char *
invalid_word(const Datum *values, const bool *nulls, int column, const char *name)
{
	const text *word = schema_text(values, nulls, column);

	if (word == NULL)
		return psprintf("%s is missing", name);
	return psprintf("invalid %s: %s", name, feedback_quote_text(word));
}

/* Nothing may be said that does not apply to the type of value. */
static bool
check_applies(const LabelSchema *schema, const bool *nulls, Problem *problem)
{
	bool		json = (schema->value_type == VALUE_JSON);
	ValueType	type = json ? schema->element_type : schema->value_type;

	if (type != VALUE_NUMERIC &&
		(!nulls[LABEL_MIN] || !nulls[LABEL_MAX] || schema->whole_numbers))
		return misplaced(!nulls[LABEL_MIN] ? "min" : !nulls[LABEL_MAX] ? "max" : "whole_numbers",
						 "a label of numbers", problem);
	if (schema->value_type != VALUE_BOOLEAN &&
		(schema->true_label != NULL || schema->false_label != NULL))
		return misplaced(schema->true_label != NULL ? "true_label" : "false_label",
						 "a boolean label", problem);
	if (schema->value_type != VALUE_TEXT && !nulls[LABEL_CATEGORIES])
		return misplaced("categories", "a label of text", problem);
	if (schema->multiple && nulls[LABEL_CATEGORIES])
		return misplaced("multiple", "a label with categories", problem);
	if (!nulls[LABEL_MAX_LENGTH] && (type != VALUE_TEXT || !nulls[LABEL_CATEGORIES]))
		return misplaced("max_length", "a label of free text", problem);
	if (!json && (!nulls[LABEL_JSON_FORM] || !nulls[LABEL_ELEMENT_TYPE]))
		return misplaced(!nulls[LABEL_JSON_FORM] ? "json_form" : "element_type",
						 "a json label", problem);
	return true;
}

/* Both labels or none, and not the same. */
static bool
check_labels(const LabelSchema *schema, Problem *problem)
{
	if (schema->true_label == NULL && schema->false_label == NULL)
		return true;
	if (schema->true_label == NULL || schema->false_label == NULL)
		return refuse_schema(problem, schema->true_label == NULL ? "true_label" : "false_label",
							 schema->true_label == NULL ? "true_label is missing" : "false_label is missing",
							 "A boolean has labels for both true and false, or none.");
	if (same_text(schema->true_label, schema->false_label))
		return refuse_schema(problem, "false_label", "the two labels are the same",
							 "The labels of true and false differ.");
	return check_text(schema->true_label, MAX_LABEL_LENGTH, "true_label", problem) &&
		check_text(schema->false_label, MAX_LABEL_LENGTH, "false_label", problem);
}

/* The bounds are numbers that a value can have, in order. */
static bool
check_bounds(const LabelSchema *schema, Problem *problem)
{
	if (schema->min != NULL && !feedback_number_numeric_in_range(schema->min))
		return refuse_schema(problem, "min", "min is out of range",
							 "It is a number of up to 1.7976931348623157e308 in magnitude, and not NaN or infinity.");
	if (schema->max != NULL && !feedback_number_numeric_in_range(schema->max))
		return refuse_schema(problem, "max", "max is out of range",
							 "It is a number of up to 1.7976931348623157e308 in magnitude, and not NaN or infinity.");
	if (schema->min != NULL && schema->max != NULL &&
		DatumGetBool(DirectFunctionCall2(numeric_gt, NumericGetDatum(schema->min),
										 NumericGetDatum(schema->max))))
		return refuse_schema(problem, "max", "max is less than min",
							 "The maximum is at least the minimum.");
	return true;
}

/* Categories are a list of different texts. */
static bool
check_categories(Datum categories, const LabelSchema *schema, Problem *problem)
{
	ArrayType  *array = DatumGetArrayTypeP(categories);
	int			i;
	int			j;

	if (ARR_NDIM(array) > 1 || array_contains_nulls(array))
		return refuse_schema(problem, "categories", "invalid categories",
							 "They are a list of texts, none of them null.");
	if (schema->category_count < 1 || schema->category_count > MAX_SCHEMA_CATEGORIES)
		return refuse_schema(problem, "categories",
							 schema->category_count < 1 ? "there are no categories" : "there are too many categories",
							 psprintf("There are 1 to %d of them.", MAX_SCHEMA_CATEGORIES));
	for (i = 0; i < schema->category_count; i++)
	{
		if (!check_text(schema->categories[i], MAX_CATEGORY_LENGTH, "categories", problem))
		{
			problem->message = psprintf("category %d %s", i + 1,
										VARSIZE_ANY_EXHDR(schema->categories[i]) == 0 ?
										"is empty" : "is too long");
			return false;
		}
		for (j = 0; j < i; j++)
		{
			if (same_text(schema->categories[i], schema->categories[j]))
				return refuse_schema(problem, "categories",
									 psprintf("category %d is given twice", j + 1),
									 "The categories differ.");
		}
	}
	return true;
}

static bool
check_max_length(const LabelSchema *schema, const bool *nulls, Problem *problem)
{
	if (nulls[LABEL_MAX_LENGTH] || schema->max_length >= 1)
		return true;
	return refuse_schema(problem, "max_length", "max_length is out of range",
						 "It is at least 1; null is no limit.");
}

/* Check that a text is not empty and has at most so many characters. */
static bool
check_text(const text *string, int max_length, const char *column, Problem *problem)
{
	int			length = pg_mbstrlen_with_len(VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string));

	if (length >= 1 && length <= max_length)
		return true;
	return feedback_problem_set(problem, ERRCODE_STRING_DATA_RIGHT_TRUNCATION, column,
								psprintf(length == 0 ? "%s is empty" : "%s is too long", column),
								psprintf("It has %d characters; allowed are 1 to %d.",
										 length, max_length),
								NULL);
}

static bool
refuse_schema(Problem *problem, const char *column, const char *message, const char *detail)
{
	return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, column, message,
								detail, NULL);
}

static bool
misplaced(const char *column, const char *needs, Problem *problem)
{
	return refuse_schema(problem, column, psprintf("%s does not apply", column),
						 psprintf("It is for %s.", needs));
}

/* Which of some words, from the first on, a column has; -1 if none. */
static int
word_index(const Datum *values, const bool *nulls, int column, const char *const *words, int first)
{
	const text *word = schema_text(values, nulls, column);
	int			i;

	for (i = first; word != NULL && words[i] != NULL; i++)
	{
		if (VARSIZE_ANY_EXHDR(word) == strlen(words[i]) &&
			memcmp(VARDATA_ANY(word), words[i], strlen(words[i])) == 0)
			return i;
	}
	return -1;
}

static text *
schema_text(const Datum *values, const bool *nulls, int column)
{
	return nulls[column] ? NULL : DatumGetTextPP(values[column]);
}

static bool
flag(const Datum *values, const bool *nulls, int column)
{
	return !nulls[column] && DatumGetBool(values[column]);
}

static void
read_categories(Datum categories, LabelSchema *schema)
{
	Datum	   *elements;
	bool	   *nulls;
	int			i;

	deconstruct_array(DatumGetArrayTypeP(categories), TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, &nulls, &schema->category_count);
	schema->categories = palloc(Max(schema->category_count, 1) * sizeof(text *));
	for (i = 0; i < schema->category_count; i++)
		schema->categories[i] = nulls[i] ? NULL : DatumGetTextPP(elements[i]);
}
