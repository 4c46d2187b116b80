-- The story that make demo tells, in 120 columns; see test/demo.
\set ON_ERROR_STOP on
\pset footer off
\pset null '·'
\set ECHO queries

\echo == The extension
CREATE EXTENSION feedback;

\echo
\echo == Two users vote, a check measures, a judge reasons, an expert weighs
SET feedback.project = 'chatbot';
SELECT feedback.log_feedback('tr-1', 'helpful', true, source_type => 'HUMAN', source_id => 'user_123');
SELECT feedback.log_feedback('tr-1', 'helpful', false, source_type => 'HUMAN', source_id => 'user_456');
SELECT feedback.log_feedback('tr-1', 'latency', 412);
SELECT feedback.log_feedback('tr-1', 'tone', 'friendly', 'LLM_JUDGE', 'gpt-4o', rationale => 'Greets, then helps.');
SELECT feedback.log_feedback('tr-1', 'quality', '{"accuracy": 0.95}'::jsonb, 'HUMAN', 'expert_1');

\echo
\echo == A judge that failed leaves its error, and a person the ground truth
SELECT feedback.log_feedback('tr-1', 'faithfulness', source_type => 'LLM_JUDGE', source_id => 'gpt-4o',
                             error_code => 'RATE_LIMIT_EXCEEDED', error_message => 'Try again in 20 s.');
SELECT feedback.log_expectation('tr-1', 'expected_answer', 'Paris', source_id => 'expert_1');

\echo
\echo == A judge is overruled, and the expert who did it adds why
SELECT feedback.log_feedback('tr-1', 'relevance', 0.2, 'LLM_JUDGE', 'gpt-4o') AS judged
\gset
SELECT feedback.override_feedback('tr-1', :'judged', 0.9, 'HUMAN', 'expert_1') AS corrected
\gset
SELECT jsonb_pretty(feedback.update_assessment('tr-1', :'corrected',
                                               '{"rationale": "It answers the question."}')) AS updated;

\echo
\echo == Documents that MLflow made, taken as they are
\set ECHO none
CREATE TEMPORARY TABLE sample (line json);
-- Not the samples with an escaped NUL, which no text in PostgreSQL can hold.
\copy sample FROM test/data/mlflow_accepted.jsonl (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02') WHERE line::text !~ '\\u0000'
\set ECHO queries
SELECT line ->> 'id' AS sample, feedback.log_assessment('tr-mlflow', line -> 'document', project => 'mlflow')
FROM sample
WHERE line ->> 'id' IN ('dict-fb-bool-true', 'dict-fb-float-0.1', 'dict-fb-err', 'dict-fb-meta-judge',
                        'dict-fb-rat-unicode', 'proto-fb-dict', 'dict-ex-list');

\echo
\echo == Forty more traces, so that there is something to count
SELECT count(feedback.log_feedback('tr-' || n, 'helpful', n % 4 > 0, 'HUMAN', 'user_' || n % 7)) AS thumbs,
       count(feedback.log_feedback('tr-' || n, 'tone', CASE WHEN n % 3 > 0 THEN 'friendly' ELSE 'curt' END,
                                   'LLM_JUDGE', 'gpt-4o')) AS tones,
       count(feedback.log_feedback('tr-' || n, 'relevance', n % 10 * 0.1, 'LLM_JUDGE', 'gpt-4o')) AS scores
FROM generate_series(2, 41) AS n;

\echo
\echo == What was said about one trace; what was overruled is no longer shown
SELECT name, value, source_type, source_id, error_code, rationale FROM feedback.feedback WHERE trace_id = 'tr-1';
SELECT project, trace_id, name, value, source_type, source_id FROM feedback.expectations;

\echo
\echo == The same, by name and source type, and in one row
SELECT name, source_type, n, n_value, n_error, mean, min, max, n_true, n_false, last_value
FROM feedback.trace_summary WHERE trace_id = 'tr-1';
\x on
SELECT * FROM feedback.trace_feedback WHERE trace_id = 'tr-1';
\x off

\echo
\echo == Over all traces
SELECT * FROM feedback.overview;
SELECT * FROM feedback.value_distribution WHERE name IN ('tone', 'helpful');

\echo
\echo == Traces that somebody disliked
SELECT trace_id, feedback, n FROM feedback.search_traces('feedback.helpful = false');

\echo
\echo == Bad input is refused whole, and the error says what would be right
\set ON_ERROR_STOP off
\set VERBOSITY verbose
SELECT feedback.log_assessment('tr-1', '{"assessment_name": "tone",
                                         "source": {"source_type": "ROBOT"},
                                         "feedback": {"value": "friendly"}}');
SELECT feedback.log_feedback('tr-1', 'score', 'NaN'::double precision);
