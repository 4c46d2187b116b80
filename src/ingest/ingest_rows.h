/*
 * ingest_rows.h
 *		The rows of a user's table that fire a trigger.
 */
#ifndef FEEDBACK_INGEST_ROWS_H
#define FEEDBACK_INGEST_ROWS_H

#include "postgres.h"

#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "fmgr.h"

#include "ingest/batch.h"
#include "ingest/ingest.h"

/* A column whose values are read as text */
typedef struct Column
{
	int			number;			/* 0 for none */
	Oid			output;			/* the type's output function; none if it is
								 * text as it is */
} Column;

/* What happens to each new row */
typedef void (*RowVisitor) (TupleTableSlot *slot, void *arg);

extern TriggerData *feedback_ingest_rows_trigger(FunctionCallInfo fcinfo, const char *function);
extern Column feedback_ingest_rows_column(Relation relation, const char *name, const char *hint);
extern text *feedback_ingest_rows_text(TupleTableSlot *slot, Column column);
extern void feedback_ingest_rows_visit(const TriggerData *data, RowVisitor visitor, void *arg);
extern OnError feedback_ingest_rows_on_error(const char *word);
extern Datum feedback_ingest_rows_log(const TriggerData *data, Batch *batch, OnError on_error);

#endif							/* FEEDBACK_INGEST_ROWS_H */
