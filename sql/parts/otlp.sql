CREATE FUNCTION feedback.log_otel_evaluations(
    otlp text,
    source_type text DEFAULT 'LLM_JUDGE',
    source_id text DEFAULT 'default',
    trace_id_prefix text DEFAULT 'tr-',
    project text DEFAULT NULL,
    on_error text DEFAULT 'return'
) RETURNS TABLE (
    "position" integer,
    trace_id text,
    assessment_id uuid,
    sqlstate text,
    message text,
    detail text,
    hint text
)
    AS 'MODULE_PATHNAME', 'feedback_log_otel_evaluations_text'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.log_otel_evaluations(text, text, text, text, text, text) IS
    'logs the evaluations in OpenTelemetry logs and traces (OTLP/JSON, or a document of it per line as collectors write files): gen_ai.evaluation.result events and OpenInference annotations; a row for each, with the error of a bad one, which is returned, kept in rejected_assessments or raised';

CREATE FUNCTION feedback.log_otel_evaluations(
    otlp json,
    source_type text DEFAULT 'LLM_JUDGE',
    source_id text DEFAULT 'default',
    trace_id_prefix text DEFAULT 'tr-',
    project text DEFAULT NULL,
    on_error text DEFAULT 'return'
) RETURNS TABLE (
    "position" integer,
    trace_id text,
    assessment_id uuid,
    sqlstate text,
    message text,
    detail text,
    hint text
)
    AS 'MODULE_PATHNAME', 'feedback_log_otel_evaluations'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.log_otel_evaluations(json, text, text, text, text, text) IS
    'logs the evaluations in OpenTelemetry logs and traces (the same as json): gen_ai.evaluation.result events and OpenInference annotations; a row for each, with the error of a bad one, which is returned, kept in rejected_assessments or raised';

CREATE FUNCTION feedback.log_otel_evaluations(
    otlp jsonb,
    source_type text DEFAULT 'LLM_JUDGE',
    source_id text DEFAULT 'default',
    trace_id_prefix text DEFAULT 'tr-',
    project text DEFAULT NULL,
    on_error text DEFAULT 'return'
) RETURNS TABLE (
    "position" integer,
    trace_id text,
    assessment_id uuid,
    sqlstate text,
    message text,
    detail text,
    hint text
)
    AS 'MODULE_PATHNAME', 'feedback_log_otel_evaluations_jsonb'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.log_otel_evaluations(jsonb, text, text, text, text, text) IS
    'logs the evaluations in OpenTelemetry logs and traces (the same as jsonb): gen_ai.evaluation.result events and OpenInference annotations; a row for each, with the error of a bad one, which is returned, kept in rejected_assessments or raised';

CREATE FUNCTION feedback.ingest_otel_evaluations() RETURNS trigger
    AS 'MODULE_PATHNAME', 'feedback_ingest_otel_evaluations'
    LANGUAGE C VOLATILE;
COMMENT ON FUNCTION feedback.ingest_otel_evaluations() IS
    'trigger (column [, on_error => park or raise, source_type => ..., source_id => ..., trace_id_prefix => ..., project => ...]) that logs the evaluations in the OTLP/JSON of new rows, per row or per statement';
