/*
 * otlp_read.h
 *		Evaluations of OpenTelemetry into Assessments.
 */
#ifndef FEEDBACK_OTLP_READ_H
#define FEEDBACK_OTLP_READ_H

#include "postgres.h"

#include "assessment/assessment.h"
#include "base/problem.h"

/* What tells an evaluation that was taken out of an OTLP document from other documents */
#define OTLP_RECORD_MEMBER	"otel_evaluation"

extern bool feedback_otlp_is_record(const char *document, int length);
extern bool feedback_otlp_read(const char *document, int length, Assessment *assessment,
							   Problem *problem);

#endif							/* FEEDBACK_OTLP_READ_H */
