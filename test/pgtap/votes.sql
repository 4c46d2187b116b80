-- set_feedback, set_assessment, withdraw_feedback and batches of mode set: a source's one word on a name.
BEGIN;
SELECT plan(62);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- The valid words on a trace: who says what
CREATE FUNCTION pg_temp.words(trace text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', source_id, value, error_code, rationale, metadata, span_id), ', ' ORDER BY source_id, span_id NULLS FIRST, create_time)
    FROM feedback.feedback WHERE trace_id = trace
$$;

-- First, changed, the same, taken back
SELECT feedback.set_feedback('t', 'up', true, source_id => 'anna', rationale => 'good', metadata => '{"a": 1}', create_time => '2020-01-01') AS vote \gset
SELECT is(pg_temp.words('t'), 'anna true good {"a": 1}', 'the first word is logged');
SELECT ok((SELECT last_update_time = create_time AND source_type = 'HUMAN' FROM feedback.feedback WHERE trace_id = 't'), 'of a person, unless it says otherwise');
SELECT is(feedback.set_feedback('t', 'up', false, source_id => 'anna'), :'vote', 'the next has the same id');
SELECT is(pg_temp.words('t'), 'anna false', 'and replaces value, rationale and metadata');
SELECT ok((SELECT create_time = '2020-01-01' AND last_update_time BETWEEN now() AND clock_timestamp() FROM feedback.feedback WHERE trace_id = 't'),
          'when it was made stays, when it was changed moves');
SELECT last_update_time AS changed, xmin AS version, ctid AS place FROM feedback.assessments WHERE trace_id = 't' \gset
SELECT is(feedback.set_feedback('t', 'up', false, source_id => 'anna'), :'vote', 'the same word again');
SELECT ok((SELECT last_update_time = :'changed' AND ctid = :'place' FROM feedback.assessments WHERE trace_id = 't'), 'changes nothing');
SELECT feedback.set_feedback('t', 'up', error_code => 'TIMEOUT', source_id => 'anna') \g /dev/null
SELECT is(pg_temp.words('t'), 'anna TIMEOUT', 'an error replaces the value');
SELECT feedback.set_feedback('t', 'up', 'fine', source_id => 'anna') \g /dev/null
SELECT is(pg_temp.words('t'), 'anna "fine"', 'a value of another type the error');
SELECT is(feedback.withdraw_feedback('t', 'up', 'anna'), 1::bigint, 'it is taken back');
SELECT is(pg_temp.words('t'), NULL, 'and gone');
SELECT is(feedback.withdraw_feedback('t', 'up', 'anna'), 0::bigint, 'there is nothing to take back twice');
SELECT is(feedback.set_feedback('t', 'up', true, source_id => 'anna'), :'vote', 'a vote after that has the same id again');
SELECT is(pg_temp.words('t'), 'anna true', 'and counts');

-- What makes another word
SELECT is((SELECT count(DISTINCT id) FROM (VALUES
    (feedback.set_feedback('k', 'up', 1, source_id => 'anna')), (feedback.set_feedback('k', 'up', 1, source_id => 'ben')),
    (feedback.set_feedback('k', 'up', 1, source_id => 'anna', span_id => 's')), (feedback.set_feedback('k', 'down', 1, source_id => 'anna')),
    (feedback.set_feedback('k', 'up', 1, 'CODE', 'anna')), (feedback.set_feedback('k', 'up', 1, source_id => 'anna', project => 'q')),
    (feedback.set_feedback('k2', 'up', 1, source_id => 'anna'))) AS v (id)), 7::bigint,
    'source, source type, name, span, project and trace');
SELECT is((SELECT count(*) FROM feedback.feedback WHERE trace_id = 'k'), 6::bigint, 'each is a row');
SELECT is(feedback.withdraw_feedback('k', 'up', 'anna', span_id => 's'), 1::bigint, 'withdrawn by span');
SELECT is(feedback.withdraw_feedback('k', 'up', 'anna', 'CODE'), 1::bigint, 'by source type');
SELECT is(feedback.withdraw_feedback('k', 'up', 'anna', project => 'q'), 1::bigint, 'by project');
SELECT is(pg_temp.words('k'), 'anna 1, anna 1, ben 1', 'the others stay');
-- SHA-256 of project, trace, span, kind, name, source type and source, each behind its length
SELECT is(feedback.set_feedback('t', 'up', true, source_id => 'anna')::text, '98cb28dd-f39c-8355-a164-e0b6045749e7', 'the id is the same on every machine');

-- An id of the caller's is the key instead
SELECT is(feedback.set_feedback('i', 'chunk', 1, source_id => 'anna', assessment_id => helper.id('1')), helper.id('1'), 'an id that is given');
SELECT is(feedback.set_feedback('i', 'chunk', 2, source_id => 'anna', assessment_id => helper.id('2')), helper.id('2'), 'is another word than another');
SELECT feedback.set_feedback('i', 'chunk', 3, source_id => 'anna', assessment_id => helper.id('1')) \g /dev/null
SELECT is(pg_temp.words('i'), 'anna 3, anna 2', 'each changes by itself');
SELECT is(helper.refusal(statement), '23505 assessment_id', 'the id of something else: ' || statement)
FROM unnest(ARRAY[
    $$ SELECT feedback.set_feedback('i', 'chunk', 1, source_id => 'ben', assessment_id => helper.id('1')) $$,
    $$ SELECT feedback.set_feedback('i', 'other', 1, source_id => 'anna', assessment_id => helper.id('1')) $$,
    $$ SELECT feedback.set_feedback('i', 'chunk', 1, source_id => 'anna', project => 'q', assessment_id => helper.id('1')) $$,
    $$ SELECT feedback.set_feedback('i', 'chunk', 3, source_id => 'anna', span_id => 's', assessment_id => helper.id('1')) $$]) AS statement;

-- Overrides: one's own are taken back, those of others stand
SELECT feedback.override_feedback('t', :'vote', false, 'HUMAN', 'anna') AS changed_mind \gset
SELECT feedback.override_feedback('t', :'changed_mind', true, 'HUMAN', 'anna') \g /dev/null
SELECT feedback.set_feedback('t', 'up', 5, source_id => 'anna') \g /dev/null
SELECT is(pg_temp.words('t'), 'anna 5', 'one word remains of a chain');
SELECT is((SELECT count(*) FROM feedback.assessments WHERE trace_id = 't'), 1::bigint, 'as one row');
SELECT feedback.override_feedback('t', :'vote', 9, 'HUMAN', 'expert') \g /dev/null
SELECT feedback.set_feedback('t', 'up', 6, source_id => 'anna') \g /dev/null
SELECT is(pg_temp.words('t'), 'expert 9', 'the override of somebody else stands');
SELECT is((SELECT numeric_value FROM feedback.assessments WHERE assessment_id = :'vote'), 6::numeric, 'the word changes below it');
SELECT is(feedback.withdraw_feedback('t', 'up', 'expert'), 1::bigint, 'when that is withdrawn');
SELECT is(pg_temp.words('t'), 'anna 6', 'it counts again');
SELECT feedback.log_feedback('w', 'up', i, source_type => 'HUMAN', source_id => 'anna', assessment_id => helper.id(i::text)) FROM generate_series(1, 2) AS i \g /dev/null
SELECT feedback.override_feedback('w', helper.id('1'), 3, 'HUMAN', 'anna', new_assessment_id => helper.id('3')) \g /dev/null
SELECT feedback.override_feedback('w', helper.id('3'), 4, 'HUMAN', 'ben', new_assessment_id => helper.id('4')) \g /dev/null
SELECT is(feedback.withdraw_feedback('w', 'up', 'anna'), 3::bigint, 'all that a source has logged is withdrawn, with its chain of overrides');
SELECT is(pg_temp.words('w'), 'ben 4', 'but what another source said in its place');

-- Documents
SELECT is(feedback.set_assessment('t', '{"assessment_name": "up", "source": {"source_type": "HUMAN", "source_id": "anna"}, "feedback": {"value": 7}}'), :'vote',
          'a document says the same word');
SELECT is(pg_temp.words('t'), 'anna 7', 'in its place');
SELECT is(feedback.set_assessment('t', '{"assessment_name": "up", "expectation": {"value": 1}}'::jsonb),
          feedback.set_assessment('t', '{"assessment_name": "up", "expectation": {"value": 2}}'::json), 'also an expectation, of the default source');
SELECT is((SELECT value FROM feedback.expectations WHERE trace_id = 't'), '2', 'which is its latest');
SELECT is(helper.refusal(format('SELECT feedback.set_assessment(''t'', %L)', document)), wanted, document)
FROM (VALUES ('{"assessment_name": "up", "feedback": {"value": 1}, "overrides": "a-00000000000000000000000000000001"}', '22023 overrides'),
             ('{"assessment_name": "up", "source": {"source_type": "HUMAN"}, "feedback": {"value": 1}}', '22004 source_id'),
             ('{"assessment_name": "up", "source": {"source_type": "HUMAN", "source_id": ""}, "feedback": {"value": 1}}', '22001 source_id'),
             ('{"assessment_name": "up", "source": {"source_type": "CODE"}, "feedback": {"value": 1}}', 'accepted')) AS v (document, wanted);

-- Batches
CREATE FUNCTION pg_temp.vote(trace text, who text, value text, rest text DEFAULT '') RETURNS text LANGUAGE sql AS $$
    SELECT format('{"trace_id": %s, "assessment_name": "up", "source": {"source_type": "HUMAN", "source_id": %s}, "feedback": {"value": %s}%s}',
                  to_json(trace), to_json(who), value, rest)
$$;
SELECT is((SELECT string_agg(coalesce(sqlstate, 'set'), ' ' ORDER BY position) FROM feedback.log_assessments(ARRAY[
              pg_temp.vote('b', 'anna', '1'), pg_temp.vote('b', 'ben', '1'), pg_temp.vote('b', 'anna', '2'), pg_temp.vote('b', '', '3'), 'x',
              pg_temp.vote('b', 'anna', '3', ', "overrides": "a-00000000000000000000000000000001"')], mode => 'set')),
          'set set set 22001 22032 22023', 'a batch of words, of which the bad are told');
SELECT is(pg_temp.words('b'), 'anna 2, ben 1', 'of several of one source the last counts');
SELECT feedback.override_feedback('b', (SELECT assessment_id FROM feedback.feedback WHERE trace_id = 'b' AND source_id = 'ben'), 5, 'HUMAN', 'ben') \g /dev/null
SELECT sqlstate FROM feedback.log_assessments(ARRAY[pg_temp.vote('b', 'anna', '2'), pg_temp.vote('b', 'ben', '6')], mode => 'set') \g /dev/null
SELECT is(pg_temp.words('b'), 'anna 2, ben 6', 'also over an override of one''s own');
SELECT is((SELECT count(*) FROM feedback.log_assessments((SELECT array_agg(pg_temp.vote('many', 'user ' || i % 1500, i::text)) FROM generate_series(1, 3000) AS i), mode => 'set')
           WHERE sqlstate IS NULL), 3000::bigint, 'a large batch');
SELECT is((SELECT count(*) || ' ' || min(numeric_value) FROM feedback.feedback WHERE trace_id = 'many'), '1500 1501', 'has a row for each source, with its last word');
SELECT is((SELECT string_agg(sqlstate, ' ') FROM feedback.log_assessments(ARRAY[pg_temp.vote('i', 'ben', '1', format(', "assessment_id": "%s"', helper.id('1'))),
              pg_temp.vote('i', 'ben', '1', format(', "assessment_id": "%s"', helper.id('9')))], mode => 'set')), '23505', 'an id of something else is refused by itself');
SELECT is(helper.refusal($$ SELECT feedback.log_assessments('[]', mode => 'merge') $$), '22023', 'another mode');
SELECT sqlstate FROM feedback.log_assessments(ARRAY[pg_temp.vote('r', '', '1')], mode => 'set', on_error => 'park') \g /dev/null
UPDATE feedback.rejected_assessments SET document = pg_temp.vote('b', 'anna', '8') WHERE mode = 'set';
SELECT sqlstate FROM feedback.retry_rejected() \g /dev/null
SELECT is(pg_temp.words('b'), 'anna 8, ben 6', 'a rejected word is set when it is tried again');

-- A trigger
CREATE TABLE inbox (doc text);
CREATE TRIGGER ingest AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('', 'doc', 'mode => set');
INSERT INTO inbox VALUES (pg_temp.vote('b', 'anna', '9')), (pg_temp.vote('b', 'anna', '10'));
SELECT is(pg_temp.words('b'), 'anna 10, ben 6', 'a trigger that sets');

-- Refused, and gated
SELECT is(helper.refusal(statement), wanted, statement)
FROM (VALUES ($$ SELECT feedback.set_feedback('t', 'up', 1) $$, '22004 source_id'), ($$ SELECT feedback.set_feedback('t', 'up', 1, source_id => '') $$, '22001 source_id'),
             ($$ SELECT feedback.set_feedback('t', 'up', 1, 'CODE') $$, '22004 source_id'), ($$ SELECT feedback.withdraw_feedback('t', 'up', NULL) $$, '22004 source_id'),
             ($$ SELECT feedback.withdraw_feedback('t', '', 'anna') $$, '22001 name'), ($$ SELECT feedback.set_feedback('', 'up', 1, source_id => 'a') $$, '22001 trace_id'))
    AS v (statement, wanted);
SELECT feedback.create_label_schema('stars', 'numeric', max => 5) \g /dev/null
SELECT feedback.set_feedback('t', 'stars', 5, source_id => 'anna') \g /dev/null
SELECT is(helper.refusal($$ SELECT feedback.set_feedback('t', 'stars', 6, source_id => 'anna') $$), '23514 value', 'a label schema gates it');
SELECT is((SELECT numeric_value FROM feedback.feedback WHERE name = 'stars'), 5::numeric, 'and the word before stays');
SELECT is_empty('SELECT * FROM feedback.check_summaries()', 'the summaries are exact after all that');

SELECT * FROM finish();
ROLLBACK;
