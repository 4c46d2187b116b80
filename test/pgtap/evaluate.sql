-- evaluate: what scorers say becomes feedback with its run, their errors do not end the run, names are found safely, and runs are told.
BEGIN;
SELECT * FROM no_plan();
\ir ../include/helpers.sql
GRANT USAGE ON SCHEMA helper TO PUBLIC;
SET LOCAL client_min_messages = error;
SET LOCAL timezone = 'UTC';
CREATE SCHEMA app;

CREATE FUNCTION app.polite(trace jsonb) RETURNS boolean RETURN trace ->> 'outputs' LIKE '%please%';
CREATE FUNCTION app.inverse(trace jsonb) RETURNS numeric RETURN 1.0 / length(trace ->> 'outputs');
CREATE FUNCTION app.first_letter(trace jsonb) RETURNS text RETURN "left"(trace ->> 'outputs', 1);
CREATE FUNCTION app.letters(trace jsonb) RETURNS text[] RETURN string_to_array("left"(trace ->> 'outputs', 2), NULL);
CREATE FUNCTION app.length(trace jsonb, options jsonb) RETURNS integer RETURN length(trace ->> 'outputs') * coalesce((options ->> 'times')::integer, 1);
CREATE FUNCTION app.judgement(trace jsonb) RETURNS jsonb RETURN trace -> 'outputs';

-- What feedback a run has, as "trace name=value !code rationale" by trace and name
CREATE FUNCTION pg_temp.results(run text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' ', regexp_replace(trace_id, '^row-[0-9a-f]{32}', 'row') || '#' || (metadata ->> 'feedback.row'),
                     concat(name, '=' || value::text), '!' || error_code, rationale)
    FROM feedback.feedback WHERE metadata ->> 'mlflow.assessment.sourceRunId' = run ORDER BY (metadata ->> 'feedback.row')::integer, name
$$;
-- The summary that a call returns, a line a scorer
CREATE FUNCTION pg_temp.summary(call text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT concat_ws('' '', scorer, n_traces, n_value, n_error, coalesce(round(mean, 3)::text, ''-''),
        coalesce(round(low::numeric, 3)::text, ''-''), coalesce(round(high::numeric, 3)::text, ''-''), n_true, n_false, texts) FROM feedback.evaluate(%s)', call);
END $$;

-- Rows of a data set
SELECT results_eq($$ SELECT pg_temp.summary('''{app.polite,app.inverse,app.first_letter,app.letters,app.length}'', new_run_id => ''r1'', run_name => ''first'', data => ''[
        {"inputs": "q1", "outputs": "please wait"}, {"inputs": "q2", "outputs": ""}, {"inputs": "q3"}, {"inputs": "q1", "outputs": "no"}]''') $$,
    $$ VALUES ('polite 4 3 0 0.333 0.061 0.792 1 2'), ('inverse 4 2 1 0.295 -2.304 2.894 0 0'), ('first_letter 4 3 0 - - - 0 0 {"": 1, "n": 1, "p": 1}'),
              ('letters 4 3 0 - - - 0 0'), ('length 4 3 0 4.333 -10.222 18.889 0 0') $$,
    'a row for each scorer, in their order: traces, values, errors, mean with its interval, and how often each text came');
SELECT results_eq($$ SELECT pg_temp.results('r1') $$, $$ VALUES
    ('row#1 first_letter="p"'), ('row#1 inverse=0.09090909090909090909'), ('row#1 length=11'), ('row#1 letters=["p", "l"]'), ('row#1 polite=true'),
    ('row#2 first_letter=""'), ('row#2 inverse !22012'), ('row#2 length=0'), ('row#2 letters=[]'), ('row#2 polite=false'),
    ('row-2#4 first_letter="n"'), ('row-2#4 inverse=0.50000000000000000000'), ('row-2#4 length=2'), ('row-2#4 letters=["n", "o"]'), ('row-2#4 polite=false') $$,
    'each result is feedback; null logs nothing; a scorer that fails leaves its SQLSTATE, and the run goes on');
SELECT results_eq($$ SELECT DISTINCT source_type::text, source_id, error_message, stack_trace ~ 'SELECT app.inverse\(\$1\)', project, span_id FROM feedback.feedback WHERE name = 'inverse' AND error_code IS NOT NULL $$,
    $$ VALUES ('CODE', 'app.inverse', 'division by zero', true, 'default', NULL) $$, 'its source is the function, its message the error''s, its stack trace the context');
SELECT is((SELECT metadata FROM feedback.feedback WHERE name = 'polite' AND value = 'true'), '{"feedback.row": "1", "mlflow.assessment.sourceRunId": "r1"}', 'the run and the row are its metadata');
SELECT lives_ok($$ SELECT * FROM feedback.evaluate('{app.polite}', new_run_id => 'r2', metadata => '{"prompt": "7", "feedback.row": "x"}', project => 'shop', data => '[
    {"inputs": "q3", "outputs": "please"}, {"inputs": "q1", "outputs": "please"}, {"outputs": "x"}, {"outputs": "y"}, {"outputs": "z", "trace_id": "tr-1", "project": "mine"},
    {"outputs": "z", "trace_id": 17}]') $$, 'the same inputs once more, in another order');
SELECT is((SELECT count(DISTINCT trace_id) FROM feedback.feedback WHERE name = 'polite' AND trace_id ~ '^row-[0-9a-f]{32}(-2)?$'), 6::bigint,
    'the trace_id of a row without one is made of its inputs, numbered where these come again');
SELECT is((SELECT count(*) FROM feedback.feedback a JOIN feedback.feedback b USING (trace_id) WHERE a.metadata ->> 'mlflow.assessment.sourceRunId' = 'r1'
           AND b.metadata ->> 'mlflow.assessment.sourceRunId' = 'r2' AND a.name = 'polite' AND b.name = 'polite'), 1::bigint, 'so runs over the same rows have the same traces');
SELECT results_eq($$ SELECT trace_id, project, metadata FROM feedback.feedback WHERE metadata ->> 'mlflow.assessment.sourceRunId' = 'r2' AND trace_id !~ '^row' ORDER BY trace_id $$,
    $$ VALUES ('17', 'shop', '{"prompt": "7", "feedback.row": "6", "mlflow.assessment.sourceRunId": "r2"}'::jsonb), ('tr-1', 'shop', '{"prompt": "7", "feedback.row": "5", "mlflow.assessment.sourceRunId": "r2"}') $$,
    'a row may have a trace_id, the project of the call counts, and metadata of the caller''s is added to each result');
SELECT lives_ok($$ SELECT * FROM feedback.evaluate('{app.polite}', new_run_id => 'r3', data => '[{"outputs": "z", "trace_id": "tr-1", "project": "mine"}]') $$, 'without a project of the call');
SELECT is((SELECT project FROM feedback.feedback WHERE metadata ->> 'mlflow.assessment.sourceRunId' = 'r3'), 'mine', 'the row''s own is taken');

-- A value with a rationale
SELECT lives_ok($$ SELECT * FROM feedback.evaluate('{app.judgement}', new_run_id => 'r4', data => '[
    {"outputs": {"value": 3, "rationale": "so so", "metadata": {"k": "v"}}}, {"outputs": {"value": false}}, {"outputs": {"value": 3, "reason": "x"}},
    {"outputs": {"value": 3, "rationale": 5}}, {"outputs": {"value": 3, "metadata": []}}, {"outputs": {"value": null, "rationale": null}}, {"outputs": {"rationale": "x"}},
    {"outputs": [{"value": 1}]}, {"outputs": {"value": {"value": 1}}}]') $$, 'jsonb');
SELECT results_eq($$ SELECT pg_temp.results('r4') $$, $$ VALUES ('row#1 judgement=3 so so'), ('row-2#2 judgement=false'), ('row-3#3 judgement={"value": 3, "reason": "x"}'),
    ('row-4#4 judgement !22023'), ('row-5#5 judgement !22023'), ('row-6#6 judgement=null'), ('row-7#7 judgement={"rationale": "x"}'), ('row-8#8 judgement=[{"value": 1}]'),
    ('row-9#9 judgement={"value": 1}') $$, 'an object of a value, a rationale and metadata is a value with these, any other is itself');
SELECT is((SELECT metadata - 'mlflow.assessment.sourceRunId' FROM feedback.feedback WHERE metadata ->> 'mlflow.assessment.sourceRunId' = 'r4' AND rationale IS NOT NULL),
    '{"k": "v", "feedback.row": "1"}', 'the metadata is added');

-- Label schemas gate what scorers say
SELECT feedback.create_label_schema('first_letter', 'text', categories => '{a,b}') \g /dev/null
SELECT lives_ok($$ SELECT * FROM feedback.evaluate('{app.first_letter,app.polite}', new_run_id => 'r5', data => '[{"outputs": "banana"}, {"outputs": "cherry"}]') $$, 'a label schema');
SELECT results_eq($$ SELECT pg_temp.results('r5') $$, $$ VALUES ('row#1 first_letter="b"'), ('row#1 polite=false'), ('row-2#2 first_letter !23514'), ('row-2#2 polite=false') $$,
    'a value that it refuses is an error of the scorer''s, not a value');
SELECT matches((SELECT error_message FROM feedback.feedback WHERE error_code = '23514'), 'first_letter.*\nDETAIL:  ', 'which says why');

-- Errors
CREATE TABLE app.seen (n integer);
CREATE FUNCTION app.fails(trace jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO app.seen VALUES (1);
    IF trace ->> 'outputs' = 'assert' THEN ASSERT false, 'not as it should be'; END IF;
    IF trace ->> 'outputs' <> 'ok' THEN RAISE EXCEPTION USING ERRCODE = trace ->> 'outputs', MESSAGE = 'no', DETAIL = 'why'; END IF;
    RETURN true;
END $$;
SELECT lives_ok($$ SELECT * FROM feedback.evaluate('{app.fails}', new_run_id => 'r6', data => '[{"outputs": "ok"}, {"outputs": "assert"}, {"outputs": "MY001"}, {"outputs": "53200"}, {"outputs": "XX000"}, {"outputs": "ok"}]') $$,
    'scorers that raise');
SELECT results_eq($$ SELECT pg_temp.results('r6') $$, $$ VALUES ('row#1 fails=true'), ('row-2#2 fails !P0004'), ('row-3#3 fails !MY001'), ('row-4#4 fails !53200'), ('row-5#5 fails !XX000'), ('row-6#6 fails=true') $$,
    'whatever they raise, also assertions');
SELECT is((SELECT error_message FROM feedback.feedback WHERE error_code = 'MY001'), E'no\nDETAIL:  why', 'the message with its DETAIL');
SELECT is((SELECT count(*) FROM app.seen), 2::bigint, 'what they wrote before is gone, what others wrote stays');
CREATE FUNCTION pg_temp.ended_by(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'nothing';
EXCEPTION WHEN query_canceled OR OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT is(pg_temp.ended_by($$ SELECT * FROM feedback.evaluate('{app.fails}', data => '[{"outputs": "57014"}]') $$), '57014', 'but that the statement is cancelled ends it');
SELECT is(pg_temp.ended_by($$ SELECT * FROM feedback.evaluate('{app.fails}', data => '[{"outputs": "40001"}]') $$), '40001', 'and that the transaction has to be tried again');
SET LOCAL statement_timeout = '100ms';
CREATE FUNCTION app.sleeps(trace jsonb) RETURNS boolean RETURN pg_sleep(0.03)::text = '';
SELECT is(pg_temp.ended_by($$ SELECT * FROM feedback.evaluate('{app.sleeps}', data => (SELECT jsonb_agg(jsonb_build_object('inputs', i)) FROM generate_series(1, 1000) i)) $$), '57014', 'a time-out ends it');
RESET statement_timeout;
CREATE FUNCTION app.nested(trace jsonb) RETURNS bigint RETURN (SELECT count(*) FROM feedback.evaluate('{app.nested}', data => '[{}]'));
SELECT lives_ok($$ SELECT * FROM feedback.evaluate('{app.nested}', new_run_id => 'r7', data => '[{}]') $$, 'a scorer that evaluates');
SELECT results_eq($$ SELECT pg_temp.results('r7') $$, $$ VALUES ('row#1 nested !0A000') $$, 'is refused');

-- How scorers are named
CREATE SCHEMA "My Scorers";
CREATE FUNCTION "My Scorers"."Is it?"(trace jsonb) RETURNS boolean RETURN true;
CREATE FUNCTION "My Scorers".exact_match(trace jsonb) RETURNS text RETURN 'mine';
CREATE DOMAIN app.score AS numeric CHECK (VALUE BETWEEN 0 AND 1);
CREATE FUNCTION app.scored(trace jsonb) RETURNS app.score RETURN (trace ->> 'outputs')::numeric;
CREATE FUNCTION app.both(trace jsonb) RETURNS text RETURN 'one';
CREATE FUNCTION app.both(trace jsonb, options jsonb) RETURNS text RETURN 'two';
CREATE FUNCTION app.nothing(trace jsonb) RETURNS void LANGUAGE sql AS '';
CREATE FUNCTION app.many(trace jsonb) RETURNS SETOF boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION app.of_text(trace text) RETURNS boolean RETURN true;
CREATE PROCEDURE app.procedure(trace jsonb) LANGUAGE sql AS '';
CREATE AGGREGATE app.aggregate(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb);
CREATE FUNCTION pg_temp.said(scorer text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    run text := md5(random()::text);
BEGIN
    PERFORM FROM feedback.evaluate(ARRAY[scorer], new_run_id => run, data => '[{"outputs": 0.5, "expectations": {"expected_response": 0.5}}]');
    RETURN coalesce((SELECT concat_ws(' ', concat(name, '=' || value::text), '!' || error_code, 'by ' || source_id) FROM feedback.feedback WHERE metadata ->> 'mlflow.assessment.sourceRunId' = run), 'nothing');
EXCEPTION WHEN OTHERS THEN
    RETURN helper.refusal(format('SELECT * FROM feedback.evaluate(ARRAY[%L], data => %L)', scorer, '[{"outputs": 0.5, "expectations": {"expected_response": 0.5}}]'));
END $$;
CREATE TEMP TABLE names (place serial, scorer text, said text, meaning text);
INSERT INTO names (scorer, said, meaning) VALUES
    ('app.polite', 'polite=false by app.polite', 'by its schema'),
    ('APP.Polite', 'polite=false by app.polite', 'in any case'),
    ('app.polite(jsonb)', 'polite=false by app.polite', 'with the type of its argument'),
    ('"My Scorers"."Is it?"', 'Is it?=true by "My Scorers"."Is it?"', 'in quotes'),
    ('exact_match', 'exact_match=true by feedback.exact_match', 'what is built in, without its schema'),
    ('feedback.exact_match', 'exact_match=true by feedback.exact_match', 'with it'),
    ('app.scored', 'scored=0.5 by app.scored', 'a domain is its base type'),
    ('app.both', 'both="one" by app."both"', 'without options the function of one argument'),
    ('{"scorer": "app.both", "options": {}}', 'both="two" by app."both"', 'with options that of two'),
    (' {"scorer": "app.both(jsonb,jsonb)", "name": "other"}', 'other="two" by app."both"', 'or by its signature, and with another name'),
    ('{"scorer": "exact_match", "options": {"expected": 1}, "name": null}', 'exact_match=false by feedback.exact_match', 'options of what is built in'),
    (feedback.scorer('exact_match', '{"expected": 1}', 'is_one'), 'is_one=false by feedback.exact_match', 'by the helper'),
    ('no_such', '42883 scorers', 'none of that name'),
    ('app.no_such', '42883 scorers', 'nor in that schema'),
    ('no_such.polite', '42883 scorers', 'nor in a schema that there is not'),
    ('app.no_such(jsonb)', '42883', 'nor of that signature'),
    ('app.of_text', '42883 scorers', 'of another type'),
    ('app.of_text(text)', '42P13 scorers', 'by signature too'),
    ('app.nothing', '42P13 scorers', 'one that returns nothing'),
    ('app.many', '42P13 scorers', 'one that returns a set'),
    ('app.procedure', '42883 scorers', 'a procedure'),
    ('app.procedure(jsonb)', '42P13 scorers', 'by signature too'),
    ('app.aggregate', '42P13 scorers', 'an aggregate'),
    ('app.polite(trace); DROP TABLE app.seen', '22P02', 'no name at all'),
    ('app.polite; DROP TABLE app.seen', '42602', 'nor here'),
    ('app."polite, app.fails"', '42883 scorers', 'in quotes it is a name that is not there'),
    ('app."polite($1), app.fails"', '22P02', 'with a parenthesis it is a signature that is none'),
    ('', '42602', 'nothing'),
    ('{"scorer": "app.polite", "option": {}}', '22023 scorers', 'an unknown member'),
    ('{"scorer": 1}', '22023 scorers', 'one of another type'),
    ('{"scorer": "app.length", "options": []}', '22023 scorers', 'options are an object'),
    ('{"options": {}}', '22004 scorers', 'no scorer'),
    ('{"scorer": "app.polite", "options": {}}', '22023 scorers', 'options for one that takes none'),
    ('{"scorer": "app.polite", "name": ""}', '22001 name', 'an empty name'),
    ('{"scorer": ', '22P02', 'no JSON'),
    ('{"scorer": "exact_match", "options": {"expect": 1}}', '22023 options', 'options that what is built in does not have'),
    (NULL, '22004 scorers', 'null');
SELECT is(pg_temp.said(scorer), said, format('%s: %s', scorer, meaning)) FROM names ORDER BY place;
SET LOCAL search_path = "My Scorers", app, public;
SELECT is(pg_temp.said('exact_match'), 'exact_match="mine" by "My Scorers".exact_match', 'one''s own on the search path comes before what is built in');
SELECT is(pg_temp.said('polite'), 'polite=false by app.polite', 'a name without a schema is looked up there');
RESET search_path;
SELECT is(helper.refusal($$ SELECT * FROM feedback.evaluate('{app.polite,app.both}'::text[] || feedback.scorer('app.scored', name => 'both'), data => '[]') $$), '22023 scorers', 'two that give feedback of one name');
SELECT lives_ok($$ SELECT * FROM feedback.evaluate(ARRAY['app.polite(jsonb)'::regprocedure]::text[], data => '[]') $$, 'a regprocedure[] may be cast');
SELECT has_table('app', 'seen', 'nothing was dropped');
SELECT is(helper.complaint($$ SELECT * FROM feedback.evaluate('{app.of_text(text)}', data => '[]') $$),
    'function app.of_text is no scorer: its arguments are not jsonb | A scorer is a function f(trace jsonb), or f(trace jsonb, options jsonb), that returns a boolean, a number, a text or jsonb.', 'it is told why');

-- Arguments
SELECT is(helper.refusal(format('SELECT * FROM feedback.evaluate(%s)', call)), refusal, call) FROM (VALUES
    ($$ NULL, data => '[]' $$, '22004 scorers'), ($$ '{}', data => '[]' $$, '22004 scorers'), ($$ '{app.polite}' $$, '22004 trace_ids'),
    ($$ '{app.polite}', '{tr-1}', data => '[]' $$, '22023 trace_ids'), ($$ '{app.polite}', filter => '', dataset => 'app.seen' $$, '22023 trace_ids'),
    ($$ '{app.polite}', '{NULL}' $$, '22004 trace_ids'), ($$ '{app.polite}', data => '{}' $$, '22023 data'), ($$ '{app.polite}', data => '1' $$, '22023 data'),
    ($$ '{app.polite}', data => '[1]' $$, '22023 data'), ($$ '{app.polite}', data => '[{"expectations": []}]' $$, '22023 data'), ($$ '{app.polite}', data => '[{"expectations": "x"}]' $$, '22023 data'),
    ($$ '{app.polite}', data => '[{"trace_id": {}}]' $$, '22023 data'), ($$ '{app.polite}', data => '[{"trace_id": ""}]' $$, '22001 trace_id'),
    ($$ '{app.polite}', data => '[{"project": ""}]' $$, '22001 project'), ($$ '{app.polite}', data => '[]', project => '' $$, '22001 project'),
    ($$ '{app.polite}', data => '[]', run_name => '' $$, '22001 run_name'), ($$ '{app.polite}', data => '[]', new_run_id => repeat('x', 251) $$, '22001 new_run_id'),
    ($$ '{app.polite}', data => '[]', metadata => '[]' $$, '22023 metadata'), ($$ '{app.polite}', data => '[]', level => 1 $$, '22023 level'),
    ($$ '{app.polite}', data => '[]', max_traces => -1 $$, '22023 max_traces'), ($$ '{app.polite}', data => '[]', new_run_id => 'r1' $$, '23505 new_run_id'),
    ($$ '{app.polite}', dataset => 'app.no_such' $$, '42P01'), ($$ '{app.polite}', dataset => 4294967295 $$, '42P01 dataset'),
    ($$ '{app.polite}', '{tr-1}' $$, '55000'), ($$ '{app.polite}', filter => 'feedback.x = 1' $$, '55000')) AS c (call, refusal);
SELECT is(helper.complaint($$ SELECT * FROM feedback.evaluate('{app.polite}', data => '[{}, []]') $$),
    'row 2 of data is not an object | A row has inputs, outputs, expectations and trace_id, each if there is one.', 'a row that is none is told by its number');
SELECT is(helper.refusal($$ SELECT * FROM feedback.evaluate('{app.polite}', data => '[{"outputs": "x"}, 1]', new_run_id => 'half') $$), '22023 data', 'a bad row');
SELECT is_empty($$ SELECT FROM feedback.feedback WHERE metadata ->> 'mlflow.assessment.sourceRunId' = 'half' $$, 'leaves nothing of its run');
SELECT results_eq($$ SELECT pg_temp.summary('''{app.polite}'', data => ''[]''') $$, $$ VALUES ('polite 0 0 0 - - - 0 0') $$, 'no rows are a run too');
SELECT results_eq($$ SELECT pg_temp.summary('''{app.polite}'', data => ''[{}, {}, {}]'', max_traces => 2') $$, $$ VALUES ('polite 2 0 0 - - - 0 0') $$, 'the number of rows may be bounded');
SELECT is((SELECT round(high::numeric, 4) FROM feedback.evaluate('{app.polite}', data => '[{"outputs": ""}, {"outputs": ""}]', level => 0.5)), 0.1853, 'the level is that of the interval');

-- A table
CREATE TABLE app."Golden" (trace_id bigint, inputs text, outputs jsonb, expectations jsonb, tag text);
INSERT INTO app."Golden" VALUES (1, 'a', '"x"', '{"expected_response": "x"}', 't'), (NULL, 'b', '{"text": "y"}', NULL, NULL), (3, NULL, NULL, '{"expected_response": "x"}', NULL);
CREATE FUNCTION app.whole(trace jsonb) RETURNS jsonb RETURN trace;
SELECT lives_ok($$ SELECT * FROM feedback.evaluate('{exact_match,app.whole}', dataset => 'app."Golden"', new_run_id => 'r8') $$, 'the rows of a table');
SELECT results_eq($$ SELECT value FROM feedback.feedback WHERE metadata ->> 'mlflow.assessment.sourceRunId' = 'r8' AND name = 'whole' ORDER BY metadata ->> 'feedback.row' $$,
    $$ VALUES ('{"info": {"trace_id": "1"}, "data": {"spans": []}, "inputs": "a", "outputs": "x", "expectations": {"expected_response": "x"}, "tag": "t"}'::jsonb),
              ('{"info": {"trace_id": "row-753d819ea64d818c98aeb8feead855f3"}, "data": {"spans": []}, "inputs": "b", "outputs": {"text": "y"}, "expectations": {}}'),
              ('{"info": {"trace_id": "3"}, "data": {"spans": []}, "inputs": null, "outputs": null, "expectations": {"expected_response": "x"}}') $$,
    'a scorer gets a row as it gets a trace, with the other columns that are not null');
SELECT results_eq($$ SELECT trace_id, value FROM feedback.feedback WHERE metadata ->> 'mlflow.assessment.sourceRunId' = 'r8' AND name = 'exact_match' ORDER BY 1 $$,
    $$ VALUES ('1', 'true'::jsonb), ('3', 'false') $$, 'and built-in scorers find what they look for');
CREATE VIEW app.golden_view AS SELECT outputs, expectations FROM app."Golden" WHERE tag = 't';
SELECT results_eq($$ SELECT pg_temp.summary('''{exact_match}'', dataset => ''app.golden_view''') $$, $$ VALUES ('exact_match 1 1 0 1.000 0.207 1.000 1 0') $$, 'or of a view');

-- Traces
CREATE TABLE app.answers (trace_id text PRIMARY KEY, response_preview text, execution_time_ms bigint, project text DEFAULT 'shop');
INSERT INTO app.answers VALUES ('tr-1', 'please', 100), ('tr-2', 'no', 300), ('tr-3', 'please, no', NULL);
SELECT feedback.set_trace_source('app.answers') \g /dev/null
SELECT feedback.log_expectation('tr-1', 'expected_response', 'please', project => 'shop') \g /dev/null
SELECT results_eq($$ SELECT pg_temp.summary('ARRAY[''app.polite'', ''exact_match'', feedback.scorer(''latency_within'', ''{"max_ms": 200}'')], ''{tr-3,tr-1,tr-9,tr-3}'', new_run_id => ''r9''') $$,
    $$ VALUES ('polite 3 2 1 1.000 0.342 1.000 2 0'), ('exact_match 3 1 1 1.000 0.207 1.000 1 0'), ('latency_within 3 1 1 1.000 0.207 1.000 1 0') $$, 'traces by their ids, each once');
SELECT results_eq($$ SELECT trace_id, project, value, error_code, metadata ? 'feedback.row' FROM feedback.feedback WHERE metadata ->> 'mlflow.assessment.sourceRunId' = 'r9' AND name = 'polite' ORDER BY create_time $$,
    $$ VALUES ('tr-3', 'shop', 'true'::jsonb, NULL, false), ('tr-1', 'shop', 'true', NULL, false), ('tr-9', 'default', NULL, 'P0002', false) $$,
    'in their order, in the project of each; one that there is not has errors');
SELECT results_eq($$ SELECT pg_temp.summary('''{app.polite,latency_ms}'', filter => ''trace.execution_time_ms >= 100'', new_run_id => ''r10''') $$,
    $$ VALUES ('polite 2 2 0 0.500 0.095 0.905 1 1'), ('latency_ms 2 2 0 200.000 -1070.620 1470.620 0 0') $$, 'by a filter of search_traces');
SELECT results_eq($$ SELECT pg_temp.summary('''{app.polite}'', filter => ''trace.execution_time_ms >= 100'', max_traces => 1') $$, $$ VALUES ('polite 1 1 0 1.000 0.207 1.000 1 0') $$, 'as many as asked for');
SELECT results_eq($$ SELECT pg_temp.summary('''{app.polite}'', filter => ''trace.execution_time_ms >= 100'', project => ''other''') $$, $$ VALUES ('polite 0 0 0 - - - 0 0') $$, 'of one project');
SELECT is(helper.refusal($$ SELECT * FROM feedback.evaluate('{app.polite}', filter => 'feedback.x => 1') $$), '42601 filter', 'a filter that cannot be read is told');
SELECT is(helper.refusal($$ SELECT * FROM feedback.evaluate('{app.polite}', '{""}') $$), '22001 trace_id', 'and an id that is none');
SELECT lives_ok($$ SELECT * FROM feedback.evaluate('{app.polite}', '{tr-2}', new_run_id => 'r11', project => 'test') $$, 'in the project of the call');
SELECT is((SELECT project FROM feedback.feedback WHERE metadata ->> 'mlflow.assessment.sourceRunId' = 'r11'), 'test', 'if it has one');
SELECT lives_ok($$ SELECT * FROM feedback.evaluate('{app.whole}', new_run_id => 'r12', data => '[{"trace_id": "tr-1", "inputs": "q", "outputs": null, "expectations": {"more": 1}}, {"trace_id": "tr-8"}]') $$, 'a row with the id of a trace');
SELECT results_eq($$ SELECT value #- '{info,assessments}' FROM feedback.feedback WHERE metadata ->> 'mlflow.assessment.sourceRunId' = 'r12' ORDER BY trace_id $$,
    $$ VALUES ('{"info": {"trace_id": "tr-1", "response_preview": "please", "execution_duration_ms": 100}, "data": {"spans": []}, "inputs": "q", "outputs": "please",
                 "expectations": {"expected_response": "please", "more": 1}}'::jsonb),
              ('{"info": {"trace_id": "tr-8"}, "data": {"spans": []}, "inputs": null, "outputs": null, "expectations": {}}') $$,
    'is the trace, with what the row has instead and more; one that no source has is the row');

-- Runs
SELECT results_eq($$ SELECT run_id, run_name, project, run_by, scorers, n_traces, n_value, n_error, means, scope, metadata FROM feedback.evaluation_runs WHERE run_id IN ('r1', 'r2', 'r9', 'r10', 'r8') ORDER BY start_time $$,
    $$ VALUES ('r1', 'first', 'default', session_user::text COLLATE "default", '{polite,inverse,first_letter,letters,length}'::text[], 4::bigint, 14::bigint, 1::bigint,
               '{"polite": 0.33333333333333333333, "inverse": 0.29545454545454545455, "length": 4.3333333333333333}'::jsonb, '{"data": 4}'::jsonb, NULL::jsonb),
              ('r2', NULL, 'shop', session_user::text, '{polite}', 6, 6, 0, '{"polite": 0.33333333333333333333}', '{"data": 6}', '{"prompt": "7", "feedback.row": "x"}'),
              ('r8', NULL, 'default', session_user::text, '{exact_match,whole}', 3, 5, 0, '{"exact_match": 0.5}', '{"dataset": "app.\"Golden\""}', NULL),
              ('r9', NULL, 'default', session_user::text, '{polite,exact_match,latency_within}', 3, 4, 3, '{"polite": 1, "exact_match": 1, "latency_within": 1}', '{"trace_ids": 4}', NULL),
              ('r10', NULL, 'shop', session_user::text, '{polite,latency_ms}', 2, 4, 0, '{"polite": 0.5, "latency_ms": 200}', '{"filter": "trace.execution_time_ms >= 100"}', NULL) $$,
    'evaluation_runs has each run, with what its results are');
SELECT is((SELECT scorers FROM feedback_internal.evaluation_runs WHERE run_id = 'r9'), '[{"name": "polite", "scorer": "app.polite"}, {"name": "exact_match", "scorer": "feedback.exact_match"},
    {"name": "latency_within", "scorer": "feedback.latency_within", "options": {"max_ms": 200}}]', 'and with which scorers, and options');
SELECT ok((SELECT bool_and(run_id ~ '^[0-9a-f]{12}7[0-9a-f]{19}$' AND duration >= '0' AND start_time BETWEEN now() - interval '1 minute' AND clock_timestamp())
           FROM feedback.evaluation_runs WHERE length(run_id) = 32 AND run_name IS NULL AND scope = '{"data": 3}'), 'ids that are made are as MLflow''s are, and grow with time');
SELECT results_eq($$ SELECT run_id, scorer, n_traces, n_value, n_error, round(mean, 4), round(low::numeric, 4), round(high::numeric, 4), n_true, n_false, texts FROM feedback.evaluation_summary('r2') $$,
    $$ VALUES ('r2', 'polite', 6::bigint, 6::bigint, 0::bigint, 0.3333, 0.0968, 0.7000, 2::bigint, 4::bigint, NULL::jsonb) $$, 'a run''s summary can be asked for again');
SELECT lives_ok($$ SELECT * FROM feedback.evaluate('{app.polite}', data => '[{"outputs": "please"}]', run_name => 'first', new_run_id => 'r13') $$, 'another run of a name');
SELECT is((SELECT run_id FROM feedback.evaluation_summary('first')), 'r13', 'by its name the newest is meant');
SELECT feedback.override_feedback(trace_id, assessment_id, false, 'HUMAN', 'ann') FROM feedback.feedback WHERE metadata ->> 'mlflow.assessment.sourceRunId' = 'r13' \g /dev/null
SELECT is((SELECT n_value FROM feedback.evaluation_summary('r13')), 0::bigint, 'what somebody has overridden is not the scorer''s word any more');
SELECT feedback.log_feedback('tr-1', 'Correctness', 'yes', 'LLM_JUDGE', 'gpt-4', metadata => '{"mlflow.assessment.sourceRunId": "0123456789abcdef0123456789abcdef"}') \g /dev/null
SELECT results_eq($$ SELECT scorer, n_traces, n_value, texts FROM feedback.evaluation_summary('0123456789abcdef0123456789abcdef') $$, $$ VALUES ('Correctness', NULL::bigint, 1::bigint, '{"yes": 1}'::jsonb) $$,
    'a run of MLflow''s is known by its results');
SELECT is(helper.refusal($$ SELECT * FROM feedback.evaluation_summary('no such') $$), 'P0002 run', 'an unknown run is told');
SELECT is(helper.refusal($$ SELECT * FROM feedback.evaluation_summary(NULL) $$), '22004 run', 'and none');
SELECT is(helper.refusal($$ SELECT * FROM feedback.evaluation_summary('r1', NULL) $$), '22023 level', 'a level is needed');
SELECT is(feedback.scorer('f', '{"a": null}', NULL), '{"scorer": "f", "options": {"a": null}}', 'scorer leaves out what is not given, and nothing else');
SELECT is(feedback.scorer('f'), '{"scorer": "f"}', 'or just names it');

SELECT results_eq($$ SELECT run_id, project FROM feedback.evaluation_runs WHERE run_id IN ('r3', 'r9', 'r10', 'r11') ORDER BY start_time $$,
    $$ VALUES ('r3', 'mine'), ('r9', 'default'), ('r10', 'shop'), ('r11', 'test') $$, 'its project is that of the call, or of what it was over if that is all of one');

-- Whose rights
CREATE ROLE evaluator;
\set reader evaluator
\ir ../include/reader.sql
GRANT USAGE ON SCHEMA app, "My Scorers" TO evaluator;
GRANT SELECT (project, trace_id, assessment_id), INSERT (project, trace_id, assessment_id, kind, name, boolean_value, numeric_value, text_value, json_value,
              source_type, source_id, rationale, metadata, span_id, error_code, error_message, stack_trace, overrides, create_time, last_update_time)
    ON feedback.assessments TO evaluator;
SELECT is(helper.refusal_to('evaluator', $$ SELECT * FROM feedback.evaluate('{app.polite}', data => '[{"outputs": ""}]') $$), '42501', 'to evaluate takes the right to add a run');
GRANT INSERT ON feedback_internal.evaluation_runs TO evaluator;
SELECT is(helper.result_for('evaluator', $$ SELECT n_value FROM feedback.evaluate('{app.polite}', data => '[{"outputs": ""}]', new_run_id => 'r14') $$), '1', 'and no more than a writer and reader has');
SELECT is(helper.result_for('evaluator', $$ SELECT run_by FROM feedback.evaluation_runs WHERE run_id = 'r14' $$), 'evaluator', 'who ran it is told');
SELECT is(helper.refusal_to('evaluator', $$ SELECT * FROM feedback.evaluate('{exact_match}', dataset => 'app."Golden"') $$), '42501', 'a table is read with the caller''s rights');
SELECT is(helper.refusal_to('evaluator', $$ SELECT * FROM feedback.evaluate('{exact_match}', '{tr-1}') $$), '42501', 'and so are traces');
CREATE FUNCTION app.reads(trace jsonb) RETURNS bigint RETURN (SELECT count(*) FROM app."Golden");
SELECT is(helper.result_for('evaluator', $$ SELECT n_error FROM feedback.evaluate('{app.reads}', data => '[{}]', new_run_id => 'r15') $$), '1', 'a scorer has them too');
SELECT results_eq($$ SELECT pg_temp.results('r15') $$, $$ VALUES ('row#1 reads !42501') $$, 'what it may not do is its error');
REVOKE EXECUTE ON FUNCTION app.polite FROM PUBLIC;
SELECT is(helper.refusal_to('evaluator', $$ SELECT * FROM feedback.evaluate('{app.polite}', data => '[]') $$), '42501', 'a scorer that the caller may not call is refused at once');
REVOKE USAGE ON SCHEMA "My Scorers" FROM evaluator;
SELECT is(helper.refusal_to('evaluator', $$ SELECT * FROM feedback.evaluate('{"\"My Scorers\".exact_match"}', data => '[]') $$), '42501', 'or whose schema');

SELECT * FROM finish();
ROLLBACK;
