/*
 * trace_part.c
 *		What MLflow has of a trace in rows of their own: tags, metadata, the user.
 *
 * A view cannot tell the function that it reads which of its columns a query asks
 * for, and gathering these takes ten times as long as all else.  So they are
 * looked up row by row, where they are asked for.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "trace/trace.h"

/* The look-up in a source, for as long as a query calls the function */
typedef struct PartLookup
{
	char	   *source;
	SPIPlanPtr	plan;
	MemoryContextCallback callback;
} PartLookup;

static Datum look_up_part(FunctionCallInfo fcinfo, TraceColumn column);
static PartLookup *prepare_lookup(FunctionCallInfo fcinfo, const char *name, TraceColumn column);
static void free_lookup(void *arg);

PG_FUNCTION_INFO_V1(feedback_trace_tags);
PG_FUNCTION_INFO_V1(feedback_trace_metadata);
PG_FUNCTION_INFO_V1(feedback_trace_user);

/* trace_tags(source text, trace_id text) returns jsonb */
Datum
feedback_trace_tags(PG_FUNCTION_ARGS)
{
	return look_up_part(fcinfo, TRACE_TAGS);
}

/* trace_metadata(source text, trace_id text) returns jsonb */
Datum
feedback_trace_metadata(PG_FUNCTION_ARGS)
{
	return look_up_part(fcinfo, TRACE_METADATA);
}

/* trace_user(source text, trace_id text) returns text */
Datum
feedback_trace_user(PG_FUNCTION_ARGS)
{
	return look_up_part(fcinfo, TRACE_USER_ID);
}

/* With the caller's rights; null where the source, one of MLflow's schemas, has no such trace */
static Datum
look_up_part(FunctionCallInfo fcinfo, TraceColumn column)
{
	PartLookup *lookup = fcinfo->flinfo->fn_extra;
	char	   *source = text_to_cstring(PG_GETARG_TEXT_PP(0));
	Datum		values[] = {PG_GETARG_DATUM(1)};
	Datum		result = (Datum) 0;
	bool		isnull = true;
	int			code;

	SPI_connect();
	if (lookup == NULL || strcmp(lookup->source, source) != 0)
		lookup = prepare_lookup(fcinfo, source, column);
	if (lookup != NULL)
	{
		code = SPI_execute_plan(lookup->plan, values, NULL, true, 1);
		if (code < 0)
			elog(ERROR, "could not run a statement: %s", SPI_result_code_string(code));
		if (SPI_processed > 0)
			result = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
		if (!isnull)
			result = SPI_datumTransfer(result, false, -1);
	}
	SPI_finish();
	if (isnull)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}

/* Prepare the look-up in a source; NULL if it is none of MLflow's. */
static PartLookup *
prepare_lookup(FunctionCallInfo fcinfo, const char *name, TraceColumn column)
{
	PartLookup *lookup = fcinfo->flinfo->fn_extra;
	Oid			types[] = {TEXTOID};
	TraceSource *source = NULL;
	SPIPlanPtr	plan;
	ListCell   *lc;

	foreach(lc, feedback_trace_sources(false))
	{
		TraceSource *one = lfirst(lc);

		if (one->is_mlflow && strcmp(one->name, name) == 0)
			source = one;
	}
	if (source == NULL)
		return NULL;
	plan = SPI_prepare_cursor(psprintf("SELECT %s FROM %s t WHERE %s = $1", feedback_trace_column(source, column),
									   source->relation, feedback_trace_column(source, TRACE_ID)),
							  1, types, CURSOR_OPT_GENERIC_PLAN);
	if (plan == NULL || SPI_keepplan(plan) != 0)
		elog(ERROR, "could not prepare a statement: %s", SPI_result_code_string(SPI_result));
	if (lookup == NULL)
	{
		lookup = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(PartLookup));
		lookup->callback.func = free_lookup;
		lookup->callback.arg = lookup;
		MemoryContextRegisterResetCallback(fcinfo->flinfo->fn_mcxt, &lookup->callback);
		fcinfo->flinfo->fn_extra = lookup;
	}
	else
		SPI_freeplan(lookup->plan);
	lookup->plan = plan;
	lookup->source = MemoryContextStrdup(fcinfo->flinfo->fn_mcxt, name);
	return lookup;
}

/* When the query ends */
static void
free_lookup(void *arg)
{
	SPI_freeplan(((PartLookup *) arg)->plan);
}
