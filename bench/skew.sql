-- Rows and what is done with them, for bench/skew.

CREATE SCHEMA bench;
-- CPU time of the session in microseconds, which the kernel counts by some milliseconds: so less than 20 are elapsed
-- time, and more are not, as that is other jobs' on the machine too
CREATE FUNCTION bench.cpu() RETURNS float8 LANGUAGE sql AS $$ SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1000 $$;
CREATE TABLE bench.time (phase text, round integer, place integer, size integer, shown bigint, ms double precision);

-- The sizes of the traces, each twice
CREATE TABLE bench.trace AS
    SELECT size, 'skew-' || size || '-' || n AS trace_id, now() - interval '1 minute' + (size + n) * interval '1 microsecond' AS newest
    FROM unnest(ARRAY[1, 100, 10000, 100000]) AS size, generate_series(1, 2) AS n;

CREATE PROCEDURE bench.load(phase text, ordinary integer) LANGUAGE plpgsql AS $$
BEGIN
    IF phase = 'uniform' THEN
        INSERT INTO feedback.assessments (trace_id, kind, name, boolean_value, numeric_value, source_type, source_id, create_time, last_update_time)
        SELECT 'tr-' || i / 10, 'feedback', CASE i % 10 WHEN 0 THEN 'thumb' ELSE 'score-' || i % 10 END,
               CASE WHEN i % 10 = 0 THEN i % 3 > 0 END, CASE WHEN i % 10 > 0 THEN i % 100 / 100.0 END,
               CASE WHEN i % 10 = 0 THEN 'HUMAN' ELSE 'LLM_JUDGE' END::feedback.source_type, 'u' || i % 5000, t, t
        FROM (SELECT i, now() - interval '10 minutes' - (ordinary - i) * interval '1 second' AS t FROM generate_series(1, ordinary) i) s;
    ELSIF phase = 'eight' THEN
        INSERT INTO feedback.assessments (trace_id, kind, name, boolean_value, source_type, source_id, create_time, last_update_time)
        SELECT s.trace_id, 'feedback', 'thumb', i % 3 > 0, 'HUMAN', 'u' || i % 5000, t, t
        FROM bench.trace s, generate_series(1, s.size) i, LATERAL (SELECT s.newest - (s.size - i) * interval '1 millisecond' AS t) x;
    ELSE
        INSERT INTO feedback.assessments (trace_id, kind, name, boolean_value, source_type, source_id, create_time, last_update_time)
        SELECT 'load-' || n, 'feedback', 'thumb', i % 3 > 0, 'HUMAN', 'u' || i % 5000, t, t
        FROM generate_series(1, 4000) i, generate_series(1, 100) n,
             LATERAL (SELECT now() - (4000 - i) * interval '1 millisecond' + n * interval '1 microsecond' AS t) x;
    END IF;
    PERFORM feedback.refresh_summaries();
END $$;

-- %1$L is the trace, %2$L one of its assessments; over all, how many feedback are shown
CREATE TABLE bench.query (place integer, name text, sized boolean, statement text);
INSERT INTO bench.query VALUES
    (1, 'search_traces(''''), newest 100', false, 'SELECT sum(n) FROM feedback.search_traces('''', max_results => 100)'),
    (2, 'search_traces: thumb = true, newest 100', false, 'SELECT sum(n) FROM feedback.search_traces(''feedback.thumb = true'', max_results => 100)'),
    (3, 'search_traces: score-1 < 0.05, newest 100', false, 'SELECT sum(n) FROM feedback.search_traces(''feedback."score-1" < 0.05'', max_results => 100)'),
    (4, 'search_traces: all with score-1 < 0.05, by its value', false,
     'SELECT sum(n) FROM feedback.search_traces(''feedback."score-1" < 0.05'', max_results => 100, order_by => ''feedback."score-1"'')'),
    (5, 'search_traces: all with thumb = true, by its value', false,
     'SELECT sum(n) FROM feedback.search_traces(''feedback.thumb = true'', max_results => NULL, order_by => ''feedback.thumb'')'),
    (6, 'recent_traces, newest 100', false, 'SELECT sum(n) + 0 * max(length(feedback::text)) FROM (SELECT * FROM feedback.recent_traces LIMIT 100) t'),
    (7, 'agreement of two users', false,
     'SELECT sum(n) + 0 * max(kappa) FROM feedback.agreement WHERE name = ''thumb'' AND source_type_a = ''HUMAN'' AND source_id_a = ''u0'' AND source_id_b = ''u10'''),
    (8, 'disagreements of two users', false, 'SELECT count(value_a) FROM feedback.disagreements(''thumb'', ''HUMAN:u0'', ''HUMAN:u10'')'),
    (11, 'trace_summary of one', true, 'SELECT sum(n) + 0 * max(mean) + 0 * max(length(last_value::text)) FROM feedback.trace_summary WHERE trace_id = %1$L'),
    (12, 'trace_summary(ARRAY[one])', true, 'SELECT sum(n) + 0 * max(mean) FROM feedback.trace_summary(ARRAY[%1$L])'),
    (13, 'trace_feedback of one', true, 'SELECT sum(n) + 0 * max(length(feedback::text)) FROM feedback.trace_feedback WHERE trace_id = %1$L'),
    (14, 'trace_feedback(ARRAY[one])', true, 'SELECT sum(n) + 0 * max(length(feedback::text)) FROM feedback.trace_feedback(ARRAY[%1$L])'),
    (15, 'get_assessments', true, 'SELECT count(a) FROM feedback.get_assessments(%1$L) a'),
    (16, 'ratings of one', true, 'SELECT count(value) FROM feedback.ratings WHERE trace_id = %1$L AND name = ''thumb'''),
    (17, 'log_feedback', true, 'SELECT count(feedback.log_feedback(%1$L, ''thumb'', true, ''HUMAN''))'),
    (18, 'set_feedback', true, 'SELECT count(feedback.set_feedback(%1$L, ''vote'', true, source_id => ''anna''))'),
    (19, 'override_feedback', true, 'SELECT count(feedback.override_feedback(%1$L, %2$L, false))'),
    (20, 'delete_assessment', true, 'SELECT 0 WHERE feedback.delete_assessment(%1$L, %2$L) IS NULL'),
    (21, 'withdraw_feedback', true, 'SELECT 0 WHERE feedback.withdraw_feedback(%1$L, ''vote'', ''anna'') IS NULL');

-- What it does is rolled back
CREATE PROCEDURE bench.measure(phase text, round integer, query bench.query, trace bench.trace) LANGUAGE plpgsql AS $$
DECLARE
    one uuid := (SELECT assessment_id FROM feedback.assessments WHERE trace_id = trace.trace_id AND valid AND name = 'thumb' LIMIT 1);
    started timestamptz;
    before float8;
    shown bigint;
    ms double precision;
BEGIN
    started := clock_timestamp();
    before := bench.cpu();
    EXECUTE format(query.statement, trace.trace_id, one) INTO shown;
    ms := extract(epoch FROM clock_timestamp() - started) * 1000;
    IF ms > 20 THEN
        ms := (bench.cpu() - before) / 1000;
    END IF;
    ROLLBACK;
    INSERT INTO bench.time VALUES (phase, round, query.place, trace.size, shown, ms);
    COMMIT;
END $$;

-- Everything once, in an order of its own
CREATE PROCEDURE bench.round(phase text, round integer) LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT query, trace FROM bench.query, bench.trace
                WHERE trace.trace_id LIKE '%-1' AND (query.sized AND phase = 'eight' OR NOT query.sized AND trace.size = 1) ORDER BY random() LOOP
        CALL bench.measure(phase, round, r.query, r.trace);
    END LOOP;
END $$;
