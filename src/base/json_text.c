/*
 * json_text.c
 *		A lexical pass over JSON text, strict where json-c is not.
 *
 * json-c accepts, or silently changes, much that RFC 8259 forbids or that a
 * database cannot hold: NaN, "1.", "-01", raw control characters, lone
 * surrogates, escaped NULs, integers beyond 64 bits.  So every text goes
 * through here before json-c sees it.  This file has the values, lists and
 * objects, and is the authority on nesting; json_token.c has the rest.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/json_text.h"
#include "base/json_token.h"

static bool scan(JsonScanner *s);
static int	characters(const char *json, int length);
static bool scan_value(JsonScanner *s);
static bool scan_object(JsonScanner *s);
static bool scan_array(JsonScanner *s);
static bool enter(JsonScanner *s);
static void skip_scanner_blanks(JsonScanner *s);
static void note_member(JsonScanner *s, const char *name, int length);

/*
 * Check that a UTF-8 text is one JSON value within the limits.
 *
 * The outermost object or list is level 1 of the nesting.  On success,
 * result->wide_integers lists where json-c needs help.
 */
bool
feedback_json_text_scan(const char *json, int length, int max_nesting, JsonText *result)
{
	JsonScanner s = {json, json, json + length, 0, max_nesting, false, result};

	return scan(&s);
}

/*
 * Check the syntax alone, of a text that holds many documents: what the
 * database could not hold is for the one document that has it.
 */
bool
feedback_json_text_check_syntax(const char *json, int length, int max_nesting, JsonText *result)
{
	JsonScanner s = {json, json, json + length, 0, max_nesting, true, result};

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
	JsonScanner s = {json, json, json + length, 0, MAX_NESTING, false, &result};

	skip_scanner_blanks(&s);
	if (s.at == s.end || strchr("tfn-0123456789{[", *s.at) == NULL)
		return false;

	/* JSON beyond the limits is JSON nevertheless */
	return feedback_json_text_scan(json, length, MAX_NESTING, &result) ||
		result.sqlstate != ERRCODE_INVALID_JSON_TEXT;
}

/* Scan the whole of a text. */
static bool
scan(JsonScanner *s)
{
	memset(s->result, 0, sizeof(JsonText));

	if (s->end - s->start >= 3 && memcmp(s->start, "\xEF\xBB\xBF", 3) == 0)
		return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "There is a byte order mark");

	skip_scanner_blanks(s);
	if (!scan_value(s))
		return false;
	skip_scanner_blanks(s);
	if (s->at < s->end)
		return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "There is text after the end");
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
scan_value(JsonScanner *s)
{
	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	if (s->at == s->end)
		return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "Expected a value, but the text ends");

	switch (*s->at)
	{
		case '{':
			return scan_object(s);
		case '[':
			return scan_array(s);
		case '"':
			return feedback_json_token_string(s);
		case 't':
			return feedback_json_token_word(s, "true");
		case 'f':
			return feedback_json_token_word(s, "false");
		case 'n':
			return feedback_json_token_word(s, "null");
		default:
			return feedback_json_token_number(s);
	}
}

static bool
scan_object(JsonScanner *s)
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
			return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "Expected a member name in double quotes");
		name = s->at;
		note_member(s, NULL, 0);
		if (!feedback_json_token_string(s))
			return false;
		note_member(s, name + 1, s->at - name - 2);

		skip_scanner_blanks(s);
		if (s->at == s->end || *s->at != ':')
			return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "Expected \":\"");
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
			return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "Expected \",\" or \"}\"");
		s->at++;
		s->nesting--;
		return true;
	}
}

static bool
scan_array(JsonScanner *s)
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
			return feedback_json_token_refuse(s, ERRCODE_INVALID_JSON_TEXT, "Expected \",\" or \"]\"");
		s->at++;
		s->nesting--;
		return true;
	}
}

/* Step into an object or a list. */
static bool
enter(JsonScanner *s)
{
	if (++s->nesting > s->max_nesting)
		return feedback_json_token_refuse(s, ERRCODE_STATEMENT_TOO_COMPLEX, "There is one level too many");
	s->at++;
	return true;
}

static void
skip_scanner_blanks(JsonScanner *s)
{
	while (s->at < s->end &&
		   (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
		s->at++;
}

/* Remember the member that we are in, or NULL, so that a refusal can name it. */
static void
note_member(JsonScanner *s, const char *name, int length)
{
	int			level = s->nesting - 1;

	if (level >= JSON_TEXT_LEVELS)
		return;
	s->result->member[level] = name;
	s->result->member_length[level] = length;
	if (level + 1 < JSON_TEXT_LEVELS)
		s->result->member[level + 1] = NULL;
}
