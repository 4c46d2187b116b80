SELECT count(bench.log_document(trace_id, document)) FROM bench.jsonb_documents;
