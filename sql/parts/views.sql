CREATE VIEW feedback.feedback WITH (security_invoker = true) AS
SELECT a.project,
       a.trace_id,
       a.name,
       coalesce(to_jsonb(a.boolean_value), to_jsonb(a.numeric_value),
                to_jsonb(a.text_value), a.json_value) AS value,
       a.source_type,
       a.source_id,
       a.rationale,
       a.span_id,
       a.metadata,
       a.error_code,
       a.error_message,
       a.create_time,
       a.last_update_time,
       CASE
           WHEN a.boolean_value IS NOT NULL THEN 'boolean'::feedback.value_type
           WHEN a.numeric_value IS NOT NULL THEN 'numeric'
           WHEN a.text_value IS NOT NULL THEN 'text'
           WHEN a.json_value IS NOT NULL THEN 'json'
       END AS value_type,
       a.boolean_value,
       a.numeric_value,
       a.text_value,
       a.json_value,
       a.overrides,
       a.assessment_id,
       a.stack_trace,
       a.logged_by
FROM feedback.assessments a
WHERE a.valid AND a.kind = 'feedback';

COMMENT ON VIEW feedback.feedback IS 'valid feedback, a row each';
COMMENT ON COLUMN feedback.feedback.project IS 'application that the trace belongs to';
COMMENT ON COLUMN feedback.feedback.trace_id IS 'trace that is assessed';
COMMENT ON COLUMN feedback.feedback.name IS 'what is assessed';
COMMENT ON COLUMN feedback.feedback.value IS 'the value, as JSON; null if there is only an error';
COMMENT ON COLUMN feedback.feedback.source_type IS 'who made it';
COMMENT ON COLUMN feedback.feedback.source_id IS 'which person, model or program made it';
COMMENT ON COLUMN feedback.feedback.rationale IS 'why, in words';
COMMENT ON COLUMN feedback.feedback.span_id IS 'span that is assessed, or null for the whole trace';
COMMENT ON COLUMN feedback.feedback.metadata IS 'a JSON object of anything else';
COMMENT ON COLUMN feedback.feedback.error_code IS 'code of the error that the source ran into';
COMMENT ON COLUMN feedback.feedback.error_message IS 'what the error said';
COMMENT ON COLUMN feedback.feedback.create_time IS 'when it was made';
COMMENT ON COLUMN feedback.feedback.last_update_time IS 'when it was last changed';
COMMENT ON COLUMN feedback.feedback.value_type IS 'boolean, numeric, text or json; null if there is only an error';
COMMENT ON COLUMN feedback.feedback.boolean_value IS 'the value, if it is a boolean';
COMMENT ON COLUMN feedback.feedback.numeric_value IS 'the value, if it is a number';
COMMENT ON COLUMN feedback.feedback.text_value IS 'the value, if it is text';
COMMENT ON COLUMN feedback.feedback.json_value IS 'the value, if it is a list, an object or an explicit null';
COMMENT ON COLUMN feedback.feedback.overrides IS 'earlier assessment that this one replaces';
COMMENT ON COLUMN feedback.feedback.assessment_id IS 'id, unique within the trace';
COMMENT ON COLUMN feedback.feedback.stack_trace IS 'where the error came from';
COMMENT ON COLUMN feedback.feedback.logged_by IS 'role of the session that logged it';

CREATE VIEW feedback.expectations WITH (security_invoker = true) AS
SELECT a.project,
       a.trace_id,
       a.name,
       coalesce(to_jsonb(a.boolean_value), to_jsonb(a.numeric_value),
                to_jsonb(a.text_value), a.json_value) AS value,
       a.source_type,
       a.source_id,
       a.rationale,
       a.span_id,
       a.metadata,
       a.create_time,
       a.last_update_time,
       CASE
           WHEN a.boolean_value IS NOT NULL THEN 'boolean'::feedback.value_type
           WHEN a.numeric_value IS NOT NULL THEN 'numeric'
           WHEN a.text_value IS NOT NULL THEN 'text'
           WHEN a.json_value IS NOT NULL THEN 'json'
       END AS value_type,
       a.boolean_value,
       a.numeric_value,
       a.text_value,
       a.json_value,
       a.overrides,
       a.assessment_id,
       a.logged_by
FROM feedback.assessments a
WHERE a.valid AND a.kind = 'expectation';

COMMENT ON VIEW feedback.expectations IS 'valid expectations, a row each';
COMMENT ON COLUMN feedback.expectations.project IS 'application that the trace belongs to';
COMMENT ON COLUMN feedback.expectations.trace_id IS 'trace that is assessed';
COMMENT ON COLUMN feedback.expectations.name IS 'what is assessed';
COMMENT ON COLUMN feedback.expectations.value IS 'the value, as JSON; null if there is only an error';
COMMENT ON COLUMN feedback.expectations.source_type IS 'who made it';
COMMENT ON COLUMN feedback.expectations.source_id IS 'which person, model or program made it';
COMMENT ON COLUMN feedback.expectations.rationale IS 'why, in words';
COMMENT ON COLUMN feedback.expectations.span_id IS 'span that is assessed, or null for the whole trace';
COMMENT ON COLUMN feedback.expectations.metadata IS 'a JSON object of anything else';
COMMENT ON COLUMN feedback.expectations.create_time IS 'when it was made';
COMMENT ON COLUMN feedback.expectations.last_update_time IS 'when it was last changed';
COMMENT ON COLUMN feedback.expectations.value_type IS 'boolean, numeric, text or json; null if there is only an error';
COMMENT ON COLUMN feedback.expectations.boolean_value IS 'the value, if it is a boolean';
COMMENT ON COLUMN feedback.expectations.numeric_value IS 'the value, if it is a number';
COMMENT ON COLUMN feedback.expectations.text_value IS 'the value, if it is text';
COMMENT ON COLUMN feedback.expectations.json_value IS 'the value, if it is a list, an object or an explicit null';
COMMENT ON COLUMN feedback.expectations.overrides IS 'earlier assessment that this one replaces';
COMMENT ON COLUMN feedback.expectations.assessment_id IS 'id, unique within the trace';
COMMENT ON COLUMN feedback.expectations.logged_by IS 'role of the session that logged it';

-- For what shows traces: without sorting, which takes longer than all else, for the few rows of
-- one as for many.  Values come by type, since JSON is to be made of the latest alone.
CREATE FUNCTION feedback_internal.latest_add(state internal, boolean_value boolean, numeric_value numeric, text_value text, jsonb_value jsonb, create_time timestamptz, assessment_id uuid) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_latest_add'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.latest_add(internal, boolean, numeric, text, jsonb, timestamptz, uuid) IS 'part of latest';

CREATE FUNCTION feedback_internal.latest_combine(state internal, other internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_latest_combine'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.latest_combine(internal, internal) IS 'part of latest';

CREATE FUNCTION feedback_internal.latest_serialize(state internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'feedback_latest_serialize'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.latest_serialize(internal) IS 'part of latest';

CREATE FUNCTION feedback_internal.latest_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_latest_deserialize'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.latest_deserialize(bytea, internal) IS 'part of latest';

CREATE FUNCTION feedback_internal.latest_result(state internal) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'feedback_latest_result'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.latest_result(internal) IS 'part of latest';

CREATE AGGREGATE feedback_internal.latest(boolean_value boolean, numeric_value numeric, text_value text, jsonb_value jsonb, create_time timestamptz, assessment_id uuid) (
    SFUNC = feedback_internal.latest_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.latest_combine,
    SERIALFUNC = feedback_internal.latest_serialize,
    DESERIALFUNC = feedback_internal.latest_deserialize,
    FINALFUNC = feedback_internal.latest_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback_internal.latest(boolean, numeric, text, jsonb, timestamptz, uuid) IS
    'value of the greatest (create_time, assessment_id) that has one, as JSON; null if none has';

CREATE FUNCTION feedback_internal.latest_values_add(state internal, name text, boolean_value boolean, numeric_value numeric, text_value text, jsonb_value jsonb, create_time timestamptz, assessment_id uuid) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_latest_values_add'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.latest_values_add(internal, text, boolean, numeric, text, jsonb, timestamptz, uuid) IS 'part of latest_values';

CREATE FUNCTION feedback_internal.latest_values_combine(state internal, other internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_latest_values_combine'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.latest_values_combine(internal, internal) IS 'part of latest_values';

CREATE FUNCTION feedback_internal.latest_values_serialize(state internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'feedback_latest_values_serialize'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.latest_values_serialize(internal) IS 'part of latest_values';

CREATE FUNCTION feedback_internal.latest_values_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_latest_values_deserialize'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.latest_values_deserialize(bytea, internal) IS 'part of latest_values';

CREATE FUNCTION feedback_internal.latest_values_result(state internal) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'feedback_latest_values_result'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.latest_values_result(internal) IS 'part of latest_values';

CREATE AGGREGATE feedback_internal.latest_values(name text, boolean_value boolean, numeric_value numeric, text_value text, jsonb_value jsonb, create_time timestamptz, assessment_id uuid) (
    SFUNC = feedback_internal.latest_values_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.latest_values_combine,
    SERIALFUNC = feedback_internal.latest_values_serialize,
    DESERIALFUNC = feedback_internal.latest_values_deserialize,
    FINALFUNC = feedback_internal.latest_values_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback_internal.latest_values(text, boolean, numeric, text, jsonb, timestamptz, uuid) IS
    'latest of each name, as a JSON object; null if none has a value';

CREATE VIEW feedback.trace_summary WITH (security_invoker = true) AS
SELECT f.project,
       f.trace_id,
       f.name,
       f.source_type,
       count(*) AS n,
       count(*) FILTER (WHERE f.boolean_value IS NOT NULL OR f.numeric_value IS NOT NULL OR f.text_value IS NOT NULL OR f.json_value <> 'null') AS n_value,
       count(f.error_code) AS n_error,
       trim_scale(avg(coalesce(f.numeric_value, f.boolean_value::integer))) AS mean,
       min(f.numeric_value) AS min,
       max(f.numeric_value) AS max,
       count(*) FILTER (WHERE f.boolean_value) AS n_true,
       count(*) FILTER (WHERE NOT f.boolean_value) AS n_false,
       feedback_internal.latest(f.boolean_value, f.numeric_value, f.text_value, f.json_value, f.create_time, f.assessment_id) AS last_value,
       max(f.create_time) AS last_time
FROM feedback.feedback f
GROUP BY f.project, f.trace_id, f.name, f.source_type;

COMMENT ON VIEW feedback.trace_summary IS
    'valid feedback of each trace, by name and source type';
COMMENT ON COLUMN feedback.trace_summary.project IS 'application that the trace belongs to';
COMMENT ON COLUMN feedback.trace_summary.trace_id IS 'trace';
COMMENT ON COLUMN feedback.trace_summary.name IS 'what is assessed';
COMMENT ON COLUMN feedback.trace_summary.source_type IS 'who assessed';
COMMENT ON COLUMN feedback.trace_summary.n IS 'number of feedback';
COMMENT ON COLUMN feedback.trace_summary.n_value IS 'of these, with a value other than JSON null';
COMMENT ON COLUMN feedback.trace_summary.n_error IS 'of these, with an error';
COMMENT ON COLUMN feedback.trace_summary.mean IS 'mean of numbers and booleans, true as 1 and false as 0; text is no number';
COMMENT ON COLUMN feedback.trace_summary.min IS 'least number';
COMMENT ON COLUMN feedback.trace_summary.max IS 'greatest number';
COMMENT ON COLUMN feedback.trace_summary.n_true IS 'how many are true';
COMMENT ON COLUMN feedback.trace_summary.n_false IS 'how many are false';
COMMENT ON COLUMN feedback.trace_summary.last_value IS 'value of the latest feedback that has one, by (create_time, assessment_id); may be JSON null';
COMMENT ON COLUMN feedback.trace_summary.last_time IS 'create_time of the latest feedback';

CREATE VIEW feedback.trace_feedback WITH (security_invoker = true) AS
SELECT f.project,
       f.trace_id,
       coalesce(feedback_internal.latest_values(f.name, f.boolean_value, f.numeric_value, f.text_value, f.json_value, f.create_time, f.assessment_id), '{}') AS feedback,
       count(*) AS n,
       count(*) FILTER (WHERE f.source_type = 'HUMAN') AS n_human,
       count(*) FILTER (WHERE f.source_type = 'LLM_JUDGE') AS n_llm_judge,
       count(*) FILTER (WHERE f.source_type = 'CODE') AS n_code,
       count(f.error_code) AS n_error,
       min(f.create_time) AS first_time,
       max(f.create_time) AS last_time
FROM feedback.feedback f
GROUP BY f.project, f.trace_id;

COMMENT ON VIEW feedback.trace_feedback IS
    'a row for each trace: its latest value by name, and how much feedback there is';
COMMENT ON COLUMN feedback.trace_feedback.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback.trace_feedback.trace_id IS 'trace';
COMMENT ON COLUMN feedback.trace_feedback.feedback IS 'latest value of each name, as a JSON object; names with errors alone are left out';
COMMENT ON COLUMN feedback.trace_feedback.n IS 'number of feedback';
COMMENT ON COLUMN feedback.trace_feedback.n_human IS 'of these, by a HUMAN';
COMMENT ON COLUMN feedback.trace_feedback.n_llm_judge IS 'of these, by an LLM_JUDGE';
COMMENT ON COLUMN feedback.trace_feedback.n_code IS 'of these, by CODE';
COMMENT ON COLUMN feedback.trace_feedback.n_error IS 'of these, with an error';
COMMENT ON COLUMN feedback.trace_feedback.first_time IS 'create_time of the earliest';
COMMENT ON COLUMN feedback.trace_feedback.last_time IS 'create_time of the latest';

-- It remembers what it was called with, from the first call of a place in a statement to its end.
CREATE FUNCTION feedback_internal.first_seen(project text, trace_id text, create_time timestamptz, "limit" bigint) RETURNS boolean
    AS 'MODULE_PATHNAME', 'feedback_first_seen'
    LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION feedback_internal.first_seen(text, text, timestamptz, bigint) IS
    'true for the first row of a trace, among rows newest first, then null; false beyond as many traces as work_mem holds; true for what is older than as many as the limit';

-- What everybody asks first: ORDER BY last_time over trace_feedback has to make all rows of
-- it.  Here the index of times is gone down as far as a LIMIT asks: the limit of which the
-- planner knows nothing has it read that way, and what is volatile comes after the order.
-- The OFFSET 0 lets the condition reach into the grouping.
CREATE VIEW feedback.recent_traces WITH (security_invoker = true) AS
WITH newest AS MATERIALIZED (
    SELECT s.project, s.trace_id
    FROM (
        SELECT a.project, a.trace_id, feedback_internal.first_seen(a.project, a.trace_id, a.create_time, 1000) AS is_first
        FROM feedback.assessments a
        WHERE a.valid AND a.kind = 'feedback'
        ORDER BY a.create_time DESC
        LIMIT (SELECT NULL::bigint)
    ) s
    WHERE s.is_first
    LIMIT 1000
)
SELECT t.project,
       t.trace_id,
       t.feedback,
       t.n,
       t.n_human,
       t.n_llm_judge,
       t.n_code,
       t.n_error,
       t.first_time,
       t.last_time
FROM newest n
CROSS JOIN LATERAL (SELECT * FROM feedback.trace_feedback f WHERE f.trace_id = n.trace_id AND f.project = n.project OFFSET 0) t;

COMMENT ON VIEW feedback.recent_traces IS
    'trace_feedback of the traces with the newest feedback, newest first, up to 1,000; LIMIT makes it as fast as that is small';
COMMENT ON COLUMN feedback.recent_traces.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback.recent_traces.trace_id IS 'trace';
COMMENT ON COLUMN feedback.recent_traces.feedback IS 'latest value of each name, as a JSON object; names with errors alone are left out';
COMMENT ON COLUMN feedback.recent_traces.n IS 'number of feedback';
COMMENT ON COLUMN feedback.recent_traces.n_human IS 'of these, by a HUMAN';
COMMENT ON COLUMN feedback.recent_traces.n_llm_judge IS 'of these, by an LLM_JUDGE';
COMMENT ON COLUMN feedback.recent_traces.n_code IS 'of these, by CODE';
COMMENT ON COLUMN feedback.recent_traces.n_error IS 'of these, with an error';
COMMENT ON COLUMN feedback.recent_traces.first_time IS 'create_time of the earliest';
COMMENT ON COLUMN feedback.recent_traces.last_time IS 'create_time of the latest';

-- The two views by trace, of traces that another table names: a join does not reach into
-- their grouping, an array does.  OFFSET 0 keeps the array from becoming a join again.
CREATE FUNCTION feedback.trace_summary(trace_ids text[]) RETURNS SETOF feedback.trace_summary
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
    BEGIN ATOMIC
        SELECT * FROM feedback.trace_summary s WHERE s.trace_id = ANY (trace_summary.trace_ids) OFFSET 0;
    END;
COMMENT ON FUNCTION feedback.trace_summary(text[]) IS
    'the rows of the view trace_summary of these traces, through the primary key also where the view is joined';

CREATE FUNCTION feedback.trace_feedback(trace_ids text[]) RETURNS SETOF feedback.trace_feedback
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
    BEGIN ATOMIC
        SELECT * FROM feedback.trace_feedback f WHERE f.trace_id = ANY (trace_feedback.trace_ids) OFFSET 0;
    END;
COMMENT ON FUNCTION feedback.trace_feedback(text[]) IS
    'the rows of the view trace_feedback of these traces, through the primary key also where the view is joined';
