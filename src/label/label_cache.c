/*
 * label_cache.c
 *		The label schemas as this session knows them, and the check by them.
 *
 * The first check reads the whole table, which is one of definitions and not of
 * data, into a hash table; from then on a check costs a look-up.  That there is
 * no schema for a name is known as well, whatever names are logged.
 *
 * Whoever changes the table invalidates its entry in the relation cache (see
 * label_manage.c).  The server tells every session of that when the change is
 * committed, and the session itself when its own change becomes visible to it
 * or is undone; the callback here then makes the next check read again.  So that
 * a change counts at once also within a transaction that began before it, the
 * messages are received before each check, and the table is read by a snapshot
 * of its own: what is allowed is no more a matter of the transaction's isolation
 * than a constraint is.
 *
 * The table is read as its owner, as it is for a foreign key: no privilege on it
 * is needed to log, and nobody can escape the check for lack of one.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "base/relation.h"
#include "base/statement.h"
#include "base/text.h"
#include "label/label_schema.h"

/* In the order of the table; what only reviewers read is left out */
static Statement select_schemas = {
	.sql = "SELECT name, value_type::pg_catalog.text, kind::pg_catalog.text, project, "
	"true_label, false_label, min, max, whole_numbers, categories, multiple, max_length, "
	"json_form, element_type::pg_catalog.text, null_allowed, rationale_required, "
	"NULL::pg_catalog.bool, NULL::pg_catalog.text, enforcement FROM feedback.label_schemas",
	.scans = true
};

typedef struct SchemaKey
{
	AssessmentKind kind;
	const text *name;
	const text *project;		/* or NULL */
} SchemaKey;

typedef struct SchemaEntry
{
	SchemaKey	key;			/* must be first */
	LabelSchema schema;
} SchemaEntry;

/* What is known, unless valid is false */
static bool valid = false;
static Oid	table = InvalidOid; /* invalid when the extension is not there */
static MemoryContext context = NULL;
static HTAB *schemas = NULL;	/* NULL when there are none */
static bool has_projects = false;	/* some schemas are of one project */

/* Counts what makes the known invalid */
static uint64 invalidations = 0;

/* Read while this transaction may have changed the table itself */
static bool read_in_change = false;

static void register_callbacks(void);
static void invalidate(Datum arg, Oid relation);
static void end_transaction(XactEvent event, void *arg);
static void end_subtransaction(SubXactEvent event, SubTransactionId id,
							   SubTransactionId parent, void *arg);
static void read_table(void);
static Oid	find_table(void);
static Oid	table_owner(Oid relation);
static void read_rows(Oid owner, MemoryContext into);
static void cache_row(HeapTuple row, TupleDesc descriptor);
static const LabelSchema *look_up(AssessmentKind kind, const text *name, const text *project);
static uint32 hash_key(const void *key, Size size);
static int	compare_keys(const void *a, const void *b, Size size);

/*
 * Check an assessment, whose project is known, by its label schema.
 *
 * A schema that only warns leaves the problem with the assessment, for when it
 * is stored.
 */
bool
feedback_label_schema_check(Assessment *assessment, Problem *problem)
{
	const LabelSchema *schema = feedback_label_schema_find(assessment);

	if (schema == NULL || schema->enforcement == ENFORCEMENT_OFF ||
		feedback_label_rules(schema, assessment, problem))
		return true;
	if (schema->enforcement == ENFORCEMENT_ENFORCE)
		return false;

	assessment->label_warning = palloc(sizeof(Problem));
	*assessment->label_warning = *problem;
	return true;
}

/*
 * The schema of an assessment, or NULL: that of its project, or else the one
 * for all projects.  It lives until the next look-up.
 */
const LabelSchema *
feedback_label_schema_find(const Assessment *assessment)
{
	const LabelSchema *schema = NULL;

	AcceptInvalidationMessages();
	if (!valid)
		read_table();
	if (schemas == NULL)
		return NULL;
	if (has_projects)
		schema = look_up(assessment->kind, assessment->name, assessment->project);
	if (schema == NULL)
		schema = look_up(assessment->kind, assessment->name, NULL);
	return schema;
}

/* Is this the table of label schemas? */
bool
feedback_label_is_table(Oid relation)
{
	return OidIsValid(relation) && relation == find_table();
}

/* Ask the server to tell of what makes the known invalid; once a session. */
static void
register_callbacks(void)
{
	static bool registered = false;

	if (registered)
		return;
	CacheRegisterRelcacheCallback(invalidate, (Datum) 0);
	RegisterXactCallback(end_transaction, NULL);
	RegisterSubXactCallback(end_subtransaction, NULL);
	registered = true;
}

/* A table has changed: which one, or InvalidOid for all. */
static void
invalidate(Datum arg pg_attribute_unused(), Oid relation)
{
	if (relation != table && OidIsValid(relation) && OidIsValid(table))
		return;
	valid = false;
	invalidations++;
}

/*
 * What was read amid a change of our own goes with it.  The messages do the
 * same, but for a change that fails before it has sent any.
 */
static void
end_transaction(XactEvent event, void *arg pg_attribute_unused())
{
	if (!read_in_change || event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE)
		return;
	if (event != XACT_EVENT_COMMIT)
		invalidate((Datum) 0, InvalidOid);
	read_in_change = false;
}

static void
end_subtransaction(SubXactEvent event, SubTransactionId id pg_attribute_unused(),
				   SubTransactionId parent pg_attribute_unused(),
				   void *arg pg_attribute_unused())
{
	if (read_in_change && event == SUBXACT_EVENT_ABORT_SUB)
		invalidate((Datum) 0, InvalidOid);
}

/*
 * Read the table.
 *
 * Should it change meanwhile, what was read serves this once: it is as new as
 * the look-up that asked for it.
 */
static void
read_table(void)
{
	MemoryContext into = AllocSetContextCreate(CurrentMemoryContext, "feedback label schemas",
											   ALLOCSET_DEFAULT_SIZES);
	uint64		before;

	register_callbacks();

	schemas = NULL;
	has_projects = false;
	if (context != NULL)
		MemoryContextDelete(context);
	context = NULL;

	before = invalidations;
	table = find_table();
	if (OidIsValid(table))
		read_rows(table_owner(table), into);

	/* Only now is it sure to outlive the transaction */
	MemoryContextSetParent(into, TopMemoryContext);
	context = into;
	read_in_change = read_in_change || TransactionIdIsValid(GetTopTransactionIdIfAny());
	valid = (before == invalidations);
}

/* The table, or InvalidOid when the extension is not there. */
static Oid
find_table(void)
{
	return feedback_relation_find("feedback", "label_schemas");
}

static Oid
table_owner(Oid relation)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation feedback.label_schemas does not exist")));
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* Read all rows as they are now, as the owner of the table. */
static void
read_rows(Oid owner, MemoryContext into)
{
	Oid			user;
	int			security;
	uint64		count;
	uint64		i;

	SPI_connect();
	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(owner, security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	PushActiveSnapshot(GetLatestSnapshot());
	count = feedback_statement_run(&select_schemas, NULL, NULL, true);
	PopActiveSnapshot();
	SetUserIdAndSecContext(user, security);

	if (count > 0)
	{
		HASHCTL		control = {
			.keysize = sizeof(SchemaKey), .entrysize = sizeof(SchemaEntry),
			.hash = hash_key, .match = compare_keys, .hcxt = into
		};
		MemoryContext old = MemoryContextSwitchTo(into);

		schemas = hash_create("feedback label schemas", (long) count, &control,
							  HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
		for (i = 0; i < count; i++)
			cache_row(SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
		MemoryContextSwitchTo(old);
	}
	SPI_finish();
}

/* Add a copy of a row, in the current memory context. */
static void
cache_row(HeapTuple row, TupleDesc descriptor)
{
	Datum		values[LABEL_COUNT];
	bool		nulls[LABEL_COUNT];
	LabelSchema schema;
	SchemaKey	key;
	bool		found;

	heap_deform_tuple(heap_copytuple(row), descriptor, values, nulls);
	feedback_label_schema_read(values, nulls, &schema);
	key.kind = schema.kind;
	key.name = schema.name;
	key.project = schema.project;
	((SchemaEntry *) hash_search(schemas, &key, HASH_ENTER, &found))->schema = schema;
	has_projects = has_projects || schema.project != NULL;
}

static const LabelSchema *
look_up(AssessmentKind kind, const text *name, const text *project)
{
	SchemaKey	key = {.kind = kind, .name = name, .project = project};
	SchemaEntry *entry = hash_search(schemas, &key, HASH_FIND, NULL);

	return (entry == NULL) ? NULL : &entry->schema;
}

static uint32
hash_key(const void *key, Size size pg_attribute_unused())
{
	const SchemaKey *k = key;
	uint32		hash = hash_bytes((const unsigned char *) VARDATA_ANY(k->name),
								  VARSIZE_ANY_EXHDR(k->name));

	if (k->project != NULL)
		hash = hash_combine(hash, hash_bytes((const unsigned char *) VARDATA_ANY(k->project),
											 VARSIZE_ANY_EXHDR(k->project)));
	return hash_combine(hash, (uint32) k->kind);
}

/* Zero when equal */
static int
compare_keys(const void *a, const void *b, Size size pg_attribute_unused())
{
	const SchemaKey *x = a;
	const SchemaKey *y = b;

	return !(x->kind == y->kind && same_text(x->name, y->name) &&
			 same_text(x->project, y->project));
}
