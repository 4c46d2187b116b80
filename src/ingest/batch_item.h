/*
 * batch_item.h
 *		A document of a batch.
 */
#ifndef FEEDBACK_BATCH_ITEM_H
#define FEEDBACK_BATCH_ITEM_H

#include "postgres.h"

#include "assessment/assessment.h"
#include "base/problem.h"

/* What becomes of a document that says what its source has said before */
typedef enum BatchMode
{
	BATCH_LOG,					/* it is one more assessment */
	BATCH_SET					/* it takes the other one's place */
} BatchMode;

/* A document and what became of it */
typedef struct BatchItem
{
	const char *document;		/* as received */
	int			length;
	BatchMode	mode;
	text	   *given_project;	/* by the caller, or NULL for the default one */
	text	   *given_trace_id; /* by the caller, or NULL: the document has it */
	Assessment	assessment;
	bool		bad;
	Problem		problem;		/* if bad */
} BatchItem;

#endif							/* FEEDBACK_BATCH_ITEM_H */
