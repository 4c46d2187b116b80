-- Every refusal: SQLSTATE, message, DETAIL, HINT, column and constraint.
-- Nothing is stored by any of them.
\pset format unaligned
\pset tuples_only on
BEGIN;

-- pg_temp.refused() says why a statement is refused, and it has variants for documents
\getenv abs_srcdir PG_ABS_SRCDIR
\set refused :abs_srcdir '/include/refused.sql'
\i :refused

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
SELECT set_config('feedback.project', repeat('x', 251), true) \g /dev/null
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 1)$$);
RESET feedback.project;
SELECT pg_temp.refused($$SET feedback.untyped_text = 'sometimes'$$);
SELECT pg_temp.refused($$SET feedback.projekt = 'x'$$);
SET LOCAL feedback.untyped_text = 'error';
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', '1')$$);
SELECT pg_temp.refused($$SELECT feedback.log_expectation('tr', 'n', '[]')$$);
SELECT pg_temp.refused($$SELECT feedback.override_feedback('tr', '00000000-0000-4000-8000-00000000000b', 'true')$$);

-- Direct SQL: the row's own constraints, all 23514 but for those of keys
CREATE FUNCTION pg_temp.refused_row(changes text) RETURNS SETOF text
    RETURN pg_temp.refused(format('UPDATE feedback.assessments SET %s WHERE assessment_id = %L', changes,
                                  '00000000-0000-4000-8000-00000000000b'));
SELECT pg_temp.refused_row($$project = ''$$);
SELECT pg_temp.refused_row($$trace_id = repeat('x', 251), overrides = NULL$$);
SELECT pg_temp.refused_row($$name = ''$$);
SELECT pg_temp.refused_row($$source_id = repeat('x', 251)$$);
SELECT pg_temp.refused_row($$span_id = repeat('x', 251)$$);
SELECT pg_temp.refused_row($$numeric_value = NULL$$);
SELECT pg_temp.refused_row($$text_value = 'x'$$);
SELECT pg_temp.refused_row($$numeric_value = 'NaN'$$);
SELECT pg_temp.refused_row($$numeric_value = 2e308$$);
SELECT pg_temp.refused_row($$numeric_value = NULL, json_value = 'true'$$);
SELECT pg_temp.refused_row($$numeric_value = NULL, json_value = 'null', error_code = 'E'$$);
SELECT pg_temp.refused_row($$numeric_value = NULL, json_value = '[1e400]'$$);
SELECT pg_temp.refused_row(format($$numeric_value = NULL, json_value = %L$$, repeat('[', 63) || repeat(']', 63)));
SELECT pg_temp.refused_row($$metadata = '{}'$$);
SELECT pg_temp.refused_row($$metadata = '"m"'$$);
SELECT pg_temp.refused_row($$error_message = 'm'$$);
SELECT pg_temp.refused_row($$overrides = assessment_id$$);
SELECT pg_temp.refused_row($$create_time = '-infinity'$$);
SELECT pg_temp.refused_row($$last_update_time = '10000-01-01Z'$$);
SELECT pg_temp.refused_row($$kind = 'expectation', error_code = 'E'$$);
SELECT pg_temp.refused_row($$overrides = '00000000-0000-4000-8000-00000000000f'$$);
SELECT pg_temp.refused($$UPDATE feedback.assessments SET overrides = '00000000-0000-4000-8000-00000000000a'
    WHERE assessment_id = '00000000-0000-4000-8000-00000000000e'$$);

-- Also for rows that replication applies
SET LOCAL session_replication_role = replica;
SELECT pg_temp.refused_row($$name = ''$$);
RESET session_replication_role;

-- The trigger is for that table alone, and called as it was made
CREATE TEMPORARY TABLE other (LIKE feedback.assessments);
ALTER TABLE other ALTER assessment_id DROP NOT NULL, ALTER kind DROP NOT NULL, ALTER name DROP NOT NULL;
SAVEPOINT no_trigger;
CREATE TRIGGER check_other AFTER INSERT ON other FOR EACH ROW EXECUTE FUNCTION feedback_internal.check_assessment();
SELECT pg_temp.refused($$INSERT INTO other (project, trace_id, source_type, valid, create_time, last_update_time, logged_by)
    VALUES ('p', 'tr', 'CODE', true, now(), now(), 'me')$$);
ROLLBACK TO no_trigger;
CREATE TRIGGER check_other BEFORE INSERT ON feedback.assessments FOR EACH ROW EXECUTE FUNCTION feedback_internal.check_assessment();
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 1)$$);
ROLLBACK TO no_trigger;
CREATE TRIGGER check_other AFTER DELETE ON feedback.assessments FOR EACH ROW EXECUTE FUNCTION feedback_internal.check_assessment();
SELECT pg_temp.refused($$DELETE FROM feedback.assessments$$);
ROLLBACK TO no_trigger;
CREATE TRIGGER check_other AFTER INSERT ON feedback.assessments FOR EACH STATEMENT EXECUTE FUNCTION feedback_internal.check_assessment();
SELECT pg_temp.refused($$SELECT feedback.log_feedback('tr', 'n', 1)$$);
ROLLBACK TO no_trigger;

-- Only the three of rule 16 are there
SELECT assessment_id, name, numeric_value, valid FROM feedback.assessments ORDER BY assessment_id;
ROLLBACK;
