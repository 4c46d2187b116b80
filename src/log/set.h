/*
 * set.h
 *		A source's one word on a name of a trace and span.
 */
#ifndef FEEDBACK_SET_H
#define FEEDBACK_SET_H

#include "postgres.h"

#include "assessment/assessment.h"
#include "base/problem.h"

/* Is a column the same in the row that is there and in the new one?  Both may be null. */
#define SET_SAME(column) \
	"coalesce(assessments." column " OPERATOR(pg_catalog.=) excluded." column ", " \
	"assessments." column " IS NULL AND excluded." column " IS NULL)"

/*
 * What follows an INSERT into feedback.assessments, with the parameter of the
 * time of the update: a row that has the id already takes over what the new
 * one says, if it is of the same source and name and says something else.
 */
#define SET_ON_CONFLICT(now) \
	" ON CONFLICT (trace_id, assessment_id) DO UPDATE SET " \
	"boolean_value = excluded.boolean_value, numeric_value = excluded.numeric_value, " \
	"text_value = excluded.text_value, json_value = excluded.json_value, " \
	"rationale = excluded.rationale, metadata = excluded.metadata, error_code = excluded.error_code, " \
	"error_message = excluded.error_message, stack_trace = excluded.stack_trace, last_update_time = " now " " \
	"WHERE " SET_SAME("project") " AND " SET_SAME("kind") " AND " SET_SAME("name") " AND " \
	SET_SAME("source_type") " AND " SET_SAME("source_id") " AND " SET_SAME("span_id") " AND NOT (" \
	SET_SAME("boolean_value") " AND " SET_SAME("numeric_value") " AND " SET_SAME("text_value") " AND " \
	SET_SAME("json_value") " AND " SET_SAME("rationale") " AND " SET_SAME("metadata") " AND " \
	SET_SAME("error_code") " AND " SET_SAME("error_message") " AND " SET_SAME("stack_trace") ")"

extern bool feedback_set_identify(Assessment *assessment, Problem *problem);

/* set_store.c */
extern bool feedback_set_store(Assessment *assessment, Problem *problem);
extern bool feedback_set_refuse_other(Problem *problem);
extern void feedback_set_take_back_overrides(const Assessment *assessment);
extern int64 feedback_set_withdraw(const Assessment *word);

#endif							/* FEEDBACK_SET_H */
