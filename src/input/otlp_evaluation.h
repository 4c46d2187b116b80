/*
 * otlp_evaluation.h
 *		What the attributes of an evaluation of OpenTelemetry say.
 */
#ifndef FEEDBACK_OTLP_EVALUATION_H
#define FEEDBACK_OTLP_EVALUATION_H

#include "postgres.h"

#include "assessment/assessment.h"
#include "base/problem.h"
#include "input/otlp_attribute.h"

/* The event that an evaluation is */
#define OTLP_EVENT_NAME		"gen_ai.evaluation.result"

/* What an attribute is to an evaluation */
typedef enum Role
{
	NAME,
	SCORE,
	LABEL,
	EXPLANATION,
	REASONING,					/* what the explanation was called before */
	EVALUATOR_TYPE,
	EVALUATOR_ID,
	METADATA,
	ERROR_TYPE,
	ERROR_MESSAGE,
	STACK_TRACE,
	SESSION_ID,
	IGNORED,
	ROLES
} Role;

/* An attribute that has a role, and the column that it is for */
typedef struct KnownAttribute
{
	const char *key;
	Role		role;
	const char *column;
} KnownAttribute;

/* An evaluation while it is read */
typedef struct Evaluation
{
	const char *annotation;		/* prefix of its attributes, or NULL for an
								 * event */
	bool		of_trace;
	bool		of_session;
	Attribute	attributes[ROLES];
	JsonbParseState *metadata;
	text	   *given_source_type;	/* what the call says */
	text	   *given_source_id;
	text	   *session;
	text	   *label;
	text	   *evaluator_id;
	text	   *nanoseconds;
} Evaluation;

extern const KnownAttribute *feedback_evaluation_attribute(const Evaluation *evaluation,
														   const char *key);
extern bool feedback_evaluation_read(Evaluation *evaluation, Assessment *assessment,
									 Problem *problem);

#endif							/* FEEDBACK_OTLP_EVALUATION_H */
