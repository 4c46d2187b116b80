/*
 * rollup_uncounted.c
 *		What the summaries add to the rollups: rows not counted yet, and changes.
 *
 * The functions are STABLE: they read in the snapshot of the query that calls
 * them, in which the rollups are read too.  All else rests on that.  Their
 * search_path is pg_catalog, so that operators need not be qualified.
 *
 * Each statement is written once, with a blank for the facts that it adds up.
 * What those are is said in sql/parts/rollups.sql, by functions that the planner
 * puts into the statement.
 */
#include "postgres.h"

#include "access/transam.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/xid8.h"

#include "base/statement.h"
#include "rollup/rollup.h"

/* The statement of a macro below, by what it adds up */
#define OVER(statement) \
{ \
	.uncounted = { \
		.sql = statement("feedback_internal.uncounted_facts($1, $2)"), \
		.groups = true, \
		.count = 2, \
		.types = {XID8OID, XID8ARRAYOID} \
	}, \
	.all = { \
		.sql = statement("feedback_internal.all_facts()"), \
		.scans = true \
	} \
}

typedef struct SumQuery
{
	Statement	uncounted;		/* with upto and open of the state */
	Statement	all;
} SumQuery;

#define TOTALS(facts) \
	"SELECT project, name, source_type," \
	"       sum(sign) AS n," \
	"       coalesce(sum(sign) FILTER (WHERE has_value), 0) AS n_value," \
	"       coalesce(sum(sign) FILTER (WHERE has_error), 0) AS n_error," \
	"       coalesce(sum(sign) FILTER (WHERE boolean_value), 0) AS n_true," \
	"       coalesce(sum(sign) FILTER (WHERE NOT boolean_value), 0) AS n_false," \
	"       coalesce(sum(sign) FILTER (WHERE numeric_value IS NOT NULL), 0) AS n_numeric," \
	"       coalesce(sum(sign * numeric_value), 0) AS total," \
	"       coalesce(sum(sign * numeric_value * numeric_value), 0) AS squares" \
	" FROM " facts \
	" GROUP BY project, name, source_type"

static SumQuery totals = OVER(TOTALS);

#define DAYS(facts) \
	"SELECT project, name, source_type," \
	"       sum(sign) AS n," \
	"       coalesce(sum(sign) FILTER (WHERE has_value), 0) AS n_value," \
	"       coalesce(sum(sign) FILTER (WHERE has_error), 0) AS n_error," \
	"       coalesce(sum(sign) FILTER (WHERE boolean_value), 0) AS n_true," \
	"       coalesce(sum(sign) FILTER (WHERE NOT boolean_value), 0) AS n_false," \
	"       coalesce(sum(sign) FILTER (WHERE numeric_value IS NOT NULL), 0) AS n_numeric," \
	"       coalesce(sum(sign * numeric_value), 0) AS total," \
	"       coalesce(sum(sign * numeric_value * numeric_value), 0) AS squares," \
	"       create_time::date AS day" \
	" FROM " facts \
	" GROUP BY project, name, source_type, create_time::date"

static SumQuery days = OVER(DAYS);

#define HOURS(facts) \
	"SELECT project, name, source_type," \
	"       sum(sign) AS n," \
	"       coalesce(sum(sign) FILTER (WHERE has_value), 0) AS n_value," \
	"       coalesce(sum(sign) FILTER (WHERE has_error), 0) AS n_error," \
	"       coalesce(sum(sign) FILTER (WHERE boolean_value), 0) AS n_true," \
	"       coalesce(sum(sign) FILTER (WHERE NOT boolean_value), 0) AS n_false," \
	"       coalesce(sum(sign) FILTER (WHERE numeric_value IS NOT NULL), 0) AS n_numeric," \
	"       coalesce(sum(sign * numeric_value), 0) AS total," \
	"       coalesce(sum(sign * numeric_value * numeric_value), 0) AS squares," \
	"       date_trunc('hour', create_time) AS hour" \
	" FROM " facts \
	" GROUP BY project, name, source_type, date_trunc('hour', create_time)"

static SumQuery hours = OVER(HOURS);

#define VALUES(facts) \
	"SELECT project, name, source_type, value, sum(sign) AS n" \
	" FROM " facts \
	" GROUP BY project, name, source_type, value" \
	" HAVING value IS NOT NULL"

static SumQuery values = OVER(VALUES);

/*
 * The condition on the value is that of the index assessments_long_value_idx.
 * Grouped as they are stored, and made JSON once for each that differs.
 */
static Statement long_values = {
	.sql = "SELECT coalesce(to_jsonb(g.numeric_value), to_jsonb(g.text_value), g.json_value), g.n"
	" FROM ("
	"    SELECT a.numeric_value, a.text_value, a.json_value, count(*) AS n"
	"    FROM feedback.assessments a"
	"    WHERE a.valid AND a.kind = 'feedback'"
	"        AND a.project = $1 AND a.name = $2 AND a.source_type::text = $3"
	"        AND feedback_internal.is_long_value(a.numeric_value, a.text_value, a.json_value)"
	"    GROUP BY a.numeric_value, a.text_value, a.json_value"
	") g",
	.groups = true,
	.count = 3,
	.types = {TEXTOID, TEXTOID, TEXTOID}
};

static Statement select_state = {
	.sql = "SELECT upto, open FROM feedback_internal.counted_state"
};

static void add_up(FunctionCallInfo fcinfo, SumQuery *query, bool counted);

PG_FUNCTION_INFO_V1(feedback_uncounted_totals);
PG_FUNCTION_INFO_V1(feedback_uncounted_days);
PG_FUNCTION_INFO_V1(feedback_uncounted_hours);
PG_FUNCTION_INFO_V1(feedback_uncounted_values);
PG_FUNCTION_INFO_V1(feedback_long_values);

/* uncounted_totals(): a row for each project, name and source type */
Datum
feedback_uncounted_totals(PG_FUNCTION_ARGS)
{
	add_up(fcinfo, &totals, true);
	return (Datum) 0;
}

/*
 * uncounted_days(time_zone text): the same by day of the time zone
 *
 * Of all rows, if the cells do not give its days.
 */
Datum
feedback_uncounted_days(PG_FUNCTION_ARGS)
{
	pg_tz	   *zone = feedback_rollup_zone(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	int			nest_level = feedback_rollup_enter_zone(zone);

	add_up(fcinfo, &days, feedback_rollup_grain(zone) != GRAIN_ROW);
	AtEOXact_GUC(true, nest_level);
	return (Datum) 0;
}

/* uncounted_hours(): the same by hour of the session's time zone */
Datum
feedback_uncounted_hours(PG_FUNCTION_ARGS)
{
	add_up(fcinfo, &hours, feedback_rollup_grain(session_timezone) != GRAIN_ROW);
	return (Datum) 0;
}

/* uncounted_values(): how often each value occurs, with {} for all that are not short */
Datum
feedback_uncounted_values(PG_FUNCTION_ARGS)
{
	add_up(fcinfo, &values, true);
	return (Datum) 0;
}

/* long_values(project text, name text, source_type): how often each of those occurs */
Datum
feedback_long_values(PG_FUNCTION_ARGS)
{
	Datum		arguments[] = {
		PG_GETARG_DATUM(0),
		PG_GETARG_DATUM(1),
		CStringGetTextDatum(DatumGetCString(DirectFunctionCall1(enum_out, PG_GETARG_DATUM(2))))
	};

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	feedback_statement_fill(&long_values, arguments, (ReturnSetInfo *) fcinfo->resultinfo);
	SPI_finish();
	return (Datum) 0;
}

/*
 * Return what a query says of the rows not counted, and of the changes; or of
 * all rows, if nothing is counted or the caller makes no use of what is.
 */
static void
add_up(FunctionCallInfo fcinfo, SumQuery *query, bool counted)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		state[2];

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	if (counted && feedback_statement_run(&select_state, NULL, NULL, true) > 0)
	{
		HeapTuple	row = SPI_tuptable->vals[0];
		bool		isnull;

		state[0] = SPI_getbinval(row, SPI_tuptable->tupdesc, 1, &isnull);
		state[1] = SPI_getbinval(row, SPI_tuptable->tupdesc, 2, &isnull);
		counted = U64FromFullTransactionId(DatumGetFullTransactionId(state[0])) > 0;
	}
	else
		counted = false;
	feedback_statement_fill(counted ? &query->uncounted : &query->all, state, result);
	SPI_finish();
}
