-- Odd places to call the functions from: each works, or is refused cleanly, and the backend lives.
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
BEGIN;
SAVEPOINT empty;

-- Read-only transactions read, and do not write
SELECT feedback.log_feedback('tr', 'n', 1, assessment_id => '00000000-0000-4000-8000-000000000001');
SAVEPOINT read_only;
SET LOCAL transaction_read_only = on;
SELECT feedback.get_assessment('tr', '00000000-0000-4000-8000-000000000001') -> 'feedback';
SELECT d -> 'feedback' FROM feedback.get_assessments('tr') AS d;
\set VERBOSITY sqlstate
SAVEPOINT refused;
SELECT feedback.log_feedback('tr', 'n', 1);
ROLLBACK TO refused;
SELECT feedback.log_feedback('tr', 'n', 1, overrides => '00000000-0000-4000-8000-000000000001');
ROLLBACK TO refused;
SELECT feedback.log_assessment('tr', '{"assessment_name": "n", "expectation": {"value": 1}}');
ROLLBACK TO refused;
SELECT feedback.override_feedback('tr', '00000000-0000-4000-8000-000000000001', 2);
ROLLBACK TO refused;
SELECT feedback.update_assessment('tr', '00000000-0000-4000-8000-000000000001', '{}');
ROLLBACK TO refused;
SELECT feedback.delete_assessment('tr', '00000000-0000-4000-8000-000000000001');
ROLLBACK TO read_only;

-- After an error, and after a rollback to a savepoint
SAVEPOINT refused;
SELECT feedback.log_feedback('tr', 'n', 'NaN'::real);
SELECT feedback.log_feedback('tr', 'n', 1);
SELECT feedback.get_assessments('tr');
ROLLBACK TO refused;
\set VERBOSITY default
SELECT count(feedback.log_feedback('tr', 'n', 2));

-- Whole rows, aggregates, windows and filters
CREATE TEMPORARY TABLE score (trace_id text, name text, value numeric);
INSERT INTO score VALUES ('row', 'n', 1), ('row', 'n', 2);
SELECT count(feedback.log_feedback(s.trace_id, s.name, s)) FROM score AS s;
SELECT count(feedback.log_feedback(s.trace_id, s.name, s.value)) FILTER (WHERE s.value > 1) FROM score AS s;
SELECT count(feedback.log_feedback('row', 'window', s.value)) OVER (ORDER BY s.value) FROM score AS s;
SELECT feedback.log_feedback('row', 'sum', sum(s.value)) <> feedback.log_feedback('row', 'list', array_agg(s.value)) AS two
FROM score AS s;
SELECT name, value FROM feedback.feedback WHERE trace_id = 'row' ORDER BY assessment_id;

-- Aggregates, SQL functions and plpgsql functions with types of any kind
CREATE FUNCTION pg_temp.log(uuid, anyelement) RETURNS uuid LANGUAGE sql AS $$SELECT feedback.log_feedback('any', 'aggregate', $2)$$;
CREATE AGGREGATE pg_temp.log(anyelement) (SFUNC = pg_temp.log, STYPE = uuid);
CREATE FUNCTION pg_temp.log_all(VARIADIC anyarray) RETURNS uuid LANGUAGE sql AS $$SELECT feedback.log_feedback('any', 'variadic', $1)$$;
SELECT count(last) FROM (SELECT pg_temp.log(value) AS last FROM score) AS aggregated;
SELECT count(pg_temp.log_all(true, false));
SELECT count(feedback.log_feedback('any', 'argument', VARIADIC ARRAY['a', 'b']));
SELECT name, value FROM feedback.feedback WHERE trace_id = 'any' ORDER BY assessment_id;

-- Defaults, checks, domains and rules
CREATE TEMPORARY TABLE rated (id uuid DEFAULT feedback.log_feedback('place', 'default', 1),
                              value integer CHECK (feedback.log_feedback('place', 'check', value) IS NOT NULL));
CREATE DOMAIN pg_temp.rating AS integer CHECK (feedback.log_feedback('place', 'domain', VALUE) IS NOT NULL);
CREATE RULE also AS ON INSERT TO rated DO ALSO SELECT count(feedback.log_feedback('place', 'rule', NEW.value));
INSERT INTO rated (value) VALUES (2);
SELECT 3::pg_temp.rating;
SELECT name, value FROM feedback.feedback WHERE trace_id = 'place' ORDER BY name;

-- Indexes and generated columns: only for the one function that depends on nothing else
CREATE TEMPORARY TABLE mirror (spelling text, id uuid GENERATED ALWAYS AS (feedback.assessment_id(spelling)) STORED);
CREATE UNIQUE INDEX ON mirror (feedback.assessment_id(spelling));
INSERT INTO mirror VALUES ('a-00000000000040008000000000000001') RETURNING id;
SAVEPOINT refused;
INSERT INTO mirror VALUES ('00000000-0000-4000-8000-000000000001');
ROLLBACK TO refused;
INSERT INTO mirror VALUES ('none');
ROLLBACK TO refused;
CREATE INDEX ON score (feedback.log_feedback('tr', name, value));
ROLLBACK TO refused;
CREATE TEMPORARY TABLE other (value integer, bar text GENERATED ALWAYS AS (feedback.bar(value)) STORED);
ROLLBACK TO refused;

-- Cursors forwards and backwards
DECLARE reading SCROLL CURSOR FOR SELECT d -> 'feedback' FROM feedback.get_assessments('row') AS d;
FETCH LAST FROM reading;
FETCH PRIOR FROM reading;
CLOSE reading;

-- A trigger on the table that logs itself: without end it ends with the stack
CREATE FUNCTION pg_temp.echo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.numeric_value < TG_ARGV[0]::integer THEN
        PERFORM feedback.log_feedback(NEW.trace_id, 'echo', NEW.numeric_value + 1);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER echo BEFORE INSERT ON feedback.assessments FOR EACH ROW WHEN (NEW.trace_id = 'echo') EXECUTE FUNCTION pg_temp.echo(4);
SELECT count(feedback.log_feedback('echo', 'n', 1));
SELECT name, value FROM feedback.feedback WHERE trace_id = 'echo' ORDER BY assessment_id;
DROP TRIGGER echo ON feedback.assessments;
CREATE TRIGGER echo AFTER INSERT ON feedback.assessments FOR EACH ROW WHEN (NEW.trace_id = 'echo') EXECUTE FUNCTION pg_temp.echo(1000000);
SAVEPOINT refused;
\set VERBOSITY sqlstate
SELECT feedback.log_feedback('echo', 'n', 1);
\set VERBOSITY default
ROLLBACK TO refused;
SELECT count(feedback.log_feedback('after', 'n', 1));

-- A timeout in the middle leaves nothing
SAVEPOINT refused;
SET LOCAL statement_timeout = '100ms';
SELECT feedback.log_feedback('timeout', 'n', i) FROM (SELECT generate_series(1, 100000000) AS i) AS numbers;
ROLLBACK TO refused;
SELECT count(*) FROM feedback.feedback WHERE trace_id = 'timeout';

-- Parallel plans: the functions that may be in a worker are, and its errors come through; those that write are not
SELECT set_config(name, 'on', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query'); -- its name from 16 on
EXPLAIN (COSTS OFF) SELECT feedback.log_feedback('parallel', 'n', 1);
EXPLAIN (COSTS OFF) SELECT feedback.get_assessment('tr', '00000000-0000-4000-8000-000000000001'), feedback.bar(1);
SELECT feedback.get_assessment('tr', '00000000-0000-4000-8000-000000000001') -> 'feedback', feedback.bar(1, 2),
       feedback.assessment_id('a-00000000000040008000000000000001');
SAVEPOINT refused;
SELECT feedback.get_assessment('tr', '00000000-0000-4000-8000-000000000002');
ROLLBACK TO refused;
SELECT feedback.bar(1, 0);
ROLLBACK;

-- A cursor that outlives its transaction, and so runs while that is committed
BEGIN;
DECLARE logging CURSOR WITH HOLD FOR
    SELECT feedback.log_feedback('cursor', 'n', i, assessment_id => ('00000000-0000-4000-8000-00000000000' || i)::uuid)
    FROM generate_series(1, 3) AS i;
FETCH 1 FROM logging;
COMMIT;
FETCH ALL FROM logging;
CLOSE logging;
SELECT name, value FROM feedback.feedback ORDER BY assessment_id;
DELETE FROM feedback.assessments WHERE trace_id = 'cursor';
