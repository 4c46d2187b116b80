/*
 * search_branch.c
 *		How the rows that a filter matches are read.
 *
 * Rows of a name and value come from the index of values in the order of time,
 * errors from theirs, others from the index of times, so that a limit ends the
 * reading.  That takes long where few of the rows that are read will do.  So if
 * the filter asks for an assessment of which there are few, as the index tells,
 * its traces are taken, and their rows are looked up.  Few are
 * feedback.search_lookups at the most.
 *
 * Planners do not know how many rows have both a name and a value, so nothing is
 * left to their estimates: an order that one index has, a name that no index has,
 * and rows of a trace that are read before they are filtered.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "lib/stringinfo.h"

#include "base/settings.h"
#include "base/statement.h"
#include "search/search.h"

/* Asking the index takes a while too */
#define MAX_ASKED	16

static const Condition *equal_value(const Condition *exists);
static const Condition *comparison_of(const Condition *exists, Field field);
static bool asks_for_error(const Condition *exists);
static bool names_traces(const Condition *exists);
static const Condition *find_few(Search *search, const Branch *branch);
static bool is_few(Search *search, const Condition *exists);
static void append_indexed(StringInfo sql, const Condition *exists, const char *alias);
static bool is_indexed(const Condition *node);
static void append_nulls(StringInfo sql, const Condition *exists, const char *alias);
static void append_value_order(StringInfo sql, const Condition *value, const char *order, const char *prefix);
static void append_rows_of(Search *search, const Branch *branch);
static void append_newest_of_all(Search *search, const Branch *branch);
static void append_in_order(Search *search, const Branch *branch);
static void append_traces_of(Search *search, const Branch *branch, const Condition *few);
static void append_others(Search *search, const List *others, const char *alias);
static void append_end(Search *search);

/* A branch: the newest row of each trace that meets its condition, or the traces that do. */
void
feedback_search_append_branch(Search *search, const Branch *branch)
{
	const Condition *few;

	if (branch->leading->type == NODE_TRACE)
	{
		feedback_search_append_traces(search, branch);
		return;
	}
	few = find_few(search, branch);
	if (few != NULL)
		append_traces_of(search, branch, few);
	else
		append_rows_of(search, branch);
}

/*
 * The newest of the rows of a trace that conditions, which follow, are about.  It
 * is found once for each trace and remembered (Memoize), so that a trace of many
 * rows is not read for each of them.
 */
void
feedback_search_begin_newest(Search *search, const Condition *conditions)
{
	appendStringInfoString(&search->sql, "LEFT JOIN LATERAL (SELECT w.assessment_id FROM (SELECT b.project, b.trace_id, b.assessment_id FROM ");
	feedback_search_append_rows(&search->sql, "a", "b", conditions);
	appendStringInfoString(&search->sql, " WHERE b.project = a.project AND ");
}

/* Under other conditions of the trace, which are part of what is remembered */
void
feedback_search_end_newest(Search *search, const List *others)
{
	appendStringInfoString(&search->sql,
						   " ORDER BY b.create_time DESC, b.assessment_id DESC LIMIT 1) w WHERE true");
	append_others(search, others, "w");
	appendStringInfoString(&search->sql, ") n ON true");
}

/* The value that all rows have which an assessment is about, if it is of one name and type */
static const Condition *
equal_value(const Condition *exists)
{
	ListCell   *lc;

	if (exists->name == 0)
		return NULL;
	foreach(lc, exists->children)
	{
		const Condition *child = lfirst(lc);

		if (child->type == NODE_COMPARE && !child->any && strcmp(child->operator, "=") == 0 &&
			(child->field == FIELD_BOOLEAN || child->field == FIELD_NUMERIC || child->field == FIELD_TEXT))
			return child;
	}
	return NULL;
}

/* What an assessment's field is compared with, whatever else; NULL if it is not */
static const Condition *
comparison_of(const Condition *exists, Field field)
{
	ListCell   *lc;

	foreach(lc, exists->children)
	{
		const Condition *child = lfirst(lc);

		if (child->type == NODE_COMPARE && child->field == field)
			return child;
	}
	return NULL;
}

static bool
asks_for_error(const Condition *exists)
{
	const Condition *error = comparison_of(exists, FIELD_ERROR_CODE);

	return error != NULL && strcmp(error->operator, "IS NULL") != 0;
}

static bool
names_traces(const Condition *exists)
{
	const Condition *trace = comparison_of(exists, FIELD_TRACE_ID);

	return trace != NULL && strcmp(trace->operator, "=") == 0;
}

/* An assessment of which there are few, and that all traces of the branch have; NULL if none is known. */
static const Condition *
find_few(Search *search, const Branch *branch)
{
	List	   *exists = list_make1((void *) branch->leading);
	ListCell   *lc;

	foreach(lc, branch->others)
	{
		if (((Condition *) lfirst(lc))->type == NODE_EXISTS)
			exists = lappend(exists, lfirst(lc));
	}
	foreach(lc, exists)
	{
		if (names_traces(lfirst(lc)))
			return lfirst(lc);
	}
	/* in order, what is read is what is asked for */
	if (list_length(exists) == 1 && (equal_value(branch->leading) != NULL || asks_for_error(branch->leading)))
		return NULL;
	foreach(lc, exists)
	{
		const Condition *condition = lfirst(lc);

		if ((condition->name > 0 || asks_for_error(condition)) && is_few(search, condition))
			return condition;
	}
	return NULL;
}

/* Are there few rows with an error, if it asks for one, or of its name, and value if it asks for some? */
static bool
is_few(Search *search, const Condition *exists)
{
	StringInfoData sql;
	bool		isnull;

	if (feedback_setting_search_lookups == 0 || search->asked++ >= MAX_ASKED)
		return false;
	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT count(*) FROM (SELECT FROM feedback.assessments a WHERE ");
	append_indexed(&sql, exists, "a");
	appendStringInfo(&sql, " LIMIT %d) a", feedback_setting_search_lookups + 1);
	feedback_statement_select_once(sql.data, search->parameters->count, search->parameters->types,
								   search->parameters->values);
	return DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull)) <= feedback_setting_search_lookups;
}

/* What an index has of the condition of an assessment of some name or with an error */
static void
append_indexed(StringInfo sql, const Condition *exists, const char *alias)
{
	ListCell   *lc;

	if (asks_for_error(exists))
	{
		appendStringInfo(sql, "%s.error_code IS NOT NULL", alias);
		return;
	}
	appendStringInfo(sql, "%s.name = $%d", alias, exists->name);
	foreach(lc, exists->children)
	{
		const Condition *child = lfirst(lc);

		if (is_indexed(child))
		{
			appendStringInfoString(sql, " AND ");
			feedback_search_append_comparison(sql, child, alias);
		}
	}
	append_nulls(sql, exists, alias);
}

/* Is it a condition of a value that its index can find? */
static bool
is_indexed(const Condition *node)
{
	if (node->type != NODE_COMPARE || node->constant == 0)
		return false;
	return node->field == FIELD_BOOLEAN || node->field == FIELD_NUMERIC ||
		(node->field == FIELD_TEXT && strcmp(node->operator, "=") == 0 && !node->any);
}

/* A row has one value, and in the index nulls before it: so it finds those of one type in one place. */
static void
append_nulls(StringInfo sql, const Condition *exists, const char *alias)
{
	ListCell   *lc;

	foreach(lc, exists->children)
	{
		const Condition *child = lfirst(lc);

		if (!is_indexed(child))
			continue;
		if (child->field != FIELD_BOOLEAN)
			appendStringInfo(sql, " AND %s.boolean_value IS NULL", alias);
		if (child->field == FIELD_TEXT)
			appendStringInfo(sql, " AND %s.numeric_value IS NULL", alias);
	}
}

/* By time, in words that only the index of values has: what is null in all rows of a value's type */
static void
append_value_order(StringInfo sql, const Condition *value, const char *order, const char *prefix)
{
	if (value->field != FIELD_BOOLEAN)
		appendStringInfo(sql, "a.boolean_value%s, ", order);
	if (value->field != FIELD_NUMERIC)
		appendStringInfo(sql, "a.numeric_value%s, ", order);
	if (value->field != FIELD_TEXT)
		appendStringInfo(sql, "%s%s, ", prefix, order);
}

/* The branch's rows, newest first, or all of them where all are asked for */
static void
append_rows_of(Search *search, const Branch *branch)
{
	if (*search->limit == '\0')
		append_newest_of_all(search, branch);
	else
		append_in_order(search, branch);
}

/* The newest row of each trace, by reading them all */
static void
append_newest_of_all(Search *search, const Branch *branch)
{
	appendStringInfoString(&search->sql,
						   "(SELECT a.project, a.trace_id, a.create_time FROM ("
						   "SELECT r.project, r.trace_id, max(r.create_time) AS create_time FROM feedback.assessments r WHERE ");
	feedback_search_append_assessment(&search->sql, branch->leading, "r", true);
	append_nulls(&search->sql, branch->leading, "r");
	feedback_search_append_project(search, "r");
	appendStringInfoString(&search->sql, " GROUP BY r.project, r.trace_id OFFSET 0) a WHERE true");
	append_others(search, branch->others, "a");
	appendStringInfoChar(&search->sql, ')');
}

/*
 * The first row of a trace is its newest.  Should there be more traces than
 * first_seen remembers, the newest is looked up for the others.
 *
 * What is volatile is done in the order that it is selected in.  OFFSET 0 keeps
 * the subquery, and with it that order, from what is around it.
 */
static void
append_in_order(Search *search, const Branch *branch)
{
	const Condition *value = equal_value(branch->leading);

	appendStringInfoString(&search->sql,
						   "(SELECT a.project, a.trace_id, a.create_time FROM ("
						   "SELECT a.project, a.trace_id, a.create_time, a.assessment_id, ");
	if (value != NULL)
		append_value_order(&search->sql, value, "", "\"left\"(a.text_value, 60) AS prefix");
	appendStringInfo(&search->sql, "feedback_internal.first_seen(a.project, a.trace_id, a.create_time, %s) AS is_first FROM feedback.assessments a WHERE ",
					 branch->others == NIL ? search->most : "9223372036854775807");
	feedback_search_append_assessment(&search->sql, branch->leading, "a", value != NULL);
	if (value != NULL)
		append_nulls(&search->sql, branch->leading, "a");
	feedback_search_append_project(search, "a");
	appendStringInfoString(&search->sql, " ORDER BY ");
	if (value != NULL)
		append_value_order(&search->sql, value, " DESC", "\"left\"(a.text_value, 60)");
	appendStringInfoString(&search->sql, "a.create_time DESC OFFSET 0) a ");
	feedback_search_begin_newest(search, branch->leading);
	appendStringInfoString(&search->sql, "NOT a.is_first AND ");
	feedback_search_append_assessment(&search->sql, branch->leading, "b", true);
	feedback_search_end_newest(search, branch->others);
	appendStringInfoString(&search->sql, " WHERE a.is_first IS NOT NULL AND CASE WHEN a.is_first THEN true");
	append_others(search, branch->others, "a");
	appendStringInfoString(&search->sql, " ELSE coalesce(n.assessment_id = a.assessment_id, false) END ORDER BY ");
	if (value != NULL)
		append_value_order(&search->sql, value, " DESC", "a.prefix");
	append_end(search);
}

/* The branch's newest row in each of the traces that have the assessment of which there are few */
static void
append_traces_of(Search *search, const Branch *branch, const Condition *few)
{
	appendStringInfoString(&search->sql,
						   "(SELECT a.project, a.trace_id, a.create_time FROM (SELECT DISTINCT c.trace_id, c.project "
						   "FROM feedback.assessments c WHERE ");
	feedback_search_append_assessment(&search->sql, few, "c", true);
	append_nulls(&search->sql, few, "c");
	feedback_search_append_project(search, "c");
	appendStringInfoString(&search->sql,
						   " OFFSET 0) t CROSS JOIN LATERAL (SELECT b.project, b.trace_id, b.create_time FROM ");
	feedback_search_append_rows(&search->sql, "t", "b", branch->leading);
	appendStringInfoString(&search->sql, " WHERE b.project = t.project AND ");
	feedback_search_append_assessment(&search->sql, branch->leading, "b", true);
	appendStringInfoString(&search->sql, " ORDER BY b.create_time DESC, b.assessment_id DESC LIMIT 1) a WHERE true");
	append_others(search, branch->others, "a");
	appendStringInfoString(&search->sql, " ORDER BY ");
	append_end(search);
}

static void
append_others(Search *search, const List *others, const char *alias)
{
	ListCell   *lc;

	foreach(lc, others)
	{
		appendStringInfoString(&search->sql, " AND ");
		feedback_search_append_trace(&search->sql, lfirst(lc), alias);
	}
}

static void
append_end(Search *search)
{
	appendStringInfo(&search->sql, "a.create_time DESC, a.trace_id, a.project%s)", search->limit);
}
