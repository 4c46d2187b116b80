/*
 * statement.c
 *		SQL statements whose plans are kept for the session.
 *
 * A plan is prepared at first use.  Since the text that it was made from names
 * everything by its schema, it outlives a DROP and CREATE of the extension.  So
 * no parameter is of a type of the extension, whose OID would change: enums go
 * through text, or are literals.
 */
#include "postgres.h"

#include "statement.h"

/* Run a statement, for a caller connected to SPI; returns the rows processed. */
uint64
feedback_statement_run(Statement *statement, Datum *values, const char *nulls,
					   bool read_only)
{
	int			result;

	if (statement->plan == NULL)
	{
		SPIPlanPtr	plan = SPI_prepare_cursor(statement->sql, statement->count,
											  statement->types, CURSOR_OPT_GENERIC_PLAN);

		if (plan == NULL || SPI_keepplan(plan) != 0)
			elog(ERROR, "could not prepare a statement: %s",
				 SPI_result_code_string(SPI_result));
		statement->plan = plan;
	}

	result = SPI_execute_plan(statement->plan, values, nulls, read_only, 0);
	if (result < 0)
		elog(ERROR, "could not run a statement: %s", SPI_result_code_string(result));
	return SPI_processed;
}
