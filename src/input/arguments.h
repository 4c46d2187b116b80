/*
 * arguments.h
 *		Arguments of the SQL functions, by position.
 *
 * These raise, since a call with bad arguments has nothing to put aside.
 */
#ifndef FEEDBACK_ARGUMENTS_H
#define FEEDBACK_ARGUMENTS_H

#include "postgres.h"

#include "fmgr.h"

#include "assessment/assessment.h"

extern text *feedback_argument_text(FunctionCallInfo fcinfo, int n);
extern Jsonb *feedback_argument_jsonb(FunctionCallInfo fcinfo, int n);
extern bool feedback_argument_uuid(FunctionCallInfo fcinfo, int n, pg_uuid_t *uuid);
extern bool feedback_argument_time(FunctionCallInfo fcinfo, int n, TimestampTz *time);
extern void feedback_argument_value(FunctionCallInfo fcinfo, int n, bool typed,
									Assessment *assessment);
extern void feedback_argument_source(FunctionCallInfo fcinfo, int type, int id,
									 Assessment *assessment);
extern int	feedback_argument_assessment(FunctionCallInfo fcinfo, bool typed, Assessment *assessment);
extern text *feedback_argument_span_id(FunctionCallInfo fcinfo, int n);
extern text *feedback_argument_trace_id(FunctionCallInfo fcinfo);
extern void feedback_argument_key(FunctionCallInfo fcinfo, text **trace_id, pg_uuid_t *id);
extern text *feedback_argument_document(FunctionCallInfo fcinfo, int n, const char *name);
extern text *feedback_argument_document_jsonb(FunctionCallInfo fcinfo, int n, const char *name);
pg_noreturn extern void feedback_argument_raise_no_document(const char *name);
pg_noreturn extern void feedback_argument_raise_unknown(const pg_uuid_t *id);

#endif							/* FEEDBACK_ARGUMENTS_H */
