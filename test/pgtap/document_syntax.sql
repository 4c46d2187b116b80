-- Documents as JSON: RFC 8259 and nothing else, in two spellings, to a depth of 64 levels.
BEGIN;
SELECT plan(152);
\ir ../include/helpers.sql

-- Not JSON (as text: PostgreSQL's own json and jsonb refuse these with codes of their own)
SELECT is(helper.text_refusal(document), '22032 assessment', left(to_json(document)::text, 70))
FROM unnest(ARRAY[
    '', ' ', E'\n', '{', '}', '[', '{"', '{"a', '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a" 1}', '{"a":1 "b":2}', '{"a":1,}', '{,}', '[1,]',
    '[,1]', '[1 2]',
    '{a: 1}', '{''a'': 1}', '{1: 1}', '{"a": ''x''}', '{"a": undefined}', '{"a": tru}', '{"a": True}', '{"a": nulll}', 'nan', 'truefalse',
    '{"a": NaN}', '{"a": Infinity}', '{"a": -Infinity}', '{"a": -NaN}', '[nan]', '[inf]',
    '{"a": 01}', '{"a": -01}', '{"a": 1.}', '{"a": .5}', '{"a": -.5}', '{"a": +1}', '{"a": 1e}', '{"a": 1e+}', '{"a": -}', '{"a": 0x10}',
    '{"a": 1_000}', '{"a": 1.5.5}', '{"a": --1}',
    '{"assessment_name": "n", "feedback": {"value": 1}} x', '{"assessment_name": "n", "feedback": {"value": 1}}}',
    '{"assessment_name": "n", "feedback": {"value": 1}} {}', '{"assessment_name": "n", "feedback": {"value": 1}},',
    '// comment' || E'\n{}', '{} // comment', '/* comment */ {}', '{"a": /* comment */ 1}', '# comment',
    E'\ufeff{"assessment_name": "n", "feedback": {"value": 1}}', E'{"a":\u00a01}', E'{"a": 1}\u2028', E'{"a":\v1}', E'\f{}',
    E'{"a": "\n"}', E'{"a": "\t"}', E'{"a": "\x01"}', E'{"a\x1f": 1}', '{"a": "\x41"}', '{"a": "\''"}', '{"a": "\u12"}', '{"a": "\u12g4"}',
    '{"a": "\U0041"}',
    '{"a": "\ud83d\u12"}', '{"a": "\"}', '"\u00', '"\ud83d\u', '{"assessment_name": "n", "feedback": {"value": 1}'
]) AS document;

-- JSON, but no object; in a wrapper it is an unknown member
SELECT is(helper.document_refusal(document), '22004 kind, 22023 assessment', document || ' is no document')
FROM unnest(ARRAY['[]', '[{}]', '"text"', '1', 'true', 'null']) AS document;

-- Blanks and escapes that JSON allows
SELECT is(helper.value_of(helper.logged(E' \t\r\n{ "assessment_name" : "n" ,\n"feedback":{"value":[ ] } } \n')), 'json []', 'blanks do not matter');
SELECT is((helper.logged('{"assessment_name": "\"\\\/\b\f\n\r\t\u00e9\u004A\uD83D\uDE00", "feedback": {"value": 1}}')).name,
    E'"\\/\b\f\n\r\t\u00e9J\U0001F600', 'escapes are what they stand for');
SELECT is(helper.value_of(helper.logged('{"assessment\u005fname": "n", "f\u0065edback": {"value": 1}}')), 'numeric 1',
    'also in the names of members');

-- What a database cannot hold is refused anywhere, also where it would be ignored (PostgreSQL's own jsonb refuses it first).
SELECT is(helper.document_refusal(helper.feedback(member), '{text,json}'), wanted,
    member || ' cannot be kept')
FROM (VALUES
    ('"rationale": "\u0000"', '22P05 rationale'),
    ('"rationale": "\ud800"', '22P05 rationale'),
    ('"rationale": "\ud800\ud800"', '22P05 rationale'),
    ('"rationale": "\udc00\ud800"', '22P05 rationale'),
    ('"spanId": "a\ud83dx"', '22P05 span_id'),
    ('"metadata": {"a": ["\u0000"]}', '22P05 metadata'),
    ('"metadata": {"\u0000": 1}', '22P05 metadata'),
    ('"feedback": {"value": "\u0000"}', '22P05 value'),
    ('"feedback": {"value": {"a": ["\ud800"]}}', '22P05 value'),
    ('"feedback": {"error": {"error_code": "E", "error_message": "\u0000"}}', '22P05 error_message'),
    ('"source": {"source_type": "HUMAN", "source_id": "\u0000"}', '22P05 source_id'),
    ('"unknown": "\u0000"', '22P05 assessment'),
    ('"unknown": {"rationale": "\u0000"}', '22P05 assessment'),
    ('"\u0000": 1', '22P05 assessment')
) AS v (member, wanted);

-- Text is kept to the byte.
SELECT is((helper.logged(format(helper.feedback('"rationale": %s'), to_json(text)))).rationale, text,
    'kept: ' || to_json(left(text, 40)))
FROM unnest(ARRAY['', ' ', '  blanks  ', E'line\r\nline\ttab\x7f\x01\x1f', 'ü😀e' || U&'\0301', '"quoted" \ back / slash', '\u0041',
                  U&'\FFFF\+10FFFF\FEFF',
                  repeat('ü😀', 500000)]) AS text;

-- Two spellings
SELECT is(to_jsonb(helper.logged(document)) - '{assessment_id,logged_by}'::text[],
    '{"project": "default", "trace_id": "tr", "kind": "feedback", "name": "n", "boolean_value": null, "numeric_value": 1, "text_value": null,
      "json_value": null, "source_type": "HUMAN", "source_id": "u", "rationale": "r", "metadata": {"sourceId": 1}, "span_id": "s",
      "error_code": "c", "error_message": "m", "stack_trace": "t", "overrides": null, "valid": true,
      "create_time": "2025-01-02T03:04:05+00:00", "last_update_time": "2025-01-03T03:04:05+00:00"}'::jsonb,
    description)
FROM (VALUES
    ('{"assessment_name": "n", "source": {"source_type": "HUMAN", "source_id": "u"}, "span_id": "s", "rationale": "r",
       "create_time": "2025-01-02T03:04:05Z", "last_update_time": "2025-01-03T03:04:05Z", "metadata": {"sourceId": 1},
       "feedback": {"value": 1, "error": {"error_code": "c", "error_message": "m", "stack_trace": "t"}}}',
     'snake_case'),
    ('{"assessmentName": "n", "source": {"sourceType": "HUMAN", "sourceId": "u"}, "spanId": "s", "rationale": "r",
       "createTime": "2025-01-02T03:04:05Z", "lastUpdateTime": "2025-01-03T03:04:05Z", "metadata": {"sourceId": 1},
       "feedback": {"value": 1, "error": {"errorCode": "c", "errorMessage": "m", "stackTrace": "t"}}}',
     'lowerCamelCase'),
    ('{"assessment": {"assessment_name": "n", "source": {"sourceType": "HUMAN", "source_id": "u"}, "spanId": "s", "rationale": "r",
       "create_time": "2025-01-02T03:04:05Z", "lastUpdateTime": "2025-01-03T03:04:05Z", "metadata": {"sourceId": 1},
       "feedback": {"value": 1, "error": {"error_code": "c", "errorMessage": "m", "stack_trace": "t"}}}}',
     'some of each, wrapped')
) AS v (document, description);
SELECT is(helper.document_refusal(document), '22023 ' || concerned, 'both spellings of ' || concerned)
FROM (VALUES
    ('{"assessment_name": "n", "assessmentName": "n", "feedback": {"value": 1}}', 'name'),
    (helper.feedback('"span_id": null, "spanId": "s"'), 'span_id'),
    (helper.feedback('"assessment_id": null, "assessmentId": null'), 'assessment_id'),
    (helper.feedback('"createTime": null, "create_time": null'), 'create_time'),
    (helper.feedback('"lastUpdateTime": null, "last_update_time": null'), 'last_update_time'),
    (helper.feedback('"source": {"sourceType": "CODE", "source_type": "CODE"}'), 'source_type'),
    (helper.feedback('"source": {"source_type": "CODE", "sourceId": "u", "source_id": "u"}'), 'source_id'),
    ('{"assessment_name": "n", "feedback": {"error": {"error_code": "c", "errorCode": "c"}}}', 'error_code'),
    ('{"assessment_name": "n", "feedback": {"error": {"error_code": "c", "error_message": "m", "errorMessage": "m"}}}', 'error_message'),
    ('{"assessment_name": "n", "feedback": {"error": {"error_code": "c", "stack_trace": "m", "stackTrace": "m"}}}', 'stack_trace'),
    ('{"assessment_name": "n", "expectation": {"serialized_value": {}, "serializedValue": {}}}', 'value'),
    ('{"assessment_name": "n", "expectation": {"serializedValue": {"serializationFormat": "JSON_FORMAT",
       "serialization_format": "JSON_FORMAT", "value": "1"}}}', 'value')
) AS v (document, concerned);
SELECT is((helper.logged('{"assessment_name": 5, "assessment_name": "a", "assessment_name": "b",
                           "feedback": [], "feedback": {"value": 1, "value": 2}}')).name,
    'b', 'of the same spelling, the last wins');
SELECT is((helper.logged('{"Assessment_Name": 5, "assessment_name": "a", "name": 5, "feedback": {"value": 2, "Value": 3}}')).numeric_value,
    2::numeric, 'letter case matters');

-- Wrapped
SELECT is(helper.text_refusal(format('{"assessment": {"assessment_name": "n", "feedback": {"value": 1}}, %s}', beside)), wanted,
    'a wrapper beside ' || beside)
FROM (VALUES
    ('"assessment_name": "n"', '22023 name'),
    ('"spanId": null', 'accepted'),
    ('"feedback": {"value": 1}', '22023 value'),
    ('"expectation": null', 'accepted'),
    ('"source": {}', '22023 source_type'),
    ('"createTime": null, "create_time": null', '22023 create_time'),
    ('"trace_id": "tr", "valid": true, "error": 1, "update_mask": "a"', 'accepted')
) AS v (beside, wanted);
SELECT is(helper.text_refusal(format('{"assessment": %s, "assessment_name": "n", "feedback": {"value": 1}}', member)), 'accepted',
    format('"assessment": %s is no wrapper', member))
FROM unnest(ARRAY['null', '5', '[]', '"text"']) AS member;
SELECT is(helper.text_refusal('{"assessment": {"assessment": {"assessment_name": "n", "feedback": {"value": 1}}}}'), '22004 kind',
    'a document is wrapped once');

-- Nesting: the outer object is the first level.
CREATE FUNCTION pg_temp.nested(levels integer) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(CASE i % 2 WHEN 0 THEN '[' ELSE '{"a":' END, '' ORDER BY i) || '1'
           || string_agg(CASE i % 2 WHEN 0 THEN ']' ELSE '}' END, '' ORDER BY i DESC)
    FROM generate_series(1, levels) AS i
$$;
SELECT is(helper.text_refusal(format(document, pg_temp.nested(levels))), wanted, format('%s levels in %s', levels, document))
FROM (VALUES
    ('{"assessment_name": "n", "feedback": {"value": %s}}', 62, 'accepted'),
    ('{"assessment_name": "n", "feedback": {"value": %s}}', 63, '54001 value'),
    ('{"assessment": {"assessment_name": "n", "feedback": {"value": %s}}}', 61, 'accepted'),
    ('{"assessment": {"assessment_name": "n", "feedback": {"value": %s}}}', 62, '54001 value'),
    ('{"assessment_name": "n", "expectation": {"value": %s}}', 62, 'accepted'),
    ('{"assessment_name": "n", "expectation": {"value": %s}}', 63, '54001 value'),
    (helper.feedback('"metadata": %s'), 63, 'accepted'),
    (helper.feedback('"metadata": %s'), 64, '54001 metadata'),
    (helper.feedback('"unknown": %s'), 63, 'accepted'),
    (helper.feedback('"unknown": %s'), 64, '54001 assessment'),
    ('%s', 64, '22004 kind'),
    ('%s', 65, '54001 assessment')
) AS v (document, levels, wanted);
SELECT is(helper.text_refusal(repeat('[', 10000000)), '54001 assessment', 'ten million levels');
SELECT is(helper.text_refusal(format(
        '{"assessment_name": "n", "expectation": {"serialized_value": {"serialization_format": "JSON_FORMAT", "value": %s}}}',
        to_json(pg_temp.nested(levels)))),
    wanted, levels || ' levels in a serialized value')
FROM (VALUES (64, 'accepted'), (65, '54001 value')) AS v (levels, wanted);

SELECT * FROM finish();
ROLLBACK;
