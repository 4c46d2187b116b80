/*
 * search_traces.c
 *		The traces of the sources that a filter matches, newest first.
 *
 * A limit ends the reading: MLflow has an index of each experiment's times, so
 * its experiments are gone through one by one.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "search/search.h"

static void append_source_traces(Search *search, const Branch *branch, const TraceSource *source);
static void append_source_rows(Search *search, const Branch *branch, const TraceSource *source);

/* A branch: a source's traces that meet its condition, each at the time that it began. */
void
feedback_search_append_traces(Search *search, const Branch *branch)
{
	ListCell   *lc;

	foreach(lc, branch->leading->sources)
	{
		if (lc != list_head(branch->leading->sources))
			appendStringInfoString(&search->sql, " UNION ALL ");
		append_source_traces(search, branch, lfirst(lc));
	}
}

static void
append_source_traces(Search *search, const Branch *branch, const TraceSource *source)
{
	ListCell   *lc;

	appendStringInfoString(&search->sql, "(SELECT a.project, a.trace_id, a.create_time FROM ");
	if (source->is_mlflow)
		appendStringInfo(&search->sql, "%s.experiments e CROSS JOIN LATERAL ", source->schema);
	appendStringInfoString(&search->sql, "(SELECT q.project, q.trace_id, q.create_time FROM (");
	append_source_rows(search, branch, source);
	appendStringInfoString(&search->sql, ") q WHERE true");
	foreach(lc, branch->others)
	{
		if (((Condition *) lfirst(lc))->type == NODE_TRACE)
			continue;
		appendStringInfoString(&search->sql, " AND ");
		feedback_search_append_trace(&search->sql, lfirst(lc), "q");
	}
	if (!source->is_mlflow)
		feedback_search_append_project(search, "q");
	appendStringInfo(&search->sql, " ORDER BY q.place DESC, q.trace_id%s) a", search->limit);
	if (source->is_mlflow && search->project > 0)
		appendStringInfo(&search->sql, " WHERE %s = $%d", feedback_trace_column(source, TRACE_PROJECT), search->project);
	appendStringInfo(&search->sql, " ORDER BY a.create_time DESC, a.trace_id, a.project%s)", search->limit);
}

/* The rows of a source that meet the conditions on traces, with their place in time */
static void
append_source_rows(Search *search, const Branch *branch, const TraceSource *source)
{
	ListCell   *lc;

	appendStringInfo(&search->sql, "SELECT %s AS project, %s AS trace_id, %s AS create_time, %s AS place FROM %s t WHERE %s",
					 feedback_trace_column(source, TRACE_PROJECT), feedback_trace_column(source, TRACE_ID),
					 feedback_trace_column(source, TRACE_REQUEST_TIME),
					 source->is_mlflow ? feedback_trace_milliseconds(source) : feedback_trace_column(source, TRACE_REQUEST_TIME),
					 source->relation, source->is_mlflow ? "t.experiment_id = e.experiment_id AND " : "");
	feedback_search_append_source_row(&search->sql, branch->leading, source);
	foreach(lc, branch->others)
	{
		const Condition *node = lfirst(lc);

		if (node->type != NODE_TRACE)
			continue;
		appendStringInfoString(&search->sql, " AND ");
		feedback_search_append_source_row(&search->sql, node, source);
	}
}
