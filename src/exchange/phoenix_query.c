/*
 * phoenix_query.c
 *		Phoenix's annotations as assessment documents, in SQL.
 *
 * What is known already, and no older than Phoenix has it, is left out where
 * the rows are read.
 *
 * The id is made of what Phoenix itself has one annotation of: the span, trace or
 * session, the name and the identifier.  It stays the same when Phoenix's
 * tables move, or are restored.  Numbers are written as float8 prints them, so
 * that NaN, which is no JSON, makes a bad document.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "exchange/phoenix.h"

/* The columns that all tables of annotations have */
#define ANNOTATION \
	"p.name::text AS project, a.name::text AS name, a.label::text AS label, a.score, " \
	"a.explanation::text AS explanation, a.metadata::jsonb AS metadata, " \
	"a.annotator_kind::text AS annotator_kind, a.identifier::text AS identifier, " \
	"a.source::text AS source, a.user_id::int8 AS user_id, a.created_at, a.updated_at"

#define SPAN_ANNOTATIONS \
	"SELECT 'span' AS target, t.trace_id::text AS trace_id, s.span_id::text AS span_id, " \
	"NULL::text AS session_id, " ANNOTATION " FROM %1$s.span_annotations a " \
	"JOIN %1$s.spans s ON s.id = a.span_rowid " \
	"JOIN %1$s.traces t ON t.id = s.trace_rowid " \
	"JOIN %1$s.projects p ON p.id = t.project_rowid"

#define TRACE_ANNOTATIONS \
	"SELECT 'trace', t.trace_id::text, NULL, NULL, " ANNOTATION " FROM %1$s.trace_annotations a " \
	"JOIN %1$s.traces t ON t.id = a.trace_rowid " \
	"JOIN %1$s.projects p ON p.id = t.project_rowid"

#define SESSION_ANNOTATIONS \
	"SELECT 'session', s.session_id::text, NULL, s.session_id::text, " ANNOTATION \
	" FROM %1$s.project_session_annotations a " \
	"JOIN %1$s.project_sessions s ON s.id = a.project_session_id " \
	"JOIN %1$s.projects p ON p.id = s.project_id"

/* A UUID version 8 (RFC 9562) */
#define HASH \
	"encode(sha256(convert_to(json_build_array('phoenix', a.target, a.trace_id, a.span_id, a.name, a.identifier)::text, " \
	"'UTF8')), 'hex')"
#define ID		"overlay(overlay(substr(" HASH ", 1, 32), '8', 13, 1), '8', 17, 1)::uuid"

/* A note has an identifier of its own, which names nobody */
#define IDENTIFIER	"CASE WHEN a.identifier LIKE 'px-%-note:%' THEN NULL ELSE NULLIF(a.identifier, '') END"

#define SOURCE_TYPE \
	"CASE a.annotator_kind WHEN 'HUMAN' THEN 'HUMAN' WHEN 'LLM' THEN 'LLM_JUDGE' WHEN 'CODE' THEN 'CODE' " \
	"ELSE 'SOURCE_TYPE_UNSPECIFIED' END"

/* A person is who is logged in; a model or a program is what the caller says, for who is logged in has its key */
#define SOURCE_ID \
	"CASE WHEN a.annotator_kind = 'HUMAN' THEN COALESCE(u.username::text, " IDENTIFIER ", 'default') " \
	"ELSE COALESCE(" IDENTIFIER ", CASE WHEN jsonb_typeof(a.metadata -> 'model') = 'string' THEN a.metadata ->> 'model' END, " \
	"u.username::text, 'default') END"

#define METADATA \
	"CASE jsonb_typeof(a.metadata) WHEN 'object' THEN a.metadata WHEN 'null' THEN '{}'::jsonb " \
	"ELSE jsonb_build_object('phoenix.metadata', a.metadata) END || " \
	"jsonb_strip_nulls(jsonb_build_object('phoenix.annotation', a.target, 'phoenix.source', a.source, " \
	"'phoenix.identifier', NULLIF(a.identifier, ''), 'phoenix.annotator_kind', " \
	"CASE WHEN a.annotator_kind IN ('HUMAN', 'LLM', 'CODE') THEN NULL ELSE a.annotator_kind END, " \
	"'gen_ai.evaluation.score.label', CASE WHEN a.score IS NULL THEN NULL ELSE a.label END, " \
	"'mlflow.trace.session', a.session_id))"

#define VALUE \
	"CASE WHEN a.score IS NOT NULL THEN a.score::text " \
	"WHEN a.label IS NOT NULL THEN to_json(a.label)::text ELSE 'null' END"

#define DOCUMENT \
	"concat('{\"feedback\": {\"value\": ', " VALUE ", '}, ', substr(json_build_object(" \
	"'assessment_id', a.id, 'assessment_name', a.name, " \
	"'source', json_build_object('source_type', " SOURCE_TYPE ", 'source_id', " SOURCE_ID "), " \
	"'rationale', a.explanation, 'span_id', a.span_id, 'create_time', a.created_at, 'last_update_time', a.updated_at, " \
	"'metadata', " METADATA ")::text, 2))"

/*
 * The query over the annotations that are new or changed, of the columns that
 * phoenix.h names; its parameters are the project, or NULL for Phoenix's own,
 * and what stands before the ids of traces.
 */
char *
feedback_phoenix_query(const char *schema, bool sessions)
{
	const char *quoted = quote_identifier(schema);
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT COALESCE($1, a.project), a.logged_trace_id, " DOCUMENT ", o.assessment_id IS NOT NULL "
						   "FROM (SELECT a.*, " ID " AS id, CASE a.target WHEN 'session' THEN a.trace_id "
						   "ELSE concat($2, a.trace_id) END AS logged_trace_id FROM (");
	appendStringInfo(&sql, SPAN_ANNOTATIONS " UNION ALL " TRACE_ANNOTATIONS, quoted);
	if (sessions)
		appendStringInfo(&sql, " UNION ALL " SESSION_ANNOTATIONS, quoted);
	appendStringInfo(&sql, ") a OFFSET 0) a "
					 "LEFT JOIN feedback.assessments o ON o.trace_id = a.logged_trace_id "
					 "AND o.assessment_id = a.id "
					 "LEFT JOIN %s.users u ON u.id = a.user_id "
					 "WHERE o.assessment_id IS NULL OR o.last_update_time < a.updated_at", quoted);
	return sql.data;
}
