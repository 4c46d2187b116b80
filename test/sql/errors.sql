-- Every refusal: SQLSTATE, message, DETAIL, HINT, column and constraint.
-- Nothing is stored by any of them.
\pset format unaligned
\pset tuples_only on
BEGIN;

-- What a statement is refused with, in the order of psql's verbose form
CREATE FUNCTION pg_temp.refused(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    detail text;
    hint text;
    "column" text;
    "constraint" text;
BEGIN
    EXECUTE statement;
    RETURN NEXT 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT,
        "column" = COLUMN_NAME, "constraint" = CONSTRAINT_NAME;
    RETURN NEXT 'ERROR:  ' || SQLSTATE || ': ' || message;
    RETURN QUERY
        SELECT label || ':  ' || content
        FROM (VALUES ('DETAIL', detail), ('HINT', hint), ('COLUMN', "column"), ('CONSTRAINT', "constraint"))
            AS line (label, content)
        WHERE content <> '';
END $$;

-- The same for a document that is to be logged
CREATE FUNCTION pg_temp.refused_document(document text) RETURNS SETOF text
    RETURN pg_temp.refused(format('SELECT feedback.log_assessment(%L, %L)', 'tr', document));

-- And for a document that is right but for some more members, or others instead
CREATE FUNCTION pg_temp.refused_members(members text) RETURNS SETOF text
    RETURN pg_temp.refused_document('{"assessment_name": "n", "feedback": {"value": 1}, ' || members || '}');

-- Rule 1: a document is one JSON object
SELECT pg_temp.refused_document('');
SELECT pg_temp.refused_document('{"assessment_name": "n", // a comment');
SELECT pg_temp.refused_document('{"assessment_name": "é", "feedback": {"value": NaN}}');
SELECT pg_temp.refused_document('{"assessment_name": "n",}');
SELECT pg_temp.refused_document('{"assessment_name": "n"');
SELECT pg_temp.refused_document('{"assessment_name": "n');
SELECT pg_temp.refused_document('{"assessment_name" "n"}');
SELECT pg_temp.refused_document('{"feedback": {"value": [1 2]}}');
SELECT pg_temp.refused_document('{"feedback": {"value": 01}}');
SELECT pg_temp.refused_document('{"feedback": {"value": 1.}}');
SELECT pg_temp.refused_document(E'{"assessment_name": "a\nb"}');
SELECT pg_temp.refused_document('{"assessment_name": "\x"}');
SELECT pg_temp.refused_document('{} {}');
SELECT pg_temp.refused_document(U&'\FEFF{}');
SELECT pg_temp.refused_document('"n"');
SELECT pg_temp.refused('SELECT feedback.log_assessment(''tr'', ''[]''::jsonb)');
SELECT pg_temp.refused_document('{"assessment": {"assessment_name": "n"}, "rationale": "r"}');

-- Rule 2: one spelling of a member
SELECT pg_temp.refused_members('"span_id": "s", "spanId": "s"');
SELECT pg_temp.refused_document('{"assessment_name": "n", "feedback": {"error": {"error_code": "", "errorCode": ""}}}');

-- Rule 3: members of the right type
SELECT pg_temp.refused_members('"assessment_name": 1');
SELECT pg_temp.refused_members('"source": "HUMAN"');
SELECT pg_temp.refused_members('"source": {"source_type": "CODE", "source_id": 1}');
SELECT pg_temp.refused_members('"feedback": true');
SELECT pg_temp.refused_members('"feedback": {"error": "TIMEOUT"}');
SELECT pg_temp.refused_members('"feedback": {"error": {"error_code": "", "error_message": {}}}');
SELECT pg_temp.refused_members('"feedback": {"error": {"error_code": "", "stack_trace": ["f", "g"]}}');
SELECT pg_temp.refused_document('{"assessment_name": "n", "expectation": "Paris"}');
SELECT pg_temp.refused_members('"rationale": false');
SELECT pg_temp.refused_members('"metadata": []');
SELECT pg_temp.refused_members('"span_id": 7');
SELECT pg_temp.refused_members('"assessment_id": {}');
SELECT pg_temp.refused_members('"overrides": []');
SELECT pg_temp.refused_members('"create_time": {}');

-- Rule 4: names
SELECT pg_temp.refused_document('{"feedback": {"value": 1}}');
SELECT pg_temp.refused_members('"assessment_name": ""');
SELECT pg_temp.refused_members(format('"assessment_name": %s', to_json(repeat('é', 251))));

-- Rule 5: sources and spans
SELECT pg_temp.refused_members('"source": {"source_id": "x"}');
SELECT pg_temp.refused_members('"source": {"source_type": "ROBOT"}');
SELECT pg_temp.refused_members('"source": {"source_type": " CODE"}');
SELECT pg_temp.refused_members('"source": {"source_type": 1}');
SELECT pg_temp.refused_members(format('"source": {"source_type": "CODE", "source_id": "%s"}', repeat('x', 251)));
SELECT pg_temp.refused_members(format('"span_id": "%s"', repeat('x', 251)));

-- Rule 6: a feedback or an expectation
SELECT pg_temp.refused_members('"expectation": {"value": 1}');
SELECT pg_temp.refused_document('{"assessment_name": "n"}');
SELECT pg_temp.refused_document('{"assessment_name": "n", "expectation": {"value": 1, "error": {"error_code": ""}}}');

-- Rule 7: the value of a feedback
SELECT pg_temp.refused_members('"feedback": {}');

-- Rule 8: the value of an expectation
SELECT pg_temp.refused_document('{"assessment_name": "n", "expectation": {"value": null}}');
SELECT pg_temp.refused_document('{"assessment_name": "n", "expectation": {"value": 1, "serialized_value":
    {"serialization_format": "JSON_FORMAT", "value": "1"}}}');
SELECT pg_temp.refused_document('{"assessment_name": "n", "expectation": {"serialized_value": "1"}}');
SELECT pg_temp.refused_document('{"assessment_name": "n", "expectation": {"serialized_value":
    {"value": "1"}}}');
SELECT pg_temp.refused_document('{"assessment_name": "n", "expectation": {"serialized_value":
    {"serialization_format": "JSON_FORMAT"}}}');
SELECT pg_temp.refused_document('{"assessment_name": "n", "expectation": {"serialized_value":
    {"serialization_format": "PICKLE", "value": "1"}}}');
SELECT pg_temp.refused_document('{"assessment_name": "n", "expectation": {"serialized_value":
    {"serialization_format": "JSON_FORMAT", "value": 1}}}');
SELECT pg_temp.refused_document('{"assessment_name": "n", "expectation": {"serialized_value":
    {"serialization_format": "JSON_FORMAT", "value": "[1,"}}}');

-- Rule 9: numbers
SELECT pg_temp.refused_members('"feedback": {"value": 1.8e308}');
SELECT pg_temp.refused_members('"feedback": {"value": [{"a": -1e400}]}');
SELECT pg_temp.refused_members('"metadata": {"a": 1e-20000}');
SELECT pg_temp.refused('SELECT feedback.log_feedback(''tr'', ''n'', 1e400)');
SELECT pg_temp.refused('SELECT feedback.log_feedback(''tr'', ''n'', ''[1e400]''::jsonb)');
SELECT pg_temp.refused('SELECT feedback.log_feedback(''tr'', ''n'', 1, metadata => ''{"a": 1e400}'')');

-- Rule 10: characters that cannot be kept
SELECT pg_temp.refused_members('"rationale": "a\u0000b"');
SELECT pg_temp.refused_members('"metadata": {"\ud83d": 1}');
SELECT pg_temp.refused_members('"unknown": "\ude00\ud83d"');
SELECT pg_temp.refused('SELECT feedback.log_assessment(''tr'', ''{"rationale": "\u0000"}''::json)');

-- Rule 11: nesting, of a document, of a serialized value, of SQL values
SELECT pg_temp.refused_members('"feedback": {"value": ' || repeat('[', 63) || repeat(']', 63) || '}');
SELECT pg_temp.refused_document('{"assessment_name": "n", "expectation": {"serialized_value":
    {"serialization_format": "JSON_FORMAT", "value": "' || repeat('[', 65) || repeat(']', 65) || '"}}}');
SELECT pg_temp.refused(format('SELECT feedback.log_feedback(''tr'', ''n'', %L::jsonb)', repeat('[', 63) || repeat(']', 63)));
SELECT pg_temp.refused(format('SELECT feedback.log_feedback(''tr'', ''n'', 1, metadata => %L)',
    '{"a":' || repeat('[', 63) || repeat(']', 63) || '}'));

-- Rule 12: metadata
SELECT pg_temp.refused('SELECT feedback.log_feedback(''tr'', ''n'', 1, metadata => ''[]'')');
SELECT pg_temp.refused('SELECT feedback.log_feedback(''tr'', ''n'', 1, metadata => ''7'')');

-- Rule 13: times
SELECT pg_temp.refused_members('"create_time": 1735787045');
SELECT pg_temp.refused_members('"create_time": "2025-01-02T03:04:05"');
SELECT pg_temp.refused_members('"last_update_time": "2025-01-02t03:04:05z"');
SELECT pg_temp.refused_members('"create_time": "2025-02-29T03:04:05Z"');
SELECT pg_temp.refused_members('"last_update_time": "2016-12-31T23:59:60Z"');
SELECT pg_temp.refused_members('"create_time": "0001-01-01T00:00:00+00:01"');
SELECT pg_temp.refused('SELECT feedback.log_feedback(''tr'', ''n'', 1, create_time => ''infinity'')');

-- Rule 14: errors
SELECT pg_temp.refused_members('"feedback": {"error": {"error_message": "m"}}');

-- Rule 15: ids
SELECT pg_temp.refused_members('"assessment_id": 7');
SELECT pg_temp.refused_members('"assessment_id": "a-00000000000040008000ABCDEFABCDEF"');
SELECT pg_temp.refused_members('"overrides": "{00000000-0000-4000-8000-00000000000a}"');
SELECT pg_temp.refused('SELECT feedback.assessment_id(''a-1'')');

-- Rule 16: overrides, of 0a (a feedback, overridden by 0b) and 0e (an expectation)
SELECT count(feedback.log_feedback('tr', 'n', 1, assessment_id => '00000000-0000-4000-8000-00000000000a')),
       count(feedback.log_feedback('tr', 'n', 2, assessment_id => '00000000-0000-4000-8000-00000000000b',
                                   overrides => '00000000-0000-4000-8000-00000000000a')),
       count(feedback.log_expectation('tr', 'n', 3, assessment_id => '00000000-0000-4000-8000-00000000000e'));
SELECT pg_temp.refused_members('"overrides": "00000000-0000-4000-8000-00000000000f"');
SELECT pg_temp.refused_members('"overrides": "00000000-0000-4000-8000-00000000000e"');
SELECT pg_temp.refused_members('"overrides": "a-0000000000004000800000000000000a"');
SELECT pg_temp.refused_members('"overrides": "a-0000000000004000800000000000000c", "assessment_id": "a-0000000000004000800000000000000c"');
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 4, project => 'other',
    overrides => '00000000-0000-4000-8000-00000000000b')$$);
SELECT pg_temp.refused($$SELECT feedback.override_feedback('tr', '00000000-0000-4000-8000-00000000000a', 4)$$);
SELECT pg_temp.refused($$SELECT feedback.override_feedback('tr', '00000000-0000-4000-8000-00000000000e', 4)$$);
SELECT pg_temp.refused($$SELECT feedback.override_feedback('tr', '00000000-0000-4000-8000-00000000000b', 4,
    new_assessment_id => '00000000-0000-4000-8000-00000000000b')$$);

-- Unknown assessments
SELECT pg_temp.refused($$SELECT feedback.get_assessment('tr', '00000000-0000-4000-8000-00000000000f')$$);
SELECT pg_temp.refused($$SELECT feedback.update_assessment('tr', '00000000-0000-4000-8000-00000000000f', '{}')$$);
SELECT pg_temp.refused($$SELECT feedback.override_feedback('tr', '00000000-0000-4000-8000-00000000000f', 1)$$);

-- Updates
SELECT pg_temp.refused($$SELECT feedback.update_assessment('tr', '00000000-0000-4000-8000-00000000000b',
    '{"expectation": {"value": 1}}')$$);
SELECT pg_temp.refused($$SELECT feedback.update_assessment('tr', '00000000-0000-4000-8000-00000000000e',
    '{"feedback": {"value": 1}}')$$);
SELECT pg_temp.refused($$SELECT feedback.update_assessment('tr', '00000000-0000-4000-8000-00000000000b',
    '{"feedback": {}}')$$);
SELECT pg_temp.refused($$SELECT feedback.update_assessment('tr', '00000000-0000-4000-8000-00000000000b',
    '{"assessment_name": null}')$$);
SELECT pg_temp.refused($$SELECT feedback.update_assessment('tr', '00000000-0000-4000-8000-00000000000b',
    '{"source": {"source_type": "ROBOT"}}')$$);

-- From SQL: what is missing
SELECT pg_temp.refused($$SELECT feedback.log_feedback(NULL, 'n', 1)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', NULL, 1)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n')$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', NULL::boolean)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 1, source_type => NULL)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', error_message => 'm')$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 1, stack_trace => 's')$$);
SELECT pg_temp.refused($$SELECT feedback.log_expectation('tr', 'n', NULL)$$);
SELECT pg_temp.refused($$SELECT feedback.log_expectation('tr', 'n', 'null'::jsonb)$$);
SELECT pg_temp.refused($$SELECT feedback.log_assessment('tr', NULL)$$);
SELECT pg_temp.refused($$SELECT feedback.log_assessment(NULL, '{"assessment_name": "n", "feedback": {"value": 1}}')$$);
SELECT pg_temp.refused($$SELECT feedback.update_assessment('tr', '00000000-0000-4000-8000-00000000000b', NULL::jsonb)$$);
SELECT pg_temp.refused($$SELECT feedback.delete_assessment('tr', NULL)$$);
SELECT pg_temp.refused($$SELECT feedback.get_assessments(NULL)$$);

-- From SQL: what is too long, empty or out of range
SELECT pg_temp.refused($$SELECT feedback.log_feedback('', 'n', 1)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback(repeat('x', 251), 'n', 1)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', '', 1)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 1, project => '')$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 1, project => repeat('x', 251))$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 1, source_id => repeat('x', 251))$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 1, span_id => '')$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 1, span_id => repeat('x', 251))$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 1, source_type => 'ROBOT')$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 'NaN'::double precision)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', '-infinity'::real)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', '{1, NaN}'::numeric[])$$);
SELECT pg_temp.refused($$SELECT feedback.bar(0.5, 0)$$);
SELECT pg_temp.refused($$SELECT feedback.bar(0.5, 1001)$$);

-- Projects and settings
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 1, project => 'other',
    assessment_id => '00000000-0000-4000-8000-00000000000a')$$);
SET LOCAL feedback.project = 'other';
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 1,
    assessment_id => '00000000-0000-4000-8000-00000000000a')$$);
SELECT set_config('feedback.project', repeat('x', 251), true) = '' AS set_to_nothing;
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 1)$$);
RESET feedback.project;
SELECT pg_temp.refused($$SET feedback.untyped_text = 'sometimes'$$);
SELECT pg_temp.refused($$SET feedback.projekt = 'x'$$);
SET LOCAL feedback.untyped_text = 'error';
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', '1')$$);
SELECT pg_temp.refused($$SELECT feedback.log_expectation('tr', 'n', '[]')$$);
SELECT pg_temp.refused($$SELECT feedback.override_feedback('tr', '00000000-0000-4000-8000-00000000000b', 'true')$$);

-- Only the three of rule 16 are there
SELECT assessment_id, name, numeric_value, valid FROM feedback.assessments ORDER BY assessment_id;
ROLLBACK;
