-- What each level gives, as GRANT and REVOKE take it.  Functions that are not named
-- here are for all who may read.
CREATE VIEW feedback_internal.access_privileges WITH (security_invoker = true) AS
SELECT l.level, l.privilege
FROM (VALUES
    ('read', 'USAGE ON SCHEMA feedback, feedback_internal'),
    ('read', 'USAGE ON TYPE feedback.assessment_kind, feedback.source_type, feedback.value_type'),
    ('read', 'SELECT ON feedback.assessments, feedback.feedback, feedback.expectations, feedback.trace_summary, '
             'feedback.trace_feedback, feedback.recent_traces, feedback.ratings, feedback.source_summary, '
             'feedback.hourly_summary, feedback.daily_summary, feedback.overview, feedback.value_counts, '
             'feedback.value_distribution, feedback.numeric_summary, feedback.score_histogram, feedback.agreement, '
             'feedback.label_schemas, feedback.traces, feedback_internal.trace_stores, feedback_internal.counted_state, '
             'feedback_internal.counted_totals, feedback_internal.counted_days, feedback_internal.counted_cells, '
             'feedback_internal.counted_values, feedback_internal.counted_changes, feedback_internal.recent_trend, '
             'feedback.evaluation_runs, feedback_internal.known_runs'),
    ('write', 'INSERT (project, trace_id, assessment_id, kind, name, boolean_value, numeric_value, text_value, json_value, '
              'source_type, source_id, rationale, metadata, span_id, error_code, error_message, stack_trace, overrides, '
              'create_time, last_update_time) ON feedback.assessments'),
    ('write', 'UPDATE (boolean_value, numeric_value, text_value, json_value, rationale, metadata, error_code, error_message, '
              'stack_trace, last_update_time) ON feedback.assessments'),
    ('write', 'DELETE ON feedback.assessments'),
    ('write', 'SELECT, INSERT, UPDATE ON feedback.rejected_assessments'),
    ('write', 'INSERT ON feedback_internal.evaluation_runs'),
    ('curate', 'UPDATE (name) ON feedback.assessments'),
    ('curate', 'DELETE ON feedback.rejected_assessments'),
    ('curate', 'SELECT ON feedback.rejected_summary'),
    ('curate', 'INSERT, UPDATE, DELETE ON feedback.label_schemas'),
    ('admin', 'SELECT ON ALL TABLES IN SCHEMA feedback, feedback_internal'),
    ('admin', 'INSERT, DELETE ON feedback_internal.trace_sources')
) l (level, privilege)
UNION ALL
SELECT coalesce(f.level, 'read'), format('EXECUTE ON ROUTINE %s', p.oid::regprocedure)
FROM pg_proc p
LEFT JOIN (VALUES
    ('write', 'log_feedback'), ('write', 'log_expectation'), ('write', 'log_assessment'), ('write', 'log_assessments'),
    ('write', 'set_feedback'), ('write', 'set_assessment'), ('write', 'withdraw_feedback'), ('write', 'log_otel_evaluations'),
    ('write', 'ingest_assessments'), ('write', 'ingest_otel_evaluations'), ('write', 'evaluate'),
    ('curate', 'override_feedback'), ('curate', 'update_assessment'), ('curate', 'delete_assessment'),
    ('curate', 'retry_rejected'), ('curate', 'create_label_schema'), ('curate', 'alter_label_schema'),
    ('curate', 'drop_label_schema'), ('curate', 'label_schema_from_json_schema'), ('curate', 'import_phoenix'),
    ('admin', 'rebuild_summaries'), ('admin', 'check_summaries'), ('admin', 'set_trace_source'),
    ('admin', 'attach_mlflow'), ('admin', 'detach_mlflow'), ('admin', 'sync_mlflow'), ('admin', 'register_mlflow'),
    ('admin', 'unregister_mlflow'), ('admin', 'fill_mlflow'), ('admin', 'mirror_mlflow'), ('admin', 'mlflow_trace_arrived'),
    ('admin', 'grant_access'), ('admin', 'revoke_access')
) f (level, name) ON f.name = p.proname
WHERE p.pronamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace);
COMMENT ON VIEW feedback_internal.access_privileges IS 'privileges that a level of access gives beside those of the levels before it';
COMMENT ON COLUMN feedback_internal.access_privileges.level IS 'read, write, curate or admin';
COMMENT ON COLUMN feedback_internal.access_privileges.privilege IS 'the privilege and what it is on, as in GRANT';

CREATE VIEW feedback.access WITH (security_invoker = true) AS
SELECT pg_get_userbyid(g.role)::text COLLATE "default" AS role, g.level, g.project, true AS by_grant_access, g.granted_by, g.grant_time
FROM feedback_internal.access_grants g
UNION ALL
-- Plain GRANTs; whoever owns the extension, or its tables, may do everything anyway
SELECT a.role,
       CASE WHEN bool_or(a.privilege_type = 'UPDATE') AND bool_or(a.privilege_type = 'DELETE') THEN 'curate'
            WHEN bool_or(a.privilege_type = 'INSERT') THEN 'write'
            ELSE 'read' END,
       NULL, false, NULL, NULL
FROM (
    SELECT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(acl.grantee)::text COLLATE "default" END AS role, acl.grantee, acl.privilege_type, c.relowner
    FROM pg_class c, aclexplode(c.relacl) acl
    WHERE c.oid IN ('feedback.assessments'::regclass, 'feedback.feedback'::regclass, 'feedback.source_summary'::regclass)
    UNION ALL
    SELECT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(acl.grantee)::text COLLATE "default" END, acl.grantee, acl.privilege_type, c.relowner
    FROM pg_class c, pg_attribute t, aclexplode(t.attacl) acl
    WHERE c.oid = 'feedback.assessments'::regclass AND t.attrelid = c.oid
) a
WHERE a.grantee <> a.relowner
  AND a.grantee <> (SELECT e.extowner FROM pg_extension e WHERE e.extname = 'feedback')
  AND NOT EXISTS (SELECT FROM feedback_internal.access_grants g WHERE g.role::oid = a.grantee)
GROUP BY a.role;
COMMENT ON VIEW feedback.access IS
    'who may do what: what grant_access has granted, and what plain GRANTs on the main table and views come to';
COMMENT ON COLUMN feedback.access.role IS 'the role; its members may do the same';
COMMENT ON COLUMN feedback.access.level IS
    'read the views; write: log, set and withdraw one''s own; curate: update, override, delete, label schemas, retry; admin: all, and grant';
COMMENT ON COLUMN feedback.access.project IS 'project in which it may; null: all';
COMMENT ON COLUMN feedback.access.by_grant_access IS 'false for plain GRANTs, which know no projects';
COMMENT ON COLUMN feedback.access.granted_by IS 'role of the session that granted it';
COMMENT ON COLUMN feedback.access.grant_time IS 'when it was granted';

CREATE FUNCTION feedback.grant_access(role text, level text, project text DEFAULT NULL) RETURNS void
    AS 'MODULE_PATHNAME', 'feedback_access_grant'
    LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback.grant_access(text, text, text) IS
    'lets a role read, write, curate or administrate, in a project or in all; from the first call on, row security keeps roles to their projects';

CREATE FUNCTION feedback.revoke_access(role text, level text DEFAULT NULL, project text DEFAULT NULL) RETURNS void
    AS 'MODULE_PATHNAME', 'feedback_access_revoke'
    LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback.revoke_access(text, text, text) IS
    'takes a level and those above it back, in a project or of all projects; without a level all that the role has there';
