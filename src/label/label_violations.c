/*
 * label_violations.c
 *		The stored assessments that a label schema would refuse.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "assessment/row.h"
#include "assessment/validate.h"
#include "base/statement.h"
#include "input/arguments.h"
#include "label/label_schema.h"

/* Rows read at a time */
#define FETCH_SIZE	1000

/* Behind the columns of a row, its value as the views show it */
static Statement select_named = {
	.sql = "SELECT " ROW_COLUMNS ", COALESCE(pg_catalog.to_jsonb(boolean_value), "
	"pg_catalog.to_jsonb(numeric_value), pg_catalog.to_jsonb(text_value), json_value) "
	"FROM feedback.assessments WHERE name OPERATOR(pg_catalog.=) $1 "
	"AND kind::pg_catalog.text OPERATOR(pg_catalog.=) $2 "
	"AND ($3 IS NULL OR project OPERATOR(pg_catalog.=) $3) "
	"ORDER BY project, trace_id, assessment_id",
	.scans = true,
	.count = 3,
	.types = {TEXTOID, TEXTOID, TEXTOID}
};

static void check_stored_row(HeapTuple row, TupleDesc descriptor, ReturnSetInfo *result);

PG_FUNCTION_INFO_V1(feedback_label_schema_violations);

/*
 * label_schema_violations(name text, kind text, project text) returns a row for
 * each assessment that breaks the schema of its project, whatever the
 * enforcement, with what the refusal would say.
 */
Datum
feedback_label_schema_violations(PG_FUNCTION_ARGS)
{
	Datum		values[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), PG_GETARG_DATUM(2)};
	char		nulls[] = {' ', ' ', PG_ARGISNULL(2) ? 'n' : ' '};
	MemoryContext outer;
	MemoryContext inner;
	Portal		portal;
	Problem		problem;

	if (!feedback_validate_name(feedback_argument_text(fcinfo, 0), false, &problem) ||
		!feedback_label_kind_validate(feedback_argument_text(fcinfo, 1), &problem))
		feedback_label_schema_raise(&problem);
	InitMaterializedSRF(fcinfo, 0);

	SPI_connect();
	inner = AllocSetContextCreate(CurrentMemoryContext, "feedback label schema violations",
								  ALLOCSET_DEFAULT_SIZES);
	portal = feedback_statement_open(&select_named, values, nulls);
	for (;;)
	{
		SPITupleTable *rows;
		uint64		i;

		CHECK_FOR_INTERRUPTS();
		SPI_cursor_fetch(portal, true, FETCH_SIZE);
		rows = SPI_tuptable;
		if (rows->numvals == 0)
			break;
		outer = MemoryContextSwitchTo(inner);
		for (i = 0; i < rows->numvals; i++)
		{
			check_stored_row(rows->vals[i], rows->tupdesc, (ReturnSetInfo *) fcinfo->resultinfo);
			MemoryContextReset(inner);
		}
		MemoryContextSwitchTo(outer);
		SPI_freetuptable(rows);
	}
	SPI_cursor_close(portal);
	SPI_finish();

	PG_RETURN_NULL();
}

/* Add a row to the result if its label schema would refuse it. */
static void
check_stored_row(HeapTuple row, TupleDesc descriptor, ReturnSetInfo *result)
{
	Datum		columns[ROW_COUNT + 1];
	bool		column_nulls[ROW_COUNT + 1];
	Datum		values[9];
	bool		nulls[9] = {false};
	const LabelSchema *schema;
	Assessment	assessment;
	Problem		problem;

	heap_deform_tuple(row, descriptor, columns, column_nulls);
	feedback_row_to_assessment(columns, column_nulls, &assessment);
	schema = feedback_label_schema_find(&assessment);
	assessment.from_document = true;	/* its type is what it is by now */
	if (schema == NULL || feedback_label_rules(schema, &assessment, &problem))
		return;

	values[0] = PointerGetDatum(assessment.project);
	values[1] = PointerGetDatum(assessment.trace_id);
	values[2] = UUIDPGetDatum(&assessment.assessment_id);
	values[3] = columns[ROW_COUNT];
	nulls[3] = column_nulls[ROW_COUNT];
	values[4] = BoolGetDatum(assessment.valid);
	values[5] = TimestampTzGetDatum(assessment.create_time);
	values[6] = CStringGetTextDatum(problem.message);
	values[7] = CStringGetTextDatum(problem.detail);
	values[8] = CStringGetTextDatum(problem.hint);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}
