-- Rows and what is done with them, for bench/skew.

CREATE SCHEMA bench;
CREATE TABLE bench.time (round integer, place integer, size integer, ms double precision);

-- The sizes of the traces, each twice; the newest trace of all is a large one
CREATE TABLE bench.trace AS
    SELECT size, 'skew-' || size || '-' || n AS trace_id, now() - interval '1 minute' + (size + n) * interval '1 microsecond' AS newest
    FROM unnest(ARRAY[1, 100, 10000, 100000]) AS size, generate_series(1, 2) AS n;

INSERT INTO feedback.assessments (trace_id, kind, name, boolean_value, numeric_value, source_type, source_id, create_time, last_update_time)
SELECT 'tr-' || i / 10, 'feedback', CASE i % 10 WHEN 0 THEN 'thumb' ELSE 'score-' || i % 10 END,
       CASE WHEN i % 10 = 0 THEN i % 3 > 0 END, CASE WHEN i % 10 > 0 THEN i % 100 / 100.0 END,
       CASE WHEN i % 10 = 0 THEN 'HUMAN' ELSE 'LLM_JUDGE' END::feedback.source_type, 'u' || i % 5000, t, t
FROM (SELECT i, now() - interval '2 minutes' - (:ordinary - i) * interval '1 second' AS t FROM generate_series(1, :ordinary) i) s;
INSERT INTO feedback.assessments (trace_id, kind, name, boolean_value, source_type, source_id, create_time, last_update_time)
SELECT s.trace_id, 'feedback', 'thumb', i % 3 > 0, 'HUMAN', 'u' || i % 5000, t, t
FROM bench.trace s, generate_series(1, s.size) i, LATERAL (SELECT s.newest - (s.size - i) * interval '1 millisecond' AS t) x;
VACUUM ANALYZE feedback.assessments;
SELECT feedback.refresh_summaries() \g /dev/null

-- %1$L is the trace, %2$L one of its assessments
CREATE TABLE bench.query (place integer, name text, sized boolean, statement text);
INSERT INTO bench.query VALUES
    (1, 'search_traces(''''), newest 100', false, 'SELECT count(*) FROM feedback.search_traces('''', max_results => 100)'),
    (2, 'search_traces: thumb = true, newest 100', false, 'SELECT count(*) FROM feedback.search_traces(''feedback.thumb = true'', max_results => 100)'),
    (3, 'search_traces: score-1 < 0.05, newest 100', false, 'SELECT count(*) FROM feedback.search_traces(''feedback."score-1" < 0.05'', max_results => 100)'),
    (4, 'recent_traces, newest 100', false, 'SELECT count(n) FROM (SELECT * FROM feedback.recent_traces LIMIT 100) t'),
    (5, 'trace_summary of one', true, 'SELECT count(*) FROM feedback.trace_summary WHERE trace_id = %1$L'),
    (6, 'trace_summary(ARRAY[one])', true, 'SELECT count(*) FROM feedback.trace_summary(ARRAY[%1$L])'),
    (7, 'trace_feedback of one', true, 'SELECT count(feedback) FROM feedback.trace_feedback WHERE trace_id = %1$L'),
    (8, 'get_assessments', true, 'SELECT count(a) FROM feedback.get_assessments(%1$L) a'),
    (9, 'ratings of one', true, 'SELECT count(value) FROM feedback.ratings WHERE trace_id = %1$L'),
    (10, 'log_feedback', true, 'SELECT feedback.log_feedback(%1$L, ''thumb'', true, ''HUMAN'')'),
    (11, 'set_feedback', true, 'SELECT feedback.set_feedback(%1$L, ''vote'', true, source_id => ''anna'')'),
    (12, 'override_feedback', true, 'SELECT feedback.override_feedback(%1$L, %2$L, false)'),
    (13, 'delete_assessment', true, 'SELECT feedback.delete_assessment(%1$L, %2$L)'),
    (14, 'withdraw_feedback', true, 'SELECT feedback.withdraw_feedback(%1$L, ''vote'', ''anna'')');

-- What it does is rolled back
CREATE PROCEDURE bench.measure(round integer, query bench.query, trace bench.trace) LANGUAGE plpgsql AS $$
DECLARE
    one uuid := (SELECT assessment_id FROM feedback.assessments WHERE trace_id = trace.trace_id AND valid AND name = 'thumb' LIMIT 1);
    started timestamptz := clock_timestamp();
    ms double precision;
BEGIN
    EXECUTE format(query.statement, trace.trace_id, one);
    ms := extract(epoch FROM clock_timestamp() - started) * 1000;
    ROLLBACK;
    INSERT INTO bench.time VALUES (round, query.place, trace.size, ms);
    COMMIT;
END $$;

-- Everything once, in an order of its own
CREATE PROCEDURE bench.round(round integer) LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT query, trace FROM bench.query, bench.trace
                WHERE trace.trace_id LIKE '%-1' AND (query.sized OR trace.size = 1) ORDER BY random() LOOP
        CALL bench.measure(round, r.query, r.trace);
    END LOOP;
END $$;
