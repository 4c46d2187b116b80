-- get_assessment and get_assessments: the documents of MLflow's to_dictionary, which log_assessment takes again.
BEGIN;
SELECT plan(36);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- The document, with everything and with as little as there can be
SELECT feedback.log_feedback('tr', 'n', 0.10, 'LLM_JUDGE', 'u', 'r', '{"b": 1.50, "a": [null]}', 's', 'E', 'm', 't',
           create_time => '2025-01-02 03:04:05.678+00', assessment_id => helper.id('a'), project => 'p') AS a,
       feedback.log_feedback('tr', 'n', error_code => 'E', source_id => NULL,
           create_time => '2025-01-02 03:04:05+00', assessment_id => helper.id('b'), overrides => helper.id('a')) AS b,
       feedback.log_expectation('tr', 'n', '{"y": [1, null], "x": "é"}'::jsonb,
           create_time => '2025-01-01 03:04:05+00', assessment_id => helper.id('c')) AS c,
       feedback.log_expectation('tr', 'n', '', create_time => '2025-01-02 03:04:05+00', assessment_id => helper.id('d')) AS d,
       feedback.log_feedback('tr', 'n', 'null'::jsonb, create_time => '2025-01-02 03:04:05+00', assessment_id => helper.id('9')) AS "9" \gset
SELECT is(feedback.get_assessment('tr', helper.id(id)), document::jsonb, description)
FROM (VALUES
    ('a', '{"assessment_id": "a-0000000000007000800000000000000a", "assessment_name": "n", "trace_id": "tr", "span_id": "s",
            "source": {"source_type": "LLM_JUDGE", "source_id": "u"}, "create_time": "2025-01-02T03:04:05.678Z",
            "last_update_time": "2025-01-02T03:04:05.678Z", "rationale": "r", "metadata": {"a": [null], "b": 1.50}, "valid": false,
            "feedback": {"value": 0.10, "error": {"error_code": "E", "error_message": "m", "stack_trace": "t"}}}',
     'a feedback with everything'),
    ('b', '{"assessment_id": "a-0000000000007000800000000000000b", "assessment_name": "n", "trace_id": "tr", "source": {"source_type": "CODE"},
            "create_time": "2025-01-02T03:04:05Z", "last_update_time": "2025-01-02T03:04:05Z", "valid": true,
            "overrides": "a-0000000000007000800000000000000a", "feedback": {"value": null, "error": {"error_code": "E"}}}',
     'members that are null are left out, except the value'),
    ('c', '{"assessment_id": "a-0000000000007000800000000000000c", "assessment_name": "n", "trace_id": "tr",
            "source": {"source_type": "HUMAN", "source_id": "default"}, "create_time": "2025-01-01T03:04:05Z",
            "last_update_time": "2025-01-01T03:04:05Z", "valid": true,
            "expectation": {"serialized_value": {"serialization_format": "JSON_FORMAT", "value": "{\"x\": \"é\", \"y\": [1, null]}"}}}',
     'a list or an object of an expectation is serialized'),
    ('d', '{"assessment_id": "a-0000000000007000800000000000000d", "assessment_name": "n", "trace_id": "tr",
            "source": {"source_type": "HUMAN", "source_id": "default"}, "create_time": "2025-01-02T03:04:05Z",
            "last_update_time": "2025-01-02T03:04:05Z", "valid": true, "expectation": {"value": ""}}',
     'another value is not'),
    ('9', '{"assessment_id": "a-00000000000070008000000000000009", "assessment_name": "n", "trace_id": "tr",
            "source": {"source_type": "CODE", "source_id": "default"}, "create_time": "2025-01-02T03:04:05Z",
            "last_update_time": "2025-01-02T03:04:05Z", "valid": true, "feedback": {"value": null}}',
     'the explicit null')
) AS v (id, document, description);
SELECT is(feedback.get_assessment('tr', helper.id('a')) #>> '{feedback,value}', '0.10', 'numbers have their digits');

-- All of a trace
SELECT results_eq(
    $$ SELECT right(d ->> 'assessment_id', 1) FROM feedback.get_assessments('tr') AS d $$,
    ARRAY['c', '9', 'b', 'd', 'a'],
    'by time and then by id, also those that are not valid');
SELECT set_eq(
    $$ SELECT feedback.get_assessments('tr') $$,
    $$ SELECT feedback.get_assessment('tr', helper.id(id)) FROM unnest(ARRAY['a', 'b', 'c', 'd', '9']) AS id $$,
    'each is that of get_assessment');
SELECT is_empty($$ SELECT feedback.get_assessments('unknown') $$, 'a trace without any has none');

SELECT is(helper.refusal(statement), wanted, statement)
FROM (VALUES
    ($$ SELECT feedback.get_assessment('tr', helper.id('f')) $$, 'P0002 assessment_id'),
    ($$ SELECT feedback.get_assessment('other', helper.id('a')) $$, 'P0002 assessment_id'),
    ($$ SELECT feedback.get_assessment('', helper.id('a')) $$, '22001 trace_id'),
    ($$ SELECT feedback.get_assessments(NULL) $$, '22004 trace_id')
) AS v (statement, wanted);
SELECT matches(helper.complaint($$ SELECT feedback.get_assessment('tr', helper.id('f')) $$), helper.id('f')::text, 'which one is unknown is said');

-- What get_assessment gave, logged again after a deletion, makes the same row, but for logged_by.
CREATE FUNCTION pg_temp.difference_after_return(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    id uuid;
    document jsonb;
    before feedback.assessments;
    after feedback.assessments;
BEGIN
    EXECUTE 'SELECT feedback.' || call INTO id;
    before := helper.assessment(id);
    document := feedback.get_assessment('again', id);
    DELETE FROM feedback.assessments WHERE assessment_id = id;
    PERFORM feedback.log_assessment('again', document);
    after := helper.assessment(id);
    before.logged_by := after.logged_by;
    RETURN CASE WHEN before IS DISTINCT FROM after THEN format('%s is not %s', after, before) END;
END $$;
SELECT is(pg_temp.difference_after_return(call), NULL, call)
FROM unnest(ARRAY[
    'log_feedback(''again'', ''n'', true)',
    'log_feedback(''again'', ''n'', -1.50)',
    'log_feedback(''again'', ''n'', 123456789012345678901234567890.0123456789)',
    'log_feedback(''again'', ''n'', 1.7976931348623157e308::numeric)',
    'log_feedback(''again'', ''n'', ''1e-16383''::numeric)',
    'log_feedback(''again'', ''n'', '''')',
    'log_feedback(''again'', ''n'', E''\x01\t"\\\\ü😀\u2028'')',
    'log_feedback(''again'', ''n'', ''null''::jsonb)',
    'log_feedback(''again'', ''n'', ''[1.50, {"a": null}]''::jsonb)',
    'log_feedback(''again'', ''n'', (repeat(''['', 62) || repeat('']'', 62))::jsonb)',
    'log_feedback(''again'', ''n'', error_code => '''', error_message => '''', stack_trace => ''t'')',
    'log_feedback(''again'', ''n'', 1, error_code => ''E'', source_id => NULL, rationale => '''')',
    'log_feedback(''again'', repeat(''😀'', 250), 1, source_id => repeat(''😀'', 250), span_id => repeat(''😀'', 250))',
    'log_feedback(''again'', ''n'', 1, create_time => ''0001-01-01 00:00:00.000001+00'')',
    'log_feedback(''again'', ''n'', 1, create_time => ''9999-12-31 23:59:59.999999+00'')',
    'log_feedback(''again'', ''n'', 1, metadata => (repeat(''{"a": '', 63) || 1.50 || repeat(''}'', 63))::jsonb)',
    'log_feedback(''again'', ''n'', 1, ''SOURCE_TYPE_UNSPECIFIED'', assessment_id => ''ffffffff-ffff-ffff-ffff-ffffffffffff'')',
    'log_expectation(''again'', ''n'', false, span_id => ''s'', rationale => ''r'')',
    'log_expectation(''again'', ''n'', ''text'')',
    'log_expectation(''again'', ''n'', ''{}''::jsonb)',
    'log_expectation(''again'', ''n'', ''["\\", "\"", 1.50]''::jsonb)',
    'log_expectation(''again'', ''n'', (repeat(''['', 64) || repeat('']'', 64))::jsonb)'
]) AS call;

SELECT * FROM finish();
ROLLBACK;
