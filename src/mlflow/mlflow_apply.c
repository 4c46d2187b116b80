/*
 * mlflow_apply.c
 *		A row of MLflow's, as it is now, into feedback.assessments.
 *
 * Runs within feedback_mlflow_try(), connected to SPI.  Of a row that is there
 * only what has changed is written: MLflow's times have milliseconds, and its
 * numbers are doubles.  MLflow's valid stands, whatever our overrides would say.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "assessment/row.h"
#include "assessment/validate.h"
#include "base/identifier.h"
#include "base/text.h"
#include "label/label_schema.h"
#include "log/store.h"
#include "mlflow/mlflow.h"

#define BY_KEY		"WHERE trace_id = $1 AND assessment_id = $2"

#define CHANGED_COLUMNS \
	"name, boolean_value, numeric_value, text_value, json_value, rationale, metadata, error_code, error_message, " \
	"stack_trace, source_type, source_id, span_id, overrides, valid, create_time, last_update_time"
#define CHANGED_PARAMETERS \
	"$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::feedback.source_type, $14, $15, $16, $17, $18, $19"

static Statement change_row = {
	.sql = "UPDATE feedback.assessments SET (" CHANGED_COLUMNS ") = ROW(" CHANGED_PARAMETERS ") "
	BY_KEY " AND (" CHANGED_COLUMNS ") IS DISTINCT FROM (" CHANGED_PARAMETERS ")",
	.count = 19,
	.types = {TEXTOID, UUIDOID, TEXTOID, BOOLOID, NUMERICOID, TEXTOID, JSONBOID, TEXTOID, JSONBOID, TEXTOID,
	TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, UUIDOID, BOOLOID, TIMESTAMPTZOID, TIMESTAMPTZOID}
};

static Statement delete_row = {
	.sql = "DELETE FROM feedback.assessments " BY_KEY,
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

/* What overrides a row that goes; MLflow leaves it as it is, with a reference to nothing */
static Statement unlink_overriding = {
	.sql = "UPDATE feedback.assessments SET overrides = NULL WHERE trace_id = $1 AND overrides = $2 RETURNING assessment_id",
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

/*
 * Whether what is to be overridden is there, of which kind, and whether something
 * else overrides it.  Whoever is deleting it is waited for, as its foreign key would.
 */
static Statement select_target = {
	.sql = "SELECT f.kind::text, EXISTS (SELECT FROM feedback.assessments o WHERE o.trace_id = $1 AND o.overrides = $2 "
	"AND o.assessment_id <> $3) FROM feedback.assessments f WHERE f.trace_id = $1 AND f.assessment_id = $2 FOR KEY SHARE OF f",
	.count = 3,
	.types = {TEXTOID, UUIDOID, UUIDOID}
};

static Statement keep_id = {
	.sql = "INSERT INTO feedback_internal.mlflow_ids (trace_id, assessment_id, mlflow_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
	.count = 3,
	.types = {TEXTOID, UUIDOID, TEXTOID}
};

static Statement forget_id = {
	.sql = "DELETE FROM feedback_internal.mlflow_ids " BY_KEY,
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

static bool check(MlflowStore *store, const MlflowRow *row, Assessment *assessment, Problem *problem);
static bool insert(MlflowStore *store, const MlflowRow *row, Assessment *assessment, bool *inserted, Problem *problem);
static bool insert_again(MlflowStore *store, const MlflowRow *row, Assessment *assessment, bool *inserted, Problem *problem);
static bool change(MlflowStore *store, const MlflowRow *old, const MlflowRow *row, Assessment *ours,
				   Assessment *assessment, bool *changed, Problem *problem);
static void overlay(const MlflowRow *old, const MlflowRow *row, const Assessment *assessment, Assessment *ours);
static bool write_overlay(const Assessment *ours);
static Statement *mirrored_insert(const Assessment *assessment);
static bool read_project(MlflowStore *store, const MlflowRow *row, Assessment *assessment, Problem *problem);
static void resolve_overrides(MlflowStore *store, const MlflowRow *row, Assessment *assessment);
static bool find_target(const Assessment *assessment, const char **refused);
static void copy_valid(MlflowStore *store, const Assessment *assessment, const char *mlflow_id);
static bool differs(const MlflowRow *old, const MlflowRow *row, MlflowColumn column);
static bool differs_from(const MlflowRow *old, const MlflowRow *row, MlflowColumn column, const char *written);
static bool same_millisecond(TimestampTz a, TimestampTz b);
static uint64 run_for_row(Statement *statement, text *trace_id, const pg_uuid_t *id);

/*
 * Bring a row that is as it is in MLflow; of one that is there what differs from
 * old, or all if that is NULL.  Tells whether that has changed anything.
 */
bool
feedback_mlflow_apply(MlflowStore *store, const MlflowRow *old, const MlflowRow *row, bool *changed, Problem *problem)
{
	Assessment	assessment;
	Assessment	ours;

	if (!feedback_mlflow_row_to_assessment(row, &assessment, problem))
		return false;
	*changed = false;
	if (old == NULL && !insert(store, row, &assessment, changed, problem))
		return false;
	if (*changed)
		return true;
	if (feedback_store_get(assessment.trace_id, &assessment.assessment_id, true, &ours))
		return change(store, old, row, &ours, &assessment, changed, problem);
	return insert_again(store, row, &assessment, changed, problem);
}

/* Bring the row of an id as it is now; false if MLflow has none, or we cannot take it. */
bool
feedback_mlflow_apply_from(MlflowStore *store, const char *mlflow_id)
{
	Datum		values[] = {CStringGetTextDatum(mlflow_id)};
	MlflowRow	row;
	Problem		problem;
	bool		changed;

	check_stack_depth();
	if (feedback_statement_run(&store->row, values, NULL, false) == 0)
		return false;
	feedback_mlflow_row_read(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, &row);
	return feedback_mlflow_row_is_ours(&row) && feedback_mlflow_apply(store, NULL, &row, &changed, &problem);
}

/* Take away what MLflow has deleted. */
void
feedback_mlflow_apply_delete(MlflowStore *store, const MlflowRow *row)
{
	const char *mlflow_id = row->columns[MLFLOW_ASSESSMENT_ID];
	const char *trace_id = row->columns[MLFLOW_TRACE_ID];
	Assessment	gone = {.trace_id = cstring_to_text(trace_id)};
	bool		same_id = feedback_mlflow_row_id(mlflow_id, &gone.assessment_id);
	SPITupleTable *unlinked;
	uint64		count = run_for_row(&unlink_overriding, gone.trace_id, &gone.assessment_id);
	uint64		i;

	unlinked = SPI_tuptable;
	for (i = 0; i < count; i++)
	{
		bool		isnull;
		Datum		id = SPI_getbinval(unlinked->vals[i], unlinked->tupdesc, 1, &isnull);
		char		spelled[IDENTIFIER_LENGTH + 1] = {0};
		Problem		left_out = {.message = "what it overrides was deleted"};

		feedback_identifier_print(DatumGetUUIDP(id), spelled);
		feedback_mlflow_note(store, FROM_MLFLOW, spelled, trace_id, false, &left_out);
	}
	run_for_row(&delete_row, gone.trace_id, &gone.assessment_id);
	if (!same_id)
		run_for_row(&forget_id, gone.trace_id, &gone.assessment_id);
	if (row->columns[MLFLOW_OVERRIDES] != NULL)
	{
		(void) feedback_mlflow_row_id(row->columns[MLFLOW_OVERRIDES], &gone.overrides);
		copy_valid(store, &gone, row->columns[MLFLOW_OVERRIDES]);
	}
	feedback_mlflow_forget(store, FROM_MLFLOW, mlflow_id, trace_id);
	feedback_mlflow_forget(store, TO_MLFLOW, mlflow_id, trace_id);
}

/* Find the project of a new assessment, and check all rules. */
bool
feedback_mlflow_apply_check(MlflowStore *store, const MlflowRow *row, Assessment *assessment, Problem *problem)
{
	return read_project(store, row, assessment, problem) && check(store, row, assessment, problem);
}

/* The rules for an assessment that has its project; one who assesses may well be unknown. */
static bool
check(MlflowStore *store, const MlflowRow *row, Assessment *assessment, Problem *problem)
{
	if (!feedback_validate(assessment, problem) || !feedback_label_schema_check(assessment, problem))
		return false;
	if (assessment->has_overrides)
		resolve_overrides(store, row, assessment);
	return true;
}

/* Insert a row, unless it is there. */
static bool
insert(MlflowStore *store, const MlflowRow *row, Assessment *assessment, bool *inserted, Problem *problem)
{
	Datum		values[ROW_PARAMETERS + 1];
	char		nulls[ROW_PARAMETERS + 1];
	pg_uuid_t	id;

	if (!feedback_mlflow_apply_check(store, row, assessment, problem))
		return false;
	feedback_row_bind(assessment, values, nulls);
	values[ROW_PARAMETERS] = BoolGetDatum(assessment->valid);
	nulls[ROW_PARAMETERS] = ' ';
	*inserted = feedback_statement_run(mirrored_insert(assessment), values, nulls, false) > 0;
	if (*inserted && assessment->has_overrides)
		copy_valid(store, assessment, row->columns[MLFLOW_OVERRIDES]);
	if (*inserted && !feedback_mlflow_row_id(row->columns[MLFLOW_ASSESSMENT_ID], &id))
	{
		Datum		kept[] = {
			PointerGetDatum(assessment->trace_id), UUIDPGetDatum(&assessment->assessment_id),
			CStringGetTextDatum(row->columns[MLFLOW_ASSESSMENT_ID])
		};

		feedback_statement_run(&keep_id, kept, NULL, false);
	}
	return true;
}

/*
 * Insert a row that was in nobody's way but one who overrode the same meanwhile: he
 * is seen now, and the row does without its overrides.  Should others keep coming
 * and going, the row is left for whoever comes next to settle.
 */
static bool
insert_again(MlflowStore *store, const MlflowRow *row, Assessment *assessment, bool *inserted, Problem *problem)
{
	assessment->has_overrides = row->columns[MLFLOW_OVERRIDES] != NULL;
	if (!insert(store, row, assessment, inserted, problem))
		return false;
	return *inserted ||
		feedback_problem_set(problem, ERRCODE_T_R_SERIALIZATION_FAILURE, NULL,
							 "what it overrides is overridden by one after the other", NULL, NULL);
}

/* Change what differs in a row that is there. */
static bool
change(MlflowStore *store, const MlflowRow *old, const MlflowRow *row, Assessment *ours,
	   Assessment *assessment, bool *changed, Problem *problem)
{
	bool		relinked = differs(old, row, MLFLOW_OVERRIDES);

	assessment->project = ours->project;
	if (assessment->kind != ours->kind)
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "kind",
									"an assessment cannot become one of the other kind", NULL, NULL);
	assessment->has_overrides = assessment->has_overrides && relinked;
	if (!check(store, row, assessment, problem))
		return false;
	overlay(old, row, assessment, ours);
	*changed = write_overlay(ours);
	if (relinked && assessment->has_overrides)
		copy_valid(store, assessment, row->columns[MLFLOW_OVERRIDES]);
	return true;
}

/*
 * Put what differs over what there is.  Value and error are one.  What MLflow has
 * as we have written it is the same, though its numbers have fewer digits.
 */
static void
overlay(const MlflowRow *old, const MlflowRow *row, const Assessment *assessment, Assessment *ours)
{
	if (differs(old, row, MLFLOW_NAME))
		ours->name = assessment->name;
	if (differs_from(old, row, MLFLOW_VALUE, feedback_mlflow_json_value(&ours->value)) ||
		differs_from(old, row, MLFLOW_ERROR, feedback_mlflow_json_error(ours)))
	{
		ours->value = assessment->value;
		ours->error_code = assessment->error_code;
		ours->error_message = assessment->error_message;
		ours->stack_trace = assessment->stack_trace;
	}
	if (differs(old, row, MLFLOW_RATIONALE))
		ours->rationale = assessment->rationale;
	if (differs_from(old, row, MLFLOW_METADATA, feedback_mlflow_json_metadata(ours->metadata)))
		ours->metadata = assessment->metadata;
	if (differs(old, row, MLFLOW_SOURCE_TYPE))
		ours->source_type = assessment->source_type;
	if (differs(old, row, MLFLOW_SOURCE_ID))
		ours->source_id = assessment->source_id;
	if (differs(old, row, MLFLOW_SPAN_ID))
		ours->span_id = assessment->span_id;
	if (differs(old, row, MLFLOW_OVERRIDES))
	{
		ours->has_overrides = assessment->has_overrides;
		ours->overrides = assessment->overrides;
	}
	if (differs(old, row, MLFLOW_VALID))
		ours->valid = assessment->valid;
	if (differs(old, row, MLFLOW_CREATED) && !same_millisecond(ours->create_time, assessment->create_time))
		ours->create_time = assessment->create_time;
	if (differs(old, row, MLFLOW_UPDATED) && !same_millisecond(ours->last_update_time, assessment->last_update_time))
		ours->last_update_time = assessment->last_update_time;
}

static bool
write_overlay(const Assessment *ours)
{
	const void *pointers[] = {
		ours->trace_id, &ours->assessment_id, ours->name, NULL, NULL, NULL, NULL,	/* the value */
		ours->rationale, ours->metadata, ours->error_code, ours->error_message, ours->stack_trace,
		cstring_to_text(feedback_assessment_source_type_name(ours->source_type)), ours->source_id, ours->span_id,
		ours->has_overrides ? &ours->overrides : NULL
	};
	Datum		values[19];
	char		nulls[19];
	int			i;

	memset(nulls, ' ', sizeof(nulls));
	for (i = 0; i < (int) lengthof(pointers); i++)
		feedback_row_bind_pointer(pointers[i], &values[i], &nulls[i]);
	feedback_row_bind_value(&ours->value, &values[3], &nulls[3]);
	values[16] = BoolGetDatum(ours->valid);
	values[17] = TimestampTzGetDatum(ours->create_time);
	values[18] = TimestampTzGetDatum(ours->last_update_time);
	return feedback_statement_run(&change_row, values, nulls, false) > 0;
}

/*
 * The statement that inserts an assessment of this kind and source type, with its
 * valid.  Neither a row that is there nor one that overrides the same is an error.
 */
static Statement *
mirrored_insert(const Assessment *assessment)
{
	static Statement statements[2][SOURCE_UNSPECIFIED + 1];
	Statement  *statement = &statements[assessment->kind][assessment->source_type];

	if (statement->sql == NULL)
	{
		char	   *sql = psprintf("INSERT INTO feedback.assessments (" ROW_INSERT_COLUMNS ", valid) "
								   "VALUES ('%s'::feedback.assessment_kind, '%s'::feedback.source_type, "
								   "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) "
								   "ON CONFLICT DO NOTHING",
								   feedback_row_kind_name(assessment->kind),
								   feedback_assessment_source_type_name(assessment->source_type));

		memcpy(statement->types, feedback_row_parameter_types, sizeof(feedback_row_parameter_types));
		statement->types[ROW_PARAMETERS] = BOOLOID;
		statement->count = ROW_PARAMETERS + 1;
		statement->sql = MemoryContextStrdup(TopMemoryContext, sql);
	}
	return statement;
}

/* The project is what the trace's experiment is called. */
static bool
read_project(MlflowStore *store, const MlflowRow *row, Assessment *assessment, Problem *problem)
{
	Datum		values[] = {PointerGetDatum(assessment->trace_id)};
	const char *project = row->project;

	if (project == NULL && feedback_statement_run(&store->project, values, NULL, false) > 0)
		project = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	if (project == NULL)
		return feedback_problem_set(problem, ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "project",
									"the trace has no experiment, or its schema is not attached", NULL, NULL);
	assessment->project = cstring_to_text(project);
	return true;
}

/*
 * Leave out an overrides that cannot stand: of what is not there, even after
 * looking for it in MLflow, or is overridden already.
 */
static void
resolve_overrides(MlflowStore *store, const MlflowRow *row, Assessment *assessment)
{
	const char *mlflow_id = row->columns[MLFLOW_ASSESSMENT_ID];
	const char *trace_id = row->columns[MLFLOW_TRACE_ID];
	Problem		left_out = {0};
	bool		found = find_target(assessment, &left_out.message);

	if (!found && left_out.message == NULL && feedback_mlflow_apply_from(store, row->columns[MLFLOW_OVERRIDES]))
		found = find_target(assessment, &left_out.message);
	if (found)
	{
		feedback_mlflow_forget(store, FROM_MLFLOW, mlflow_id, trace_id);
		return;
	}
	if (left_out.message == NULL)
		left_out.message = "what it overrides is not there";
	assessment->has_overrides = false;
	feedback_mlflow_note(store, FROM_MLFLOW, mlflow_id, trace_id, false, &left_out);
}

/* Can what an assessment overrides be overridden by it?  If not, why, unless it is not there. */
static bool
find_target(const Assessment *assessment, const char **refused)
{
	Datum		values[] = {
		PointerGetDatum(assessment->trace_id), UUIDPGetDatum(&assessment->overrides),
		UUIDPGetDatum(&assessment->assessment_id)
	};
	HeapTuple	target;
	TupleDesc	descriptor;
	bool		isnull;

	if (feedback_statement_run(&select_target, values, NULL, false) == 0)
		return false;
	target = SPI_tuptable->vals[0];
	descriptor = SPI_tuptable->tupdesc;
	if (feedback_row_kind(SPI_getbinval(target, descriptor, 1, &isnull)) != assessment->kind)
		*refused = "what it overrides is of the other kind";
	else if (DatumGetBool(SPI_getbinval(target, descriptor, 2, &isnull)))
		*refused = "what it overrides is overridden already";
	return *refused == NULL;
}

/*
 * The table's own trigger has made what is overridden, or was, what the overrides
 * say: MLflow's word stands.  Its row is locked before that is read.
 */
static void
copy_valid(MlflowStore *store, const Assessment *assessment, const char *mlflow_id)
{
	Datum		values[] = {
		CStringGetTextDatum(mlflow_id), PointerGetDatum(assessment->trace_id), UUIDPGetDatum(&assessment->overrides)
	};

	feedback_statement_run(&store->lock, values, NULL, false);
	feedback_statement_run(&store->valid, values, NULL, false);
}

/* Without an old row, all is new. */
static bool
differs(const MlflowRow *old, const MlflowRow *row, MlflowColumn column)
{
	return old == NULL || !same_string(old->columns[column], row->columns[column]);
}

/* The same, or without an old row from what we have written */
static bool
differs_from(const MlflowRow *old, const MlflowRow *row, MlflowColumn column, const char *written)
{
	return !same_string(old == NULL ? written : old->columns[column], row->columns[column]);
}

static bool
same_millisecond(TimestampTz a, TimestampTz b)
{
	return a - b < 1000 && a - b >= 0;
}

static uint64
run_for_row(Statement *statement, text *trace_id, const pg_uuid_t *id)
{
	Datum		values[] = {PointerGetDatum(trace_id), UUIDPGetDatum(id)};

	return feedback_statement_run(statement, values, NULL, false);
}
