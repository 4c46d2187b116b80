-- The mirror of MLflow's table assessments, and the way back, on tables of its shape.  Not in one transaction, since
-- attach_mlflow commits and rows are written to MLflow's table at commit; so this cleans up after itself.
SELECT plan(104);
\set QUIET on
SET client_min_messages = warning;
\ir ../include/helpers.sql
\ir ../include/mlflow_tables.sql

CREATE ROLE mlflow_server;
CREATE ROLE mlflow_stranger;
GRANT USAGE ON SCHEMA mlflow, helper TO mlflow_server;
DO $$
DECLARE
    t regclass;
BEGIN
    FOR t IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'mlflow'::regnamespace AND c.relkind = 'r' LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO mlflow_server', t);
    END LOOP;
END $$;
SET feedback.project = 'ours';

-- A row of MLflow's
CREATE FUNCTION helper.mlflow_insert(id text, trace text, value text, kind text DEFAULT 'feedback', name text DEFAULT 'q',
                                     error text DEFAULT NULL, created bigint DEFAULT 1700000000000, source_type text DEFAULT 'HUMAN',
                                     metadata text DEFAULT NULL, overrides text DEFAULT NULL, valid boolean DEFAULT true) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO mlflow.assessments (assessment_id, trace_id, name, assessment_type, value, error, created_timestamp,
        last_updated_timestamp, source_type, source_id, rationale, overrides, valid, assessment_metadata)
    VALUES (id, trace, name, kind, value, error, created, created, source_type, 'user', 'because', overrides, valid, metadata) $$;
-- An id of MLflow's that is ours too
CREATE FUNCTION helper.id(n integer) RETURNS text LANGUAGE sql AS $$ SELECT 'a-' || lpad(to_hex(n), 32, '0') $$;
CREATE FUNCTION helper.ours(n integer) RETURNS feedback.assessments LANGUAGE sql AS
    $$ SELECT a FROM feedback.assessments a WHERE a.assessment_id = substr(helper.id(n), 3)::uuid $$;
CREATE FUNCTION helper.note(id text) RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(concat_ws(' ', direction, outcome, sqlstate), ', ') FROM feedback.mlflow_notes WHERE assessment_id = id $$;

INSERT INTO mlflow.trace_info SELECT 'tr-' || i, 1, 1700000000000, 5, 'OK' FROM generate_series(1, 9) i;
INSERT INTO mlflow.trace_info VALUES ('tr-other', 2, 1700000000000, 5, 'OK');

-- What cannot be attached
SELECT is(helper.refusal($$ CALL feedback.attach_mlflow('mlflow') $$), '2D000', 'attach_mlflow cannot run in a transaction');
\set VERBOSITY sqlstate
\set ON_ERROR_STOP off
CREATE TEMP TABLE refused (what text, state text);
CALL feedback.attach_mlflow('nowhere');
INSERT INTO refused VALUES ('no such schema', :'LAST_ERROR_SQLSTATE');
CALL feedback.attach_mlflow('public');
INSERT INTO refused VALUES ('no tables', :'LAST_ERROR_SQLSTATE');
CALL feedback.attach_mlflow('feedback');
INSERT INTO refused VALUES ('not MLflow''s', :'LAST_ERROR_SQLSTATE');
CALL feedback.attach_mlflow('mlflow', project_by => 'colour');
INSERT INTO refused VALUES ('project_by', :'LAST_ERROR_SQLSTATE');
CALL feedback.attach_mlflow('mlflow', batch_size => 0);
INSERT INTO refused VALUES ('batch_size', :'LAST_ERROR_SQLSTATE');
CALL feedback.attach_mlflow(NULL);
INSERT INTO refused VALUES ('no schema', :'LAST_ERROR_SQLSTATE');
GRANT USAGE ON SCHEMA feedback, feedback_internal, mlflow TO mlflow_stranger;
GRANT SELECT ON ALL TABLES IN SCHEMA mlflow TO mlflow_stranger;
GRANT EXECUTE ON PROCEDURE feedback.attach_mlflow TO mlflow_stranger;
SET SESSION AUTHORIZATION mlflow_stranger;
CALL feedback.attach_mlflow('mlflow');
RESET SESSION AUTHORIZATION;
INSERT INTO refused VALUES ('not the owner', :'LAST_ERROR_SQLSTATE');
\set VERBOSITY default
SELECT is((SELECT array_agg(what || ' ' || state ORDER BY what COLLATE "C") FROM refused),
    ARRAY['batch_size 22023', 'no schema 22004', 'no such schema 3F000', 'no tables 42P01', 'not MLflow''s 42703', 'not the owner 42501',
          'project_by 22023'], 'what cannot be attached is refused with its reason');
SELECT is((SELECT count(*) FROM feedback.mlflow_status), 0::bigint, 'and nothing is attached');

-- Taking over what is there, with the overriding before the overridden
SELECT helper.mlflow_insert(helper.id(9), 'tr-1', 'true', overrides => helper.id(10)),
       helper.mlflow_insert(helper.id(10), 'tr-1', 'false', overrides => helper.id(11), valid => false),
       helper.mlflow_insert(helper.id(11), 'tr-1', 'false', valid => false),
       helper.mlflow_insert(helper.id(12), 'tr-other', '"text"', kind => 'expectation'),
       helper.mlflow_insert('my-own-id', 'tr-1', '[1, {"a": null}]', source_type => 'AI_JUDGE'),
       helper.mlflow_insert('not-a-number', 'tr-1', 'NaN'),
       helper.mlflow_insert('an-issue', 'tr-1', '1', kind => 'issue') \g /dev/null
CALL feedback.attach_mlflow('mlflow', batch_size => 2);
SELECT is((SELECT array_agg(valid ORDER BY assessment_id) FROM feedback.assessments WHERE trace_id = 'tr-1' AND assessment_id::text LIKE '0000%'),
    ARRAY[true, false, false], 'a chain is taken over with its validity');
SELECT is((helper.ours(9)).overrides, (helper.ours(10)).assessment_id, 'and its links');
SELECT is((SELECT concat_ws(' ', project, kind, text_value) FROM feedback.assessments WHERE trace_id = 'tr-other'), 'other expectation text',
    'the project is the name of the experiment');
SELECT is((SELECT concat_ws(' ', json_value, source_type) FROM feedback.assessments WHERE trace_id = 'tr-1' AND json_value IS NOT NULL),
    '[1, {"a": null}] LLM_JUDGE', 'an id of any form is taken, and AI_JUDGE is LLM_JUDGE');
SELECT is(helper.note('not-a-number'), 'from MLflow rejected 22032', 'NaN is noted');
SELECT is(helper.note('an-issue'), NULL, 'an issue is no assessment, and is not noted');
SELECT is((SELECT concat_ws(' ', mirrors, push, project_by, filled, fill_time IS NOT NULL, n_rejected, mlflow_revision) FROM feedback.mlflow_status),
    't f name 7 t 1 b7e2c1a4d9f3', 'mlflow_status says how it stands');
-- Whoever may call all functions, but not attach
GRANT ALL ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal, helper TO mlflow_stranger;
GRANT USAGE ON SCHEMA helper TO mlflow_stranger;
REVOKE ALL ON PROCEDURE feedback.attach_mlflow FROM mlflow_stranger;
GRANT CREATE ON DATABASE :"DBNAME" TO mlflow_stranger;
SET SESSION AUTHORIZATION mlflow_stranger;
CREATE SCHEMA forged
    CREATE TABLE assessments (LIKE mlflow.assessments)
    CREATE TABLE trace_info (LIKE mlflow.trace_info)
    CREATE TABLE experiments (LIKE mlflow.experiments);
CREATE TRIGGER forged AFTER INSERT OR UPDATE OR DELETE ON forged.assessments FOR EACH ROW EXECUTE FUNCTION feedback_internal.mirror_mlflow();
CREATE TRIGGER forged_truncate BEFORE TRUNCATE ON forged.assessments EXECUTE FUNCTION feedback_internal.mirror_mlflow();
CREATE TRIGGER forged AFTER INSERT ON forged.trace_info FOR EACH ROW EXECUTE FUNCTION feedback_internal.mlflow_trace_arrived();
INSERT INTO forged.experiments VALUES (1, 'forged');
INSERT INTO forged.trace_info VALUES ('tr-1', 1, 1, 1, 'OK');
SELECT is((SELECT count(*) FROM forged.assessments), 0::bigint, 'a trigger function on a table of one''s own reads nothing');
INSERT INTO forged.assessments (assessment_id, trace_id, name, assessment_type, value, created_timestamp, last_updated_timestamp, source_type, valid, is_numeric_value)
VALUES (helper.id(9), 'tr-1', 'q', 'feedback', '1', 0, 0, 'HUMAN', true, true), (helper.id(99), 'tr-1', 'q', 'feedback', '1', 0, 0, 'HUMAN', true, true);
UPDATE forged.assessments SET name = 'forged';
TRUNCATE forged.assessments;
SELECT is(helper.refusal($$ SELECT feedback_internal.register_mlflow('forged', true, 'name') $$), '42501', 'nor can its schema be attached by the parts of attach_mlflow'),
       is(helper.refusal($$ SELECT feedback.sync_mlflow('mlflow') $$), '42501', 'nor another''s be compared'),
       is(helper.refusal($$ SELECT feedback_internal.unregister_mlflow('mlflow') $$), '42501', 'nor forgotten') \g (format=unaligned fieldsep='\n')
RESET SESSION AUTHORIZATION;
SELECT is((SELECT string_agg(DISTINCT name, ',') FROM feedback.assessments WHERE trace_id = 'tr-1'), 'q', 'nor does it write anything');
DROP SCHEMA forged CASCADE;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal, helper FROM mlflow_stranger;
REVOKE ALL ON SCHEMA helper FROM mlflow_stranger;
REVOKE CREATE ON DATABASE :"DBNAME" FROM mlflow_stranger;

CALL feedback.attach_mlflow('mlflow');
SELECT is((SELECT filled FROM feedback.mlflow_status), 7::bigint, 'attaching again takes nothing over again');
SELECT results_eq($$ SELECT * FROM feedback.sync_mlflow('mlflow') $$, $$ VALUES ('from MLflow', 0::bigint), ('to MLflow', 0::bigint) $$,
    'both tables are alike');

-- From now on, as MLflow's own role, which has no right to anything of ours
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA helper TO mlflow_server;
SET SESSION AUTHORIZATION mlflow_server;
SELECT throws_ok('SELECT * FROM feedback.assessments', '42501', NULL, 'MLflow''s role has no right on our table');
SELECT helper.mlflow_insert(helper.id(1), 'tr-2', 'true', metadata => '{"k": "v"}'),
       helper.mlflow_insert(helper.id(2), 'tr-2', '12345678901234567890.5'),
       helper.mlflow_insert(helper.id(3), 'tr-2', '"\ud83d\ude00 \u00fc"'),
       helper.mlflow_insert(helper.id(4), 'tr-2', 'null', error => '{"error_code": "E", "error_message": "m", "stack_trace": null}'),
       helper.mlflow_insert(helper.id(5), 'tr-2', 'null', source_type => 'ROBOT') \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT is((SELECT concat_ws(' ', project, name, boolean_value, source_type, source_id, rationale, metadata, valid, logged_by,
                            create_time AT TIME ZONE 'UTC') FROM helper.ours(1)),
    'chat q t HUMAN user because {"k": "v"} t mlflow_server 2023-11-14 22:13:20', 'a row is mirrored with all it has');
SELECT is((helper.ours(2)).numeric_value, 12345678901234567890.5, 'a number with its digits');
SELECT is((helper.ours(3)).text_value, U&'\+01F600 \00FC', 'a text without its escapes');
SELECT is((SELECT concat_ws(' ', error_code, error_message, num_nonnulls(boolean_value, numeric_value, text_value, json_value)) FROM helper.ours(4)),
    'E m 0', 'an error without a value');
SELECT is((SELECT json_value || to_jsonb(source_type) FROM helper.ours(5)), '[null, "SOURCE_TYPE_UNSPECIFIED"]',
    'a null without an error, of a source type that is not known');

-- Editing, overriding, deleting, as MLflow's server does
SELECT last_update_time AS before FROM helper.ours(1) \gset
UPDATE mlflow.assessments SET name = 'p', value = '2.0', error = NULL, last_updated_timestamp = 1700000001000, aggregate_value = 2,
    is_numeric_value = true, rationale = NULL, assessment_metadata = NULL WHERE assessment_id = helper.id(1);
SELECT is((SELECT concat_ws(' ', name, numeric_value, boolean_value, coalesce(rationale, '-'), coalesce(metadata::text, '-'),
                            last_update_time - create_time) FROM helper.ours(1)), 'p 2.0 - - 00:00:01', 'an edit is mirrored');
SELECT xmin AS before FROM feedback.assessments WHERE assessment_id = (helper.ours(1)).assessment_id \gset
UPDATE mlflow.assessments SET experiment_id = 1, trace_timestamp_ms = 1, aggregate_value = 3, is_numeric_value = false;
SELECT is((SELECT xmin::text FROM feedback.assessments WHERE assessment_id = (helper.ours(1)).assessment_id), :'before',
    'a change of what MLflow derives writes nothing');
BEGIN;
UPDATE mlflow.assessments SET valid = false WHERE assessment_id = helper.id(1);
SELECT helper.mlflow_insert(helper.id(20), 'tr-2', 'true', overrides => helper.id(1)) \g /dev/null
COMMIT;
SELECT is(ARRAY[(helper.ours(1)).valid, (helper.ours(20)).valid], ARRAY[false, true], 'an override is mirrored');
SELECT helper.mlflow_insert(helper.id(21), 'tr-2', 'false', overrides => helper.id(1)) \g /dev/null
SELECT is(concat_ws(' ', (helper.ours(21)).valid, (helper.ours(21)).overrides, helper.note(helper.id(21))), 't from MLflow changed',
    'a second overrider is kept without its overrides, and a note says so');
SELECT helper.mlflow_insert(helper.id(22), 'tr-2', 'false', overrides => 'nothing') \g /dev/null
SELECT is(concat_ws(' ', (helper.ours(22)).overrides, helper.note(helper.id(22))), 'from MLflow changed', 'so is one that overrides nothing');
BEGIN;
UPDATE mlflow.assessments SET valid = true WHERE assessment_id = helper.id(1);
DELETE FROM mlflow.assessments WHERE assessment_id = helper.id(20);
COMMIT;
SELECT is(ARRAY[(helper.ours(1)).valid, helper.ours(20) IS NULL], ARRAY[true, true], 'a deleted override leaves its target valid');
SELECT helper.mlflow_insert(helper.id(30), 'tr-3', 'true', valid => false), helper.mlflow_insert(helper.id(31), 'tr-3', 'true', overrides => helper.id(30), valid => false),
       helper.mlflow_insert(helper.id(32), 'tr-3', 'true', overrides => helper.id(31)) \g /dev/null
BEGIN;
UPDATE mlflow.assessments SET valid = true WHERE assessment_id = helper.id(30);
DELETE FROM mlflow.assessments WHERE assessment_id = helper.id(31);
COMMIT;
SELECT is(ARRAY[(helper.ours(30)).valid, (helper.ours(32)).valid, (helper.ours(32)).overrides IS NULL], ARRAY[true, true, true],
    'MLflow''s validity stands where it deletes the middle of a chain');
SELECT is(helper.note(helper.id(32)), 'from MLflow changed', 'and a note says what was left out');
SELECT helper.mlflow_insert(helper.id(40), 'tr-3', 'true', valid => false), helper.mlflow_insert(helper.id(41), 'tr-3', 'true', overrides => helper.id(40)) \g /dev/null
DELETE FROM mlflow.assessments WHERE assessment_id = helper.id(41);
SELECT is((helper.ours(40)).valid, false, 'so it does where a run is deleted, and an override with it');
SELECT is((SELECT results FROM (SELECT array_agg(direction || n) AS results FROM feedback.sync_mlflow('mlflow')) s), ARRAY['from MLflow1', 'to MLflow0'],
    'a link that can stand now is made');
SELECT is((SELECT results FROM (SELECT array_agg(direction || n) AS results FROM feedback.sync_mlflow('mlflow')) s), ARRAY['from MLflow0', 'to MLflow0'],
    'and nothing is left to be mended');
UPDATE mlflow.assessments SET trace_id = 'tr-4' WHERE assessment_id = helper.id(5);
SELECT is((helper.ours(5)).trace_id, 'tr-4', 'a row that moves to another trace moves');
UPDATE mlflow.assessments SET assessment_type = 'expectation', value = '1' WHERE assessment_id = helper.id(5);
SELECT is((helper.ours(5)).kind, 'expectation', 'one that becomes an expectation is one');
UPDATE mlflow.assessments SET assessment_type = 'issue' WHERE assessment_id = helper.id(5);
SELECT ok(helper.ours(5) IS NULL, 'one that becomes an issue is gone');

-- What cannot be taken, of which MLflow's statement knows nothing
SELECT result
FROM (VALUES (1, '''NaN''', 'NaN', '22032'), (2, '''Infinity''', 'Infinity', '22032'), (3, '''[1, NaN]''', 'NaN in a list', '22032'),
             (4, '''"a\u0000b"''', 'a zero byte', '22P05'), (5, '''"\ud800"''', 'half a surrogate pair', '22P05'),
             (6, '''1'', name => ''''', 'an empty name', '22001'), (7, '''1'', created => 4611686018427387904', 'a far time', '22008'),
             (8, '''null'', error => ''{"error_code": null}''', 'an error without a code', '22004'),
             (9, '''1'', metadata => ''[1]''', 'a list as metadata', '22023'), (10, 'repeat(''['', 70) || repeat('']'', 70)', 'deep nesting', '54001'),
             (11, '''null'', kind => ''expectation''', 'an expectation of null', '22004'), (12, '''''', 'no JSON', '22032'),
             (13, '''1}, "x": {"y": 1''', 'more than one value', '22032')) AS v (n, arguments, what, state),
     unnest(ARRAY[lives_ok(format('SELECT helper.mlflow_insert(%L, ''tr-5'', %s)', 'bad-' || n, arguments), what || ' is MLflow''s to store'),
                  is(helper.note('bad-' || n), 'from MLflow rejected ' || state, what || ' is noted')]) AS result;
UPDATE mlflow.assessments SET value = 'NaN' WHERE assessment_id = helper.id(1);
SELECT is(concat_ws(' ', helper.ours(1) IS NULL, helper.note(helper.id(1))), 't from MLflow rejected 22032', 'an edit to NaN leaves no older value behind');
UPDATE mlflow.assessments SET value = '5' WHERE assessment_id = helper.id(1);
SELECT is(concat_ws(' ', (helper.ours(1)).numeric_value, helper.note(helper.id(1))), '5', 'and a later one is taken, and the note gone');

-- A rule of the table, or of somebody else's
SELECT feedback.create_label_schema('stars', 'numeric', project => 'chat', min => 1, max => 5) \g /dev/null
SELECT helper.mlflow_insert(helper.id(50), 'tr-5', '99', name => 'stars') \g /dev/null
SELECT matches(helper.note(helper.id(50)), '^from MLflow rejected', 'what breaks a label schema is noted');
ALTER TABLE feedback.assessments ADD CONSTRAINT no_tens CHECK (numeric_value <> 10);
SELECT lives_ok($$ SELECT helper.mlflow_insert(helper.id(51), 'tr-5', '10') $$, 'a constraint that somebody has put on our table is none of MLflow''s');
SELECT is(helper.note(helper.id(51)), 'from MLflow rejected 23514', 'and is noted');
ALTER TABLE feedback.assessments DROP CONSTRAINT no_tens;
CREATE POLICY nobody ON feedback.assessments USING (false);
ALTER TABLE feedback.assessments ENABLE ROW LEVEL SECURITY;
SELECT helper.mlflow_insert(helper.id(52), 'tr-5', '1') \g /dev/null
ALTER TABLE feedback.assessments DISABLE ROW LEVEL SECURITY;
DROP POLICY nobody ON feedback.assessments;
SELECT isnt(helper.ours(52), NULL, 'row security does not hold the mirror up');

-- MLflow's migrations
BEGIN;
UPDATE mlflow.assessments SET rationale = 'moved';
ALTER TABLE mlflow.assessments ALTER COLUMN rationale TYPE varchar(9000);
ALTER TABLE mlflow.assessments ADD COLUMN colour text;
COMMIT;
SELECT is((helper.ours(52)).rationale, 'moved', 'a migration updates rows and alters the table in one transaction');
SELECT helper.mlflow_insert(helper.id(53), 'tr-5', '1') \g /dev/null
SELECT isnt(helper.ours(53), NULL, 'a new column is no error');
ALTER TABLE mlflow.assessments RENAME COLUMN source_type TO kind_of_source;
ALTER TABLE mlflow.assessments ALTER COLUMN kind_of_source DROP NOT NULL;
INSERT INTO mlflow.assessments (assessment_id, trace_id, name, assessment_type, value, created_timestamp, last_updated_timestamp, valid)
VALUES (helper.id(54), 'tr-5', 'q', 'feedback', '1', 0, 0, true);
SELECT is(helper.note(helper.id(54)), 'from MLflow rejected 42703', 'a missing column is noted');
ALTER TABLE mlflow.assessments RENAME COLUMN kind_of_source TO source_type;
UPDATE mlflow.assessments SET source_type = 'HUMAN' WHERE assessment_id = helper.id(54);
SELECT isnt(helper.ours(54), NULL, 'and taken once it is there again');

-- Past the mirror
ALTER TABLE mlflow.assessments DISABLE TRIGGER USER;
SELECT is((SELECT mirrors FROM feedback.mlflow_status), false, 'mlflow_status says that the triggers do not fire');
SELECT helper.mlflow_insert(helper.id(60), 'tr-6', '1') \g /dev/null
UPDATE mlflow.assessments SET value = '2' WHERE assessment_id = helper.id(53);
ALTER TABLE mlflow.assessments ENABLE TRIGGER USER;
SELECT is((SELECT array_agg(direction || n) FROM feedback.sync_mlflow('mlflow')), ARRAY['from MLflow3', 'to MLflow0'],
    'sync_mlflow finds what went past, and what was refused for a reason that is gone');
SELECT is((helper.ours(53)).numeric_value + (helper.ours(60)).numeric_value, 3::numeric, 'and takes it over');

-- The way back
CALL feedback.attach_mlflow('mlflow', push => true);
SELECT feedback.log_feedback('tr-7', 'helpful', true, 'HUMAN', 'anna', rationale => U&'wei\00DF', metadata => '{"n": 1, "s": "\u00e9", "l": [1, 2]}') AS a \gset
SELECT is((SELECT concat_ws(' ', trace_id, name, assessment_type, value, source_type, source_id, rationale, valid, assessment_metadata, experiment_id,
                            trace_timestamp_ms, aggregate_value, is_numeric_value) FROM mlflow.assessments
           WHERE assessment_id = 'a-' || replace(:'a', '-', '')),
    U&'tr-7 helpful feedback true HUMAN anna wei\00DF t {"l": "[1, 2]", "n": "1", "s": "\\u00e9"} 1 1700000000000 1 f',
    'what is logged is in MLflow''s table, in all columns that it reads');
SELECT feedback.log_feedback('tr-7', 'v', v) FROM unnest(ARRAY['0.10', '3', '123456789.123456789012345', '-0.5', '1e20']::numeric[]) v \g /dev/null
SELECT feedback.log_feedback('tr-7', 'v', v) FROM unnest(ARRAY['"\u00fc \ud83d\ude00\u007f"', '{"b": [true, null]}', '" Yes"', 'null']::jsonb[]) v \g /dev/null
SELECT results_eq($$ SELECT value, aggregate_value, is_numeric_value FROM mlflow.assessments WHERE trace_id = 'tr-7' AND name = 'v' ORDER BY value COLLATE "C" $$,
    $$ VALUES ('" Yes"', 1::float8, false), ('"\u00fc \ud83d\ude00\u007f"', NULL, false), ('-0.5', -0.5, true), ('0.1', 0.1, true),
              ('100000000000000000000', 1e20, true), ('123456789.12345679', 123456789.12345679, true), ('3', 3, true),
              ('null', NULL, false), ('{"b": [true, null]}', NULL, false) $$, 'values are written as MLflow''s clients write them');
SELECT feedback.log_feedback('tr-7', 'e', NULL::text, error_code => 'E', error_message => 'it "broke"') \g /dev/null
SELECT is((SELECT error FROM mlflow.assessments WHERE trace_id = 'tr-7' AND name = 'e'),
    '{"error_code": "E", "error_message": "it \"broke\"", "stack_trace": null}', 'an error with its three members');
SELECT feedback.override_feedback('tr-7', :'a', false) AS b \gset
SELECT is((SELECT array_agg(valid ORDER BY overrides NULLS FIRST) FROM mlflow.assessments WHERE trace_id = 'tr-7' AND name = 'helpful'), ARRAY[false, true],
    'an override is written');
SELECT feedback.delete_assessment('tr-7', :'b') \g /dev/null
SELECT is((SELECT array_agg(valid) FROM mlflow.assessments WHERE trace_id = 'tr-7' AND name = 'helpful'), ARRAY[true], 'a deletion is');
SELECT feedback.set_feedback('tr-8', 'thumb', up, source_id => 'anna') FROM unnest(ARRAY[true, false]) up \g /dev/null
SELECT is((SELECT string_agg(value, ',') FROM mlflow.assessments WHERE trace_id = 'tr-8'), 'false', 'what is set is');
SELECT feedback.withdraw_feedback('tr-8', 'thumb', 'anna') \g /dev/null
SELECT is((SELECT string_agg(value, ',') FROM mlflow.assessments WHERE trace_id = 'tr-8'), NULL, 'what is withdrawn is gone');
BEGIN;
SELECT feedback.log_feedback('tr-8', 'thumb', true) \g /dev/null
SELECT is((SELECT count(*) FROM mlflow.assessments WHERE trace_id = 'tr-8'), 0::bigint, 'until the transaction commits nothing is written');
ROLLBACK;
SELECT is((SELECT count(*) FROM mlflow.assessments WHERE trace_id = 'tr-8'), 0::bigint, 'nor when it does not');
SELECT feedback.log_feedback('tr-new', 'thumb', true) \g /dev/null
SELECT is((SELECT count(*) FROM mlflow.assessments WHERE trace_id = 'tr-new'), 0::bigint, 'what is logged before its trace waits');
INSERT INTO mlflow.trace_info VALUES ('tr-new', 2, 1, 1, 'OK');
SELECT is((SELECT string_agg(value || experiment_id, ',') FROM mlflow.assessments WHERE trace_id = 'tr-new'), 'true2', 'and is written when that comes');
SELECT feedback.log_feedback('tr-8', 'deep', (repeat('[', 40) || repeat(']', 40))::jsonb) AS a \gset
SELECT is(helper.note('a-' || replace(:'a', '-', '')), 'to MLflow rejected 54000', 'what MLflow could not show is noted');
SELECT is((SELECT count(*) FROM mlflow.assessments WHERE name = 'deep'), 0::bigint, 'and not written');
ALTER TABLE mlflow.assessments ADD COLUMN needed text NOT NULL DEFAULT 'x';
ALTER TABLE mlflow.assessments ALTER COLUMN needed DROP DEFAULT;
SELECT feedback.log_feedback('tr-8', 'needed', 1) AS a \gset
SELECT is(helper.note('a-' || replace(:'a', '-', '')), 'to MLflow rejected 23502', 'a column that a later MLflow needs is noted');
ALTER TABLE mlflow.assessments DROP COLUMN needed;
SELECT is((SELECT n FROM feedback.sync_mlflow('mlflow') WHERE direction = 'to MLflow'), 1::bigint, 'and sync_mlflow writes what it kept out');
SELECT is((SELECT count(*) FROM mlflow.assessments WHERE name = 'needed'), 1::bigint, 'so that it is there');

-- Back and forth
SELECT last_update_time AS before FROM feedback.assessments WHERE name = 'helpful' \gset
UPDATE mlflow.assessments SET valid = false WHERE name = 'helpful';
SELECT is((SELECT valid || ' ' || (last_update_time = :'before') FROM feedback.assessments WHERE name = 'helpful'), 'false true',
    'what comes back is what has changed: times keep their microseconds');
SELECT results_eq($$ SELECT * FROM feedback.sync_mlflow('mlflow') $$, $$ VALUES ('from MLflow', 0::bigint), ('to MLflow', 0::bigint) $$,
    'and both tables are alike, numbers with more digits than a double has included');
SELECT is((SELECT numeric_value FROM feedback.assessments WHERE name = 'v' AND numeric_value > 100 AND numeric_value < 1e10), 123456789.123456789012345,
    'which keep them');

-- A statement that is cancelled while it is mirrored
CREATE FUNCTION helper.cancel() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'cancelled' USING ERRCODE = '57014'; END $$;
CREATE TRIGGER cancelled BEFORE INSERT ON feedback.assessments FOR EACH ROW EXECUTE FUNCTION helper.cancel();
\set VERBOSITY sqlstate
\set ON_ERROR_STOP off
SELECT helper.mlflow_insert('a-000000000000400080000000000000cc', 'tr-7', '1');
SELECT is(:'SQLSTATE'::text, '57014', 'it is cancelled, and the session goes on, in no transaction that has failed');
DO $$
BEGIN
    PERFORM helper.mlflow_insert('a-000000000000400080000000000000cc', 'tr-7', '1');
EXCEPTION WHEN query_canceled THEN
    PERFORM set_config('helper.caught', 'yes', false);
END $$;
SELECT is(current_setting('helper.caught', true), 'yes', '... also where it is caught');
SELECT is((SELECT count(*) FROM mlflow.assessments WHERE assessment_id LIKE '%cc'), 0::bigint, '... without its row');
DROP TRIGGER cancelled ON feedback.assessments;

-- The end
DELETE FROM mlflow.trace_info WHERE request_id = 'tr-7';
SELECT is((SELECT count(*) FROM feedback.assessments WHERE trace_id = 'tr-7'), 0::bigint, 'with a trace go its assessments');
TRUNCATE mlflow.trace_info CASCADE;
SELECT is((SELECT array_agg(name) FROM feedback.assessments), ARRAY['deep'], 'a TRUNCATE takes what MLflow has');
SELECT feedback.detach_mlflow('mlflow') \g /dev/null
SELECT is((SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND (tgrelid::regclass::text LIKE 'mlflow.%' OR tgname = 'assessments_mlflow')), 0::bigint,
    'detach_mlflow leaves no trigger');
SELECT is((SELECT count(*) FROM feedback.mlflow_notes) + (SELECT count(*) FROM feedback.mlflow_status), 0::bigint, 'nor anything noted');
SELECT lives_ok($$ SELECT feedback.detach_mlflow('mlflow'), feedback.detach_mlflow('nowhere') $$, 'what is not attached can be detached');
SELECT throws_ok($$ SELECT * FROM feedback.sync_mlflow('mlflow') $$, '55000', NULL, 'but not compared');

SELECT feedback.drop_label_schema('stars', project => 'chat') \g /dev/null
DELETE FROM feedback.assessments;
DROP SCHEMA mlflow CASCADE;
DROP SCHEMA helper CASCADE;
REVOKE ALL ON SCHEMA feedback, feedback_internal FROM mlflow_stranger;
DROP ROLE mlflow_server, mlflow_stranger;
SELECT * FROM finish();
