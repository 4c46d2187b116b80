-- MLflow's own documents: each is stored with exactly the fields that MLflow read back, except where a rule says otherwise,
-- and what MLflow refuses, or takes and loses, behaves as the rules say. The names are those in test/data.
BEGIN;
SELECT plan(133);
\ir ../include/helpers.sql

-- Lines of JSON, read with a quote and a delimiter that do not occur
CREATE TEMP TABLE accepted (line text);
\copy accepted FROM 'test/data/mlflow_accepted.jsonl' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
CREATE TEMP TABLE rejected (line text);
\copy rejected FROM 'test/data/mlflow_rejected.jsonl' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')

-- PostgreSQL's own functions cannot take a line with \u0000 apart, so that has a symbol meanwhile.
CREATE FUNCTION pg_temp.hide_nul(line text) RETURNS json LANGUAGE sql AS $$ SELECT regexp_replace(line, '([^\\])\\u0000', '\1␀', 'g')::json $$;
CREATE FUNCTION pg_temp.show_nul(document text) RETURNS text LANGUAGE sql AS $$ SELECT replace(document, '␀', '\u0000') $$;

-- A document each; of a trace, one for each of its assessments
CREATE TEMP TABLE sample AS
SELECT parsed ->> 'id' AS id, pg_temp.show_nul(document) AS document, expect
FROM accepted, pg_temp.hide_nul(line) AS parsed,
     LATERAL (
         SELECT coalesce(parsed ->> 'raw', parsed ->> 'document'), parsed -> 'expect' WHERE parsed ->> 'form' <> 'trace'
         UNION ALL
         SELECT d::text, e
         FROM ROWS FROM (json_array_elements(parsed #> '{document,info,assessments}'),
                        json_array_elements(parsed #> '{expect,assessments}')) AS a (d, e)
     ) AS v (document, expect);
SELECT is((SELECT count(*) FROM sample), 51::bigint, 'the samples are all there');

-- Where a rule says otherwise: what is stored in place of what MLflow read back
CREATE TEMP TABLE difference (id text PRIMARY KEY, fields jsonb, rule text);
INSERT INTO difference VALUES
    ('dict-fb-overridden', '{"valid": true}', 'rule 15: validity follows from overrides alone'),
    ('proto-ex-lost', '{"rationale": "why", "overrides": "a-33333333333333333333333333333333"}', 'nothing is lost');

-- And what is refused
CREATE TEMP TABLE refusal (id text PRIMARY KEY, wanted text, rule text);
INSERT INTO refusal VALUES
    ('dict-fb-str-nul', '22P05 value', 'rule 10: U+0000'),
    ('proto-fb-str-nul', '22P05 value', 'rule 10: U+0000'),
    ('dict-fb-name-empty', '22001 name', 'rule 4: a name has 1 to 250 characters');

-- The fields of a row, as the samples name them
CREATE FUNCTION pg_temp.fields(a helper.written) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object(
        'name', a.name, 'kind', a.kind,
        'value', coalesce(to_jsonb(a.boolean_value), to_jsonb(a.numeric_value), to_jsonb(a.text_value), a.json_value),
        'value_type', CASE WHEN a.boolean_value IS NOT NULL THEN 'boolean' WHEN a.numeric_value IS NOT NULL THEN 'numeric'
                           WHEN a.text_value IS NOT NULL THEN 'text' WHEN a.json_value IS NOT NULL THEN 'json' END,
        'source_type', a.source_type, 'source_id', a.source_id, 'rationale', a.rationale, 'metadata', a.metadata, 'span_id', a.span_id,
        'error', CASE WHEN a.error_code IS NOT NULL THEN jsonb_build_object(
                     'error_code', a.error_code, 'error_message', a.error_message, 'stack_trace', a.stack_trace) END,
        'trace_id', a.trace_id, 'overrides', 'a-' || replace(a.overrides::text, '-', ''), 'valid', a.valid,
        'assessment_id', 'a-' || replace(a.assessment_id::text, '-', ''),
        'create_time_ms', floor(extract(epoch FROM a.create_time) * 1000),
        'last_update_time_ms', floor(extract(epoch FROM a.last_update_time) * 1000))
$$;

-- What MLflow read back, in our terms: the trace is the argument, an expectation is valid too, an id is made if there is none
CREATE FUNCTION pg_temp.expected(expect jsonb, a helper.written) RETURNS jsonb LANGUAGE sql AS $$
    SELECT expect - 'run_id' || jsonb_build_object(
        'trace_id', 'sample',
        'valid', coalesce(expect -> 'valid', 'null') <> 'false',
        'value_type', CASE expect ->> 'value_type' WHEN 'bool' THEN 'boolean' WHEN 'int' THEN 'numeric' WHEN 'float' THEN 'numeric'
                                                   WHEN 'str' THEN 'text' WHEN 'list' THEN 'json' WHEN 'dict' THEN 'json' END,
        'assessment_id', coalesce(expect ->> 'assessment_id', 'a-' || replace(a.assessment_id::text, '-', '')))
$$;

-- Log a document on a trace of its own, after a target for what it overrides
CREATE FUNCTION pg_temp.log_alone(document text) RETURNS helper.written LANGUAGE plpgsql AS $$
DECLARE
    member json := coalesce(document::json -> 'assessment', document::json);
    target json := member -> 'overrides';
    id uuid;
BEGIN
    DELETE FROM feedback.assessments;
    IF target IS NOT NULL THEN
        PERFORM feedback.log_assessment('sample', format('{"assessment_id": %s, "assessment_name": "target", "%s": {"value": 1}}', target,
            CASE WHEN member -> 'feedback' IS NOT NULL THEN 'feedback' ELSE 'expectation' END));
    END IF;
    id := feedback.log_assessment('sample', document);
    RETURN helper.assessment(id);
END $$;

SELECT is(pg_temp.fields(a), pg_temp.expected(expect::jsonb, a) || coalesce(fields, '{}'), concat_ws(', ', id, rule))
FROM sample LEFT JOIN difference USING (id), pg_temp.log_alone(document) AS a
WHERE id NOT IN (SELECT id FROM refusal);

SELECT is(helper.text_refusal(document), wanted, concat_ws(', ', id, rule))
FROM sample JOIN refusal USING (id);

-- get_assessment gives back a document that makes the same row again.
CREATE FUNCTION pg_temp.difference_after_return(document text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before helper.written := pg_temp.log_alone(document);
    after helper.written;
BEGIN
    after := pg_temp.log_alone(feedback.get_assessment('sample', before.assessment_id)::text);
    RETURN (SELECT string_agg(key, ', ') FROM jsonb_each(to_jsonb(before)) AS b JOIN jsonb_each(to_jsonb(after)) AS a USING (key)
            WHERE a.value IS DISTINCT FROM b.value);
END $$;
SELECT is(pg_temp.difference_after_return(document), NULL, id || ', logged again from get_assessment, is the same row')
FROM sample WHERE id NOT IN (SELECT id FROM refusal);

-- What MLflow refuses, or loses without a word, and the rule about it
CREATE TEMP TABLE outcome (id text PRIMARY KEY, wanted text, rule text);
INSERT INTO outcome VALUES
    ('rest-name-int', '22023 name', 'rule 3'),
    ('rest-source-bot', '22023 source_type', 'rule 5'),
    ('rest-source-num-99', '22023 source_type', 'rule 5'),
    ('rest-null-feedback', '22004 kind', 'rule 6'),
    ('rest-exp-badformat', '22023 value', 'rule 8'),
    ('rest-exp-badjson', '22032 value', 'rule 8'),
    ('rest-exp-serial-null', '22004 value', 'rule 8'),
    ('rest-meta-int', 'accepted', 'rule 12'),
    ('rest-meta-null', 'accepted', 'rule 12'),
    ('rest-meta-list', '22023 metadata', 'rule 3'),
    ('rest-err-str', '22023 error_code', 'rule 3'),
    ('rest-int', 'accepted', 'rule 9'),
    ('rest-nul-value', '22P05 value', 'rule 10'),
    ('rest-lone-surrogate', '22P05 value', 'rule 10'),
    ('rest-time-nano', 'accepted', 'rule 13'),
    ('rest-time-space', '22007 create_time', 'rule 13'),
    ('rest-time-feb30', '22008 create_time', 'rule 13'),
    ('rest-span-51', 'accepted', 'rule 5'),
    ('rest-trace-other', 'accepted', 'rule 4'),
    ('rest-truncated', '22032 assessment', 'rule 1'),
    ('rest-array', '22023 assessment', 'rule 1'),
    ('rest-single-quotes', '22032 assessment', 'rule 1'),
    ('dict-empty-feedback', '22004 value', 'rule 7'),
    ('dict-error-only-no-value', 'accepted', 'rule 7'),
    ('dict-no-name', '22004 name', 'rule 4');
CREATE TEMP TABLE odd AS
SELECT parsed ->> 'id' AS id, coalesce(parsed ->> 'raw', parsed ->> 'document') AS document
FROM rejected, pg_temp.hide_nul(line) AS parsed
WHERE parsed ->> 'form' IN ('dict', 'proto');
SELECT set_eq('SELECT id FROM odd', 'SELECT id FROM outcome', 'there is a rule about each');
SELECT is(helper.text_refusal(document), wanted, concat_ws(', ', id, rule)) FROM odd JOIN outcome USING (id);

-- What is accepted is stored whole.
SELECT is(pg_temp.fields(a) - '{assessment_id,create_time_ms,last_update_time_ms}'::text[] || jsonb_build_object('time', a.create_time),
    '{"trace_id": "sample", "name": "n", "kind": "feedback", "value": true, "value_type": "boolean", "source_type": "HUMAN", "source_id": "u",
      "rationale": null, "metadata": null, "span_id": null, "error": null, "overrides": null, "valid": true,
      "time": "2025-01-02T03:04:05.678+00:00"}'::jsonb || fields,
    id || ' is stored whole')
FROM (VALUES
    ('rest-meta-int', '{"metadata": {"a": 1, "b": "x"}}'::jsonb),
    ('rest-meta-null', '{"metadata": {"a": null}}'),
    ('rest-int', '{"value": 1, "value_type": "numeric"}'),
    ('rest-time-nano', '{"time": "2025-01-02T03:04:05.123456+00:00"}'),
    ('rest-span-51', jsonb_build_object('span_id', repeat('s', 51))),
    ('rest-trace-other', '{}'),
    ('dict-error-only-no-value', '{"value": null, "value_type": null, "error": {"error_code": "E", "error_message": null, "stack_trace": null}}')
) AS v (id, fields) JOIN odd USING (id), pg_temp.log_alone(document) AS a;

SELECT * FROM finish();
ROLLBACK;
