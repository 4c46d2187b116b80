/*
 * row.h
 *		Rows of feedback.assessments: between Datums and Assessments.
 */
#ifndef FEEDBACK_ROW_H
#define FEEDBACK_ROW_H

#include "postgres.h"

#include "access/htup.h"
#include "access/tupdesc.h"
#include "utils/relcache.h"

#include "assessment/assessment.h"

/* The order of ROW_COLUMNS and of the table, where logged_by and logged_xid follow */
enum
{
	ROW_PROJECT,
	ROW_TRACE_ID,
	ROW_ASSESSMENT_ID,
	ROW_KIND,
	ROW_NAME,
	ROW_BOOLEAN_VALUE,
	ROW_NUMERIC_VALUE,
	ROW_TEXT_VALUE,
	ROW_JSON_VALUE,
	ROW_SOURCE_TYPE,
	ROW_SOURCE_ID,
	ROW_RATIONALE,
	ROW_METADATA,
	ROW_SPAN_ID,
	ROW_ERROR_CODE,
	ROW_ERROR_MESSAGE,
	ROW_STACK_TRACE,
	ROW_OVERRIDES,
	ROW_VALID,
	ROW_CREATE_TIME,
	ROW_LAST_UPDATE_TIME,
	ROW_COUNT
};

/* What feedback_row_read() reads a row by */
#define ROW_COLUMNS \
	"project, trace_id, assessment_id, kind::pg_catalog.text, name, " \
	"boolean_value, numeric_value, text_value, json_value, " \
	"source_type::pg_catalog.text, source_id, rationale, metadata, span_id, " \
	"error_code, error_message, stack_trace, overrides, valid, " \
	"create_time, last_update_time"

/*
 * What feedback_row_bind() binds the parameters of.  The kind and the source
 * type are literals, since a text would have to be read as an enum each time.
 * valid and logged_by have defaults and are not named, so that a role may log
 * without the right to set them.
 */
#define ROW_INSERT_COLUMNS \
	"kind, source_type, project, trace_id, assessment_id, name, " \
	"boolean_value, numeric_value, text_value, json_value, " \
	"source_id, rationale, metadata, span_id, " \
	"error_code, error_message, stack_trace, overrides, " \
	"create_time, last_update_time"

#define ROW_INSERT_FORMAT \
	"INSERT INTO feedback.assessments (" ROW_INSERT_COLUMNS ") " \
	"VALUES ('%s'::feedback.assessment_kind, '%s'::feedback.source_type, " \
	"$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"

#define ROW_PARAMETERS	18

extern const Oid feedback_row_parameter_types[ROW_PARAMETERS];

extern void feedback_row_bind(const Assessment *assessment, Datum *values, char *nulls);
extern void feedback_row_bind_value(const Value *value, Datum *values, char *nulls);
extern void feedback_row_bind_pointer(const void *pointer, Datum *value, char *null);
extern void feedback_row_read(HeapTuple row, TupleDesc descriptor, Assessment *assessment);
extern void feedback_row_to_assessment(const Datum *values, const bool *nulls,
									   Assessment *assessment);
extern bool feedback_row_is_assessments(Relation relation);
extern text *feedback_row_enum_text(Datum value);
extern AssessmentKind feedback_row_kind(Datum kind);
extern const char *feedback_row_kind_name(AssessmentKind kind);

#endif							/* FEEDBACK_ROW_H */
