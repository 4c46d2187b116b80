CREATE FUNCTION feedback.log_assessments(
    documents text,
    project text DEFAULT NULL,
    on_error text DEFAULT 'return',
    mode text DEFAULT 'log'
) RETURNS TABLE (
    "position" integer,
    trace_id text,
    assessment_id uuid,
    sqlstate text,
    message text,
    detail text,
    hint text
)
    AS 'MODULE_PATHNAME', 'feedback_log_assessments'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.log_assessments(text, text, text, text) IS
    'logs many documents (a JSON list of MLflow assessment documents, or the JSON of a trace); a row for each, with the error of a bad one, which is returned, kept in rejected_assessments or raised; with mode set each takes the place of what its source said before';

CREATE FUNCTION feedback.log_assessments(
    documents json,
    project text DEFAULT NULL,
    on_error text DEFAULT 'return',
    mode text DEFAULT 'log'
) RETURNS TABLE (
    "position" integer,
    trace_id text,
    assessment_id uuid,
    sqlstate text,
    message text,
    detail text,
    hint text
)
    AS 'MODULE_PATHNAME', 'feedback_log_assessments'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.log_assessments(json, text, text, text) IS
    'logs many documents (the same as json); a row for each, with the error of a bad one, which is returned, kept in rejected_assessments or raised; with mode set each takes the place of what its source said before';

CREATE FUNCTION feedback.log_assessments(
    documents jsonb,
    project text DEFAULT NULL,
    on_error text DEFAULT 'return',
    mode text DEFAULT 'log'
) RETURNS TABLE (
    "position" integer,
    trace_id text,
    assessment_id uuid,
    sqlstate text,
    message text,
    detail text,
    hint text
)
    AS 'MODULE_PATHNAME', 'feedback_log_assessments_jsonb'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.log_assessments(jsonb, text, text, text) IS
    'logs many documents (the same as jsonb); a row for each, with the error of a bad one, which is returned, kept in rejected_assessments or raised; with mode set each takes the place of what its source said before';

CREATE FUNCTION feedback.log_assessments(
    documents text[],
    project text DEFAULT NULL,
    on_error text DEFAULT 'return',
    mode text DEFAULT 'log'
) RETURNS TABLE (
    "position" integer,
    trace_id text,
    assessment_id uuid,
    sqlstate text,
    message text,
    detail text,
    hint text
)
    AS 'MODULE_PATHNAME', 'feedback_log_assessments_array'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.log_assessments(text[], text, text, text) IS
    'logs many documents (a document per element, so that a broken one cannot spoil the next); a row for each, with the error of a bad one, which is returned, kept in rejected_assessments or raised; with mode set each takes the place of what its source said before';

CREATE FUNCTION feedback.retry_rejected(
    project text DEFAULT NULL,
    sqlstate text DEFAULT NULL,
    max_documents integer DEFAULT NULL
) RETURNS TABLE (
    rejected_id uuid,
    trace_id text,
    assessment_id uuid,
    sqlstate text,
    message text,
    detail text,
    hint text
)
    AS 'MODULE_PATHNAME', 'feedback_retry_rejected'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.retry_rejected(text, text, integer) IS
    'logs rejected documents again, oldest first, and removes those that succeed; a row for each';

CREATE FUNCTION feedback.ingest_assessments() RETURNS trigger
    AS 'MODULE_PATHNAME', 'feedback_ingest_assessments'
    LANGUAGE C VOLATILE;
COMMENT ON FUNCTION feedback.ingest_assessments() IS
    'trigger (trace_id column, document column [, park or raise] [, mode => set]) that logs the documents of new rows, per row or per statement';

CREATE VIEW feedback.rejected_summary WITH (security_invoker = true) AS
SELECT r.project,
       r.sqlstate,
       r.field,
       r.message,
       r.origin,
       count(*) AS n,
       min(r.create_time) AS first_time,
       max(r.last_attempt_time) AS last_time
FROM feedback.rejected_assessments r
GROUP BY r.project, r.sqlstate, r.field, r.message, r.origin;

COMMENT ON VIEW feedback.rejected_summary IS 'rejected documents by reason';
COMMENT ON COLUMN feedback.rejected_summary.project IS 'project that was given, or null';
COMMENT ON COLUMN feedback.rejected_summary.sqlstate IS 'code of the refusal';
COMMENT ON COLUMN feedback.rejected_summary.field IS 'column of assessments that is concerned';
COMMENT ON COLUMN feedback.rejected_summary.message IS 'message of the refusal';
COMMENT ON COLUMN feedback.rejected_summary.origin IS 'where the documents came from';
COMMENT ON COLUMN feedback.rejected_summary.n IS 'number of documents';
COMMENT ON COLUMN feedback.rejected_summary.first_time IS 'when the earliest was first refused';
COMMENT ON COLUMN feedback.rejected_summary.last_time IS 'when one was last refused';

