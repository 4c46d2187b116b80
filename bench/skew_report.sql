-- Medians by the size of the trace, and by feedback of the largest, for bench/skew.
CREATE TEMP VIEW median AS
    SELECT place, size, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric AS ms FROM bench.time WHERE round > 0 GROUP BY place, size;
SELECT E'\n| over all | ms |\n|---|---:|';
SELECT format('| %s | %s |', q.name, round(m.ms, 1)) FROM bench.query q JOIN median m USING (place) WHERE NOT q.sized ORDER BY q.place;
SELECT E'\n| of one trace with | 1 | 100 | 10,000 | 100,000 feedback | µs per feedback of the largest |\n|---|---:|---:|---:|---:|---:|';
SELECT format('| %s | %s | %s |', q.name, string_agg(round(m.ms, 2)::text, ' | ' ORDER BY m.size), round(1000 * max(m.ms) FILTER (WHERE m.size = 100000) / 100000, 2))
FROM bench.query q JOIN median m USING (place) WHERE q.sized GROUP BY q.place, q.name ORDER BY q.place;
