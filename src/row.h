/*
 * row.h
 *		Rows of feedback.assessments: between Datums and Assessments.
 */
#ifndef FEEDBACK_ROW_H
#define FEEDBACK_ROW_H

#include "postgres.h"

#include "access/htup.h"
#include "access/tupdesc.h"
#include "catalog/pg_type.h"

#include "assessment.h"

/* What feedback_row_read() reads a row by */
#define ROW_COLUMNS \
	"project, trace_id, assessment_id, kind::pg_catalog.text, name, " \
	"boolean_value, numeric_value, text_value, json_value, " \
	"source_type::pg_catalog.text, source_id, rationale, metadata, span_id, " \
	"error_code, error_message, stack_trace, overrides, " \
	"create_time, last_update_time, valid"

/*
 * What feedback_row_bind() binds the parameters of: the same columns but the
 * last.  valid and logged_by have defaults and are not named, so that a role
 * may log without the right to set them.
 */
#define ROW_INSERT \
	"INSERT INTO feedback.assessments (" \
	"project, trace_id, assessment_id, kind, name, " \
	"boolean_value, numeric_value, text_value, json_value, " \
	"source_type, source_id, rationale, metadata, span_id, " \
	"error_code, error_message, stack_trace, overrides, " \
	"create_time, last_update_time) " \
	"VALUES ($1, $2, $3, $4::feedback.assessment_kind, $5, $6, $7, $8, $9, " \
	"$10::feedback.source_type, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"

#define ROW_PARAMETERS	20

#define ROW_PARAMETER_TYPES \
	{TEXTOID, TEXTOID, UUIDOID, TEXTOID, TEXTOID, \
	BOOLOID, NUMERICOID, TEXTOID, JSONBOID, \
	TEXTOID, TEXTOID, TEXTOID, JSONBOID, TEXTOID, \
	TEXTOID, TEXTOID, TEXTOID, UUIDOID, \
	TIMESTAMPTZOID, TIMESTAMPTZOID}

extern void feedback_row_bind(const Assessment *assessment, Datum *values, char *nulls);
extern void feedback_row_bind_value(const Value *value, Datum *values, char *nulls);
extern void feedback_row_bind_pointer(const void *pointer, Datum *value, char *null);
extern void feedback_row_read(HeapTuple row, TupleDesc descriptor, Assessment *assessment);
extern AssessmentKind feedback_row_kind(Datum kind);

#endif							/* FEEDBACK_ROW_H */
