-- What applications do, in transactions that stay open for a while, and may be rolled back
\set t random(1, 20)
\set u random(1, 20)
\set new random(1, 2000)
\set v random(1, 1000)
\set what random(1, 13)
\set end random(1, 10)
BEGIN;
\if :what <= 3
SELECT feedback.log_feedback('tr-:t', 'q', :v);
\elif :what <= 6
SELECT public.try($$ SELECT feedback.set_feedback('tr-:t', 'v', :v, source_id => 'u:u') $$);
\elif :what <= 8
SELECT public.try($$ SELECT feedback.override_feedback('tr-:t', public.any_of('tr-:t'), :v) $$);
\elif :what <= 10
SELECT public.try($$ SELECT feedback.delete_assessment('tr-:t', public.any_of('tr-:t')) $$);
\elif :what = 11
SELECT feedback.withdraw_feedback('tr-:t', 'v', 'u:u');
\else
SELECT feedback.log_feedback('new-:new', 'early', :v);
\endif
SELECT pg_sleep(random() * 0.01);
SELECT feedback.log_feedback('tr-:u', 'second', :v);
\if :end = 1
ROLLBACK;
\else
COMMIT;
\endif
