/*
 * value.h
 *		Values as SQL gives them.
 */
#ifndef FEEDBACK_VALUE_H
#define FEEDBACK_VALUE_H

#include "postgres.h"

#include "assessment/assessment.h"
#include "base/problem.h"

extern bool feedback_value_from_datum(Datum datum, Oid type, AssessmentKind kind,
									  Value *value, Problem *problem);
extern bool feedback_value_from_untyped(text *datum, Value *value, int *warnings,
										Problem *problem);
extern void feedback_value_from_scalar(JsonbValue *scalar, Value *value);
extern int	feedback_value_max_nesting(AssessmentKind kind);
extern bool feedback_jsonb_check(Jsonb *jsonb, int max_nesting, const char *subject,
								 const char *column, Problem *problem);
extern void feedback_value_warn_untyped(const Value *value);

#endif							/* FEEDBACK_VALUE_H */
