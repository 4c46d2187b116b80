-- ingest_assessments: documents that arrive in a user's table, per row and per statement.
BEGIN;
SELECT plan(32);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

CREATE FUNCTION pg_temp.doc(value text DEFAULT '1') RETURNS text LANGUAGE sql AS
    $$ SELECT format('{"assessment_name": "n", "feedback": {"value": %s}}', value) $$;
CREATE FUNCTION pg_temp.stored(trace text) RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(helper.value_of(a), ', ' ORDER BY helper.value_of(a)) FROM helper.written a WHERE trace_id = trace $$;
CREATE FUNCTION pg_temp.rejected(source text) RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(document, ', ' ORDER BY document) FROM feedback.rejected_assessments WHERE origin = source $$;

CREATE TABLE inbox (trace text, doc text);

-- Per row
CREATE TRIGGER ingest AFTER INSERT OR UPDATE ON inbox FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('trace', 'doc');
SELECT lives_ok($$INSERT INTO inbox VALUES ('after', pg_temp.doc()), ('after', 'bad'), ('after', NULL), ('after', pg_temp.doc('2'))$$,
                'AFTER, per row: the statement goes on');
SELECT is(pg_temp.stored('after'), 'numeric 1, numeric 2', 'good documents are stored');
SELECT is(pg_temp.rejected('public.inbox'), 'bad', 'bad ones rejected, with the table as their origin, and NULL is none');
SELECT is((SELECT trace_id FROM feedback.rejected_assessments WHERE document = 'bad'), 'after', 'the trace is kept with it');
UPDATE inbox SET doc = pg_temp.doc('3') WHERE doc = 'bad';
SELECT is(pg_temp.stored('after'), 'numeric 1, numeric 2, numeric 3', 'an UPDATE brings a document too');
INSERT INTO inbox VALUES ('rows', pg_temp.doc()), ('rows', 'bad'), ('rows', pg_temp.doc('2'));
SELECT is((SELECT array_agg(DISTINCT xmin::text) FROM feedback.assessments WHERE trace_id = 'rows'),
          ARRAY[mod(pg_current_xact_id()::text::numeric, 4294967296)::text], 'no subtransaction: all rows are of the transaction itself');

DROP TRIGGER ingest ON inbox;
CREATE TRIGGER ingest BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('trace', 'doc');
INSERT INTO inbox VALUES ('before', pg_temp.doc());
SELECT is(pg_temp.stored('before'), 'numeric 1', 'BEFORE, per row');
SELECT is((SELECT count(*) FROM inbox WHERE trace = 'before'), 1::bigint, 'the row itself arrives');

-- Per statement
DROP TRIGGER ingest ON inbox;
CREATE TRIGGER ingest AFTER INSERT ON inbox REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION feedback.ingest_assessments('trace', 'doc');
INSERT INTO inbox SELECT 'statement', CASE WHEN i % 10 = 0 THEN 'bad ' || i ELSE pg_temp.doc(i::text) END FROM generate_series(1, 2500) i;
SELECT is((SELECT count(*) || ' ' || sum(numeric_value) FROM feedback.assessments WHERE trace_id = 'statement'),
          (SELECT count(*) || ' ' || sum(i) FROM generate_series(1, 2500) i WHERE i % 10 <> 0), 'per statement, all good ones are stored');
SELECT is((SELECT count(*) FROM feedback.rejected_assessments WHERE trace_id = 'statement'), 250::bigint, 'and all bad ones rejected');
SELECT lives_ok($$INSERT INTO inbox SELECT WHERE false$$, 'a statement without rows');

DROP TRIGGER ingest ON inbox;
CREATE TRIGGER ingest AFTER INSERT ON inbox REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION feedback.ingest_assessments('', 'doc', 'raise');
SELECT is(helper.refusal($$INSERT INTO inbox VALUES (NULL, pg_temp.doc())$$), '22004 trace_id', 'raise: the statement fails');
SELECT lives_ok($$INSERT INTO inbox VALUES (NULL, '{"trace_id": "own", "assessment_name": "n", "feedback": {"value": 1}}')$$, 'without a column,');
SELECT is(pg_temp.stored('own'), 'numeric 1', 'documents name their traces');

-- Other tables
CREATE TABLE typed (trace varchar(20), j json, b jsonb);
CREATE TRIGGER j AFTER INSERT ON typed FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('trace', 'j');
CREATE TRIGGER b AFTER INSERT ON typed FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('trace', 'b', 'on_error => park');
INSERT INTO typed VALUES ('typed', pg_temp.doc('1')::json, pg_temp.doc('2')::jsonb);
SELECT is(pg_temp.stored('typed'), 'numeric 1, numeric 2', 'columns of json and jsonb');

CREATE TABLE parts (day int, trace text, doc text) PARTITION BY LIST (day);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE part_2 (doc text, trace text, day int);
ALTER TABLE parts ATTACH PARTITION part_2 FOR VALUES IN (2);
CREATE TRIGGER ingest AFTER INSERT ON parts FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('trace', 'doc');
INSERT INTO parts VALUES (1, 'parts', pg_temp.doc('1')), (2, 'parts', pg_temp.doc('2')), (2, 'parts', 'bad');
SELECT is(pg_temp.stored('parts'), 'numeric 1, numeric 2', 'partitions, whatever the order of their columns');
SELECT is(pg_temp.rejected('public.part_2'), 'bad', 'the origin is the partition');
DROP TRIGGER ingest ON parts;
CREATE TRIGGER ingest AFTER INSERT ON parts REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION feedback.ingest_assessments('trace', 'doc');
INSERT INTO parts VALUES (1, 'parts', pg_temp.doc('3')), (2, 'parts', pg_temp.doc('4'));
SELECT is(pg_temp.stored('parts'), 'numeric 1, numeric 2, numeric 3, numeric 4', 'and per statement');

CREATE VIEW inbox_view AS SELECT * FROM typed;
CREATE TRIGGER ingest INSTEAD OF INSERT ON inbox_view FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('trace', 'b');
INSERT INTO inbox_view VALUES ('view', NULL, pg_temp.doc()::jsonb);
SELECT is(pg_temp.stored('view'), 'numeric 1', 'INSTEAD OF, on a view');

-- The same input again
DROP TRIGGER ingest ON inbox;
CREATE TRIGGER ingest AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('trace', 'doc');
INSERT INTO inbox SELECT 'again', format('{"assessment_id": "%s", "assessment_name": "n", "feedback": {"value": 1}}', helper.id('1'))
    FROM generate_series(1, 3);
SELECT is(pg_temp.stored('again'), 'numeric 1', 'a document with an id is stored once');

-- Wrong definitions
CREATE FUNCTION pg_temp.fired(definition text, statement text DEFAULT 'INSERT INTO wrong VALUES (''t'', ''{}'')') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    outcome text;
BEGIN
    EXECUTE 'CREATE TABLE wrong (trace text, doc text)';
    EXECUTE 'INSERT INTO wrong VALUES (''old'', ''{}'')';
    EXECUTE format(definition, 'feedback.ingest_assessments');
    outcome := helper.refusal(statement);
    EXECUTE 'DROP TABLE wrong';
    RETURN outcome;
END $$;
SELECT is(pg_temp.fired('CREATE TRIGGER t AFTER INSERT ON wrong FOR EACH STATEMENT EXECUTE FUNCTION %s(''trace'', ''doc'')'), '39P01',
          'per statement without the new rows');
SELECT is(pg_temp.fired('CREATE TRIGGER t AFTER DELETE ON wrong FOR EACH ROW EXECUTE FUNCTION %s(''trace'', ''doc'')', 'DELETE FROM wrong'), '39P01',
          'fired by DELETE');
SELECT is(pg_temp.fired('CREATE TRIGGER t AFTER TRUNCATE ON wrong FOR EACH STATEMENT EXECUTE FUNCTION %s(''trace'', ''doc'')', 'TRUNCATE wrong'), '39P01',
          'or by TRUNCATE');
SELECT is(pg_temp.fired('CREATE TRIGGER t AFTER INSERT ON wrong FOR EACH ROW EXECUTE FUNCTION %s()'), '39P01', 'no arguments');
SELECT is(pg_temp.fired('CREATE TRIGGER t AFTER INSERT ON wrong FOR EACH ROW EXECUTE FUNCTION %s(''trace'', ''doc'', ''park'', ''mode => set'', ''x'')'), '39P01', 'too many');
SELECT is(pg_temp.fired('CREATE TRIGGER t AFTER INSERT ON wrong FOR EACH ROW EXECUTE FUNCTION %s(''nix'', ''doc'')'), '42703', 'an unknown trace column');
SELECT is(pg_temp.fired('CREATE TRIGGER t AFTER INSERT ON wrong FOR EACH ROW EXECUTE FUNCTION %s(''trace'', ''nix'')'), '42703', 'an unknown document column');
SELECT is(pg_temp.fired('CREATE TRIGGER t AFTER INSERT ON wrong FOR EACH ROW EXECUTE FUNCTION %s(''trace'', '''')'), '42703', 'no document column');
SELECT is(pg_temp.fired('CREATE TRIGGER t AFTER INSERT ON wrong FOR EACH ROW EXECUTE FUNCTION %s(''trace'', ''xmin'')'), '42703', 'a system column');
SELECT is(pg_temp.fired('CREATE TRIGGER t AFTER INSERT ON wrong FOR EACH ROW EXECUTE FUNCTION %s(''trace'', ''doc'', ''return'')'), '22023', 'nowhere to return to');
SELECT is(pg_temp.fired('CREATE TRIGGER t AFTER INSERT ON wrong FOR EACH ROW EXECUTE FUNCTION %s(''trace'', ''doc'', ''x'')'), '22023', 'an unknown word');
SELECT is(helper.refusal('SELECT feedback.ingest_assessments()'), '39P01', 'it is no function to call');

SELECT finish();
ROLLBACK;
