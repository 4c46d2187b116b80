/*
 * batch.c
 *		Many documents at once, of which the bad ones are put aside.
 *
 * Documents are read and checked one by one, without raising, and the good
 * ones inserted by one statement over arrays, a thousand at a time.  Overrides, which are rare and
 * depend on rows that the same batch may bring, follow one by one.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/elog.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "assessment/validate.h"
#include "base/quote.h"
#include "ingest/batch.h"
#include "ingest/store_batch.h"
#include "input/document_read.h"
#include "input/otlp_read.h"
#include "label/label_schema.h"
#include "log/set.h"
#include "log/store.h"

#define INITIAL_SIZE	64

/* Documents a statement */
#define STATEMENT_SIZE	1000

static void say_position(void *arg);
static void log_together(Batch *batch, text *default_project);
static void read_item(BatchItem *item, text *default_project);
static void check_label(BatchItem *item);
static void keep_outcome(BatchItem *item);
static void log_singly(Batch *batch, text *default_project, bool overrides_only);

/* Read what becomes of a document that says what its source has said before. */
BatchMode
feedback_batch_mode_read(const char *word)
{
	if (strcmp(word, "log") == 0)
		return BATCH_LOG;
	if (strcmp(word, "set") == 0)
		return BATCH_SET;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid mode: %s", feedback_quote(word, strlen(word))),
			 errhint("It is \"log\", which adds, or \"set\", which replaces what the same source said before.")));
}

Batch *
feedback_batch_make(void)
{
	Batch	   *batch = palloc0(sizeof(Batch));

	batch->size = INITIAL_SIZE;
	batch->items = palloc(batch->size * sizeof(BatchItem));
	return batch;
}

/*
 * Add a document, of the project that is given or else the default one, and of
 * the trace that is given or else named by the document.
 */
BatchItem *
feedback_batch_add(Batch *batch, const char *document, int length, text *project,
				   text *trace_id)
{
	BatchItem  *item;

	if (batch->count == batch->size)
	{
		batch->size *= 2;
		batch->items = repalloc_huge(batch->items, batch->size * sizeof(BatchItem));
	}
	item = &batch->items[batch->count++];
	memset(item, 0, sizeof(BatchItem));
	item->document = document;
	item->length = length;
	item->mode = batch->mode;
	item->given_project = project;
	item->given_trace_id = trace_id;
	return item;
}

/* Say what is wrong with a document before it is read. */
void
feedback_batch_refuse(BatchItem *item, const Problem *problem)
{
	item->bad = true;
	item->problem = *problem;
}

/*
 * Read, check and store the documents; the caller is connected to SPI.
 *
 * One may be bad already, for reasons that the caller found.
 *
 * A single one, as a row trigger has, is better off without arrays.
 */
void
feedback_batch_log(Batch *batch)
{
	text	   *default_project = feedback_assessment_default_project();
	int			i;

	if (batch->count > 1)
		log_together(batch, default_project);
	log_singly(batch, default_project, batch->count > 1);

	for (i = 0; i < batch->count; i++)
	{
		if (!batch->items[i].bad)
			feedback_assessment_warn(&batch->items[i].assessment);
	}
}

/*
 * Raise the first problem, for callers that want all or nothing; the context
 * says which document it was, if there are several.
 */
void
feedback_batch_raise(const Batch *batch)
{
	int			position;
	ErrorContextCallback context = {
		.previous = error_context_stack, .callback = say_position, .arg = &position
	};

	for (position = 1; position <= batch->count; position++)
	{
		const BatchItem *item = &batch->items[position - 1];

		if (!item->bad)
			continue;
		if (batch->count > 1)
			error_context_stack = &context;
		feedback_problem_raise(&item->problem);
	}
}

static void
say_position(void *arg)
{
	errcontext("document %d", *(int *) arg);
}

/*
 * Log all that override nothing.
 *
 * A statement takes no more than keeps its arrays within work_mem.  Of what
 * was read, only the outcome is kept.
 */
static void
log_together(Batch *batch, text *default_project)
{
	MemoryContext outer = CurrentMemoryContext;
	MemoryContext inner = AllocSetContextCreate(outer, "feedback batch",
												ALLOCSET_DEFAULT_SIZES);
	int			done;
	int			i;

	for (done = 0; done < batch->count; done += STATEMENT_SIZE)
	{
		int			end = Min(done + STATEMENT_SIZE, batch->count);

		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(inner);
		for (i = done; i < end; i++)
		{
			read_item(&batch->items[i], default_project);
			check_label(&batch->items[i]);
		}
		feedback_store_log_items(&batch->items[done], end - done);

		MemoryContextSwitchTo(outer);
		for (i = done; i < end; i++)
			keep_outcome(&batch->items[i]);
		MemoryContextReset(inner);
	}
	MemoryContextDelete(inner);
}

static void
read_item(BatchItem *item, text *default_project)
{
	Assessment *assessment = &item->assessment;
	bool		read;

	if (item->bad)
		return;
	assessment->from_document = true;
	assessment->has_project = (item->given_project != NULL);
	assessment->project = assessment->has_project ? item->given_project : default_project;
	assessment->trace_id = item->given_trace_id;
	if (feedback_otlp_is_record(item->document, item->length))
		read = feedback_otlp_read(item->document, item->length, assessment, &item->problem);
	else
		read = feedback_document_read_of_batch(item->document, item->length,
											   assessment, &item->problem);
	item->bad = !read || !feedback_validate(assessment, &item->problem);
	if (!item->bad && item->mode == BATCH_SET)
	{
		item->bad = !feedback_set_identify(assessment, &item->problem);
		assessment->has_assessment_id |= !item->bad;
	}
	if (!item->bad)
		feedback_assessment_complete(assessment);
}

/* Of an override, the project is only known when it is stored. */
static void
check_label(BatchItem *item)
{
	if (!item->bad && !item->assessment.has_overrides)
		item->bad = !feedback_label_schema_check(&item->assessment, &item->problem);
}

/* Copy what is to be told about a document. */
static void
keep_outcome(BatchItem *item)
{
	text	   *trace_id = item->assessment.trace_id;

	if (trace_id != NULL)
		item->assessment.trace_id = cstring_to_text_with_len(VARDATA_ANY(trace_id),
															 VARSIZE_ANY_EXHDR(trace_id));
	if (item->bad)
		feedback_problem_keep(&item->problem);
	else if (item->assessment.label_warning != NULL)
	{
		Problem    *warning = palloc(sizeof(Problem));

		*warning = *item->assessment.label_warning;
		feedback_problem_keep(warning);
		item->assessment.label_warning = warning;
	}
}

/*
 * Log one by one: all, or the overrides alone, in their order, after what they
 * may override.  Overrides are read once more, being few.  Of each, too, only
 * the outcome is kept.
 */
static void
log_singly(Batch *batch, text *default_project, bool overrides_only)
{
	MemoryContext outer = CurrentMemoryContext;
	MemoryContext inner = NULL;
	int			i;

	for (i = 0; i < batch->count; i++)
	{
		BatchItem  *item = &batch->items[i];

		if (item->bad || (overrides_only && !item->assessment.has_overrides))
			continue;
		CHECK_FOR_INTERRUPTS();
		if (inner == NULL)
			inner = AllocSetContextCreate(outer, "feedback document", ALLOCSET_DEFAULT_SIZES);
		MemoryContextSwitchTo(inner);
		memset(&item->assessment, 0, sizeof(Assessment));
		read_item(item, default_project);
		if (!item->bad && item->mode == BATCH_SET)
			item->bad = !feedback_set_store(&item->assessment, &item->problem);
		else if (!item->bad)
			item->bad = !feedback_store_log(&item->assessment, &item->problem);
		MemoryContextSwitchTo(outer);
		keep_outcome(item);
		MemoryContextReset(inner);
	}
	if (inner != NULL)
		MemoryContextDelete(inner);
}

/* Add to the result what became of a document, behind its number or id. */
void
feedback_batch_put(FunctionCallInfo fcinfo, Datum first, const BatchItem *item)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const Problem *problem = &item->problem;
	const char *texts[] = {NULL, NULL, NULL, NULL};
	Datum		values[7] = {first};
	bool		nulls[7] = {false};
	int			i;

	if (item->bad)
	{
		texts[0] = unpack_sql_state(problem->sqlstate);
		texts[1] = problem->message;
		texts[2] = problem->detail;
		texts[3] = problem->hint;
	}
	values[1] = PointerGetDatum(item->assessment.trace_id);
	nulls[1] = (item->assessment.trace_id == NULL);
	values[2] = UUIDPGetDatum(&item->assessment.assessment_id);
	nulls[2] = item->bad && !item->assessment.has_assessment_id;
	for (i = 0; i < 4; i++)
	{
		nulls[3 + i] = (texts[i] == NULL);
		if (texts[i] != NULL)
			values[3 + i] = CStringGetTextDatum(texts[i]);
	}
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}
