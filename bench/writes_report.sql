-- Tables of what bench/writes measured.
CREATE FUNCTION pg_temp.figure(value float8, ratio float8, lowest float8, highest float8, digits int) RETURNS text LANGUAGE sql AS $$
    SELECT round(value::numeric, digits) || CASE WHEN lowest = highest THEN '' ELSE format(' ×%s (%s to %s)', round(ratio::numeric, 2), round(lowest::numeric, 2), round(highest::numeric, 2)) END
$$;
CREATE TEMP VIEW figure AS
SELECT w.place, t.way, t.parts,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY t.cpu) AS cpu, percentile_cont(0.5) WITHIN GROUP (ORDER BY t.cpu / b.cpu) AS cpu_ratio,
       min(t.cpu / b.cpu) AS cpu_least, max(t.cpu / b.cpu) AS cpu_greatest,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY t.elapsed) AS elapsed, percentile_cont(0.5) WITHIN GROUP (ORDER BY t.elapsed / b.elapsed) AS elapsed_ratio,
       min(t.elapsed / b.elapsed) AS elapsed_least, max(t.elapsed / b.elapsed) AS elapsed_greatest
FROM bench.timing t JOIN bench.timing b USING (round, way) JOIN bench.way w ON w.name = t.way
WHERE b.parts = -1 AND round > 0
GROUP BY w.place, t.way, t.parts;

\echo
\echo '100,000 rows in one statement, CPU time of the server per row in microseconds:'
\echo
\echo '| | INSERT ... SELECT | log_feedback | log_assessments |'
\echo '|---|---:|---:|---:|'
SELECT format('| %s | %s |', CASE parts WHEN -1 THEN 'without' WHEN 0 THEN 'stamp' ELSE '+ ' || replace((SELECT index FROM bench.part WHERE place = parts), 'feedback.', '') END,
              string_agg(pg_temp.figure(cpu, cpu_ratio, cpu_least, cpu_greatest, 2), ' | ' ORDER BY place))
FROM figure GROUP BY parts ORDER BY parts;
\echo
\echo 'The same, elapsed:'
\echo
\echo '| | INSERT ... SELECT | log_feedback | log_assessments |'
\echo '|---|---:|---:|---:|'
SELECT format('| %s | %s |', CASE parts WHEN -1 THEN 'without' ELSE 'with all of it' END,
              string_agg(pg_temp.figure(elapsed, elapsed_ratio, elapsed_least, elapsed_greatest, 2), ' | ' ORDER BY place))
FROM figure WHERE parts IN (-1, (SELECT max(parts) FROM figure)) GROUP BY parts ORDER BY parts;
\echo
\echo 'Single calls of log_feedback, one client:'
\echo
\echo '| | calls per second, commit on | commit off | CPU per call in µs, commit on | commit off |'
\echo '|---|---:|---:|---:|---:|'
SELECT format('| %s | %s | %s |', CASE database WHEN 'before' THEN 'without' ELSE 'with all of it' END,
              string_agg(rate, ' | ' ORDER BY commit DESC), string_agg(cpu, ' | ' ORDER BY commit DESC))
FROM (
    SELECT c.database, c.commit,
           pg_temp.figure(percentile_cont(0.5) WITHIN GROUP (ORDER BY c.rate), percentile_cont(0.5) WITHIN GROUP (ORDER BY c.rate / b.rate), min(c.rate / b.rate), max(c.rate / b.rate), 0) AS rate,
           pg_temp.figure(percentile_cont(0.5) WITHIN GROUP (ORDER BY c.cpu), percentile_cont(0.5) WITHIN GROUP (ORDER BY c.cpu / b.cpu), min(c.cpu / b.cpu), max(c.cpu / b.cpu), 1) AS cpu
    FROM bench.call c JOIN bench.call b USING (round, commit) WHERE b.database = 'before' AND round > 0
    GROUP BY c.database, c.commit
) AS f
GROUP BY database ORDER BY database DESC;
\echo
\echo '100,000 calls of log_feedback with a text, in one statement, CPU per call in microseconds:'
\echo
\echo '| | without assessments_long_value_idx | with it |'
\echo '|---|---:|---:|'
SELECT format('| %s bytes | %s |', length, string_agg(figure, ' | ' ORDER BY indexed))
FROM (
    SELECT t.length, t.indexed, pg_temp.figure(percentile_cont(0.5) WITHIN GROUP (ORDER BY t.cpu), percentile_cont(0.5) WITHIN GROUP (ORDER BY t.cpu / b.cpu),
                                               min(t.cpu / b.cpu), max(t.cpu / b.cpu), 2) AS figure
    FROM bench.text_time t JOIN bench.text_time b USING (round, length) WHERE NOT b.indexed AND t.round > 0
    GROUP BY t.length, t.indexed
) AS f
GROUP BY length ORDER BY length;
