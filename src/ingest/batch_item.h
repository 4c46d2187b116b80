/*
 * batch_item.h
 *		A document of a batch.
 */
#ifndef FEEDBACK_BATCH_ITEM_H
#define FEEDBACK_BATCH_ITEM_H

#include "postgres.h"

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

#endif							/* FEEDBACK_BATCH_ITEM_H */
