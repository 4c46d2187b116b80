-- What becomes of :otlp, the evaluations that emit.py made.
SELECT plan(5);

CREATE TABLE first AS SELECT * FROM feedback.log_otel_evaluations(:'otlp', source_id => 'judge', on_error => 'park');
SELECT results_eq(
    $$ SELECT "position", sqlstate, message FROM first WHERE sqlstate IS NOT NULL $$,
    $$ VALUES (5, '22003', 'gen_ai.evaluation.score.value is not a finite number') $$,
    'NaN is refused');
SELECT results_eq(
    $$ SELECT name COLLATE "C", value, source_type::text, source_id, rationale, error_code, metadata FROM feedback.feedback ORDER BY 1 $$,
    $$ VALUES ('coherence' COLLATE "C", '0.5'::jsonb, 'LLM_JUDGE', 'judge', NULL, NULL, NULL::jsonb),
              ('facts', NULL, 'LLM_JUDGE', 'judge', NULL, 'timeout', NULL),
              ('helpful', '1', 'HUMAN', 'ann', NULL, NULL, '{"form": 7}'),
              ('relevance', '0.75', 'LLM_JUDGE', 'judge', 'It answers the question.', NULL,
               '{"gen_ai.response.id": "chatcmpl-1", "gen_ai.evaluation.score.label": "relevant"}'),
              ('stars', '5', 'LLM_JUDGE', 'judge', NULL, NULL, NULL),
              ('tone', '"polite"', 'LLM_JUDGE', 'judge', NULL, NULL, NULL) $$,
    'log records, events of spans and annotations');
SELECT results_eq(
    $$ SELECT DISTINCT trace_id, span_id, create_time = '2026-01-02 03:04:05.123456Z' FROM feedback.feedback WHERE name <> 'helpful' $$,
    $$ VALUES ('tr-0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331', true) $$,
    'on the trace and span, at the time of the event');

SELECT results_eq(
    format($$ SELECT * FROM feedback.log_otel_evaluations(%L, source_id => 'judge', on_error => 'park') $$, :'otlp'),
    'SELECT * FROM first', 'a repeat gives the same ids');
SELECT is((SELECT concat_ws(' ', (SELECT count(*) FROM feedback.assessments), (SELECT count(*) FROM feedback.rejected_assessments))),
          '6 1', 'and adds nothing');
SELECT * FROM finish();
