/*
 * report_trend.c
 *		A report's trends: each name and source type by day.
 */
#include "postgres.h"

#include <math.h>

#include "report/report.h"

static ReportSeries *start(const ReportRows *rows);
static void read_means(Report *report, List *series, ReportRows distribution);
static void add_day(ReportSeries *series, const ReportRows *rows);
static void append_figure(Report *report, const ReportSeries *series);

const char	feedback_report_trend_sql[] =
"WITH days AS MATERIALIZED ("
" SELECT * FROM feedback.daily_summary d"
" WHERE d.project = ANY ($1) AND d.day >= $2 AND d.day <= $3),"
" series AS ("
" SELECT d.project, d.name, d.source_type, row_number() OVER ("
"  PARTITION BY d.project ORDER BY sum(d.n) DESC, d.name, d.source_type) AS place"
" FROM days d GROUP BY d.project, d.name, d.source_type)"
" SELECT d.project, d.name, d.source_type, d.day - '2000-01-01'::date, d.n, d.n_true, d.n_false, d.mean,"
"  l.name IS NOT NULL, l.higher_is_better, l.min, l.max"
" FROM series s"
" JOIN days d ON d.project = s.project AND d.name = s.name AND d.source_type = s.source_type"
" LEFT JOIN LATERAL ("
"  SELECT l.* FROM feedback.label_schemas l"
"  WHERE l.name = s.name AND l.kind = 'feedback' AND (l.project = s.project OR l.project IS NULL)"
"  ORDER BY l.project NULLS LAST LIMIT 1) l ON true"
" WHERE s.place <= " REPORT_TEXT(REPORT_MAX_SERIES)
" ORDER BY d.project, d.name, d.source_type, d.day";

/* Append the section; returns the series, for others.  The means are from the distributions. */
List *
feedback_report_trend(Report *report, ReportRows *rows, const ReportRows *distribution)
{
	StringInfo	page = &report->page;
	ReportSeries *series = NULL;
	List	   *result = NIL;
	ListCell   *lc;

	while (feedback_report_next(rows, report->project->name))
	{
		if (series == NULL || strcmp(series->name, feedback_report_text(rows, 2)) != 0 ||
			strcmp(series->source_type, feedback_report_text(rows, 3)) != 0)
			result = lappend(result, series = start(rows));
		add_day(series, rows);
	}

	read_means(report, result, *distribution);

	appendStringInfoString(page,
						   "<h3>By day</h3>\n"
						   "<p class=\"note\">Mean of numbers or share of true, each day; a gap where there was none. "
						   "The bars are how many feedback there were; for texts, lists and objects these alone.</p>\n"
						   "<div class=\"grid days\">\n");
	foreach(lc, result)
	{
		append_figure(report, lfirst(lc));
	}
	appendStringInfoString(page, "</div>\n");
	feedback_html_more(page, report->project->n_series - list_length(result), "name and source type is", "names and source types are");
	return result;
}

static ReportSeries *
start(const ReportRows *rows)
{
	ReportSeries *series = palloc0(sizeof(ReportSeries));
	char	   *higher = feedback_report_text(rows, 10);

	series->name = feedback_report_text(rows, 2);
	series->source_type = feedback_report_text(rows, 3);
	series->has_schema = strcmp(feedback_report_text(rows, 9), "t") == 0;
	series->lower_is_better = higher != NULL && strcmp(higher, "f") == 0;
	series->undirected = series->has_schema && higher == NULL;
	series->min = feedback_report_number(rows, 11);
	series->max = feedback_report_number(rows, 12);
	series->has_limits = !isnan(series->min) && !isnan(series->max);
	return series;
}

static void
add_day(ReportSeries *series, const ReportRows *rows)
{
	if (series->days == series->capacity)
	{
		series->capacity = Max(32, 2 * series->capacity);
		if (series->days == 0)
		{
			series->day = palloc(series->capacity * sizeof(DateADT));
			series->day_n = palloc(series->capacity * sizeof(int64));
			series->day_mean = palloc(series->capacity * sizeof(double));
		}
		else
		{
			series->day = repalloc(series->day, series->capacity * sizeof(DateADT));
			series->day_n = repalloc(series->day_n, series->capacity * sizeof(int64));
			series->day_mean = repalloc(series->day_mean, series->capacity * sizeof(double));
		}
	}
	series->day[series->days] = (DateADT) feedback_report_integer(rows, 4);
	series->day_n[series->days] = feedback_report_integer(rows, 5);
	series->day_mean[series->days] = feedback_report_number(rows, 8);
	series->days++;
	series->n += feedback_report_integer(rows, 5);
	series->n_true += feedback_report_integer(rows, 6);
	series->n_false += feedback_report_integer(rows, 7);
}

/* Find how many numbers there are and their mean: any row of a distribution has them. */
static void
read_means(Report *report, List *series, ReportRows distribution)
{
	while (feedback_report_next(&distribution, report->project->name))
	{
		char	   *name = feedback_report_text(&distribution, 2);
		char	   *source_type = feedback_report_text(&distribution, 3);
		ListCell   *lc;

		foreach(lc, series)
		{
			ReportSeries *one = lfirst(lc);

			if (strcmp(one->name, name) == 0 && strcmp(one->source_type, source_type) == 0)
			{
				one->n_number = feedback_report_integer(&distribution, 10);
				one->mean = feedback_report_number(&distribution, 11);
			}
		}
	}
}

static void
append_figure(Report *report, const ReportSeries *series)
{
	StringInfo	page = &report->page;
	bool		share = feedback_report_is_share(series);

	appendStringInfoString(page, "<figure><figcaption><span><b>");
	feedback_html_user(page, series->name, REPORT_NAME_LENGTH);
	appendStringInfo(page, "</b> <span class=\"source\">%s</span>", series->source_type);
	if (series->lower_is_better)
		appendStringInfoString(page, " <span class=\"source\">lower is better</span>");
	appendStringInfoString(page, "</span><span class=\"mean\">");
	if (series->n_number > 0)
	{
		appendStringInfoString(page, "<b>");
		feedback_report_mean(page, series, series->mean);
		appendStringInfoString(page, share ? "</b> <span class=\"source\">true</span>" : "</b> <span class=\"source\">mean</span>");
	}
	else
	{
		feedback_html_count(page, series->n);
		appendStringInfoString(page, " <span class=\"source\">feedback</span>");
	}
	appendStringInfoString(page, "</span></figcaption>\n");
	feedback_report_chart(report, series);
	appendStringInfoString(page, "</figure>\n");
}
