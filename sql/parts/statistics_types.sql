
CREATE TYPE feedback.estimate AS (
    n bigint,
    estimate double precision,
    low double precision,
    high double precision
);
COMMENT ON TYPE feedback.estimate IS 'an estimate and its confidence interval';
COMMENT ON COLUMN feedback.estimate.n IS 'number of observations';
COMMENT ON COLUMN feedback.estimate.estimate IS 'the estimate; null if there is none';
COMMENT ON COLUMN feedback.estimate.low IS 'lower end of the interval';
COMMENT ON COLUMN feedback.estimate.high IS 'upper end of the interval';

CREATE TYPE feedback.comparison AS (
    n_a bigint,
    n_b bigint,
    estimate_a double precision,
    estimate_b double precision,
    difference double precision,
    low double precision,
    high double precision,
    statistic double precision,
    degrees_of_freedom double precision,
    p_value double precision
);
COMMENT ON TYPE feedback.comparison IS 'two groups, their difference with its confidence interval, and a test of it';
COMMENT ON COLUMN feedback.comparison.n_a IS 'number of observations in group a';
COMMENT ON COLUMN feedback.comparison.n_b IS 'number of observations in group b';
COMMENT ON COLUMN feedback.comparison.estimate_a IS 'mean or share of group a';
COMMENT ON COLUMN feedback.comparison.estimate_b IS 'mean or share of group b';
COMMENT ON COLUMN feedback.comparison.difference IS 'estimate_b minus estimate_a';
COMMENT ON COLUMN feedback.comparison.low IS 'lower end of the interval of the difference';
COMMENT ON COLUMN feedback.comparison.high IS 'upper end of the interval of the difference';
COMMENT ON COLUMN feedback.comparison.statistic IS 'the test''s statistic';
COMMENT ON COLUMN feedback.comparison.degrees_of_freedom IS 'degrees of freedom; null where the test has none';
COMMENT ON COLUMN feedback.comparison.p_value IS 'two-sided p value';
