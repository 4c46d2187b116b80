/*
 * phoenix.c
 *		import_phoenix: the annotations of Arize Phoenix, from its own tables.
 *
 * Each becomes an MLflow document whose id is derived from where it comes from,
 * and is set: so a second run adds what is new and changes what has changed.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* So many annotations become documents at once */
#define PHOENIX_BATCH	10000

/* A kind of annotations: their table, and where their trace and span are */
typedef struct PhoenixKind
{
	const char *name;
	const char *table;
	const char *joins;			/* %1$s is the schema */
	const char *project;		/* its id */
	const char *trace_id;
	const char *span_id;
} PhoenixKind;

static const PhoenixKind kinds[] = {
	{
		"span", "span_annotations",
		"JOIN %1$s.spans s ON s.id = a.span_rowid JOIN %1$s.traces t ON t.id = s.trace_rowid",
		"t.project_rowid", "$4 || t.trace_id", "s.span_id"
	},
	{
		"trace", "trace_annotations", "JOIN %1$s.traces t ON t.id = a.trace_rowid",
		"t.project_rowid", "$4 || t.trace_id", "NULL"
	},
	{
		"session", "project_session_annotations", "JOIN %1$s.project_sessions t ON t.id = a.project_session_id",
		"t.project_id", "t.session_id", "NULL"
	}
};

/* One batch of a project, with pg_catalog as the search_path: $1 its id, $2 its name here, $3 the last id of the batch before, $4 the prefix */
static const char batch_sql[] =
"WITH batch AS ("
" SELECT a.*, %3$s AS feedback_trace, %4$s AS feedback_span FROM %1$s.%5$s a %2$s"
" WHERE %6$s = $1 AND a.id > $3 ORDER BY a.id LIMIT %7$d),"
" documents AS ("
" SELECT b.id, jsonb_strip_nulls(jsonb_build_object("
"  'trace_id', b.feedback_trace, 'span_id', b.feedback_span,"
"  'assessment_id', 'a-' || md5(concat_ws(' ', 'phoenix', %8$s, %9$s, b.id)),"
"  'assessment_name', b.name,"
"  'source', jsonb_build_object('source_type', CASE b.annotator_kind WHEN 'LLM' THEN 'LLM_JUDGE' ELSE b.annotator_kind END,"
"   'source_id', coalesce((SELECT coalesce(u.email, u.username) FROM %1$s.users u WHERE u.id = b.user_id), nullif(b.identifier, ''), 'phoenix')),"
"  'rationale', b.explanation,"
"  'create_time', to_char(b.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
"  'metadata', CASE jsonb_typeof(b.metadata::jsonb) WHEN 'object' THEN b.metadata::jsonb ELSE '{}' END"
"   || jsonb_strip_nulls(jsonb_build_object('label', CASE WHEN b.score IS NOT NULL THEN b.label END,"
"    'phoenix.identifier', nullif(b.identifier, ''), 'phoenix.kind', %9$s))))"
"  || jsonb_build_object('feedback', jsonb_build_object('value',"
"   CASE WHEN b.score IS NOT NULL THEN to_jsonb(b.score) ELSE to_jsonb(b.label) END)) AS document"
" FROM batch b)"
" SELECT d.last, d.n, count(l.sqlstate)"
" FROM (SELECT max(e.id)::int8 AS last, count(*) AS n, array_agg(e.document::text ORDER BY e.id) AS documents FROM documents e HAVING count(*) > 0) d,"
"  feedback.log_assessments(d.documents, project => $2, on_error => 'park', mode => 'set') l GROUP BY d.last, d.n";

static void check_phoenix_schema(const char *schema);
static void import_kind(ReturnSetInfo *result, const char *schema, const PhoenixKind *kind, text *project, text *prefix);
static char *build_batch_sql(const char *schema, const PhoenixKind *kind);
static void import_project(SPIPlanPtr plan, Datum *values, int64 *n, int64 *rejected);

PG_FUNCTION_INFO_V1(feedback_import_phoenix);

/*
 * import_phoenix(schema_name name, project text, trace_id_prefix text)
 *		returns TABLE (kind text, n bigint, n_rejected bigint)
 *
 * With the rights of the caller.  The project is Phoenix's unless one is given.
 * No such schema is 3F000, one without Phoenix's tables 42P01.
 */
Datum
feedback_import_phoenix(PG_FUNCTION_ARGS)
{
	const char *schema = PG_ARGISNULL(0) ? "public" : NameStr(*PG_GETARG_NAME(0));
	text	   *project = PG_ARGISNULL(1) ? NULL : PG_GETARG_TEXT_PP(1);
	text	   *prefix = PG_ARGISNULL(2) ? cstring_to_text("") : PG_GETARG_TEXT_PP(2);
	int			i;

	check_phoenix_schema(schema);
	InitMaterializedSRF(fcinfo, 0);
	for (i = 0; i < (int) lengthof(kinds); i++)
		import_kind((ReturnSetInfo *) fcinfo->resultinfo, schema, &kinds[i], project, prefix);
	return (Datum) 0;
}

/* Are Phoenix's tables there?  Those of sessions are of later versions. */
static void
check_phoenix_schema(const char *schema)
{
	Oid			schema_id = get_namespace_oid(schema, true);

	if (!OidIsValid(schema_id))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_SCHEMA_NAME),
				 errmsg("schema \"%s\" does not exist", schema),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "schema_name")));
	if (!OidIsValid(get_relname_relid("span_annotations", schema_id)) || !OidIsValid(get_relname_relid("projects", schema_id)))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("schema \"%s\" has no tables of Phoenix", schema),
				 errhint("Name the schema that Phoenix keeps its tables in (PHOENIX_SQL_DATABASE_SCHEMA)."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "schema_name")));
}

/* Import the annotations of a kind, project by project. */
static void
import_kind(ReturnSetInfo *result, const char *schema, const PhoenixKind *kind, text *project, text *prefix)
{
	Oid			types[] = {INT8OID, TEXTOID, INT8OID, TEXTOID};
	Datum		row[3];
	bool		row_nulls[3] = {false, false, false};
	int64		n = 0;
	int64		rejected = 0;
	SPITupleTable *projects;
	uint64		count;
	SPIPlanPtr	plan;
	uint64		i;

	if (!OidIsValid(get_relname_relid(kind->table, get_namespace_oid(schema, false))))
		return;
	SPI_connect();
	if (SPI_execute(psprintf("SELECT p.id::int8, p.name::text FROM %s.projects p ORDER BY p.id", quote_identifier(schema)),
					true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read the projects");
	projects = SPI_tuptable;
	count = SPI_processed;
	plan = SPI_prepare(build_batch_sql(schema, kind), lengthof(types), types);
	if (plan == NULL)
		elog(ERROR, "could not prepare a statement: %s", SPI_result_code_string(SPI_result));
	for (i = 0; i < count; i++)
	{
		bool		isnull;
		Datum		values[4] = {
			SPI_getbinval(projects->vals[i], projects->tupdesc, 1, &isnull),
			project != NULL ? PointerGetDatum(project) : SPI_getbinval(projects->vals[i], projects->tupdesc, 2, &isnull),
			Int64GetDatum(PG_INT64_MIN),
			PointerGetDatum(prefix)
		};

		import_project(plan, values, &n, &rejected);
	}
	row[0] = CStringGetTextDatum(kind->name);
	row[1] = Int64GetDatum(n);
	row[2] = Int64GetDatum(rejected);
	tuplestore_putvalues(result->setResult, result->setDesc, row, row_nulls);
	SPI_finish();
}

static char *
build_batch_sql(const char *schema, const PhoenixKind *kind)
{
	const char *quoted = quote_identifier(schema);
	char	   *joins = psprintf(kind->joins, quoted);

	return psprintf(batch_sql, quoted, joins, kind->trace_id, kind->span_id, kind->table, kind->project, PHOENIX_BATCH,
					quote_literal_cstr(schema), quote_literal_cstr(kind->name));
}

/* Batch by batch, until there is none behind the last one's id */
static void
import_project(SPIPlanPtr plan, Datum *values, int64 *n, int64 *rejected)
{
	for (;;)
	{
		bool		isnull;

		CHECK_FOR_INTERRUPTS();
		if (SPI_execute_plan(plan, values, NULL, false, 0) != SPI_OK_SELECT)
			elog(ERROR, "could not import a batch");
		if (SPI_processed == 0)
			return;
		values[2] = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
		*n += DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull));
		*rejected += DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 3, &isnull));
		SPI_freetuptable(SPI_tuptable);
	}
}
