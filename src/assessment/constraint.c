/*
 * constraint.c
 *		The shape of a row, held also against direct SQL.
 *
 * A constraint trigger and not a set of CHECKs, for two reasons.  The executor
 * parses and plans every CHECK of a table anew in each statement that writes
 * to it, which for the rules here took several times as long as all the rest
 * of a call of log_feedback; the trigger's cost hardly shows.  And a violated
 * CHECK reports the whole row, where this names the column and what is right.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "assessment/row.h"
#include "assessment/validate.h"
#include "assessment/value.h"
#include "base/number.h"
#include "base/problem.h"

static bool check_inserted_row(HeapTuple row, TupleDesc descriptor, Problem *problem);
static bool check_form(const Datum *values, const bool *nulls, Problem *problem);
static const char *rule_name(int sqlstate);

PG_FUNCTION_INFO_V1(feedback_check_assessment);

/*
 * check_assessment() returns trigger
 *
 * For feedback.assessments only: AFTER INSERT OR UPDATE, FOR EACH ROW.  A row
 * that breaks a rule is 23514, with CONSTRAINT assessments_<column>_<rule>.
 */
Datum
feedback_check_assessment(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	HeapTuple	row;
	Problem		problem;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_AFTER(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(trigger->tg_event) ||
		!feedback_row_is_assessments(trigger->tg_relation))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("check_assessment was not called as the trigger that it is"),
				 errhint("It is an AFTER INSERT OR UPDATE trigger of feedback.assessments, FOR EACH ROW.")));

	row = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
		trigger->tg_newtuple : trigger->tg_trigtuple;
	if (!check_inserted_row(row, RelationGetDescr(trigger->tg_relation), &problem))
	{
		problem.constraint = psprintf("assessments_%s_%s", problem.column,
									  rule_name(problem.sqlstate));
		problem.sqlstate = ERRCODE_CHECK_VIOLATION;
		feedback_problem_raise(&problem);
	}
	return PointerGetDatum(NULL);
}

/*
 * Check a row as the functions check an assessment.
 *
 * The kind, an enum here, becomes the text that it is in ROW_COLUMNS.  Texts
 * of any length need not be fetched: that they are null, or not, is enough.
 */
static bool
check_inserted_row(HeapTuple row, TupleDesc descriptor, Problem *problem)
{
	static const int unread[] = {
		ROW_TEXT_VALUE, ROW_SOURCE_TYPE, ROW_RATIONALE, ROW_ERROR_CODE,
		ROW_ERROR_MESSAGE, ROW_STACK_TRACE
	};
	Datum		values[MaxTupleAttributeNumber];
	bool		nulls[MaxTupleAttributeNumber];
	text	   *empty = cstring_to_text("");
	Assessment	assessment;
	int			i;

	heap_deform_tuple(row, descriptor, values, nulls);
	if (!check_form(values, nulls, problem))
		return false;

	for (i = 0; i < (int) lengthof(unread); i++)
		values[unread[i]] = PointerGetDatum(empty);
	values[ROW_KIND] = PointerGetDatum(feedback_row_enum_text(values[ROW_KIND]));

	feedback_row_to_assessment(values, nulls, &assessment);
	if (assessment.kind == KIND_EXPECTATION && assessment.error_code != NULL)
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "error_code",
									"an expectation has no error",
									"Only a feedback has an error_code.", NULL);
	if (assessment.value.type == VALUE_JSON &&
		!feedback_value_check_jsonb(assessment.value.as.json,
									feedback_value_max_nesting(assessment.kind),
									"json_value", "json_value", problem))
		return false;
	assessment.has_project = true;
	return feedback_validate(&assessment, problem);
}

/* What only direct SQL can get wrong. */
static bool
check_form(const Datum *values, const bool *nulls, Problem *problem)
{
	static const int required[] = {
		ROW_PROJECT, ROW_TRACE_ID, ROW_ASSESSMENT_ID, ROW_KIND, ROW_NAME,
		ROW_SOURCE_TYPE, ROW_VALID, ROW_CREATE_TIME, ROW_LAST_UPDATE_TIME
	};
	int			count = 0;
	int			column;
	int			i;

	/* NOT NULL says so too, until somebody drops it */
	for (i = 0; i < (int) lengthof(required); i++)
	{
		if (nulls[required[i]])
			return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "assessment",
										"a required column is null",
										"Only the value, error, rationale, metadata, span_id, source_id and overrides may be null.",
										NULL);
	}

	for (column = ROW_BOOLEAN_VALUE; column <= ROW_JSON_VALUE; column++)
		count += !nulls[column];
	if (count > 1)
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "value",
									"more than one value is given",
									"At most one of boolean_value, numeric_value, text_value and json_value is not null.",
									NULL);

	if (!nulls[ROW_NUMERIC_VALUE] &&
		!feedback_number_numeric_in_range(DatumGetNumeric(values[ROW_NUMERIC_VALUE])))
		return feedback_problem_set(problem, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "numeric_value",
									"numeric_value is out of range",
									"Numbers go up to 1.7976931348623157e308 in magnitude; NaN and infinity are no values.",
									NULL);

	if (!nulls[ROW_JSON_VALUE])
	{
		Jsonb	   *json = DatumGetJsonbP(values[ROW_JSON_VALUE]);
		JsonbValue	scalar;

		if (JsonbExtractScalar(&json->root, &scalar) && scalar.type != jbvNull)
			return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "json_value",
										"json_value holds a scalar",
										"Booleans, numbers and text have columns of their own.",
										NULL);
		if (!nulls[ROW_ERROR_CODE] && JB_ROOT_IS_SCALAR(json))
			return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "json_value",
										"json_value is null beside an error",
										"Beside an error, a JSON null is no value.",
										NULL);
	}

	if (!nulls[ROW_METADATA] && JB_ROOT_COUNT(DatumGetJsonbP(values[ROW_METADATA])) == 0)
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "metadata",
									"metadata is empty",
									"Metadata without members is null.",
									NULL);
	return true;
}

/* The last part of a constraint's name, for what the functions say otherwise. */
static const char *
rule_name(int sqlstate)
{
	switch (sqlstate)
	{
		case ERRCODE_STRING_DATA_RIGHT_TRUNCATION:
			return "length";
		case ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE:
		case ERRCODE_DATETIME_FIELD_OVERFLOW:
			return "range";
		case ERRCODE_NULL_VALUE_NOT_ALLOWED:
			return "given";
		case ERRCODE_STATEMENT_TOO_COMPLEX:
			return "nesting";
		default:
			return "allowed";
	}
}
