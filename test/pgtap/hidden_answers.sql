-- Row security hides every assessment from a reader; then nothing that the extension has tells of them: no relation, no
-- function, neither what is counted in the rollups nor what is not yet.  What such a reader gets is what an empty database gives.
-- Rows are counted once they are committed, so this test commits, and removes all at its end.
SET client_min_messages = error;
BEGIN;
SELECT * FROM no_plan();
\ir ../include/helpers.sql
GRANT USAGE ON SCHEMA helper TO PUBLIC;
CREATE ROLE feedback_blind;
GRANT USAGE ON SCHEMA feedback, feedback_internal TO feedback_blind;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal TO feedback_blind;
GRANT SELECT ON feedback.assessments, feedback.label_schemas, feedback.feedback, feedback.expectations, feedback.trace_summary,
                feedback.trace_feedback, feedback.recent_traces, feedback.score_histogram, feedback.source_summary, feedback.overview, feedback.hourly_summary, feedback.daily_summary,
                feedback.value_counts, feedback.value_distribution, feedback.numeric_summary, feedback.ratings, feedback.agreement, feedback.traces
    TO feedback_blind;
GRANT SELECT ON feedback_internal.counted_state, feedback_internal.counted_totals, feedback_internal.counted_days,
                feedback_internal.counted_cells, feedback_internal.counted_values, feedback_internal.counted_changes,
                feedback_internal.recent_trend, feedback_internal.trace_stores,
                feedback.evaluation_runs, feedback_internal.known_runs
    TO feedback_blind;
TRUNCATE feedback.assessments, feedback.rejected_assessments;
ALTER TABLE feedback.assessments ENABLE ROW LEVEL SECURITY;
CREATE POLICY hidden_rows ON feedback.assessments USING (current_user <> 'feedback_blind');

-- A function that cheaply tells what it was shown, before any other condition is looked at
CREATE FUNCTION helper.tell(what anyelement) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
    $$ BEGIN PERFORM set_config('hidden.told', current_setting('hidden.told', true) || what::text, false); RETURN true; END $$;

-- Everything that there is to read, and what would be a count or a text of an assessment in it
CREATE TABLE helper.reading (statement text PRIMARY KEY, answer text);
INSERT INTO helper.reading (statement)
SELECT format('SELECT string_agg(t::text, E''\n'' ORDER BY t::text) FROM %s t', oid::regclass)
FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'p') AND relnamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace)
UNION ALL
SELECT format('SELECT string_agg(t::text, E''\n'' ORDER BY t::text) FROM %s t', call)
FROM unnest(ARRAY[
    $$feedback.get_assessments('tr-secret')$$, $$feedback.trace_summary('{tr-secret}')$$, $$feedback.trace_feedback('{tr-secret}')$$,
    $$feedback.search_traces()$$, $$feedback.search_traces('feedback.rating >= 1')$$,
    $$feedback.search_traces('', order_by => 'feedback.rating')$$,
    $$feedback.disagreements('rating', 'HUMAN', 'LLM_JUDGE')$$, $$feedback.compare('rating', 'version', 'secret1', 'secret2')$$,
    $$feedback.metadata_summary('version')$$,
    $$regexp_replace(feedback.report_html(), '\d+:\d+(:\d+)?', '', 'g')$$, -- but for the clock
    $$feedback.get_trace('tr-secret')$$, $$feedback.evaluation_trace('tr-secret')$$, $$feedback.traces('{tr-secret}')$$, $$feedback_internal.read_traces(NULL, true)$$,
    $$feedback_internal.trace_tags('old', 'tr-secret')$$, $$feedback_internal.trace_metadata('old', 'tr-secret')$$, $$feedback_internal.trace_user('old', 'tr-secret')$$,
    $$feedback.evaluation_summary('hidden run')$$, $$feedback.evaluation_summary('secret')$$, $$feedback_internal.run_argument('hidden run', 'run')$$,
    $$feedback_internal.run_results('hidden run')$$, $$feedback_internal.run_summary('hidden run', '{rating}', 3, 0.95)$$,
    $$feedback.compare_runs('hidden run', 'hidden run')$$, $$feedback.compare_runs_traces('hidden run', 'hidden run')$$, $$feedback_internal.run_pairs('hidden run', 'x')$$,
    $$feedback_internal.higher_is_better('gated', 'default')$$,
    $$feedback.label_schema_violations('gated')$$, $$feedback.check_summaries()$$,
    $$feedback_internal.uncounted_totals()$$, $$feedback_internal.uncounted_days('UTC')$$, $$feedback_internal.uncounted_hours()$$,
    $$feedback_internal.all_facts()$$, $$feedback_internal.uncounted_rows('0', '{}')$$, $$feedback_internal.uncounted_facts('0', '{}')$$,
    $$feedback_internal.uncounted_values()$$, $$feedback_internal.long_values('default', 'opinion', 'HUMAN')$$,
    $$feedback_internal.rollup_readable()$$, $$feedback_internal.rollup_projects()$$, $$feedback_internal.access_projects('read')$$, $$feedback_internal.summary_grain()$$]) call;
CREATE FUNCTION helper.answers() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    r helper.reading;
BEGIN
    FOR r IN SELECT * FROM helper.reading LOOP
        UPDATE helper.reading SET answer = coalesce(helper.result_for('feedback_blind', r.statement), 'nothing') WHERE statement = r.statement;
    END LOOP;
END $$;

-- What an empty database gives
SELECT feedback.create_label_schema('gated', 'boolean') AS done \gset
SELECT helper.answers() AS done \gset
CREATE TABLE helper.empty AS TABLE helper.reading;
COMMIT;
SELECT feedback.refresh_summaries() AS counted \gset

-- Feedback of many kinds with "secret" in each text; one part is counted, one changed since, one not counted
BEGIN;
CREATE FUNCTION helper.fill() RETURNS void LANGUAGE sql AS $$
    SELECT feedback.log_feedback('tr-secret', 'rating', i, 'HUMAN', 'secret' || i % 3, 'secret rationale',
                                 format('{"version": "secret%s"}', i % 2 + 1)::jsonb) FROM generate_series(1, 6) i;
    SELECT feedback.log_feedback('tr-secret', 'rating', i, 'LLM_JUDGE', 'secret', 'secret rationale') FROM generate_series(1, 3) i;
    SELECT feedback.log_feedback('tr-secret', 'opinion', repeat('secret text ', i), 'HUMAN', 'secret') FROM generate_series(1, 40) i;
    SELECT feedback.log_feedback('tr-secret', 'score', 0.123456789012345678 + i, error_code => NULL) FROM generate_series(1, 3) i;
    SELECT feedback.log_feedback('tr-secret', 'broken', error_code => 'secret', error_message => 'secret', stack_trace => 'secret');
    SELECT feedback.log_feedback('tr-secret', 'thumb', true, 'HUMAN', 'secret', project => 'secret');
    SELECT feedback.log_expectation('tr-secret', 'answer', 'secret truth');
    SELECT feedback.log_feedback('tr-secret', 'match', true, metadata => '{"mlflow.assessment.sourceRunId": "hidden run"}');
    INSERT INTO feedback_internal.evaluation_runs (run_id, run_name, project, start_time, end_time, scorers, scope, n_traces, trace_ids)
    VALUES ('hidden run', 'secret', 'secret', now(), now(), '[{"name": "secret"}]', '{"filter": "secret"}', 1, '{tr-secret}') ON CONFLICT DO NOTHING;
$$;
SELECT helper.fill() AS done \gset
COMMIT;
SELECT feedback.refresh_summaries() AS counted \gset
UPDATE feedback.assessments SET numeric_value = numeric_value + 1 WHERE name = 'rating';
SELECT helper.fill() AS done \gset
SELECT count(*) AS rejected FROM feedback.log_assessments('[{"trace_id": "tr-secret", "assessment_name": "secret"}]', on_error => 'park') \gset
ANALYZE;

SELECT ok(EXISTS (SELECT FROM feedback_internal.rollup_totals WHERE n > 0) AND EXISTS (SELECT FROM feedback_internal.rollup_changes)
          AND EXISTS (SELECT FROM feedback_internal.rollup_values) AND EXISTS (SELECT FROM feedback_internal.uncounted_totals())
          AND EXISTS (SELECT FROM feedback.rejected_assessments),
    'there is something to tell of, in each place');
SELECT helper.answers() AS done \gset
SELECT is(r.answer, e.answer, 'as in an empty database: ' || r.statement)
FROM helper.reading r JOIN helper.empty e USING (statement) ORDER BY statement;
SELECT ok(position('secret' IN answer) = 0, 'no secret: ' || statement) FROM helper.reading ORDER BY statement;
SELECT is(answer, '42501', 'out of reach: ' || statement) FROM helper.reading
WHERE statement ~ '(rollup_(state|totals|days|cells|values|changes)|rejected_\w+|internal.evaluation_runs) t' ORDER BY statement;

-- A condition of the reader's own is not shown a row that the reader may not see, whatever the plan.
CREATE FUNCTION helper.told(role name, relation regclass) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('hidden.told', '', false),
            helper.refusal_to(role, format('SELECT count(*) FROM %s t WHERE helper.tell(t)', relation));
    RETURN CASE WHEN current_setting('hidden.told') ~ 'secret|rating' THEN 'shown ' || current_setting('hidden.told') ELSE 'nothing' END;
END $$;
SELECT isnt(helper.told(session_user, 'feedback.assessments'), 'nothing', 'who may see them is shown them');
CREATE FUNCTION helper.told_of(plan text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT is(helper.told('feedback_blind', c.oid), 'nothing', format('shown nothing of %s (%s)', c.oid::regclass, plan))
    FROM pg_class c WHERE relkind IN ('r', 'v', 'm', 'p') AND relnamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace)
    ORDER BY c.oid::regclass::text
$$;
SELECT helper.told_of('any plan');
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
SET enable_bitmapscan = off;
SELECT helper.told_of('scans of whole tables');
RESET enable_indexscan;
RESET enable_indexonlyscan;
RESET enable_bitmapscan;

-- One who writes cannot find out whether a hidden assessment has an id but by giving that id.
SELECT is(helper.refusal_to('feedback_blind', format($$ SELECT feedback.get_assessment('tr-secret', %L) $$, assessment_id)), 'P0002 assessment_id',
    'get_assessment knows no hidden one')
FROM feedback.assessments WHERE name = 'answer' LIMIT 1;

-- Each function that reads is read above, or needs no row to answer.
SELECT is_empty(
    $$ SELECT p.oid::regprocedure FROM pg_proc p
       WHERE pronamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace) AND provolatile = 's' AND prokind = 'f'
         AND proname NOT IN ('bar', 'sparkline', 'period_argument', 'is_session_time_zone', 'get_assessment', 'mlflow_version')
         AND NOT EXISTS (SELECT FROM helper.reading r WHERE r.statement LIKE '%.' || p.proname || '(%') $$,
    'no function is left out');
SELECT * FROM finish();

DROP POLICY hidden_rows ON feedback.assessments;
ALTER TABLE feedback.assessments DISABLE ROW LEVEL SECURITY;
TRUNCATE feedback.assessments, feedback.rejected_assessments, feedback.label_schemas, feedback_internal.evaluation_runs;
DROP SCHEMA helper CASCADE;
DROP OWNED BY feedback_blind;
DROP ROLE feedback_blind;
