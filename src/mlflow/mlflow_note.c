/*
 * mlflow_note.c
 *		What one side could not take, and why: feedback.mlflow_notes.
 *
 * The other side's statement goes on.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "storage/bufmgr.h"
#include "utils/builtins.h"

#include "base/attempt.h"
#include "mlflow/mlflow.h"

#define OF_ROW \
	"WHERE trace_id = $1 AND assessment_id = $2 AND direction = $3 AND schema_name = $4::name"

static Statement note_row = {
	.sql = "INSERT INTO feedback.mlflow_notes AS n (trace_id, assessment_id, direction, schema_name, outcome, sqlstate, message, detail) "
	"VALUES ($1, $2, $3, $4::name, $5, $6, $7, $8) "
	"ON CONFLICT (trace_id, assessment_id, direction, schema_name) DO UPDATE SET outcome = excluded.outcome, "
	"sqlstate = excluded.sqlstate, message = excluded.message, detail = excluded.detail, "
	"attempts = n.attempts + 1, last_attempt_time = clock_timestamp()",
	.count = 8,
	.types = {TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID}
};

/* What was changed on the way is so still */
static Statement forget_rejections = {
	.sql = "DELETE FROM feedback.mlflow_notes WHERE trace_id = $1 AND assessment_id = $2 AND schema_name = $3::name "
	"AND outcome = 'rejected'",
	.count = 3,
	.types = {TEXTOID, TEXTOID, TEXTOID}
};

static Statement forget_row = {
	.sql = "DELETE FROM feedback.mlflow_notes " OF_ROW,
	.count = 4,
	.types = {TEXTOID, TEXTOID, TEXTOID, TEXTOID}
};

/* Indexed by MlflowDirection */
static const char *const directions[] = {"from MLflow", "to MLflow"};

static bool comes_from_outside(int sqlstate);

/*
 * Do something that may fail, in a subtransaction; false if it has, with the
 * reason.  A cancelled statement or a session that ends is no such reason.
 */
bool
feedback_mlflow_try(MlflowWork work, void *arg, Problem *problem)
{
	int			way = feedback_mlflow_way();
	ErrorData  *error = feedback_attempt(work, arg, comes_from_outside);

	feedback_mlflow_go(way);
	return error == NULL ||
		feedback_problem_set(problem, error->sqlerrcode, NULL, error->message, NULL, NULL);
}

/* Is an error none of the work's? */
static bool
comes_from_outside(int sqlstate)
{
	return sqlstate == ERRCODE_QUERY_CANCELED ||
		ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_OPERATOR_INTERVENTION;
}

/* Note that a side could not take an assessment, or took it otherwise. */
void
feedback_mlflow_note(MlflowStore *store, MlflowDirection direction, const char *mlflow_id,
					 const char *trace_id, bool rejected, const Problem *problem)
{
	Datum		values[8] = {
		CStringGetTextDatum(trace_id), CStringGetTextDatum(mlflow_id), CStringGetTextDatum(directions[direction]),
		CStringGetTextDatum(NameStr(store->schema_name)), CStringGetTextDatum(rejected ? "rejected" : "changed"),
		rejected ? CStringGetTextDatum(unpack_sql_state(problem->sqlstate)) : (Datum) 0,
		CStringGetTextDatum(problem->message),
		problem->detail == NULL ? (Datum) 0 : CStringGetTextDatum(problem->detail)
	};
	char		nulls[8];

	memset(nulls, ' ', sizeof(nulls));
	nulls[5] = rejected ? ' ' : 'n';
	nulls[7] = problem->detail == NULL ? 'n' : ' ';
	feedback_statement_run(&note_row, values, nulls, false);
}

/* What was noted of an assessment is so no more. */
void
feedback_mlflow_forget(MlflowStore *store, MlflowDirection direction, const char *mlflow_id, const char *trace_id)
{
	Datum		values[] = {
		CStringGetTextDatum(trace_id), CStringGetTextDatum(mlflow_id), CStringGetTextDatum(directions[direction]),
		CStringGetTextDatum(NameStr(store->schema_name))
	};

	if (feedback_mlflow_has_notes())
		feedback_statement_run(&forget_row, values, NULL, false);
}

/* What could not be taken, is. */
void
feedback_mlflow_forget_rejected(MlflowStore *store, const char *mlflow_id, const char *trace_id)
{
	Datum		values[] = {
		CStringGetTextDatum(trace_id), CStringGetTextDatum(mlflow_id), CStringGetTextDatum(NameStr(store->schema_name))
	};

	feedback_statement_run(&forget_rejections, values, NULL, false);
}

/* As a rule there are none, which need not be looked for. */
bool
feedback_mlflow_has_notes(void)
{
	Relation	relation = table_openrv(makeRangeVar("feedback", "mlflow_notes", -1), AccessShareLock);
	bool		any = RelationGetNumberOfBlocks(relation) > 0;

	table_close(relation, AccessShareLock);
	return any;
}

/* Read a direction as the table spells it. */
MlflowDirection
feedback_mlflow_note_direction(const char *direction)
{
	return strcmp(direction, directions[TO_MLFLOW]) == 0 ? TO_MLFLOW : FROM_MLFLOW;
}
