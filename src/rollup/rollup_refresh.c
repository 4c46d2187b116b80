/*
 * rollup_refresh.c
 *		Moving into the rollups what is not in them yet.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/xid8.h"

#include "base/statement.h"
#include "rollup/rollup.h"

/* Which transactions are counted, and whose days */
typedef struct State
{
	Datum		upto;
	Datum		open;
	pg_tz	   *zone;
} State;

static Statement lock_state = {
	.sql = "SELECT upto, open, time_zone FROM feedback_internal.rollup_state FOR UPDATE SKIP LOCKED"
};
static Statement wait_for_state = {
	.sql = "SELECT upto, open, time_zone FROM feedback_internal.rollup_state FOR UPDATE"
};

/*
 * One statement and so one snapshot: reading the rows that are not counted,
 * emptying the journal, and taking down which transactions are counted now.
 *
 * $1 and $2 are upto and open as they have been, $3 is the transaction's own id.
 * It stays uncounted, since it may insert more rows after this.  So do rows with
 * ids that are still to come, which pg_resetwal can make of past ones.  Entries of
 * the journal for rows that were not counted are thrown away: these rows are read
 * as they are now.
 *
 * The groups are those of this snapshot that differ from the last one's, so n may
 * be 0 or less in a row that is added to a rollup; in the rollup's it is not less.
 * Rows that have come to 0 are deleted in a next statement, as no statement can
 * change a row twice.
 *
 * The blank is for where rows come from: sql/parts/rollups.sql has these functions.
 */
#define REFRESH(rows_not_counted) \
	"WITH gone AS (" \
	"    DELETE FROM feedback_internal.rollup_changes RETURNING *" \
	"), facts AS (" \
	"    SELECT * FROM " rows_not_counted \
	"    WHERE row_xid <> $3 AND row_xid < pg_snapshot_xmax(pg_current_snapshot())" \
	"    UNION ALL" \
	"    SELECT * FROM gone" \
	"    WHERE row_xid < $1 AND row_xid <> ALL ($2)" \
	"), grouped AS MATERIALIZED (" \
	"    SELECT project, name, source_type, cell, value, GROUPING(cell) AS by_value," \
	"           count(*) AS facts," \
	"           sum(sign) AS n," \
	"           coalesce(sum(sign) FILTER (WHERE has_value), 0) AS n_value," \
	"           coalesce(sum(sign) FILTER (WHERE has_error), 0) AS n_error," \
	"           coalesce(sum(sign) FILTER (WHERE boolean_value), 0) AS n_true," \
	"           coalesce(sum(sign) FILTER (WHERE NOT boolean_value), 0) AS n_false," \
	"           coalesce(sum(sign) FILTER (WHERE numeric_value IS NOT NULL), 0) AS n_numeric," \
	"           coalesce(sum(sign * numeric_value), 0) AS total," \
	"           coalesce(sum(sign * numeric_value * numeric_value), 0) AS squares" \
	"    FROM (SELECT *, feedback_internal.summary_cell(create_time) AS cell FROM facts) f" \
	"    GROUP BY GROUPING SETS ((project, name, source_type, cell), (project, name, source_type, value))" \
	"), cells AS (" \
	"    INSERT INTO feedback_internal.rollup_cells AS r" \
	"        (project, name, source_type, cell, hour," \
	"         n, n_value, n_error, n_true, n_false, n_numeric, total, squares)" \
	"    SELECT project, name, source_type, cell, date_trunc('hour', cell, 'UTC')," \
	"           n, n_value, n_error, n_true, n_false, n_numeric, total, squares" \
	"    FROM grouped WHERE by_value = 0" \
	"    ON CONFLICT (project, name, cell, source_type)" \
	"    DO UPDATE SET n = r.n + excluded.n," \
	"        n_value = r.n_value + excluded.n_value, n_error = r.n_error + excluded.n_error," \
	"        n_true = r.n_true + excluded.n_true, n_false = r.n_false + excluded.n_false," \
	"        n_numeric = r.n_numeric + excluded.n_numeric," \
	"        total = trim_scale(r.total + excluded.total)," \
	"        squares = trim_scale(r.squares + excluded.squares)" \
	"    RETURNING r.n, r.ctid" \
	"), days AS (" \
	"    INSERT INTO feedback_internal.rollup_days AS r" \
	"        (project, name, source_type, day," \
	"         n, n_value, n_error, n_true, n_false, n_numeric, total, squares)" \
	"    SELECT project, name, source_type, cell::date," \
	"           sum(n), sum(n_value), sum(n_error), sum(n_true), sum(n_false), sum(n_numeric), sum(total), sum(squares)" \
	"    FROM grouped WHERE by_value = 0 GROUP BY project, name, source_type, cell::date" \
	"    ON CONFLICT (project, name, day, source_type)" \
	"    DO UPDATE SET n = r.n + excluded.n," \
	"        n_value = r.n_value + excluded.n_value, n_error = r.n_error + excluded.n_error," \
	"        n_true = r.n_true + excluded.n_true, n_false = r.n_false + excluded.n_false," \
	"        n_numeric = r.n_numeric + excluded.n_numeric," \
	"        total = trim_scale(r.total + excluded.total)," \
	"        squares = trim_scale(r.squares + excluded.squares)" \
	"    RETURNING r.n, r.ctid" \
	"), totals AS (" \
	"    INSERT INTO feedback_internal.rollup_totals AS r" \
	"        (project, name, source_type," \
	"         n, n_value, n_error, n_true, n_false, n_numeric, total, squares)" \
	"    SELECT project, name, source_type," \
	"           sum(n), sum(n_value), sum(n_error), sum(n_true), sum(n_false), sum(n_numeric), sum(total), sum(squares)" \
	"    FROM grouped WHERE by_value = 0 GROUP BY project, name, source_type" \
	"    ON CONFLICT (project, name, source_type)" \
	"    DO UPDATE SET n = r.n + excluded.n," \
	"        n_value = r.n_value + excluded.n_value, n_error = r.n_error + excluded.n_error," \
	"        n_true = r.n_true + excluded.n_true, n_false = r.n_false + excluded.n_false," \
	"        n_numeric = r.n_numeric + excluded.n_numeric," \
	"        total = trim_scale(r.total + excluded.total)," \
	"        squares = trim_scale(r.squares + excluded.squares)" \
	"    RETURNING r.n, r.ctid" \
	"), counts AS (" \
	"    INSERT INTO feedback_internal.rollup_values AS r (project, name, source_type, value, n)" \
	"    SELECT project, name, source_type, value, n FROM grouped WHERE by_value = 1 AND value IS NOT NULL" \
	"    ON CONFLICT (project, name, source_type, value)" \
	"    DO UPDATE SET n = r.n + excluded.n" \
	"    RETURNING r.n, r.ctid" \
	"), state AS (" \
	"    UPDATE feedback_internal.rollup_state SET" \
	"        upto = pg_snapshot_xmax(pg_current_snapshot())," \
	"        open = ARRAY(SELECT x FROM pg_snapshot_xip(pg_current_snapshot()) AS x" \
	"                     UNION SELECT $3 WHERE $3 < pg_snapshot_xmax(pg_current_snapshot()) ORDER BY 1)," \
	"        refresh_time = clock_timestamp()" \
	") " \
	"SELECT (SELECT coalesce(sum(facts), 0)::int8 FROM grouped WHERE by_value = 0)," \
	"       ARRAY(SELECT ctid FROM cells WHERE n = 0), ARRAY(SELECT ctid FROM days WHERE n = 0)," \
	"       ARRAY(SELECT ctid FROM totals WHERE n = 0), ARRAY(SELECT ctid FROM counts WHERE n = 0)"

static Statement refresh = {
	.sql = REFRESH("feedback_internal.uncounted_rows($1, $2)"),
	.count = 3,
	.types = {XID8OID, XID8ARRAYOID, XID8OID}
};
static Statement refresh_all = {
	.sql = REFRESH("feedback_internal.all_facts()"),
	.scans = true,
	.count = 3,
	.types = {XID8OID, XID8ARRAYOID, XID8OID}
};

#define DELETE_EMPTY(table) \
	{.sql = "DELETE FROM feedback_internal." table " WHERE ctid = ANY ($1)", .count = 1, .types = {TIDARRAYOID}}

static Statement delete_empty[] = {
	DELETE_EMPTY("rollup_cells"),
	DELETE_EMPTY("rollup_days"),
	DELETE_EMPTY("rollup_totals"),
	DELETE_EMPTY("rollup_values")
};

/*
 * Rows are deleted, not truncated: an older snapshot has to see the rollups
 * that belong to the state which it sees.
 */
static Statement forget[] = {
	{.sql = "DELETE FROM feedback_internal.rollup_cells", .scans = true},
	{.sql = "DELETE FROM feedback_internal.rollup_days", .scans = true},
	{.sql = "DELETE FROM feedback_internal.rollup_totals", .scans = true},
	{.sql = "DELETE FROM feedback_internal.rollup_values", .scans = true},
	{.sql = "INSERT INTO feedback_internal.rollup_state DEFAULT VALUES ON CONFLICT DO NOTHING"},
	{
		.sql = "UPDATE feedback_internal.rollup_state SET upto = DEFAULT, open = DEFAULT, "
		"time_zone = coalesce($1, time_zone)",
		.count = 1,
		.types = {TEXTOID}
	}
};

static void begin(const char *function);
static bool read_state(Statement *statement, State *state);
static int64 move(const State *state);

PG_FUNCTION_INFO_V1(feedback_refresh_summaries);
PG_FUNCTION_INFO_V1(feedback_rebuild_summaries);

/*
 * refresh_summaries() returns bigint
 *
 * How many rows and changes went into the rollups; NULL if another session is
 * refreshing them, since that one does the work.  In REPEATABLE READ and
 * SERIALIZABLE it may be 40001, as any update.
 */
Datum
feedback_refresh_summaries(PG_FUNCTION_ARGS)
{
	State		state;
	int64		moved = 0;
	bool		locked;

	begin("refresh_summaries()");
	SPI_connect();
	locked = read_state(&lock_state, &state);
	if (locked)
		moved = move(&state);
	SPI_finish();
	if (!locked)
		PG_RETURN_NULL();
	PG_RETURN_INT64(moved);
}

/*
 * rebuild_summaries(time_zone text) returns bigint
 *
 * Waits for a refresh that is under way, and blocks the next.  A time zone that
 * is not known, or whose days are not made of quarters of an hour, is 22023.
 */
Datum
feedback_rebuild_summaries(PG_FUNCTION_ARGS)
{
	Datum		values[1] = {0};
	char		nulls[1] = {'n'};
	State		state;
	int64		moved;
	int			i;

	if (!PG_ARGISNULL(0))
	{
		pg_tz	   *zone = feedback_rollup_zone(text_to_cstring(PG_GETARG_TEXT_PP(0)));

		if (feedback_rollup_grain(zone) == GRAIN_ROW)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("time_zone has offsets that are not whole quarters of an hour"),
					 errdetail("The days of the rollups are made of quarters of an hour."),
					 errhint("Its days are exact without: sessions in that zone read the rows."),
					 err_generic_string(PG_DIAG_COLUMN_NAME, "time_zone")));
		values[0] = CStringGetTextDatum(pg_get_timezone_name(zone));
		nulls[0] = ' ';
	}

	begin("rebuild_summaries()");
	SPI_connect();
	(void) read_state(&wait_for_state, &state);
	for (i = 0; i < (int) lengthof(forget); i++)
		(void) feedback_statement_run(&forget[i], values, nulls, false);
	(void) read_state(&wait_for_state, &state);
	moved = move(&state);
	SPI_finish();
	PG_RETURN_INT64(moved);
}

/*
 * Refuse to where nothing can be written, and lock the table as a reader does.
 *
 * A TRUNCATE has locked the table when it comes to the rollups.  So nobody is to
 * have locked these who has still to lock the table.
 */
static void
begin(const char *function)
{
	PreventCommandIfReadOnly(function);
	(void) RangeVarGetRelid(makeRangeVar("feedback", "assessments", -1), AccessShareLock, false);
}

/* Lock the state and read it; false if somebody else has locked it. */
static bool
read_state(Statement *statement, State *state)
{
	HeapTuple	row;
	TupleDesc	descriptor;
	Datum		zone;
	bool		isnull;

	if (feedback_statement_run(statement, NULL, NULL, false) == 0)
		return false;
	row = SPI_tuptable->vals[0];
	descriptor = SPI_tuptable->tupdesc;
	state->upto = SPI_getbinval(row, descriptor, 1, &isnull);
	state->open = SPI_getbinval(row, descriptor, 2, &isnull);
	zone = SPI_getbinval(row, descriptor, 3, &isnull);
	state->zone = feedback_rollup_zone(TextDatumGetCString(zone));
	return true;
}

/* Move what is not counted into the rollups; how many rows and changes. */
static int64
move(const State *state)
{
	FullTransactionId upto = DatumGetFullTransactionId(state->upto);
	bool		all = U64FromFullTransactionId(upto) == 0;
	Datum		values[3] = {
		state->upto,
		state->open,
		FullTransactionIdGetDatum(GetTopFullTransactionId())
	};
	int			nest_level = feedback_rollup_enter_zone(state->zone);
	SPITupleTable *result;
	int64		moved;
	bool		isnull;
	int			i;

	(void) feedback_statement_run(all ? &refresh_all : &refresh, values, NULL, false);
	AtEOXact_GUC(true, nest_level);

	result = SPI_tuptable;
	moved = DatumGetInt64(SPI_getbinval(result->vals[0], result->tupdesc, 1, &isnull));
	for (i = 0; i < (int) lengthof(delete_empty); i++)
	{
		Datum		empty = SPI_getbinval(result->vals[0], result->tupdesc, i + 2, &isnull);

		(void) feedback_statement_run(&delete_empty[i], &empty, NULL, false);
	}
	return moved;
}
