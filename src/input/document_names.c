/*
 * document_names.c
 *		The members of MLflow's assessment documents.
 *
 * Each with its two spellings, the column that it concerns, and the members
 * that it has itself.
 */
#include "postgres.h"

#include "input/document_names.h"

const MemberName feedback_document_source_names[] = {
	{"source_type", "sourceType", "source_type", NULL, 0},
	{"source_id", "sourceId", "source_id", NULL, 0},
};

const MemberName feedback_document_error_names[] = {
	{"error_code", "errorCode", "error_code", NULL, 0},
	{"error_message", "errorMessage", "error_message", NULL, 0},
	{"stack_trace", "stackTrace", "stack_trace", NULL, 0},
};

const MemberName feedback_document_serialized_names[] = {
	{"serialization_format", "serializationFormat", "value", NULL, 0},
	{"value", NULL, "value", NULL, 0},
};

const MemberName feedback_document_value_names[] = {
	{"value", NULL, "value", NULL, 0},
	{"error", NULL, "error_code", feedback_document_error_names, ERROR_MEMBERS},
	{"serialized_value", "serializedValue", "value", feedback_document_serialized_names, SERIALIZED_MEMBERS},
};

const MemberName feedback_document_names[] = {
	{"assessment_id", "assessmentId", "assessment_id", NULL, 0},
	{"assessment_name", "assessmentName", "name", NULL, 0},
	{"source", NULL, "source_type", feedback_document_source_names, SOURCE_MEMBERS},
	{"create_time", "createTime", "create_time", NULL, 0},
	{"last_update_time", "lastUpdateTime", "last_update_time", NULL, 0},
	{"feedback", NULL, "value", feedback_document_value_names, FEEDBACK_MEMBERS},
	{"expectation", NULL, "value", feedback_document_value_names, EXPECTATION_MEMBERS},
	{"rationale", NULL, "rationale", NULL, 0},
	{"metadata", NULL, "metadata", NULL, 0},
	{"span_id", "spanId", "span_id", NULL, 0},
	{"overrides", NULL, "overrides", NULL, 0},
	{"trace_id", "traceId", "trace_id", NULL, 0},
	{"assessment", NULL, "assessment", feedback_document_names, DOCUMENT_MEMBERS},
};
