/*
 * split.c
 *		The documents of a batch.
 *
 * A batch is a list of documents or MLflow's JSON of a trace.  It is split by
 * its brackets and strings alone, so that a document that is broken otherwise
 * is refused by itself, when it is read, and the others are not.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/compat.h"
#include "base/json_string.h"
#include "ingest/split.h"
#include "input/document_read.h"

/* What is left of the text */
typedef struct Splitter
{
	const char *at;
	const char *end;
} Splitter;

/* Who is told of the documents */
typedef struct Splitting
{
	DocumentVisitor visitor;
	void	   *arg;
} Splitting;

/* What a trace says of all its documents */
typedef struct Trace
{
	text	   *id;				/* or NULL: the documents have it */
	const Problem *refused;		/* why the id cannot be read, or NULL */
} Trace;

static void split_list(Splitter *s, bool of_traces, const Trace *trace, const Splitting *splitting);
static void split_trace(const char *trace, int length, const Splitting *splitting);
static bool find_last_member(const char *object, int length, const char *name,
							 const char **value, int *value_length);
static bool next_member(Splitter *s, Splitter *name, Splitter *value);
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
	Splitting	splitting = {visitor, arg};
	Trace		none = {NULL, NULL};
	const char *info;
	int			info_length;

	skip_splitter_blanks(&s);
	if (s.at < s.end && *s.at == '[')
		split_list(&s, true, &none, &splitting);
	else if (find_last_member(s.at, s.end - s.at, "info", &info, &info_length))
	{
		const char *trace = s.at;

		split_trace(trace, skip_value(&s), &splitting);
	}
	else
	{
		visitor(s.at, s.end - s.at, NULL, NULL, arg);
		return;
	}

	skip_splitter_blanks(&s);
	if (s.at < s.end)
		visitor(s.at, s.end - s.at, NULL, NULL, arg);
}

/*
 * Visit the elements of a list.
 *
 * Those of the batch itself that are traces are split in turn; those of a
 * trace are documents, whatever they look like, so that nothing nests here.
 */
static void
split_list(Splitter *s, bool of_traces, const Trace *trace, const Splitting *splitting)
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

		CHECK_FOR_INTERRUPTS();
		skip_splitter_blanks(s);
		element = s->at;
		length = skip_value(s);

		if (of_traces && find_last_member(element, length, "info", &info, &info_length))
			split_trace(element, length, splitting);
		else
			splitting->visitor(element, length, trace->id, trace->refused, splitting->arg);

		if (skip_char(s, ','))
			continue;
		if (!skip_char(s, ']'))
			splitting->visitor(s->at, 0, trace->id, trace->refused, splitting->arg);
		return;
	}
}

/*
 * Visit what info.assessments of a trace lists, as of info.trace_id; where that
 * is a string that cannot be read, none of them can be stored.
 */
static void
split_trace(const char *json, int length, const Splitting *splitting)
{
	Trace		trace = {NULL, NULL};
	Problem		problem;
	const char *info;
	int			info_length;
	const char *id;
	int			id_length;
	Splitter	list;

	if (!find_last_member(json, length, "info", &info, &info_length) ||
		!find_last_member(info, info_length, "assessments", &list.at, &length) || *list.at != '[')
		return;
	list.end = list.at + length;

	if (find_last_member(info, info_length, "trace_id", &id, &id_length) && *id == '"' &&
		!feedback_document_read_string(id, id_length, "info.trace_id", "trace_id", &trace.id, &problem))
		trace.refused = &problem;
	split_list(&list, false, &trace, splitting);
}

/* Find a member of an object by its name: the first of it. */
bool
feedback_split_member(const char *object, int length, const char *name,
					  const char **value, int *value_length)
{
	Splitter	s = {object, object + length};
	Splitter	key;
	Splitter	found;

	while (next_member(&s, &key, &found))
	{
		if (!feedback_json_string_is(key.at, key.end - key.at, name))
			continue;
		*value = found.at;
		*value_length = found.end - found.at;
		return *value_length > 0;
	}
	return false;
}

/* The same, of a name that is given twice the last, as in all documents. */
static bool
find_last_member(const char *object, int length, const char *name,
				 const char **value, int *value_length)
{
	Splitter	s = {object, object + length};
	Splitter	key;
	Splitter	found;
	bool		any = false;

	while (next_member(&s, &key, &found))
	{
		if (found.at == found.end || !feedback_json_string_is(key.at, key.end - key.at, name))
			continue;
		*value = found.at;
		*value_length = found.end - found.at;
		any = true;
	}
	return any;
}

/* Step over the next member of an object, which s begins with; false at its end. */
static bool
next_member(Splitter *s, Splitter *name, Splitter *value)
{
	if (!skip_char(s, '{') && !skip_char(s, ','))
		return false;
	skip_splitter_blanks(s);
	if (s->at == s->end || *s->at != '"')
		return false;
	name->at = s->at;
	skip_string(s);
	name->end = s->at;
	skip_splitter_blanks(s);
	if (!skip_char(s, ':'))
		return false;
	skip_splitter_blanks(s);
	value->at = s->at;
	value->end = s->at + skip_value(s);
	return true;
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
		CHECK_FOR_INTERRUPTS();
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
		CHECK_FOR_INTERRUPTS();
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
