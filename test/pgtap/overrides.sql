-- Overrides and deletions: an assessment is valid when nothing overrides it.
BEGIN;
SELECT plan(52);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- A chain a ← b ← c, made in three ways
CREATE FUNCTION pg_temp.make_chain(trace text) RETURNS void LANGUAGE sql AS $$
    DELETE FROM feedback.assessments WHERE trace_id = trace;
    SELECT feedback.log_feedback(trace, 'n', false, assessment_id => helper.id('a'), span_id => 's', project => 'p');
    SELECT feedback.override_feedback(trace, helper.id('a'), true, new_assessment_id => helper.id('b'));
    SELECT feedback.log_assessment(trace, '{"assessment_name": "renamed", "feedback": {"value": 1},
        "assessment_id": "a-0000000000007000800000000000000c", "overrides": "00000000-0000-7000-8000-00000000000b"}');
$$;
SELECT pg_temp.make_chain('tr');
SELECT is(helper.chain('tr'), 'a ✗, b→a ✗, c→b ✓', 'what is overridden is not valid');
SELECT results_eq(
    $$ SELECT right(assessment_id::text, 1), project, name, span_id, source_type::text, source_id, rationale, metadata
       FROM feedback.assessments ORDER BY assessment_id $$,
    $$ VALUES ('a', 'p', 'n', 's', 'CODE', 'default', NULL, NULL::jsonb),
              ('b', 'p', 'n', 's', 'CODE', 'default', NULL, NULL),
              ('c', 'p', 'renamed', NULL, 'CODE', 'default', NULL, NULL) $$,
    'an override has the project of its target; override_feedback takes its name and span as well');
SELECT is((SELECT count(DISTINCT last_update_time - create_time) FROM feedback.assessments), 1::bigint, 'no time is touched');
SELECT results_eq($$ SELECT right(assessment_id::text, 1) FROM feedback.feedback WHERE trace_id = 'tr' $$, ARRAY['c'],
    'the view shows the last one');

-- All that override_feedback takes
SELECT isnt(feedback.override_feedback('tr', helper.id('c'), 0.5, 'human', 'u', 'r', '{"a": 1}', 'E', 'm', 's',
                '2025-01-02 03:04:05+00', helper.id('d')), NULL, 'override_feedback, by position');
SELECT is(to_jsonb(helper.assessment(helper.id('d'))) - 'logged_by',
    '{"project": "p", "trace_id": "tr", "assessment_id": "00000000-0000-7000-8000-00000000000d", "kind": "feedback", "name": "renamed",
      "boolean_value": null, "numeric_value": 0.5, "text_value": null, "json_value": null, "source_type": "HUMAN", "source_id": "u",
      "rationale": "r", "metadata": {"a": 1}, "span_id": null, "error_code": "E", "error_message": "m", "stack_trace": "s",
      "overrides": "00000000-0000-7000-8000-00000000000c", "valid": true,
      "create_time": "2025-01-02T03:04:05+00:00", "last_update_time": "2025-01-02T03:04:05+00:00"}'::jsonb,
    'each goes to its column');
SELECT isnt(feedback.override_feedback('tr', helper.id('d'), NULL, error_code => 'E', new_assessment_id => helper.id('e')), NULL,
    'an error overrides a value');
SELECT is(helper.chain('tr'), 'a ✗, b→a ✗, c→b ✗, d→c ✗, e→d ✓', 'the chain goes on');

-- Expectations override expectations.
SELECT isnt(feedback.log_expectation('tr e', 'n', 1, assessment_id => helper.id('a')), NULL, 'an expectation');
SELECT isnt(feedback.log_expectation('tr e', 'other', 2, assessment_id => helper.id('b'), overrides => helper.id('a')), NULL, 'and another instead');
SELECT is(helper.chain('tr e'), 'a ✗, b→a ✓', 'expectations are overridden alike');
SELECT isnt(feedback.log_feedback('tr f', 'n', 1, assessment_id => helper.id('a')), NULL, 'a feedback');
SELECT isnt(feedback.log_feedback('tr f', 'other', 2, assessment_id => helper.id('b'), overrides => helper.id('a')), NULL, 'and another instead');
SELECT is(helper.chain('tr f'), 'a ✗, b→a ✓', 'log_feedback overrides, too');

-- What cannot be overridden: 'a' is feedback and 'b' an expectation of trace t1, project p; 'c' is feedback that 'd' overrides; 'e' is of t2.
SELECT feedback.log_feedback('t1', 'n', 1, assessment_id => helper.id('a'), project => 'p') AS a,
       feedback.log_expectation('t1', 'n', 1, assessment_id => helper.id('b'), project => 'p') AS b,
       feedback.log_feedback('t1', 'n', 1, assessment_id => helper.id('c'), project => 'p') AS c,
       feedback.log_feedback('t1', 'n', 1, assessment_id => helper.id('d'), overrides => helper.id('c')) AS d,
       feedback.log_feedback('t2', 'n', 1, assessment_id => helper.id('e')) AS e \gset
SELECT is(helper.chain('t1'), 'a ✓, b ✓, c ✗, d→c ✓', 'before all refusals');
SELECT is(helper.refusal(statement), wanted, description)
FROM (VALUES
    ($$ SELECT feedback.log_feedback('t1', 'n', 1, overrides => helper.id('f')) $$, '23503 overrides', 'an unknown target'),
    ($$ SELECT feedback.log_feedback('t1', 'n', 1, overrides => helper.id('e')) $$, '23503 overrides', 'a target of another trace'),
    ($$ SELECT feedback.log_feedback('unknown', 'n', 1, overrides => helper.id('a')) $$, '23503 overrides', 'of an unknown trace'),
    ($$ SELECT feedback.log_feedback('t1', 'n', 1, overrides => helper.id('b')) $$, '22023 overrides', 'feedback overrides an expectation'),
    ($$ SELECT feedback.log_expectation('t1', 'n', 1, overrides => helper.id('a')) $$, '22023 overrides', 'an expectation overrides feedback'),
    ($$ SELECT feedback.log_feedback('t1', 'n', 1, overrides => helper.id('9'), assessment_id => helper.id('9')) $$, '22023 overrides', 'itself'),
    ($$ SELECT feedback.log_feedback('t1', 'n', 1, overrides => helper.id('a'), assessment_id => helper.id('a')) $$, '22023 overrides',
     'itself, which is there'),
    ($$ SELECT feedback.log_feedback('t1', 'n', 1, overrides => helper.id('c')) $$, '23505 overrides', 'one that is overridden already'),
    ($$ SELECT feedback.log_feedback('t1', 'n', 1, overrides => helper.id('c'), assessment_id => helper.id('9')) $$, '23505 overrides',
     'also with an id'),
    ($$ SELECT feedback.log_feedback('t1', 'n', 1, overrides => helper.id('a'), project => 'q') $$, '22023 project', 'of another project'),
    ($$ SELECT feedback.log_assessment('t1', helper.feedback('"overrides": "00000000-0000-7000-8000-00000000000a"'), 'q') $$,
     '22023 project', 'also by a document'),
    ($$ SELECT feedback.log_assessment('t1', '{"assessment_name": "n", "expectation": {"value": 1},
            "overrides": "a-0000000000007000800000000000000a"}') $$,
     '22023 overrides', 'a document of the other kind'),
    ($$ SELECT feedback.override_feedback('t1', helper.id('f'), 1) $$, 'P0002 assessment_id', 'override_feedback of an unknown assessment'),
    ($$ SELECT feedback.override_feedback('t2', helper.id('a'), 1) $$, 'P0002 assessment_id', 'of one of another trace'),
    ($$ SELECT feedback.override_feedback('t1', helper.id('b'), 1) $$, '22023 overrides', 'of an expectation'),
    ($$ SELECT feedback.override_feedback('t1', helper.id('c'), 1) $$, '23505 overrides', 'of one that is overridden already'),
    ($$ SELECT feedback.override_feedback('t1', helper.id('a'), 1, new_assessment_id => helper.id('a')) $$, '22023 overrides', 'by itself'),
    ($$ SELECT feedback.override_feedback('t1', helper.id('a'), NULL::int) $$, '22004 value', 'by nothing'),
    ($$ SELECT feedback.override_feedback('t1', helper.id('a'), 1, 'BOT') $$, '22023 source_type', 'by nobody')
) AS v (statement, wanted, description);
SELECT matches(helper.complaint($$ SELECT feedback.log_feedback('t1', 'n', 1, overrides => helper.id('c')) $$), helper.id('d')::text,
    'the refusal of a second override names the current one');
SELECT is(helper.chain('t1'), 'a ✓, b ✓, c ✗, d→c ✓', 'after all refusals, nothing has changed');

-- The project is that of the target, whatever the session's is.
SET feedback.project = 'session';
SELECT is((helper.assessment(feedback.override_feedback('t1', helper.id('a'), 2))).project, 'p', 'not that of the setting');
SELECT is((helper.assessment(feedback.log_feedback('t1', 'n', 2, overrides => helper.id('d'), project => 'p'))).project, 'p',
    'which may be given as well');
RESET feedback.project;

-- Deletions
CREATE FUNCTION pg_temp.chain_without(deleted text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.make_chain('tr');
    FOR i IN 1 .. length(deleted) LOOP
        IF NOT feedback.delete_assessment('tr', helper.id(substr(deleted, i, 1))) THEN
            RETURN 'not deleted';
        END IF;
    END LOOP;
    RETURN helper.chain('tr');
END $$;
SELECT is(pg_temp.chain_without(deleted), wanted, format('a ← b ← c without %s', deleted))
FROM (VALUES
    ('c', 'a ✗, b→a ✓'), ('b', 'a ✗, c→a ✓'), ('a', 'b ✗, c→b ✓'), ('cb', 'a ✓'), ('bc', 'a ✓'), ('ca', 'b ✓'),
    ('ab', 'c ✓'), ('ba', 'c ✓'), ('abc', NULL)
) AS v (deleted, wanted);
SELECT pg_temp.make_chain('tr');
SELECT ok(NOT feedback.delete_assessment(trace, helper.id(id)), format('nothing to delete: %s of %s', id, trace))
FROM (VALUES ('tr', 'f'), ('t2', 'a'), ('unknown', 'a')) AS v (trace, id);
SELECT is(helper.chain('tr'), 'a ✗, b→a ✗, c→b ✓', 'nothing was deleted');
SELECT feedback.delete_assessment('tr', helper.id('c')) AS deleted,
       feedback.override_feedback('tr', helper.id('b'), 3, new_assessment_id => helper.id('d')) AS d \gset
SELECT is(helper.chain('tr'), 'a ✗, b→a ✗, d→b ✓', 'what is valid again can be overridden again');

SELECT * FROM finish();
ROLLBACK;
