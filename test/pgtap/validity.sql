-- valid follows from overrides, whoever writes: direct SQL that inserts, updates and deletes rows of chains.
BEGIN;
SELECT plan(31);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- A row as an ORM would insert it
CREATE FUNCTION pg_temp.put(digit text, over text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    INSERT INTO feedback.assessments (trace_id, assessment_id, kind, name, boolean_value, source_type, overrides)
    VALUES ('t', helper.id(digit), 'feedback', 'n', true, 'HUMAN', helper.id(over))
$$;
-- The chain a <- b <- c <- d <- e, of so many
CREATE FUNCTION pg_temp.chain(length integer) RETURNS void LANGUAGE sql AS $$
    DELETE FROM feedback.assessments;
    SELECT pg_temp.put(substr('abcdef', i, 1), nullif(substr('abcdef', i - 1, 1), '')) FROM generate_series(1, length) AS i;
$$;
-- What there is: id, what it overrides, and ! where it is not valid
CREATE FUNCTION pg_temp.rows() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(right(assessment_id::text, 1) || coalesce('>' || right(overrides::text, 1), '') || CASE WHEN valid THEN '' ELSE '!' END, ' ' ORDER BY assessment_id)
    FROM feedback.assessments
$$;
-- After a statement on a chain
CREATE FUNCTION pg_temp.after(length integer, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.chain(length);
    EXECUTE statement;
    RETURN pg_temp.rows();
END $$;
CREATE FUNCTION pg_temp.gone(VARIADIC digits text[]) RETURNS text LANGUAGE sql AS
    $$ SELECT format('DELETE FROM feedback.assessments WHERE right(assessment_id::text, 1) = ANY (%L)', digits) $$;

SELECT is(pg_temp.after(3, ''), 'a! b>a! c>b', 'INSERT');
SELECT is(pg_temp.after(3, pg_temp.gone('c')), 'a! b>a', 'DELETE of the last: what it overrode is valid again');
SELECT is(pg_temp.after(3, pg_temp.gone('b')), 'a! c>a', 'of the middle: the others are linked');
SELECT is(pg_temp.after(3, pg_temp.gone('a')), 'b! c>b', 'of the first');
SELECT is(pg_temp.after(5, pg_temp.gone('b', 'c')), 'a! d>a! e>d', 'of two in the middle by one statement');
SELECT is(pg_temp.after(5, pg_temp.gone('b', 'd')), 'a! c>a! e>c', 'of two apart');
SELECT is(pg_temp.after(5, pg_temp.gone('b', 'c', 'd')), 'a! e>a', 'of three');
SELECT is(pg_temp.after(5, pg_temp.gone('c', 'd', 'e')), 'a! b>a', 'of the end');
SELECT is(pg_temp.after(5, pg_temp.gone('a', 'b', 'c')), 'd! e>d', 'of the beginning');
SELECT is(pg_temp.after(5, pg_temp.gone('a', 'c', 'e')), 'b! d>b', 'of every other one');
SELECT is(pg_temp.after(5, pg_temp.gone('a', 'b', 'c', 'd', 'e')), NULL, 'of all');
-- The same with the rows in the other order: each is written anew, the last first
SELECT is(pg_temp.after(5, format($$ DO 'BEGIN FOR i IN REVERSE 5 .. 1 LOOP
                                            UPDATE feedback.assessments SET rationale = ''moved'' WHERE assessment_id = helper.id(substr(''abcde'', i, 1));
                                        END LOOP; END'; %s $$, pg_temp.gone(VARIADIC digits))), wanted, 'in the other order: ' || digits::text)
FROM (VALUES (ARRAY['b', 'c'], 'a! d>a! e>d'), (ARRAY['b', 'c', 'd'], 'a! e>a'), (ARRAY['a', 'b', 'c'], 'd! e>d'), (ARRAY['c', 'd', 'e'], 'a! b>a')) AS v (digits, wanted);
SELECT is(pg_temp.after(4, pg_temp.gone('b') || ';' || pg_temp.gone('c')), 'a! d>a', 'one after the other');

SELECT is(pg_temp.after(2, $$ UPDATE feedback.assessments SET overrides = NULL WHERE assessment_id = helper.id('b') $$), 'a b', 'UPDATE: nothing is overridden any more');
SELECT is(pg_temp.after(2, $$ SELECT pg_temp.put('c'); UPDATE feedback.assessments SET overrides = helper.id('c') WHERE assessment_id = helper.id('b') $$),
          'a b>c c!', 'something else is');
SELECT is(pg_temp.after(1, $$ SELECT pg_temp.put('b'); UPDATE feedback.assessments SET overrides = helper.id('a') WHERE assessment_id = helper.id('b') $$),
          'a! b>a', 'something is');
SELECT is(pg_temp.after(3, $$ UPDATE feedback.assessments SET trace_id = 'u' $$), 'a! b>a! c>b', 'a chain moves to another trace whole');
SELECT is(pg_temp.after(2, $$ UPDATE feedback.assessments SET rationale = 'x' $$), 'a! b>a', 'other columns are nothing to it');
SELECT is(pg_temp.after(2, $$ UPDATE feedback.assessments SET valid = true WHERE assessment_id = helper.id('a') $$), 'a b>a',
          'what is set explicitly stands, as for a mirror');

-- The functions follow the same rule
SELECT is(pg_temp.after(3, $$ SELECT feedback.delete_assessment('t', helper.id('b')) $$), 'a! c>a', 'delete_assessment');
SELECT is(pg_temp.after(1, $$ SELECT feedback.override_feedback('t', helper.id('a'), 1, new_assessment_id => helper.id('b')) $$), 'a! b>a', 'override_feedback');
SELECT is(pg_temp.after(3, 'TRUNCATE feedback.assessments'), NULL, 'TRUNCATE');

-- Whoever may delete need not have the right to write what is valid
CREATE ROLE validity_deleter;
GRANT USAGE ON SCHEMA feedback, helper TO validity_deleter;
GRANT SELECT, DELETE ON feedback.assessments TO validity_deleter;
SELECT pg_temp.chain(3) \g /dev/null
SELECT is(helper.refusal_to('validity_deleter', format('DELETE FROM feedback.assessments WHERE assessment_id = %L', helper.id('b'))), 'accepted', 'a role that may delete alone');
SELECT is(pg_temp.rows(), 'a! c>a', 'mends the chain all the same');

-- A long chain, deleted in pieces and whole
DELETE FROM feedback.assessments;
INSERT INTO feedback.assessments (trace_id, assessment_id, kind, name, boolean_value, source_type, overrides)
    SELECT 't', md5(i::text)::uuid, 'feedback', 'n', true, 'HUMAN', CASE WHEN i > 1 THEN md5((i - 1)::text)::uuid END FROM generate_series(1, 2000) AS i;
SELECT is((SELECT count(*) FROM feedback.assessments WHERE valid), 1::bigint, 'of a long chain one is valid');
DELETE FROM feedback.assessments WHERE assessment_id IN (SELECT md5(i::text)::uuid FROM generate_series(2, 2000) AS i WHERE i % 3 > 0);
SELECT is((SELECT count(*) || ' ' || count(*) FILTER (WHERE valid) || ' ' || count(*) FILTER (WHERE overrides IS NULL) FROM feedback.assessments), '667 1 1', 'also of what is left of it');
SELECT is((WITH RECURSIVE link AS (SELECT assessment_id, overrides FROM feedback.assessments WHERE valid
                                   UNION ALL SELECT a.assessment_id, a.overrides FROM link l JOIN feedback.assessments a ON a.trace_id = 't' AND a.assessment_id = l.overrides)
           SELECT count(*) FROM link), 667::bigint, 'which is one chain');
SELECT is_empty('SELECT * FROM feedback.check_summaries()', 'the summaries are exact');

SELECT * FROM finish();
ROLLBACK;
