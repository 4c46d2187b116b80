-- Where the functions are called from: prepared statements, plpgsql, triggers, savepoints, whole batches.
BEGIN;
SELECT plan(26);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- "value*n" for the values of a trace
CREATE FUNCTION pg_temp.values_of(trace text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(value || '*' || n, ', ' ORDER BY value)
    FROM (SELECT helper.value_of(a) AS value, count(*) AS n FROM helper.written a WHERE trace_id = trace GROUP BY 1) AS v
$$;

-- A statement that is run seven times is planned for any parameters from the sixth on.
CREATE FUNCTION pg_temp.run_seven_times(call text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. 7 LOOP
        EXECUTE 'EXECUTE ' || call;
    END LOOP;
    RETURN (SELECT generic_plans FROM pg_prepared_statements WHERE name = split_part(call, '(', 1));
END $$;

PREPARE typed (text, text, double precision) AS SELECT feedback.log_feedback($1, $2, $3);
SELECT is(pg_temp.run_seven_times('typed(''typed'', ''n'', 0.1)'), 2::bigint, 'a prepared statement with types');
SELECT is(pg_temp.values_of('typed'), 'numeric 0.1*7', 'keeps the type of the value');

PREPARE domains (text, text, information_schema.cardinal_number) AS SELECT feedback.log_feedback($1, $2, $3);
SELECT is(pg_temp.run_seven_times('domains(''domains'', ''n'', 5)'), 2::bigint, 'one with a domain');
SELECT is(pg_temp.values_of('domains'), 'numeric 5*7', 'keeps its base type');

PREPARE arrays (text[]) AS SELECT feedback.log_feedback('arrays', 'n', $1);
SELECT is(pg_temp.run_seven_times('arrays(''{a,b}'')'), 2::bigint, 'one with an array');
SELECT is(pg_temp.values_of('arrays'), 'json ["a", "b"]*7', 'keeps the array');

PREPARE nulls (text, boolean) AS SELECT feedback.log_feedback($1, 'n', $2, error_code => 'E');
SELECT is(pg_temp.run_seven_times('nulls(''nulls'', NULL)'), 2::bigint, 'one with a NULL');
SELECT is(pg_temp.values_of('nulls'), '*7', 'logs the error alone');

PREPARE untyped AS SELECT feedback.log_feedback($1, $2, $3, source_type => $4, metadata => $5);
SELECT is(pg_temp.run_seven_times('untyped(''untyped'', ''n'', ''5'', ''human'', ''{"a": 1}'')'), 2::bigint,
    'a prepared statement without types');
SELECT is(pg_temp.values_of('untyped'), 'text 5*7', 'takes the value as text');
SELECT results_eq($$ SELECT parameter_types::text[] COLLATE "default" FROM pg_prepared_statements WHERE name = 'untyped' $$,
    $$ VALUES ('{text,text,text,text,jsonb}'::text[]) $$, 'and the rest as it is declared');

PREPARE document AS SELECT feedback.log_assessment($1, $2);
SELECT is(pg_temp.run_seven_times('document(''document'', ''{"assessment_name": "n", "feedback": {"value": true}}'')'), 2::bigint,
    'a document is text');
SELECT is(pg_temp.values_of('document'), 'boolean true*7', 'whose values have their types');

-- plpgsql
CREATE FUNCTION pg_temp.rate(trace text, stars integer, polymorph anyelement) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    id uuid;
BEGIN
    PERFORM feedback.log_feedback(trace, 'stars', stars);
    EXECUTE 'SELECT feedback.log_feedback($1, $2, $3)' USING trace, 'dynamic', polymorph;
    id := feedback.log_feedback(trace, 'polymorph', polymorph);
    RETURN feedback.override_feedback(trace, id, stars + 1);
END $$;
SELECT isnt(pg_temp.rate('plpgsql', 4, false), NULL, 'plpgsql logs');
SELECT is(pg_temp.values_of('plpgsql'), 'boolean false*2, numeric 4*1, numeric 5*1', 'with the types of its variables');

-- An SQL function, which may be inlined
CREATE FUNCTION pg_temp.thumb(trace text, up boolean) RETURNS uuid LANGUAGE sql AS
    $$ SELECT feedback.log_feedback(trace, 'thumb', up, source_type => 'HUMAN') $$;
SELECT isnt(pg_temp.thumb('sql', true), NULL, 'an SQL function logs');
SELECT is(pg_temp.values_of('sql'), 'boolean true*1', 'with the types of its arguments');

-- A trigger on a staging table
CREATE TEMP TABLE staging (trace_id text, name text, score real, document jsonb);
CREATE FUNCTION pg_temp.log_staged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM feedback.log_feedback(NEW.trace_id, NEW.name, NEW.score);
    PERFORM feedback.log_assessment(NEW.trace_id, NEW.document);
    RETURN NEW;
END $$;
CREATE TRIGGER log_staged BEFORE INSERT ON staging FOR EACH ROW EXECUTE FUNCTION pg_temp.log_staged();
INSERT INTO staging
SELECT 'trigger', 'n', 0.1, '{"assessment_name": "n", "expectation": {"value": "yes"}}' FROM generate_series(1, 3);
SELECT is(pg_temp.values_of('trigger'), 'numeric 0.1*3, text yes*3', 'a trigger logs what is staged');
SELECT is(helper.refusal($$ INSERT INTO staging VALUES ('trigger', 'n', 'NaN', NULL) $$), '22003 value', 'and passes a refusal on');

-- Savepoints
SAVEPOINT before;
SELECT feedback.log_feedback('savepoint', 'n', 1) AS rolled_back \gset
ROLLBACK TO before;
SELECT feedback.log_feedback('savepoint', 'n', 2) AS kept \gset
RELEASE before;
SELECT is(pg_temp.values_of('savepoint'), 'numeric 2*1', 'what is rolled back to a savepoint is gone');
SELECT ok(:'kept'::uuid > :'rolled_back'::uuid, 'its id is not made again');

-- A whole batch, and one bad row of it
SELECT is((SELECT count(DISTINCT feedback.log_feedback('batch', 'n', i % 2 = 0)) FROM generate_series(1, 1000) AS i), 1000::bigint,
    'a thousand in one statement');
SELECT is(pg_temp.values_of('batch'), 'boolean false*500, boolean true*500', 'are all there');
SELECT is(helper.refusal($$ SELECT feedback.log_feedback('bad batch', 'n', 1 / (i - 500)::float8) FROM generate_series(1, 1000) AS i $$),
    '22012', 'a statement that fails');
SELECT is(pg_temp.values_of('bad batch'), NULL, 'logs nothing');
SELECT results_eq(
    $$ SELECT t.id, (d -> 'feedback' ->> 'value')::numeric FROM (VALUES ('savepoint'), ('none'), ('typed')) AS t (id),
       LATERAL (SELECT d FROM feedback.get_assessments(t.id) AS d LIMIT 1) AS documents $$,
    $$ VALUES ('savepoint', 2::numeric), ('typed', 0.1) $$,
    'get_assessments joins laterally');

SELECT * FROM finish();
ROLLBACK;
