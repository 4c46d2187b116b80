/*
 * label_rules.c
 *		What a label schema says of an assessment: one function a rule.
 *
 * The one place that tells, for what is about to be stored and for what is
 * stored.  An assessment that has only an error has no value to be checked.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "label/label_schema.h"

static bool check_null(const LabelSchema *schema, Problem *problem);
static bool check_value(const LabelSchema *schema, const Value *value, Problem *problem);
static bool check_rationale(const LabelSchema *schema, const text *rationale, Problem *problem);
static bool check_number(const LabelSchema *schema, Numeric number, const char *subject,
						 Problem *problem);
static bool check_category(const LabelSchema *schema, const char *string, int length,
						   const char *subject, Problem *problem);
static bool check_text_length(const LabelSchema *schema, const char *string, int length,
							  const char *subject, Problem *problem);
static bool check_several(const LabelSchema *schema, Jsonb *list, Problem *problem);
static bool check_json(const LabelSchema *schema, Jsonb *json, Problem *problem);
static bool check_element(const LabelSchema *schema, ValueType type, const JsonbValue *element,
						  const char *subject, Problem *problem);
static bool refuse_value(const LabelSchema *schema, const char *constraint, const char *detail,
						 Problem *problem);
static bool refuse_value_type(const LabelSchema *schema, const char *subject, const char *noun,
							  Problem *problem);
static int	category_index(const LabelSchema *schema, const char *string, int length);
static const char *value_noun(const Value *value);
static const char *element_noun(const JsonbValue *element);
static bool is_blank(const text *string);

/* Does a schema allow an assessment that is right otherwise? */
bool
feedback_label_rules(const LabelSchema *schema, const Assessment *assessment, Problem *problem)
{
	if (assessment->value.type == VALUE_NONE)
		return true;
	if (value_is_json_null(&assessment->value))
	{
		if (!check_null(schema, problem))
			return false;
	}
	else if (!check_value(schema, &assessment->value, problem))
	{
		/* Many drivers send values without a type */
		if (assessment->value.type == VALUE_TEXT && !assessment->from_document &&
			problem->constraint != NULL &&
			strcmp(problem->constraint, "label_schema_type") == 0)
			problem->hint = psprintf("%s A value that is sent without a type is text: cast it, or pass it as jsonb.",
									 problem->hint);
		return false;
	}
	return check_rationale(schema, assessment->rationale, problem);
}

/* The explicit null, "not applicable" */
static bool
check_null(const LabelSchema *schema, Problem *problem)
{
	return schema->null_allowed ||
		refuse_value(schema, "label_schema_null", "It is null, which the label does not take.", problem);
}

static bool
check_value(const LabelSchema *schema, const Value *value, Problem *problem)
{
	if (schema->multiple)
		return (value->type == VALUE_JSON && JB_ROOT_IS_ARRAY(value->as.json)) ?
			check_several(schema, value->as.json, problem) :
			refuse_value_type(schema, "It", value_noun(value), problem);
	if (value->type != schema->value_type)
		return refuse_value_type(schema, "It", value_noun(value), problem);

	switch (value->type)
	{
		case VALUE_NUMERIC:
			return check_number(schema, value->as.numeric, "It", problem);
		case VALUE_TEXT:
			return (schema->categories != NULL) ?
				check_category(schema, VARDATA_ANY(value->as.text),
							   VARSIZE_ANY_EXHDR(value->as.text), "It", problem) :
				check_text_length(schema, VARDATA_ANY(value->as.text),
								  VARSIZE_ANY_EXHDR(value->as.text), "It", problem);
		case VALUE_JSON:
			return check_json(schema, value->as.json, problem);
		default:
			return true;
	}
}

/* A rationale of nothing but blanks says nothing. */
static bool
check_rationale(const LabelSchema *schema, const text *rationale, Problem *problem)
{
	if (!schema->rationale_required || (rationale != NULL && !is_blank(rationale)))
		return true;
	feedback_problem_set(problem, ERRCODE_CHECK_VIOLATION, "rationale",
						 psprintf("rationale is missing for label \"%s\"",
								  text_to_cstring(schema->name)),
						 "The label schema requires a rationale.",
						 "Say why, in words.");
	problem->constraint = "label_schema_rationale";
	return false;
}

static bool
check_number(const LabelSchema *schema, Numeric number, const char *subject, Problem *problem)
{
	Datum		datum = NumericGetDatum(number);

	if (schema->whole_numbers &&
		!DatumGetBool(DirectFunctionCall2(numeric_eq, datum,
										  DirectFunctionCall2(numeric_trunc, datum,
															  Int32GetDatum(0)))))
		return refuse_value(schema, "label_schema_whole_numbers",
							psprintf("%s is not a whole number.", subject), problem);
	if (schema->min != NULL &&
		DatumGetBool(DirectFunctionCall2(numeric_lt, datum, NumericGetDatum(schema->min))))
		return refuse_value(schema, "label_schema_min",
							psprintf("%s is less than the minimum, %s.", subject,
									 feedback_label_number(schema->min)), problem);
	if (schema->max != NULL &&
		DatumGetBool(DirectFunctionCall2(numeric_gt, datum, NumericGetDatum(schema->max))))
		return refuse_value(schema, "label_schema_max",
							psprintf("%s is greater than the maximum, %s.", subject,
									 feedback_label_number(schema->max)), problem);
	return true;
}

static bool
check_category(const LabelSchema *schema, const char *string, int length,
			   const char *subject, Problem *problem)
{
	int			closest;

	if (category_index(schema, string, length) >= 0)
		return true;

	refuse_value(schema, "label_schema_categories",
				 psprintf("%s is none of the categories.", subject), problem);
	closest = feedback_label_closest(schema, string, length);
	if (closest >= 0)
		problem->hint = psprintf("Did you mean \"%s\"? %s",
								 text_to_cstring(schema->categories[closest]), problem->hint);
	return false;
}

static bool
check_text_length(const LabelSchema *schema, const char *string, int length,
				  const char *subject, Problem *problem)
{
	/* The length in characters is at most that in bytes */
	if (schema->max_length == 0 || length <= schema->max_length)
		return true;
	length = pg_mbstrlen_with_len(string, length);
	return length <= schema->max_length ||
		refuse_value(schema, "label_schema_max_length",
					 psprintf("%s has %d characters.", subject, length), problem);
}

/* A list of different categories, which may be empty: none of them applies. */
static bool
check_several(const LabelSchema *schema, Jsonb *list, Problem *problem)
{
	bool	   *seen = palloc0(schema->category_count * sizeof(bool));
	JsonbIterator *iterator = JsonbIteratorInit(&list->root);
	JsonbValue	element;
	int			n = 0;

	JsonbIteratorNext(&iterator, &element, true);
	while (JsonbIteratorNext(&iterator, &element, true) == WJB_ELEM)
	{
		const char *subject = psprintf("Element %d", ++n);
		int			category;

		if (element.type != jbvString)
			return refuse_value_type(schema, subject, element_noun(&element), problem);
		if (!check_category(schema, element.val.string.val, element.val.string.len,
							subject, problem))
			return false;
		category = category_index(schema, element.val.string.val, element.val.string.len);
		if (seen[category])
			return refuse_value(schema, "label_schema_categories",
								psprintf("%s repeats an earlier one.", subject), problem);
		seen[category] = true;
	}
	return true;
}

/* A list or an object, and the type of what is in it. */
static bool
check_json(const LabelSchema *schema, Jsonb *json, Problem *problem)
{
	bool		is_list = JB_ROOT_IS_ARRAY(json);
	JsonbIterator *iterator = JsonbIteratorInit(&json->root);
	JsonbIteratorToken token;
	JsonbValue	element;
	int			n = 0;

	if (schema->json_form != JSON_FORM_ANY && is_list != (schema->json_form == JSON_FORM_LIST))
		return refuse_value_type(schema, "It", is_list ? "a list" : "an object", problem);
	if (schema->element_type == VALUE_NONE)
		return true;

	JsonbIteratorNext(&iterator, &element, true);
	while ((token = JsonbIteratorNext(&iterator, &element, true)) != WJB_DONE)
	{
		if (token != WJB_ELEM && token != WJB_VALUE)
			continue;
		n++;
		if (!check_element(schema, schema->element_type, &element,
						   is_list ? psprintf("Element %d", n) : "One of its members", problem))
			return false;
	}
	return true;
}

/* An element of a list, or a member of an object. */
static bool
check_element(const LabelSchema *schema, ValueType type, const JsonbValue *element,
			  const char *subject, Problem *problem)
{
	if (type == VALUE_BOOLEAN && element->type == jbvBool)
		return true;
	if (type == VALUE_NUMERIC && element->type == jbvNumeric)
		return check_number(schema, element->val.numeric, subject, problem);
	if (type == VALUE_TEXT && element->type == jbvString)
		return check_text_length(schema, element->val.string.val, element->val.string.len,
								 subject, problem);
	return refuse_value_type(schema, subject, element_noun(element), problem);
}

/* No refusal quotes the value; what is allowed is the schema's. */
static bool
refuse_value(const LabelSchema *schema, const char *constraint, const char *detail, Problem *problem)
{
	feedback_problem_set(problem, ERRCODE_CHECK_VIOLATION, "value",
						 psprintf("value is not allowed for label \"%s\"",
								  text_to_cstring(schema->name)),
						 detail, feedback_label_hint(schema));
	problem->constraint = constraint;
	return false;
}

static bool
refuse_value_type(const LabelSchema *schema, const char *subject, const char *noun, Problem *problem)
{
	return refuse_value(schema, "label_schema_type", psprintf("%s is %s.", subject, noun), problem);
}

static int
category_index(const LabelSchema *schema, const char *string, int length)
{
	int			i;

	for (i = 0; i < schema->category_count; i++)
	{
		if ((int) VARSIZE_ANY_EXHDR(schema->categories[i]) == length &&
			memcmp(VARDATA_ANY(schema->categories[i]), string, length) == 0)
			return i;
	}
	return -1;
}

static const char *
value_noun(const Value *value)
{
	switch (value->type)
	{
		case VALUE_BOOLEAN:
			return "a boolean";
		case VALUE_NUMERIC:
			return "a number";
		case VALUE_TEXT:
			return "text";
		default:
			return JB_ROOT_IS_ARRAY(value->as.json) ? "a list" : "an object";
	}
}

static const char *
element_noun(const JsonbValue *element)
{
	switch (element->type)
	{
		case jbvNull:
			return "null";
		case jbvBool:
			return "a boolean";
		case jbvNumeric:
			return "a number";
		case jbvString:
			return "text";
		default:
			return (element->type == jbvBinary && JsonContainerIsArray(element->val.binary.data)) ?
				"a list" : "an object";
	}
}

static bool
is_blank(const text *string)
{
	const char *p = VARDATA_ANY(string);
	const char *end = p + VARSIZE_ANY_EXHDR(string);

	while (p < end && strchr(" \t\r\n", *p) != NULL && *p != '\0')
		p++;
	return p == end;
}
