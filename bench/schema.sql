-- What the calls are compared with: the same checks in plpgsql, as somebody
-- would write them who had no extension; and the rows for one statement.

CREATE EXTENSION feedback;
CREATE SCHEMA bench;

-- log_feedback and log_expectation.  The value comes as jsonb, which costs
-- less than a polymorphic argument.
CREATE FUNCTION bench.log(
    trace_id text,
    name text,
    value jsonb DEFAULT NULL,
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
    project text DEFAULT NULL,
    last_update_time timestamptz DEFAULT NULL,
    kind feedback.assessment_kind DEFAULT 'feedback'
) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    project_given boolean := project IS NOT NULL;
    id uuid := assessment_id;
    type text;
    target record;
BEGIN
    project := coalesce(project, nullif(current_setting('feedback.project', true), ''), 'default');
    IF trace_id IS NULL OR name IS NULL OR source_type IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'trace_id, name or source_type is missing';
    END IF;
    IF char_length(trace_id) NOT BETWEEN 1 AND 250 OR char_length(name) NOT BETWEEN 1 AND 250
        OR char_length(project) NOT BETWEEN 1 AND 250 OR char_length(source_id) > 250
        OR char_length(span_id) > 250 THEN
        RAISE string_data_right_truncation USING MESSAGE = 'a name or an id is empty or too long';
    END IF;

    source_type := upper(source_type);
    IF source_type = 'AI_JUDGE' THEN
        RAISE WARNING 'source type AI_JUDGE was read as LLM_JUDGE';
        source_type := 'LLM_JUDGE';
    END IF;
    IF source_type NOT IN ('HUMAN', 'LLM_JUDGE', 'CODE', 'SOURCE_TYPE_UNSPECIFIED') THEN
        RAISE invalid_parameter_value USING MESSAGE = 'invalid source_type';
    END IF;

    IF error_code IS NULL AND (error_message IS NOT NULL OR stack_trace IS NOT NULL) THEN
        RAISE null_value_not_allowed USING MESSAGE = 'error_code is missing';
    END IF;
    IF value = 'null' AND (error_code IS NOT NULL OR kind = 'expectation') THEN
        value := NULL;
    END IF;
    type := jsonb_typeof(value);
    IF type IS NULL AND (error_code IS NULL OR kind = 'expectation') THEN
        RAISE null_value_not_allowed USING MESSAGE = 'value is missing';
    ELSIF type = 'number' AND abs(value::numeric) > 1.7976931348623157e308 THEN
        RAISE numeric_value_out_of_range USING MESSAGE = 'value is out of range';
    ELSIF type IN ('object', 'array') THEN
        IF value @? '$.**{62 to last}' THEN
            RAISE statement_too_complex USING MESSAGE = 'value is nested too deeply';
        ELSIF value @? '$.** ? (@.type() == "number" && (@ > 1.7976931348623157e308 || @ < -1.7976931348623157e308))' THEN
            RAISE numeric_value_out_of_range USING MESSAGE = 'value holds a number that is out of range';
        END IF;
    END IF;

    IF metadata = '{}' THEN
        metadata := NULL;
    ELSIF jsonb_typeof(metadata) <> 'object' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'metadata must be an object';
    ELSIF metadata @? '$.**{63 to last}' THEN
        RAISE statement_too_complex USING MESSAGE = 'metadata is nested too deeply';
    ELSIF metadata @? '$.** ? (@.type() == "number" && (@ > 1.7976931348623157e308 || @ < -1.7976931348623157e308))' THEN
        RAISE numeric_value_out_of_range USING MESSAGE = 'metadata holds a number that is out of range';
    END IF;

    IF NOT (create_time >= '0001-01-01 00:00Z' AND create_time < '10000-01-01 00:00Z')
        OR NOT (last_update_time >= '0001-01-01 00:00Z' AND last_update_time < '10000-01-01 00:00Z') THEN
        RAISE datetime_field_overflow USING MESSAGE = 'a time is out of range';
    END IF;
    create_time := coalesce(create_time, clock_timestamp());

    IF overrides IS NOT NULL THEN
        IF overrides = assessment_id THEN
            RAISE invalid_parameter_value USING MESSAGE = 'an assessment cannot override itself';
        END IF;
        SELECT a.project, a.kind, a.valid INTO target FROM feedback.assessments a
        WHERE a.trace_id = log.trace_id AND a.assessment_id = log.overrides FOR NO KEY UPDATE;
        IF NOT FOUND THEN
            RAISE foreign_key_violation USING MESSAGE = 'overrides names an unknown assessment';
        ELSIF target.kind <> kind OR project_given AND target.project <> project THEN
            RAISE invalid_parameter_value USING MESSAGE = 'overrides names an assessment of another kind or project';
        ELSIF NOT target.valid THEN
            RAISE unique_violation USING MESSAGE = 'assessment is overridden already';
        END IF;
        project := target.project;
    END IF;

    IF id IS NULL THEN
        id := gen_random_uuid();
    ELSE
        SELECT a.project INTO target FROM feedback.assessments a
        WHERE a.trace_id = log.trace_id AND a.assessment_id = id;
        IF FOUND THEN
            IF target.project <> project THEN
                RAISE unique_violation USING MESSAGE = 'assessment_id exists already in another project';
            END IF;
            RETURN id;
        END IF;
    END IF;

    INSERT INTO feedback.assessments (
        project, trace_id, assessment_id, kind, name,
        boolean_value, numeric_value, text_value, json_value,
        source_type, source_id, rationale, metadata, span_id,
        error_code, error_message, stack_trace, overrides, create_time, last_update_time)
    VALUES (
        project, trace_id, id, kind, name,
        CASE WHEN type = 'boolean' THEN value::boolean END,
        CASE WHEN type = 'number' THEN value::numeric END,
        CASE WHEN type = 'string' THEN value #>> '{}' END,
        CASE WHEN type IN ('object', 'array', 'null') THEN value END,
        source_type::feedback.source_type, source_id, rationale, metadata, span_id,
        error_code, error_message, stack_trace, overrides,
        create_time, coalesce(last_update_time, create_time));

    IF overrides IS NOT NULL THEN
        UPDATE feedback.assessments a SET valid = false
        WHERE a.trace_id = log.trace_id AND a.assessment_id = log.overrides;
    END IF;
    RETURN id;
END
$$;

-- log_assessment
CREATE FUNCTION bench.log_document(
    trace_id text,
    document jsonb,
    project text DEFAULT NULL
) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    id_form CONSTANT text := '^(a-[0-9a-f]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$';
    time_form CONSTANT text := '^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$';
    d jsonb := document;
    feedback jsonb;
    expectation jsonb;
    source jsonb;
    error jsonb;
    metadata jsonb;
    serialized jsonb;
    value jsonb;
    name jsonb;
    source_type jsonb;
    source_id jsonb;
    rationale jsonb;
    span_id jsonb;
    id jsonb;
    overrides jsonb;
    create_time jsonb;
    last_update_time jsonb;
BEGIN
    IF jsonb_typeof(d) IS DISTINCT FROM 'object' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'assessment document must be an object';
    END IF;
    IF jsonb_typeof(d -> 'assessment') = 'object' THEN
        IF d ?| '{assessment_id,assessmentId,assessment_name,assessmentName,source,create_time,createTime,last_update_time,lastUpdateTime,feedback,expectation,rationale,metadata,span_id,spanId,overrides}' THEN
            RAISE invalid_parameter_value USING MESSAGE = 'a member stands beside "assessment"';
        END IF;
        d := d -> 'assessment';
    END IF;
    IF d ?| '{assessmentId,assessmentName,createTime,lastUpdateTime,spanId}' AND (
        d ?& '{assessment_id,assessmentId}' OR d ?& '{assessment_name,assessmentName}'
        OR d ?& '{create_time,createTime}' OR d ?& '{last_update_time,lastUpdateTime}'
        OR d ?& '{span_id,spanId}') THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a member is given twice';
    END IF;

    feedback := nullif(d -> 'feedback', 'null');
    expectation := nullif(d -> 'expectation', 'null');
    source := nullif(d -> 'source', 'null');
    metadata := nullif(d -> 'metadata', 'null');
    name := nullif(coalesce(d -> 'assessment_name', d -> 'assessmentName'), 'null');
    rationale := nullif(d -> 'rationale', 'null');
    span_id := nullif(coalesce(d -> 'span_id', d -> 'spanId'), 'null');
    id := nullif(coalesce(d -> 'assessment_id', d -> 'assessmentId'), 'null');
    overrides := nullif(d -> 'overrides', 'null');
    create_time := nullif(coalesce(d -> 'create_time', d -> 'createTime'), 'null');
    last_update_time := nullif(coalesce(d -> 'last_update_time', d -> 'lastUpdateTime'), 'null');

    IF feedback IS NOT NULL AND expectation IS NOT NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = 'feedback and expectation exclude each other';
    ELSIF feedback IS NULL AND expectation IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'feedback or expectation is missing';
    END IF;
    IF jsonb_typeof(feedback) <> 'object' OR jsonb_typeof(expectation) <> 'object'
        OR jsonb_typeof(source) <> 'object' OR jsonb_typeof(metadata) <> 'object' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a member must be an object';
    END IF;
    IF jsonb_typeof(name) <> 'string' OR jsonb_typeof(rationale) <> 'string'
        OR jsonb_typeof(span_id) <> 'string' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a member must be a string';
    END IF;

    IF source IS NULL THEN
        source_type := CASE WHEN feedback IS NOT NULL THEN '"CODE"' ELSE '"HUMAN"' END;
        source_id := '"default"';
    ELSE
        IF source ?& '{source_type,sourceType}' OR source ?& '{source_id,sourceId}' THEN
            RAISE invalid_parameter_value USING MESSAGE = 'a member of source is given twice';
        END IF;
        source_type := nullif(coalesce(source -> 'source_type', source -> 'sourceType'), 'null');
        source_id := nullif(coalesce(source -> 'source_id', source -> 'sourceId'), 'null');
        IF source_type IS NULL THEN
            RAISE null_value_not_allowed USING MESSAGE = 'source.source_type is missing';
        ELSIF jsonb_typeof(source_type) <> 'string' OR jsonb_typeof(source_id) <> 'string' THEN
            RAISE invalid_parameter_value USING MESSAGE = 'a member of source must be a string';
        END IF;
    END IF;

    IF id #>> '{}' !~ id_form OR overrides #>> '{}' !~ id_form THEN
        RAISE invalid_text_representation USING MESSAGE = 'assessment_id or overrides is not an assessment id';
    END IF;
    IF create_time #>> '{}' !~ time_form OR last_update_time #>> '{}' !~ time_form THEN
        RAISE invalid_datetime_format USING MESSAGE = 'a time is not an RFC 3339 time';
    END IF;

    IF feedback IS NOT NULL THEN
        error := nullif(feedback -> 'error', 'null');
        IF jsonb_typeof(error) <> 'object' THEN
            RAISE invalid_parameter_value USING MESSAGE = 'feedback.error must be an object';
        ELSIF error IS NOT NULL THEN
            error := jsonb_build_object(
                'code', coalesce(error -> 'error_code', error -> 'errorCode'),
                'message', coalesce(error -> 'error_message', error -> 'errorMessage', 'null'),
                'trace', coalesce(error -> 'stack_trace', error -> 'stackTrace', 'null'));
            IF jsonb_typeof(error -> 'code') <> 'string' OR jsonb_typeof(error -> 'message') NOT IN ('string', 'null')
                OR jsonb_typeof(error -> 'trace') NOT IN ('string', 'null') THEN
                RAISE invalid_parameter_value USING MESSAGE = 'a member of feedback.error must be a string';
            END IF;
        END IF;
        value := feedback -> 'value';
    ELSE
        value := nullif(expectation -> 'value', 'null');
        serialized := nullif(coalesce(expectation -> 'serialized_value', expectation -> 'serializedValue'), 'null');
        IF expectation ? 'error' THEN
            RAISE invalid_parameter_value USING MESSAGE = 'expectation.error is not allowed';
        ELSIF serialized IS NOT NULL THEN
            IF value IS NOT NULL OR jsonb_typeof(serialized) <> 'object'
                OR coalesce(serialized ->> 'serialization_format', serialized ->> 'serializationFormat')
                    IS DISTINCT FROM 'JSON_FORMAT' THEN
                RAISE invalid_parameter_value USING MESSAGE = 'invalid expectation.serialized_value';
            END IF;
            value := (serialized ->> 'value')::jsonb;
        END IF;
    END IF;

    RETURN bench.log(
        trace_id, name #>> '{}', value, source_type #>> '{}', source_id #>> '{}',
        rationale #>> '{}', metadata, span_id #>> '{}',
        error ->> 'code', error ->> 'message', error ->> 'trace',
        replace(overrides #>> '{}', 'a-', '')::uuid, (create_time #>> '{}')::timestamptz,
        replace(id #>> '{}', 'a-', '')::uuid, project, (last_update_time #>> '{}')::timestamptz,
        CASE WHEN feedback IS NOT NULL THEN 'feedback' ELSE 'expectation' END::feedback.assessment_kind);
END
$$;

-- The rows and documents for one statement; bench/run sets the variables
CREATE UNLOGGED TABLE bench.rows AS
SELECT 'tr-' || md5(n::text) AS trace_id,
       (1000000000000000 + n || md5(n::text || 'id')::char(16))::uuid AS assessment_id,
       :'name' AS name,
       :'value'::numeric AS value,
       :'source_id' AS source_id,
       :'rationale' AS rationale,
       :'metadata'::jsonb AS metadata
FROM generate_series(1, :batch) n;

CREATE UNLOGGED TABLE bench.documents AS
SELECT trace_id, :'document' AS document FROM bench.rows;

CREATE UNLOGGED TABLE bench.jsonb_documents AS
SELECT trace_id, document::jsonb FROM bench.documents;

VACUUM ANALYZE bench.rows, bench.documents, bench.jsonb_documents;
