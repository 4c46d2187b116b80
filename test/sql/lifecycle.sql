-- The extension dropped and created again, installed and used beside hostile objects, and set up before it is loaded.
SET client_min_messages = warning;
DROP DATABASE IF EXISTS feedback_lifecycle;
DROP ROLE IF EXISTS feedback_installer;
CREATE DATABASE feedback_lifecycle TEMPLATE template0;
\set regression :DBNAME
\c feedback_lifecycle
CREATE EXTENSION feedback;

-- Calls every function and reads every view.  It names everything by its schema and has no operators, so that it means
-- the same in any search_path.
CREATE FUNCTION public.use_everything() RETURNS TABLE (what pg_catalog.text, result pg_catalog.text) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY VALUES
        ('log_feedback', feedback.log_feedback('tr', 'score', 0.5, assessment_id => '00000000-0000-4000-8000-000000000001')::pg_catalog.text),
        ('log_feedback', feedback.log_feedback('tr', 'tone', 'friendly', 'HUMAN', metadata => '{"a": {"b": [1, null]}}',
                                               assessment_id => '00000000-0000-4000-8000-000000000002')::pg_catalog.text),
        ('log_expectation', feedback.log_expectation('tr', 'answer', ARRAY['Paris', 'Lyon'],
                                                     assessment_id => '00000000-0000-4000-8000-000000000003')::pg_catalog.text),
        ('log_assessment', feedback.log_assessment('tr', '{"assessment_id": "a-00000000000040008000000000000004",
                                                           "assessment_name": "up", "feedback": {"value": true}}')::pg_catalog.text),
        ('override_feedback', feedback.override_feedback('tr', '00000000-0000-4000-8000-000000000001', 1,
                                                         new_assessment_id => '00000000-0000-4000-8000-000000000005')::pg_catalog.text),
        ('override_feedback', feedback.override_feedback('tr', '00000000-0000-4000-8000-000000000005', 0,
                                                         new_assessment_id => '00000000-0000-4000-8000-000000000006')::pg_catalog.text),
        ('a repeat', feedback.log_feedback('tr', 'tone', 'curt', assessment_id => '00000000-0000-4000-8000-000000000002')::pg_catalog.text),
        ('update_assessment', pg_catalog.jsonb_extract_path_text(
            feedback.update_assessment('tr', '00000000-0000-4000-8000-000000000002',
                '{"metadata": {"a": null, "c": "d"}, "rationale": "r", "feedback": {"value": "kind"}}'), 'metadata')),
        ('delete_assessment', feedback.delete_assessment('tr', '00000000-0000-4000-8000-000000000005')::pg_catalog.text),
        ('delete_assessment', feedback.delete_assessment('tr', '00000000-0000-4000-8000-000000000005')::pg_catalog.text);
    RETURN QUERY SELECT 'get_assessment', pg_catalog.jsonb_extract_path_text(
        feedback.get_assessment('tr', feedback.assessment_id('a-00000000000040008000000000000003')), 'expectation');
    RETURN QUERY SELECT 'get_assessments', pg_catalog.concat_ws(' ', pg_catalog.jsonb_extract_path_text(d, 'assessment_id'),
        pg_catalog.jsonb_extract_path_text(d, 'valid'), pg_catalog.jsonb_extract_path_text(d, 'overrides')) FROM feedback.get_assessments('tr') AS d;
    RETURN QUERY SELECT 'feedback', pg_catalog.concat_ws(' ', v.name, v.value, v.rationale) FROM feedback.feedback AS v ORDER BY v.assessment_id;
    RETURN QUERY SELECT 'expectations', pg_catalog.concat_ws(' ', v.name, v.value) FROM feedback.expectations AS v;
    RETURN QUERY SELECT 'trace_summary', pg_catalog.concat_ws(' ', v.name, v.n, v.mean, v.last_value) FROM feedback.trace_summary AS v ORDER BY v.name;
    RETURN QUERY SELECT 'trace_feedback', pg_catalog.concat_ws(' ', v.trace_id, v.feedback, v.n) FROM feedback.trace_feedback AS v;
    RETURN QUERY SELECT 'source_summary', pg_catalog.concat_ws(' ', v.name, v.n, v.mean) FROM feedback.source_summary AS v ORDER BY v.name;
    RETURN QUERY SELECT 'value_distribution', pg_catalog.concat_ws(' ', v.name, v.value, v.n, v.share, v.bar)
        FROM feedback.value_distribution AS v ORDER BY v.name;
    BEGIN
        INSERT INTO feedback.assessments (project, trace_id, assessment_id, kind, name, source_type, create_time, last_update_time)
        VALUES ('p', 'tr', '00000000-0000-4000-8000-000000000007', 'feedback', 'n', 'CODE', '2025-01-01Z', '2025-01-01Z');
    EXCEPTION WHEN check_violation THEN
        RETURN QUERY VALUES ('direct SQL', SQLERRM);
    END;
END $$;
PREPARE log AS SELECT pg_catalog.count(feedback.log_feedback('tr-2', 'n', 1));

CREATE TABLE public.first AS SELECT * FROM public.use_everything();
TABLE public.first;
EXECUTE log;
-- What differs when the same is done again
\set differences 'WITH again AS MATERIALIZED (SELECT * FROM public.use_everything()) (TABLE again EXCEPT ALL TABLE public.first) UNION ALL (TABLE public.first EXCEPT ALL TABLE again);'

-- Dropped and created again in one session, which keeps its plans
DROP EXTENSION feedback;
\set VERBOSITY terse
SELECT * FROM public.use_everything();
EXECUTE log;
\set VERBOSITY default
CREATE EXTENSION feedback;
:differences
EXECUTE log;

-- The same within a transaction that is rolled back: the rows from before are there again
BEGIN;
DROP EXTENSION feedback;
CREATE EXTENSION feedback;
:differences
ROLLBACK;
EXECUTE log;
SELECT count(*) FROM feedback.assessments WHERE trace_id = 'tr-2';

-- While its table is missing each function fails; then, and after a new installation, all is well again
ALTER TABLE feedback.assessments RENAME TO missing;
\set VERBOSITY terse
SELECT feedback.log_feedback('tr', 'n', 1);
\set VERBOSITY sqlstate
SELECT feedback.log_expectation('tr', 'n', 1);
SELECT feedback.log_assessment('tr', '{"assessment_name": "n", "feedback": {"value": 1}}');
SELECT feedback.override_feedback('tr', '00000000-0000-4000-8000-000000000001', 1);
SELECT feedback.update_assessment('tr', '00000000-0000-4000-8000-000000000001', '{}');
SELECT feedback.delete_assessment('tr', '00000000-0000-4000-8000-000000000001');
SELECT feedback.get_assessment('tr', '00000000-0000-4000-8000-000000000001');
SELECT feedback.get_assessments('tr');
\set VERBOSITY default
ALTER TABLE feedback.missing RENAME TO assessments;
EXECUTE log;
SELECT count(*) FROM feedback.assessments WHERE trace_id = 'tr-2';
DROP EXTENSION feedback;
CREATE EXTENSION feedback;
:differences

-- An update to the version that is there changes nothing
SET client_min_messages = warning; -- the NOTICE names the version
ALTER EXTENSION feedback UPDATE;
RESET client_min_messages;
EXECUTE log;

-- Hostile objects stand first in the search_path, when the extension is installed and when it is used
DROP EXTENSION feedback;
CREATE SCHEMA hostile;
CREATE FUNCTION hostile.no(pg_catalog.text, pg_catalog.text) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE FUNCTION hostile.no(uuid, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE FUNCTION hostile.no(jsonb, jsonb) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE FUNCTION hostile.no(bigint, numeric) RETURNS numeric LANGUAGE sql AS 'SELECT 7::numeric';
CREATE OPERATOR hostile.= (FUNCTION = hostile.no, LEFTARG = pg_catalog.text, RIGHTARG = pg_catalog.text);
CREATE OPERATOR hostile.= (FUNCTION = hostile.no, LEFTARG = uuid, RIGHTARG = uuid);
CREATE OPERATOR hostile.<> (FUNCTION = hostile.no, LEFTARG = jsonb, RIGHTARG = jsonb);
CREATE OPERATOR hostile./ (FUNCTION = hostile.no, LEFTARG = bigint, RIGHTARG = numeric);
CREATE FUNCTION hostile.to_jsonb(boolean) RETURNS jsonb LANGUAGE sql AS $$SELECT '"hostile"'::jsonb$$;
CREATE FUNCTION hostile.to_jsonb(numeric) RETURNS jsonb LANGUAGE sql AS $$SELECT '"hostile"'::jsonb$$;
CREATE FUNCTION hostile.trim_scale(numeric) RETURNS numeric LANGUAGE sql AS 'SELECT 7::numeric';
CREATE AGGREGATE hostile.count(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb);
CREATE AGGREGATE hostile.max(timestamptz) (SFUNC = timestamptz_smaller, STYPE = timestamptz);
CREATE DOMAIN hostile.text AS pg_catalog.text CHECK (length(VALUE) < 2);
CREATE DOMAIN hostile.uuid AS pg_catalog.uuid CHECK (VALUE IS NULL);
CREATE DOMAIN hostile.jsonb AS pg_catalog.jsonb CHECK (VALUE IS NULL);
CREATE TYPE hostile.source_type AS ENUM ('HOSTILE');
CREATE TABLE hostile.assessments (hostile int);
SET search_path = hostile, public, pg_catalog;
CREATE EXTENSION feedback;
:differences
EXECUTE log;
RESET search_path;

-- Whoever installs it gets all of it, and nothing of what others have put into its schema
DROP EXTENSION feedback;
\set SHOW_CONTEXT never
CREATE TABLE feedback.foreign_table ();
CREATE ROLE feedback_installer;
GRANT CREATE ON DATABASE feedback_lifecycle TO feedback_installer;
GRANT USAGE ON SCHEMA feedback TO feedback_installer;
SET SESSION AUTHORIZATION feedback_installer;
CREATE EXTENSION feedback;
RESET SESSION AUTHORIZATION;
DROP TABLE feedback.foreign_table;
CREATE FUNCTION feedback.bar(numeric) RETURNS text LANGUAGE sql AS 'SELECT ''not mine''';
SET SESSION AUTHORIZATION feedback_installer;
CREATE EXTENSION feedback;
RESET SESSION AUTHORIZATION;
DROP FUNCTION feedback.bar(numeric);
SET SESSION AUTHORIZATION feedback_installer;
CREATE EXTENSION feedback;
EXECUTE log;
SELECT logged_by, n FROM feedback.feedback, feedback.source_summary;
GRANT SELECT ON feedback.feedback TO PUBLIC;
GRANT EXECUTE ON FUNCTION feedback.bar TO PUBLIC;
ALTER TABLE feedback.assessments ADD COLUMN mine text;
RESET SESSION AUTHORIZATION;
DROP EXTENSION feedback;
REVOKE ALL ON DATABASE feedback_lifecycle FROM feedback_installer;
REVOKE ALL ON SCHEMA feedback FROM feedback_installer;
DROP ROLE feedback_installer;
CREATE EXTENSION feedback;

-- Settings from before the library is loaded: of the database, of a role in it, of the client
ALTER DATABASE feedback_lifecycle SET feedback.project = 'from the database';
ALTER ROLE CURRENT_USER IN DATABASE feedback_lifecycle SET feedback.untyped_text = 'keep';
\c
SELECT count(feedback.log_feedback('tr-3', 'n', '1'));
SELECT project FROM feedback.feedback WHERE trace_id = 'tr-3';
RESET feedback.project;
SHOW feedback.project;
\setenv PGDATABASE :DBNAME
\! PGOPTIONS="-c feedback.project=from\ the\ client" psql -X -A -t -c "SELECT count(feedback.log_feedback('tr-3', 'n', '1')), current_setting('feedback.project')"
\! PGOPTIONS="-c feedback.untyped_text=error" psql -X -A -t -c "SELECT feedback.log_feedback('tr-3', 'n', '1')" 2>&1

-- Unknown values and names there do not keep the library from loading
\c
ALTER DATABASE feedback_lifecycle SET feedback.project = '';
ALTER DATABASE feedback_lifecycle SET feedback.projekt = 'typo';
ALTER ROLE CURRENT_USER IN DATABASE feedback_lifecycle SET feedback.untyped_text = 'sometimes';
\! psql -X -A -t -c "SELECT count(feedback.log_feedback('tr-4', 'n', '1'))" -c "SHOW feedback.untyped_text" -c "SHOW feedback.projekt" 2>&1
SELECT project FROM feedback.feedback WHERE trace_id = 'tr-4';

\c :regression
DROP DATABASE feedback_lifecycle;
