/*
 * trace_source.c
 *		Where traces are: MLflow's attached stores, and an application's relation.
 *
 * They are looked up in the catalog each time, which takes microseconds: a
 * migration of MLflow's, or a view that is made anew, is seen at once.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_coerce.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/varlena.h"

#include "base/problem.h"
#include "base/relation.h"
#include "base/statement.h"
#include "trace/trace.h"

#define HINT_NO_SOURCE \
	"Attach MLflow's store with attach_mlflow, or name a view that has the traces with set_trace_source."

/* The columns of the view, and their types */
static const struct
{
	const char *name;
	const char *type;
	Oid			oid;
}			columns[] =

{
	[TRACE_PROJECT] = {"project", "text", TEXTOID},
	[TRACE_ID] = {"trace_id", "text", TEXTOID},
	[TRACE_REQUEST_TIME] = {"request_time", "timestamptz", TIMESTAMPTZOID},
	[TRACE_STATE] = {"state", "text", TEXTOID},
	[TRACE_EXECUTION_TIME_MS] = {"execution_time_ms", "bigint", INT8OID},
	[TRACE_REQUEST_PREVIEW] = {"request_preview", "text", TEXTOID},
	[TRACE_RESPONSE_PREVIEW] = {"response_preview", "text", TEXTOID},
	[TRACE_SESSION_ID] = {"session_id", "text", TEXTOID},
	[TRACE_USER_ID] = {"user_id", "text", TEXTOID},
	[TRACE_TAGS] = {"tags", "jsonb", JSONBOID},
	[TRACE_METADATA] = {"metadata", "jsonb", JSONBOID},
	[TRACE_INPUT_TOKENS] = {"input_tokens", "bigint", INT8OID},
	[TRACE_OUTPUT_TOKENS] = {"output_tokens", "bigint", INT8OID},
	[TRACE_TOTAL_TOKENS] = {"total_tokens", "bigint", INT8OID},
	[TRACE_CLIENT_REQUEST_ID] = {"client_request_id", "text", TEXTOID},
	[TRACE_SPANS] = {"spans", "jsonb", JSONBOID}
};

static TraceSource *make_source(SPITupleTable *rows, uint64 row, bool readable_only);
static bool add_mlflow(TraceSource *source, const char *schema, bool readable_only);
static bool may_read(const char *schema, const char *name, bool raise);
static void raise_missing(const char *schema, const char *name, bool is_mlflow);
static void check_relation(Oid relid);
static void set_source(const char *schema, const char *name);

PG_FUNCTION_INFO_V1(feedback_trace_set_source);

/*
 * The sources, as TraceSource *, for a caller connected to SPI.
 *
 * One that is missing is 55000, one that the caller may not read 42501; or they
 * are left out.
 */
List *
feedback_trace_sources(bool readable_only)
{
	static Statement select = {
		.sql = "SELECT schema_name::pg_catalog.text, relation_name::pg_catalog.text, project_by FROM feedback_internal.trace_stores",
		.scans = true
	};
	uint64		count;
	uint64		i;
	SPITupleTable *rows;
	List	   *sources = NIL;

	if (readable_only && !may_read("feedback_internal", "trace_stores", false))
		return NIL;
	count = feedback_statement_run(&select, NULL, NULL, true);
	rows = SPI_tuptable;
	for (i = 0; i < count; i++)
	{
		TraceSource *source = make_source(rows, i, readable_only);

		if (source != NULL)
			sources = lappend(sources, source);
	}
	return sources;
}

/* The same; 55000 if there are none. */
List *
feedback_trace_sources_required(void)
{
	List	   *sources = feedback_trace_sources(false);

	if (sources == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("no source of traces is known"),
				 errdetail("The extension has assessments; traces are MLflow's or the application's."),
				 errhint(HINT_NO_SOURCE)));
	return sources;
}

static TraceSource *
make_source(SPITupleTable *rows, uint64 row, bool readable_only)
{
	TraceSource *source = palloc0(sizeof(TraceSource));
	char	   *schema = SPI_getvalue(rows->vals[row], rows->tupdesc, 1);
	char	   *relation = SPI_getvalue(rows->vals[row], rows->tupdesc, 2);
	char	   *project_by = SPI_getvalue(rows->vals[row], rows->tupdesc, 3);

	source->is_mlflow = relation == NULL;
	source->by_id = project_by != NULL && strcmp(project_by, "id") == 0;
	if (relation == NULL)
		relation = "trace_info";
	source->name = schema;
	source->schema = quote_identifier(schema);
	source->relation = quote_qualified_identifier(schema, relation);
	source->relid = feedback_relation_find(schema, relation);
	if (!OidIsValid(source->relid))
	{
		if (!readable_only)
			raise_missing(schema, relation, source->is_mlflow);
		return NULL;
	}
	if (!may_read(schema, relation, !readable_only))
		return NULL;
	if (source->is_mlflow && !add_mlflow(source, schema, readable_only))
		return NULL;
	return source;
}

/* The other tables of MLflow's; the first ones are in all versions that have traces. */
static bool
add_mlflow(TraceSource *source, const char *schema, bool readable_only)
{
	static const char *const needed[] = {"experiments", "trace_tags", "trace_request_metadata"};
	int			i;

	for (i = 0; i < (int) lengthof(needed); i++)
	{
		if (!OidIsValid(feedback_relation_find(schema, needed[i])))
		{
			if (!readable_only)
				raise_missing(schema, needed[i], true);
			return false;
		}
		if (!may_read(schema, needed[i], !readable_only))
			return false;
	}
	source->spans = feedback_relation_find(schema, "spans");
	source->associations = feedback_relation_find(schema, "entity_associations");
	return true;
}

/* May the caller read a column of a relation at least?  If not, 42501 with what would be right. */
static bool
may_read(const char *schema, const char *name, bool raise)
{
	Oid			relid = feedback_relation_find(schema, name);
	bool		usage = DatumGetBool(DirectFunctionCall2(has_schema_privilege_id,
														 ObjectIdGetDatum(get_namespace_oid(schema, false)),
														 CStringGetTextDatum("USAGE")));

	if (usage && (pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK ||
				  pg_attribute_aclcheck_all(relid, GetUserId(), ACL_SELECT, ACLMASK_ANY) == ACLCHECK_OK))
		return true;
	if (raise)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for the traces in %s.%s", schema, name),
				 errdetail("Traces are read with the rights of the caller."),
				 errhint("GRANT USAGE ON SCHEMA %s and SELECT ON %s to the role.",
						 quote_identifier(schema), quote_qualified_identifier(schema, name)),
				 err_generic_string(PG_DIAG_SCHEMA_NAME, schema),
				 err_generic_string(PG_DIAG_TABLE_NAME, name)));
	return false;
}

static void
raise_missing(const char *schema, const char *name, bool is_mlflow)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the source of traces %s.%s does not exist", schema, name),
			 is_mlflow ?
			 errhint("Detach the schema with detach_mlflow if MLflow's tables are there no more.") :
			 errhint("Name another with set_trace_source, or none with set_trace_source(NULL)."),
			 err_generic_string(PG_DIAG_SCHEMA_NAME, schema),
			 err_generic_string(PG_DIAG_TABLE_NAME, name)));
}

/* Does the source's relation have a column of this name? */
bool
feedback_trace_source_has(const TraceSource *source, const char *column)
{
	return get_attnum(source->relid, column) > 0;
}

const char *
feedback_trace_column_name(TraceColumn column)
{
	return columns[column].name;
}

const char *
feedback_trace_column_type(TraceColumn column)
{
	return columns[column].type;
}

/*
 * set_trace_source(source text) returns void
 *
 * With the caller's rights on the table of sources.  The source is a name as in
 * SQL, and has to be there and readable, with a column trace_id: 42P01, 42501,
 * 42703; a column of the view's names with another type is 42804.
 */
Datum
feedback_trace_set_source(PG_FUNCTION_ARGS)
{
	RangeVar   *name;
	Oid			relid;
	char	   *schema;

	if (PG_ARGISNULL(0))
	{
		set_source(NULL, NULL);
		PG_RETURN_VOID();
	}
	name = makeRangeVarFromNameList(textToQualifiedNameList(PG_GETARG_TEXT_PP(0)));
	relid = RangeVarGetRelid(name, NoLock, false);
	schema = get_namespace_name(get_rel_namespace(relid));
	(void) may_read(schema, get_rel_name(relid), true);
	check_relation(relid);
	set_source(schema, get_rel_name(relid));
	PG_RETURN_VOID();
}

/* Has a relation what the view traces shows, as far as it has columns of those names? */
static void
check_relation(Oid relid)
{
	const char *name = get_rel_name(relid);
	int			i;

	if (get_rel_persistence(relid) == RELPERSISTENCE_TEMP)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("source is temporary: \"%s\"", name),
				 errdetail("Other sessions read it too."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "source")));
	if (get_attnum(relid, columns[TRACE_ID].name) <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("source \"%s\" has no column trace_id", name),
				 errhint("Make a view that has the traces' columns by the names of feedback.traces; trace_id is needed, the others are null where they are missing."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "source")));
	for (i = 0; i < TRACE_COLUMNS; i++)
	{
		AttrNumber	number = get_attnum(relid, columns[i].name);
		Oid			type = number > 0 ? get_atttype(relid, number) : InvalidOid;

		if (OidIsValid(type) && !can_coerce_type(1, &type, &columns[i].oid, COERCION_ASSIGNMENT))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column %s of source \"%s\" is of type %s", columns[i].name, name, format_type_be(type)),
					 errhint("It has to be %s, or what can be assigned to that.", columns[i].type),
					 err_generic_string(PG_DIAG_COLUMN_NAME, "source")));
	}
}

/* Replace what is there. */
static void
set_source(const char *schema, const char *name)
{
	static Statement remove = {.sql = "DELETE FROM feedback_internal.trace_sources", .scans = true};
	static Statement insert = {
		.sql = "INSERT INTO feedback_internal.trace_sources (schema_name, relation_name) VALUES ($1, $2)",
		.count = 2,
		.types = {NAMEOID, NAMEOID}
	};

	SPI_connect();
	feedback_statement_run(&remove, NULL, NULL, false);
	if (schema != NULL)
	{
		Datum		values[] = {
			DirectFunctionCall1(namein, CStringGetDatum(schema)),
			DirectFunctionCall1(namein, CStringGetDatum(name))
		};

		feedback_statement_run(&insert, values, NULL, false);
	}
	SPI_finish();
}
