/*
 * search.c
 *		search_traces: traces by what is said of them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "base/statement.h"
#include "search/search.h"

#define MAX_LENGTH	100000

static char *text_argument(FunctionCallInfo fcinfo, int argument, const char *name);
static int	enter_settings(void);

PG_FUNCTION_INFO_V1(feedback_search_traces);

/*
 * search_traces(filter text, project text, max_results integer, order_by text)
 *
 * A row for each trace that meets the filter, by its assessments and by what a
 * source of traces has of it, in one statement with parameters,
 * run with the caller's rights.  A filter or order that cannot be read is 42601
 * and says where, as do the codes of its constants; one that is too long or has
 * too many conditions is 54000, one that nests too deep 54001.  max_results
 * below 0 is 22023, a condition on traces without a source of them 55000.
 */
Datum
feedback_search_traces(PG_FUNCTION_ARGS)
{
	char	   *filter = text_argument(fcinfo, 0, "filter");
	char	   *order_by = text_argument(fcinfo, 3, "order_by");
	Parameters	parameters = {0};
	Condition  *conditions;
	List	   *traces = NIL;
	Condition  *any_trace = feedback_search_any_trace();
	char	   *order;
	char	   *sql;
	int			nest_level;
	int64		max_results = PG_ARGISNULL(2) ? PG_INT64_MAX : PG_GETARG_INT32(2);
	int			project = 0;
	int			limit;

	if (max_results < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("max_results is out of range"),
				 errdetail("It is the most traces to return, 0 or more, or NULL for all."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "max_results")));
	conditions = feedback_search_parse(filter, &parameters, &traces);
	order = feedback_search_order(order_by, &parameters);
	if (!PG_ARGISNULL(1))
		project = feedback_search_parameter(&parameters, TEXTOID, PG_GETARG_DATUM(1));
	limit = feedback_search_parameter(&parameters, INT8OID, Int64GetDatum(max_results));

	InitMaterializedSRF(fcinfo, 0);
	nest_level = enter_settings();
	SPI_connect();
	if (traces != NIL)
		feedback_search_find_sources(lappend(traces, any_trace));
	sql = feedback_search_sql(conditions, any_trace, order, project, limit, &parameters);
	ereport(DEBUG1, (errmsg_internal("search_traces: %s", sql)));
	feedback_statement_fill_once(sql, parameters.count, parameters.types, parameters.values,
								 (ReturnSetInfo *) fcinfo->resultinfo);
	SPI_finish();
	AtEOXact_GUC(true, nest_level);
	return (Datum) 0;
}

/* A text, "" for NULL; 54000 if it is too long. */
static char *
text_argument(FunctionCallInfo fcinfo, int argument, const char *name)
{
	if (PG_ARGISNULL(argument))
		return "";
	if (VARSIZE_ANY_EXHDR(PG_GETARG_TEXT_PP(argument)) > MAX_LENGTH)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%s is too long", name),
				 errdetail("It has up to %d bytes.", MAX_LENGTH),
				 err_generic_string(PG_DIAG_COLUMN_NAME, name)));
	return text_to_cstring(PG_GETARG_TEXT_PP(argument));
}

/*
 * The settings to plan with, until AtEOXact_GUC(true, result).
 *
 * Rows are read in the order of an index or by key, so that the limit counts:
 * never by what reads all.  Compiling (jit) and starting other processes would
 * take longer than nearly all searches.
 */
static int
enter_settings(void)
{
	static const char *const settings[][2] = {
		{"enable_seqscan", "off"},
		{"enable_bitmapscan", "off"},
		{"enable_hashjoin", "off"},
		{"enable_mergejoin", "off"},
		{"enable_material", "off"},
		{"max_parallel_workers_per_gather", "0"},
		{"jit", "off"}
	};
	int			nest_level = NewGUCNestLevel();
	int			i;

	for (i = 0; i < (int) lengthof(settings); i++)
		(void) set_config_option(settings[i][0], settings[i][1], PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	return nest_level;
}
