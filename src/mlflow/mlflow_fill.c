/*
 * mlflow_fill.c
 *		Taking over what MLflow has already, and comparing both tables.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/identifier.h"
#include "ingest/store_batch.h"
#include "mlflow/mlflow.h"

/* So many rows share a subtransaction, until one of them fails */
#define ROWS_AT_ONCE	1000

/* So many rows are read at once to compare all */
#define ROWS_TO_COMPARE	10000

static Statement select_store = {
	.sql = "SELECT coalesce(filled_upto, ''), fill_time IS NOT NULL FROM feedback_internal.mlflow_stores "
	"WHERE schema_name = $1::name FOR UPDATE",
	.count = 1,
	.types = {TEXTOID}
};

static Statement note_progress = {
	.sql = "UPDATE feedback_internal.mlflow_stores SET filled_upto = $2, filled = filled + $3, "
	"fill_time = CASE WHEN $3 = 0 THEN clock_timestamp() END WHERE schema_name = $1::name",
	.count = 3,
	.types = {TEXTOID, TEXTOID, INT4OID}
};

/* Which of these are there, by their places in the arrays */
static Statement select_known = {
	.sql = "SELECT d.n FROM unnest($1, $2) WITH ORDINALITY AS d (trace_id, assessment_id, n) "
	"WHERE EXISTS (SELECT FROM feedback.assessments a WHERE a.trace_id = d.trace_id AND a.assessment_id = d.assessment_id OFFSET 0)",
	.count = 2,
	.types = {TEXTARRAYOID, UUIDARRAYOID}
};

/* What could not be written */
static Statement select_unwritten = {
	.sql = "SELECT trace_id, assessment_id FROM feedback.mlflow_notes WHERE schema_name = $1::name AND direction = 'to MLflow'",
	.scans = true,
	.count = 1,
	.types = {TEXTOID}
};

/* Rows of MLflow's, to be taken over */
typedef struct Filling
{
	MlflowStore *store;
	SPITupleTable *rows;
	uint64		from;
	uint64		upto;
	int64		taken;
} Filling;

/* A call of fill_mlflow, and how many rows it has taken over */
typedef struct FillCall
{
	const char *schema;
	int32		batch_size;
	int32		count;
} FillCall;

static void fill_store(void *arg);
static void compare(void *arg);
static uint64 fill_next(MlflowStore *store, const char *after, int32 batch_size, char **last, int64 *taken);
static void fill_rows(MlflowStore *store, SPITupleTable *rows, uint64 from, uint64 upto, int64 *taken);
static void fill_work(void *arg);
static void mark_known(BatchItem *items, int count);
static bool is_simple(const BatchItem *item, const MlflowRow *row);
static int	fill_row(MlflowStore *store, const MlflowRow *row);
static void refuse(MlflowStore *store, const MlflowRow *row, const Problem *problem);
static int64 write_missing(MlflowStore *store);
static void put_result(ReturnSetInfo *result, const char *direction, int64 n);

PG_FUNCTION_INFO_V1(feedback_mlflow_fill);
PG_FUNCTION_INFO_V1(feedback_mlflow_sync);

/*
 * fill_mlflow(schema_name name, batch_size integer) returns integer
 *
 * Takes over the next rows in the order of their ids; 0 once there are none, or
 * all had been taken over before.
 */
Datum
feedback_mlflow_fill(PG_FUNCTION_ARGS)
{
	FillCall	call = {.schema = NameStr(*PG_GETARG_NAME(0)), .batch_size = PG_GETARG_INT32(1)};

	feedback_mlflow_work_on_way(MLFLOW_GOING_FROM, fill_store, &call);
	PG_RETURN_INT32(call.count);
}

static void
fill_store(void *arg)
{
	FillCall   *call = arg;
	MlflowStore *store = feedback_mlflow_store(call->schema);
	Datum		values[3] = {CStringGetTextDatum(call->schema)};
	bool		isnull;
	char	   *last;
	int64		taken = 0;

	if (feedback_statement_run(&select_store, values, NULL, false) == 0 ||
		DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull)))
		return;
	last = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	call->count = (int32) fill_next(store, last, call->batch_size, &last, &taken);
	values[1] = CStringGetTextDatum(last);
	values[2] = Int32GetDatum(call->count);
	feedback_statement_run(&note_progress, values, NULL, false);
}

/*
 * sync_mlflow(schema_name name) returns TABLE (direction text, n bigint)
 *
 * What could not be written to MLflow is tried again; then what MLflow has stands.
 * With push, what it lacks on its traces is written there.
 */
Datum
feedback_mlflow_sync(PG_FUNCTION_ARGS)
{
	const char *schema;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("schema_name is missing"),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "schema_name")));
	schema = NameStr(*PG_GETARG_NAME(0));
	feedback_mlflow_check_table(schema, "assessments", "assessment_metadata", GetOuterUserId());
	InitMaterializedSRF(fcinfo, 0);
	feedback_mlflow_work_on_way(MLFLOW_GOING_FROM, compare, fcinfo);
	return (Datum) 0;
}

static void
compare(void *arg)
{
	FunctionCallInfo fcinfo = arg;
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MlflowStore *store = feedback_mlflow_store(NameStr(*PG_GETARG_NAME(0)));
	Datum		values[] = {CStringGetTextDatum(NameStr(store->schema_name))};
	char	   *last = "";
	int64		taken = 0;
	int64		written;

	if (feedback_statement_run(&select_store, values, NULL, false) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("schema \"%s\" is not attached", NameStr(store->schema_name)),
				 errhint("CALL feedback.attach_mlflow(...) attaches it."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "schema_name")));
	written = write_missing(store);
	while (fill_next(store, last, ROWS_TO_COMPARE, &last, &taken) > 0)
		CHECK_FOR_INTERRUPTS();
	put_result(result, "from MLflow", taken);
	put_result(result, "to MLflow", written);
}

/* Take over up to so many rows behind an id; how many, the last one's id, and how many were new or changed. */
static uint64
fill_next(MlflowStore *store, const char *after, int32 batch_size, char **last, int64 *taken)
{
	MemoryContext outside = CurrentMemoryContext;
	Datum		values[2];
	uint64		count;

	SPI_connect();
	values[0] = CStringGetTextDatum(after);
	values[1] = Int32GetDatum(batch_size);
	count = feedback_statement_run(&store->next_rows, values, NULL, false);
	if (count > 0)
	{
		SPITupleTable *rows = SPI_tuptable;
		uint64		from;

		*last = MemoryContextStrdup(outside, SPI_getvalue(rows->vals[count - 1], rows->tupdesc,
														  SPI_fnumber(rows->tupdesc, "assessment_id")));
		for (from = 0; from < count; from += ROWS_AT_ONCE)
		{
			CHECK_FOR_INTERRUPTS();
			fill_rows(store, rows, from, Min(from + ROWS_AT_ONCE, count), taken);
		}
	}
	SPI_finish();
	return count;
}

/* Take over some rows in a subtransaction; where one fails, each in its own. */
static void
fill_rows(MlflowStore *store, SPITupleTable *rows, uint64 from, uint64 upto, int64 *taken)
{
	Filling		filling = {.store = store, .rows = rows, .from = from, .upto = upto};
	MlflowRow	row;
	Problem		problem;

	if (feedback_mlflow_try(fill_work, &filling, &problem))
	{
		*taken += filling.taken;
		return;
	}
	if (upto - from > 1)
	{
		uint64		i;

		for (i = from; i < upto; i++)
			fill_rows(store, rows, i, i + 1, taken);
		return;
	}
	feedback_mlflow_row_read(rows->vals[from], rows->tupdesc, &row);
	feedback_mlflow_note(store, FROM_MLFLOW, row.columns[MLFLOW_ASSESSMENT_ID], row.columns[MLFLOW_TRACE_ID], true, &problem);
}

static void
fill_work(void *arg)
{
	Filling    *filling = arg;
	int			size = (int) (filling->upto - filling->from);
	MlflowRow  *rows;
	BatchItem  *items;
	int			count = 0;
	int			plain = 0;
	uint64		i;

	SPI_connect();
	rows = palloc(size * sizeof(MlflowRow));
	items = palloc0(size * sizeof(BatchItem));
	for (i = filling->from; i < filling->upto; i++)
	{
		MlflowRow  *row = &rows[count];
		Problem		problem;

		feedback_mlflow_row_read(filling->rows->vals[i], filling->rows->tupdesc, row);
		row->project = SPI_getvalue(filling->rows->vals[i], filling->rows->tupdesc,
									SPI_fnumber(filling->rows->tupdesc, MLFLOW_PROJECT_COLUMN));
		if (!feedback_mlflow_row_is_ours(row))
			continue;
		if (feedback_mlflow_row_to_assessment(row, &items[count].assessment, &problem))
			count++;
		else
			refuse(filling->store, row, &problem);
	}
	mark_known(items, count);
	for (i = 0; i < (uint64) count; i++)
	{
		Problem		problem;

		if (!is_simple(&items[i], &rows[i]))
			filling->taken += fill_row(filling->store, &rows[i]);
		else if (feedback_mlflow_apply_check(filling->store, &rows[i], &items[i].assessment, &problem))
			items[plain++] = items[i];
		else
			refuse(filling->store, &rows[i], &problem);
	}
	feedback_store_log_items(items, plain);
	filling->taken += plain;
	SPI_finish();
}

/* Mark those that are there, which makes them bad for a batch of new ones. */
static void
mark_known(BatchItem *items, int count)
{
	Datum	   *traces = palloc(count * sizeof(Datum));
	Datum	   *ids = palloc(count * sizeof(Datum));
	Datum		values[2];
	uint64		known;
	uint64		i;

	for (i = 0; i < (uint64) count; i++)
	{
		traces[i] = PointerGetDatum(items[i].assessment.trace_id);
		ids[i] = UUIDPGetDatum(&items[i].assessment.assessment_id);
	}
	values[0] = PointerGetDatum(construct_array(traces, count, TEXTOID, -1, false, TYPALIGN_INT));
	values[1] = PointerGetDatum(construct_array(ids, count, UUIDOID, UUID_LEN, false, TYPALIGN_CHAR));
	known = feedback_statement_run(&select_known, values, NULL, false);
	for (i = 0; i < known; i++)
	{
		bool		isnull;
		int64		place = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull));

		items[place - 1].bad = true;
	}
}

/* Can it be stored among many: is it new, valid, and linked to nothing? */
static bool
is_simple(const BatchItem *item, const MlflowRow *row)
{
	pg_uuid_t	id;

	return !item->bad && item->assessment.valid && !item->assessment.has_overrides &&
		feedback_mlflow_row_id(row->columns[MLFLOW_ASSESSMENT_ID], &id);
}

/* Take over a row by itself; 1 if that has changed anything. */
static int
fill_row(MlflowStore *store, const MlflowRow *row)
{
	bool		changed = false;
	Problem		problem;

	if (!feedback_mlflow_apply(store, NULL, row, &changed, &problem))
		refuse(store, row, &problem);
	return changed ? 1 : 0;
}

static void
refuse(MlflowStore *store, const MlflowRow *row, const Problem *problem)
{
	feedback_mlflow_note(store, FROM_MLFLOW, row->columns[MLFLOW_ASSESSMENT_ID], row->columns[MLFLOW_TRACE_ID], true, problem);
}

/* Write what MLflow's table lacks or could not take before; how many rows. */
static int64
write_missing(MlflowStore *store)
{
	Datum		values[] = {CStringGetTextDatum(NameStr(store->schema_name))};
	uint64		count = feedback_statement_run(&select_unwritten, values, NULL, false);
	SPITupleTable *rows = SPI_tuptable;
	int64		written = 0;
	uint64		i;

	for (i = 0; i < count; i++)
	{
		pg_uuid_t	id;

		(void) feedback_mlflow_row_id(SPI_getvalue(rows->vals[i], rows->tupdesc, 2), &id);
		if (feedback_mlflow_push_or_note(store, cstring_to_text(SPI_getvalue(rows->vals[i], rows->tupdesc, 1)), &id))
			written++;
	}
	count = feedback_statement_run(&store->unwritten, NULL, NULL, false);
	rows = SPI_tuptable;
	for (i = 0; i < count; i++)
	{
		bool		isnull;
		text	   *trace_id = DatumGetTextPP(SPI_getbinval(rows->vals[i], rows->tupdesc, 1, &isnull));

		CHECK_FOR_INTERRUPTS();
		if (feedback_mlflow_push_or_note(store, trace_id, DatumGetUUIDP(SPI_getbinval(rows->vals[i], rows->tupdesc, 2, &isnull))))
			written++;
	}
	return written;
}

static void
put_result(ReturnSetInfo *result, const char *direction, int64 n)
{
	Datum		values[] = {CStringGetTextDatum(direction), Int64GetDatum(n)};
	bool		nulls[] = {false, false};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}
