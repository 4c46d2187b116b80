-- For bench/ingest: the documents in every form, the triggers, and what measures.

-- The row and the document of bench/run
CREATE TABLE bench.lines AS
SELECT n, format('{"assessment_name": "answer_relevance", "trace_id": "tr-%s", "assessment_id": "%s", '
                 '"source": {"source_type": "LLM_JUDGE", "source_id": "gpt-4o-mini"}, '
                 '"create_time": "2025-01-02T03:04:05.678Z", "last_update_time": "2025-01-02T03:04:05.678Z", "feedback": {"value": 0.87}, '
                 '"rationale": "The answer names the refund period and the form to fill in, but not that opened goods are excluded.", '
                 '"metadata": {"judge_version": "3", "tokens": 412, "prompt": "relevance-v2"}, "valid": true}',
                 md5(n::text), overlay(overlay(lpad(to_hex(n), 32, '0') PLACING '7' FROM 13) PLACING '8' FROM 17)::uuid) AS document
FROM generate_series(1, 100000) AS n;

SELECT count(*) FROM feedback.log_assessments((SELECT array_agg(document ORDER BY n) FROM bench.lines)) \g /dev/null
\set columns 'project, trace_id, assessment_id, kind, name, boolean_value, numeric_value, text_value, json_value, source_type, source_id, rationale, metadata, span_id, error_code, error_message, stack_trace, overrides, create_time, last_update_time'
CREATE TABLE bench.ready AS SELECT row_number() OVER (ORDER BY assessment_id) AS n, :columns FROM feedback.assessments;
SELECT format('COPY (SELECT %s FROM bench.ready WHERE n <= %s ORDER BY n) TO %L', :'columns', size, current_setting('data_directory') || '/bench.' || size)
FROM unnest('{1000,10000,100000}'::int[]) AS size \gexec

CREATE TABLE bench.batch AS
SELECT size, '[' || string_agg(document, ',' ORDER BY n) || ']' AS document, array_agg(document ORDER BY n) AS documents
FROM bench.lines, unnest('{1000,10000,100000}'::int[]) AS size WHERE n <= size GROUP BY size;
ALTER TABLE bench.batch ADD COLUMN json jsonb;
UPDATE bench.batch SET json = document::jsonb;

-- Inboxes, with our trigger and with one as somebody would write it who had no extension
CREATE TABLE bench.by_statement (document text);
CREATE TRIGGER ingest AFTER INSERT ON bench.by_statement REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION feedback.ingest_assessments('', 'document');
CREATE TABLE bench.by_row (document text);
CREATE TRIGGER ingest AFTER INSERT ON bench.by_row FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('', 'document');
CREATE TABLE bench.by_plpgsql (document text);
CREATE TABLE bench.rejected (document text, sqlstate text, message text);
CREATE FUNCTION bench.ingest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bench.log_document(NEW.document::jsonb ->> 'trace_id', NEW.document::jsonb);
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    INSERT INTO bench.rejected VALUES (NEW.document, SQLSTATE, SQLERRM);
    RETURN NULL;
END $$;
CREATE TRIGGER ingest AFTER INSERT ON bench.by_plpgsql FOR EACH ROW EXECUTE FUNCTION bench.ingest();

CREATE TABLE bench.way (place int, name text, statement text);
INSERT INTO bench.way VALUES
    (1, 'COPY', format('COPY feedback.assessments (%s) FROM %L', :'columns', current_setting('data_directory') || '/bench.@')),
    (2, 'INSERT ... SELECT', format('INSERT INTO feedback.assessments (%1$s) SELECT %1$s FROM bench.ready WHERE n <= @', :'columns')),
    (3, 'log_assessments(text)', $$SELECT count(*) FROM bench.batch AS b, feedback.log_assessments(b.document) WHERE b.size = @$$),
    (4, 'log_assessments(jsonb)', $$SELECT count(*) FROM bench.batch AS b, feedback.log_assessments(b.json) WHERE b.size = @$$),
    (5, 'log_assessments(text[])', $$SELECT count(*) FROM bench.batch AS b, feedback.log_assessments(b.documents) WHERE b.size = @$$),
    (6, 'statement trigger', $$INSERT INTO bench.by_statement SELECT document FROM bench.lines WHERE n <= @$$),
    (7, 'row trigger', $$INSERT INTO bench.by_row SELECT document FROM bench.lines WHERE n <= @$$),
    (8, 'row trigger in plpgsql', $$INSERT INTO bench.by_plpgsql SELECT document FROM bench.lines WHERE n <= @$$);
CREATE TABLE bench.timing (round int, place int, name text, size int, elapsed float8, cpu float8);

CREATE FUNCTION bench.cpu() RETURNS float8 LANGUAGE sql AS $$ SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1000 $$;
CREATE FUNCTION bench.peak() RETURNS numeric LANGUAGE sql AS $$
    SELECT round((substring(status FROM 'VmHWM:\s*(\d+)')::numeric - substring(status FROM 'RssShmem:\s*(\d+)')::numeric) / 1000, 1)
    FROM pg_read_file('/proc/self/status') AS status
$$;
CREATE PROCEDURE bench.run(name text, size int) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE (SELECT replace(w.statement, '@', size::text) FROM bench.way AS w WHERE w.name = run.name);
END $$;

-- Run everything once, in an order of the round's own; each starts from an empty table and logs every row.
CREATE PROCEDURE bench.measure_all(round int) LANGUAGE plpgsql AS $$
DECLARE
    way record;
    start timestamptz;
    cpu float8;
BEGIN
    FOR way IN SELECT w.*, size FROM bench.way AS w, unnest('{1000,10000,100000}'::int[]) AS size ORDER BY md5(concat_ws(' ', round, w.name, size)) LOOP
        TRUNCATE feedback.assessments, bench.by_statement, bench.by_row, bench.by_plpgsql;
        COMMIT;
        start := clock_timestamp();
        cpu := bench.cpu();
        CALL bench.run(way.name, way.size);
        INSERT INTO bench.timing
        VALUES (round, way.place, way.name, way.size, extract(epoch FROM clock_timestamp() - start) * 1e6 / way.size, (bench.cpu() - cpu) / way.size);
        IF (SELECT count(*) FROM feedback.assessments) <> way.size THEN
            RAISE '% logs % rows', way.name, (SELECT count(*) FROM feedback.assessments);
        END IF;
        COMMIT;
    END LOOP;
END $$;
