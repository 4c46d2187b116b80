SELECT count(bench.log(trace_id, name, to_jsonb(value), 'LLM_JUDGE', source_id, rationale, metadata)) FROM bench.rows;
