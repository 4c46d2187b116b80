/*
 * rejected.h
 *		Rejected documents: feedback.rejected_assessments.
 */
#ifndef FEEDBACK_REJECTED_H
#define FEEDBACK_REJECTED_H

#include "postgres.h"

#include "ingest/batch.h"

extern void feedback_rejected_keep(const Batch *batch, const char *origin);

#endif							/* FEEDBACK_REJECTED_H */
