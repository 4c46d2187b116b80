/*
 * ingest.h
 *		What the functions that log many documents share.
 */
#ifndef FEEDBACK_INGEST_H
#define FEEDBACK_INGEST_H

#include "postgres.h"

#include "fmgr.h"

#include "ingest/batch.h"

/* What to do with bad documents */
typedef enum OnError
{
	ON_ERROR_RETURN,
	ON_ERROR_PARK,
	ON_ERROR_RAISE
} OnError;

extern OnError feedback_ingest_read_on_error(const char *word);
extern Datum feedback_ingest_log(FunctionCallInfo fcinfo, Batch *batch, int on_error_argument,
								 const char *origin);

#endif							/* FEEDBACK_INGEST_H */
