/*
 * batch.h
 *		Many documents at once, of which the bad ones are put aside.
 */
#ifndef FEEDBACK_BATCH_H
#define FEEDBACK_BATCH_H

#include "postgres.h"

#include "fmgr.h"

#include "ingest/batch_item.h"

typedef struct Batch
{
	BatchMode	mode;			/* of what is added */
	BatchItem  *items;
	int			count;
	int			size;			/* allocated */
} Batch;

extern BatchMode feedback_batch_mode_read(const char *word);
extern Batch *feedback_batch_make(void);
extern BatchItem *feedback_batch_add(Batch *batch, const char *document, int length,
									 text *project, text *trace_id);
extern void feedback_batch_refuse(BatchItem *item, const Problem *problem);
extern void feedback_batch_log(Batch *batch);
extern void feedback_batch_raise(const Batch *batch);
extern void feedback_batch_put(FunctionCallInfo fcinfo, Datum first, const BatchItem *item);

#endif							/* FEEDBACK_BATCH_H */
