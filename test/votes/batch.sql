\set first random(1, 30)
\set value random(0, 1)
SELECT count(*) / (count(*) FILTER (WHERE sqlstate IS NULL) / 40)
FROM feedback.log_assessments((
    SELECT array_agg(format('{"trace_id": "tr-%s", "assessment_name": "up", "source": {"source_type": "HUMAN", "source_id": "user %s"}, "feedback": {"value": %s}}',
                            t, u, CASE :value WHEN 1 THEN 'true' ELSE 'false' END))
    FROM generate_series(:first, :first + 9) AS t, generate_series(1, 4) AS u), mode => 'set');
