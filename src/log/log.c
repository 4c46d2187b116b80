/*
 * log.c
 *		The functions that log: log_feedback, log_expectation, log_assessment
 *		and override_feedback.
 *
 * Arguments or a document become an Assessment, which is checked as a whole
 * and then stored.  They are not strict, because most arguments may be NULL.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"

#include "assessment/validate.h"
#include "base/problem.h"
#include "input/arguments.h"
#include "input/document_read.h"
#include "log/store.h"

static Datum log_value(FunctionCallInfo fcinfo, AssessmentKind kind, bool typed);
static Datum log_document(FunctionCallInfo fcinfo, text *document);
static Datum override_feedback(FunctionCallInfo fcinfo, bool typed);
static void inherit(Assessment *assessment);
static Datum log_checked(Assessment *assessment, text *project);

PG_FUNCTION_INFO_V1(feedback_log_feedback);
PG_FUNCTION_INFO_V1(feedback_log_feedback_any);
PG_FUNCTION_INFO_V1(feedback_log_expectation);
PG_FUNCTION_INFO_V1(feedback_log_expectation_any);
PG_FUNCTION_INFO_V1(feedback_log_assessment);
PG_FUNCTION_INFO_V1(feedback_log_assessment_jsonb);
PG_FUNCTION_INFO_V1(feedback_override_feedback);
PG_FUNCTION_INFO_V1(feedback_override_feedback_any);

/* log_feedback(..., value text, ...) returns uuid */
Datum
feedback_log_feedback(PG_FUNCTION_ARGS)
{
	return log_value(fcinfo, KIND_FEEDBACK, false);
}

/* log_feedback(..., value "any", ...) returns uuid */
Datum
feedback_log_feedback_any(PG_FUNCTION_ARGS)
{
	return log_value(fcinfo, KIND_FEEDBACK, true);
}

/* log_expectation(..., value text, ...) returns uuid */
Datum
feedback_log_expectation(PG_FUNCTION_ARGS)
{
	return log_value(fcinfo, KIND_EXPECTATION, false);
}

/* log_expectation(..., value "any", ...) returns uuid */
Datum
feedback_log_expectation_any(PG_FUNCTION_ARGS)
{
	return log_value(fcinfo, KIND_EXPECTATION, true);
}

/* log_assessment(trace_id text, assessment text or json, project text) returns uuid */
Datum
feedback_log_assessment(PG_FUNCTION_ARGS)
{
	return log_document(fcinfo, feedback_argument_document(fcinfo, 1, "assessment"));
}

/* log_assessment(trace_id text, assessment jsonb, project text) returns uuid */
Datum
feedback_log_assessment_jsonb(PG_FUNCTION_ARGS)
{
	return log_document(fcinfo, feedback_argument_document_jsonb(fcinfo, 1, "assessment"));
}

/* override_feedback(..., value text, ...) returns uuid */
Datum
feedback_override_feedback(PG_FUNCTION_ARGS)
{
	return override_feedback(fcinfo, false);
}

/* override_feedback(..., value "any", ...) returns uuid */
Datum
feedback_override_feedback_any(PG_FUNCTION_ARGS)
{
	return override_feedback(fcinfo, true);
}

/* Log a feedback or an expectation from arguments. */
static Datum
log_value(FunctionCallInfo fcinfo, AssessmentKind kind, bool typed)
{
	Assessment	assessment = {.kind = kind};
	int			n = feedback_argument_assessment(fcinfo, typed, &assessment);

	assessment.has_overrides = feedback_argument_uuid(fcinfo, n++, &assessment.overrides);
	assessment.has_create_time = feedback_argument_time(fcinfo, n++, &assessment.create_time);
	assessment.has_assessment_id = feedback_argument_uuid(fcinfo, n++, &assessment.assessment_id);

	return log_checked(&assessment, feedback_argument_text(fcinfo, n));
}

/* Log a document, given as the text of it. */
static Datum
log_document(FunctionCallInfo fcinfo, text *document)
{
	Assessment	assessment = {.from_document = true};
	Problem		problem;

	if (!feedback_document_read(document, &assessment, &problem))
		feedback_problem_raise(&problem);

	assessment.trace_id = feedback_argument_text(fcinfo, 0);
	return log_checked(&assessment, feedback_argument_text(fcinfo, 2));
}

/*
 * Log a feedback with the project, name and span of the one it overrides.
 *
 * A repeat, with a new_assessment_id that is there already, is answered even
 * if the target is gone by now.
 */
static Datum
override_feedback(FunctionCallInfo fcinfo, bool typed)
{
	enum
	{
		VALUE = 2, SOURCE_TYPE, SOURCE_ID, RATIONALE, METADATA, ERROR_CODE,
		ERROR_MESSAGE, STACK_TRACE, CREATE_TIME, NEW_ASSESSMENT_ID
	};
	Assessment	assessment = {.kind = KIND_FEEDBACK, .has_overrides = true};
	pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));

	feedback_argument_key(fcinfo, &assessment.trace_id, &assessment.overrides);
	feedback_argument_value(fcinfo, VALUE, typed, &assessment);
	feedback_argument_source(fcinfo, SOURCE_TYPE, SOURCE_ID, &assessment);
	assessment.rationale = feedback_argument_text(fcinfo, RATIONALE);
	assessment.metadata = feedback_argument_jsonb(fcinfo, METADATA);
	assessment.error_code = feedback_argument_text(fcinfo, ERROR_CODE);
	assessment.error_message = feedback_argument_text(fcinfo, ERROR_MESSAGE);
	assessment.stack_trace = feedback_argument_text(fcinfo, STACK_TRACE);
	assessment.has_create_time = feedback_argument_time(fcinfo, CREATE_TIME, &assessment.create_time);
	assessment.has_assessment_id = feedback_argument_uuid(fcinfo, NEW_ASSESSMENT_ID, &assessment.assessment_id);

	SPI_connect();
	inherit(&assessment);
	*id = *DatumGetUUIDP(log_checked(&assessment, NULL));
	SPI_finish();
	PG_RETURN_UUID_P(id);
}

/* Take over the name, span and project of what is overridden. */
static void
inherit(Assessment *assessment)
{
	Assessment	target;

	if (!(assessment->has_assessment_id &&
		  feedback_store_get(assessment->trace_id, &assessment->assessment_id, true, &target)) &&
		!feedback_store_get(assessment->trace_id, &assessment->overrides, true, &target))
		feedback_argument_raise_unknown(&assessment->overrides);

	assessment->name = target.name;
	assessment->span_id = target.span_id;
}

/* Complete, check and store an assessment. */
static Datum
log_checked(Assessment *assessment, text *project)
{
	pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));
	Problem		problem;

	assessment->has_project = (project != NULL);
	assessment->project = (project != NULL) ? project : feedback_assessment_default_project();
	if (!feedback_validate(assessment, &problem))
		feedback_problem_raise(&problem);
	feedback_assessment_complete(assessment);

	SPI_connect();
	if (!feedback_store_log(assessment, &problem))
		feedback_problem_raise(&problem);
	feedback_assessment_warn(assessment);
	SPI_finish();

	*id = assessment->assessment_id;
	PG_RETURN_UUID_P(id);
}
