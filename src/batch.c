/*
 * batch.c
 *		Many documents at once, of which the bad ones are put aside.
 *
 * Documents are read and checked one by one, without raising, and the good
 * ones inserted by one statement over arrays, a thousand at a time.  Overrides, which are rare and
 * depend on rows that the same batch may bring, follow one by one.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "batch.h"
#include "document_read.h"
#include "store.h"
#include "store_batch.h"
#include "validate.h"

#define INITIAL_SIZE	64

/* Documents a statement */
#define STATEMENT_SIZE	1000

static bool read_item(BatchItem *item, text *default_project, Problem *problem);
static void log_overrides(Batch *batch);

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
	item->given_project = project;
	item->given_trace_id = trace_id;
	return item;
}

/*
 * Read, check and store the documents; the caller is connected to SPI.
 *
 * A statement takes no more than keeps its arrays within work_mem.
 */
void
feedback_batch_log(Batch *batch)
{
	text	   *default_project = feedback_default_project();
	int			done;
	int			i;

	for (done = 0; done < batch->count; done += STATEMENT_SIZE)
	{
		int			end = Min(done + STATEMENT_SIZE, batch->count);

		for (i = done; i < end; i++)
		{
			BatchItem  *item = &batch->items[i];

			CHECK_FOR_INTERRUPTS();
			item->bad = !read_item(item, default_project, &item->problem);
		}
		feedback_store_log_items(&batch->items[done], end - done);
	}
	log_overrides(batch);

	for (i = 0; i < batch->count; i++)
	{
		if (!batch->items[i].bad)
			feedback_assessment_warn(&batch->items[i].assessment);
	}
}

/* Raise the first problem, for callers that want all or nothing. */
void
feedback_batch_raise(const Batch *batch)
{
	int			i;

	for (i = 0; i < batch->count; i++)
	{
		if (batch->items[i].bad)
			feedback_problem_raise(&batch->items[i].problem);
	}
}

static bool
read_item(BatchItem *item, text *default_project, Problem *problem)
{
	Assessment *assessment = &item->assessment;

	assessment->from_document = true;
	assessment->project = item->given_project ? item->given_project : default_project;
	assessment->trace_id = item->given_trace_id;
	if (!feedback_document_read_of_batch(item->document, item->length, assessment, problem) ||
		!feedback_validate(assessment, problem))
		return false;
	feedback_assessment_complete(assessment);
	return true;
}

/* Log the overrides, in their order, after what they may override. */
static void
log_overrides(Batch *batch)
{
	int			i;

	for (i = 0; i < batch->count; i++)
	{
		BatchItem  *item = &batch->items[i];

		if (!item->bad && item->assessment.has_overrides)
			item->bad = !feedback_store_log(&item->assessment, item->given_project != NULL,
											&item->problem);
	}
}
