/*
 * estimate_aggregate.c
 *		Intervals and tests as aggregates.
 *
 * The state is an array of double precision, so that PostgreSQL can pass it
 * between the processes of a parallel query: the level, then moments or counts.
 * Its functions can be called with any array, so each checks what it gets.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"

#include "statistics/estimate.h"

/* Beyond this, a double does not count one by one */
#define MAX_COUNT		9007199254740992.0

typedef struct State
{
	double		level;			/* 0 before the first row */
	union
	{
		Moments		groups[2];	/* of numbers; of pairs, the first of each and
								 * what the second is more */
		double		counts[2][2];	/* of booleans: by group and value, or by
									 * both values of a pair */
	};
} State;

#define STATE_FIELDS	((int) (sizeof(State) / sizeof(double)))

typedef enum StateKind
{
	STATE_MOMENTS,
	STATE_COUNTS
} StateKind;

static ArrayType *get_state(FunctionCallInfo fcinfo, int argument, StateKind kind);
static State *state_of(ArrayType *array);
static const State *get_result_state(FunctionCallInfo fcinfo, StateKind kind);
static void check_state(const State *state, StateKind kind);
static bool is_count(double number);
static double get_number(FunctionCallInfo fcinfo, int argument);
static double check_finite(double value);

PG_FUNCTION_INFO_V1(feedback_estimate_add_boolean);
PG_FUNCTION_INFO_V1(feedback_estimate_add_number);
PG_FUNCTION_INFO_V1(feedback_comparison_add_boolean);
PG_FUNCTION_INFO_V1(feedback_comparison_add_number);
PG_FUNCTION_INFO_V1(feedback_mcnemar_add);
PG_FUNCTION_INFO_V1(feedback_paired_t_add);
PG_FUNCTION_INFO_V1(feedback_moments_combine);
PG_FUNCTION_INFO_V1(feedback_counts_combine);
PG_FUNCTION_INFO_V1(feedback_wilson_interval);
PG_FUNCTION_INFO_V1(feedback_mean_interval);
PG_FUNCTION_INFO_V1(feedback_two_proportion_test);
PG_FUNCTION_INFO_V1(feedback_welch_test);
PG_FUNCTION_INFO_V1(feedback_mcnemar_test);
PG_FUNCTION_INFO_V1(feedback_paired_t_test);

/* estimate_add(state, value boolean [, level]): a null value is left out */
Datum
feedback_estimate_add_boolean(PG_FUNCTION_ARGS)
{
	ArrayType  *array = get_state(fcinfo, 0, STATE_COUNTS);
	State	   *state = state_of(array);

	feedback_estimate_level_keep(&state->level, feedback_estimate_level(fcinfo, 2));
	if (!PG_ARGISNULL(1))
		state->counts[0][PG_GETARG_BOOL(1)]++;
	PG_RETURN_ARRAYTYPE_P(array);
}

/* estimate_add(state, value double precision [, level]) */
Datum
feedback_estimate_add_number(PG_FUNCTION_ARGS)
{
	ArrayType  *array = get_state(fcinfo, 0, STATE_MOMENTS);
	State	   *state = state_of(array);

	feedback_estimate_level_keep(&state->level, feedback_estimate_level(fcinfo, 2));
	if (!PG_ARGISNULL(1))
		feedback_estimate_moments_add(&state->groups[0], get_number(fcinfo, 1));
	PG_RETURN_ARRAYTYPE_P(array);
}

/* comparison_add(state, value boolean, is_b boolean [, level]): of neither group, or no value, is left out */
Datum
feedback_comparison_add_boolean(PG_FUNCTION_ARGS)
{
	ArrayType  *array = get_state(fcinfo, 0, STATE_COUNTS);
	State	   *state = state_of(array);

	feedback_estimate_level_keep(&state->level, feedback_estimate_level(fcinfo, 3));
	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
		state->counts[PG_GETARG_BOOL(2)][PG_GETARG_BOOL(1)]++;
	PG_RETURN_ARRAYTYPE_P(array);
}

/* comparison_add(state, value double precision, is_b boolean [, level]) */
Datum
feedback_comparison_add_number(PG_FUNCTION_ARGS)
{
	ArrayType  *array = get_state(fcinfo, 0, STATE_MOMENTS);
	State	   *state = state_of(array);

	feedback_estimate_level_keep(&state->level, feedback_estimate_level(fcinfo, 3));
	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
		feedback_estimate_moments_add(&state->groups[PG_GETARG_BOOL(2)], get_number(fcinfo, 1));
	PG_RETURN_ARRAYTYPE_P(array);
}

/* mcnemar_add(state, a boolean, b boolean [, level]): pairs that lack one are left out */
Datum
feedback_mcnemar_add(PG_FUNCTION_ARGS)
{
	ArrayType  *array = get_state(fcinfo, 0, STATE_COUNTS);
	State	   *state = state_of(array);

	feedback_estimate_level_keep(&state->level, feedback_estimate_level(fcinfo, 3));
	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
		state->counts[PG_GETARG_BOOL(1)][PG_GETARG_BOOL(2)]++;
	PG_RETURN_ARRAYTYPE_P(array);
}

/* paired_t_add(state, a double precision, b double precision [, level]): pairs that lack one are left out */
Datum
feedback_paired_t_add(PG_FUNCTION_ARGS)
{
	ArrayType  *array = get_state(fcinfo, 0, STATE_MOMENTS);
	State	   *state = state_of(array);

	feedback_estimate_level_keep(&state->level, feedback_estimate_level(fcinfo, 3));
	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
	{
		double		a = get_number(fcinfo, 1);
		double		difference = check_finite(get_number(fcinfo, 2) - a);

		feedback_estimate_moments_add(&state->groups[0], a);
		feedback_estimate_moments_add(&state->groups[1], difference);
	}
	PG_RETURN_ARRAYTYPE_P(array);
}

/* moments_combine(state, state) */
Datum
feedback_moments_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = get_state(fcinfo, 0, STATE_MOMENTS);
	State	   *state = state_of(array);
	const State *other = state_of(get_state(fcinfo, 1, STATE_MOMENTS));

	if (other->level != 0)
		feedback_estimate_level_keep(&state->level, other->level);
	feedback_estimate_moments_merge(&state->groups[0], &other->groups[0]);
	feedback_estimate_moments_merge(&state->groups[1], &other->groups[1]);
	PG_RETURN_ARRAYTYPE_P(array);
}

/* counts_combine(state, state) */
Datum
feedback_counts_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = get_state(fcinfo, 0, STATE_COUNTS);
	State	   *state = state_of(array);
	const State *other = state_of(get_state(fcinfo, 1, STATE_COUNTS));
	int			i;

	if (other->level != 0)
		feedback_estimate_level_keep(&state->level, other->level);
	for (i = 0; i < 4; i++)
		state->counts[i / 2][i % 2] += other->counts[i / 2][i % 2];
	PG_RETURN_ARRAYTYPE_P(array);
}

/* The results: null where there are no values */

Datum
feedback_wilson_interval(PG_FUNCTION_ARGS)
{
	const State *state = get_result_state(fcinfo, STATE_COUNTS);
	Estimate	estimate;

	if (state->counts[0][false] + state->counts[0][true] == 0)
		PG_RETURN_NULL();
	estimate = feedback_estimate_share(state->counts[0], state->level);
	return feedback_estimate_result(fcinfo, &estimate);
}

Datum
feedback_mean_interval(PG_FUNCTION_ARGS)
{
	const State *state = get_result_state(fcinfo, STATE_MOMENTS);
	Estimate	estimate;

	if (state->groups[0].n == 0)
		PG_RETURN_NULL();
	estimate = feedback_estimate_mean(&state->groups[0], state->level);
	return feedback_estimate_result(fcinfo, &estimate);
}

Datum
feedback_two_proportion_test(PG_FUNCTION_ARGS)
{
	const State *state = get_result_state(fcinfo, STATE_COUNTS);
	const double *a = state->counts[false];
	const double *b = state->counts[true];
	Comparison	comparison;

	if (a[false] + a[true] + b[false] + b[true] == 0)
		PG_RETURN_NULL();
	comparison = feedback_estimate_compare_shares(a, b, state->level);
	return feedback_estimate_comparison_result(fcinfo, &comparison);
}

Datum
feedback_welch_test(PG_FUNCTION_ARGS)
{
	const State *state = get_result_state(fcinfo, STATE_MOMENTS);
	Comparison	comparison;

	if (state->groups[0].n + state->groups[1].n == 0)
		PG_RETURN_NULL();
	comparison = feedback_estimate_compare_means(&state->groups[0], &state->groups[1], state->level);
	return feedback_estimate_comparison_result(fcinfo, &comparison);
}

Datum
feedback_mcnemar_test(PG_FUNCTION_ARGS)
{
	const State *state = get_result_state(fcinfo, STATE_COUNTS);
	Comparison	comparison;

	if (state->counts[0][false] + state->counts[0][true] + state->counts[1][false] + state->counts[1][true] == 0)
		PG_RETURN_NULL();
	comparison = feedback_estimate_compare_paired_shares(state->counts, state->level);
	return feedback_estimate_comparison_result(fcinfo, &comparison);
}

Datum
feedback_paired_t_test(PG_FUNCTION_ARGS)
{
	const State *state = get_result_state(fcinfo, STATE_MOMENTS);
	Comparison	comparison;

	if (state->groups[1].n == 0)
		PG_RETURN_NULL();
	comparison = feedback_estimate_compare_paired_means(&state->groups[0], &state->groups[1], state->level);
	return feedback_estimate_comparison_result(fcinfo, &comparison);
}

/*
 * The state in an argument, to be changed: an aggregate's own, so that adding
 * costs no memory, or a copy of what a call by hand brought, which may be a
 * constant of a kept plan.  22004 for none.
 */
static ArrayType *
get_state(FunctionCallInfo fcinfo, int argument, StateKind kind)
{
	if (PG_ARGISNULL(argument))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("state must not be null"),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "state")));
	if (AggCheckCallContext(fcinfo, NULL))
		return PG_GETARG_ARRAYTYPE_P(argument);
	check_state(state_of(PG_GETARG_ARRAYTYPE_P(argument)), kind);
	return PG_GETARG_ARRAYTYPE_P_COPY(argument);
}

/* The state in an array; 22023 for one that is none. */
static State *
state_of(ArrayType *array)
{
	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != STATE_FIELDS ||
		ARR_HASNULL(array) || ARR_ELEMTYPE(array) != FLOAT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("state is not one of an aggregate"),
				 errdetail("It is an array of %d numbers.", STATE_FIELDS),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "state")));
	return (State *) ARR_DATA_PTR(array);
}

/* The state that a result is made of: checked, since who may create an aggregate may bring any */
static const State *
get_result_state(FunctionCallInfo fcinfo, StateKind kind)
{
	const State *state = state_of(PG_GETARG_ARRAYTYPE_P(0));

	check_state(state, kind);
	return state;
}

/* A state that no rows lead to is 22023.  Only the sum of squares may be infinite. */
static void
check_state(const State *state, StateKind kind)
{
	bool		ok = state->level >= 0 && state->level < 1;
	double		n = 0;
	int			i;

	for (i = 0; i < 4 && kind == STATE_COUNTS; i++)
	{
		ok = ok && is_count(state->counts[i / 2][i % 2]);
		n += state->counts[i / 2][i % 2];
	}
	for (i = 0; i < 2 && kind == STATE_MOMENTS; i++)
	{
		const Moments *group = &state->groups[i];

		ok = ok && is_count(group->n) && isfinite(group->sum) && group->squares >= 0;
		n += group->n;
	}
	if (!ok || (state->level == 0 && n > 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("state is not one of an aggregate"),
				 errdetail("It holds a number that none has."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "state")));
}

static bool
is_count(double number)
{
	return number >= 0 && number <= MAX_COUNT && number == floor(number);
}

/* A number; 22003 for one that is not finite. */
static double
get_number(FunctionCallInfo fcinfo, int argument)
{
	return check_finite(PG_GETARG_FLOAT8(argument));
}

static double
check_finite(double value)
{
	if (!isfinite(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("value is out of range"),
				 errdetail("NaN and infinities have no mean."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "value")));
	return value;
}
