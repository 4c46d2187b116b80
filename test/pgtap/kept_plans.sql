-- Plans that are kept stay as they should be, whatever happens to the session while the table is almost empty:
-- never a scan of all of it later.
BEGIN;
SELECT plan(9);
SET LOCAL client_min_messages = error;
CREATE SCHEMA tenant_1;
CREATE SCHEMA tenant_2;
CREATE ROLE plans_reader;
GRANT USAGE ON SCHEMA feedback TO plans_reader;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal TO plans_reader;
GRANT ALL ON feedback.assessments TO plans_reader;

-- What the functions do to a trace
CREATE FUNCTION pg_temp.use_all() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    a uuid := feedback.log_feedback('tr-0', 'used', 1);
    b uuid := feedback.set_feedback('tr-0', 'used', 1, source_id => 'anna');
BEGIN
    PERFORM feedback.get_assessment('tr-0', a), feedback.get_assessments('tr-0');
    PERFORM feedback.update_assessment('tr-0', feedback.override_feedback('tr-0', a, 2), '{"feedback": {"value": 3}}');
    PERFORM feedback.set_feedback('tr-0', 'used', 2, source_id => 'anna'), feedback.set_feedback('tr-0', 'used', 2, source_id => 'anna');
    PERFORM feedback.withdraw_feedback('tr-0', 'used', 'anna'), feedback.delete_assessment('tr-0', a);
END $$;

-- How often all of the table is read once it has rows, after a statement while it had none
CREATE FUNCTION pg_temp.scans_after(change text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
BEGIN
    TRUNCATE feedback.assessments;
    PERFORM pg_temp.use_all();
    ANALYZE feedback.assessments;
    PERFORM pg_temp.use_all();
    EXECUTE change;
    PERFORM pg_temp.use_all();
    INSERT INTO feedback.assessments (trace_id, kind, name, numeric_value, source_type)
        SELECT 'tr-' || i, 'feedback', 'n', i, 'CODE' FROM generate_series(1, 20000) AS i;
    before := pg_stat_get_xact_numscans('feedback.assessments'::regclass);
    FOR i IN 1 .. 5 LOOP
        PERFORM pg_temp.use_all();
    END LOOP;
    RETURN pg_stat_get_xact_numscans('feedback.assessments'::regclass) - before;
END $$;

SELECT is(pg_temp.scans_after(change), 0::bigint, 'all through the primary key, after: ' || change)
FROM unnest(ARRAY[
    'SELECT',
    'SET search_path = tenant_1, public',
    'CREATE TEMP TABLE makes_a_temporary_schema (i integer)',
    'SET search_path = tenant_2, public',
    'ANALYZE feedback.assessments',
    'ALTER TABLE feedback.assessments ALTER trace_id SET STATISTICS 10',
    'SET LOCAL ROLE plans_reader']) AS change;
RESET search_path;
RESET ROLE;

ALTER TABLE feedback.assessments ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON feedback.assessments USING (true);
SELECT is(pg_temp.scans_after('SET LOCAL ROLE plans_reader'), 0::bigint, 'behind row security');
RESET ROLE;

-- A planning that does not come to its end, as if it were cancelled
CREATE FUNCTION pg_temp.fail_to_plan() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    ALTER TABLE feedback.assessments RENAME TO moved;
    PERFORM feedback.get_assessments('tr-0');
EXCEPTION WHEN undefined_table THEN
    NULL;
END $$;
SELECT is(pg_temp.scans_after('SELECT pg_temp.fail_to_plan()'), 0::bigint, 'a planning that failed');

SELECT * FROM finish();
ROLLBACK;
