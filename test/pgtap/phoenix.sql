-- import_phoenix, on tables of the shape of Phoenix's.
BEGIN;
SELECT plan(16);
\ir ../include/helpers.sql

CREATE SCHEMA phoenix;
SET LOCAL search_path = phoenix, public;
CREATE TABLE projects (id serial PRIMARY KEY, name varchar NOT NULL);
CREATE TABLE users (id serial PRIMARY KEY, username varchar NOT NULL, email varchar);
CREATE TABLE project_sessions (id serial PRIMARY KEY, session_id varchar NOT NULL, project_id integer NOT NULL REFERENCES projects);
CREATE TABLE traces (id serial PRIMARY KEY, project_rowid integer NOT NULL REFERENCES projects, trace_id varchar NOT NULL);
CREATE TABLE spans (id serial PRIMARY KEY, trace_rowid integer NOT NULL REFERENCES traces, span_id varchar NOT NULL);
CREATE TABLE span_annotations (
    id serial PRIMARY KEY, span_rowid integer NOT NULL REFERENCES spans, name varchar NOT NULL, label varchar, score double precision,
    explanation varchar, metadata jsonb NOT NULL DEFAULT '{}', annotator_kind varchar NOT NULL, created_at timestamptz NOT NULL DEFAULT '2026-01-05Z',
    updated_at timestamptz NOT NULL DEFAULT '2026-01-05Z', user_id integer, identifier varchar NOT NULL DEFAULT '', source varchar NOT NULL DEFAULT 'API');
CREATE TABLE trace_annotations (LIKE span_annotations INCLUDING DEFAULTS);
ALTER TABLE trace_annotations RENAME span_rowid TO trace_rowid;
CREATE TABLE project_session_annotations (LIKE span_annotations INCLUDING DEFAULTS);
ALTER TABLE project_session_annotations RENAME span_rowid TO project_session_id;

INSERT INTO projects (name) VALUES ('default'), ('shop');
INSERT INTO users (username, email) VALUES ('ann', 'ann@example.org');
INSERT INTO project_sessions (session_id, project_id) VALUES ('session-1', 2);
INSERT INTO traces (project_rowid, trace_id) VALUES (1, 'aaaa'), (2, 'bbbb');
INSERT INTO spans (trace_rowid, span_id) VALUES (1, 's-1'), (2, 's-2');
INSERT INTO span_annotations (span_rowid, name, label, score, explanation, annotator_kind, metadata, user_id, identifier) VALUES
    (1, 'correctness', 'correct', 0.75, 'It is so.', 'LLM', '{"model": "gpt-4o"}', NULL, ''),
    (2, 'thumb', 'up', NULL, NULL, 'HUMAN', '{}', 1, 'app-1'),
    (2, 'note', NULL, NULL, 'Only words.', 'HUMAN', '{}', NULL, ''),
    (2, 'length', NULL, 12, NULL, 'CODE', '[]', NULL, '');
INSERT INTO trace_annotations (trace_rowid, name, score, annotator_kind) VALUES (2, 'helpful', 1, 'CODE'), (2, '', 1, 'CODE');
INSERT INTO project_session_annotations (project_session_id, name, label, annotator_kind) VALUES (1, 'mood', 'calm', 'LLM');
RESET search_path;

SELECT results_eq($$ SELECT * FROM feedback.import_phoenix('phoenix') $$,
    $$ VALUES ('span', 4::bigint, 0::bigint), ('trace', 2, 1), ('session', 1, 0) $$, 'annotations of all kinds are imported');
SELECT is((SELECT concat_ws(' ', project, trace_id, span_id, numeric_value, source_type, source_id, rationale, metadata, create_time AT TIME ZONE 'UTC')
           FROM feedback.assessments WHERE name = 'correctness'),
    'default aaaa s-1 0.75 LLM_JUDGE phoenix It is so. {"label": "correct", "model": "gpt-4o", "phoenix.kind": "span"} 2026-01-05 00:00:00',
    'a score with a label: the score is the value, the label is in the metadata');
SELECT is((SELECT concat_ws(' ', project, text_value, source_type, source_id, metadata) FROM feedback.assessments WHERE name = 'thumb'),
    'shop up HUMAN ann@example.org {"phoenix.kind": "span", "phoenix.identifier": "app-1"}', 'a label without a score is the value; a user is the source');
SELECT is((SELECT concat_ws(' ', json_value, rationale) FROM feedback.assessments WHERE name = 'note'), 'null Only words.', 'an explanation alone is a rationale');
SELECT is((SELECT numeric_value FROM feedback.assessments WHERE name = 'length'), 12::numeric, 'metadata that are no object are none');
SELECT is((SELECT concat_ws(' ', trace_id, coalesce(span_id, '-'), source_type) FROM feedback.assessments WHERE name = 'helpful'), 'bbbb - CODE', 'an annotation of a trace');
SELECT is((SELECT concat_ws(' ', project, trace_id, text_value, metadata) FROM feedback.assessments WHERE name = 'mood'),
    'shop session-1 calm {"phoenix.kind": "session"}', 'one of a session is on the session''s id');
SELECT is((SELECT concat_ws(' ', project, sqlstate, field) FROM feedback.rejected_assessments), 'shop 22001 name', 'a bad one is rejected with its reason');

-- Again
SELECT count(*) AS before, max(last_update_time) AS changed FROM feedback.assessments \gset
SELECT lives_ok($$ SELECT * FROM feedback.import_phoenix('phoenix') $$, 'a second run');
SELECT is((SELECT count(*) || ' ' || max(last_update_time) FROM feedback.assessments), :'before' || ' ' || :'changed', 'adds and changes nothing');
UPDATE phoenix.span_annotations SET score = 0.5 WHERE name = 'correctness';
INSERT INTO phoenix.trace_annotations (trace_rowid, name, score, annotator_kind) VALUES (1, 'new', 0, 'CODE');
SELECT lives_ok($$ SELECT * FROM feedback.import_phoenix('phoenix') $$, 'a third');
SELECT is((SELECT numeric_value FROM feedback.assessments WHERE name = 'correctness'), 0.5, 'changes what has changed');
SELECT is((SELECT count(*) FROM feedback.assessments), :before + 1::bigint, 'and adds what is new');

SELECT is(helper.refusal($$ SELECT * FROM feedback.import_phoenix('nowhere') $$), '3F000 schema_name', 'no such schema');
SELECT is(helper.refusal($$ SELECT * FROM feedback.import_phoenix('feedback') $$), '42P01 schema_name', 'none of Phoenix''s');
CREATE ROLE phoenix_stranger;
GRANT USAGE ON SCHEMA feedback, phoenix, helper TO phoenix_stranger;
GRANT EXECUTE ON FUNCTION feedback.import_phoenix TO phoenix_stranger;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA helper TO phoenix_stranger;
SELECT is(helper.refusal_to('phoenix_stranger', $$ SELECT * FROM feedback.import_phoenix('phoenix') $$), '42501', 'it runs with the rights of the caller');
SELECT * FROM finish();
ROLLBACK;
