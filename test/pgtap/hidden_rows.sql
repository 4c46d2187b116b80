-- Behind row security that hides every assessment, a reader of the documented grants finds nothing of them in any
-- relation, and reaches no internal table.
BEGIN;
SELECT plan(8);
\ir ../include/helpers.sql
GRANT USAGE ON SCHEMA helper TO PUBLIC;
SET LOCAL client_min_messages = error;

CREATE ROLE hidden_reader;
\set reader hidden_reader
\ir ../include/reader.sql
ALTER TABLE feedback.assessments ENABLE ROW LEVEL SECURITY;
CREATE POLICY nothing ON feedback.assessments TO hidden_reader USING (false);

-- Something in every relation, of which no word may be seen
SELECT feedback.log_feedback('secret-' || i, 'secret-name',
                             CASE i % 4 WHEN 0 THEN to_jsonb(i) WHEN 1 THEN 'true' WHEN 2 THEN '"secret-text"' ELSE to_jsonb(i / 7.0) END,
                             'HUMAN', 'secret-user ' || i % 3, rationale => 'secret-rationale', project => 'secret-project')
FROM generate_series(1, 40) AS i \g /dev/null
SELECT feedback.log_expectation('secret-1', 'secret-name', 'secret-text', rationale => 'secret-rationale') \g /dev/null
SELECT feedback.refresh_summaries() \g /dev/null
SELECT feedback.log_feedback('secret-' || i, 'secret-name', i, 'CODE', 'secret-user', project => 'secret-project')
FROM generate_series(1, 5) AS i \g /dev/null
UPDATE feedback.assessments SET numeric_value = 99 WHERE numeric_value = 4;
SELECT sqlstate FROM feedback.log_assessments('{"secret-document": 1}', on_error => 'park') \g /dev/null

-- What the reader gets from each relation of the extension
CREATE FUNCTION pg_temp.seen(relation regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    rows bigint;
BEGIN
    IF has_schema_privilege('hidden_reader', (SELECT relnamespace FROM pg_class WHERE oid = relation), 'USAGE')
       AND has_table_privilege('hidden_reader', relation, 'SELECT') THEN
        SET LOCAL ROLE hidden_reader;
        EXECUTE format('SELECT count(*) FROM %s AS r WHERE r::text ~ ''secret|99''', relation) INTO rows;
        RESET ROLE;
        RETURN rows;
    END IF;
    RETURN 'refused';
END $$;
CREATE TEMP TABLE seen AS
    SELECT c.oid::regclass::text AS relation, c.relkind = 'r' AS is_table, pg_temp.seen(c.oid) AS rows
    FROM pg_class c WHERE c.relnamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace) AND c.relkind IN ('r', 'v');
SELECT is_empty($$ SELECT relation, rows FROM seen WHERE rows NOT IN ('refused', '0') $$, 'no relation shows a word of them');
SELECT is_empty($$ SELECT relation FROM seen WHERE is_table AND relation LIKE 'feedback_internal.%' AND rows <> 'refused' $$,
                'no internal table is within reach');
SELECT is((SELECT string_agg(relation, ', ' ORDER BY relation) FROM seen WHERE relation LIKE 'feedback.%' AND rows = 'refused'),
          'feedback.access, feedback.mlflow_notes, feedback.mlflow_rejected, feedback.mlflow_status, feedback.rejected_assessments, feedback.rejected_summary',
          'who has access, rejected documents and what is noted of MLflow are granted apart');
SELECT cmp_ok((SELECT count(*) FROM seen WHERE rows = '0'), '>', 15::bigint, 'the others can be read');

-- Nor does a function
SELECT is(helper.result_for('hidden_reader', query), wanted, query)
FROM (VALUES ($$ SELECT count(*) FROM feedback.search_traces('') $$, '0'),
             ($$ SELECT count(*) FROM feedback.get_assessments('secret-1') $$, '0'),
             ($$ SELECT feedback.report_html() ~ 'secret' $$, 'false'),
             ($$ SELECT sum(n) FROM feedback.source_summary $$, NULL)) AS v (query, wanted);

SELECT * FROM finish();
ROLLBACK;
