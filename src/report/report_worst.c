/*
 * report_worst.c
 *		The traces of a report that were judged worst, with what was asked and
 *		answered where a source of traces is there and the caller may read it.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "report/report.h"

static bool append_name(Report *report, const ReportSeries *series, bool *any);
static void append_rows(Report *report, ReportRows *rows);
static ReportRows read_traces(Report *report, ReportRows rows);
static void append_trace(StringInfo page, ReportRows traces, const char *trace_id);
static void append_said(StringInfo page, const char *label, const char *said);
static const char *query(const ReportSeries *series);

#define COLUMNS \
" f.project, f.trace_id, f.boolean_value, f.numeric_value, f.source_type, f.source_id, f.rationale," \
" to_char(f.create_time, 'YYYY-MM-DD HH24:MI'), f.create_time, f.assessment_id "

#define CONDITIONS \
" f.project = $6 AND f.name = $7 AND f.create_time >= $4 AND f.create_time < $5 "

#define NEWEST_FIRST \
" f.create_time DESC, f.assessment_id DESC LIMIT " REPORT_TEXT(REPORT_MAX_WORST)

/*
 * Each in the order of an index, so that few rows are read of however many.  That
 * a false value is no null is said because the planner does not see it.
 */
static const char false_sql[] =
"SELECT" COLUMNS "FROM feedback.feedback f WHERE" CONDITIONS "AND f.boolean_value IS NOT NULL AND f.boolean_value = false ORDER BY" NEWEST_FIRST;

static const char true_sql[] =
"SELECT" COLUMNS "FROM feedback.feedback f WHERE" CONDITIONS "AND f.boolean_value IS NOT NULL AND f.boolean_value = true ORDER BY" NEWEST_FIRST;

static const char highest_sql[] =
"SELECT" COLUMNS "FROM feedback.feedback f WHERE" CONDITIONS "AND f.numeric_value IS NOT NULL"
" ORDER BY f.numeric_value DESC," NEWEST_FIRST;

/* The index has the oldest of the lowest first; so the lowest values, and the newest of each. */
static const char lowest_sql[] =
"WITH RECURSIVE lowest (value, place) AS ("
" (SELECT f.numeric_value, 1 FROM feedback.feedback f WHERE" CONDITIONS "AND f.numeric_value IS NOT NULL"
"  ORDER BY f.numeric_value LIMIT 1)"
" UNION ALL"
" SELECT (SELECT f.numeric_value FROM feedback.feedback f WHERE" CONDITIONS "AND f.numeric_value > l.value"
"  ORDER BY f.numeric_value LIMIT 1), l.place + 1"
" FROM lowest l WHERE l.value IS NOT NULL AND l.place < " REPORT_TEXT(REPORT_MAX_WORST) ")"
" SELECT w.* FROM lowest l, LATERAL ("
"  SELECT" COLUMNS "FROM feedback.feedback f WHERE" CONDITIONS "AND f.numeric_value = l.value"
"  ORDER BY" NEWEST_FIRST ") w"
" WHERE l.value IS NOT NULL"
" ORDER BY w.numeric_value, w.create_time DESC, w.assessment_id DESC LIMIT " REPORT_TEXT(REPORT_MAX_WORST);

/* More than is shown, so that what is cut is seen to be */
static const char traces_sql[] =
"SELECT t.trace_id, left(t.request_preview, 1000), left(t.response_preview, 1000) FROM feedback_internal.read_traces($6, true) t";

/*
 * Append the section, unless no name has numbers or booleans.
 *
 * A name is shown once, whoever judged it; one that has booleans from some and
 * numbers from others twice, since these cannot be compared.
 */
void
feedback_report_worst(Report *report, List *series)
{
	const ReportSeries *last = NULL;
	bool		shown[2] = {false, false};
	bool		any = false;
	int			names = 0;
	int			more = 0;
	ListCell   *lc;

	foreach(lc, series)
	{
		ReportSeries *one = lfirst(lc);
		bool		share = feedback_report_is_share(one);

		if (last == NULL || strcmp(one->name, last->name) != 0)
			shown[false] = shown[true] = false;
		last = one;
		if (one->n_number == 0 || one->undirected || shown[share])
			continue;
		shown[share] = true;
		if (names == REPORT_MAX_WORST_NAMES)
			more++;
		else if (append_name(report, one, &any))
			names++;
	}
	if (any)
		feedback_html_more(&report->page, more, "name is", "names are");
}

/* Append a name's worst; false if there are none. */
static bool
append_name(Report *report, const ReportSeries *series, bool *any)
{
	StringInfo	page = &report->page;
	ReportRows	rows = feedback_report_select_for(report, query(series), report->project->name, series->name);

	if (rows.count == 0)
		return false;
	if (!*any)
		appendStringInfo(page,
						 "<h3>Judged worst</h3>\n"
						 "<p class=\"note\">Up to %d of each name, the newest first of the same value. More is taken for better "
						 "unless the label schema of the name says otherwise.</p>\n", REPORT_MAX_WORST);
	*any = true;
	appendStringInfoString(page, "<h4 class=\"name\">");
	feedback_html_user(page, series->name, REPORT_NAME_LENGTH);
	if (series->lower_is_better)
		appendStringInfoString(page, " <span class=\"source\">lower is better</span>");
	appendStringInfoString(page, "</h4>\n<ol class=\"worst\">\n");
	append_rows(report, &rows);
	appendStringInfoString(page, "</ol>\n");
	return true;
}

static void
append_rows(Report *report, ReportRows *rows)
{
	StringInfo	page = &report->page;
	ReportRows	traces = read_traces(report, *rows);

	while (feedback_report_next(rows, NULL))
	{
		char	   *truth = feedback_report_text(rows, 3);
		char	   *rationale = feedback_report_text(rows, 7);

		appendStringInfoString(page, "<li><div class=\"value\">");
		if (truth != NULL)
			appendStringInfoString(page, *truth == 't' ? "true" : "false");
		else
			feedback_html_number(page, feedback_report_number(rows, 4), 4);
		appendStringInfoString(page, "</div><div class=\"where\">");
		feedback_html_user(page, feedback_report_text(rows, 2), REPORT_NAME_LENGTH);
		appendStringInfo(page, " &#xB7; %s<br>", feedback_report_text(rows, 8));
		feedback_html_source(page, feedback_report_text(rows, 5), feedback_report_text(rows, 6));
		appendStringInfoString(page, "</div><p>");
		if (rationale != NULL)
			feedback_html_user(page, rationale, REPORT_PROSE_LENGTH);
		appendStringInfoString(page, "</p>");
		append_trace(page, traces, feedback_report_text(rows, 2));
		appendStringInfoString(page, "</li>\n");
	}
}

/* The traces that rows are about */
static ReportRows
read_traces(Report *report, ReportRows rows)
{
	Datum		ids[REPORT_MAX_WORST];
	int			count = 0;

	while (count < REPORT_MAX_WORST && feedback_report_next(&rows, NULL))
		ids[count++] = CStringGetTextDatum(feedback_report_text(&rows, 2));
	return feedback_report_select_names(report, traces_sql,
										PointerGetDatum(construct_array(ids, count, TEXTOID, -1, false, TYPALIGN_INT)));
}

/* Append what was asked and answered in a trace, if a source has it. */
static void
append_trace(StringInfo page, ReportRows traces, const char *trace_id)
{
	while (feedback_report_next(&traces, NULL))
	{
		char	   *asked = feedback_report_text(&traces, 2);
		char	   *answered = feedback_report_text(&traces, 3);

		if (strcmp(feedback_report_text(&traces, 1), trace_id) != 0 || (asked == NULL && answered == NULL))
			continue;
		appendStringInfoString(page, "<dl>");
		append_said(page, "Asked", asked);
		append_said(page, "Answered", answered);
		appendStringInfoString(page, "</dl>");
		return;
	}
}

static void
append_said(StringInfo page, const char *label, const char *said)
{
	if (said == NULL)
		return;
	appendStringInfo(page, "<dt>%s</dt><dd>", label);
	feedback_html_user(page, said, REPORT_PROSE_LENGTH);
	appendStringInfoString(page, "</dd>");
}

static const char *
query(const ReportSeries *series)
{
	if (feedback_report_is_share(series))
		return series->lower_is_better ? true_sql : false_sql;
	return series->lower_is_better ? highest_sql : lowest_sql;
}
