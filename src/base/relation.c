/*
 * relation.c
 *		Tables and views, by their names.
 *
 * They are looked up whenever they are needed: others make them, and drop them.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "utils/lsyscache.h"

#include "base/relation.h"

/* The relation of a schema that has this name; InvalidOid if there is none, or no such schema. */
Oid
feedback_relation_find(const char *schema, const char *name)
{
	Oid			schema_id = get_namespace_oid(schema, true);

	return OidIsValid(schema_id) ? get_relname_relid(name, schema_id) : InvalidOid;
}

/* The same; 42P01 if there is none, as where the extension is not there. */
Oid
feedback_relation_get(const char *schema, const char *name)
{
	Oid			relation = feedback_relation_find(schema, name);

	if (!OidIsValid(relation))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation %s.%s does not exist", schema, name)));
	return relation;
}
