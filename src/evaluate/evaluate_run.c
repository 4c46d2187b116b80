/*
 * evaluate_run.c
 *		Runs, as the functions that read them are told of them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"

#include "base/quote.h"
#include "base/statement.h"
#include "evaluate/evaluate.h"

static text *find_run(text *run);

PG_FUNCTION_INFO_V1(feedback_evaluate_run_argument);

/* run_argument(run text, argument text) returns text: the id of a run; 22004 for NULL, P0002 if there is none */
Datum
feedback_evaluate_run_argument(PG_FUNCTION_ARGS)
{
	const char *argument = PG_ARGISNULL(1) ? "run" : text_to_cstring(PG_GETARG_TEXT_PP(1));
	text	   *found;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", argument),
				 err_generic_string(PG_DIAG_COLUMN_NAME, argument)));
	found = find_run(PG_GETARG_TEXT_PP(0));
	if (found == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("there is no run %s", feedback_quote_text(PG_GETARG_TEXT_PP(0))),
				 errhint("A run is named by its id or its name, which feedback.evaluation_runs has."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, argument)));
	PG_RETURN_TEXT_P(found);
}

/* By its id, or the newest of its name, or the id that results have that are not of this server's; NULL if there is none. */
static text *
find_run(text *run)
{
	static Statement select = {
		.sql = "SELECT COALESCE((SELECT k.run_id FROM feedback_internal.known_runs k WHERE k.run_id OPERATOR(pg_catalog.=) $1), "
		"(SELECT k.run_id FROM feedback_internal.known_runs k WHERE k.run_name OPERATOR(pg_catalog.=) $1 ORDER BY k.start_time DESC, k.run_id DESC LIMIT 1), "
		"(SELECT $1 FROM feedback.assessments a WHERE a.metadata OPERATOR(pg_catalog.->>) '" RUN_KEY "' OPERATOR(pg_catalog.=) $1 LIMIT 1))",
		.count = 1,
		.types = {TEXTOID}
	};
	Datum		values[] = {PointerGetDatum(run)};
	bool		isnull;
	Datum		datum;
	text	   *result = NULL;

	SPI_connect();
	feedback_statement_run(&select, values, NULL, true);
	datum = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (!isnull)
		result = DatumGetTextPP(SPI_datumTransfer(datum, false, -1));
	SPI_finish();
	return result;
}
