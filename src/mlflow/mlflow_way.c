/*
 * mlflow_way.c
 *		Which way rows are going between MLflow's table and ours.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"

#include "mlflow/mlflow.h"

/*
 * Which way rows are going, so that they do not come back.  A variable and no
 * comparison of rows: a number or a time may well come back otherwise.
 */
static int	going = MLFLOW_GOING_NOWHERE;

PG_FUNCTION_INFO_V1(feedback_mlflow_is_mirroring);

/* mirrors_mlflow() returns boolean */
Datum
feedback_mlflow_is_mirroring(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(going == MLFLOW_GOING_FROM);
}

/* Go a way; returns which was gone before, to go on with it. */
int
feedback_mlflow_go(int way)
{
	int			outer = going;

	going = way;
	return outer;
}

int
feedback_mlflow_way(void)
{
	return going;
}

/* Do something connected to SPI, going a way meanwhile, which ends with it however it ends. */
void
feedback_mlflow_work_on_way(int way, MlflowWork work, void *arg)
{
	int			outer = feedback_mlflow_go(way);

	PG_TRY();
	{
		SPI_connect();
		work(arg);
		SPI_finish();
	}
	PG_FINALLY();
	{
		feedback_mlflow_go(outer);
	}
	PG_END_TRY();
}
