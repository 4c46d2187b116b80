/*
 * validate.h
 *		The rules about assessments.
 */
#ifndef FEEDBACK_VALIDATE_H
#define FEEDBACK_VALIDATE_H

#include "postgres.h"

#include "assessment/assessment.h"
#include "base/problem.h"

extern bool feedback_validate(Assessment *assessment, Problem *problem);
extern bool feedback_validate_trace_id(const text *trace_id, Problem *problem);
extern bool feedback_validate_name(const text *name, bool from_document, Problem *problem);
extern bool feedback_validate_project(const text *project, Problem *problem);
extern bool feedback_validate_span_id(const text *span_id, Problem *problem);
extern bool feedback_validate_source_id(const text *source_id, Problem *problem);
extern bool feedback_validate_identifier(const text *string, int minimum, const char *column,
										 const char *label, Problem *problem);
extern bool feedback_validate_value(Assessment *assessment, Problem *problem);
extern bool feedback_validate_source_type(const char *type, int length, const char *path,
										  Assessment *assessment, Problem *problem);
extern SourceType feedback_assessment_source_type_read(const text *type);
extern const char *feedback_assessment_source_type_name(SourceType type);
extern const char *feedback_assessment_source_type_hint(void);

extern void feedback_assessment_default_source(Assessment *assessment);
extern text *feedback_assessment_default_project(void);
extern void feedback_assessment_complete(Assessment *assessment);
extern void feedback_assessment_warn(const Assessment *assessment);

#endif							/* FEEDBACK_VALIDATE_H */
