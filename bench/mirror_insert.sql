\set t random(1, 10000)
INSERT INTO mlflow.assessments VALUES ('a-' || md5(random()::text || :t), 'tr-' || :t, 'helpful', 'feedback', 'true', NULL, 1700000000000, 1700000000000, 'HUMAN', 'anna', NULL, NULL, 'because it is so', NULL, true, '{"k": "v"}', 1, 1700000000000, 1, false);
