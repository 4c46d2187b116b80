/*
 * validity.c
 *		An assessment is valid while nothing overrides it: the trigger that keeps
 *		feedback.assessments.valid so, whoever writes.
 *
 * It fires for rows that override, or did, alone.  When one goes, what it
 * overrode is overridden by what overrode it or, if nothing did, valid again.
 *
 * A statement may delete several rows of one chain, in any order, and what is
 * deleted cannot be seen any more.  So it is remembered what a deleted row
 * overrode and, where that is gone as well, what is to be linked to the next.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "assessment/row.h"
#include "base/statement.h"

#define OF_TRACE	"WHERE trace_id OPERATOR(pg_catalog.=) $1 "
#define BY_ID		OF_TRACE "AND assessment_id OPERATOR(pg_catalog.=) $2"

static Statement select_one = {
	.sql = "SELECT FROM feedback.assessments " BY_ID,
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

static Statement select_overriding = {
	.sql = "SELECT assessment_id FROM feedback.assessments " OF_TRACE "AND overrides OPERATOR(pg_catalog.=) $2",
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

static Statement make_invalid = {
	.sql = "UPDATE feedback.assessments SET valid = false " BY_ID " AND valid",
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

static Statement make_valid = {
	.sql = "UPDATE feedback.assessments SET valid = true " BY_ID " AND NOT valid "
	"AND NOT EXISTS (SELECT FROM feedback.assessments o WHERE o.trace_id OPERATOR(pg_catalog.=) $1 "
	"AND o.overrides OPERATOR(pg_catalog.=) $2)",
	.count = 2,
	.types = {TEXTOID, UUIDOID}
};

static Statement link_row = {
	.sql = "UPDATE feedback.assessments SET overrides = $3 " BY_ID,
	.count = 3,
	.types = {TEXTOID, UUIDOID, UUIDOID}
};

/* A row of a trace.  The trace is hashed, since of two with one hash no two rows have the same id. */
typedef struct LinkKey
{
	uint64		trace;
	pg_uuid_t	id;
} LinkKey;

typedef struct Link
{
	LinkKey		key;
	pg_uuid_t	other;
} Link;

/*
 * Of this transaction: what a deleted row overrode, or what that row overrode if
 * it was deleted too; and what is to be linked to what a deleted row overrode,
 * by that row.  NULL while there is none.
 */
static HTAB *overridden_by_deleted = NULL;
static HTAB *orphans = NULL;

static void row_inserted(text *trace_id, pg_uuid_t *target);
static void target_left(text *trace_id, pg_uuid_t *target);
static void row_deleted(text *trace_id, pg_uuid_t *id, pg_uuid_t *target);
static bool find_overriding(text *trace_id, pg_uuid_t *id, pg_uuid_t *overriding);
static const pg_uuid_t *recall(HTAB *links, const text *trace_id, const pg_uuid_t *id);
static void remember(HTAB *links, const text *trace_id, const pg_uuid_t *id, const pg_uuid_t *other);
static void begin_memory(void);
static void forget(void *arg pg_attribute_unused());
static LinkKey make_key(const text *trace_id, const pg_uuid_t *id);
static uint64 run_by_id(Statement *statement, text *trace_id, pg_uuid_t *id);
static pg_uuid_t *get_uuid(HeapTuple row, TupleDesc descriptor, int column);

PG_FUNCTION_INFO_V1(feedback_follow_overrides);

/*
 * follow_overrides() returns trigger: AFTER INSERT, UPDATE or DELETE, for each
 * row of feedback.assessments whose overrides is not null or changes
 */
Datum
feedback_follow_overrides(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *) fcinfo->context;
	TupleDesc	descriptor;
	pg_uuid_t  *target;
	text	   *trace_id;
	bool		isnull;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_AFTER(data->tg_event) || !feedback_row_is_assessments(data->tg_relation))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("follow_overrides is a trigger of feedback.assessments")));
	descriptor = RelationGetDescr(data->tg_relation);
	target = get_uuid(data->tg_trigtuple, descriptor, ROW_OVERRIDES + 1);

	SPI_connect();
	trace_id = DatumGetTextPP(SPI_getbinval(data->tg_trigtuple, descriptor, ROW_TRACE_ID + 1, &isnull));
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		row_inserted(trace_id, target);
	else if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		row_deleted(trace_id, get_uuid(data->tg_trigtuple, descriptor, ROW_ASSESSMENT_ID + 1), target);
	else
	{
		target_left(trace_id, target);
		trace_id = DatumGetTextPP(SPI_getbinval(data->tg_newtuple, descriptor, ROW_TRACE_ID + 1, &isnull));
		row_inserted(trace_id, get_uuid(data->tg_newtuple, descriptor, ROW_OVERRIDES + 1));
	}
	SPI_finish();
	return PointerGetDatum(NULL);
}

/* What is overridden now is not valid. */
static void
row_inserted(text *trace_id, pg_uuid_t *target)
{
	if (target != NULL)
		run_by_id(&make_invalid, trace_id, target);
}

/* What is overridden no more is valid, unless something else overrides it. */
static void
target_left(text *trace_id, pg_uuid_t *target)
{
	if (target != NULL)
		run_by_id(&make_valid, trace_id, target);
}

/* Link what overrode the row to what the row overrode; without the former, the latter is valid. */
static void
row_deleted(text *trace_id, pg_uuid_t *id, pg_uuid_t *target)
{
	pg_uuid_t	overriding;
	bool		is_overridden;
	const pg_uuid_t *further;
	pg_uuid_t	next;
	bool		is_there;

	if (target == NULL)
		return;
	begin_memory();
	is_overridden = find_overriding(trace_id, id, &overriding);
	next = *target;
	while (!(is_there = (run_by_id(&select_one, trace_id, &next) > 0)) &&
		   (further = recall(overridden_by_deleted, trace_id, &next)) != NULL)
		next = *further;
	remember(overridden_by_deleted, trace_id, id, &next);

	if (is_overridden && is_there)
	{
		Datum		values[] = {PointerGetDatum(trace_id), UUIDPGetDatum(&overriding), UUIDPGetDatum(&next)};

		feedback_statement_run(&link_row, values, NULL, false);
	}
	else if (is_overridden)
		remember(orphans, trace_id, &next, &overriding);
	else if (is_there)
		target_left(trace_id, &next);
}

/* What overrides a row, or did before what lay between was deleted */
static bool
find_overriding(text *trace_id, pg_uuid_t *id, pg_uuid_t *overriding)
{
	const pg_uuid_t *orphan;

	if (run_by_id(&select_overriding, trace_id, id) > 0)
	{
		*overriding = *get_uuid(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
		return true;
	}
	orphan = recall(orphans, trace_id, id);
	if (orphan == NULL)
		return false;
	*overriding = *orphan;
	return run_by_id(&select_one, trace_id, overriding) > 0;
}

/* What is remembered of a row; NULL if there is nothing. */
static const pg_uuid_t *
recall(HTAB *links, const text *trace_id, const pg_uuid_t *id)
{
	LinkKey		key = make_key(trace_id, id);
	const Link *link = hash_search(links, &key, HASH_FIND, NULL);

	return link == NULL ? NULL : &link->other;
}

/* Remember a link of a row, until the end of the transaction. */
static void
remember(HTAB *links, const text *trace_id, const pg_uuid_t *id, const pg_uuid_t *other)
{
	LinkKey		key = make_key(trace_id, id);
	Link	   *link = hash_search(links, &key, HASH_ENTER, NULL);

	link->other = *other;
}

/* Make what links are remembered in. */
static void
begin_memory(void)
{
	HASHCTL		control = {.keysize = sizeof(LinkKey), .entrysize = sizeof(Link), .hcxt = TopTransactionContext};
	MemoryContextCallback *callback;

	if (orphans != NULL)
		return;
	callback = MemoryContextAllocZero(TopTransactionContext, sizeof(MemoryContextCallback));
	callback->func = forget;
	MemoryContextRegisterResetCallback(TopTransactionContext, callback);
	overridden_by_deleted = hash_create("feedback deleted overrides", 64, &control,
										HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	orphans = hash_create("feedback orphaned overrides", 64, &control,
						  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

static void
forget(void *arg pg_attribute_unused())
{
	overridden_by_deleted = NULL;
	orphans = NULL;
}

static LinkKey
make_key(const text *trace_id, const pg_uuid_t *id)
{
	LinkKey		key;

	memset(&key, 0, sizeof(key));
	key.trace = hash_bytes_extended((const unsigned char *) VARDATA_ANY(trace_id), VARSIZE_ANY_EXHDR(trace_id), 0);
	key.id = *id;
	return key;
}

static uint64
run_by_id(Statement *statement, text *trace_id, pg_uuid_t *id)
{
	Datum		values[] = {PointerGetDatum(trace_id), UUIDPGetDatum(id)};

	return feedback_statement_run(statement, values, NULL, false);
}

/* A uuid of a row; NULL for a null */
static pg_uuid_t *
get_uuid(HeapTuple row, TupleDesc descriptor, int column)
{
	bool		isnull;
	Datum		value = SPI_getbinval(row, descriptor, column, &isnull);

	return isnull ? NULL : DatumGetUUIDP(value);
}
