/*
 * trace_get.c
 *		One trace as MLflow's get_trace gives it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "base/problem.h"
#include "base/quote.h"
#include "base/statement.h"
#include "input/arguments.h"
#include "trace/trace.h"

static char *get_sql(const TraceSource *source);
static char *info_of(const TraceSource *source);
static char *all_metadata_of(const TraceSource *source);
static char *time_of(const TraceSource *source);
static char *data_of(const TraceSource *source);
static char *spans_of(const TraceSource *source);
static Datum copy_document(Datum document);
pg_noreturn static void raise_unknown_trace(text *trace_id);

PG_FUNCTION_INFO_V1(feedback_trace_get);

/*
 * get_trace(trace_id text) returns jsonb
 *
 * {"info": {...}, "data": {"spans": [...]}}, with the assessments that the
 * extension has.  55000 where there is no source, P0002 where none has the trace.
 */
Datum
feedback_trace_get(PG_FUNCTION_ARGS)
{
	text	   *trace_id = feedback_argument_trace_id(fcinfo);
	Oid			types[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(trace_id)};
	ListCell   *lc;
	Datum		result = (Datum) 0;
	bool		found = false;

	SPI_connect();
	foreach(lc, feedback_trace_sources_required())
	{
		bool		isnull;

		found = feedback_statement_select_once(get_sql(lfirst(lc)), 1, types, values) > 0;
		if (!found)
			continue;
		result = copy_document(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
		break;
	}
	if (!found)
		raise_unknown_trace(trace_id);
	SPI_finish();
	PG_RETURN_DATUM(result);
}

static char *
get_sql(const TraceSource *source)
{
	return psprintf("SELECT jsonb_build_object('info', %s || coalesce((SELECT jsonb_build_object('assessments', jsonb_agg(a)) "
					"FROM feedback.get_assessments($1) a HAVING count(*) > 0), '{}'), 'data', %s) "
					"FROM %s CROSS JOIN LATERAL (SELECT %s AS tags, %s AS metadata OFFSET 0) x WHERE %s = $1",
					info_of(source), data_of(source), feedback_trace_from(source),
					feedback_trace_column(source, TRACE_TAGS), all_metadata_of(source),
					feedback_trace_column(source, TRACE_ID));
}

/* The metadata; what an application has in columns of its own is there by the keys that MLflow has it by. */
static char *
all_metadata_of(const TraceSource *source)
{
	if (source->is_mlflow)
		return feedback_trace_column(source, TRACE_METADATA);
	return psprintf("jsonb_strip_nulls(jsonb_build_object('" TRACE_SESSION_KEY "', %s, '" TRACE_USER_KEY "', %s, '" TRACE_TOKENS_KEY "', "
					"nullif(jsonb_strip_nulls(jsonb_build_object('input_tokens', %s, 'output_tokens', %s, 'total_tokens', %s))::text, '{}'))) || %s",
					feedback_trace_column(source, TRACE_SESSION_ID), feedback_trace_column(source, TRACE_USER_ID),
					feedback_trace_column(source, TRACE_INPUT_TOKENS), feedback_trace_column(source, TRACE_OUTPUT_TOKENS),
					feedback_trace_column(source, TRACE_TOTAL_TOKENS), feedback_trace_column(source, TRACE_METADATA));
}

/* Members without a value are left out, as in MLflow. */
static char *
info_of(const TraceSource *source)
{
	return psprintf("jsonb_strip_nulls(jsonb_build_object('trace_id', $1, 'client_request_id', %s, "
					"'trace_location', %s, 'request_time', %s, 'execution_duration_ms', %s, 'state', %s, "
					"'request_preview', %s, 'response_preview', %s)) "
					"|| CASE x.tags WHEN '{}' THEN '{}' ELSE jsonb_build_object('tags', x.tags) END "
					"|| CASE x.metadata WHEN '{}' THEN '{}' ELSE jsonb_build_object('trace_metadata', x.metadata) END",
					feedback_trace_column(source, TRACE_CLIENT_REQUEST_ID),
					source->is_mlflow ?
					"jsonb_build_object('type', 'MLFLOW_EXPERIMENT', 'mlflow_experiment', jsonb_build_object('experiment_id', t.experiment_id::text))" :
					"NULL::jsonb",
					time_of(source),
					feedback_trace_column(source, TRACE_EXECUTION_TIME_MS),
					feedback_trace_column(source, TRACE_STATE),
					feedback_trace_column(source, TRACE_REQUEST_PREVIEW),
					feedback_trace_column(source, TRACE_RESPONSE_PREVIEW));
}

/* In UTC, with three digits or six where there are any, as protobuf writes it */
static char *
time_of(const TraceSource *source)
{
	return psprintf("(SELECT regexp_replace(to_char(r.t AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '(000|\\.000000)$', '') || 'Z' "
					"FROM (SELECT %s AS t) r WHERE isfinite(r.t))", feedback_trace_column(source, TRACE_REQUEST_TIME));
}

/* The spans; a note says where they are if they are not here. */
static char *
data_of(const TraceSource *source)
{
	if (!source->is_mlflow)
		return psprintf("jsonb_build_object('spans', coalesce(%s, '[]'))", feedback_trace_column(source, TRACE_SPANS));
	return psprintf("jsonb_build_object('spans', %s) || CASE WHEN coalesce(x.tags ->> 'mlflow.trace.spansLocation', '') = 'TRACKING_STORE' "
					"THEN '{}' ELSE jsonb_build_object('note', 'the content of the spans is not in the database' || "
					"coalesce(', it is in ' || (x.tags ->> 'mlflow.trace.spansLocation'), '')) END",
					OidIsValid(source->spans) ? spans_of(source) : "'[]'::jsonb");
}

/* The root first, then by time, as in MLflow; one without content, or whose content is no JSON, by its columns */
static char *
spans_of(const TraceSource *source)
{
	return psprintf("coalesce((SELECT jsonb_agg(CASE WHEN s.content ?& ARRAY['note', 'content'] THEN s.columns || s.content "
					"ELSE s.content END ORDER BY s.place, s.start, s.span_id) FROM ("
					"SELECT CASE p.content WHEN '' THEN '{\"note\": \"the content is not in the database\", \"content\": null}' "
					"ELSE feedback_internal.trace_json(p.content) END AS content, p.parent_span_id IS NOT NULL AS place, "
					"p.start_time_unix_nano AS start, p.span_id, "
					"jsonb_build_object('span_id', p.span_id, 'parent_span_id', p.parent_span_id, 'name', p.name, 'type', p.type, "
					"'status', p.status, 'start_time_unix_nano', p.start_time_unix_nano, 'end_time_unix_nano', p.end_time_unix_nano) AS columns "
					"FROM %s.spans p WHERE p.trace_id = t.request_id OFFSET 0) s), '[]')", source->schema);
}

/* Copy a document to where it outlives the connection to SPI. */
static Datum
copy_document(Datum document)
{
	Jsonb	   *jsonb = DatumGetJsonbP(document);
	Jsonb	   *copy = SPI_palloc(VARSIZE(jsonb));

	memcpy(copy, jsonb, VARSIZE(jsonb));
	return JsonbPGetDatum(copy);
}

static void
raise_unknown_trace(text *trace_id)
{
	Problem		problem;

	feedback_problem_set(&problem, ERRCODE_NO_DATA_FOUND, "trace_id", "trace does not exist",
						 psprintf("No source of traces has %s.", feedback_quote_text(trace_id)), NULL);
	feedback_problem_raise_of(&problem, "traces");
}
