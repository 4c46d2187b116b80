/*
 * evaluate_trace.c
 *		A trace, as a scorer gets it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "base/statement.h"
#include "evaluate/evaluate.h"

static void try_trace(void *arg);

/* Read the subject's trace; why that fails, as it does if none has it, is for its scorers to tell. */
void
feedback_evaluate_read_trace(Subject *subject)
{
	subject->failure = feedback_evaluate_attempt(try_trace, subject);
}

static void
try_trace(void *arg)
{
	static Statement select = {
		.sql = "SELECT feedback.evaluation_trace($1)",
		.count = 1,
		.types = {TEXTOID}
	};
	Subject    *subject = arg;
	Datum		values[] = {PointerGetDatum(subject->trace_id)};
	bool		isnull;
	Datum		trace;

	feedback_statement_run(&select, values, NULL, true);
	trace = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	subject->material = (Jsonb *) PG_DETOAST_DATUM_COPY(trace);
	SPI_freetuptable(SPI_tuptable);
}
