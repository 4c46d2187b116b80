\set trace_id random(1000000000000000000, 8999999999999999999)
SELECT bench.log(:trace_id, :name, :value::jsonb, 'LLM_JUDGE', :source_id, :rationale, :metadata);
