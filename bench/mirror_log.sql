\set t random(1, 10000)
SELECT feedback.log_feedback('tr-' || :t, 'helpful', true, 'HUMAN', 'anna', rationale => 'because it is so', metadata => '{"k": "v"}');
