SELECT count(feedback.log_feedback(trace_id, name, value, 'LLM_JUDGE', source_id, rationale, metadata)) FROM bench.rows;
