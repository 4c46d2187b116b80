-- Batches as they may be written: with escapes, nested, with ids that are none.
BEGIN;
SELECT plan(24);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- What each document of a batch becomes: its trace, its id, its SQLSTATE
CREATE FUNCTION pg_temp.outcome(documents text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', coalesce(trace_id, '-'), coalesce(assessment_id::text, '-'), sqlstate), ', ' ORDER BY position)
    FROM feedback.log_assessments(documents)
$$;

-- A trace whose id is written so, with one assessment
CREATE FUNCTION pg_temp.trace(written text) RETURNS text LANGUAGE sql AS
    $$ SELECT format('{"info":{"trace_id":%s,"assessments":[{"assessment_name":"n","feedback":{"value":1}}]}}', written) $$;

-- Trace ids with escapes
SELECT lives_ok(format('SELECT * FROM feedback.log_assessments(%L)', pg_temp.trace('"trace:\/cat.schema\/abc\u0065"')), 'a trace id may have escapes');
SELECT is((SELECT array_agg(trace_id) FROM feedback.assessments), ARRAY['trace:/cat.schema/abce'], 'it is stored by what it says');
SELECT lives_ok($$ SELECT * FROM feedback.log_assessments('{"trace_id":"trace:/cat.schema/abce","assessment_name":"n","feedback":{"value":2}}') $$,
                'the same trace, in a document');
SELECT is((SELECT count(DISTINCT trace_id) FROM feedback.assessments), 1::bigint, 'is one trace');
SELECT is((SELECT trace_id FROM feedback.log_assessments(pg_temp.trace('"\"\\\b\f\n\r\tz"'))), E'"\\\b\f\n\r\tz', 'all escapes');
SELECT is((SELECT sqlstate || ' ' || message FROM feedback.log_assessments(pg_temp.trace('"a\u0000"'))),
          '22P05 info.trace_id holds a character that the database cannot hold', 'an escaped NUL is refused');
SELECT is((SELECT sqlstate FROM feedback.log_assessments(pg_temp.trace('"a\ud800"'))), '22P05', 'half of a surrogate pair');
SELECT is((SELECT sqlstate FROM feedback.log_assessments(pg_temp.trace('"a\x"'))), '22032', 'an escape that is none');
SELECT is((SELECT sqlstate FROM feedback.log_assessments(pg_temp.trace(E'"a\n"'))), '22032', 'a control character as it is');
SELECT is((SELECT sqlstate FROM feedback.log_assessments(pg_temp.trace('""'))), '22001', 'an empty trace id');
SELECT is(pg_temp.outcome(pg_temp.trace('null')), '- - 22004', 'null: the documents have to say it');

-- Names of members with escapes; of a name that is given twice the last counts
SELECT is((SELECT trace_id FROM feedback.log_assessments(
              '{"\u0069nfo":{"trace\u005fid":"named","\u0061ssessments":[{"assessment_\u006eame":"n","feedback":{"val\u0075e":1}}]}}')),
          'named', 'names of members may have escapes');
SELECT is((SELECT string_agg(trace_id, ', ') FROM feedback.log_assessments(
              '{"info":3,"info":{"trace_id":"first","trace_id":"last","assessments":[],"assessments":[{"assessment_name":"n","feedback":{"value":1}}]}}')),
          'last', 'the last of two counts');

-- Ids that are none
SELECT is(pg_temp.outcome(format('[{"trace_id":"t","assessment_id":%s,"assessment_name":"n","feedback":{"value":1}}]', written)),
          't - 22P02', 'no id: ' || written)
FROM (VALUES ('"a-12345678901234567890123456789zzz"'), ('"nonsense"'), ('7'), ('"00000000-0000-0000-0000-00000000000g"')) AS v (written);
SELECT is(pg_temp.outcome('[{"trace_id":"t","assessment_id":"a-12345678901234567890123456789012","assessment_name":"","feedback":{"value":1}}]'),
          't 12345678-9012-3456-7890-123456789012 22001', 'the id of a document that is bad otherwise');

-- Nothing nests but documents, which nest 64 levels
SELECT is(pg_temp.outcome('[' || repeat('{"info":{"assessments":[', 45000)), '- - 54001, - - 22032, - - 22032', 'a trace among the assessments of a trace is a document');
SELECT is(pg_temp.outcome('{"info":{"trace_id":"t","assessments":[{"info":{"trace_id":"u","assessments":[{"assessment_name":"n","feedback":{"value":1}}]}}]}}'),
          't - 22004', 'also one that is whole');
SELECT is(pg_temp.outcome(repeat('[', 100000)), '- - 54001, - - 22032', 'lists');
SELECT is(pg_temp.outcome(repeat('{"a":', 100000)), '- - 54001', 'objects');

-- The ids of what has none of its own are made of lengths and bytes in one order, on every machine.
-- The first is SHA-256 of 01000000 'p' ffffffff 02000000 '{}', cut and marked as a UUID version 8.
TRUNCATE feedback.rejected_assessments;
SELECT sqlstate FROM feedback.log_assessments('{}', project => 'p', on_error => 'park') \gset
SELECT is((SELECT rejected_id::text FROM feedback.rejected_assessments), '0362df22-7aa6-87e6-9cf5-fe210bb85f1a', 'the id of a rejected document');
SELECT is((SELECT assessment_id::text FROM feedback.log_otel_evaluations(
              '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"eventName":"gen_ai.evaluation.result","timeUnixNano":"1767323045123456789","traceId":"0af7651916cd43dd8448eb211c80319c",'
              '"attributes":[{"key":"gen_ai.evaluation.name","value":{"stringValue":"n"}},{"key":"gen_ai.evaluation.score.value","value":{"doubleValue":1}}]}]}]}]}')),
          'df88dc5a-3db9-826a-90ed-f97c86ed2adb', 'the id of an evaluation');

SELECT * FROM finish();
ROLLBACK;
