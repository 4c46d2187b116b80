/*
 * otlp_split.h
 *		The evaluations of OTLP documents.
 */
#ifndef FEEDBACK_OTLP_SPLIT_H
#define FEEDBACK_OTLP_SPLIT_H

#include "postgres.h"

#include "ingest/otlp_record.h"

extern void feedback_otlp_split(const char *json, int length, const OtlpCall *call);
extern void feedback_otlp_split_text(const char *string, int length, const OtlpCall *call);

#endif							/* FEEDBACK_OTLP_SPLIT_H */
