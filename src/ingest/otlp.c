/*
 * otlp.c
 *		log_otel_evaluations: what OpenTelemetry carries of evaluations.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "assessment/validate.h"
#include "ingest/ingest.h"
#include "ingest/otlp_split.h"
#include "input/arguments.h"

enum
{
	ARG_OTLP,
	ARG_SOURCE_TYPE,
	ARG_SOURCE_ID,
	ARG_TRACE_ID_PREFIX,
	ARG_PROJECT,
	ARG_ON_ERROR
};

typedef void (*OtlpSplitter) (const char *json, int length, const OtlpCall *call);

static Datum log_evaluations(FunctionCallInfo fcinfo, const text *otlp, OtlpSplitter split);
static OtlpCall begin_call(FunctionCallInfo fcinfo);
static void put_member(StringInfo out, const char *name, const text *value);

PG_FUNCTION_INFO_V1(feedback_log_otel_evaluations_text);
PG_FUNCTION_INFO_V1(feedback_log_otel_evaluations);
PG_FUNCTION_INFO_V1(feedback_log_otel_evaluations_jsonb);

/*
 * log_otel_evaluations(otlp text, source_type text, source_id text,
 *						trace_id_prefix text, project text, on_error text)
 */
Datum
feedback_log_otel_evaluations_text(PG_FUNCTION_ARGS)
{
	return log_evaluations(fcinfo, feedback_argument_document(fcinfo, ARG_OTLP, "otlp"),
						   feedback_otlp_split_text);
}

/* The same with the OTLP as json */
Datum
feedback_log_otel_evaluations(PG_FUNCTION_ARGS)
{
	return log_evaluations(fcinfo, feedback_argument_document(fcinfo, ARG_OTLP, "otlp"),
						   feedback_otlp_split);
}

/* The same with the OTLP as jsonb */
Datum
feedback_log_otel_evaluations_jsonb(PG_FUNCTION_ARGS)
{
	return log_evaluations(fcinfo, feedback_argument_document_jsonb(fcinfo, ARG_OTLP, "otlp"),
						   feedback_otlp_split);
}

static Datum
log_evaluations(FunctionCallInfo fcinfo, const text *otlp, OtlpSplitter split)
{
	OtlpCall	call = begin_call(fcinfo);

	split(VARDATA_ANY(otlp), VARSIZE_ANY_EXHDR(otlp), &call);
	return feedback_ingest_log(fcinfo, call.batch, ARG_ON_ERROR, "log_otel_evaluations");
}

/* Check what the call says of all evaluations, and make JSON of it. */
static OtlpCall
begin_call(FunctionCallInfo fcinfo)
{
	OtlpCall	call;
	Assessment	assessment = {0};
	Problem		problem;
	StringInfoData members;

	feedback_argument_source(fcinfo, ARG_SOURCE_TYPE, ARG_SOURCE_ID, &assessment);
	if (!feedback_validate_source_id(assessment.source_id, &problem))
		feedback_problem_raise(&problem);
	feedback_assessment_warn(&assessment);

	initStringInfo(&members);
	appendStringInfo(&members, "\"source_type\": \"%s\"",
					 feedback_source_type_name(assessment.source_type));
	put_member(&members, "source_id", assessment.source_id);
	put_member(&members, "trace_id_prefix", feedback_argument_text(fcinfo, ARG_TRACE_ID_PREFIX));

	call.batch = feedback_batch_make();
	call.project = feedback_argument_text(fcinfo, ARG_PROJECT);
	call.members = members.data;
	return call;
}

/* Put a text, or nothing when it is NULL. */
static void
put_member(StringInfo out, const char *name, const text *value)
{
	if (value == NULL)
		return;
	appendStringInfo(out, ", \"%s\": ", name);
	escape_json(out, text_to_cstring(value));
}
