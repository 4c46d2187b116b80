/*
 * search_compile.c
 *		From the conditions of a filter to one SQL statement.
 *
 * A filter matches rows: those that its condition on an assessment asks for; for
 * OR those of all its parts, for AND those of its first part that has any, under
 * the condition of all the others.  A filter that is true without any, such as
 * NOT, matches all rows of its traces.  The newest of them is what a trace is
 * found by, in time order.
 *
 * A condition on traces takes those that a source has, whether or not they have
 * assessments, unless an assessment is asked for beside it.
 *
 * They are read in as many branches as there are alternatives.  What leads a
 * branch is thus one comparison for each typed value, which is what the index of
 * values finds.  Too many alternatives are one branch.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "search/search.h"

/* More conditions than these, the same one in several branches counted for each, are one branch */
#define MAX_PLANNED		64

static bool matches_rows(const Condition *node, bool traces);
static bool asks_for_trace(const Condition *node);
static List *branches_of(Condition *node);
static List *branches_of_and(Condition *node);
static List *alternatives(const Condition *exists);
static bool are_too_many(List *branches);
static Branch *make_branch(const Condition *leading);
static Condition *with_children(const Condition *exists, List *children);
static void append_too_many(Search *search, Condition *filter, List *branches);
static Condition *condition_of(const Branch *branch);
static void append_merged(Search *search, const Condition *filter);
static void append_row(Search *search, const Condition *node, const char *alias);

/* The statement, with the numbers of the parameters of the project and the limit; for a caller connected to SPI */
char *
feedback_search_sql(Condition *filter, Condition *any_trace, const char *order, int project, int limit,
					const Parameters *parameters)
{
	Condition	any = {.type = NODE_EXISTS};
	List	   *branches;
	bool		is_limited;
	Search		search = {.project = project, .parameters = parameters, .any_trace = any_trace};
	ListCell   *lc;

	is_limited = order == NULL && DatumGetInt64(parameters->values[limit - 1]) < PG_INT64_MAX;
	search.limit = is_limited ? psprintf(" LIMIT $%d", limit) : "";
	search.most = psprintf("$%d", limit);
	if (filter == NULL)
		filter = &any;
	else if (!matches_rows(filter, true))
		filter = feedback_search_node(NODE_AND,
									  list_make2(asks_for_trace(filter) ? any_trace : &any, filter));
	branches = branches_of(filter);

	initStringInfo(&search.sql);
	appendStringInfoString(&search.sql,
						   "SELECT t.project, t.trace_id, t.matched_time, t.feedback, t.expectations, t.n, t.n_error, "
						   "t.first_time, t.last_time FROM ("
						   "SELECT m.project, m.trace_id, m.matched_time, s.* FROM ("
						   "SELECT u.project, u.trace_id, max(u.create_time) AS matched_time FROM (");
	if (are_too_many(branches))
		append_too_many(&search, filter, branches);
	else
	{
		foreach(lc, branches)
		{
			if (lc != list_head(branches))
				appendStringInfoString(&search.sql, " UNION ALL ");
			feedback_search_append_branch(&search, lfirst(lc));
		}
	}
	appendStringInfo(&search.sql,
					 ") u GROUP BY u.project, u.trace_id ORDER BY matched_time DESC, u.trace_id, u.project%s) m "
					 "CROSS JOIN LATERAL ("
					 "SELECT coalesce(feedback_internal.latest_values(a.name, a.boolean_value, a.numeric_value, a.text_value, a.json_value, a.create_time, a.assessment_id) "
					 "FILTER (WHERE a.kind = 'feedback'), '{}') AS feedback, "
					 "coalesce(feedback_internal.latest_values(a.name, a.boolean_value, a.numeric_value, a.text_value, a.json_value, a.create_time, a.assessment_id) "
					 "FILTER (WHERE a.kind = 'expectation'), '{}') AS expectations, "
					 "count(*) FILTER (WHERE a.kind = 'feedback') AS n, count(a.error_code) AS n_error, "
					 "min(a.create_time) AS first_time, max(a.create_time) AS last_time "
					 "FROM feedback.assessments a WHERE a.trace_id = m.trace_id AND a.project = m.project AND a.valid) s) t "
					 "ORDER BY %st.matched_time DESC, t.trace_id, t.project LIMIT $%d",
					 search.limit, order == NULL ? "" : psprintf("%s, ", order), limit);
	return search.sql.data;
}

/* Is it true only of traces that have a certain assessment, or that a source has? */
static bool
matches_rows(const Condition *node, bool traces)
{
	bool		all = node->type == NODE_OR;
	ListCell   *lc;

	if (node->type == NODE_EXISTS)
		return true;
	if (node->type == NODE_TRACE)
		return traces;
	if (node->type == NODE_NOT)
		return false;
	foreach(lc, node->children)
	{
		if (matches_rows(lfirst(lc), traces) != all)
			return !all;
	}
	return all;
}

/* Has it a condition on traces? */
static bool
asks_for_trace(const Condition *node)
{
	ListCell   *lc;

	if (node->type == NODE_TRACE)
		return true;
	foreach(lc, node->children)
	{
		if (asks_for_trace(lfirst(lc)))
			return true;
	}
	return false;
}

/* The branches of a condition that matches rows */
static List *
branches_of(Condition *node)
{
	List	   *result = NIL;
	ListCell   *lc;

	if (node->type == NODE_EXISTS)
		return alternatives(node);
	if (node->type == NODE_TRACE)
		return list_make1(make_branch(node));
	if (node->type == NODE_AND)
		return branches_of_and(node);
	foreach(lc, node->children)
		result = list_concat(result, branches_of(lfirst(lc)));
	return result;
}

/* Those of the first part that has any, of assessments before traces, under the condition of all the others */
static List *
branches_of_and(Condition *node)
{
	Condition  *first = NULL;
	List	   *branches;
	List	   *others;
	ListCell   *lc;
	int			traces;

	for (traces = 0; traces < 2; traces++)
	{
		foreach(lc, node->children)
		{
			if (first == NULL && matches_rows(lfirst(lc), traces == 1))
				first = lfirst(lc);
		}
	}
	if (first == NULL)
		elog(ERROR, "no part of a condition matches rows");
	branches = branches_of(first);
	others = list_delete_ptr(list_copy(node->children), first);
	foreach(lc, branches)
	{
		Branch	   *branch = lfirst(lc);

		branch->others = list_concat(branch->others, others);
	}
	return branches;
}

/* The branches of an assessment that is to exist: for each alternative of its first OR. */
static List *
alternatives(const Condition *exists)
{
	List	   *result = NIL;
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, exists->children)
	{
		Condition  *choice = lfirst(lc);

		/* conditions in brackets are as good as conditions beside them */
		if (choice->type == NODE_AND)
			return alternatives(with_children(exists,
											  list_concat_copy(list_delete_ptr(list_copy(exists->children), choice),
															   choice->children)));
	}
	foreach(lc, exists->children)
	{
		Condition  *choice = lfirst(lc);

		if (choice->type != NODE_OR || list_length(choice->children) > SEARCH_MAX_BRANCHES)
			continue;
		foreach(lc2, choice->children)
		{
			List	   *children = list_delete_ptr(list_copy(exists->children), choice);

			result = lappend(result, make_branch(with_children(exists, lappend(children, lfirst(lc2)))));
		}
		return result;
	}
	return list_make1(make_branch(exists));
}

/* Would planning take long? */
static bool
are_too_many(List *branches)
{
	int			planned = 0;
	ListCell   *lc;

	if (list_length(branches) == 1)
		return false;
	foreach(lc, branches)
		planned += 1 + list_length(((Branch *) lfirst(lc))->others);
	return list_length(branches) > SEARCH_MAX_BRANCHES || planned > MAX_PLANNED;
}

static Branch *
make_branch(const Condition *leading)
{
	Branch	   *branch = palloc0(sizeof(Branch));

	branch->leading = leading;
	return branch;
}

/* The same assessment under other conditions */
static Condition *
with_children(const Condition *exists, List *children)
{
	Condition  *copy = palloc(sizeof(Condition));

	*copy = *exists;
	copy->children = children;
	return copy;
}

/* Too many branches: one of assessments and one of traces */
static void
append_too_many(Search *search, Condition *filter, List *branches)
{
	List	   *assessments = NIL;
	List	   *traces = NIL;
	Branch	   *merged;
	ListCell   *lc;

	foreach(lc, branches)
	{
		Branch	   *branch = lfirst(lc);

		if (branch->leading->type == NODE_TRACE)
			traces = lappend(traces, condition_of(branch));
		else
			assessments = lappend(assessments, condition_of(branch));
	}
	if (traces == NIL)
	{
		append_merged(search, filter);
		return;
	}
	if (assessments != NIL)
	{
		append_merged(search, feedback_search_node(NODE_OR, assessments));
		appendStringInfoString(&search->sql, " UNION ALL ");
	}
	merged = make_branch(search->any_trace);
	merged->others = list_make1(feedback_search_node(NODE_OR, traces));
	feedback_search_append_branch(search, merged);
}

/* A branch as a condition, of which what leads it is the first part */
static Condition *
condition_of(const Branch *branch)
{
	return feedback_search_node(NODE_AND, list_concat(list_make1((void *) branch->leading), branch->others));
}

/* The only branch: the newest row of each trace that a filter matches. */
static void
append_merged(Search *search, const Condition *filter)
{
	appendStringInfoString(&search->sql,
						   "(SELECT a.project, a.trace_id, a.create_time FROM feedback.assessments a ");
	feedback_search_begin_newest(search, filter);
	append_row(search, filter, "b");
	feedback_search_end_newest(search, NIL);
	appendStringInfoString(&search->sql, " WHERE coalesce(n.assessment_id = a.assessment_id, false)");
	feedback_search_append_project(search, "a");
	appendStringInfo(&search->sql, " ORDER BY a.create_time DESC, a.trace_id, a.project%s)", search->limit);
}

/*
 * That a filter matches a row.  What it asks of the trace is asked of the trace's
 * row outside, so that it is found out once (an InitPlan), not for each row.
 */
static void
append_row(Search *search, const Condition *node, const char *alias)
{
	bool		matched = false;
	ListCell   *lc;

	appendStringInfoChar(&search->sql, '(');
	if (node->type == NODE_EXISTS)
		feedback_search_append_assessment(&search->sql, node, alias, true);
	foreach(lc, node->type == NODE_EXISTS ? NIL : node->children)
	{
		if (lc != list_head(node->children))
			appendStringInfoString(&search->sql, node->type == NODE_AND ? " AND " : " OR ");
		if (node->type == NODE_OR || (!matched && matches_rows(lfirst(lc), false)))
		{
			append_row(search, lfirst(lc), alias);
			matched = true;
		}
		else
			feedback_search_append_trace(&search->sql, lfirst(lc), "a");
	}
	appendStringInfoChar(&search->sql, ')');
}
