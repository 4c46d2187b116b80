/*
 * search_condition.c
 *		Conditions of traces and of rows, in SQL.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "search/search.h"

/* The column of a field, where it is one */
static const char *const columns[] = {
	[FIELD_BOOLEAN] = "boolean_value",
	[FIELD_NUMERIC] = "numeric_value",
	[FIELD_TEXT] = "text_value",
	[FIELD_JSON] = "json_value",
	[FIELD_SOURCE_TYPE] = "source_type",
	[FIELD_SOURCE_ID] = "source_id",
	[FIELD_RATIONALE] = "rationale",
	[FIELD_ERROR_CODE] = "error_code",
	[FIELD_ERROR_MESSAGE] = "error_message",
	[FIELD_SPAN_ID] = "span_id",
	[FIELD_CREATE_TIME] = "create_time",
	[FIELD_LAST_UPDATE_TIME] = "last_update_time",
	[FIELD_METADATA] = "metadata",
	[FIELD_TRACE_ID] = "trace_id"
};

static int	fields_of(const Condition *node);
static void append_condition(StringInfo sql, const Condition *node, const char *alias);
static char *column(const Condition *node, const char *alias);

/*
 * The rows of a trace, to be filtered by conditions.
 *
 * OFFSET 0 keeps the planner from filtering as it reads, which might be by another
 * index than the primary key's, and from joining what is to be looked up.  Only the
 * columns that the conditions name are read, as the caller may have no right to more.
 */
void
feedback_search_append_rows(StringInfo sql, const char *trace, const char *alias, const Condition *conditions)
{
	int			fields = fields_of(conditions);
	int			i;

	if (fields & (1 << FIELD_VALUE))
		fields |= 1 << FIELD_BOOLEAN | 1 << FIELD_NUMERIC | 1 << FIELD_TEXT | 1 << FIELD_JSON;
	if (fields & (1 << FIELD_METADATA_NUMBER))
		fields |= 1 << FIELD_METADATA;
	appendStringInfoString(sql, "(SELECT r.project, r.trace_id, r.assessment_id, r.kind, r.name, r.valid, r.create_time");
	for (i = 0; i < (int) lengthof(columns); i++)
	{
		if (columns[i] != NULL && i != FIELD_CREATE_TIME && i != FIELD_TRACE_ID && (fields & (1 << i)))
			appendStringInfo(sql, ", r.%s", columns[i]);
	}
	appendStringInfo(sql, " FROM feedback.assessments r WHERE r.trace_id = %s.trace_id OFFSET 0) %s", trace, alias);
}

/* The fields that conditions of rows name, a bit each */
static int
fields_of(const Condition *node)
{
	int			result = node->type == NODE_COMPARE ? 1 << node->field : 0;
	ListCell   *lc;

	check_stack_depth();
	foreach(lc, node->type == NODE_TRACE ? NIL : node->children)
		result |= fields_of(lfirst(lc));
	return result;
}

/* A condition of the trace that a row is of */
void
feedback_search_append_trace(StringInfo sql, const Condition *node, const char *alias)
{
	ListCell   *lc;

	check_stack_depth();
	if (node->type == NODE_TRACE)
	{
		feedback_search_append_source(sql, node, alias);
		return;
	}
	if (node->type == NODE_EXISTS)
	{
		appendStringInfoString(sql, "EXISTS (SELECT FROM ");
		feedback_search_append_rows(sql, alias, "c", node);
		appendStringInfo(sql, " WHERE c.project = %s.project AND ", alias);
		feedback_search_append_assessment(sql, node, "c", true);
		appendStringInfoChar(sql, ')');
		return;
	}
	appendStringInfoString(sql, node->type == NODE_NOT ? "(NOT coalesce(" : "(");
	foreach(lc, node->children)
	{
		if (lc != list_head(node->children))
			appendStringInfoString(sql, node->type == NODE_AND ? " AND " : " OR ");
		feedback_search_append_trace(sql, lfirst(lc), alias);
	}
	appendStringInfoString(sql, node->type == NODE_NOT ? ", false))" : ")");
}

/*
 * That a row is an assessment such as this.  Not by name: in words that the index
 * of names and values does not have, as it is not to find the row.
 */
void
feedback_search_append_assessment(StringInfo sql, const Condition *exists, const char *alias, bool by_name)
{
	ListCell   *lc;

	appendStringInfo(sql, "%s.valid", alias);
	if (exists->kind != NULL)
		appendStringInfo(sql, " AND %s.kind = '%s'", alias, exists->kind);
	if (exists->name > 0)
		appendStringInfo(sql, by_name ? " AND %s.name = $%d" : " AND (%s.name = $%d) IS TRUE", alias, exists->name);
	foreach(lc, exists->children)
	{
		const Condition *child = lfirst(lc);

		appendStringInfoString(sql, " AND ");
		append_condition(sql, child, alias);
		if (!by_name && child->type == NODE_COMPARE &&
			(child->field == FIELD_BOOLEAN || child->field == FIELD_NUMERIC || child->field == FIELD_TEXT))
			appendStringInfoString(sql, " IS TRUE");
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
		feedback_search_append_comparison(sql, node, alias);
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

/* A comparison of a field of a row */
void
feedback_search_append_comparison(StringInfo sql, const Condition *node, const char *alias)
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

/* That a row is of the project, if one is asked for */
void
feedback_search_append_project(Search *search, const char *alias)
{
	if (search->project > 0)
		appendStringInfo(&search->sql, " AND %s.project = $%d", alias, search->project);
}

/* What a field is in SQL */
static char *
column(const Condition *node, const char *alias)
{
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
		case FIELD_SOURCE_TYPE:
			return psprintf("%s.source_type::text", alias);
		default:
			return psprintf("%s.%s", alias, columns[node->field]);
	}
}
