/*
 * otlp_id.h
 *		Ids and times of OpenTelemetry's records.
 */
#ifndef FEEDBACK_OTLP_ID_H
#define FEEDBACK_OTLP_ID_H

#include "postgres.h"

#include "input/document.h"

extern bool feedback_otlp_trace_id(const Member *member, text **result, Problem *problem);
extern bool feedback_otlp_span_id(const Member *member, text **result, Problem *problem);
extern bool feedback_otlp_time(const Member *member, Assessment *assessment, text **nanoseconds,
							   Problem *problem);

#endif							/* FEEDBACK_OTLP_ID_H */
