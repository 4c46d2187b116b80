/*
 * scorer_options.c
 *		The options of a built-in scorer: a JSON object, of which every member is checked.
 *
 * They are checked also where there is no trace, so that a run can be refused
 * before it begins.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/quote.h"
#include "evaluate/scorer.h"

/* The argument that has them */
#define OPTIONS_ARGUMENT	1

static void read_option(const JsonbValue *key, JsonbValue *value, const ScorerOption *known,
						int count, JsonbValue **options);
static void check_option(const ScorerOption *option, const JsonbValue *value);
static bool is_texts(const JsonbValue *value);
static bool is_word_of(const JsonbValue *value, const char *words);
static char *enumerate(const char *words);
pg_noreturn static void raise_unknown_option(const JsonbValue *key, const ScorerOption *known, int count);

/* Read the options of a scorer, in the order in which they are known. */
void
feedback_scorer_options(FunctionCallInfo fcinfo, const ScorerOption *known, int count, JsonbValue **options)
{
	Jsonb	   *given = PG_ARGISNULL(OPTIONS_ARGUMENT) ? NULL : PG_GETARG_JSONB_P(OPTIONS_ARGUMENT);
	JsonbIterator *iterator;
	JsonbValue	key;
	JsonbValue	value;
	int			i;

	memset(options, 0, count * sizeof(JsonbValue *));
	if (given != NULL && !JB_ROOT_IS_OBJECT(given))
		feedback_scorer_raise_option(ERRCODE_INVALID_PARAMETER_VALUE, "options are not a JSON object", NULL, NULL);
	if (given != NULL)
	{
		iterator = JsonbIteratorInit(&given->root);
		JsonbIteratorNext(&iterator, &value, true);
		while (JsonbIteratorNext(&iterator, &key, true) == WJB_KEY)
		{
			JsonbIteratorNext(&iterator, &value, true);
			read_option(&key, &value, known, count, options);
		}
	}
	for (i = 0; i < count; i++)
	{
		if (known[i].required && options[i] == NULL)
			feedback_scorer_raise_option(ERRCODE_NULL_VALUE_NOT_ALLOWED, psprintf("option \"%s\" is missing", known[i].name),
										 NULL, NULL);
	}
}

static void
read_option(const JsonbValue *key, JsonbValue *value, const ScorerOption *known, int count, JsonbValue **options)
{
	int			i;

	for (i = 0; i < count; i++)
	{
		if ((int) strlen(known[i].name) == key->val.string.len &&
			memcmp(known[i].name, key->val.string.val, key->val.string.len) == 0)
			break;
	}
	if (i == count)
		raise_unknown_option(key, known, count);
	if (value->type == jbvNull)
		return;
	check_option(&known[i], value);
	options[i] = palloc(sizeof(JsonbValue));
	*options[i] = *value;
}

/* Is a value of the option's type?  22023 if not. */
static void
check_option(const ScorerOption *option, const JsonbValue *value)
{
	static const char *const nouns[] = {
		[OPTION_ANY] = "any JSON", [OPTION_BOOLEAN] = "true or false", [OPTION_NUMBER] = "a number",
		[OPTION_TEXT] = "a text", [OPTION_TEXTS] = "a list of texts"
	};
	bool		ok = true;

	switch (option->type)
	{
		case OPTION_ANY:
			break;
		case OPTION_BOOLEAN:
			ok = value->type == jbvBool;
			break;
		case OPTION_NUMBER:
			ok = value->type == jbvNumeric;
			break;
		case OPTION_TEXT:
			ok = value->type == jbvString;
			break;
		case OPTION_TEXTS:
			ok = is_texts(value);
	}
	if (!ok)
		feedback_scorer_raise_option(ERRCODE_INVALID_PARAMETER_VALUE,
									 psprintf("option \"%s\" is not %s", option->name, nouns[option->type]), NULL, NULL);
	if (option->words != NULL && !is_word_of(value, option->words))
		feedback_scorer_raise_option(ERRCODE_INVALID_PARAMETER_VALUE,
									 psprintf("invalid option \"%s\": %s", option->name,
											  feedback_quote(value->val.string.val, value->val.string.len)),
									 NULL, psprintf("It is one of: %s.", enumerate(option->words)));
}

static bool
is_texts(const JsonbValue *value)
{
	JsonbContainer *list = value->val.binary.data;
	uint32		i;

	if (value->type != jbvBinary || !JsonContainerIsArray(list))
		return false;
	for (i = 0; i < JsonContainerSize(list); i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (getIthJsonbValueFromContainer(list, i)->type != jbvString)
			return false;
	}
	return true;
}

/* Is a text one of these words? */
static bool
is_word_of(const JsonbValue *value, const char *words)
{
	int			length;

	for (;;)
	{
		length = strcspn(words, " ");
		if (length == value->val.string.len && memcmp(words, value->val.string.val, length) == 0)
			return true;
		if (words[length] == '\0')
			return false;
		words += length + 1;
	}
}

/* Words with commas between them */
static char *
enumerate(const char *words)
{
	StringInfoData list;

	initStringInfo(&list);
	for (; *words != '\0'; words++)
	{
		if (*words == ' ')
			appendStringInfoChar(&list, ',');
		appendStringInfoChar(&list, *words);
	}
	return list.data;
}

/* Is an option given, and true? */
bool
feedback_scorer_option_is_true(const JsonbValue *option)
{
	return option != NULL && option->val.boolean;
}

/* The text of an option; a fallback if it is not given */
const char *
feedback_scorer_option_word(const JsonbValue *option, const char *fallback)
{
	return option == NULL ? fallback : pnstrdup(option->val.string.val, option->val.string.len);
}

static void
raise_unknown_option(const JsonbValue *key, const ScorerOption *known, int count)
{
	StringInfoData names;
	int			i;

	initStringInfo(&names);
	for (i = 0; i < count; i++)
		appendStringInfo(&names, "%s%s", i > 0 ? ", " : "", known[i].name);
	feedback_scorer_raise_option(ERRCODE_INVALID_PARAMETER_VALUE,
								 psprintf("unknown option %s", feedback_quote(key->val.string.val, key->val.string.len)),
								 NULL, psprintf("The options are: %s.", names.data));
}

/* Say what is wrong with the options. */
void
feedback_scorer_raise_option(int sqlstate, const char *message, const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("%s", message),
			 detail == NULL ? 0 : errdetail("%s", detail),
			 hint == NULL ? 0 : errhint("%s", hint),
			 err_generic_string(PG_DIAG_COLUMN_NAME, "options")));
}
