/*
 * access_cache.c
 *		What roles have been granted, as this session knows it.
 *
 * Policies ask for every statement, so that what a role may do is kept.  The table
 * is read with the snapshot that catalogs are read with: a grant that is taken back
 * is so at once, whatever the isolation of the transaction, and parallel queries
 * may ask too.  Whoever changes the table invalidates its entry in the relation
 * cache, and so do changes of roles and of their members.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/syscache.h"

#include "access/access.h"
#include "base/relation.h"

/* Columns of access_grants that are read */
enum
{
	GRANT_ROLE, GRANT_LEVEL, GRANT_PROJECT
};

/* What a role may do: everywhere, or in some projects alone */
typedef struct RoleAccess
{
	Oid			role;			/* must be first */
	bool		everywhere[ACCESS_LEVELS];
	ArrayType  *projects[ACCESS_LEVELS];
} RoleAccess;

/* What is known, unless known is NULL */
static HTAB *known = NULL;
static MemoryContext known_context = NULL;
static Oid	grants_table = InvalidOid;
static uint64 forgotten = 0;

static const ArrayType *limited_to(AccessLevel level);
static const RoleAccess *access_of(Oid role);
static void watch_grants(void);
static void forget_relation(Datum arg, Oid relation);
static void forget_roles(Datum arg, int cache, uint32 hash);
static void make_room(void);
static void read_grants(Relation table, RoleAccess *access, MemoryContext into);

PG_FUNCTION_INFO_V1(feedback_access_projects);
PG_FUNCTION_INFO_V1(feedback_rollup_readable);
PG_FUNCTION_INFO_V1(feedback_rollup_projects);

/*
 * access_projects(level text) returns text[]
 *
 * Projects in which the current role may do what the level says; null for all.
 */
Datum
feedback_access_projects(PG_FUNCTION_ARGS)
{
	AccessLevel level = feedback_access_level_argument(PG_GETARG_TEXT_PP(0));
	const ArrayType *projects = limited_to(level);

	if (projects == NULL)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(DatumGetArrayTypePCopy(PointerGetDatum(projects)));
}

/*
 * rollup_readable() returns boolean
 *
 * May the current role read rollups of the projects that it may read?  Not where
 * policies other than ours hide rows, since totals would tell of these.
 */
Datum
feedback_rollup_readable(PG_FUNCTION_ARGS)
{
	Oid			table = feedback_relation_get("feedback", "assessments");

	PG_RETURN_BOOL(check_enable_rls(table, InvalidOid, true) != RLS_ENABLED || feedback_access_walls_stand_alone(table));
}

/* rollup_projects() returns text[]: the projects whose rollups the current role may read; null for all */
Datum
feedback_rollup_projects(PG_FUNCTION_ARGS)
{
	const ArrayType *projects;

	if (check_enable_rls(feedback_relation_get("feedback", "assessments"), InvalidOid, true) != RLS_ENABLED)
		PG_RETURN_NULL();
	projects = limited_to(ACCESS_READ);
	if (projects == NULL)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(DatumGetArrayTypePCopy(PointerGetDatum(projects)));
}

/* Has a role been granted a level for all projects? */
bool
feedback_access_is_everywhere(Oid role, AccessLevel level)
{
	const RoleAccess *access = access_of(role);

	return access != NULL && access->everywhere[level];
}

/* The projects in which the current role may do that, or NULL for all */
static const ArrayType *
limited_to(AccessLevel level)
{
	const RoleAccess *access = access_of(GetUserId());

	return access == NULL || access->everywhere[level] ? NULL : access->projects[level];
}

/* What a role may do, or NULL if it has been granted nothing, and plain GRANTs decide. */
static const RoleAccess *
access_of(Oid role)
{
	RoleAccess *access;
	bool		found;
	uint64		before;
	Relation	table;

	watch_grants();
	AcceptInvalidationMessages();
	if (known == NULL)
		make_room();
	access = hash_search(known, &role, HASH_FIND, NULL);
	if (access != NULL)
		return access->projects[ACCESS_READ] == NULL ? NULL : access;

	before = forgotten;
	grants_table = feedback_relation_get("feedback_internal", "access_grants");
	table = table_open(grants_table, AccessShareLock);
	if (known == NULL || before != forgotten)
		make_room();
	before = forgotten;
	access = hash_search(known, &role, HASH_ENTER, &found);
	memset(access->everywhere, 0, sizeof(access->everywhere));
	memset(access->projects, 0, sizeof(access->projects));
	PG_TRY();
	{
		read_grants(table, access, known_context);
	}
	PG_CATCH();
	{
		known = NULL;
		PG_RE_THROW();
	}
	PG_END_TRY();
	table_close(table, NoLock);
	if (before != forgotten)
		known = NULL;			/* it serves this once */
	return access->projects[ACCESS_READ] == NULL ? NULL : access;
}

/* Ask the server to tell of what makes the known wrong; once a session. */
static void
watch_grants(void)
{
	static bool watching = false;

	if (watching)
		return;
	CacheRegisterRelcacheCallback(forget_relation, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, forget_roles, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, forget_roles, (Datum) 0);
	watching = true;
}

/* A table has changed: which one, or InvalidOid for all. */
static void
forget_relation(Datum arg pg_attribute_unused(), Oid relation)
{
	if (relation != grants_table && OidIsValid(relation))
		return;
	known = NULL;
	forgotten++;
}

static void
forget_roles(Datum arg pg_attribute_unused(), int cache pg_attribute_unused(), uint32 hash pg_attribute_unused())
{
	known = NULL;
	forgotten++;
}

/* Begin anew; what was known goes only now, since it may have been in use when it was forgotten. */
static void
make_room(void)
{
	HASHCTL		control = {.keysize = sizeof(Oid), .entrysize = sizeof(RoleAccess)};

	if (known_context != NULL)
		MemoryContextDelete(known_context);
	known = NULL;
	known_context = AllocSetContextCreate(TopMemoryContext, "feedback access", ALLOCSET_SMALL_SIZES);
	control.hcxt = known_context;
	known = hash_create("feedback access", 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* Read what a role has been granted, itself or as a member of others; nothing stays NULL. */
static void
read_grants(Relation table, RoleAccess *access, MemoryContext into)
{
	SysScanDesc scan = systable_beginscan(table, InvalidOid, false, NULL, 0, NULL);
	ArrayBuildState *projects[ACCESS_LEVELS] = {NULL};
	bool		any = false;
	Datum	   *values = palloc(RelationGetNumberOfAttributes(table) * sizeof(Datum));
	bool	   *nulls = palloc(RelationGetNumberOfAttributes(table) * sizeof(bool));
	HeapTuple	tuple;
	int			i;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		AccessLevel level;

		CHECK_FOR_INTERRUPTS();
		heap_deform_tuple(tuple, RelationGetDescr(table), values, nulls);
		if (!has_privs_of_role(access->role, DatumGetObjectId(values[GRANT_ROLE])) ||
			!feedback_access_level_read(TextDatumGetCString(values[GRANT_LEVEL]), &level))
			continue;
		any = true;
		for (i = 0; i <= (int) level; i++)
		{
			if (nulls[GRANT_PROJECT])
				access->everywhere[i] = true;
			else
				projects[i] = accumArrayResult(projects[i], values[GRANT_PROJECT], false, TEXTOID, CurrentMemoryContext);
		}
	}
	systable_endscan(scan);
	if (any)
	{
		MemoryContext old = MemoryContextSwitchTo(into);

		for (i = ACCESS_LEVELS - 1; i >= 0; i--)
			access->projects[i] = projects[i] == NULL ? construct_empty_array(TEXTOID) :
				DatumGetArrayTypeP(makeArrayResult(projects[i], into));
		MemoryContextSwitchTo(old);
	}
}
