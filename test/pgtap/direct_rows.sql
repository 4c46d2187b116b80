-- Rows that are inserted directly, by an ORM or a plain INSERT: what their columns default to.
BEGIN;
SELECT plan(9);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

INSERT INTO feedback.assessments (trace_id, kind, name, boolean_value, source_type) VALUES ('t', 'feedback', 'n', true, 'HUMAN');
SELECT is((SELECT project FROM feedback.assessments), 'default', 'the project is the default one');
SELECT is((SELECT substr(assessment_id::text, 15, 1) FROM feedback.assessments), '7', 'the id is a UUID version 7');
SELECT ok((SELECT create_time BETWEEN now() AND clock_timestamp() FROM feedback.assessments), 'the time is the clock');
SELECT ok((SELECT last_update_time = create_time FROM feedback.assessments), 'and that of the last update is the same');
SELECT is((SELECT n FROM feedback.trace_summary WHERE trace_id = 't'), 1::bigint, 'the views have it');
DELETE FROM feedback.assessments;

SET LOCAL feedback.project = 'chatbot';
INSERT INTO feedback.assessments (trace_id, kind, name, boolean_value, source_type, create_time)
    SELECT 't' || i, 'feedback', 'n', true, 'HUMAN', '2020-01-01' FROM generate_series(1, 100) AS i;
SELECT is((SELECT array_agg(DISTINCT project) FROM feedback.assessments), ARRAY['chatbot'], 'the project is that of the setting');
SELECT is((SELECT count(DISTINCT assessment_id) FROM feedback.assessments), 100::bigint, 'every row has an id of its own');
SELECT ok((SELECT bool_and(last_update_time BETWEEN now() AND clock_timestamp()) FROM feedback.assessments), 'of a row that says when it was made, the last update is now');
SELECT is(helper.refusal($$ SET LOCAL feedback.project = ''; INSERT INTO feedback.assessments (trace_id, kind, name, source_type) VALUES ('t', 'feedback', 'n', 'HUMAN') $$),
          '23514 value', 'the rules about a row hold as ever');

SELECT * FROM finish();
ROLLBACK;
