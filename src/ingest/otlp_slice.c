/*
 * otlp_slice.c
 *		Parts of a JSON text that is right.
 *
 * A document is walked as it is written, by its brackets and strings, so that
 * what is not wanted of it is never parsed.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/json_string.h"
#include "ingest/otlp_slice.h"
#include "ingest/split.h"

static bool contains(Slice slice, const char *word);

/* Find a member of an object by its name. */
bool
feedback_slice_member(Slice object, const char *name, Slice *value)
{
	return feedback_split_member(object.at, object.length, name, &value->at, &value->length);
}

/* The first element of a list, or the next one. */
bool
feedback_slice_next(Slice list, Slice *element)
{
	return feedback_split_element(list.at, list.length, &element->at, &element->length);
}

/* Is a value this string? */
bool
feedback_slice_is_string(Slice value, const char *string)
{
	return feedback_json_string_is(value.at, value.length, string);
}

/* May a string anywhere in it have this word?  With an escape it may. */
bool
feedback_slice_may_contain(Slice slice, const char *word)
{
	return contains(slice, word) || contains(slice, "\\u");
}

/* Does a word stand anywhere in it, as it is? */
static bool
contains(Slice slice, const char *word)
{
	const char *end = slice.at + slice.length;
	const char *at = slice.at;

	while ((at = memchr(at, *word, end - at)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		if (feedback_slice_skip_word(at, end, word) != NULL)
			return true;
		at++;
	}
	return false;
}

/* Where a text goes on behind a word; NULL when it does not begin with it. */
const char *
feedback_slice_skip_word(const char *at, const char *end, const char *word)
{
	int			length = strlen(word);

	return (end - at >= length && memcmp(at, word, length) == 0) ? at + length : NULL;
}

bool
feedback_slice_is_null(Slice value)
{
	return value.length == 4 && memcmp(value.at, "null", 4) == 0;
}

/* A part of the text without the blanks around it. */
Slice
feedback_slice_trim(const char *at, int length)
{
	Slice		slice;

	while (length > 0 && strchr(" \t\r\n", *at) != NULL)
		at++, length--;
	while (length > 0 && strchr(" \t\r\n", at[length - 1]) != NULL)
		length--;
	slice.at = at;
	slice.length = length;
	return slice;
}
