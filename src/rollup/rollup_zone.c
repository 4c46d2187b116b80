/*
 * rollup_zone.c
 *		Which rollup has the hours and days of a time zone.
 *
 * The rollups have cells of a quarter of an hour since 2012, before which each
 * time is a cell of its own.  That gives the hours and days of every zone whose
 * offsets and changes since then are whole quarters: all that are in use, with
 * the exception of a few years in Antarctica, and of what one can make up.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "rollup/rollup.h"

/* 2012-01-01 00:00:00 UTC, from when on there are cells, in seconds since 1970 */
#define FIRST_CELL	INT64CONST(1325376000)

/* Rules that go on for ever repeat by then: 2040-01-01 */
#define LAST_CHANGE	INT64CONST(2208988800)

static RollupGrain worse(RollupGrain grain, int64 seconds);

PG_FUNCTION_INFO_V1(feedback_summary_grain);
PG_FUNCTION_INFO_V1(feedback_is_session_time_zone);

/* summary_grain() returns text: the grain of the session's time zone */
Datum
feedback_summary_grain(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"hour", "cell", "row"};

	PG_RETURN_TEXT_P(cstring_to_text(names[feedback_rollup_grain(session_timezone)]));
}

/*
 * is_session_time_zone(time_zone text) returns boolean
 *
 * A zone that is not known is none.
 */
Datum
feedback_is_session_time_zone(PG_FUNCTION_ARGS)
{
	pg_tz	   *zone = pg_tzset(text_to_cstring(PG_GETARG_TEXT_PP(0)));

	PG_RETURN_BOOL(zone != NULL && feedback_rollup_same_zone(zone, session_timezone));
}

/* What the hours and days of a time zone are made of since 2012. */
RollupGrain
feedback_rollup_grain(pg_tz *zone)
{
	/*
	 * Time zones are kept for the session, so the last answer is for this
	 * address
	 */
	static pg_tz *last_zone = NULL;
	static RollupGrain last_grain;
	RollupGrain grain = GRAIN_HOUR;
	pg_time_t	time = FIRST_CELL;

	if (zone == last_zone)
		return last_grain;

	while (time < LAST_CHANGE)
	{
		long		before;
		long		after;
		int			before_isdst;
		int			after_isdst;
		int			found;

		found = pg_next_dst_boundary(&time, &before, &before_isdst, &time,
									 &after, &after_isdst, zone);
		if (found < 0)
			grain = GRAIN_ROW;
		else
			grain = worse(grain, before);
		if (found <= 0)
			break;
		grain = worse(worse(grain, after), time);
	}

	last_zone = zone;
	last_grain = grain;
	return grain;
}

/* The coarsest grain, of those not coarser than this one, that so many seconds are whole in. */
static RollupGrain
worse(RollupGrain grain, int64 seconds)
{
	if (seconds % (SECS_PER_MINUTE * 15) != 0)
		return GRAIN_ROW;
	if (seconds % SECS_PER_HOUR != 0)
		return Max(grain, GRAIN_CELL);
	return grain;
}

/* Have these two the same days? */
bool
feedback_rollup_same_zone(pg_tz *one, pg_tz *other)
{
	long		one_offset;
	long		other_offset;

	if (one == other)
		return true;
	return pg_get_timezone_offset(one, &one_offset) &&
		pg_get_timezone_offset(other, &other_offset) && one_offset == other_offset;
}

/*
 * The time zone of this name; 22023 if there is none.
 *
 * Not by AT TIME ZONE, which takes names such as CET for abbreviations, with
 * one offset all year, where the setting TimeZone takes them for zones.
 */
pg_tz *
feedback_rollup_zone(const char *name)
{
	pg_tz	   *zone = strlen(name) <= TZ_STRLEN_MAX ? pg_tzset(name) : NULL;

	if (zone == NULL || !pg_tz_acceptable(zone))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time_zone is not known"),
				 errdetail("There is no time zone \"%s\".", name),
				 errhint("pg_timezone_names lists them."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "time_zone")));
	return zone;
}

/* Make this the session's time zone until AtEOXact_GUC(true, result). */
int
feedback_rollup_enter_zone(pg_tz *zone)
{
	int			nest_level = NewGUCNestLevel();

	if (zone != session_timezone)
		(void) set_config_option("timezone", pg_get_timezone_name(zone), PGC_USERSET,
								 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	return nest_level;
}
