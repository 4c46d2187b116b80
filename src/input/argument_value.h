/*
 * argument_value.h
 *		Values as SQL gives them.
 */
#ifndef FEEDBACK_ARGUMENT_VALUE_H
#define FEEDBACK_ARGUMENT_VALUE_H

#include "postgres.h"

#include "assessment/assessment.h"
#include "base/problem.h"

extern bool feedback_argument_value_from_datum(Datum datum, Oid type, AssessmentKind kind,
											   Value *value, Problem *problem);
extern bool feedback_argument_value_from_untyped(text *datum, Value *value, int *warnings,
												 Problem *problem);

#endif							/* FEEDBACK_ARGUMENT_VALUE_H */
