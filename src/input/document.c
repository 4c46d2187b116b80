/*
 * document.c
 *		What a parsed JSON document has: members, lists and texts.
 *
 * json-c is seen by this file, document_parse.c and document_jsonb.c alone, since
 * its typedef json_object clashes with a prototype in the server's utils/builtins.h.
 */
#include "postgres.h"

#include <json-c/json.h>

#include "base/encoding.h"
#include "input/document.h"

static bool refuse_member_type(const Member *member, const char *expected, Problem *problem);

/* Is a JSON value an object, which NULL, the JSON null, is not? */
bool
feedback_document_is_object(json_object *json)
{
	return json_object_is_type(json, json_type_object);
}

bool
feedback_document_is_string(json_object *json)
{
	return json_object_is_type(json, json_type_string);
}

bool
feedback_document_is_number(json_object *json)
{
	return json_object_is_type(json, json_type_int) ||
		json_object_is_type(json, json_type_double);
}

/* How many elements has a list?  NULL, the JSON null, has none. */
int
feedback_document_length(json_object *json)
{
	return (json != NULL) ? (int) json_object_array_length(json) : 0;
}

json_object *
feedback_document_element(json_object *json, int n)
{
	return json_object_array_get_idx(json, n);
}

/* What a JSON value is, for messages. */
const char *
feedback_document_noun(json_object *json)
{
	switch (json_object_get_type(json))
	{
		case json_type_null:
			return "null";
		case json_type_boolean:
			return "a boolean";
		case json_type_double:
		case json_type_int:
			return "a number";
		case json_type_string:
			return "a string";
		case json_type_object:
			return "an object";
		case json_type_array:
			return "a list";
	}
	return "unknown";
}

/*
 * Find the known members of an object; unknown ones are ignored.
 *
 * A member may be there in either spelling, but not in both.
 */
bool
feedback_document_members(json_object *object, const char *path,
						  const MemberName *names, int count,
						  Member *members, Problem *problem)
{
	struct lh_entry *entry;
	int			i;

	for (i = 0; i < count; i++)
	{
		memset(&members[i], 0, sizeof(Member));
		members[i].name = &names[i];
		members[i].path = path;
	}

	lh_foreach(json_object_get_object(object), entry)
	{
		const char *key = lh_entry_k(entry);

		for (i = 0; i < count; i++)
		{
			bool		camel_case;

			/* Both spellings start alike, which settles most comparisons */
			if (key[0] != names[i].name[0])
				continue;
			camel_case = (names[i].camel_case != NULL && strcmp(key, names[i].camel_case) == 0);
			if (!camel_case && strcmp(key, names[i].name) != 0)
				continue;
			if (members[i].present)
				return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, names[i].column,
											psprintf("%s%s is given twice", path, names[i].name),
											psprintf("It stands there as \"%s\" and as \"%s\".",
													 names[i].name, names[i].camel_case),
											"Give it in one spelling.");
			members[i].present = true;
			members[i].camel_case = camel_case;
			members[i].json = (json_object *) lh_entry_v(entry);
			break;
		}
	}
	return true;
}

/* Check that a member that is given is an object. */
bool
feedback_document_object(const Member *member, Problem *problem)
{
	return !member_given(member) ||
		json_object_is_type(member->json, json_type_object) ||
		refuse_member_type(member, "an object", problem);
}

/* Check that a member that is given is a list. */
bool
feedback_document_list(const Member *member, Problem *problem)
{
	return !member_given(member) ||
		json_object_is_type(member->json, json_type_array) ||
		refuse_member_type(member, "a list", problem);
}

/* A member that is a string, as text of the database; NULL if not given. */
bool
feedback_document_text(const Member *member, text **result, Problem *problem)
{
	const char *utf8 = NULL;
	const char *string;
	int			length = 0;

	*result = NULL;
	if (!member_given(member))
		return true;
	if (!feedback_document_utf8(member, &utf8, &length, problem))
		return false;
	if (!feedback_encoding_from_utf8(utf8, length, &string, &length))
		return feedback_document_refuse_content(member, ERRCODE_UNTRANSLATABLE_CHARACTER, problem);

	*result = (text *) palloc(VARHDRSZ + length);
	SET_VARSIZE(*result, VARHDRSZ + length);
	memcpy(VARDATA(*result), string, length);
	return true;
}

/* A member that is given and a string, in UTF-8 and not copied. */
bool
feedback_document_utf8(const Member *member, const char **string, int *length,
					   Problem *problem)
{
	if (!json_object_is_type(member->json, json_type_string))
		return refuse_member_type(member, "a string", problem);
	*string = json_object_get_string(member->json);
	*length = json_object_get_string_len(member->json);
	return true;
}

/* Refuse what cannot be kept of a member, by its SQLSTATE. */
bool
feedback_document_refuse_content(const Member *member, int sqlstate, Problem *problem)
{
	if (sqlstate == ERRCODE_UNTRANSLATABLE_CHARACTER)
		return feedback_problem_set(problem, sqlstate, member->name->column,
									psprintf("%s%s holds a character that the database cannot hold",
											 member->path, member->name->name),
									"The character has no equivalent in the database's encoding.",
									NULL);
	return feedback_problem_set(problem, sqlstate, member->name->column,
								psprintf("%s%s holds a number that is out of range",
										 member->path, member->name->name),
								"Numbers go up to 1.7976931348623157e308 in magnitude, with at most 16383 digits after the decimal point.",
								NULL);
}

static bool
refuse_member_type(const Member *member, const char *expected, Problem *problem)
{
	return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, member->name->column,
								psprintf("%s%s must be %s", member->path, member->name->name, expected),
								psprintf("It is %s.", feedback_document_noun(member->json)),
								NULL);
}
