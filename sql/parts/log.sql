-- A value is declared twice.  As "any" it keeps the type that the call gives
-- it; untyped literals and parameters resolve to text.

CREATE FUNCTION feedback.log_feedback(
    trace_id text,
    name text,
    value text DEFAULT NULL,
    source_type text DEFAULT 'CODE',
    source_id text DEFAULT 'default',
    rationale text DEFAULT NULL,
    metadata jsonb DEFAULT NULL,
    span_id text DEFAULT NULL,
    error_code text DEFAULT NULL,
    error_message text DEFAULT NULL,
    stack_trace text DEFAULT NULL,
    overrides uuid DEFAULT NULL,
    create_time timestamptz DEFAULT NULL,
    assessment_id uuid DEFAULT NULL,
    project text DEFAULT NULL
) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_log_feedback'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.log_feedback(text, text, text, text, text, text, jsonb, text, text, text, text, uuid, timestamptz, uuid, text) IS
    'logs a feedback, of a value or an error or both, and returns its id (value as text; a WARNING if it reads as JSON)';

CREATE FUNCTION feedback.log_feedback(
    trace_id text,
    name text,
    value "any",
    source_type text DEFAULT 'CODE',
    source_id text DEFAULT 'default',
    rationale text DEFAULT NULL,
    metadata jsonb DEFAULT NULL,
    span_id text DEFAULT NULL,
    error_code text DEFAULT NULL,
    error_message text DEFAULT NULL,
    stack_trace text DEFAULT NULL,
    overrides uuid DEFAULT NULL,
    create_time timestamptz DEFAULT NULL,
    assessment_id uuid DEFAULT NULL,
    project text DEFAULT NULL
) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_log_feedback_any'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.log_feedback(text, text, "any", text, text, text, jsonb, text, text, text, text, uuid, timestamptz, uuid, text) IS
    'logs a feedback, of a value or an error or both, and returns its id (value of a type other than text)';

CREATE FUNCTION feedback.log_expectation(
    trace_id text,
    name text,
    value text,
    source_type text DEFAULT 'HUMAN',
    source_id text DEFAULT 'default',
    rationale text DEFAULT NULL,
    metadata jsonb DEFAULT NULL,
    span_id text DEFAULT NULL,
    overrides uuid DEFAULT NULL,
    create_time timestamptz DEFAULT NULL,
    assessment_id uuid DEFAULT NULL,
    project text DEFAULT NULL
) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_log_expectation'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.log_expectation(text, text, text, text, text, text, jsonb, text, uuid, timestamptz, uuid, text) IS
    'logs an expectation, the ground truth of a trace or span, and returns its id (value as text; a WARNING if it reads as JSON)';

CREATE FUNCTION feedback.log_expectation(
    trace_id text,
    name text,
    value "any",
    source_type text DEFAULT 'HUMAN',
    source_id text DEFAULT 'default',
    rationale text DEFAULT NULL,
    metadata jsonb DEFAULT NULL,
    span_id text DEFAULT NULL,
    overrides uuid DEFAULT NULL,
    create_time timestamptz DEFAULT NULL,
    assessment_id uuid DEFAULT NULL,
    project text DEFAULT NULL
) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_log_expectation_any'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.log_expectation(text, text, "any", text, text, text, jsonb, text, uuid, timestamptz, uuid, text) IS
    'logs an expectation, the ground truth of a trace or span, and returns its id (value of a type other than text)';

CREATE FUNCTION feedback.log_assessment(
    trace_id text,
    assessment text,
    project text DEFAULT NULL
) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_log_assessment'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.log_assessment(text, text, text) IS
    'logs a feedback or an expectation from an MLflow assessment document (text), and returns its id';

CREATE FUNCTION feedback.log_assessment(
    trace_id text,
    assessment json,
    project text DEFAULT NULL
) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_log_assessment'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.log_assessment(text, json, text) IS
    'logs a feedback or an expectation from an MLflow assessment document (json), and returns its id';

CREATE FUNCTION feedback.log_assessment(
    trace_id text,
    assessment jsonb,
    project text DEFAULT NULL
) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_log_assessment_jsonb'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.log_assessment(text, jsonb, text) IS
    'logs a feedback or an expectation from an MLflow assessment document (jsonb), and returns its id';

CREATE FUNCTION feedback.override_feedback(
    trace_id text,
    assessment_id uuid,
    value text,
    source_type text DEFAULT 'CODE',
    source_id text DEFAULT 'default',
    rationale text DEFAULT NULL,
    metadata jsonb DEFAULT NULL,
    error_code text DEFAULT NULL,
    error_message text DEFAULT NULL,
    stack_trace text DEFAULT NULL,
    create_time timestamptz DEFAULT NULL,
    new_assessment_id uuid DEFAULT NULL
) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_override_feedback'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.override_feedback(text, uuid, text, text, text, text, jsonb, text, text, text, timestamptz, uuid) IS
    'logs a feedback that replaces another one, with its project, name and span, and returns the new id (value as text; a WARNING if it reads as JSON)';

CREATE FUNCTION feedback.override_feedback(
    trace_id text,
    assessment_id uuid,
    value "any",
    source_type text DEFAULT 'CODE',
    source_id text DEFAULT 'default',
    rationale text DEFAULT NULL,
    metadata jsonb DEFAULT NULL,
    error_code text DEFAULT NULL,
    error_message text DEFAULT NULL,
    stack_trace text DEFAULT NULL,
    create_time timestamptz DEFAULT NULL,
    new_assessment_id uuid DEFAULT NULL
) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_override_feedback_any'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.override_feedback(text, uuid, "any", text, text, text, jsonb, text, text, text, timestamptz, uuid) IS
    'logs a feedback that replaces another one, with its project, name and span, and returns the new id (value of a type other than text)';

