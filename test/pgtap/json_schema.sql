-- label_schema_from_json_schema: what a judge declares, as MLflow writes it, becomes a label schema.
BEGIN;
SELECT plan(60);
\ir ../include/helpers.sql

-- The columns that are not null or false, as one text
CREATE FUNCTION pg_temp.converted(json_schema jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    result := helper.refusal(format('SELECT feedback.label_schema_from_json_schema(''n'', %L)', json_schema));
    SELECT concat_ws(' ', value_type, json_form, element_type, nullif(concat_ws('..', min, max), ''),
                     CASE WHEN whole_numbers THEN 'whole' END, categories, CASE WHEN multiple THEN 'multiple' END,
                     max_length, CASE WHEN null_allowed THEN 'or null' END)
    INTO result FROM feedback.label_schemas WHERE result = 'accepted';
    DELETE FROM feedback.label_schemas;
    RETURN coalesce(result, helper.refusal(format('SELECT feedback.label_schema_from_json_schema(''n'', %L)', json_schema)));
END $$;

SELECT is(pg_temp.converted(json_schema::jsonb), expected, json_schema)
FROM (VALUES
    ('{"type": "boolean", "title": "Result"}', 'boolean'),
    ('{"type": "integer", "title": "Result"}', 'numeric whole'),
    ('{"type": "number"}', 'numeric'),
    ('{"type": "string"}', 'text'),
    ('{"type": "string", "maxLength": 80}', 'text 80'),
    ('{"type": "integer", "minimum": 1, "maximum": 5}', 'numeric 1..5 whole'),
    ('{"enum": ["yes", "no"], "type": "string", "title": "Result"}', 'text {yes,no}'),
    ('{"enum": ["yes", "no", null]}', 'text {yes,no} or null'),
    ('{"const": "x", "type": "string"}', 'text {x}'),
    ('{"enum": [3, 1, 2], "type": "integer"}', 'numeric 1..3 whole'),
    ('{"enum": [true, false], "type": "boolean"}', 'boolean'),
    ('{"anyOf": [{"type": "integer"}, {"type": "null"}], "title": "Result"}', 'numeric whole or null'),
    ('{"type": ["string", "null"]}', 'text or null'),
    ('{"type": "array", "items": {"type": "string"}}', 'json list text'),
    ('{"type": "array", "items": {"type": "integer"}}', 'json list numeric whole'),
    ('{"type": "array"}', 'json list'),
    ('{"type": "object", "additionalProperties": {"type": "number"}}', 'json object numeric'),
    ('{"type": "object"}', 'json object'),
    ('{"type": "array", "items": {"enum": ["a", "b"]}, "uniqueItems": true}', 'text {a,b} multiple'),
    ('{"enum": [1, 2, 5]}', '0A000 json_schema'),
    ('{"enum": [1, "a"]}', '0A000 json_schema'),
    ('{"enum": [0.5, 1]}', '0A000 json_schema'),
    ('{"enum": [true]}', '0A000 json_schema'),
    ('{"enum": []}', '22023 json_schema'),
    ('{"enum": ["a", "a"]}', '22023 categories'),
    ('{"anyOf": [{"type": "integer"}, {"type": "string"}]}', '0A000 json_schema'),
    ('{"type": "array", "items": {"type": ["integer", "null"]}}', '0A000 json_schema'),
    -- Beside a choice, what would limit it further is refused, and a type must be that of the values.
    ('{"enum": ["abc", "b"], "maxLength": 1}', '0A000 json_schema'),
    ('{"enum": [1, 2, 3], "maximum": 2}', '0A000 json_schema'),
    ('{"enum": ["a", "b"], "const": "a"}', '0A000 json_schema'),
    ('{"enum": ["a", "b"], "type": "integer"}', '22023 json_schema'),
    ('{"const": 1, "type": "string"}', '22023 json_schema'),
    ('{"enum": "a"}', '22023 json_schema'),
    ('{"enum": ["a", null], "type": "string"}', 'text {a}'),
    ('{"enum": ["a", null], "type": ["string", "null"]}', 'text {a} or null'),
    ('{"anyOf": [{"type": "null"}, {"enum": ["a"], "type": "string"}]}', 'text {a} or null'),
    ('{"anyOf": [{"type": "integer"}, {"type": "null"}], "minimum": 5}', '0A000 json_schema'),
    ('{"anyOf": [{"type": "integer"}, {"type": "null"}], "type": "integer"}', '0A000 json_schema'),
    ('{"anyOf": {"type": "integer"}}', '22023 json_schema'),
    -- Elements
    ('{"type": "array", "items": true}', 'json list'),
    ('{"type": "array", "items": false}', '0A000 json_schema'),
    ('{"type": "object", "additionalProperties": false}', '0A000 json_schema'),
    ('{"type": "object", "additionalProperties": 3}', '22023 json_schema'),
    ('{"type": "array", "uniqueItems": 1}', '22023 json_schema'),
    ('{"type": "array", "items": {"enum": ["a", null]}, "uniqueItems": true}', '0A000 json_schema'),
    ('{"type": ["array", "null"], "items": {"enum": ["a"]}, "uniqueItems": true}', 'text {a} multiple or null'),
    ('{"type": "array", "items": {"enum": ["a"], "type": "integer"}, "uniqueItems": true}', '22023 json_schema'),
    -- Numbers that cannot be said, and such as are whole however they are written
    ('{"type": "string", "maxLength": 1.5}', '22023 json_schema'),
    ('{"type": "string", "maxLength": 2.0}', 'text 2'),
    ('{"type": "string", "maxLength": 1e20}', '0A000 json_schema'),
    ('{"type": "string", "maxLength": -1}', '22023 max_length'),
    ('{"type": "integer", "minimum": 1e400}', '22023 min'),
    ('{"type": "string", "pattern": "x"}', '0A000 json_schema'),
    ('{"type": "integer", "minimum": "1"}', '22023 json_schema'),
    ('{}', '0A000 json_schema'),
    ('[]', '22023 json_schema'),
    ('"boolean"', '22023 json_schema')) AS judge (json_schema, expected);

-- A keyword or a name that is refused is quoted, but never at length, and on one line
SELECT throws_ok($$ SELECT feedback.label_schema_from_json_schema('n', jsonb_build_object(repeat('k', 100000), 1)) $$, '0A000',
    'a label schema cannot say "' || repeat('k', 60) || '..."', 'a long keyword');
SELECT throws_ok($$ SELECT feedback.label_schema_from_json_schema('n', jsonb_build_object('type', E'a\n\x01')) $$, '0A000',
    'a label schema cannot say type "a\x0a\x01"', 'a type with control characters');
SELECT throws_ok($$ SELECT feedback.drop_label_schema(repeat('ü', 1000)) $$, 'P0002',
    'there is no label schema "' || repeat('ü', 30) || '..." of this kind and project', 'a long name, cut between characters');

SELECT * FROM finish();
ROLLBACK;
