/*
 * mlflow_attach.c
 *		Attaching MLflow's tables, and letting them go.
 *
 * The triggers come first, and commit, so that MLflow goes on writing while what
 * was there before is taken over in batches.  Each batch locks its rows until it
 * commits: what MLflow changes meanwhile waits, and is mirrored after it.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/quote.h"
#include "base/relation.h"
#include "mlflow/mlflow.h"

#define MAX_BATCH_SIZE	1000000

static const char *schema_argument(FunctionCallInfo fcinfo);
static void check_project_by(const char *project_by);
static void check_may_attach(Oid role);
static void create_triggers(const char *schema, bool push);
static void drop_trigger(const char *schema, const char *table, const char *trigger);
static void run_sql(const char *sql);
static void register_store(const char *schema, bool push, const char *project_by);
static bool fill_batch(const char *schema, int32 batch_size, int64 *filled);

PG_FUNCTION_INFO_V1(feedback_mlflow_attach);
PG_FUNCTION_INFO_V1(feedback_mlflow_detach);
PG_FUNCTION_INFO_V1(feedback_mlflow_register);
PG_FUNCTION_INFO_V1(feedback_mlflow_unregister);
PG_FUNCTION_INFO_V1(feedback_mlflow_version);

/*
 * attach_mlflow(schema_name name, push boolean, project_by text, batch_size integer)
 *
 * A procedure that commits, so 2D000 within a transaction block.  Attached
 * already, it takes on the arguments, and goes on taking over where it stopped.
 * No such schema is 3F000, without MLflow's tables 42P01, without a column 42703,
 * owned by somebody else 42501.
 */
Datum
feedback_mlflow_attach(PG_FUNCTION_ARGS)
{
	CallContext *context = (CallContext *) fcinfo->context;
	const char *schema = schema_argument(fcinfo);
	bool		push = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
	const char *project_by = PG_ARGISNULL(2) ? "name" : text_to_cstring(PG_GETARG_TEXT_PP(2));
	int32		batch_size = PG_ARGISNULL(3) ? 10000 : PG_GETARG_INT32(3);
	int64		filled = 0;

	if (context == NULL || !IsA(context, CallContext) || context->atomic)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION),
				 errmsg("attach_mlflow cannot run in a transaction block"),
				 errdetail("It takes over MLflow's assessments in batches that commit."),
				 errhint("Call it by itself: CALL feedback.attach_mlflow(...).")));
	check_project_by(project_by);
	if (batch_size < 1 || batch_size > MAX_BATCH_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid batch_size: %d", batch_size),
				 errdetail("It lies between 1 and %d.", MAX_BATCH_SIZE),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "batch_size")));

	SPI_connect_ext(SPI_OPT_NONATOMIC);
	feedback_mlflow_check_table(schema, "assessments", "assessment_metadata", GetUserId());
	feedback_mlflow_check_table(schema, "trace_info", "request_id", GetUserId());
	feedback_mlflow_check_table(schema, "experiments", "experiment_id", GetUserId());
	register_store(schema, push, project_by);
	create_triggers(schema, push);
	SPI_commit();
	while (fill_batch(schema, batch_size, &filled))
	{
		SPI_commit();
		ereport(NOTICE, (errmsg("attach_mlflow has taken over " INT64_FORMAT " assessments", filled)));
		CHECK_FOR_INTERRUPTS();
	}
	SPI_finish();
	PG_RETURN_NULL();
}

/* detach_mlflow(schema_name name) returns void: what is not attached is no error */
Datum
feedback_mlflow_detach(PG_FUNCTION_ARGS)
{
	const char *schema = schema_argument(fcinfo);
	Oid			types[] = {NAMEOID};
	Datum		values[] = {CStringGetDatum(schema)};

	SPI_connect();
	drop_trigger(schema, "assessments", MLFLOW_MIRROR_TRIGGER);
	drop_trigger(schema, "assessments", MLFLOW_TRUNCATE_TRIGGER);
	drop_trigger(schema, "trace_info", MLFLOW_TRACE_TRIGGER);
	if (SPI_execute_with_args("SELECT feedback_internal.unregister_mlflow($1)", 1, types, values,
							  NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not forget a store");
	SPI_finish();
	PG_RETURN_VOID();
}

/* register_mlflow(schema_name name, push boolean, project_by text) returns void: for who owns MLflow's table */
Datum
feedback_mlflow_register(PG_FUNCTION_ARGS)
{
	static Statement insert = {
		.sql = "INSERT INTO feedback_internal.mlflow_stores AS s (schema_name, push, project_by) VALUES ($1::name, $2, $3) "
		"ON CONFLICT (schema_name) DO UPDATE SET push = excluded.push, project_by = excluded.project_by",
		.count = 3,
		.types = {TEXTOID, BOOLOID, TEXTOID}
	};
	const char *schema = NameStr(*PG_GETARG_NAME(0));
	Datum		values[] = {CStringGetTextDatum(schema), PG_GETARG_DATUM(1), PG_GETARG_DATUM(2)};

	check_project_by(text_to_cstring(PG_GETARG_TEXT_PP(2)));
	feedback_mlflow_check_table(schema, "assessments", "assessment_metadata", GetOuterUserId());
	SPI_connect();
	check_may_attach(GetOuterUserId());
	feedback_statement_run(&insert, values, NULL, false);
	if (PG_GETARG_BOOL(1))
	{
		drop_trigger("feedback", "assessments", MLFLOW_PUSH_TRIGGER);
		run_sql("CREATE CONSTRAINT TRIGGER " MLFLOW_PUSH_TRIGGER " AFTER INSERT OR UPDATE OR DELETE ON feedback.assessments "
				"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NOT feedback_internal.mirrors_mlflow()) "
				"EXECUTE FUNCTION feedback_internal.push_mlflow()");
	}
	SPI_finish();
	PG_RETURN_VOID();
}

/* unregister_mlflow(schema_name name) returns void */
Datum
feedback_mlflow_unregister(PG_FUNCTION_ARGS)
{
	static Statement remove = {
		.sql = "DELETE FROM feedback_internal.mlflow_stores WHERE schema_name = $1::name",
		.count = 1,
		.types = {TEXTOID}
	};
	static Statement remove_notes = {
		.sql = "DELETE FROM feedback.mlflow_notes WHERE schema_name = $1::name",
		.scans = true,
		.count = 1,
		.types = {TEXTOID}
	};
	const char *schema = NameStr(*PG_GETARG_NAME(0));
	Datum		values[] = {CStringGetTextDatum(schema)};

	if (OidIsValid(feedback_relation_find(schema, "assessments")))
		feedback_mlflow_check_table(schema, "assessments", "assessment_id", GetOuterUserId());
	SPI_connect();
	feedback_statement_run(&remove, values, NULL, false);
	feedback_statement_run(&remove_notes, values, NULL, false);
	if (feedback_mlflow_store_pushed() == NIL)
		drop_trigger("feedback", "assessments", MLFLOW_PUSH_TRIGGER);
	SPI_finish();
	PG_RETURN_VOID();
}

/* mlflow_version(schema_name name) returns text: of a schema that is attached */
Datum
feedback_mlflow_version(PG_FUNCTION_ARGS)
{
	const char *schema = NameStr(*PG_GETARG_NAME(0));
	bool		isnull = true;
	Datum		version = (Datum) 0;

	if (!OidIsValid(feedback_relation_find(schema, "alembic_version")))
		PG_RETURN_NULL();
	SPI_connect();
	if (SPI_execute(psprintf("SELECT v.version_num::pg_catalog.text FROM %s.alembic_version v, feedback_internal.mlflow_stores s "
							 "WHERE s.schema_name OPERATOR(pg_catalog.=) %s", quote_identifier(schema), quote_literal_cstr(schema)),
					true, 1) == SPI_OK_SELECT && SPI_processed > 0)
		version = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (!isnull)
		version = SPI_datumTransfer(version, false, -1);
	SPI_finish();
	if (isnull)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(version);
}

static const char *
schema_argument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("schema_name is missing"),
				 errhint("Name the schema that MLflow's tables are in."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "schema_name")));
	return pstrdup(NameStr(*PG_GETARG_NAME(0)));
}

static void
check_project_by(const char *project_by)
{
	if (strcmp(project_by, "name") != 0 && strcmp(project_by, "id") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid project_by: %s", feedback_quote(project_by, strlen(project_by))),
				 errdetail("The project is the name of MLflow's experiment, or its id: name or id."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "project_by")));
}

/* Is this a table of MLflow's that the role owns? */
void
feedback_mlflow_check_table(const char *schema, const char *table, const char *column, Oid role)
{
	Oid			table_id = feedback_relation_find(schema, table);

	if (!OidIsValid(get_namespace_oid(schema, true)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_SCHEMA_NAME),
				 errmsg("schema \"%s\" does not exist", schema),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "schema_name")));
	if (!OidIsValid(table_id))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("schema \"%s\" has no table \"%s\"", schema, table),
				 errhint("Name the schema of MLflow's backend store, version 3.0 or later; its server makes the tables when it first starts."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "schema_name")));
	if (get_attnum(table_id, column) == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("table \"%s.%s\" has no column %s", schema, table, column),
				 errhint("It is not MLflow's, or of a version that is not known."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "schema_name")));
	if (!object_ownercheck(RelationRelationId, table_id, role))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of table %s.%s", quote_identifier(schema), quote_identifier(table)),
				 errhint("The role that owns MLflow's tables attaches them, or one that is a member of it, or a superuser.")));
}

/* Functions are often granted all at once, the procedure is not. */
static void
check_may_attach(Oid role)
{
	static Statement select = {
		.sql = "SELECT FROM pg_proc p WHERE p.oid = 'feedback.attach_mlflow'::regproc AND has_function_privilege($1, p.oid, 'EXECUTE')",
		.count = 1,
		.types = {OIDOID}
	};
	Datum		values[] = {ObjectIdGetDatum(role)};

	if (feedback_statement_run(&select, values, NULL, true) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for procedure attach_mlflow")));
}

/* Ordinary triggers without names of columns: nothing that a migration would trip over */
static void
create_triggers(const char *schema, bool push)
{
	const char *quoted = quote_identifier(schema);

	run_sql(psprintf("CREATE OR REPLACE TRIGGER " MLFLOW_MIRROR_TRIGGER " AFTER INSERT OR UPDATE OR DELETE ON %s.assessments "
					 "FOR EACH ROW EXECUTE FUNCTION feedback_internal.mirror_mlflow()", quoted));
	run_sql(psprintf("CREATE OR REPLACE TRIGGER " MLFLOW_TRUNCATE_TRIGGER " BEFORE TRUNCATE ON %s.assessments "
					 "FOR EACH STATEMENT EXECUTE FUNCTION feedback_internal.mirror_mlflow()", quoted));
	if (push)
		run_sql(psprintf("CREATE OR REPLACE TRIGGER " MLFLOW_TRACE_TRIGGER " AFTER INSERT ON %s.trace_info "
						 "FOR EACH ROW EXECUTE FUNCTION feedback_internal.mlflow_trace_arrived()", quoted));
	else
		drop_trigger(schema, "trace_info", MLFLOW_TRACE_TRIGGER);
}

/* Without the notice that there is none, or no such table */
static void
drop_trigger(const char *schema, const char *table, const char *trigger)
{
	Oid			table_id = feedback_relation_find(schema, table);

	if (OidIsValid(table_id) && OidIsValid(get_trigger_oid(table_id, trigger, true)))
		run_sql(psprintf("DROP TRIGGER %s ON %s.%s", trigger, quote_identifier(schema), table));
}

static void
run_sql(const char *sql)
{
	int			result = SPI_execute(sql, false, 0);

	if (result < 0)
		elog(ERROR, "could not run a statement: %s", SPI_result_code_string(result));
}

static void
register_store(const char *schema, bool push, const char *project_by)
{
	Oid			types[] = {NAMEOID, BOOLOID, TEXTOID};
	Datum		values[] = {CStringGetDatum(schema), BoolGetDatum(push), CStringGetTextDatum(project_by)};

	if (SPI_execute_with_args("SELECT feedback_internal.register_mlflow($1, $2, $3)", lengthof(types), types, values,
							  NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not note a store");
}

/* Take over the next batch; false if that was all.  filled counts them. */
static bool
fill_batch(const char *schema, int32 batch_size, int64 *filled)
{
	Oid			types[] = {NAMEOID, INT4OID};
	Datum		values[] = {CStringGetDatum(schema), Int32GetDatum(batch_size)};
	bool		isnull;
	int32		count;

	if (SPI_execute_with_args("SELECT feedback_internal.fill_mlflow($1, $2)", lengthof(types), types, values,
							  NULL, false, 0) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "could not take over a batch");
	count = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	*filled += count;
	return count > 0;
}
