/*
 * search_source.c
 *		Conditions on traces, in SQL over what the sources of traces have.
 *
 * They run in MLflow's own tables, or in the application's view, by their
 * indexes.  A row of a source is t, a span p.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "search/search.h"

static void append_values(StringInfo sql, const Condition *node, const TraceSource *source);
static char *values_of(const Condition *node, const TraceSource *source);
static const char *part_of(const Condition *node, const TraceSource *source);
static void append_all(StringInfo sql, const List *conditions, const TraceSource *source, const char *left);
static void append_tree(StringInfo sql, const Condition *node, const TraceSource *source, const char *left);
static void append_source_comparison(StringInfo sql, const Condition *node, const TraceSource *source, const char *left);
static char *span_column(const Condition *node);

/* Tell conditions on traces their sources: 55000 if there are none, 0A000 if none has the spans that one asks for. */
void
feedback_search_find_sources(List *traces)
{
	List	   *sources = feedback_trace_sources_required();
	bool		have_spans = false;
	ListCell   *lc;

	foreach(lc, sources)
		have_spans |= OidIsValid(((TraceSource *) lfirst(lc))->spans);
	foreach(lc, traces)
	{
		Condition  *node = lfirst(lc);

		if (node->part == PART_SPAN && !have_spans)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("no source of traces has spans to search"),
					 errhint("MLflow's tables have spans since their revision a1b2c3d4e5f6; trace.request_preview and trace.response_preview have the beginnings of question and answer."),
					 err_generic_string(PG_DIAG_COLUMN_NAME, "filter")));
		node->sources = sources;
	}
}

/* That a source has the trace of a row, and it is such as this */
void
feedback_search_append_source(StringInfo sql, const Condition *node, const char *alias)
{
	ListCell   *lc;

	appendStringInfoChar(sql, '(');
	foreach(lc, node->sources)
	{
		const TraceSource *source = lfirst(lc);

		appendStringInfo(sql, "%sEXISTS (SELECT FROM %s t WHERE %s = %s.trace_id AND ",
						 lc == list_head(node->sources) ? "" : " OR ", source->relation,
						 feedback_trace_column(source, TRACE_ID), alias);
		feedback_search_append_source_row(sql, node, source);
		appendStringInfoChar(sql, ')');
	}
	appendStringInfoChar(sql, ')');
}

/* That a row of a source is a trace such as this */
void
feedback_search_append_source_row(StringInfo sql, const Condition *node, const TraceSource *source)
{
	if (node->part == PART_ANY)
		appendStringInfoString(sql, "true");
	else if (node->part == PART_SPAN && !OidIsValid(source->spans))
		appendStringInfoString(sql, "false");
	else if (node->part == PART_SPAN)
	{
		appendStringInfo(sql, "EXISTS (SELECT FROM %s.spans p WHERE p.trace_id = t.request_id", source->schema);
		append_all(sql, node->children, source, NULL);
		appendStringInfoChar(sql, ')');
	}
	else if (node->part >= PART_TAG)
		append_values(sql, node, source);
	else
	{
		appendStringInfoString(sql, "(true");
		append_all(sql, node->children, source, part_of(node, source));
		appendStringInfoChar(sql, ')');
	}
}

/* That one of the values that a trace has of something will do */
static void
append_values(StringInfo sql, const Condition *node, const TraceSource *source)
{
	appendStringInfo(sql, "EXISTS (SELECT FROM (%s) v WHERE true", values_of(node, source));
	append_all(sql, node->children, source, "v.value");
	appendStringInfoChar(sql, ')');
}

/* A query of these values */
static char *
values_of(const Condition *node, const TraceSource *source)
{
	const char *linked = node->part == PART_RUN ? "run" : "prompt_version";
	const char *column = node->key_name == NULL ? NULL : feedback_trace_key_column(source, node->key_name);
	StringInfoData sql;

	initStringInfo(&sql);
	if (!source->is_mlflow)
		return psprintf("SELECT s.value FROM (SELECT %s ->> %s AS value) s WHERE s.value IS NOT NULL",
						feedback_trace_column(source, node->part == PART_TAG ? TRACE_TAGS : TRACE_METADATA),
						node->part == PART_RUN ? "'" TRACE_RUN_KEY "'" : node->part == PART_PROMPT ? "''" :
						psprintf("$%d", node->key));
	if (column != NULL)
		return psprintf("SELECT s.value FROM (SELECT %s AS value) s WHERE s.value IS NOT NULL", column);
	if (node->part == PART_TAG || node->part == PART_METADATA)
		return psprintf("SELECT m.value::text AS value FROM %s.%s m WHERE m.request_id = t.request_id AND m.key = $%d",
						source->schema, node->part == PART_TAG ? "trace_tags" : "trace_request_metadata", node->key);
	if (node->part == PART_RUN)
		appendStringInfo(&sql, "SELECT m.value::text AS value FROM %s.trace_request_metadata m "
						 "WHERE m.request_id = t.request_id AND m.key = '" TRACE_RUN_KEY "'", source->schema);
	if (OidIsValid(source->associations))
		appendStringInfo(&sql, "%sSELECT l.destination_id::text AS value FROM %s.entity_associations l WHERE l.source_id = t.request_id "
						 "AND l.source_type = 'trace' AND l.destination_type = '%s'", sql.len > 0 ? " UNION ALL " : "",
						 source->schema, linked);
	else if (sql.len == 0)
		appendStringInfoString(&sql, "SELECT NULL::text AS value WHERE false");
	return sql.data;
}

/* What a condition is about, where it is one value of a trace */
static const char *
part_of(const Condition *node, const TraceSource *source)
{
	static const TraceColumn columns[] = {
		[PART_REQUEST_ID] = TRACE_ID,
		[PART_STATE] = TRACE_STATE,
		[PART_TIME] = TRACE_REQUEST_TIME,
		[PART_EXECUTION_TIME] = TRACE_EXECUTION_TIME_MS,
		[PART_CLIENT_REQUEST_ID] = TRACE_CLIENT_REQUEST_ID,
		[PART_REQUEST] = TRACE_REQUEST_PREVIEW,
		[PART_RESPONSE] = TRACE_RESPONSE_PREVIEW,
		[PART_SESSION] = TRACE_SESSION_ID,
		[PART_USER] = TRACE_USER_ID,
		[PART_INPUT_TOKENS] = TRACE_INPUT_TOKENS,
		[PART_OUTPUT_TOKENS] = TRACE_OUTPUT_TOKENS,
		[PART_TOTAL_TOKENS] = TRACE_TOTAL_TOKENS
	};

	if (node->part == PART_END_TIME)
		return psprintf("(%s + coalesce(%s, 0))", feedback_trace_milliseconds(source),
						feedback_trace_column(source, TRACE_EXECUTION_TIME_MS));
	return feedback_trace_column(source, columns[node->part]);
}

static void
append_all(StringInfo sql, const List *conditions, const TraceSource *source, const char *left)
{
	ListCell   *lc;

	foreach(lc, conditions)
	{
		appendStringInfoString(sql, " AND ");
		append_tree(sql, lfirst(lc), source, left);
	}
}

/* Comparisons of what left is, or of spans; none is null for NOT. */
static void
append_tree(StringInfo sql, const Condition *node, const TraceSource *source, const char *left)
{
	ListCell   *lc;

	check_stack_depth();
	if (node->type == NODE_COMPARE)
	{
		append_source_comparison(sql, node, source, left);
		return;
	}
	appendStringInfoString(sql, node->type == NODE_NOT ? "(NOT coalesce(" : "(");
	foreach(lc, node->children)
	{
		if (lc != list_head(node->children))
			appendStringInfoString(sql, node->type == NODE_AND ? " AND " : " OR ");
		append_tree(sql, lfirst(lc), source, left);
	}
	appendStringInfoString(sql, node->type == NODE_NOT ? ", false))" : ")");
}

static void
append_source_comparison(StringInfo sql, const Condition *node, const TraceSource *source, const char *left)
{
	bool		time = node->field == FIELD_TRACE_MILLISECONDS || node->field == FIELD_TRACE_TIME;

	if (node->field >= FIELD_SPAN_NAME)
		left = span_column(node);
	if (node->constant == 0)
		appendStringInfo(sql, "(%s %s)", left, node->operator);
	else if (node->any)
		appendStringInfo(sql, "(%s = ANY ($%d))", time ? feedback_trace_milliseconds(source) : left, node->constant);
	else if (time && source->is_mlflow)
		appendStringInfo(sql, "(%s %s $%d)", feedback_trace_milliseconds(source), node->operator, node->constant);
	else
		appendStringInfo(sql, "(%s %s $%d)", left, node->operator, time ? node->time : node->constant);
}

/* A field of a span; its content is read only where it has the attribute's name as it is written there. */
static char *
span_column(const Condition *node)
{
	switch (node->field)
	{
		case FIELD_SPAN_NAME:
			return "p.name::text";
		case FIELD_SPAN_TYPE:
			return "p.type::text";
		case FIELD_SPAN_STATUS:
			return "p.status::text";
		case FIELD_SPAN_CONTENT:
			return "p.content::text";
		default:
			return psprintf("CASE WHEN strpos(p.content, to_json($%d)::text) > 0 OR $%d ~ '[^\\x01-\\x7F]' "
							"THEN feedback_internal.span_attribute(p.content, $%d) END", node->key, node->key, node->key);
	}
}
