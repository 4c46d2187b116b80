-- import_phoenix: what Phoenix's annotations become, again and again, and what it refuses.
BEGIN;
SELECT plan(50);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;
GRANT USAGE ON SCHEMA helper TO PUBLIC;

-- Where there is nothing to import
SELECT is(helper.refusal($$ SELECT feedback.import_phoenix('nowhere') $$), '3F000 schema_name', 'a schema that is not there');
SELECT is(helper.refusal($$ SELECT feedback.import_phoenix(NULL) $$), '22004 schema_name', 'no schema');
SELECT is(helper.complaint($$ SELECT feedback.import_phoenix('helper') $$),
    'schema "helper" has no table projects | import_phoenix reads the tables of Arize Phoenix. | Name the schema that Phoenix''s tables are in, '
    'as PHOENIX_SQL_DATABASE_SCHEMA has it; those of another database can be brought by postgres_fdw.', 'a schema without its tables');
SELECT is(helper.refusal($$ SELECT feedback.import_phoenix('helper') $$), '42P01 schema_name', 'is an undefined table');

\set phoenix '"Phoe nix"'
\ir ../include/phoenix_tables.sql
SELECT is(feedback.import_phoenix('Phoe nix'), 0::bigint, 'tables that are empty');
SELECT is(helper.refusal($$ SELECT feedback.import_phoenix('Phoe nix', project => '') $$), '22001 project', 'a project that is none');

-- What becomes of what
INSERT INTO :phoenix.projects (name) VALUES ('chat'), ('search');
INSERT INTO :phoenix.project_sessions (session_id, project_id) VALUES ('conversation-1', 1);
INSERT INTO :phoenix.traces (project_rowid, trace_id, project_session_rowid) VALUES (1, repeat('a', 32), 1), (2, repeat('b', 32), NULL);
INSERT INTO :phoenix.spans (trace_rowid, span_id) VALUES (1, repeat('1', 16)), (2, repeat('2', 16));
INSERT INTO :phoenix.users (username) VALUES ('ann'), (repeat('u', 251));
INSERT INTO :phoenix.span_annotations (span_rowid, name, label, score, explanation, metadata, annotator_kind, identifier, source, user_id) VALUES
    (1, 'relevance', 'good', 0.1, E'It says "5"\n\\ é', '{"model": "gpt-4o", "cost": 0.5}', 'LLM', '', 'API', 1),
    (1, 'relevance', NULL, 1e-300, NULL, '{"model": {"name": "x"}}', 'LLM', '', 'API', NULL),
    (1, 'relevance', 'true', NULL, NULL, '{}', 'CODE', 'regex', 'API', 1),
    (2, 'tone', '5', NULL, '', 'null', 'HUMAN', 'px-app:VXNlcjox', 'APP', 1),
    (2, 'tone', 'kind', -0.0, NULL, '[1]', 'HUMAN', 'px-app:VXNlcjoy', 'APP', NULL),
    (2, 'note', NULL, NULL, 'Ask again', '{}', 'HUMAN', 'px-span-note:1', 'APP', NULL),
    (2, 'tone', NULL, 3, NULL, '{}', 'ROBOT', '', 'API', NULL)
    ON CONFLICT DO NOTHING;
UPDATE :phoenix.span_annotations SET created_at = '2026-01-02 03:04:05.678901+02', updated_at = '2026-01-02 03:04:06+02';
INSERT INTO :phoenix.trace_annotations (trace_rowid, name, score, annotator_kind) VALUES (1, 'relevance', 12345678901234567, 'CODE');
INSERT INTO :phoenix.project_session_annotations (project_session_id, name, score, identifier, annotator_kind) VALUES (1, 'solved', 1, 'judge', 'LLM');

SET LOCAL "TimeZone" = 'Asia/Kathmandu';
SET LOCAL extra_float_digits = 0;
SET LOCAL "DateStyle" = 'German';
SELECT is(feedback.import_phoenix('Phoe nix'), 8::bigint, 'all are added');
SELECT is(feedback.import_phoenix('Phoe nix'), 0::bigint, 'and none again');
RESET "DateStyle";
SET LOCAL "TimeZone" = 'UTC';
SELECT is((SELECT count(*) FROM feedback.rejected_assessments), 0::bigint, 'none is rejected');

CREATE FUNCTION pg_temp.one(identifier text, label text DEFAULT '%') RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' | ', f.project, left(f.trace_id, 1), coalesce(left(f.span_id, 1), '-'), f.name, f.value, f.source_type,
                                f.source_id, f.rationale, f.metadata - 'phoenix.source' - 'phoenix.identifier'), E'\n' ORDER BY f.name, f.trace_id)
    FROM feedback.feedback f WHERE coalesce(f.metadata ->> 'phoenix.identifier', '') = identifier AND f.metadata::text LIKE label
$$;
SELECT is(pg_temp.one('', '%gpt%'),
    E'chat | a | 1 | relevance | 0.1 | LLM_JUDGE | gpt-4o | It says "5"\n\\ é | {"cost": 0.5, "model": "gpt-4o", '
    '"phoenix.annotation": "span", "gen_ai.evaluation.score.label": "good"}',
    'the score is the value and the label metadata; a judge is its model');
SELECT is(pg_temp.one('regex'), 'chat | a | 1 | relevance | "true" | CODE | regex | {"phoenix.annotation": "span"}',
    'a label alone is the value, as text; a program is its identifier');
SELECT is(pg_temp.one('px-app:VXNlcjox'), 'search | b | 2 | tone | "5" | HUMAN | ann |  | {"phoenix.annotation": "span"}',
    'a person is the user');
SELECT is(pg_temp.one('px-app:VXNlcjoy'), 'search | b | 2 | tone | 0 | HUMAN | px-app:VXNlcjoy | '
    '{"phoenix.metadata": [1], "phoenix.annotation": "span", "gen_ai.evaluation.score.label": "kind"}',
    'or the identifier of one who is gone; metadata that is no object is kept in one');
SELECT is(pg_temp.one('px-span-note:1'), 'search | b | 2 | note | null | HUMAN | default | Ask again | {"phoenix.annotation": "span"}',
    'an explanation alone is the rationale of a JSON null');
SELECT is(pg_temp.one('', '%ROBOT%'), 'search | b | 2 | tone | 3 | SOURCE_TYPE_UNSPECIFIED | default | '
    '{"phoenix.annotation": "span", "phoenix.annotator_kind": "ROBOT"}', 'a kind that is not known is kept in metadata');
SELECT is(pg_temp.one('', '%"trace"%'), 'chat | a | - | relevance | 12345678901234568 | CODE | default | {"phoenix.annotation": "trace"}',
    'an annotation of a trace has no span');
SELECT is(pg_temp.one('judge'), 'chat | c | - | solved | 1 | LLM_JUDGE | judge | '
    '{"phoenix.annotation": "session", "mlflow.trace.session": "conversation-1"}', 'one of a session is on a trace of the session''s id');
SELECT is((SELECT DISTINCT concat_ws(' ', create_time, last_update_time) FROM feedback.assessments WHERE span_id IS NOT NULL),
    '2026-01-02 01:04:05.678901+00 2026-01-02 01:04:06+00', 'times are Phoenix''s');
SELECT is((SELECT assessment_id FROM feedback.feedback WHERE source_id = 'gpt-4o'),
    (SELECT overlay(overlay(left(encode(sha256(convert_to(format('["phoenix", "span", "%s", "%s", "relevance", ""]',
         repeat('a', 32), repeat('1', 16)), 'UTF8')), 'hex'), 32) PLACING '8' FROM 13) PLACING '8' FROM 17)::uuid),
    'an id is made of what Phoenix has one annotation of, by the same rule for ever');

-- What changes
UPDATE :phoenix.span_annotations SET score = 0.2, label = 'bad', annotator_kind = 'HUMAN', user_id = 1, metadata = '{}', explanation = NULL,
    updated_at = '2026-01-03 00:00:00.000001+00' WHERE identifier = '' AND name = 'relevance';
UPDATE :phoenix.span_annotations SET label = 'not newer' WHERE identifier = 'regex';
INSERT INTO :phoenix.trace_annotations (trace_rowid, name, label) VALUES (2, 'new', 'x');
SELECT is(feedback.import_phoenix('Phoe nix'), 1::bigint, 'only what is new is added');
SELECT is(pg_temp.one('', '%bad%'), 'chat | a | 1 | relevance | 0.2 | HUMAN | ann | {"phoenix.annotation": "span", '
    '"gen_ai.evaluation.score.label": "bad"}', 'what is newer is changed, whose word it is too');
SELECT is((SELECT concat_ws(' ', create_time, last_update_time) FROM feedback.feedback WHERE numeric_value = 0.2),
    '2026-01-02 01:04:05.678901+00 2026-01-03 00:00:00.000001+00', 'and when');
SELECT is((SELECT value FROM feedback.feedback WHERE source_id = 'regex'), '"true"', 'what is not newer stays');
SELECT feedback.update_assessment(trace_id, assessment_id, '{"feedback": {"value": "ours"}}') FROM feedback.feedback WHERE source_id = 'regex';
UPDATE :phoenix.span_annotations SET label = 'newer than it was', updated_at = now() - interval '1 s' WHERE identifier = 'regex';
SELECT is(feedback.import_phoenix('Phoe nix'), 0::bigint, 'once more');
SELECT is((SELECT value FROM feedback.feedback WHERE source_id = 'regex'), '"ours"', 'the later word counts, ours or Phoenix''s');
UPDATE :phoenix.span_annotations SET label = 'latest', updated_at = clock_timestamp() + interval '1 s' WHERE identifier = 'regex';
SELECT is(feedback.import_phoenix('Phoe nix'), 0::bigint, 'and again');
SELECT is((SELECT value FROM feedback.feedback WHERE source_id = 'regex'), '"latest"', 'when Phoenix has the later one');
DELETE FROM :phoenix.span_annotations WHERE identifier = 'regex';
INSERT INTO :phoenix.span_annotations (span_rowid, name, label, identifier, updated_at) VALUES (1, 'relevance', 'anew', 'regex', now() + interval '1 h');
SELECT is(feedback.import_phoenix('Phoe nix'), 0::bigint, 'what is made anew in Phoenix is no second row');
SELECT is((SELECT string_agg(value::text, ' ') FROM feedback.feedback WHERE metadata ->> 'phoenix.identifier' = 'regex'), '"anew"', 'but the same');
SELECT is((SELECT count(*) FROM feedback.assessments), 9::bigint, 'nothing is there twice');

-- Other traces, other projects
SELECT is(feedback.import_phoenix('Phoe nix', 'given', 'tr-'), 8::bigint, 'with a prefix these are other traces');
SELECT is((SELECT string_agg(DISTINCT project || ' ' || left(trace_id, 4), ', ') FROM feedback.assessments WHERE project = 'given'),
    'given tr-a, given tr-b', 'of the project that is given; a session has no prefix');
DELETE FROM feedback.assessments WHERE project = 'given';

-- What is bad
CREATE TEMP TABLE bad (n serial, name text, label text, score float8, metadata jsonb DEFAULT '{}', identifier text DEFAULT '', user_id int, why text);
INSERT INTO bad (name, score, why) VALUES ('nan', 'NaN', '22032 assessment'), ('infinite', '-Infinity', '22032 assessment');
INSERT INTO bad (name, why) VALUES ('', '22001 name'), (repeat('n', 251), '22001 name');
INSERT INTO bad (name, label, user_id, why) VALUES ('long user', 'x', 2, '22001 source_id');
INSERT INTO bad (name, label, metadata, why) VALUES ('deep', 'x', (repeat('{"a":', 64) || '1' || repeat('}', 64))::jsonb, '54001 metadata');
INSERT INTO bad (name, label, why) VALUES ('gated', 'red', '23514 value');
SELECT feedback.create_label_schema('gated', 'text', categories => ARRAY['green']);
INSERT INTO :phoenix.trace_annotations (trace_rowid, name, label, score, metadata, identifier, user_id)
    SELECT 1, name, label, score, metadata, 'bad', user_id FROM bad;
INSERT INTO :phoenix.trace_annotations (trace_rowid, name, label) VALUES (1, 'gated', 'green');
SELECT is(feedback.import_phoenix('Phoe nix'), 1::bigint, 'beside bad ones the good one is added');
SELECT bag_eq($$ SELECT concat_ws(' ', sqlstate, field) FROM feedback.rejected_assessments $$, 'SELECT why FROM bad',
    'the bad ones are rejected, each with its reason');
SELECT is((SELECT DISTINCT concat_ws(' ', origin, project, left(trace_id, 2), mode, attempts) FROM feedback.rejected_assessments),
    'import_phoenix chat aa log 1', 'and where they come from');
SELECT is((SELECT document LIKE '{"feedback": {"value": -Infinity}, %' FROM feedback.rejected_assessments WHERE document LIKE '%"infinite"%'), true,
    'none loses what it says');
SET LOCAL "TimeZone" = 'Asia/Kathmandu';
SELECT is(feedback.import_phoenix('Phoe nix'), 0::bigint, 'again, in another time zone');
SELECT is((SELECT string_agg(DISTINCT attempts::text, ' ') || ' ' || count(*) FROM feedback.rejected_assessments), '2 7', 'none is kept twice');
UPDATE feedback.label_schemas SET categories = '{green,red}' WHERE name = 'gated';
SELECT is(feedback.import_phoenix('Phoe nix'), 1::bigint, 'what a rule now allows is added');
SELECT is((SELECT count(*) FROM feedback.retry_rejected(sqlstate => '23514') WHERE sqlstate IS NULL), 1::bigint, 'and a retry finds it there');
UPDATE :phoenix.trace_annotations SET label = 'blue', updated_at = '2100-01-01Z' WHERE name = 'gated' AND identifier = '';
SELECT is(feedback.import_phoenix('Phoe nix'), 0::bigint, 'a change that is bad');
SELECT is((SELECT string_agg(f.value #>> '{}', ' ') || ' ' || max(r.mode) FROM feedback.feedback f, feedback.rejected_assessments r
           WHERE f.name = 'gated' AND f.metadata ->> 'phoenix.identifier' IS NULL AND r.sqlstate = '23514'), 'green set', 'is rejected, to be set');
UPDATE feedback.label_schemas SET categories = '{green,red,blue}' WHERE name = 'gated';
SELECT is((SELECT count(*) FROM feedback.retry_rejected(sqlstate => '23514') WHERE sqlstate IS NULL), 1::bigint, 'a retry takes it');
SELECT is((SELECT f.value #>> '{}' FROM feedback.feedback f WHERE name = 'gated' AND f.metadata ->> 'phoenix.identifier' IS NULL), 'blue', 'and sets it');

-- Many, and with operators in the way
TRUNCATE :phoenix.trace_annotations;
CREATE SCHEMA hostile;
CREATE FUNCTION hostile.never(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR hostile.= (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.never);
INSERT INTO :phoenix.trace_annotations (trace_rowid, name, score) SELECT 1 + i % 2, 'n' || i, i FROM generate_series(1, 2500) i;
CREATE FUNCTION pg_temp.import_amid_hostile() RETURNS bigint LANGUAGE sql SET search_path = hostile, pg_catalog AS
    $$ SELECT feedback.import_phoenix('Phoe nix') $$;
SELECT is(pg_temp.import_amid_hostile(), 2500::bigint, 'more than a statement takes');
SELECT is((SELECT count(DISTINCT numeric_value) FROM feedback.feedback WHERE name ~ '^n\d+$'), 2500::bigint, 'each of them');

-- Whose rights
CREATE ROLE feedback_importer;
GRANT USAGE ON SCHEMA feedback TO feedback_importer;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal TO feedback_importer;
GRANT SELECT ON feedback.assessments TO feedback_importer;
SELECT is(helper.refusal_to('feedback_importer', $$ SELECT feedback.import_phoenix('Phoe nix') $$), '42501', 'Phoenix''s tables are read with the caller''s rights');
GRANT USAGE ON SCHEMA :phoenix TO feedback_importer;
GRANT SELECT ON ALL TABLES IN SCHEMA :phoenix TO feedback_importer;
REVOKE SELECT ON :phoenix.users FROM feedback_importer;
SET LOCAL SESSION AUTHORIZATION feedback_importer;
SELECT is(helper.complaint($$ SELECT feedback.import_phoenix('Phoe nix') $$),
    'permission denied for Phoenix''s table "Phoe nix".users | It is read with the rights of the caller. | '
    'GRANT USAGE ON SCHEMA "Phoe nix" and SELECT (id, username) ON "Phoe nix".users to the role.', 'the hint names the columns');
RESET SESSION AUTHORIZATION;
GRANT SELECT (id, username) ON :phoenix.users TO feedback_importer;
SELECT is(helper.result_for('feedback_importer', $$ SELECT feedback.import_phoenix('Phoe nix') $$), '0', 'which are enough');
ALTER TABLE :phoenix.span_annotations DROP COLUMN identifier;
SELECT is(helper.refusal($$ SELECT feedback.import_phoenix('Phoe nix') $$), '42703 identifier', 'an older Phoenix lacks a column');

SELECT * FROM finish();
ROLLBACK;
