/*
 * problem.h
 *		Why an assessment is refused.
 *
 * Checks do not raise: they fill a Problem and return false, so that a caller
 * who has many documents can put a bad one aside without a subtransaction.
 */
#ifndef FEEDBACK_PROBLEM_H
#define FEEDBACK_PROBLEM_H

#include "postgres.h"

#include "base/compat.h"

typedef struct Problem
{
	int			sqlstate;		/* packed, as by MAKE_SQLSTATE */
	const char *column;			/* the column concerned */
	const char *constraint;		/* the constraint concerned, or NULL */
	const char *message;
	const char *detail;			/* or NULL */
	const char *hint;			/* or NULL */
} Problem;

extern bool feedback_problem_set(Problem *problem, int sqlstate,
								 const char *column, const char *message,
								 const char *detail, const char *hint);
extern bool feedback_problem_other_project(Problem *problem);
extern void feedback_problem_keep(Problem *problem);
extern void feedback_problem_warn(const Problem *problem);
pg_noreturn extern void feedback_problem_raise(const Problem *problem);
pg_noreturn extern void feedback_problem_raise_of(const Problem *problem, const char *table);

#endif							/* FEEDBACK_PROBLEM_H */
