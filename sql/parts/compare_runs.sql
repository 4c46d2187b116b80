-- Two runs beside each other: what both say of a trace, and scorer by scorer.

-- Of several results of a run on one trace, span and name the latest
CREATE FUNCTION feedback_internal.run_pairs(a text, b text)
    RETURNS TABLE (name text, project text, trace_id text, span_id text, value_a jsonb, value_b jsonb, boolean_a boolean, boolean_b boolean,
                   number_a numeric, number_b numeric, error_a text, error_b text, rationale_a text, rationale_b text, data_row text)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        WITH ra AS MATERIALIZED (
            SELECT DISTINCT ON (r.name, r.trace_id, coalesce(r.span_id, '')) r.*
            FROM feedback_internal.run_results(run_pairs.a) r
            ORDER BY r.name, r.trace_id, coalesce(r.span_id, ''), r.create_time DESC, r.assessment_id DESC
        ), rb AS MATERIALIZED (
            SELECT DISTINCT ON (r.name, r.trace_id, coalesce(r.span_id, '')) r.*
            FROM feedback_internal.run_results(run_pairs.b) r
            ORDER BY r.name, r.trace_id, coalesce(r.span_id, ''), r.create_time DESC, r.assessment_id DESC
        )
        SELECT coalesce(ra.name, rb.name), coalesce(ra.project, rb.project), coalesce(ra.trace_id, rb.trace_id), coalesce(ra.span_id, rb.span_id),
               nullif(ra.value, 'null'), nullif(rb.value, 'null'), ra.boolean_value, rb.boolean_value,
               coalesce(ra.numeric_value, ra.boolean_value::integer), coalesce(rb.numeric_value, rb.boolean_value::integer),
               ra.error_code, rb.error_code, ra.rationale, rb.rationale, coalesce(rb.data_row, ra.data_row)
        FROM ra
        FULL JOIN rb ON rb.name = ra.name AND rb.trace_id = ra.trace_id AND coalesce(rb.span_id, '') = coalesce(ra.span_id, '');
    END;
COMMENT ON FUNCTION feedback_internal.run_pairs(text, text) IS
    'what two runs say of a name on each trace and span; null where one says nothing';

-- Which way is better: the label schema of the name says so, that of the project or that for all
CREATE FUNCTION feedback_internal.higher_is_better(name text, project text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT l.higher_is_better
        FROM feedback.label_schemas l
        WHERE l.name = higher_is_better.name AND l.kind = 'feedback' AND (l.project = higher_is_better.project OR l.project IS NULL)
        ORDER BY l.project NULLS LAST
        LIMIT 1;
    END;
COMMENT ON FUNCTION feedback_internal.higher_is_better(text, text) IS
    'whether more is better of a name, as its label schema says; null if it does not';

CREATE FUNCTION feedback.compare_runs(a text, b text, level double precision DEFAULT 0.95, paired boolean DEFAULT NULL)
    RETURNS TABLE (scorer text, n_a bigint, n_b bigint, n_pairs bigint, mean_a double precision, mean_b double precision,
                   difference double precision, low double precision, high double precision, p_value double precision, test text,
                   higher_is_better boolean, verdict text, n_higher bigint, n_lower bigint, n_same bigint, n_error_a bigint, n_error_b bigint)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        WITH pairs AS MATERIALIZED (
            SELECT p.*
            FROM (SELECT feedback_internal.run_argument(compare_runs.a, 'a') AS a, feedback_internal.run_argument(compare_runs.b, 'b') AS b OFFSET 0) r -- once
            CROSS JOIN LATERAL feedback_internal.run_pairs(r.a, r.b) p
        ), paired AS (
            SELECT p.name, min(p.project) AS project, count(p.value_a) AS n_a, count(p.value_b) AS n_b,
                   count(*) FILTER (WHERE p.value_a IS NOT NULL AND p.value_b IS NOT NULL) AS n_pairs,
                   count(p.number_a + p.number_b) AS n_numbers,
                   bool_and(p.boolean_a IS NOT NULL) FILTER (WHERE p.number_a IS NOT NULL)
                   AND bool_and(p.boolean_b IS NOT NULL) FILTER (WHERE p.number_b IS NOT NULL) AS is_boolean,
                   feedback.mcnemar_test(p.boolean_a, p.boolean_b, compare_runs.level) AS mcnemar,
                   feedback.paired_t_test(p.number_a::double precision, p.number_b::double precision, compare_runs.level) AS student,
                   count(*) FILTER (WHERE p.number_b > p.number_a) AS n_higher,
                   count(*) FILTER (WHERE p.number_b < p.number_a) AS n_lower,
                   count(*) FILTER (WHERE p.value_b = p.value_a) AS n_same,
                   count(p.error_a) AS n_error_a, count(p.error_b) AS n_error_b
            FROM pairs p
            GROUP BY p.name
        ), apart AS (
            SELECT p.name,
                   feedback.two_proportion_test(v.boolean, v.is_b, compare_runs.level) AS proportions,
                   feedback.welch_test(v.number::double precision, v.is_b, compare_runs.level) AS welch
            FROM pairs p
            CROSS JOIN LATERAL (VALUES (p.boolean_a, p.number_a, false), (p.boolean_b, p.number_b, true)) AS v ("boolean", number, is_b)
            GROUP BY p.name
        ), compared AS (
            SELECT i.name, i.project, i.n_a, i.n_b, i.n_pairs, i.n_higher, i.n_lower, i.n_same, i.n_error_a, i.n_error_b, t.test,
                   CASE t.test WHEN 'McNemar' THEN i.mcnemar WHEN 'paired t' THEN i.student
                               WHEN 'two proportions' THEN o.proportions ELSE o.welch END AS c,
                   feedback_internal.higher_is_better(i.name, i.project) AS higher_is_better
            FROM paired i
            JOIN apart o ON o.name = i.name
            CROSS JOIN LATERAL (
                SELECT CASE WHEN coalesce(compare_runs.paired, i.n_numbers > 0)
                            THEN CASE WHEN i.is_boolean THEN 'McNemar' WHEN NOT i.is_boolean THEN 'paired t' END
                            ELSE CASE WHEN i.is_boolean THEN 'two proportions' WHEN NOT i.is_boolean THEN 'Welch' END END AS test
            ) t
        )
        SELECT c.name, c.n_a, c.n_b, c.n_pairs, (c.c).estimate_a, (c.c).estimate_b, (c.c).difference, (c.c).low, (c.c).high, (c.c).p_value, c.test,
               c.higher_is_better,
               CASE WHEN (c.c).n_a > 0 AND (c.c).n_b > 0 THEN
                   CASE WHEN (c.c).p_value < 1 - compare_runs.level THEN
                            CASE WHEN ((c.c).difference > 0) = c.higher_is_better THEN 'better'
                                 WHEN c.higher_is_better IS NOT NULL THEN 'worse'
                                 WHEN (c.c).difference > 0 THEN 'higher'
                                 ELSE 'lower' END
                        ELSE 'no difference shown' END
               END,
               c.n_higher, c.n_lower, c.n_same, c.n_error_a, c.n_error_b
        FROM compared c
        ORDER BY c.name;
    END;
COMMENT ON FUNCTION feedback.compare_runs(text, text, double precision, boolean) IS
    'means of two runs, scorer by scorer, their difference and whether it is more than chance; by pairs where both were over the same traces';

CREATE FUNCTION feedback.compare_runs_traces(a text, b text, scorer text DEFAULT NULL, max_results integer DEFAULT 100)
    RETURNS TABLE (scorer text, change text, project text, trace_id text, span_id text, value_a jsonb, value_b jsonb, difference numeric,
                   error_a text, error_b text, rationale_a text, rationale_b text, data_row text)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT x.name, c.change, x.project, x.trace_id, x.span_id, x.value_a, x.value_b, x.difference, x.error_a, x.error_b, x.rationale_a, x.rationale_b, x.data_row
        FROM (
            SELECT p.*, p.number_b - p.number_a AS difference
            FROM (SELECT feedback_internal.run_argument(compare_runs_traces.a, 'a') AS a, feedback_internal.run_argument(compare_runs_traces.b, 'b') AS b OFFSET 0) r -- once
            CROSS JOIN LATERAL feedback_internal.run_pairs(r.a, r.b) p
            WHERE compare_runs_traces.scorer IS NULL OR p.name = compare_runs_traces.scorer
        ) x
        CROSS JOIN LATERAL (
            SELECT CASE WHEN x.value_a IS NOT NULL AND x.value_b IS NULL AND x.error_b IS NOT NULL THEN 'failed'
                        WHEN x.value_b IS NOT NULL AND x.value_a IS NULL AND x.error_a IS NOT NULL THEN 'recovered'
                        WHEN x.difference = 0 OR x.value_a = x.value_b OR num_nulls(x.value_a, x.value_b) > 0 THEN NULL
                        WHEN x.difference IS NULL THEN 'changed'
                        WHEN s.higher_is_better IS NULL THEN CASE WHEN x.difference < 0 THEN 'lower' ELSE 'higher' END
                        WHEN (x.difference > 0) = s.higher_is_better THEN 'better'
                        ELSE 'worse' END AS change
            FROM (SELECT feedback_internal.higher_is_better(x.name, x.project) AS higher_is_better) s
        ) c
        WHERE c.change IS NOT NULL
        ORDER BY array_position('{failed,worse,lower,changed,recovered,higher,better}'::text[], c.change), abs(x.difference) DESC NULLS LAST, x.name, x.trace_id, x.span_id
        LIMIT compare_runs_traces.max_results;
    END;
COMMENT ON FUNCTION feedback.compare_runs_traces(text, text, text, integer) IS
    'the traces on which two runs differ, those that got worse first: by an error, or by the label schema, or else lower';
