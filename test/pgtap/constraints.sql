-- Direct SQL is held to the rules about a row: 23514, with the constraint named assessments_<column>_<rule>.
BEGIN;
SELECT plan(73);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- SQLSTATE and constraint that a statement violates
CREATE FUNCTION pg_temp.violated(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    violated text;
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS violated = CONSTRAINT_NAME;
    RETURN concat_ws(' ', SQLSTATE, nullif(violated, ''));
END $$;

-- A row as INSERT and as UPDATE may make it: a good one, but for a value and some columns
CREATE FUNCTION pg_temp.made(columns jsonb) RETURNS text LANGUAGE sql AS $$
    DELETE FROM feedback.assessments;
    SELECT pg_temp.violated(format(
        'INSERT INTO helper.written SELECT (jsonb_populate_record(NULL::helper.written, %L)).*',
        '{"project": "p", "trace_id": "tr", "assessment_id": "00000000-0000-7000-8000-00000000000b", "kind": "feedback", "name": "n",
          "source_type": "CODE", "valid": true, "create_time": "2025-01-02T03:04:05Z", "last_update_time": "2025-01-02T03:04:05Z",
          "logged_by": "me"}'::jsonb || columns));
$$;
CREATE FUNCTION pg_temp.changed(columns jsonb) RETURNS text LANGUAGE sql AS $$
    DELETE FROM feedback.assessments;
    SELECT feedback.log_feedback('tr', 'n', 1, assessment_id => helper.id('b'));
    SELECT pg_temp.violated(format(
        'UPDATE helper.written a SET (%s) = (SELECT * FROM jsonb_populate_record(a, %L))',
        (SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'helper.written'::regclass AND attnum > 0),
        '{"numeric_value": null}'::jsonb || columns));
$$;
SELECT is(pg_temp.made(columns) || ', ' || pg_temp.changed(columns), wanted || ', ' || wanted, left(columns::text, 80))
FROM (VALUES
    ('{"numeric_value": 1}'::jsonb, 'accepted'),
    ('{"boolean_value": false, "error_code": "", "error_message": "", "stack_trace": ""}', 'accepted'),
    ('{"error_code": "E", "span_id": "", "source_id": "", "rationale": ""}', 'accepted'),
    ('{"text_value": "", "create_time": "0001-01-01T00:00:00Z", "last_update_time": "9999-12-31T23:59:59.999999Z"}', 'accepted'),
    ('{"json_value": []}', 'accepted'),
    ('{"json_value": {"a": [1.5, null]}, "metadata": {"a": 1}}', 'accepted'),
    ('{"kind": "expectation", "json_value": {}}', 'accepted'),
    ('{"numeric_value": 1, "project": "😀"}', 'accepted'),

    ('{}', '23514 assessments_value_given'),
    ('{"kind": "expectation"}', '23514 assessments_value_given'),
    ('{"boolean_value": true, "numeric_value": 1}', '23514 assessments_value_allowed'),
    ('{"text_value": "", "json_value": []}', '23514 assessments_value_allowed'),
    ('{"numeric_value": "NaN"}', '23514 assessments_numeric_value_range'),
    ('{"numeric_value": "-Infinity"}', '23514 assessments_numeric_value_range'),
    ('{"numeric_value": 1.7976931348623158e308}', '23514 assessments_numeric_value_range'),
    ('{"json_value": true}', '23514 assessments_json_value_allowed'),
    ('{"json_value": 5}', '23514 assessments_json_value_allowed'),
    ('{"json_value": [{"a": 1e309}]}', '23514 assessments_json_value_range'),
    ('{"kind": "expectation", "numeric_value": 1, "error_code": "E"}', '23514 assessments_error_code_allowed'),
    ('{"numeric_value": 1, "error_message": "m"}', '23514 assessments_error_code_given'),
    ('{"numeric_value": 1, "stack_trace": ""}', '23514 assessments_error_code_given'),
    ('{"numeric_value": 1, "metadata": {}}', '23514 assessments_metadata_allowed'),
    ('{"numeric_value": 1, "metadata": []}', '23514 assessments_metadata_allowed'),
    ('{"numeric_value": 1, "metadata": [1]}', '23514 assessments_metadata_allowed'),
    ('{"numeric_value": 1, "metadata": "x"}', '23514 assessments_metadata_allowed'),
    ('{"numeric_value": 1, "metadata": {"a": [1e309]}}', '23514 assessments_metadata_range'),
    ('{"numeric_value": 1, "project": ""}', '23514 assessments_project_length'),
    ('{"numeric_value": 1, "trace_id": ""}', '23514 assessments_trace_id_length'),
    ('{"numeric_value": 1, "name": ""}', '23514 assessments_name_length'),
    ('{"numeric_value": 1, "create_time": "infinity"}', '23514 assessments_create_time_range'),
    ('{"numeric_value": 1, "create_time": "10000-01-01T00:00:00Z"}', '23514 assessments_create_time_range'),
    ('{"numeric_value": 1, "last_update_time": "-infinity"}', '23514 assessments_last_update_time_range'),
    ('{"numeric_value": 1, "overrides": "00000000-0000-7000-8000-00000000000b"}', '23514 assessments_overrides_allowed')
) AS v (columns, wanted);
SELECT is(pg_temp.made(jsonb_build_object('numeric_value', 1, concerned, repeat('é', length))),
    CASE WHEN length <= 250 THEN 'accepted' ELSE format('23514 assessments_%s_length', concerned) END, format('%s characters of %s', length,
    concerned))
FROM unnest(ARRAY['project', 'trace_id', 'name', 'source_id', 'span_id']) AS concerned, unnest(ARRAY[250, 251]) AS length;
SELECT is(pg_temp.made(jsonb_build_object(concerned, (repeat('{"a": ', levels) || 1 || repeat('}', levels))::jsonb) || others), wanted,
    format('%s levels of %s', levels, concerned))
FROM (VALUES
    ('metadata', 63, '{"numeric_value": 1}'::jsonb, 'accepted'),
    ('metadata', 64, '{"numeric_value": 1}', '23514 assessments_metadata_nesting'),
    ('json_value', 62, '{}', 'accepted'),
    ('json_value', 63, '{}', '23514 assessments_json_value_nesting'),
    ('json_value', 64, '{"kind": "expectation"}', 'accepted'),
    ('json_value', 65, '{"kind": "expectation"}', '23514 assessments_json_value_nesting')
) AS v (concerned, levels, others, wanted);
SELECT is(pg_temp.made(jsonb_build_object('numeric_value', 1, column_name, NULL)), '23502', column_name || ' is NOT NULL')
FROM information_schema.columns WHERE table_schema = 'feedback' AND table_name = 'assessments' AND is_nullable = 'NO' ORDER BY ordinal_position;

-- Keys, and a row that is overridden
SELECT feedback.log_feedback('key', 'n', 1, assessment_id => helper.id('1')) AS "1",
       feedback.log_feedback('key', 'n', 1, assessment_id => helper.id('2'), overrides => helper.id('1')) AS "2" \gset
SELECT is(helper.refusal($$ UPDATE feedback.assessments SET error_message = 'm' $$), '23514 error_code', 'the column concerned is named too');
SELECT is(pg_temp.violated(statement), wanted, regexp_replace(statement, '\s+', ' ', 'g'))
FROM (VALUES
    ($$ INSERT INTO helper.written SELECT * FROM helper.written WHERE trace_id = 'key' $$, '23505 assessments_pkey'),
    ($$ INSERT INTO helper.written SELECT (jsonb_populate_record(a, '{"assessment_id": "00000000-0000-7000-8000-000000000003"}')).*
        FROM helper.written a WHERE overrides IS NOT NULL $$, '23505 assessments_overrides_key'),
    ($$ UPDATE feedback.assessments SET overrides = helper.id('4') WHERE assessment_id = helper.id('1') $$, '23503 assessments_overrides_fkey'),
    ($$ UPDATE feedback.assessments SET numeric_value = NULL, json_value = 'null', error_code = 'E' $$, '23514 assessments_json_value_allowed'),
    ($$ UPDATE feedback.assessments SET trace_id = 'other' WHERE assessment_id = helper.id('1') $$, '23503 assessments_overrides_fkey'),
    ($$ DELETE FROM feedback.assessments WHERE assessment_id = helper.id('1') $$, 'accepted')
) AS v (statement, wanted);
SELECT is(helper.chain('key'), '2 ✓', 'a direct deletion of what is overridden leaves no dangling reference');

-- The trigger is for this table only.
CREATE TABLE alike (LIKE feedback.assessments INCLUDING ALL EXCLUDING GENERATED);
CREATE TRIGGER alike AFTER INSERT ON alike FOR EACH ROW EXECUTE FUNCTION feedback_internal.check_assessment();
SELECT is(helper.refusal($$ INSERT INTO alike SELECT * FROM feedback.assessments $$), '39P01', 'not for one that resembles it');
SELECT is(helper.refusal($$ SELECT feedback_internal.check_assessment() $$), '39P01', 'nor to be called');

-- A dump made row by row may bring what overrides before what is overridden.
CREATE TEMP TABLE dump AS TABLE helper.written;
DELETE FROM feedback.assessments;
SET CONSTRAINTS ALL DEFERRED;
SELECT lives_ok($$ INSERT INTO helper.written
                   SELECT (jsonb_populate_record(dump, '{"overrides": "00000000-0000-7000-8000-000000000001"}')).* FROM dump $$,
    'an override before its target, the key being deferred');
SELECT lives_ok($$ INSERT INTO helper.written
                   SELECT (jsonb_populate_record(dump, '{"assessment_id": "00000000-0000-7000-8000-000000000001"}')).* FROM dump $$,
    'and then the target');
SELECT lives_ok($$ SET CONSTRAINTS ALL IMMEDIATE $$, 'are right in the end');
SELECT is(helper.chain('key'), '1 ✓, 2→1 ✓', 'and both rows are there');

SELECT * FROM finish();
ROLLBACK;
