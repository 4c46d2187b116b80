-- For bench/analysis: what lies beside the uniform traces where a canary, a load test or a session was taken for a
-- trace: 100 traces of 4,000 feedback and one each of 100, 10,000 and 100,000, of a common name, the newest of all.
INSERT INTO feedback.assessments (project, trace_id, kind, name, boolean_value, source_type, source_id, create_time, last_update_time)
SELECT 'project-' || n % 5, 'load-' || n, 'feedback', 'check_1', i % 3 > 0, 'HUMAN', 'user-' || i % 1000, at, at
FROM (SELECT n, CASE n WHEN 101 THEN 100 WHEN 102 THEN 10000 WHEN 103 THEN 100000 ELSE 4000 END AS size FROM generate_series(1, 103) AS n) AS t,
     generate_series(1, size) AS i,
     LATERAL (SELECT now() - (size - i) * interval '1 millisecond' + n * interval '1 microsecond' AS at) AS x;
