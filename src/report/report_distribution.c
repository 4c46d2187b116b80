/*
 * report_distribution.c
 *		A report's distributions: how often each value occurs.
 */
#include "postgres.h"

#include <math.h>

#include "report/report.h"

static void start_figure(Report *report, const ReportRows *rows);
static void finish_figure(Report *report, int64 values, int64 n);
static void append_value(Report *report, const ReportRows *rows);

/*
 * Numbers of which there are many are counted in ranges: ten or so, of a width
 * that is 1, 2 or 5 times a power of ten.  Texts, lists and objects are told
 * apart by their first 200 characters: these are most of the rows where people
 * write, and so are grouped once, and of each name the first few alone are sorted.
 */
const char	feedback_report_distribution_sql[] =
"WITH counts AS MATERIALIZED ("
" SELECT f.project, f.name, f.source_type, f.boolean_value, f.numeric_value,"
"  left(coalesce(f.text_value, f.json_value::text), 200) AS words, count(*) AS n"
" FROM feedback.feedback f"
" WHERE f.project = ANY ($1) AND f.create_time >= $4 AND f.create_time < $5"
"  AND num_nonnulls(f.boolean_value, f.numeric_value, f.text_value, f.json_value) > 0"
" GROUP BY f.project, f.name, f.source_type, f.boolean_value, f.numeric_value, left(coalesce(f.text_value, f.json_value::text), 200)),"
" series AS ("
" SELECT c.project, c.name, c.source_type, sum(c.n) AS total, sum(c.n) FILTER (WHERE c.words IS NULL) AS numbers,"
"  count(c.words) AS texts, feedback_internal.frequent_words(c.words, c.n) AS words,"
"  sum(c.n * coalesce(c.numeric_value, c.boolean_value::integer)) AS sum,"
"  CASE WHEN count(c.numeric_value) > " REPORT_TEXT(REPORT_MAX_VALUES) " THEN (max(c.numeric_value) - min(c.numeric_value)) / 10 END AS width,"
"  row_number() OVER (PARTITION BY c.project ORDER BY sum(c.n) DESC, c.name, c.source_type) AS place,"
"  row_number() OVER () AS id"
" FROM counts c GROUP BY c.project, c.name, c.source_type),"
" stepped AS MATERIALIZED ("
" SELECT s.*, p.power * CASE WHEN s.width <= p.power THEN 1 WHEN s.width <= 2 * p.power THEN 2 WHEN s.width <= 5 * p.power THEN 5 ELSE 10 END AS step"
" FROM series s, LATERAL (SELECT nullif(power(10::numeric, floor(log(s.width))), 0) AS power) p"
" WHERE s.place <= " REPORT_TEXT(REPORT_MAX_SERIES) "),"
" numbers AS MATERIALIZED ("
" SELECT s.id, c.boolean_value, coalesce(floor(c.numeric_value / s.step) * s.step, c.numeric_value) AS low, sum(c.n) AS n"
" FROM counts c JOIN stepped s ON s.project = c.project AND s.name = c.name AND s.source_type = c.source_type"
" WHERE c.words IS NULL GROUP BY 1, 2, 3),"
" different AS (SELECT e.id, count(*) AS values FROM numbers e GROUP BY e.id),"
" entries AS ("
" SELECT e.id, e.boolean_value, e.low, NULL AS words, e.n FROM numbers e"
" UNION ALL"
" SELECT s.id, NULL, NULL, s.words[i][1], s.words[i][2]::bigint FROM stepped s, generate_subscripts(s.words, 1) i),"
" placed AS ("
" SELECT e.*, row_number() OVER (PARTITION BY e.id ORDER BY e.n DESC, e.boolean_value, e.low, e.words COLLATE \"C\") AS place"
" FROM entries e)"
" SELECT s.project, s.name, s.source_type, s.total, s.texts + coalesce(d.values, 0),"
"  coalesce(p.boolean_value::text, trim_scale(p.low)::text, p.words), p.low + s.step, p.low IS NOT NULL, p.n,"
"  s.numbers, s.sum / nullif(s.numbers, 0)"
" FROM placed p JOIN stepped s ON s.id = p.id LEFT JOIN different d ON d.id = p.id"
" WHERE p.place <= " REPORT_TEXT(REPORT_MAX_VALUES)
" ORDER BY s.project, s.name, s.source_type, p.boolean_value DESC, p.low, p.n DESC, p.words COLLATE \"C\"";

/* Append the section, unless there are no values. */
void
feedback_report_distribution(Report *report, ReportRows *rows)
{
	StringInfo	page = &report->page;
	char	   *name = NULL;
	char	   *source_type = NULL;
	int64		values = 0;
	int64		n = 0;

	while (feedback_report_next(rows, report->project->name))
	{
		if (name == NULL)
			appendStringInfoString(page, "<h3>Values</h3>\n<div class=\"grid\">\n");
		if (name == NULL || strcmp(name, feedback_report_text(rows, 2)) != 0 ||
			strcmp(source_type, feedback_report_text(rows, 3)) != 0)
		{
			if (name != NULL)
				finish_figure(report, values, n);
			name = feedback_report_text(rows, 2);
			source_type = feedback_report_text(rows, 3);
			values = feedback_report_integer(rows, 5);
			n = feedback_report_integer(rows, 4);
			start_figure(report, rows);
		}
		append_value(report, rows);
		values--;
		n -= feedback_report_integer(rows, 9);
	}
	if (name == NULL)
		return;
	finish_figure(report, values, n);
	appendStringInfoString(page, "</div>\n");
}

static void
start_figure(Report *report, const ReportRows *rows)
{
	StringInfo	page = &report->page;

	appendStringInfoString(page, "<figure><figcaption><span><b>");
	feedback_html_user(page, feedback_report_text(rows, 2), REPORT_NAME_LENGTH);
	appendStringInfo(page, "</b> <span class=\"source\">%s</span></span><span class=\"mean\"><span class=\"source\">n&#xA0;",
					 feedback_report_text(rows, 3));
	feedback_html_count(page, feedback_report_integer(rows, 4));
	appendStringInfoString(page, "</span></span></figcaption>\n<table class=\"values\"><tbody>\n");
}

/* End a figure, with the values and how many feedback have them that are not shown. */
static void
finish_figure(Report *report, int64 values, int64 n)
{
	StringInfo	page = &report->page;

	appendStringInfoString(page, "</tbody></table>\n");
	if (values > 0)
	{
		appendStringInfoString(page, "<p class=\"note\">");
		feedback_html_count(page, values);
		appendStringInfo(page, " more value%s, n&#xA0;", values == 1 ? "" : "s");
		feedback_html_count(page, n);
		appendStringInfoString(page, "</p>\n");
	}
	appendStringInfoString(page, "</figure>\n");
}

static void
append_value(Report *report, const ReportRows *rows)
{
	StringInfo	page = &report->page;
	bool		is_number = strcmp(feedback_report_text(rows, 8), "t") == 0;
	double		high = feedback_report_number(rows, 7);
	int64		n = feedback_report_integer(rows, 9);
	double		share = (double) n / feedback_report_integer(rows, 4);

	appendStringInfoString(page, "<tr><th scope=\"row\">");
	if (is_number)
	{
		feedback_html_number(page, feedback_report_number(rows, 6), 4);
		if (!isnan(high))
		{
			appendStringInfoString(page, "&#xA0;&#x2013;&#xA0;");
			feedback_html_number(page, high, 4);
		}
	}
	else
		feedback_html_user(page, feedback_report_text(rows, 6), REPORT_VALUE_LENGTH);
	appendStringInfo(page,
					 "</th><td class=\"bar\"><svg viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
					 "<path class=\"track\" d=\"M0 0H100V8H0Z\"/><path class=\"fill\" d=\"M0 0H%.2fV8H0Z\"/></svg></td><td class=\"count\">",
					 share * 100);
	feedback_html_count(page, n);
	appendStringInfoString(page, "</td><td class=\"count\">");
	feedback_html_share(page, share);
	appendStringInfoString(page, "</td></tr>\n");
}
