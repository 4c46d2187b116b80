\set trace_id random(1000000000000000000, 8999999999999999999)
SELECT feedback.log_assessment(:trace_id, :document);
