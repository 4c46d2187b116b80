/*
 * json_string.c
 *		Strings of a JSON text, compared by what they say.
 *
 * "info" may be written "\u0069nfo", so whoever looks for a member or a value
 * in a text that is not parsed comes here.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "base/json_string.h"

/* A character of a string takes six bytes at most, as \uXXXX; beyond U+FFFF twelve for four */
#define MAX_BYTES_WRITTEN	6

static bool decode_escape(const char **at, const char *end, char **out);
static bool decode_unicode_escape(const char **at, const char *end, char **out);

/*
 * What a string says, which stands without its quotes in so many bytes: in
 * UTF-8 where it has escapes, otherwise as it is written.
 *
 * NULL for what is no string of JSON, or none that a database can hold.
 */
char *
feedback_json_string_decode(const char *json, int length, int *decoded_length)
{
	const char *end = json + length;
	char	   *decoded = palloc_extended(length + 1, MCXT_ALLOC_HUGE);
	char	   *out = decoded;

	while (json < end)
	{
		if (*json != '\\')
			*out++ = *json++;
		else if (!decode_escape(&json, end, &out))
		{
			pfree(decoded);
			return NULL;
		}
	}
	*out = '\0';
	*decoded_length = out - decoded;
	return decoded;
}

/* Is a value, with its quotes, this string of ASCII? */
bool
feedback_json_string_is(const char *json, int length, const char *string)
{
	int			wanted = strlen(string);
	char	   *decoded;
	int			decoded_length;
	bool		same;

	if (length < wanted + 2 || *json != '"')
		return false;
	if (length == wanted + 2)
		return memcmp(json + 1, string, wanted) == 0;
	if (length > MAX_BYTES_WRITTEN * wanted + 2 || memchr(json, '\\', length) == NULL)
		return false;

	decoded = feedback_json_string_decode(json + 1, length - 2, &decoded_length);
	if (decoded == NULL)
		return false;
	same = decoded_length == wanted && memcmp(decoded, string, wanted) == 0;
	pfree(decoded);
	return same;
}

/* The code of \uXXXX; -1 if it is not that. */
int
feedback_json_string_unit(const char *at, const char *end)
{
	int			unit = 0;
	int			i;

	if (end - at < JSON_UNIT_LENGTH || at[0] != '\\' || at[1] != 'u')
		return -1;
	for (i = 2; i < JSON_UNIT_LENGTH; i++)
	{
		char		c = pg_ascii_tolower((unsigned char) at[i]);

		if (c >= '0' && c <= '9')
			unit = unit * 16 + (c - '0');
		else if (c >= 'a' && c <= 'f')
			unit = unit * 16 + (c - 'a' + 10);
		else
			return -1;
	}
	return unit;
}

/* Decode what follows a backslash. */
static bool
decode_escape(const char **at, const char *end, char **out)
{
	static const char written[] = "\"\\/bfnrt";
	static const char meant[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (end - *at < 2)
		return false;
	if ((*at)[1] == 'u')
		return decode_unicode_escape(at, end, out);
	found = memchr(written, (*at)[1], sizeof(written) - 1);
	if (found == NULL)
		return false;
	*(*out)++ = meant[found - written];
	*at += 2;
	return true;
}

/* Decode \uXXXX, or two of them that are one character. */
static bool
decode_unicode_escape(const char **at, const char *end, char **out)
{
	pg_wchar	character = feedback_json_string_unit(*at, end);

	*at += JSON_UNIT_LENGTH;
	if (is_utf16_surrogate_first(character))
	{
		int			second = feedback_json_string_unit(*at, end);

		if (second < 0 || !is_utf16_surrogate_second(second))
			return false;
		character = surrogate_pair_to_codepoint(character, second);
		*at += JSON_UNIT_LENGTH;
	}
	if (character == 0 || is_utf16_surrogate_second(character) || !is_valid_unicode_codepoint(character))
		return false;
	unicode_to_utf8(character, (unsigned char *) *out);
	*out += pg_utf_mblen((unsigned char *) *out);
	return true;
}
