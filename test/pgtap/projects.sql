-- The project of an assessment: the argument, else the setting, else 'default'.
-- The setting may be made before the library is loaded, as ALTER ROLE ... SET does: here by the options of the connection.
\c -reuse-previous=on "options='-c feedback.project=from_the_role -c feedback.untyped_text=error'"
BEGIN;
SELECT plan(21);
\ir ../include/helpers.sql

SELECT is(helper.refusal($$ SELECT feedback.log_feedback('role', 'n', '5') $$), '22023 value', 'a setting made before the library was loaded');
SELECT feedback.log_feedback('role', 'n', 1) AS id \gset
SELECT is((helper.assessment(:'id')).project, 'from_the_role', 'is the project');
RESET feedback.project;
SELECT is(current_setting('feedback.project'), 'from_the_role', 'it is what RESET goes back to');

-- The project that each function takes
CREATE FUNCTION pg_temp.projects(project text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM feedback.assessments;
    IF project IS NULL THEN
        PERFORM feedback.log_feedback('tr', 'n', 1), feedback.log_feedback('tr', 'n', 'text'),
                feedback.log_expectation('tr', 'n', 1), feedback.log_expectation('tr', 'n', 'text'),
                feedback.log_assessment('tr', helper.feedback('"project": "ignored"')),
                feedback.log_assessment('tr', '{"assessment_name": "n", "expectation": {"value": 1}}'::json),
                feedback.log_assessment('tr', '{"assessment_name": "n", "feedback": {"value": 1}}'::jsonb);
    ELSE
        PERFORM feedback.log_feedback('tr', 'n', 1, project => project), feedback.log_feedback('tr', 'n', 'text', project => project),
                feedback.log_expectation('tr', 'n', 1, project => project), feedback.log_expectation('tr', 'n', 'text', project => project),
                feedback.log_assessment('tr', '{"assessment_name": "n", "feedback": {"value": 1}}', project),
                feedback.log_assessment('tr', '{"assessment_name": "n", "expectation": {"value": 1}}'::json, project),
                feedback.log_assessment('tr', '{"assessment_name": "n", "feedback": {"value": 1}}'::jsonb, project => project);
    END IF;
    RETURN (SELECT string_agg(a.project || ' ' || a.n, ', ')
            FROM (SELECT assessments.project, count(*) AS n FROM feedback.assessments GROUP BY 1) AS a);
END $$;
SELECT is(pg_temp.projects('argument'), 'argument 7', 'the argument comes first');
SELECT is(pg_temp.projects(NULL), 'from_the_role 7', 'then the setting');
SET feedback.project = 'session';
SELECT is(pg_temp.projects(NULL), 'session 7', 'which may change');
SELECT is(pg_temp.projects('argument'), 'argument 7', 'the argument still comes first');
SET feedback.project = '';
SELECT is(pg_temp.projects(NULL), 'default 7', 'an empty setting is none');
SET feedback.project TO DEFAULT;
SELECT is(pg_temp.projects(NULL), 'from_the_role 7', 'the default is the role''s');
SELECT is(pg_temp.projects(' Größe 1 '), ' Größe 1  7', 'any text is a project');

-- Lengths are checked when the setting is used.
SELECT lives_ok(format('SET feedback.project = %L', repeat('é', 251)), 'a setting that is too long can be made');
SELECT is(helper.refusal(statement), '22001 project', statement)
FROM unnest(ARRAY[
    $$ SELECT feedback.log_feedback('tr', 'n', 1) $$,
    $$ SELECT feedback.log_expectation('tr', 'n', 'text') $$,
    $$ SELECT feedback.log_assessment('tr', '{"assessment_name": "n", "feedback": {"value": 1}}') $$
]) AS statement;
SELECT is(pg_temp.projects('argument'), 'argument 7', 'it does not matter beside an argument');
SELECT lives_ok(format('SET feedback.project = %L', repeat('é', 250)), 'one of 250 characters');
SELECT is(pg_temp.projects(NULL), repeat('é', 250) || ' 7', 'is used');

-- It is a setting like others: of a function, of a transaction.
CREATE FUNCTION pg_temp.of_function() RETURNS uuid LANGUAGE sql SET feedback.project = 'function' AS $$ SELECT feedback.log_feedback('tr', 'n', 1) $$;
SELECT pg_temp.of_function() AS id \gset
SELECT is((helper.assessment(:'id')).project, 'function', 'a function may have its own');
SELECT isnt(current_setting('feedback.project'), 'function', 'which ends with it');

-- A trace may have several, and each is summed up on its own.
DELETE FROM feedback.assessments;
SELECT feedback.log_feedback('tr', 'n', 1, project => 'a') AS a, feedback.log_feedback('tr', 'n', 2, project => 'b') AS b \gset
SELECT results_eq($$ SELECT project, mean FROM feedback.trace_summary WHERE trace_id = 'tr' ORDER BY project $$,
    $$ VALUES ('a', 1::numeric), ('b', 2) $$, 'trace_summary tells projects apart');
SELECT results_eq($$ SELECT project, feedback FROM feedback.trace_feedback WHERE trace_id = 'tr' ORDER BY project $$,
    $$ VALUES ('a', '{"n": 1}'::jsonb), ('b', '{"n": 2}') $$, 'so does trace_feedback');

SELECT * FROM finish();
ROLLBACK;
