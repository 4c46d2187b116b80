-- Row security on the table holds for all functions and views: here, only who logged an assessment sees and changes it.
BEGIN;
SELECT plan(39);
\ir ../include/helpers.sql
GRANT USAGE ON SCHEMA helper TO PUBLIC;
SET LOCAL client_min_messages = error;

CREATE ROLE feedback_team;
GRANT USAGE ON SCHEMA feedback, feedback_internal TO feedback_team;
GRANT ALL ON ALL TABLES IN SCHEMA feedback TO feedback_team;
GRANT SELECT ON feedback_internal.counted_state, feedback_internal.counted_totals, feedback_internal.counted_days,
                feedback_internal.counted_cells, feedback_internal.counted_values, feedback_internal.counted_changes,
                feedback_internal.recent_trend TO feedback_team;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal TO feedback_team;
CREATE ROLE feedback_alice IN ROLE feedback_team;
CREATE ROLE feedback_bob IN ROLE feedback_team;

-- Everything is used once without row security, so that plans are kept that do not heed it.
DO $$
DECLARE
    a uuid := feedback.log_feedback('tr', 'n', 0, assessment_id => helper.id('1'));
    b uuid := feedback.override_feedback('tr', a, 0, new_assessment_id => helper.id('2'));
    c uuid := feedback.override_feedback('tr', b, 0, new_assessment_id => helper.id('3'));
BEGIN
    PERFORM feedback.update_assessment('tr', c, feedback.get_assessment('tr', c));
    PERFORM feedback.get_assessments('tr');
    PERFORM feedback.delete_assessment('tr', b), feedback.delete_assessment('tr', c);
END $$;
ALTER TABLE feedback.assessments ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON feedback.assessments USING (logged_by = current_user);

SELECT is(helper.result_for(role, statement), result, format('%s: %s', role, statement))
FROM (VALUES
    -- Alice has her own.
    ('feedback_alice', $$ SELECT right(feedback.log_feedback('tr', 'n', 1, assessment_id => helper.id('a'))::text, 1) $$, 'a'),
    ('feedback_alice', $$ SELECT right(feedback.log_feedback('tr', 'n', 1, assessment_id => helper.id('a'))::text, 1) $$, 'a'),
    ('feedback_alice', $$ SELECT right(feedback.override_feedback('tr', helper.id('a'), 2, new_assessment_id => helper.id('b'))::text, 1) $$, 'b'),
    ('feedback_alice', $$ SELECT feedback.get_assessment('tr', helper.id('a')) ->> 'valid' $$, 'false'),
    ('feedback_alice', $$ SELECT feedback.update_assessment('tr', helper.id('b'), '{"rationale": "r"}') ->> 'rationale' $$, 'r'),
    ('feedback_alice', $$ SELECT right(feedback.log_expectation('tr', 'n', 1, assessment_id => helper.id('c'))::text, 1) $$, 'c'),
    ('feedback_alice', $$ SELECT count(*) FROM feedback.get_assessments('tr') $$, '3'),
    ('feedback_alice', $$ SELECT n FROM feedback.trace_summary WHERE trace_id = 'tr' $$, '1'),

    -- Bob sees nothing of hers, and none of his calls answers as if it had worked.
    ('feedback_bob', $$ SELECT count(*) FROM feedback.get_assessments('tr') $$, '0'),
    ('feedback_bob', $$ SELECT n FROM feedback.source_summary $$, NULL),
    ('feedback_bob', $$ SELECT feedback.get_assessment('tr', helper.id('b')) $$, 'P0002 assessment_id'),
    ('feedback_bob', $$ SELECT feedback.update_assessment('tr', helper.id('b'), '{}') $$, 'P0002 assessment_id'),
    ('feedback_bob', $$ SELECT feedback.override_feedback('tr', helper.id('b'), 3) $$, 'P0002 assessment_id'),
    ('feedback_bob', $$ SELECT feedback.log_feedback('tr', 'n', 3, overrides => helper.id('b')) $$, '23503 overrides'),
    ('feedback_bob', $$ SELECT feedback.delete_assessment('tr', helper.id('b')) $$, 'false'),
    ('feedback_bob', $$ SELECT feedback.log_feedback('tr', 'n', 3, assessment_id => helper.id('a')) $$, '23505 assessment_id'),
    ('feedback_bob', $$ SELECT feedback.log_feedback('tr', 'n', 3, assessment_id => helper.id('a'), project => 'other') $$, '23505 assessment_id'),
    ('feedback_bob', $$ SELECT feedback.log_assessment('tr', helper.feedback('"assessment_id": "a-0000000000007000800000000000000a"')) $$,
     '23505 assessment_id'),
    ('feedback_bob', $$ SELECT right(feedback.log_feedback('tr', 'n', 3, assessment_id => helper.id('d'))::text, 1) $$, 'd'),
    ('feedback_bob', $$ SELECT feedback.override_feedback('tr', helper.id('d'), 3, new_assessment_id => helper.id('a')) $$, '23505 assessment_id'),
    ('feedback_bob', $$ SELECT count(*) FROM feedback.get_assessments('tr') $$, '1'),

    -- Alice deletes.
    ('feedback_alice', $$ SELECT feedback.delete_assessment('tr', helper.id('b')) $$, 'true'),
    ('feedback_alice', $$ SELECT feedback.get_assessment('tr', helper.id('a')) ->> 'valid' $$, 'true')
) AS v (role, statement, result);
SELECT is(helper.chain('tr'), '1 ✓, a ✓, c ✓, d ✓', 'in the end, each has what they logged');

-- Somebody else's assessments may be seen, but not changed.
DROP POLICY own ON feedback.assessments;
CREATE POLICY see ON feedback.assessments FOR SELECT USING (true);
CREATE POLICY log ON feedback.assessments FOR INSERT WITH CHECK (logged_by = current_user);
CREATE POLICY change ON feedback.assessments FOR UPDATE USING (logged_by = current_user);
CREATE POLICY forget ON feedback.assessments FOR DELETE USING (logged_by = current_user);
SELECT is(helper.result_for('feedback_bob', statement), result, statement)
FROM (VALUES
    ($$ SELECT count(*) FROM feedback.get_assessments('tr') $$, '4'),
    ($$ SELECT right(feedback.log_feedback('tr', 'n', 3, assessment_id => helper.id('a'))::text, 1) $$, 'a'),
    ($$ SELECT feedback.update_assessment('tr', helper.id('a'), '{}') $$, 'P0002 assessment_id'),
    ($$ SELECT feedback.override_feedback('tr', helper.id('a'), 3) $$, 'P0002 assessment_id'),
    ($$ SELECT feedback.log_feedback('tr', 'n', 3, overrides => helper.id('a')) $$, '23503 overrides'),
    ($$ SELECT feedback.delete_assessment('tr', helper.id('a')) $$, 'false'),
    ($$ SELECT feedback.delete_assessment('tr', helper.id('d')) $$, 'true')
) AS v (statement, result);

-- They may be changed, but not deleted: neither the row nor the chain that it is in.
ALTER POLICY change ON feedback.assessments USING (true);
SELECT is(helper.result_for('feedback_bob', statement), result, statement)
FROM (VALUES
    ($$ SELECT right(feedback.override_feedback('tr', helper.id('a'), 3, new_assessment_id => helper.id('e'))::text, 1) $$, 'e'),
    ($$ SELECT feedback.delete_assessment('tr', helper.id('a')) $$, 'false')
) AS v (statement, result);
SELECT is(helper.chain('tr'), '1 ✓, a ✗, c ✓, e→a ✓', 'nothing is deleted');

-- What may not be logged is refused.
CREATE POLICY quiet ON feedback.assessments AS RESTRICTIVE FOR INSERT WITH CHECK (project <> 'secret');
SELECT is(helper.result_for('feedback_bob', $$ SELECT feedback.log_feedback('tr', 'n', 1, project => 'secret') $$), '42501',
    'a policy for INSERT refuses');
SELECT is(helper.result_for('feedback_bob', $$ SELECT feedback.log_feedback('tr', 'n', 1, project => 'other') IS NULL $$), 'false', 'or lets pass');

-- Who asks to be told of rows that are hidden is told, also by a plan that was made before.
SELECT is(helper.result_for('feedback_bob', $$ SELECT sum(n) FROM feedback.source_summary $$), '3', 'a summary of what is seen');
SET LOCAL row_security = off;
SELECT is(helper.result_for('feedback_bob', $$ SELECT sum(n) FROM feedback.source_summary $$), '42501', 'refused where nothing may be hidden');
SET LOCAL row_security = on;
SELECT is(helper.result_for('feedback_bob', $$ SELECT sum(n) FROM feedback.source_summary $$), '3', 'and seen again');

SELECT * FROM finish();
ROLLBACK;
