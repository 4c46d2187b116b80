-- What the views draw for people: bars, lines of the last days, and rounded numbers.
BEGIN;
SELECT plan(42);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL timezone = 'UTC';

-- Bars
SELECT is(feedback.bar(share, width), wanted, format('bar(%s, %s)', share, width))
FROM (VALUES
    (0, 8, ''), (1, 8, '████████'), (0.5, 8, '████'), (0.55, 8, '████▍'), (2, 4, '████'), (-1, 4, ''), ('NaN', 4, NULL), (NULL, 4, NULL)
) AS v (share, width, wanted);
SELECT is(helper.refusal(format('SELECT feedback.bar(1, %s)', width)), '22023 width', format('a bar %s characters wide', width))
FROM unnest(ARRAY[0, 1001]) AS width;

-- Lines
SELECT is(feedback.sparkline(heights), wanted, format('a line of %s', heights))
FROM (VALUES
    ('{0,1,2,3,4,5,6,7}'::float8[], '▁▂▃▄▅▆▇█'), ('{1,0}', '█▁'), ('{5}', '▄'), ('{2,2,2}', '▄▄▄'), ('{1,NULL,3}', '▁.█'), ('{NULL,NULL}', '..'),
    ('{NaN,Infinity,1,2}', '..▁█'), ('{-1e308,1e308,1.7e308}', '▁▆█'), ('{}', ''), ('{{1,2},{3,4}}', '▁▃▆█'), (NULL, NULL)
) AS v (heights, wanted);
SELECT is(feedback.sparkline('{1,2,3}', places, width), wanted, format('a line with places %s of %s', places, width))
FROM (VALUES
    ('{1,3,5}'::int[], 5, '▁.▅.█'), ('{5,3,1}', 5, '█.▅.▁'), ('{0,6,2}', 5, '.▄...'), ('{2,2,2}', 3, '.▄.'), ('{NULL,1,2}', 2, '▁█'), ('{1,2,3}', NULL, '▁▅█'), (NULL, 5, '▁▅█..'),
    ('{2147483647,-2147483648,1}', 2, '▄.')
) AS v (places, width, wanted);
SELECT is(helper.complaint(format('SELECT feedback.sparkline(''{1,2}'', %s)', arguments)), wanted, 'no line with ' || arguments)
FROM (VALUES
    ('''{1}''', 'places are not as many as heights | There are 1 places and 2 heights.'),
    ('NULL, 0', 'width is out of range | A picture is 1 to 1000 characters wide.'),
    ('NULL, 1001', 'width is out of range | A picture is 1 to 1000 characters wide.')
) AS v (arguments, wanted);

-- The last fourteen days: means of numbers and booleans, the number of others, whatever is counted
SELECT count(feedback.log_feedback('tr', name, value, create_time => (current_date - days) + time '12:00')) AS n
FROM (VALUES ('score', '1'::jsonb, 13), ('score', '3', 13), ('score', '9', 0), ('score', '"text"', 1), ('score', '100', 14), ('score', '100', -1),
             ('thumbs', 'true', 2), ('thumbs', 'false', 2), ('thumbs', 'true', 1), ('label', '"a"', 5), ('label', '"b"', 5), ('label', '"a"', 6),
             ('old', '1', 20)) AS v (name, value, days) \gset
SELECT results_eq($$ SELECT name, trend FROM feedback.source_summary ORDER BY name $$,
    $$ VALUES ('label', '.......▁█.....'), ('old', NULL), ('score', '▁............█'), ('thumbs', '...........▁█.') $$,
    'a line of the last fourteen days, of which the last is today');
SELECT is((SELECT count(*)::int FROM feedback.source_summary s JOIN feedback.overview o USING (project, name, source_type, n)
           WHERE o.mean IS NOT DISTINCT FROM round(s.mean, 3) AND o.trend IS NOT DISTINCT FROM s.trend), 4, 'the overview is the same');
SELECT results_eq($$ SELECT n, error_percent, mean, stddev, true_percent FROM feedback.overview WHERE name = 'thumbs' $$,
    $$ VALUES (3::bigint, 0.0, 0.667, 0.577, 66.7) $$, 'in a few digits');
SELECT results_eq($$ SELECT percent::text FROM feedback.value_distribution WHERE name = 'thumbs' ORDER BY value $$, $$ VALUES ('33.3'), ('66.7') $$,
    'a distribution is in percent too');
SET LOCAL timezone = 'Asia/Kathmandu';
SELECT count(feedback.log_feedback('tr', 'night', 1, create_time => (current_date - 3) + time '00:10')) AS n \gset
SELECT is((SELECT trend FROM feedback.source_summary WHERE name = 'night'), '..........▄...', 'days are those of the session''s time zone');
SELECT is((SELECT count(*)::int FROM feedback_internal.recent_trend), 4, 'names without any in these days have no line');

-- A query without the line does not read the days
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN ' || query; END $$;
SELECT is((SELECT count(*)::int FROM pg_temp.plan_of('SELECT name, n, mean FROM feedback.source_summary') AS line WHERE line ~ 'rollup_days|rollup_cells|uncounted_days'), 0,
    'a line that is not asked for is not drawn');
SELECT cmp_ok((SELECT count(*)::int FROM pg_temp.plan_of('SELECT * FROM feedback.source_summary') AS line WHERE line ~ 'rollup_days|rollup_cells|uncounted_days'), '>', 0,
    'one that is asked for is');

-- In ASCII
SET LOCAL client_encoding = 'LATIN1';
SELECT is(feedback.bar(0.5, 8), '####', 'a bar for a client that has no blocks');
SELECT is(feedback.sparkline('{0,1,NULL,7}'), '12.8', 'a line for a client that has no blocks');

SELECT * FROM finish();
ROLLBACK;
