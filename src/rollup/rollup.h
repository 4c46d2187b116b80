/*
 * rollup.h
 *		Rollups behind the summary views: what they count, and from when.
 */
#ifndef FEEDBACK_ROLLUP_H
#define FEEDBACK_ROLLUP_H

#include "postgres.h"

#include "pgtime.h"

/*
 * What the queries over rows have in common.  They run in functions whose
 * search_path is pg_catalog, so that operators need not be qualified.
 *
 * ROLLUP_COUNTS chooses the rows that count.  ROLLUP_FACTS are the columns that
 * a row contributes by, named as those of rollup_changes, and ROLLUP_SUMS adds
 * facts up in the order of the columns of rollup_totals.
 */
#define ROLLUP_COUNTS \
	"a.valid AND a.kind = 'feedback'"

#define ROLLUP_FACTS \
	"a.project, a.name, a.source_type, a.create_time, 1::int2 AS sign, " \
	"num_nonnulls(a.boolean_value, a.numeric_value, a.text_value) > 0 " \
	"OR coalesce(jsonb_typeof(a.json_value) <> 'null', false) AS has_value, " \
	"a.error_code IS NOT NULL AS has_error, a.boolean_value, a.numeric_value"

#define ROLLUP_CHANGE_FACTS \
	"c.project, c.name, c.source_type, c.create_time, c.sign, " \
	"c.has_value, c.has_error, c.boolean_value, c.numeric_value"

/*
 * What is counted by its value: numbers of so many decimals, texts of so many bytes.
 * Categories are short; what people write is longer, and not to be copied.
 */
#define ROLLUP_DECIMALS		4
#define ROLLUP_SHORT_TEXT	48

#define ROLLUP_VALUE \
	"feedback_internal.summary_value(a.boolean_value, a.numeric_value, a.text_value, a.json_value)"

#define ROLLUP_SUMS \
	"sum(sign) AS n, " \
	"coalesce(sum(sign) FILTER (WHERE has_value), 0) AS n_value, " \
	"coalesce(sum(sign) FILTER (WHERE has_error), 0) AS n_error, " \
	"coalesce(sum(sign) FILTER (WHERE boolean_value), 0) AS n_true, " \
	"coalesce(sum(sign) FILTER (WHERE NOT boolean_value), 0) AS n_false, " \
	"coalesce(sum(sign) FILTER (WHERE numeric_value IS NOT NULL), 0) AS n_numeric, " \
	"coalesce(sum(sign * numeric_value), 0) AS total, " \
	"coalesce(sum(sign * numeric_value * numeric_value), 0) AS squares"

/*
 * The rows not counted yet, with upto as $1 and open as $2, are of transactions
 * from upto on or of those in open.  The conditions that seem to be superfluous
 * make ranges of them, which the planner takes for a small part of the table
 * whatever the statistics, and so reads by index.
 */
#define ROLLUP_FROM_UNCOUNTED(columns) \
	"SELECT " columns " FROM feedback.assessments a WHERE " ROLLUP_COUNTS \
	" AND a.logged_xid >= $1 AND a.logged_xid <= '18446744073709551615' " \
	"UNION ALL " \
	"SELECT " columns " FROM feedback.assessments a WHERE " ROLLUP_COUNTS \
	" AND a.logged_xid = ANY ($2) AND a.logged_xid >= $2[1] AND a.logged_xid < $1 "

#define ROLLUP_FROM_ALL(columns) \
	"SELECT " columns " FROM feedback.assessments a WHERE " ROLLUP_COUNTS " "

/* What the hours and days of a time zone are made of */
typedef enum RollupGrain
{
	GRAIN_HOUR,					/* hours of UTC */
	GRAIN_CELL,					/* quarters of an hour */
	GRAIN_ROW					/* neither */
} RollupGrain;

extern bool feedback_summary_is_long_text(Datum value);
extern bool feedback_summary_is_json_null(Datum value);
extern RollupGrain feedback_rollup_grain(pg_tz *zone);
extern bool feedback_rollup_same_zone(pg_tz *one, pg_tz *other);
extern pg_tz *feedback_rollup_zone(const char *name);
extern int	feedback_rollup_enter_zone(pg_tz *zone);

#endif							/* FEEDBACK_ROLLUP_H */
