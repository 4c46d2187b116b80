/*
 * set.c
 *		A source's one word on a name of a trace and span: set_feedback,
 *		set_assessment and withdraw_feedback.
 *
 * The word's id is made of whose and on what it is, so that the primary key
 * keeps it one, however many sessions say it at once; see set_store.c.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"

#include "assessment/row.h"
#include "assessment/validate.h"
#include "base/identifier.h"
#include "input/arguments.h"
#include "input/document_read.h"
#include "log/set.h"

static Datum set_value(FunctionCallInfo fcinfo, bool typed);
static Datum set_document(FunctionCallInfo fcinfo, text *document);
static Datum set_checked(Assessment *assessment, text *project);
static bool check_somebody(const Assessment *assessment, Problem *problem);

PG_FUNCTION_INFO_V1(feedback_set_feedback);
PG_FUNCTION_INFO_V1(feedback_set_feedback_any);
PG_FUNCTION_INFO_V1(feedback_set_assessment);
PG_FUNCTION_INFO_V1(feedback_set_assessment_jsonb);
PG_FUNCTION_INFO_V1(feedback_withdraw_feedback);

/* set_feedback(..., value text, ...) returns uuid */
Datum
feedback_set_feedback(PG_FUNCTION_ARGS)
{
	return set_value(fcinfo, false);
}

/* set_feedback(..., value "any", ...) returns uuid */
Datum
feedback_set_feedback_any(PG_FUNCTION_ARGS)
{
	return set_value(fcinfo, true);
}

/* set_assessment(trace_id text, assessment text or json, project text) returns uuid */
Datum
feedback_set_assessment(PG_FUNCTION_ARGS)
{
	return set_document(fcinfo, feedback_argument_document(fcinfo, 1, "assessment"));
}

/* set_assessment(trace_id text, assessment jsonb, project text) returns uuid */
Datum
feedback_set_assessment_jsonb(PG_FUNCTION_ARGS)
{
	return set_document(fcinfo, feedback_argument_document_jsonb(fcinfo, 1, "assessment"));
}

/*
 * withdraw_feedback(trace_id text, name text, source_id text, source_type text,
 *					 span_id text, project text) returns bigint
 *
 * Deletes what the source has said on the name, however it was logged, and
 * mends the chains of overrides that it was in; returns how many rows went.
 */
Datum
feedback_withdraw_feedback(PG_FUNCTION_ARGS)
{
	Assessment	word = {.kind = KIND_FEEDBACK};
	Problem		problem;
	int64		withdrawn;

	word.trace_id = feedback_argument_trace_id(fcinfo);
	word.name = feedback_argument_text(fcinfo, 1);
	feedback_argument_source(fcinfo, 3, 2, &word);
	word.span_id = feedback_argument_span_id(fcinfo, 4);
	word.project = PG_ARGISNULL(5) ? feedback_assessment_default_project() : feedback_argument_text(fcinfo, 5);
	if (!feedback_validate_name(word.name, false, &problem) || !check_somebody(&word, &problem))
		feedback_problem_raise(&problem);

	SPI_connect();
	withdrawn = feedback_set_withdraw(&word);
	SPI_finish();
	PG_RETURN_INT64(withdrawn);
}

/*
 * Make the id of a word from what it is of, unless the caller gave one.
 *
 * The parts and their order are part of what is stored: another order would
 * make another id, and so a second row.
 */
bool
feedback_set_identify(Assessment *assessment, Problem *problem)
{
	const char *kind = feedback_row_kind_name(assessment->kind);
	const char *source_type = feedback_assessment_source_type_name(assessment->source_type);
	IdentifierPart parts[] = {
		feedback_identifier_part(assessment->project),
		feedback_identifier_part(assessment->trace_id),
		feedback_identifier_part(assessment->span_id),
		{kind, strlen(kind)},
		feedback_identifier_part(assessment->name),
		{source_type, strlen(source_type)},
		feedback_identifier_part(assessment->source_id)
	};

	if (assessment->has_overrides)
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "overrides",
									"what is set cannot override",
									"It takes the place of what the same source said before.",
									"Leave overrides out, or log the assessment.");
	if (!check_somebody(assessment, problem))
		return false;
	if (!assessment->has_assessment_id)
		feedback_identifier_derive(parts, lengthof(parts), &assessment->assessment_id);
	return true;
}

/* Set a feedback from arguments. */
static Datum
set_value(FunctionCallInfo fcinfo, bool typed)
{
	Assessment	assessment = {.kind = KIND_FEEDBACK};
	int			n = feedback_argument_assessment(fcinfo, typed, &assessment);
	text	   *project;

	assessment.has_create_time = feedback_argument_time(fcinfo, n++, &assessment.create_time);
	project = feedback_argument_text(fcinfo, n++);
	assessment.has_assessment_id = feedback_argument_uuid(fcinfo, n, &assessment.assessment_id);
	return set_checked(&assessment, project);
}

/* Set a document, given as the text of it. */
static Datum
set_document(FunctionCallInfo fcinfo, text *document)
{
	Assessment	assessment = {.from_document = true};
	Problem		problem;

	if (!feedback_document_read(document, &assessment, &problem))
		feedback_problem_raise(&problem);
	assessment.trace_id = feedback_argument_text(fcinfo, 0);
	return set_checked(&assessment, feedback_argument_text(fcinfo, 2));
}

/* Complete, check and store a word. */
static Datum
set_checked(Assessment *assessment, text *project)
{
	pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));
	Problem		problem;

	assessment->has_project = (project != NULL);
	assessment->project = (project != NULL) ? project : feedback_assessment_default_project();
	if (!feedback_validate(assessment, &problem) || !feedback_set_identify(assessment, &problem))
		feedback_problem_raise(&problem);
	assessment->has_assessment_id = true;
	feedback_assessment_complete(assessment);

	SPI_connect();
	if (!feedback_set_store(assessment, &problem))
		feedback_problem_raise(&problem);
	feedback_assessment_warn(assessment);
	SPI_finish();

	*id = assessment->assessment_id;
	PG_RETURN_UUID_P(id);
}

/* One word a source takes a source: without an id, all people would have one word together. */
static bool
check_somebody(const Assessment *assessment, Problem *problem)
{
	const text *id = assessment->source_id;

	if (!feedback_validate_source_id(id, problem))
		return false;
	if (assessment->from_document && assessment->source_type != SOURCE_HUMAN)
		return true;
	if (id == NULL)
		return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "source_id",
									"source_id is missing",
									"It says whose word it is.",
									"Give the id of the user, the model or the program.");
	if (VARSIZE_ANY_EXHDR(id) == 0)
		return feedback_problem_set(problem, ERRCODE_STRING_DATA_RIGHT_TRUNCATION, "source_id",
									"source_id is empty",
									"It says whose word it is.",
									"Give the id of the user, the model or the program.");
	return true;
}
