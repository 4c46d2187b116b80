-- One backend logs 200,000 documents, and refuses some more: its memory must not grow.  As a superuser:
--
--	test/cluster psql -X -q -v ON_ERROR_STOP=1 -d postgres -c 'CREATE EXTENSION feedback' -f test/memory.sql
--
-- Memory is what the server's own accounting says, and what the system says, which includes malloc's.
SET client_min_messages = warning;

CREATE TEMPORARY TABLE measured (way text, n integer, contexts bigint, resident bigint);

CREATE FUNCTION pg_temp.measure(way text, n integer) RETURNS integer LANGUAGE sql AS $$
    INSERT INTO measured
    SELECT way, n, (SELECT sum(total_bytes) FROM pg_backend_memory_contexts),
           1024 * substring(pg_read_file('/proc/self/status') FROM 'RssAnon:\s*(\d+) kB')::bigint
    RETURNING n
$$;

-- About 500 bytes, with lists and metadata; n makes it differ
CREATE FUNCTION pg_temp.document(n integer) RETURNS text LANGUAGE sql AS $$
    SELECT format('{"assessment_name": "quality", "source": {"source_type": "LLM_JUDGE", "source_id": "gpt-4o"}, '
                  '"create_time": "2025-01-02T03:04:05.678Z", "feedback": {"value": [0.25, {"accuracy": %s, "labels": ["a", "b"]}], '
                  '"error": {"error_code": "PARTIAL", "error_message": "Two of three questions were answered."}}, '
                  '"rationale": "The answer names the capital, \u00e9 and all, but not the year that was asked for.", '
                  '"metadata": {"run": "r-%s", "tokens": {"prompt": 412, "completion": 123456789012345678901234567890}, "tags": ["x", null]}}', n, n)
$$;

-- Many statements: of every twenty documents one is refused while it is read, and one while it is stored
DO $$
DECLARE
    id uuid;
BEGIN
    FOR i IN 1 .. 100000 LOOP
        id := feedback.log_assessment('tr-' || i / 10, pg_temp.document(i));
        IF i % 20 = 0 THEN
            BEGIN
                PERFORM feedback.log_assessment('tr', replace(pg_temp.document(i), '"PARTIAL"', '[{"a": 1}]'));
                RAISE EXCEPTION USING MESSAGE = 'not refused';
            EXCEPTION WHEN invalid_parameter_value THEN
                NULL;
            END;
            BEGIN
                PERFORM feedback.log_feedback('tr', 'n', i, overrides => id);
                RAISE EXCEPTION USING MESSAGE = 'not refused';
            EXCEPTION WHEN foreign_key_violation THEN
                NULL;
            END;
        END IF;
        IF i IN (20000, 100000) THEN
            PERFORM pg_temp.measure('statements', i);
        END IF;
    END LOOP;
END $$;

-- One statement
SELECT count(feedback.log_assessment('tr-' || i / 10, pg_temp.document(i))) AS logged,
       max(CASE WHEN i IN (20000, 100000) THEN pg_temp.measure('log_assessment', i) END) AS measured
FROM (SELECT generate_series(1, 100000) AS i) AS n;

-- The other functions, one statement each
SELECT count(feedback.update_assessment(trace_id, assessment_id, pg_temp.document(i))) AS updated,
       max(CASE WHEN i IN (1000, 5000) THEN pg_temp.measure('update_assessment', i) END) AS measured
FROM (SELECT trace_id, assessment_id, (row_number() OVER ())::integer AS i FROM feedback.assessments LIMIT 5000) AS n;
SELECT sum((SELECT count(d) FROM feedback.get_assessments('tr-' || i) AS d)) AS read,
       max(CASE WHEN i IN (1000, 5000) THEN pg_temp.measure('get_assessments', i) END) AS measured
FROM (SELECT generate_series(1, 5000) AS i) AS n;
SELECT count(feedback.delete_assessment(trace_id, assessment_id)) AS deleted,
       max(CASE WHEN i IN (1000, 5000) THEN pg_temp.measure('delete_assessment', i) END) AS measured
FROM (SELECT trace_id, assessment_id, (row_number() OVER ())::integer AS i FROM feedback.assessments LIMIT 5000) AS n;
SELECT count(feedback.log_feedback('tr', 'n', ARRAY[i, i])) AS logged,
       max(CASE WHEN i IN (1000, 20000) THEN pg_temp.measure('log_feedback', i) END) AS measured
FROM (SELECT generate_series(1, 20000) AS i) AS n;

SELECT way, min(n) || ' to ' || max(n) AS calls, max(contexts) - min(contexts) AS contexts_growth,
       max(resident) - min(resident) AS resident_growth
FROM measured GROUP BY way ORDER BY way;
DO $$
BEGIN
    IF EXISTS (SELECT FROM measured GROUP BY way HAVING count(*) <> 2 OR max(contexts) - min(contexts) > 1000000
                                                     OR max(resident) - min(resident) > 1000000) THEN
        RAISE EXCEPTION 'memory grew by more than 1 MB';
    END IF;
END $$;
TRUNCATE feedback.assessments;
