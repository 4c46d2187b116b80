/*
 * statement.h
 *		SQL statements whose plans are kept for the session.
 */
#ifndef FEEDBACK_STATEMENT_H
#define FEEDBACK_STATEMENT_H

#include "postgres.h"

#include "executor/spi.h"
#include "nodes/execnodes.h"

#define STATEMENT_MAX_PARAMETERS	21

typedef struct Statement
{
	const char *sql;
	bool		scans;			/* reads all of a table, so not by index */
	bool		groups;			/* into few groups, so by hashing */
	int			count;			/* of parameters */
	Oid			types[STATEMENT_MAX_PARAMETERS];
	SPIPlanPtr	plan;			/* NULL until first used */
	int			generation;		/* of the plan that was made with our
								 * settings; 0 for none */
	bool		row_security;	/* the setting of that name, as it was then */
} Statement;

extern uint64 feedback_statement_run(Statement *statement, Datum *values,
									 const char *nulls, bool read_only);
extern void feedback_statement_fill(Statement *statement, Datum *values, ReturnSetInfo *result);
extern void feedback_statement_fill_once(const char *sql, int count, Oid *types, Datum *values,
										 ReturnSetInfo *result);
extern uint64 feedback_statement_select_once(const char *sql, int count, Oid *types, Datum *values);
extern Portal feedback_statement_open(Statement *statement, Datum *values, const char *nulls);

#endif							/* FEEDBACK_STATEMENT_H */
