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
CREATE OR REPLACE VIEW "App"."The traces" AS
SELECT id AS trace_id, 'shop' AS project, asked AS request_time, ms AS execution_time_ms, question AS request_preview,
       answer AS response_preview, CASE WHEN failed THEN 'ERROR' ELSE 'OK' END AS state, labels AS tags, answer AS more, 'u-' || id AS user_id,
       CASE WHEN id = 'tr-1' THEN '[{"name": "root", "attributes": {"mlflow.spanInputs": {"city": "Paris"}, "mlflow.spanOutputs": "{\"in\": \"Texas\"}"}}, {}]'::jsonb
            WHEN id = 'tr-2' THEN '[{"attributes": {"mlflow.spanOutputs": "Rome is {"}}]' END AS spans,
       7::bigint AS input_tokens, 10::bigint AS total_tokens, '{"k": "v", "mlflow.trace.user": "kept"}'::jsonb AS metadata
FROM "App".answers;
SELECT is(feedback.get_trace('tr-1') #> '{info,trace_metadata}',
    '{"k": "v", "mlflow.trace.user": "kept", "mlflow.trace.tokenUsage": "{\"input_tokens\": 7, \"total_tokens\": 10}"}',
    'user, session and tokens are metadata by the keys that MLflow has them by, unless its metadata has the key');

-- What judges and scorers look at
SELECT feedback.log_expectation('tr-1', 'city', 'Parma', project => 'shop', create_time => '2026-01-05 09:02Z',
                                assessment_id => '00000000-0000-7000-8000-000000000002') \g /dev/null
SELECT feedback.log_expectation('tr-1', 'city', 'Paris, France', project => 'shop', create_time => '2026-01-05 09:03Z') \g /dev/null
SELECT feedback.log_expectation('tr-1', 'facts', '["a", 1]'::jsonb, project => 'shop', create_time => '2026-01-05 09:03Z',
                                assessment_id => '00000000-0000-7000-8000-000000000003') \g /dev/null
SELECT feedback.log_expectation('tr-1', 'facts', '{"b": null}'::jsonb, project => 'shop', create_time => '2026-01-05 09:01Z',
                                overrides => '00000000-0000-7000-8000-000000000003') \g /dev/null
SELECT is(feedback.evaluation_trace('tr-1') - '{info,data}'::text[],
    '{"inputs": {"city": "Paris"}, "outputs": {"in": "Texas"}, "expectations": {"city": "Paris, France", "facts": {"b": null}}}',
    'a scorer gets inputs and outputs of the first span, JSON or JSON within a text, and the latest valid expectation of each name');
SELECT is(feedback.evaluation_trace('tr-1') -> 'info', feedback.get_trace('tr-1') -> 'info', 'beside what get_trace has');
SELECT is(feedback.evaluation_trace('tr-2') - '{info,data}'::text[], '{"inputs": "And Rome?", "outputs": "Rome is {", "expectations": {}}',
    'a text that is no JSON is itself, and the preview stands for what no span has');
SELECT is(feedback.evaluation_trace('tr-3') - '{info,data}'::text[], '{"inputs": "And Ur?", "outputs": null, "expectations": {}}', 'null if there is nothing');
SELECT is(helper.refusal($$ SELECT feedback.evaluation_trace('tr-9') $$), 'P0002 trace_id', 'a trace that is not known is told as by get_trace');

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
     "note": "what jsonb cannot hold is given as text: NaN, infinities, numbers beyond a double, characters that the database lacks"},
    {"span_id": "c", "parent_span_id": "a", "name": "gone", "type": "LLM", "status": "ERROR", "start_time_unix_nano": 16, "end_time_unix_nano": null,
     "content": null, "note": "the content is not in the database"},
    {"span_id": "d", "parent_span_id": "a", "name": "torn", "type": "LLM", "status": "OK", "start_time_unix_nano": 17, "end_time_unix_nano": 18,
     "content": "{\"name\": \"to", "note": "the content is no JSON"}]',
    'the root comes first; what jsonb cannot hold, what is archived and what is torn has a note and does not cost the rest');
SELECT is((feedback.get_trace('tr-new') -> 'data') - 'spans'::text, '{}', 'spans in the database need no note');
SELECT is(feedback.evaluation_trace('tr-new') - '{info,data}'::text[],
    '{"inputs": {"q": "NaN", "note": "what jsonb cannot hold is given as text: NaN, infinities, numbers beyond a double, characters that the database lacks"},
      "outputs": "a", "expectations": {}}', 'what went in is read out of the text that MLflow has it in');
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

-- Conditions on traces: the same ones over MLflow's tables and over an application's view
SELECT is(helper.refusal($$ SELECT feedback.search_traces('trace.status = ''OK''') $$), '55000', 'a source that is broken is told by search_traces too');
DELETE FROM feedback_internal.mlflow_stores;
SELECT is(helper.refusal($$ SELECT feedback.search_traces('trace.status = ''OK''') $$), '55000', 'no source, no conditions on traces');
SELECT is(helper.refusal($$ SELECT feedback.search_traces('feedback.x = 1') $$), 'accepted', 'others need none');
CREATE SCHEMA lake;
CREATE TABLE lake.experiments (LIKE new.experiments INCLUDING ALL);
CREATE TABLE lake.trace_info (LIKE new.trace_info INCLUDING ALL);
CREATE TABLE lake.trace_tags (LIKE new.trace_tags INCLUDING ALL);
CREATE TABLE lake.trace_request_metadata (LIKE new.trace_request_metadata INCLUDING ALL);
CREATE TABLE lake.spans (LIKE new.spans INCLUDING ALL);
CREATE TABLE lake.entity_associations (association_id varchar(36), source_type varchar(36), source_id varchar(36),
                                       destination_type varchar(36), destination_id varchar(36));
INSERT INTO lake.experiments VALUES (1, 'shop'), (2, 'other');
INSERT INTO lake.trace_info (request_id, experiment_id, timestamp_ms, execution_time_ms, status, request_preview, response_preview, trace_name, session_id, total_tokens)
SELECT 's-' || i, 1 + i / 8, 1767603600000 + i * 1000, nullif(i * 100, 300), CASE i % 3 WHEN 0 THEN 'ERROR' ELSE 'OK' END,
       'Question ' || i, 'Answer ' || i, CASE WHEN i % 2 = 0 THEN 'even' END, nullif('c' || i / 4, 'c0'), i * 10 FROM generate_series(0, 9) i;
INSERT INTO lake.trace_tags SELECT 'env', CASE i % 2 WHEN 0 THEN 'prod' ELSE 'dev' END, 's-' || i FROM generate_series(0, 7) i;
INSERT INTO lake.trace_tags VALUES ('none', NULL, 's-1');
INSERT INTO lake.trace_request_metadata SELECT 'mlflow.trace.user', 'u' || i % 2, 's-' || i FROM generate_series(0, 9) i;
INSERT INTO lake.trace_request_metadata VALUES ('mlflow.sourceRun', 'r-1', 's-2');
INSERT INTO lake.entity_associations VALUES ('x', 'trace', 's-3', 'run', 'r-1'), ('x', 'trace', 's-4', 'prompt_version', 'hello/1');
INSERT INTO lake.spans
SELECT 's-' || i, 1, j::text, nullif('0', j::text), CASE j WHEN 0 THEN 'root' ELSE 'call' END, CASE (i + j) % 2 WHEN 0 THEN 'LLM' ELSE 'TOOL' END,
       CASE i % 3 WHEN 0 THEN 'ERROR' ELSE 'OK' END, j, j, format('{"attributes": {"model": "\"m-%s\"", "größe": "%s", "n": NaN}}', i, j)
FROM generate_series(0, 9) i, generate_series(0, 1) j;
CREATE VIEW "App".lake AS
SELECT t.request_id AS trace_id, e.name AS project, to_timestamp(t.timestamp_ms / 1000) AS request_time, t.execution_time_ms::integer, t.status AS state,
       t.request_preview, t.response_preview, t.session_id, t.total_tokens,
       (SELECT m.value FROM lake.trace_request_metadata m WHERE m.request_id = t.request_id AND m.key = 'mlflow.trace.user') AS user_id,
       coalesce((SELECT jsonb_object_agg(g.key, g.value) FROM lake.trace_tags g WHERE g.request_id = t.request_id), '{}')
       || CASE WHEN t.trace_name IS NULL THEN '{}' ELSE jsonb_build_object('mlflow.traceName', t.trace_name) END AS tags,
       (SELECT jsonb_object_agg(m.key, m.value) FROM lake.trace_request_metadata m WHERE m.request_id = t.request_id) AS metadata
FROM lake.trace_info t JOIN lake.experiments e USING (experiment_id);
SELECT feedback.log_feedback('s-' || i, 'good', i > 4, 'HUMAN', 'ann', project => CASE WHEN i < 8 THEN 'shop' ELSE 'other' END,
                             create_time => '2026-02-01Z'::timestamptz + i * interval '1 day')
FROM unnest('{1,3,5,7,9}'::int[]) i \g /dev/null
SELECT feedback.log_feedback('s-unknown', 'good', true, project => 'shop', create_time => '2026-03-01Z') \g /dev/null

CREATE FUNCTION pg_temp.found(filter text, project text = NULL, n integer = NULL) RETURNS text LANGUAGE sql AS
    $$ SELECT coalesce(string_agg(right(trace_id, 1), '' ORDER BY place), '')
       FROM feedback.search_traces(found.filter, found.project, found.n) WITH ORDINALITY AS s (project, trace_id, t, f, e, n, ne, ft, lt, place) $$;
CREATE TEMP TABLE filters (filter text, found text);
INSERT INTO filters VALUES
    ($$ trace.status = 'ERROR' $$, '9630'), ($$ trace.state = 'ERROR' $$, '9630'), ($$ status != 'OK' $$, '9630'), ($$ Trace.STATUS in ('ERROR', 'x') $$, '9630'),
    ($$ NOT trace.status = 'OK' $$, '9630'), ($$ trace.status LIKE 'E%' $$, '9630'), ($$ attributes.status NOT LIKE 'E%' $$, '875421'),
    ($$ trace.execution_time_ms >= 500 $$, '98765'), ($$ trace.execution_time_ms BETWEEN 100 AND 400 $$, '421'), ($$ trace.execution_time_ms IS NULL $$, '3'),
    ($$ trace.execution_time_ms != 100 $$, '98765420'), ($$ NOT trace.execution_time_ms = 100 $$, '987654320'), ($$ execution_time < 100.5 $$, '10'),
    ($$ trace.execution_time_ms IN (0, 1e2, 200, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18) $$, '210'),
    ($$ trace.timestamp_ms > 1767603607000 $$, '98'), ($$ trace.timestamp_ms = 1767603607000 $$, '7'), ($$ timestamp <= 1767603600000.5 $$, '0'),
    ($$ trace.timestamp_ms IN (1767603600000, 1767603601000, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18) $$, '10'),
    ($$ trace.request_time >= '2026-01-05 09:00:08Z' $$, '98'), ($$ trace.request_time = '2026-01-05 09:00:08Z' $$, '8'),
    ($$ trace.request_time = '2026-01-05 09:00:08.0001Z' $$, ''), ($$ trace.request_time > '2026-01-05 09:00:07.9999Z' $$, '98'),
    ($$ trace.request_time < 'infinity' $$, '9876543210'), ($$ trace.request_time < '-infinity' $$, ''), ($$ trace.timestamp_ms < 1e30 $$, '9876543210'),
    ($$ trace.timestamp_ms > -1e30 AND trace.timestamp_ms < 1767603601000 $$, '0'), ($$ trace.end_time_ms > 1767603608000 $$, '98'),
    ($$ trace.name = 'even' $$, '86420'), ($$ name != 'even' $$, ''), ($$ tag.`mlflow.traceName` IS NULL $$, '97531'),
    ($$ tag.env = 'prod' $$, '6420'), ($$ tags.env != 'prod' $$, '7531'), ($$ tag.env IS NULL $$, '98'), ($$ NOT tag.env = 'prod' $$, '987531'),
    ($$ tag."env" ILIKE 'PR%' AND trace.status = 'OK' $$, '42'), ($$ metadata.`mlflow.trace.user` = 'u1' $$, '97531'), ($$ trace.user_id RLIKE '1$' $$, '97531'),
    ($$ trace.session_id = 'c1' $$, '7654'), ($$ trace.session_id IS NULL $$, '3210'), ($$ trace.total_tokens > 70 $$, '98'),
    ($$ trace.request_preview LIKE '%n 3' $$, '3'), ($$ trace.response_preview = 'Answer 4' OR trace.request_id = 's-9' $$, '94'),
    ($$ metadata.`mlflow.sourceRun` = 'r-1' $$, '2'), ($$ trace.prompt = 'none/1' $$, ''),
    -- with feedback, whose time then counts
    ($$ feedback.good = false AND trace.status = 'OK' $$, '1'), ($$ trace.status = 'OK' AND feedback.good = false $$, '1'),
    ($$ trace.status = 'ERROR' AND feedback.good IS NULL $$, '60'), ($$ feedback.good IS NULL AND NOT trace.status = 'ERROR' $$, '842'),
    ($$ feedback.good = true OR trace.status = 'ERROR' $$, 'n975630'),
    ($$ (trace.status = 'ERROR' OR trace.status = 'OK') AND (feedback.good = true OR tag.env = 'dev') $$, '97531'),
    ($$ feedback.good = true AND (trace.session_id = 'c1' OR NOT trace.request_time > '1999-01-01') $$, 'n75'),
    ($$ feedback.good[source_id = 'ann'] IS NOT NULL AND tag.env = 'dev' $$, '7531');
INSERT INTO filters SELECT string_agg(format('trace.request_id = %L', 's-' || i), ' OR ') || ' OR feedback.good = true', 'n97531' FROM generate_series(1, 40, 2) i;
INSERT INTO filters SELECT string_agg(format('trace.request_id = %L AND feedback.good IS NULL', 's-' || i), ' OR '), '86420' FROM generate_series(0, 40) i;
INSERT INTO feedback_internal.mlflow_stores (schema_name, project_by, push) VALUES ('lake', 'name', false);
SELECT is(pg_temp.found(filter), found, 'MLflow: ' || left(filter, 100)) FROM filters;
SELECT is(pg_temp.found($$ trace.status = 'OK' $$, 'other'), '8', 'of one project');
SELECT is(pg_temp.found($$ trace.status = 'OK' $$, n => 3), '875', 'a limit takes the newest');
SELECT is(pg_temp.found($$ tag.env = 'dev' AND trace.status = 'OK' $$, 'shop', 2), '75', 'in the order of time');
SELECT results_eq($$ SELECT trace_id, matched_time, feedback, n FROM feedback.search_traces('trace.request_id IN (''s-8'', ''s-9'')') $$,
    $$ VALUES ('s-9', '2026-01-05 09:00:09Z'::timestamptz, '{"good": true}'::jsonb, 1::bigint), ('s-8', '2026-01-05 09:00:08Z', '{}', 0) $$,
    'a trace that is found by itself has its own time, and what feedback there is');
SELECT is(pg_temp.found($$ trace.run_id = 'r-1' $$), '32', 'the run that made it or is linked');
SELECT is(pg_temp.found($$ prompt = 'hello/1' $$), '4', 'a prompt is linked');
SELECT is(pg_temp.found(filter), found, 'spans: ' || filter)
FROM (VALUES ($$ span.name = 'root' AND span.type = 'LLM' $$, '86420'), ($$ span.type = 'LLM' AND trace.status = 'ERROR' AND span.name = 'call' $$, '93'),
             ($$ span[name = 'root' AND type = 'LLM'] $$, '86420'), ($$ (span.name = 'root') AND span.type = 'LLM' AND trace.status = 'ERROR' $$, '9630'), ($$ span[name = 'root'] AND span[type = 'LLM'] AND trace.status = 'ERROR' $$, '9630'),
             ($$ span[name = 'root' AND NOT type = 'LLM'] $$, '97531'), ($$ NOT span.type = 'LLM' $$, ''), ($$ NOT span[name = 'root' AND type = 'LLM'] $$, '97531'),
             ($$ span.content LIKE '%"m-3%' $$, '3'), ($$ span.content LIKE 'm-3%' $$, ''), ($$ trace.text ILIKE '%M-3%' $$, '3'),
             ($$ span.attributes.model = 'm-3' $$, '3'), ($$ span.attributes.model IN ('m-3', 'm-5') $$, '53'),
             ($$ span.attributes.n = 'NaN' AND span.attributes.model LIKE '%5' $$, '5'),
             ($$ span.attributes.`größe` = '1' AND span.name = 'root' $$, ''), ($$ span.attributes.größe = '1' AND trace.status = 'ERROR' $$, '9630'),
             ($$ span.attributes.nothing = 'x' $$, ''), ($$ feedback.good = true AND span.status = 'ERROR' $$, '9')) v (filter, found);
SELECT is(helper.refusal(format('SELECT feedback.search_traces(%L)', filter)), refused, left(filter, 100))
FROM (VALUES ('trace.status = 5', '42601 filter'), ('trace.status > ''OK''', '42601 filter'), ('trace.execution_time_ms = ''5''', '42601 filter'),
             ('trace.execution_time_ms LIKE ''5''', '42601 filter'), ('trace.nothing = 1', '42601 filter'), ('trace = 1', '42601 filter'), ('tag = 1', '42601 filter'),
             ('span.nothing = ''x''', '42601 filter'), ('span[trace.status = ''OK'']', '42601 filter'), ('span[name = ''x''', '42601 filter'),
             ('span.attributes = ''x''', '42601 filter'), ('trace.request_time > ''never''', '22007 filter'), ('trace.status RLIKE ''[''', '2201B filter'),
             ('tag.x LIKE ''\''', '22025 filter'), ('trace.request_preview IS', '42601 filter'), ('issue.id = ''x''', '42601 filter'),
             ('trace.timestamp_ms > ' || repeat('9', 200), 'accepted')) v (filter, refused);
DELETE FROM feedback_internal.mlflow_stores;
SELECT feedback.set_trace_source('"App".lake') \g /dev/null
SELECT is(pg_temp.found(filter), found, 'a view: ' || left(filter, 100)) FROM filters;
SELECT is(pg_temp.found($$ trace.status = 'OK' $$, 'other'), '8', 'a view: of one project');
SELECT is(pg_temp.found($$ trace.status = 'OK' $$, n => 3), '875', 'a view: a limit takes the newest');
SELECT is(helper.refusal($$ SELECT feedback.search_traces('span.name = ''x''') $$), '0A000 filter', 'a view has no spans to search');
SELECT is(helper.refusal_to('trace_reader', $$ SELECT feedback.search_traces('trace.status = ''OK''') $$), '42501', 'a reader needs rights on the source');
GRANT SELECT ON "App".lake TO trace_reader;
SELECT is(helper.result_for('trace_reader', $$ SELECT count(*) FROM feedback.search_traces('trace.status = ''OK''') $$), '6', 'and no others');

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
