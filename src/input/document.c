/*
 * document.c
 *		JSON documents, parsed by json-c.
 *
 * The only file that sees json-c, whose typedef json_object clashes with a
 * prototype in the server's utils/builtins.h.  What json-c would change
 * without a word, json_text.c has noticed before.
 */
#include "postgres.h"

#include <json-c/json.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "assessment/value.h"
#include "base/encoding.h"
#include "base/json_string.h"
#include "base/json_text.h"
#include "base/number.h"
#include "input/document.h"

/* The parser is kept after documents of up to this length, in bytes */
#define KEPT_LENGTH		(64 * 1024)

/* It is given so many bytes at a time, between which the statement can be cancelled */
#define PARSED_LENGTH	(256 * 1024)

/* The parser, between documents or amid one; NULL if there is none */
static json_tokener *tokener = NULL;

static void release_document(void *arg);
static bool parse(Document *document, const char *json, int length,
				  const JsonText *scanned, enum json_tokener_error *error);
static void free_parser(void);
static const char *mark_wide_integers(const char *json, int *length,
									  const List *wide_integers);
static const MemberName *refused_member(const JsonText *refused, const MemberName *names,
										int count, char **path);
static const MemberName *find_name(const char *spelling, int length,
								   const MemberName *names, int count);
static bool refuse_member_type(const Member *member, const char *expected, Problem *problem);
static bool refuse_content(const Member *member, int sqlstate, Problem *problem);
static bool is_container(json_object *json);
static Jsonb *to_jsonb(json_object *json, int *refused);
static JsonbValue *push_json(JsonbParseState **state, json_object *json, int *refused);
static bool push_json_object(JsonbParseState **state, json_object *json, int *refused);
static bool push_json_list(JsonbParseState **state, json_object *json, int *refused);
static bool to_scalar(json_object *json, JsonbValue *result, int *refused);
static bool to_string(const char *utf8, int length, JsonbValue *result, int *refused);

/*
 * Parse a JSON text of the database's encoding.
 *
 * The tree is freed with the current memory context, or by
 * feedback_document_close.  Returns NULL when the text is refused; the names
 * help to say which member a lexical refusal is about.
 */
Document *
feedback_document_open(const char *json, int length, const char *subject,
					   const char *column, int max_nesting,
					   const MemberName *names, int count, Problem *problem)
{
	const char *utf8;
	int			utf8_length;
	int			bad_offset;

	switch (feedback_encoding_to_utf8(json, length, &utf8, &utf8_length, &bad_offset))
	{
		case ENCODING_INVALID:
			feedback_problem_set(problem, ERRCODE_INVALID_JSON_TEXT, column,
								 psprintf("%s is not valid UTF-8", subject),
								 psprintf("The first invalid byte is at position %d.", bad_offset + 1),
								 NULL);
			return NULL;
		case ENCODING_UNTRANSLATABLE:
			feedback_problem_set(problem, ERRCODE_UNTRANSLATABLE_CHARACTER, column,
								 psprintf("%s holds a character that has no equivalent in UTF-8", subject),
								 psprintf("The first such character is at byte %d.", bad_offset + 1),
								 NULL);
			return NULL;
		default:
			return feedback_document_open_utf8(utf8, utf8_length, subject, column, max_nesting,
											   names, count, problem);
	}
}

/* The same for a text that is UTF-8. */
Document *
feedback_document_open_utf8(const char *utf8, int length, const char *subject,
							const char *column, int max_nesting,
							const MemberName *names, int count, Problem *problem)
{
	Document   *document;
	JsonText	scanned = {0};
	enum json_tokener_error error;

	if (!feedback_json_text_scan(utf8, length, max_nesting, &scanned))
	{
		char	   *path;
		const MemberName *member = refused_member(&scanned, names, count, &path);

		feedback_json_text_problem(&scanned, utf8, member ? path : subject,
								   member ? member->column : column, problem);
		return NULL;
	}

	document = palloc0(sizeof(Document));
	document->callback.func = release_document;
	document->callback.arg = document;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &document->callback);

	if (!parse(document, utf8, length, &scanned, &error))
	{
		feedback_problem_set(problem, ERRCODE_INVALID_JSON_TEXT, column,
							 psprintf("%s is not valid JSON", subject),
							 psprintf("The parser says: %s.",
									  json_tokener_error_desc(error)),
							 NULL);
		return NULL;
	}
	return document;
}

/* Free json-c's memory before the context does. */
void
feedback_document_close(Document *document)
{
	release_document(document);
}

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
		return refuse_content(member, ERRCODE_UNTRANSLATABLE_CHARACTER, problem);

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

/* Any JSON value, in the form of its type. */
bool
feedback_document_value(const Member *member, Value *value, Problem *problem)
{
	JsonbValue	scalar;
	int			refused = 0;

	if (is_container(member->json))
	{
		value->type = VALUE_JSON;
		return feedback_document_jsonb(member, &value->as.json, problem);
	}
	if (!to_scalar(member->json, &scalar, &refused))
		return refuse_content(member, refused, problem);
	feedback_value_from_scalar(&scalar, value);
	return true;
}

/* A member as jsonb, whatever it is. */
bool
feedback_document_jsonb(const Member *member, Jsonb **result, Problem *problem)
{
	int			refused = 0;

	*result = to_jsonb(member->json, &refused);
	return *result != NULL || refuse_content(member, refused, problem);
}

/* Free json-c's memory: a memory context callback. */
static void
release_document(void *arg)
{
	Document   *document = arg;

	if (document->parsing)
		free_parser();
	document->parsing = false;
	if (document->root != NULL)
		json_object_put(document->root);
	document->root = NULL;
}

/*
 * Let json-c parse a text that the lexical pass has accepted.
 *
 * Its own strict mode adds nothing to that pass, and refuses characters beyond
 * ASCII in version 0.18.  A final call with an empty text makes it finish a
 * bare number.
 *
 * The parser is kept for the session, since making one takes as long as
 * parsing a small document.  It holds nothing of a document between calls, but
 * for a buffer as long as the longest string, which is why it is not kept
 * after a long document.
 */
static bool
parse(Document *document, const char *json, int length, const JsonText *scanned,
	  enum json_tokener_error *error)
{
	int			parsed;

	json = mark_wide_integers(json, &length, scanned->wide_integers);

	if (tokener == NULL)
		tokener = json_tokener_new_ex(MAX_NESTING + 1);
	if (tokener == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("Failed to make a JSON parser.")));

	document->parsing = true;
	for (parsed = 0; parsed < length; parsed += PARSED_LENGTH)
	{
		CHECK_FOR_INTERRUPTS();
		document->root = json_tokener_parse_ex(tokener, json + parsed, Min(length - parsed, PARSED_LENGTH));
		if (json_tokener_get_error(tokener) != json_tokener_continue)
			break;
	}
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		document->root = json_tokener_parse_ex(tokener, "", 1);
	*error = json_tokener_get_error(tokener);
	document->parsing = false;

	if (length > KEPT_LENGTH)
		free_parser();
	else
		json_tokener_reset(tokener);
	return *error == json_tokener_success;
}

/* Free the parser, with what it has of a document. */
static void
free_parser(void)
{
	json_tokener_free(tokener);
	tokener = NULL;
}

/*
 * Give integers that exceed 64 bits an exponent of zero.
 *
 * json-c would saturate them, but keeps the digits of anything that has an
 * exponent.
 */
static const char *
mark_wide_integers(const char *json, int *length, const List *wide_integers)
{
	char	   *marked;
	char	   *out;
	int			copied = 0;
	ListCell   *cell;

	if (wide_integers == NIL)
		return json;

	out = marked = palloc_extended(*length + 2 * (Size) list_length(wide_integers),
								   MCXT_ALLOC_HUGE);
	foreach(cell, wide_integers)
	{
		int			end = lfirst_int(cell);

		memcpy(out, json + copied, end - copied);
		out += end - copied;
		memcpy(out, "e0", 2);
		out += 2;
		copied = end;
	}
	memcpy(out, json + copied, *length - copied);
	*length += 2 * list_length(wide_integers);
	return marked;
}

/*
 * The member that holds what a lexical refusal is about, and its path.
 *
 * NULL when it is not a known one, or when the syntax is broken, which is no
 * member's fault in particular.
 */
static const MemberName *
refused_member(const JsonText *refused, const MemberName *names, int count, char **path)
{
	const MemberName *found = NULL;
	int			level;

	*path = "";
	if (refused->sqlstate == ERRCODE_INVALID_JSON_TEXT)
		return NULL;
	for (level = 0; level < JSON_TEXT_LEVELS && refused->member[level] != NULL; level++)
	{
		const MemberName *name = find_name(refused->member[level], refused->member_length[level],
										   found ? found->members : names,
										   found ? found->count : count);

		if (name == NULL)
			break;
		*path = psprintf("%s%s%s", *path, found ? "." : "", name->name);
		found = name;
	}
	return found;
}

/* The one of some names that is written so, in quotes, or NULL. */
static const MemberName *
find_name(const char *spelling, int length, const MemberName *names, int count)
{
	int			i;

	for (i = 0; i < count; i++)
	{
		const MemberName *name = &names[i];

		if (feedback_json_string_is(spelling - 1, length + 2, name->name) ||
			(name->camel_case != NULL &&
			 feedback_json_string_is(spelling - 1, length + 2, name->camel_case)))
			return name;
	}
	return NULL;
}

static bool
refuse_member_type(const Member *member, const char *expected, Problem *problem)
{
	return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, member->name->column,
								psprintf("%s%s must be %s", member->path, member->name->name, expected),
								psprintf("It is %s.", feedback_document_noun(member->json)),
								NULL);
}

/* Refuse what cannot be kept of a member, by its SQLSTATE. */
static bool
refuse_content(const Member *member, int sqlstate, Problem *problem)
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
is_container(json_object *json)
{
	return json_object_is_type(json, json_type_object) ||
		json_object_is_type(json, json_type_array);
}

/*
 * A JSON value as jsonb.
 *
 * NULL when it holds what cannot be kept; refused is then the SQLSTATE, as in
 * the functions below.
 */
static Jsonb *
to_jsonb(json_object *json, int *refused)
{
	JsonbParseState *state = NULL;
	JsonbValue	scalar;
	JsonbValue *root;

	if (is_container(json))
		root = push_json(&state, json, refused);
	else
		root = to_scalar(json, &scalar, refused) ? &scalar : NULL;
	return (root != NULL) ? JsonbValueToJsonb(root) : NULL;
}

/* Push an object or a list, the whole of it. */
static JsonbValue *
push_json(JsonbParseState **state, json_object *json, int *refused)
{
	check_stack_depth();
	if (json_object_is_type(json, json_type_object))
	{
		pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
		return push_json_object(state, json, refused) ?
			pushJsonbValue(state, WJB_END_OBJECT, NULL) : NULL;
	}
	pushJsonbValue(state, WJB_BEGIN_ARRAY, NULL);
	return push_json_list(state, json, refused) ?
		pushJsonbValue(state, WJB_END_ARRAY, NULL) : NULL;
}

static bool
push_json_object(JsonbParseState **state, json_object *json, int *refused)
{
	struct lh_entry *entry;

	lh_foreach(json_object_get_object(json), entry)
	{
		json_object *member = (json_object *) lh_entry_v(entry);
		const char *name = lh_entry_k(entry);
		JsonbValue	value;

		CHECK_FOR_INTERRUPTS();
		if (!to_string(name, strlen(name), &value, refused))
			return false;
		pushJsonbValue(state, WJB_KEY, &value);

		if (is_container(member))
		{
			if (push_json(state, member, refused) == NULL)
				return false;
		}
		else if (to_scalar(member, &value, refused))
			pushJsonbValue(state, WJB_VALUE, &value);
		else
			return false;
	}
	return true;
}

static bool
push_json_list(JsonbParseState **state, json_object *json, int *refused)
{
	size_t		length = json_object_array_length(json);
	size_t		i;

	for (i = 0; i < length; i++)
	{
		json_object *element = json_object_array_get_idx(json, i);
		JsonbValue	value;

		CHECK_FOR_INTERRUPTS();
		if (is_container(element))
		{
			if (push_json(state, element, refused) == NULL)
				return false;
		}
		else if (to_scalar(element, &value, refused))
			pushJsonbValue(state, WJB_ELEM, &value);
		else
			return false;
	}
	return true;
}

/* A scalar; what its value points to lives as long as the document. */
static bool
to_scalar(json_object *json, JsonbValue *result, int *refused)
{
	const char *digits;

	switch (json_object_get_type(json))
	{
		case json_type_boolean:
			result->type = jbvBool;
			result->val.boolean = json_object_get_boolean(json);
			return true;
		case json_type_int:
			result->type = jbvNumeric;
			result->val.numeric = int64_to_numeric(json_object_get_int64(json));
			return true;
		case json_type_double:
			digits = json_object_get_string(json);
			if (!feedback_number_in_range(digits, strlen(digits)))
			{
				*refused = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
				return false;
			}
			result->type = jbvNumeric;
			result->val.numeric = feedback_number_from_text(digits);
			return true;
		case json_type_string:
			return to_string(json_object_get_string(json),
							 json_object_get_string_len(json), result, refused);
		default:
			result->type = jbvNull;
			return true;
	}
}

/* A string, in the encoding of the database. */
static bool
to_string(const char *utf8, int length, JsonbValue *result, int *refused)
{
	const char *string;

	result->type = jbvString;
	if (!feedback_encoding_from_utf8(utf8, length, &string, &result->val.string.len))
	{
		*refused = ERRCODE_UNTRANSLATABLE_CHARACTER;
		return false;
	}
	result->val.string.val = unconstify(char *, string);
	return true;
}
