/*
 * search_compile.c
 *		From the conditions of a filter to one SQL statement.
 *
 * A filter is a set of branches: each has a leading condition on assessments,
 * whose rows are read newest first, and conditions that their traces meet
 * besides.  A trace comes in with its newest row of a branch, so that a limit
 * ends the reading.  OR has the branches of all its parts, AND those of its
 * first part that has any, with the rest as conditions.  What is in a branch's
 * leading condition is one comparison for each typed value, which is what the
 * indexes of feedback.assessments find.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "search.h"

/* More alternatives than these in one condition are not made branches of */
#define MAX_BRANCHES	16

typedef struct Branch
{
	Condition	   *leading;		/* EXISTS, or NULL for any assessment */
	List	   *others;			/* conditions of the trace */
} Branch;

static List *branches_of(Condition *node);
static List *branches_of_and(Condition *node);
static List *alternatives(Condition *exists);
static Condition *with_children(Condition *exists, List *children);
static void append_branch(StringInfo sql, const Branch *branch, int project, const char *limit);
static void append_trace(StringInfo sql, const Condition *node);
static void append_list(StringInfo sql, const Condition *node, void (*append) (StringInfo, const Condition *, const char *),
						const char *alias);
static void append_trace_of(StringInfo sql, const Condition *node, const char *alias);
static void append_assessment(StringInfo sql, const Condition *exists, const char *alias);
static void append_condition(StringInfo sql, const Condition *node, const char *alias);
static void append_comparison(StringInfo sql, const Condition *node, const char *alias);

/* The statement, with the numbers of the parameters of the project and the limit */
char *
feedback_search_sql(Condition *filter, const char *order, int project, int limit)
{
	char	   *limited = order == NULL ? psprintf(" LIMIT $%d", limit) : "";
	List	   *branches = filter == NULL ? NIL : branches_of(filter);
	StringInfoData sql;
	ListCell   *lc;

	if (branches == NIL)
	{
		Branch	   *branch = palloc0(sizeof(Branch));

		if (filter != NULL)
			branch->others = list_make1(filter);
		branches = list_make1(branch);
	}

	initStringInfo(&sql);
	appendStringInfoString(&sql,
						   "SELECT t.project, t.trace_id, t.matched_time, t.feedback, t.expectations, t.n, t.n_error, "
						   "t.first_time, t.last_time FROM ("
						   "SELECT m.project, m.trace_id, m.matched_time, s.* FROM ("
						   "SELECT u.project, u.trace_id, max(u.create_time) AS matched_time FROM (");
	foreach(lc, branches)
	{
		if (lc != list_head(branches))
			appendStringInfoString(&sql, " UNION ALL ");
		append_branch(&sql, lfirst(lc), project, limited);
	}
	appendStringInfo(&sql,
					 ") u GROUP BY u.project, u.trace_id ORDER BY matched_time DESC, u.trace_id, u.project%s) m "
					 "CROSS JOIN LATERAL ("
					 "SELECT coalesce(jsonb_object_agg(l.name, l.value) FILTER (WHERE l.kind = 'feedback' AND l.value IS NOT NULL), '{}') AS feedback, "
					 "coalesce(jsonb_object_agg(l.name, l.value) FILTER (WHERE l.kind = 'expectation'), '{}') AS expectations, "
					 "coalesce(sum(l.n) FILTER (WHERE l.kind = 'feedback'), 0)::int8 AS n, "
					 "coalesce(sum(l.n_error) FILTER (WHERE l.kind = 'feedback'), 0)::int8 AS n_error, "
					 "min(l.first_time) AS first_time, max(l.last_time) AS last_time "
					 "FROM (SELECT v.kind, v.name, "
					 "(array_agg(v.value ORDER BY v.create_time DESC, v.assessment_id DESC) FILTER (WHERE v.value IS NOT NULL))[1] AS value, "
					 "count(*) AS n, count(v.error_code) AS n_error, min(v.create_time) AS first_time, max(v.create_time) AS last_time "
					 "FROM (SELECT a.*, coalesce(to_jsonb(a.boolean_value), to_jsonb(a.numeric_value), to_jsonb(a.text_value), a.json_value) AS value "
					 "FROM feedback.assessments a WHERE a.trace_id = m.trace_id AND a.project = m.project AND a.valid) v "
					 "GROUP BY v.kind, v.name) l) s) t "
					 "ORDER BY %s%s LIMIT $%d",
					 limited, order == NULL ? "" : psprintf("%s, ", order),
					 "t.matched_time DESC, t.trace_id, t.project", limit);
	return sql.data;
}

/* The branches of a condition of traces; NIL if it has no leading condition. */
static List *
branches_of(Condition *node)
{
	List	   *result = NIL;
	ListCell   *lc;

	switch (node->type)
	{
		case NODE_EXISTS:
			return alternatives(node);
		case NODE_AND:
			return branches_of_and(node);
		case NODE_OR:
			foreach(lc, node->children)
			{
				List	   *branches = branches_of(lfirst(lc));

				if (branches == NIL || list_length(result) + list_length(branches) > MAX_BRANCHES)
					return NIL;
				result = list_concat(result, branches);
			}
			return result;
		default:
			return NIL;
	}
}

/* Those of the first part that has any, under the condition of all the others */
static List *
branches_of_and(Condition *node)
{
	ListCell   *lc;
	ListCell   *lc2;

	foreach(lc, node->children)
	{
		List	   *branches = branches_of(lfirst(lc));

		if (branches == NIL)
			continue;
		foreach(lc2, branches)
		{
			Branch	   *branch = lfirst(lc2);
			ListCell   *lc3;

			foreach(lc3, node->children)
			{
				if (lfirst(lc3) != lfirst(lc))
					branch->others = lappend(branch->others, lfirst(lc3));
			}
		}
		return branches;
	}
	return NIL;
}

/* The branches of an assessment that is to exist: for each alternative of its first OR. */
static List *
alternatives(Condition *exists)
{
	List	   *result = NIL;
	ListCell   *lc;
	ListCell   *lc2;
	Branch	   *branch;

	foreach(lc, exists->children)
	{
		Condition	   *choice = lfirst(lc);

		if (choice->type == NODE_AND)
		{
			/* conditions in brackets are as good as conditions beside them */
			List	   *children = list_concat_copy(list_delete_ptr(list_copy(exists->children), choice),
													choice->children);

			return alternatives(with_children(exists, children));
		}
	}
	foreach(lc, exists->children)
	{
		Condition	   *choice = lfirst(lc);

		if (choice->type != NODE_OR || list_length(choice->children) > MAX_BRANCHES)
			continue;
		foreach(lc2, choice->children)
		{
			List	   *children = list_delete_ptr(list_copy(exists->children), choice);

			branch = palloc0(sizeof(Branch));
			branch->leading = with_children(exists, lappend(children, lfirst(lc2)));
			result = lappend(result, branch);
		}
		return result;
	}
	branch = palloc0(sizeof(Branch));
	branch->leading = exists;
	return list_make1(branch);
}

/* The same assessment under other conditions */
static Condition *
with_children(Condition *exists, List *children)
{
	Condition	   *copy = palloc(sizeof(Condition));

	*copy = *exists;
	copy->children = children;
	return copy;
}

/*
 * A branch: the newest row of each trace that meets its condition.
 *
 * That it is the newest is looked up among the trace's rows, since a GROUP BY
 * would have to read all rows of all traces first.
 */
static void
append_branch(StringInfo sql, const Branch *branch, int project, const char *limit)
{
	Condition		any = {.type = NODE_EXISTS};
	const Condition *leading = branch->leading == NULL ? &any : branch->leading;
	ListCell   *lc;

	appendStringInfoString(sql, "(SELECT a.project, a.trace_id, a.create_time FROM feedback.assessments a WHERE ");
	append_assessment(sql, leading, "a");
	if (project > 0)
		appendStringInfo(sql, " AND a.project = $%d", project);
	appendStringInfoString(sql,
						   " AND NOT EXISTS (SELECT FROM feedback.assessments b WHERE b.trace_id = a.trace_id "
						   "AND b.project = a.project AND (b.create_time, b.assessment_id) > (a.create_time, a.assessment_id) AND ");
	append_assessment(sql, leading, "b");
	appendStringInfoChar(sql, ')');
	foreach(lc, branch->others)
	{
		appendStringInfoString(sql, " AND ");
		append_trace(sql, lfirst(lc));
	}
	appendStringInfo(sql, " ORDER BY a.create_time DESC, a.trace_id%s)", limit);
}

/* A condition of the trace of row a */
static void
append_trace(StringInfo sql, const Condition *node)
{
	append_trace_of(sql, node, "a");
}

static void
append_trace_of(StringInfo sql, const Condition *node, const char *alias)
{
	if (node->type != NODE_EXISTS)
	{
		append_list(sql, node, append_trace_of, alias);
		return;
	}
	appendStringInfo(sql, "EXISTS (SELECT FROM feedback.assessments c WHERE c.trace_id = %s.trace_id AND c.project = %s.project AND ",
					 alias, alias);
	append_assessment(sql, node, "c");
	appendStringInfoChar(sql, ')');
}

/* AND, OR and NOT of what append() writes */
static void
append_list(StringInfo sql, const Condition *node, void (*append) (StringInfo, const Condition *, const char *),
			const char *alias)
{
	ListCell   *lc;

	check_stack_depth();
	if (node->type == NODE_NOT)
	{
		appendStringInfoString(sql, "(NOT coalesce(");
		append(sql, linitial(node->children), alias);
		appendStringInfoString(sql, ", false))");
		return;
	}
	appendStringInfoChar(sql, '(');
	foreach(lc, node->children)
	{
		if (lc != list_head(node->children))
			appendStringInfoString(sql, node->type == NODE_AND ? " AND " : " OR ");
		append(sql, lfirst(lc), alias);
	}
	appendStringInfoChar(sql, ')');
}

/* That a row is an assessment such as this */
static void
append_assessment(StringInfo sql, const Condition *exists, const char *alias)
{
	ListCell   *lc;

	appendStringInfo(sql, "%s.valid", alias);
	if (exists->kind != NULL)
		appendStringInfo(sql, " AND %s.kind = '%s'", alias, exists->kind);
	if (exists->name > 0)
		appendStringInfo(sql, " AND %s.name = $%d", alias, exists->name);
	foreach(lc, exists->children)
	{
		appendStringInfoString(sql, " AND ");
		append_condition(sql, lfirst(lc), alias);
	}
}

/* A condition of a row */
static void
append_condition(StringInfo sql, const Condition *node, const char *alias)
{
	if (node->type == NODE_COMPARE)
		append_comparison(sql, node, alias);
	else
		append_list(sql, node, append_condition, alias);
}

static void
append_comparison(StringInfo sql, const Condition *node, const char *alias)
{
	static const char *const columns[] = {
		[FIELD_BOOLEAN] = "boolean_value",
		[FIELD_NUMERIC] = "numeric_value",
		[FIELD_TEXT] = "text_value",
		[FIELD_JSON] = "json_value",
		[FIELD_SOURCE_TYPE] = "source_type::text",
		[FIELD_SOURCE_ID] = "source_id",
		[FIELD_RATIONALE] = "rationale",
		[FIELD_ERROR_CODE] = "error_code",
		[FIELD_ERROR_MESSAGE] = "error_message",
		[FIELD_SPAN_ID] = "span_id",
		[FIELD_CREATE_TIME] = "create_time",
		[FIELD_LAST_UPDATE_TIME] = "last_update_time",
		[FIELD_TRACE_ID] = "trace_id"
	};
	char	   *left;

	if (node->field == FIELD_VALUE && node->constant == 0)
	{
		appendStringInfo(sql, "(num_nonnulls(%s.boolean_value, %s.numeric_value, %s.text_value, %s.json_value) %s 0)",
						 alias, alias, alias, alias, strcmp(node->operator, "IS NULL") == 0 ? "=" : ">");
		return;
	}
	if (node->field == FIELD_VALUE)
		left = psprintf("coalesce(%s.text_value, %s.boolean_value::text, trim_scale(%s.numeric_value)::text, %s.json_value::text)",
						alias, alias, alias, alias);
	else if (node->field == FIELD_METADATA)
		left = psprintf("(%s.metadata ->> $%d)", alias, node->key);
	else
		left = psprintf("%s.%s", alias, columns[node->field]);

	if (node->constant == 0)
		appendStringInfo(sql, "(%s %s)", left, node->operator);
	else if (node->field == FIELD_METADATA && *node->operator == 'n')
		appendStringInfo(sql, "(CASE WHEN jsonb_typeof(%s.metadata -> $%d) = 'number' THEN %s::numeric %s $%d END)",
						 alias, node->key, left, node->operator + 1, node->constant);
	else if (node->field == FIELD_JSON)
		appendStringInfo(sql, "(%s::text = $%d)", left, node->constant);
	else if (node->field == FIELD_TEXT && strcmp(node->operator, "=") == 0)
		/* the index has the beginnings of texts */
		appendStringInfo(sql, "(%s = $%d AND \"left\"(%s, 60) = \"left\"($%d, 60))", left, node->constant, left, node->constant);
	else
		appendStringInfo(sql, "(%s %s $%d)", left, node->operator, node->constant);
}
