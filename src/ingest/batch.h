/*
 * batch.h
 *		Many documents at once, of which the bad ones are put aside.
 */
#ifndef FEEDBACK_BATCH_H
#define FEEDBACK_BATCH_H

#include "postgres.h"

#include "fmgr.h"

#include "assessment/assessment.h"
#include "base/problem.h"

/* A document and what became of it */
typedef struct BatchItem
{
	const char *document;		/* as received */
	int			length;
	text	   *given_project;	/* by the caller, or NULL for the default one */
	text	   *given_trace_id; /* by the caller, or NULL: the document has it */
	Assessment	assessment;
	bool		bad;
	Problem		problem;		/* if bad */
} BatchItem;

typedef struct Batch
{
	BatchItem  *items;
	int			count;
	int			size;			/* allocated */
} Batch;

extern Batch *feedback_batch_make(void);
extern BatchItem *feedback_batch_add(Batch *batch, const char *document, int length,
									 text *project, text *trace_id);
extern void feedback_batch_log(Batch *batch);
extern void feedback_batch_raise(const Batch *batch);
extern void feedback_batch_put(FunctionCallInfo fcinfo, Datum first, const BatchItem *item);

#endif							/* FEEDBACK_BATCH_H */
