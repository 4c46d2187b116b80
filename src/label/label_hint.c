/*
 * label_hint.c
 *		What a label schema allows, in words.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/varlena.h"

#include "label/label_schema.h"

/* How many categories a hint lists */
#define MAX_LISTED			20

/* No slip is further than this from what was meant, in characters */
#define MAX_SLIP			3

static void append_numbers(StringInfo hint, const LabelSchema *schema);
static void append_text(StringInfo hint, const LabelSchema *schema);
static void append_categories(StringInfo hint, const LabelSchema *schema);
static void append_json(StringInfo hint, const LabelSchema *schema);

/* What a schema allows, as a sentence. */
char *
feedback_label_hint(const LabelSchema *schema)
{
	StringInfoData hint;

	initStringInfo(&hint);
	appendStringInfoString(&hint, schema->value_type == VALUE_TEXT ? "Allowed is " : "Allowed are ");
	switch (schema->value_type)
	{
		case VALUE_BOOLEAN:
			if (schema->true_label != NULL)
				appendStringInfo(&hint, "true (\"%s\") and false (\"%s\")",
								 text_to_cstring(schema->true_label),
								 text_to_cstring(schema->false_label));
			else
				appendStringInfoString(&hint, "true and false");
			break;
		case VALUE_NUMERIC:
			append_numbers(&hint, schema);
			break;
		case VALUE_TEXT:
			append_text(&hint, schema);
			break;
		default:
			append_json(&hint, schema);
	}
	appendStringInfoChar(&hint, '.');
	return hint.data;
}

static void
append_numbers(StringInfo hint, const LabelSchema *schema)
{
	appendStringInfoString(hint, schema->whole_numbers ? "whole numbers" : "numbers");
	if (schema->min != NULL)
		appendStringInfo(hint, " from %s", feedback_label_number(schema->min));
	if (schema->max != NULL)
		appendStringInfo(hint, schema->min != NULL ? " to %s" : " up to %s",
						 feedback_label_number(schema->max));
	else if (schema->min != NULL)
		appendStringInfoString(hint, " on");
}

static void
append_text(StringInfo hint, const LabelSchema *schema)
{
	if (schema->categories == NULL)
	{
		appendStringInfoString(hint, "text");
		if (schema->max_length > 0)
			appendStringInfo(hint, " of up to %d characters", schema->max_length);
		return;
	}
	if (schema->multiple)
		appendStringInfoString(hint, "a list without repeats of ");
	append_categories(hint, schema);
}

static void
append_categories(StringInfo hint, const LabelSchema *schema)
{
	int			listed = Min(schema->category_count, MAX_LISTED);
	int			i;

	for (i = 0; i < listed; i++)
	{
		bool		last = (i == schema->category_count - 1);

		if (i > 0)
			appendStringInfoString(hint, !last ? ", " : schema->multiple ? " and " : " or ");
		appendStringInfo(hint, "\"%s\"", text_to_cstring(schema->categories[i]));
	}
	if (listed < schema->category_count)
		appendStringInfo(hint, " and %d more", schema->category_count - listed);
}

static void
append_json(StringInfo hint, const LabelSchema *schema)
{
	static const char *const forms[] = {"lists and objects", "lists", "objects"};

	appendStringInfoString(hint, forms[schema->json_form]);
	if (schema->element_type == VALUE_NONE)
		return;
	appendStringInfoString(hint, " of ");
	if (schema->element_type == VALUE_BOOLEAN)
		appendStringInfoString(hint, "booleans");
	else if (schema->element_type == VALUE_NUMERIC)
		append_numbers(hint, schema);
	else
		append_text(hint, schema);
}

/*
 * The category that was meant, if the text looks like a slip: it differs in
 * letter case alone, or in no more than a third of its characters.
 */
int
feedback_label_closest(const LabelSchema *schema, const char *string, int length)
{
	int			characters = pg_mbstrlen_with_len(string, length);
	int			limit = Min(MAX_SLIP, Max(characters / 3, 1));
	int			closest = -1;
	int			i;

	if (characters < 2 || characters > MAX_IDENTIFIER_LENGTH + MAX_SLIP)
		return -1;
	for (i = 0; i < schema->category_count; i++)
	{
		const char *category = VARDATA_ANY(schema->categories[i]);
		int			category_length = VARSIZE_ANY_EXHDR(schema->categories[i]);
		int			distance;

		if (category_length == length && pg_strncasecmp(category, string, length) == 0)
			return i;
		distance = varstr_levenshtein_less_equal(string, length, category, category_length,
												 1, 1, 1, limit, true);
		if (distance <= limit && distance < pg_mbstrlen_with_len(category, category_length))
		{
			closest = i;
			limit = distance - 1;	/* from here on, only a closer one */
		}
	}
	return closest;
}

/* A number as it was given, with its digits. */
const char *
feedback_label_number(Numeric number)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));
}
