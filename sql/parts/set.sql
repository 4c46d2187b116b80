-- One word a source.  A value is declared twice, as in log_feedback.

CREATE FUNCTION feedback.set_feedback(
    trace_id text,
    name text,
    value text DEFAULT NULL,
    source_type text DEFAULT 'HUMAN',
    source_id text DEFAULT NULL,
    rationale text DEFAULT NULL,
    metadata jsonb DEFAULT NULL,
    span_id text DEFAULT NULL,
    error_code text DEFAULT NULL,
    error_message text DEFAULT NULL,
    stack_trace text DEFAULT NULL,
    create_time timestamptz DEFAULT NULL,
    project text DEFAULT NULL,
    assessment_id uuid DEFAULT NULL
) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_set_feedback'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.set_feedback(text, text, text, text, text, text, jsonb, text, text, text, text, timestamptz, text, uuid) IS
    'a source''s one word on a name of a trace and span: logged at first, changed in place by the next, unchanged by the same; returns its id (value as text; a WARNING if it reads as JSON)';

CREATE FUNCTION feedback.set_feedback(
    trace_id text,
    name text,
    value "any",
    source_type text DEFAULT 'HUMAN',
    source_id text DEFAULT NULL,
    rationale text DEFAULT NULL,
    metadata jsonb DEFAULT NULL,
    span_id text DEFAULT NULL,
    error_code text DEFAULT NULL,
    error_message text DEFAULT NULL,
    stack_trace text DEFAULT NULL,
    create_time timestamptz DEFAULT NULL,
    project text DEFAULT NULL,
    assessment_id uuid DEFAULT NULL
) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_set_feedback_any'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.set_feedback(text, text, "any", text, text, text, jsonb, text, text, text, text, timestamptz, text, uuid) IS
    'a source''s one word on a name of a trace and span: logged at first, changed in place by the next, unchanged by the same; returns its id (value of a type other than text)';

CREATE FUNCTION feedback.set_assessment(
    trace_id text,
    assessment text,
    project text DEFAULT NULL
) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_set_assessment'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.set_assessment(text, text, text) IS
    'a source''s one word on a name of a trace and span, as set_feedback, from an MLflow assessment document (text); returns its id';

CREATE FUNCTION feedback.set_assessment(
    trace_id text,
    assessment json,
    project text DEFAULT NULL
) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_set_assessment'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.set_assessment(text, json, text) IS
    'a source''s one word on a name of a trace and span, as set_feedback, from an MLflow assessment document (json); returns its id';

CREATE FUNCTION feedback.set_assessment(
    trace_id text,
    assessment jsonb,
    project text DEFAULT NULL
) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_set_assessment_jsonb'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.set_assessment(text, jsonb, text) IS
    'a source''s one word on a name of a trace and span, as set_feedback, from an MLflow assessment document (jsonb); returns its id';

CREATE FUNCTION feedback.withdraw_feedback(
    trace_id text,
    name text,
    source_id text,
    source_type text DEFAULT 'HUMAN',
    span_id text DEFAULT NULL,
    project text DEFAULT NULL
) RETURNS bigint
    AS 'MODULE_PATHNAME', 'feedback_withdraw_feedback'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.withdraw_feedback(text, text, text, text, text, text) IS
    'takes back what a source has said on a name of a trace and span, however it was logged and overridden by itself; returns how many went';
