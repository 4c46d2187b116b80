/*
 * rollup_journal.c
 *		The stamp of a row, and the journal of changes to rows that are counted.
 *
 * The rollups hold a row as it was when it was counted.  So whoever changes or
 * deletes one writes down what it was and what it has become, with the row's
 * stamp: the entry applies for those to whom that stamp is counted.  For all
 * others the row itself is read, in its present form.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/rel.h"
#include "utils/xid8.h"

#include "assessment/row.h"
#include "base/statement.h"
#include "rollup/rollup.h"

/* The columns behind those of ROW_COLUMNS */
enum
{
	LOGGED_BY = ROW_COUNT,
	LOGGED_XID
};

/* A row, and what it counts as */
typedef struct Fact
{
	Datum		values[MaxTupleAttributeNumber];
	bool		nulls[MaxTupleAttributeNumber];
	bool		counts;			/* it is valid feedback */
	bool		long_text;
	bool		json_null;
} Fact;

static Statement insert_change = {
	.sql = "INSERT INTO feedback_internal.rollup_changes (row_xid, sign, project, name, source_type, create_time, "
	"has_value, has_error, boolean_value, numeric_value, value) "
	"VALUES ($1, $2, $3, $4, $5::pg_catalog.text::feedback.source_type, $6, $7, $8, $9, $10, "
	"CASE WHEN $11 THEN '{}' ELSE feedback_internal.summary_value($9, $10, $12, $13) END)",
	.count = 13,
	.types = {XID8OID, INT2OID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID,
	BOOLOID, BOOLOID, BOOLOID, NUMERICOID, BOOLOID, TEXTOID, JSONBOID}
};

static void read_fact(HeapTuple row, TupleDesc descriptor, Fact *fact);
static bool counts_alike(const Fact *one, const Fact *other, TupleDesc descriptor);
static bool alike(const Fact *one, const Fact *other, Form_pg_attribute column);
static void write_change(const Fact *fact, int sign);

PG_FUNCTION_INFO_V1(feedback_row_xid);
PG_FUNCTION_INFO_V1(feedback_journal_assessment);
PG_FUNCTION_INFO_V1(feedback_truncate_assessments);
PG_FUNCTION_INFO_V1(feedback_skip_replicated);

/*
 * row_xid(assessment_id uuid) returns xid8
 *
 * The id of the current top-level transaction, for the generated column
 * logged_xid.  The argument is there so that each row has its own call.
 */
Datum
feedback_row_xid(PG_FUNCTION_ARGS)
{
	PG_RETURN_FULLTRANSACTIONID(GetTopFullTransactionId());
}

/*
 * journal_assessment() returns trigger
 *
 * AFTER UPDATE OR DELETE of feedback.assessments, FOR EACH ROW: logical
 * replication fires no others.
 */
Datum
feedback_journal_assessment(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	TupleDesc	descriptor;
	bool		update;
	Fact		before;
	Fact		after;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_AFTER(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		TRIGGER_FIRED_BY_INSERT(trigger->tg_event) ||
		!feedback_row_is_assessments(trigger->tg_relation))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("journal_assessment was not called as the trigger that it is"),
				 errhint("It is an AFTER UPDATE OR DELETE trigger of feedback.assessments, FOR EACH ROW.")));

	descriptor = RelationGetDescr(trigger->tg_relation);
	update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	read_fact(trigger->tg_trigtuple, descriptor, &before);
	if (update)
	{
		read_fact(trigger->tg_newtuple, descriptor, &after);
		if (counts_alike(&before, &after, descriptor))
			return PointerGetDatum(NULL);
	}

	SPI_connect();
	write_change(&before, -1);
	if (update)
		write_change(&after, 1);
	SPI_finish();
	return PointerGetDatum(NULL);
}

/*
 * truncate_assessments() returns trigger
 *
 * AFTER TRUNCATE of feedback.assessments.  Neither that nor this TRUNCATE heeds
 * snapshots, so older ones agree too: they see nothing of either.
 */
Datum
feedback_truncate_assessments(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event) ||
		!feedback_row_is_assessments(trigger->tg_relation))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("truncate_assessments was not called as the trigger that it is"),
				 errhint("It is an AFTER TRUNCATE trigger of feedback.assessments.")));

	SPI_connect();
	if (SPI_execute("TRUNCATE feedback_internal.rollup_totals, feedback_internal.rollup_days, feedback_internal.rollup_cells, "
					"feedback_internal.rollup_values, feedback_internal.rollup_changes", false, 0) < 0)
		elog(ERROR, "could not empty the rollups");
	SPI_finish();
	return PointerGetDatum(NULL);
}

/*
 * skip_replicated() returns trigger
 *
 * BEFORE INSERT, UPDATE or DELETE of a rollup, FOR EACH ROW, where logical
 * replication applies what another database's rollup has become: skips it.
 */
Datum
feedback_skip_replicated(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("skip_replicated was not called as the trigger that it is"),
				 errhint("It is a BEFORE trigger of the rollups, FOR EACH ROW.")));
	return PointerGetDatum(NULL);
}

/* Read what a row counts as. */
static void
read_fact(HeapTuple row, TupleDesc descriptor, Fact *fact)
{
	heap_deform_tuple(row, descriptor, fact->values, fact->nulls);
	fact->counts = DatumGetBool(fact->values[ROW_VALID]) &&
		feedback_row_kind(PointerGetDatum(feedback_row_enum_text(fact->values[ROW_KIND]))) == KIND_FEEDBACK;
	fact->long_text = !fact->nulls[ROW_TEXT_VALUE] &&
		feedback_summary_is_long_text(fact->values[ROW_TEXT_VALUE]);
	fact->json_null = !fact->nulls[ROW_JSON_VALUE] &&
		feedback_summary_is_json_null(fact->values[ROW_JSON_VALUE]);
}

/* Do the rollups count the two as the same?  A changed stamp is a change. */
static bool
counts_alike(const Fact *one, const Fact *other, TupleDesc descriptor)
{
	static const int columns[] = {
		ROW_PROJECT, ROW_NAME, ROW_SOURCE_TYPE, ROW_CREATE_TIME, ROW_BOOLEAN_VALUE,
		ROW_NUMERIC_VALUE, LOGGED_XID, ROW_TEXT_VALUE
	};
	int			count = lengthof(columns) - (one->long_text ? 1 : 0);
	int			i;

	if (!one->counts && !other->counts)
		return true;
	if (one->counts != other->counts ||
		one->long_text != other->long_text ||
		one->json_null != other->json_null ||
		one->nulls[ROW_JSON_VALUE] != other->nulls[ROW_JSON_VALUE] ||
		one->nulls[ROW_ERROR_CODE] != other->nulls[ROW_ERROR_CODE])
		return false;
	for (i = 0; i < count; i++)
	{
		if (!alike(one, other, TupleDescAttr(descriptor, columns[i])))
			return false;
	}
	return true;
}

/* Is a column the same, digit for digit? */
static bool
alike(const Fact *one, const Fact *other, Form_pg_attribute column)
{
	int			i = column->attnum - 1;

	if (one->nulls[i] || other->nulls[i])
		return one->nulls[i] == other->nulls[i];
	return datum_image_eq(one->values[i], other->values[i], column->attbyval, column->attlen);
}

/*
 * Write down what a row was or has become.
 *
 * Not if the present transaction has inserted it: for nobody who sees this
 * entry will that row be counted.
 */
static void
write_change(const Fact *fact, int sign)
{
	static const int columns[] = {
		ROW_BOOLEAN_VALUE, ROW_NUMERIC_VALUE, ROW_TEXT_VALUE, ROW_JSON_VALUE
	};
	static const int parameters[] = {8, 9, 11, 12};
	bool		is_long = fact->long_text || (!fact->nulls[ROW_JSON_VALUE] && !fact->json_null);
	Datum		values[13];
	char		nulls[13];
	int			i;

	if (!fact->counts ||
		FullTransactionIdEquals(DatumGetFullTransactionId(fact->values[LOGGED_XID]),
								GetTopFullTransactionIdIfAny()))
		return;

	memset(nulls, ' ', sizeof(nulls));
	values[0] = fact->values[LOGGED_XID];
	values[1] = Int16GetDatum(sign);
	values[2] = fact->values[ROW_PROJECT];
	values[3] = fact->values[ROW_NAME];
	values[4] = PointerGetDatum(feedback_row_enum_text(fact->values[ROW_SOURCE_TYPE]));
	values[5] = fact->values[ROW_CREATE_TIME];
	values[6] = BoolGetDatum(is_long || !fact->nulls[ROW_TEXT_VALUE] ||
							 !fact->nulls[ROW_BOOLEAN_VALUE] || !fact->nulls[ROW_NUMERIC_VALUE]);
	values[7] = BoolGetDatum(!fact->nulls[ROW_ERROR_CODE]);
	values[10] = BoolGetDatum(is_long);
	for (i = 0; i < (int) lengthof(columns); i++)
	{
		/* what is long is not to be copied */
		bool		null = fact->nulls[columns[i]] || (is_long && i > 1);

		values[parameters[i]] = fact->values[columns[i]];
		nulls[parameters[i]] = null ? 'n' : ' ';
	}
	(void) feedback_statement_run(&insert_change, values, nulls, false);
}
