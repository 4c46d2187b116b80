/*
 * latest.c
 *		The aggregate latest: the value of the greatest time, without sorting.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "statistics/categories.h"

typedef struct Latest
{
	TimestampTz time;
	pg_uuid_t	id;
	Jsonb	   *value;
} Latest;

static Latest *keep_later(Latest *state, MemoryContext context, const Latest *other);
static bool is_later(const Latest *state, const Latest *other);

PG_FUNCTION_INFO_V1(feedback_latest_add);
PG_FUNCTION_INFO_V1(feedback_latest_combine);
PG_FUNCTION_INFO_V1(feedback_latest_serialize);
PG_FUNCTION_INFO_V1(feedback_latest_deserialize);
PG_FUNCTION_INFO_V1(feedback_latest_result);

/*
 * latest_add(state internal, value jsonb, create_time timestamptz, assessment_id uuid) returns internal
 *
 * Values that are NULL, or whose time or id is, are left out.
 */
Datum
feedback_latest_add(PG_FUNCTION_ARGS)
{
	MemoryContext context = feedback_statistics_aggregate_context(fcinfo);
	Latest	   *state = PG_ARGISNULL(0) ? NULL : (Latest *) PG_GETARG_POINTER(0);

	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2) && !PG_ARGISNULL(3))
	{
		Latest		added = {
			.time = PG_GETARG_TIMESTAMPTZ(2),
			.id = *PG_GETARG_UUID_P(3),
			.value = (Jsonb *) PG_GETARG_POINTER(1)
		};

		state = keep_later(state, context, &added);
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* latest_combine(state internal, other internal) returns internal */
Datum
feedback_latest_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = feedback_statistics_aggregate_context(fcinfo);
	Latest	   *state = PG_ARGISNULL(0) ? NULL : (Latest *) PG_GETARG_POINTER(0);

	if (!PG_ARGISNULL(1))
		state = keep_later(state, context, (Latest *) PG_GETARG_POINTER(1));
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* latest_serialize(state internal) returns bytea: the state, and the value behind it */
Datum
feedback_latest_serialize(PG_FUNCTION_ARGS)
{
	Latest	   *state = (Latest *) PG_GETARG_POINTER(0);
	Size		size = VARHDRSZ + sizeof(Latest) + VARSIZE(state->value);
	bytea	   *result = palloc(size);

	SET_VARSIZE(result, size);
	memcpy(VARDATA(result), state, sizeof(Latest));
	memcpy(VARDATA(result) + sizeof(Latest), state->value, VARSIZE(state->value));
	PG_RETURN_BYTEA_P(result);
}

/* latest_deserialize(bytea, internal) returns internal */
Datum
feedback_latest_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *serialized = PG_GETARG_BYTEA_PP(0);
	Latest	   *state = palloc(sizeof(Latest));
	Size		size = VARSIZE_ANY_EXHDR(serialized) - sizeof(Latest);

	(void) feedback_statistics_aggregate_context(fcinfo);
	memcpy(state, VARDATA_ANY(serialized), sizeof(Latest));
	state->value = palloc(size);
	memcpy(state->value, VARDATA_ANY(serialized) + sizeof(Latest), size);
	PG_RETURN_POINTER(state);
}

/* latest_result(state internal) returns jsonb: NULL if there was no value */
Datum
feedback_latest_result(PG_FUNCTION_ARGS)
{
	(void) feedback_statistics_aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_JSONB_P(((Latest *) PG_GETARG_POINTER(0))->value);
}

/* The later one of a state and another, whose value is copied into the context */
static Latest *
keep_later(Latest *state, MemoryContext context, const Latest *other)
{
	MemoryContext old;
	Jsonb	   *value;

	if (state != NULL && !is_later(state, other))
		return state;
	old = MemoryContextSwitchTo(context);
	value = DatumGetJsonbPCopy(PointerGetDatum(other->value));
	if (state == NULL)
		state = palloc(sizeof(Latest));
	else
		pfree(state->value);
	state->time = other->time;
	state->id = other->id;
	state->value = value;
	MemoryContextSwitchTo(old);
	return state;
}

/* By time, and by id where that is the same */
static bool
is_later(const Latest *state, const Latest *other)
{
	if (other->time != state->time)
		return other->time > state->time;
	return memcmp(other->id.data, state->id.data, UUID_LEN) > 0;
}
