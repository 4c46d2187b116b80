-- label_schema_from_json_schema: what a judge declares, as MLflow writes it, becomes a label schema.
BEGIN;
SELECT plan(32);
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
    ('{"type": "string", "pattern": "x"}', '0A000 json_schema'),
    ('{"type": "integer", "minimum": "1"}', '22023 json_schema'),
    ('{}', '0A000 json_schema'),
    ('[]', '22023 json_schema'),
    ('"boolean"', '22023 json_schema')) AS judge (json_schema, expected);

SELECT * FROM finish();
ROLLBACK;
