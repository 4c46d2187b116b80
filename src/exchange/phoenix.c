/*
 * phoenix.c
 *		import_phoenix: the annotations of Arize Phoenix, from its tables.
 *
 * They are read through a cursor and become documents, a thousand at a time,
 * which go the way of a batch.  Those that Phoenix has changed since take the
 * place of what they were.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "assessment/row.h"
#include "assessment/validate.h"
#include "base/statement.h"
#include "exchange/phoenix.h"
#include "ingest/batch.h"
#include "ingest/rejected.h"
#include "input/arguments.h"
#include "input/document_read.h"
#include "label/label_schema.h"

#define ORIGIN		"import_phoenix"

/* Rows a fetch */
#define FETCH_SIZE	1000

/* The advisory lock of imports, so that each sees what those before it have brought */
#define LOCK_KEY	INT64CONST(0x70686f656e6978)

/* What an import did */
typedef struct Outcome
{
	int64		added;
	int64		rejected;
} Outcome;

/* Whose word it is may change too: who uses an identifier again replaces what it said */
static Statement update_row = {
	.sql = "UPDATE feedback.assessments SET boolean_value = $3, numeric_value = $4, text_value = $5, json_value = $6, "
	"source_type = $7::feedback.source_type, source_id = $8, rationale = $9, metadata = $10, error_code = NULL, "
	"error_message = NULL, stack_trace = NULL, last_update_time = $11 "
	"WHERE trace_id OPERATOR(pg_catalog.=) $1 AND assessment_id OPERATOR(pg_catalog.=) $2",
	.count = 11,
	.types = {TEXTOID, UUIDOID, BOOLOID, NUMERICOID, TEXTOID, JSONBOID, TEXTOID, TEXTOID, TEXTOID, JSONBOID, TIMESTAMPTZOID}
};

static text *project_argument(FunctionCallInfo fcinfo, int n);
static Portal open_annotations(const char *schema, text *project, text *prefix);
static void import_rows(SPITupleTable *rows, uint64 count, Outcome *outcome);
static text *column_text(SPITupleTable *rows, uint64 row, int column);
static void log_new(Batch *batch, Outcome *outcome);
static void change_known(Batch *batch, Outcome *outcome);
static bool change_item(BatchItem *item);
static void update_assessment_row(const Assessment *assessment);
static void warn_rejected(int64 rejected);

PG_FUNCTION_INFO_V1(feedback_import_phoenix);

/*
 * import_phoenix(schema_name name, project text, trace_id_prefix text) returns bigint
 *
 * Returns how many rows it added.  Imports wait for each other, so that none
 * counts what another one adds.
 */
Datum
feedback_import_phoenix(PG_FUNCTION_ARGS)
{
	Outcome		outcome = {0};
	text	   *project = project_argument(fcinfo, 1);
	text	   *prefix = PG_ARGISNULL(2) ? cstring_to_text("") : PG_GETARG_TEXT_PP(2);
	MemoryContext inner;
	Portal		portal;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("schema_name is null"),
				 errhint("Name the schema that has Phoenix's tables."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "schema_name")));
	(void) DirectFunctionCall1(pg_advisory_xact_lock_int8, Int64GetDatum(LOCK_KEY));

	SPI_connect();
	portal = open_annotations(NameStr(*PG_GETARG_NAME(0)), project, prefix);
	inner = AllocSetContextCreate(CurrentMemoryContext, "feedback import", ALLOCSET_DEFAULT_SIZES);
	for (SPI_cursor_fetch(portal, true, FETCH_SIZE); SPI_processed > 0; SPI_cursor_fetch(portal, true, FETCH_SIZE))
	{
		SPITupleTable *rows = SPI_tuptable;
		MemoryContext outer = MemoryContextSwitchTo(inner);

		CHECK_FOR_INTERRUPTS();
		import_rows(rows, SPI_processed, &outcome);
		MemoryContextSwitchTo(outer);
		MemoryContextReset(inner);
		SPI_freetuptable(rows);
	}
	SPI_cursor_close(portal);
	SPI_finish();

	warn_rejected(outcome.rejected);
	PG_RETURN_INT64(outcome.added);
}

/* A project that no document could have is refused once, not with each of them. */
static text *
project_argument(FunctionCallInfo fcinfo, int n)
{
	text	   *project = feedback_argument_text(fcinfo, n);
	Problem		problem;

	if (project != NULL && !feedback_validate_project(project, &problem))
		feedback_problem_raise(&problem);
	return project;
}

/*
 * Open a cursor over what is to be imported.
 *
 * What the query names is found in pg_catalog, whatever the caller's search
 * path is.  It runs once, so compiling it (jit) would not pay.
 */
static Portal
open_annotations(const char *schema, text *project, text *prefix)
{
	Oid			types[] = {TEXTOID, TEXTOID};
	Datum		values[] = {PointerGetDatum(project), PointerGetDatum(prefix)};
	const char	nulls[] = {project == NULL ? 'n' : ' ', ' '};
	char	   *sql = feedback_phoenix_query(schema, feedback_phoenix_check_tables(schema));
	int			nest_level = NewGUCNestLevel();
	Portal		portal;

	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("jit", "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	portal = SPI_cursor_open_with_args(NULL, sql, lengthof(types), types, values, nulls, false, 0);
	AtEOXact_GUC(true, nest_level);
	return portal;
}

/* Log what is new, and change what is known. */
static void
import_rows(SPITupleTable *rows, uint64 count, Outcome *outcome)
{
	Batch	   *added = feedback_batch_make();
	Batch	   *changed = feedback_batch_make();
	uint64		i;

	changed->mode = BATCH_SET;
	for (i = 0; i < count; i++)
	{
		bool		isnull;
		bool		is_known = DatumGetBool(SPI_getbinval(rows->vals[i], rows->tupdesc, PHOENIX_IS_KNOWN + 1, &isnull));
		text	   *document = column_text(rows, i, PHOENIX_DOCUMENT);

		feedback_batch_add(is_known ? changed : added, VARDATA_ANY(document), VARSIZE_ANY_EXHDR(document),
						   column_text(rows, i, PHOENIX_PROJECT), column_text(rows, i, PHOENIX_TRACE_ID));
	}
	log_new(added, outcome);
	change_known(changed, outcome);
}

static text *
column_text(SPITupleTable *rows, uint64 row, int column)
{
	bool		isnull;
	Datum		value = SPI_getbinval(rows->vals[row], rows->tupdesc, column + 1, &isnull);

	return isnull ? NULL : DatumGetTextPP(value);
}

static void
log_new(Batch *batch, Outcome *outcome)
{
	int			i;

	feedback_batch_log(batch);
	feedback_rejected_keep(batch, ORIGIN);
	for (i = 0; i < batch->count; i++)
	{
		outcome->added += !batch->items[i].bad;
		outcome->rejected += batch->items[i].bad;
	}
}

/* What cannot be changed so stays as it was, and what was refused is kept to be set by a retry. */
static void
change_known(Batch *batch, Outcome *outcome)
{
	MemoryContext context = CurrentMemoryContext;
	int			i;

	for (i = 0; i < batch->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		batch->items[i].bad = !change_item(&batch->items[i]);
		MemoryContextSwitchTo(context); /* SPI returns in another one */
		outcome->rejected += batch->items[i].bad;
	}
	feedback_rejected_keep(batch, ORIGIN);
}

/* Read, check and write one, as a batch does. */
static bool
change_item(BatchItem *item)
{
	Assessment *assessment = &item->assessment;

	assessment->from_document = true;
	assessment->has_project = true;
	assessment->project = item->given_project;
	assessment->trace_id = item->given_trace_id;
	if (!feedback_document_read_of_batch(item->document, item->length, assessment, &item->problem) ||
		!feedback_validate(assessment, &item->problem) ||
		!feedback_label_schema_check(assessment, &item->problem))
		return false;
	feedback_assessment_complete(assessment);
	update_assessment_row(assessment);
	feedback_assessment_warn(assessment);
	return true;
}

static void
update_assessment_row(const Assessment *assessment)
{
	const char *source_type = feedback_assessment_source_type_name(assessment->source_type);
	const void *pointers[] = {
		assessment->trace_id, &assessment->assessment_id, NULL, NULL, NULL, NULL,	/* the value */
		cstring_to_text(source_type), assessment->source_id, assessment->rationale, assessment->metadata, NULL
	};
	Datum		values[lengthof(pointers)];
	char		nulls[lengthof(pointers)];
	int			i;

	for (i = 0; i < (int) lengthof(pointers); i++)
		feedback_row_bind_pointer(pointers[i], &values[i], &nulls[i]);
	feedback_row_bind_value(&assessment->value, &values[2], &nulls[2]);
	values[10] = TimestampTzGetDatum(assessment->last_update_time);
	nulls[10] = ' ';
	feedback_statement_run(&update_row, values, nulls, false);
}

/* An import that leaves something out says so. */
static void
warn_rejected(int64 rejected)
{
	if (rejected > 0)
		ereport(WARNING,
				(errcode(ERRCODE_WARNING),
				 errmsg_plural(INT64_FORMAT " annotation of Phoenix was rejected",
							   INT64_FORMAT " annotations of Phoenix were rejected", rejected, rejected),
				 errhint("See feedback.rejected_summary; the next import tries them again, and so does retry_rejected.")));
}
