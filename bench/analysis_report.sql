-- Measures, and prints as Markdown what was measured; for bench/analysis.
\set ON_ERROR_STOP on

-- Refreshes: of everything, of nothing, and of 10,000 rows.
SELECT bench.time('SELECT feedback.refresh_summaries()') AS all_rows \gset
CHECKPOINT;
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY bench.time('SELECT feedback.refresh_summaries()')) AS nothing FROM generate_series(1, 11) \gset
VACUUM ANALYZE;
CALL bench.measure('refreshed', :rounds);

SELECT 10000000 + 1 AS first, 1000 AS traces \gset
\ir analysis_data.sql
CALL bench.measure('10,000 more', :rounds);
SELECT bench.time('SELECT feedback.refresh_summaries()') AS some_rows \gset

-- What it takes without rollups, once each; then beside traces with very many
INSERT INTO bench.timing SELECT place, 'direct', bench.time(direct) FROM bench.query WHERE direct IS NOT NULL;
\ir analysis_skew.sql
SELECT feedback.refresh_summaries() \g /dev/null
VACUUM ANALYZE;
CALL bench.measure('skewed', :rounds);

\echo
\echo '| | after a refresh | with 10,000 rows since | read from the rows | beside traces with very many |'
\echo '|---|---:|---:|---:|---:|'
SELECT format('| %s | %s | %s | %s | %s |', q.name, t.refreshed, t.more, coalesce(t.direct || '', ''), t.skewed)
FROM bench.query q,
LATERAL (SELECT round((percentile_cont(0.5) WITHIN GROUP (ORDER BY milliseconds) FILTER (WHERE state = 'refreshed'))::numeric, 2) AS refreshed,
                round((percentile_cont(0.5) WITHIN GROUP (ORDER BY milliseconds) FILTER (WHERE state = '10,000 more'))::numeric, 2) AS more,
                round((percentile_cont(0.5) WITHIN GROUP (ORDER BY milliseconds) FILTER (WHERE state = 'skewed'))::numeric, 2) AS skewed,
                round(max(milliseconds) FILTER (WHERE state = 'direct')::numeric) AS direct
         FROM bench.timing WHERE place = q.place) AS t
ORDER BY q.place;
\echo
SELECT format('A first refresh of all rows takes %s s, one of 10,000 rows %s ms, one of nothing %s ms.',
              round(:all_rows::numeric / 1000, 1), round(:some_rows::numeric, 1), round(:nothing::numeric, 2));
\echo
\echo '| | MB | bytes a row |'
\echo '|---|---:|---:|'
SELECT format('| %s | %s | %s |', relation, round(size / 1e6, 1), round(size::numeric / n, 1))
FROM (SELECT count(*) AS n FROM feedback.assessments) AS c,
LATERAL (
    SELECT 1 AS place, 'feedback.assessments' AS relation, pg_table_size('feedback.assessments') AS size
    UNION ALL
    SELECT 2, indexrelid::regclass::text, pg_relation_size(indexrelid) FROM pg_index WHERE indrelid = 'feedback.assessments'::regclass
    UNION ALL
    SELECT 3, oid::regclass || ' and indexes', pg_total_relation_size(oid) FROM pg_class WHERE relname ~ '^rollup_' AND relkind = 'r'
) AS r
ORDER BY place, relation;
