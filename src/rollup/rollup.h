/*
 * rollup.h
 *		Rollups behind the summary views: what they count, and from when.
 */
#ifndef FEEDBACK_ROLLUP_H
#define FEEDBACK_ROLLUP_H

#include "postgres.h"

#include "pgtime.h"

/*
 * What is counted by its value: numbers of so many decimals, texts of so many bytes.
 * Categories are short; what people write is longer, and not to be copied.
 */
#define ROLLUP_DECIMALS		4
#define ROLLUP_SHORT_TEXT	48

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
