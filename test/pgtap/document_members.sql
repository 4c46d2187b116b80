-- Members of a document: which are required, of what type, how long; values, errors, expectations.
BEGIN;
SELECT plan(179);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- A member of the wrong type is refused, never dropped.
SELECT is(helper.document_refusal(format(document, value)), '22023 ' || concerned, format(document, value))
FROM (VALUES
    ('{"assessment_name": %s, "feedback": {"value": 1}}', 'name', ARRAY['5', 'true', '["n"]', '{}']),
    ('{"assessment_name": "n", "feedback": %s}', 'value', ARRAY['5', 'true', '"good"', '[{"value": 1}]']),
    ('{"assessment_name": "n", "expectation": %s}', 'value', ARRAY['5', 'true', '"good"', '[]']),
    (helper.feedback('"source": %s'), 'source_type', ARRAY['5', 'true', '"HUMAN"', '[]']),
    (helper.feedback('"source": {"source_type": %s}'), 'source_type', ARRAY['1', 'true', '["HUMAN"]', '{}']),
    (helper.feedback('"source": {"source_type": "CODE", "source_id": %s}'), 'source_id', ARRAY['5', 'false', '[]', '{}']),
    (helper.feedback('"rationale": %s'), 'rationale', ARRAY['5', 'true', '[]', '{}']),
    (helper.feedback('"metadata": %s'), 'metadata', ARRAY['5', 'true', '"a"', '[]', '[{}]']),
    (helper.feedback('"span_id": %s'), 'span_id', ARRAY['5', 'true', '[]', '{}']),
    (helper.feedback('"assessment_id": %s'), 'assessment_id', ARRAY['true', '[]', '{}']),
    (helper.feedback('"overrides": %s'), 'overrides', ARRAY['true', '[]', '{}']),
    (helper.feedback('"create_time": %s'), 'create_time', ARRAY['true', '[]', '{}']),
    (helper.feedback('"last_update_time": %s'), 'last_update_time', ARRAY['true', '[]', '{}']),
    ('{"assessment_name": "n", "feedback": {"value": 1, "error": %s}}', 'error_code', ARRAY['5', 'true', '"boom"', '[]']),
    ('{"assessment_name": "n", "feedback": {"error": {"error_code": %s}}}', 'error_code', ARRAY['5', 'true', '[]', '{}']),
    ('{"assessment_name": "n", "feedback": {"error": {"error_code": "E", "error_message": %s}}}', 'error_message', ARRAY['5', 'true', '[]', '{}']),
    ('{"assessment_name": "n", "feedback": {"error": {"error_code": "E", "stack_trace": %s}}}', 'stack_trace', ARRAY['5', 'true', '["a"]', '{}']),
    ('{"assessment_name": "n", "expectation": {"serialized_value": %s}}', 'value', ARRAY['5', 'true', '"[]"', '[]']),
    ('{"assessment_name": "n", "expectation": {"serialized_value": {"serialization_format": %s, "value": "1"}}}', 'value', ARRAY['5', 'true',
     '[]', '{}']),
    ('{"assessment_name": "n", "expectation": {"serialized_value": {"serialization_format": "JSON_FORMAT", "value": %s}}}', 'value',
     ARRAY['5', 'true', '[]', '{}'])
) AS v (document, concerned, wrong), unnest(wrong) AS value;

-- What is required; a null counts as missing.
SELECT is(helper.document_refusal(document), wanted, regexp_replace(document, '\s+', ' ', 'g'))
FROM (VALUES
    ('{}', '22004 kind'),
    ('{"assessment_name": "n"}', '22004 kind'),
    ('{"assessment_name": "n", "feedback": null}', '22004 kind'),
    ('{"assessment_name": "n", "feedback": null, "expectation": null}', '22004 kind'),
    (helper.feedback('"expectation": {"value": 1}'), '22023 kind'),
    ('{"assessment_name": "n", "feedback": {}, "expectation": {}}', '22023 kind'),
    (helper.feedback('"expectation": null'), 'accepted'),
    ('{"assessment_name": "n", "issue": {"issue_name": "bug"}}', '22004 kind'),
    ('{"feedback": {"value": 1}}', '22004 name'),
    ('{"assessment_name": null, "feedback": {"value": 1}}', '22004 name'),
    ('{"assessment_name": "", "feedback": {"value": 1}}', '22001 name'),
    (helper.feedback('"source": {}'), '22004 source_type'),
    (helper.feedback('"source": {"source_id": "u"}'), '22004 source_type'),
    (helper.feedback('"source": {"source_type": null}'), '22004 source_type'),
    ('{"assessment_name": "n", "feedback": {}}', '22004 value'),
    ('{"assessment_name": "n", "feedback": {"error": null}}', '22004 value'),
    ('{"assessment_name": "n", "feedback": {"error": {}}}', '22004 error_code'),
    ('{"assessment_name": "n", "feedback": {"error": {"error_code": null}}}', '22004 error_code'),
    ('{"assessment_name": "n", "feedback": {"error": {"error_message": "m"}}}', '22004 error_code'),
    ('{"assessment_name": "n", "expectation": {}}', '22004 value'),
    ('{"assessment_name": "n", "expectation": {"value": null}}', '22004 value'),
    ('{"assessment_name": "n", "expectation": {"value": 1, "error": {"error_code": "E"}}}', '22023 error_code'),
    ('{"assessment_name": "n", "expectation": {"value": 1, "error": null}}', 'accepted'),
    ('{"assessment_name": "n", "feedback": {"value": 1}, "source": null, "rationale": null, "metadata": null, "span_id": null,
       "assessment_id": null, "overrides": null, "create_time": null, "last_update_time": null, "valid": null}', 'accepted')
) AS v (document, wanted);

-- Members that are not known are ignored, and so are some that are.
SELECT is(to_jsonb(helper.logged('{"assessment_name": "n", "feedback": {"value": 1, "serialized_value": 5, "unknown": [null]},
        "trace_id": 5, "valid": "no", "error": true, "issue": null, "run_id": {}, "project": "other", "unknown": 1e400,
        "source": {"source_type": "CODE", "unknown": 1}}')) - '{assessment_id,create_time,last_update_time,logged_by}'::text[],
    '{"project": "default", "trace_id": "tr", "kind": "feedback", "name": "n", "boolean_value": null, "numeric_value": 1, "text_value": null,
      "json_value": null, "source_type": "CODE", "source_id": null, "rationale": null, "metadata": null, "span_id": null,
      "error_code": null, "error_message": null, "stack_trace": null, "overrides": null, "valid": true}'::jsonb,
    'trace_id, valid, a top-level error and what is not known are ignored, of any type; a source without source_id has none');

-- Lengths, in characters
SELECT is(helper.document_refusal(format('{"assessment_name": "%s", "feedback": {"value": 1}, "span_id": "%s",
        "source": {"source_type": "CODE", "source_id": "%s"}}', repeat(letter, name), repeat(letter, span), repeat(letter, source))),
    wanted, format('%s characters %s of name, %s of span_id, %s of source_id', name, letter, span, source))
FROM (VALUES
    (1, 0, 0, 'accepted'), (250, 250, 250, 'accepted'), (251, 0, 0, '22001 name'), (1, 251, 0, '22001 span_id'), (1, 0, 251, '22001 source_id')
) AS v (name, span, source, wanted), unnest(ARRAY['x', '😀', '\u00e9']) AS letter;

-- Sources
SELECT is((helper.logged(format(helper.feedback('"source": {"source_type": "%s"}'), given))).source_type::text,
    wanted, given || ' is ' || wanted)
FROM (VALUES ('human', 'HUMAN'), ('Llm_Judge', 'LLM_JUDGE'), ('ai_judge', 'LLM_JUDGE'), ('CODE', 'CODE'),
             ('source_type_Unspecified', 'SOURCE_TYPE_UNSPECIFIED')) AS v (given, wanted);
SELECT is(helper.document_refusal(format(helper.feedback('"source": {"source_type": "%s"}'), given)),
    '22023 source_type', format('"%s" is no source type', given))
FROM unnest(ARRAY['', ' HUMAN', 'HUMAN ', 'BOT', 'LLM-JUDGE', 'JUDGE', 'HUMAN\u0001', '1', 'ＨＵＭＡＮ']) AS given;
SELECT results_eq(
    $$ SELECT (a).kind::text, (a).source_type::text, (a).source_id
       FROM (VALUES (helper.logged('{"assessment_name": "n", "feedback": {"value": 1}}')),
                    (helper.logged('{"assessment_name": "n", "expectation": {"value": 1}}'))) AS v (a) $$,
    $$ VALUES ('feedback', 'CODE', 'default'), ('expectation', 'HUMAN', 'default') $$,
    'the source defaults to that of log_feedback and log_expectation');

-- Values and errors of feedback
SELECT is(concat_ws(', ', nullif(helper.value_of(a), ''), 'error ' || a.error_code, a.error_message, a.stack_trace), wanted, feedback)
FROM (VALUES
    ('{"value": true}', 'boolean true'),
    ('{"value": 1}', 'numeric 1'),
    ('{"value": "1"}', 'text 1'),
    ('{"value": ""}', 'text '),
    ('{"value": null}', 'json null'),
    ('{"value": null, "error": null}', 'json null'),
    ('{"value": [null, {"a": []}]}', 'json [null, {"a": []}]'),
    ('{"value": {}}', 'json {}'),
    ('{"value": null, "error": {"error_code": ""}}', 'error '),
    ('{"error": {"error_code": "E", "error_message": "m", "stack_trace": "s", "unknown": 1}}', 'error E, m, s'),
    ('{"error": {"error_code": "E", "error_message": null, "stack_trace": ""}}', 'error E, '),
    ('{"value": 0.5, "error": {"error_code": "E"}}', 'numeric 0.5, error E')
) AS v (feedback, wanted), helper.logged(format('{"assessment_name": "n", "feedback": %s}', feedback)) AS a;

-- Values of expectations, plain and serialized
SELECT is(helper.value_of(helper.logged(format('{"assessment_name": "n", "expectation": {"value": %s}}', value))), wanted, 'expectation of ' || value)
FROM (VALUES ('false', 'boolean false'), ('42.0', 'numeric 42.0'), ('""', 'text '), ('[1]', 'json [1]'), ('{}', 'json {}')) AS v (value, wanted);
SELECT is(helper.document_refusal(format('{"assessment_name": "n", "expectation": {"serialized_value": {%s}}}', serialized)), wanted, serialized)
FROM (VALUES
    ('"serialization_format": "JSON_FORMAT", "value": "1"', 'accepted'),
    ('"serializationFormat": "JSON_FORMAT", "value": " [1, {}] "', 'accepted'),
    ('', '22004 value'),
    ('"value": "1"', '22004 value'),
    ('"serialization_format": null, "value": "1"', '22004 value'),
    ('"serialization_format": "JSON_FORMAT"', '22004 value'),
    ('"serialization_format": "JSON_FORMAT", "value": null', '22004 value'),
    ('"serialization_format": "json_format", "value": "1"', '22023 value'),
    ('"serialization_format": "XML", "value": "<a/>"', '22023 value'),
    ('"serialization_format": "", "value": "1"', '22023 value'),
    ('"serialization_format": "JSON_FORMAT", "value": ""', '22032 value'),
    ('"serialization_format": "JSON_FORMAT", "value": "{a}"', '22032 value'),
    ('"serialization_format": "JSON_FORMAT", "value": "NaN"', '22032 value'),
    ('"serialization_format": "JSON_FORMAT", "value": "1 2"', '22032 value'),
    ('"serialization_format": "JSON_FORMAT", "value": "\ufeff1"', '22032 value'),
    ('"serialization_format": "JSON_FORMAT", "value": "[\n\"a\nb\"]"', '22032 value'),
    ('"serialization_format": "JSON_FORMAT", "value": "\"\\u0000\""', '22P05 value'),
    ('"serialization_format": "JSON_FORMAT", "value": "[\"\\ud800\"]"', '22P05 value'),
    ('"serialization_format": "JSON_FORMAT", "value": "[1e309]"', '22003 value'),
    ('"serialization_format": "JSON_FORMAT", "value": "null"', '22004 value')
) AS v (serialized, wanted);
SELECT is(helper.value_of(helper.logged(
        '{"assessment_name": "n", "expectation": {"value": null, "serialized_value": {"serialization_format": "JSON_FORMAT", "value": '
        || to_json(value) || '}}}')), wanted, 'serialized ' || value)
FROM (VALUES ('true', 'boolean true'), (' 12345678901234567890 ', 'numeric 12345678901234567890'), ('"ü\u00e9"', 'text üé'), ('[null]',
'json [null]'),
             ('{"a": 1, "a": 2}', 'json {"a": 2}')) AS v (value, wanted);
SELECT is(helper.document_refusal('{"assessment_name": "n", "expectation": {"value": 1,
                                      "serialized_value": {"serialization_format": "JSON_FORMAT", "value": "1"}}}'),
    '22023 value', 'a value is plain or serialized, not both');

-- Metadata
SELECT is((helper.logged(format(helper.feedback('"metadata": %s'), metadata))).metadata, wanted::jsonb, 'metadata ' || metadata)
FROM (VALUES
    ('{}', NULL),
    ('{"": ""}', '{"": ""}'),
    ('{"a": 1.50, "b": null, "c": [true, {"d": "\u00e9"}], "assessment_name": 5}',
     '{"a": 1.50, "b": null, "c": [true, {"d": "é"}], "assessment_name": 5}'),
    ('{"a": 1, "a": 12345678901234567890}', '{"a": 12345678901234567890}')
) AS v (metadata, wanted);

SELECT * FROM finish();
ROLLBACK;
