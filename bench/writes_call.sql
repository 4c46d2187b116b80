\set trace_id random(1000000000000000000, 8999999999999999999)
\set value random(1, 5)
SELECT feedback.log_feedback(:trace_id, 'answer_relevance', :value::numeric, 'LLM_JUDGE', 'gpt-4o-mini',
    'The answer names the refund period and the form to fill in, but not that opened goods are excluded.', '{"judge_version": "3", "tokens": 412, "prompt": "relevance-v2"}');
