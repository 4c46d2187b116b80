-- For bench/writes: 100,000 rows in one statement, with what the analysis adds to a write taken away and added again.

CREATE SCHEMA bench;

-- Feedback of 20 names and all types on traces of their own, as rows and as documents
CREATE TABLE bench.lines AS
SELECT n, 'tr-' || md5(n::text) AS trace_id, 'name_' || n % 20 AS name,
       CASE n % 4 WHEN 0 THEN to_jsonb(n % 3 > 0) WHEN 1 THEN to_jsonb(n % 101 / 100.0) WHEN 2 THEN to_jsonb((ARRAY['good', 'bad'])[1 + n % 2]) ELSE to_jsonb(1 + n % 5) END AS value,
       'The answer names the refund period and the form to fill in, but not that opened goods are excluded.' AS rationale,
       '{"judge_version": "3", "tokens": 412, "prompt": "relevance-v2"}'::jsonb AS metadata
FROM generate_series(1, 100000) AS n;
CREATE TABLE bench.documents AS
SELECT array_agg(jsonb_build_object('trace_id', trace_id, 'assessment_name', name, 'source', jsonb_build_object('source_type', 'LLM_JUDGE', 'source_id', 'gpt-4o-mini'),
                                    'feedback', jsonb_build_object('value', value), 'rationale', rationale, 'metadata', metadata)::text ORDER BY n) AS documents
FROM bench.lines;

-- Finished rows, for INSERT ... SELECT
SELECT count(feedback.log_feedback(trace_id, name, value, 'LLM_JUDGE', 'gpt-4o-mini', rationale, metadata)) FROM bench.lines \g /dev/null
\set columns 'project, trace_id, assessment_id, kind, name, boolean_value, numeric_value, text_value, json_value, source_type, source_id, rationale, metadata, span_id, error_code, error_message, stack_trace, overrides, create_time, last_update_time'
CREATE TABLE bench.ready AS SELECT :columns FROM feedback.assessments;
TRUNCATE feedback.assessments;

CREATE TABLE bench.way (place int, name text, statement text);
INSERT INTO bench.way VALUES
    (1, 'INSERT ... SELECT', format('INSERT INTO feedback.assessments (%1$s) SELECT %1$s FROM bench.ready', :'columns')),
    (2, 'log_feedback', $$SELECT count(feedback.log_feedback(trace_id, name, value, 'LLM_JUDGE', 'gpt-4o-mini', rationale, metadata)) FROM bench.lines$$),
    (3, 'log_assessments', $$SELECT count(*) FROM bench.documents AS d, feedback.log_assessments(d.documents)$$);

-- The indexes that came with the analysis, in the order in which they are added again
CREATE TABLE bench.part AS
SELECT row_number() OVER (ORDER BY indexrelid) AS place, indexrelid::regclass::text AS index, pg_get_indexdef(indexrelid) AS definition
FROM pg_index WHERE indrelid = 'feedback.assessments'::regclass
 AND indexrelid::regclass::text NOT IN ('feedback.assessments_pkey', 'feedback.assessments_overrides_key');

CREATE TABLE bench.timing (round int, way text, parts int, elapsed float8, cpu float8);
CREATE FUNCTION bench.cpu() RETURNS float8 LANGUAGE sql AS $$ SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1000 $$;

-- Log 100,000 rows into an empty table with this many of the parts.
CREATE PROCEDURE bench.measure(round int, place int, parts int) LANGUAGE plpgsql AS $$
DECLARE
    way bench.way := (SELECT w FROM bench.way AS w WHERE w.place = measure.place);
    part record;
    start timestamptz;
    cpu float8;
BEGIN
    TRUNCATE feedback.assessments;
    FOR part IN SELECT * FROM bench.part ORDER BY place LOOP
        IF to_regclass(part.index) IS NOT NULL AND part.place > parts THEN
            EXECUTE 'DROP INDEX ' || part.index;
        ELSIF to_regclass(part.index) IS NULL AND part.place <= parts THEN
            EXECUTE part.definition;
        END IF;
    END LOOP;
    COMMIT;
    start := clock_timestamp();
    cpu := bench.cpu();
    EXECUTE way.statement;
    INSERT INTO bench.timing VALUES (round, way.name, parts, extract(epoch FROM clock_timestamp() - start) * 10, (bench.cpu() - cpu) / 100000);
    IF (SELECT count(*) FROM feedback.assessments) <> 100000 THEN
        RAISE '% logs % rows', way.name, (SELECT count(*) FROM feedback.assessments);
    END IF;
    COMMIT;
END $$;

-- All parts
CREATE PROCEDURE bench.complete() LANGUAGE plpgsql AS $$
DECLARE
    part record;
BEGIN
    FOR part IN SELECT * FROM bench.part WHERE to_regclass(index) IS NULL ORDER BY place LOOP
        EXECUTE part.definition;
    END LOOP;
END $$;
