/*
 * bootstrap.c
 *		The bootstrap interval of a mean, as an aggregate.
 *
 * The state is how often each value occurs.  So it grows with the distinct
 * values, up to a limit, and not with the rows; and the result is the same in
 * whatever order the rows come and whatever plan reads them.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "common/pg_prng.h"
#include "fmgr.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "statistics/binomial.h"
#include "statistics/categories.h"
#include "statistics/estimate.h"

#define DEFAULT_RESAMPLES	2000
#define MAX_RESAMPLES		100000

/* 3 MB of state, and with the default resamples some seconds for the result */
#define MAX_VALUES			100000

/* Beyond this, sums of values may overflow */
#define LARGE_VALUE			1e280

typedef struct Count
{
	double		value;
	int64		n;
	uint32		status;
} Count;

static inline uint32
hash_value(double value)
{
	return hash_bytes((const unsigned char *) &value, sizeof(value));
}

#define SH_PREFIX counts
#define SH_ELEMENT_TYPE Count
#define SH_KEY_TYPE double
#define SH_KEY value
#define SH_HASH_KEY(tb, key) hash_value(key)
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DEFINE
#define SH_DECLARE
#include "lib/simplehash.h"

typedef struct Settings
{
	double		level;
	int64		seed;
	int32		resamples;
} Settings;

typedef struct Bootstrap
{
	Settings	settings;
	counts_hash *counts;
} Bootstrap;

static Settings get_settings(FunctionCallInfo fcinfo);
static Bootstrap *make_state(MemoryContext context, const Settings *settings);
static void check_bootstrap_settings(const Bootstrap *state, const Settings *settings);
static void add_sample(Bootstrap *state, double value, int64 n);
static Count *sorted(const Bootstrap *state, int *length, int64 *n, double *scale);
static int	compare_counts(const void *a, const void *b);
static int	compare_doubles(const void *a, const void *b);
static double resample(const Count *counts, int length, int64 n, pg_prng_state *random);
static double quantile(const double *numbers, int length, double p);

PG_FUNCTION_INFO_V1(feedback_bootstrap_add);
PG_FUNCTION_INFO_V1(feedback_bootstrap_combine);
PG_FUNCTION_INFO_V1(feedback_bootstrap_serialize);
PG_FUNCTION_INFO_V1(feedback_bootstrap_deserialize);
PG_FUNCTION_INFO_V1(feedback_bootstrap_interval);

/*
 * bootstrap_add(state, value double precision [, level [, seed bigint [, resamples integer]]])
 *
 * Null values are left out.  NaN and infinities are 22003; a level outside of 0
 * to 1, resamples outside of 1 to 100,000 and settings that change between rows
 * are 22023.
 */
Datum
feedback_bootstrap_add(PG_FUNCTION_ARGS)
{
	Bootstrap  *state = PG_ARGISNULL(0) ? NULL : (Bootstrap *) PG_GETARG_POINTER(0);
	Settings	settings = get_settings(fcinfo);
	double		value;

	if (state == NULL)
		state = make_state(feedback_statistics_aggregate_context(fcinfo), &settings);
	else
		check_bootstrap_settings(state, &settings);
	if (!PG_ARGISNULL(1))
	{
		value = PG_GETARG_FLOAT8(1);
		if (!isfinite(value))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("value is out of range"),
					 errdetail("NaN and infinities have no mean."),
					 err_generic_string(PG_DIAG_COLUMN_NAME, "value")));
		add_sample(state, value, 1);
	}
	PG_RETURN_POINTER(state);
}

/* bootstrap_combine(state, state) */
Datum
feedback_bootstrap_combine(PG_FUNCTION_ARGS)
{
	Bootstrap  *state = PG_ARGISNULL(0) ? NULL : (Bootstrap *) PG_GETARG_POINTER(0);
	Bootstrap  *other = PG_ARGISNULL(1) ? NULL : (Bootstrap *) PG_GETARG_POINTER(1);
	counts_iterator iterator;
	Count	   *count;

	if (other != NULL)
	{
		if (state == NULL)
			state = make_state(feedback_statistics_aggregate_context(fcinfo), &other->settings);
		else
			check_bootstrap_settings(state, &other->settings);
		counts_start_iterate(other->counts, &iterator);
		while ((count = counts_iterate(other->counts, &iterator)) != NULL)
			add_sample(state, count->value, count->n);
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* bootstrap_serialize(state) returns bytea */
Datum
feedback_bootstrap_serialize(PG_FUNCTION_ARGS)
{
	Bootstrap  *state = (Bootstrap *) PG_GETARG_POINTER(0);
	StringInfoData buffer;
	counts_iterator iterator;
	Count	   *count;

	(void) feedback_statistics_aggregate_context(fcinfo);
	pq_begintypsend(&buffer);
	pq_sendfloat8(&buffer, state->settings.level);
	pq_sendint64(&buffer, state->settings.seed);
	pq_sendint32(&buffer, state->settings.resamples);
	pq_sendint32(&buffer, state->counts->members);
	counts_start_iterate(state->counts, &iterator);
	while ((count = counts_iterate(state->counts, &iterator)) != NULL)
	{
		pq_sendfloat8(&buffer, count->value);
		pq_sendint64(&buffer, count->n);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/* bootstrap_deserialize(bytea, internal) returns a state */
Datum
feedback_bootstrap_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *serialized = PG_GETARG_BYTEA_PP(0);
	Bootstrap  *state;
	Settings	settings;
	StringInfoData buffer;
	int			members;

	(void) feedback_statistics_aggregate_context(fcinfo);
	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, VARDATA_ANY(serialized), VARSIZE_ANY_EXHDR(serialized));
	settings.level = pq_getmsgfloat8(&buffer);
	settings.seed = pq_getmsgint64(&buffer);
	settings.resamples = pq_getmsgint(&buffer, 4);
	state = make_state(CurrentMemoryContext, &settings);
	for (members = pq_getmsgint(&buffer, 4); members > 0; members--)
	{
		double		value = pq_getmsgfloat8(&buffer);

		add_sample(state, value, pq_getmsgint64(&buffer));
	}
	pq_getmsgend(&buffer);
	PG_RETURN_POINTER(state);
}

/*
 * bootstrap_interval: the percentile interval of the mean (Efron 1979).
 *
 * The mean itself is that of the values.  Time is proportional to resamples
 * times distinct values.
 */
Datum
feedback_bootstrap_interval(PG_FUNCTION_ARGS)
{
	Bootstrap  *state = PG_ARGISNULL(0) ? NULL : (Bootstrap *) PG_GETARG_POINTER(0);
	const Settings *settings;
	pg_prng_state random;
	Estimate	estimate;
	Count	   *counts;
	double	   *means;
	double		scale;
	double		sum = 0;
	int64		n;
	int			length;
	int			i;

	(void) feedback_statistics_aggregate_context(fcinfo);
	if (state == NULL || state->counts->members == 0)
		PG_RETURN_NULL();
	settings = &state->settings;
	counts = sorted(state, &length, &n, &scale);
	for (i = 0; i < length; i++)
		sum += counts[i].value * counts[i].n;

	pg_prng_seed(&random, (uint64) settings->seed);
	means = palloc(settings->resamples * sizeof(double));
	for (i = 0; i < settings->resamples; i++)
		means[i] = resample(counts, length, n, &random);
	qsort(means, settings->resamples, sizeof(double), compare_doubles);

	estimate = (Estimate)
	{
		.n = n, .estimate = sum / n * scale,
			.low = quantile(means, settings->resamples, (1 - settings->level) / 2) * scale,
			.high = quantile(means, settings->resamples, (1 + settings->level) / 2) * scale
	};
	return feedback_estimate_result(fcinfo, &estimate);
}

/* The arguments that say how, with their defaults; 22023 for what is out of range. */
static Settings
get_settings(FunctionCallInfo fcinfo)
{
	Settings	settings = {.level = feedback_estimate_level(fcinfo, 2), .resamples = DEFAULT_RESAMPLES};

	if (PG_NARGS() > 3 && !PG_ARGISNULL(3))
		settings.seed = PG_GETARG_INT64(3);
	if (PG_NARGS() > 4)
		settings.resamples = PG_ARGISNULL(4) ? 0 : PG_GETARG_INT32(4);
	if (settings.resamples < 1 || settings.resamples > MAX_RESAMPLES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("resamples is out of range"),
				 errdetail("It is 1 to %d.", MAX_RESAMPLES),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "resamples")));
	return settings;
}

static Bootstrap *
make_state(MemoryContext context, const Settings *settings)
{
	Bootstrap  *state = MemoryContextAlloc(context, sizeof(Bootstrap));

	state->settings = *settings;
	state->counts = counts_create(context, 64, NULL);
	return state;
}

/* 22023 for settings other than those of the first row */
static void
check_bootstrap_settings(const Bootstrap *state, const Settings *settings)
{
	const char *column;

	if (settings->level != state->settings.level)
		column = "level";
	else if (settings->seed != state->settings.seed)
		column = "seed";
	else if (settings->resamples != state->settings.resamples)
		column = "resamples";
	else
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s is not the same for all rows", column),
			 err_generic_string(PG_DIAG_COLUMN_NAME, column)));
}

/* Count a value n times; 54000 for one too many. */
static void
add_sample(Bootstrap *state, double value, int64 n)
{
	bool		found;
	Count	   *count;

	value += 0.0;				/* -0 is 0 */
	count = counts_insert(state->counts, value, &found);
	count->n = (found ? count->n : 0) + n;
	if (!found && state->counts->members > MAX_VALUES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("there are too many different values"),
				 errdetail("The bootstrap takes any number of values, of which %d are different.", MAX_VALUES),
				 errhint("Round them, or use mean_interval, which differs little for so many."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "value")));
}

/* The values in their order, with how many there are; divided by a scale if they are large */
static Count *
sorted(const Bootstrap *state, int *length, int64 *n, double *scale)
{
	Count	   *result = palloc(state->counts->members * sizeof(Count));
	counts_iterator iterator;
	Count	   *count;
	int			i;

	*length = 0;
	*n = 0;
	counts_start_iterate(state->counts, &iterator);
	while ((count = counts_iterate(state->counts, &iterator)) != NULL)
	{
		result[(*length)++] = *count;
		*n += count->n;
	}
	qsort(result, *length, sizeof(Count), compare_counts);

	/* By a power of 2, which keeps all digits */
	*scale = Max(-result[0].value, result[*length - 1].value) > LARGE_VALUE ? ldexp(1, 64) : 1;
	for (i = 0; i < *length; i++)
		result[i].value /= *scale;
	return result;
}

static int
compare_counts(const void *a, const void *b)
{
	return compare_doubles(&((const Count *) a)->value, &((const Count *) b)->value);
}

static int
compare_doubles(const void *a, const void *b)
{
	double		one = *(const double *) a;
	double		other = *(const double *) b;

	return (one > other) - (one < other);
}

/*
 * The mean of as many values drawn with replacement.
 *
 * How often each is drawn is multinomial: one by one, binomial with its share
 * of what the ones before have left.
 */
static double
resample(const Count *counts, int length, int64 n, pg_prng_state *random)
{
	int64		draws = n;
	int64		rest = n;
	double		sum = 0;
	int			i;

	CHECK_FOR_INTERRUPTS();
	for (i = 0; i < length && draws > 0; i++)
	{
		int64		drawn = feedback_binomial(draws, (double) counts[i].n / rest, random);

		sum += counts[i].value * drawn;
		draws -= drawn;
		rest -= counts[i].n;
	}
	return sum / n;
}

/* A quantile of sorted numbers, between two of them where it falls there */
static double
quantile(const double *numbers, int length, double p)
{
	double		position = p * (length - 1);
	int			below = (int) floor(position);

	if (below + 1 >= length)
		return numbers[length - 1];
	return numbers[below] + (position - below) * (numbers[below + 1] - numbers[below]);
}
