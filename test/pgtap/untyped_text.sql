-- A text that reads as JSON may be a value that a driver sent without its type: feedback.untyped_text.
BEGIN;
SELECT plan(61);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- What each function makes of a text
CREATE FUNCTION pg_temp.outcome(value text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(DISTINCT helper.refusal(format(call, value)), ' or ')
    FROM unnest(ARRAY[
        'SELECT feedback.log_feedback(''tr'', ''n'', %L)',
        'SELECT feedback.override_feedback(''tr'', feedback.log_feedback(''tr'', ''n'', true), %L)',
        'SELECT feedback.log_expectation(''tr'', ''n'', %L)']) AS call
$$;

CREATE TEMP TABLE sample (text text, reads_as_value boolean);
INSERT INTO sample SELECT text, true FROM unnest(ARRAY[
    'true', 'false', 'null', '5', '0', '-0', '-1.5', '1e5', '1E-5', '12345678901234567890', '1e400',
    '{}', '[]', '{"a": 1}', '[1, "x"]', ' 5 ', E'\t[\n]\r\n', '{"a": "\u0000"}', repeat('[', 100) || repeat(']', 100)
]) AS text;
INSERT INTO sample SELECT text, false FROM unnest(ARRAY[
    '', ' ', 'yes', 'True', 'NULL', 'nullable', 'true false', '"5"', '"text"', '''5''', '5 stars', '1,5', '+5', '.5', '5.', '01',
    '-', '0x10', 'NaN', 'Infinity', '{a: 1}', '{"a": 1,}', '[1', '[1] ok', '{', E'\u00a05', '٥', '2025-01-02'
]) AS text;

SET feedback.untyped_text = error;
SELECT is(pg_temp.outcome(text), CASE WHEN reads_as_value THEN '22023 value' ELSE 'accepted' END,
    format('%s %s as a value', to_json(left(text, 20)), CASE WHEN reads_as_value THEN 'reads' ELSE 'does not read' END))
FROM sample;

SELECT is(helper.refusal(format('SELECT feedback.log_feedback(''tr'', ''n'', %s)', value)), '22023 value', value || ' comes in as text')
FROM unnest(ARRAY['''5''', '''5''::text', '''5''::varchar', '''5''::char(3)', '''5''::name']) AS value;
SELECT is(helper.refusal(format('SELECT feedback.log_feedback(''tr'', ''n'', %s)', value)), 'accepted', value || ' does not')
FROM unnest(ARRAY['5', '''"5"''::jsonb', '''5''::jsonb', '''"5"''::json', 'ARRAY[''5'']']) AS value;
SELECT is(helper.refusal($$ SELECT feedback.log_feedback('tr', '5', 'x', rationale => 'true', source_id => '[]', span_id => '1') $$),
    'accepted', 'other arguments are text anyway');

-- The other ways keep them all, as they are.
CREATE FUNCTION pg_temp.kept() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    result bigint;
BEGIN
    DELETE FROM feedback.assessments;
    PERFORM feedback.log_feedback('tr', text, text) FROM sample WHERE text <> '';
    SELECT count(*) INTO result FROM feedback.assessments WHERE text_value = name;
    RETURN result;
END $$;
SET feedback.untyped_text = keep;
SELECT is(pg_temp.kept(), (SELECT count(*) FROM sample WHERE text <> ''), 'keep keeps them as text');
SET feedback.untyped_text = warn;
SELECT is(pg_temp.kept(), (SELECT count(*) FROM sample WHERE text <> ''), 'so does warn');
SELECT throws_ok($$ SET feedback.untyped_text = 'json' $$, '22023', NULL, 'there is no fourth way');

SELECT * FROM finish();
ROLLBACK;
