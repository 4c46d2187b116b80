-- Rejected documents: kept to the byte, with the reason, once each, until they succeed.
BEGIN;
SELECT plan(22);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

CREATE FUNCTION pg_temp.park(VARIADIC documents text[]) RETURNS bigint LANGUAGE sql AS
    $$ SELECT count(*) FROM feedback.log_assessments(documents, on_error => 'park') $$;

SELECT is(pg_temp.park('not JSON', E'{"a":\t"\x01é"} ', '{"trace_id": "t", "assessment_name": "", "feedback": {"value": 1}}',
                       '{"trace_id": "t", "assessment_name": "n", "feedback": {"value": 1}}'), 4::bigint, 'three bad documents and a good one');
SELECT is((SELECT array_agg(document ORDER BY document COLLATE "C") FROM feedback.rejected_assessments),
          ARRAY['not JSON', E'{"a":\t"\x01é"} ', '{"trace_id": "t", "assessment_name": "", "feedback": {"value": 1}}'],
          'the bad ones are kept to the byte');
SELECT is((SELECT concat_ws(' | ', sqlstate, field, message, detail) FROM feedback.rejected_assessments WHERE document LIKE '%""%'),
          '22001 | name | assessment_name is empty | It has 0 characters; allowed are 1 to 250.', 'with the reason');
SELECT is((SELECT DISTINCT concat_ws(' | ', origin, attempts, logged_by, project, trace_id) FROM feedback.rejected_assessments),
          'log_assessments | 1 | ' || session_user, 'the origin and the role');
SELECT is((SELECT count(*) FROM feedback.assessments WHERE trace_id = 't'), 1::bigint, 'the good one is stored');

SELECT is(pg_temp.park('not JSON', 'not JSON'), 2::bigint, 'the same one again, twice');
SELECT is((SELECT array_agg(attempts) FROM feedback.rejected_assessments WHERE document = 'not JSON'), ARRAY[3],
          'is kept once, and counted');
SELECT is((SELECT count(*) FROM feedback.log_assessments(ARRAY['not JSON'], 'other', 'park')), 1::bigint, 'of another project');
SELECT is((SELECT count(*) FROM feedback.rejected_assessments WHERE document = 'not JSON'), 2::bigint, 'it is another one');

SELECT results_eq($$SELECT project, sqlstate, field, message, n FROM feedback.rejected_summary ORDER BY project, sqlstate$$,
    $$VALUES ('other', '22032', 'assessment', 'assessment document is not valid JSON', 1::bigint),
             (NULL, '22001', 'name', 'assessment_name is empty', 1),
             (NULL, '22032', 'assessment', 'assessment document is not valid JSON', 2)$$, 'rejected_summary counts by reason');

-- Retries
SELECT is((SELECT array_agg(sqlstate ORDER BY sqlstate) FROM feedback.retry_rejected()), ARRAY['22001', '22032', '22032', '22032'],
          'what is still bad stays rejected');
SELECT is((SELECT sum(attempts) FROM feedback.rejected_assessments), 10::bigint, 'and is counted again');
SELECT is((SELECT count(*) FROM feedback.retry_rejected(project => 'other')), 1::bigint, 'those of a project');
SELECT is((SELECT count(*) FROM feedback.retry_rejected(sqlstate => '22001')), 1::bigint, 'those of a reason');
SELECT is((SELECT count(*) FROM feedback.retry_rejected(max_documents => 2)), 2::bigint, 'so many');
SELECT is((SELECT count(*) FROM feedback.retry_rejected(max_documents => 0)), 0::bigint, 'or none');
SELECT is(helper.refusal('SELECT * FROM feedback.retry_rejected(max_documents => -1)'), '22023', 'but not fewer');

SELECT is(pg_temp.park(format('{"trace_id": "o", "assessment_name": "n", "assessment_id": "%s", "overrides": "%s", "feedback": {"value": 1}}',
              helper.id('b'), helper.id('a'))), 1::bigint, 'an override before its target');
SELECT feedback.log_feedback('o', 'n', 0, assessment_id => helper.id('a'));
SELECT is((SELECT count(*) FROM feedback.retry_rejected(sqlstate => '23503') WHERE sqlstate IS NULL AND assessment_id = helper.id('b')),
          1::bigint, 'succeeds once the target is there');
SELECT is((SELECT count(*) FROM feedback.rejected_assessments WHERE sqlstate = '23503'), 0::bigint, 'and is rejected no longer');
SELECT is((SELECT string_agg(right(assessment_id::text, 1) || valid, ' ' ORDER BY assessment_id) FROM feedback.assessments WHERE trace_id = 'o'),
          'afalse btrue', 'but stored');

SELECT is((SELECT count(*) FROM information_schema.role_table_grants WHERE table_schema = 'feedback' AND grantee = 'PUBLIC'), 0::bigint,
          'nothing of it is for PUBLIC');

SELECT finish();
ROLLBACK;
