-- Ids: UUIDs of version 7 that only grow within a session, and the two ways to spell one.
BEGIN;
SELECT plan(32);
\ir ../include/helpers.sql

-- Ten thousand in the order in which they were made, by each of the functions that make one
CREATE TEMP TABLE made AS
SELECT i, CASE i % 3
              WHEN 0 THEN feedback.log_feedback('tr', 'n', i)
              WHEN 1 THEN feedback.log_expectation('tr', 'n', i)
              ELSE feedback.log_assessment('tr', '{"assessment_name": "n", "feedback": {"value": 1}}')
          END AS id
FROM generate_series(1, 10000) AS i;
SELECT is((SELECT count(DISTINCT id) FROM made), 10000::bigint, 'ten thousand ids');
SELECT is_empty($$ SELECT i FROM (SELECT i, id > lag(id) OVER (ORDER BY i) AS grows FROM made) AS m WHERE NOT grows $$,
    'each is greater than the one before');
SELECT is_empty($$ SELECT id FROM made WHERE id::text !~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' $$,
    'each has the version and the variant of RFC 9562');
SELECT is_empty($$ SELECT id FROM made JOIN feedback.assessments ON assessment_id = id
                   WHERE abs(('x' || replace(left(id::text, 13), '-', ''))::bit(48)::bigint - extract(epoch FROM create_time) * 1000) > 1000 $$,
    'each starts with the time, in milliseconds');
SELECT is((SELECT count(DISTINCT right(id::text, 15)) FROM made), 10000::bigint, 'and ends with what is random');
SELECT ok(feedback.override_feedback('tr', (SELECT id FROM made WHERE i = 3), 1) > (SELECT id FROM made WHERE i = 10000),
    'override_feedback makes them too');

-- A clock that is set back does not matter: an id of the caller's, in the future, is not continued.
SELECT is(feedback.log_feedback('tr', 'n', 1, assessment_id => 'ffffffff-ffff-7fff-bfff-ffffffffffff'), 'ffffffff-ffff-7fff-bfff-ffffffffffff',
    'a caller''s id is taken as it is');
SELECT ok(feedback.log_feedback('tr', 'n', 1) < 'ffffffff-ffff-7fff-bfff-ffffffffffff', 'and not continued');

-- Spellings
SELECT is(feedback.assessment_id(given), wanted::uuid, coalesce(given, 'NULL'))
FROM (VALUES
    ('a-0123456789abcdef0123456789abcdef', '01234567-89ab-cdef-0123-456789abcdef'),
    ('01234567-89ab-cdef-0123-456789abcdef', '01234567-89ab-cdef-0123-456789abcdef'),
    ('01234567-89AB-CDEF-0123-456789abcdef', '01234567-89ab-cdef-0123-456789abcdef'),
    ('a-ffffffffffffffffffffffffffffffff', 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
    (NULL, NULL)
) AS v (given, wanted);
SELECT is(helper.refusal(format('SELECT feedback.assessment_id(%L)', given)), '22P02 assessment_id', format('"%s" is no id', left(given, 50)))
FROM unnest(ARRAY[
    '', 'a', 'a-', 'a-0123456789abcdef0123456789abcde', 'a-0123456789abcdef0123456789abcdef0', 'a-0123456789ABCDEF0123456789ABCDEF',
    'A-0123456789abcdef0123456789abcdef', 'b-0123456789abcdef0123456789abcdef', '0123456789abcdef0123456789abcdef',
    'a-0123456789abcdef0123456789abcdeg', '{01234567-89ab-cdef-0123-456789abcdef}', ' 01234567-89ab-cdef-0123-456789abcdef',
    '01234567-89ab-cdef-0123-456789abcde', '0123456789ab-cdef-0123-456789abcdef-',
    '01234567+89ab+cdef+0123+456789abcdef', 'g1234567-89ab-cdef-0123-456789abcdef', 'a-0123456789abcdef0123456789abcé', repeat('a', 1000000)
]) AS given;

-- What documents spell is what the functions take.
SELECT is(feedback.assessment_id(feedback.get_assessment('tr', id) ->> 'assessment_id'), id, 'the id of a document is that of its row')
FROM made WHERE i = 1;

SELECT * FROM finish();
ROLLBACK;
