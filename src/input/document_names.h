/*
 * document_names.h
 *		The members of MLflow's assessment documents.
 */
#ifndef FEEDBACK_DOCUMENT_NAMES_H
#define FEEDBACK_DOCUMENT_NAMES_H

#include "input/document.h"

/* Of a document */
enum
{
	ASSESSMENT_ID,
	ASSESSMENT_NAME,
	SOURCE,
	CREATE_TIME,
	LAST_UPDATE_TIME,
	FEEDBACK,
	EXPECTATION,
	RATIONALE,
	METADATA,
	SPAN_ID,
	OVERRIDES,
	DOCUMENT_MEMBERS,
	/* Ignored but in batches, whose documents name their trace */
	TRACE_ID = DOCUMENT_MEMBERS,
	BATCH_MEMBERS,
	/* What a wrapped document has instead */
	WRAPPER = BATCH_MEMBERS,
	TOP_LEVEL_MEMBERS
};

/* Of source */
enum
{
	SOURCE_TYPE,
	SOURCE_ID,
	SOURCE_MEMBERS
};

/* Of feedback, and then some more of expectation */
enum
{
	VALUE,
	ERROR_OBJECT,
	FEEDBACK_MEMBERS,
	SERIALIZED_VALUE = FEEDBACK_MEMBERS,
	EXPECTATION_MEMBERS
};

/* Of feedback.error */
enum
{
	ERROR_CODE,
	ERROR_MESSAGE,
	STACK_TRACE,
	ERROR_MEMBERS
};

/* Of expectation.serialized_value */
enum
{
	SERIALIZATION_FORMAT,
	SERIALIZED_TEXT,
	SERIALIZED_MEMBERS
};

extern const MemberName feedback_document_names[TOP_LEVEL_MEMBERS];
extern const MemberName feedback_document_source_names[SOURCE_MEMBERS];
extern const MemberName feedback_document_value_names[EXPECTATION_MEMBERS];
extern const MemberName feedback_document_error_names[ERROR_MEMBERS];
extern const MemberName feedback_document_serialized_names[SERIALIZED_MEMBERS];

#endif							/* FEEDBACK_DOCUMENT_NAMES_H */
