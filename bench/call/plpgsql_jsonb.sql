\set trace_id random(1000000000000000000, 8999999999999999999)
SELECT bench.log_document(:trace_id, :document);
