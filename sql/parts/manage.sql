CREATE FUNCTION feedback.update_assessment(
    trace_id text,
    assessment_id uuid,
    assessment text
) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'feedback_update_assessment'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.update_assessment(text, uuid, text) IS
    'changes an assessment in place from a whole or partial MLflow document (text), and returns the new document; P0002 if there is none';

CREATE FUNCTION feedback.update_assessment(
    trace_id text,
    assessment_id uuid,
    assessment json
) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'feedback_update_assessment'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.update_assessment(text, uuid, json) IS
    'changes an assessment in place from a whole or partial MLflow document (json), and returns the new document; P0002 if there is none';

CREATE FUNCTION feedback.update_assessment(
    trace_id text,
    assessment_id uuid,
    assessment jsonb
) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'feedback_update_assessment_jsonb'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.update_assessment(text, uuid, jsonb) IS
    'changes an assessment in place from a whole or partial MLflow document (jsonb), and returns the new document; P0002 if there is none';

CREATE FUNCTION feedback.delete_assessment(
    trace_id text,
    assessment_id uuid
) RETURNS boolean
    AS 'MODULE_PATHNAME', 'feedback_delete_assessment'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.delete_assessment(text, uuid) IS
    'deletes an assessment and mends the chain of overrides that it was in; true if there was one';

CREATE FUNCTION feedback.get_assessment(
    trace_id text,
    assessment_id uuid
) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'feedback_get_assessment'
    LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback.get_assessment(text, uuid) IS
    'the MLflow document of an assessment; P0002 if there is none';

CREATE FUNCTION feedback.get_assessments(
    trace_id text
) RETURNS SETOF jsonb
    AS 'MODULE_PATHNAME', 'feedback_get_assessments'
    LANGUAGE C STABLE PARALLEL SAFE
    ROWS 10;
COMMENT ON FUNCTION feedback.get_assessments(text) IS
    'the MLflow documents of all assessments of a trace, also of those not valid, oldest first';

