-- What the planner does: a trace is found through the primary key, by the functions and by the views.
BEGIN;
SELECT plan(10);
\ir ../include/helpers.sql

SELECT count(feedback.log_feedback('tr-' || i % 2000, 'score', i, project => 'p' || i % 2)) AS n FROM generate_series(1, 10000) AS i \gset
ANALYZE feedback.assessments;

-- Everything that a function does to a trace
DO $$
DECLARE
    before bigint := (SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relid = 'feedback.assessments'::regclass);
    a uuid := feedback.log_feedback('tr-7', 'n', 1);
    b uuid := feedback.log_feedback('tr-7', 'n', 1, overrides => a);
    c uuid := feedback.log_feedback('tr-7', 'n', 1, assessment_id => helper.id('c'));
    d uuid := feedback.override_feedback('tr-7', b, 1);
BEGIN
    PERFORM feedback.log_feedback('tr-7', 'n', 1, assessment_id => helper.id('c'));
    PERFORM feedback.update_assessment('tr-7', d, feedback.get_assessment('tr-7', d));
    PERFORM feedback.delete_assessment('tr-7', b), feedback.delete_assessment('tr-7', d);
    PERFORM feedback.get_assessments('tr-7');
    PERFORM set_config('helper.scans', (seq_scan - before)::text, true)
    FROM pg_stat_xact_user_tables WHERE relid = 'feedback.assessments'::regclass;
END $$;
SELECT is(current_setting('helper.scans'), '0', 'no function reads the whole table');

-- What a plan reads: each scan of a table or an index, with its condition
CREATE FUNCTION pg_temp.reads(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (COSTS OFF, FORMAT JSON) ' || query INTO plan;
    RETURN (SELECT string_agg(DISTINCT concat_ws(' ', node ->> 'Node Type', node ->> 'Index Name', node ->> 'Index Cond'), ', ')
            FROM jsonb_path_query(plan, 'strict $.**') AS node
            WHERE jsonb_typeof(node) = 'object' AND (node ? 'Relation Name' OR node ? 'Index Name'));
END $$;

SELECT matches(pg_temp.reads(format(query, view)),
    '^(Index Scan assessments_pkey|Bitmap Heap Scan, Bitmap Index Scan assessments_pkey) \(trace_id = [^()]*(\([^()]*\))?\)$',
    format(query, view))
FROM unnest(ARRAY['feedback', 'expectations', 'trace_summary', 'trace_feedback']) AS view,
     unnest(ARRAY['SELECT * FROM feedback.%s WHERE trace_id = ''tr-7''',
                  'SELECT * FROM feedback.%s WHERE project = ''p1'' AND trace_id = ANY (''{tr-7,tr-8}'')']) AS query;

SET LOCAL plan_cache_mode = force_generic_plan;
PREPARE summary (text) AS SELECT * FROM feedback.trace_summary WHERE trace_id = $1;
SELECT matches(pg_temp.reads('EXECUTE summary(''tr-7'')'), 'Index Scan assessments_pkey \(trace_id = \$1\)$', 'also in a prepared statement');

SELECT * FROM finish();
ROLLBACK;
