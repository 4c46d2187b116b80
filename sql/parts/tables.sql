CREATE TABLE feedback.assessments (
    project text NOT NULL
        CONSTRAINT assessments_project_length CHECK (char_length(project) BETWEEN 1 AND 250),
    trace_id text NOT NULL
        CONSTRAINT assessments_trace_id_length CHECK (char_length(trace_id) BETWEEN 1 AND 250),
    assessment_id uuid NOT NULL,
    kind feedback.assessment_kind NOT NULL,
    name text NOT NULL
        CONSTRAINT assessments_name_length CHECK (char_length(name) BETWEEN 1 AND 250),
    boolean_value boolean,
    -- NaN is greater than every number
    numeric_value numeric
        CONSTRAINT assessments_numeric_value_range
            CHECK (abs(numeric_value) <= 1.7976931348623157e308),
    text_value text,
    json_value jsonb
        CONSTRAINT assessments_json_value_type
            CHECK (jsonb_typeof(json_value) IN ('array', 'object', 'null')),
    source_type feedback.source_type NOT NULL,
    source_id text
        CONSTRAINT assessments_source_id_length CHECK (char_length(source_id) <= 250),
    rationale text,
    metadata jsonb
        CONSTRAINT assessments_metadata_type
            CHECK (jsonb_typeof(metadata) = 'object' AND metadata <> '{}'),
    span_id text
        CONSTRAINT assessments_span_id_length CHECK (char_length(span_id) <= 250),
    error_code text
        CONSTRAINT assessments_error_code_kind CHECK (error_code IS NULL OR kind = 'feedback'),
    error_message text
        CONSTRAINT assessments_error_message_code
            CHECK (error_message IS NULL OR error_code IS NOT NULL),
    stack_trace text
        CONSTRAINT assessments_stack_trace_code
            CHECK (stack_trace IS NULL OR error_code IS NOT NULL),
    overrides uuid
        CONSTRAINT assessments_overrides_self CHECK (overrides <> assessment_id),
    valid boolean NOT NULL DEFAULT true,
    -- the years that an RFC 3339 time can spell
    create_time timestamptz NOT NULL
        CONSTRAINT assessments_create_time_range
            CHECK (create_time >= '0001-01-01 00:00:00+00' AND create_time < '10000-01-01 00:00:00+00'),
    last_update_time timestamptz NOT NULL
        CONSTRAINT assessments_last_update_time_range
            CHECK (last_update_time >= '0001-01-01 00:00:00+00' AND last_update_time < '10000-01-01 00:00:00+00'),
    logged_by text NOT NULL DEFAULT session_user,

    -- finds a trace's assessments too, so trace_id comes first
    CONSTRAINT assessments_pkey PRIMARY KEY (trace_id, assessment_id),

    CONSTRAINT assessments_value_single
        CHECK (num_nonnulls(boolean_value, numeric_value, text_value, json_value) <= 1),
    CONSTRAINT assessments_value_given
        CHECK (num_nonnulls(boolean_value, numeric_value, text_value, json_value, error_code) >= 1),
    -- an expectation of null says nothing, nor does a null beside an error
    CONSTRAINT assessments_json_value_null
        CHECK (json_value <> 'null' OR (kind = 'feedback' AND error_code IS NULL)),

    -- deferrable, because a dump made with --inserts may bring an overriding
    -- row before the one that it overrides
    CONSTRAINT assessments_overrides_fkey
        FOREIGN KEY (trace_id, overrides) REFERENCES feedback.assessments (trace_id, assessment_id)
        ON DELETE SET NULL (overrides) DEFERRABLE
);
SELECT pg_catalog.pg_extension_config_dump('feedback.assessments', '');

-- at most one assessment overrides another
CREATE UNIQUE INDEX assessments_overrides_key ON feedback.assessments (trace_id, overrides)
    WHERE overrides IS NOT NULL;

COMMENT ON TABLE feedback.assessments IS
    'feedback and expectations on traces; write through the functions, read through the views';
COMMENT ON COLUMN feedback.assessments.project IS
    'application that the trace belongs to, 1 to 250 characters';
COMMENT ON COLUMN feedback.assessments.trace_id IS
    'trace that is assessed, 1 to 250 characters';
COMMENT ON COLUMN feedback.assessments.assessment_id IS
    'id, unique within the trace; UUID version 7 (RFC 9562) unless the caller gave one';
COMMENT ON COLUMN feedback.assessments.kind IS
    'feedback or expectation';
COMMENT ON COLUMN feedback.assessments.name IS
    'what is assessed, such as user_satisfaction, 1 to 250 characters';
COMMENT ON COLUMN feedback.assessments.boolean_value IS
    'the value, if it is a boolean';
COMMENT ON COLUMN feedback.assessments.numeric_value IS
    'the value, if it is a number, with its digits';
COMMENT ON COLUMN feedback.assessments.text_value IS
    'the value, if it is text';
COMMENT ON COLUMN feedback.assessments.json_value IS
    'the value, if it is a list, an object or an explicit null (not applicable)';
COMMENT ON COLUMN feedback.assessments.source_type IS
    'who made the assessment';
COMMENT ON COLUMN feedback.assessments.source_id IS
    'which person, model or program made it, as the caller claims, up to 250 characters';
COMMENT ON COLUMN feedback.assessments.rationale IS
    'why, in words';
COMMENT ON COLUMN feedback.assessments.metadata IS
    'a JSON object of anything else; null rather than empty';
COMMENT ON COLUMN feedback.assessments.span_id IS
    'span of the trace that is assessed, or null for the whole trace';
COMMENT ON COLUMN feedback.assessments.error_code IS
    'code of the error that the source ran into, null if none; only feedback has errors';
COMMENT ON COLUMN feedback.assessments.error_message IS
    'what the error said';
COMMENT ON COLUMN feedback.assessments.stack_trace IS
    'where the error came from';
COMMENT ON COLUMN feedback.assessments.overrides IS
    'earlier assessment of the same trace and kind that this one replaces';
COMMENT ON COLUMN feedback.assessments.valid IS
    'false once another assessment overrides this one; kept by the functions';
COMMENT ON COLUMN feedback.assessments.create_time IS
    'when the assessment was made, years 1 to 9999';
COMMENT ON COLUMN feedback.assessments.last_update_time IS
    'when it was last changed; create_time at first';
COMMENT ON COLUMN feedback.assessments.logged_by IS
    'role of the session that logged it (session_user), whatever source_id claims';

