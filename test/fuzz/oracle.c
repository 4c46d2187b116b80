/*
 * oracle.c
 *		What json-c says of the same text.
 *
 * The splitters never parse a text as a whole.  Of one that is right, they must
 * find what a parser finds.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

/* Of the tree, which is deeper than any that our limits let through */
#define ORACLE_DEPTH	2000

static json_object *parse(const char *json, int length);
static int	count_of_trace(json_object *info);

/* How many documents has a batch? */
int
oracle_count_documents(const char *json, int length)
{
	json_object *root = parse(json, length);
	json_object *info;
	int			count = 1;
	size_t		i;

	if (json_object_is_type(root, json_type_array))
	{
		count = 0;
		for (i = 0; i < json_object_array_length(root); i++)
		{
			json_object *element = json_object_array_get_idx(root, i);

			count += json_object_object_get_ex(element, "info", &info) ? count_of_trace(info) : 1;
		}
	}
	else if (json_object_object_get_ex(root, "info", &info))
		count = count_of_trace(info);
	json_object_put(root);
	return count;
}

/* Is a JSON string, with its quotes, this one? */
int
oracle_string_is(const char *json, int length, const char *string, int string_length)
{
	json_object *root = parse(json, length);
	int			same = json_object_is_type(root, json_type_string) &&
	json_object_get_string_len(root) == string_length &&
	memcmp(json_object_get_string(root), string, string_length) == 0;

	json_object_put(root);
	return same;
}

static json_object *
parse(const char *json, int length)
{
	json_tokener *tokener = json_tokener_new_ex(ORACLE_DEPTH);
	json_object *root = json_tokener_parse_ex(tokener, json, length);

	if (json_tokener_get_error(tokener) == json_tokener_continue)
		root = json_tokener_parse_ex(tokener, "", 1);
	if (json_tokener_get_error(tokener) != json_tokener_success)
		abort();				/* the lexical pass took it */
	json_tokener_free(tokener);
	return root;
}

static int
count_of_trace(json_object *info)
{
	json_object *list;

	if (!json_object_object_get_ex(info, "assessments", &list) || !json_object_is_type(list, json_type_array))
		return 0;
	return json_object_array_length(list);
}
