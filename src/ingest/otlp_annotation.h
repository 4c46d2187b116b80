/*
 * otlp_annotation.h
 *		OpenInference's annotations, which are attributes of spans.
 */
#ifndef FEEDBACK_OTLP_ANNOTATION_H
#define FEEDBACK_OTLP_ANNOTATION_H

#include "postgres.h"

#include "ingest/otlp_record.h"
#include "ingest/otlp_slice.h"

extern void feedback_otlp_annotations(Slice span, const OtlpCall *call);

#endif							/* FEEDBACK_OTLP_ANNOTATION_H */
