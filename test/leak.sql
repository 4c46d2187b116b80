-- Hundreds of calls of every function, most of them refused, to be run under valgrind: see test/valgrind.
--
-- Three calls would not do: valgrind finds a lost block only once the memory that still points to it was used again.
\set ON_ERROR_STOP on
SET client_min_messages = error;

-- Documents: a few that are right, then each way of being wrong that leaves json-c with a tree, or with half of one
CREATE TEMPORARY TABLE document (document text);
INSERT INTO document
SELECT format('{"assessment_name": "n", "feedback": {"value": %s}, "metadata": {"a": [1, {"b": null}]}}', value)
FROM unnest(ARRAY['true', '1', '123456789012345678901234567890', '1e308', '"text \u00e9\n"', 'null', '[]',
                  '[1, [2, {"a": 123456789012345678901234567890}]]', repeat('[', 62) || repeat(']', 62)]) AS value;
INSERT INTO document VALUES
    ('{"assessment": {"assessmentName": "n", "expectation": {"value": "Paris"}, "createTime": "2025-01-01T00:00:00Z"}}'),
    ('{"assessment_name": "n", "expectation": {"serialized_value": {"serialization_format": "JSON_FORMAT", "value": "[1, {}]"}}}'),
    ('{"assessment_name": "n", "feedback": {"error": {"error_code": "E", "error_message": "m", "stack_trace": "s"}}}');
INSERT INTO document
SELECT format('{"assessment_name": "n", "feedback": {"value": [1, {"a": "b"}]}, %s}', members)
FROM unnest(ARRAY[
    '"rationale": nul', '"a": [1, 2', '"a": "\x"', '"a": "\u0000"', '"a": {"\ud83d": 1}', '"a": 01', '"a": 1} {"a": 1',
    '"a": ' || repeat('[', 64) || repeat(']', 64), '"assessment_name": 1', '"assessmentName": "n"', '"assessment": {}',
    '"source": 1', '"source": {}', '"source": {"source_type": "ROBOT"}', '"source": {"source_type": "CODE", "sourceType": "CODE"}',
    '"source": {"source_type": "CODE", "source_id": [1]}', '"expectation": {"value": 1}', '"feedback": {}', '"feedback": [1]',
    '"feedback": {"value": [1, [2, {"a": 1e309}]]}', '"feedback": {"value": 1, "error": []}',
    '"feedback": {"value": [1], "error": {"error_code": 1}}', '"feedback": {"value": [1], "error": {"error_message": "m"}}',
    '"feedback": {"value": 1, "error": {"error_code": "", "stack_trace": {}}}', '"rationale": {"a": 1}', '"metadata": [1, 2]',
    '"metadata": {"a": [1e400]}', '"span_id": 1', '"assessment_id": "x"', '"assessment_id": 1', '"overrides": "x"', '"overrides": {}',
    '"overrides": "00000000-0000-4000-8000-00000000000f"', '"create_time": 1', '"create_time": "now"', '"create_time": []',
    '"last_update_time": "2025-02-30T00:00:00Z"']) AS members;
INSERT INTO document
SELECT format('{"assessment_name": "n", "expectation": %s}', expectation)
FROM unnest(ARRAY[
    '1', '{"value": null}', '{"value": [1], "error": {"error_code": ""}}', '{"value": 1, "serialized_value": {}}', '{"serialized_value": 1}',
    '{"serialized_value": {"value": "1"}}', '{"serialized_value": {"serialization_format": "PICKLE", "value": "1"}}',
    '{"serialized_value": {"serialization_format": "JSON_FORMAT", "value": 1}}',
    '{"serialized_value": {"serialization_format": "JSON_FORMAT", "value": "[1, {\"a\": "}}',
    '{"serialized_value": {"serialization_format": "JSON_FORMAT", "value": "[{\"a\": 1e309}]"}}']) AS expectation;
INSERT INTO document
SELECT format('{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"eventName": "gen_ai.evaluation.result", "traceId": "%s", "attributes": [
                  {"key": "gen_ai.evaluation.name", "value": {"stringValue": "n"}}, {"key": "gen_ai.evaluation.score.value", "value": %s}]}]}]}]}',
              '0af7651916cd43dd8448eb211c80319c', value)
FROM unnest(ARRAY['{"doubleValue": 0.5}', '{"intValue": "5"}, {"key": "a", "value": {"arrayValue": {"values": [{"intValue": "x"}]}}', '[1]']) AS value;
INSERT INTO document
SELECT format('{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "0af7651916cd43dd8448eb211c80319c", "attributes": [
                  {"key": "annotations.0.annotation.name", "value": {"stringValue": "n"}}, {"key": "annotations.0.annotation.label", "value": {"stringValue": "l"}},
                  {"key": "annotations.0.annotation.metadata", "value": {"stringValue": "%s"}}]}]}]}]}', metadata)
FROM unnest(ARRAY['{}', '[1, {}]', '{\"a\": [1e400]}', '{\"a\": ']) AS metadata;
INSERT INTO document VALUES (''), ('null'), ('[1, 2]'), ('{}'), ('{"assessment": {"a": [1]}, "rationale": "r"}'),
    (format('{"assessment_name": "%s", "feedback": {"value": [1]}}', repeat('x', 251)));

-- Calls; %1$L is a document, %2$L an assessment that is there
CREATE TEMPORARY TABLE call (call text);
INSERT INTO call VALUES
    ('feedback.log_assessment(''tr'', %1$L)'),
    ('feedback.log_assessment(''tr'', %1$L::json)'),
    ('feedback.log_assessment(''tr'', %1$L::jsonb)'),
    ('feedback.log_assessment(NULL, %1$L)'),
    ('feedback.update_assessment(''tr'', %2$L, %1$L)'),
    ('feedback.update_assessment(''tr'', %2$L, %1$L::json)'),
    ('feedback.log_feedback(''tr'', ''n'', %1$L::json)'),
    ('feedback.log_expectation(''tr'', ''n'', %1$L::json)'),
    ('feedback.log_expectation(''tr'', ''n'', %1$L)'),
    ('feedback.override_feedback(''tr'', %2$L, %1$L::json)'),
    ('feedback.get_assessment(''tr'', %2$L)'),
    ('feedback.get_assessment(''tr'', feedback.assessment_id(%1$L))'),
    ('count(d) FROM feedback.get_assessments(left(%1$L, 2)) AS d'),
    ('count(l) FROM feedback.log_otel_evaluations(%1$L, on_error => ''raise'') AS l'),
    ('feedback.delete_assessment(''tr'', %2$L)');
INSERT INTO call
SELECT format('feedback.log_feedback(''tr'', ''n'', %s)', value)
FROM unnest(ARRAY['1.5', '''NaN''::real', '''{1, NaN}''::numeric[]', '(1, ARRAY[''infinity''::float8])', '(1, ''a'')', 'now()::date',
                  '''[1e400]''::jsonb', '1, metadata => ''[]''', '1, metadata => ''{"a": [1e400]}''', '1, ''ROBOT''', '1, project => ''''',
                  '1, create_time => ''infinity''', '1, span_id => ''''', 'error_message => ''m''', 'NULL',
                  '1, overrides => gen_random_uuid()', '1, assessment_id => %2$L', '1, assessment_id => %2$L, project => ''p''']) AS value;

-- Refused by a trigger, and so within the statement that stores
CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION USING MESSAGE = ''refused''; END';
CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON feedback.assessments FOR EACH ROW WHEN (NEW.rationale = 'refuse')
    EXECUTE FUNCTION pg_temp.refuse();
INSERT INTO document VALUES ('{"assessment_name": "n", "feedback": {"value": [1]}, "rationale": "refuse"}');

CREATE TEMPORARY TABLE result (call text, refused boolean);
DO $$
DECLARE
    document text;
    call text;
    id uuid;
    overriding uuid;
BEGIN
    FOR document, call IN SELECT d.document, c.call FROM document d, call c ORDER BY c.call, d.document LOOP
        id := feedback.log_feedback('tr', 'n', 0);
        IF length(document) % 2 = 0 THEN
            overriding := feedback.override_feedback('tr', id, 1);
        END IF;
        BEGIN
            EXECUTE format('SELECT ' || call, document, id);
            INSERT INTO result VALUES (call, false);
        EXCEPTION WHEN OTHERS THEN
            INSERT INTO result VALUES (call, true);
        END;
        DELETE FROM feedback.assessments;
    END LOOP;
END $$;

-- Refused in the middle of making jsonb of json-c's tree, because the stack ends there
CREATE FUNCTION pg_temp.dig(depth integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        PERFORM feedback.log_assessment('tr', '{"assessment_name": "n", "feedback": {"value": ' || repeat('[', 62) || repeat(']', 62) || '}}');
        INSERT INTO result VALUES ('dig', false);
    EXCEPTION WHEN statement_too_complex THEN
        INSERT INTO result VALUES ('dig', true);
    END;
    PERFORM pg_temp.dig(depth + 1);
END $$;
SET max_stack_depth = '100kB';
DO $$
BEGIN
    FOR i IN 1 .. 100 LOOP
        BEGIN
            PERFORM pg_temp.dig(1);
        EXCEPTION WHEN statement_too_complex THEN
            NULL;
        END;
    END LOOP;
END $$;
RESET max_stack_depth;

-- Refused without a subtransaction around it
\set ON_ERROR_STOP off
SELECT format('SELECT feedback.log_assessment(%L, %L)', 'tr', document) FROM document, generate_series(1, 5)
\gexec
\set ON_ERROR_STOP on

SELECT refused, count(*), count(DISTINCT call) AS calls FROM result GROUP BY refused;

-- Label schemas: changed, read again, and refusing, within a transaction that is rolled back too
DO $$
BEGIN
    PERFORM feedback.create_label_schema('gated', 'text', categories => '{kind,rude}');
    PERFORM feedback.label_schema_from_json_schema('judged', '{"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}');
    FOR i IN 1 .. 100 LOOP
        BEGIN
            PERFORM feedback.alter_label_schema('gated', instruction => i::text);
            PERFORM feedback.log_feedback('tr', 'gated', 'kind'::text);
            PERFORM feedback.log_feedback('tr', 'gated', 'kinds'::text);
        EXCEPTION WHEN check_violation THEN
            PERFORM feedback.log_feedback('tr', 'judged', i);
        END;
    END LOOP;
END $$;
SELECT count(*) FROM feedback.label_schema_violations('judged');
