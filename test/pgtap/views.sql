-- The views, column by column, against rows computed by hand.
BEGIN;
SELECT plan(54);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL timezone = 'UTC';

-- Columns and their order
SELECT is((SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
           FROM pg_attribute WHERE attrelid = ('feedback.' || view)::regclass AND attnum > 0),
    replace(columns, '  ', ' '), view)
FROM (VALUES
    ('feedback', 'project text, trace_id text, name text, value jsonb, source_type feedback.source_type, source_id text, rationale text, '
                 'span_id text, metadata jsonb, error_code text, error_message text, create_time timestamp with time zone, '
                 'last_update_time timestamp with time zone, value_type feedback.value_type, boolean_value boolean, numeric_value numeric, '
                 'text_value text, json_value jsonb, overrides uuid, assessment_id uuid, stack_trace text, logged_by text'),
    ('expectations', 'project text, trace_id text, name text, value jsonb, source_type feedback.source_type, source_id text, rationale text, '
                     'span_id text, metadata jsonb, create_time timestamp with time zone, '
                     'last_update_time timestamp with time zone, value_type feedback.value_type, boolean_value boolean, numeric_value numeric, '
                     'text_value text, json_value jsonb, overrides uuid, assessment_id uuid, logged_by text'),
    ('trace_summary', 'project text, trace_id text, name text, source_type feedback.source_type, n bigint, n_value bigint, n_error bigint, '
                      'mean numeric, min numeric, max numeric, n_true bigint, n_false bigint, last_value jsonb, '
                      'last_time timestamp with time zone'),
    ('trace_feedback', 'project text, trace_id text, feedback jsonb, n bigint, n_human bigint, n_llm_judge bigint, n_code bigint, n_error bigint, '
                       'first_time timestamp with time zone, last_time timestamp with time zone'),
    ('source_summary', 'project text, name text, source_type feedback.source_type, n bigint, n_value bigint, n_error bigint, '
                       'mean numeric, stddev numeric, n_true bigint, n_false bigint, trend text'),
    ('value_distribution', 'project text, name text, source_type feedback.source_type, value text, n bigint, share numeric, bar text, percent numeric'),
    ('score_histogram', 'project text, name text, source_type feedback.source_type, low numeric, high numeric, n bigint, share numeric, bar text')
) AS v (view, columns);

-- Feedback of two traces and two projects: a time, the last digits of an id, and the arguments of log_feedback
CREATE FUNCTION pg_temp.log(trace text, name text, source_type text, at text, id text, value jsonb, error text DEFAULT NULL,
                            overrides text DEFAULT NULL, project text DEFAULT 'p') RETURNS void LANGUAGE sql AS $$
    SELECT feedback.log_feedback(trace, name, value, source_type, error_code => error, overrides => helper.id(overrides),
        create_time => ('2025-01-02 ' || at || '+00')::timestamptz, assessment_id => helper.id(id), project => project)
$$;
DO $$ BEGIN
    PERFORM pg_temp.log('t1', 'helpful', 'HUMAN', '10:00', '1', 'true');
    PERFORM pg_temp.log('t1', 'helpful', 'HUMAN', '10:01', '2', 'false');
    PERFORM pg_temp.log('t1', 'helpful', 'HUMAN', '10:02', '3', 'true');
    PERFORM pg_temp.log('t1', 'helpful', 'HUMAN', '10:03', '4', 'false', overrides => '3');
    PERFORM pg_temp.log('t1', 'helpful', 'LLM_JUDGE', '10:00', '5', '"yes"');
    PERFORM pg_temp.log('t1', 'score', 'LLM_JUDGE', '10:00', '7', '1');
    PERFORM pg_temp.log('t1', 'score', 'LLM_JUDGE', '10:00', '6', '0.5');
    PERFORM pg_temp.log('t1', 'score', 'LLM_JUDGE', '10:05', '8', NULL, 'TIMEOUT');
    PERFORM pg_temp.log('t1', 'score', 'LLM_JUDGE', '09:00', '9', 'true');
    PERFORM pg_temp.log('t1', 'score', 'LLM_JUDGE', '09:00', 'a', '"5"');
    PERFORM pg_temp.log('t1', 'applies', 'CODE', '09:59', 'b', '3');
    PERFORM pg_temp.log('t1', 'applies', 'CODE', '10:00', 'c', 'null');
    PERFORM pg_temp.log('t1', 'broken', 'CODE', '10:00', 'd', NULL, 'E');
    PERFORM pg_temp.log('t2', 'helpful', 'HUMAN', '11:00', 'e', '["a"]');
    PERFORM pg_temp.log('t2', 'helpful', 'SOURCE_TYPE_UNSPECIFIED', '11:01', 'f', '2', 'PARTIAL');
    PERFORM pg_temp.log('t1', 'helpful', 'HUMAN', '12:00', '10', 'true', project => 'q');
    -- not to be counted anywhere
    PERFORM feedback.log_expectation('t1', 'helpful', 5, create_time => '2025-01-02 13:00+00', project => 'p');
END $$;

SELECT results_eq(
    $$ SELECT s.* FROM feedback.trace_summary s ORDER BY project, trace_id, name, source_type $$,
    $$ SELECT project, trace_id, name, source_type::feedback.source_type, n::bigint, n_value::bigint, n_error::bigint, mean, min, max,
              n_true::bigint, n_false::bigint, last_value::jsonb, ('2025-01-02 ' || last_time || '+00')::timestamptz
       FROM (VALUES
           ('p', 't1', 'applies', 'CODE', 2, 1, 0, 3, 3, 3, 0, 0, 'null', '10:00'),
           ('p', 't1', 'broken', 'CODE', 1, 0, 1, NULL::numeric, NULL::numeric, NULL::numeric, 0, 0, NULL, '10:00'),
           ('p', 't1', 'helpful', 'HUMAN', 3, 3, 0, 0.33333333333333333333, NULL, NULL, 1, 2, 'false', '10:03'),
           ('p', 't1', 'helpful', 'LLM_JUDGE', 1, 1, 0, NULL, NULL, NULL, 0, 0, '"yes"', '10:00'),
           ('p', 't1', 'score', 'LLM_JUDGE', 5, 4, 1, 0.83333333333333333333, 0.5, 1, 1, 0, '1', '10:05'),
           ('p', 't2', 'helpful', 'HUMAN', 1, 1, 0, NULL, NULL, NULL, 0, 0, '["a"]', '11:00'),
           ('p', 't2', 'helpful', 'SOURCE_TYPE_UNSPECIFIED', 1, 1, 1, 2, 2, 2, 0, 0, '2', '11:01'),
           ('q', 't1', 'helpful', 'HUMAN', 1, 1, 0, 1, NULL, NULL, 1, 0, 'true', '12:00')
       ) AS v (project, trace_id, name, source_type, n, n_value, n_error, mean, min, max, n_true, n_false, last_value, last_time) $$,
    'trace_summary');
SELECT results_eq(
    $$ SELECT f.* FROM feedback.trace_feedback f ORDER BY project, trace_id $$,
    $$ SELECT project, trace_id, feedback::jsonb, n::bigint, n_human::bigint, n_llm_judge::bigint, n_code::bigint, n_error::bigint,
              ('2025-01-02 ' || first_time || '+00')::timestamptz, ('2025-01-02 ' || last_time || '+00')::timestamptz
       FROM (VALUES
           ('p', 't1', '{"helpful": false, "score": 1, "applies": null}', 12, 3, 6, 3, 2, '09:00', '10:05'),
           ('p', 't2', '{"helpful": 2}', 2, 1, 0, 0, 1, '11:00', '11:01'),
           ('q', 't1', '{"helpful": true}', 1, 1, 0, 0, 0, '12:00', '12:00')
       ) AS v (project, trace_id, feedback, n, n_human, n_llm_judge, n_code, n_error, first_time, last_time) $$,
    'trace_feedback');
SELECT results_eq(
    $$ SELECT project, name, source_type, n, n_value, n_error, mean, stddev, n_true, n_false FROM feedback.source_summary ORDER BY project, name, source_type $$,
    $$ SELECT project, name, source_type::feedback.source_type, n::bigint, n_value::bigint, n_error::bigint, mean, stddev,
              n_true::bigint, n_false::bigint
       FROM (VALUES
           ('p', 'applies', 'CODE', 2, 1, 0, 3, NULL::numeric, 0, 0),
           ('p', 'broken', 'CODE', 1, 0, 1, NULL::numeric, NULL, 0, 0),
           ('p', 'helpful', 'HUMAN', 4, 4, 0, 0.33333333333333333333, 0.57735026918962576451, 1, 2),
           ('p', 'helpful', 'LLM_JUDGE', 1, 1, 0, NULL, NULL, 0, 0),
           ('p', 'helpful', 'SOURCE_TYPE_UNSPECIFIED', 1, 1, 1, 2, NULL, 0, 0),
           ('p', 'score', 'LLM_JUDGE', 5, 4, 1, 0.83333333333333333333, 0.28867513459481288225, 1, 0),
           ('q', 'helpful', 'HUMAN', 1, 1, 0, 1, NULL, 1, 0)
       ) AS v (project, name, source_type, n, n_value, n_error, mean, stddev, n_true, n_false) $$,
    'source_summary');
SELECT results_eq(
    $$ SELECT project, name, source_type, value, n, share, bar FROM feedback.value_distribution ORDER BY project, name, source_type, value COLLATE "C" $$,
    $$ SELECT project, name, source_type::feedback.source_type, value, n::bigint, share, repeat('█', (share * 20)::integer)
       FROM (VALUES
           ('p', 'applies', 'CODE', '3', 1, 0.5),
           ('p', 'applies', 'CODE', 'null', 1, 0.5),
           ('p', 'helpful', 'HUMAN', '["a"]', 1, 0.25),
           ('p', 'helpful', 'HUMAN', 'false', 2, 0.5),
           ('p', 'helpful', 'HUMAN', 'true', 1, 0.25),
           ('p', 'helpful', 'LLM_JUDGE', 'yes', 1, 1),
           ('p', 'helpful', 'SOURCE_TYPE_UNSPECIFIED', '2', 1, 1),
           ('p', 'score', 'LLM_JUDGE', '0.5', 1, 0.25),
           ('p', 'score', 'LLM_JUDGE', '1', 1, 0.25),
           ('p', 'score', 'LLM_JUDGE', '5', 1, 0.25),
           ('p', 'score', 'LLM_JUDGE', 'true', 1, 0.25),
           ('q', 'helpful', 'HUMAN', 'true', 1, 1)
       ) AS v (project, name, source_type, value, n, share) $$,
    'value_distribution');

-- A row each: every column of a feedback and an expectation, and what each type of value looks like
SELECT feedback.log_feedback('row', 'n', 0.50, 'LLM_JUDGE', 'u', 'r', '{"a": 1}', 's', 'E', 'm', 't',
           create_time => '2025-01-02 03:04:05+00', assessment_id => helper.id('a2'), overrides =>
           feedback.log_feedback('row', 'n', 1, assessment_id => helper.id('a1'), project => 'p')) AS feedback,
       feedback.log_expectation('row', 'n', '{"x": [1]}'::jsonb, 'CODE', 'u', 'r', '{"a": 1}', 's',
           create_time => '2025-01-02 03:04:05+00', assessment_id => helper.id('a4'), overrides =>
           feedback.log_expectation('row', 'n', 1, assessment_id => helper.id('a3'), project => 'p')) AS expectation \gset
SELECT is(to_jsonb(f),
    '{"project": "p", "trace_id": "row", "name": "n", "value": 0.50, "source_type": "LLM_JUDGE", "source_id": "u", "rationale": "r",
        "span_id": "s", "metadata": {"a": 1}, "error_code": "E", "error_message": "m", "create_time": "2025-01-02T03:04:05+00:00",
        "last_update_time": "2025-01-02T03:04:05+00:00", "value_type": "numeric", "boolean_value": null, "numeric_value": 0.50,
        "text_value": null, "json_value": null, "overrides": "00000000-0000-7000-8000-0000000000a1",
        "assessment_id": "00000000-0000-7000-8000-0000000000a2", "stack_trace": "t"}'::jsonb || jsonb_build_object('logged_by', session_user),
    'feedback, without what is overridden')
FROM feedback.feedback f WHERE trace_id = 'row';
SELECT is(to_jsonb(e),
    '{"project": "p", "trace_id": "row", "name": "n", "value": {"x": [1]}, "source_type": "CODE", "source_id": "u", "rationale": "r",
        "span_id": "s", "metadata": {"a": 1}, "create_time": "2025-01-02T03:04:05+00:00", "last_update_time": "2025-01-02T03:04:05+00:00",
        "value_type": "json", "boolean_value": null, "numeric_value": null, "text_value": null, "json_value": {"x": [1]},
        "overrides": "00000000-0000-7000-8000-0000000000a3", "assessment_id": "00000000-0000-7000-8000-0000000000a4"}'::jsonb
        || jsonb_build_object('logged_by', session_user),
    'expectations, without what is overridden')
FROM feedback.expectations e WHERE trace_id = 'row';
SELECT results_eq(
    $$ SELECT value, value_type, to_jsonb(boolean_value), to_jsonb(numeric_value), to_jsonb(text_value), json_value
       FROM feedback.feedback WHERE trace_id IN ('t1', 't2')
            AND assessment_id IN (SELECT helper.id(id) FROM unnest(ARRAY['2', '6', '5', 'e', 'c', 'd']) AS id)
       ORDER BY array_position('{2,6,5,e,c,d}', right(assessment_id::text, 1)) $$,
    $$ VALUES ('false'::jsonb, 'boolean'::feedback.value_type, 'false'::jsonb, NULL::jsonb, NULL::jsonb, NULL::jsonb),
              ('0.5', 'numeric', NULL, '0.5', NULL, NULL),
              ('"yes"', 'text', NULL, NULL, '"yes"', NULL),
              ('["a"]', 'json', NULL, NULL, NULL, '["a"]'),
              ('null', 'json', NULL, NULL, NULL, 'null'),
              (NULL, NULL, NULL, NULL, NULL, NULL) $$,
    'each value has its type');

-- Values that look alike, and large and small ones
SELECT count(feedback.log_feedback('alike', 'alike', value)) AS n
FROM unnest(ARRAY['1', '1.0', '1.00', '"1"', '1e0', 'true', '"true"', 'null', '"null"', '[1]', '""', '100', '1e2', '0.10']::jsonb[]) AS value \gset
SELECT results_eq(
    $$ SELECT value, n FROM feedback.value_distribution WHERE name = 'alike' ORDER BY value COLLATE "C", n $$,
    $$ VALUES ('', 1::bigint), ('0.1', 1), ('1', 1), ('1', 4), ('100', 2), ('[1]', 1), ('null', 1), ('null', 1), ('true', 1), ('true', 1) $$,
    'a number is the same however it is written, and none is a text');

-- The order in which a terminal shows them
SELECT results_eq(
    $$ SELECT value, n FROM feedback.value_distribution WHERE name = 'alike' LIMIT 3 $$,
    $$ VALUES ('1', 4::bigint), ('100', 2), ('', 1) $$,
    'the most frequent values come first');

-- Each bucket has its start and not its end, whatever the sign, the size and the zeros at the end
SELECT results_eq(
    $$ SELECT number, feedback_internal.histogram_low(number)::text
       FROM (SELECT *, row_number() OVER () AS place FROM unnest('{0,0.0999999,0.1,0.10000000000,0.95123,0.999999999,1,1.5,9.99999,10,123.456789,1.7976931348623157e308,
                1e-300,-1e-300,-0.1,-0.10000001,-0.95123,-1,-1.00001,-2,-9.5,-10,-10.00001,-20,-95.5,-100}'::numeric[]) AS number) AS n ORDER BY place $$,
    $$ SELECT number, low::numeric::text
       FROM unnest('{0,0.0999999,0.1,0.10000000000,0.95123,0.999999999,1,1.5,9.99999,10,123.456789,1.7976931348623157e308,
                1e-300,-1e-300,-0.1,-0.10000001,-0.95123,-1,-1.00001,-2,-9.5,-10,-10.00001,-20,-95.5,-100}'::numeric[],
            '{0,0,0.1,0.1,0.9,0.9,1,1,9,10,100,1e308,0,-0.1,-0.1,-0.2,-1,-1,-2,-2,-10,-10,-20,-20,-100,-100}'::text[]) AS v (number, low) $$,
    'where buckets start');
SELECT is(feedback_internal.histogram_low('NaN'), NULL, 'NaN is in none');
SELECT count(feedback.log_feedback('scored', 'scored', value)) AS n
FROM unnest(ARRAY[0.05, 0.0512345678, 0.91, 0.9123456789, 0.99999999999, 1, 1.98765432, 12, 19.99999, -0.05, -3.000001, 5.00000000]) AS value \gset
SELECT results_eq(
    $$ SELECT low::text, high::text, n, share, bar FROM feedback.score_histogram WHERE name = 'scored' $$,
    $$ SELECT low, high, n::bigint, trim_scale(n / 12.0), feedback.bar((n / 12.0)::double precision, 20)
       FROM (VALUES ('-4', '-3', 1), ('-0.1', '0', 1), ('0', '0.1', 2), ('0.9', '1', 3), ('1', '2', 2), ('5', '6', 1), ('10', '20', 2)) AS v (low, high, n) $$,
    'score_histogram');

-- What is counted by its value, and so in the rollups: no people's words
SELECT is(feedback_internal.summary_value(NULL, NULL, repeat('x', length), NULL), to_jsonb(value), format('a text of %s bytes', length))
FROM (VALUES (48, to_jsonb(repeat('x', 48))), (49, '{}')) AS v (length, value);
SELECT count(feedback.log_feedback('large', 'large', value)) AS n
FROM unnest(ARRAY[1.7976931348623157e308, 1.7976931348623157e308, -1.7976931348623157e308]) AS value \gset
SELECT results_eq(
    $$ SELECT mean, min, max FROM feedback.trace_summary WHERE trace_id = 'large' $$,
    $$ VALUES (trim_scale(1.7976931348623157e308 / 3), -1.7976931348623157e308, 1.7976931348623157e308) $$,
    'the largest numbers have a mean');

CREATE FUNCTION helper.lines(statement text) RETURNS SETOF text LANGUAGE plpgsql AS 'BEGIN RETURN QUERY EXECUTE statement; END';

-- The aggregates behind the last values, in each order, in parts too
CREATE TABLE pg_temp.many AS
SELECT i % 7 AS part, i % 3 AS name, CASE WHEN i % 4 = 0 THEN i % 8 = 0 END AS b, CASE WHEN i % 4 = 1 THEN i / 10.0 END AS n,
       CASE WHEN i % 4 = 2 THEN repeat('ü', i) END AS t, CASE i % 8 WHEN 3 THEN jsonb 'null' WHEN 7 THEN jsonb_build_array(i, '{}') END AS j,
       timestamptz '2000-01-01Z' + (i * 37 % 1000 - 1) / 10 * interval '1 s' AS at, md5(i::text)::uuid AS id
FROM generate_series(1, 1000) AS i;
INSERT INTO pg_temp.many (part, name, j, at, id) VALUES
    (7, 0, NULL, '2027-01-01Z', helper.id('1')), (7, 0, 'null', '2026-01-01Z', helper.id('1')), (8, 0, NULL, '2027-01-01Z', helper.id('1'));
SELECT results_eq(
    format('SELECT part, feedback_internal.latest(b, n, t, j, at, id) FROM (SELECT * FROM pg_temp.many ORDER BY %s) AS m GROUP BY part ORDER BY part', sorting),
    $$ SELECT part, (array_agg(value ORDER BY at DESC, id DESC) FILTER (WHERE value IS NOT NULL))[1]
       FROM pg_temp.many, coalesce(to_jsonb(b), to_jsonb(n), to_jsonb(t), j) AS value GROUP BY part ORDER BY part $$,
    'the latest value of those by ' || sorting)
FROM unnest(ARRAY['at, id', 'at DESC, id DESC', 'id']) AS sorting;
SELECT results_eq(
    format('SELECT part, feedback_internal.latest_values(nullif(name::text, ''2''), b, n, t, j, at, id) FROM (SELECT * FROM pg_temp.many ORDER BY %s) AS m GROUP BY part ORDER BY part', sorting),
    $$ SELECT part, jsonb_object_agg(name, value ORDER BY at, id) FILTER (WHERE value IS NOT NULL AND name < 2)
       FROM pg_temp.many, coalesce(to_jsonb(b), to_jsonb(n), to_jsonb(t), j) AS value GROUP BY part ORDER BY part $$,
    'the latest value by name of those by ' || sorting)
FROM unnest(ARRAY['at, id', 'at DESC, id DESC', 'id']) AS sorting;
SET LOCAL enable_partitionwise_aggregate = on;
SET LOCAL enable_hashagg = on;
CREATE TABLE halves (LIKE pg_temp.many) PARTITION BY LIST (part);
SELECT format('CREATE TABLE half_%s PARTITION OF halves FOR VALUES IN (%s)', part, part) FROM generate_series(0, 8) AS part \gexec
INSERT INTO halves TABLE pg_temp.many;
ANALYZE halves;
SELECT matches((SELECT string_agg(line, ' ') FROM helper.lines('EXPLAIN SELECT feedback_internal.latest(b, n, t, j, at, id) FROM halves') AS line), 'Partial', 'it is computed in parts');
SELECT is((SELECT feedback_internal.latest(b, n, t, j, at, id) FROM halves WHERE at < instant),
          (SELECT value FROM pg_temp.many, coalesce(to_jsonb(b), to_jsonb(n), to_jsonb(t), j) AS value WHERE value IS NOT NULL AND at < instant
           ORDER BY at DESC, id DESC LIMIT 1),
    'and is the latest of the latest before ' || instant)
FROM generate_series(timestamptz '2000-01-01 00:00:01Z', '2000-01-01 00:01:41Z', interval '10 s') AS instant;

SELECT is((SELECT feedback_internal.latest_values(name::text, b, n, t, j, at, id) FROM halves WHERE at < instant),
          (SELECT jsonb_object_agg(name, value ORDER BY at, id) FROM pg_temp.many, coalesce(to_jsonb(b), to_jsonb(n), to_jsonb(t), j) AS value
           WHERE value IS NOT NULL AND at < instant),
    'as are those by name before ' || instant)
FROM generate_series(timestamptz '2000-01-01 00:00:01Z', '2000-01-01 00:01:41Z', interval '10 s') AS instant;

-- The first row of each trace among many
CREATE TABLE pg_temp.rows AS
SELECT i, CASE WHEN i % 5 = 0 THEN 'p' ELSE 'pt' END AS project, CASE WHEN i % 5 = 0 THEN 't' || i * i % 30011 ELSE i * i % 30011 || '' END AS trace
FROM generate_series(bigint '1', 60000) AS i;
SELECT bag_eq(
    $$ SELECT i FROM (SELECT i, feedback_internal.first_seen(project, trace, '2026-01-01Z', 1000000) AS first FROM (SELECT * FROM pg_temp.rows ORDER BY i) r OFFSET 0) s WHERE first $$,
    $$ SELECT min(i) FROM pg_temp.rows GROUP BY project, trace $$, 'first_seen tells the first row of each trace');
SET LOCAL work_mem = '64kB';
SELECT results_eq(
    $$ SELECT count(*) FILTER (WHERE first) >= 10000, bool_and(i = least) FILTER (WHERE first), bool_and(i <> least) FILTER (WHERE first IS NULL), count(*) FILTER (WHERE NOT first) > 0
       FROM (SELECT i, project, trace, feedback_internal.first_seen(project, trace, '2026-01-01Z', 1000000) AS first FROM (SELECT * FROM pg_temp.rows ORDER BY i) r OFFSET 0) s
       JOIN (SELECT project, trace, min(i) AS least FROM pg_temp.rows GROUP BY 1, 2) l USING (project, trace) $$,
    $$ VALUES (true, true, true, true) $$, 'and says that it does not know where memory ends');
SELECT results_eq(
    $$ SELECT i, feedback_internal.first_seen('p', trace, timestamptz '2026-01-01Z' - age * interval '1 s', 2) FROM (VALUES (1, 'a', 0), (2, 'a', 0), (3, 'b', 1), (4, 'c', 1), (5, 'b', 1), (6, 'a', 2)) AS v (i, trace, age) $$,
    $$ VALUES (1, true), (2, NULL), (3, true), (4, true), (5, NULL), (6, true) $$, 'beyond the limit, whatever is older is as good as a first');

SELECT * FROM finish();
ROLLBACK;
