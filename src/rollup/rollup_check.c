/*
 * rollup_check.c
 *		Are the rollups what the table says?
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "base/statement.h"
#include "rollup/rollup.h"

/*
 * What the rollups and the rows not counted say, by part of each rollup, beside
 * what the rows say by the same parts.  Values have a count only.
 */
static Statement differences = {
	.sql = "WITH facts AS MATERIALIZED ("
	"    SELECT * FROM feedback_internal.all_facts()"
	"), summaries AS ("
	"    SELECT 'totals' AS rollup, project, name, source_type, '' AS part,"
	"           n, n_value, n_error, n_true, n_false, n_numeric, total, squares"
	"    FROM (TABLE feedback_internal.counted_totals"
	"          UNION ALL SELECT * FROM feedback_internal.uncounted_totals()) t"
	"    UNION ALL"
	"    SELECT 'days', project, name, source_type, day::text,"
	"           n, n_value, n_error, n_true, n_false, n_numeric, total, squares"
	"    FROM (TABLE feedback_internal.counted_days"
	"          UNION ALL SELECT * FROM feedback_internal.uncounted_days(current_setting('TimeZone'))) d"
	"    UNION ALL"
	"    SELECT 'cells', project, name, source_type, date_trunc('hour', cell)::text,"
	"           n, n_value, n_error, n_true, n_false, n_numeric, total, squares"
	"    FROM feedback_internal.counted_cells"
	"    UNION ALL"
	"    SELECT 'cells', project, name, source_type, hour::text,"
	"           n, n_value, n_error, n_true, n_false, n_numeric, total, squares"
	"    FROM feedback_internal.uncounted_hours()"
	"    UNION ALL"
	"    SELECT 'values', project, name, source_type, value::text, n, 0, 0, 0, 0, 0, 0, 0"
	"    FROM (TABLE feedback_internal.counted_values"
	"          UNION ALL SELECT * FROM feedback_internal.uncounted_values()) v"
	"), s AS ("
	"    SELECT rollup, project, name, source_type, part,"
	"           sum(n) AS n, sum(n_value) AS n_value, sum(n_error) AS n_error, sum(n_true) AS n_true,"
	"           sum(n_false) AS n_false, sum(n_numeric) AS n_numeric, sum(total) AS total, sum(squares) AS squares"
	"    FROM summaries"
	"    GROUP BY rollup, project, name, source_type, part"
	"    HAVING sum(n) <> 0"
	"), r AS ("
	"    SELECT 'totals' AS rollup, project, name, source_type, '' AS part,"
	"           sum(sign) AS n,"
	"           coalesce(sum(sign) FILTER (WHERE has_value), 0) AS n_value,"
	"           coalesce(sum(sign) FILTER (WHERE has_error), 0) AS n_error,"
	"           coalesce(sum(sign) FILTER (WHERE boolean_value), 0) AS n_true,"
	"           coalesce(sum(sign) FILTER (WHERE NOT boolean_value), 0) AS n_false,"
	"           coalesce(sum(sign) FILTER (WHERE numeric_value IS NOT NULL), 0) AS n_numeric,"
	"           coalesce(sum(sign * numeric_value), 0) AS total,"
	"           coalesce(sum(sign * numeric_value * numeric_value), 0) AS squares"
	"    FROM facts GROUP BY project, name, source_type"
	"    UNION ALL"
	"    SELECT 'days', project, name, source_type, create_time::date::text,"
	"           sum(sign),"
	"           coalesce(sum(sign) FILTER (WHERE has_value), 0),"
	"           coalesce(sum(sign) FILTER (WHERE has_error), 0),"
	"           coalesce(sum(sign) FILTER (WHERE boolean_value), 0),"
	"           coalesce(sum(sign) FILTER (WHERE NOT boolean_value), 0),"
	"           coalesce(sum(sign) FILTER (WHERE numeric_value IS NOT NULL), 0),"
	"           coalesce(sum(sign * numeric_value), 0),"
	"           coalesce(sum(sign * numeric_value * numeric_value), 0)"
	"    FROM facts GROUP BY project, name, source_type, create_time::date"
	"    UNION ALL"
	"    SELECT 'cells', project, name, source_type, date_trunc('hour', create_time)::text,"
	"           sum(sign),"
	"           coalesce(sum(sign) FILTER (WHERE has_value), 0),"
	"           coalesce(sum(sign) FILTER (WHERE has_error), 0),"
	"           coalesce(sum(sign) FILTER (WHERE boolean_value), 0),"
	"           coalesce(sum(sign) FILTER (WHERE NOT boolean_value), 0),"
	"           coalesce(sum(sign) FILTER (WHERE numeric_value IS NOT NULL), 0),"
	"           coalesce(sum(sign * numeric_value), 0),"
	"           coalesce(sum(sign * numeric_value * numeric_value), 0)"
	"    FROM facts GROUP BY project, name, source_type, date_trunc('hour', create_time)"
	"    UNION ALL"
	"    SELECT 'values', project, name, source_type, value::text, count(*), 0, 0, 0, 0, 0, 0, 0"
	"    FROM facts WHERE value IS NOT NULL GROUP BY project, name, source_type, value::text"
	") "
	"SELECT format('rollup_%s is not what the table says', rollup),"
	"       format('Project %L, name %L, source type %s%s: %s in the summary, %s in the table.',"
	"              project, name, source_type, CASE WHEN part <> '' THEN ', ' || part END,"
	"              CASE WHEN s.n IS DISTINCT FROM r.n THEN coalesce(s.n, 0)::text ELSE 'other sums' END,"
	"              coalesce(r.n, 0)) "
	"FROM s FULL JOIN r USING (rollup, project, name, source_type, part) "
	"WHERE (s.n, s.n_value, s.n_error, s.n_true, s.n_false, s.n_numeric, s.total, s.squares) IS DISTINCT FROM"
	"      (r.n, r.n_value, r.n_error, r.n_true, r.n_false, r.n_numeric, r.total, r.squares) "
	"ORDER BY rollup, project, name, source_type, part",
	.scans = true
};

/* What has to fire has to do so whatever session_replication_role is. */
static Statement wrong_triggers = {
	.sql = "SELECT CASE WHEN t.oid IS NULL THEN format('trigger %s is missing', n.name) "
	"            WHEN t.tgenabled = 'D' THEN format('trigger %s is disabled', n.name) "
	"            ELSE format('trigger %s does not fire for replicated rows', n.name) END, "
	"       CASE WHEN t.oid IS NULL THEN 'Drop the extension and create it anew.' "
	"            ELSE format('ALTER TABLE feedback.assessments ENABLE ALWAYS TRIGGER %s; "
	"SELECT feedback.rebuild_summaries();', n.name) END "
	"FROM (VALUES ('assessments_journal'), ('assessments_truncate')) AS n (name) "
	"LEFT JOIN pg_trigger t ON t.tgname = n.name AND t.tgrelid = 'feedback.assessments'::regclass "
	"WHERE t.tgenabled IS DISTINCT FROM 'A'",
	.scans = true
};

static Statement select_zone = {
	.sql = "SELECT time_zone FROM feedback_internal.counted_state"
};

PG_FUNCTION_INFO_V1(feedback_check_summaries);

/*
 * check_summaries() returns table (problem text, detail text)
 *
 * Compares in one snapshot.  It reads the whole table.
 */
Datum
feedback_check_summaries(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	feedback_statement_fill(&wrong_triggers, NULL, result);
	if (feedback_statement_run(&select_zone, NULL, NULL, true) == 1)
	{
		bool		isnull;
		Datum		zone = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
		int			nest_level = feedback_rollup_enter_zone(feedback_rollup_zone(TextDatumGetCString(zone)));

		feedback_statement_fill(&differences, NULL, result);
		AtEOXact_GUC(true, nest_level);
	}
	else
	{
		Datum		values[] = {
			CStringGetTextDatum("rollup_state has not one row"),
			CStringGetTextDatum("SELECT feedback.rebuild_summaries();")
		};
		bool		nulls[] = {false, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	SPI_finish();
	return (Datum) 0;
}
