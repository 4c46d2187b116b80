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

CREATE VIEW feedback.trace_summary WITH (security_invoker = true) AS
SELECT f.project,
       f.trace_id,
       f.name,
       f.source_type,
       count(*) AS n,
       count(f.value) FILTER (WHERE f.value <> 'null') AS n_value,
       count(f.error_code) AS n_error,
       trim_scale(avg(coalesce(f.numeric_value, f.boolean_value::integer))) AS mean,
       min(f.numeric_value) AS min,
       max(f.numeric_value) AS max,
       count(*) FILTER (WHERE f.boolean_value) AS n_true,
       count(*) FILTER (WHERE NOT f.boolean_value) AS n_false,
       (array_agg(f.value ORDER BY f.create_time DESC, f.assessment_id DESC)
           FILTER (WHERE f.value IS NOT NULL))[1] AS last_value,
       max(f.create_time) AS last_time
FROM feedback.feedback f
GROUP BY f.project, f.trace_id, f.name, f.source_type;

COMMENT ON VIEW feedback.trace_summary IS
    'valid feedback of each trace, by name and source type';

CREATE VIEW feedback.trace_feedback WITH (security_invoker = true) AS
SELECT t.project,
       t.trace_id,
       coalesce(jsonb_object_agg(t.name, t.last_value) FILTER (WHERE t.last_value IS NOT NULL), '{}') AS feedback,
       sum(t.n)::bigint AS n,
       sum(t.n_human)::bigint AS n_human,
       sum(t.n_llm_judge)::bigint AS n_llm_judge,
       sum(t.n_code)::bigint AS n_code,
       sum(t.n_error)::bigint AS n_error,
       min(t.first_time) AS first_time,
       max(t.last_time) AS last_time
FROM (
    SELECT f.project,
           f.trace_id,
           f.name,
           (array_agg(f.value ORDER BY f.create_time DESC, f.assessment_id DESC)
               FILTER (WHERE f.value IS NOT NULL))[1] AS last_value,
           count(*) AS n,
           count(*) FILTER (WHERE f.source_type = 'HUMAN') AS n_human,
           count(*) FILTER (WHERE f.source_type = 'LLM_JUDGE') AS n_llm_judge,
           count(*) FILTER (WHERE f.source_type = 'CODE') AS n_code,
           count(f.error_code) AS n_error,
           min(f.create_time) AS first_time,
           max(f.create_time) AS last_time
    FROM feedback.feedback f
    GROUP BY f.project, f.trace_id, f.name
) t
GROUP BY t.project, t.trace_id;

COMMENT ON VIEW feedback.trace_feedback IS
    'a row for each trace: its latest value by name, and how much feedback there is';

CREATE VIEW feedback.source_summary WITH (security_invoker = true) AS
SELECT f.project,
       f.name,
       f.source_type,
       count(*) AS n,
       count(f.value) FILTER (WHERE f.value <> 'null') AS n_value,
       count(f.error_code) AS n_error,
       trim_scale(avg(coalesce(f.numeric_value, f.boolean_value::integer))) AS mean,
       trim_scale(stddev_samp(coalesce(f.numeric_value, f.boolean_value::integer))) AS stddev,
       count(*) FILTER (WHERE f.boolean_value) AS n_true,
       count(*) FILTER (WHERE NOT f.boolean_value) AS n_false
FROM feedback.feedback f
GROUP BY f.project, f.name, f.source_type;

COMMENT ON VIEW feedback.source_summary IS
    'valid feedback by project, name and source type';

CREATE VIEW feedback.value_distribution WITH (security_invoker = true) AS
SELECT d.project,
       d.name,
       d.source_type,
       CASE WHEN jsonb_typeof(d.value) = 'number' THEN trim_scale(d.value::numeric)::text
            ELSE coalesce(d.value #>> '{}', 'null') END AS value,
       d.n,
       trim_scale(d.n / d.total) AS share,
       feedback.bar(d.n / d.total) AS bar
FROM (
    SELECT f.project,
           f.name,
           f.source_type,
           f.value,
           count(*) AS n,
           sum(count(*)) OVER (PARTITION BY f.project, f.name, f.source_type) AS total
    FROM feedback.feedback f
    WHERE f.value IS NOT NULL
    GROUP BY f.project, f.name, f.source_type, f.value
) d;

COMMENT ON VIEW feedback.value_distribution IS
    'how often each value occurs among valid feedback, by project, name and source type';

