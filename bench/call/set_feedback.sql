\set trace_id random(1000000000000000000, 8999999999999999999)
SELECT feedback.set_feedback(:trace_id, :name, :value::numeric, 'LLM_JUDGE', :source_id, :rationale, :metadata);
