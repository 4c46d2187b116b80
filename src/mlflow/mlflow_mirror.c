/*
 * mlflow_mirror.c
 *		The trigger on MLflow's table assessments.
 *
 * An ordinary row trigger without names of columns: MLflow's migrations change
 * the table in the transaction in which they have updated its rows.
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/text.h"
#include "mlflow/mlflow.h"

/* What is done within a subtransaction */
typedef struct Mirroring
{
	MlflowStore *store;
	const MlflowRow *old;
	const MlflowRow *row;
	bool		taken;
	Problem		problem;
} Mirroring;

static void mirror_event(void *arg);
static void mirror_row(MlflowStore *store, const MlflowRow *old, const MlflowRow *row);
static void mirror_delete(MlflowStore *store, const MlflowRow *row);
static void mirror_truncate(MlflowStore *store);
static void apply_row(void *arg);
static void apply_delete(void *arg);
static void apply_truncate(void *arg);
static bool is_same(const MlflowRow *old, const MlflowRow *row);
static bool has_same_key(const MlflowRow *old, const MlflowRow *row);
static bool gives_way(int sqlstate);

PG_FUNCTION_INFO_V1(feedback_mlflow_mirror);

/* mirror_mlflow() returns trigger: AFTER INSERT, UPDATE or DELETE for each row, and BEFORE TRUNCATE */
Datum
feedback_mlflow_mirror(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!(TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) ||
		  (TRIGGER_FIRED_FOR_ROW(data->tg_event) && TRIGGER_FIRED_AFTER(data->tg_event))))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("mirror_mlflow is a trigger of MLflow's assessments"),
				 errhint("attach_mlflow creates it.")));
	if (feedback_mlflow_way() != MLFLOW_GOING_TO)
		feedback_mlflow_work_on_way(MLFLOW_GOING_FROM, mirror_event, data);
	return PointerGetDatum(NULL);
}

static void
mirror_event(void *arg)
{
	TriggerData *data = arg;
	MlflowStore *store = feedback_mlflow_store(get_namespace_name(RelationGetNamespace(data->tg_relation)));
	TupleDesc	descriptor = RelationGetDescr(data->tg_relation);
	MlflowRow	old;
	MlflowRow	row;

	if (!feedback_mlflow_store_is_attached(store))
		return;
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
	{
		mirror_truncate(store);
		return;
	}
	feedback_mlflow_row_read(data->tg_trigtuple, descriptor, &old);
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
	{
		if (feedback_mlflow_row_is_ours(&old))
			mirror_row(store, NULL, &old);
		return;
	}
	if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
	{
		if (feedback_mlflow_row_is_ours(&old))
			mirror_delete(store, &old);
		return;
	}
	feedback_mlflow_row_read(data->tg_newtuple, descriptor, &row);
	if (is_same(&old, &row))
		return;
	if (feedback_mlflow_row_is_ours(&old) && feedback_mlflow_row_is_ours(&row) && has_same_key(&old, &row))
	{
		mirror_row(store, &old, &row);
		return;
	}
	if (feedback_mlflow_row_is_ours(&old))
		mirror_delete(store, &old);
	if (feedback_mlflow_row_is_ours(&row))
		mirror_row(store, NULL, &row);
}

/* Bring a row; what cannot be taken is noted, and what it was before is not left. */
static void
mirror_row(MlflowStore *store, const MlflowRow *old, const MlflowRow *row)
{
	Mirroring	mirroring = {.store = store, .old = old, .row = row};
	Problem		failure;
	Problem    *problem = &failure;
	const char *id = row->columns[MLFLOW_ASSESSMENT_ID];
	const char *trace_id = row->columns[MLFLOW_TRACE_ID];

	if (id == NULL || trace_id == NULL)
		return;
	if (feedback_mlflow_try(apply_row, &mirroring, &failure))
	{
		if (mirroring.taken)
		{
			feedback_mlflow_taken(store, id, trace_id);
			return;
		}
		problem = &mirroring.problem;
	}
	if (!gives_way(problem->sqlstate))
	{
		Problem		second;

		(void) feedback_mlflow_try(apply_delete, &mirroring, &second);
	}
	feedback_mlflow_note(store, FROM_MLFLOW, id, trace_id, true, problem);
}

static void
mirror_delete(MlflowStore *store, const MlflowRow *row)
{
	Mirroring	mirroring = {.store = store, .row = row};
	Problem		problem;

	if (row->columns[MLFLOW_ASSESSMENT_ID] == NULL || row->columns[MLFLOW_TRACE_ID] == NULL)
		return;
	if (feedback_mlflow_try(apply_delete, &mirroring, &problem))
		feedback_mlflow_taken(store, row->columns[MLFLOW_ASSESSMENT_ID], row->columns[MLFLOW_TRACE_ID]);
	else
		feedback_mlflow_note(store, FROM_MLFLOW, row->columns[MLFLOW_ASSESSMENT_ID],
							 row->columns[MLFLOW_TRACE_ID], true, &problem);
}

/* Whatever MLflow has at this moment */
static void
mirror_truncate(MlflowStore *store)
{
	Mirroring	mirroring = {.store = store};
	Problem		problem;

	if (!feedback_mlflow_try(apply_truncate, &mirroring, &problem))
		feedback_mlflow_note(store, FROM_MLFLOW, "", "", true, &problem);
}

static void
apply_row(void *arg)
{
	Mirroring  *mirroring = arg;
	bool		changed;

	mirroring->taken = feedback_mlflow_apply(mirroring->store, mirroring->old, mirroring->row, &changed,
											 &mirroring->problem);
}

static void
apply_delete(void *arg)
{
	Mirroring  *mirroring = arg;

	feedback_mlflow_apply_delete(mirroring->store, mirroring->row);
}

static void
apply_truncate(void *arg)
{
	Mirroring  *mirroring = arg;

	feedback_statement_run(&mirroring->store->truncate, NULL, NULL, false);
}

/* Are the columns that we know the same?  MLflow's derived ones change more often. */
static bool
is_same(const MlflowRow *old, const MlflowRow *row)
{
	int			i;

	for (i = 0; i < MLFLOW_COLUMNS; i++)
		if (!same_string(old->columns[i], row->columns[i]))
			return false;
	return true;
}

static bool
has_same_key(const MlflowRow *old, const MlflowRow *row)
{
	return old->missing == NULL && row->missing == NULL &&
		strcmp(old->columns[MLFLOW_ASSESSMENT_ID], row->columns[MLFLOW_ASSESSMENT_ID]) == 0 &&
		strcmp(old->columns[MLFLOW_TRACE_ID], row->columns[MLFLOW_TRACE_ID]) == 0 &&
		strcmp(old->columns[MLFLOW_TYPE], row->columns[MLFLOW_TYPE]) == 0;
}

/* Did it wait for somebody who waited for it?  That one settles it. */
static bool
gives_way(int sqlstate)
{
	return sqlstate == ERRCODE_T_R_DEADLOCK_DETECTED || sqlstate == ERRCODE_T_R_SERIALIZATION_FAILURE ||
		sqlstate == ERRCODE_LOCK_NOT_AVAILABLE;
}
