/*
 * ingest.c
 *		log_assessments: many documents by one call.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "utils/array.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/quote.h"
#include "ingest/ingest.h"
#include "ingest/rejected.h"
#include "ingest/split.h"
#include "input/arguments.h"

/* Where the documents of a text go */
typedef struct Destination
{
	Batch	   *batch;
	text	   *project;
} Destination;

static Datum log_assessments(FunctionCallInfo fcinfo, Batch *batch);
static void add_document(const char *document, int length, text *trace_id,
						 const Problem *refused, void *arg);
static void put_outcomes(FunctionCallInfo fcinfo, const Batch *batch);
static Batch *make_batch(FunctionCallInfo fcinfo);
static Batch *split_argument(FunctionCallInfo fcinfo, text *documents);

PG_FUNCTION_INFO_V1(feedback_log_assessments);
PG_FUNCTION_INFO_V1(feedback_log_assessments_jsonb);
PG_FUNCTION_INFO_V1(feedback_log_assessments_array);

/* log_assessments(documents text or json, project text, on_error text, mode text) */
Datum
feedback_log_assessments(PG_FUNCTION_ARGS)
{
	return log_assessments(fcinfo, split_argument(fcinfo, feedback_argument_document(fcinfo, 0, "documents")));
}

/* log_assessments(documents jsonb, project text, on_error text, mode text) */
Datum
feedback_log_assessments_jsonb(PG_FUNCTION_ARGS)
{
	return log_assessments(fcinfo, split_argument(fcinfo, feedback_argument_document_jsonb(fcinfo, 0, "documents")));
}

/* log_assessments(documents text[], project text, on_error text, mode text); an element that is NULL is bad */
Datum
feedback_log_assessments_array(PG_FUNCTION_ARGS)
{
	text	   *project = feedback_argument_text(fcinfo, 1);
	Batch	   *batch = make_batch(fcinfo);
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	int			i;

	if (PG_ARGISNULL(0))
		feedback_argument_raise_no_document("documents");
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, &nulls, &count);
	for (i = 0; i < count; i++)
	{
		text	   *document = nulls[i] ? cstring_to_text("") : DatumGetTextPP(elements[i]);

		feedback_batch_add(batch, VARDATA_ANY(document), VARSIZE_ANY_EXHDR(document),
						   project, NULL);
	}
	return log_assessments(fcinfo, batch);
}

/* Read what to do with bad documents. */
OnError
feedback_ingest_read_on_error(const char *word)
{
	if (strcmp(word, "return") == 0)
		return ON_ERROR_RETURN;
	if (strcmp(word, "park") == 0)
		return ON_ERROR_PARK;
	if (strcmp(word, "raise") == 0)
		return ON_ERROR_RAISE;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid on_error: %s", feedback_quote(word, strlen(word))),
			 errhint("It is \"return\", \"park\" or \"raise\".")));
}

static Datum
log_assessments(FunctionCallInfo fcinfo, Batch *batch)
{
	return feedback_ingest_log(fcinfo, batch, 2, "log_assessments");
}

/* A batch of the mode that the call asks for */
static Batch *
make_batch(FunctionCallInfo fcinfo)
{
	text	   *word = feedback_argument_text(fcinfo, 3);
	Batch	   *batch = feedback_batch_make();

	batch->mode = feedback_batch_mode_read(word ? text_to_cstring(word) : "");
	return batch;
}

static Batch *
split_argument(FunctionCallInfo fcinfo, text *documents)
{
	Destination destination = {make_batch(fcinfo), feedback_argument_text(fcinfo, 1)};

	feedback_split(VARDATA_ANY(documents), VARSIZE_ANY_EXHDR(documents), add_document, &destination);
	return destination.batch;
}

static void
add_document(const char *document, int length, text *trace_id, const Problem *refused, void *arg)
{
	Destination *destination = arg;
	BatchItem  *item = feedback_batch_add(destination->batch, document, length,
										  destination->project, trace_id);

	if (refused != NULL)
		feedback_batch_refuse(item, refused);
}

/* Log a batch and return a row for each document; an argument says what to do with bad ones. */
Datum
feedback_ingest_log(FunctionCallInfo fcinfo, Batch *batch, int on_error_argument,
					const char *origin)
{
	text	   *word = feedback_argument_text(fcinfo, on_error_argument);
	OnError		on_error = feedback_ingest_read_on_error(word ? text_to_cstring(word) : "");

	InitMaterializedSRF(fcinfo, 0);

	SPI_connect();
	feedback_batch_log(batch);
	if (on_error == ON_ERROR_RAISE)
		feedback_batch_raise(batch);
	if (on_error == ON_ERROR_PARK)
		feedback_rejected_keep(batch, origin);
	put_outcomes(fcinfo, batch);
	SPI_finish();

	PG_RETURN_NULL();
}

/* A row of the result for each document; what one takes to make is freed before the next. */
static void
put_outcomes(FunctionCallInfo fcinfo, const Batch *batch)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "feedback outcome",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext outer = MemoryContextSwitchTo(scratch);
	int			i;

	for (i = 0; i < batch->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		feedback_batch_put(fcinfo, Int32GetDatum(i + 1), &batch->items[i]);
		MemoryContextReset(scratch);
	}
	MemoryContextSwitchTo(outer);
	MemoryContextDelete(scratch);
}
