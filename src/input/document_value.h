/*
 * document_value.h
 *		Feedback and expectations of documents: the value and the error.
 */
#ifndef FEEDBACK_DOCUMENT_VALUE_H
#define FEEDBACK_DOCUMENT_VALUE_H

#include "postgres.h"

#include "assessment/assessment.h"
#include "base/problem.h"
#include "input/document.h"

extern bool feedback_document_read_kind(const Member *feedback, const Member *expectation,
										Assessment *assessment, Problem *problem);
extern bool feedback_document_read_value(text *json, AssessmentKind kind,
										 Value *value, Problem *problem);

#endif							/* FEEDBACK_DOCUMENT_VALUE_H */
