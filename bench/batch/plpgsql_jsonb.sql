SELECT count(bench.log_document(trace_id, document::jsonb)) FROM bench.documents;
