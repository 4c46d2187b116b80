-- The grants of a role that imports, as docs/import.md has them.
GRANT USAGE ON SCHEMA feedback, phoenix TO importer;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal TO importer;
REVOKE EXECUTE ON FUNCTION feedback.rebuild_summaries FROM importer;
GRANT SELECT,
      INSERT (project, trace_id, assessment_id, kind, name, boolean_value, numeric_value, text_value, json_value,
              source_type, source_id, rationale, metadata, span_id, error_code, error_message, stack_trace, overrides,
              create_time, last_update_time),
      UPDATE (boolean_value, numeric_value, text_value, json_value, source_type, source_id, rationale, metadata,
              error_code, error_message, stack_trace, last_update_time)
    ON feedback.assessments TO importer;
GRANT SELECT, INSERT, UPDATE ON feedback.rejected_assessments TO importer;
GRANT SELECT ON phoenix.projects, phoenix.project_sessions, phoenix.traces, phoenix.spans,
                phoenix.trace_annotations, phoenix.span_annotations, phoenix.project_session_annotations
    TO importer;
GRANT SELECT (id, username) ON phoenix.users TO importer;
