-- log_assessments: every good document is stored, every bad one is refused by itself.
BEGIN;
SELECT plan(37);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- Per document: its trace and the last digit of its id, or what it is refused with
CREATE FUNCTION pg_temp.outcome(documents text, project text DEFAULT NULL, on_error text DEFAULT 'return')
RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', position, trace_id, right(assessment_id::text, 1), sqlstate), ', ' ORDER BY position)
    FROM feedback.log_assessments(documents, project, on_error)
$$;

-- A document of trace t
CREATE FUNCTION pg_temp.doc(digit text, value text DEFAULT 'true', rest text DEFAULT '') RETURNS text LANGUAGE sql AS $$
    SELECT format('{"trace_id": "t", "assessment_name": "n", "assessment_id": "%s", "feedback": {"value": %s}%s}',
                  helper.id(digit), value, rest)
$$;
CREATE FUNCTION pg_temp.count_of(trace text) RETURNS bigint LANGUAGE sql AS
    $$ SELECT count(*) FROM feedback.assessments WHERE trace_id = trace $$;

-- Forms of a batch
SELECT is(pg_temp.outcome('[' || pg_temp.doc('1') || ', ' || pg_temp.doc('2') || ']'), '1 t 1, 2 t 2', 'a list of documents');
SELECT is(pg_temp.count_of('t'), 2::bigint, 'is stored');
SELECT is(pg_temp.outcome(' [ ] '), NULL, 'an empty list is nothing');
SELECT is(pg_temp.outcome(format('[{"assessment": %s}]', pg_temp.doc('3'))), '1 t 3', 'a wrapped document');
SELECT is(pg_temp.outcome(replace(format('[%s]', pg_temp.doc('4')), 'trace_id', 'traceId')), '1 t 4', 'traceId names the trace too');
SELECT is((SELECT string_agg(right(assessment_id::text, 1), '') FROM feedback.log_assessments(
              format('[%s]', pg_temp.doc('5'))::json)), '5', 'a batch as json');
SELECT is((SELECT string_agg(right(assessment_id::text, 1), '') FROM feedback.log_assessments(
              format('[%s]', pg_temp.doc('6'))::jsonb)), '6', 'as jsonb');
SELECT is((SELECT string_agg(coalesce(sqlstate, right(assessment_id::text, 1)), ' ' ORDER BY position)
           FROM feedback.log_assessments(ARRAY[pg_temp.doc('7'), '{"broken', NULL, pg_temp.doc('8')])),
          '7 22032 22032 8', 'as text[], where a broken document cannot spoil the next');
SELECT is(pg_temp.count_of('t'), 8::bigint, 'all of them are stored');

SELECT is(pg_temp.outcome(format('{"info": {"trace_id": "u", "assessments": [%s, %s]}, "data": {"spans": []}}',
              replace(pg_temp.doc('1'), '"t"', '""'), pg_temp.doc('2'))), '1 u 1, 2 u 2',
          'a trace: its trace_id prevails over that of the documents');
SELECT is(pg_temp.outcome(format('[{"info": {"trace_id": "v", "assessments": [%s]}}, %s, {"info": {"trace_id": "w"}}]',
              pg_temp.doc('1'), pg_temp.doc('a'))), '1 v 1, 2 t a', 'traces and documents in one list');

-- Bad documents beside good ones
SELECT is(pg_temp.outcome('[' || concat_ws(',', pg_temp.doc('b'), pg_temp.doc('c', 'NaN'), pg_temp.doc('d', '1e400'),
              pg_temp.doc('e', '"\u0000"'), pg_temp.doc('f', '1', ', "create_time": 5'), '5', 'null', '{}',
              '{"assessment_name": "n", "feedback": {"value": 1}}', '{"trace_id": "", "assessment_name": "n", "feedback": {"value": 1}}',
              pg_temp.doc('9')) || ']'),
          '1 t b, 2 22032, 3 t 22003, 4 22P05, 5 t f 22007, 6 22023, 7 22023, 8 22004, 9 22004, 10  22001, 11 t 9',
          'each is refused for a reason of its own');
SELECT is((SELECT concat_ws(' | ', message, detail, hint) FROM feedback.log_assessments(
              '[{"trace_id": "t", "assessment_name": "n", "source": {"source_type": "BOT"}, "feedback": {"value": 1}}]')),
          'invalid source.source_type | The source types are HUMAN, LLM_JUDGE, CODE and SOURCE_TYPE_UNSPECIFIED.',
          'with the message and the hint that log_assessment raises');
SELECT is(pg_temp.outcome('[' || repeat(pg_temp.doc('b', repeat('[', 63) || repeat(']', 63)) || ',', 1) || pg_temp.doc('b') || ']'),
          '1 54001, 2 t b', 'a document may nest as deep in a batch as alone');

-- What is not quite a list
SELECT is(pg_temp.outcome(''), '1 22032', 'no text at all');
SELECT is(pg_temp.outcome('[' || pg_temp.doc('b')), '1 t b, 2 22032', 'a missing end is told, and loses nothing');
SELECT is(pg_temp.outcome('[' || pg_temp.doc('b') || '] x'), '1 t b, 2 22032', 'so is text after the end');
SELECT is(pg_temp.outcome('[' || pg_temp.doc('b') || ', ]'), '1 t b, 2 22032', 'and a comma too many');
SELECT is(pg_temp.outcome(pg_temp.doc('b')), '1 t b', 'a single document is taken as such');
SELECT is(pg_temp.outcome('["a]b", {"x": "}\"]"}, [1]]'), '1 22023, 2 22004, 3 22023', 'brackets in strings end nothing');

-- Repeats and duplicates
SELECT is(pg_temp.outcome('[' || pg_temp.doc('1', 'false') || ',' || pg_temp.doc('1') || ']'), '1 t 1, 2 t 1',
          'ids that are there come back');
SELECT is(pg_temp.count_of('t'), 11::bigint, 'and add no row');
SELECT ok((SELECT boolean_value FROM feedback.assessments WHERE trace_id = 't' AND assessment_id = helper.id('1')),
          'nor change one');
SELECT is(pg_temp.outcome(format('[%s, %s]', pg_temp.doc('1'), replace(pg_temp.doc('1'), '"t"', '"x"')), 'other'),
          '1 t 1 23505, 2 x 1', 'an id of another project is refused');
SELECT is((SELECT project FROM feedback.assessments WHERE trace_id = 'x'), 'other', 'the project is that of the call');

-- Overrides
SELECT is(pg_temp.outcome('[' || concat_ws(',',
              replace(pg_temp.doc('b', '2', format(', "overrides": "%s"', helper.id('a'))), '"t"', '"o"'),
              replace(pg_temp.doc('a'), '"t"', '"o"'),
              replace(pg_temp.doc('c', '3', format(', "overrides": "%s"', helper.id('a'))), '"t"', '"o"'),
              replace(pg_temp.doc('d', '3', format(', "overrides": "%s"', helper.id('e'))), '"t"', '"o"')) || ']'),
          '1 o b, 2 o a, 3 o c 23505, 4 o d 23503', 'a target may come later in the batch; at most one overrides it');
SELECT is((SELECT string_agg(right(assessment_id::text, 1) || valid, ' ' ORDER BY assessment_id)
           FROM feedback.assessments WHERE trace_id = 'o'), 'afalse btrue', 'the target is not valid any more');

-- on_error
SELECT is(helper.refusal($$SELECT * FROM feedback.log_assessments('[{"trace_id": "r", "assessment_name": "n", "feedback": {"value": 1}}, 5]', on_error => 'raise')$$),
          '22023 assessment', 'raise makes it an error');
SELECT is(pg_temp.count_of('r'), 0::bigint, 'and stores nothing');
SELECT is(helper.refusal($$SELECT * FROM feedback.log_assessments('[]', on_error => 'ignore')$$), '22023', 'an unknown word is refused');
SELECT is(helper.refusal($$SELECT * FROM feedback.log_assessments('[]', on_error => NULL)$$), '22023', 'and NULL');
SELECT is(helper.refusal($$SELECT * FROM feedback.log_assessments(NULL::text)$$), '22004 assessment', 'no documents at all');
SELECT is(helper.refusal($$SELECT * FROM feedback.log_assessments(NULL::text[])$$), '22004 assessment', 'also as text[]');
SELECT is((SELECT count(*) FROM feedback.rejected_assessments), 0::bigint, 'nothing was rejected so far');

-- More than a statement takes
SELECT is((SELECT count(*) FILTER (WHERE sqlstate IS NULL) || ' ' || count(*) FILTER (WHERE sqlstate = '22004') FROM feedback.log_assessments(
              (SELECT '[' || string_agg(CASE WHEN i % 50 = 0 THEN '{}'
                  ELSE format('{"trace_id": "big", "assessment_name": "n", "feedback": {"value": %s}}', i) END, ',') || ']'
               FROM generate_series(1, 3000) i))), '2940 60', 'thousands of documents');
SELECT is((SELECT sum(numeric_value) FROM feedback.assessments WHERE trace_id = 'big'),
          (SELECT sum(i)::numeric FROM generate_series(1, 3000) i WHERE i % 50 <> 0), 'each of them once');
SELECT is((SELECT count(*) FROM feedback.log_assessments(ARRAY['{"trace_id": "t", "assessment_name": "n", "source": {"source_type": "AI_JUDGE"}, "feedback": {"value": 1}}'])
           WHERE sqlstate IS NULL), 1::bigint, 'AI_JUDGE is LLM_JUDGE here too');

SELECT finish();
ROLLBACK;
