-- The client makes the id, in order of time, and binds it: as cheap as can be.
\set trace_id random(1000000000000000000, 8999999999999999999)
\set n :n + 1
\set time 1000000000000000 + :n * 16 + :client_id
\set random random(1000000000000000, 8999999999999999)
INSERT INTO feedback.assessments (
    project, trace_id, assessment_id, kind, name,
    boolean_value, numeric_value, text_value, json_value,
    source_type, source_id, rationale, metadata, span_id,
    error_code, error_message, stack_trace, overrides, create_time, last_update_time)
VALUES (
    'default', :trace_id, (:time::text || :random::text)::uuid, 'feedback', :name,
    NULL, :value, NULL, NULL,
    'LLM_JUDGE', :source_id, :rationale, :metadata, NULL,
    NULL, NULL, NULL, NULL, now(), now());
