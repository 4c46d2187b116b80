/*
 * evaluate_subject.c
 *		What a run is over: traces by their ids or by a filter, rows of a document or of a table.
 *
 * Each is a query that is read through a cursor, so that what a run logs does
 * not change what it is over.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "evaluate/evaluate.h"
#include "trace/trace.h"

/* Rows a fetch */
#define FETCH_SIZE	100

struct SubjectSource
{
	Portal		portal;
	bool		of_rows;
	RowContext	context;		/* of rows */
	text	   *project;		/* of all, or NULL */
	SPITupleTable *fetched;
	uint64		next;			/* of those that are fetched */
	int64		row;
};

/* In the order that they are given in, each once; the project is the trace's own unless all have one. */
#define TRACES_BY_ID \
	"SELECT i.trace_id, COALESCE($2, t.project) FROM (SELECT u.trace_id, pg_catalog.min(u.place) AS place " \
	"FROM pg_catalog.unnest($1) WITH ORDINALITY AS u (trace_id, place) GROUP BY u.trace_id) i " \
	"LEFT JOIN (SELECT r.trace_id, pg_catalog.min(r.project) AS project FROM feedback_internal.read_traces($1, false) r " \
	"GROUP BY r.trace_id) t ON t.trace_id OPERATOR(pg_catalog.=) i.trace_id ORDER BY i.place LIMIT $3"
#define TRACES_BY_FILTER \
	"SELECT s.trace_id, s.project FROM feedback.search_traces($1, $2, $3) s"
#define ROWS_OF_DATA \
	"SELECT e.value FROM pg_catalog.jsonb_array_elements($1) e LIMIT $3"
#define ROWS_OF_DATASET \
	"SELECT pg_catalog.to_jsonb(d) FROM %s d WHERE $1 IS NOT NULL LIMIT $3"

static Portal open_query(const char *sql, Oid type, Datum given, const Subjects *subjects);
static char *dataset_name(Oid dataset);
static bool fetch_more(SubjectSource *source);
pg_noreturn static void raise_subjects(int sqlstate, const char *message, const char *hint, const char *column);

/* Is there one thing that a run is over? */
void
feedback_evaluate_check_subjects(const Subjects *subjects)
{
	int			given = (subjects->trace_ids != NULL) + (subjects->filter != NULL) + (subjects->data != NULL) +
	OidIsValid(subjects->dataset);

	if (given != 1)
		raise_subjects(given == 0 ? ERRCODE_NULL_VALUE_NOT_ALLOWED : ERRCODE_INVALID_PARAMETER_VALUE,
					   given == 0 ? "there is nothing to evaluate" : "there is more than one thing to evaluate",
					   "Give one of trace_ids, filter, data and dataset.", "trace_ids");
	if (subjects->trace_ids != NULL && array_contains_nulls(subjects->trace_ids))
		raise_subjects(ERRCODE_NULL_VALUE_NOT_ALLOWED, "a trace_id is null", NULL, "trace_ids");
	if (subjects->data != NULL && (!JB_ROOT_IS_ARRAY(subjects->data) || JB_ROOT_IS_SCALAR(subjects->data)))
		raise_subjects(ERRCODE_INVALID_PARAMETER_VALUE, "data is not a JSON array",
					   "It has the rows, as (SELECT jsonb_agg(r) FROM rows r) makes it.", "data");
	if (subjects->limited && subjects->max < 0)
		raise_subjects(ERRCODE_INVALID_PARAMETER_VALUE, "max_traces is out of range",
					   "It is the most traces or rows to evaluate, 0 or more, or NULL for all.", "max_traces");
}

/* Begin to read, for a caller connected to SPI; 55000 for traces if there is no source of them. */
SubjectSource *
feedback_evaluate_open_subjects(const Subjects *subjects)
{
	SubjectSource *source = palloc0(sizeof(SubjectSource));

	source->of_rows = subjects->data != NULL || OidIsValid(subjects->dataset);
	source->project = subjects->project;
	if (source->of_rows)
	{
		source->context.argument = subjects->data != NULL ? "data" : "dataset";
		source->context.has_traces = feedback_trace_sources(true) != NIL;
		source->context.seen = feedback_evaluate_make_seen();
	}
	else
		(void) feedback_trace_sources_required();

	if (subjects->trace_ids != NULL)
		source->portal = open_query(TRACES_BY_ID, TEXTARRAYOID, PointerGetDatum(subjects->trace_ids), subjects);
	else if (subjects->filter != NULL)
		source->portal = open_query(TRACES_BY_FILTER, TEXTOID, PointerGetDatum(subjects->filter), subjects);
	else if (subjects->data != NULL)
		source->portal = open_query(ROWS_OF_DATA, JSONBOID, JsonbPGetDatum(subjects->data), subjects);
	else
		source->portal = open_query(psprintf(ROWS_OF_DATASET, dataset_name(subjects->dataset)), REGCLASSOID,
									ObjectIdGetDatum(subjects->dataset), subjects);
	return source;
}

/* With what it is over, the project and the limit as parameters */
static Portal
open_query(const char *sql, Oid type, Datum given, const Subjects *subjects)
{
	Oid			types[] = {type, TEXTOID, INT4OID};
	Datum		values[] = {given, PointerGetDatum(subjects->project), Int32GetDatum(subjects->max)};
	char		nulls[] = {' ', subjects->project == NULL ? 'n' : ' ', subjects->limited ? ' ' : 'n'};

	return SPI_cursor_open_with_args(NULL, sql, lengthof(types), types, values, nulls, true, 0);
}

/* A table or view, quoted, with its schema; 42P01 if it is none. */
static char *
dataset_name(Oid dataset)
{
	char	   *name = get_rel_name(dataset);

	if (name == NULL)
		raise_subjects(ERRCODE_UNDEFINED_TABLE, "dataset does not exist", NULL, "dataset");
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(dataset)), name);
}

/* The next trace or row; false if there is none. */
bool
feedback_evaluate_next_subject(SubjectSource *source, Subject *subject)
{
	HeapTuple	tuple;
	TupleDesc	descriptor;
	Datum		datum;
	bool		isnull;

	if ((source->fetched == NULL || source->next == source->fetched->numvals) && !fetch_more(source))
		return false;
	tuple = source->fetched->vals[source->next++];
	descriptor = source->fetched->tupdesc;
	memset(subject, 0, sizeof(Subject));
	subject->project = source->project;
	datum = SPI_getbinval(tuple, descriptor, 1, &isnull);
	if (source->of_rows)
	{
		subject->row = ++source->row;
		feedback_evaluate_read_row(DatumGetJsonbP(datum), &source->context, subject);
		return true;
	}
	subject->trace_id = DatumGetTextPCopy(datum);
	datum = SPI_getbinval(tuple, descriptor, 2, &isnull);
	if (subject->project == NULL && !isnull)
		subject->project = DatumGetTextPCopy(datum);
	feedback_evaluate_read_trace(subject);
	return true;
}

static bool
fetch_more(SubjectSource *source)
{
	if (source->fetched != NULL)
		SPI_freetuptable(source->fetched);
	SPI_cursor_fetch(source->portal, true, FETCH_SIZE);
	source->fetched = SPI_tuptable;
	source->next = 0;
	return SPI_processed > 0;
}

/* What a run is over, as it tells later */
Jsonb *
feedback_evaluate_describe_subjects(const Subjects *subjects)
{
	StringInfoData json;

	initStringInfo(&json);
	if (subjects->trace_ids != NULL)
		appendStringInfo(&json, "{\"trace_ids\": %d}", ArrayGetNItems(ARR_NDIM(subjects->trace_ids), ARR_DIMS(subjects->trace_ids)));
	else if (subjects->data != NULL)
		appendStringInfo(&json, "{\"data\": %d}", JB_ROOT_COUNT(subjects->data));
	else
	{
		appendStringInfo(&json, "{\"%s\": ", subjects->filter != NULL ? "filter" : "dataset");
		escape_json(&json, subjects->filter != NULL ? text_to_cstring(subjects->filter) : dataset_name(subjects->dataset));
		appendStringInfoChar(&json, '}');
	}
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data)));
}

static void
raise_subjects(int sqlstate, const char *message, const char *hint, const char *column)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("%s", message),
			 hint == NULL ? 0 : errhint("%s", hint),
			 err_generic_string(PG_DIAG_COLUMN_NAME, column)));
}
