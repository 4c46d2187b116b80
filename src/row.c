/*
 * row.c
 *		Rows of feedback.assessments: between Datums and Assessments.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "row.h"
#include "validate.h"

/* The order of ROW_COLUMNS and, but for the last, of ROW_INSERT */
enum
{
	PROJECT,
	TRACE_ID,
	ASSESSMENT_ID,
	KIND,
	NAME,
	BOOLEAN_VALUE,
	NUMERIC_VALUE,
	TEXT_VALUE,
	JSON_VALUE,
	SOURCE_TYPE,
	SOURCE_ID,
	RATIONALE,
	METADATA,
	SPAN_ID,
	ERROR_CODE,
	ERROR_MESSAGE,
	STACK_TRACE,
	OVERRIDES,
	CREATE_TIME,
	LAST_UPDATE_TIME,
	VALID,
	COLUMNS
};

/* Indexed by AssessmentKind */
static const char *const kind_names[] = {"feedback", "expectation"};

static text *text_column(const Datum *values, const bool *nulls, int column);
static void read_value(const Datum *values, const bool *nulls, Value *value);

/* Bind the parameters of ROW_INSERT. */
void
feedback_row_bind(const Assessment *assessment, Datum *values, char *nulls)
{
	const char *source_type = feedback_source_type_name(assessment->source_type);
	const void *pointers[ROW_PARAMETERS] = {
		[PROJECT] = assessment->project,
		[TRACE_ID] = assessment->trace_id,
		[ASSESSMENT_ID] = &assessment->assessment_id,
		[KIND] = cstring_to_text(kind_names[assessment->kind]),
		[NAME] = assessment->name,
		[SOURCE_TYPE] = cstring_to_text(source_type),
		[SOURCE_ID] = assessment->source_id,
		[RATIONALE] = assessment->rationale,
		[METADATA] = assessment->metadata,
		[SPAN_ID] = assessment->span_id,
		[ERROR_CODE] = assessment->error_code,
		[ERROR_MESSAGE] = assessment->error_message,
		[STACK_TRACE] = assessment->stack_trace,
		[OVERRIDES] = assessment->has_overrides ? &assessment->overrides : NULL,
	};
	int			i;

	for (i = 0; i < ROW_PARAMETERS; i++)
		feedback_row_bind_pointer(pointers[i], &values[i], &nulls[i]);
	feedback_row_bind_value(&assessment->value, &values[BOOLEAN_VALUE], &nulls[BOOLEAN_VALUE]);
	values[CREATE_TIME] = TimestampTzGetDatum(assessment->create_time);
	values[LAST_UPDATE_TIME] = TimestampTzGetDatum(assessment->last_update_time);
	nulls[CREATE_TIME] = nulls[LAST_UPDATE_TIME] = ' ';
}

/* Bind the four columns of a value, of which at most one is not NULL. */
void
feedback_row_bind_value(const Value *value, Datum *values, char *nulls)
{
	int			column;
	Datum		datum;

	memset(nulls, 'n', 4);
	memset(values, 0, 4 * sizeof(Datum));
	switch (value->type)
	{
		case VALUE_BOOLEAN:
			column = BOOLEAN_VALUE;
			datum = BoolGetDatum(value->as.boolean);
			break;
		case VALUE_NUMERIC:
			column = NUMERIC_VALUE;
			datum = NumericGetDatum(value->as.numeric);
			break;
		case VALUE_TEXT:
			column = TEXT_VALUE;
			datum = PointerGetDatum(value->as.text);
			break;
		case VALUE_JSON:
			column = JSON_VALUE;
			datum = JsonbPGetDatum(value->as.json);
			break;
		default:
			return;
	}
	values[column - BOOLEAN_VALUE] = datum;
	nulls[column - BOOLEAN_VALUE] = ' ';
}

/* Bind a parameter that is passed by reference, or NULL. */
void
feedback_row_bind_pointer(const void *pointer, Datum *value, char *null)
{
	*value = PointerGetDatum(pointer);
	*null = (pointer == NULL) ? 'n' : ' ';
}

/* Read a row of ROW_COLUMNS; what it points to lives as long as the row. */
void
feedback_row_read(HeapTuple row, TupleDesc descriptor, Assessment *assessment)
{
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS];

	heap_deform_tuple(row, descriptor, values, nulls);
	memset(assessment, 0, sizeof(Assessment));

	assessment->project = text_column(values, nulls, PROJECT);
	assessment->trace_id = text_column(values, nulls, TRACE_ID);
	assessment->has_assessment_id = true;
	assessment->assessment_id = *DatumGetUUIDP(values[ASSESSMENT_ID]);
	assessment->kind = feedback_row_kind(values[KIND]);
	assessment->name = text_column(values, nulls, NAME);
	read_value(values, nulls, &assessment->value);
	assessment->source_type = feedback_source_type_read(text_column(values, nulls, SOURCE_TYPE));
	assessment->source_id = text_column(values, nulls, SOURCE_ID);
	assessment->rationale = text_column(values, nulls, RATIONALE);
	assessment->metadata = nulls[METADATA] ? NULL : DatumGetJsonbP(values[METADATA]);
	assessment->span_id = text_column(values, nulls, SPAN_ID);
	assessment->error_code = text_column(values, nulls, ERROR_CODE);
	assessment->error_message = text_column(values, nulls, ERROR_MESSAGE);
	assessment->stack_trace = text_column(values, nulls, STACK_TRACE);
	assessment->has_overrides = !nulls[OVERRIDES];
	if (assessment->has_overrides)
		assessment->overrides = *DatumGetUUIDP(values[OVERRIDES]);
	assessment->has_create_time = true;
	assessment->create_time = DatumGetTimestampTz(values[CREATE_TIME]);
	assessment->has_last_update_time = true;
	assessment->last_update_time = DatumGetTimestampTz(values[LAST_UPDATE_TIME]);
	assessment->valid = DatumGetBool(values[VALID]);
}

/* The kind that a text of ROW_COLUMNS names. */
AssessmentKind
feedback_row_kind(Datum kind)
{
	/* The two names differ in their first letter */
	return (*VARDATA_ANY(DatumGetTextPP(kind)) == kind_names[KIND_FEEDBACK][0]) ?
		KIND_FEEDBACK : KIND_EXPECTATION;
}

static text *
text_column(const Datum *values, const bool *nulls, int column)
{
	return nulls[column] ? NULL : DatumGetTextPP(values[column]);
}

static void
read_value(const Datum *values, const bool *nulls, Value *value)
{
	if (!nulls[BOOLEAN_VALUE])
	{
		value->type = VALUE_BOOLEAN;
		value->as.boolean = DatumGetBool(values[BOOLEAN_VALUE]);
	}
	else if (!nulls[NUMERIC_VALUE])
	{
		value->type = VALUE_NUMERIC;
		value->as.numeric = DatumGetNumeric(values[NUMERIC_VALUE]);
	}
	else if (!nulls[TEXT_VALUE])
	{
		value->type = VALUE_TEXT;
		value->as.text = DatumGetTextPP(values[TEXT_VALUE]);
	}
	else if (!nulls[JSON_VALUE])
	{
		value->type = VALUE_JSON;
		value->as.json = DatumGetJsonbP(values[JSON_VALUE]);
	}
}
