/*
 * row.c
 *		Rows of feedback.assessments: between Datums and Assessments.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "assessment/row.h"
#include "assessment/validate.h"
#include "base/relation.h"

/* The columns of the parameters of ROW_INSERT_FORMAT */
static const int parameter_columns[ROW_PARAMETERS] = {
	ROW_PROJECT, ROW_TRACE_ID, ROW_ASSESSMENT_ID, ROW_NAME,
	ROW_BOOLEAN_VALUE, ROW_NUMERIC_VALUE, ROW_TEXT_VALUE, ROW_JSON_VALUE,
	ROW_SOURCE_ID, ROW_RATIONALE, ROW_METADATA, ROW_SPAN_ID,
	ROW_ERROR_CODE, ROW_ERROR_MESSAGE, ROW_STACK_TRACE, ROW_OVERRIDES,
	ROW_CREATE_TIME, ROW_LAST_UPDATE_TIME
};

/* And their types */
const Oid	feedback_row_parameter_types[ROW_PARAMETERS] = {
	TEXTOID, TEXTOID, UUIDOID, TEXTOID,
	BOOLOID, NUMERICOID, TEXTOID, JSONBOID,
	TEXTOID, TEXTOID, JSONBOID, TEXTOID,
	TEXTOID, TEXTOID, TEXTOID, UUIDOID,
	TIMESTAMPTZOID, TIMESTAMPTZOID
};

/* Indexed by AssessmentKind */
static const char *const kind_names[] = {"feedback", "expectation"};

static text *row_text(const Datum *values, const bool *nulls, int column);
static void read_value(const Datum *values, const bool *nulls, Value *value);

/* Bind the parameters of ROW_INSERT_FORMAT. */
void
feedback_row_bind(const Assessment *assessment, Datum *values, char *nulls)
{
	const void *pointers[ROW_COUNT] = {
		[ROW_PROJECT] = assessment->project,
		[ROW_TRACE_ID] = assessment->trace_id,
		[ROW_ASSESSMENT_ID] = &assessment->assessment_id,
		[ROW_NAME] = assessment->name,
		[ROW_SOURCE_ID] = assessment->source_id,
		[ROW_RATIONALE] = assessment->rationale,
		[ROW_METADATA] = assessment->metadata,
		[ROW_SPAN_ID] = assessment->span_id,
		[ROW_ERROR_CODE] = assessment->error_code,
		[ROW_ERROR_MESSAGE] = assessment->error_message,
		[ROW_STACK_TRACE] = assessment->stack_trace,
		[ROW_OVERRIDES] = assessment->has_overrides ? &assessment->overrides : NULL,
	};
	Datum		value[4];
	char		value_nulls[4];
	int			i;

	feedback_row_bind_value(&assessment->value, value, value_nulls);
	for (i = 0; i < ROW_PARAMETERS; i++)
	{
		int			column = parameter_columns[i];

		nulls[i] = ' ';
		if (column == ROW_CREATE_TIME)
			values[i] = TimestampTzGetDatum(assessment->create_time);
		else if (column == ROW_LAST_UPDATE_TIME)
			values[i] = TimestampTzGetDatum(assessment->last_update_time);
		else if (column >= ROW_BOOLEAN_VALUE && column <= ROW_JSON_VALUE)
		{
			values[i] = value[column - ROW_BOOLEAN_VALUE];
			nulls[i] = value_nulls[column - ROW_BOOLEAN_VALUE];
		}
		else
			feedback_row_bind_pointer(pointers[column], &values[i], &nulls[i]);
	}
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
			column = ROW_BOOLEAN_VALUE;
			datum = BoolGetDatum(value->as.boolean);
			break;
		case VALUE_NUMERIC:
			column = ROW_NUMERIC_VALUE;
			datum = NumericGetDatum(value->as.numeric);
			break;
		case VALUE_TEXT:
			column = ROW_TEXT_VALUE;
			datum = PointerGetDatum(value->as.text);
			break;
		case VALUE_JSON:
			column = ROW_JSON_VALUE;
			datum = JsonbPGetDatum(value->as.json);
			break;
		default:
			return;
	}
	values[column - ROW_BOOLEAN_VALUE] = datum;
	nulls[column - ROW_BOOLEAN_VALUE] = ' ';
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
	Datum		values[ROW_COUNT];
	bool		nulls[ROW_COUNT];

	heap_deform_tuple(row, descriptor, values, nulls);
	feedback_row_to_assessment(values, nulls, assessment);
}

/* The same for values that are fetched already. */
void
feedback_row_to_assessment(const Datum *values, const bool *nulls, Assessment *assessment)
{
	memset(assessment, 0, sizeof(Assessment));

	assessment->project = row_text(values, nulls, ROW_PROJECT);
	assessment->trace_id = row_text(values, nulls, ROW_TRACE_ID);
	assessment->has_assessment_id = true;
	assessment->assessment_id = *DatumGetUUIDP(values[ROW_ASSESSMENT_ID]);
	assessment->kind = feedback_row_kind(values[ROW_KIND]);
	assessment->name = row_text(values, nulls, ROW_NAME);
	read_value(values, nulls, &assessment->value);
	assessment->source_type = feedback_assessment_source_type_read(row_text(values, nulls, ROW_SOURCE_TYPE));
	assessment->source_id = row_text(values, nulls, ROW_SOURCE_ID);
	assessment->rationale = row_text(values, nulls, ROW_RATIONALE);
	assessment->metadata = nulls[ROW_METADATA] ? NULL : DatumGetJsonbP(values[ROW_METADATA]);
	assessment->span_id = row_text(values, nulls, ROW_SPAN_ID);
	assessment->error_code = row_text(values, nulls, ROW_ERROR_CODE);
	assessment->error_message = row_text(values, nulls, ROW_ERROR_MESSAGE);
	assessment->stack_trace = row_text(values, nulls, ROW_STACK_TRACE);
	assessment->has_overrides = !nulls[ROW_OVERRIDES];
	if (assessment->has_overrides)
		assessment->overrides = *DatumGetUUIDP(values[ROW_OVERRIDES]);
	assessment->has_create_time = true;
	assessment->create_time = DatumGetTimestampTz(values[ROW_CREATE_TIME]);
	assessment->has_last_update_time = true;
	assessment->last_update_time = DatumGetTimestampTz(values[ROW_LAST_UPDATE_TIME]);
	assessment->valid = DatumGetBool(values[ROW_VALID]);
}

/* Is this the table whose columns we know? */
bool
feedback_row_is_assessments(Relation relation)
{
	return RelationGetRelid(relation) == feedback_relation_find("feedback", "assessments");
}

/* The text, as in ROW_COLUMNS, of an enum of the table. */
text *
feedback_row_enum_text(Datum value)
{
	return cstring_to_text(DatumGetCString(DirectFunctionCall1(enum_out, value)));
}

/* The kind that a text of ROW_COLUMNS names. */
AssessmentKind
feedback_row_kind(Datum kind)
{
	/* The two names differ in their first letter */
	return (*VARDATA_ANY(DatumGetTextPP(kind)) == kind_names[KIND_FEEDBACK][0]) ?
		KIND_FEEDBACK : KIND_EXPECTATION;
}

const char *
feedback_row_kind_name(AssessmentKind kind)
{
	return kind_names[kind];
}

static text *
row_text(const Datum *values, const bool *nulls, int column)
{
	return nulls[column] ? NULL : DatumGetTextPP(values[column]);
}

static void
read_value(const Datum *values, const bool *nulls, Value *value)
{
	if (!nulls[ROW_BOOLEAN_VALUE])
	{
		value->type = VALUE_BOOLEAN;
		value->as.boolean = DatumGetBool(values[ROW_BOOLEAN_VALUE]);
	}
	else if (!nulls[ROW_NUMERIC_VALUE])
	{
		value->type = VALUE_NUMERIC;
		value->as.numeric = DatumGetNumeric(values[ROW_NUMERIC_VALUE]);
	}
	else if (!nulls[ROW_TEXT_VALUE])
	{
		value->type = VALUE_TEXT;
		value->as.text = DatumGetTextPP(values[ROW_TEXT_VALUE]);
	}
	else if (!nulls[ROW_JSON_VALUE])
	{
		value->type = VALUE_JSON;
		value->as.json = DatumGetJsonbP(values[ROW_JSON_VALUE]);
	}
}
