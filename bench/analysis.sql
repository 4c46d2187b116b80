-- For bench/analysis: the queries, and what measures them.

CREATE SCHEMA bench;
CREATE TABLE bench.query (place int GENERATED ALWAYS AS IDENTITY, name text, statement text, direct text, planned boolean DEFAULT false);
INSERT INTO bench.query (name, statement, direct) VALUES
    ('all names and sources', $$SELECT project, name, source_type, n, n_value, n_error, mean, stddev, n_true, n_false FROM feedback.source_summary$$,
     $$SELECT project, name, source_type, count(*), count(value), count(error_code), avg(coalesce(numeric_value, boolean_value::int)) FROM feedback.feedback GROUP BY 1, 2, 3$$),
    ('the same with the line of 14 days', $$SELECT * FROM feedback.source_summary$$, NULL),
    ('a name by day, a project''s 90 days', $$SELECT * FROM feedback.daily_summary WHERE project = 'project-1' AND name = 'score_1' ORDER BY day$$,
     $$SELECT create_time::date, count(*), avg(numeric_value) FROM feedback.feedback WHERE project = 'project-1' AND name = 'score_1' GROUP BY 1 ORDER BY 1$$),
    ('a name by day, all projects'' 90 days', $$SELECT * FROM feedback.daily_summary WHERE name = 'score_1' ORDER BY day$$, NULL),
    ('a name by hour, a project''s last 7 days', $$SELECT * FROM feedback.hourly_summary WHERE project = 'project-1' AND name = 'score_1' AND hour > now() - interval '7 days'$$, NULL),
    ('distribution of ratings from 1 to 5', $$SELECT * FROM feedback.value_distribution WHERE name = 'rating_1'$$,
     $$SELECT project, source_type, value, count(*) FROM feedback.feedback WHERE name = 'rating_1' GROUP BY 1, 2, 3$$),
    ('distribution of scores of two digits', $$SELECT * FROM feedback.value_distribution WHERE name = 'score_1'$$, NULL),
    ('distribution of five labels', $$SELECT * FROM feedback.value_distribution WHERE name = 'label_1'$$, NULL),
    ('percentiles of scores of two digits', $$SELECT * FROM feedback.numeric_summary WHERE name = 'score_1'$$,
     $$SELECT project, source_type, percentile_disc(ARRAY[0.05, 0.25, 0.5, 0.75, 0.95]) WITHIN GROUP (ORDER BY numeric_value) FROM feedback.feedback WHERE name = 'score_1' GROUP BY 1, 2$$),
    ('percentiles of scores of fifteen digits', $$SELECT * FROM feedback.numeric_summary WHERE project = 'project-1' AND name = 'score_5'$$, NULL),
    ('histogram of scores of fifteen digits', $$SELECT * FROM feedback.score_histogram WHERE name = 'score_5'$$, NULL),
    ('histogram of scores of two digits', $$SELECT * FROM feedback.score_histogram WHERE name = 'score_1'$$, NULL),
    ('one trace, by primary key', $$SELECT * FROM feedback.assessments WHERE trace_id = 'tr-c4ca4238a0b923820dcc509a6f75849b'$$, NULL),
    ('trace_summary of it', $$SELECT * FROM feedback.trace_summary WHERE trace_id = 'tr-c4ca4238a0b923820dcc509a6f75849b'$$, NULL),
    ('trace_feedback of it', $$SELECT * FROM feedback.trace_feedback WHERE trace_id = 'tr-c4ca4238a0b923820dcc509a6f75849b'$$, NULL),
    ('newest 100 traces', $$SELECT * FROM feedback.search_traces()$$, NULL),
    ('the same by recent_traces', $$SELECT * FROM feedback.recent_traces LIMIT 100$$, NULL),
    ('newest 100 traces with a common value', $$SELECT * FROM feedback.search_traces('feedback.check_1 = false')$$, NULL),
    ('of a common text', $$SELECT * FROM feedback.search_traces('feedback.label_1 = ''wrong''')$$, NULL),
    ('with a value of 1 in 10,000', $$SELECT * FROM feedback.search_traces('feedback.check_6 = false')$$, NULL),
    ('with a text of 1 in 10,000', $$SELECT * FROM feedback.search_traces('feedback.label_4 = ''harmful''')$$, NULL),
    ('in a range of half of the numbers', $$SELECT * FROM feedback.search_traces('feedback.score_1 >= 0.5')$$, NULL),
    ('in a range of 1 in 100', $$SELECT * FROM feedback.search_traces('feedback.score_1 >= 0.99')$$, NULL),
    ('in a range of 1 in 10,000', $$SELECT * FROM feedback.search_traces('feedback.score_5 > 0.9999')$$, NULL),
    ('without a feedback of a name', $$SELECT * FROM feedback.search_traces('feedback.check_1 IS NULL')$$, NULL),
    ('with one but without another', $$SELECT * FROM feedback.search_traces('feedback.check_1 = true AND feedback.rating_1 IS NULL')$$, NULL),
    ('with a common and a rare value', $$SELECT * FROM feedback.search_traces('feedback.check_1 = true AND feedback.check_6 = false')$$, NULL),
    ('with two common values', $$SELECT * FROM feedback.search_traces('feedback.check_1 = false AND feedback.rating_1 >= 4')$$, NULL),
    ('with either of three values', $$SELECT * FROM feedback.search_traces('feedback.check_1 = false OR feedback.rating_1 = 1 OR feedback.label_1 = ''wrong''')$$, NULL),
    ('where a judge ran into an error', $$SELECT * FROM feedback.search_traces('feedback[error_code IS NOT NULL AND source_id = ''judge-0'']')$$, NULL),
    ('of a project, with a common value', $$SELECT * FROM feedback.search_traces('feedback.check_1 = false', 'project-3')$$, NULL);

-- Whose plans are of interest
UPDATE bench.query SET planned = true WHERE name IN (
    'all names and sources', 'a name by day, a project''s 90 days', 'distribution of ratings from 1 to 5', 'trace_summary of it',
    'newest 100 traces with a common value', 'with a text of 1 in 10,000', 'in a range of half of the numbers', 'in a range of 1 in 10,000',
    'without a feedback of a name', 'with a common and a rare value', 'where a judge ran into an error');

CREATE TABLE bench.timing (place int, state text, milliseconds float8);
CREATE TABLE bench.trace (round int, what text, ms float8);

-- As often as that, the time until all rows are there; the first run warms up.
CREATE PROCEDURE bench.measure(state text, rounds int) LANGUAGE plpgsql AS $$
DECLARE
    query record;
    one record;
    start timestamptz;
BEGIN
    FOR round IN 0 .. rounds LOOP
        FOR query IN SELECT place, statement FROM bench.query ORDER BY md5(concat_ws(' ', round, place)) LOOP
            start := clock_timestamp();
            FOR one IN EXECUTE query.statement LOOP END LOOP;
            IF round > 0 THEN
                INSERT INTO bench.timing VALUES (query.place, state, extract(epoch FROM clock_timestamp() - start) * 1000);
            END IF;
        END LOOP;
        COMMIT;
    END LOOP;
END $$;
CREATE FUNCTION bench.time(statement text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    one record;
    start timestamptz := clock_timestamp();
BEGIN
    FOR one IN EXECUTE statement LOOP END LOOP;
    RETURN extract(epoch FROM clock_timestamp() - start) * 1000;
END $$;
