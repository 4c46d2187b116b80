/*
 * report.h
 *		The page that report_html makes: what its sections share.
 *
 * Every file report_*.c knows one section: the query that reads it, for all
 * projects at once, and how it looks.
 */
#ifndef FEEDBACK_REPORT_H
#define FEEDBACK_REPORT_H

#include "postgres.h"

#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "nodes/pg_list.h"
#include "utils/date.h"

/* At most so many on a page, and in a project's section; the page says how many more there are */
#define REPORT_MAX_PROJECTS	20
#define REPORT_MAX_SERIES	40
#define REPORT_MAX_VALUES	12
#define REPORT_MAX_PAIRS	20
#define REPORT_MAX_ERRORS	30

/* At most so many names whose worst traces are shown, and so many of each */
#define REPORT_MAX_WORST_NAMES	8
#define REPORT_MAX_WORST	5

/* At most so many characters of a text */
#define REPORT_NAME_LENGTH	80
#define REPORT_VALUE_LENGTH	60
#define REPORT_PROSE_LENGTH	280

/* A limit within the text of a statement */
#define REPORT_TEXT_OF(limit)	#limit
#define REPORT_TEXT(limit)	REPORT_TEXT_OF(limit)

/* $1 text[], $2 and $3 date, $4 and $5 timestamptz, and two of a section's own */
#define REPORT_PARAMETERS	5
#define REPORT_MAX_PARAMETERS	7

/* The rows of a query, ordered by the project, which is the first column */
typedef struct ReportRows
{
	SPITupleTable *table;
	uint64		count;
	uint64		next;			/* the current row is the one before it */
} ReportRows;

/* A name and source type within a project, over the period */
typedef struct ReportSeries
{
	char	   *name;
	char	   *source_type;
	bool		has_schema;
	bool		lower_is_better;
	bool		undirected;		/* its label schema says that neither is
								 * better */
	bool		has_limits;		/* of its label schema */
	double		min;
	double		max;
	int64		n;
	int64		n_true;
	int64		n_false;
	int64		n_number;		/* numbers and booleans */
	double		mean;			/* of these */
	int			days;
	int			capacity;
	DateADT    *day;
	int64	   *day_n;
	double	   *day_mean;		/* NaN if there is none */
} ReportSeries;

/* A project's headline */
typedef struct ReportProject
{
	char	   *name;
	int64		n;
	int64		n_error;
	int64		n_series;
	int64		n_trace;
	int64		n_source;
} ReportProject;

typedef struct Report
{
	StringInfoData page;
	Datum		values[REPORT_MAX_PARAMETERS];
	DateADT		since;
	DateADT		first;			/* first and last day of the charts */
	DateADT		last;
	ReportProject *project;		/* the current one */
} Report;

/* report_read.c */
extern ReportRows feedback_report_select(Report *report, const char *sql);
extern ReportRows feedback_report_select_for(Report *report, const char *sql, const char *project,
											 const char *name);
extern ReportRows feedback_report_select_names(Report *report, const char *sql, Datum names);
extern bool feedback_report_next(ReportRows *rows, const char *project);
extern char *feedback_report_text(const ReportRows *rows, int column);
extern int64 feedback_report_integer(const ReportRows *rows, int column);
extern double feedback_report_number(const ReportRows *rows, int column);

/* report_html.c */
extern void feedback_html_text(StringInfo page, const char *string, int max);
extern void feedback_html_user(StringInfo page, const char *string, int max);
extern void feedback_html_source(StringInfo page, const char *type, const char *id);
extern void feedback_html_count(StringInfo page, int64 count);
extern void feedback_html_number(StringInfo page, double number, int precision);
extern void feedback_html_share(StringInfo page, double share);
extern void feedback_html_date(StringInfo page, DateADT date, bool year);
extern void feedback_html_more(StringInfo page, int64 count, const char *one, const char *several);

/* report_style.c */
extern const char feedback_report_style[];

/* report_chart.c */
extern void feedback_report_chart(Report *report, const ReportSeries *series);
extern bool feedback_report_is_share(const ReportSeries *series);
extern void feedback_report_mean(StringInfo page, const ReportSeries *series, double mean);

/* The sections */
extern const char feedback_report_trend_sql[];
extern List *feedback_report_trend(Report *report, ReportRows *rows, const ReportRows *distribution);
extern const char feedback_report_distribution_sql[];
extern void feedback_report_distribution(Report *report, ReportRows *rows);
extern const char feedback_report_agreement_sql[];
extern void feedback_report_agreement(Report *report, ReportRows *rows);
extern void feedback_report_worst(Report *report, List *series);
extern const char feedback_report_errors_sql[];
extern void feedback_report_errors(Report *report, ReportRows *rows);

#endif							/* FEEDBACK_REPORT_H */
