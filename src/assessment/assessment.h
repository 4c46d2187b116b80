/*
 * assessment.h
 *		What every file shares: an assessment as it is checked and stored.
 *
 * An Assessment is filled from the arguments of an SQL function or from a
 * document, completed with defaults, checked by validate.c and written by
 * store.c.  A NULL pointer is an SQL NULL.  Everything it points to lives in
 * the memory context that was current when it was filled.
 */
#ifndef FEEDBACK_ASSESSMENT_H
#define FEEDBACK_ASSESSMENT_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/uuid.h"

#include "base/compat.h"

/* Limit of trace_id, name, project, source_id and span_id, in characters */
#define MAX_IDENTIFIER_LENGTH	250

typedef enum AssessmentKind
{
	KIND_FEEDBACK,
	KIND_EXPECTATION
} AssessmentKind;

typedef enum SourceType
{
	SOURCE_HUMAN,
	SOURCE_LLM_JUDGE,
	SOURCE_CODE,
	SOURCE_UNSPECIFIED
} SourceType;

typedef enum ValueType
{
	VALUE_NONE,					/* no value: there is only an error */
	VALUE_BOOLEAN,
	VALUE_NUMERIC,
	VALUE_TEXT,
	VALUE_JSON					/* a list, an object or the explicit null */
} ValueType;

typedef struct Value
{
	ValueType	type;
	union
	{
		bool		boolean;
		Numeric		numeric;
		text	   *text;
		Jsonb	   *json;
	}			as;
} Value;

/* Things worth a WARNING that are no reason to refuse: bits of warnings */
#define WARNING_AI_JUDGE		0x01	/* AI_JUDGE was read as LLM_JUDGE */
#define WARNING_UNTYPED_TEXT	0x02	/* a text value reads as JSON */
#define WARNING_NOBODY			0x04	/* a person without a source_id, in
										 * SQL */

typedef struct Assessment
{
	bool		from_document;	/* names members as documents spell them */
	int			warnings;
	struct Problem *label_warning;	/* with a label schema that only warns, or
									 * NULL */

	bool		has_project;	/* else it is that of the setting or the
								 * default */
	text	   *project;
	text	   *trace_id;
	bool		has_assessment_id;
	pg_uuid_t	assessment_id;
	AssessmentKind kind;
	text	   *name;
	Value		value;
	SourceType	source_type;
	text	   *source_id;
	text	   *rationale;
	Jsonb	   *metadata;
	text	   *span_id;
	text	   *error_code;
	text	   *error_message;
	text	   *stack_trace;
	bool		has_overrides;
	pg_uuid_t	overrides;
	bool		valid;
	bool		has_create_time;
	TimestampTz create_time;
	bool		has_last_update_time;
	TimestampTz last_update_time;
} Assessment;

/* Is this the explicit JSON null? */
static inline bool
value_is_json_null(const Value *value)
{
	return value->type == VALUE_JSON && JB_ROOT_IS_SCALAR(value->as.json);
}

#endif							/* FEEDBACK_ASSESSMENT_H */
