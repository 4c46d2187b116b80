
-- How the functions below read their arguments, with errors that say which.
CREATE FUNCTION feedback_internal.required_argument(value text, argument text) RETURNS text
    AS 'MODULE_PATHNAME', 'feedback_analysis_argument_required'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.required_argument(text, text) IS
    'the value; null is an error that names the argument';

CREATE FUNCTION feedback_internal.source_type_argument(source text, argument text) RETURNS feedback.source_type
    AS 'MODULE_PATHNAME', 'feedback_analysis_argument_source_type'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.source_type_argument(text, text) IS
    'type of a source that is named by its type, as HUMAN, or by type and id, as LLM_JUDGE:gpt-4';

CREATE FUNCTION feedback_internal.source_id_argument(source text, argument text) RETURNS text
    AS 'MODULE_PATHNAME', 'feedback_analysis_argument_source_id'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.source_id_argument(text, text) IS
    'id of a source that is named by type and id, as LLM_JUDGE:gpt-4; null if the type alone is named';

CREATE FUNCTION feedback_internal.period_argument(period text, argument text) RETURNS tstzrange
    AS 'MODULE_PATHNAME', 'feedback_analysis_argument_period'
    LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.period_argument(text, text) IS
    'range of times, as in [2025-01-01,2025-02-01), in the session''s time zone';

-- What each source says: of several values on the same trace, span and name the latest.
-- A source whose latest is an explicit null has no rating.
CREATE VIEW feedback.ratings WITH (security_invoker = true) AS
SELECT r.*
FROM (
    SELECT DISTINCT ON (f.project, f.trace_id, f.name, f.span_id, f.source_type, f.source_id)
           f.project, f.trace_id, f.span_id, f.name, f.source_type, f.source_id, f.value, f.rationale, f.create_time, f.assessment_id
    FROM feedback.feedback f
    WHERE num_nonnulls(f.boolean_value, f.numeric_value, f.text_value, f.json_value) > 0
    ORDER BY f.project, f.trace_id, f.name, f.span_id, f.source_type, f.source_id, f.create_time DESC, f.assessment_id DESC
) r
WHERE r.value <> 'null';

COMMENT ON VIEW feedback.ratings IS
    'latest value of each source on each trace, span and name';
COMMENT ON COLUMN feedback.ratings.project IS 'application that the trace belongs to';
COMMENT ON COLUMN feedback.ratings.trace_id IS 'trace that is assessed';
COMMENT ON COLUMN feedback.ratings.span_id IS 'span that is assessed, or null for the whole trace';
COMMENT ON COLUMN feedback.ratings.name IS 'what is assessed';
COMMENT ON COLUMN feedback.ratings.source_type IS 'who made it';
COMMENT ON COLUMN feedback.ratings.source_id IS 'which person, model or program made it';
COMMENT ON COLUMN feedback.ratings.value IS 'the value, as JSON; no null';
COMMENT ON COLUMN feedback.ratings.rationale IS 'why, in words';
COMMENT ON COLUMN feedback.ratings.create_time IS 'when it was made';
COMMENT ON COLUMN feedback.ratings.assessment_id IS 'id, unique within the trace';

CREATE VIEW feedback.agreement WITH (security_invoker = true) AS
SELECT p.project,
       p.name,
       p.source_type_a,
       p.source_id_a,
       p.source_type_b,
       p.source_id_b,
       (p.kappa).n,
       trim_scale(p.agreement::numeric) AS agreement,
       trim_scale((p.kappa).estimate::numeric) AS kappa,
       trim_scale((p.kappa).low::numeric) AS kappa_low,
       trim_scale((p.kappa).high::numeric) AS kappa_high
FROM (
    SELECT u.project,
           u.name,
           a.source_type AS source_type_a,
           a.source_id AS source_id_a,
           b.source_type AS source_type_b,
           b.source_id AS source_id_b,
           feedback.observed_agreement(a.value, b.value) AS agreement,
           feedback.cohens_kappa_interval(a.value, b.value) AS kappa
    FROM (
        -- All ratings of one thing at once: a join would sort all ratings twice.
        SELECT r.project,
               r.name,
               array_agg(r.source_type) AS source_types,
               array_agg(r.source_id) AS source_ids,
               array_agg(r.value) AS "values"
        FROM feedback.ratings r
        GROUP BY r.project, r.trace_id, r.name, r.span_id
        HAVING count(*) > 1
    ) u
    CROSS JOIN LATERAL unnest(u.source_types, u.source_ids, u."values") AS a (source_type, source_id, value)
    CROSS JOIN LATERAL unnest(u.source_types, u.source_ids, u."values") AS b (source_type, source_id, value)
    WHERE (b.source_type, coalesce(b.source_id, ''), b.source_id IS NOT NULL)
          > (a.source_type, coalesce(a.source_id, ''), a.source_id IS NOT NULL)
    GROUP BY 1, 2, 3, 4, 5, 6
) p;

COMMENT ON VIEW feedback.agreement IS
    'how far each pair of sources agrees on what both have rated, by project and name';
COMMENT ON COLUMN feedback.agreement.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback.agreement.name IS 'what is assessed';
COMMENT ON COLUMN feedback.agreement.source_type_a IS 'who the first source is';
COMMENT ON COLUMN feedback.agreement.source_id_a IS 'which person, model or program';
COMMENT ON COLUMN feedback.agreement.source_type_b IS 'who the second source is';
COMMENT ON COLUMN feedback.agreement.source_id_b IS 'which person, model or program';
COMMENT ON COLUMN feedback.agreement.n IS 'traces and spans that both have rated';
COMMENT ON COLUMN feedback.agreement.agreement IS 'share of these on which they gave the same value';
COMMENT ON COLUMN feedback.agreement.kappa IS
    'Cohen''s kappa; null if chance agreement is 1, or for over 1,000 different values';
COMMENT ON COLUMN feedback.agreement.kappa_low IS 'lower end of its interval, at a confidence of 0.95';
COMMENT ON COLUMN feedback.agreement.kappa_high IS 'upper end of its interval';

CREATE FUNCTION feedback.disagreements(name text, source_a text, source_b text, project text DEFAULT NULL, max_results integer DEFAULT 100)
    RETURNS TABLE (project text, trace_id text, span_id text, source_id_a text, value_a jsonb, source_id_b text, value_b jsonb,
                   rationale_a text, rationale_b text, create_time timestamptz)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        -- Without the rationales, which may be long, until the newest are found
        SELECT p.project, p.trace_id, p.span_id, p.source_id_a, p.value_a, p.source_id_b, p.value_b, ra.rationale, rb.rationale, p.create_time
        FROM (
            SELECT a.project, a.trace_id, a.span_id, a.source_id AS source_id_a, a.value AS value_a, a.assessment_id AS assessment_id_a,
                   b.source_id AS source_id_b, b.value AS value_b, b.assessment_id AS assessment_id_b,
                   greatest(a.create_time, b.create_time) AS create_time
            FROM feedback.ratings a
            JOIN feedback.ratings b
              ON b.project = a.project AND b.trace_id = a.trace_id AND b.name = a.name
             AND coalesce(b.span_id, '') = coalesce(a.span_id, '') -- none is empty
             AND b.value <> a.value
            WHERE a.name = feedback_internal.required_argument(disagreements.name, 'name')
              AND (disagreements.project IS NULL OR a.project = disagreements.project)
              AND a.source_type = feedback_internal.source_type_argument(disagreements.source_a, 'source_a')
              AND (feedback_internal.source_id_argument(disagreements.source_a, 'source_a') IS NULL
                   OR a.source_id = feedback_internal.source_id_argument(disagreements.source_a, 'source_a'))
              AND b.source_type = feedback_internal.source_type_argument(disagreements.source_b, 'source_b')
              AND (feedback_internal.source_id_argument(disagreements.source_b, 'source_b') IS NULL
                   OR b.source_id = feedback_internal.source_id_argument(disagreements.source_b, 'source_b'))
              -- two sources that are both a and b: once
              AND (feedback_internal.source_type_argument(disagreements.source_a, 'source_a') <> feedback_internal.source_type_argument(disagreements.source_b, 'source_b')
                   OR a.source_id <> feedback_internal.source_id_argument(disagreements.source_b, 'source_b')
                   OR b.source_id <> feedback_internal.source_id_argument(disagreements.source_a, 'source_a')
                   OR (coalesce(b.source_id, ''), b.source_id IS NOT NULL) > (coalesce(a.source_id, ''), a.source_id IS NOT NULL))
            ORDER BY greatest(a.create_time, b.create_time) DESC, a.trace_id, a.span_id, a.source_id, b.source_id
            LIMIT disagreements.max_results
        ) p
        JOIN feedback.assessments ra ON ra.trace_id = p.trace_id AND ra.assessment_id = p.assessment_id_a
        JOIN feedback.assessments rb ON rb.trace_id = p.trace_id AND rb.assessment_id = p.assessment_id_b
        ORDER BY p.create_time DESC, p.trace_id, p.span_id, p.source_id_a, p.source_id_b;
    END;
COMMENT ON FUNCTION feedback.disagreements(text, text, text, text, integer) IS
    'what two sources, named as HUMAN or as LLM_JUDGE:gpt-4, rated differently; newest first';

CREATE FUNCTION feedback.compare(name text, by text, a text, b text, project text DEFAULT NULL, level double precision DEFAULT 0.95)
    RETURNS TABLE (project text, name text, source_type feedback.source_type, n_a bigint, n_b bigint, mean_a double precision, mean_b double precision,
                   difference double precision, low double precision, high double precision, p_value double precision, test text,
                   higher_is_better boolean, verdict text)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT t.project, compare.name, t.source_type, (t.c).n_a, (t.c).n_b, (t.c).estimate_a, (t.c).estimate_b,
               (t.c).difference, (t.c).low, (t.c).high, (t.c).p_value, t.test, s.higher_is_better,
               CASE WHEN (t.c).n_a > 0 AND (t.c).n_b > 0 THEN
                   CASE WHEN (t.c).p_value < 1 - compare.level THEN
                            CASE WHEN ((t.c).difference > 0) = s.higher_is_better THEN 'better'
                                 WHEN s.higher_is_better IS NOT NULL THEN 'worse'
                                 WHEN (t.c).difference > 0 THEN 'higher'
                                 ELSE 'lower' END
                        ELSE 'no difference shown' END
               END
        FROM (
            SELECT g.project, g.source_type,
                   CASE WHEN bool_and(g.boolean_value IS NOT NULL) THEN 'two proportions' ELSE 'Welch' END AS test,
                   CASE WHEN bool_and(g.boolean_value IS NOT NULL) THEN feedback.two_proportion_test(g.boolean_value, g.is_b, compare.level)
                        ELSE feedback.welch_test(coalesce(g.numeric_value::double precision, g.boolean_value::integer), g.is_b, compare.level) END AS c
            FROM (
                SELECT f.project,
                       CASE WHEN compare.by <> 'source' THEN f.source_type END AS source_type,
                       f.boolean_value, f.numeric_value,
                       -- null for what is in neither, or in both
                       CASE feedback_internal.required_argument(compare.by, 'by')
                           WHEN 'source' THEN nullif(
                               (f.source_type = feedback_internal.source_type_argument(compare.b, 'b')
                                AND coalesce(f.source_id = feedback_internal.source_id_argument(compare.b, 'b'), feedback_internal.source_id_argument(compare.b, 'b') IS NULL))::integer
                               - (f.source_type = feedback_internal.source_type_argument(compare.a, 'a')
                                  AND coalesce(f.source_id = feedback_internal.source_id_argument(compare.a, 'a'), feedback_internal.source_id_argument(compare.a, 'a') IS NULL))::integer,
                               0) > 0
                           WHEN 'period' THEN nullif(
                               (f.create_time <@ (SELECT feedback_internal.period_argument(compare.b, 'b')))::integer
                               - (f.create_time <@ (SELECT feedback_internal.period_argument(compare.a, 'a')))::integer,
                               0) > 0
                           ELSE nullif(
                               (f.metadata ->> regexp_replace(compare.by, '^metadata\.', '') = feedback_internal.required_argument(compare.b, 'b'))::integer
                               - (f.metadata ->> regexp_replace(compare.by, '^metadata\.', '') = feedback_internal.required_argument(compare.a, 'a'))::integer,
                               0) > 0
                       END AS is_b
                FROM feedback.feedback f
                WHERE f.name = feedback_internal.required_argument(compare.name, 'name')
                  AND (compare.project IS NULL OR f.project = compare.project)
                  AND num_nonnulls(f.boolean_value, f.numeric_value) > 0
            ) g
            WHERE g.is_b IS NOT NULL
            GROUP BY g.project, g.source_type
        ) t
        LEFT JOIN LATERAL (
            SELECT l.higher_is_better
            FROM feedback.label_schemas l
            WHERE l.name = compare.name AND l.kind = 'feedback' AND (l.project = t.project OR l.project IS NULL)
            ORDER BY l.project NULLS LAST
            LIMIT 1
        ) s ON true
        ORDER BY t.project, t.source_type;
    END;
COMMENT ON FUNCTION feedback.compare(text, text, text, text, text, double precision) IS
    'means of a name under a and under b, their difference and whether it is more than chance; by is a metadata key, source or period';

CREATE FUNCTION feedback.metadata_summary(key text, project text DEFAULT NULL)
    RETURNS TABLE (project text, value text, name text, source_type feedback.source_type, n bigint, n_value bigint, n_error bigint,
                   mean numeric, low double precision, high double precision, stddev numeric, n_true bigint, n_false bigint)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT s.project, s.value, s.name, s.source_type, s.n, s.n_value, s.n_error,
               feedback_internal.summary_mean(s.n_number, s.total), (s.interval).low, (s.interval).high,
               feedback_internal.summary_stddev(s.n_number, s.total, s.squares), s.n_true, s.n_false
        FROM (
            SELECT f.project, f.metadata ->> metadata_summary.key AS value, f.name, f.source_type,
                   count(*) AS n,
                   count(f.value) FILTER (WHERE f.value <> 'null') AS n_value,
                   count(f.error_code) AS n_error,
                   count(x.number) AS n_number, sum(x.number) AS total, sum(x.number * x.number) AS squares,
                   CASE WHEN bool_and(f.boolean_value IS NOT NULL) FILTER (WHERE x.number IS NOT NULL) THEN feedback.wilson_interval(f.boolean_value)
                        ELSE feedback.mean_interval(x.number::double precision) END AS interval,
                   count(*) FILTER (WHERE f.boolean_value) AS n_true,
                   count(*) FILTER (WHERE NOT f.boolean_value) AS n_false
            FROM feedback.feedback f, LATERAL (SELECT coalesce(f.numeric_value, f.boolean_value::integer) AS number) x
            WHERE f.metadata ? feedback_internal.required_argument(metadata_summary.key, 'key')
              AND (metadata_summary.project IS NULL OR f.project = metadata_summary.project)
            GROUP BY f.project, f.metadata ->> metadata_summary.key, f.name, f.source_type
        ) s
        ORDER BY s.project, s.name, s.source_type, s.value;
    END;
COMMENT ON FUNCTION feedback.metadata_summary(text, text) IS
    'valid feedback by each value of a metadata key, as source_summary has it, with an interval of the mean at a confidence of 0.95';
