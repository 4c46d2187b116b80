-- Values from SQL: each type is stored as what it is, by log_feedback, log_expectation and override_feedback alike.
BEGIN;
SELECT plan(120);
\ir ../include/helpers.sql

-- Type and value of what the three functions store of an expression; these have to agree
CREATE FUNCTION pg_temp.stored(expression text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    id uuid;
    stored text[];
    call text;
BEGIN
    FOREACH call IN ARRAY ARRAY[
        'SELECT feedback.log_feedback(''tr'', ''n'', %s)',
        'SELECT feedback.override_feedback(''tr'', $1, %s)',
        'SELECT feedback.log_expectation(''tr'', ''n'', %s)']
    LOOP
        EXECUTE format(call, expression) INTO id USING id;
        stored := stored || helper.value_of(helper.assessment(id));
    END LOOP;
    RETURN (SELECT string_agg(DISTINCT s, ' or ') FROM unnest(stored) AS s);
END $$;

-- How the three refuse an expression
CREATE FUNCTION pg_temp.refused(expression text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(DISTINCT helper.refusal(format(call, expression)), ' or ')
    FROM unnest(ARRAY[
        'SELECT feedback.log_feedback(''tr'', ''n'', %s)',
        'SELECT feedback.override_feedback(''tr'', feedback.log_feedback(''tr'', ''n'', true), %s)',
        'SELECT feedback.log_expectation(''tr'', ''n'', %s)']) AS call
$$;

CREATE TYPE pg_temp.mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pg_temp.score AS (label text, points double precision);
CREATE TYPE pg_temp.scores AS (judge text, scores pg_temp.score[]);
CREATE DOMAIN pg_temp.stars AS integer CHECK (VALUE BETWEEN 1 AND 5);
CREATE DOMAIN pg_temp.thumb AS boolean;
CREATE DOMAIN pg_temp.probability AS double precision;
CREATE DOMAIN pg_temp.likelihood AS pg_temp.probability;
CREATE DOMAIN pg_temp.label AS text;
CREATE DOMAIN pg_temp.document AS jsonb;
CREATE DOMAIN pg_temp.points AS double precision[];
CREATE DOMAIN pg_temp.checked_score AS pg_temp.score;

SELECT is(pg_temp.stored(expression), wanted, expression)
FROM (VALUES
    -- booleans and numbers
    ('true', 'boolean true'),
    ('false', 'boolean false'),
    ('1 > 2', 'boolean false'),
    ('5', 'numeric 5'),
    ('0', 'numeric 0'),
    ('(-32768)::int2', 'numeric -32768'),
    ('2147483647::int4', 'numeric 2147483647'),
    ('(-9223372036854775808)::int8', 'numeric -9223372036854775808'),
    ('0.1::real', 'numeric 0.1'),
    ('16777216::real', 'numeric 16777216'),
    ('3.4028235e38::real', 'numeric 340282350000000000000000000000000000000'),
    ('0.1::float8', 'numeric 0.1'),
    ('(0.1::float8 + 0.2::float8)', 'numeric 0.30000000000000004'),
    ('(1::float8 / 3)', 'numeric 0.3333333333333333'),
    ('1e22::float8', 'numeric 10000000000000000000000'),
    ('''-0''::float8', 'numeric 0'),
    ('1.7976931348623157e308::float8', 'numeric ' || 1.7976931348623157e308::numeric),
    ('5e-324::float8', 'numeric ' || 5e-324::numeric),
    ('0.1', 'numeric 0.1'),
    ('1.50', 'numeric 1.50'),
    ('9007199254740993', 'numeric 9007199254740993'),
    ('123456789012345678901234567890.1', 'numeric 123456789012345678901234567890.1'),
    ('1.7976931348623157e308::numeric', 'numeric ' || 1.7976931348623157e308::numeric),
    ('-1.7976931348623157e308::numeric', 'numeric ' || -1.7976931348623157e308::numeric),
    ('''1e-16383''::numeric', 'numeric ' || '1e-16383'::numeric),

    -- json and jsonb, by what they hold
    ('''true''::jsonb', 'boolean true'),
    ('''false''::json', 'boolean false'),
    ('''5''::jsonb', 'numeric 5'),
    ('''0.1''::json', 'numeric 0.1'),
    ('''1e2''::json', 'numeric 100'),
    ('''-0''::json', 'numeric 0'),
    ('''12345678901234567890''::json', 'numeric 12345678901234567890'),
    ('''"text"''::jsonb', 'text text'),
    ('''"5"''::jsonb', 'text 5'),
    ('''"true"''::json', 'text true'),
    ('''""''::json', 'text '),
    ('''"\u00e9\ud83d\ude00\n"''::json', E'text \u00e9\U0001F600\n'),
    ('''[1, "2", true, null, [], {}]''::jsonb', 'json [1, "2", true, null, [], {}]'),
    ('''{"b": 1, "a": {"c": [12345678901234567890]}}''::json', 'json {"a": {"c": [12345678901234567890]}, "b": 1}'),
    ('''[]''::json', 'json []'),
    ('''{}''::jsonb', 'json {}'),
    ('''{"a": 1, "a": 2}''::json', 'json {"a": 2}'),
    ('to_json(now() IS NULL)', 'boolean false'),

    -- text and whatever is a string in JSON
    ('''good''::text', 'text good'),
    ('''good''::varchar(10)', 'text good'),
    ('''good''::char(10)', 'text good'),
    ('''good''::name', 'text good'),
    ('''''::text', 'text '),
    ('E''\t ü😀''''"\\''::text', E'text \t ü😀''"\\'),
    ('''happy''::pg_temp.mood', 'text happy'),
    ('''00000000-0000-7000-8000-000000000001''::uuid', 'text 00000000-0000-7000-8000-000000000001'),
    ('''2025-01-02''::date', 'text 2025-01-02'),
    ('''2025-01-02 03:04:05+00''::timestamptz AT TIME ZONE ''UTC''', 'text 2025-01-02T03:04:05'),
    ('''1 day''::interval', 'text 1 day'),
    ('''12.50''::money', 'text ' || 12.5::money),
    ('''\x0102''::bytea', 'text \x0102'),
    ('''10.0.0.1''::inet', 'text 10.0.0.1'),
    ('int4range(1, 3)', 'text [1,3)'),

    -- domains, by their base type
    ('5::pg_temp.stars', 'numeric 5'),
    ('true::pg_temp.thumb', 'boolean true'),
    ('0.1::pg_temp.likelihood', 'numeric 0.1'),
    ('''good''::pg_temp.label', 'text good'),
    ('''[1]''::pg_temp.document', 'json [1]'),
    ('''"x"''::pg_temp.document', 'text x'),
    ('''{0.1,0.2}''::pg_temp.points', 'json [0.1, 0.2]'),
    ('ROW(''a'', 0.1)::pg_temp.score::pg_temp.checked_score', 'json {"label": "a", "points": 0.1}'),

    -- arrays and composites
    ('ARRAY[1, 2, NULL]', 'json [1, 2, null]'),
    ('''{}''::int[]', 'json []'),
    ('ARRAY[[1, 2], [3, 4]]', 'json [[1, 2], [3, 4]]'),
    ('ARRAY[''a'', ''NaN'', ''null'']', 'json ["a", "NaN", "null"]'),
    ('ARRAY[0.1::real, 0.3::real]', 'json [0.1, 0.3]'),
    ('ARRAY[''{"a": 1}''::jsonb]', 'json [{"a": 1}]'),
    ('ARRAY[5::pg_temp.stars]', 'json [5]'),
    ('ROW(''a'', 0.1)::pg_temp.score', 'json {"label": "a", "points": 0.1}'),
    ('ROW(''j'', ARRAY[ROW(''a'', 1.5)::pg_temp.score])::pg_temp.scores',
     'json {"judge": "j", "scores": [{"label": "a", "points": 1.5}]}'),
    ('ROW(1, ''x'')', 'json {"f1": 1, "f2": "x"}')
) AS v (expression, wanted);

-- Digits do not depend on what the session prints.
SET LOCAL extra_float_digits = 0;
SELECT is(pg_temp.stored(expression), wanted, expression || ', with extra_float_digits = 0')
FROM (VALUES
    ('0.1::float8 + 0.2::float8', 'numeric 0.30000000000000004'),
    ('ARRAY[0.1::float8 + 0.2::float8]', 'json [0.30000000000000004]'),
    ('ROW(1::float8 / 3)', 'json {"f1": 0.3333333333333333}')
) AS v (expression, wanted);
SELECT is(current_setting('extra_float_digits'), '0', 'and the setting stays');
RESET extra_float_digits;

-- What no JSON can hold
SELECT is(pg_temp.refused(expression), '22003 value', expression || ' is refused')
FROM unnest(ARRAY[
    '''NaN''::real', '''Infinity''::float8', '''-Infinity''::numeric', '''NaN''::pg_temp.likelihood',
    '1.7976931348623158e308::numeric', '-1e309::numeric', '''1e309''::jsonb', '''1e400''::json', '''[{"a": 1e309}]''::jsonb',
    'ARRAY[1, ''NaN''::float8]', 'ARRAY[''Infinity''::numeric]', '''{NaN}''::pg_temp.points',
    'ROW(''a'', ''NaN'')::pg_temp.score', 'ROW(''a'', ''NaN'')::pg_temp.score::pg_temp.checked_score',
    'ROW(''j'', ARRAY[ROW(''a'', 1), ROW(''b'', ''-Infinity'')]::pg_temp.score[])::pg_temp.scores',
    'ROW(1, ROW(2, ''NaN''::real))', 'ARRAY[1e309::numeric]'
]) AS expression;

-- SQL's NULL is no value. JSON's is one ("not applicable") for a feedback, unless there is an error.
SELECT is(pg_temp.refused('NULL::' || type), '22004 value', 'NULL as ' || type || ' is missing')
FROM unnest(ARRAY['text', 'integer', 'jsonb', 'integer[]']) AS type;
SELECT is(helper.value_of(helper.assessment(feedback.log_feedback('tr', 'n', 'null'::jsonb))), 'json null',
    'the null of jsonb is a value');
SELECT is(helper.value_of(helper.assessment(feedback.log_feedback('tr', 'n', 'null'::json))), 'json null',
    'and that of json');
SELECT is(helper.value_of(helper.assessment(feedback.log_feedback('tr', 'n', 'null'::jsonb, error_code => 'E'))), '',
    'beside an error it is none');
SELECT is(helper.refusal($$ SELECT feedback.log_expectation('tr', 'n', 'null'::jsonb) $$), '22004 value',
    'nor for an expectation');

-- A value may nest as deeply as its document can: a feedback stands at the third level, an expectation on its own.
CREATE FUNCTION pg_temp.nested(levels integer) RETURNS text LANGUAGE sql AS
    $$ SELECT quote_literal(repeat('[', levels) || repeat(']', levels)) $$;
SELECT is(helper.refusal(format('SELECT feedback.log_feedback(''tr'', ''n'', %s::%s)', pg_temp.nested(levels), type)),
    CASE WHEN levels <= 62 THEN 'accepted' ELSE '54001 value' END, format('feedback of %s levels of %s', levels, type))
FROM unnest(ARRAY['json', 'jsonb']) AS type, unnest(ARRAY[62, 63, 1000]) AS levels;
SELECT is(helper.refusal(format('SELECT feedback.log_expectation(''tr'', ''n'', %s::%s)', pg_temp.nested(levels), type)),
    CASE WHEN levels <= 64 THEN 'accepted' ELSE '54001 value' END, format('expectation of %s levels of %s', levels, type))
FROM unnest(ARRAY['json', 'jsonb']) AS type, unnest(ARRAY[64, 65]) AS levels;
SELECT is(pg_temp.refused(format('%L::json', text)), '22P05 value', text || ' cannot be kept')
FROM unnest(ARRAY['"\u0000"', '["a\ud800"]', '{"\udc00": 1}']) AS text;

-- A row of a table is a composite, whatever became of its columns.
CREATE TEMP TABLE answer (dropped float8, text text);
INSERT INTO answer VALUES ('NaN', 'Paris');
ALTER TABLE answer DROP dropped, ADD score float8 DEFAULT 0.5;
SELECT is(helper.value_of(helper.assessment(feedback.log_feedback('tr', 'n', answer))),
    'json {"text": "Paris", "score": 0.5}', 'a row of a table')
FROM answer;
ALTER TABLE answer ADD missing float8 DEFAULT 'NaN';
SELECT is(helper.refusal($$ SELECT feedback.log_feedback('tr', 'n', answer) FROM answer $$), '22003 value',
    'with NaN in a column that was added');

SELECT * FROM finish();
ROLLBACK;
