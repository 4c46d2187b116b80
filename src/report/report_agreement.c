/*
 * report_agreement.c
 *		How far a report's sources agree.
 */
#include "postgres.h"

#include <math.h>

#include "report/report.h"

static void append_pair(Report *report, const ReportRows *rows);
static void append_interval(StringInfo page, double kappa, double low, double high);
static void append_hundredths(StringInfo page, double number);

/*
 * The view agreement, over what was rated in the period, and by pairs of sources
 * with the most in common.
 *
 * $6 has the names that several sources rate; the others are most of the rows.
 * Where each trace has one user, hardly any trace has two ratings of a name, and
 * only those that do are sorted.
 * Pairs are made within each trace, not by a join of the ratings with
 * themselves, which would be a matter of luck where the planner knows little; of
 * rows, as to find one of 1,000 texts in an array takes going through them.
 */
const char	feedback_report_agreement_sql[] =
"WITH met AS MATERIALIZED ("
" SELECT f.project, f.trace_id, f.name"
" FROM feedback.feedback f"
" WHERE f.project = ANY ($1) AND f.create_time >= $4 AND f.create_time < $5 AND f.name = ANY ($6)"
" GROUP BY f.project, f.trace_id, f.name HAVING count(*) > 1),"
" ratings AS ("
" SELECT DISTINCT ON (f.project, f.trace_id, f.name, f.span_id, f.source_type, f.source_id)"
"  f.project, f.trace_id, f.name, f.span_id, f.source_type, f.source_id, f.value"
" FROM feedback.feedback f"
" WHERE f.project = ANY ($1) AND f.create_time >= $4 AND f.create_time < $5"
"  AND num_nonnulls(f.boolean_value, f.numeric_value, f.text_value, f.json_value) > 0"
"  AND f.name = ANY ($6) AND (f.project, f.trace_id, f.name) IN (SELECT m.project, m.trace_id, m.name FROM met m)"
" ORDER BY f.project, f.trace_id, f.name, f.span_id, f.source_type, f.source_id, f.create_time DESC, f.assessment_id DESC),"
" units AS ("
" SELECT r.project, r.name, array_agg(r.source_type ORDER BY r.source_type, r.source_id NULLS FIRST) AS types,"
"  array_agg(r.source_id ORDER BY r.source_type, r.source_id NULLS FIRST) AS ids,"
"  array_agg(r.value ORDER BY r.source_type, r.source_id NULLS FIRST) AS values"
" FROM ratings r WHERE r.value <> 'null' GROUP BY r.project, r.trace_id, r.name, r.span_id HAVING count(*) > 1),"
" pairs AS ("
" SELECT u.project, u.name, a.type AS type_a, a.id AS id_a, b.type AS type_b, b.id AS id_b,"
"  feedback.observed_agreement(a.value, b.value) AS agreement,"
"  feedback.cohens_kappa_interval(a.value, b.value) AS kappa"
" FROM units u, unnest(u.types, u.ids, u.values) WITH ORDINALITY AS a (type, id, value, place),"
"  unnest(u.types, u.ids, u.values) WITH ORDINALITY AS b (type, id, value, place)"
" WHERE b.place > a.place"
" GROUP BY 1, 2, 3, 4, 5, 6),"
" placed AS ("
" SELECT p.*, count(*) OVER (PARTITION BY p.project) AS pairs, row_number() OVER ("
"  PARTITION BY p.project ORDER BY (p.kappa).n DESC, p.name, p.type_a, p.id_a NULLS FIRST, p.type_b, p.id_b NULLS FIRST) AS place"
" FROM pairs p)"
" SELECT p.project, p.name, p.type_a, p.id_a, p.type_b, p.id_b, (p.kappa).n, p.agreement,"
"  (p.kappa).estimate, (p.kappa).low, (p.kappa).high, p.pairs"
" FROM placed p WHERE p.place <= " REPORT_TEXT(REPORT_MAX_PAIRS)
" ORDER BY p.project, p.name, p.place";

/* Append the section, unless no two sources have rated the same. */
void
feedback_report_agreement(Report *report, ReportRows *rows)
{
	StringInfo	page = &report->page;
	int64		more = 0;
	bool		any = false;

	while (feedback_report_next(rows, report->project->name))
	{
		if (!any)
		{
			appendStringInfoString(page,
								   "<h3>Agreement</h3>\n"
								   "<p class=\"note\">Sources that rated the same traces: the share on which they gave the same value, and "
								   "Cohen&#39;s kappa, which is 1 for full agreement and 0 for what chance would do, with its 95&#xA0;% interval, drawn from 0 to 1.</p>\n"
								   "<div class=\"wide\" role=\"region\" aria-label=\"Agreement\" tabindex=\"0\"><table class=\"pairs\"><thead><tr>"
								   "<th scope=\"col\">Name</th><th scope=\"col\">Source</th><th scope=\"col\">and source</th>"
								   "<th scope=\"col\" class=\"count\">n</th><th scope=\"col\" class=\"count\">Same value</th>"
								   "<th scope=\"col\" class=\"count\">Kappa</th><th scope=\"col\">Interval</th></tr></thead><tbody>\n");
			more = feedback_report_integer(rows, 12);
			any = true;
		}
		append_pair(report, rows);
		more--;
	}
	if (!any)
		return;
	appendStringInfoString(page, "</tbody></table></div>\n");
	feedback_html_more(page, more, "pair is", "pairs, which have fewer traces in common, are");
}

static void
append_pair(Report *report, const ReportRows *rows)
{
	StringInfo	page = &report->page;
	double		kappa = feedback_report_number(rows, 9);
	double		low = feedback_report_number(rows, 10);
	double		high = feedback_report_number(rows, 11);

	appendStringInfoString(page, "<tr><th scope=\"row\">");
	feedback_html_user(page, feedback_report_text(rows, 2), REPORT_NAME_LENGTH);
	appendStringInfoString(page, "</th><td>");
	feedback_html_source(page, feedback_report_text(rows, 3), feedback_report_text(rows, 4));
	appendStringInfoString(page, "</td><td>");
	feedback_html_source(page, feedback_report_text(rows, 5), feedback_report_text(rows, 6));
	appendStringInfoString(page, "</td><td class=\"count\">");
	feedback_html_count(page, feedback_report_integer(rows, 7));
	appendStringInfoString(page, "</td><td class=\"count\">");
	feedback_html_share(page, feedback_report_number(rows, 8));
	appendStringInfoString(page, "</td><td class=\"count\">");
	if (isnan(kappa))
		appendStringInfoString(page, "&#x2013;</td><td class=\"interval\"></td></tr>\n");
	else
	{
		append_hundredths(page, kappa);
		appendStringInfoString(page, "</td><td class=\"interval\">");
		append_interval(page, kappa, low, high);
		appendStringInfoString(page, "</td></tr>\n");
	}
}

/* Draw kappa and its interval from 0 to 1; what lies below is cut off, the numbers are beside it. */
static void
append_interval(StringInfo page, double kappa, double low, double high)
{
	appendStringInfoString(page,
						   "<svg viewBox=\"0 0 110 20\" aria-hidden=\"true\"><path class=\"rule\" d=\"M5 4V16M55 7V13M105 4V16M5 10H105\"/>");
	if (!isnan(low) && high >= 0)
		appendStringInfo(page, "<path class=\"line\" d=\"M%.1f 10H%.1f\"/>", 5 + 100 * Max(low, 0), 5 + 100 * Min(high, 1));
	if (kappa >= 0)
		appendStringInfo(page, "<circle class=\"dot\" cx=\"%.1f\" cy=\"10\" r=\"3.5\"/>", 5 + 100 * kappa);
	appendStringInfoString(page, "</svg>");
	if (isnan(low))
		return;
	appendStringInfoString(page, "<span class=\"ends\">");
	append_hundredths(page, low);
	appendStringInfoString(page, " to ");
	append_hundredths(page, high);
	appendStringInfoString(page, "</span>");
}

/* Append a number to two decimals. */
static void
append_hundredths(StringInfo page, double number)
{
	appendStringInfo(page, "%s%.2f", number <= -0.005 ? "&#x2212;" : "", fabs(number));
}
