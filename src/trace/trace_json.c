/*
 * trace_json.c
 *		JSON as Python writes it, which jsonb does not take all of.
 *
 * NaN and infinities, numbers beyond a double, escaped NULs and halves of
 * surrogate pairs are made text, so that one of these does not cost the rest.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "base/compat.h"
#include "base/encoding.h"
#include "base/json_string.h"
#include "base/json_text.h"
#include "base/number.h"
#include "trace/trace.h"

/* Python stops at a thousand or so */
#define MAX_DEPTH	500

/* jsonb has room for a little more in a text */
#define MAX_LENGTH	200000000

#define NOTE_CHANGED \
	"what jsonb cannot hold is given as text: NaN, infinities, numbers beyond a double, characters that the database lacks"
#define NOTE_UNREADABLE	"the content is no JSON"
#define NOTE_DEEP		"the content is nested too deeply"
#define NOTE_LONG		"the content is too long"

static bool mend(StringInfo out, const char *json, const char *end);
static const char *copy_escape(StringInfo out, const char *json, const char *end, bool *changed);
static bool can_hold(int unit, int second);
static const char *copy_token(StringInfo out, const char *json, const char *end, bool *changed);
static Datum with_note(Datum object, const char *note);
static Datum text_with_note(const char *content, int length, const char *note);

PG_FUNCTION_INFO_V1(feedback_trace_json);
PG_FUNCTION_INFO_V1(feedback_trace_span_attribute);

/* trace_json(content text) returns jsonb */
Datum
feedback_trace_json(PG_FUNCTION_ARGS)
{
	text	   *content = PG_GETARG_TEXT_PP(0);

	PG_RETURN_DATUM(feedback_trace_read_json(VARDATA_ANY(content), VARSIZE_ANY_EXHDR(content)));
}

/*
 * span_attribute(content text, name text) returns text
 *
 * MLflow has the attributes of a span as JSON within texts.
 */
Datum
feedback_trace_span_attribute(PG_FUNCTION_ARGS)
{
	text	   *content = PG_GETARG_TEXT_PP(0);
	text	   *name = PG_GETARG_TEXT_PP(1);
	Jsonb	   *span = DatumGetJsonbP(feedback_trace_read_json(VARDATA_ANY(content), VARSIZE_ANY_EXHDR(content)));
	JsonbValue	attributes;
	JsonbValue	value;
	Jsonb	   *inner;

	if (!JB_ROOT_IS_OBJECT(span) ||
		getKeyJsonValueFromContainer(&span->root, "attributes", strlen("attributes"), &attributes) == NULL ||
		attributes.type != jbvBinary || !JsonContainerIsObject(attributes.val.binary.data) ||
		getKeyJsonValueFromContainer(attributes.val.binary.data, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &value) == NULL ||
		value.type == jbvNull)
		PG_RETURN_NULL();
	if (value.type != jbvString)
	{
		inner = JsonbValueToJsonb(&value);
		PG_RETURN_TEXT_P(cstring_to_text(JsonbToCString(NULL, &inner->root, VARSIZE(inner))));
	}
	if (value.val.string.len > 0 && value.val.string.val[0] == '"')
	{
		inner = DatumGetJsonbP(feedback_trace_read_json(value.val.string.val, value.val.string.len));
		if (JB_ROOT_IS_SCALAR(inner) && getIthJsonbValueFromContainer(&inner->root, 0)->type == jbvString)
			value = *getIthJsonbValueFromContainer(&inner->root, 0);
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(value.val.string.val, value.val.string.len));
}

/* A text as jsonb, whatever it is; what had to be changed, or could not be read, has a note. */
Datum
feedback_trace_read_json(const char *json, int length)
{
	StringInfoData mended;
	JsonText	refused = {0};
	bool		changed;
	Datum		result;

	if (length > MAX_LENGTH)
		return with_note(DirectFunctionCall1(jsonb_in, CStringGetDatum("{\"content\": null}")), NOTE_LONG);
	initStringInfo(&mended);
	changed = mend(&mended, json, json + length);
	if (mended.len > MAX_LENGTH || !feedback_json_text_scan(mended.data, mended.len, MAX_DEPTH, &refused))
		return text_with_note(json, length,
							  mended.len > MAX_LENGTH ? NOTE_LONG :
							  refused.sqlstate == ERRCODE_STATEMENT_TOO_COMPLEX ? NOTE_DEEP : NOTE_UNREADABLE);
	result = DirectFunctionCall1(jsonb_in, CStringGetDatum(mended.data));
	return changed ? with_note(result, NOTE_CHANGED) : result;
}

/* Copy a text with what jsonb does not take as text; was there any? */
static bool
mend(StringInfo out, const char *json, const char *end)
{
	bool		changed = false;
	bool		within = false; /* a string */

	while (json < end)
	{
		CHECK_FOR_INTERRUPTS();
		if (*json == '"')
			within = !within;
		if (within && *json == '\\')
			json = copy_escape(out, json, end, &changed);
		else if (!within && (*json == '-' || (*json >= '0' && *json <= '9') || *json == 'N' || *json == 'I'))
			json = copy_token(out, json, end, &changed);
		else
			appendStringInfoCharMacro(out, *json++);
	}
	return changed;
}

/* An escape in a string; one that cannot be held becomes the text of it. */
static const char *
copy_escape(StringInfo out, const char *json, const char *end, bool *changed)
{
	int			unit = feedback_json_string_unit(json, end);
	int			second = -1;
	int			length = Min(end - json, 2);

	if (unit >= 0)
	{
		length = JSON_UNIT_LENGTH;
		if (is_utf16_surrogate_first(unit))
		{
			second = feedback_json_string_unit(json + length, end);
			if (second >= 0 && is_utf16_surrogate_second(second))
				length += JSON_UNIT_LENGTH;
			else
				second = -1;
		}
		if (!can_hold(unit, second))
		{
			appendStringInfoChar(out, '\\');
			*changed = true;
			length = JSON_UNIT_LENGTH;	/* the second half is alone then */
		}
	}
	appendBinaryStringInfo(out, json, length);
	return json + length;
}

/* Can the database hold the character of one escape, or two? */
static bool
can_hold(int unit, int second)
{
	unsigned char utf8[5] = {0};
	const char *converted;
	int			converted_length;
	pg_wchar	c = unit;

	if (unit == 0 || is_utf16_surrogate_second(unit) || (is_utf16_surrogate_first(unit) && second < 0))
		return false;
	if (second >= 0)
		c = surrogate_pair_to_codepoint(unit, second);
	if (GetDatabaseEncoding() == PG_UTF8 || c < 0x80)
		return true;
	unicode_to_utf8(c, utf8);
	return GetDatabaseEncoding() != PG_SQL_ASCII &&
		feedback_encoding_from_utf8((char *) utf8, pg_utf_mblen(utf8), &converted, &converted_length);
}

/* A number, or what Python writes for what is none */
static const char *
copy_token(StringInfo out, const char *json, const char *end, bool *changed)
{
	static const char *const words[] = {"NaN", "Infinity", "-Infinity"};
	int			length = 1;
	bool		quote = false;
	int			i;

	for (i = 0; i < (int) lengthof(words) && !quote; i++)
	{
		length = strlen(words[i]);
		quote = end - json >= length && memcmp(json, words[i], length) == 0;
	}
	if (!quote)
	{
		length = 1;
		while (json + length < end && strchr("0123456789+-.eE", json[length]) != NULL && json[length] != '\0')
			length++;
		quote = (*json == '-' ? length > 1 && json[1] >= '0' && json[1] <= '9' : *json >= '0' && *json <= '9') &&
			!feedback_number_in_range(json, length);
	}
	*changed |= quote;
	if (quote)
		appendStringInfoChar(out, '"');
	appendBinaryStringInfo(out, json, length);
	if (quote)
		appendStringInfoChar(out, '"');
	return json + length;
}

/* An object with a note; anything else as it is. */
static Datum
with_note(Datum object, const char *note)
{
	Jsonb	   *jsonb = DatumGetJsonbP(object);
	Jsonb	   *added;
	JsonbParseState *state = NULL;
	JsonbValue	key = {.type = jbvString};
	JsonbValue	value = {.type = jbvString};

	if (!JB_ROOT_IS_OBJECT(jsonb))
		return object;
	key.val.string.val = "note";
	key.val.string.len = strlen("note");
	value.val.string.val = unconstify(char *, note);
	value.val.string.len = strlen(note);
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	pushJsonbValue(&state, WJB_KEY, &key);
	pushJsonbValue(&state, WJB_VALUE, &value);
	added = JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
	return DirectFunctionCall2(jsonb_concat, object, JsonbPGetDatum(added));
}

/* What cannot be read, as a text in an object */
static Datum
text_with_note(const char *content, int length, const char *note)
{
	JsonbParseState *state = NULL;
	JsonbValue	key = {.type = jbvString};
	JsonbValue	value = {.type = jbvString};

	key.val.string.val = "content";
	key.val.string.len = strlen("content");
	value.val.string.val = unconstify(char *, content);
	value.val.string.len = length;
	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	pushJsonbValue(&state, WJB_KEY, &key);
	pushJsonbValue(&state, WJB_VALUE, &value);
	return with_note(JsonbPGetDatum(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL))), note);
}
