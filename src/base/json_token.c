/*
 * json_token.c
 *		Strings, numbers and words of JSON text, for json_text.c.
 *
 * Each function steps behind what it reads, or refuses the text.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "base/json_string.h"
#include "base/json_token.h"

/* Integers of fewer digits always fit 64 bits */
#define WIDE_INTEGER_DIGITS 19

static bool scan_escape(JsonScanner *s);
static bool scan_unicode_escape(JsonScanner *s);
static int	read_unit(JsonScanner *s);
static void skip_digits(JsonScanner *s);

/* A string, from its quote to its other one. */
bool
feedback_json_token_string(JsonScanner *s)
{
	s->at++;
	while (s->at < s->end)
	{
		unsigned char c = (unsigned char) *s->at;

		CHECK_FOR_INTERRUPTS();
		if (c == '"')
		{
			s->at++;
			return true;
		}
		if (c < 0x20)
			return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "There is an unescaped control character in a string");
		if (c == '\\')
		{
			if (!scan_escape(s))
				return false;
		}
		else
			s->at++;
	}
	return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "Expected a double quote, but the text ends");
}

/* A number; wide integers are noted. */
bool
feedback_json_token_number(JsonScanner *s)
{
	const char *start = s->at;
	const char *digits;
	bool		integer = true;

	if (*s->at == '-')
		s->at++;
	digits = s->at;
	skip_digits(s);
	if (s->at == digits)
	{
		s->at = start;
		return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "Expected a value");
	}
	if (*digits == '0' && s->at - digits > 1)
		return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "There is a number with a leading zero");

	if (s->at < s->end && *s->at == '.')
	{
		const char *fraction = ++s->at;

		integer = false;
		skip_digits(s);
		if (s->at == fraction)
			return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "Expected a digit");
	}
	if (s->at < s->end && (*s->at == 'e' || *s->at == 'E'))
	{
		const char *exponent;

		integer = false;
		s->at++;
		if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
			s->at++;
		exponent = s->at;
		skip_digits(s);
		if (s->at == exponent)
			return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "Expected a digit");
	}

	if (integer && !s->syntax_only && s->at - digits >= WIDE_INTEGER_DIGITS)
		s->result->wide_integers = lappend_int(s->result->wide_integers, s->at - s->start);
	return true;
}

/* This word: true, false or null. */
bool
feedback_json_token_word(JsonScanner *s, const char *word)
{
	size_t		length = strlen(word);

	if ((size_t) (s->end - s->at) < length || memcmp(s->at, word, length) != 0)
		return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "Expected a value");
	s->at += length;
	return true;
}

/* Refuse the text for what is where the scanner is.  Always returns false. */
bool
feedback_json_token_refuse(JsonScanner *s, int sqlstate, const char *complaint)
{
	s->result->sqlstate = sqlstate;
	s->result->complaint = complaint;
	s->result->offset = s->at - s->start;
	return false;
}

static bool
scan_escape(JsonScanner *s)
{
	if (s->end - s->at >= 2)
	{
		if (s->at[1] == 'u')
			return scan_unicode_escape(s);
		if (strchr("\"\\/bfnrt", s->at[1]) != NULL && s->at[1] != '\0')
		{
			s->at += 2;
			return true;
		}
	}
	return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "There is an invalid escape in a string");
}

static bool
scan_unicode_escape(JsonScanner *s)
{
	const char *start = s->at;
	int			unit = read_unit(s);

	if (unit < 0)
		return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "There is an invalid escape in a string");
	if (s->syntax_only)
		return true;
	if (unit == 0)
	{
		s->at = start;
		return feedback_json_token_refuse(s, ERRCODE_UNTRANSLATABLE_CHARACTER, "There is \\u0000");
	}
	if (is_utf16_surrogate_first(unit) || is_utf16_surrogate_second(unit))
	{
		int			second = -1;

		if (is_utf16_surrogate_first(unit) && s->end - s->at >= 2 && s->at[0] == '\\' && s->at[1] == 'u')
		{
			second = read_unit(s);
			if (second < 0)
				return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "There is an invalid escape in a string");
		}
		if (second < 0 || !is_utf16_surrogate_second(second))
		{
			s->at = start;
			return feedback_json_token_refuse(s, ERRCODE_UNTRANSLATABLE_CHARACTER, "There is half of a surrogate pair");
		}
	}
	return true;
}

/* Read \uXXXX; -1 when it is not that, without moving. */
static int
read_unit(JsonScanner *s)
{
	int			unit = feedback_json_string_unit(s->at, s->end);

	if (unit >= 0)
		s->at += JSON_UNIT_LENGTH;
	return unit;
}

static void
skip_digits(JsonScanner *s)
{
	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
}
