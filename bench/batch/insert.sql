INSERT INTO feedback.assessments (
    project, trace_id, assessment_id, kind, name,
    boolean_value, numeric_value, text_value, json_value,
    source_type, source_id, rationale, metadata, span_id,
    error_code, error_message, stack_trace, overrides, create_time, last_update_time)
SELECT
    'default', trace_id, assessment_id, 'feedback', name,
    NULL, value, NULL, NULL,
    'LLM_JUDGE', source_id, rationale, metadata, NULL,
    NULL, NULL, NULL, NULL, now(), now()
FROM bench.rows;
