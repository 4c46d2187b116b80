-- Traces beside feedback: an application's own view, MLflow's tables of its first version with assessments and of its newest,
-- get_trace, and whose rights they are read with.
BEGIN;
SELECT * FROM no_plan();
\ir ../include/helpers.sql
GRANT USAGE ON SCHEMA helper TO PUBLIC;
SET LOCAL client_min_messages = error;
SET LOCAL timezone = 'UTC';

-- Without a source
SELECT is_empty('SELECT * FROM feedback.traces', 'without a source there are no traces');
SELECT is_empty($$ SELECT * FROM feedback.traces('{tr-1}') $$, 'nor by id');
SELECT is(helper.refusal($$ SELECT feedback.get_trace('tr-1') $$), '55000', 'get_trace says that no source is known');
SELECT matches(helper.complaint($$ SELECT feedback.get_trace('tr-1') $$), 'attach_mlflow, or .* set_trace_source', 'and how to name one');
SELECT is(helper.refusal('SELECT feedback.get_trace(NULL)'), '22004 trace_id', 'its trace_id is required');

-- An application's own
CREATE SCHEMA "App";
CREATE TABLE "App".answers (id varchar(40) PRIMARY KEY, asked timestamptz, ms integer, question text, answer text, failed boolean, labels json);
INSERT INTO "App".answers VALUES
    ('tr-1', '2026-01-05 09:00:00.5Z', 7000, 'Where is Paris?', 'In Texas.', false, '{"env": "prod"}'),
    ('tr-2', '2026-01-05 10:00Z', 20, 'And Rome?', 'In Italy.', false, NULL),
    ('tr-3', 'infinity', NULL, 'And Ur?', NULL, true, '{}');
CREATE VIEW "App"."The traces" AS
SELECT id AS trace_id, 'shop' AS project, asked AS request_time, ms AS execution_time_ms, question AS request_preview,
       answer AS response_preview, CASE WHEN failed THEN 'ERROR' ELSE 'OK' END AS state, labels AS tags, answer AS more
FROM "App".answers;
SELECT is(helper.refusal($$ SELECT feedback.set_trace_source('"App".nothing') $$), '42P01', 'a source has to be there');
SELECT is(helper.refusal($$ SELECT feedback.set_trace_source('a b') $$), '42602', 'and its name to be one');
SELECT is(helper.refusal($$ SELECT feedback.set_trace_source('"App".answers') $$), '42703 source', 'it has a column trace_id');
CREATE VIEW "App".wrong AS SELECT 'tr-1' AS trace_id, 5 AS request_time;
SELECT is(helper.complaint($$ SELECT feedback.set_trace_source('"App".wrong') $$),
    'column request_time of source "wrong" is of type integer | It has to be timestamptz, or what can be assigned to that.',
    'columns of its names have types that will do');
CREATE TEMP VIEW passing AS SELECT 'tr-1' AS trace_id;
SELECT is(helper.refusal($$ SELECT feedback.set_trace_source('passing') $$), '22023 source', 'it is not temporary');
SELECT feedback.set_trace_source('"App"."The traces"') \g /dev/null
SELECT results_eq($$ SELECT project, trace_id, request_time, state, execution_time_ms, request_preview, response_preview, tags, metadata,
                            num_nonnulls(session_id, user_id, input_tokens, output_tokens, total_tokens, client_request_id)
                     FROM feedback.traces ORDER BY trace_id $$,
    $$ VALUES ('shop', 'tr-1', '2026-01-05 09:00:00.5Z'::timestamptz, 'OK', 7000::bigint, 'Where is Paris?', 'In Texas.', '{"env": "prod"}'::jsonb, '{}'::jsonb, 0),
              ('shop', 'tr-2', '2026-01-05 10:00Z', 'OK', 20, 'And Rome?', 'In Italy.', '{}', '{}', 0),
              ('shop', 'tr-3', 'infinity', 'ERROR', NULL, 'And Ur?', NULL, '{}', '{}', 0) $$,
    'its traces are those of the view, with null for the columns that it lacks');
SELECT results_eq($$ SELECT trace_id FROM feedback.traces('{tr-3,tr-1,tr-9,NULL}') ORDER BY trace_id $$, $$ VALUES ('tr-1'), ('tr-3') $$, 'by id');
SELECT is_empty('SELECT * FROM feedback.traces(NULL)', 'no ids are none');
SELECT feedback.log_feedback('tr-1', 'user_satisfaction', false, 'HUMAN', 'ann', project => 'shop', create_time => '2026-01-05 09:01Z',
                             assessment_id => '00000000-0000-7000-8000-000000000001') \g /dev/null
SELECT results_eq($$ SELECT t.trace_id, t.request_preview FROM feedback.traces t JOIN feedback.trace_feedback f USING (project, trace_id)
                     WHERE t.execution_time_ms > 5000 AND f.feedback ->> 'user_satisfaction' = 'false' $$,
    $$ VALUES ('tr-1', 'Where is Paris?') $$, 'the slow traces that users disliked, in one query');
SELECT is(feedback.get_trace('tr-1'),
    '{"info": {"trace_id": "tr-1", "request_time": "2026-01-05T09:00:00.500Z", "execution_duration_ms": 7000, "state": "OK",
               "request_preview": "Where is Paris?", "response_preview": "In Texas.", "tags": {"env": "prod"},
               "assessments": [{"assessment_id": "a-00000000000070008000000000000001", "assessment_name": "user_satisfaction", "trace_id": "tr-1",
                                "source": {"source_type": "HUMAN", "source_id": "ann"}, "feedback": {"value": false}, "valid": true,
                                "create_time": "2026-01-05T09:01:00Z", "last_update_time": "2026-01-05T09:01:00Z"}]},
      "data": {"spans": []}}', 'get_trace has what there is');
SELECT is(feedback.get_trace('tr-3') #> '{info}', '{"trace_id": "tr-3", "state": "ERROR", "request_preview": "And Ur?"}', 'and nothing else');
SELECT is(helper.refusal($$ SELECT feedback.get_trace('tr-9') $$), 'P0002 trace_id', 'an unknown trace is told');
CREATE OR REPLACE VIEW "App"."The traces" AS
SELECT id AS trace_id, 'shop' AS project, asked AS request_time, ms AS execution_time_ms, question AS request_preview,
       answer AS response_preview, CASE WHEN failed THEN 'ERROR' ELSE 'OK' END AS state, labels AS tags, answer AS more, 'u-' || id AS user_id,
       '[{"name": "root"}]'::jsonb AS spans
FROM "App".answers;
SELECT is((SELECT string_agg(user_id, ' ' ORDER BY user_id) FROM feedback.traces), 'u-tr-1 u-tr-2 u-tr-3', 'a column that the view has now is read');
SELECT is(feedback.get_trace('tr-1') #> '{data}', '{"spans": [{"name": "root"}]}', 'its spans are those of a column');

-- Whose rights
CREATE ROLE trace_reader;
\set reader trace_reader
\ir ../include/reader.sql
SELECT is(helper.refusal_to('trace_reader', 'SELECT * FROM feedback.traces'), '42501', 'a reader without rights on the source is refused');
SELECT is(helper.refusal_to('trace_reader', $$ SELECT * FROM feedback.traces('{tr-1}') $$), '42501', 'by id too');
SELECT is(helper.refusal_to('trace_reader', $$ SELECT feedback.get_trace('tr-1') $$), '42501', 'and of one');
SELECT is(helper.refusal_to('trace_reader', $$ SELECT feedback.report_html() $$), 'accepted', 'but has a report, without questions and answers');
SELECT is(helper.result_for('trace_reader', $$ SELECT feedback.report_html('shop', '2026-01-01') ~ 'Paris' $$), 'false', 'which does not show them');
SELECT is(helper.refusal_to('trace_reader', $$ SELECT feedback.set_trace_source(NULL) $$), '42501', 'and may not name another source');
GRANT USAGE ON SCHEMA "App" TO trace_reader;
GRANT SELECT ON "App"."The traces" TO trace_reader;
SELECT is(helper.result_for('trace_reader', 'SELECT count(*) FROM feedback.traces'), '3', 'one with rights reads them');
SELECT is(helper.result_for('trace_reader', $$ SELECT feedback.report_html('shop', '2026-01-01') ~ 'Paris' $$), 'true', 'in the report too');
CREATE ROLE trace_manager;
GRANT USAGE ON SCHEMA feedback, feedback_internal, "App" TO trace_manager;
GRANT EXECUTE ON FUNCTION feedback.set_trace_source TO trace_manager;
GRANT SELECT, INSERT, DELETE ON feedback_internal.trace_sources TO trace_manager;
SELECT is(helper.refusal_to('trace_manager', $$ SELECT feedback.set_trace_source('"App"."The traces"') $$), '42501', 'who names a source may read it');
GRANT SELECT ON "App"."The traces" TO trace_manager;
SELECT is(helper.refusal_to('trace_manager', $$ SELECT feedback.set_trace_source('"App"."The traces"') $$), 'accepted', 'and needs these rights');

UPDATE "App".answers SET question = repeat('<b>&"ä', 100), answer = E' \n' WHERE id = 'tr-1';
SELECT matches(feedback.report_html('shop', '2026-01-01'), '<dl><dt>Asked</dt><dd><bdi>(&lt;b&gt;&amp;&quot;&#xE4;){46}&lt;b&gt;&amp;&#x2026;</bdi></dd><dt>Answered</dt><dd><span class="source">blank</span></dd></dl></li>',
    'the report escapes and cuts questions and answers');
UPDATE "App".answers SET answer = NULL WHERE id = 'tr-1';
SELECT unalike(feedback.report_html('shop', '2026-01-01'), '%Answered%', 'and leaves out what there is none of');

-- A source that is gone
ALTER VIEW "App"."The traces" RENAME TO traces;
SELECT is(helper.refusal('SELECT * FROM feedback.traces'), '55000', 'a source that is gone is told');
SELECT is(helper.refusal('SELECT feedback.report_html()'), 'accepted', 'and does not keep the report');
SELECT feedback.set_trace_source(NULL) \g /dev/null
SELECT is_empty('SELECT * FROM feedback.traces', 'NULL is none');

-- MLflow's tables as of its 3.0, and what 3.17 has more
CREATE SCHEMA old;
CREATE TABLE old.experiments (experiment_id serial PRIMARY KEY, name varchar(256) UNIQUE NOT NULL);
CREATE TABLE old.trace_info (request_id varchar(50) PRIMARY KEY, experiment_id integer NOT NULL, timestamp_ms bigint NOT NULL,
                             execution_time_ms bigint, status varchar(50) NOT NULL);
CREATE TABLE old.trace_tags (key varchar(250), value varchar(8000), request_id varchar(50), PRIMARY KEY (key, request_id));
CREATE TABLE old.trace_request_metadata (key varchar(250), value varchar(8000), request_id varchar(50), PRIMARY KEY (key, request_id));
INSERT INTO old.experiments VALUES (1, 'chat');
INSERT INTO old.trace_info VALUES ('tr-old', 1, 1767603600123, 1500, 'OK'), ('tr-odd', 1, 4611686018427387904, NULL, 'IN_PROGRESS');
INSERT INTO old.trace_tags VALUES ('mlflow.traceName', 'answer', 'tr-old'), ('env', 'prod', 'tr-old'), ('none', NULL, 'tr-old');
INSERT INTO old.trace_request_metadata VALUES ('mlflow.trace.session', 's-1', 'tr-old'), ('mlflow.trace.user', 'u-1', 'tr-old'),
    ('mlflow.traceInputs', '{"q": "Where?"}', 'tr-old'), ('mlflow.traceOutputs', '"There."', 'tr-old'),
    ('mlflow.trace.tokenUsage', '{"input_tokens": 5, "output_tokens":7, "total_tokens": 12}', 'tr-old'),
    ('mlflow.trace.tokenUsage', '{"input_tokens": 5e3, "output_tokens": "7", "total_tokens": 99999999999999999999}', 'tr-odd');
CREATE SCHEMA new;
CREATE TABLE new.experiments (LIKE old.experiments INCLUDING ALL);
CREATE TABLE new.trace_info (LIKE old.trace_info INCLUDING ALL, client_request_id varchar(50), request_preview varchar(1000),
    response_preview varchar(1000), db_payload_generation integer NOT NULL DEFAULT 0, trace_name varchar(4096), session_id varchar(250),
    input_tokens bigint, output_tokens bigint, total_tokens bigint, cache_read_input_tokens bigint, cache_creation_input_tokens bigint,
    cache_creation_input_tokens_above_1hr bigint, input_cost double precision, output_cost double precision, total_cost double precision);
CREATE TABLE new.trace_tags (LIKE old.trace_tags, PRIMARY KEY (request_id, key));
CREATE TABLE new.trace_request_metadata (LIKE old.trace_request_metadata, PRIMARY KEY (request_id, key));
CREATE TABLE new.spans (trace_id varchar(50), experiment_id integer NOT NULL, span_id varchar(50), parent_span_id varchar(50), name text,
    type varchar(500), status varchar(50) NOT NULL, start_time_unix_nano bigint NOT NULL, end_time_unix_nano bigint, content text NOT NULL,
    PRIMARY KEY (trace_id, span_id));
INSERT INTO new.experiments VALUES (7, 'docs');
INSERT INTO new.trace_info (request_id, experiment_id, timestamp_ms, execution_time_ms, status, client_request_id, request_preview, response_preview,
                            trace_name, session_id, input_tokens, output_tokens, total_tokens, input_cost, total_cost)
VALUES ('tr-new', 7, 1767603600000, 250, 'ERROR', 'c-1', 'q', 'a', 'answer', 's-2', 1, 2, 3, 0.00001, 1);
INSERT INTO new.trace_tags VALUES ('mlflow.traceName', 'stale', 'tr-new'), ('mlflow.trace.spansLocation', 'TRACKING_STORE', 'tr-new');
INSERT INTO new.trace_request_metadata VALUES ('mlflow.trace.session', 'stale', 'tr-new'), ('k', 'v', 'tr-new');
INSERT INTO new.spans VALUES
    ('tr-new', 7, 'b', 'a', 'tool', 'TOOL', 'OK', 10, 20, '{"name": "tool", "attributes": {"x": NaN, "y": "\u0000", "z": 1e999}}'),
    ('tr-new', 7, 'a', NULL, 'root', 'CHAIN', 'OK', 15, 30, '{"name": "root", "attributes": {"mlflow.spanInputs": "{\"q\": NaN}"}}'),
    ('tr-new', 7, 'c', 'a', 'gone', 'LLM', 'ERROR', 16, NULL, ''),
    ('tr-new', 7, 'd', 'a', 'torn', 'LLM', 'OK', 17, 18, '{"name": "to');
INSERT INTO feedback_internal.mlflow_stores (schema_name, project_by, push) VALUES ('old', 'name', false), ('new', 'id', false);
SELECT results_eq($$ SELECT project, trace_id, request_time, state, execution_time_ms, request_preview, response_preview, session_id, user_id,
                            input_tokens, output_tokens, total_tokens, client_request_id FROM feedback.traces ORDER BY trace_id $$,
    $$ VALUES ('7', 'tr-new', '2026-01-05 09:00Z'::timestamptz, 'ERROR', 250::bigint, 'q', 'a', 's-2', NULL, 1::bigint, 2::bigint, 3::bigint, 'c-1'),
              ('chat', 'tr-odd', NULL, 'IN_PROGRESS', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
              ('chat', 'tr-old', '2026-01-05 09:00:00.123Z', 'OK', 1500, '{"q": "Where?"}', '"There."', 's-1', 'u-1', 5, 7, 12, NULL) $$,
    'the same columns from the tables of both versions, of all attached stores');
SELECT results_eq($$ SELECT trace_id, tags, metadata FROM feedback.traces('{tr-new,tr-old}') ORDER BY trace_id $$,
    $$ VALUES ('tr-new', '{"mlflow.traceName": "answer", "mlflow.trace.spansLocation": "TRACKING_STORE"}'::jsonb,
               '{"k": "v", "mlflow.trace.session": "s-2", "mlflow.trace.tokenUsage": "{\"input_tokens\": 1, \"output_tokens\": 2, \"total_tokens\": 3}",
                 "mlflow.trace.cost": "{\"input_cost\": 1e-05, \"total_cost\": 1.0}"}'::jsonb),
              ('tr-old', '{"mlflow.traceName": "answer", "env": "prod", "none": null}',
               '{"mlflow.trace.session": "s-1", "mlflow.trace.user": "u-1", "mlflow.traceInputs": "{\"q\": \"Where?\"}", "mlflow.traceOutputs": "\"There.\"",
                 "mlflow.trace.tokenUsage": "{\"input_tokens\": 5, \"output_tokens\":7, \"total_tokens\": 12}"}') $$,
    'tags and metadata have what MLflow has in columns, as MLflow writes it');
SELECT is(feedback.get_trace('tr-new') #> '{data,spans}', '[
    {"name": "root", "attributes": {"mlflow.spanInputs": "{\"q\": NaN}"}},
    {"name": "tool", "attributes": {"x": "NaN", "y": "\\u0000", "z": "1e999"},
     "note": "NaN, infinities, numbers beyond a double, \\u0000 and halves of surrogate pairs are given as text"},
    {"span_id": "c", "parent_span_id": "a", "name": "gone", "type": "LLM", "status": "ERROR", "start_time_unix_nano": 16, "end_time_unix_nano": null,
     "content": null, "note": "the content is not in the database"},
    {"span_id": "d", "parent_span_id": "a", "name": "torn", "type": "LLM", "status": "OK", "start_time_unix_nano": 17, "end_time_unix_nano": 18,
     "content": "{\"name\": \"to", "note": "the content is no JSON"}]',
    'the root comes first; what jsonb cannot hold, what is archived and what is torn has a note and does not cost the rest');
SELECT is((feedback.get_trace('tr-new') -> 'data') - 'spans'::text, '{}', 'spans in the database need no note');
SELECT is(feedback.get_trace('tr-old'), '{"data": {"note": "the content of the spans is not in the database", "spans": []},
    "info": {"trace_id": "tr-old", "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "1"}},
             "request_time": "2026-01-05T09:00:00.123Z", "execution_duration_ms": 1500, "state": "OK",
             "request_preview": "{\"q\": \"Where?\"}", "response_preview": "\"There.\"",
             "tags": {"mlflow.traceName": "answer", "env": "prod", "none": null},
             "trace_metadata": {"mlflow.trace.session": "s-1", "mlflow.trace.user": "u-1", "mlflow.traceInputs": "{\"q\": \"Where?\"}",
                                "mlflow.traceOutputs": "\"There.\"",
                                "mlflow.trace.tokenUsage": "{\"input_tokens\": 5, \"output_tokens\":7, \"total_tokens\": 12}"}}}',
    'a version without a table of spans says so');
UPDATE new.trace_tags SET value = 'ARCHIVE_REPO' WHERE key = 'mlflow.trace.spansLocation';
SELECT is(feedback.get_trace('tr-new') #>> '{data,note}', 'the content of the spans is not in the database, it is in ARCHIVE_REPO', 'where they are is told');
SELECT is(helper.refusal_to('trace_reader', 'SELECT * FROM feedback.traces'), '42501', 'a reader without rights on MLflow''s tables is refused');
SELECT matches(helper.complaint('SET LOCAL ROLE trace_reader; SELECT * FROM feedback.traces'), 'GRANT USAGE ON SCHEMA (old|new) and SELECT ON (old|new)\.', 'and told what is lacking');
GRANT USAGE ON SCHEMA old, new TO trace_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA old, new TO trace_reader;
SELECT is(helper.result_for('trace_reader', 'SELECT count(*) FROM feedback.traces'), '3', 'one with rights reads them');
ALTER TABLE new.trace_info ENABLE ROW LEVEL SECURITY;
SELECT is(helper.result_for('trace_reader', 'SELECT count(*) FROM feedback.traces'), '2', 'row security on MLflow''s tables holds');

-- MLflow's migrations: nothing of ours depends on its tables
ALTER TABLE old.trace_info ADD trace_name varchar(4096), ADD request_preview varchar(1000), ALTER status TYPE text;
UPDATE old.trace_info SET trace_name = 'migrated', request_preview = 'seen';
SELECT results_eq($$ SELECT tags ->> 'mlflow.traceName', request_preview FROM feedback.traces('{tr-old}') $$, $$ VALUES ('migrated', 'seen') $$,
    'columns that a migration adds are read from then on');
SELECT lives_ok('ALTER TABLE old.trace_info DROP trace_name, DROP request_preview', 'and may be dropped');
SELECT is((SELECT tags ->> 'mlflow.traceName' FROM feedback.traces('{tr-old}')), 'answer', 'which is seen too');
ALTER TABLE old.trace_tags RENAME TO tags;
SELECT is(helper.refusal('SELECT * FROM feedback.traces'), '55000', 'tables that are not MLflow''s are told');

-- JSON that jsonb does not take
SELECT is(feedback_internal.trace_json(content), result, content)
FROM (VALUES ('{"a": [-Infinity, Infinity, -NaN]}', '{"note": "the content is no JSON", "content": "{\"a\": [-Infinity, Infinity, -NaN]}"}'::jsonb),
             ('"\ud83d\ude00 \\u0000 \u00e4"', '"😀 \\u0000 ä"'),
             ('"\ud83d\u0000\ude00"', '"\\ud83d\\u0000\\ude00"'),
             ('[1, "NaN", -5.5e-3]', '[1, "NaN", -0.0055]'),
             ('"\', '{"note": "the content is no JSON", "content": "\"\\"}'),
             ('', '{"note": "the content is no JSON", "content": ""}')) v (content, result);
SELECT is(feedback_internal.trace_json(repeat('[', 501) || repeat(']', 501)) ->> 'note', 'the content is nested too deeply', 'nesting has a limit');
SELECT is(feedback_internal.trace_json(repeat('[', 100000)) ->> 'note', 'the content is nested too deeply', 'whatever follows');
SELECT results_eq($$ SELECT feedback_internal.span_attribute('{"attributes": {"x": "\"a\\u0000\"", "y": "[1, 2]", "z": 5, "n": null, "b": "\"torn"}}', name)
                     FROM unnest('{x,y,z,n,b,none}'::text[]) name $$,
    $$ VALUES ('a\u0000'), ('[1, 2]'), ('5'), (NULL), ('"torn'), (NULL) $$, 'an attribute is read out of its text');
SELECT is(feedback_internal.span_attribute(content, 'x'), NULL, 'no attribute in ' || content) FROM unnest('{[],5,"{\"attributes\": 5}",torn}'::text[]) content;

SELECT * FROM finish();
ROLLBACK;
