/*
 * mlflow_settle.c
 *		What sessions that waited for each other have left.
 *
 * Where one session writes here and one in MLflow, each may wait for a row of the
 * other's.  One gives way and notes it; the other comes later, and settles that.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include "mlflow/mlflow.h"

/* What gave way: 40P01, 40001 and 55P03 */
static Statement select_given_way = {
	.sql = "SELECT direction, assessment_id FROM feedback.mlflow_notes "
	"WHERE trace_id = $1 AND schema_name = $2::name AND sqlstate IN ('40P01', '40001', '55P03')",
	.count = 2,
	.types = {TEXTOID, TEXTOID}
};

typedef struct Settlement
{
	MlflowStore *store;
	MlflowDirection direction;
	char	   *mlflow_id;
	text	   *trace_id;
} Settlement;

static void settle_one(void *arg);
static void delete_gone(const Settlement *settlement);

/*
 * Both sides have an assessment now, so nothing noted of it holds.  Others of its
 * trace are done again where somebody has given way meanwhile.
 */
void
feedback_mlflow_taken(MlflowStore *store, const char *mlflow_id, const char *trace_id)
{
	Datum		values[] = {CStringGetTextDatum(trace_id), CStringGetTextDatum(NameStr(store->schema_name))};
	SPITupleTable *notes;
	uint64		count;
	uint64		i;

	if (!feedback_mlflow_has_notes())
		return;
	feedback_mlflow_forget_rejected(store, mlflow_id, trace_id);
	count = feedback_statement_run(&select_given_way, values, NULL, false);
	notes = SPI_tuptable;
	for (i = 0; i < count; i++)
	{
		Settlement	settlement = {
			.store = store,
			.direction = feedback_mlflow_note_direction(SPI_getvalue(notes->vals[i], notes->tupdesc, 1)),
			.mlflow_id = SPI_getvalue(notes->vals[i], notes->tupdesc, 2),
			.trace_id = cstring_to_text(trace_id)
		};
		Problem		problem;

		/* What fails once more stays noted */
		(void) feedback_mlflow_try(settle_one, &settlement, &problem);
	}
}

static void
settle_one(void *arg)
{
	Settlement *settlement = arg;
	pg_uuid_t	id;

	if (settlement->direction == TO_MLFLOW)
	{
		(void) feedback_mlflow_row_id(settlement->mlflow_id, &id);
		feedback_mlflow_put_row(settlement->store, settlement->trace_id, &id, settlement->mlflow_id);
	}
	else
	{
		(void) feedback_mlflow_go(MLFLOW_GOING_FROM);
		if (!feedback_mlflow_apply_from(settlement->store, settlement->mlflow_id))
			delete_gone(settlement);
	}
	feedback_mlflow_forget(settlement->store, settlement->direction, settlement->mlflow_id,
						   text_to_cstring(settlement->trace_id));
}

/* MLflow has it no more, or what we cannot take */
static void
delete_gone(const Settlement *settlement)
{
	MlflowRow	gone = {.columns = {
			[MLFLOW_ASSESSMENT_ID] = settlement->mlflow_id,
			[MLFLOW_TRACE_ID] = text_to_cstring(settlement->trace_id)
	}
	};

	feedback_mlflow_apply_delete(settlement->store, &gone);
}
