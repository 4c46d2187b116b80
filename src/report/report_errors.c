/*
 * report_errors.c
 *		The errors that a report's sources ran into.
 */
#include "postgres.h"

#include "report/report.h"

static void append_error(Report *report, const ReportRows *rows);

const char	feedback_report_errors_sql[] =
"WITH errors AS ("
" SELECT f.project, f.name, f.source_type, f.source_id, left(f.error_code, 200) AS error_code, count(*) AS n,"
"  max(f.create_time) AS last_time,"
"  (array_agg(left(f.error_message, 500) ORDER BY f.create_time DESC, f.assessment_id DESC))[1] AS message"
" FROM feedback.feedback f"
" WHERE f.project = ANY ($1) AND f.error_code IS NOT NULL AND f.create_time >= $4 AND f.create_time < $5"
" GROUP BY 1, 2, 3, 4, 5),"
" placed AS ("
" SELECT e.*, count(*) OVER (PARTITION BY e.project) AS errors, row_number() OVER ("
"  PARTITION BY e.project ORDER BY e.n DESC, e.name, e.source_type, e.source_id, e.error_code) AS place"
" FROM errors e)"
" SELECT p.project, p.name, p.source_type, p.source_id, p.error_code, p.n,"
"  to_char(p.last_time, 'YYYY-MM-DD HH24:MI'), p.message, p.errors"
" FROM placed p WHERE p.place <= " REPORT_TEXT(REPORT_MAX_ERRORS)
" ORDER BY p.project, p.place";

/* Append the section, unless there are none. */
void
feedback_report_errors(Report *report, ReportRows *rows)
{
	StringInfo	page = &report->page;
	int64		more = 0;
	bool		any = false;

	while (feedback_report_next(rows, report->project->name))
	{
		if (!any)
		{
			appendStringInfoString(page,
								   "<h3>Errors</h3>\n"
								   "<div class=\"wide\" role=\"region\" aria-label=\"Errors\" tabindex=\"0\"><table class=\"errors\"><thead><tr>"
								   "<th scope=\"col\">Name</th><th scope=\"col\">Source</th><th scope=\"col\">Code</th>"
								   "<th scope=\"col\" class=\"count\">n</th><th scope=\"col\">Last</th><th scope=\"col\">Its message</th>"
								   "</tr></thead><tbody>\n");
			more = feedback_report_integer(rows, 9);
			any = true;
		}
		append_error(report, rows);
		more--;
	}
	if (!any)
		return;
	appendStringInfoString(page, "</tbody></table></div>\n");
	feedback_html_more(page, more, "error is", "errors, which occurred less often, are");
}

static void
append_error(Report *report, const ReportRows *rows)
{
	StringInfo	page = &report->page;
	char	   *message = feedback_report_text(rows, 8);

	appendStringInfoString(page, "<tr><th scope=\"row\">");
	feedback_html_user(page, feedback_report_text(rows, 2), REPORT_NAME_LENGTH);
	appendStringInfoString(page, "</th><td>");
	feedback_html_source(page, feedback_report_text(rows, 3), feedback_report_text(rows, 4));
	appendStringInfoString(page, "</td><td>");
	feedback_html_user(page, feedback_report_text(rows, 5), REPORT_VALUE_LENGTH);
	appendStringInfoString(page, "</td><td class=\"count\">");
	feedback_html_count(page, feedback_report_integer(rows, 6));
	appendStringInfo(page, "</td><td class=\"when\">%s</td><td>", feedback_report_text(rows, 7));
	if (message != NULL)
		feedback_html_user(page, message, REPORT_PROSE_LENGTH);
	appendStringInfoString(page, "</td></tr>\n");
}
