/*
 * phoenix_tables.c
 *		Are Phoenix's tables there, and may the caller read them?
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "exchange/phoenix.h"

#define ANNOTATION_COLUMNS \
	"name", "label", "score", "explanation", "metadata", "annotator_kind", "created_at", "updated_at", \
	"identifier", "source", "user_id"

#define HINT_SCHEMA \
	"Name the schema that Phoenix's tables are in, as PHOENIX_SQL_DATABASE_SCHEMA has it; " \
	"those of another database can be brought by postgres_fdw."

#define SESSIONS_TABLE	"project_session_annotations"

/* What is read; other relations with these columns do as well, foreign tables say */
static const struct PhoenixTable
{
	const char *name;
	const char *columns[13];
}			tables[] =

{
	{"projects", {"id", "name"}},
	{"project_sessions", {"id", "session_id", "project_id"}},
	{"traces", {"id", "trace_id", "project_rowid"}},
	{"spans", {"id", "span_id", "trace_rowid"}},
	{"users", {"id", "username"}},
	{"trace_annotations", {"trace_rowid", ANNOTATION_COLUMNS}},
	{"span_annotations", {"span_rowid", ANNOTATION_COLUMNS}},
	{SESSIONS_TABLE, {"project_session_id", ANNOTATION_COLUMNS}}
};

static Oid	phoenix_namespace(const char *schema);
static void check_columns(const char *schema, Oid relid, const struct PhoenixTable *table);
static bool may_read_columns(Oid relid, const struct PhoenixTable *table);
static char *column_list(const struct PhoenixTable *table);
static void raise_denied(const char *schema, const struct PhoenixTable *table);
static void raise_no_table(const char *schema, const char *name);

/*
 * Check the tables of a schema: 3F000, 42P01 or 42703 if one is not there, 42501
 * if the caller may not read it.  Returns whether sessions have annotations,
 * which Phoenix's older versions have no table of.
 */
bool
feedback_phoenix_check_tables(const char *schema)
{
	Oid			namespace = phoenix_namespace(schema);
	bool		usage = DatumGetBool(DirectFunctionCall2(has_schema_privilege_id, ObjectIdGetDatum(namespace),
														 CStringGetTextDatum("USAGE")));
	bool		sessions = true;
	int			i;

	for (i = 0; i < (int) lengthof(tables); i++)
	{
		Oid			relid = get_relname_relid(tables[i].name, namespace);

		if (OidIsValid(relid))
		{
			check_columns(schema, relid, &tables[i]);
			if (!usage || !may_read_columns(relid, &tables[i]))
				raise_denied(schema, &tables[i]);
		}
		else if (strcmp(tables[i].name, SESSIONS_TABLE) == 0)
			sessions = false;
		else
			raise_no_table(schema, tables[i].name);
	}
	return sessions;
}

static Oid
phoenix_namespace(const char *schema)
{
	Oid			namespace = get_namespace_oid(schema, true);

	if (!OidIsValid(namespace))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_SCHEMA_NAME),
				 errmsg("schema \"%s\" does not exist", schema),
				 errhint(HINT_SCHEMA),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "schema_name")));
	return namespace;
}

static void
check_columns(const char *schema, Oid relid, const struct PhoenixTable *table)
{
	int			i;

	for (i = 0; table->columns[i] != NULL; i++)
	{
		if (get_attnum(relid, table->columns[i]) > 0)
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("%s has no column %s", quote_qualified_identifier(schema, table->name), table->columns[i]),
				 errdetail("import_phoenix reads its columns %s.", column_list(table)),
				 errhint("A newer Phoenix adds what an older one lacks when its server starts."),
				 err_generic_string(PG_DIAG_SCHEMA_NAME, schema),
				 err_generic_string(PG_DIAG_TABLE_NAME, table->name),
				 err_generic_string(PG_DIAG_COLUMN_NAME, table->columns[i])));
	}
}

/* The right to read the table, or each of the columns: a reader need not have those of passwords. */
static bool
may_read_columns(Oid relid, const struct PhoenixTable *table)
{
	int			i;

	if (pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK)
		return true;
	for (i = 0; table->columns[i] != NULL; i++)
	{
		if (pg_attribute_aclcheck(relid, get_attnum(relid, table->columns[i]), GetUserId(), ACL_SELECT) != ACLCHECK_OK)
			return false;
	}
	return true;
}

static char *
column_list(const struct PhoenixTable *table)
{
	StringInfoData list;
	int			i;

	initStringInfo(&list);
	for (i = 0; table->columns[i] != NULL; i++)
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", table->columns[i]);
	return list.data;
}

static void
raise_denied(const char *schema, const struct PhoenixTable *table)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for Phoenix's table %s", quote_qualified_identifier(schema, table->name)),
			 errdetail("It is read with the rights of the caller."),
			 errhint("GRANT USAGE ON SCHEMA %s and SELECT (%s) ON %s to the role.", quote_identifier(schema),
					 column_list(table), quote_qualified_identifier(schema, table->name)),
			 err_generic_string(PG_DIAG_SCHEMA_NAME, schema),
			 err_generic_string(PG_DIAG_TABLE_NAME, table->name)));
}

static void
raise_no_table(const char *schema, const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_TABLE),
			 errmsg("schema \"%s\" has no table %s", schema, name),
			 errdetail("import_phoenix reads the tables of Arize Phoenix."),
			 errhint(HINT_SCHEMA),
			 err_generic_string(PG_DIAG_SCHEMA_NAME, schema),
			 err_generic_string(PG_DIAG_TABLE_NAME, name),
			 err_generic_string(PG_DIAG_COLUMN_NAME, "schema_name")));
}
