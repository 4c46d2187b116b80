/*
 * rejected.h
 *		Parked documents: feedback.rejected_assessments.
 */
#ifndef FEEDBACK_REJECTED_H
#define FEEDBACK_REJECTED_H

#include "postgres.h"

#include "ingest/batch.h"

extern void feedback_rejected_park(const Batch *batch, const char *origin);

#endif							/* FEEDBACK_REJECTED_H */
