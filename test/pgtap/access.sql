-- grant_access: who has been granted a project sees, infers and changes nothing of another, and the summaries of one
-- project still come from the rollups.
BEGIN;
SELECT no_plan();
\ir ../include/helpers.sql
GRANT USAGE ON SCHEMA helper TO PUBLIC;
SET LOCAL client_min_messages = error;

CREATE ROLE access_reader;
CREATE ROLE access_writer;
CREATE ROLE access_curator;
CREATE ROLE access_member IN ROLE access_reader;
CREATE ROLE access_everywhere;
CREATE ROLE "access admin";
CREATE ROLE access_plain;
CREATE ROLE access_nobody;
\set reader access_plain
\ir ../include/reader.sql

SELECT feedback.log_feedback('tr-' || project, 'rating', i, 'HUMAN', 'user ' || i, project => project,
                             assessment_id => helper.id(substr(project, 1, 1) || i))
FROM unnest(ARRAY['alpha', 'beta']) AS project, generate_series(1, 4) AS i \g /dev/null
SELECT feedback.log_assessments('{"secret of beta": 1}', on_error => 'park', project => 'beta') \g /dev/null
SELECT feedback.create_label_schema('stars', 'numeric', project => 'beta') \g /dev/null
SELECT feedback.refresh_summaries() \g /dev/null
INSERT INTO feedback_internal.evaluation_runs (run_id, project, start_time, end_time, scorers, scope, n_traces, trace_ids)
    SELECT 'run-' || project, project, now(), now(), '[]', '{}', 0, '{}' FROM unnest(ARRAY['alpha', 'beta']) AS project;
-- One that has not been counted, and a change of one that has
SELECT feedback.log_feedback('tr-beta', 'rating', 100, 'HUMAN', 'user 5', project => 'beta') \g /dev/null
UPDATE feedback.assessments SET numeric_value = 50 WHERE trace_id = 'tr-beta' AND numeric_value = 4;

SELECT ok(NOT relrowsecurity, 'there are no walls before the first grant') FROM pg_class WHERE oid = 'feedback.assessments'::regclass;
SELECT feedback.grant_access('access_reader', 'read', 'alpha') \g /dev/null
SELECT feedback.grant_access('access_writer', 'write', 'alpha') \g /dev/null
SELECT feedback.grant_access('access_curator', 'curate', 'alpha') \g /dev/null
SELECT feedback.grant_access('access_everywhere', 'read') \g /dev/null
SELECT feedback.grant_access('access admin', 'admin') \g /dev/null
SELECT ok(relrowsecurity, 'and some after it') FROM pg_class WHERE oid = 'feedback.assessments'::regclass;

SELECT results_eq($$ SELECT role, level, project, by_grant_access FROM feedback.access WHERE role LIKE 'access%' ORDER BY role $$,
                  $$ VALUES ('access admin', 'admin', NULL, true), ('access_curator', 'curate', 'alpha', true),
                            ('access_everywhere', 'read', NULL, true), ('access_plain', 'read', NULL, false),
                            ('access_reader', 'read', 'alpha', true), ('access_writer', 'write', 'alpha', true) $$,
                  'access says who may do what');

-- What everybody sees of both projects
SELECT is(helper.result_for(role, query), seen, role || ': ' || query)
FROM (VALUES ('access_reader', 'alpha'), ('access_member', 'alpha'), ('access_writer', 'alpha'), ('access_curator', 'alpha'),
             ('access_everywhere', 'alpha, beta'), ('access admin', 'alpha, beta'), ('access_plain', 'alpha, beta')) AS r (role, seen),
     (VALUES ($$ SELECT DISTINCT project FROM feedback.feedback ORDER BY project $$),
             ($$ SELECT project FROM feedback.source_summary ORDER BY project $$),
             ($$ SELECT DISTINCT project FROM feedback.daily_summary ORDER BY project $$),
             ($$ SELECT DISTINCT project FROM feedback.hourly_summary ORDER BY project $$),
             ($$ SELECT DISTINCT project FROM feedback.value_counts ORDER BY project $$),
             ($$ SELECT DISTINCT project FROM feedback.trace_summary ORDER BY project $$),
             ($$ SELECT project FROM feedback.evaluation_runs ORDER BY project $$),
             ($$ SELECT DISTINCT project FROM feedback.search_traces('') ORDER BY project $$)) AS q (query);
SELECT is(helper.result_for(role, $$ SELECT (feedback.report_html() ~ 'beta') || ' ' || (SELECT count(*) FROM feedback.label_schemas) $$),
          result, role || ': the report, and label schemas')
FROM (VALUES ('access_reader', 'false 0'), ('access_curator', 'false 0'), ('access_everywhere', 'true 1')) AS v (role, result);
SELECT is(helper.result_for('access_reader', $$ SELECT n || ' ' || mean FROM feedback.source_summary $$), '4 2.5', 'the sums are right');
SELECT matches(helper.result_for('access_everywhere', $$ SELECT n || ' ' || mean FROM feedback.source_summary WHERE project = 'beta' $$),
               '^5 31\.2', 'also of what has not been counted, and of what was changed');
SELECT is(helper.result_for('access_curator', $$ SELECT count(*) FROM feedback.rejected_assessments $$), '0', 'what was rejected is behind the wall');
SELECT is(helper.result_for('access admin', $$ SELECT count(*) FROM feedback.rejected_assessments $$), '1', 'an administrator sees it');

-- The summaries of one project come from the rollups
INSERT INTO feedback_internal.rollup_totals (project, name, source_type, n, n_value, n_error, n_true, n_false, n_numeric, total, squares)
    SELECT project, 'counted', 'CODE', 7, 7, 0, 0, 0, 7, 7, 7 FROM unnest(ARRAY['alpha', 'beta']) AS project;
INSERT INTO feedback_internal.rollup_values (project, name, source_type, value, n)
    SELECT project, 'counted', 'CODE', '1', 7 FROM unnest(ARRAY['alpha', 'beta']) AS project;
SELECT is(helper.result_for(role, query), result, role || ': ' || query)
FROM (VALUES ('access_reader', $$ SELECT n FROM feedback_internal.counted_totals $$, '7'),
             ('access_reader', $$ SELECT project || n FROM feedback_internal.counted_values $$, 'alpha7'),
             ('access_reader', $$ SELECT project || n FROM feedback.source_summary WHERE name = 'counted' $$, 'alpha7'),
             ('access_everywhere', $$ SELECT project || n FROM feedback.source_summary WHERE name = 'counted' ORDER BY 1 $$, 'alpha7, beta7'),
             ('access_plain', $$ SELECT project || n FROM feedback.source_summary WHERE name = 'counted' ORDER BY 1 $$, 'alpha7, beta7')
) AS v (role, query, result);
ALTER TABLE feedback.assessments DISABLE ROW LEVEL SECURITY;
ALTER TABLE feedback.assessments ENABLE ROW LEVEL SECURITY;
CREATE POLICY another ON feedback.assessments AS RESTRICTIVE USING (numeric_value < 2);
SELECT is(helper.result_for('access_reader', $$ SELECT n FROM feedback_internal.counted_totals $$), NULL, 'but not where other policies hide some of them');
SELECT is(helper.result_for('access_reader', $$ SELECT n FROM feedback.source_summary $$), '1', 'where the rows are added up');
DROP POLICY another ON feedback.assessments;

-- A condition of the reader's own, however cheap, meets no row of another project
CREATE FUNCTION pg_temp.spy(project text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
    $$ BEGIN IF project = 'beta' THEN RAISE 'beta was seen'; END IF; RETURN true; END $$;
DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO access_reader', (SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema())); END $$;
SELECT isnt(helper.result_for('access_reader', format('SELECT count(*) FROM %s WHERE pg_temp.spy(project)', relation)), 'P0001',
            relation || ' shows a condition nothing of another project')
FROM unnest(ARRAY['feedback.feedback', 'feedback.source_summary', 'feedback.daily_summary', 'feedback.hourly_summary', 'feedback.value_counts',
                  'feedback.value_distribution', 'feedback.numeric_summary', 'feedback.trace_summary', 'feedback.ratings',
                  'feedback_internal.counted_totals', 'feedback_internal.counted_days', 'feedback_internal.counted_cells',
                  'feedback_internal.counted_values', 'feedback_internal.counted_changes', 'feedback.evaluation_runs']) AS relation;
SELECT is(helper.result_for('access_reader', $$ SELECT count(*) FROM pg_stats WHERE schemaname LIKE 'feedback%' AND tablename IN ('assessments', 'rollup_totals') $$), '0',
          'nor do statistics');

-- What everybody may do
SELECT is(helper.result_for(role, statement), result, format('%s: %s', role, statement))
FROM (VALUES
    ('access_reader', $$ SELECT feedback.log_feedback('tr-alpha', 'n', 1, project => 'alpha') $$, '42501'),
    ('access_writer', $$ SELECT feedback.log_feedback('tr-new', 'n', 1, project => 'alpha', assessment_id => helper.id('1')) $$, helper.id('1')::text),
    ('access_writer', $$ SELECT feedback.log_feedback('tr-new', 'n', 1, project => 'beta') $$, '42501'),
    ('access_writer', $$ SELECT count(*) FROM feedback.log_assessments('[{"info": {"trace_id": "tr-new", "assessments": [{"assessment_name": "n", "feedback": {"value": 1}}]}}]', project => 'beta') $$, '42501'),
    ('access_writer', $$ SELECT (feedback.set_feedback('tr-new', 'vote', true, source_id => 'u', project => 'alpha')) IS NOT NULL $$, 'true'),
    ('access_writer', $$ SELECT (feedback.set_feedback('tr-new', 'vote', false, source_id => 'u', project => 'alpha')) IS NOT NULL $$, 'true'),
    ('access_writer', $$ SELECT feedback.withdraw_feedback('tr-new', 'vote', 'u', project => 'alpha') $$, '1'),
    ('access_writer', $$ SELECT feedback.delete_assessment('tr-alpha', helper.id('a1')) $$, '42501'),
    ('access_writer', $$ SELECT feedback.log_feedback('tr-alpha', 'rating', 1, overrides => helper.id('a1'), project => 'alpha') $$, '23503 overrides'),
    ('access_curator', $$ SELECT feedback.override_feedback('tr-beta', helper.id('b1'), 1) $$, 'P0002 assessment_id'),
    ('access_curator', $$ SELECT feedback.delete_assessment('tr-beta', helper.id('b1')) $$, 'false'),
    ('access_curator', $$ SELECT feedback.get_assessment('tr-beta', helper.id('b1')) $$, 'P0002 assessment_id'),
    ('access_curator', $$ SELECT (feedback.override_feedback('tr-alpha', helper.id('a1'), 1)) IS NOT NULL $$, 'true'),
    ('access_curator', $$ SELECT feedback.delete_assessment('tr-alpha', helper.id('a2')) $$, 'true'),
    ('access_curator', $$ SELECT feedback.create_label_schema('stars', 'numeric', project => 'beta') $$, '42501'),
    ('access_curator', $$ SELECT feedback.create_label_schema('stars', 'numeric', project => 'alpha') IS NULL $$, 'false'),
    ('access_curator', $$ SELECT feedback.grant_access('access_nobody', 'read', 'alpha') $$, '42501'),
    ('access_plain', $$ SELECT feedback.grant_access('access_plain', 'admin') $$, '42501'),
    ('access admin', $$ SELECT feedback.grant_access('access_nobody', 'read', 'beta') $$, ''),
    ('access_nobody', $$ SELECT n FROM feedback.source_summary WHERE name = 'rating' $$, '5'),
    ('access admin', $$ SELECT feedback.revoke_access('access_nobody') $$, ''),
    ('access_nobody', $$ SELECT n FROM feedback.source_summary $$, '42501')
) AS v (role, statement, result);
DELETE FROM feedback.assessments WHERE trace_id = 'tr-alpha' AND name = 'rating' AND assessment_id = helper.id('a3');

-- Levels come and go one by one
SELECT feedback.grant_access('access_nobody', 'curate', 'alpha') \g /dev/null
SELECT feedback.grant_access('access_nobody', 'read', 'beta') \g /dev/null
SELECT is(helper.result_for('access_nobody', $$ SELECT feedback.delete_assessment('tr-beta', helper.id('b2')) $$), 'false', 'who curates one project may but read the other');
SELECT is(helper.result_for('access_nobody', $$ SELECT count(*) FROM feedback.get_assessments('tr-beta') $$), '5', '... which it does');
SELECT feedback.revoke_access('access_nobody', 'write', 'alpha') \g /dev/null
SELECT results_eq($$ SELECT level, project FROM feedback.access WHERE role = 'access_nobody' ORDER BY 2 $$,
                  $$ VALUES ('read', 'alpha'), ('read', 'beta') $$, 'taking a level back leaves those below it');
SELECT is(helper.result_for('access_nobody', $$ SELECT feedback.log_feedback('tr-new', 'n', 1, project => 'alpha') $$), '42501', '... and no more');
SELECT feedback.grant_access('access_nobody', 'read') \g /dev/null
SELECT feedback.revoke_access('access_nobody', NULL, 'beta') \g /dev/null
SELECT is(helper.result_for('access_nobody', $$ SELECT DISTINCT project FROM feedback.feedback WHERE project IN ('alpha', 'beta') ORDER BY 1 $$), 'alpha, beta', 'what was granted everywhere stays');
SELECT feedback.revoke_access('access_nobody') \g /dev/null
SELECT is((SELECT count(*) FROM feedback.access WHERE role = 'access_nobody'), 0::bigint, 'all of it goes at once');

-- What is refused
SELECT is(helper.refusal(statement), refusal, statement)
FROM (VALUES ($$ SELECT feedback.grant_access('no such role', 'read') $$, '42704'),
             ($$ SELECT feedback.grant_access('access_nobody', 'own') $$, '22023 level'),
             ($$ SELECT feedback.grant_access('access_nobody', NULL) $$, '22004 level'),
             ($$ SELECT feedback.grant_access(NULL, 'read') $$, '22004 role'),
             ($$ SELECT feedback.grant_access('access_nobody', 'read', '') $$, '22001 project'),
             ($$ SELECT feedback.grant_access('access_nobody', 'admin', 'alpha') $$, '22023 project'),
             ($$ SELECT feedback.revoke_access('no such role') $$, '42704'),
             ($$ SELECT feedback_internal.access_projects('own') $$, '22023 level')) AS v (statement, refusal);
CREATE POLICY theirs ON feedback.assessments USING (logged_by = current_user);
SELECT is(helper.refusal($$ SELECT feedback.grant_access('access_nobody', 'read') $$), '55000', 'policies of others are not opened');
DROP POLICY theirs ON feedback.assessments;

-- Every function that writes is of a level
SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p JOIN feedback_internal.access_privileges a
                       ON a.privilege = format('EXECUTE ON ROUTINE %s', p.oid::regprocedure)
                   WHERE p.pronamespace = 'feedback'::regnamespace AND p.provolatile = 'v' AND a.level = 'read'
                     AND p.proname NOT IN ('refresh_summaries', 'assessment_id') $$, 'no function that writes is a reader''s');

SELECT * FROM finish();
ROLLBACK;
