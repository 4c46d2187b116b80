/*
 * value.h
 *		What a value is, wherever it comes from.
 */
#ifndef FEEDBACK_VALUE_H
#define FEEDBACK_VALUE_H

#include "postgres.h"

#include "assessment/assessment.h"
#include "base/problem.h"

/* The ways out of a text that reads as JSON */
#define FEEDBACK_UNTYPED_TEXT_HINT \
	"Cast the value to its type, pass it as jsonb (a jsonb string is text without a doubt), " \
	"or use log_assessment. If text is meant, set feedback.untyped_text to \"keep\"."

extern void feedback_value_from_scalar(JsonbValue *scalar, Value *value);
extern int	feedback_value_max_nesting(AssessmentKind kind);
extern bool feedback_value_check_jsonb(Jsonb *jsonb, int max_nesting, const char *subject,
									   const char *column, Problem *problem);
extern void feedback_value_warn_untyped(const Value *value);
extern const char *feedback_value_json_noun(const text *value);

#endif							/* FEEDBACK_VALUE_H */
