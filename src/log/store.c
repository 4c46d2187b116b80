/*
 * store.c
 *		The table feedback.assessments, through SPI.
 *
 * Row security, triggers, partitions and the like all work through SPI.
 * Callers are connected to SPI, and what they are given lives until they
 * disconnect.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "assessment/row.h"
#include "assessment/validate.h"
#include "base/identifier.h"
#include "base/statement.h"
#include "base/text.h"
#include "label/label_schema.h"
#include "log/store.h"

#define BY_KEY \
	"WHERE trace_id OPERATOR(pg_catalog.=) $1 AND assessment_id OPERATOR(pg_catalog.=) $2"

static Statement select_row = {
	.sql = "SELECT " ROW_COLUMNS " FROM feedback.assessments " BY_KEY,
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

static Statement select_row_for_update = {
	.sql = "SELECT " ROW_COLUMNS " FROM feedback.assessments " BY_KEY " FOR UPDATE",
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

static Statement select_trace = {
	.sql = "SELECT " ROW_COLUMNS " FROM feedback.assessments "
	"WHERE trace_id OPERATOR(pg_catalog.=) $1 ORDER BY create_time, assessment_id",
	.count = 1,
	.types = {TEXTOID}
};

static Statement select_project = {
	.sql = "SELECT project FROM feedback.assessments " BY_KEY,
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

/* A target of an override is locked against other overrides and deletion */
static Statement lock_target = {
	.sql = "SELECT project, kind::pg_catalog.text FROM feedback.assessments " BY_KEY " FOR NO KEY UPDATE",
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

static Statement select_overriding = {
	.sql = "SELECT assessment_id FROM feedback.assessments "
	"WHERE trace_id OPERATOR(pg_catalog.=) $1 AND overrides OPERATOR(pg_catalog.=) $2",
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

/* In one order always, so that two deletions cannot deadlock */
static Statement lock_trace = {
	.sql = "SELECT FROM feedback.assessments "
	"WHERE trace_id OPERATOR(pg_catalog.=) $1 ORDER BY assessment_id FOR UPDATE",
	.count = 1,
	.types = {TEXTOID}
};

static Statement update_row = {
	.sql = "UPDATE feedback.assessments SET name = $3, boolean_value = $4, numeric_value = $5, "
	"text_value = $6, json_value = $7, rationale = $8, metadata = $9, error_code = $10, "
	"error_message = $11, stack_trace = $12, last_update_time = $13 "
	BY_KEY " RETURNING " ROW_COLUMNS,
	.count = 13,
	.types = {TEXTOID, UUIDOID, TEXTOID, BOOLOID, NUMERICOID, TEXTOID, JSONBOID, TEXTOID,
	JSONBOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}
};

static Statement delete_row = {
	.sql = "DELETE FROM feedback.assessments " BY_KEY,
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

static uint64 run_by_key(Statement *statement, text *trace_id, const pg_uuid_t *id,
						 bool read_only);
static Statement *insert_statement(const Assessment *assessment);
static bool is_repeat(Assessment *assessment, bool *repeat, Problem *problem);
static bool check_target(Assessment *assessment, bool *repeat, Problem *problem);
static bool refuse_hidden(Problem *problem);
static bool refuse_overridden(const pg_uuid_t *current, Problem *problem);

/*
 * Store an assessment that has passed the other checks.
 *
 * With an id that is there already, nothing is stored: the call is a repeat.
 * An override takes the project of its target.
 */
bool
feedback_store_log(Assessment *assessment, Problem *problem)
{
	bool		repeat = false;

	if (assessment->has_overrides)
	{
		if (assessment->has_assessment_id &&
			!is_repeat(assessment, &repeat, problem))
			return false;
		if (!repeat && !check_target(assessment, &repeat, problem))
			return false;
		if (repeat)
			return true;
	}
	if (!feedback_label_schema_check(assessment, problem))
		return false;

	if (!feedback_store_insert(assessment))
	{
		if (!is_repeat(assessment, &repeat, problem))
			return false;
		if (repeat)
			return true;
		/* It was deleted in between, or row security hides it */
		if (!feedback_store_insert(assessment))
			return refuse_hidden(problem);
	}
	return true;
}

/* Read an assessment; false when there is none. */
bool
feedback_store_get(text *trace_id, const pg_uuid_t *id, bool for_update,
				   Assessment *assessment)
{
	if (run_by_key(for_update ? &select_row_for_update : &select_row,
				   trace_id, id, !for_update) == 0)
		return false;
	feedback_row_read(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, assessment);
	return true;
}

/* Visit the assessments of a trace, oldest first. */
void
feedback_store_visit(text *trace_id, AssessmentVisitor visitor, void *arg)
{
	Datum		values[] = {PointerGetDatum(trace_id)};
	uint64		count = feedback_statement_run(&select_trace, values, NULL, true);
	SPITupleTable *rows = SPI_tuptable;
	uint64		i;

	for (i = 0; i < count; i++)
	{
		Assessment	assessment;

		feedback_row_read(rows->vals[i], rows->tupdesc, &assessment);
		visitor(&assessment, arg);
	}
}

/*
 * Write what an update may change, and read the row as it was written.
 * False when there is none.
 */
bool
feedback_store_update(Assessment *assessment)
{
	const void *pointers[] = {
		assessment->trace_id, &assessment->assessment_id, assessment->name,
		NULL, NULL, NULL, NULL, /* the value */
		assessment->rationale, assessment->metadata, assessment->error_code,
		assessment->error_message, assessment->stack_trace,
		&assessment->last_update_time
	};
	Datum		values[lengthof(pointers)];
	char		nulls[lengthof(pointers)];
	int			i;

	for (i = 0; i < (int) lengthof(pointers); i++)
		feedback_row_bind_pointer(pointers[i], &values[i], &nulls[i]);
	feedback_row_bind_value(&assessment->value, &values[3], &nulls[3]);
	values[12] = TimestampTzGetDatum(assessment->last_update_time);

	if (feedback_statement_run(&update_row, values, nulls, false) == 0)
		return false;
	feedback_row_read(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, assessment);
	return true;
}

/*
 * Delete an assessment; the table's trigger mends the chain of overrides that
 * it was in.  The trace's rows are locked by a statement of their own, so that
 * the following ones see what was committed meanwhile.
 */
bool
feedback_store_delete(text *trace_id, const pg_uuid_t *id)
{
	Datum		values[] = {PointerGetDatum(trace_id)};

	feedback_statement_run(&lock_trace, values, NULL, false);
	return run_by_key(&delete_row, trace_id, id, false) > 0;
}

static uint64
run_by_key(Statement *statement, text *trace_id, const pg_uuid_t *id, bool read_only)
{
	Datum		values[] = {PointerGetDatum(trace_id), UUIDPGetDatum(id)};

	return feedback_statement_run(statement, values, NULL, read_only);
}

/* Insert a row; false when one with the id that the caller gave is there. */
bool
feedback_store_insert(const Assessment *assessment)
{
	Datum		values[ROW_PARAMETERS];
	char		nulls[ROW_PARAMETERS];
	uint64		inserted;

	feedback_row_bind(assessment, values, nulls);
	inserted = feedback_statement_run(insert_statement(assessment), values, nulls, false);
	return inserted > 0 || !assessment->has_assessment_id;
}

/*
 * The statement that inserts an assessment of this kind and source type.
 *
 * With an id that the caller gave, one that is there already is left alone.
 * The conflict has a target: without one, a second override of the same
 * assessment would be swallowed too.
 */
static Statement *
insert_statement(const Assessment *assessment)
{
	static Statement statements[2][SOURCE_UNSPECIFIED + 1][2];
	Statement  *statement = &statements[assessment->kind][assessment->source_type]
	[assessment->has_assessment_id];

	if (statement->sql == NULL)
	{
		char	   *sql = psprintf(ROW_INSERT_FORMAT "%s",
								   feedback_row_kind_name(assessment->kind),
								   feedback_assessment_source_type_name(assessment->source_type),
								   assessment->has_assessment_id ?
								   " ON CONFLICT (trace_id, assessment_id) DO NOTHING" : "");

		statement->count = ROW_PARAMETERS;
		memcpy(statement->types, feedback_row_parameter_types, sizeof(feedback_row_parameter_types));
		statement->sql = MemoryContextStrdup(TopMemoryContext, sql);
	}
	return statement;
}

/*
 * Is there an assessment of this id?  In another project that is an error,
 * unless the project was to be that of the overridden one.
 */
static bool
is_repeat(Assessment *assessment, bool *repeat, Problem *problem)
{
	bool		isnull;
	Datum		project;

	*repeat = (run_by_key(&select_project, assessment->trace_id,
						  &assessment->assessment_id, false) > 0);
	if (!*repeat || (assessment->has_overrides && !assessment->has_project))
		return true;

	project = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (same_text(DatumGetTextPP(project), assessment->project))
		return true;

	return feedback_problem_other_project(problem);
}

/*
 * Lock what is to be overridden, and check that it can be.
 *
 * When this very assessment overrides it already, the call is a repeat.
 */
static bool
check_target(Assessment *assessment, bool *repeat, Problem *problem)
{
	HeapTuple	row;
	TupleDesc	descriptor;
	bool		isnull;
	Datum		project;
	Datum		kind;

	if (run_by_key(&lock_target, assessment->trace_id, &assessment->overrides, false) == 0)
	{
		feedback_problem_set(problem, ERRCODE_FOREIGN_KEY_VIOLATION, "overrides",
							 "overrides names an unknown assessment",
							 psprintf("There is no assessment %s on this trace.",
									  feedback_identifier_uuid_text(&assessment->overrides)),
							 NULL);
		problem->constraint = "assessments_overrides_fkey";
		return false;
	}
	row = SPI_tuptable->vals[0];
	descriptor = SPI_tuptable->tupdesc;
	project = SPI_getbinval(row, descriptor, 1, &isnull);
	kind = SPI_getbinval(row, descriptor, 2, &isnull);

	if (feedback_row_kind(kind) != assessment->kind)
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "overrides",
									"overrides names an assessment of the other kind",
									"A feedback overrides a feedback, an expectation an expectation.",
									NULL);
	if (!assessment->has_project)
		assessment->project = DatumGetTextPCopy(project);
	else if (!same_text(DatumGetTextPP(project), assessment->project))
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "project",
									"project differs from that of the overridden assessment",
									"An override belongs to the project of its target.",
									"Leave project out.");

	if (run_by_key(&select_overriding, assessment->trace_id, &assessment->overrides, false) > 0)
	{
		pg_uuid_t  *current = DatumGetUUIDP(SPI_getbinval(SPI_tuptable->vals[0],
														  SPI_tuptable->tupdesc, 1, &isnull));

		*repeat = assessment->has_assessment_id &&
			feedback_identifier_equal(current, &assessment->assessment_id);
		return *repeat || refuse_overridden(current, problem);
	}
	return true;
}

static bool
refuse_hidden(Problem *problem)
{
	feedback_problem_set(problem, ERRCODE_UNIQUE_VIOLATION, "assessment_id",
						 "assessment_id exists already, but cannot be seen",
						 "Row security hides the assessment that has it, or a trigger suppressed this one.",
						 NULL);
	problem->constraint = "assessments_pkey";
	return false;
}

static bool
refuse_overridden(const pg_uuid_t *current, Problem *problem)
{
	feedback_problem_set(problem, ERRCODE_UNIQUE_VIOLATION, "overrides",
						 "assessment is overridden already",
						 psprintf("It is overridden by assessment %s.",
								  feedback_identifier_uuid_text(current)),
						 "Override that one instead.");
	problem->constraint = "assessments_overrides_key";
	return false;
}
