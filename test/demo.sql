-- The story that make demo tells; see test/demo.
\set ON_ERROR_STOP on
\pset columns 120
\pset footer off
\pset null '·'
\set ECHO queries

\echo == The extension
CREATE EXTENSION feedback;

\echo
\echo == A user says thumbs up, a check measures, a judge reasons
SET feedback.project = 'chatbot';
SELECT feedback.log_feedback('tr-1', 'user_satisfaction', true, source_type => 'HUMAN', source_id => 'user_123');
SELECT feedback.log_feedback('tr-1', 'latency_ms', 412);
SELECT feedback.log_feedback('tr-1', 'tone', 'friendly'::text, 'LLM_JUDGE', 'gpt-4o', rationale => 'Greets, then helps.');
SELECT feedback.log_feedback('tr-1', 'quality', '{"accuracy": 0.95, "clarity": 0.8}'::jsonb, 'HUMAN', 'expert_1');

\echo
\echo == A judge that failed leaves its error, and a person the ground truth
SELECT feedback.log_feedback('tr-1', 'faithfulness', source_type => 'LLM_JUDGE', source_id => 'gpt-4o',
                             error_code => 'RATE_LIMIT_EXCEEDED', error_message => 'Try again in 20 s.');
SELECT feedback.log_expectation('tr-1', 'expected_answer', 'Paris'::text, source_id => 'expert_1');

\echo
\echo == A judge is overruled, and the person who did it adds why
SELECT feedback.log_feedback('tr-1', 'relevance', 0.2, 'LLM_JUDGE', 'gpt-4o') AS judged
\gset
SELECT feedback.override_feedback('tr-1', :'judged', 0.9, 'HUMAN', 'expert_1') AS corrected
\gset
SELECT jsonb_pretty(feedback.update_assessment('tr-1', :'corrected', '{"rationale": "It answers the question."}'));

\echo
\echo == Documents that MLflow made, as they are (test/data)
CREATE TEMPORARY TABLE sample (line json);
\copy sample FROM test/data/mlflow_accepted.jsonl (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02') WHERE line::text !~ '\\u0000'
SELECT line ->> 'id' AS sample, feedback.log_assessment('tr-mlflow', line -> 'document', project => 'mlflow')
FROM sample
WHERE line ->> 'id' IN ('dict-fb-bool-true', 'dict-fb-float-0.1', 'dict-fb-err', 'dict-fb-meta-judge', 'proto-fb-dict',
                        'dict-fb-rat-unicode', 'dict-ex-list', 'proto-ex-dict');

\echo
\echo == Forty more traces, so that there is something to count
SELECT count(feedback.log_feedback('tr-' || n, 'user_satisfaction', n % 4 > 0, 'HUMAN', 'user_' || n % 7)) AS thumbs,
       count(feedback.log_feedback('tr-' || n, 'tone', CASE WHEN n % 3 > 0 THEN 'friendly' ELSE 'curt' END::text,
                                   'LLM_JUDGE', 'gpt-4o')) AS tones,
       count(feedback.log_feedback('tr-' || n, 'relevance', round(n % 10 / 10.0, 1), 'LLM_JUDGE', 'gpt-4o')) AS scores
FROM generate_series(2, 41) AS n;

\echo
\echo == What was said about one trace
SELECT name, value, source_type, source_id, error_code, rationale FROM feedback.feedback WHERE trace_id = 'tr-1';
SELECT name, value, source_type, source_id FROM feedback.expectations WHERE project = 'mlflow';

\echo
\echo == ... summed up by name and source type, and in one row
SELECT * FROM feedback.trace_summary WHERE trace_id = 'tr-1';
SELECT * FROM feedback.trace_feedback WHERE trace_id = 'tr-1';

\echo
\echo == Over all traces
SELECT * FROM feedback.source_summary WHERE project = 'chatbot';
SELECT * FROM feedback.value_distribution WHERE name IN ('tone', 'user_satisfaction');

\echo
\echo == Bad input is refused whole, and the error says what would be right
\set ON_ERROR_STOP off
\set VERBOSITY verbose
SELECT feedback.log_assessment('tr-1', '{"assessment_name": "tone", "source": {"source_type": "ROBOT"}, "feedback": {"value": 1}}');
SELECT feedback.log_feedback('tr-1', 'score', 'NaN'::float8);
