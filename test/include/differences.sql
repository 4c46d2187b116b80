-- The summary views against a direct GROUP BY: view differences is empty, or else says how they differ.
-- Means and deviations are computed by the views' functions, so that equal sums give equal digits.

CREATE VIEW rows AS
SELECT *, coalesce(numeric_value, boolean_value::int) AS number FROM feedback.feedback;
CREATE VIEW differences AS
WITH summary (view, row) AS (
    SELECT 'source_summary', concat_ws('|', project, name, source_type, n, n_value, n_error, mean, stddev, n_true, n_false)
    FROM feedback.source_summary
    UNION ALL
    SELECT 'hourly_summary', concat_ws('|', project, hour, name, source_type, n, n_value, n_error, mean, stddev, n_true, n_false)
    FROM feedback.hourly_summary
    UNION ALL
    SELECT 'daily_summary', concat_ws('|', project, day, name, source_type, n, n_value, n_error, mean, stddev, n_true, n_false)
    FROM feedback.daily_summary
    UNION ALL
    SELECT 'value_distribution', concat_ws('|', project, name, source_type, value, n, share) FROM feedback.value_distribution
    UNION ALL
    SELECT 'numeric_summary', concat_ws('|', project, name, source_type, n, min, p5, p25, median, p75, p95, max) FROM feedback.numeric_summary
    UNION ALL
    SELECT 'score_histogram', concat_ws('|', project, name, source_type, low, high, n, share) FROM feedback.score_histogram
), direct (view, row) AS (
    SELECT view, concat_ws('|', project, part, name, source_type, count(*), count(*) FILTER (WHERE value <> 'null'), count(error_code),
                           feedback_internal.summary_mean(count(number), sum(number)),
                           feedback_internal.summary_stddev(count(number), sum(number), sum(number * number)),
                           count(*) FILTER (WHERE boolean_value), count(*) FILTER (WHERE NOT boolean_value))
    FROM rows, LATERAL (VALUES ('source_summary', NULL), ('hourly_summary', date_trunc('hour', create_time)::text),
                               ('daily_summary', create_time::date::text)) AS v (view, part)
    GROUP BY view, project, part, name, source_type
    UNION ALL
    SELECT 'value_distribution', concat_ws('|', project, name, source_type,
                                           CASE WHEN jsonb_typeof(value) = 'number' THEN trim_scale(value::numeric)::text
                                                ELSE coalesce(value #>> '{}', 'null') END,
                                           count(*), trim_scale(count(*) / sum(count(*)) OVER (PARTITION BY project, name, source_type)))
    FROM rows WHERE value IS NOT NULL GROUP BY project, name, source_type, value
    UNION ALL
    SELECT 'numeric_summary', concat_ws('|', project, name, source_type, count(*), trim_scale(min(numeric_value)),
                                        trim_scale(percentile_disc(0.05) WITHIN GROUP (ORDER BY numeric_value)),
                                        trim_scale(percentile_disc(0.25) WITHIN GROUP (ORDER BY numeric_value)),
                                        trim_scale(percentile_disc(0.5) WITHIN GROUP (ORDER BY numeric_value)),
                                        trim_scale(percentile_disc(0.75) WITHIN GROUP (ORDER BY numeric_value)),
                                        trim_scale(percentile_disc(0.95) WITHIN GROUP (ORDER BY numeric_value)), trim_scale(max(numeric_value)))
    FROM rows WHERE numeric_value IS NOT NULL GROUP BY project, name, source_type
    UNION ALL
    SELECT 'score_histogram', concat_ws('|', project, name, source_type, trim_scale(low), trim_scale(low + width), count(*),
                                        trim_scale(count(*) / sum(count(*)) OVER (PARTITION BY project, name, source_type)))
    FROM rows,
         LATERAL (SELECT CASE WHEN numeric_value >= 1 THEN ('1e' || length(trunc(numeric_value)::text) - 1)::numeric
                              WHEN numeric_value < -1 THEN ('1e' || length((ceil(-numeric_value) - 1)::text) - 1)::numeric
                              ELSE 0.1 END AS width) AS w,
         LATERAL (SELECT floor(numeric_value / width) * width AS low) AS l
    WHERE numeric_value IS NOT NULL GROUP BY project, name, source_type, low, width
)
SELECT 'is but should not be' AS what, * FROM (TABLE summary EXCEPT ALL TABLE direct) AS d
UNION ALL
SELECT 'should be but is not', * FROM (TABLE direct EXCEPT ALL TABLE summary) AS d;
