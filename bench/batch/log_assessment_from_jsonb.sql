SELECT count(feedback.log_assessment(trace_id, document)) FROM bench.jsonb_documents;
