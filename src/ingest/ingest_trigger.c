/*
 * ingest_trigger.c
 *		A trigger that logs the documents which arrive in a user's table.
 *
 * Per row it works on tables and, INSTEAD OF, on views; per statement, with a
 * transition table, it logs all the documents of a statement at once.
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "ingest/batch.h"
#include "ingest/ingest.h"
#include "ingest/rejected.h"

#define ON_ERROR_PREFIX		"on_error => "

/* A column whose values are read as text */
typedef struct Column
{
	int			number;			/* 0 for none */
	Oid			output;			/* the type's output function */
} Column;

static void check_call(FunctionCallInfo fcinfo);
static OnError read_on_error(const Trigger *trigger);
static Column find_column(Relation relation, const char *name, bool optional);
static void add_new_table(Batch *batch, const TriggerData *data, Column trace_id, Column document);
static void add_slot(Batch *batch, TupleTableSlot *slot, Column trace_id, Column document);
static text *column_text(TupleTableSlot *slot, Column column);

PG_FUNCTION_INFO_V1(feedback_ingest_assessments);

/*
 * ingest_assessments('trace id column', 'document column' [, 'park' or 'raise'])
 *
 * An empty name instead of the first column means that the documents name
 * their traces.  A document that is NULL is none.
 */
Datum
feedback_ingest_assessments(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *) fcinfo->context;
	bool		for_row;
	HeapTuple	row;
	OnError		on_error;
	Column		trace_id;
	Column		document;
	Batch	   *batch;

	check_call(fcinfo);
	for_row = TRIGGER_FIRED_FOR_ROW(data->tg_event);
	row = TRIGGER_FIRED_BY_UPDATE(data->tg_event) ? data->tg_newtuple : data->tg_trigtuple;
	on_error = read_on_error(data->tg_trigger);
	trace_id = find_column(data->tg_relation, data->tg_trigger->tgargs[0], true);
	document = find_column(data->tg_relation, data->tg_trigger->tgargs[1], false);

	SPI_connect();
	batch = feedback_batch_make();
	if (for_row)
		add_slot(batch, TRIGGER_FIRED_BY_UPDATE(data->tg_event) ?
				 data->tg_newslot : data->tg_trigslot, trace_id, document);
	else
		add_new_table(batch, data, trace_id, document);

	feedback_batch_log(batch);
	if (on_error == ON_ERROR_RAISE)
		feedback_batch_raise(batch);
	feedback_rejected_park(batch, quote_qualified_identifier(
															 get_namespace_name(RelationGetNamespace(data->tg_relation)),
															 RelationGetRelationName(data->tg_relation)));
	SPI_finish();

	return PointerGetDatum(for_row ? row : NULL);
}

/* Check that the trigger was made as it has to be. */
static void
check_call(FunctionCallInfo fcinfo)
{
	TriggerData *data = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("ingest_assessments was not called by the trigger manager"),
				 errhint("Name it in CREATE TRIGGER.")));
	if (!TRIGGER_FIRED_BY_INSERT(data->tg_event) && !TRIGGER_FIRED_BY_UPDATE(data->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("ingest_assessments must be fired by INSERT or UPDATE")));
	if (TRIGGER_FIRED_FOR_STATEMENT(data->tg_event) && data->tg_newtable == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("ingest_assessments needs the new rows"),
				 errhint("Add REFERENCING NEW TABLE AS new_rows, or make the trigger FOR EACH ROW.")));
	if (data->tg_trigger->tgnargs < 2 || data->tg_trigger->tgnargs > 3)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("ingest_assessments takes two or three arguments"),
				 errhint("They are the trace id column, the document column, and \"park\" or \"raise\".")));
}

/* What to do with bad documents; a trigger has nothing to return them in. */
static OnError
read_on_error(const Trigger *trigger)
{
	const char *word;
	OnError		on_error;

	if (trigger->tgnargs < 3)
		return ON_ERROR_PARK;
	word = trigger->tgargs[2];
	if (strncmp(word, ON_ERROR_PREFIX, strlen(ON_ERROR_PREFIX)) == 0)
		word += strlen(ON_ERROR_PREFIX);
	on_error = feedback_on_error_read(word);
	if (on_error == ON_ERROR_RETURN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid on_error"),
				 errhint("For a trigger it is \"park\" or \"raise\".")));
	return on_error;
}

static Column
find_column(Relation relation, const char *name, bool optional)
{
	TupleDesc	descriptor = RelationGetDescr(relation);
	Column		column = {0, InvalidOid};
	bool		variable_length;

	if (*name == '\0' && optional)
		return column;
	column.number = SPI_fnumber(descriptor, name);
	if (column.number <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of relation \"%s\" does not exist",
						name, RelationGetRelationName(relation)),
				 errhint("The first two arguments of ingest_assessments are columns.")));
	getTypeOutputInfo(SPI_gettypeid(descriptor, column.number),
					  &column.output, &variable_length);
	return column;
}

/* Add the documents of a transition table, through a read pointer of our own. */
static void
add_new_table(Batch *batch, const TriggerData *data, Column trace_id, Column document)
{
	Tuplestorestate *rows = data->tg_newtable;
	TupleTableSlot *slot = MakeSingleTupleTableSlot(RelationGetDescr(data->tg_relation),
													&TTSOpsMinimalTuple);

	tuplestore_select_read_pointer(rows, tuplestore_alloc_read_pointer(rows, EXEC_FLAG_REWIND));
	tuplestore_rescan(rows);
	while (tuplestore_gettupleslot(rows, true, false, slot))
		add_slot(batch, slot, trace_id, document);
	ExecDropSingleTupleTableSlot(slot);
}

static void
add_slot(Batch *batch, TupleTableSlot *slot, Column trace_id, Column document)
{
	text	   *json = column_text(slot, document);

	if (json != NULL)
		feedback_batch_add(batch, VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json), NULL,
						   column_text(slot, trace_id));
}

static text *
column_text(TupleTableSlot *slot, Column column)
{
	Datum		value;
	bool		isnull;

	if (column.number == 0)
		return NULL;
	value = slot_getattr(slot, column.number, &isnull);
	return isnull ? NULL : cstring_to_text(OidOutputFunctionCall(column.output, value));
}
