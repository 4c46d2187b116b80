-- What evaluate and the scorers say, to the letter, and what psql shows of a run.
\getenv abs_srcdir PG_ABS_SRCDIR
\set refused :abs_srcdir '/include/refused.sql'
SET client_min_messages = warning;
\set ECHO none
\i :refused
\set ECHO all
CREATE SCHEMA evaluation_texts;
SET search_path = evaluation_texts, public;
CREATE FUNCTION polite(trace jsonb) RETURNS boolean RETURN trace ->> 'outputs' LIKE '%please%';
CREATE FUNCTION many(trace jsonb) RETURNS SETOF boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION nothing_at_all(trace jsonb) RETURNS void LANGUAGE sql AS '';
CREATE FUNCTION three(a jsonb, b jsonb, c jsonb) RETURNS boolean RETURN true;
CREATE FUNCTION of_text(trace text) RETURNS boolean RETURN true;
CREATE FUNCTION fails(trace jsonb) RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING DETAIL = 'why', HINT = 'how'; END $$;

-- Scorers and what they are over
SELECT pg_temp.refused(format('SELECT * FROM feedback.evaluate(%s)', call)) FROM (VALUES
    ($$NULL, data => '[]'$$), ($$'{}', data => '[]'$$), ($$'{NULL}', data => '[]'$$), ($$'{nobody}', data => '[]'$$), ($$'{many}', data => '[]'$$),
    ($$'{nothing_at_all}', data => '[]'$$), ($$ARRAY['three(jsonb,jsonb,jsonb)'], data => '[]'$$), ($$'{of_text(text)}', data => '[]'$$), ($$'{polite,polite}', data => '[]'$$),
    ($$ARRAY[feedback.scorer('polite', '{}')], data => '[]'$$), ($$ARRAY['{"name": "x"}'], data => '[]'$$), ($$ARRAY['{"scorer": "polite", "with": 1}'], data => '[]'$$),
    ($$ARRAY['{"scorer": "polite", "options": 1}'], data => '[]'$$), ($$ARRAY['{"scorer": true}'], data => '[]'$$),
    ($$ARRAY[feedback.scorer('exact_match', '{"case": true}')], data => '[]'$$),
    ($$'{polite}'$$), ($$'{polite}', '{tr-1}', data => '[]'$$), ($$'{polite}', '{tr-1}'$$), ($$'{polite}', '{NULL}'$$), ($$'{polite}', data => '{}'$$),
    ($$'{polite}', data => '[0]'$$), ($$'{polite}', data => '[{"expectations": 0}]'$$), ($$'{polite}', data => '[{"trace_id": []}]'$$), ($$'{polite}', dataset => 4294967295$$),
    ($$'{polite}', data => '[]', max_traces => -1$$), ($$'{polite}', data => '[]', metadata => '[]'$$), ($$'{polite}', data => '[]', run_name => ''$$),
    ($$'{polite}', data => '[]', level => 0$$)) AS c (call);

-- Options of scorers
SELECT pg_temp.refused(call) FROM (VALUES
    ($$SELECT feedback.exact_match('[]')$$), ($$SELECT feedback.exact_match('{}', '[]')$$), ($$SELECT feedback.exact_match('{}', '{"path": "x"}')$$),
    ($$SELECT feedback.exact_match('{}', '{"ignore_case": 1}')$$), ($$SELECT feedback.exact_match('{}', '{"expectation": 1}')$$),
    ($$SELECT feedback.contains_expected('{}', '{"match": "one"}')$$), ($$SELECT feedback.regex_match('{}')$$), ($$SELECT feedback.numeric_match('{}', '{"tolerance": "1"}')$$),
    ($$SELECT feedback.numeric_match('{"outputs": 1}', '{"expected": "one"}')$$), ($$SELECT feedback.length_within('{}')$$),
    ($$SELECT feedback.token_f1(repeat('a', 10000001), 'a')$$), ($$SELECT feedback.levenshtein_similarity(repeat('ab', 100000), repeat('ba', 100000) || 'c')$$)) AS c (call);

-- A run
SELECT scorer, n_traces, n_value, n_error, mean, low, high, n_true, n_false, texts
FROM feedback.evaluate('{polite,fails}', data => '[{"inputs": "a", "outputs": "please"}, {"inputs": "b", "outputs": "no"}]', run_name => 'texts', new_run_id => 'evaluation_texts');
SELECT trace_id, name, value, source_id, metadata, error_code, error_message, stack_trace FROM feedback.feedback WHERE metadata ->> 'mlflow.assessment.sourceRunId' = 'evaluation_texts' ORDER BY create_time;
SELECT run_id, run_name, project, scorers, n_traces, n_value, n_error, means, scope FROM feedback.evaluation_runs WHERE run_id = 'evaluation_texts';
SELECT pg_temp.refused($$SELECT * FROM feedback.evaluate('{polite}', data => '[]', new_run_id => 'evaluation_texts')$$);
SELECT pg_temp.refused($$SELECT * FROM feedback.evaluation_summary('texts of nobody')$$);
SELECT pg_temp.refused($$SELECT * FROM feedback.evaluation_summary(NULL)$$);
DELETE FROM feedback.assessments WHERE metadata ->> 'mlflow.assessment.sourceRunId' = 'evaluation_texts';
DELETE FROM feedback_internal.evaluation_runs WHERE run_id = 'evaluation_texts';
DROP SCHEMA evaluation_texts CASCADE;
