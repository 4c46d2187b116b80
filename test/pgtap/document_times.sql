-- Times and ids of documents: the forms that are read, and the one that is written.
BEGIN;
SELECT plan(114);
\ir ../include/helpers.sql
SET LOCAL timezone = 'Asia/Kolkata';

-- How a time is written back that was read
CREATE FUNCTION pg_temp.written(given text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    id uuid := feedback.log_assessment('tr', format(helper.feedback('"create_time": "%s"'), given));
    document jsonb := feedback.get_assessment('tr', id);
BEGIN
    IF (document ->> 'create_time')::timestamptz IS DISTINCT FROM (helper.assessment(id)).create_time THEN
        RETURN 'not what is stored';
    END IF;
    IF document -> 'last_update_time' IS DISTINCT FROM document -> 'create_time' THEN
        RETURN 'last_update_time does not follow';
    END IF;
    RETURN document ->> 'create_time';
END $$;

SELECT is(pg_temp.written(given), wanted, given)
FROM (VALUES
    ('2025-01-02T03:04:05Z', '2025-01-02T03:04:05Z'),
    ('2025-01-02T03:04:05.678Z', '2025-01-02T03:04:05.678Z'),
    ('2025-01-02T03:04:05.000Z', '2025-01-02T03:04:05Z'),
    ('2025-01-02T03:04:05.1200Z', '2025-01-02T03:04:05.12Z'),
    ('2025-01-02T03:04:05.123456Z', '2025-01-02T03:04:05.123456Z'),
    ('2025-01-02T03:04:05.123456789Z', '2025-01-02T03:04:05.123456Z'),
    ('2025-01-02T03:04:05.9999999999999999999999Z', '2025-01-02T03:04:05.999999Z'),
    ('2025-01-02T03:04:05.0000009Z', '2025-01-02T03:04:05Z'),
    ('2025-01-02T03:04:05+00:00', '2025-01-02T03:04:05Z'),
    ('2025-01-02T03:04:05-00:00', '2025-01-02T03:04:05Z'),
    ('2025-01-02T03:04:05+05:30', '2025-01-01T21:34:05Z'),
    ('2025-01-02T03:04:05-00:30', '2025-01-02T03:34:05Z'),
    ('2025-01-02T23:59:59.5-23:59', '2025-01-03T23:58:59.5Z'),
    ('2024-02-29T12:00:00Z', '2024-02-29T12:00:00Z'),
    ('2000-02-29T12:00:00Z', '2000-02-29T12:00:00Z'),
    ('1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'),
    ('1582-10-10T00:00:00Z', '1582-10-10T00:00:00Z'),
    ('0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'),
    ('0000-12-31T23:59:59-00:01', '0001-01-01T00:00:59Z'),
    ('9999-12-31T23:59:59.9999999Z', '9999-12-31T23:59:59.999999Z')
) AS v (given, wanted);

SELECT is(helper.document_refusal(format(helper.feedback('"%s": "%s"'), member, given)),
    sqlstate || ' ' || member, member || ' ' || given)
FROM (VALUES ('create_time'), ('last_update_time')) AS m (member),
     LATERAL (
         SELECT '22007', given FROM unnest(ARRAY[
             '', 'now', 'infinity', '2025-01-02', '2025-01-02T03:04:05', '2025-01-02 03:04:05Z', '2025-01-02t03:04:05Z', '2025-01-02T03:04:05z',
             '2025-01-02T03:04Z', '2025-01-02T03:04:05.Z', '2025-01-02T03:04:05,5Z', '2025-01-02T03:04:05 Z', ' 2025-01-02T03:04:05Z',
             '2025-01-02T03:04:05Z ', '2025-01-02T03:04:05+01', '2025-01-02T03:04:05+0100', '2025-01-02T03:04:05+1:00', '2025-01-02T03:04:05UTC',
             '25-01-02T03:04:05Z', '2025-1-2T03:04:05Z', '12025-01-02T03:04:05Z', '-2025-01-02T03:04:05Z', '20250102T030405Z', '1735787045678',
             '2025-01-02T03:04:05Z\u0001', '２025-01-02T03:04:05Z'
         ]) AS given
         WHERE member = 'create_time' OR given IN ('', '2025-01-02T03:04:05')
         UNION ALL
         SELECT '22008', given FROM unnest(ARRAY[
             '2025-02-30T00:00:00Z', '2025-02-29T00:00:00Z', '1900-02-29T00:00:00Z', '2025-04-31T00:00:00Z', '2025-00-01T00:00:00Z',
             '2025-13-01T00:00:00Z', '2025-01-00T00:00:00Z', '2025-01-32T00:00:00Z', '2025-01-02T24:00:00Z', '2025-01-02T23:60:00Z',
             '2025-01-02T23:59:60Z', '2016-12-31T23:59:60Z', '2025-01-02T03:04:05+24:00', '2025-01-02T03:04:05+01:60', '0000-01-01T00:00:00Z',
             '0001-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01'
         ]) AS given
         WHERE member = 'create_time' OR given = '2025-02-30T00:00:00Z'
     ) AS v (sqlstate, given);
SELECT is(helper.document_refusal(format(helper.feedback('"%s": %s'), member, number)), sqlstate || ' ' || member,
    format('%s %s', member, number))
FROM (VALUES ('create_time', '22007'), ('last_update_time', '22007'), ('assessment_id', '22P02'), ('overrides', '22P02')) AS v (member, sqlstate),
     unnest(ARRAY['1735787045678', '0', '-1.5', '1e300']) AS number;

-- Each has its own time; what is missing follows.
SELECT results_eq(
    $$ SELECT create_time, last_update_time FROM helper.logged('{"assessment_name": "n", "feedback": {"value": 1},
           "create_time": "2025-01-02T03:04:05Z", "last_update_time": "2024-01-02T03:04:05Z"}') $$,
    $$ VALUES ('2025-01-02 03:04:05+00'::timestamptz, '2024-01-02 03:04:05+00'::timestamptz) $$,
    'an update before the creation is kept');
SELECT ok(create_time BETWEEN statement_timestamp() AND clock_timestamp() AND last_update_time = '2024-01-02 03:04:05+00',
    'create_time is now if it is missing')
FROM helper.logged(helper.feedback('"last_update_time": "2024-01-02T03:04:05Z"'));

-- Ids
SELECT is((helper.logged(format(helper.feedback('"assessment_id": "%s"'), given))).assessment_id, wanted::uuid, given)
FROM (VALUES
    ('a-0123456789abcdef0123456789abcdef', '01234567-89ab-cdef-0123-456789abcdef'),
    ('11234567-89ab-cdef-0123-456789abcdef', '11234567-89ab-cdef-0123-456789abcdef'),
    ('21234567-89AB-CDEF-0123-456789ABCDEF', '21234567-89ab-cdef-0123-456789abcdef'),
    ('a-00000000000000000000000000000000', '00000000-0000-0000-0000-000000000000')
) AS v (given, wanted);
SELECT is(helper.document_refusal(format(helper.feedback('"%s": "%s"'), member, given)), '22P02 ' || member,
    format('%s "%s"', member, given))
FROM unnest(ARRAY['assessment_id', 'overrides']) AS member, unnest(ARRAY[
    '', 'a-', 'a-0123456789abcdef0123456789abcde', 'a-0123456789abcdef0123456789abcdef0', 'a-0123456789ABCDEF0123456789abcdef',
    'A-0123456789abcdef0123456789abcdef', '0123456789abcdef0123456789abcdef', 'a-0123456789abcdef0123456789abcdeg',
    '{01234567-89ab-cdef-0123-456789abcdef}', '01234567-89ab-cdef-0123-456789abcdef ', '0123456-789ab-cdef-0123-456789abcdef',
    'a-01234567-89ab-cdef-0123-456789abcdef', 'é-0123456789abcdef0123456789abcdef'
]) AS given;

SELECT * FROM finish();
ROLLBACK;
