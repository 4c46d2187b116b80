/*
 * mlflow_store.c
 *		The statements for MLflow's tables in a schema.
 *
 * They are made when a schema is first met in a session and kept.  Names are
 * quoted; operators and functions are those of pg_catalog, which all that run
 * these have as their search_path.
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "mlflow/mlflow.h"

/*
 * What is written of an assessment, as parameters of put.  The last four are
 * of later versions of MLflow, and left out where the table lacks them.
 */
static const struct
{
	const char *name;
	Oid			type;
	const char *source;			/* NULL for the parameter */
	bool		optional;
	bool		fixed;			/* not changed in a row that is there */
}			put_columns[] =

{
	{"assessment_id", TEXTOID, NULL, false, true},
	{"trace_id", TEXTOID, NULL, false, true},
	{"name", TEXTOID, NULL, false, false},
	{"assessment_type", TEXTOID, NULL, false, false},
	{"value", TEXTOID, NULL, false, false},
	{"error", TEXTOID, NULL, false, false},
	{"created_timestamp", INT8OID, NULL, false, false},
	{"last_updated_timestamp", INT8OID, NULL, false, false},
	{"source_type", TEXTOID, NULL, false, false},
	{"source_id", TEXTOID, NULL, false, false},
	{"run_id", TEXTOID, NULL, false, false},
	{"span_id", TEXTOID, NULL, false, false},
	{"rationale", TEXTOID, NULL, false, false},
	{"overrides", TEXTOID, NULL, false, false},
	{"valid", BOOLOID, NULL, false, false},
	{"assessment_metadata", TEXTOID, NULL, false, false},
	{"aggregate_value", FLOAT8OID, NULL, true, false},
	{"is_numeric_value", BOOLOID, NULL, true, false},
	{"experiment_id", InvalidOid, "t.experiment_id", true, false},
	{"trace_timestamp_ms", InvalidOid, "t.timestamp_ms", true, false},
};

static HTAB *stores = NULL;

static void make_statements(MlflowStore *store);
static void make(Statement *statement, const char *sql, int count, const Oid *types);
static Relation open_assessments(MlflowStore *store);
static char *put_sql(MlflowStore *store, Oid table, Statement *statement);

/* The store of a schema, whether or not it is attached */
MlflowStore *
feedback_mlflow_store(const char *schema_name)
{
	NameData	key;
	MlflowStore *store;
	bool		found;

	if (stores == NULL)
	{
		HASHCTL		control = {.keysize = sizeof(NameData), .entrysize = sizeof(MlflowStore), .hcxt = TopMemoryContext};

		stores = hash_create("feedback MLflow stores", 4, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	memset(&key, 0, sizeof(key));
	namestrcpy(&key, schema_name);
	store = hash_search(stores, &key, HASH_FIND, NULL);
	if (store == NULL)
	{
		MlflowStore made;

		memset(&made, 0, sizeof(made));
		made.schema_name = key;
		make_statements(&made);
		store = hash_search(stores, &key, HASH_ENTER, &found);
		*store = made;
	}
	return store;
}

/* The schemas that are written to, as char *; the caller is connected to SPI. */
List *
feedback_mlflow_store_pushed(void)
{
	static Statement select = {
		.sql = "SELECT schema_name::pg_catalog.text FROM feedback_internal.mlflow_stores WHERE push",
		.scans = true
	};
	uint64		count = feedback_statement_run(&select, NULL, NULL, false);
	List	   *names = NIL;
	uint64		i;

	for (i = 0; i < count; i++)
		names = lappend(names, SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1));
	return names;
}

/*
 * Is it attached?  Whoever may execute a trigger function can put it on tables
 * of his own, which must do nothing.  Looked up once a transaction.
 */
bool
feedback_mlflow_store_is_attached(MlflowStore *store)
{
	static Statement select = {
		.sql = "SELECT FROM feedback_internal.mlflow_stores WHERE schema_name = $1::name",
		.count = 1,
		.types = {TEXTOID}
	};
	Datum		values[] = {CStringGetTextDatum(NameStr(store->schema_name))};
	FullTransactionId current = GetTopFullTransactionId();

	if (FullTransactionIdEquals(store->seen_by, current))
		return true;
	if (feedback_statement_run(&select, values, NULL, false) == 0)
		return false;
	store->seen_by = current;
	return true;
}

/*
 * The statement that writes a row of MLflow's, for the columns that its table
 * has now; NULL if there is no such table.
 */
Statement *
feedback_mlflow_store_put(MlflowStore *store)
{
	Relation	relation = open_assessments(store);
	TupleDesc	descriptor;

	if (relation == NULL)
		return NULL;
	descriptor = RelationGetDescr(relation);
	if (store->put.sql == NULL || store->put_columns != descriptor->natts)
	{
		Statement	made = {0};
		char	   *sql = put_sql(store, RelationGetRelid(relation), &made);

		if (store->put.plan != NULL)
			SPI_freeplan(store->put.plan);
		made.sql = MemoryContextStrdup(TopMemoryContext, sql);
		store->put = made;
		store->put_columns = descriptor->natts;
	}
	relation_close(relation, AccessShareLock);
	return &store->put;
}

static void
make_statements(MlflowStore *store)
{
	const char *schema = quote_identifier(NameStr(store->schema_name));
	const char *literal = quote_literal_cstr(NameStr(store->schema_name));
	const Oid	text_types[] = {TEXTOID, TEXTOID};
	const Oid	valid_types[] = {TEXTOID, TEXTOID, UUIDOID};
	const Oid	next_types[] = {TEXTOID, INT4OID};

	make(&store->project,
		 psprintf("SELECT (SELECT CASE s.project_by WHEN 'id' THEN e.experiment_id::text ELSE e.name::text END "
				  "FROM %s.experiments e WHERE e.experiment_id = (SELECT t.experiment_id FROM %s.trace_info t WHERE t.request_id = $1)) "
				  "FROM feedback_internal.mlflow_stores s WHERE s.schema_name = %s", schema, schema, literal), 1, text_types);
	make(&store->row, psprintf("SELECT * FROM %s.assessments WHERE assessment_id = $1 FOR NO KEY UPDATE", schema), 1, text_types);
	make(&store->valid,
		 psprintf("UPDATE feedback.assessments f SET valid = a.valid FROM %s.assessments a "
				  "WHERE a.assessment_id = $1 AND a.trace_id = f.trace_id AND f.trace_id = $2 "
				  "AND f.assessment_id = $3 AND f.valid <> a.valid", schema), 3, valid_types);
	make(&store->next_rows,
		 psprintf("SELECT a.*, (SELECT (SELECT CASE s.project_by WHEN 'id' THEN e.experiment_id::text ELSE e.name::text END "
				  "FROM %s.experiments e WHERE e.experiment_id = (SELECT t.experiment_id FROM %s.trace_info t WHERE t.request_id = a.trace_id)) "
				  "FROM feedback_internal.mlflow_stores s WHERE s.schema_name = %s) AS " MLFLOW_PROJECT_COLUMN
				  " FROM %s.assessments a WHERE a.assessment_id > $1 ORDER BY a.assessment_id LIMIT $2 FOR SHARE",
				  schema, schema, literal, schema), 2, next_types);
	make(&store->lock, psprintf("SELECT FROM %s.assessments WHERE assessment_id = $1 FOR NO KEY UPDATE", schema), 1, text_types);
	make(&store->has_trace, psprintf("SELECT FROM %s.trace_info WHERE request_id = $1", schema), 1, text_types);
	make(&store->remove,
		 psprintf("DELETE FROM %s.assessments WHERE assessment_id = $1 AND trace_id = $2", schema), 2, text_types);
	make(&store->truncate,
		 psprintf("DELETE FROM feedback.assessments f USING %s.assessments a "
				  "LEFT JOIN feedback_internal.mlflow_ids i ON i.trace_id = a.trace_id AND i.mlflow_id = a.assessment_id "
				  "WHERE f.trace_id = a.trace_id AND f.assessment_id = coalesce(i.assessment_id, "
				  "CASE WHEN a.assessment_id ~ '^a-[0-9a-f]{32}$' THEN substr(a.assessment_id, 3)::uuid END)", schema),
		 0, NULL);
	store->truncate.scans = true;
	make(&store->unwritten,
		 psprintf("SELECT f.trace_id, f.assessment_id FROM feedback.assessments f JOIN %s.trace_info t ON t.request_id = f.trace_id "
				  "LEFT JOIN feedback_internal.mlflow_ids i ON i.trace_id = f.trace_id AND i.assessment_id = f.assessment_id "
				  "WHERE EXISTS (SELECT FROM feedback_internal.mlflow_stores s WHERE s.schema_name = %s AND s.push) "
				  "AND NOT EXISTS (SELECT FROM %s.assessments a WHERE a.assessment_id = "
				  "coalesce(i.mlflow_id, 'a-' || replace(f.assessment_id::text, '-', '')))", schema, literal, schema), 0, NULL);
	store->unwritten.scans = true;
}

static void
make(Statement *statement, const char *sql, int count, const Oid *types)
{
	statement->sql = MemoryContextStrdup(TopMemoryContext, sql);
	statement->count = count;
	if (count > 0)
		memcpy(statement->types, types, count * sizeof(Oid));
}

static Relation
open_assessments(MlflowStore *store)
{
	RangeVar   *name = makeRangeVar(pstrdup(NameStr(store->schema_name)), pstrdup("assessments"), -1);

	return relation_openrv_extended(name, AccessShareLock, true);
}

/* The row of an assessment whose trace is there; one of another trace with its id is left alone. */
static char *
put_sql(MlflowStore *store, Oid table, Statement *statement)
{
	const char *schema = quote_identifier(NameStr(store->schema_name));
	StringInfoData names;
	StringInfoData sources;
	StringInfoData changes;
	int			i;

	initStringInfo(&names);
	initStringInfo(&sources);
	initStringInfo(&changes);
	for (i = 0; i < (int) lengthof(put_columns); i++)
	{
		const char *name = put_columns[i].name;
		bool		left_out = put_columns[i].optional && get_attnum(table, name) <= 0;

		if (put_columns[i].source == NULL)
			statement->types[statement->count++] = put_columns[i].type;
		if (left_out)
			continue;
		appendStringInfo(&names, "%s%s", i == 0 ? "" : ", ", name);
		if (put_columns[i].source == NULL)
			appendStringInfo(&sources, "%s$%d", i == 0 ? "" : ", ", statement->count);
		else
			appendStringInfo(&sources, ", %s", put_columns[i].source);
		if (!put_columns[i].fixed)
			appendStringInfo(&changes, "%s%s = excluded.%s", changes.len == 0 ? "" : ", ", name, name);
	}
	return psprintf("INSERT INTO %s.assessments AS a (%s) SELECT %s FROM %s.trace_info t WHERE t.request_id = $2 "
					"ON CONFLICT (assessment_id) DO UPDATE SET %s WHERE a.trace_id = excluded.trace_id",
					schema, names.data, sources.data, schema, changes.data);
}
