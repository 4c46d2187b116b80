-- Traces beside feedback: MLflow's, of each store that is attached, and an application's own.

CREATE TABLE feedback_internal.trace_sources (
    singleton boolean NOT NULL DEFAULT true,
    schema_name name NOT NULL,
    relation_name name NOT NULL,

    CONSTRAINT trace_sources_pkey PRIMARY KEY (singleton),
    CONSTRAINT trace_sources_one CHECK (singleton)
);
SELECT pg_catalog.pg_extension_config_dump('feedback_internal.trace_sources', '');
COMMENT ON TABLE feedback_internal.trace_sources IS
    'the view or table of an application that has its traces; one row at most';
COMMENT ON COLUMN feedback_internal.trace_sources.singleton IS 'true, so that there is one';
COMMENT ON COLUMN feedback_internal.trace_sources.schema_name IS 'its schema';
COMMENT ON COLUMN feedback_internal.trace_sources.relation_name IS 'its name';

-- By name, with the rights of its owner, since its readers have none on tables of this schema
CREATE VIEW feedback_internal.trace_stores AS
SELECT s.schema_name, NULL::name AS relation_name, s.project_by
FROM feedback_internal.mlflow_stores s
UNION ALL
SELECT t.schema_name, t.relation_name, NULL
FROM feedback_internal.trace_sources t;
COMMENT ON VIEW feedback_internal.trace_stores IS
    'where traces are: schemas of MLflow''s and the relation of an application';
COMMENT ON COLUMN feedback_internal.trace_stores.schema_name IS 'schema of MLflow''s tables, or of the relation';
COMMENT ON COLUMN feedback_internal.trace_stores.relation_name IS 'the relation; null for MLflow''s tables';
COMMENT ON COLUMN feedback_internal.trace_stores.project_by IS 'what of MLflow''s experiment is the project: its name or its id';

CREATE FUNCTION feedback_internal.read_traces(trace_ids text[], readable_only boolean)
    RETURNS TABLE (project text, trace_id text, request_time timestamptz, state text, execution_time_ms bigint,
                   request_preview text, response_preview text, session_id text, user_id text, tags jsonb, metadata jsonb,
                   input_tokens bigint, output_tokens bigint, total_tokens bigint, client_request_id text, source text)
    AS 'MODULE_PATHNAME', 'feedback_trace_read'
    LANGUAGE C STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.read_traces(text[], boolean) IS
    'traces of all sources, or of those that the caller may read alone; of these ids; if they are null of all, with the schema of MLflow''s that has the rest';

-- What MLflow has in rows of their own, looked up where a query asks for it
CREATE FUNCTION feedback_internal.trace_tags(source text, trace_id text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'feedback_trace_tags'
    LANGUAGE C STABLE STRICT PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.trace_tags(text, text) IS 'tags of a trace in that schema of MLflow''s';

CREATE FUNCTION feedback_internal.trace_metadata(source text, trace_id text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'feedback_trace_metadata'
    LANGUAGE C STABLE STRICT PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.trace_metadata(text, text) IS 'metadata of a trace in that schema of MLflow''s';

CREATE FUNCTION feedback_internal.trace_user(source text, trace_id text) RETURNS text
    AS 'MODULE_PATHNAME', 'feedback_trace_user'
    LANGUAGE C STABLE STRICT PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.trace_user(text, text) IS 'user of a trace in that schema of MLflow''s';

CREATE VIEW feedback.traces WITH (security_invoker = true) AS
SELECT t.project,
       t.trace_id,
       t.request_time,
       t.state,
       t.execution_time_ms,
       t.request_preview,
       t.response_preview,
       t.session_id,
       coalesce(t.user_id, feedback_internal.trace_user(t.source, t.trace_id)) AS user_id,
       coalesce(t.tags, feedback_internal.trace_tags(t.source, t.trace_id)) AS tags,
       coalesce(t.metadata, feedback_internal.trace_metadata(t.source, t.trace_id)) AS metadata,
       t.input_tokens,
       t.output_tokens,
       t.total_tokens,
       t.client_request_id
FROM feedback_internal.read_traces(NULL, false) t;
COMMENT ON VIEW feedback.traces IS
    'traces of MLflow''s attached stores and of the application''s own source, a row each; reads them all, traces(text[]) some';
COMMENT ON COLUMN feedback.traces.project IS 'application that the trace belongs to, as of its feedback';
COMMENT ON COLUMN feedback.traces.trace_id IS 'trace';
COMMENT ON COLUMN feedback.traces.request_time IS 'when it began';
COMMENT ON COLUMN feedback.traces.state IS 'OK, ERROR, IN_PROGRESS or STATE_UNSPECIFIED in MLflow';
COMMENT ON COLUMN feedback.traces.execution_time_ms IS 'how long it took, in milliseconds; null while it goes on';
COMMENT ON COLUMN feedback.traces.request_preview IS 'what was asked, cut by MLflow to 1,000 characters';
COMMENT ON COLUMN feedback.traces.response_preview IS 'what was answered, cut by MLflow to 1,000 characters';
COMMENT ON COLUMN feedback.traces.session_id IS 'conversation that it is a part of';
COMMENT ON COLUMN feedback.traces.user_id IS 'user who asked';
COMMENT ON COLUMN feedback.traces.tags IS 'tags, as a JSON object';
COMMENT ON COLUMN feedback.traces.metadata IS 'metadata, as a JSON object';
COMMENT ON COLUMN feedback.traces.input_tokens IS 'tokens that models were sent';
COMMENT ON COLUMN feedback.traces.output_tokens IS 'tokens that models made';
COMMENT ON COLUMN feedback.traces.total_tokens IS 'both';
COMMENT ON COLUMN feedback.traces.client_request_id IS 'what the application calls the request';

CREATE FUNCTION feedback.traces(trace_ids text[]) RETURNS SETOF feedback.traces
    LANGUAGE sql STABLE PARALLEL RESTRICTED ROWS 10
    BEGIN ATOMIC
        SELECT t.project, t.trace_id, t.request_time, t.state, t.execution_time_ms, t.request_preview, t.response_preview, t.session_id,
               t.user_id, t.tags, t.metadata, t.input_tokens, t.output_tokens, t.total_tokens, t.client_request_id
        FROM feedback_internal.read_traces(coalesce(traces.trace_ids, '{}'), false) t;
    END;
COMMENT ON FUNCTION feedback.traces(text[]) IS
    'the rows of the view traces of these traces, through the sources'' own indexes';

CREATE FUNCTION feedback.set_trace_source(source text) RETURNS void
    AS 'MODULE_PATHNAME', 'feedback_trace_set_source'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.set_trace_source(text) IS
    'names the view or table that has the application''s traces in columns as the view traces has; null: none';

CREATE FUNCTION feedback.get_trace(trace_id text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'feedback_trace_get'
    LANGUAGE C STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback.get_trace(text) IS
    'a trace as MLflow''s get_trace has it: its info with the assessments, and its spans; P0002 if there is none';

CREATE FUNCTION feedback_internal.trace_json(content text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'feedback_trace_json'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.trace_json(text) IS
    'JSON as MLflow stores it; what jsonb cannot hold as text, with a note';

CREATE FUNCTION feedback_internal.span_attribute(content text, name text) RETURNS text
    AS 'MODULE_PATHNAME', 'feedback_trace_span_attribute'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.span_attribute(text, text) IS
    'an attribute of a span of MLflow''s: a text as it is, all else as JSON';

-- What judges and scorers look at.  The root is the first span; MLflow has what went in and came out as JSON within texts.
CREATE FUNCTION feedback_internal.span_content(attribute jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC
        SELECT CASE WHEN jsonb_typeof(span_content.attribute) <> 'string' THEN span_content.attribute
                    -- a text that is no JSON is itself
                    WHEN c.content -> 'note' = '"the content is no JSON"' THEN span_content.attribute
                    ELSE c.content END
        FROM (SELECT feedback_internal.trace_json(span_content.attribute #>> '{}') AS content) c;
    END;
COMMENT ON FUNCTION feedback_internal.span_content(jsonb) IS
    'an attribute of a span: what a text has as JSON, all else as it is';

CREATE FUNCTION feedback_internal.trace_material(trace jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC
        SELECT jsonb_build_object(
            'inputs', coalesce(feedback_internal.span_content(trace_material.trace #> '{data,spans,0,attributes,mlflow.spanInputs}'),
                               trace_material.trace #> '{info,request_preview}'),
            'outputs', coalesce(feedback_internal.span_content(trace_material.trace #> '{data,spans,0,attributes,mlflow.spanOutputs}'),
                                trace_material.trace #> '{info,response_preview}'),
            -- the last word on each
            'expectations', coalesce((
                SELECT jsonb_object_agg(a.d ->> 'assessment_name',
                                        coalesce(a.d #> '{expectation,value}', (a.d #>> '{expectation,serialized_value,value}')::jsonb) ORDER BY a.place)
                FROM jsonb_array_elements(trace_material.trace #> '{info,assessments}') WITH ORDINALITY AS a (d, place)
                WHERE a.d ? 'expectation' AND NOT a.d @> '{"valid": false}'), '{}'));
    END;
COMMENT ON FUNCTION feedback_internal.trace_material(jsonb) IS
    'of a trace as get_trace gives it: inputs and outputs of its root span, or else its previews, and the latest valid expectation of each name';

CREATE FUNCTION feedback.evaluation_trace(trace_id text) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    BEGIN ATOMIC
        SELECT t.trace || feedback_internal.trace_material(t.trace)
        FROM (SELECT feedback.get_trace(evaluation_trace.trace_id) AS trace) t;
    END;
COMMENT ON FUNCTION feedback.evaluation_trace(text) IS
    'a trace as scorers get it: what get_trace gives, and inputs, outputs and expectations beside info and data';
