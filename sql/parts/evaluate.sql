-- Runs of scorers over traces or over rows of a data set.  A result is a feedback like any other, with its run in the metadata.

CREATE TABLE feedback_internal.evaluation_runs (
    run_id text NOT NULL,
    run_name text,
    project text NOT NULL,
    start_time timestamptz NOT NULL,
    end_time timestamptz NOT NULL,
    run_by text NOT NULL DEFAULT session_user,
    scorers jsonb NOT NULL,
    scope jsonb NOT NULL,
    n_traces bigint NOT NULL,
    trace_ids text[] NOT NULL,
    metadata jsonb,

    CONSTRAINT evaluation_runs_pkey PRIMARY KEY (run_id)
);
SELECT pg_catalog.pg_extension_config_dump('feedback_internal.evaluation_runs', '');
-- The newest, and the newest of a name
CREATE INDEX evaluation_runs_start_time_idx ON feedback_internal.evaluation_runs (start_time);
CREATE INDEX evaluation_runs_run_name_idx ON feedback_internal.evaluation_runs (run_name, start_time);
COMMENT ON TABLE feedback_internal.evaluation_runs IS 'what evaluate has run; read it by the view feedback.evaluation_runs';
COMMENT ON COLUMN feedback_internal.evaluation_runs.run_id IS 'id, which its results have in their metadata as mlflow.assessment.sourceRunId';
COMMENT ON COLUMN feedback_internal.evaluation_runs.run_name IS 'what its caller calls it, or null';
COMMENT ON COLUMN feedback_internal.evaluation_runs.project IS 'project that it was given, or that all it was over is of, or the default one';
COMMENT ON COLUMN feedback_internal.evaluation_runs.start_time IS 'when it began';
COMMENT ON COLUMN feedback_internal.evaluation_runs.end_time IS 'when it had called its scorers';
COMMENT ON COLUMN feedback_internal.evaluation_runs.run_by IS 'role of the session that ran it';
COMMENT ON COLUMN feedback_internal.evaluation_runs.scorers IS 'its scorers, a JSON array: name of the feedback, scorer, options';
COMMENT ON COLUMN feedback_internal.evaluation_runs.scope IS 'what it was over: the filter, the name of the data set, or how many were given';
COMMENT ON COLUMN feedback_internal.evaluation_runs.n_traces IS 'traces or rows that it was over';
COMMENT ON COLUMN feedback_internal.evaluation_runs.trace_ids IS 'their ids, by which its results are found without an index that every writer would pay for';
COMMENT ON COLUMN feedback_internal.evaluation_runs.metadata IS 'what its caller gave each of its results as metadata';

-- With the rights of its owner, since a reader has none on the table, which would tell of hidden rows
CREATE VIEW feedback_internal.known_runs WITH (security_barrier = true) AS
SELECT r.run_id, r.run_name, r.project, r.start_time, r.end_time, r.run_by, r.scorers, r.scope, r.n_traces, r.trace_ids, r.metadata
FROM feedback_internal.evaluation_runs r
WHERE (SELECT feedback_internal.rollup_readable())
  AND ((SELECT feedback_internal.rollup_projects()) IS NULL OR r.project = ANY ((SELECT feedback_internal.rollup_projects())::text[]));
COMMENT ON VIEW feedback_internal.known_runs IS
    'the runs of the projects that the role may read; none where policies of others hide assessments from it';
COMMENT ON COLUMN feedback_internal.known_runs.run_id IS 'id, which its results have in their metadata as mlflow.assessment.sourceRunId';
COMMENT ON COLUMN feedback_internal.known_runs.run_name IS 'what its caller calls it, or null';
COMMENT ON COLUMN feedback_internal.known_runs.project IS 'project that it was given, or that all it was over is of, or the default one';
COMMENT ON COLUMN feedback_internal.known_runs.start_time IS 'when it began';
COMMENT ON COLUMN feedback_internal.known_runs.end_time IS 'when it had called its scorers';
COMMENT ON COLUMN feedback_internal.known_runs.run_by IS 'role of the session that ran it';
COMMENT ON COLUMN feedback_internal.known_runs.scorers IS 'its scorers, a JSON array: name of the feedback, scorer, options';
COMMENT ON COLUMN feedback_internal.known_runs.scope IS 'what it was over: the filter, the name of the data set, or how many were given';
COMMENT ON COLUMN feedback_internal.known_runs.n_traces IS 'traces or rows that it was over';
COMMENT ON COLUMN feedback_internal.known_runs.trace_ids IS 'their ids, by which its results are found';
COMMENT ON COLUMN feedback_internal.known_runs.metadata IS 'what its caller gave each of its results as metadata';

CREATE FUNCTION feedback_internal.run_argument(run text, argument text) RETURNS text
    AS 'MODULE_PATHNAME', 'feedback_evaluate_run_argument'
    LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.run_argument(text, text) IS
    'id of a run that is named by its id, or by its name, whose newest it then is; P0002 if there is none';

-- A run that is not known here, as MLflow's, is found by reading all feedback
CREATE FUNCTION feedback_internal.run_results(run_id text)
    RETURNS TABLE (project text, trace_id text, span_id text, name text, value jsonb, boolean_value boolean, numeric_value numeric, text_value text,
                   error_code text, rationale text, data_row text, create_time timestamptz, assessment_id uuid)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT f.project, f.trace_id, f.span_id, f.name, f.value, f.boolean_value, f.numeric_value, f.text_value, f.error_code, f.rationale,
               f.metadata ->> 'feedback.row', f.create_time, f.assessment_id
        FROM feedback_internal.known_runs k
        CROSS JOIN LATERAL unnest(k.trace_ids) AS t (trace_id)
        JOIN feedback.feedback f ON f.trace_id = t.trace_id
        WHERE k.run_id = run_results.run_id AND f.metadata ->> 'mlflow.assessment.sourceRunId' = run_results.run_id
        UNION ALL
        SELECT f.project, f.trace_id, f.span_id, f.name, f.value, f.boolean_value, f.numeric_value, f.text_value, f.error_code, f.rationale,
               f.metadata ->> 'feedback.row', f.create_time, f.assessment_id
        FROM feedback.feedback f
        WHERE NOT EXISTS (SELECT FROM feedback_internal.known_runs k WHERE k.run_id = run_results.run_id)
          AND f.metadata ->> 'mlflow.assessment.sourceRunId' = run_results.run_id;
    END;
COMMENT ON FUNCTION feedback_internal.run_results(text) IS
    'valid feedback of a run';

CREATE FUNCTION feedback_internal.run_summary(run_id text, scorers text[], n_traces bigint, level double precision)
    RETURNS TABLE (run_id text, scorer text, n_traces bigint, n_value bigint, n_error bigint, mean numeric,
                   low double precision, high double precision, n_true bigint, n_false bigint, texts jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT run_summary.run_id, s.name, run_summary.n_traces, coalesce(r.n_value, 0), coalesce(r.n_error, 0),
               feedback_internal.summary_mean(r.n_number, r.total), (r.interval).low, (r.interval).high, coalesce(r.n_true, 0), coalesce(r.n_false, 0),
               (SELECT jsonb_object_agg(t.value, t.n)
                FROM (SELECT w.word AS value, count(*) AS n FROM unnest(r.words) AS w (word) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10) t)
        FROM unnest(run_summary.scorers) WITH ORDINALITY AS s (name, place)
        LEFT JOIN (
            SELECT f.name,
                   count(f.value) FILTER (WHERE f.value <> 'null') AS n_value,
                   count(f.error_code) AS n_error,
                   count(x.number) AS n_number, coalesce(sum(x.number), 0) AS total,
                   CASE WHEN bool_and(f.boolean_value IS NOT NULL) FILTER (WHERE x.number IS NOT NULL)
                        THEN feedback.wilson_interval(f.boolean_value, run_summary.level)
                        ELSE feedback.mean_interval(x.number::double precision, run_summary.level) END AS interval,
                   count(*) FILTER (WHERE f.boolean_value) AS n_true,
                   count(*) FILTER (WHERE NOT f.boolean_value) AS n_false,
                   array_agg("left"(f.text_value, 60)) FILTER (WHERE f.text_value IS NOT NULL) AS words
            FROM feedback_internal.run_results(run_summary.run_id) f, LATERAL (SELECT coalesce(f.numeric_value, f.boolean_value::integer) AS number) x
            GROUP BY f.name
        ) r ON r.name = s.name
        ORDER BY s.place;
    END;
COMMENT ON FUNCTION feedback_internal.run_summary(text, text[], bigint, double precision) IS
    'what each of these scorers has said in a run, of so many traces';

CREATE FUNCTION feedback.evaluation_summary(run text, level double precision DEFAULT 0.95)
    RETURNS TABLE (run_id text, scorer text, n_traces bigint, n_value bigint, n_error bigint, mean numeric,
                   low double precision, high double precision, n_true bigint, n_false bigint, texts jsonb)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT s.run_id, s.scorer, s.n_traces, s.n_value, s.n_error, s.mean, s.low, s.high, s.n_true, s.n_false, s.texts
        FROM (SELECT feedback_internal.run_argument(evaluation_summary.run, 'run') AS id OFFSET 0) a -- once
        LEFT JOIN feedback_internal.known_runs k ON k.run_id = a.id
        CROSS JOIN LATERAL feedback_internal.run_summary(
            a.id,
            -- a run of MLflow's is known by its results alone
            coalesce((SELECT array_agg(e.value ->> 'name' ORDER BY e.place) FROM jsonb_array_elements(k.scorers) WITH ORDINALITY AS e (value, place)),
                     ARRAY(SELECT f.name FROM feedback_internal.run_results(a.id) f GROUP BY f.name ORDER BY f.name)),
            k.n_traces, evaluation_summary.level) s;
    END;
COMMENT ON FUNCTION feedback.evaluation_summary(text, double precision) IS
    'what evaluate has returned of a run, by its id or name, as its results are now; of a run of MLflow''s too';

CREATE VIEW feedback.evaluation_runs WITH (security_invoker = true) AS
SELECT r.run_id,
       r.run_name,
       r.project,
       r.start_time,
       r.end_time - r.start_time AS duration,
       r.run_by,
       ARRAY(SELECT e.value ->> 'name' FROM jsonb_array_elements(r.scorers) WITH ORDINALITY AS e (value, place) ORDER BY e.place) AS scorers,
       r.n_traces,
       s.n_value,
       s.n_error,
       s.means,
       r.scope,
       r.metadata
FROM feedback_internal.known_runs r
LEFT JOIN LATERAL (
    SELECT sum(n.n_value)::bigint AS n_value, sum(n.n_error)::bigint AS n_error,
           jsonb_object_agg(n.name, feedback_internal.summary_mean(n.n_number, n.total)) FILTER (WHERE n.n_number > 0) AS means
    FROM (SELECT f.name,
                 count(f.value) FILTER (WHERE f.value <> 'null') AS n_value,
                 count(f.error_code) AS n_error,
                 count(x.number) AS n_number, coalesce(sum(x.number), 0) AS total
          FROM unnest(r.trace_ids) AS t (trace_id)
          JOIN feedback.feedback f ON f.trace_id = t.trace_id
          CROSS JOIN LATERAL (SELECT coalesce(f.numeric_value, f.boolean_value::integer) AS number) x
          WHERE f.metadata ->> 'mlflow.assessment.sourceRunId' = r.run_id
          GROUP BY f.name) n
) s ON true;
COMMENT ON VIEW feedback.evaluation_runs IS
    'runs of evaluate, with what their results are now; ORDER BY start_time DESC LIMIT reads those alone';
COMMENT ON COLUMN feedback.evaluation_runs.run_id IS 'id, which its results have in their metadata as mlflow.assessment.sourceRunId';
COMMENT ON COLUMN feedback.evaluation_runs.run_name IS 'what its caller calls it, or null';
COMMENT ON COLUMN feedback.evaluation_runs.project IS 'project that it was given, or that all it was over is of, or the default one';
COMMENT ON COLUMN feedback.evaluation_runs.start_time IS 'when it began';
COMMENT ON COLUMN feedback.evaluation_runs.duration IS 'how long its scorers took';
COMMENT ON COLUMN feedback.evaluation_runs.run_by IS 'role of the session that ran it';
COMMENT ON COLUMN feedback.evaluation_runs.scorers IS 'names of the feedback that its scorers gave';
COMMENT ON COLUMN feedback.evaluation_runs.n_traces IS 'traces or rows that it was over';
COMMENT ON COLUMN feedback.evaluation_runs.n_value IS 'results that are a value other than null';
COMMENT ON COLUMN feedback.evaluation_runs.n_error IS 'results that are an error';
COMMENT ON COLUMN feedback.evaluation_runs.means IS 'mean of each name, true being 1 and false 0';
COMMENT ON COLUMN feedback.evaluation_runs.scope IS 'what it was over: the filter, the name of the data set, or how many were given';
COMMENT ON COLUMN feedback.evaluation_runs.metadata IS 'what its caller gave each of its results as metadata';

CREATE FUNCTION feedback.scorer(scorer text, options jsonb DEFAULT NULL, name text DEFAULT NULL) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (jsonb_build_object('scorer', scorer)
            || CASE WHEN options IS NULL THEN '{}' ELSE jsonb_build_object('options', options) END
            || CASE WHEN name IS NULL THEN '{}' ELSE jsonb_build_object('name', name) END)::text;
COMMENT ON FUNCTION feedback.scorer(text, jsonb, text) IS
    'an element of the scorers of evaluate: a function with options, and the name of the feedback that it gives';

CREATE FUNCTION feedback.evaluate(
    scorers text[],
    trace_ids text[] DEFAULT NULL,
    filter text DEFAULT NULL,
    data jsonb DEFAULT NULL,
    dataset regclass DEFAULT NULL,
    run_name text DEFAULT NULL,
    project text DEFAULT NULL,
    metadata jsonb DEFAULT NULL,
    max_traces integer DEFAULT NULL,
    level double precision DEFAULT 0.95,
    new_run_id text DEFAULT NULL
) RETURNS TABLE (run_id text, scorer text, n_traces bigint, n_value bigint, n_error bigint, mean numeric,
                 low double precision, high double precision, n_true bigint, n_false bigint, texts jsonb)
    AS 'MODULE_PATHNAME', 'feedback_evaluate'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.evaluate(text[], text[], text, jsonb, regclass, text, text, jsonb, integer, double precision, text) IS
    'runs scorers over traces, by their ids or a filter, or over rows of a JSON array or of a table; logs each result, and returns the summary of each scorer';
