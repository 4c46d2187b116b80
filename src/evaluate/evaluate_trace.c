/*
 * evaluate_trace.c
 *		A trace, as a scorer gets it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "base/attempt.h"
#include "base/statement.h"
#include "evaluate/evaluate.h"

static void try_trace(void *arg);

/* Read the subject's trace; why that fails, as it does if none has it, is for its scorers to tell. */
void
feedback_evaluate_read_trace(Subject *subject)
{
	subject->failure = feedback_attempt(try_trace, subject, feedback_evaluate_ends_run);
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

	subject->material = feedback_evaluate_select_jsonb(&select, values);
}

/* The one value that a statement selects, copied */
Jsonb *
feedback_evaluate_select_jsonb(Statement *statement, Datum *values)
{
	bool		isnull;
	Datum		datum;
	Jsonb	   *result;

	feedback_statement_run(statement, values, NULL, true);
	datum = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	result = (Jsonb *) PG_DETOAST_DATUM_COPY(datum);
	SPI_freetuptable(SPI_tuptable);
	return result;
}
