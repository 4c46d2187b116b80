-- Privileges: a writer that can only log, a reader, and a curator that may change everything there is to change.
BEGIN;
SELECT plan(169);
\ir ../include/helpers.sql
GRANT USAGE ON SCHEMA helper TO PUBLIC;
SET LOCAL client_min_messages = error;

CREATE ROLE feedback_writer;
CREATE ROLE feedback_voter;
CREATE ROLE feedback_reader;
CREATE ROLE feedback_curator;
CREATE ROLE feedback_nobody;

-- The grants, as docs/operations.md has them

-- may log, and repeat what it logged
GRANT USAGE ON SCHEMA feedback TO feedback_writer;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal TO feedback_writer;
REVOKE EXECUTE ON FUNCTION feedback.rebuild_summaries FROM feedback_writer;
GRANT SELECT (project, trace_id, assessment_id),
      INSERT (project, trace_id, assessment_id, kind, name, boolean_value, numeric_value, text_value, json_value,
              source_type, source_id, rationale, metadata, span_id, error_code, error_message, stack_trace, overrides,
              create_time, last_update_time)
    ON feedback.assessments TO feedback_writer;

-- may set and withdraw words too
GRANT feedback_writer TO feedback_voter;
GRANT SELECT, UPDATE (boolean_value, numeric_value, text_value, json_value, rationale, metadata,
                      error_code, error_message, stack_trace, last_update_time), DELETE
    ON feedback.assessments TO feedback_voter;

-- may read
\set reader feedback_reader
\ir ../include/reader.sql

-- a writer and reader that may override, update and delete too
GRANT feedback_writer, feedback_reader TO feedback_curator;
GRANT UPDATE (name, boolean_value, numeric_value, text_value, json_value, rationale, metadata,
              error_code, error_message, stack_trace, last_update_time), DELETE
    ON feedback.assessments TO feedback_curator;

-- What each may do: W a writer, R a reader, C a curator. Every statement has assessments of its own.
CREATE TEMP TABLE action (may text, statement text);
INSERT INTO action VALUES
    ('WC', $$ SELECT feedback.log_feedback('new', 'n', 1), feedback.log_feedback('new', 'n', 'text') $$),
    ('WC', $$ SELECT feedback.log_feedback('new', 'n', 1, 'HUMAN', 'u', 'r', '{"a": 1}', 's', 'E', 'm', 't',
                                           create_time => now(), project => 'p') $$),
    ('WC', $$ SELECT feedback.log_expectation('new', 'n', 1), feedback.log_expectation('new', 'n', 'text') $$),
    ('WC', $$ SELECT feedback.log_assessment('new', '{"assessment_name": "n", "feedback": {"value": 1}}'),
                     feedback.log_assessment('new', '{"assessment_name": "n", "expectation": {"value": 1}}'::jsonb) $$),
    ('RC', $$ SELECT feedback.label_schema_violations('gated') $$),
    ('', $$ SELECT feedback.create_label_schema('other', 'text') $$),
    ('WC', $$ SELECT feedback.log_feedback('known', 'n', 1, assessment_id => helper.id('a')) $$),
    ('C', $$ SELECT feedback.log_feedback('known', 'n', 1, overrides => helper.id('a')) $$),
    ('C', $$ SELECT feedback.override_feedback('known', helper.id('a'), 1) $$),
    ('C', $$ SELECT feedback.update_assessment('known', helper.id('a'), '{"assessment_name": "x", "feedback": {"value": true}}') $$),
    ('C', $$ SELECT feedback.delete_assessment('known', helper.id('a')) $$),
    ('C', $$ SELECT feedback.delete_assessment('chain', helper.id('b')), feedback.delete_assessment('chain', helper.id('c')) $$),
    ('WC', $$ SELECT feedback.set_feedback('known', 'vote', true, source_id => 'u') $$),
    ('C', $$ SELECT feedback.set_feedback('voted', 'vote', true, source_id => 'u'), feedback.set_feedback('voted', 'vote', false, source_id => 'u') $$),
    ('C', $$ SELECT feedback.withdraw_feedback('voted', 'vote', 'u') $$),
    ('', $$ SELECT feedback.rebuild_summaries('Europe/Berlin') $$),
    ('WRC', $$ SELECT feedback.refresh_summaries() $$),
    ('RC', $$ SELECT feedback.get_assessment('known', helper.id('a')) $$),
    ('RC', $$ SELECT feedback.get_assessments('known') $$),
    ('RC', $$ TABLE feedback.feedback $$),
    ('RC', $$ TABLE feedback.expectations $$),
    ('RC', $$ TABLE feedback.trace_summary $$),
    ('RC', $$ TABLE feedback.trace_feedback $$),
    ('RC', $$ TABLE feedback.source_summary $$),
    ('RC', $$ TABLE feedback.value_distribution $$),
    ('RC', $$ TABLE feedback.assessments $$),
    ('WRC', $$ SELECT feedback.assessment_id('a-00000000000070008000000000000001'), 'HUMAN'::feedback.source_type $$),
    ('C', $$ DELETE FROM feedback.assessments WHERE trace_id = 'known' $$),
    ('', $$ INSERT INTO feedback.assessments (trace_id, assessment_id, logged_by) VALUES ('x', helper.id('f'), 'somebody else') $$),
    ('', $$ INSERT INTO feedback.assessments (trace_id, assessment_id, valid) VALUES ('x', helper.id('f'), false) $$),
    ('', $$ UPDATE feedback.assessments SET logged_by = 'somebody else' $$),
    ('', $$ UPDATE feedback.assessments SET project = 'p', trace_id = 'x', source_type = 'HUMAN', source_id = 'u', create_time = now() $$),
    ('', $$ TRUNCATE feedback.assessments $$),
    ('', $$ ALTER TABLE feedback.assessments DISABLE TRIGGER ALL $$),
    ('', $$ CREATE TABLE feedback.more () $$);
CREATE FUNCTION pg_temp.prepare() RETURNS void LANGUAGE sql AS $$
    DELETE FROM feedback.assessments;
    DELETE FROM feedback.label_schemas;
    SELECT feedback.create_label_schema('gated', 'boolean');
    SELECT feedback.log_feedback('known', 'n', 1, assessment_id => helper.id('a'));
    SELECT feedback.log_feedback('chain', 'n', 1, assessment_id => helper.id('a'));
    SELECT feedback.override_feedback('chain', helper.id('a'), 1, new_assessment_id => helper.id('b'));
    SELECT feedback.override_feedback('chain', helper.id('b'), 1, new_assessment_id => helper.id('c'));
$$;
CREATE FUNCTION pg_temp.refusal_afresh(role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.prepare();
    RETURN helper.refusal_to(role, statement);
END $$;
SELECT is(pg_temp.refusal_afresh(role, statement), CASE WHEN may LIKE '%' || letter || '%' THEN 'accepted' ELSE '42501' END,
    format('%s:%s', role, regexp_replace(statement, '\s+', ' ', 'g')))
FROM action,
     (VALUES ('feedback_writer', 'W'), ('feedback_reader', 'R'), ('feedback_curator', 'C'), ('feedback_nobody', 'nothing')) AS r (role, letter);

SELECT is(pg_temp.refusal_afresh('feedback_voter', statement), wanted, 'feedback_voter: ' || statement)
FROM (VALUES ($$ SELECT feedback.set_feedback('v', 'vote', true, source_id => 'u'), feedback.set_feedback('v', 'vote', false, source_id => 'u') $$, 'accepted'),
             ($$ SELECT feedback.withdraw_feedback('known', 'n', 'default', 'CODE') $$, 'accepted'),
             ($$ SELECT feedback.log_assessments('{"trace_id": "v", "assessment_name": "n", "feedback": {"value": 1}}', mode => 'set') $$, 'accepted'),
             ($$ UPDATE feedback.assessments SET source_id = 'u' $$, '42501'), ($$ TABLE feedback.feedback $$, '42501'),
             ($$ SELECT feedback.rebuild_summaries() $$, '42501')) AS v (statement, wanted);

-- No privilege on the table is too many: without any one of them, the role cannot do something that it may.
CREATE FUNCTION pg_temp.is_needed(role name, letter text, privilege text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    needed boolean;
BEGIN
    EXECUTE format('REVOKE %s ON feedback.assessments FROM %I', privilege, role);
    SELECT bool_or(pg_temp.refusal_afresh(role, statement) = '42501') INTO needed FROM action WHERE may LIKE '%' || letter || '%';
    EXECUTE format('GRANT %s ON feedback.assessments TO %I', privilege, role);
    RETURN needed;
END $$;
CREATE TEMP TABLE granted AS
SELECT grantee::name AS role, CASE grantee WHEN 'feedback_writer' THEN 'W' ELSE 'C' END AS letter,
       format('%s (%I)', privilege_type, column_name) AS privilege
FROM information_schema.column_privileges
WHERE table_schema = 'feedback' AND table_name = 'assessments' AND grantee IN ('feedback_writer', 'feedback_curator');
SELECT is(count(*), 34::bigint, 'privileges on columns') FROM granted;
INSERT INTO granted VALUES ('feedback_reader', 'R', 'SELECT'), ('feedback_curator', 'C', 'DELETE');
SELECT is_empty($$ SELECT role, privilege FROM granted WHERE NOT pg_temp.is_needed(role, letter, privilege) $$, 'each of them is needed');

-- logged_by is the role of the session, whoever calls and whatever they claim.
SELECT pg_temp.prepare() AS done \gset
CREATE FUNCTION pg_temp.log_as_owner(id uuid) RETURNS uuid LANGUAGE sql SECURITY DEFINER AS
    $$ SELECT feedback.log_feedback('known', 'n', 1, assessment_id => id) $$;
SET SESSION AUTHORIZATION feedback_curator;
SELECT feedback.log_feedback('known', 'n', 1, source_id => 'somebody else', assessment_id => helper.id('1')) AS own,
       pg_temp.log_as_owner(helper.id('2')) AS owners,
       feedback.override_feedback('known', helper.id('a'), 1, new_assessment_id => helper.id('3')) AS override,
       feedback.update_assessment('known', helper.id('a'), '{"logged_by": "somebody else"}') AS updated \gset
SET ROLE feedback_writer;
SELECT feedback.log_feedback('known', 'n', 1, assessment_id => helper.id('4')) AS as_another_role \gset
RESET SESSION AUTHORIZATION;
SELECT results_eq(
    $$ SELECT right(assessment_id::text, 1), logged_by FROM feedback.assessments WHERE trace_id = 'known' ORDER BY assessment_id $$,
    $$ VALUES ('1', 'feedback_curator'), ('2', 'feedback_curator'), ('3', 'feedback_curator'), ('4', 'feedback_curator'),
              ('a', session_user::text COLLATE "default") $$,
    'logged_by is session_user');

-- Label schemas are read as their owner: who may log needs no privilege on them, and cannot escape them.
SELECT is(helper.refusal_to('feedback_writer', $$ SELECT feedback.log_feedback('new', 'gated', 9) $$), '23514 value',
    'a writer is held to a label schema that it cannot read');

-- A plan that is kept in a session is checked for each role that uses it.
SELECT is(helper.refusal_to('feedback_nobody', $$ SELECT feedback.log_feedback('new', 'n', 1) $$), '42501', 'kept plans give nobody a right');
GRANT USAGE ON SCHEMA feedback TO feedback_nobody;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback TO feedback_nobody;
REVOKE EXECUTE ON FUNCTION feedback.rebuild_summaries FROM feedback_nobody;
SELECT is(helper.refusal_to('feedback_nobody', statement), '42501', 'nor do functions:' || regexp_replace(statement, '\s+', ' ', 'g'))
FROM action WHERE may <> 'WRC' AND statement LIKE '% SELECT feedback.%';

SELECT * FROM finish();
ROLLBACK;
