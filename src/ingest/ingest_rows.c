/*
 * ingest_rows.c
 *		The rows of a user's table that fire a trigger.
 *
 * Per row a trigger works on tables and, INSTEAD OF, on views; per statement,
 * with a transition table, it logs all that a statement brings at once.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "base/quote.h"
#include "ingest/ingest_rows.h"
#include "ingest/rejected.h"

/* Check that a trigger was made as it has to be; 39P01 if it was not. */
TriggerData *
feedback_ingest_rows_trigger(FunctionCallInfo fcinfo, const char *function)
{
	TriggerData *data = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("%s was not called by the trigger manager", function),
				 errhint("Name it in CREATE TRIGGER.")));
	if (!TRIGGER_FIRED_BY_INSERT(data->tg_event) && !TRIGGER_FIRED_BY_UPDATE(data->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("%s must be fired by INSERT or UPDATE", function)));
	if (TRIGGER_FIRED_FOR_STATEMENT(data->tg_event) && data->tg_newtable == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("%s needs the new rows", function),
				 errhint("Add REFERENCING NEW TABLE AS new_rows, or make the trigger FOR EACH ROW.")));
	return data;
}

/* Find a column by its name; 42703 if there is none. */
Column
feedback_ingest_rows_column(Relation relation, const char *name, const char *hint)
{
	TupleDesc	descriptor = RelationGetDescr(relation);
	Column		column = {SPI_fnumber(descriptor, name), InvalidOid};
	Oid			type;
	bool		variable_length;

	if (column.number <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of relation \"%s\" does not exist",
						name, RelationGetRelationName(relation)),
				 errhint("%s", hint)));
	type = getBaseType(SPI_gettypeid(descriptor, column.number));
	if (type != TEXTOID && type != VARCHAROID && type != JSONOID)
		getTypeOutputInfo(type, &column.output, &variable_length);
	return column;
}

/* A column of a row as text of its own; NULL for a null, or for no column. */
text *
feedback_ingest_rows_text(TupleTableSlot *slot, Column column)
{
	Datum		value;
	bool		isnull;
	char	   *printed;
	text	   *result;

	if (column.number == 0)
		return NULL;
	value = slot_getattr(slot, column.number, &isnull);
	if (isnull)
		return NULL;
	if (!OidIsValid(column.output))
		return DatumGetTextPCopy(value);
	printed = OidOutputFunctionCall(column.output, value);
	result = cstring_to_text(printed);
	pfree(printed);
	return result;
}

/* Visit the new rows: the one, or those of the transition table through a read pointer of our own. */
void
feedback_ingest_rows_visit(const TriggerData *data, RowVisitor visitor, void *arg)
{
	Tuplestorestate *rows = data->tg_newtable;
	TupleTableSlot *slot;

	if (TRIGGER_FIRED_FOR_ROW(data->tg_event))
	{
		visitor(TRIGGER_FIRED_BY_UPDATE(data->tg_event) ? data->tg_newslot : data->tg_trigslot, arg);
		return;
	}
	slot = MakeSingleTupleTableSlot(RelationGetDescr(data->tg_relation), &TTSOpsMinimalTuple);
	tuplestore_select_read_pointer(rows, tuplestore_alloc_read_pointer(rows, EXEC_FLAG_REWIND));
	tuplestore_rescan(rows);
	while (tuplestore_gettupleslot(rows, true, false, slot))
	{
		CHECK_FOR_INTERRUPTS();
		visitor(slot, arg);
	}
	ExecDropSingleTupleTableSlot(slot);
}

/* What to do with bad documents; a trigger has nothing to return them in. */
OnError
feedback_ingest_rows_on_error(const char *word)
{
	OnError		on_error = feedback_ingest_read_on_error(word);

	if (on_error == ON_ERROR_RETURN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid on_error: %s", feedback_quote(word, strlen(word))),
				 errhint("For a trigger it is \"park\" or \"raise\".")));
	return on_error;
}

/* Log what the rows brought; the caller is connected to SPI.  Returns what the trigger returns. */
Datum
feedback_ingest_rows_log(const TriggerData *data, Batch *batch, OnError on_error)
{
	feedback_batch_log(batch);
	if (on_error == ON_ERROR_RAISE)
		feedback_batch_raise(batch);
	feedback_rejected_keep(batch, quote_qualified_identifier(get_namespace_name(RelationGetNamespace(data->tg_relation)),
															 RelationGetRelationName(data->tg_relation)));
	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event))
		return PointerGetDatum(NULL);
	return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(data->tg_event) ? data->tg_newtuple : data->tg_trigtuple);
}
