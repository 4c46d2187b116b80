/*
 * mlflow_push.c
 *		What the extension logs on a trace that MLflow has, to MLflow's table.
 *
 * At commit: MLflow locks a trace while it writes feedback on it, and an
 * application's transaction may stay open for long.  What is written then is the
 * row as it is, whatever has happened to it before.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "assessment/row.h"
#include "base/identifier.h"
#include "base/text.h"
#include "mlflow/mlflow.h"

/* Tells our advisory locks on traces from those of others */
#define LOCK_SEED		UINT64CONST(0x6d6c666c6f77)

static Statement select_trace = {
	.sql = "SELECT assessment_id FROM feedback.assessments WHERE trace_id = $1 ORDER BY create_time, assessment_id",
	.count = 1,
	.types = {TEXTOID}
};

/* What is done within a subtransaction */
typedef struct Pushing
{
	MlflowStore *store;
	text	   *trace_id;
	pg_uuid_t	id;
	const char *mlflow_id;
} Pushing;

static void push_event(void *arg);
static void push_arrived(void *arg);
static void push_to_all(HeapTuple row, TupleDesc descriptor);
static void push_one(void *arg);
static void lock_trace(const text *trace_id, bool exclusive);
static bool has_trace(MlflowStore *store, text *trace_id);
static void push_waiting(MlflowStore *store, text *trace_id);

PG_FUNCTION_INFO_V1(feedback_mlflow_push);
PG_FUNCTION_INFO_V1(feedback_mlflow_trace_arrived);

/* push_mlflow() returns trigger: AFTER INSERT, UPDATE or DELETE of feedback.assessments, for each row, at commit */
Datum
feedback_mlflow_push(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_AFTER(data->tg_event) || !feedback_row_is_assessments(data->tg_relation))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("push_mlflow is a trigger of feedback.assessments")));
	feedback_mlflow_work_on_way(MLFLOW_GOING_TO, push_event, data);
	return PointerGetDatum(NULL);
}

/* mlflow_trace_arrived() returns trigger: AFTER INSERT of MLflow's trace_info, for each row */
Datum
feedback_mlflow_trace_arrived(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_AFTER(data->tg_event) || !TRIGGER_FIRED_BY_INSERT(data->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("mlflow_trace_arrived is a trigger of MLflow's trace_info"),
				 errhint("attach_mlflow creates it.")));
	feedback_mlflow_work_on_way(MLFLOW_GOING_TO, push_arrived, data);
	return PointerGetDatum(NULL);
}

static void
push_event(void *arg)
{
	TriggerData *data = arg;
	TupleDesc	descriptor = RelationGetDescr(data->tg_relation);

	push_to_all(data->tg_trigtuple, descriptor);
	if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
	{
		bool		isnull;
		Datum		old_id = SPI_getbinval(data->tg_trigtuple, descriptor, ROW_ASSESSMENT_ID + 1, &isnull);
		Datum		new_id = SPI_getbinval(data->tg_newtuple, descriptor, ROW_ASSESSMENT_ID + 1, &isnull);
		Datum		old_trace = SPI_getbinval(data->tg_trigtuple, descriptor, ROW_TRACE_ID + 1, &isnull);
		Datum		new_trace = SPI_getbinval(data->tg_newtuple, descriptor, ROW_TRACE_ID + 1, &isnull);

		if (!feedback_identifier_equal(DatumGetUUIDP(old_id), DatumGetUUIDP(new_id)) ||
			!same_text(DatumGetTextPP(old_trace), DatumGetTextPP(new_trace)))
			push_to_all(data->tg_newtuple, descriptor);
	}
}

static void
push_arrived(void *arg)
{
	TriggerData *data = arg;
	TupleDesc	descriptor = RelationGetDescr(data->tg_relation);
	char	   *trace_id = SPI_getvalue(data->tg_trigtuple, descriptor, SPI_fnumber(descriptor, "request_id"));

	if (trace_id != NULL)
		push_waiting(feedback_mlflow_store(get_namespace_name(RelationGetNamespace(data->tg_relation))),
					 cstring_to_text(trace_id));
}

static void
push_to_all(HeapTuple row, TupleDesc descriptor)
{
	bool		isnull;
	text	   *trace_id = DatumGetTextPP(SPI_getbinval(row, descriptor, ROW_TRACE_ID + 1, &isnull));
	pg_uuid_t  *id = DatumGetUUIDP(SPI_getbinval(row, descriptor, ROW_ASSESSMENT_ID + 1, &isnull));
	List	   *names = feedback_mlflow_store_pushed();
	ListCell   *lc;

	foreach(lc, names)
	{
		(void) feedback_mlflow_push_or_note(feedback_mlflow_store(lfirst(lc)), trace_id, id);
	}
}

/* Write a row as it is now; what cannot be written is noted. */
bool
feedback_mlflow_push_or_note(MlflowStore *store, text *trace_id, const pg_uuid_t *id)
{
	const char *mlflow_id = feedback_mlflow_id_of(trace_id, id);
	Pushing		pushing = {.store = store, .trace_id = trace_id, .id = *id, .mlflow_id = mlflow_id};
	char	   *trace = text_to_cstring(trace_id);
	Problem		problem;

	if (feedback_mlflow_try(push_one, &pushing, &problem))
	{
		feedback_mlflow_taken(store, mlflow_id, trace);
		return true;
	}
	feedback_mlflow_note(store, TO_MLFLOW, mlflow_id, trace, true, &problem);
	return false;
}

static void
push_one(void *arg)
{
	Pushing    *pushing = arg;

	lock_trace(pushing->trace_id, false);
	if (has_trace(pushing->store, pushing->trace_id))
		feedback_mlflow_put_row(pushing->store, pushing->trace_id, &pushing->id, pushing->mlflow_id);
}

/*
 * A transaction that brings a trace and one that logs on it do not see each
 * other: whoever comes second waits, and then sees.
 */
static void
lock_trace(const text *trace_id, bool exclusive)
{
	uint64		key = hash_bytes_extended((const unsigned char *) VARDATA_ANY(trace_id), VARSIZE_ANY_EXHDR(trace_id), LOCK_SEED);

	if (exclusive)
		(void) DirectFunctionCall1(pg_advisory_xact_lock_int8, Int64GetDatum((int64) key));
	else
		(void) DirectFunctionCall1(pg_advisory_xact_lock_shared_int8, Int64GetDatum((int64) key));
}

static bool
has_trace(MlflowStore *store, text *trace_id)
{
	Datum		values[] = {PointerGetDatum(trace_id)};

	return feedback_statement_run(&store->has_trace, values, NULL, false) > 0;
}

/* Write what was logged on a trace before it came. */
static void
push_waiting(MlflowStore *store, text *trace_id)
{
	Datum		values[] = {PointerGetDatum(trace_id)};
	SPITupleTable *rows;
	uint64		count;
	uint64		i;

	if (!feedback_mlflow_store_is_attached(store))
		return;
	lock_trace(trace_id, true);
	count = feedback_statement_run(&select_trace, values, NULL, false);
	rows = SPI_tuptable;
	for (i = 0; i < count; i++)
	{
		bool		isnull;

		CHECK_FOR_INTERRUPTS();
		(void) feedback_mlflow_push_or_note(store, trace_id, DatumGetUUIDP(SPI_getbinval(rows->vals[i], rows->tupdesc, 1, &isnull)));
	}
}
