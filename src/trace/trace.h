/*
 * trace.h
 *		Traces beside feedback: MLflow's, and an application's own.
 *
 * Nothing of ours depends on MLflow's tables, so that its migrations go on: they
 * are read by statements made for the columns that they have when it is run.
 */
#ifndef FEEDBACK_TRACE_H
#define FEEDBACK_TRACE_H

#include "postgres.h"

#include "nodes/pg_list.h"

/* What is read of a trace: the columns of the view traces, and what else a source may have */
typedef enum TraceColumn
{
	TRACE_PROJECT,
	TRACE_ID,
	TRACE_REQUEST_TIME,
	TRACE_STATE,
	TRACE_EXECUTION_TIME_MS,
	TRACE_REQUEST_PREVIEW,
	TRACE_RESPONSE_PREVIEW,
	TRACE_SESSION_ID,
	TRACE_USER_ID,
	TRACE_TAGS,
	TRACE_METADATA,
	TRACE_INPUT_TOKENS,
	TRACE_OUTPUT_TOKENS,
	TRACE_TOTAL_TOKENS,
	TRACE_CLIENT_REQUEST_ID,
	TRACE_VIEW_COLUMNS,			/* how many the view has */

	TRACE_SPANS = TRACE_VIEW_COLUMNS,
	TRACE_COLUMNS
} TraceColumn;

/* A place that traces are in.  In SQL, a row of its relation is t. */
typedef struct TraceSource
{
	bool		is_mlflow;
	bool		by_id;			/* the project is the experiment's id */
	const char *name;			/* of the schema */
	const char *schema;			/* the same, quoted */
	const char *relation;		/* quoted, with its schema */
	Oid			relid;
	Oid			spans;			/* MLflow's tables, which its first versions
								 * lack */
	Oid			associations;
} TraceSource;

/* Keys that newer versions of MLflow have columns for */
#define TRACE_NAME_TAG			"mlflow.traceName"
#define TRACE_SESSION_KEY		"mlflow.trace.session"
#define TRACE_USER_KEY			"mlflow.trace.user"
#define TRACE_TOKENS_KEY		"mlflow.trace.tokenUsage"
#define TRACE_COST_KEY			"mlflow.trace.cost"
#define TRACE_RUN_KEY			"mlflow.sourceRun"

/* trace_source.c */
extern List *feedback_trace_sources(bool readable_only);
extern List *feedback_trace_sources_required(void);
extern bool feedback_trace_source_has(const TraceSource *source, const char *column);
extern const char *feedback_trace_column_name(TraceColumn column);
extern const char *feedback_trace_column_type(TraceColumn column);

/* trace_column.c */
extern char *feedback_trace_from(const TraceSource *source);
extern char *feedback_trace_column(const TraceSource *source, TraceColumn column);
extern char *feedback_trace_milliseconds(const TraceSource *source);
extern char *feedback_trace_key_column(const TraceSource *source, const char *key);

/* trace_json.c */
extern Datum feedback_trace_read_json(const char *json, int length);

#endif							/* FEEDBACK_TRACE_H */
