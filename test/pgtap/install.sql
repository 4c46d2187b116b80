-- The extension is trusted: who may create in a database can install it there, use it, and pass the rights on.
BEGIN;
SELECT plan(24);
SET LOCAL client_min_messages = warning;

-- From here on it is as if a role without any other right had a database to itself.
DROP EXTENSION feedback;
DROP SCHEMA feedback;
CREATE ROLE feedback_owner;
CREATE ROLE feedback_user;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO feedback_owner', current_database()); END $$;
SET SESSION AUTHORIZATION feedback_owner;
CREATE EXTENSION feedback;
RESET SESSION AUTHORIZATION;
\ir ../include/helpers.sql
GRANT USAGE ON SCHEMA helper TO PUBLIC;

SELECT is(helper.refusal_to('feedback_owner', statement), 'accepted', 'the owner: ' || statement)
FROM unnest(ARRAY[
    $$ SELECT feedback.log_feedback('tr', 'n', 1, assessment_id => helper.id('a')) $$,
    $$ SELECT feedback.log_assessment('tr', '{"assessment_name": "n", "expectation": {"value": 1}}') $$,
    $$ SELECT feedback.override_feedback('tr', helper.id('a'), 1, new_assessment_id => helper.id('b')) $$,
    $$ SELECT feedback.update_assessment('tr', helper.id('b'), feedback.get_assessment('tr', helper.id('b'))) $$,
    $$ SELECT feedback.get_assessments('tr'), feedback.delete_assessment('tr', helper.id('a')) $$,
    $$ SELECT * FROM feedback.feedback, feedback.expectations, feedback.source_summary, feedback.value_distribution $$,
    $$ SELECT * FROM feedback.trace_summary, feedback.trace_feedback WHERE feedback.trace_summary.trace_id = 'tr' $$,
    $$ CREATE TABLE pg_temp.mine (source feedback.source_type, kind feedback.assessment_kind, value feedback.value_type) $$
]) AS statement;
SELECT is((SELECT logged_by FROM feedback.feedback WHERE trace_id = 'tr'), 'feedback_owner', 'logged_by is the owner');

-- Another role has nothing until the owner grants it.
SELECT is(helper.refusal_to('feedback_user', $$ SELECT feedback.log_feedback('tr', 'n', 1) $$), '42501', 'another role cannot log');
SET SESSION AUTHORIZATION feedback_owner;
GRANT USAGE ON SCHEMA feedback, feedback_internal TO feedback_user;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal TO feedback_user;
GRANT SELECT ON ALL TABLES IN SCHEMA feedback TO feedback_user;
GRANT SELECT ON feedback_internal.counted_state, feedback_internal.counted_totals, feedback_internal.counted_days,
                feedback_internal.counted_cells, feedback_internal.counted_values, feedback_internal.counted_changes,
                feedback_internal.recent_trend TO feedback_user;
GRANT INSERT, UPDATE, DELETE ON feedback.assessments TO feedback_user;
RESET SESSION AUTHORIZATION;
SELECT is(helper.refusal_to('feedback_user', statement), 'accepted', 'granted by the owner: ' || statement)
FROM unnest(ARRAY[
    $$ SELECT feedback.log_feedback('tr', 'n', 1, overrides => helper.id('b')) $$,
    $$ TABLE feedback.value_distribution $$
]) AS statement;

-- The objects are the superuser's, so that nobody else can change what the functions do.
SELECT is(helper.refusal_to('feedback_owner', statement), '42501', 'not even the owner: ' || statement)
FROM unnest(ARRAY[
    $$ ALTER TABLE feedback.assessments ADD COLUMN more text $$,
    $$ ALTER FUNCTION feedback.assessment_id(text) RENAME TO other $$
]) AS statement;
SELECT is(helper.refusal_to('feedback_user', $$ DROP EXTENSION feedback CASCADE $$), '42501', 'another role cannot drop it');
SELECT is(helper.refusal_to('feedback_owner', $$ DROP EXTENSION feedback CASCADE $$), 'accepted', 'the owner can');

-- A role may be called anything
CREATE FUNCTION pg_temp.installed_by(role name) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('CREATE ROLE %I', role);
    EXECUTE format('GRANT CREATE ON DATABASE %I TO %I', current_database(), role);
    DROP SCHEMA IF EXISTS feedback;
    EXECUTE format('SET SESSION AUTHORIZATION %I', role);
    CREATE EXTENSION feedback;
    PERFORM feedback.log_feedback('tr', 'n', 1);
    SELECT logged_by INTO result FROM feedback.feedback;
    DROP EXTENSION feedback;
    RESET SESSION AUTHORIZATION;
    RETURN result;
END $$;
SELECT is(pg_temp.installed_by(role), role::text, 'installed and used by ' || role)
FROM unnest(ARRAY['DOMAIN\anna', 'host$', 'o''neil', '"quoted"', 'a "b" c', '%s$1', 'Ärger; --', 'public role']::name[]) AS role;

SELECT * FROM finish();
ROLLBACK;
