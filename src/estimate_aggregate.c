/*
 * estimate_aggregate.c
 *		Intervals and tests as aggregates.
 *
 * The state is an array of double precision, so that PostgreSQL can pass it
 * between the processes of a parallel query: the level, then the sums.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"

#include "distribution.h"
#include "estimate.h"

/* Up to here, McNemar's test is the exact one */
#define FEW_DISCORDANT	25

typedef struct State
{
	double		level;
	union
	{
		Moments		groups[2];
		double		pairs[2][2];	/* by the first and the second value */
	};
} State;

#define STATE_FIELDS	((int) (sizeof(State) / sizeof(double)))

static State *get_state(FunctionCallInfo fcinfo, int level_argument);
static State *state_of(ArrayType *array);
static double get_number(FunctionCallInfo fcinfo, int argument);

PG_FUNCTION_INFO_V1(feedback_estimate_add_boolean);
PG_FUNCTION_INFO_V1(feedback_estimate_add_number);
PG_FUNCTION_INFO_V1(feedback_comparison_add_boolean);
PG_FUNCTION_INFO_V1(feedback_comparison_add_number);
PG_FUNCTION_INFO_V1(feedback_mcnemar_add);
PG_FUNCTION_INFO_V1(feedback_groups_combine);
PG_FUNCTION_INFO_V1(feedback_pairs_combine);
PG_FUNCTION_INFO_V1(feedback_wilson_interval);
PG_FUNCTION_INFO_V1(feedback_mean_interval);
PG_FUNCTION_INFO_V1(feedback_two_proportion_test);
PG_FUNCTION_INFO_V1(feedback_welch_test);
PG_FUNCTION_INFO_V1(feedback_mcnemar_test);

#define RETURN_STATE() \
	PG_RETURN_DATUM(PG_GETARG_DATUM(0))

/* estimate_add(state, value boolean [, level]): a null value is left out */
Datum
feedback_estimate_add_boolean(PG_FUNCTION_ARGS)
{
	State	   *state = get_state(fcinfo, 2);

	if (!PG_ARGISNULL(1))
		feedback_moments_add(&state->groups[0], PG_GETARG_BOOL(1));
	RETURN_STATE();
}

/* estimate_add(state, value double precision [, level]) */
Datum
feedback_estimate_add_number(PG_FUNCTION_ARGS)
{
	State	   *state = get_state(fcinfo, 2);

	if (!PG_ARGISNULL(1))
		feedback_moments_add(&state->groups[0], get_number(fcinfo, 1));
	RETURN_STATE();
}

/* comparison_add(state, value boolean, is_b boolean [, level]): of neither group, or no value, is left out */
Datum
feedback_comparison_add_boolean(PG_FUNCTION_ARGS)
{
	State	   *state = get_state(fcinfo, 3);

	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
		feedback_moments_add(&state->groups[PG_GETARG_BOOL(2)], PG_GETARG_BOOL(1));
	RETURN_STATE();
}

/* comparison_add(state, value double precision, is_b boolean [, level]) */
Datum
feedback_comparison_add_number(PG_FUNCTION_ARGS)
{
	State	   *state = get_state(fcinfo, 3);

	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
		feedback_moments_add(&state->groups[PG_GETARG_BOOL(2)], get_number(fcinfo, 1));
	RETURN_STATE();
}

/* mcnemar_add(state, a boolean, b boolean [, level]): pairs that lack one are left out */
Datum
feedback_mcnemar_add(PG_FUNCTION_ARGS)
{
	State	   *state = get_state(fcinfo, 3);

	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
		state->pairs[PG_GETARG_BOOL(1)][PG_GETARG_BOOL(2)]++;
	RETURN_STATE();
}

/* groups_combine(state, state) */
Datum
feedback_groups_combine(PG_FUNCTION_ARGS)
{
	State	   *state = state_of(PG_GETARG_ARRAYTYPE_P(0));
	State	   *other = state_of(PG_GETARG_ARRAYTYPE_P(1));

	state->level = Max(state->level, other->level); /* 0 where there were no rows */
	feedback_moments_merge(&state->groups[0], &other->groups[0]);
	feedback_moments_merge(&state->groups[1], &other->groups[1]);
	RETURN_STATE();
}

/* pairs_combine(state, state) */
Datum
feedback_pairs_combine(PG_FUNCTION_ARGS)
{
	State	   *state = state_of(PG_GETARG_ARRAYTYPE_P(0));
	State	   *other = state_of(PG_GETARG_ARRAYTYPE_P(1));
	int			i;

	state->level = Max(state->level, other->level);
	for (i = 0; i < 4; i++)
		state->pairs[i / 2][i % 2] += other->pairs[i / 2][i % 2];
	RETURN_STATE();
}

/* The results: null for a group without values */

Datum
feedback_wilson_interval(PG_FUNCTION_ARGS)
{
	State	   *state = state_of(PG_GETARG_ARRAYTYPE_P(0));
	Estimate	estimate;

	if (state->groups[0].n == 0)
		PG_RETURN_NULL();
	estimate = feedback_estimate_share(&state->groups[0], state->level);
	return feedback_estimate_result(fcinfo, &estimate);
}

Datum
feedback_mean_interval(PG_FUNCTION_ARGS)
{
	State	   *state = state_of(PG_GETARG_ARRAYTYPE_P(0));
	Estimate	estimate;

	if (state->groups[0].n == 0)
		PG_RETURN_NULL();
	estimate = feedback_estimate_mean(&state->groups[0], state->level);
	return feedback_estimate_result(fcinfo, &estimate);
}

Datum
feedback_two_proportion_test(PG_FUNCTION_ARGS)
{
	State	   *state = state_of(PG_GETARG_ARRAYTYPE_P(0));
	Comparison	comparison;

	if (state->groups[0].n + state->groups[1].n == 0)
		PG_RETURN_NULL();
	comparison = feedback_compare_shares(&state->groups[0], &state->groups[1], state->level);
	return feedback_comparison_result(fcinfo, &comparison);
}

Datum
feedback_welch_test(PG_FUNCTION_ARGS)
{
	State	   *state = state_of(PG_GETARG_ARRAYTYPE_P(0));
	Comparison	comparison;

	if (state->groups[0].n + state->groups[1].n == 0)
		PG_RETURN_NULL();
	comparison = feedback_compare_means(&state->groups[0], &state->groups[1], state->level);
	return feedback_comparison_result(fcinfo, &comparison);
}

/*
 * McNemar's test (1947): the exact binomial one for few pairs that differ, whose
 * statistic is the smaller of the two counts, else chi-square with the correction
 * of Edwards (1948).  The interval of the difference is Wald's for pairs.
 */
Datum
feedback_mcnemar_test(PG_FUNCTION_ARGS)
{
	State	   *state = state_of(PG_GETARG_ARRAYTYPE_P(0));
	double		only_a = state->pairs[true][false];
	double		only_b = state->pairs[false][true];
	double		both = state->pairs[true][true];
	double		n = both + only_a + only_b + state->pairs[false][false];
	double		differ = only_a + only_b;
	double		difference = (only_b - only_a) / n;
	double		half;
	Comparison	comparison;

	if (n == 0)
		PG_RETURN_NULL();
	half = feedback_normal_quantile((1 + state->level) / 2) *
		sqrt(Max(differ - n * difference * difference, 0)) / n;
	comparison = (Comparison) {
		.n_a = n, .n_b = n, .estimate_a = (both + only_a) / n, .estimate_b = (both + only_b) / n,
		.low = difference - half, .high = difference + half
	};
	if (differ < FEW_DISCORDANT)
	{
		double		least = Min(only_a, only_b);
		double		term = pow(0.5, differ);
		double		sum = 0;
		int			i;

		for (i = 0; i <= least; i++)
		{
			sum += term;
			term *= (differ - i) / (i + 1);
		}
		comparison.statistic = least;
		comparison.degrees_of_freedom = NAN;
		comparison.p_value = Min(2 * sum, 1);
	}
	else
	{
		double		distance = fabs(only_a - only_b) - 1;

		comparison.statistic = distance * distance / differ;
		comparison.degrees_of_freedom = 1;
		comparison.p_value = feedback_normal_two_sided(sqrt(comparison.statistic));
	}
	return feedback_comparison_result(fcinfo, &comparison);
}

/*
 * The state to add to: in an aggregate the one that it keeps, so that adding
 * costs no memory.  Its level is the first row's.
 */
static State *
get_state(FunctionCallInfo fcinfo, int level_argument)
{
	State	   *state;

	if (!AggCheckCallContext(fcinfo, NULL))
		fcinfo->args[0].value = PointerGetDatum(PG_GETARG_ARRAYTYPE_P_COPY(0));
	state = state_of(PG_GETARG_ARRAYTYPE_P(0));
	if (state->level == 0 || PG_NARGS() > level_argument)
		state->level = feedback_level(fcinfo, level_argument);
	return state;
}

/* The state in an array; 22023 for one that is none. */
static State *
state_of(ArrayType *array)
{
	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != STATE_FIELDS ||
		ARR_HASNULL(array) || ARR_ELEMTYPE(array) != FLOAT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("state is not that of an aggregate"),
				 errdetail("It is an array of %d numbers.", STATE_FIELDS)));
	return (State *) ARR_DATA_PTR(array);
}

/* A number; 22003 for one that is not finite. */
static double
get_number(FunctionCallInfo fcinfo, int argument)
{
	double		value = PG_GETARG_FLOAT8(argument);

	if (!isfinite(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("value is out of range"),
				 errdetail("NaN and infinities have no mean."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "value")));
	return value;
}
