-- ingest_assessments on a partitioned table: rows that reach a partition through the parent, and directly.
BEGIN;
SELECT plan(7);
\ir ../include/helpers.sql

CREATE TABLE inbox (day int, trace text, doc jsonb) PARTITION BY LIST (day);
CREATE TABLE inbox_1 PARTITION OF inbox FOR VALUES IN (1);

-- Traces of what is stored, in their order
CREATE FUNCTION pg_temp.stored() RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(trace_id, ', ' ORDER BY trace_id) FROM feedback.assessments $$;
CREATE FUNCTION pg_temp.arrive(partition regclass, trace text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %s VALUES (1, %L, %L)', partition, trace, helper.feedback('"span_id": null'));
END $$;

-- Per statement
CREATE TRIGGER ingest AFTER INSERT ON inbox REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION feedback.ingest_assessments('trace', 'doc');
SELECT pg_temp.arrive('inbox', 'a-parent');
SELECT is(pg_temp.stored(), 'a-parent', 'per statement: rows that are inserted through the parent are seen');
SELECT pg_temp.arrive('inbox_1', 'b-partition');
SELECT is(pg_temp.stored(), 'a-parent', 'those inserted into a partition are not');
SELECT is((SELECT count(*) FROM inbox), 2::bigint, 'though they are there');
SELECT is((SELECT count(*) FROM feedback.rejected_assessments), 0::bigint, 'nor are they rejected');

-- A trigger of the partition's own sees what the parent's does not, and only that.
CREATE TRIGGER ingest AFTER INSERT ON inbox_1 REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION feedback.ingest_assessments('trace', 'doc');
SELECT pg_temp.arrive('inbox', 'c-parent'), pg_temp.arrive('inbox_1', 'd-partition');
SELECT is(pg_temp.stored(), 'a-parent, c-parent, d-partition', 'the partition has a trigger of its own: each row once');

-- Per row
DROP TRIGGER ingest ON inbox;
DROP TRIGGER ingest ON inbox_1;
CREATE TRIGGER ingest AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('trace', 'doc');
SELECT pg_temp.arrive('inbox', 'e-parent'), pg_temp.arrive('inbox_1', 'f-partition');
SELECT is(pg_temp.stored(), 'a-parent, c-parent, d-partition, e-parent, f-partition', 'per row: both ways are seen');
CREATE TABLE inbox_2 PARTITION OF inbox FOR VALUES IN (2);
INSERT INTO inbox_2 VALUES (2, 'g-later', helper.feedback('"span_id": null')::jsonb);
SELECT is(pg_temp.stored(), 'a-parent, c-parent, d-partition, e-parent, f-partition, g-later', 'and in a partition made later');

SELECT * FROM finish();
ROLLBACK;
