/*
 * access_walls.c
 *		Row security that keeps roles to the projects that they have been granted.
 *
 * Policies are made when access is first granted, and not by the installation
 * script: those who use plain GRANTs pay nothing for them.  No dump has policies on
 * an extension's tables, so that what raises them is a trigger of the table of what
 * has been granted, which a dump has.
 */
#include "postgres.h"

#include "access/table.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "rewrite/rowsecurity.h"
#include "utils/inval.h"
#include "utils/rel.h"

#include "access/access.h"
#include "base/relation.h"

/* In the projects that the current role may do that in: null, for all, is like none.  One sub-select, asked once. */
#define IN_PROJECTS(level) \
	"coalesce(project OPERATOR(pg_catalog.=) ANY ((SELECT feedback_internal.access_projects('" level "'))::pg_catalog.text[]), true)"
#define ITS_OWN(level) \
	"(logged_by OPERATOR(pg_catalog.=) session_user::pg_catalog.text AND " IN_PROJECTS(level) ")"

/* A document that was rejected may not have said of which project it is: to curate it takes all of them */
#define IN_KNOWN_PROJECT(level) \
	"(SELECT feedback_internal.access_projects('" level "')) IS NULL OR (project IS NOT NULL AND " IN_PROJECTS(level) ")"
#define LOGGED_BY_ITSELF \
	"logged_by OPERATOR(pg_catalog.=) session_user::pg_catalog.text"

typedef struct Wall
{
	const char *table;
	const char *policy;
	const char *clauses;
} Wall;

/* One writes, changes and deletes one's own; to curate is to do so with all, and to override. */
static const Wall walls[] = {
	{"assessments", "read", "FOR SELECT USING (" IN_PROJECTS("read") ")"},
	{"assessments", "write", "FOR INSERT WITH CHECK (" IN_PROJECTS("write")
	" AND (overrides IS NULL OR " IN_PROJECTS("curate") "))"},
	{"assessments", "change", "FOR UPDATE USING (" IN_PROJECTS("curate") " OR " ITS_OWN("write") ")"},
	{"assessments", "delete", "FOR DELETE USING (" IN_PROJECTS("curate") " OR " ITS_OWN("write") ")"},
	{"rejected_assessments", "read", "FOR SELECT USING (" IN_KNOWN_PROJECT("curate") " OR " LOGGED_BY_ITSELF ")"},
	{"rejected_assessments", "write", "FOR INSERT WITH CHECK (" IN_PROJECTS("write") ")"},
	{"rejected_assessments", "change", "FOR UPDATE USING (" IN_KNOWN_PROJECT("curate") " OR " LOGGED_BY_ITSELF ")"},
	{"rejected_assessments", "delete", "FOR DELETE USING (" IN_KNOWN_PROJECT("curate") ")"},
	{"label_schemas", "read", "FOR SELECT USING (" IN_PROJECTS("read") ")"},
	{"label_schemas", "write", "FOR INSERT WITH CHECK (" IN_KNOWN_PROJECT("curate") ")"},
	{"label_schemas", "change", "FOR UPDATE USING (" IN_KNOWN_PROJECT("curate") ")"},
	{"label_schemas", "delete", "FOR DELETE USING (" IN_KNOWN_PROJECT("curate") ")"}
};

/* The tables that have walls */
static const char *const walled[] = {"assessments", "rejected_assessments", "label_schemas"};

static void raise_walls(void);
static Relation open_walled(const char *table);
static void check_no_others(const char *table);
static List *policies_of(Relation relation);
static bool is_wall(const RowSecurityPolicy * policy);
static const RowSecurityPolicy *find_other(Relation relation);
static bool has_policy(Relation relation, const char *name);
static void run_definition(const char *sql);

PG_FUNCTION_INFO_V1(feedback_access_grants_changed);

/*
 * access_grants_changed() returns trigger: AFTER INSERT, UPDATE, DELETE or TRUNCATE, for each statement
 *
 * What has been granted counts from now on: every session forgets what it knows,
 * and the walls stand.
 */
Datum
feedback_access_grants_changed(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || TRIGGER_FIRED_FOR_ROW(data->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("access_grants_changed is a trigger of feedback_internal.access_grants")));
	CacheInvalidateRelcache(data->tg_relation);
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
	{
		SPI_connect();
		raise_walls();
		SPI_finish();
	}
	return PointerGetDatum(NULL);
}

/* Are all policies on a table ours, and is there one for reading? */
bool
feedback_access_walls_stand_alone(Oid table)
{
	Relation	relation = table_open(table, AccessShareLock);
	bool		alone = find_other(relation) == NULL && has_policy(relation, ACCESS_POLICY "read");

	table_close(relation, NoLock);
	return alone;
}

/* Raise what walls there are not; the caller is connected to SPI. */
static void
raise_walls(void)
{
	int			i;

	for (i = 0; i < (int) lengthof(walled); i++)
		check_no_others(walled[i]);
	for (i = 0; i < (int) lengthof(walls); i++)
	{
		const Wall *wall = &walls[i];
		Relation	relation = open_walled(wall->table);
		bool		stands = has_policy(relation, psprintf(ACCESS_POLICY "%s", wall->policy));

		table_close(relation, NoLock);
		if (!stands)
			run_definition(psprintf("CREATE POLICY " ACCESS_POLICY "%s ON feedback.%s %s", wall->policy, wall->table, wall->clauses));
	}
	for (i = 0; i < (int) lengthof(walled); i++)
	{
		Relation	relation = open_walled(walled[i]);
		bool		enabled = relation->rd_rel->relrowsecurity;

		table_close(relation, NoLock);
		if (!enabled)
			run_definition(psprintf("ALTER TABLE feedback.%s ENABLE ROW LEVEL SECURITY", walled[i]));
	}
}

static Relation
open_walled(const char *table)
{
	return table_open(feedback_relation_get("feedback", table), AccessShareLock);
}

/*
 * A table that has row security of somebody else's making is refused: policies add
 * up to what any of them allows, so that ours would open what theirs close.
 */
static void
check_no_others(const char *table)
{
	Relation	relation = open_walled(table);
	ListCell   *lc;

	foreach(lc, policies_of(relation))
	{
		RowSecurityPolicy *policy = lfirst(lc);

		if (policy->permissive && !is_wall(policy))
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("table feedback.%s has a row security policy of its own: \"%s\"", table, policy->policy_name),
					 errdetail("Policies that allow add up, so that those of grant_access would open what it closes."),
					 errhint("Drop it or make it AS RESTRICTIVE, or go on with GRANT and policies of your own.")));
	}
	table_close(relation, NoLock);
}

static List *
policies_of(Relation relation)
{
	return relation->rd_rsdesc == NULL ? NIL : relation->rd_rsdesc->policies;
}

static bool
is_wall(const RowSecurityPolicy * policy)
{
	return strncmp(policy->policy_name, ACCESS_POLICY, strlen(ACCESS_POLICY)) == 0;
}

/* A policy that is not ours, or NULL */
static const RowSecurityPolicy *
find_other(Relation relation)
{
	ListCell   *lc;

	foreach(lc, policies_of(relation))
	{
		if (!is_wall(lfirst(lc)))
			return lfirst(lc);
	}
	return NULL;
}

static bool
has_policy(Relation relation, const char *name)
{
	ListCell   *lc;

	foreach(lc, policies_of(relation))
	{
		if (strcmp(((RowSecurityPolicy *) lfirst(lc))->policy_name, name) == 0)
			return true;
	}
	return false;
}

static void
run_definition(const char *sql)
{
	int			result = SPI_execute(sql, false, 0);

	if (result < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not raise walls: %s", SPI_result_code_string(result))));
}
