/*
 * access_grant.c
 *		grant_access and revoke_access.
 *
 * They run as the owner of the extension's objects, so that all privileges have one
 * grantor, and whoever may grant may also take back what another granted.  Who may
 * call them is checked here, since functions are often granted all at once.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"

#include "access/access.h"
#include "assessment/validate.h"
#include "base/problem.h"
#include "base/quote.h"
#include "base/statement.h"

static Statement select_owner = {
	.sql = "SELECT extowner FROM pg_catalog.pg_extension WHERE extname OPERATOR(pg_catalog.=) 'feedback'"
};

static Statement put_grant = {
	.sql = "INSERT INTO feedback_internal.access_grants AS g (role, level, project) VALUES ($1::pg_catalog.regrole, $2, $3) "
	"ON CONFLICT ON CONSTRAINT access_grants_key DO UPDATE "
	"SET level = excluded.level, granted_by = excluded.granted_by, grant_time = excluded.grant_time "
	"WHERE feedback_internal.access_rank(g.level) OPERATOR(pg_catalog.<) feedback_internal.access_rank(excluded.level)",
	.count = 3,
	.types = {OIDOID, TEXTOID, TEXTOID}
};

/* Leave a level of those above it, in a project or, if that is null, of what was granted in all */
static Statement lower_grants = {
	.sql = "UPDATE feedback_internal.access_grants SET level = $2 "
	"WHERE role OPERATOR(pg_catalog.=) $1::pg_catalog.regrole AND project IS NOT DISTINCT FROM $3 "
	"AND feedback_internal.access_rank(level) OPERATOR(pg_catalog.>) feedback_internal.access_rank($2)",
	.count = 3,
	.types = {OIDOID, TEXTOID, TEXTOID}
};

/* All in a project or, if that is null, all that a role has */
static Statement remove_grants = {
	.sql = "DELETE FROM feedback_internal.access_grants "
	"WHERE role OPERATOR(pg_catalog.=) $1::pg_catalog.regrole AND (project IS NOT DISTINCT FROM $2 OR $2 IS NULL)",
	.count = 2,
	.types = {OIDOID, TEXTOID}
};

static Statement select_left = {
	.sql = "SELECT pg_catalog.max(feedback_internal.access_rank(level)) FROM feedback_internal.access_grants "
	"WHERE role OPERATOR(pg_catalog.=) $1::pg_catalog.regrole",
	.count = 1,
	.types = {OIDOID}
};

static Statement select_privileges = {
	.sql = "SELECT privilege FROM feedback_internal.access_privileges "
	"WHERE feedback_internal.access_rank(level) OPERATOR(pg_catalog.>=) $1 "
	"AND feedback_internal.access_rank(level) OPERATOR(pg_catalog.<=) $2 ORDER BY privilege",
	.count = 2,
	.types = {INT4OID, INT4OID}
};

static Oid	role_argument(FunctionCallInfo fcinfo);
static text *granted_project(FunctionCallInfo fcinfo, int n);
static void check_may_grant(void);
static void change_privileges(const char *statement, AccessLevel from, AccessLevel upto, const char *preposition, Oid role);

PG_FUNCTION_INFO_V1(feedback_access_grant);
PG_FUNCTION_INFO_V1(feedback_access_revoke);

/*
 * grant_access(role text, level text, project text) returns void
 *
 * Gives a role a level, and those below it, in a project or, if that is null, in
 * all.  No such role is 42704, another level 22023; who is no administrator gets
 * 42501, a table with policies of somebody else's 55000.
 */
Datum
feedback_access_grant(PG_FUNCTION_ARGS)
{
	Oid			role = role_argument(fcinfo);
	AccessLevel level = feedback_access_level_argument(PG_ARGISNULL(1) ? NULL : PG_GETARG_TEXT_PP(1));
	text	   *project = granted_project(fcinfo, 2);
	Datum		values[] = {
		ObjectIdGetDatum(role), CStringGetTextDatum(feedback_access_level_name(level)), PointerGetDatum(project)
	};
	char		nulls[] = {' ', ' ', project == NULL ? 'n' : ' '};

	SPI_connect();
	check_may_grant();
	if (level == ACCESS_ADMIN && project != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("admin is of all projects"),
				 errdetail("An administrator grants access to any of them."),
				 errhint("Leave project out, or grant curate."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "project")));
	feedback_statement_run(&put_grant, values, nulls, false);
	change_privileges("GRANT", ACCESS_READ, level, "TO", role);
	SPI_finish();
	PG_RETURN_VOID();
}

/*
 * revoke_access(role text, level text, project text) returns void
 *
 * Takes a level and those above it back, in a project or, if that is null, what was
 * granted in all; without a level all that the role has there, and without either
 * all that it has.  What has not been granted is no error.
 */
Datum
feedback_access_revoke(PG_FUNCTION_ARGS)
{
	Oid			role = role_argument(fcinfo);
	AccessLevel level = PG_ARGISNULL(1) ? ACCESS_READ : feedback_access_level_argument(PG_GETARG_TEXT_PP(1));
	text	   *project = granted_project(fcinfo, 2);
	Datum		all[] = {ObjectIdGetDatum(role), PointerGetDatum(project)};
	char		all_nulls[] = {' ', project == NULL ? 'n' : ' '};
	bool		isnull;
	int			left;
	Datum		most;

	SPI_connect();
	check_may_grant();
	if (level == ACCESS_READ)
		feedback_statement_run(&remove_grants, all, all_nulls, false);
	else
	{
		const char *below = feedback_access_level_name(level - 1);
		Datum		values[] = {ObjectIdGetDatum(role), CStringGetTextDatum(below), PointerGetDatum(project)};
		char		nulls[] = {' ', ' ', project == NULL ? 'n' : ' '};

		feedback_statement_run(&lower_grants, values, nulls, false);
	}
	feedback_statement_run(&select_left, all, NULL, false);
	most = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	left = isnull ? -1 : DatumGetInt32(most);
	if (left < ACCESS_ADMIN)
		change_privileges("REVOKE", (AccessLevel) (left + 1), ACCESS_ADMIN, "FROM", role);
	if (left >= ACCESS_READ)	/* what is in several levels */
		change_privileges("GRANT", ACCESS_READ, (AccessLevel) left, "TO", role);
	SPI_finish();
	PG_RETURN_VOID();
}

static Oid
role_argument(FunctionCallInfo fcinfo)
{
	char	   *name;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("role is missing"),
				 errhint("Name the role that is to have access."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "role")));
	name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	return get_role_oid(name, false);
}

static text *
granted_project(FunctionCallInfo fcinfo, int n)
{
	text	   *project = PG_ARGISNULL(n) ? NULL : PG_GETARG_TEXT_PP(n);
	Problem		problem;

	if (project != NULL && !feedback_validate_project(project, &problem))
		feedback_problem_raise(&problem);
	return project;
}

/* A superuser, the extension's owner, and who has been granted admin; the caller is connected to SPI. */
static void
check_may_grant(void)
{
	Oid			caller = GetOuterUserId();
	bool		isnull;
	Oid			owner;

	if (superuser_arg(caller) || feedback_access_is_everywhere(caller, ACCESS_ADMIN))
		return;
	if (feedback_statement_run(&select_owner, NULL, NULL, true) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("extension \"feedback\" does not exist")));
	owner = DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	if (!has_privs_of_role(caller, owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to grant access"),
				 errhint("A superuser, the owner of the extension, and roles with the level admin may.")));
}

/* GRANT or REVOKE all privileges of the levels between two. */
static void
change_privileges(const char *statement, AccessLevel from, AccessLevel upto, const char *preposition, Oid role)
{
	Datum		values[] = {Int32GetDatum(from), Int32GetDatum(upto)};
	char	   *quoted = pstrdup(quote_identifier(GetUserNameFromId(role, false)));
	uint64		count = feedback_statement_run(&select_privileges, values, NULL, false);
	SPITupleTable *rows = SPI_tuptable;
	uint64		i;

	for (i = 0; i < count; i++)
	{
		char	   *sql = psprintf("%s %s %s %s", statement, SPI_getvalue(rows->vals[i], rows->tupdesc, 1), preposition, quoted);

		if (SPI_execute(sql, false, 0) != SPI_OK_UTILITY)
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not change privileges")));
	}
}
