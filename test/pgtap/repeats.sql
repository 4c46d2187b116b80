-- Calls that are safe to repeat: with an id that is there already, no row is added and the id is returned.
BEGIN;
SELECT plan(52);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

CREATE TEMP TABLE call (statement text);
INSERT INTO call VALUES
    ($$ SELECT feedback.log_feedback('tr', 'n', 1, assessment_id => helper.id('1')) $$),
    ($$ SELECT feedback.log_feedback('tr', 'n', 'text', assessment_id => helper.id('2')) $$),
    ($$ SELECT feedback.log_expectation('tr', 'n', 1, assessment_id => helper.id('3')) $$),
    ($$ SELECT feedback.log_expectation('tr', 'n', 'text', assessment_id => helper.id('4')) $$),
    ($$ SELECT feedback.log_assessment('tr', helper.feedback('"assessment_id": "a-00000000000070008000000000000005"')) $$),
    ($$ SELECT feedback.log_assessment('tr', '{"assessment_name": "n", "expectation": {"value": 1}, '
                                             '"assessmentId": "00000000-0000-7000-8000-000000000006"}'::jsonb) $$),
    ($$ SELECT feedback.override_feedback('tr', helper.id('1'), 2, new_assessment_id => helper.id('7')) $$),
    ($$ SELECT feedback.override_feedback('tr', helper.id('2'), 'other text', new_assessment_id => helper.id('8')) $$),
    ($$ SELECT feedback.log_feedback('tr', 'n', 3, assessment_id => helper.id('9'), overrides => helper.id('7')) $$),
    ($$ SELECT feedback.log_expectation('tr', 'n', 3, assessment_id => helper.id('a'), overrides => helper.id('3')) $$),
    ($$ SELECT feedback.log_assessment('tr', helper.feedback('"assessment_id": "a-0000000000007000800000000000000b", '
                                             '"overrides": "a-00000000000070008000000000000005"')::json) $$);
SELECT is(helper.refusal(statement), 'accepted', 'first:' || regexp_replace(statement, '\s+', ' ', 'g')) FROM call;
CREATE TEMP TABLE first AS TABLE feedback.assessments;
SELECT is(count(*), 11::bigint, 'each adds a row') FROM first;
SELECT is(helper.refusal(statement), 'accepted', 'again:' || regexp_replace(statement, '\s+', ' ', 'g')) FROM call;
SELECT set_eq('TABLE feedback.assessments', 'TABLE first', 'no repeat adds or changes a row');
SELECT is(helper.chain('tr'), '1 ✗, 2 ✗, 3 ✗, 4 ✓, 5 ✗, 6 ✓, 7→1 ✗, 8→2 ✓, 9→7 ✓, a→3 ✓, b→5 ✓', 'nor what is valid');

-- The id is returned, and the content is not compared.
SELECT is(feedback.log_feedback('tr', 'other', false, 'HUMAN', assessment_id => helper.id('1')), helper.id('1'), 'the id of log_feedback');
SELECT is(feedback.log_expectation('tr', 'other', false, 'CODE', assessment_id => helper.id('3')), helper.id('3'), 'of log_expectation');
SELECT is(feedback.override_feedback('tr', helper.id('1'), false, new_assessment_id => helper.id('7')), helper.id('7'), 'of override_feedback');
SELECT is(feedback.log_assessment('tr',
    '{"assessment_name": "other", "feedback": {"value": 2}, "assessment_id": "a-00000000000070008000000000000005"}'),
    helper.id('5'), 'of log_assessment');
SELECT set_eq('TABLE feedback.assessments', 'TABLE first', 'still no row is added or changed');

-- A repeat is checked like any other call.
SELECT is(helper.refusal(statement), wanted, 'a bad repeat: ' || statement)
FROM (VALUES
    ($$ SELECT feedback.log_feedback('tr', '', 1, assessment_id => helper.id('1')) $$, '22001 name'),
    ($$ SELECT feedback.log_feedback('tr', 'n', 'NaN'::real, assessment_id => helper.id('1')) $$, '22003 value'),
    ($$ SELECT feedback.log_feedback('tr', 'n', 1, 'BOT', assessment_id => helper.id('1')) $$, '22023 source_type'),
    ($$ SELECT feedback.log_expectation('tr', 'n', NULL::text, assessment_id => helper.id('3')) $$, '22004 value'),
    ($$ SELECT feedback.override_feedback('tr', helper.id('1'), NULL::text, new_assessment_id => helper.id('7')) $$, '22004 value'),
    ($$ SELECT feedback.log_assessment('tr', '{"feedback": {"value": 1}, "assessment_id": "a-00000000000070008000000000000005"}') $$, '22004 name'),
    ($$ SELECT feedback.log_feedback('tr', 'n', 1, assessment_id => helper.id('9'), overrides => helper.id('9')) $$, '22023 overrides')
) AS v (statement, wanted);

-- In another project it is no repeat.
SELECT is(helper.refusal(statement), wanted, statement)
FROM (VALUES
    ($$ SELECT feedback.log_feedback('tr', 'n', 1, assessment_id => helper.id('1'), project => 'default') $$, 'accepted'),
    ($$ SELECT feedback.log_feedback('tr', 'n', 1, assessment_id => helper.id('1'), project => 'q') $$, '23505 assessment_id'),
    ($$ SELECT feedback.log_expectation('tr', 'n', 1, assessment_id => helper.id('3'), project => 'Default') $$, '23505 assessment_id'),
    ($$ SELECT feedback.log_assessment('tr', helper.feedback('"assessment_id": "a-00000000000070008000000000000005"'), 'q') $$,
     '23505 assessment_id'),
    ($$ SELECT feedback.log_feedback('tr', 'n', 1, assessment_id => helper.id('9'), overrides => helper.id('7'), project => 'q') $$,
     '23505 assessment_id')
) AS v (statement, wanted);
SET feedback.project = 'q';
SELECT is(helper.refusal($$ SELECT feedback.log_feedback('tr', 'n', 1, assessment_id => helper.id('1')) $$), '23505 assessment_id',
    'the setting counts too');
SELECT is(helper.refusal($$ SELECT feedback.override_feedback('tr', helper.id('1'), 2, new_assessment_id => helper.id('7')) $$), 'accepted',
    'except for an override, which has the project of its target');
SELECT is(helper.refusal($$ SELECT feedback.log_feedback('tr', 'n', 3, assessment_id => helper.id('9'), overrides => helper.id('7')) $$), 'accepted',
    'by either function');
RESET feedback.project;

-- The same id on another trace is another assessment.
SELECT is(helper.refusal($$ SELECT feedback.log_feedback('other', 'n', 1, assessment_id => helper.id('1'), project => 'q') $$), 'accepted',
    'on another trace');
SELECT is(helper.chain('other'), '1 ✓', 'the same id is another assessment');

-- An override that is repeated after its target is gone
SELECT ok(feedback.delete_assessment('tr', helper.id('1')), 'a target is deleted');
SELECT is(feedback.override_feedback('tr', helper.id('1'), 2, new_assessment_id => helper.id('7')), helper.id('7'),
    'the repeat is answered nevertheless');
SELECT is(helper.refusal($$ SELECT feedback.override_feedback('tr', helper.id('1'), 2) $$), 'P0002 assessment_id', 'another override is not');

-- Within one statement
SELECT is((SELECT count(DISTINCT feedback.log_feedback('batch', 'n', i, assessment_id => helper.id('1')))
           FROM generate_series(1, 10) AS i), 1::bigint,
    'ten repeats in one statement');
SELECT is((SELECT array_agg(numeric_value) FROM feedback.assessments WHERE trace_id = 'batch'), '{1}', 'keep the first');

SELECT * FROM finish();
ROLLBACK;
