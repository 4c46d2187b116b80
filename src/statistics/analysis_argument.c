/*
 * analysis_argument.c
 *		What the functions for analysts are told by text: sources, periods.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"

#include "assessment/validate.h"

static text *get_required(FunctionCallInfo fcinfo);
static char *get_argument(FunctionCallInfo fcinfo);
static char *get_colon(text *source);
static void name_argument(void *argument);

PG_FUNCTION_INFO_V1(feedback_analysis_argument_required);
PG_FUNCTION_INFO_V1(feedback_analysis_argument_source_type);
PG_FUNCTION_INFO_V1(feedback_analysis_argument_source_id);
PG_FUNCTION_INFO_V1(feedback_analysis_argument_period);

/* required_argument(value text, argument text) returns text: the value; 22004 for NULL */
Datum
feedback_analysis_argument_required(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(get_required(fcinfo));
}

/*
 * source_type_argument(source text, argument text) returns feedback.source_type
 *
 * A source is named by its type, in any letter case, or by its type, a colon and
 * its id.  Another type is 22023.
 */
Datum
feedback_analysis_argument_source_type(PG_FUNCTION_ARGS)
{
	text	   *source = get_required(fcinfo);
	char	   *colon = get_colon(source);
	char	   *start = VARDATA_ANY(source);
	int			length = colon == NULL ? (int) VARSIZE_ANY_EXHDR(source) : (int) (colon - start);
	char	   *argument = get_argument(fcinfo);
	Assessment	named = {0};
	Problem		problem;

	if (!feedback_validate_source_type(start, length, argument, &named, &problem))
	{
		problem.column = argument;
		problem.detail = "A source is named by its type, or by its type, a colon and its id, as in LLM_JUDGE:gpt-4.";
		feedback_problem_raise(&problem);
	}
	return DirectFunctionCall2(enum_in, CStringGetDatum(feedback_assessment_source_type_name(named.source_type)),
							   ObjectIdGetDatum(get_fn_expr_rettype(fcinfo->flinfo)));
}

/* source_id_argument(source text, argument text) returns text: what follows the colon, NULL without one */
Datum
feedback_analysis_argument_source_id(PG_FUNCTION_ARGS)
{
	text	   *source = get_required(fcinfo);
	char	   *colon = get_colon(source);

	if (colon == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(colon + 1, VARDATA_ANY(source) + VARSIZE_ANY_EXHDR(source) - colon - 1));
}

/* period_argument(period text, argument text) returns tstzrange: PostgreSQL's errors, with the argument */
Datum
feedback_analysis_argument_period(PG_FUNCTION_ARGS)
{
	char	   *period = text_to_cstring(get_required(fcinfo));
	ErrorContextCallback context = {
		.previous = error_context_stack,
		.callback = name_argument,
		.arg = get_argument(fcinfo)
	};
	Datum		range;

	error_context_stack = &context;
	range = OidInputFunctionCall(F_RANGE_IN, period, TSTZRANGEOID, -1);
	error_context_stack = context.previous;
	return range;
}

/* The first argument; 22004 if it is NULL, with the name that the second gives it */
static text *
get_required(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
	{
		char	   *argument = get_argument(fcinfo);

		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", argument),
				 err_generic_string(PG_DIAG_COLUMN_NAME, argument)));
	}
	return PG_GETARG_TEXT_PP(0);
}

/* What errors are to call the first argument */
static char *
get_argument(FunctionCallInfo fcinfo)
{
	return PG_ARGISNULL(1) ? "value" : text_to_cstring(PG_GETARG_TEXT_PP(1));
}

/* Where the type of a source ends, if its id follows */
static char *
get_colon(text *source)
{
	return memchr(VARDATA_ANY(source), ':', VARSIZE_ANY_EXHDR(source));
}

/* Say in an error which argument it is about, and what would be right. */
static void
name_argument(void *argument)
{
	err_generic_string(PG_DIAG_COLUMN_NAME, argument);
	errhint("\"%s\" is a period, as in [2025-01-01,2025-02-01).", (char *) argument);
}
