-- Traces, and rows to take over, for bench/mirror.
CREATE SCHEMA bench;
INSERT INTO mlflow.trace_info SELECT 'tr-' || i, 1, 1700000000000 + i, 5, 'OK' FROM generate_series(1, 10000) i;
CREATE PROCEDURE bench.fill(rows integer) LANGUAGE sql AS $$
    TRUNCATE mlflow.assessments, feedback.assessments;
    INSERT INTO mlflow.assessments
    SELECT 'a-' || md5(i::text), 'tr-' || 1 + i % 10000, 'name-' || i % 10, 'feedback', (ARRAY['true', '3.5', '"a text"', '["a", "list"]'])[1 + i % 4],
           NULL, 1700000000000 + i, 1700000000000 + i, 'HUMAN', 'user-' || i % 1000, NULL, NULL, 'because it is so', NULL, true, '{"k": "v"}', 1,
           1700000000000 + i, NULL, false
    FROM generate_series(1, rows) i $$;
