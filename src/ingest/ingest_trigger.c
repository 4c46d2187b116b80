/*
 * ingest_trigger.c
 *		A trigger that logs the documents which arrive in a user's table.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"

#include "ingest/ingest_rows.h"

#define ON_ERROR_PREFIX		"on_error => "
#define MODE_PREFIX			"mode => "
#define COLUMNS_HINT		"The first two arguments of ingest_assessments are columns."

/* Where the documents of rows go */
typedef struct Documents
{
	Batch	   *batch;
	Column		trace_id;
	Column		document;
} Documents;

static void read_words(const Trigger *trigger, OnError *on_error, BatchMode *mode);
static void add_row_document(TupleTableSlot *slot, void *arg);

PG_FUNCTION_INFO_V1(feedback_ingest_assessments);

/*
 * ingest_assessments('trace id column', 'document column' [, 'park' or 'raise'] [, 'mode => set'])
 *
 * With the mode set, a document takes the place of what its source said before.
 * An empty name instead of the first column means that the documents name
 * their traces.  A document that is NULL is none.
 */
Datum
feedback_ingest_assessments(PG_FUNCTION_ARGS)
{
	TriggerData *data = feedback_ingest_rows_trigger(fcinfo, "ingest_assessments");
	const Trigger *trigger = data->tg_trigger;
	Documents	documents = {0};
	OnError		on_error = ON_ERROR_PARK;
	BatchMode	mode = BATCH_LOG;
	Datum		result;

	if (trigger->tgnargs < 2 || trigger->tgnargs > 4)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("ingest_assessments takes two to four arguments"),
				 errhint("They are the trace id column, the document column, \"park\" or \"raise\", and \"mode => log\" or \"mode => set\".")));
	read_words(trigger, &on_error, &mode);
	if (trigger->tgargs[0][0] != '\0')
		documents.trace_id = feedback_ingest_rows_column(data->tg_relation, trigger->tgargs[0], COLUMNS_HINT);
	documents.document = feedback_ingest_rows_column(data->tg_relation, trigger->tgargs[1], COLUMNS_HINT);

	SPI_connect();
	documents.batch = feedback_batch_make();
	documents.batch->mode = mode;
	feedback_ingest_rows_visit(data, add_row_document, &documents);
	result = feedback_ingest_rows_log(data, documents.batch, on_error);
	SPI_finish();
	return result;
}

/* The arguments behind the columns; on_error may go without its name. */
static void
read_words(const Trigger *trigger, OnError *on_error, BatchMode *mode)
{
	int			i;

	for (i = 2; i < trigger->tgnargs; i++)
	{
		const char *word = trigger->tgargs[i];

		if (strncmp(word, MODE_PREFIX, strlen(MODE_PREFIX)) == 0)
		{
			*mode = feedback_batch_mode_read(word + strlen(MODE_PREFIX));
			continue;
		}
		if (strncmp(word, ON_ERROR_PREFIX, strlen(ON_ERROR_PREFIX)) == 0)
			word += strlen(ON_ERROR_PREFIX);
		*on_error = feedback_ingest_rows_on_error(word);
	}
}

static void
add_row_document(TupleTableSlot *slot, void *arg)
{
	Documents  *documents = arg;
	text	   *json = feedback_ingest_rows_text(slot, documents->document);

	if (json != NULL)
		feedback_batch_add(documents->batch, VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json), NULL,
						   feedback_ingest_rows_text(slot, documents->trace_id));
}
