/*
 * report.c
 *		report_html: the feedback of a period as one page of HTML.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "pgtime.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "report/report.h"

/* The period without a since has so many days, the current one included */
#define DEFAULT_DAYS	30

static void set_period(Report *report, bool has_since, TimestampTz since);
static Datum start_of_day(DateADT day);
static ReportProject *read_projects(Report *report, Datum *project, int *length, int64 *all);
static Datum read_headlines(Report *report, ReportProject *projects, int length);
static void append_head(Report *report, const char *project);
static void append_contents(Report *report, const ReportProject *projects, int length);
static void append_projects(Report *report, ReportProject *projects, int length);
static void append_tiles(Report *report, bool named);
static void append_tile(StringInfo page, const char *title, int64 count, const char *class);
static void append_foot(Report *report);

PG_FUNCTION_INFO_V1(feedback_report_html);

/*
 * report_html(project text, since timestamptz) returns text
 *
 * All projects if project is null, one after the other.  The period is whole
 * days of the session's time zone: from that of since on, or the last 30, to the
 * current one.  A since on a later day is 22023.
 */
Datum
feedback_report_html(PG_FUNCTION_ARGS)
{
	Report		report = {0};
	Datum		project = PG_ARGISNULL(0) ? (Datum) 0 : PG_GETARG_DATUM(0);
	ReportProject *projects;
	int			length;
	int64		all;

	set_period(&report, !PG_ARGISNULL(1), PG_ARGISNULL(1) ? 0 : PG_GETARG_TIMESTAMPTZ(1));
	initStringInfo(&report.page);

	SPI_connect();
	projects = read_projects(&report, PG_ARGISNULL(0) ? NULL : &project, &length, &all);
	append_head(&report, PG_ARGISNULL(0) ? (length == 1 ? projects[0].name : NULL) :
				text_to_cstring(DatumGetTextPP(project)));
	if (length > 1)
		append_contents(&report, projects, length);
	appendStringInfoString(&report.page, "</header>\n<main>\n");
	if (length == 0)
		appendStringInfoString(&report.page, "<section><p>There is no feedback in this period.</p></section>\n");
	else
		append_projects(&report, projects, length);
	feedback_html_more(&report.page, all - length, "project is", "projects are");
	append_foot(&report);
	SPI_finish();

	PG_RETURN_TEXT_P(cstring_to_text_with_len(report.page.data, report.page.len));
}

/* Find the days of the period and the times at which it starts and ends. */
static void
set_period(Report *report, bool has_since, TimestampTz since)
{
	TimestampTz now = GetCurrentStatementStartTimestamp();

	report->last = DatumGetDateADT(DirectFunctionCall1(timestamptz_date, TimestampTzGetDatum(now)));
	report->since = has_since ?
		DatumGetDateADT(DirectFunctionCall1(timestamptz_date, TimestampTzGetDatum(since))) :
		report->last - (DEFAULT_DAYS - 1);
	if (report->since > report->last)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("since is in the future"),
				 errdetail("A report goes from the day of this time to the current day."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "since")));

	report->values[1] = DateADTGetDatum(report->since);
	report->values[2] = DateADTGetDatum(report->last);
	report->values[3] = start_of_day(report->since);
	report->values[4] = start_of_day(report->last + 1);
}

static Datum
start_of_day(DateADT day)
{
	return DirectFunctionCall1(date_timestamptz, DateADTGetDatum(day));
}

/*
 * Read which projects have feedback in the period, and how much; all counts those
 * beyond the ones returned too.
 *
 * This also settles the first day of the charts.  They leave out days before any
 * feedback, but show at least as many days as a report without since.
 */
static ReportProject *
read_projects(Report *report, Datum *project, int *length, int64 *all)
{
	static const char sql[] =
	"SELECT d.project, sum(d.n), sum(d.n_error), count(DISTINCT (d.name, d.source_type)), count(*) OVER (),"
	" min(min(d.day)) OVER () - '2000-01-01'::date"
	" FROM feedback.daily_summary d"
	" WHERE d.day >= $2 AND d.day <= $3 AND (cardinality($1) = 0 OR d.project = ANY ($1))"
	" GROUP BY d.project ORDER BY d.project LIMIT " REPORT_TEXT(REPORT_MAX_PROJECTS);
	ReportProject *projects = palloc0(REPORT_MAX_PROJECTS * sizeof(ReportProject));
	Datum		names[REPORT_MAX_PROJECTS];
	ReportRows	rows;
	DateADT		first = report->last;

	report->values[0] = PointerGetDatum(construct_array(project, project == NULL ? 0 : 1, TEXTOID, -1, false, TYPALIGN_INT));
	rows = feedback_report_select(report, sql);
	*all = 0;
	for (*length = 0; feedback_report_next(&rows, NULL); (*length)++)
	{
		projects[*length] = (ReportProject)
		{
			.name = feedback_report_text(&rows, 1),
				.n = feedback_report_integer(&rows, 2),
				.n_error = feedback_report_integer(&rows, 3),
				.n_series = feedback_report_integer(&rows, 4)
		};
		names[*length] = CStringGetTextDatum(projects[*length].name);
		*all = feedback_report_integer(&rows, 5);
		first = (DateADT) feedback_report_integer(&rows, 6);
	}
	report->values[0] = PointerGetDatum(construct_array(names, *length, TEXTOID, -1, false, TYPALIGN_INT));
	report->first = Max(report->since, Min(first, report->last - (DEFAULT_DAYS - 1)));
	return projects;
}

/*
 * Read how many traces and sources each project has; returns the names that
 * several sources of a project have given values, as text[].  What people write
 * at length is no rating that others could agree with.
 */
static Datum
read_headlines(Report *report, ReportProject *projects, int length)
{
	static const char traces_sql[] =
	"SELECT t.project, count(*) FROM ("
	" SELECT DISTINCT f.project, f.trace_id FROM feedback.feedback f"
	" WHERE f.project = ANY ($1) AND f.create_time >= $4 AND f.create_time < $5) t"
	" GROUP BY t.project ORDER BY t.project";
	static const char sources_sql[] =
	"WITH sources AS ("
	" SELECT f.project, f.name, f.source_type, f.source_id,"
	"  bool_or(num_nonnulls(f.boolean_value, f.numeric_value, f.text_value, f.json_value) > 0"
	"   AND NOT feedback_internal.is_long_value(NULL, f.text_value, NULL)) AS rates"
	" FROM feedback.feedback f WHERE f.project = ANY ($1) AND f.create_time >= $4 AND f.create_time < $5"
	" GROUP BY f.project, f.name, f.source_type, f.source_id)"
	" SELECT s.project, count(DISTINCT (s.source_type, s.source_id)), ARRAY("
	"  SELECT r.name FROM sources r WHERE r.rates GROUP BY r.project, r.name HAVING count(*) > 1)"
	" FROM sources s GROUP BY s.project ORDER BY s.project";
	ReportRows	traces = feedback_report_select(report, traces_sql);
	ReportRows	sources = feedback_report_select(report, sources_sql);
	Datum		names = PointerGetDatum(construct_empty_array(TEXTOID));
	int			i;

	for (i = 0; i < length; i++)
	{
		bool		isnull;

		if (feedback_report_next(&traces, projects[i].name))
			projects[i].n_trace = feedback_report_integer(&traces, 2);
		if (!feedback_report_next(&sources, projects[i].name))
			continue;
		projects[i].n_source = feedback_report_integer(&sources, 2);
		names = SPI_getbinval(sources.table->vals[sources.next - 1], sources.table->tupdesc, 3, &isnull);
	}
	return names;
}

static void
append_head(Report *report, const char *project)
{
	StringInfo	page = &report->page;

	appendStringInfoString(page,
						   "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
						   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Feedback");
	if (project != NULL)
	{
		appendStringInfoString(page, " on ");
		feedback_html_text(page, project, REPORT_NAME_LENGTH);
	}
	appendStringInfo(page, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<header>\n<h1>Feedback", feedback_report_style);
	if (project != NULL)
	{
		appendStringInfoString(page, " on ");
		feedback_html_user(page, project, REPORT_NAME_LENGTH);
	}
	appendStringInfoString(page, "</h1>\n<p class=\"period\">");
	if (DATE_IS_NOBEGIN(report->since))
		appendStringInfoString(page, "All until ");
	else
	{
		feedback_html_date(page, report->since, true);
		appendStringInfoString(page, " to ");
	}
	feedback_html_date(page, report->last, true);
	if (!DATE_IS_NOBEGIN(report->since))
	{
		appendStringInfoString(page, " (");
		feedback_html_count(page, report->last - report->since + 1);
		appendStringInfoString(page, report->last == report->since ? " day)" : " days)");
	}
	appendStringInfoString(page, ", in the time zone ");
	feedback_html_user(page, pg_get_timezone_name(session_timezone), REPORT_NAME_LENGTH);
	appendStringInfoString(page, "</p>\n");
}

/* Append links to the projects. */
static void
append_contents(Report *report, const ReportProject *projects, int length)
{
	StringInfo	page = &report->page;
	int			i;

	appendStringInfoString(page, "<nav aria-label=\"Projects\"><ul>\n");
	for (i = 0; i < length; i++)
	{
		appendStringInfo(page, "<li><a href=\"#project-%d\">", i + 1);
		feedback_html_user(page, projects[i].name, REPORT_NAME_LENGTH);
		appendStringInfoString(page, "</a></li>\n");
	}
	appendStringInfoString(page, "</ul></nav>\n");
}

/* Read the sections of all projects, a query each, and append them project by project. */
static void
append_projects(Report *report, ReportProject *projects, int length)
{
	ReportRows	trend = feedback_report_select(report, feedback_report_trend_sql);
	ReportRows	distribution = feedback_report_select(report, feedback_report_distribution_sql);
	ReportRows	errors = feedback_report_select(report, feedback_report_errors_sql);
	ReportRows	agreement = feedback_report_select_names(report, feedback_report_agreement_sql,
														 read_headlines(report, projects, length));
	int			i;

	for (i = 0; i < length; i++)
	{
		List	   *series;

		report->project = &projects[i];
		appendStringInfo(&report->page, "<section id=\"project-%d\">\n", i + 1);
		append_tiles(report, length > 1);
		series = feedback_report_trend(report, &trend, &distribution);
		feedback_report_distribution(report, &distribution);
		feedback_report_agreement(report, &agreement);
		feedback_report_worst(report, series);
		feedback_report_errors(report, &errors);
		appendStringInfoString(&report->page, "</section>\n");
	}
}

/* Append the headline of a project. */
static void
append_tiles(Report *report, bool named)
{
	StringInfo	page = &report->page;
	const ReportProject *project = report->project;

	appendStringInfoString(page, named ? "<h2>" : "<h2>Overview");
	if (named)
		feedback_html_user(page, project->name, REPORT_NAME_LENGTH);
	appendStringInfoString(page, "</h2>\n<dl class=\"tiles\">\n");
	append_tile(page, "Feedback", project->n, "");
	append_tile(page, "Traces", project->n_trace, "");
	append_tile(page, "Sources", project->n_source, "");
	append_tile(page, "Errors", project->n_error, project->n_error > 0 ? " class=\"bad\"" : "");
	appendStringInfoString(page, "</dl>\n");
}

static void
append_tile(StringInfo page, const char *title, int64 count, const char *class)
{
	appendStringInfo(page, "<div><dt>%s</dt><dd%s>", title, class);
	feedback_html_count(page, count);
	appendStringInfoString(page, "</dd></div>\n");
}

static void
append_foot(Report *report)
{
	TimestampTz now = GetCurrentStatementStartTimestamp();

	appendStringInfoString(&report->page, "</main>\n<footer>Generated at ");
	feedback_html_text(&report->page, timestamptz_to_str(now - now % USECS_PER_SEC), REPORT_NAME_LENGTH);
	appendStringInfoString(&report->page, " by feedback " FEEDBACK_VERSION "</footer>\n</body>\n</html>\n");
}
