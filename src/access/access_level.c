/*
 * access_level.c
 *		The levels of access by their names.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "access/access.h"
#include "base/quote.h"

static const char *const level_names[ACCESS_LEVELS] = {"read", "write", "curate", "admin"};

const char *
feedback_access_level_name(AccessLevel level)
{
	return level_names[level];
}

/* Read a level as the table spells it. */
bool
feedback_access_level_read(const char *name, AccessLevel *level)
{
	int			i;

	for (i = 0; i < ACCESS_LEVELS; i++)
	{
		if (strcmp(name, level_names[i]) == 0)
		{
			*level = (AccessLevel) i;
			return true;
		}
	}
	return false;
}

/* Read a level that a user gave; 22004 if there is none, 22023 if it is none. */
AccessLevel
feedback_access_level_argument(const text *name)
{
	AccessLevel level;

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("level is missing"),
				 errhint("It is read, write, curate or admin."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "level")));
	if (!feedback_access_level_read(text_to_cstring(name), &level))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid level: %s", feedback_quote_text(name)),
				 errdetail("It is read, write, curate or admin; each includes those before it."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "level")));
	return level;
}
