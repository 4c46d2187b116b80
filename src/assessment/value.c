/*
 * value.c
 *		What a value is, wherever it comes from.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "assessment/value.h"
#include "base/json_text.h"
#include "base/number.h"

/* A JSON scalar; the explicit null is kept as json. */
void
feedback_value_from_scalar(JsonbValue *scalar, Value *value)
{
	switch (scalar->type)
	{
		case jbvBool:
			value->type = VALUE_BOOLEAN;
			value->as.boolean = scalar->val.boolean;
			break;
		case jbvNumeric:
			value->type = VALUE_NUMERIC;
			value->as.numeric = scalar->val.numeric;
			break;
		case jbvString:
			value->type = VALUE_TEXT;
			value->as.text = cstring_to_text_with_len(scalar->val.string.val,
													  scalar->val.string.len);
			break;
		default:
			value->type = VALUE_JSON;
			value->as.json = JsonbValueToJsonb(scalar);
	}
}

/* How deep a value may nest, given where it stands in a document. */
int
feedback_value_max_nesting(AssessmentKind kind)
{
	return (kind == KIND_FEEDBACK) ? MAX_NESTING - 2 : MAX_NESTING;
}

/* Check the nesting and the numbers of a jsonb. */
bool
feedback_value_check_jsonb(Jsonb *jsonb, int max_nesting, const char *subject,
						   const char *column, Problem *problem)
{
	JsonbIterator *iterator = JsonbIteratorInit(&jsonb->root);
	JsonbIteratorToken token;
	JsonbValue	element;
	int			nesting = 0;

	while ((token = JsonbIteratorNext(&iterator, &element, false)) != WJB_DONE)
	{
		if (token == WJB_BEGIN_OBJECT || token == WJB_BEGIN_ARRAY)
		{
			if (++nesting > max_nesting)
				return feedback_problem_set(problem, ERRCODE_STATEMENT_TOO_COMPLEX, column,
											psprintf("%s is nested too deeply", subject),
											psprintf("It may nest up to %d levels.", max_nesting),
											"A document nests up to 64 levels, its outer object included.");
		}
		else if (token == WJB_END_OBJECT || token == WJB_END_ARRAY)
			nesting--;
		else if (element.type == jbvNumeric &&
				 !feedback_number_numeric_in_range(element.val.numeric))
			return feedback_problem_set(problem, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, column,
										psprintf("%s holds a number that is out of range", subject),
										"Numbers go up to 1.7976931348623157e308 in magnitude.",
										NULL);
	}
	return true;
}

/* Warn of a text that reads as JSON. */
void
feedback_value_warn_untyped(const Value *value)
{
	ereport(WARNING,
			(errcode(ERRCODE_WARNING),
			 errmsg("value was stored as text although it reads as %s",
					feedback_value_json_noun(value->as.text)),
			 errdetail("It came in without a type or as text, so it is not counted as a value of another type."),
			 errhint(FEEDBACK_UNTYPED_TEXT_HINT),
			 err_generic_string(PG_DIAG_COLUMN_NAME, "value")));
}

/* What a text that reads as JSON reads as, for messages. */
const char *
feedback_value_json_noun(const text *value)
{
	const char *p = VARDATA_ANY(value);

	switch (p[strspn(p, " \t\r\n")])
	{
		case 't':
		case 'f':
			return "a boolean";
		case 'n':
			return "a JSON null";
		case '{':
			return "a JSON object";
		case '[':
			return "a JSON list";
		default:
			return "a number";
	}
}
