-- log_otel_evaluations: OpenTelemetry's evaluations and OpenInference's annotations become feedback, field by field.
BEGIN;
SELECT plan(158);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- An attribute, its value as AnyValue's JSON
CREATE FUNCTION pg_temp.attribute(key text, value text) RETURNS text LANGUAGE sql AS
    $$ SELECT format('{"key": %s, "value": %s}', to_json(key), value) $$;
CREATE FUNCTION pg_temp.string(value text) RETURNS text LANGUAGE sql AS
    $$ SELECT format('{"stringValue": %s}', to_json(value)) $$;

-- The attributes of an evaluation: those of a good one, or others
CREATE FUNCTION pg_temp.attributes(VARIADIC others text[]) RETURNS text LANGUAGE sql AS $$
    SELECT '[' || array_to_string(pg_temp.attribute('gen_ai.evaluation.name', pg_temp.string('relevance'))
                                  || others, ', ') || ']'
$$;
CREATE FUNCTION pg_temp.score(value text DEFAULT '{"doubleValue": 0.75}') RETURNS text LANGUAGE sql AS
    $$ SELECT pg_temp.attribute('gen_ai.evaluation.score.value', value) $$;

-- A log record with these attributes, as an export; its members may be others
CREATE FUNCTION pg_temp.log(attributes text, others jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT format('{"resourceLogs": [{"resource": {}, "scopeLogs": [{"scope": {}, "logRecords": [%s]}]}]}',
                  jsonb_strip_nulls('{"eventName": "gen_ai.evaluation.result", "timeUnixNano": "1767323045123456789",
                                      "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331"}'
                                    || jsonb_build_object('attributes', attributes::jsonb) || others))
$$;

-- A span, with an end, and with these events and attributes
CREATE FUNCTION pg_temp.span(events text, attributes text DEFAULT '[]', others text DEFAULT '') RETURNS text LANGUAGE sql AS $$
    SELECT format('{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "0af7651916cd43dd8448eb211c80319c",
                      "spanId": "b7ad6b7169203331", "name": "chat", "startTimeUnixNano": "1767323045000000000",
                      "endTimeUnixNano": "1767323046000000000", "events": %s, "attributes": %s%s}]}]}]}',
                  events, attributes, others)
$$;
CREATE FUNCTION pg_temp.event(attributes text, nanoseconds text DEFAULT '"1767323045123456789"') RETURNS text LANGUAGE sql AS $$
    SELECT format('{"timeUnixNano": %s, "name": "gen_ai.evaluation.result", "attributes": %s}', nanoseconds, attributes)
$$;

CREATE FUNCTION pg_temp.record(score text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.log(pg_temp.attributes(pg_temp.score(score)))::jsonb #>> '{resourceLogs,0,scopeLogs,0,logRecords,0}'
$$;
CREATE FUNCTION pg_temp.prefixed(prefix text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', sqlstate, message)
    FROM feedback.log_otel_evaluations(pg_temp.log(pg_temp.attributes(pg_temp.score())), trace_id_prefix => prefix)
$$;

-- The row that the only evaluation of a document becomes
CREATE FUNCTION pg_temp.row_of(otlp text, prefix text DEFAULT 'tr-') RETURNS helper.written LANGUAGE plpgsql AS $$
DECLARE
    id uuid;
BEGIN
    SELECT l.assessment_id INTO STRICT id FROM feedback.log_otel_evaluations(otlp, trace_id_prefix => prefix) AS l;
    RETURN helper.assessment(id);
END $$;

-- What becomes of the evaluations of a document: value or SQLSTATE, message, DETAIL and HINT
CREATE FUNCTION pg_temp.outcome(otlp text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    logged record;
    outcomes text[] := '{}';
BEGIN
    FOR logged IN SELECT * FROM feedback.log_otel_evaluations(otlp) LOOP
        outcomes := outcomes || coalesce(nullif(concat_ws(' | ', logged.sqlstate, logged.message, logged.detail, logged.hint), ''),
                                         helper.value_of(helper.assessment(logged.assessment_id)));
    END LOOP;
    RETURN CASE WHEN outcomes <> '{}' THEN array_to_string(outcomes, '; ') END;
END $$;

-- A log record: every attribute has its column
CREATE TEMP TABLE logged AS SELECT (pg_temp.row_of(pg_temp.log(pg_temp.attributes(
    pg_temp.score(),
    pg_temp.attribute('gen_ai.evaluation.score.label', pg_temp.string('relevant')),
    pg_temp.attribute('gen_ai.evaluation.explanation', pg_temp.string('It answers the question.')),
    pg_temp.attribute('gen_ai.response.id', pg_temp.string('chatcmpl-123')),
    pg_temp.attribute('event.name', pg_temp.string('gen_ai.evaluation.result')),
    pg_temp.attribute('runs', '{"intValue": "9007199254740993"}'),
    pg_temp.attribute('tags', '{"arrayValue": {"values": [{"stringValue": "a"}, {"boolValue": true}, {}, {"doubleValue": "NaN"}]}}'),
    pg_temp.attribute('model', '{"kvlistValue": {"values": [{"key": "size", "value": {"doubleValue": 1.50}}, {"key": "raw", "value": {"bytesValue": "AQI="}}]}}')
)))).*;
SELECT is(trace_id, 'tr-0af7651916cd43dd8448eb211c80319c', 'traceId, behind tr- as MLflow has it') FROM logged;
SELECT is(span_id, 'b7ad6b7169203331', 'spanId') FROM logged;
SELECT is(name, 'relevance', 'gen_ai.evaluation.name') FROM logged;
SELECT is(helper.value_of(helper.assessment(l.assessment_id)), 'numeric 0.75', 'gen_ai.evaluation.score.value') FROM logged l;
SELECT is(rationale, 'It answers the question.', 'gen_ai.evaluation.explanation') FROM logged;
SELECT is(create_time, '2026-01-02 03:04:05.123456Z', 'timeUnixNano, to the microsecond') FROM logged;
SELECT is(last_update_time, create_time, 'last_update_time follows') FROM logged;
SELECT is(source_type::text || ' ' || source_id, 'LLM_JUDGE default', 'the source by default') FROM logged;
SELECT is(kind::text || ' ' || project || ' ' || valid, 'feedback default true', 'a valid feedback of the default project') FROM logged;
SELECT is(metadata, '{"gen_ai.evaluation.score.label": "relevant", "gen_ai.response.id": "chatcmpl-123", "runs": 9007199254740993,
                      "tags": ["a", true, null, "NaN"], "model": {"size": 1.50, "raw": "AQI="}}', 'all else is metadata') FROM logged;
SELECT is(uuid_send(assessment_id)::text ~ '^\\x.{12}8.{3}[89ab].{15}$', true, 'the id is a UUID version 8') FROM logged;

-- Other ways to say it
SELECT is(pg_temp.outcome(pg_temp.log(pg_temp.attributes(rest))), wanted, rest)
FROM (VALUES
    (pg_temp.score('{"intValue": "5"}'), 'numeric 5'),
    (pg_temp.score('{"intValue": 5}'), 'numeric 5'),
    (pg_temp.score('{"int_value": 5}'), 'numeric 5'),
    (pg_temp.score('{"doubleValue": 1}'), 'numeric 1'),
    (pg_temp.score('{"doubleValue": "0.10"}'), 'numeric 0.10'),
    (pg_temp.score('{"double_value": 1e-3}'), 'numeric 0.001'),
    (pg_temp.score('{"boolValue": true}'), 'boolean true'),
    (pg_temp.score('{"boolValue": false}'), 'boolean false'),
    (pg_temp.attribute('gen_ai.evaluation.score.label', pg_temp.string('pass')), 'text pass'),
    (pg_temp.attribute('gen_ai.evaluation.score.label', '{"string_value": ""}'), 'text '),
    (pg_temp.score('{}') || ', ' || pg_temp.attribute('gen_ai.evaluation.score.label', pg_temp.string('pass')), 'text pass'),
    (pg_temp.score('null') || ', ' || pg_temp.attribute('gen_ai.evaluation.score.label', pg_temp.string('pass')), 'text pass'),
    (pg_temp.attribute('gen_ai.evaluation.explanation', pg_temp.string('e')), 'json null'),
    (pg_temp.attribute('error.type', pg_temp.string('timeout')), '')
) AS v (rest, wanted);

SELECT is((pg_temp.row_of(pg_temp.log(pg_temp.attributes(
               pg_temp.attribute('gen_ai.evaluation.score.label', pg_temp.string('fail')))))).metadata, NULL,
          'a label that is the value is no metadata');
SELECT is((pg_temp.row_of(pg_temp.log(pg_temp.attributes(pg_temp.score(),
               pg_temp.attribute('gen_ai.evaluation.reasoning', pg_temp.string('so it is')))))).rationale, 'so it is',
          'reasoning is the explanation in older events');
SELECT is((r).rationale || ' ' || (r).metadata::text, 'new {"gen_ai.evaluation.reasoning": "old"}', 'beside an explanation it is metadata')
FROM pg_temp.row_of(pg_temp.log(pg_temp.attributes(pg_temp.score(),
    pg_temp.attribute('gen_ai.evaluation.explanation', pg_temp.string('new')),
    pg_temp.attribute('gen_ai.evaluation.reasoning', pg_temp.string('old'))))) AS r;
SELECT is(concat_ws('/', (r).error_code, (r).error_message, (r).stack_trace, (r).numeric_value, (r).metadata), 'timeout/late/at 1/0.75',
          'error.type is the code, beside a value too')
FROM pg_temp.row_of(pg_temp.log(pg_temp.attributes(pg_temp.score(),
    pg_temp.attribute('error.type', pg_temp.string('timeout')),
    pg_temp.attribute('error.message', pg_temp.string('late')),
    pg_temp.attribute('exception.stacktrace', pg_temp.string('at 1'))))) AS r;
SELECT is((pg_temp.row_of(pg_temp.log(pg_temp.attributes(pg_temp.score(),
               pg_temp.attribute('error.message', pg_temp.string('late')))))).metadata, '{"error.message": "late"}',
          'a message without error.type is metadata');

SELECT is(pg_temp.outcome(replace(pg_temp.log(pg_temp.attributes(pg_temp.score(), pg_temp.attribute('event.name', pg_temp.string('gen_ai.evaluation.result')))),
                                  '"eventName"', '"severityText"')), 'numeric 0.75', 'the attribute event.name names the event, too');
SELECT is((SELECT count(DISTINCT assessment_id) FROM unnest(ARRAY['traceId', 'trace_id']) AS name, feedback.log_otel_evaluations(
               CASE name WHEN 'traceId' THEN doc ELSE
                   replace(replace(replace(replace(replace(replace(replace(replace(replace(doc, 'resourceLogs', 'resource_logs'), 'scopeLogs', 'scope_logs'),
                   'logRecords', 'log_records'), 'traceId', 'trace_id'), 'spanId', 'span_id'), 'eventName', 'event_name'),
                   'timeUnixNano', 'time_unix_nano'), 'stringValue', 'string_value'), 'doubleValue', 'double_value') END)),
          1::bigint, 'snake_case names say the same')
FROM pg_temp.log(pg_temp.attributes(pg_temp.score('{"doubleValue": 0.5}'))) AS doc;

-- Ids
SELECT is(concat_ws(' ', (r).trace_id, (r).span_id), wanted, others)
FROM (VALUES
    ('{"traceId": "0AF7651916CD43DD8448EB211C80319C", "spanId": "B7AD6B7169203331"}', 'tr-0af7651916cd43dd8448eb211c80319c b7ad6b7169203331'),
    ('{"traceId": "CvdlGRbNQ92ESOshHIAxnA==", "spanId": "t61rcWkgMzE="}', 'tr-0af7651916cd43dd8448eb211c80319c b7ad6b7169203331'),
    ('{"traceId": "CvdlGRbNQ92ESOshHIAxnA", "spanId": "t61rcWkgMzE"}', 'tr-0af7651916cd43dd8448eb211c80319c b7ad6b7169203331'),
    ('{"spanId": "0000000000000000"}', 'tr-0af7651916cd43dd8448eb211c80319c'),
    ('{"spanId": ""}', 'tr-0af7651916cd43dd8448eb211c80319c'),
    ('{"spanId": null}', 'tr-0af7651916cd43dd8448eb211c80319c')
) AS v (others, wanted), pg_temp.row_of(pg_temp.log(pg_temp.attributes(pg_temp.score()), others::jsonb)) AS r;
SELECT is((pg_temp.row_of(pg_temp.log(pg_temp.attributes(pg_temp.score())), prefix)).trace_id, wanted, 'prefix ' || coalesce(quote_literal(prefix), 'NULL'))
FROM (VALUES ('', '0af7651916cd43dd8448eb211c80319c'), (NULL, '0af7651916cd43dd8448eb211c80319c'),
             ('otel:', 'otel:0af7651916cd43dd8448eb211c80319c')) AS v (prefix, wanted);

-- Times
SELECT is((pg_temp.row_of(pg_temp.log(pg_temp.attributes(pg_temp.score()), others::jsonb))).create_time, wanted::timestamptz, others)
FROM (VALUES
    ('{"timeUnixNano": 1767323045000000001}', '2026-01-02 03:04:05Z'),
    ('{"timeUnixNano": "0", "observedTimeUnixNano": "1767323047000000000"}', '2026-01-02 03:04:07Z'),
    ('{"timeUnixNano": null, "observedTimeUnixNano": "1767323047000000000"}', '2026-01-02 03:04:07Z'),
    ('{"timeUnixNano": "18446744073709551615"}', '2554-07-21 23:34:33.709551Z'),
    ('{"timeUnixNano": "1"}', '1970-01-01 00:00:00Z')
) AS v (others, wanted);
SELECT ok((pg_temp.row_of(pg_temp.log(pg_temp.attributes(pg_temp.score()), '{"timeUnixNano": null}'))).create_time
          BETWEEN now() AND clock_timestamp(), 'without a time it is now');

-- Sources
SELECT is(concat_ws(' ', (r).source_type, (r).source_id, (r).metadata), wanted, 'evaluator.type ' || type)
FROM (VALUES
    ('llm_judge', 'LLM_JUDGE by llm_judge'), ('LLM', 'LLM_JUDGE by LLM'), ('human', 'HUMAN by human'), ('code', 'CODE by code'),
    ('crowd', 'SOURCE_TYPE_UNSPECIFIED by crowd {"gen_ai.evaluation.evaluator.type": "crowd"}')
) AS v (type, wanted), pg_temp.row_of(pg_temp.log(pg_temp.attributes(pg_temp.score(),
    pg_temp.attribute('gen_ai.evaluation.evaluator.id', pg_temp.string('by ' || type)),
    pg_temp.attribute('gen_ai.evaluation.evaluator.type', pg_temp.string(type))))) AS r;
SELECT is(concat_ws(' ', a.source_type, a.source_id, a.project), 'HUMAN user "7" p', 'source and project by arguments')
FROM feedback.log_otel_evaluations(pg_temp.log(pg_temp.attributes(pg_temp.score('{"intValue": 7}'))), 'human', 'user "7"', project => 'p') AS l,
     helper.assessment(l.assessment_id) AS a;
SELECT is((SELECT source_id FROM feedback.log_otel_evaluations(pg_temp.log(pg_temp.attributes(pg_temp.score('{"intValue": 8}'))), source_id => NULL) AS l,
                  helper.assessment(l.assessment_id)), NULL, 'a source_id of NULL');

-- Events of spans
SELECT is(pg_temp.outcome(pg_temp.span(format('[{"name": "other"}, %s, %s]',
              pg_temp.event(pg_temp.attributes(pg_temp.score('{"intValue": 1}'))),
              pg_temp.event(pg_temp.attributes(pg_temp.score('{"intValue": 2}')))))), 'numeric 1; numeric 2', 'events of a span, but not those of another name');
SELECT is(concat_ws(' ', (r).trace_id, (r).span_id, (r).create_time AT TIME ZONE 'UTC'),
          'tr-0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 2026-01-02 03:04:05.123456', 'have the ids of the span and their own time')
FROM pg_temp.row_of(pg_temp.span(format('[%s]', pg_temp.event(pg_temp.attributes(pg_temp.score()))))) AS r;
SELECT is((pg_temp.row_of(pg_temp.span(format('[%s]', pg_temp.event(pg_temp.attributes(pg_temp.score()), '0'))))).create_time,
          '2026-01-02 03:04:06Z', 'or that of the end of the span');
SELECT is((SELECT count(DISTINCT assessment_id) FROM unnest(ARRAY[
               pg_temp.span(format('[%s]', pg_temp.event(pg_temp.attributes(pg_temp.score())))),
               pg_temp.log(pg_temp.attributes(pg_temp.score()))]) AS form, feedback.log_otel_evaluations(form)),
          1::bigint, 'an event that was exported both ways is one');

-- OpenInference
CREATE FUNCTION pg_temp.annotation(prefix text, VARIADIC fields text[]) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(pg_temp.attribute(prefix || '.' || fields[2 * i - 1], fields[2 * i]), ', ')
    FROM generate_series(1, cardinality(fields) / 2) AS i
$$;
CREATE TEMP TABLE annotated AS SELECT (pg_temp.row_of(pg_temp.span('[]', '[' || pg_temp.attribute('llm.model_name', pg_temp.string('m')) || ', ' ||
    pg_temp.annotation('annotations.0.annotation', 'name', pg_temp.string('correctness'), 'score', '{"intValue": "1"}',
        'label', pg_temp.string('correct'), 'explanation', pg_temp.string('It is.'), 'annotator_kind', pg_temp.string('HUMAN'),
        'identifier', pg_temp.string('judge-v2'), 'metadata', pg_temp.string('{"rubric": {"version": 2}, "x": 1.0}'),
        'weight', '{"doubleValue": 0.5}') || ']'))).*;
SELECT is(concat_ws(' ', trace_id, span_id, name, numeric_value, rationale, source_type, source_id, create_time AT TIME ZONE 'UTC'),
          'tr-0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 correctness 1 It is. HUMAN judge-v2 2026-01-02 03:04:06',
          'an annotation of a span') FROM annotated;
SELECT is(metadata, '{"gen_ai.evaluation.score.label": "correct", "rubric": {"version": 2}, "x": 1.0, "annotations.0.annotation.weight": 0.5}',
          'its metadata, and what there is no column for') FROM annotated;

SELECT is(concat_ws(' ', (r).span_id, helper.value_of(r), (r).source_type, (r).metadata), wanted, prefix)
FROM (VALUES
    ('evaluations.3.evaluation', 'b7ad6b7169203331 text good LLM_JUDGE'),
    ('trace.annotations.0.annotation', 'text good LLM_JUDGE'),
    ('trace.evaluations.12.evaluation', 'text good LLM_JUDGE'),
    ('session.annotations.0.annotation', 'text good LLM_JUDGE {"mlflow.trace.session": "s1"}'),
    ('session.evaluations.0.evaluation', 'text good LLM_JUDGE {"mlflow.trace.session": "s1"}')
) AS v (prefix, wanted), pg_temp.row_of(pg_temp.span('[]', '[' || pg_temp.attribute('session.id', pg_temp.string('s1')) || ', ' ||
    pg_temp.annotation(prefix, 'name', pg_temp.string(prefix), 'label', pg_temp.string('good')) || ']')) AS r;
SELECT is(pg_temp.outcome(pg_temp.span('[]', '[' || string_agg(pg_temp.annotation(format('annotations.%s.annotation', i),
              'name', pg_temp.string('n'), 'score', format('{"intValue": %s}', i)), ', ' ORDER BY i DESC) || ']')),
          'numeric 0; numeric 2; numeric 10', 'several, in the order of their indices')
FROM unnest(ARRAY[0, 2, 10]) AS i;
SELECT is((SELECT concat_ws(' ', count(*), count(DISTINCT assessment_id)) FROM feedback.log_otel_evaluations(pg_temp.span('[]', '[' || concat_ws(', ',
               pg_temp.annotation('annotations.0.annotation', 'name', pg_temp.string('both'), 'score', '{"intValue": 1}'),
               pg_temp.annotation('evaluations.5.evaluation', 'name', pg_temp.string('both'), 'score', '{"intValue": 1}')) || ']'))),
          '2 1', 'the same in both forms is one');
SELECT is(pg_temp.outcome(pg_temp.span('[]', '[' || pg_temp.annotation('annotations.x.annotation', 'name', pg_temp.string('n')) || ']')),
          NULL, 'an index is a number');

-- Repeats
SELECT is((SELECT string_agg(DISTINCT l.assessment_id::text, ' ') FROM feedback.log_otel_evaluations(doc) l), a.assessment_id::text, 'a repeat gives the same id')
FROM logged a, pg_temp.log(pg_temp.attributes(pg_temp.score(), pg_temp.attribute('gen_ai.evaluation.score.label', pg_temp.string('relevant')),
    pg_temp.attribute('gen_ai.evaluation.explanation', pg_temp.string('It answers the question.')))) AS doc;
SELECT is((SELECT count(*) FROM feedback.assessments a JOIN logged USING (trace_id, assessment_id)), 1::bigint, 'and adds nothing');
SELECT is((SELECT count(DISTINCT l.assessment_id) FROM unnest(ARRAY['text', 'json', 'jsonb']) AS type,
               LATERAL (SELECT assessment_id FROM feedback.log_otel_evaluations(doc) WHERE type = 'text'
                        UNION ALL SELECT assessment_id FROM feedback.log_otel_evaluations(doc::json) WHERE type = 'json'
                        UNION ALL SELECT assessment_id FROM feedback.log_otel_evaluations(doc::jsonb) WHERE type = 'jsonb') AS l),
          1::bigint, 'as text, json and jsonb')
FROM pg_temp.log(pg_temp.attributes(pg_temp.score('{"doubleValue": 1.50}'))) AS doc;
SELECT is((SELECT count(DISTINCT l.assessment_id) FROM unnest(ARRAY[
               pg_temp.log(pg_temp.attributes(pg_temp.score('{"intValue": 1}'))),
               pg_temp.log(pg_temp.attributes(pg_temp.score('{"intValue": 2}'))),
               pg_temp.log(pg_temp.attributes(pg_temp.score('{"intValue": 1}')), '{"timeUnixNano": "1767323045123456788"}'),
               pg_temp.log(pg_temp.attributes(pg_temp.score('{"intValue": 1}')), '{"spanId": null}'),
               pg_temp.log(pg_temp.attributes(pg_temp.score('{"intValue": 1}'), pg_temp.attribute('gen_ai.evaluation.evaluator.id', pg_temp.string('j'))))
           ]) AS doc, feedback.log_otel_evaluations(doc) AS l), 5::bigint, 'another value, nanosecond, span or evaluator is another evaluation');
SELECT is((SELECT count(DISTINCT l.assessment_id) FROM unnest(ARRAY[1, 2]) AS score, feedback.log_otel_evaluations(pg_temp.span('[]', '[' ||
               pg_temp.annotation('annotations.0.annotation', 'name', pg_temp.string('n'), 'score', format('{"intValue": %s}', score),
                                  'identifier', pg_temp.string('me')) || ']')) AS l), 1::bigint, 'an identifier makes it the same annotation');

SELECT is((SELECT concat_ws(' ', count(DISTINCT l.assessment_id), max(a.source_type::text), max(a.source_id))
           FROM pg_temp.log(pg_temp.attributes(pg_temp.score('{"intValue": 31}'))) AS doc, (VALUES ('HUMAN', 'first'), ('CODE', 'second')) AS v (type, id),
                feedback.log_otel_evaluations(doc, v.type, v.id) AS l, helper.assessment(l.assessment_id) AS a),
          '1 HUMAN first', 'a repeat with other arguments changes nothing');
SELECT is((SELECT string_agg(l.sqlstate, ' ')
           FROM pg_temp.log(pg_temp.attributes(pg_temp.score('{"intValue": 32}'))) AS doc, unnest(ARRAY['p', 'q']) AS name,
                feedback.log_otel_evaluations(doc, project => name) AS l),
          '23505', 'under another project it is refused');

-- What is no evaluation
SELECT is(pg_temp.outcome(doc), NULL, 'nothing in ' || doc)
FROM unnest(ARRAY['{}', '[]', ' { } ', '{"resourceLogs": []}', '{"resourceSpans": null}', '{"resourceMetrics": [{}]}',
                  '{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"eventName": "other", "body": {"stringValue": "gen_ai.evaluation.result \u0000"}}]}]}]}']) AS doc;

-- Bad ones: each is refused for itself
SELECT is(pg_temp.outcome(doc), wanted, wanted)
FROM (VALUES
    (pg_temp.log('[' || pg_temp.score() || ']'),
     '22004 | gen_ai.evaluation.name is missing | It is required, with 1 to 250 characters.'),
    (pg_temp.log('[' || pg_temp.score() || ',' || pg_temp.attribute('gen_ai.evaluation.name', pg_temp.string('')) || ']'),
     '22001 | gen_ai.evaluation.name is empty | It has 0 characters; allowed are 1 to 250.'),
    (pg_temp.log('[' || pg_temp.score() || ',' || pg_temp.attribute('gen_ai.evaluation.name', '{"intValue": "5"}') || ']'),
     '22023 | gen_ai.evaluation.name must be a string | It is a string, as intValue.'),
    (pg_temp.log(pg_temp.attributes(VARIADIC '{}')),
     '22004 | gen_ai.evaluation.score.value is missing | An evaluation has a score, a label, an error.type or an explanation.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.score('{"stringValue": "0.5"}'))),
     '22023 | gen_ai.evaluation.score.value must be a number | It is a string, as stringValue.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.score('{"doubleValue": "NaN"}'))),
     '22003 | gen_ai.evaluation.score.value is not a finite number | NaN and the infinities are not kept. | Log an evaluation without a result with error.type, or without a score.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.score('{"doubleValue": "1e999"}'))),
     '22003 | gen_ai.evaluation.score.value holds a number that is out of range | Numbers go up to 1.7976931348623157e308 in magnitude, with at most 16383 digits after the decimal point.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.score('{"doubleValue": "a"}'))),
     '22023 | gen_ai.evaluation.score.value must be a number | It is a string, as doubleValue.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.score('{"doubleValue": 1, "intValue": 1}'))),
     '22023 | gen_ai.evaluation.score.value has two values | They are its intValue and its doubleValue.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.score('5'))),
     '22023 | gen_ai.evaluation.score.value must be an object | It is a number.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.score()), '{"traceId": null}'),
     '22004 | traceId is missing | An evaluation is logged on the trace that it was emitted in. | Emit the event within the context of the span that it evaluates.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.score()), '{"traceId": "00000000000000000000000000000000"}'),
     '22004 | traceId is missing | An evaluation is logged on the trace that it was emitted in. | Emit the event within the context of the span that it evaluates.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.score()), '{"traceId": "xyz"}'),
     '22P02 | traceId is not a trace id | It has 32 hexadecimal digits, or is the base64 of 16 bytes.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.score()), '{"spanId": "b7ad6b716920333g"}'),
     '22P02 | spanId is not a span id | It has 16 hexadecimal digits, or is the base64 of 8 bytes.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.score()), '{"timeUnixNano": "2026-01-02T03:04:05Z"}'),
     '22007 | timeUnixNano is not a time | It is the nanoseconds since 1970, as a number or as a string of its digits.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.score()), '{"timeUnixNano": "18446744073709551616"}'),
     '22008 | timeUnixNano is out of range | It has 64 bits.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.score()), '{"time_unix_nano": "1"}'),
     '22023 | timeUnixNano is given twice | It stands there as "timeUnixNano" and as "time_unix_nano". | Give it in one spelling.'),
    (pg_temp.span('[]', '[' || pg_temp.annotation('annotations.0.annotation', 'score', '{"intValue": 1}') || ']'),
     '22004 | annotations.0.annotation.name is missing | It is required, with 1 to 250 characters.'),
    (pg_temp.span('[]', '[' || pg_temp.annotation('annotations.0.annotation', 'name', pg_temp.string('n')) || ']'),
     '22004 | annotations.0.annotation.score is missing | An annotation has a score, a label or an explanation.'),
    (pg_temp.span('[]', '[' || pg_temp.annotation('annotations.0.annotation', 'name', pg_temp.string('n'), 'score', '{"intValue": 1}', 'metadata', pg_temp.string('{x')) || ']'),
     '22032 | annotations.0.annotation.metadata is not valid JSON | Expected a member name in double quotes at character 2.'),
    (pg_temp.span('[]', '[' || pg_temp.annotation('annotations.0.annotation', 'name', pg_temp.string('n'), 'score', '{"intValue": 1}', 'metadata', pg_temp.string('[]')) || ']'),
     '22023 | annotations.0.annotation.metadata must hold an object | It holds a list.'),
    (pg_temp.span('[]', '[' || pg_temp.annotation('annotations.0.annotation', 'name', pg_temp.string('n'), 'score', '{"intValue": 1}', 'identifier', pg_temp.string(repeat('x', 251))) || ']'),
     '22001 | annotations.0.annotation.identifier is too long | It has 251 characters; allowed are 0 to 250.'),
    (pg_temp.span('[]', '[' || pg_temp.annotation('session.annotations.0.annotation', 'name', pg_temp.string('n'), 'score', '{"intValue": 1}') || ']'),
     '22004 | session.id is missing | The span has session.annotations.0.annotation.name, which is of the session that its attribute session.id names.'),
    (pg_temp.log('5'), '22023 | attributes must be a list | It is a number.'),
    (pg_temp.log('[5]'), '22023 | an element of attributes is no attribute | It is a number; an attribute is an object with a key and a value.'),
    (pg_temp.log('[{"value": {"intValue": 1}}]'), '22004 | attributes.key is missing | Every attribute has a key.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.attribute('a', '{"arrayValue": []}'))), '22023 | a must be an object | It is a list.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.attribute('a', '{"arrayValue": {"values": [{"intValue": true}]}}'))), '22023 | a must be a number | It is a boolean, as intValue.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.attribute('a', '{"kvlistValue": {"values": 1}}'))), '22023 | kvlistValue.values must be a list | It is a number.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.attribute('a', '{"kvlistValue": {"values": [1]}}'))), '22023 | an element of a is no attribute | It is a number; an attribute is an object with a key and a value.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.attribute('a', '{"boolValue": "true"}'))), '22023 | a must be a boolean | It is a string, as boolValue.'),
    (pg_temp.log(pg_temp.attributes(pg_temp.score()), '{"timeUnixNano": true}'),
     '22007 | timeUnixNano is not a time | It is the nanoseconds since 1970, as a number or as a string of its digits.'),
    (pg_temp.span('{"name": "gen_ai.evaluation.result"}'), '22023 | events must be a list | OTLP/JSON is an object with resourceLogs or resourceSpans, each a list of objects.'),
    ('{"resourceLogs": {}}',
     '22023 | resourceLogs must be a list | OTLP/JSON is an object with resourceLogs or resourceSpans, each a list of objects.'),
    ('{"resourceSpans": [{"scopeSpans": [5]}]}',
     '22023 | an element of scopeSpans must be an object | OTLP/JSON is an object with resourceLogs or resourceSpans, each a list of objects.'),
    ('5', '22023 | OTLP document must be an object | OTLP/JSON is an object with resourceLogs or resourceSpans, each a list of objects.'),
    ('{"assessment_name": "n"}', '22023 | OTLP document has neither resourceLogs nor resourceSpans | OTLP/JSON is an object with resourceLogs or resourceSpans, each a list of objects.'),
    ('', '22032 | OTLP document is not valid JSON | Expected a value, but the text ends at character 1.'),
    ('{"resourceLogs": [', '22032 | OTLP document is not valid JSON | Expected a value, but the text ends at character 19.'),
    (repeat('[', 1001) || repeat(']', 1001), '54001 | OTLP document is nested too deeply | There is one level too many at character 1001. | An OTLP document nests up to 1000 levels.')
) AS v (doc, wanted);
-- Many at once: a bad one is refused by itself, and told by its position
CREATE TEMP TABLE mixed AS SELECT format('{"resourceLogs": [{"scopeLogs": [{"logRecords": [%s]}]}]}', string_agg(pg_temp.record(score), ', ')) AS doc
FROM unnest(ARRAY['{"intValue": "11"}', '{"doubleValue": "NaN"}', '{"intValue": "12"}']) AS score;
SELECT results_eq(
    $$ SELECT l."position", l.trace_id, l.sqlstate, l.message, l.assessment_id IS NULL
       FROM mixed, feedback.log_otel_evaluations(doc, trace_id_prefix => 'm-') AS l $$,
    $$ VALUES (1, 'm-0af7651916cd43dd8448eb211c80319c', NULL, NULL, false),
              (2, 'm-0af7651916cd43dd8448eb211c80319c', '22003', 'gen_ai.evaluation.score.value is not a finite number', true),
              (3, 'm-0af7651916cd43dd8448eb211c80319c', NULL, NULL, false) $$,
    'bad ones are told by their position');
SELECT results_eq($$ SELECT numeric_value FROM feedback.assessments WHERE trace_id LIKE 'm-%' ORDER BY 1 $$, $$ VALUES (11.0), (12.0) $$,
                  'the others are stored');
SELECT is((SELECT count(*) FROM feedback.rejected_assessments), 0::bigint, 'and nothing is rejected');

SELECT is(helper.refusal($$ SELECT feedback.log_otel_evaluations(doc, trace_id_prefix => 'r-', on_error => 'raise') FROM mixed $$),
          '22003 value', 'raise makes the first one an error');
SELECT is((SELECT count(*) FROM feedback.assessments WHERE trace_id LIKE 'r-%'), 0::bigint, 'so that nothing is stored');

SELECT is((SELECT string_agg(concat_ws(' ', l."position", l.sqlstate), ', ' ORDER BY l."position")
           FROM mixed, feedback.log_otel_evaluations(doc, 'HUMAN', 'ann', 'p-', 'p', 'park') AS l), '1, 2 22003, 3', 'park reports them');
SELECT is((SELECT count(*) FROM mixed, feedback.log_otel_evaluations(doc, 'HUMAN', 'ann', 'p-', 'p', 'park')), 3::bigint, 'again');
SELECT results_eq($$ SELECT project, origin, sqlstate, attempts FROM feedback.rejected_assessments $$,
                  $$ VALUES ('p', 'log_otel_evaluations', '22003', 2) $$, 'and keeps a bad one once');
UPDATE feedback.rejected_assessments SET document = replace(document, '"NaN"', '0.5');
SELECT is((SELECT count(*) FROM feedback.retry_rejected() WHERE sqlstate IS NULL), 1::bigint, 'which is tried again');
SELECT results_eq($$ SELECT project, trace_id, source_type::text, source_id, numeric_value FROM feedback.assessments WHERE trace_id LIKE 'p-%' ORDER BY numeric_value $$,
                  $$ SELECT 'p', 'p-0af7651916cd43dd8448eb211c80319c', 'HUMAN', 'ann', v FROM unnest(ARRAY[0.5, 11, 12]) AS v $$,
                  'with the arguments of its call');
SELECT is((SELECT count(*) FROM feedback.rejected_assessments), 0::bigint, 'and is rejected no more');

-- Several documents
SELECT is(pg_temp.outcome(doc), 'numeric 21; numeric 22', kind)
FROM (SELECT pg_temp.log(pg_temp.attributes(pg_temp.score('{"intValue": 21}'))) AS one,
             replace(pg_temp.span('[' || pg_temp.event(pg_temp.attributes(pg_temp.score('{"intValue": 22}'))) || ']'), E'\n', ' ') AS other) AS d,
     LATERAL (VALUES ('a list of documents', format('[%s, %s]', one, other)),
                     ('a document a line', one || E'\n' || other || E'\n'),
                     ('lines that end as Windows has it', one || E'\r\n\r\n' || other)) AS v (kind, doc);
SELECT is(pg_temp.outcome(pg_temp.log(pg_temp.attributes(pg_temp.score('{"intValue": 23}'))) || E'\n{"resourceLogs": nothing}\n{}'),
          'numeric 23; 22032 | OTLP document is not valid JSON | Expected a value at character 18.', 'a broken line is bad by itself');

-- What the call says
SELECT is(helper.refusal('SELECT feedback.log_otel_evaluations(' || arguments || ')'), wanted, arguments)
FROM (VALUES
    ('NULL::text', '22004 assessment'),
    ($$'{}', source_type => 'ROBOT'$$, '22023 source_type'),
    ($$'{}', source_type => NULL$$, '22004 source_type'),
    ($$'{}', source_id => repeat('x', 251)$$, '22001 source_id'),
    ($$'{}', on_error => 'ignore'$$, '22023'),
    ($$'{}', on_error => NULL$$, '22023'),
    ($$'{}'::json, on_error => 'raise'$$, 'accepted'),
    ($$'5'::json, on_error => 'raise'$$, '22023 assessment'),
    ($$'{"resourceSpans": 5}'::jsonb, on_error => 'raise'$$, '22023 assessment'),
    ($$'{', on_error => 'raise'$$, '22032 assessment')
) AS v (arguments, wanted);
SELECT is(helper.complaint($$ SELECT feedback.log_otel_evaluations('{}', trace_id_prefix => repeat('x', 251)) $$),
          'trace_id_prefix is too long | It has 251 characters; allowed are 0 to 250.', 'a prefix that is longer than a trace id');
SELECT is(pg_temp.prefixed(repeat('x', 219)), '22001 trace_id is too long', 'a prefix that makes the trace id too long');

-- What many evaluations of a span have in common is copied for each, but no long text is
CREATE FUNCTION pg_temp.of_session(session text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.span('[]', format('[%s, %s, %s]',
                                     pg_temp.attribute('session.annotations.0.annotation.name', pg_temp.string('n')),
                                     pg_temp.attribute('session.annotations.0.annotation.score', '{"intValue": 31}'),
                                     pg_temp.attribute('session.id', pg_temp.string(session))))
$$;
CREATE FUNCTION pg_temp.parked(otlp text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM feedback.log_otel_evaluations(otlp, on_error => 'park');
    RETURN (SELECT concat_ws(' ', sqlstate, message) || ', parked ' || CASE WHEN length(document) < 500 THEN 'short' ELSE 'whole' END
            FROM feedback.rejected_assessments ORDER BY last_attempt_time DESC LIMIT 1);
END $$;
SELECT is(pg_temp.outcome(pg_temp.of_session(repeat('x', 3900))), 'numeric 31', 'a session of 3900 bytes');
SELECT is(pg_temp.outcome(pg_temp.of_session(repeat('x', 4000))),
          '22001 | session.id is too long | The attribute has up to 4000 bytes where the span has annotations of its session.',
          'a session that is too long to be copied');
SELECT is(pg_temp.parked(replace(pg_temp.span('[' || pg_temp.event(pg_temp.attributes(pg_temp.score())) || ']'),
                                 '0af7651916cd43dd8448eb211c80319c', repeat('a', 1001))),
          '22P02 traceId is not a trace id, parked short', 'a trace id that is too long to be one is not copied');
SELECT is((SELECT count(DISTINCT l.assessment_id) FROM feedback.log_otel_evaluations(doc) AS l WHERE l.sqlstate IS NULL), 500::bigint,
          'a span with many events')
FROM (SELECT pg_temp.span('[' || string_agg(pg_temp.event(pg_temp.attributes(pg_temp.score()), i::text), ', ') || ']') AS doc
      FROM generate_series(1000001000, 1000500000, 1000) AS i) AS d;

-- A record that log_otel_evaluations would not have made
SELECT is((SELECT concat_ws(' | ', sqlstate, message, detail) FROM feedback.log_assessments(ARRAY[doc])), wanted, doc)
FROM (VALUES
    ('{"otel_evaluation": 5}', '22023 | otel_evaluation must be an object | It is a number.'),
    ('{"otel_evaluation": {}}', '22023 | logRecord must be an object | It is null.'),
    ('{"otel_evaluation": {"span": {}}}', '22023 | event must be an object | It is null.'),
    ('{"otel_evaluation": {"span": [], "annotation": "a"}}', '22023 | span must be an object | It is a list.'),
    ('{"otel_evaluation": {"logRecord": {"attributes": {}}}}', '22004 | traceId is missing | An evaluation is logged on the trace that it was emitted in.')
) AS v (doc, wanted);
SELECT * FROM finish();
ROLLBACK;
