-- For bench/evaluate: what evaluate takes beside the calls that it is made of, and how long analysts wait for what runs say.

CREATE SCHEMA bench;
CREATE FUNCTION bench.cpu() RETURNS double precision VOLATILE LANGUAGE sql AS $$ SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1000 $$;
CREATE TABLE bench.timing (round integer, what text, n integer, cpu double precision);

-- A data set, and the same as traces of an application
CREATE TABLE bench.answers AS
SELECT 'tr-' || md5(i::text) AS trace_id, now() - i * interval '1 minute' AS request_time, 100 + i % 900 AS execution_time_ms,
       'Where is the form to ask for a refund of order ' || i || '?' AS request_preview,
       'The form to ask for a refund is in your account, under orders. Choose order ' || i + i % 2 || ', then "return".' AS response_preview,
       jsonb_build_object('expected_response', 'The form for a refund is in the account, under orders. Choose order ' || i || ' there.') AS expectations
FROM generate_series(1, 10000) AS i;
ALTER TABLE bench.answers ADD PRIMARY KEY (trace_id);
CREATE VIEW bench.traces AS SELECT trace_id, request_time, execution_time_ms, request_preview, response_preview FROM bench.answers;
SELECT feedback.set_trace_source('bench.traces');
CREATE VIEW bench.rows AS SELECT request_preview AS inputs, response_preview AS outputs, expectations FROM bench.answers;
CREATE FUNCTION bench.polite(trace jsonb) RETURNS boolean RETURN trace ->> 'outputs' ~* '\m(please|thank)';
CREATE FUNCTION bench.fails(trace jsonb) RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
VACUUM ANALYZE bench.answers;

-- What is measured once a round, of 10,000 rows
CREATE TABLE bench.way (what text, statement text);
INSERT INTO bench.way VALUES
    ('a scorer in SQL, called by a query', $$SELECT count(bench.polite(to_jsonb(r))) FROM bench.rows r$$),
    ('the same, and log_feedback', $$SELECT count(feedback.log_feedback('row-' || md5(r.inputs), 'polite', bench.polite(to_jsonb(r)), metadata => '{"mlflow.assessment.sourceRunId": "x"}')) FROM bench.rows r$$),
    ('evaluate, rows, a scorer in SQL', $$SELECT n_value FROM feedback.evaluate('{bench.polite}', dataset => 'bench.rows')$$),
    ('evaluate, rows, a scorer that fails', $$SELECT n_error FROM feedback.evaluate('{bench.fails}', dataset => 'bench.rows')$$),
    ('evaluate, rows, four built-in scorers', $$SELECT sum(n_value) FROM feedback.evaluate('{exact_match,contains_expected,token_f1,levenshtein_similarity}', dataset => 'bench.rows')$$),
    ('evaluate, traces, a scorer in SQL', $$SELECT n_value FROM feedback.evaluate('{bench.polite}', ARRAY(SELECT trace_id FROM bench.answers))$$),
    ('levenshtein_similarity, 100 characters', $$SELECT sum(feedback.levenshtein_similarity(outputs, expectations ->> 'expected_response')) FROM bench.rows$$),
    ('token_f1, 20 words', $$SELECT sum(feedback.token_f1(outputs, expectations ->> 'expected_response')) FROM bench.rows$$);

CREATE PROCEDURE bench.measure(round integer, what text) LANGUAGE plpgsql AS $$
DECLARE
    cpu double precision;
BEGIN
    cpu := bench.cpu();
    EXECUTE (SELECT w.statement FROM bench.way w WHERE w.what = measure.what);
    INSERT INTO bench.timing VALUES (round, what, 10000, bench.cpu() - cpu);
    COMMIT;
END $$;

-- Reading: runs of 100, 1,000 and 10,000 results, among a million rows of other feedback
CREATE PROCEDURE bench.fill(ordinary integer) LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM feedback.assessments;
    DELETE FROM feedback_internal.evaluation_runs;
    INSERT INTO feedback.assessments (trace_id, kind, name, numeric_value, source_type)
    SELECT 'other-' || i / 5, 'feedback', 'name_' || i % 20, i % 5, 'HUMAN' FROM generate_series(1, ordinary) AS i;
    PERFORM FROM unnest('{100,1000,10000}'::integer[]) AS n, unnest('{a,b}'::text[]) AS side,
        LATERAL feedback.evaluate('{exact_match,token_f1,bench.polite}', dataset => 'bench.rows', run_name => side || n, max_traces => n);
END $$;
CREATE TABLE bench.reading (what text, statement text);
INSERT INTO bench.reading
SELECT format(what, n), format(statement, n)
FROM unnest('{100,1000,10000}'::integer[]) AS n,
     (VALUES ('evaluation_summary, %s traces, three scorers', $$SELECT * FROM feedback.evaluation_summary('a%s')$$),
             ('compare_runs, %s traces, three scorers', $$SELECT * FROM feedback.compare_runs('a%1$s', 'b%1$s')$$),
             ('compare_runs_traces, %s traces, three scorers', $$SELECT * FROM feedback.compare_runs_traces('a%1$s', 'b%1$s')$$)) AS r (what, statement);
INSERT INTO bench.reading VALUES
    ('evaluation_runs, the newest run, of 10,000 traces', 'SELECT * FROM feedback.evaluation_runs ORDER BY start_time DESC LIMIT 1'),
    ('evaluation_runs without its figures', 'SELECT run_id, run_name, scorers FROM feedback.evaluation_runs'),
    ('a run that is not known here, by reading all feedback', $$SELECT * FROM feedback.evaluation_summary('ml')$$);
CREATE PROCEDURE bench.read(round integer, what text) LANGUAGE plpgsql AS $$
DECLARE
    cpu double precision;
BEGIN
    cpu := bench.cpu();
    EXECUTE (SELECT r.statement FROM bench.reading r WHERE r.what = read.what);
    INSERT INTO bench.timing VALUES (round, what, 0, bench.cpu() - cpu);
END $$;
