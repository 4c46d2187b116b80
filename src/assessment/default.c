/*
 * default.c
 *		What the table's columns default to, for rows that are inserted directly.
 *
 * The functions that log name all columns, so they never come here.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/identifier.h"

/* How old the time of creation may be to be that of the last update too */
#define SAME_ROW_USECS	1000

/* The time that the row being made was created at, until its last_update_time takes it; 0 if none */
static TimestampTz created = 0;

PG_FUNCTION_INFO_V1(feedback_default_assessment_id);
PG_FUNCTION_INFO_V1(feedback_default_create_time);
PG_FUNCTION_INFO_V1(feedback_default_last_update_time);

/* default_assessment_id() returns uuid: a new one, version 7 */
Datum
feedback_default_assessment_id(PG_FUNCTION_ARGS)
{
	pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));

	feedback_identifier_generate(id);
	PG_RETURN_UUID_P(id);
}

/* default_create_time() returns timestamptz: the clock */
Datum
feedback_default_create_time(PG_FUNCTION_ARGS)
{
	created = GetCurrentTimestamp();
	PG_RETURN_TIMESTAMPTZ(created);
}

/*
 * default_last_update_time() returns timestamptz
 *
 * The clock; of a row whose create_time is the default too, the same time.
 * Defaults are computed in the order of the columns, so that one was just now.
 */
Datum
feedback_default_last_update_time(PG_FUNCTION_ARGS)
{
	TimestampTz now = GetCurrentTimestamp();
	TimestampTz time = (created != 0 && now >= created && now - created < SAME_ROW_USECS) ? created : now;

	created = 0;
	PG_RETURN_TIMESTAMPTZ(time);
}
