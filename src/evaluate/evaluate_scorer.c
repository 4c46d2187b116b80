/*
 * evaluate_scorer.c
 *		The array of scorers: names of functions, or JSON objects that name one with its options.
 *
 * A name is looked up as in a query, and in the schema feedback last, so that
 * what is built in needs no schema.  It becomes an OID, and the statement that
 * calls it is made of the catalog's names, quoted.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

#include "assessment/validate.h"
#include "base/compat.h"
#include "base/problem.h"
#include "base/quote.h"
#include "base/text.h"
#include "evaluate/evaluate.h"

/* Where the built-in scorers are */
#define OWN_SCHEMA	"feedback"

#define HINT_ELEMENT \
	"An element is the name of a function, or a JSON object that has it as scorer, and may have options and a name, as feedback.scorer makes it."
#define HINT_FUNCTION \
	"A scorer is a function f(trace jsonb), or f(trace jsonb, options jsonb), that returns a boolean, a number, a text or jsonb."

static Scorer *read_scorer(const text *element);
static const char *read_object(const text *element, Scorer *scorer, text **name);
static void read_scorer_member(const JsonbValue *key, const JsonbValue *value, const char **function, Scorer *scorer, text **name);
static void find_function(const char *name, Scorer *scorer, text **feedback_name);
static Oid	look_up_function(const char *name, bool with_options);
static Oid	look_up_signature(const char *name);
static Oid	look_up_name(List *names, bool with_options);
static void take_function(Oid function, Scorer *scorer, text **feedback_name);
static const char *complaint_of(Form_pg_proc form);
static void check_names(List *scorers);
static text *text_of_string(const JsonbValue *string);
pg_noreturn static void raise_scorer(int sqlstate, const char *message, const char *hint);

/* Read the array; no scorer is called yet. */
List *
feedback_evaluate_read_scorers(ArrayType *scorers)
{
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	List	   *result = NIL;
	int			i;

	deconstruct_array(scorers, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
	if (count == 0)
		raise_scorer(ERRCODE_NULL_VALUE_NOT_ALLOWED, "scorers are missing", HINT_ELEMENT);
	for (i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (nulls[i])
			raise_scorer(ERRCODE_NULL_VALUE_NOT_ALLOWED, "a scorer is null", HINT_ELEMENT);
		result = lappend(result, read_scorer(DatumGetTextPP(elements[i])));
	}
	check_names(result);
	return result;
}

static Scorer *
read_scorer(const text *element)
{
	Scorer	   *scorer = palloc0(sizeof(Scorer));
	text	   *name = NULL;
	char	   *string = text_to_cstring(element);
	const char *function = string;
	Problem		problem;

	if (string[strspn(string, " \t\n\r")] == '{')
		function = read_object(element, scorer, &name);
	find_function(function, scorer, &name);
	if (!feedback_validate_name(name, false, &problem))
		feedback_problem_raise(&problem);
	scorer->name = name;
	return scorer;
}

/* {"scorer": ..., "options": ..., "name": ...}; returns the function's name. */
static const char *
read_object(const text *element, Scorer *scorer, text **name)
{
	Jsonb	   *object = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text_to_cstring(element))));
	JsonbIterator *iterator = JsonbIteratorInit(&object->root);
	const char *function = NULL;
	JsonbValue	key;
	JsonbValue	value;

	JsonbIteratorNext(&iterator, &key, true);
	while (JsonbIteratorNext(&iterator, &key, true) == WJB_KEY)
	{
		CHECK_FOR_INTERRUPTS();
		JsonbIteratorNext(&iterator, &value, true);
		read_scorer_member(&key, &value, &function, scorer, name);
	}
	if (function == NULL)
		raise_scorer(ERRCODE_NULL_VALUE_NOT_ALLOWED, "an element of scorers has no member \"scorer\"", HINT_ELEMENT);
	return function;
}

static void
read_scorer_member(const JsonbValue *key, const JsonbValue *value, const char **function, Scorer *scorer, text **name)
{
	const char *member = pnstrdup(key->val.string.val, key->val.string.len);
	bool		is_options = strcmp(member, "options") == 0;

	if (!is_options && strcmp(member, "scorer") != 0 && strcmp(member, "name") != 0)
		raise_scorer(ERRCODE_INVALID_PARAMETER_VALUE,
					 psprintf("unknown member %s of an element of scorers", feedback_quote(key->val.string.val, key->val.string.len)),
					 HINT_ELEMENT);
	if (value->type == jbvNull)
		return;
	if (is_options ? value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data) : value->type != jbvString)
		raise_scorer(ERRCODE_INVALID_PARAMETER_VALUE,
					 psprintf("member \"%s\" of an element of scorers is not %s", member, is_options ? "an object" : "a text"),
					 HINT_ELEMENT);
	if (is_options)
		scorer->options = JsonbValueToJsonb(unconstify(JsonbValue *, value));
	else if (strcmp(member, "scorer") == 0)
		*function = text_to_cstring(text_of_string(value));
	else
		*name = text_of_string(value);
}

/* Find the function of a name, which is that of the feedback too unless it has one. */
static void
find_function(const char *name, Scorer *scorer, text **feedback_name)
{
	Oid			function = look_up_function(name, scorer->options != NULL);

	if (!OidIsValid(function))
		function = look_up_function(name, scorer->options == NULL);
	if (!OidIsValid(function))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("there is no scorer %s", feedback_quote(name, strlen(name))),
				 errhint(HINT_FUNCTION),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "scorers")));
	take_function(function, scorer, feedback_name);
	if (scorer->options != NULL && !scorer->takes_options)
		raise_scorer(ERRCODE_INVALID_PARAMETER_VALUE,
					 psprintf("scorer %s takes no options", feedback_quote_text(scorer->function)), HINT_FUNCTION);
}

/* A function by its name; InvalidOid if there is none. */
static Oid
look_up_function(const char *name, bool with_options)
{
	List	   *names;
	Oid			function;

	if (strchr(name, '(') != NULL)
		return look_up_signature(name);
#if PG_VERSION_NUM >= 160000
	names = stringToQualifiedNameList(name, NULL);
#else
	names = stringToQualifiedNameList(name);
#endif
	function = look_up_name(names, with_options);
	if (!OidIsValid(function) && list_length(names) == 1)
		function = look_up_name(list_make2(makeString(OWN_SCHEMA), linitial(names)), with_options);
	return function;
}

/* With the types of its arguments, as regprocedure writes it */
static Oid
look_up_signature(const char *name)
{
	return DatumGetObjectId(DirectFunctionCall1(regprocedurein, CStringGetDatum(name)));
}

static Oid
look_up_name(List *names, bool with_options)
{
	Oid			types[] = {JSONBOID, JSONBOID};

	return LookupFuncName(names, with_options ? 2 : 1, types, true);
}

/* Check that a function can be a scorer, and that the caller may call it. */
static void
take_function(Oid function, Scorer *scorer, text **feedback_name)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Form_pg_proc form;
	const char *complaint;
	char	   *schema;

	if (!HeapTupleIsValid(tuple))
		raise_scorer(ERRCODE_UNDEFINED_FUNCTION, "a scorer is not there any more", NULL);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	schema = get_namespace_name(form->pronamespace);
	scorer->function = cstring_to_text(quote_qualified_identifier(schema, NameStr(form->proname)));
	scorer->takes_options = form->pronargs == 2;
	scorer->built_in = schema != NULL && strcmp(schema, OWN_SCHEMA) == 0;
	complaint = complaint_of(form);
	if (complaint != NULL)
		raise_scorer(ERRCODE_INVALID_FUNCTION_DEFINITION,
					 psprintf("function %s is no scorer: %s", text_to_cstring(scorer->function), complaint), HINT_FUNCTION);
	if (*feedback_name == NULL)
		*feedback_name = cstring_to_text(NameStr(form->proname));
	if (object_aclcheck(ProcedureRelationId, function, GetUserId(), ACL_EXECUTE) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_FUNCTION, NameStr(form->proname));
	ReleaseSysCache(tuple);
}

/* Why a function is no scorer, or NULL */
static const char *
complaint_of(Form_pg_proc form)
{
	int			i;

	if (form->prokind != PROKIND_FUNCTION)
		return "it is no function";
	if (form->proretset)
		return "it returns a set";
	if (get_typtype(form->prorettype) == TYPTYPE_PSEUDO)
		return "it returns no value";
	if (form->pronargs < 1 || form->pronargs > 2)
		return "it does not take a trace, or a trace and options";
	for (i = 0; i < form->pronargs; i++)
	{
		if (form->proargtypes.values[i] != JSONBOID)
			return "its arguments are not jsonb";
	}
	return NULL;
}

/* Two that give feedback of one name would be told apart by nothing. */
static void
check_names(List *scorers)
{
	ListCell   *a;
	ListCell   *b;

	foreach(a, scorers)
	{
		Scorer	   *scorer = lfirst(a);

		for_each_cell(b, scorers, lnext(scorers, a))
		{
			CHECK_FOR_INTERRUPTS();
			if (same_text(scorer->name, ((Scorer *) lfirst(b))->name))
				raise_scorer(ERRCODE_INVALID_PARAMETER_VALUE,
							 psprintf("two scorers give feedback named %s", feedback_quote_text(scorer->name)),
							 "Give one of them a name: feedback.scorer('f', name => 'g').");
		}
	}
}

/*
 * Prepare the calls, for a caller connected to SPI.
 *
 * Those that are built in are called without a trace, so that they refuse
 * wrong options before anything is stored.
 */
void
feedback_evaluate_prepare_scorers(List *scorers)
{
	ListCell   *lc;

	foreach(lc, scorers)
	{
		Scorer	   *scorer = lfirst(lc);
		Oid			types[] = {JSONBOID, JSONBOID};
		Datum		values[] = {(Datum) 0, JsonbPGetDatum(scorer->options)};
		char		nulls[] = {'n', scorer->options == NULL ? 'n' : ' '};
		char	   *sql = psprintf("SELECT %s($1%s)", text_to_cstring(scorer->function), scorer->takes_options ? ", $2" : "");

		scorer->plan = SPI_prepare(sql, scorer->takes_options ? 2 : 1, types);
		if (scorer->plan == NULL)
			elog(ERROR, "could not prepare a scorer: %s", SPI_result_code_string(SPI_result));
		if (scorer->built_in)
			SPI_execute_plan(scorer->plan, values, nulls, true, 1);
	}
}

/* The scorers as the run tells them */
Jsonb *
feedback_evaluate_describe_scorers(List *scorers)
{
	JsonbParseState *state = NULL;
	ListCell   *lc;

	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	foreach(lc, scorers)
	{
		Scorer	   *scorer = lfirst(lc);

		pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
		feedback_evaluate_push_text(&state, "name", VARDATA_ANY(scorer->name), VARSIZE_ANY_EXHDR(scorer->name));
		feedback_evaluate_push_text(&state, "scorer", VARDATA_ANY(scorer->function), VARSIZE_ANY_EXHDR(scorer->function));
		if (scorer->options != NULL)
		{
			JsonbValue	key = {.type = jbvString};
			JsonbValue	options = {.type = jbvBinary};

			key.val.string.val = "options";
			key.val.string.len = strlen("options");
			options.val.binary.data = &scorer->options->root;
			options.val.binary.len = VARSIZE(scorer->options) - VARHDRSZ;
			pushJsonbValue(&state, WJB_KEY, &key);
			pushJsonbValue(&state, WJB_VALUE, &options);
		}
		pushJsonbValue(&state, WJB_END_OBJECT, NULL);
	}
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL));
}

/* Their names, as text[] */
ArrayType *
feedback_evaluate_scorer_names(List *scorers)
{
	Datum	   *names = palloc(list_length(scorers) * sizeof(Datum));
	ListCell   *lc;

	foreach(lc, scorers)
	{
		names[foreach_current_index(lc)] = PointerGetDatum(((Scorer *) lfirst(lc))->name);
	}
	return construct_array(names, list_length(scorers), TEXTOID, -1, false, TYPALIGN_INT);
}

static text *
text_of_string(const JsonbValue *string)
{
	return cstring_to_text_with_len(string->val.string.val, string->val.string.len);
}

static void
raise_scorer(int sqlstate, const char *message, const char *hint)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("%s", message),
			 hint == NULL ? 0 : errhint("%s", hint),
			 err_generic_string(PG_DIAG_COLUMN_NAME, "scorers")));
}
