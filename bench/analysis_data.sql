-- Feedback of an imaginary company: 5 projects, 20 names, 90 days, and per trace ten
-- assessments of ten of the names.  :traces traces; :first is the number of the first.
--
-- Names are of one type each: check_1 to check_6 booleans (check_6 false once in 10,000),
-- rating_1 to rating_5 whole numbers from 1 to 5, score_1 to score_4 numbers of two digits,
-- score_5 one of sixteen, label_1 to label_4 texts out of five (label_4 "harmful" once in 10,000).
-- Of score_1 one in twenty is an error.
INSERT INTO feedback.assessments (project, trace_id, assessment_id, kind, name, boolean_value, numeric_value, text_value,
                                  source_type, source_id, error_code, error_message, rationale, create_time, last_update_time)
SELECT 'project-' || i % 5,
       'tr-' || md5(i::text),
       (lpad(to_hex(i), 12, '0') || '70008000' || lpad(to_hex(k), 12, '0'))::uuid,
       'feedback',
       CASE WHEN name <= 6 THEN 'check_' || name WHEN name <= 11 THEN 'rating_' || name - 6
            WHEN name <= 16 THEN 'score_' || name - 11 ELSE 'label_' || name - 16 END,
       CASE WHEN name = 6 THEN i % 20000 < 19998 WHEN name < 6 THEN random < 0.7 END,
       CASE WHEN name BETWEEN 7 AND 11 THEN 1 + floor(random * 5)
            WHEN name BETWEEN 12 AND 15 AND NOT error THEN round(random::numeric, 2)
            WHEN name = 16 THEN random::numeric END,
       CASE WHEN name = 20 AND i % 20000 < 2 THEN 'harmful'
            WHEN name > 16 THEN (ARRAY['helpful', 'correct', 'polite', 'vague', 'wrong'])[1 + floor(random * 5)] END,
       CASE WHEN name <= 3 THEN 'HUMAN' WHEN name <= 16 THEN 'LLM_JUDGE' ELSE 'CODE' END::feedback.source_type,
       CASE WHEN name <= 3 THEN 'user-' || i % 1000 WHEN name <= 16 THEN 'judge-' || name % 3 ELSE 'guard' END,
       CASE WHEN error THEN 'RATE_LIMIT' END,
       CASE WHEN error THEN 'too many requests' END,
       CASE WHEN k = 0 THEN 'because of what the answer says' END,
       at, at
FROM (
    SELECT i, k, 1 + (i * 7 + k * 2 + k / 5) % 20 AS name, random(),
           now() - interval '90 days' + (interval '90 days' / 1000000) * (i % 1000000) AS at
    FROM generate_series(:first, :first + :traces - 1) AS i, generate_series(0, 9) AS k
) AS t,
LATERAL (SELECT name = 12 AND i % 100 < 5 AS error) AS e;
