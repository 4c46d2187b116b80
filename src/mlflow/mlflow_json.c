/*
 * mlflow_json.c
 *		Values as MLflow's clients write them: as Python's json.dumps() does.
 *
 * MLflow compares these texts.  So they are ASCII, have blanks where Python has
 * them, and numbers have the digits of a double.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "base/encoding.h"
#include "mlflow/mlflow.h"

/* A decimal of so many digits is the shortest text of its double */
#define DOUBLE_DIGITS	15

static char *number_text(Numeric number);
static void append_string(StringInfo out, const char *string, int length);
static void append_ascii(StringInfo out, const char *json, int length);
static void append_code_point(StringInfo out, pg_wchar code);
static void append_member(StringInfo out, const char *name, const text *value);

/* A value, or null where there is only an error */
char *
feedback_mlflow_json_value(const Value *value)
{
	StringInfoData out;
	char	   *json;

	initStringInfo(&out);
	switch (value->type)
	{
		case VALUE_BOOLEAN:
			return value->as.boolean ? "true" : "false";
		case VALUE_NUMERIC:
			return number_text(value->as.numeric);
		case VALUE_TEXT:
			append_string(&out, VARDATA_ANY(value->as.text), VARSIZE_ANY_EXHDR(value->as.text));
			return out.data;
		case VALUE_JSON:
			json = JsonbToCString(NULL, &value->as.json->root, VARSIZE(value->as.json));
			append_ascii(&out, json, strlen(json));
			return out.data;
		default:
			return "null";
	}
}

/* Metadata whose values are all text, as MLflow's protocol has it; NULL for none */
char *
feedback_mlflow_json_metadata(Jsonb *metadata)
{
	StringInfoData out;
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	part;

	if (metadata == NULL)
		return NULL;
	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	iterator = JsonbIteratorInit(&metadata->root);
	while ((token = JsonbIteratorNext(&iterator, &part, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
		{
			if (out.len > 1)
				appendStringInfoString(&out, ", ");
			append_string(&out, part.val.string.val, part.val.string.len);
			appendStringInfoString(&out, ": ");
		}
		else if (token == WJB_VALUE && part.type == jbvString)
			append_string(&out, part.val.string.val, part.val.string.len);
		else if (token == WJB_VALUE)
		{
			Jsonb	   *value = JsonbValueToJsonb(&part);
			char	   *json = JsonbToCString(NULL, &value->root, VARSIZE(value));

			append_string(&out, json, strlen(json));
		}
	}
	appendStringInfoChar(&out, '}');
	return out.data;
}

/* An error, with all its members; NULL for none */
char *
feedback_mlflow_json_error(const Assessment *assessment)
{
	StringInfoData out;

	if (assessment->error_code == NULL)
		return NULL;
	initStringInfo(&out);
	append_member(&out, "{\"error_code\": ", assessment->error_code);
	append_member(&out, ", \"error_message\": ", assessment->error_message);
	append_member(&out, ", \"stack_trace\": ", assessment->stack_trace);
	appendStringInfoChar(&out, '}');
	return out.data;
}

/* How deep lists and objects lie in each other */
int
feedback_mlflow_json_depth(Jsonb *json)
{
	JsonbIterator *iterator = JsonbIteratorInit(&json->root);
	JsonbIteratorToken token;
	JsonbValue	part;
	int			depth = 0;
	int			deepest = 0;

	while ((token = JsonbIteratorNext(&iterator, &part, false)) != WJB_DONE)
	{
		CHECK_FOR_INTERRUPTS();
		if (token == WJB_BEGIN_ARRAY || token == WJB_BEGIN_OBJECT)
			deepest = Max(deepest, ++depth);
		else if (token == WJB_END_ARRAY || token == WJB_END_OBJECT)
			depth--;
	}
	return deepest;
}

/* Whole numbers with all their digits, others as a double has them */
static char *
number_text(Numeric number)
{
	char	   *string = DatumGetCString(DirectFunctionCall1(numeric_out, DirectFunctionCall1(numeric_trim_scale, NumericGetDatum(number))));
	int			digits = 0;
	const char *p;

	if (strchr(string, '.') == NULL)
		return string;
	for (p = string; *p != '\0'; p++)
		if (isdigit((unsigned char) *p) && (digits > 0 || *p != '0'))
			digits++;
	return digits <= DOUBLE_DIGITS ? string : float8out_internal(strtod(string, NULL));
}

/* A string of the database's encoding */
static void
append_string(StringInfo out, const char *string, int length)
{
	StringInfoData json;

	initStringInfo(&json);
	escape_json(&json, pnstrdup(string, length));
	append_ascii(out, json.data, json.len);
	pfree(json.data);
}

/* Escape what is not ASCII, which in JSON is within strings alone. */
static void
append_ascii(StringInfo out, const char *json, int length)
{
	const char *utf8;
	int			offset;
	int			i;

	if (feedback_encoding_to_utf8(json, length, &utf8, &length, &offset) != ENCODING_OK)
		ereport(ERROR,
				(errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
				 errmsg("a character of the assessment has no equivalent in UTF-8")));
	for (i = 0; i < length;)
	{
		unsigned char c = (unsigned char) utf8[i];

		CHECK_FOR_INTERRUPTS();
		if (c < 0x7f)
		{
			appendStringInfoCharMacro(out, c);
			i++;
			continue;
		}
		append_code_point(out, utf8_to_unicode((const unsigned char *) utf8 + i));
		i += pg_utf_mblen((const unsigned char *) utf8 + i);
	}
}

/* Beyond the basic plane by a pair of surrogates */
static void
append_code_point(StringInfo out, pg_wchar code)
{
	if (code >= 0x10000)
	{
		appendStringInfo(out, "\\u%04x", 0xd800 + ((code - 0x10000) >> 10));
		code = 0xdc00 + ((code - 0x10000) & 0x3ff);
	}
	appendStringInfo(out, "\\u%04x", code);
}

static void
append_member(StringInfo out, const char *name, const text *value)
{
	appendStringInfoString(out, name);
	if (value == NULL)
		appendStringInfoString(out, "null");
	else
		append_string(out, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}
