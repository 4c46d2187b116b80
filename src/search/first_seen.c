/*
 * first_seen.c
 *		Which traces are seen for the first time, among rows in an order.
 *
 * Of rows in the order of time, newest first, a trace's first is its newest.  To
 * remember the traces that were seen takes less than to look among the rows of
 * each for a newer one, of which there may be 100,000.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/compat.h"

/* At least as many are remembered, whatever work_mem is: recent_traces ends with fewer */
#define MIN_SEEN	10000

typedef struct SeenTrace
{
	char	   *key;			/* length, project and trace_id */
	uint32		hash;
	char		status;
} SeenTrace;

static uint32 hash_seen(const char *key);
static bool are_same_seen(const char *key, const char *other);

#define SH_PREFIX seen_traces
#define SH_ELEMENT_TYPE SeenTrace
#define SH_KEY_TYPE char *
#define SH_KEY key
#define SH_HASH_KEY(table, key) hash_seen(key)
#define SH_EQUAL(table, one, other) are_same_seen(one, other)
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DEFINE
#define SH_DECLARE
#include "lib/simplehash.h"

typedef struct Seen
{
	MemoryContext context;		/* of the keys */
	seen_traces_hash *traces;
	char	   *last;			/* key of the call before */
	char	   *key;			/* of this one */
	int			capacity;		/* of that */
	TimestampTz time;			/* of the newest row of the last trace */
	bool		overflowed;		/* was a trace not remembered? */
} Seen;

static Seen *make_seen(MemoryContext parent);
static void write_key(Seen *seen, const text *project, const text *trace_id);
static bool is_full(const Seen *seen);
static bool is_enough(const Seen *seen, int64 limit, TimestampTz time);

PG_FUNCTION_INFO_V1(feedback_first_seen);

/*
 * first_seen(project text, trace_id text, create_time timestamptz, "limit" bigint) returns boolean
 *
 * Is it the first call with this trace, of this place in this execution of a
 * statement?  If not, NULL; false if it is not among those seen before, of which
 * there are more than are remembered.
 *
 * Who takes as many as the limit, and has to know whether the next is as new as the
 * last, would have all rows of these traces read to find it.  So once the limit is
 * reached, true is also the answer for any row that is older.
 */
Datum
feedback_first_seen(PG_FUNCTION_ARGS)
{
	Seen	   *seen = fcinfo->flinfo->fn_extra;
	TimestampTz time = PG_GETARG_TIMESTAMPTZ(2);
	SeenTrace  *trace;
	bool		found;

	if (seen == NULL)
		seen = fcinfo->flinfo->fn_extra = make_seen(fcinfo->flinfo->fn_mcxt);
	if (is_enough(seen, PG_GETARG_INT64(3), time))
		PG_RETURN_BOOL(true);
	write_key(seen, PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1));
	if (seen->last != NULL && are_same_seen(seen->last, seen->key))
		PG_RETURN_NULL();
	trace = seen_traces_lookup(seen->traces, seen->key);
	if (trace != NULL)
	{
		seen->last = trace->key;
		PG_RETURN_NULL();
	}
	if (is_full(seen))
	{
		seen->overflowed = true;
		PG_RETURN_BOOL(false);
	}
	trace = seen_traces_insert(seen->traces, seen->key, &found);
	trace->key = MemoryContextAlloc(seen->context, *(int *) seen->key);
	memcpy(trace->key, seen->key, *(int *) seen->key);
	seen->last = trace->key;
	seen->time = time;
	PG_RETURN_BOOL(true);
}

static Seen *
make_seen(MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "feedback traces seen", ALLOCSET_DEFAULT_SIZES);
	Seen	   *seen = MemoryContextAllocZero(context, sizeof(Seen));

	seen->context = context;
	seen->traces = seen_traces_create(context, 256, NULL);
	return seen;
}

/* Lengths come first, so that no two pairs are the same. */
static void
write_key(Seen *seen, const text *project, const text *trace_id)
{
	int			lengths[] = {0, VARSIZE_ANY_EXHDR(project)};
	int			trace_length = VARSIZE_ANY_EXHDR(trace_id);

	lengths[0] = sizeof(lengths) + lengths[1] + trace_length;
	if (seen->capacity < lengths[0])
	{
		seen->capacity = Max(lengths[0], 1024);
		if (seen->key != NULL)
			pfree(seen->key);
		seen->key = MemoryContextAlloc(seen->context, seen->capacity);
	}
	memcpy(seen->key, lengths, sizeof(lengths));
	memcpy(seen->key + sizeof(lengths), VARDATA_ANY(project), lengths[1]);
	memcpy(seen->key + sizeof(lengths) + lengths[1], VARDATA_ANY(trace_id), trace_length);
}

static bool
is_full(const Seen *seen)
{
	return seen->traces->members >= MIN_SEEN &&
		MemoryContextMemAllocated(seen->context, false) > get_hash_memory_limit();
}

static bool
is_enough(const Seen *seen, int64 limit, TimestampTz time)
{
	return seen->traces->members > 0 && seen->traces->members >= limit && !seen->overflowed && time < seen->time;
}

static uint32
hash_seen(const char *key)
{
	return hash_bytes((const unsigned char *) key, *(const int *) key);
}

static bool
are_same_seen(const char *key, const char *other)
{
	return *(const int *) key == *(const int *) other && memcmp(key, other, *(const int *) key) == 0;
}
