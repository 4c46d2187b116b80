-- update_assessment: any part of what get_assessment gives changes an assessment in place.
BEGIN;
SELECT plan(67);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- The members of the row that an update changed, as "column: old → new"
CREATE FUNCTION pg_temp.changed(id uuid, document text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := to_jsonb(helper.assessment(id));
    result jsonb := feedback.update_assessment('tr', id, document);
    after jsonb := to_jsonb(helper.assessment(id));
BEGIN
    IF result IS DISTINCT FROM feedback.get_assessment('tr', id) THEN
        RETURN 'the result is not the new document';
    END IF;
    IF (after ->> 'last_update_time')::timestamptz NOT BETWEEN statement_timestamp() AND clock_timestamp() THEN
        RETURN 'last_update_time is not the clock';
    END IF;
    RETURN (SELECT string_agg(format('%s: %s → %s', key, b.value, a.value), ', ' ORDER BY key)
            FROM jsonb_each(before) AS b JOIN jsonb_each(after) AS a USING (key)
            WHERE a.value <> b.value AND key <> 'last_update_time');
END $$;

-- A feedback with everything, and what some change makes of it
CREATE FUNCTION pg_temp.changed_feedback(document text) RETURNS text LANGUAGE sql AS $$
    DELETE FROM feedback.assessments WHERE trace_id = 'tr';
    SELECT feedback.log_feedback('tr', 'n', 1, 'HUMAN', 'u', 'r', '{"a": 1, "b": {"c": 2}}', 's', 'E', 'm', 't',
        create_time => '2025-01-02 03:04:05+00', assessment_id => helper.id('a'), project => 'p');
    SELECT pg_temp.changed(helper.id('a'), document);
$$;
SELECT is(pg_temp.changed_feedback(document), wanted, document)
FROM (VALUES
    -- nothing
    ('{}', NULL),
    ('{"assessment": {}}', NULL),
    ('{"unknown": 1, "valid": false, "trace_id": "other"}', NULL),

    -- value and error together
    ('{"feedback": {"value": 2}}', 'error_code: "E" → null, error_message: "m" → null, numeric_value: 1 → 2, stack_trace: "t" → null'),
    ('{"feedback": {"value": 1, "error": {"errorCode": "F"}}}', 'error_code: "E" → "F", error_message: "m" → null, stack_trace: "t" → null'),
    ('{"feedback": {"error": {"error_code": ""}}}',
     'error_code: "E" → "", error_message: "m" → null, numeric_value: 1 → null, stack_trace: "t" → null'),
    ('{"feedback": {"value": "2"}}',
     'error_code: "E" → null, error_message: "m" → null, numeric_value: 1 → null, stack_trace: "t" → null, text_value: null → "2"'),
    ('{"feedback": {"value": false, "error": {"error_code": "E", "error_message": "m", "stack_trace": "t"}}}',
     'boolean_value: null → false, numeric_value: 1 → null'),
    ('{"feedback": {"value": [12345678901234567890], "error": {"error_code": "E", "error_message": "m", "stack_trace": "t"}}}',
     'json_value: null → [12345678901234567890], numeric_value: 1 → null'),
    ('{"feedback": null}', NULL),

    -- rationale
    ('{"rationale": "other"}', 'rationale: "r" → "other"'),
    ('{"rationale": ""}', 'rationale: "r" → ""'),
    ('{"rationale": null}', 'rationale: "r" → null'),

    -- metadata
    ('{"metadata": {}}', NULL),
    ('{"metadata": {"a": 2}}', 'metadata: {"a": 1, "b": {"c": 2}} → {"a": 2, "b": {"c": 2}}'),
    ('{"metadata": {"b": {"d": 3}}}', 'metadata: {"a": 1, "b": {"c": 2}} → {"a": 1, "b": {"d": 3}}'),
    ('{"metadata": {"d": {"e": null}}}', 'metadata: {"a": 1, "b": {"c": 2}} → {"a": 1, "b": {"c": 2}, "d": {"e": null}}'),
    ('{"metadata": {"a": null, "z": null}}', 'metadata: {"a": 1, "b": {"c": 2}} → {"b": {"c": 2}}'),
    ('{"metadata": {"a": null, "b": null}}', 'metadata: {"a": 1, "b": {"c": 2}} → null'),
    ('{"metadata": null}', 'metadata: {"a": 1, "b": {"c": 2}} → null'),

    -- the name
    ('{"assessment_name": "other"}', 'name: "n" → "other"'),
    ('{"assessment": {"assessmentName": "other", "rationale": "x"}}', 'name: "n" → "other", rationale: "r" → "x"'),

    -- checked, but not changed
    ('{"source": {"source_type": "CODE", "source_id": "x"}, "span_id": "x", "overrides": "a-00000000000000000000000000000000", '
     '"assessment_id": "a-00000000000000000000000000000000", "create_time": "2024-01-01T00:00:00Z", "last_update_time": "2024-01-01T00:00:00Z"}',
     NULL)
) AS v (document, wanted);

-- The explicit null
SELECT isnt(feedback.update_assessment('tr', helper.id('a'), '{"feedback": {"value": null}}'), NULL, 'a value becomes the explicit null');
SELECT is(helper.value_of(helper.assessment(helper.id('a'))), 'json null', 'which is a value');

-- json and jsonb alike
SELECT is(feedback.update_assessment('tr', helper.id('a'), '{"rationale": "json"}'::json) ->> 'rationale', 'json', 'a json document');
SELECT is(feedback.update_assessment('tr', helper.id('a'), '{"rationale": "jsonb"}'::jsonb) ->> 'rationale', 'jsonb', 'a jsonb document');

-- What is refused changes nothing.
SELECT feedback.log_expectation('tr', 'e', '{"x": 1}'::jsonb, assessment_id => helper.id('e')) AS e \gset
CREATE TEMP TABLE before AS TABLE feedback.assessments;
SELECT is(helper.refusal(format('SELECT feedback.update_assessment(%L, %L, %L)', 'tr', helper.id('a'), document)), wanted, document)
FROM (VALUES
    ('', '22032 assessment'),
    ('{', '22032 assessment'),
    ('[]', '22023 assessment'),
    ('{"rationale": "x", "expectation": {"value": 1}}', '22023 kind'),
    ('{"feedback": {"value": 2}, "expectation": {"value": 1}}', '22023 kind'),
    ('{"rationale": "x", "feedback": {}}', '22004 value'),
    ('{"feedback": {"error": {}}}', '22004 error_code'),
    ('{"feedback": 5}', '22023 value'),
    ('{"feedback": {"value": 1e309}}', '22003 value'),
    ('{"assessment_name": ""}', '22001 name'),
    ('{"assessment_name": null}', '22004 name'),
    ('{"assessment_name": 5}', '22023 name'),
    ('{"assessment_name": "a", "assessmentName": "a"}', '22023 name'),
    ('{"rationale": 5}', '22023 rationale'),
    ('{"rationale": "\u0000"}', '22P05 rationale'),
    ('{"metadata": []}', '22023 metadata'),
    ('{"metadata": {"a": 1e309}}', '22003 metadata'),
    ('{"rationale": "x", "source": {}}', '22004 source_type'),
    ('{"rationale": "x", "source": {"source_type": "BOT"}}', '22023 source_type'),
    (format('{"source": {"source_type": "CODE", "source_id": "%s"}}', repeat('x', 251)), '22001 source_id'),
    (format('{"span_id": "%s"}', repeat('x', 251)), '22001 span_id'),
    ('{"rationale": "x", "span_id": 5}', '22023 span_id'),
    ('{"rationale": "x", "create_time": "yesterday"}', '22007 create_time'),
    ('{"rationale": "x", "last_update_time": "2025-02-30T00:00:00Z"}', '22008 last_update_time'),
    ('{"rationale": "x", "assessment_id": "x"}', '22P02 assessment_id'),
    ('{"rationale": "x", "overrides": "x"}', '22P02 overrides')
) AS v (document, wanted);
SELECT is(helper.refusal(statement), wanted, statement)
FROM (VALUES
    ($$ SELECT feedback.update_assessment('tr', helper.id('e'), '{"feedback": {"value": 1}}') $$, '22023 kind'),
    ($$ SELECT feedback.update_assessment('tr', helper.id('e'), '{"expectation": {"value": null}}') $$, '22004 value'),
    ($$ SELECT feedback.update_assessment('tr', helper.id('e'), '{"expectation": {"value": 1, "error": {"error_code": "E"}}}') $$,
     '22023 error_code'),
    ($$ SELECT feedback.update_assessment('tr', helper.id('b'), '{}') $$, 'P0002 assessment_id'),
    ($$ SELECT feedback.update_assessment('other', helper.id('a'), '{}') $$, 'P0002 assessment_id')
) AS v (statement, wanted);
SELECT set_eq('TABLE feedback.assessments', 'TABLE before', 'nothing has changed');

-- An expectation
SELECT is(pg_temp.changed(helper.id('e'), '{"expectation": {"value": "Paris"}}'), 'json_value: {"x": 1} → null, text_value: null → "Paris"',
    'a plain value');
SELECT is(pg_temp.changed(helper.id('e'),
    '{"expectation": {"serializedValue": {"serializationFormat": "JSON_FORMAT", "value": "[1]"}}, "rationale": "r"}'),
    'json_value: null → [1], rationale: null → "r", text_value: "Paris" → null', 'a serialized one');

-- The whole document of get_assessment changes nothing, nor does one of an overridden assessment make it valid.
SELECT is(pg_temp.changed(id, feedback.get_assessment('tr', id)::text), NULL, 'the document of ' || right(id::text, 1) || ' changes nothing')
FROM unnest(ARRAY[helper.id('a'), helper.id('e')]) AS id;
SELECT feedback.override_feedback('tr', helper.id('a'), 2, new_assessment_id => helper.id('b')) AS b \gset
SELECT is(pg_temp.changed(helper.id('a'), '{"rationale": "overridden", "valid": true}'), 'rationale: "jsonb" → "overridden"',
    'an overridden one is updated');
SELECT is(helper.chain('tr'), 'a ✗, b→a ✓, e ✓', 'and stays not valid');
SELECT is(pg_temp.changed(helper.id('b'), feedback.get_assessment('tr', helper.id('b'))::text), NULL, 'the document of an override changes nothing');

-- Who logged it is not who updates it.
CREATE ROLE feedback_test_editor SUPERUSER;
SET SESSION AUTHORIZATION feedback_test_editor;
SELECT feedback.update_assessment('tr', helper.id('b'), '{"rationale": "edited"}') AS edited \gset
RESET SESSION AUTHORIZATION;
SELECT is((helper.assessment(helper.id('b'))).logged_by, session_user::text, 'logged_by stays');

SELECT * FROM finish();
ROLLBACK;
