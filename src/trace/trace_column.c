/*
 * trace_column.c
 *		What a column of a trace is in SQL, in each source.
 *
 * A row of the source's relation is t, that of MLflow's experiment e.  What a
 * version of MLflow has in a column, others have as a tag or as metadata.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "base/rfc3339.h"
#include "trace/trace.h"

static char *view_column(const TraceSource *source, TraceColumn column);
static char *mlflow_column(const TraceSource *source, TraceColumn column);
static char *plain_column(const TraceSource *source, const char *name, const char *type);
static char *tags_of(const TraceSource *source);
static char *metadata_of(const TraceSource *source);
static char *metadata_value(const TraceSource *source, const char *key);
static char *tokens_of(const TraceSource *source, const char *name);
static char *usage_of(const TraceSource *source);
static char *costs_of(const TraceSource *source);
static char *object_of(const char *members);

/* What the source's rows are read from */
char *
feedback_trace_from(const TraceSource *source)
{
	if (!source->is_mlflow)
		return psprintf("%s t", source->relation);
	return psprintf("%s t JOIN %s.experiments e ON e.experiment_id = t.experiment_id", source->relation, source->schema);
}

/* A column as the view has it; null where the source has none */
char *
feedback_trace_column(const TraceSource *source, TraceColumn column)
{
	return source->is_mlflow ? mlflow_column(source, column) : view_column(source, column);
}

/* When a trace began, in milliseconds since 1970 as MLflow has it */
char *
feedback_trace_milliseconds(const TraceSource *source)
{
	if (source->is_mlflow)
		return "t.timestamp_ms";
	return psprintf("(1000 * extract(epoch FROM %s))", view_column(source, TRACE_REQUEST_TIME));
}

/* The column that has a key of MLflow's tags or metadata instead of a row; NULL if none has. */
char *
feedback_trace_key_column(const TraceSource *source, const char *key)
{
	if (!source->is_mlflow)
		return NULL;
	if (strcmp(key, TRACE_NAME_TAG) == 0 && feedback_trace_source_has(source, "trace_name"))
		return "t.trace_name::text";
	if (strcmp(key, TRACE_SESSION_KEY) == 0 && feedback_trace_source_has(source, "session_id"))
		return "t.session_id::text";
	if (strcmp(key, TRACE_TOKENS_KEY) == 0)
		return usage_of(source);
	if (strcmp(key, TRACE_COST_KEY) == 0)
		return costs_of(source);
	return NULL;
}

static char *
view_column(const TraceSource *source, TraceColumn column)
{
	const char *name = feedback_trace_column_name(column);
	const char *type = feedback_trace_column_type(column);

	if (column == TRACE_PROJECT && !feedback_trace_source_has(source, name))
		return "'default'::text";
	if (column == TRACE_TAGS || column == TRACE_METADATA)
		return psprintf("coalesce(%s, '{}')", plain_column(source, name, type));
	return plain_column(source, name, type);
}

static char *
mlflow_column(const TraceSource *source, TraceColumn column)
{
	const char *name = feedback_trace_column_name(column);
	const char *type = feedback_trace_column_type(column);

	switch (column)
	{
		case TRACE_PROJECT:
			return source->by_id ? "e.experiment_id::text" : "e.name::text";
		case TRACE_ID:
			return "t.request_id::text";
		case TRACE_REQUEST_TIME:
			return psprintf("CASE WHEN t.timestamp_ms BETWEEN " INT64_FORMAT " AND " INT64_FORMAT
							" THEN timestamptz 'epoch' + t.timestamp_ms * interval '1 millisecond' END",
							UNIX_MIN_MILLISECONDS, UNIX_MAX_MILLISECONDS);
		case TRACE_STATE:
			return "t.status::text";
		case TRACE_REQUEST_PREVIEW:
			return feedback_trace_source_has(source, name) ? plain_column(source, name, type) :
				metadata_value(source, "mlflow.traceInputs");
		case TRACE_RESPONSE_PREVIEW:
			return feedback_trace_source_has(source, name) ? plain_column(source, name, type) :
				metadata_value(source, "mlflow.traceOutputs");
		case TRACE_SESSION_ID:
			return feedback_trace_source_has(source, name) ? plain_column(source, name, type) :
				metadata_value(source, TRACE_SESSION_KEY);
		case TRACE_USER_ID:
			return metadata_value(source, TRACE_USER_KEY);
		case TRACE_TAGS:
			return tags_of(source);
		case TRACE_METADATA:
			return metadata_of(source);
		case TRACE_INPUT_TOKENS:
		case TRACE_OUTPUT_TOKENS:
		case TRACE_TOTAL_TOKENS:
			return tokens_of(source, name);
		default:
			return plain_column(source, name, type);
	}
}

/* A column of the source's own relation */
static char *
plain_column(const TraceSource *source, const char *name, const char *type)
{
	if (!feedback_trace_source_has(source, name))
		return psprintf("NULL::%s", type);
	return psprintf("t.%s::%s", name, type);
}

/* The tags as an object */
static char *
tags_of(const TraceSource *source)
{
	bool		named = feedback_trace_source_has(source, "trace_name");

	return psprintf("coalesce((SELECT jsonb_object_agg(g.key, g.value) FROM %s.trace_tags g WHERE g.request_id = t.request_id%s), '{}')%s",
					source->schema,
					named ? " AND g.key <> '" TRACE_NAME_TAG "'" : "",
					named ? " || CASE WHEN t.trace_name IS NULL THEN '{}' ELSE jsonb_build_object('" TRACE_NAME_TAG "', t.trace_name) END" : "");
}

/* The metadata as an object; what has columns is from these alone, as in MLflow. */
static char *
metadata_of(const TraceSource *source)
{
	static const char *const keys[] = {TRACE_SESSION_KEY, TRACE_TOKENS_KEY, TRACE_COST_KEY};
	StringInfoData others;
	StringInfoData values;
	int			i;

	initStringInfo(&others);
	initStringInfo(&values);
	for (i = 0; i < (int) lengthof(keys); i++)
	{
		char	   *column = feedback_trace_key_column(source, keys[i]);

		if (column == NULL)
			continue;
		appendStringInfo(&others, " AND m.key <> '%s'", keys[i]);
		appendStringInfo(&values, "%s'%s', %s", values.len > 0 ? ", " : "", keys[i], column);
	}
	return psprintf("coalesce((SELECT jsonb_object_agg(m.key, m.value) FROM %s.trace_request_metadata m "
					"WHERE m.request_id = t.request_id%s), '{}') || jsonb_strip_nulls(jsonb_build_object(%s))",
					source->schema, others.data, values.data);
}

/* The value of a key of MLflow's metadata */
static char *
metadata_value(const TraceSource *source, const char *key)
{
	return psprintf("(SELECT m.value::text FROM %s.trace_request_metadata m WHERE m.request_id = t.request_id AND m.key = '%s')",
					source->schema, key);
}

/* A number of tokens, which is within a text where it has no column */
static char *
tokens_of(const TraceSource *source, const char *name)
{
	if (feedback_trace_source_has(source, name))
		return plain_column(source, name, "bigint");
	return psprintf("substring(%s FROM '\"%s\": ?([0-9]{1,18})(?![0-9.eE])')::bigint",
					metadata_value(source, TRACE_TOKENS_KEY), name);
}

/* The tokens as MLflow writes them for metadata of its columns; NULL where it has none of these */
static char *
usage_of(const TraceSource *source)
{
	static const char *const names[] = {
		"input_tokens", "output_tokens", "total_tokens", "cache_read_input_tokens", "cache_creation_input_tokens",
		"cache_creation_input_tokens_above_1hr"
	};
	StringInfoData members;
	int			i;

	if (!feedback_trace_source_has(source, names[0]))
		return NULL;
	initStringInfo(&members);
	for (i = 0; i < (int) lengthof(names); i++)
	{
		if (feedback_trace_source_has(source, names[i]))
			appendStringInfo(&members, ", '\"%s\": ' || t.%s", names[i], names[i]);
	}
	return object_of(members.data);
}

/* The costs, in Python's digits */
static char *
costs_of(const TraceSource *source)
{
	static const char *const names[] = {"input_cost", "output_cost", "total_cost"};
	StringInfoData members;
	int			i;

	if (!feedback_trace_source_has(source, names[0]))
		return NULL;
	initStringInfo(&members);
	for (i = 0; i < (int) lengthof(names); i++)
	{
		if (feedback_trace_source_has(source, names[i]))
			appendStringInfo(&members, ", '\"%s\": ' || t.%s || CASE WHEN t.%s::text ~ '^-?[0-9]+$' THEN '.0' ELSE '' END",
							 names[i], names[i], names[i]);
	}
	return object_of(members.data);
}

static char *
object_of(const char *members)
{
	return psprintf("nullif('{' || concat_ws(', '%s) || '}', '{}')", members);
}
