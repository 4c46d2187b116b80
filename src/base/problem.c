/*
 * problem.c
 *		Why an assessment is refused.
 */
#include "postgres.h"

#include "base/problem.h"

/*
 * Fill a problem.
 *
 * The column is the one of feedback.assessments that is concerned, or "value"
 * or "assessment" for a value or a document as a whole.  Always returns
 * false, so that a check can end with "return feedback_problem_set(...)".
 */
bool
feedback_problem_set(Problem *problem, int sqlstate, const char *column,
					 const char *message, const char *detail, const char *hint)
{
	problem->sqlstate = sqlstate;
	problem->column = column;
	problem->constraint = NULL;
	problem->message = message;
	problem->detail = detail;
	problem->hint = hint;
	return false;
}

/* An assessment of this id is there, but in another project. */
bool
feedback_problem_other_project(Problem *problem)
{
	feedback_problem_set(problem, ERRCODE_UNIQUE_VIOLATION, "assessment_id",
						 "assessment_id exists already in another project",
						 "A repeated call has the same trace_id, assessment_id and project.",
						 NULL);
	problem->constraint = "assessments_pkey";
	return false;
}

/* Copy the texts of a problem to the current memory context. */
void
feedback_problem_keep(Problem *problem)
{
	problem->message = pstrdup(problem->message);
	if (problem->detail != NULL)
		problem->detail = pstrdup(problem->detail);
	if (problem->hint != NULL)
		problem->hint = pstrdup(problem->hint);
}

/* Tell of a problem that was no reason to refuse. */
void
feedback_problem_warn(const Problem *problem)
{
	ereport(WARNING,
			(errcode(ERRCODE_WARNING),
			 errmsg_internal("%s", problem->message),
			 problem->detail ? errdetail_internal("%s", problem->detail) : 0,
			 problem->hint ? errhint("%s", problem->hint) : 0,
			 err_generic_string(PG_DIAG_COLUMN_NAME, problem->column)));
}

/* Raise a problem as an error, for callers with nothing to put aside. */
void
feedback_problem_raise(const Problem *problem)
{
	feedback_problem_raise_of(problem, "assessments");
}

/* The same of another table. */
void
feedback_problem_raise_of(const Problem *problem, const char *table)
{
	ereport(ERROR,
			(errcode(problem->sqlstate),
			 errmsg_internal("%s", problem->message),
			 problem->detail ? errdetail_internal("%s", problem->detail) : 0,
			 problem->hint ? errhint("%s", problem->hint) : 0,
			 err_generic_string(PG_DIAG_SCHEMA_NAME, "feedback"),
			 err_generic_string(PG_DIAG_TABLE_NAME, table),
			 err_generic_string(PG_DIAG_COLUMN_NAME, problem->column),
			 problem->constraint ?
			 err_generic_string(PG_DIAG_CONSTRAINT_NAME, problem->constraint) : 0));
	pg_unreachable();
}
