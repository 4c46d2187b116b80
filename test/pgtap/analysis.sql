-- What analysts ask about sources, versions and periods: ratings, agreement, disagreements, compare, metadata_summary.
BEGIN;
\ir ../include/helpers.sql
SELECT * FROM no_plan();
SET LOCAL timezone = 'UTC';

-- A feedback at a minute of 1 January 2025; the source is type:id.
CREATE FUNCTION pg_temp.log(trace text, name text, source text, value jsonb, minute integer, span text DEFAULT NULL, project text DEFAULT 'p',
                            rationale text DEFAULT NULL, metadata jsonb DEFAULT NULL, overrides uuid DEFAULT NULL, error text DEFAULT NULL)
RETURNS uuid LANGUAGE sql AS $$
    SELECT feedback.log_feedback(trace, name, value, split_part(source, ':', 1), nullif(split_part(source, ':', 2), ''), rationale, metadata, span, error,
                                 create_time => '2025-01-01 00:00+00'::timestamptz + minute * interval '1 minute', project => project, overrides => overrides)
$$;

-- Agreement
DO $$
DECLARE
    id uuid;
BEGIN
    -- ann and the judge: 3 traces and a span, of which they agree on two
    PERFORM pg_temp.log('t1', 'good', 'HUMAN:ann', 'true', 1), pg_temp.log('t1', 'good', 'LLM_JUDGE:j', 'true', 2);
    PERFORM pg_temp.log('t2', 'good', 'HUMAN:ann', 'false', 1), pg_temp.log('t2', 'good', 'LLM_JUDGE:j', 'true', 2);
    PERFORM pg_temp.log('t3', 'good', 'HUMAN:ann', 'false', 1), pg_temp.log('t3', 'good', 'LLM_JUDGE:j', 'true', 2);
    -- she changes her mind
    PERFORM pg_temp.log('t3', 'good', 'HUMAN:ann', 'true', 3);
    PERFORM pg_temp.log('t1', 'good', 'HUMAN:ann', 'false', 1, span => 's'), pg_temp.log('t1', 'good', 'LLM_JUDGE:j', 'true', 2, span => 's');
    -- not pairs: another span, another project, an explicit null, a withdrawn value, an error, an overridden value
    PERFORM pg_temp.log('t4', 'good', 'HUMAN:ann', 'true', 1), pg_temp.log('t4', 'good', 'LLM_JUDGE:j', 'true', 2, span => 's');
    PERFORM pg_temp.log('t5', 'good', 'HUMAN:ann', 'true', 1), pg_temp.log('t5', 'good', 'LLM_JUDGE:j', 'true', 2, project => 'q');
    PERFORM pg_temp.log('t6', 'good', 'HUMAN:ann', 'true', 1), pg_temp.log('t6', 'good', 'LLM_JUDGE:j', 'null', 2);
    PERFORM pg_temp.log('t7', 'good', 'HUMAN:ann', 'true', 1), pg_temp.log('t7', 'good', 'LLM_JUDGE:j', 'true', 2), pg_temp.log('t7', 'good', 'LLM_JUDGE:j', 'null', 3);
    PERFORM pg_temp.log('t8', 'good', 'HUMAN:ann', 'true', 1), pg_temp.log('t8', 'good', 'LLM_JUDGE:j', NULL, 2, error => 'E');
    id := pg_temp.log('t9', 'good', 'HUMAN:ann', 'true', 1);
    PERFORM pg_temp.log('t9', 'good', 'LLM_JUDGE:j', 'false', 2), pg_temp.log('t9', 'good', 'CODE', 'true', 3, overrides => id);
    -- an error after a value leaves the value
    PERFORM pg_temp.log('t2', 'good', 'LLM_JUDGE:j', NULL, 5, error => 'E');
    -- expectations are no ratings
    PERFORM feedback.log_expectation('t1', 'good', true, source_type => 'HUMAN', source_id => 'bob', project => 'p');
    -- two that always say the same
    PERFORM pg_temp.log('u' || i, 'same', 'HUMAN:ann', '1', 1) FROM generate_series(1, 3) i;
    PERFORM pg_temp.log('u' || i, 'same', 'HUMAN', '1.0', 1) FROM generate_series(1, 3) i;
    -- types of value
    PERFORM pg_temp.log('v1', 'kind', 'HUMAN:a', '1', 1), pg_temp.log('v1', 'kind', 'HUMAN:b', '"1"', 1), pg_temp.log('v2', 'kind', 'HUMAN:a', '["x"]', 1),
            pg_temp.log('v2', 'kind', 'HUMAN:b', '["x"]', 1), pg_temp.log('v1', 'kind', 'HUMAN:c', '1', 1), pg_temp.log('v2', 'kind', 'HUMAN:c', '["x"]', 1);
    -- more values than kappa takes
    PERFORM pg_temp.log('w' || i, 'fine', 'HUMAN:a', to_jsonb(i), 1), pg_temp.log('w' || i, 'fine', 'HUMAN:b', to_jsonb(i - i % 2), 1) FROM generate_series(1, 1100) i;
END $$;
SELECT results_eq(
    $$ SELECT trace_id, span_id, source_id, value FROM feedback.ratings WHERE name = 'good' AND trace_id IN ('t2', 't3', 't6', 't7', 't9')
       ORDER BY trace_id, span_id, source_id $$,
    $$ VALUES ('t2', NULL::text, 'ann', 'false'::jsonb), ('t2', NULL, 'j', 'true'), ('t3', NULL, 'ann', 'true'), ('t3', NULL, 'j', 'true'),
              ('t6', NULL, 'ann', 'true'), ('t7', NULL, 'ann', 'true'), ('t9', NULL, 'j', 'false'), ('t9', NULL, NULL, 'true') $$,
    'ratings: the latest value of each source, none where it is an explicit null, errors and overridden values aside');
SELECT results_eq(
    $$ SELECT project, name, source_type_a, source_id_a, source_type_b, source_id_b, n, agreement, round(kappa, 6), kappa_low IS NULL, kappa_high IS NULL
       FROM feedback.agreement WHERE name IN ('good', 'same') ORDER BY name, source_type_a, source_id_a, source_type_b, source_id_b $$,
    $$ SELECT project, name, source_type_a::feedback.source_type, source_id_a, source_type_b::feedback.source_type, source_id_b, n, agreement, kappa, a, b
       FROM (VALUES ('p', 'good', 'HUMAN', 'ann', 'LLM_JUDGE', 'j', 4::bigint, 0.5, 0::numeric, false, false),
                    ('p', 'good', 'LLM_JUDGE', 'j', 'CODE', NULL, 1, 0, 0, false, false),
                    ('p', 'same', 'HUMAN', NULL, 'HUMAN', 'ann', 3, 1, NULL, true, true))
            AS v (project, name, source_type_a, source_id_a, source_type_b, source_id_b, n, agreement, kappa, a, b) $$,
    'agreement: each pair of sources once; spans, projects and withdrawn values apart; no kappa when chance agreement is 1');
SELECT results_eq(
    $$ SELECT source_id_a, source_id_b, n, agreement FROM feedback.agreement WHERE name = 'kind' ORDER BY 1, 2 $$,
    $$ VALUES ('a', 'b', 2::bigint, 0.5), ('a', 'c', 2, 1), ('b', 'c', 2, 0.5) $$,
    'agreement: three sources are three pairs, and a number is no text');
SELECT results_eq(
    $$ SELECT n, agreement, kappa FROM feedback.agreement WHERE name = 'fine' $$,
    $$ VALUES (1100::bigint, 0.5, NULL::numeric) $$,
    'agreement: a name with over 1,000 values has no kappa, and does not fail');
SELECT results_eq(
    $$ SELECT a.project, a.name, a.source_type_a, a.source_id_a, a.source_type_b, a.source_id_b, a.n, a.agreement FROM feedback.agreement a
       WHERE name <> 'fine' ORDER BY 1, 2, 3, 4, 5, 6 $$,
    $$ SELECT a.project, a.name, a.source_type, a.source_id, b.source_type, b.source_id, count(*), trim_scale(round(avg((a.value = b.value)::integer), 15))
       FROM feedback.ratings a JOIN feedback.ratings b
         ON b.project = a.project AND b.trace_id = a.trace_id AND b.name = a.name AND b.span_id IS NOT DISTINCT FROM a.span_id
        AND (b.source_type, coalesce(b.source_id, ''), b.source_id IS NOT NULL) > (a.source_type, coalesce(a.source_id, ''), a.source_id IS NOT NULL)
       WHERE a.name <> 'fine' GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6 $$,
    'agreement: as a join of the ratings with themselves has it');

-- Disagreements
DO $$
BEGIN
    PERFORM pg_temp.log('d1', 'tone', 'HUMAN:ann', '"kind"', 1, rationale => 'friendly'), pg_temp.log('d1', 'tone', 'LLM_JUDGE:j', '"rude"', 9, rationale => 'curt');
    PERFORM pg_temp.log('d2', 'tone', 'HUMAN:ann', '"kind"', 12), pg_temp.log('d2', 'tone', 'LLM_JUDGE:k', '"rude"', 2);
    PERFORM pg_temp.log('d3', 'tone', 'HUMAN:bob', '"kind"', 3), pg_temp.log('d3', 'tone', 'LLM_JUDGE:j', '"kind"', 3);
    PERFORM pg_temp.log('d4', 'tone', 'HUMAN:bob', '"rude"', 4, span => 's'), pg_temp.log('d4', 'tone', 'LLM_JUDGE:j', '"kind"', 4, span => 's');
    PERFORM pg_temp.log('d5', 'tone', 'HUMAN:ann', '"rude"', 5), pg_temp.log('d5', 'tone', 'HUMAN:bob', '"kind"', 5);
    PERFORM pg_temp.log('d6', 'tone', 'HUMAN:ann', '"rude"', 6, project => 'q'), pg_temp.log('d6', 'tone', 'LLM_JUDGE:j', '"kind"', 6, project => 'q');
    -- agreed in the end; never the same thing
    PERFORM pg_temp.log('d7', 'tone', 'HUMAN:ann', '"rude"', 7), pg_temp.log('d7', 'tone', 'LLM_JUDGE:j', '"kind"', 7), pg_temp.log('d7', 'tone', 'HUMAN:ann', '"kind"', 8);
    PERFORM pg_temp.log('d8', 'tone', 'HUMAN:ann', '"rude"', 7), pg_temp.log('d8', 'tone', 'LLM_JUDGE:j', '"kind"', 7, span => 's');
    -- an id with a colon
    PERFORM pg_temp.log('d9', 'topic', 'HUMAN:ann', '1', 1);
    PERFORM feedback.log_feedback('d9', 'topic', 2, 'LLM_JUDGE', 'ollama:llama3', project => 'p');
END $$;
SELECT results_eq(
    $$ SELECT * FROM feedback.disagreements('tone', 'HUMAN', 'LLM_JUDGE') $$,
    $$ SELECT project, trace, span, a, to_jsonb(va), b, to_jsonb(vb), ra, rb, '2025-01-01 00:00+00'::timestamptz + minute * interval '1 minute'
       FROM (VALUES ('p', 'd2', NULL, 'ann', 'kind', 'k', 'rude', NULL, NULL, 12),
                    ('p', 'd1', NULL, 'ann', 'kind', 'j', 'rude', 'friendly', 'curt', 9),
                    ('q', 'd6', NULL, 'ann', 'rude', 'j', 'kind', NULL, NULL, 6),
                    ('p', 'd4', 's', 'bob', 'rude', 'j', 'kind', NULL, NULL, 4)) AS v (project, trace, span, a, va, b, vb, ra, rb, minute) $$,
    'disagreements of two types of source: newest first, with both rationales');
CREATE FUNCTION pg_temp.disagreed(a text, b text, project text DEFAULT NULL, max_results integer DEFAULT 100) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', trace_id, source_id_a, source_id_b), ', ') FROM feedback.disagreements('tone', a, b, project, max_results)
$$;
SELECT is(pg_temp.disagreed('LLM_JUDGE', 'HUMAN'), 'd2 k ann, d1 j ann, d6 j ann, d4 j bob', 'the sources the other way round');
SELECT is(pg_temp.disagreed('HUMAN:bob', 'LLM_JUDGE:j'), 'd4 bob j', 'sources by type and id');
SELECT is(pg_temp.disagreed('human', 'llm_judge:k'), 'd2 ann k', 'a type in any letter case');
SELECT is(pg_temp.disagreed('HUMAN', 'LLM_JUDGE:J'), NULL, 'an id in its own');
SELECT is(pg_temp.disagreed('HUMAN', 'HUMAN'), 'd5 ann bob', 'two sources of one type: once');
SELECT is(pg_temp.disagreed('HUMAN:bob', 'HUMAN'), 'd5 bob ann', 'one and all of its type');
SELECT is(pg_temp.disagreed('HUMAN', 'HUMAN:bob'), 'd5 ann bob', 'or all and one');
SELECT is(pg_temp.disagreed('HUMAN:', 'LLM_JUDGE'), NULL, 'an empty id is one');
SELECT is(pg_temp.disagreed('HUMAN', 'LLM_JUDGE', 'q'), 'd6 ann j', 'one project');
SELECT is(pg_temp.disagreed('HUMAN', 'LLM_JUDGE', NULL, 2), 'd2 ann k, d1 ann j', 'the newest two');
SELECT is(pg_temp.disagreed('HUMAN', 'LLM_JUDGE', NULL, NULL), 'd2 ann k, d1 ann j, d6 ann j, d4 bob j', 'no limit');
SELECT is(source_id_b, 'ollama:llama3', 'an id may have a colon') FROM feedback.disagreements('topic', 'HUMAN', 'LLM_JUDGE:ollama:llama3');
SELECT is(helper.refusal(format('SELECT * FROM feedback.disagreements(%s)', arguments)), refusal, format('disagreements(%s)', arguments))
FROM (VALUES ('NULL, ''HUMAN'', ''CODE''', '22004 name'), ('''n'', NULL, ''CODE''', '22004 source_a'), ('''n'', ''HUMAN'', NULL', '22004 source_b'),
             ('''n'', ''PERSON'', ''CODE''', '22023 source_a'), ('''n'', ''HUMAN'', '':j''', '22023 source_b'), ('''n'', ''HUMAN'', '' CODE''', '22023 source_b'),
             ('''n'', ''HUMAN'', ''CODE'', max_results => -1', '2201W')) AS v (arguments, refusal);
SELECT is(helper.complaint($$ SELECT * FROM feedback.disagreements('n', 'gpt-4', 'HUMAN') $$),
    'invalid source_a: "gpt-4" | A source is named by its type, or by its type, a colon and its id, as in LLM_JUDGE:gpt-4. '
    '| The source types are HUMAN, LLM_JUDGE, CODE and SOURCE_TYPE_UNSPECIFIED.', 'a source that is none is told what one is');

-- Comparisons
DO $$
BEGIN
    -- prompt 1: 4 of 20 are good, prompt 2: 16 of 20; the judge the other way round, a little
    PERFORM pg_temp.log('c' || v || i, 'useful', 'HUMAN', to_jsonb(i <= CASE v WHEN 1 THEN 4 ELSE 16 END), 60 * v, metadata => jsonb_build_object('prompt', v::text, 'n', v))
    FROM generate_series(1, 2) v, generate_series(1, 20) i;
    PERFORM pg_temp.log('c' || v || i, 'useful', 'LLM_JUDGE:j', to_jsonb(i <= CASE v WHEN 1 THEN 11 ELSE 10 END), 60 * v, metadata => jsonb_build_object('prompt', v::text))
    FROM generate_series(1, 2) v, generate_series(1, 20) i;
    PERFORM pg_temp.log('c' || v || i, 'cost', 'CODE', to_jsonb(v * 10 + i % 3), 60 * v, metadata => jsonb_build_object('prompt', v::text)) FROM generate_series(1, 2) v, generate_series(1, 20) i;
    PERFORM pg_temp.log('c1' || i, 'cost', 'CODE', to_jsonb(i), 60, project => 'q', metadata => '{"prompt": "1"}') FROM generate_series(1, 3) i;
    -- of neither version, no value that has a mean, and withdrawn
    PERFORM pg_temp.log('c3', 'useful', 'HUMAN', 'true', 60, metadata => '{"prompt": "3"}'), pg_temp.log('c3', 'useful', 'HUMAN', 'true', 60),
            pg_temp.log('c3', 'useful', 'HUMAN', '"true"', 60, metadata => '{"prompt": "1"}'), pg_temp.log('c3', 'useful', 'HUMAN', NULL, 60, metadata => '{"prompt": "1"}', error => 'E');
    -- booleans and numbers
    PERFORM pg_temp.log('m' || i, 'mixed', 'HUMAN', CASE WHEN i % 2 = 0 THEN 'true' ELSE '3'::jsonb END, i, metadata => jsonb_build_object('prompt', (i % 4 / 2)::text)) FROM generate_series(1, 16) i;
END $$;
SELECT results_eq(
    $$ SELECT project, name, source_type, n_a, n_b, mean_a, mean_b, round(difference::numeric, 9), round(low::numeric, 6), round(high::numeric, 6), round(p_value::numeric, 6),
              test, higher_is_better, verdict FROM feedback.compare('useful', 'prompt', '1', '2') $$,
    $$ SELECT project, name, source_type::feedback.source_type, n_a, n_b, mean_a, mean_b, difference, low, high, p_value, test, higher_is_better, verdict
       FROM (VALUES ('p', 'useful', 'HUMAN', 20::bigint, 20::bigint, 0.2::float8, 0.8::float8, 0.6, 0.294505, 0.768776, 0.000148, 'two proportions', NULL::boolean, 'higher'),
                    ('p', 'useful', 'LLM_JUDGE', 20, 20, 0.55, 0.5, -0.05, -0.327614, 0.238981, 0.751529, 'two proportions', NULL, 'no difference shown'))
            AS v (project, name, source_type, n_a, n_b, mean_a, mean_b, difference, low, high, p_value, test, higher_is_better, verdict) $$,
    'two versions by a metadata key, by source type; other versions, texts and errors do not count');
CREATE FUNCTION pg_temp.compared(name text, by text, a text, b text, project text DEFAULT NULL, level double precision DEFAULT 0.95) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', c.project, c.source_type, c.n_a, c.n_b, round(c.mean_a::numeric, 3), round(c.mean_b::numeric, 3), c.test, c.verdict), ', ')
    FROM feedback.compare(name, by, a, b, project, level) c
$$;
SELECT is(pg_temp.compared('useful', 'metadata.prompt', '1', '2'), pg_temp.compared('useful', 'prompt', '1', '2'), 'a key as search_traces has it');
SELECT is(pg_temp.compared('useful', 'prompt', '2', '1'), 'p HUMAN 20 20 0.800 0.200 two proportions lower, p LLM_JUDGE 20 20 0.500 0.550 two proportions no difference shown', 'the other way round');
SELECT is(pg_temp.compared('useful', 'prompt', '1', '2', level => 0.1), 'p HUMAN 20 20 0.200 0.800 two proportions higher, p LLM_JUDGE 20 20 0.550 0.500 two proportions lower', 'the level decides what is shown');
SELECT is(pg_temp.compared('useful', 'n', '1', '2'), 'p HUMAN 20 20 0.200 0.800 two proportions higher', 'a number as a key''s value');
SELECT is(pg_temp.compared('useful', 'source', 'LLM_JUDGE:j', 'HUMAN', 'p'), 'p 40 42 0.525 0.524 two proportions no difference shown', 'two sources: all of their values');
SELECT is(pg_temp.compared('useful', 'source', 'HUMAN', 'human:x'), 'p 42 0 0.524 two proportions', 'sources of which one has nothing to compare: those in both are in none');
SELECT is(pg_temp.compared('useful', 'period', '[2025-01-01 01:00,2025-01-01 02:00)', '[2025-01-01 02:00,2025-01-01 03:00)'),
    'p HUMAN 22 20 0.273 0.800 two proportions higher, p LLM_JUDGE 20 20 0.550 0.500 two proportions no difference shown', 'two periods');
SELECT is(pg_temp.compared('cost', 'period', '[2025-01-01,)', '[2025-01-01 02:00,]'), 'p CODE 20 0 11.050 Welch, q CODE 3 0 2.000 Welch', 'rows that are in both are in neither');
SELECT is(pg_temp.compared('cost', 'prompt', '1', '2'), 'p CODE 20 20 11.050 21.050 Welch higher, q CODE 3 0 2.000 Welch', 'numbers, in each project; an empty side has no verdict');
SELECT is(pg_temp.compared('cost', 'prompt', '1', '2', 'p'), 'p CODE 20 20 11.050 21.050 Welch higher', 'numbers of one project');
SELECT is(pg_temp.compared('mixed', 'prompt', '0', '1'), 'p HUMAN 8 8 2.000 2.000 Welch no difference shown', 'booleans among numbers are 1 and 0');
SELECT is(pg_temp.compared('useful', 'prompt', '1', '1'), NULL, 'the same version twice: nothing');
SELECT is(pg_temp.compared('useful', 'no such key', '1', '2'), NULL, 'an unknown key: nothing');

-- Which direction is better is what the label schema says, and the project's own before all projects'.
SELECT feedback.create_label_schema('useful', 'boolean', higher_is_better => true) IS NOT NULL AS created,
       feedback.create_label_schema('cost', 'numeric', higher_is_better => false, enforcement => 'warn') IS NOT NULL AS created \gset
SELECT is(pg_temp.compared('useful', 'prompt', '1', '2'), 'p HUMAN 20 20 0.200 0.800 two proportions better, p LLM_JUDGE 20 20 0.550 0.500 two proportions no difference shown', 'higher is better');
SELECT is(pg_temp.compared('useful', 'prompt', '2', '1', level => 0.1), 'p HUMAN 20 20 0.800 0.200 two proportions worse, p LLM_JUDGE 20 20 0.500 0.550 two proportions better', 'lower is worse');
SELECT is(pg_temp.compared('cost', 'prompt', '1', '2', 'p'), 'p CODE 20 20 11.050 21.050 Welch worse', 'lower is better');
SELECT feedback.create_label_schema('cost', 'numeric', project => 'p', higher_is_better => true, enforcement => 'warn') IS NOT NULL AS created \gset
SELECT is(pg_temp.compared('cost', 'prompt', '1', '2', 'p'), 'p CODE 20 20 11.050 21.050 Welch better', 'the schema of the project wins');
SELECT is(array_agg(higher_is_better ORDER BY project), ARRAY[true, false], 'and for other projects it does not') FROM feedback.compare('cost', 'prompt', '1', '2');

SELECT is(helper.refusal(format('SELECT * FROM feedback.compare(%s)', arguments)), refusal, format('compare(%s)', arguments))
FROM (VALUES ('NULL, ''prompt'', ''1'', ''2''', '22004 name'), ('''useful'', NULL, ''1'', ''2''', '22004 by'),
             ('''useful'', ''prompt'', NULL, ''2''', '22004 a'), ('''useful'', ''prompt'', ''1'', NULL', '22004 b'),
             ('''useful'', ''source'', ''ME'', ''HUMAN''', '22023 a'), ('''useful'', ''source'', ''HUMAN'', NULL', '22004 b'),
             ('''useful'', ''period'', ''last week'', ''[2025-01-01,)''', '22P02 a'), ('''useful'', ''period'', ''[2025-01-01,)'', ''[today''', '22P02 b'),
             ('''useful'', ''period'', ''[2025-13-01,)'', ''[2025-01-01,)''', '22008 a'), ('''useful'', ''period'', ''[2025-02-01,2025-01-01)'', ''[2025-01-01,)''', '22000 a'),
             ('''useful'', ''period'', NULL, ''[2025-01-01,)''', '22004 a'),
             ('''useful'', ''prompt'', ''1'', ''2'', level => 1', '22023 level'), ('''useful'', ''prompt'', ''1'', ''2'', level => NULL', '22023 level')) AS v (arguments, refusal);
SELECT is(helper.complaint($$ SELECT * FROM feedback.compare('useful', 'period', 'last week', '[2025-01-01,)') $$),
    'malformed range literal: "last week" | Missing left parenthesis or bracket. | "a" is a period, as in [2025-01-01,2025-02-01).', 'a period that is none is told what one is');

-- A prepared statement with arguments that are not known when it is planned
SET LOCAL plan_cache_mode = force_generic_plan;
PREPARE comparison (text, text, text, text) AS SELECT count(*) FROM feedback.compare($1, $2, $3, $4);
PREPARE disagreement (text, text, text) AS SELECT count(*) FROM feedback.disagreements($1, $2, $3);
SELECT results_eq($$ EXECUTE comparison('useful', 'prompt', '1', '2') $$, ARRAY[2::bigint], 'a generic plan for versions');
SELECT results_eq($$ EXECUTE comparison('useful', 'source', 'HUMAN', 'LLM_JUDGE') $$, ARRAY[1::bigint], 'for sources');
SELECT results_eq($$ EXECUTE comparison('useful', 'period', '[2025-01-01 01:00,2025-01-01 02:00)', '[2025-01-01 02:00,)') $$, ARRAY[2::bigint], 'for periods');
SELECT results_eq($$ EXECUTE disagreement('tone', 'HUMAN', 'LLM_JUDGE:j') $$, ARRAY[3::bigint], 'for disagreements');
SELECT is(helper.refusal($$ EXECUTE comparison('useful', 'source', 'ME', 'LLM_JUDGE') $$), '22023 a', 'and for an error');
RESET plan_cache_mode;

-- Metadata
DO $$
BEGIN
    PERFORM pg_temp.log('k' || i, 'key', 'HUMAN', to_jsonb(i % 4 = 0), 1, metadata => '{"model": "a"}') FROM generate_series(1, 8) i;
    PERFORM pg_temp.log('k', 'key', 'CODE', to_jsonb(i), 1, metadata => '{"model": "a"}') FROM generate_series(1, 3) i;
    PERFORM pg_temp.log('k', 'key', 'CODE', v, 1, metadata => m)
    FROM (VALUES ('5'::jsonb, '{"model": 7}'::jsonb), ('"text"', '{"model": true}'), ('null', '{"model": null}'), ('1', '{"model": ["x"]}'), ('1', '{"Model": "a"}')) AS v (v, m);
    PERFORM pg_temp.log('k', 'key', 'CODE', '1', 1), pg_temp.log('k', 'key', 'CODE', NULL, 1, metadata => '{"model": "a"}', error => 'E'),
            pg_temp.log('k', 'key', 'CODE', '9', 1, project => 'q', metadata => '{"model": "a"}');
END $$;
SELECT results_eq(
    $$ SELECT project, value, source_type, n, n_value, n_error, mean, round(low::numeric, 6), round(high::numeric, 6), stddev, n_true, n_false
       FROM feedback.metadata_summary('model') WHERE name = 'key' $$,
    $$ SELECT project, value, source_type::feedback.source_type, n::bigint, n_value::bigint, n_error::bigint, mean, low, high, stddev, n_true::bigint, n_false::bigint
       FROM (VALUES ('p', 'a', 'HUMAN', 8, 8, 0, 0.25, 0.071479, 0.590725, 0.46291004988627573078, 2, 6),
                    ('p', '7', 'CODE', 1, 1, 0, 5, NULL, NULL, NULL, 0, 0),
                    ('p', '["x"]', 'CODE', 1, 1, 0, 1, NULL, NULL, NULL, 0, 0),
                    ('p', 'a', 'CODE', 4, 3, 1, 2, -0.484138, 4.484138, 1, 0, 0),
                    ('p', 'true', 'CODE', 1, 1, 0, NULL, NULL, NULL, NULL, 0, 0),
                    ('p', NULL, 'CODE', 1, 0, 0, NULL, NULL, NULL, NULL, 0, 0),
                    ('q', 'a', 'CODE', 1, 1, 0, 9, NULL, NULL, NULL, 0, 0))
            AS v (project, value, source_type, n, n_value, n_error, mean, low, high, stddev, n_true, n_false) $$,
    'metadata_summary: by value of the key, of whatever type; without the key a feedback is not in it; shares have Wilson''s interval, means Student''s');
SELECT results_eq(
    $$ SELECT s.n, s.n_value, s.n_error, s.mean, s.stddev, s.n_true, s.n_false FROM feedback.metadata_summary('model', 'p') s WHERE value = 'a' AND name = 'key' AND source_type = 'HUMAN' $$,
    $$ SELECT s.n, s.n_value, s.n_error, s.mean, s.stddev, s.n_true, s.n_false FROM feedback.source_summary s WHERE project = 'p' AND name = 'key' AND source_type = 'HUMAN' $$,
    'metadata_summary: as source_summary has it');
SELECT is(count(*), 1::bigint, 'metadata_summary of one project') FROM feedback.metadata_summary('model', 'q');
SELECT is(helper.refusal('SELECT * FROM feedback.metadata_summary(NULL)'), '22004 key', 'metadata_summary of no key');

-- Helpers that functions above consist of, by hand
SELECT is(helper.refusal(format('SELECT feedback_internal.%s', call)), refusal, call)
FROM (VALUES ('required_argument(NULL, NULL)', '22004 value'), ('source_type_argument(NULL, NULL)', '22004 value'), ('source_type_argument(''x'', NULL)', '22023 value'),
             ('source_id_argument(NULL, NULL)', '22004 value'), ('period_argument(NULL, NULL)', '22004 value'), ('period_argument(''x'', NULL)', '22P02 value')) AS v (call, refusal);

-- Rights: all of it runs with the caller's, and row security holds.
CREATE ROLE analysis_reader;
CREATE ROLE analysis_nobody;
GRANT USAGE ON SCHEMA helper, feedback, feedback_internal TO analysis_reader, analysis_nobody;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal, helper TO analysis_reader, analysis_nobody;
GRANT SELECT ON ALL TABLES IN SCHEMA feedback TO analysis_reader;
GRANT SELECT ON feedback_internal.counted_state, feedback_internal.counted_totals, feedback_internal.counted_days,
                feedback_internal.counted_cells, feedback_internal.counted_values, feedback_internal.counted_changes,
                feedback_internal.recent_trend TO analysis_reader;
GRANT SELECT ON feedback.ratings, feedback.agreement, feedback.feedback TO analysis_nobody;
CREATE TEMP TABLE question (statement text, answer text, answer_q text);
INSERT INTO question VALUES
    ('SELECT count(*) FROM feedback.ratings WHERE name = ''tone''', '16', '2'),
    ('SELECT sum(n) FROM feedback.agreement WHERE name = ''tone''', '7', '1'),
    ('SELECT count(*) FROM feedback.disagreements(''tone'', ''HUMAN'', ''LLM_JUDGE'')', '4', '1'),
    ('SELECT sum(n_a) FROM feedback.compare(''cost'', ''prompt'', ''1'', ''2'')', '23', '3'),
    ('SELECT sum(n) FROM feedback.metadata_summary(''model'')', '17', '1');
SELECT is(helper.result_for(current_user, statement), answer, 'the owner sees all: ' || statement) FROM question;
SELECT is(helper.result_for('analysis_nobody', statement), '42501', 'without the right to the table nobody sees: ' || statement) FROM question;
ALTER TABLE feedback.assessments ENABLE ROW LEVEL SECURITY;
CREATE POLICY analysis_q ON feedback.assessments FOR SELECT TO analysis_reader USING (project = 'q');
SELECT is(helper.result_for('analysis_reader', statement), answer_q, 'with row security a reader sees what the policy lets through: ' || statement) FROM question;

SELECT * FROM finish();
ROLLBACK;
