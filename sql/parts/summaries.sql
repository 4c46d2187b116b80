
-- In C, and to the same digits whatever way the sums came about: one that trailing
-- zeros were added to and removed from may have more of them.
CREATE FUNCTION feedback_internal.summary_mean(n bigint, total numeric) RETURNS numeric
    AS 'MODULE_PATHNAME', 'feedback_summary_mean'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.summary_mean(bigint, numeric) IS
    'mean of n numbers with this total; null for none';

CREATE FUNCTION feedback_internal.summary_stddev(n bigint, total numeric, squares numeric) RETURNS numeric
    AS 'MODULE_PATHNAME', 'feedback_summary_stddev'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.summary_stddev(bigint, numeric, numeric) IS
    'standard deviation of a sample of n numbers with this total and this sum of squares; null for fewer than two';

-- A line of the last days, from the days or the cells since a day before them, whose
-- hours are an index.  The groups are those of source_summary, which reads this only
-- where its trend is asked for: a left join to groups can be left out.
CREATE VIEW feedback_internal.recent_trend WITH (security_invoker = true) AS
SELECT d.project,
       d.name,
       d.source_type,
       feedback.sparkline(array_agg(CASE WHEN d.is_number THEN (d.total / nullif(d.n_number, 0))::double precision ELSE d.n END),
                          array_agg(d.place), 14) AS trend
FROM (
    SELECT f.project,
           f.name,
           f.source_type,
           f.day - current_date + 14 AS place,
           sum(f.n)::double precision AS n,
           sum(f.n_numeric + f.n_true + f.n_false) AS n_number,
           sum(f.total) + sum(f.n_true) AS total,
           sum(sum(f.n_numeric + f.n_true + f.n_false)) OVER (PARTITION BY f.project, f.name, f.source_type) > 0 AS is_number
    FROM (
        SELECT project, name, source_type, n, n_true, n_false, n_numeric, total, day
        FROM feedback_internal.counted_days
        WHERE (SELECT feedback_internal.is_session_time_zone(s.time_zone) FROM feedback_internal.counted_state s)
          AND day > current_date - 14 AND day <= current_date
        UNION ALL
        SELECT project, name, source_type, n, n_true, n_false, n_numeric, total, cell::date
        FROM feedback_internal.counted_cells
        WHERE hour >= (SELECT CASE WHEN feedback_internal.summary_grain() <> 'row' AND NOT feedback_internal.is_session_time_zone(s.time_zone)
                                   THEN now() - interval '16 days' END
                       FROM feedback_internal.counted_state s)
          AND cell::date > current_date - 14 AND cell::date <= current_date
        UNION ALL
        SELECT project, name, source_type, n, n_true, n_false, n_numeric, total, day
        FROM feedback_internal.uncounted_days(current_setting('TimeZone'))
        WHERE day > current_date - 14 AND day <= current_date
    ) f
    GROUP BY f.project, f.name, f.source_type, f.day
    HAVING sum(f.n) <> 0
) d
GROUP BY d.project, d.name, d.source_type;

COMMENT ON VIEW feedback_internal.recent_trend IS
    'a line of the last 14 days, today included, of valid feedback by project, name and source type; days of the session''s time zone';
COMMENT ON COLUMN feedback_internal.recent_trend.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback_internal.recent_trend.name IS 'what is assessed';
COMMENT ON COLUMN feedback_internal.recent_trend.source_type IS 'who assessed';
COMMENT ON COLUMN feedback_internal.recent_trend.trend IS
    'a character a day, for the mean of numbers and booleans, from the least to the greatest; for the number of feedback where there are neither; a dot for a day without';

CREATE VIEW feedback.source_summary WITH (security_invoker = true) AS
SELECT s.project,
       s.name,
       s.source_type,
       s.n,
       s.n_value,
       s.n_error,
       feedback_internal.summary_mean(s.n_numeric + s.n_true + s.n_false, s.total + s.n_true) AS mean,
       feedback_internal.summary_stddev(s.n_numeric + s.n_true + s.n_false, s.total + s.n_true, s.squares + s.n_true) AS stddev,
       s.n_true,
       s.n_false,
       t.trend
FROM (
    SELECT f.project,
           f.name,
           f.source_type,
           sum(f.n)::bigint AS n,
           sum(f.n_value)::bigint AS n_value,
           sum(f.n_error)::bigint AS n_error,
           sum(f.n_true)::bigint AS n_true,
           sum(f.n_false)::bigint AS n_false,
           sum(f.n_numeric)::bigint AS n_numeric,
           sum(f.total) AS total,
           sum(f.squares) AS squares
    FROM (
        SELECT * FROM feedback_internal.counted_totals
        UNION ALL
        SELECT * FROM feedback_internal.uncounted_totals()
    ) f
    GROUP BY f.project, f.name, f.source_type
    HAVING sum(f.n) <> 0
) s
LEFT JOIN feedback_internal.recent_trend t ON t.project = s.project AND t.name = s.name AND t.source_type = s.source_type;

COMMENT ON VIEW feedback.source_summary IS
    'valid feedback by project, name and source type';
COMMENT ON COLUMN feedback.source_summary.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback.source_summary.name IS 'what is assessed';
COMMENT ON COLUMN feedback.source_summary.source_type IS 'who assessed';
COMMENT ON COLUMN feedback.source_summary.n IS 'number of feedback';
COMMENT ON COLUMN feedback.source_summary.n_value IS 'of these, with a value other than JSON null';
COMMENT ON COLUMN feedback.source_summary.n_error IS 'of these, with an error';
COMMENT ON COLUMN feedback.source_summary.mean IS 'mean of numbers and booleans, true as 1 and false as 0; text is no number';
COMMENT ON COLUMN feedback.source_summary.stddev IS 'standard deviation of the sample, of numbers and booleans';
COMMENT ON COLUMN feedback.source_summary.n_true IS 'how many are true';
COMMENT ON COLUMN feedback.source_summary.n_false IS 'how many are false';
COMMENT ON COLUMN feedback.source_summary.trend IS
    'the last 14 days, a character each: their mean, or how much feedback where there is none; null if there was nothing';

-- The same for people: numbers of a few digits, which are aligned, and shares in percent
CREATE VIEW feedback.overview WITH (security_invoker = true) AS
SELECT s.project,
       s.name,
       s.source_type,
       s.n,
       round(100.0 * s.n_error / s.n, 1) AS error_percent,
       round(s.mean, 3) AS mean,
       round(s.stddev, 3) AS stddev,
       round(100.0 * s.n_true / nullif(s.n_true + s.n_false, 0), 1) AS true_percent,
       s.trend
FROM feedback.source_summary s
ORDER BY s.project, s.name, s.source_type;

COMMENT ON VIEW feedback.overview IS
    'source_summary to read in a terminal: rounded, aligned, and in order';
COMMENT ON COLUMN feedback.overview.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback.overview.name IS 'what is assessed';
COMMENT ON COLUMN feedback.overview.source_type IS 'who assessed';
COMMENT ON COLUMN feedback.overview.n IS 'number of feedback';
COMMENT ON COLUMN feedback.overview.error_percent IS 'of these, with an error, in percent';
COMMENT ON COLUMN feedback.overview.mean IS 'mean of numbers and booleans, true as 1 and false as 0';
COMMENT ON COLUMN feedback.overview.stddev IS 'standard deviation of the sample, of numbers and booleans';
COMMENT ON COLUMN feedback.overview.true_percent IS 'how many of the booleans are true, in percent';
COMMENT ON COLUMN feedback.overview.trend IS 'the last 14 days, a character each, as in source_summary';

-- From the cells of a UTC hour at once, if the session's hours are UTC's since 2012; so that a
-- condition on the hour can use the index
CREATE VIEW feedback.hourly_summary WITH (security_invoker = true) AS
SELECT s.project,
       s.hour,
       s.name,
       s.source_type,
       s.n,
       s.n_value,
       s.n_error,
       feedback_internal.summary_mean(s.n_numeric + s.n_true + s.n_false, s.total + s.n_true) AS mean,
       feedback_internal.summary_stddev(s.n_numeric + s.n_true + s.n_false, s.total + s.n_true, s.squares + s.n_true) AS stddev,
       s.n_true,
       s.n_false
FROM (
    SELECT f.project,
           f.hour,
           f.name,
           f.source_type,
           sum(f.n)::bigint AS n,
           sum(f.n_value)::bigint AS n_value,
           sum(f.n_error)::bigint AS n_error,
           sum(f.n_true)::bigint AS n_true,
           sum(f.n_false)::bigint AS n_false,
           sum(f.n_numeric)::bigint AS n_numeric,
           sum(f.total) AS total,
           sum(f.squares) AS squares
    FROM (
        SELECT project, name, source_type, n, n_value, n_error, n_true, n_false, n_numeric, total, squares,
               hour
        FROM feedback_internal.counted_cells
        WHERE hour >= '2012-01-01 00:00:00+00' AND (SELECT feedback_internal.summary_grain()) = 'hour'
        UNION ALL
        SELECT project, name, source_type, n, n_value, n_error, n_true, n_false, n_numeric, total, squares,
               date_trunc('hour', cell) AS hour
        FROM feedback_internal.counted_cells
        WHERE hour >= '2012-01-01 00:00:00+00' AND (SELECT feedback_internal.summary_grain()) = 'cell'
        UNION ALL
        SELECT project, name, source_type, n, n_value, n_error, n_true, n_false, n_numeric, total, squares,
               date_trunc('hour', cell) AS hour
        FROM feedback_internal.counted_cells
        WHERE hour < '2012-01-01 00:00:00+00' AND (SELECT feedback_internal.summary_grain()) <> 'row'
        UNION ALL
        SELECT * FROM feedback_internal.uncounted_hours()
    ) f
    GROUP BY f.project, f.name, f.source_type, f.hour
    HAVING sum(f.n) <> 0
) s;

COMMENT ON VIEW feedback.hourly_summary IS
    'valid feedback by project, hour, name and source type';
COMMENT ON COLUMN feedback.hourly_summary.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback.hourly_summary.hour IS 'hour of the session''s time zone, as the time at which it starts';
COMMENT ON COLUMN feedback.hourly_summary.name IS 'what is assessed';
COMMENT ON COLUMN feedback.hourly_summary.source_type IS 'who assessed';
COMMENT ON COLUMN feedback.hourly_summary.n IS 'number of feedback';
COMMENT ON COLUMN feedback.hourly_summary.n_value IS 'of these, with a value other than JSON null';
COMMENT ON COLUMN feedback.hourly_summary.n_error IS 'of these, with an error';
COMMENT ON COLUMN feedback.hourly_summary.mean IS 'mean of numbers and booleans, true as 1 and false as 0; text is no number';
COMMENT ON COLUMN feedback.hourly_summary.stddev IS 'standard deviation of the sample, of numbers and booleans';
COMMENT ON COLUMN feedback.hourly_summary.n_true IS 'how many are true';
COMMENT ON COLUMN feedback.hourly_summary.n_false IS 'how many are false';

CREATE VIEW feedback.daily_summary WITH (security_invoker = true) AS
SELECT s.project,
       s.day,
       s.name,
       s.source_type,
       s.n,
       s.n_value,
       s.n_error,
       feedback_internal.summary_mean(s.n_numeric + s.n_true + s.n_false, s.total + s.n_true) AS mean,
       feedback_internal.summary_stddev(s.n_numeric + s.n_true + s.n_false, s.total + s.n_true, s.squares + s.n_true) AS stddev,
       s.n_true,
       s.n_false
FROM (
    SELECT f.project,
           f.day,
           f.name,
           f.source_type,
           sum(f.n)::bigint AS n,
           sum(f.n_value)::bigint AS n_value,
           sum(f.n_error)::bigint AS n_error,
           sum(f.n_true)::bigint AS n_true,
           sum(f.n_false)::bigint AS n_false,
           sum(f.n_numeric)::bigint AS n_numeric,
           sum(f.total) AS total,
           sum(f.squares) AS squares
    FROM (
        SELECT project, name, source_type, n, n_value, n_error, n_true, n_false, n_numeric, total, squares,
               day
        FROM feedback_internal.counted_days
        WHERE (SELECT feedback_internal.is_session_time_zone(s.time_zone) FROM feedback_internal.counted_state s)
        UNION ALL
        SELECT project, name, source_type, n, n_value, n_error, n_true, n_false, n_numeric, total, squares,
               cell::date AS day
        FROM feedback_internal.counted_cells
        WHERE (SELECT feedback_internal.summary_grain() <> 'row' AND NOT feedback_internal.is_session_time_zone(s.time_zone)
                        FROM feedback_internal.counted_state s)
        UNION ALL
        SELECT * FROM feedback_internal.uncounted_days(current_setting('TimeZone'))
    ) f
    GROUP BY f.project, f.name, f.source_type, f.day
    HAVING sum(f.n) <> 0
) s;

COMMENT ON VIEW feedback.daily_summary IS
    'valid feedback by project, day, name and source type';
COMMENT ON COLUMN feedback.daily_summary.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback.daily_summary.day IS 'day of the session''s time zone';
COMMENT ON COLUMN feedback.daily_summary.name IS 'what is assessed';
COMMENT ON COLUMN feedback.daily_summary.source_type IS 'who assessed';
COMMENT ON COLUMN feedback.daily_summary.n IS 'number of feedback';
COMMENT ON COLUMN feedback.daily_summary.n_value IS 'of these, with a value other than JSON null';
COMMENT ON COLUMN feedback.daily_summary.n_error IS 'of these, with an error';
COMMENT ON COLUMN feedback.daily_summary.mean IS 'mean of numbers and booleans, true as 1 and false as 0; text is no number';
COMMENT ON COLUMN feedback.daily_summary.stddev IS 'standard deviation of the sample, of numbers and booleans';
COMMENT ON COLUMN feedback.daily_summary.n_true IS 'how many are true';
COMMENT ON COLUMN feedback.daily_summary.n_false IS 'how many are false';

CREATE VIEW feedback.value_counts WITH (security_invoker = true) AS
SELECT s.project, s.name, s.source_type, l.value, l.n
FROM (
    SELECT f.project, f.name, f.source_type, f.value, sum(f.n)::bigint AS n
    FROM (
        -- a list is a bucket of long numbers: long_values is to be read once for all
        SELECT project, name, source_type, CASE WHEN jsonb_typeof(value) = 'array' THEN '{}' ELSE value END AS value, n
        FROM feedback_internal.counted_values
        UNION ALL
        SELECT project, name, source_type, CASE WHEN jsonb_typeof(value) = 'array' THEN '{}' ELSE value END, n
        FROM feedback_internal.uncounted_values()
    ) f
    GROUP BY f.project, f.name, f.source_type, f.value
    HAVING sum(f.n) <> 0
) s
CROSS JOIN LATERAL (
    SELECT s.value, s.n WHERE s.value <> '{}'
    UNION ALL
    SELECT long.value, long.n FROM feedback_internal.long_values(s.project, s.name, s.source_type) long WHERE s.value = '{}'
) l;

COMMENT ON VIEW feedback.value_counts IS
    'how often each value occurs among valid feedback, by project, name and source type';
COMMENT ON COLUMN feedback.value_counts.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback.value_counts.name IS 'what is assessed';
COMMENT ON COLUMN feedback.value_counts.source_type IS 'who assessed';
COMMENT ON COLUMN feedback.value_counts.value IS 'the value, as JSON';
COMMENT ON COLUMN feedback.value_counts.n IS 'how often it occurs';

CREATE VIEW feedback.value_distribution WITH (security_invoker = true) AS
SELECT d.project,
       d.name,
       d.source_type,
       CASE WHEN jsonb_typeof(d.value) = 'number' THEN trim_scale(d.value::numeric)::text
            ELSE coalesce(d.value #>> '{}', 'null') END AS value,
       d.n,
       trim_scale(d.n / d.total) AS share,
       feedback.bar((d.n / d.total)::double precision, 20) AS bar,
       round(100 * d.n / d.total, 1) AS percent
FROM (
    -- never 0; but the rollups have to be readable when they are wrong
    SELECT c.*,
           nullif(sum(c.n) OVER (PARTITION BY c.project, c.name, c.source_type), 0) AS total
    FROM feedback.value_counts c
) d
ORDER BY d.project, d.name, d.source_type, d.n DESC, value;

COMMENT ON VIEW feedback.value_distribution IS
    'how often each value occurs among valid feedback, by project, name and source type; the most frequent first';
COMMENT ON COLUMN feedback.value_distribution.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback.value_distribution.name IS 'what is assessed';
COMMENT ON COLUMN feedback.value_distribution.source_type IS 'who assessed';
COMMENT ON COLUMN feedback.value_distribution.value IS 'the value as text; lists, objects and null as JSON';
COMMENT ON COLUMN feedback.value_distribution.n IS 'how often it occurs';
COMMENT ON COLUMN feedback.value_distribution.share IS 'its share of the values of this project, name and source type';
COMMENT ON COLUMN feedback.value_distribution.bar IS 'the share as a bar';
COMMENT ON COLUMN feedback.value_distribution.percent IS 'the share in percent, to one decimal';

-- From what is counted alone, long numbers too: a few rows, however many numbers differ
CREATE VIEW feedback.score_histogram WITH (security_invoker = true) AS
SELECT h.project,
       h.name,
       h.source_type,
       h.low,
       trim_scale(h.low + CASE WHEN h.low >= 1 THEN ('1e' || length(h.low::text) - 1)::numeric
                               WHEN h.low < -1 THEN ('1e' || length((-1 - h.low)::text) - 1)::numeric
                               ELSE 0.1 END) AS high,
       h.n,
       trim_scale(h.n / h.total) AS share,
       feedback.bar((h.n / h.total)::double precision, 20) AS bar
FROM (
    SELECT b.project,
           b.name,
           b.source_type,
           b.low,
           sum(b.n)::bigint AS n,
           nullif(sum(sum(b.n)) OVER (PARTITION BY b.project, b.name, b.source_type), 0) AS total
    FROM (
        SELECT f.project,
               f.name,
               f.source_type,
               f.n,
               CASE jsonb_typeof(f.value) WHEN 'array' THEN (f.value -> 0)::numeric
                                          WHEN 'number' THEN feedback_internal.histogram_low(f.value::numeric) END AS low
        FROM (
            SELECT * FROM feedback_internal.counted_values
            UNION ALL
            SELECT * FROM feedback_internal.uncounted_values()
        ) f
        WHERE jsonb_typeof(f.value) IN ('array', 'number')
    ) b
    GROUP BY b.project, b.name, b.source_type, b.low
    HAVING sum(b.n) <> 0
) h
ORDER BY h.project, h.name, h.source_type, h.low;

COMMENT ON VIEW feedback.score_histogram IS
    'how many numbers of valid feedback lie in each bucket, by project, name and source type: tenths from -1 to 1, beyond numbers with the same leading digit';
COMMENT ON COLUMN feedback.score_histogram.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback.score_histogram.name IS 'what is assessed';
COMMENT ON COLUMN feedback.score_histogram.source_type IS 'who assessed';
COMMENT ON COLUMN feedback.score_histogram.low IS 'start of the bucket, which lies in it';
COMMENT ON COLUMN feedback.score_histogram.high IS 'end of the bucket, which lies in the next';
COMMENT ON COLUMN feedback.score_histogram.n IS 'how many numbers lie in it';
COMMENT ON COLUMN feedback.score_histogram.share IS 'their share of the numbers of this project, name and source type';
COMMENT ON COLUMN feedback.score_histogram.bar IS 'the share as a bar';

-- A percentile is the least value that so many values do not exceed, as percentile_disc has it.
CREATE VIEW feedback.numeric_summary WITH (security_invoker = true) AS
SELECT c.project,
       c.name,
       c.source_type,
       max(c.total)::bigint AS n,
       min(c.value) AS min,
       min(c.value) FILTER (WHERE c.upto >= 0.05 * c.total) AS p5,
       min(c.value) FILTER (WHERE c.upto >= 0.25 * c.total) AS p25,
       min(c.value) FILTER (WHERE c.upto >= 0.5 * c.total) AS median,
       min(c.value) FILTER (WHERE c.upto >= 0.75 * c.total) AS p75,
       min(c.value) FILTER (WHERE c.upto >= 0.95 * c.total) AS p95,
       max(c.value) AS max
FROM (
    SELECT v.project,
           v.name,
           v.source_type,
           trim_scale(v.value::numeric) AS value,
           sum(v.n) OVER (PARTITION BY v.project, v.name, v.source_type ORDER BY v.value) AS upto,
           sum(v.n) OVER (PARTITION BY v.project, v.name, v.source_type) AS total
    FROM feedback.value_counts v
    WHERE jsonb_typeof(v.value) = 'number'
) c
GROUP BY c.project, c.name, c.source_type;

COMMENT ON VIEW feedback.numeric_summary IS
    'least and greatest number and percentiles of valid feedback, by project, name and source type; exact';
COMMENT ON COLUMN feedback.numeric_summary.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback.numeric_summary.name IS 'what is assessed';
COMMENT ON COLUMN feedback.numeric_summary.source_type IS 'who assessed';
COMMENT ON COLUMN feedback.numeric_summary.n IS 'how many numbers';
COMMENT ON COLUMN feedback.numeric_summary.min IS 'least number';
COMMENT ON COLUMN feedback.numeric_summary.p5 IS 'least number that 5 % of the numbers do not exceed';
COMMENT ON COLUMN feedback.numeric_summary.p25 IS 'least number that 25 % do not exceed';
COMMENT ON COLUMN feedback.numeric_summary.median IS 'least number that half of the numbers do not exceed';
COMMENT ON COLUMN feedback.numeric_summary.p75 IS 'least number that 75 % do not exceed';
COMMENT ON COLUMN feedback.numeric_summary.p95 IS 'least number that 95 % do not exceed';
COMMENT ON COLUMN feedback.numeric_summary.max IS 'greatest number';
