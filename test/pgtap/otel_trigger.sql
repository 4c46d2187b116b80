-- ingest_otel_evaluations: OTLP that arrives in a pipeline's table, per row and per statement.
BEGIN;
SELECT plan(15);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- A line as a collector writes it: an export with one evaluation of this score
CREATE FUNCTION pg_temp.line(score numeric, name text DEFAULT 'relevance') RETURNS text LANGUAGE sql AS $$
    SELECT format('{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"eventName":"gen_ai.evaluation.result","timeUnixNano":"1767323045123456789",'
                  '"traceId":"0af7651916cd43dd8448eb211c80319c","attributes":[{"key":"gen_ai.evaluation.name","value":{"stringValue":"%s"}},'
                  '{"key":"gen_ai.evaluation.score.value","value":{"doubleValue":%s}}]}]}]}]}', name, score)
$$;
CREATE FUNCTION pg_temp.stored() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', project, trace_id, numeric_value, source_type, source_id), ', ' ORDER BY numeric_value) FROM feedback.feedback
$$;

CREATE TABLE otlp (line text, other jsonb);
CREATE TRIGGER ingest AFTER INSERT ON otlp FOR EACH ROW EXECUTE FUNCTION feedback.ingest_otel_evaluations('line');
INSERT INTO otlp VALUES (pg_temp.line(0.25)), (NULL), ('{"resourceMetrics": []}');
SELECT is(pg_temp.stored(), 'default tr-0af7651916cd43dd8448eb211c80319c 0.25 LLM_JUDGE default', 'per row, with the defaults of log_otel_evaluations');
INSERT INTO otlp VALUES (pg_temp.line(0.5) || E'\n' || pg_temp.line(0.75));
SELECT is((SELECT count(*) FROM feedback.feedback), 3::bigint, 'a value of several lines');
INSERT INTO otlp VALUES ('not JSON'), (pg_temp.line(1, ''));
SELECT is((SELECT string_agg(concat_ws(' ', sqlstate, origin), ', ' ORDER BY sqlstate) FROM feedback.rejected_assessments),
          '22001 public.otlp, 22032 public.otlp', 'what is bad is rejected, with the table as its origin');
UPDATE feedback.rejected_assessments SET document = replace(document, '"stringValue":""', '"stringValue":"mended"') WHERE sqlstate = '22001';
SELECT is((SELECT string_agg(coalesce(sqlstate, 'logged'), ', ' ORDER BY sqlstate) FROM feedback.retry_rejected()), '22032, logged', 'and can be tried again');
INSERT INTO otlp VALUES (pg_temp.line(0.125, 'escaped'));
INSERT INTO otlp VALUES (replace(replace(pg_temp.line(0.375), '"gen_ai.evaluation.result"', '"gen_ai\u002eevaluation.result"'), '"eventName"', '"event\u004eame"'));
SELECT is((SELECT count(*) FROM feedback.feedback WHERE numeric_value = 0.375), 1::bigint, 'an event whose name is written with escapes is one');

DROP TRIGGER ingest ON otlp;
TRUNCATE feedback.assessments, feedback.rejected_assessments;
CREATE TRIGGER ingest AFTER INSERT ON otlp REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION feedback.ingest_otel_evaluations('other', 'source_type => CODE', 'source_id => rules', 'trace_id_prefix => x-', 'project => p');
INSERT INTO otlp (other) SELECT pg_temp.line(i)::jsonb FROM generate_series(1, 3) AS i;
SELECT is(pg_temp.stored(),
          'p x-0af7651916cd43dd8448eb211c80319c 1 CODE rules, p x-0af7651916cd43dd8448eb211c80319c 2 CODE rules, p x-0af7651916cd43dd8448eb211c80319c 3 CODE rules',
          'per statement, from jsonb, with settings');
INSERT INTO otlp (other) SELECT pg_temp.line(1)::jsonb;
SELECT is((SELECT count(*) FROM feedback.feedback), 3::bigint, 'the same evaluation again adds nothing');

DROP TRIGGER ingest ON otlp;
CREATE TRIGGER ingest BEFORE INSERT ON otlp FOR EACH ROW EXECUTE FUNCTION feedback.ingest_otel_evaluations('line', 'on_error => raise');
SELECT is(helper.refusal($$ INSERT INTO otlp VALUES ('{"a": 1}') $$), '22023 assessment', 'raised, where that is asked for');

-- Triggers that are made wrongly
CREATE FUNCTION pg_temp.refused(arguments text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER ingest BEFORE INSERT ON otlp FOR EACH ROW EXECUTE FUNCTION feedback.ingest_otel_evaluations(%s)', arguments);
    RETURN helper.refusal('INSERT INTO otlp VALUES (''x'')');
END $$;
SELECT is(pg_temp.refused(arguments), wanted, 'arguments: ' || arguments)
FROM (VALUES ('', '39P01'), ($$'missing'$$, '42703'), ($$'line', 'raise'$$, '39P01'), ($$'line', 'on_error => return'$$, '22023'),
             ($$'line', 'source_type => ROBOT'$$, '22023 source_type')) AS v (arguments, wanted);
SELECT is(helper.refusal('SELECT feedback.ingest_otel_evaluations()'), '39P01', 'a trigger function cannot be called');
DROP TRIGGER ingest ON otlp;
SELECT is(helper.complaint($$ CREATE TRIGGER late AFTER INSERT ON otlp FOR EACH STATEMENT EXECUTE FUNCTION feedback.ingest_otel_evaluations('line'); INSERT INTO otlp VALUES (NULL) $$),
          'ingest_otel_evaluations needs the new rows | Add REFERENCING NEW TABLE AS new_rows, or make the trigger FOR EACH ROW.', 'a trigger per statement needs the new rows');

SELECT * FROM finish();
ROLLBACK;
