/*
 * split.c
 *		The documents of a batch.
 *
 * A batch is a list of documents or MLflow's JSON of a trace.  It is split by
 * its brackets and strings alone, so that a document that is broken otherwise
 * is refused by itself, when it is read, and the others are not.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "base/compat.h"
#include "ingest/split.h"

/* What is left of the text */
typedef struct Splitter
{
	const char *at;
	const char *end;
} Splitter;

static void split_list(Splitter *s, text *trace_id, DocumentVisitor visitor, void *arg);
static void split_trace(const char *trace, int length, DocumentVisitor visitor, void *arg);
static int	skip_value(Splitter *s);
static void skip_string(Splitter *s);
static void skip_splitter_blanks(Splitter *s);
static bool skip_char(Splitter *s, char c);

/*
 * Visit the documents of a batch, in order.
 *
 * What is neither a list nor a trace is visited as if it were one document,
 * and so are a missing end, as an empty one, and what follows the end.
 */
void
feedback_split(const char *json, int length, DocumentVisitor visitor, void *arg)
{
	Splitter	s = {json, json + length};
	const char *info;
	int			info_length;

	skip_splitter_blanks(&s);
	if (s.at < s.end && *s.at == '[')
		split_list(&s, NULL, visitor, arg);
	else if (feedback_split_member(s.at, s.end - s.at, "info", &info, &info_length))
	{
		const char *trace = s.at;

		split_trace(trace, skip_value(&s), visitor, arg);
	}

	else
	{
		visitor(s.at, s.end - s.at, NULL, arg);
		return;
	}

	skip_splitter_blanks(&s);
	if (s.at < s.end)
		visitor(s.at, s.end - s.at, NULL, arg);
}

/* Visit the elements of a list; those that are traces are split in turn. */
static void
split_list(Splitter *s, text *trace_id, DocumentVisitor visitor, void *arg)
{
	const char *info;
	int			info_length;

	s->at++;
	skip_splitter_blanks(s);
	if (skip_char(s, ']'))
		return;

	for (;;)
	{
		const char *element;
		int			length;

		skip_splitter_blanks(s);
		element = s->at;
		length = skip_value(s);

		if (trace_id == NULL && feedback_split_member(element, length, "info", &info, &info_length))
			split_trace(element, length, visitor, arg);
		else
			visitor(element, length, trace_id, arg);

		if (skip_char(s, ','))
			continue;
		if (!skip_char(s, ']'))
			visitor(s->at, 0, trace_id, arg);
		return;
	}
}

/* Visit what info.assessments of a trace lists, as of info.trace_id. */
static void
split_trace(const char *trace, int length, DocumentVisitor visitor, void *arg)
{
	const char *info;
	int			info_length;
	const char *id;
	int			id_length;
	Splitter	list;

	if (!feedback_split_member(trace, length, "info", &info, &info_length) ||
		!feedback_split_member(info, info_length, "assessments", &list.at, &length) || *list.at != '[')
		return;
	list.end = list.at + length;

	/* Trace ids have no characters that JSON would escape */
	if (feedback_split_member(info, info_length, "trace_id", &id, &id_length) && id_length >= 2 && *id == '"')
		split_list(&list, cstring_to_text_with_len(id + 1, id_length - 2), visitor, arg);
	else
		split_list(&list, NULL, visitor, arg);
}

/* Find a member of an object by its name as written. */
bool
feedback_split_member(const char *object, int length, const char *name,
					  const char **value, int *value_length)
{
	Splitter	s = {object, object + length};

	if (!skip_char(&s, '{'))
		return false;
	do
	{
		const char *key;

		skip_splitter_blanks(&s);
		key = s.at;
		if (s.at == s.end || *s.at != '"')
			return false;
		skip_string(&s);
		length = s.at - key;
		skip_splitter_blanks(&s);
		if (!skip_char(&s, ':'))
			return false;
		skip_splitter_blanks(&s);
		*value = s.at;
		*value_length = skip_value(&s);
		if (length == (int) strlen(name) + 2 && memcmp(key + 1, name, strlen(name)) == 0)
			return *value_length > 0;
	} while (skip_char(&s, ','));
	return false;
}

/*
 * Find the first element of a list, or the one that follows an element; false
 * when there is none, or no list.
 */
bool
feedback_split_element(const char *list, int length, const char **element, int *element_length)
{
	Splitter	s = {list, list + length};

	if (*element == NULL)
	{
		if (!skip_char(&s, '['))
			return false;
		skip_splitter_blanks(&s);
		if (s.at == s.end || *s.at == ']')
			return false;
	}
	else
	{
		s.at = *element + *element_length;
		skip_splitter_blanks(&s);
		if (!skip_char(&s, ','))
			return false;
		skip_splitter_blanks(&s);
	}
	*element = s.at;
	*element_length = skip_value(&s);
	return true;
}

/* Skip to the comma or bracket that ends a value; its length, without blanks. */
static int
skip_value(Splitter *s)
{
	const char *start = s->at;
	const char *end;
	int			depth = 0;

	while (s->at < s->end)
	{
		if (depth == 0 && (*s->at == ',' || *s->at == '}' || *s->at == ']'))
			break;
		switch (*s->at)
		{
			case '"':
				skip_string(s);
				continue;
			case '{':
			case '[':
				depth++;
				break;
			case '}':
			case ']':
				depth--;
				break;
		}
		s->at++;
	}

	for (end = s->at; end > start && strchr(" \t\r\n", end[-1]) != NULL; end--)
		;
	return end - start;
}

static void
skip_string(Splitter *s)
{
	for (s->at++; s->at < s->end; s->at++)
	{
		if (*s->at == '\\' && s->at + 1 < s->end)
			s->at++;
		else if (*s->at == '"')
		{
			s->at++;
			return;
		}
	}
}

static void
skip_splitter_blanks(Splitter *s)
{
	while (s->at < s->end && strchr(" \t\r\n", *s->at) != NULL)
		s->at++;
}

static bool
skip_char(Splitter *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}
