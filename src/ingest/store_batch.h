/*
 * store_batch.h
 *		Many rows into feedback.assessments by one statement over arrays.
 */
#ifndef FEEDBACK_STORE_BATCH_H
#define FEEDBACK_STORE_BATCH_H

#include "postgres.h"

#include "ingest/batch_item.h"

extern void feedback_store_log_items(BatchItem *items, int count);

#endif							/* FEEDBACK_STORE_BATCH_H */
