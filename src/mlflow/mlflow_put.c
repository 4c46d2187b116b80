/*
 * mlflow_put.c
 *		A row of feedback.assessments, as it is now, into MLflow's table.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "assessment/row.h"
#include "assessment/validate.h"
#include "base/identifier.h"
#include "base/rfc3339.h"
#include "mlflow/mlflow.h"

/* Parameters of the statement that writes a row, in the order of its columns */
#define PUT_PARAMETERS	18

static Statement select_row = {
	.sql = "SELECT " ROW_COLUMNS " FROM feedback.assessments WHERE trace_id = $1 AND assessment_id = $2",
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

static Statement select_id = {
	.sql = "SELECT mlflow_id FROM feedback_internal.mlflow_ids WHERE trace_id = $1 AND assessment_id = $2",
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

static void put_row(Statement *put, const Assessment *assessment, const char *mlflow_id);
static void check_limits(const Assessment *assessment);
static Datum milliseconds(TimestampTz time);
static char *run_id(Jsonb *metadata);
static bool aggregate_value(const Value *value, double *number);

/*
 * Write a row, which has this id there, as it is now, or take it away if it is no
 * more; raises.
 *
 * MLflow's row is locked before ours is read: whoever changes it has then
 * committed, and changed ours too.
 */
void
feedback_mlflow_put_row(MlflowStore *store, text *trace_id, const pg_uuid_t *id, const char *mlflow_id)
{
	Datum		key[] = {CStringGetTextDatum(mlflow_id), PointerGetDatum(trace_id)};
	Datum		values[] = {PointerGetDatum(trace_id), UUIDPGetDatum(id)};
	Statement  *put = feedback_mlflow_store_put(store);
	int			outer = feedback_mlflow_go(MLFLOW_GOING_TO);
	Assessment	assessment;

	if (put == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("MLflow's table assessments is not there")));
	feedback_statement_run(&store->lock, key, NULL, false);
	if (feedback_statement_run(&select_row, values, NULL, false) == 0)
		feedback_statement_run(&store->remove, key, NULL, false);
	else
	{
		feedback_row_read(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, &assessment);
		check_limits(&assessment);
		put_row(put, &assessment, mlflow_id);
	}
	feedback_mlflow_go(outer);
}

/* Write a row in all columns that MLflow's pages, searches and metrics read. */
static void
put_row(Statement *put, const Assessment *assessment, const char *mlflow_id)
{
	double		aggregate = 0;
	bool		aggregated = aggregate_value(&assessment->value, &aggregate);
	char	   *overrides = assessment->has_overrides ? feedback_mlflow_id_of(assessment->trace_id, &assessment->overrides) : NULL;
	const char *strings[] = {
		mlflow_id, text_to_cstring(assessment->trace_id), text_to_cstring(assessment->name),
		feedback_row_kind_name(assessment->kind), feedback_mlflow_json_value(&assessment->value),
		feedback_mlflow_json_error(assessment), NULL, NULL,
		feedback_assessment_source_type_name(assessment->source_type),
		assessment->source_id == NULL ? NULL : text_to_cstring(assessment->source_id),
		run_id(assessment->metadata),
		assessment->span_id == NULL ? NULL : text_to_cstring(assessment->span_id),
		assessment->rationale == NULL ? NULL : text_to_cstring(assessment->rationale),
		overrides, NULL, feedback_mlflow_json_metadata(assessment->metadata)
	};
	Datum		values[PUT_PARAMETERS];
	char		nulls[PUT_PARAMETERS];
	int			i;

	memset(nulls, ' ', sizeof(nulls));
	for (i = 0; i < (int) lengthof(strings); i++)
	{
		nulls[i] = strings[i] == NULL ? 'n' : ' ';
		values[i] = strings[i] == NULL ? (Datum) 0 : CStringGetTextDatum(strings[i]);
	}
	nulls[6] = nulls[7] = nulls[14] = ' ';
	values[6] = milliseconds(assessment->create_time);
	values[7] = milliseconds(assessment->last_update_time);
	values[14] = BoolGetDatum(assessment->valid);
	nulls[16] = aggregated ? ' ' : 'n';
	values[16] = Float8GetDatum(aggregate);
	values[17] = BoolGetDatum(assessment->value.type == VALUE_NUMERIC);
	if (feedback_statement_run(put, values, nulls, false) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNIQUE_VIOLATION),
				 errmsg("assessment_id exists on another trace of MLflow")));
}

/* What MLflow's server could not show, or its columns not hold */
static void
check_limits(const Assessment *assessment)
{
	if (assessment->span_id != NULL &&
		pg_mbstrlen_with_len(VARDATA_ANY(assessment->span_id), VARSIZE_ANY_EXHDR(assessment->span_id)) > MLFLOW_MAX_SPAN_ID)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("span_id is too long for MLflow, where it has up to %d characters", MLFLOW_MAX_SPAN_ID)));
	if (assessment->value.type == VALUE_JSON && feedback_mlflow_json_depth(assessment->value.as.json) > MLFLOW_MAX_NESTING)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("value is nested too deep for MLflow, whose server cannot show lists and objects deeper than %d",
						MLFLOW_MAX_NESTING)));
}

/* Since 1970, rounded down */
static Datum
milliseconds(TimestampTz time)
{
	int64		microseconds = time - UNIX_EPOCH;

	return Int64GetDatum(microseconds / 1000 - (microseconds % 1000 < 0));
}

/* MLflow's run that made an assessment, if its metadata say so; NULL if not */
static char *
run_id(Jsonb *metadata)
{
	static const char name[] = "mlflow.assessment.sourceRunId";
	JsonbValue	buffer;
	JsonbValue *value;

	if (metadata == NULL || !JB_ROOT_IS_OBJECT(metadata))
		return NULL;
	value = getKeyJsonValueFromContainer(&metadata->root, name, strlen(name), &buffer);
	if (value == NULL || value->type != jbvString || value->val.string.len > MLFLOW_MAX_RUN_ID)
		return NULL;
	return pnstrdup(value->val.string.val, value->val.string.len);
}

/* What MLflow's metrics average: numbers, booleans, and yes and no; false for others */
static bool
aggregate_value(const Value *value, double *number)
{
	char	   *string;

	switch (value->type)
	{
		case VALUE_BOOLEAN:
			*number = value->as.boolean ? 1 : 0;
			return true;
		case VALUE_NUMERIC:
			*number = strtod(DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->as.numeric))), NULL);
			return true;
		case VALUE_TEXT:
			string = text_to_cstring(DatumGetTextPP(DirectFunctionCall1(btrim1, PointerGetDatum(value->as.text))));
			*number = pg_strcasecmp(string, "yes") == 0 ? 1 : 0;
			return *number == 1 || pg_strcasecmp(string, "no") == 0;
		default:
			return false;
	}
}

/* The id in MLflow's table: the same in its spelling, or what it was derived from */
char *
feedback_mlflow_id_of(text *trace_id, const pg_uuid_t *id)
{
	Datum		values[] = {PointerGetDatum(trace_id), UUIDPGetDatum(id)};
	char	   *spelled;

	if (feedback_statement_run(&select_id, values, NULL, false) > 0)
		return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	spelled = palloc0(IDENTIFIER_LENGTH + 1);
	feedback_identifier_print(id, spelled);
	return spelled;
}
