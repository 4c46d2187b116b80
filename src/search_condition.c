/*
 * search_condition.c
 *		Conditions of traces and of rows, in SQL.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "search.h"

static void append_condition(StringInfo sql, const Condition *node, const char *alias);
static void append_comparison(StringInfo sql, const Condition *node, const char *alias);
static char *column(const Condition *node, const char *alias);

/*
 * A condition of the trace that a row is of.
 *
 * Fenced, an assessment that is to exist is looked up for each row; otherwise the
 * planner may start from it, which takes it a while to consider for many.
 */
void
feedback_search_append_trace(StringInfo sql, const Condition *node, const char *alias, bool fenced)
{
	ListCell   *lc;

	check_stack_depth();
	if (node->type == NODE_EXISTS)
	{
		appendStringInfo(sql, "EXISTS (SELECT FROM feedback.assessments c WHERE c.trace_id = %s.trace_id AND c.project = %s.project AND ",
						 alias, alias);
		feedback_search_append_assessment(sql, node, "c");
		appendStringInfoString(sql, fenced ? " OFFSET 0)" : ")");
		return;
	}
	appendStringInfoString(sql, node->type == NODE_NOT ? "(NOT coalesce(" : "(");
	foreach(lc, node->children)
	{
		if (lc != list_head(node->children))
			appendStringInfoString(sql, node->type == NODE_AND ? " AND " : " OR ");
		feedback_search_append_trace(sql, lfirst(lc), alias, fenced);
	}
	appendStringInfoString(sql, node->type == NODE_NOT ? ", false))" : ")");
}

/* That a row is an assessment such as this */
void
feedback_search_append_assessment(StringInfo sql, const Condition *exists, const char *alias)
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

/* A condition of a row; none is null for NOT. */
static void
append_condition(StringInfo sql, const Condition *node, const char *alias)
{
	ListCell   *lc;

	check_stack_depth();
	if (node->type == NODE_COMPARE)
	{
		append_comparison(sql, node, alias);
		return;
	}
	appendStringInfoString(sql, node->type == NODE_NOT ? "(NOT coalesce(" : "(");
	foreach(lc, node->children)
	{
		if (lc != list_head(node->children))
			appendStringInfoString(sql, node->type == NODE_AND ? " AND " : " OR ");
		append_condition(sql, lfirst(lc), alias);
	}
	appendStringInfoString(sql, node->type == NODE_NOT ? ", false))" : ")");
}

static void
append_comparison(StringInfo sql, const Condition *node, const char *alias)
{
	char	   *left = column(node, alias);

	if (node->field == FIELD_VALUE && node->constant == 0)
		appendStringInfo(sql, "(num_nonnulls(%s.boolean_value, %s.numeric_value, %s.text_value, %s.json_value) %s 0)",
						 alias, alias, alias, alias, strcmp(node->operator, "IS NULL") == 0 ? "=" : ">");
	else if (node->constant == 0)
		appendStringInfo(sql, "(%s %s)", left, node->operator);
	else if (node->any)
		appendStringInfo(sql, "(%s = ANY ($%d))", left, node->constant);
	else if (node->field == FIELD_TEXT && strcmp(node->operator, "=") == 0)
		/* the index has the beginnings of texts */
		appendStringInfo(sql, "(%s = $%d AND \"left\"(%s, 60) = \"left\"($%d, 60))",
						 left, node->constant, left, node->constant);
	else
		appendStringInfo(sql, "(%s %s $%d)", left, node->operator, node->constant);
}

/* What a field is in SQL */
static char *
column(const Condition *node, const char *alias)
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

	switch (node->field)
	{
		case FIELD_VALUE:
			return psprintf("coalesce(%s.text_value, %s.boolean_value::text, trim_scale(%s.numeric_value)::text, %s.json_value::text)",
							alias, alias, alias, alias);
		case FIELD_METADATA:
			return psprintf("(%s.metadata ->> $%d)", alias, node->key);
		case FIELD_METADATA_NUMBER:
			return psprintf("CASE WHEN jsonb_typeof(%s.metadata -> $%d) = 'number' THEN (%s.metadata ->> $%d)::numeric END",
							alias, node->key, alias, node->key);
		default:
			return psprintf("%s.%s", alias, columns[node->field]);
	}
}
