/*
 * json_text.c
 *		A lexical pass over JSON text, strict where json-c is not.
 *
 * json-c accepts, or silently changes, much that RFC 8259 forbids or that a
 * database cannot hold: NaN, "1.", "-01", raw control characters, lone
 * surrogates, escaped NULs, integers beyond 64 bits.  So every text goes
 * through here before json-c sees it.  This file is also the authority on
 * nesting.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/json_text.h"

/* Integers of fewer digits always fit 64 bits */
#define WIDE_INTEGER_DIGITS 19

typedef struct Scanner
{
	const char *start;
	const char *at;
	const char *end;
	int			nesting;
	int			max_nesting;
	bool		syntax_only;	/* what cannot be held is nobody's concern */
	JsonText   *result;
} Scanner;

static bool scan(Scanner *s);
static int	characters(const char *json, int length);
static bool scan_value(Scanner *s);
static bool scan_object(Scanner *s);
static bool scan_array(Scanner *s);
static bool scan_string(Scanner *s);
static bool scan_escape(Scanner *s);
static bool scan_unicode_escape(Scanner *s);
static int	read_hex4(Scanner *s);
static bool scan_number(Scanner *s);
static bool scan_word(Scanner *s, const char *word);
static bool enter(Scanner *s);
static void skip_scanner_blanks(Scanner *s);
static void skip_digits(Scanner *s);
static void note_member(Scanner *s, const char *name, int length);
static bool refuse_text(Scanner *s, int sqlstate, const char *complaint);

/*
 * Check that a UTF-8 text is one JSON value within the limits.
 *
 * The outermost object or list is level 1 of the nesting.  On success,
 * result->wide_integers lists where json-c needs help.
 */
bool
feedback_json_text_scan(const char *json, int length, int max_nesting, JsonText *result)
{
	Scanner		s = {json, json, json + length, 0, max_nesting, false, result};

	return scan(&s);
}

/*
 * Check the syntax alone, of a text that holds many documents: what the
 * database could not hold is for the one document that has it.
 */
bool
feedback_json_text_check_syntax(const char *json, int length, int max_nesting, JsonText *result)
{
	Scanner		s = {json, json, json + length, 0, max_nesting, true, result};

	return scan(&s);
}

/*
 * Say why a text was refused.
 *
 * The subject names the text in the message.  Always returns false.
 */
bool
feedback_json_text_problem(const JsonText *refused, const char *json,
						   const char *subject, const char *column,
						   Problem *problem)
{
	int			character = characters(json, refused->offset) + 1;
	char	   *detail = psprintf("%s at character %d.", refused->complaint, character);
	const char *hint = NULL;
	const char *message;

	switch (refused->sqlstate)
	{
		case ERRCODE_UNTRANSLATABLE_CHARACTER:
			message = "%s holds a character that the database cannot hold";
			break;
		case ERRCODE_STATEMENT_TOO_COMPLEX:
			message = "%s is nested too deeply";
			hint = "A document nests up to 64 levels, its outer object included.";
			break;
		default:
			message = "%s is not valid JSON";
	}
	return feedback_problem_set(problem, refused->sqlstate, column,
								psprintf(message, subject), detail, hint);
}

/*
 * Does a text read, but for blanks around it, as a JSON value other than a
 * string?  Used to notice values that a driver sent as untyped text.
 */
bool
feedback_json_text_reads_as_value(const char *json, int length)
{
	JsonText	result;
	Scanner		s = {json, json, json + length, 0, MAX_NESTING, false, &result};

	skip_scanner_blanks(&s);
	if (s.at == s.end || strchr("tfn-0123456789{[", *s.at) == NULL)
		return false;

	/* JSON beyond the limits is JSON nevertheless */
	return feedback_json_text_scan(json, length, MAX_NESTING, &result) ||
		result.sqlstate != ERRCODE_INVALID_JSON_TEXT;
}

/* Scan the whole of a text. */
static bool
scan(Scanner *s)
{
	memset(s->result, 0, sizeof(JsonText));

	if (s->end - s->start >= 3 && memcmp(s->start, "\xEF\xBB\xBF", 3) == 0)
		return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "There is a byte order mark");

	skip_scanner_blanks(s);
	if (!scan_value(s))
		return false;
	skip_scanner_blanks(s);
	if (s->at < s->end)
		return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "There is text after the end");
	return true;
}

/* How many characters of UTF-8? */
static int
characters(const char *json, int length)
{
	int			count = 0;

	while (length-- > 0)
		count += ((*json++ & 0xC0) != 0x80);
	return count;
}

static bool
scan_value(Scanner *s)
{
	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (s->at == s->end)
		return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "Expected a value, but the text ends");

	switch (*s->at)
	{
		case '{':
			return scan_object(s);
		case '[':
			return scan_array(s);
		case '"':
			return scan_string(s);
		case 't':
			return scan_word(s, "true");
		case 'f':
			return scan_word(s, "false");
		case 'n':
			return scan_word(s, "null");
		default:
			return scan_number(s);
	}
}

static bool
scan_object(Scanner *s)
{
	if (!enter(s))
		return false;

	skip_scanner_blanks(s);
	if (s->at < s->end && *s->at == '}')
	{
		s->at++;
		s->nesting--;
		return true;
	}

	for (;;)
	{
		const char *name;

		skip_scanner_blanks(s);
		if (s->at == s->end || *s->at != '"')
			return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "Expected a member name in double quotes");
		name = s->at;
		note_member(s, NULL, 0);
		if (!scan_string(s))
			return false;
		note_member(s, name + 1, s->at - name - 2);

		skip_scanner_blanks(s);
		if (s->at == s->end || *s->at != ':')
			return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "Expected \":\"");
		s->at++;
		skip_scanner_blanks(s);
		if (!scan_value(s))
			return false;

		skip_scanner_blanks(s);
		if (s->at < s->end && *s->at == ',')
		{
			s->at++;
			continue;
		}
		if (s->at == s->end || *s->at != '}')
			return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "Expected \",\" or \"}\"");
		s->at++;
		s->nesting--;
		return true;
	}
}

static bool
scan_array(Scanner *s)
{
	if (!enter(s))
		return false;
	note_member(s, NULL, 0);

	skip_scanner_blanks(s);
	if (s->at < s->end && *s->at == ']')
	{
		s->at++;
		s->nesting--;
		return true;
	}

	for (;;)
	{
		skip_scanner_blanks(s);
		if (!scan_value(s))
			return false;

		skip_scanner_blanks(s);
		if (s->at < s->end && *s->at == ',')
		{
			s->at++;
			continue;
		}
		if (s->at == s->end || *s->at != ']')
			return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "Expected \",\" or \"]\"");
		s->at++;
		s->nesting--;
		return true;
	}
}

static bool
scan_string(Scanner *s)
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
			return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "There is an unescaped control character in a string");
		if (c == '\\')
		{
			if (!scan_escape(s))
				return false;
		}
		else
			s->at++;
	}
	return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "Expected a double quote, but the text ends");
}

static bool
scan_escape(Scanner *s)
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
	return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "There is an invalid escape in a string");
}

static bool
scan_unicode_escape(Scanner *s)
{
	const char *start = s->at;
	int			unit = read_hex4(s);

	if (unit < 0)
		return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "There is an invalid escape in a string");
	if (s->syntax_only)
		return true;
	if (unit == 0)
	{
		s->at = start;
		return refuse_text(s, ERRCODE_UNTRANSLATABLE_CHARACTER, "There is \\u0000");
	}
	if (unit >= 0xD800 && unit <= 0xDFFF)
	{
		int			second = -1;

		if (unit <= 0xDBFF && s->end - s->at >= 2 && s->at[0] == '\\' && s->at[1] == 'u')
		{
			second = read_hex4(s);
			if (second < 0)
				return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "There is an invalid escape in a string");
		}
		if (second < 0xDC00 || second > 0xDFFF)
		{
			s->at = start;
			return refuse_text(s, ERRCODE_UNTRANSLATABLE_CHARACTER, "There is half of a surrogate pair");
		}
	}
	return true;
}

/* Read \uXXXX; -1 when it is not that, without moving. */
static int
read_hex4(Scanner *s)
{
	int			unit = 0;
	int			i;

	if (s->end - s->at < 6)
		return -1;
	for (i = 2; i < 6; i++)
	{
		char		c = s->at[i];

		if (c >= '0' && c <= '9')
			unit = unit * 16 + (c - '0');
		else if (c >= 'a' && c <= 'f')
			unit = unit * 16 + (c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			unit = unit * 16 + (c - 'A' + 10);
		else
			return -1;
	}
	s->at += 6;
	return unit;
}

static bool
scan_number(Scanner *s)
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
		return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "Expected a value");
	}
	if (*digits == '0' && s->at - digits > 1)
		return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "There is a number with a leading zero");

	if (s->at < s->end && *s->at == '.')
	{
		const char *fraction = ++s->at;

		integer = false;
		skip_digits(s);
		if (s->at == fraction)
			return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "Expected a digit");
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
			return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "Expected a digit");
	}

	if (integer && !s->syntax_only && s->at - digits >= WIDE_INTEGER_DIGITS)
		s->result->wide_integers = lappend_int(s->result->wide_integers, s->at - s->start);
	return true;
}

static bool
scan_word(Scanner *s, const char *word)
{
	size_t		length = strlen(word);

	if ((size_t) (s->end - s->at) < length || memcmp(s->at, word, length) != 0)
		return refuse_text(s, ERRCODE_INVALID_JSON_TEXT, "Expected a value");
	s->at += length;
	return true;
}

/* Step into an object or a list. */
static bool
enter(Scanner *s)
{
	if (++s->nesting > s->max_nesting)
		return refuse_text(s, ERRCODE_STATEMENT_TOO_COMPLEX, "There is one level too many");
	s->at++;
	return true;
}

static void
skip_scanner_blanks(Scanner *s)
{
	while (s->at < s->end &&
		   (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
		s->at++;
}

static void
skip_digits(Scanner *s)
{
	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
}

/* Remember the member that we are in, or NULL, so that a refusal can name it. */
static void
note_member(Scanner *s, const char *name, int length)
{
	int			level = s->nesting - 1;

	if (level >= JSON_TEXT_LEVELS)
		return;
	s->result->member[level] = name;
	s->result->member_length[level] = length;
	if (level + 1 < JSON_TEXT_LEVELS)
		s->result->member[level + 1] = NULL;
}

static bool
refuse_text(Scanner *s, int sqlstate, const char *complaint)
{
	s->result->sqlstate = sqlstate;
	s->result->complaint = complaint;
	s->result->offset = s->at - s->start;
	return false;
}
