/*
 * rejected.c
 *		Rejected documents: feedback.rejected_assessments.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/elog.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "assessment/row.h"
#include "base/identifier.h"
#include "base/statement.h"
#include "ingest/rejected.h"
#include "input/arguments.h"

/* A document that is there already was refused so many times more */
static Statement keep = {
	.sql = "INSERT INTO feedback.rejected_assessments AS r (rejected_id, project, trace_id, "
	"document, origin, mode, sqlstate, message, detail, hint, field, attempts) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
	"ON CONFLICT (rejected_id) DO UPDATE SET origin = excluded.origin, "
	"sqlstate = excluded.sqlstate, message = excluded.message, detail = excluded.detail, "
	"hint = excluded.hint, field = excluded.field, "
	"attempts = r.attempts OPERATOR(pg_catalog.+) excluded.attempts, "
	"last_attempt_time = pg_catalog.clock_timestamp()",
	.count = 12,
	.types = {UUIDOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID,
	TEXTOID, TEXTOID, TEXTOID, INT4OID}
};

/* A document of a batch, which may come again in it */
typedef struct Repeated
{
	pg_uuid_t	id;
	int			last;			/* of the batch's items */
	int			times;
} Repeated;

/* Two retries at once share the work, and neither waits for the other */
static Statement take = {
	.sql = "SELECT rejected_id, project, trace_id, document, origin, mode "
	"FROM feedback.rejected_assessments "
	"WHERE ($1 IS NULL OR project OPERATOR(pg_catalog.=) $1) "
	"AND ($2 IS NULL OR sqlstate OPERATOR(pg_catalog.=) $2) "
	"ORDER BY create_time, rejected_id LIMIT $3 FOR UPDATE SKIP LOCKED",
	.scans = true,
	.count = 3,
	.types = {TEXTOID, TEXTOID, INT4OID}
};

/* The columns of what is taken */
enum
{
	TAKEN_ID,
	TAKEN_PROJECT,
	TAKEN_TRACE_ID,
	TAKEN_DOCUMENT,
	TAKEN_ORIGIN,
	TAKEN_MODE,
	TAKEN_COLUMNS
};

static Statement remove_row = {
	.sql = "DELETE FROM feedback.rejected_assessments "
	"WHERE rejected_id OPERATOR(pg_catalog.=) $1",
	.count = 1,
	.types = {UUIDOID}
};

static HTAB *count_repeated(const Batch *batch, Repeated **of_items);
static void derive_rejected_id(const BatchItem *item, pg_uuid_t *id);
static const char *rejected_mode(const BatchItem *item);
static void keep_item(const BatchItem *item, const Repeated *repeated, text *origin);
static void add_rejected(Batch *batch, HeapTuple row, TupleDesc descriptor);
static void finish_retry(FunctionCallInfo fcinfo, const BatchItem *item, HeapTuple row,
						 TupleDesc descriptor);

PG_FUNCTION_INFO_V1(feedback_retry_rejected);

/*
 * Keep the bad documents of a batch; the caller is connected to SPI.
 *
 * One that comes many times in it is written once: each change of a row would
 * have to look through all that this transaction has made of it before.
 */
void
feedback_rejected_keep(const Batch *batch, const char *origin)
{
	text	   *from = cstring_to_text(origin);
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "feedback rejected documents",
												  ALLOCSET_DEFAULT_SIZES);
	Repeated  **of_items = palloc_extended(batch->count * sizeof(Repeated *), MCXT_ALLOC_HUGE);
	HTAB	   *repeated = count_repeated(batch, of_items);
	MemoryContext outer = MemoryContextSwitchTo(scratch);
	int			i;

	for (i = 0; i < batch->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!batch->items[i].bad || of_items[i]->last != i)
			continue;
		keep_item(&batch->items[i], of_items[i], from);
		MemoryContextReset(scratch);
	}
	MemoryContextSwitchTo(outer);
	MemoryContextDelete(scratch);
	hash_destroy(repeated);
	pfree(of_items);
}

/* Count how often each bad document comes; of_items has that of each of them. */
static HTAB *
count_repeated(const Batch *batch, Repeated **of_items)
{
	HASHCTL		control = {.keysize = sizeof(pg_uuid_t), .entrysize = sizeof(Repeated), .hcxt = CurrentMemoryContext};
	HTAB	   *repeated = hash_create("feedback repeated documents", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	int			i;

	for (i = 0; i < batch->count; i++)
	{
		pg_uuid_t	id;
		Repeated   *one;
		bool		found;

		CHECK_FOR_INTERRUPTS();
		if (!batch->items[i].bad)
			continue;
		derive_rejected_id(&batch->items[i], &id);
		one = hash_search(repeated, &id, HASH_ENTER, &found);
		one->times = found ? one->times + 1 : 1;
		one->last = i;
		of_items[i] = one;
	}
	return repeated;
}

/* What is logged had its id before there was a mode */
static void
derive_rejected_id(const BatchItem *item, pg_uuid_t *id)
{
	const char *mode = rejected_mode(item);
	IdentifierPart parts[] = {
		feedback_identifier_part(item->given_project),
		feedback_identifier_part(item->given_trace_id),
		{item->document, item->length},
		{mode, strlen(mode)}
	};

	feedback_identifier_derive(parts, lengthof(parts) - (item->mode == BATCH_LOG), id);
}

static const char *
rejected_mode(const BatchItem *item)
{
	return item->mode == BATCH_SET ? "set" : "log";
}

/* retry_rejected(project text, sqlstate text, max_documents integer) */
Datum
feedback_retry_rejected(PG_FUNCTION_ARGS)
{
	Datum		arguments[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), PG_GETARG_DATUM(2)};
	char		nulls[3];
	Batch	   *batch = feedback_batch_make();
	SPITupleTable *rows;
	int			i;

	if (!PG_ARGISNULL(2) && PG_GETARG_INT32(2) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("max_documents must not be negative"),
				 errhint("Leave it out to try all.")));
	for (i = 0; i < 3; i++)
		nulls[i] = PG_ARGISNULL(i) ? 'n' : ' ';

	InitMaterializedSRF(fcinfo, 0);

	SPI_connect();
	feedback_statement_run(&take, arguments, nulls, false);
	rows = SPI_tuptable;
	for (i = 0; i < (int) rows->numvals; i++)
		add_rejected(batch, rows->vals[i], rows->tupdesc);
	feedback_batch_log(batch);
	for (i = 0; i < batch->count; i++)
		finish_retry(fcinfo, &batch->items[i], rows->vals[i], rows->tupdesc);
	SPI_finish();

	PG_RETURN_NULL();
}

/* Add a rejected document to a batch, as it came the first time. */
static void
add_rejected(Batch *batch, HeapTuple row, TupleDesc descriptor)
{
	Datum		values[TAKEN_COLUMNS];
	bool		nulls[TAKEN_COLUMNS];
	text	   *document;

	heap_deform_tuple(row, descriptor, values, nulls);
	document = DatumGetTextPP(values[TAKEN_DOCUMENT]);
	batch->mode = feedback_batch_mode_read(TextDatumGetCString(values[TAKEN_MODE]));
	feedback_batch_add(batch, VARDATA_ANY(document), VARSIZE_ANY_EXHDR(document),
					   nulls[TAKEN_PROJECT] ? NULL : DatumGetTextPP(values[TAKEN_PROJECT]),
					   nulls[TAKEN_TRACE_ID] ? NULL : DatumGetTextPP(values[TAKEN_TRACE_ID]));
}

/* Remove a document that succeeded, or note why it was refused again. */
static void
finish_retry(FunctionCallInfo fcinfo, const BatchItem *item, HeapTuple row, TupleDesc descriptor)
{
	Datum		values[TAKEN_COLUMNS];
	bool		nulls[TAKEN_COLUMNS];

	heap_deform_tuple(row, descriptor, values, nulls);
	if (item->bad)
	{
		Repeated	once = {.times = 1};

		derive_rejected_id(item, &once.id);
		keep_item(item, &once, DatumGetTextPP(values[TAKEN_ORIGIN]));
	}
	else
		feedback_statement_run(&remove_row, values, NULL, false);
	feedback_batch_put(fcinfo, values[TAKEN_ID], item);
}

static void
keep_item(const BatchItem *item, const Repeated *repeated, text *origin)
{
	const Problem *problem = &item->problem;
	const char *texts[] = {
		rejected_mode(item), unpack_sql_state(problem->sqlstate), problem->message, problem->detail,
		problem->hint, problem->column
	};
	Datum		values[12];
	char		nulls[lengthof(values)] = {' ', [3] = ' ', [4] = ' ', [11] = ' '};
	int			i;

	values[0] = UUIDPGetDatum(&repeated->id);
	feedback_row_bind_pointer(item->given_project, &values[1], &nulls[1]);
	feedback_row_bind_pointer(item->given_trace_id, &values[2], &nulls[2]);
	values[3] = PointerGetDatum(cstring_to_text_with_len(item->document, item->length));
	values[4] = PointerGetDatum(origin);
	for (i = 0; i < (int) lengthof(texts); i++)
	{
		feedback_row_bind_pointer(texts[i] ? cstring_to_text(texts[i]) : NULL,
								  &values[5 + i], &nulls[5 + i]);
	}
	values[11] = Int32GetDatum(repeated->times);
	feedback_statement_run(&keep, values, nulls, false);
}
