/*
 * report_read.c
 *		The queries of a report, and their rows project by project.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/float.h"

#include "base/statement.h"
#include "report/report.h"

static ReportRows run(Report *report, const char *sql, int count, Oid own);

/* Read a section of all projects. */
ReportRows
feedback_report_select(Report *report, const char *sql)
{
	return run(report, sql, REPORT_PARAMETERS, InvalidOid);
}

/* Read what a name has in one project: $6 and $7. */
ReportRows
feedback_report_select_for(Report *report, const char *sql, const char *project, const char *name)
{
	report->values[REPORT_PARAMETERS] = CStringGetTextDatum(project);
	report->values[REPORT_PARAMETERS + 1] = CStringGetTextDatum(name);
	return run(report, sql, REPORT_PARAMETERS + 2, TEXTOID);
}

/* Read what these names have, a text[], in all projects: $6. */
ReportRows
feedback_report_select_names(Report *report, const char *sql, Datum names)
{
	report->values[REPORT_PARAMETERS] = names;
	return run(report, sql, REPORT_PARAMETERS + 1, TEXTARRAYOID);
}

/* Planned for these values: a period may be a day or all there is. */
static ReportRows
run(Report *report, const char *sql, int count, Oid own)
{
	Oid			types[] = {TEXTARRAYOID, DATEOID, DATEOID, TIMESTAMPTZOID, TIMESTAMPTZOID, own, own};
	ReportRows	rows = {0};

	StaticAssertStmt(lengthof(types) == REPORT_MAX_PARAMETERS, "each parameter has a type");
	rows.count = feedback_statement_select_once(sql, count, types, report->values);
	rows.table = SPI_tuptable;
	return rows;
}

/* Go to the next row; false if it is another project's, or there is none. */
bool
feedback_report_next(ReportRows *rows, const char *project)
{
	if (rows->next == rows->count)
		return false;
	rows->next++;
	if (project == NULL || strcmp(feedback_report_text(rows, 1), project) == 0)
		return true;
	rows->next--;
	return false;
}

/* A column of the current row as text, NULL if it is null */
char *
feedback_report_text(const ReportRows *rows, int column)
{
	return SPI_getvalue(rows->table->vals[rows->next - 1], rows->table->tupdesc, column);
}

/* As an integer, 0 if it is null */
int64
feedback_report_integer(const ReportRows *rows, int column)
{
	char	   *string = feedback_report_text(rows, column);

	return string == NULL ? 0 : strtoll(string, NULL, 10);
}

/*
 * As a number, NaN if it is null
 *
 * Not by a cast to double precision, which refuses a numeric close to zero.
 */
double
feedback_report_number(const ReportRows *rows, int column)
{
	char	   *string = feedback_report_text(rows, column);

	return string == NULL ? get_float8_nan() : strtod(string, NULL);
}
