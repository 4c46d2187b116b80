/*
 * document_parse.c
 *		From JSON texts to documents, by json-c.
 *
 * What json-c would change without a word, json_text.c has noticed before.
 */
#include "postgres.h"

#include <json-c/json.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/encoding.h"
#include "base/json_string.h"
#include "base/json_text.h"
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
