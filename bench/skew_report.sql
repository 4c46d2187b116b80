-- Medians, and what that is by feedback shown or in the trace, for bench/skew.
CREATE TEMP VIEW median AS
    SELECT phase, place, size, max(shown) AS shown, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric AS ms
    FROM bench.time WHERE round > 0 GROUP BY phase, place, size;
\echo
\echo '| over all, ms of CPU (µs per feedback shown) | ordinary rows alone | with the eight | with 100 of 4,000 besides |'
\echo '|---|---:|---:|---:|'
SELECT format('| %s | %s |', q.name, string_agg(round(m.ms, 1) || CASE WHEN m.shown > 10000 THEN format(' (%s)', round(1000 * m.ms / m.shown, 2)) ELSE '' END, ' | '
                                                ORDER BY array_position(ARRAY['uniform', 'eight', 'load'], m.phase)))
FROM bench.query q JOIN median m USING (place) WHERE NOT q.sized GROUP BY q.place, q.name ORDER BY q.place;
\echo
\echo '| of one trace with … feedback, ms of CPU | 1 | 100 | 10,000 | 100,000 | µs per feedback of 10,000 | of 100,000 |'
\echo '|---|---:|---:|---:|---:|---:|---:|'
SELECT format('| %s | %s | %s | %s |', q.name, string_agg(round(m.ms, 2)::text, ' | ' ORDER BY m.size),
              round(max(m.ms) FILTER (WHERE m.size = 10000) / 10, 2), round(max(m.ms) FILTER (WHERE m.size = 100000) / 100, 2))
FROM bench.query q JOIN median m USING (place) WHERE q.sized GROUP BY q.place, q.name ORDER BY q.place;
