/*
 * otlp.c
 *		log_otel_evaluations: what OpenTelemetry carries of evaluations.
 */
#include "postgres.h"

#include "fmgr.h"

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

/* Check what the call says of all evaluations. */
static OtlpCall
begin_call(FunctionCallInfo fcinfo)
{
	Assessment	assessment = {0};

	feedback_argument_source(fcinfo, ARG_SOURCE_TYPE, ARG_SOURCE_ID, &assessment);
	return feedback_otlp_call_make(&assessment, feedback_argument_text(fcinfo, ARG_TRACE_ID_PREFIX),
								   feedback_argument_text(fcinfo, ARG_PROJECT));
}
