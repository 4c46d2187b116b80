/*
 * otlp_record.h
 *		The documents that evaluations of OTLP become.
 */
#ifndef FEEDBACK_OTLP_RECORD_H
#define FEEDBACK_OTLP_RECORD_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "ingest/batch.h"
#include "ingest/otlp_slice.h"

/* What the call says of every evaluation that it brings */
typedef struct OtlpCall
{
	Batch	   *batch;
	text	   *project;		/* NULL for the default one */
	const char *members;		/* JSON of those that go into every record */
} OtlpCall;

extern OtlpCall feedback_otlp_call_make(const Assessment *source, const text *trace_id_prefix,
										text *project);
extern void feedback_otlp_record_begin(StringInfo out);
extern char *feedback_otlp_record_members(Slice object, const char *const(*names)[2], int count);
extern void feedback_otlp_record_end(StringInfo out, const OtlpCall *call);
extern void feedback_otlp_refuse(Slice part, const OtlpCall *call, const char *message);
extern void feedback_otlp_add_bad(Slice part, const OtlpCall *call, const Problem *problem);

#endif							/* FEEDBACK_OTLP_RECORD_H */
