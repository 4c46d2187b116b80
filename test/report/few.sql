-- Projects with little: one row, errors alone, texts alone, an explicit null, years of it.
SELECT feedback.log_feedback('tr', 'score', 0.1 + 0.2::float8, project => 'one');
SELECT feedback.log_feedback('tr', 'score', source_type => 'LLM_JUDGE', source_id => 'm', error_code => 'E', error_message => 'message', project => 'errors');
SELECT feedback.log_feedback('tr', 'tone', t, project => 'texts') FROM unnest(ARRAY['curt', 'polite', 'curt']) AS t;
SELECT feedback.log_feedback('tr', 'applies', 'null'::jsonb, project => 'nulls');
SELECT count(feedback.log_feedback('tr-' || n, 'helpful', n % 3 > 0, source_type => 'HUMAN', create_time => now() - n * interval '40 hours', project => 'years')),
       count(feedback.log_feedback('tr-' || n, 'profit', (n - 300) * 1e9, create_time => now() - n * interval '40 hours', project => 'years'))
FROM generate_series(0, 600) AS n;
