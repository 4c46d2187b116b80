-- compare_runs and compare_runs_traces: pairs where both runs were over the same traces, groups where not, which test, which verdict.
-- That the numbers are right is what test/statistics is for.
BEGIN;
SELECT * FROM no_plan();
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- A result of a run
CREATE FUNCTION pg_temp.say(run text, trace text, name text, value jsonb, error text DEFAULT NULL, span text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    SELECT feedback.log_feedback(trace, name, value, metadata => jsonb_build_object('mlflow.assessment.sourceRunId', run), error_code => error, span_id => span,
                                 rationale => 'of ' || run);
$$;
CREATE FUNCTION pg_temp.run(run text, name text, traces text[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO feedback_internal.evaluation_runs (run_id, run_name, project, start_time, end_time, scorers, scope, n_traces, trace_ids)
    VALUES (run, name, 'default', clock_timestamp(), clock_timestamp(), '[]', '{}', cardinality(traces), traces);
$$;
SELECT pg_temp.run('a', 'base', ARRAY(SELECT 'tr-' || i FROM generate_series(1, 20) i)), pg_temp.run('b', 'new', ARRAY(SELECT 'tr-' || i FROM generate_series(1, 20) i)),
       pg_temp.run('c', 'new', ARRAY(SELECT 'other-' || i FROM generate_series(1, 20) i)) \g /dev/null
SELECT pg_temp.say('a', 'tr-' || i, 'correct', to_jsonb(i > 15)), pg_temp.say('b', 'tr-' || i, 'correct', to_jsonb(i > 5)), pg_temp.say('c', 'other-' || i, 'correct', to_jsonb(i > 5)),
       pg_temp.say('a', 'tr-' || i, 'score', to_jsonb(i)), pg_temp.say('b', 'tr-' || i, 'score', to_jsonb(i + i % 3)), pg_temp.say('c', 'other-' || i, 'score', to_jsonb(i + 20)),
       pg_temp.say('a', 'tr-' || i, 'same', to_jsonb(i)), pg_temp.say('b', 'tr-' || i, 'same', to_jsonb(i)),
       pg_temp.say('a', 'tr-' || i, 'tone', to_jsonb('t' || i % 2)), pg_temp.say('b', 'tr-' || i, 'tone', to_jsonb('t' || i % 3))
FROM generate_series(1, 20) i \g /dev/null

CREATE FUNCTION pg_temp.compared(call text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT concat_ws('' '', scorer, n_a, n_b, n_pairs, coalesce(round(mean_a::numeric, 2)::text, ''-''), coalesce(round(mean_b::numeric, 2)::text, ''-''),
        coalesce(round(difference::numeric, 2)::text, ''-''), CASE WHEN low IS NULL THEN ''-'' ELSE round(low::numeric, 2) || '' to '' || round(high::numeric, 2) END,
        coalesce(round(p_value::numeric, 4)::text, ''-''), coalesce(test, ''-''), coalesce(verdict, ''-'') || '':'', n_higher, n_lower, n_same, n_error_a, n_error_b) FROM feedback.compare_runs(%s)', call);
END $$;
SELECT results_eq($$ SELECT pg_temp.compared('''a'', ''b''') $$,
    $$ VALUES ('correct 20 20 20 0.25 0.75 0.50 0.22 to 0.67 0.0020 McNemar higher: 10 0 10 0 0'), ('same 20 20 20 10.50 10.50 0.00 - - paired t no difference shown: 0 0 20 0 0'),
              ('score 20 20 20 10.50 11.55 1.05 0.66 to 1.44 0.0000 paired t higher: 14 0 6 0 0'), ('tone 20 20 20 - - - - - - -: 0 0 7 0 0') $$,
    'the same traces are pairs: McNemar for booleans, Student for numbers, nothing but counts for texts');
SELECT results_eq($$ SELECT pg_temp.compared('''a'', ''c''') $$,
    $$ VALUES ('correct 20 20 0 0.25 0.75 0.50 0.19 to 0.70 0.0016 two proportions higher: 0 0 0 0 0'), ('same 20 0 0 10.50 - - - - Welch -: 0 0 0 0 0'),
              ('score 20 20 0 10.50 30.50 20.00 16.21 to 23.79 0.0000 Welch higher: 0 0 0 0 0'), ('tone 20 0 0 - - - - - - -: 0 0 0 0 0') $$,
    'other traces are two groups');
SELECT results_eq($$ SELECT pg_temp.compared('''a'', ''b'', paired => false') LIMIT 1 $$, $$ VALUES ('correct 20 20 20 0.25 0.75 0.50 0.19 to 0.70 0.0016 two proportions higher: 10 0 10 0 0') $$,
    'pairs may be taken for groups');
SELECT results_eq($$ SELECT pg_temp.compared('''a'', ''c'', paired => true') LIMIT 1 $$, $$ VALUES ('correct 20 20 0 - - - - - McNemar -: 0 0 0 0 0') $$, 'but not groups for pairs');
SELECT results_eq($$ SELECT pg_temp.compared('''a'', ''b'', 0.999') LIMIT 1 $$, $$ VALUES ('correct 20 20 20 0.25 0.75 0.50 0.05 to 0.73 0.0020 McNemar no difference shown: 10 0 10 0 0') $$,
    'the level is that of the interval and of the verdict');
SELECT feedback.create_label_schema('correct', 'boolean', higher_is_better => true), feedback.create_label_schema('score', 'numeric', higher_is_better => true),
       feedback.create_label_schema('score', 'numeric', project => 'default', higher_is_better => false) \g /dev/null
SELECT results_eq($$ SELECT scorer, higher_is_better, verdict FROM feedback.compare_runs('a', 'b') WHERE scorer IN ('correct', 'score') $$,
    $$ VALUES ('correct', true, 'better'), ('score', false, 'worse') $$, 'a label schema says which is better, the project''s own first');
SELECT results_eq($$ SELECT scorer, verdict FROM feedback.compare_runs('b', 'a') WHERE scorer IN ('correct', 'score') $$,
    $$ VALUES ('correct', 'worse'), ('score', 'better') $$, 'the other way round');

-- Errors, nulls, repeats, spans, kinds that are mixed
SELECT pg_temp.say('a', 'tr-1', 'odd', '1'), pg_temp.say('b', 'tr-1', 'odd', NULL, 'E1'), pg_temp.say('a', 'tr-2', 'odd', NULL, 'E2'), pg_temp.say('b', 'tr-2', 'odd', '2'),
       pg_temp.say('a', 'tr-3', 'odd', 'null'), pg_temp.say('b', 'tr-3', 'odd', '2'), pg_temp.say('a', 'tr-4', 'odd', 'true'), pg_temp.say('b', 'tr-4', 'odd', '2'),
       pg_temp.say('a', 'tr-5', 'odd', '7'), pg_temp.say('b', 'tr-5', 'odd', '"x"'), pg_temp.say('a', 'tr-6', 'odd', NULL, 'E2'), pg_temp.say('b', 'tr-6', 'odd', NULL, 'E2'),
       pg_temp.say('a', 'tr-7', 'odd', '1', span => 's1'), pg_temp.say('b', 'tr-7', 'odd', '5', span => 's2'), pg_temp.say('a', 'tr-8', 'odd', '1', span => 's1'),
       pg_temp.say('b', 'tr-8', 'odd', '1.50', span => 's1'), pg_temp.say('a', 'tr-9', 'odd', '1.0'), pg_temp.say('b', 'tr-9', 'odd', '1'),
       pg_temp.say('a', 'tr-10', 'odd', '[1]'), pg_temp.say('b', 'tr-10', 'odd', '[2]') \g /dev/null
SELECT pg_temp.say('b', 'tr-9', 'odd', '1.00') \g /dev/null
SELECT results_eq($$ SELECT pg_temp.compared('''a'', ''b''') OFFSET 1 LIMIT 1 $$, $$ VALUES ('odd 7 8 5 1.00 1.50 0.50 -0.74 to 1.74 0.2254 paired t no difference shown: 2 0 1 2 2') $$,
    'a value and an error, or null, are no pair; spans are told apart; true is 1; of two results the latest counts; what has no number is a value nevertheless');
SELECT results_eq($$ SELECT scorer, change, trace_id, span_id, value_a, value_b, difference, error_a, error_b, rationale_a, rationale_b FROM feedback.compare_runs_traces('a', 'b', 'odd') $$,
    $$ VALUES ('odd', 'failed', 'tr-1', NULL::text, '1'::jsonb, NULL::jsonb, NULL::numeric, NULL::text, 'E1', 'of a', 'of b'), ('odd', 'changed', 'tr-10', NULL, '[1]', '[2]', NULL, NULL, NULL, 'of a', 'of b'),
              ('odd', 'changed', 'tr-5', NULL, '7', '"x"', NULL, NULL, NULL, 'of a', 'of b'), ('odd', 'recovered', 'tr-2', NULL, NULL, '2', NULL, 'E2', NULL, 'of a', 'of b'),
              ('odd', 'higher', 'tr-4', NULL, 'true', '2', 1, NULL, NULL, 'of a', 'of b'), ('odd', 'higher', 'tr-8', 's1', '1', '1.50', 0.50, NULL, NULL, 'of a', 'of b') $$,
    'traces on which the runs differ, those that failed first');
SELECT results_eq($$ SELECT scorer, change, trace_id, difference FROM feedback.compare_runs_traces('a', 'b', max_results => 4) $$,
    $$ VALUES ('odd', 'failed', 'tr-1', NULL::numeric), ('score', 'worse', 'tr-11', 2), ('score', 'worse', 'tr-14', 2), ('score', 'worse', 'tr-17', 2) $$, 'what got worse by the label schema follows, the most first');
SELECT is((SELECT count(*) FROM feedback.compare_runs_traces('a', 'b', 'correct', NULL) WHERE change = 'better'), 10::bigint, 'all of a scorer');
SELECT is((SELECT count(*) FROM feedback.compare_runs_traces('b', 'a', 'correct') WHERE change = 'worse'), 10::bigint, 'and the other way round');
SELECT is_empty($$ SELECT * FROM feedback.compare_runs_traces('a', 'b', 'same') $$, 'none that is the same');
SELECT is_empty($$ SELECT * FROM feedback.compare_runs_traces('a', 'c') $$, 'none that only one was over');
SELECT is((SELECT count(*) FROM feedback.compare_runs('a', 'a') WHERE n_pairs = n_same AND coalesce(difference, 0) = 0), 5::bigint, 'a run is as itself');

-- How runs are named
SELECT is((SELECT n_b FROM feedback.compare_runs('base', 'new') WHERE scorer = 'correct') || ' ' || (SELECT n_pairs FROM feedback.compare_runs('base', 'new') WHERE scorer = 'correct'),
    '20 0', 'by their names, the newest of a name');
SELECT pg_temp.say('ml', 'tr-' || i, 'correct', 'true') FROM generate_series(1, 20) i \g /dev/null
SELECT is((SELECT n_pairs FROM feedback.compare_runs('base', 'ml') WHERE scorer = 'correct'), 20::bigint, 'a run of MLflow''s by its id');
SELECT is(helper.refusal($$ SELECT * FROM feedback.compare_runs('a', 'nobody') $$), 'P0002 b', 'a run that there is not is told');
SELECT is(helper.refusal($$ SELECT * FROM feedback.compare_runs(NULL, 'a') $$), '22004 a', 'or none');
SELECT is(helper.refusal($$ SELECT * FROM feedback.compare_runs_traces('a', 'nobody') $$), 'P0002 b', 'by compare_runs_traces too');
SELECT is(helper.refusal($$ SELECT * FROM feedback.compare_runs('a', 'b', 1) $$), '22023 level', 'a level lies between 0 and 1');
SELECT is(helper.refusal($$ SELECT * FROM feedback.compare_runs_traces('a', 'b', max_results => -1) $$), '2201W', 'a number of rows is none below 0');

-- With evaluate: rows are pairs by their inputs
CREATE FUNCTION pg_temp.length_of(trace jsonb) RETURNS integer RETURN length(trace ->> 'outputs');
SELECT count(*) FROM feedback.evaluate('{pg_temp.length_of}', run_name => 'short', data => '[{"inputs": 1, "outputs": "a"}, {"inputs": 2, "outputs": "ab"}, {"inputs": 2, "outputs": "ab"}]') \g /dev/null
SELECT count(*) FROM feedback.evaluate('{pg_temp.length_of}', run_name => 'long', data => '[{"inputs": 2, "outputs": "abc"}, {"inputs": 1, "outputs": "abcd"}, {"inputs": 3, "outputs": "x"}]') \g /dev/null
SELECT results_eq($$ SELECT n_a, n_b, n_pairs, mean_a, mean_b, n_higher FROM feedback.compare_runs('short', 'long') $$, $$ VALUES (3::bigint, 3::bigint, 2::bigint, 1.5::float8, 3.5::float8, 2::bigint) $$,
    'rows of the same inputs, in any order; the means are of pairs');
SELECT results_eq($$ SELECT value_a, value_b, data_row FROM feedback.compare_runs_traces('short', 'long') $$, $$ VALUES ('1'::jsonb, '4'::jsonb, '2'), ('2', '3', '1') $$, 'and which row of b it is');

SELECT * FROM finish();
ROLLBACK;
