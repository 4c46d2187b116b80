
-- Intervals and tests.  Null values are left out, a group without values gives null.
-- SQL has no defaults for the arguments of aggregates, so each is declared with and
-- without the last ones.

CREATE FUNCTION feedback_internal.estimate_add(state double precision[], value boolean) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'feedback_estimate_add_boolean'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.estimate_add(double precision[], boolean) IS 'part of wilson_interval';

CREATE FUNCTION feedback_internal.estimate_add(state double precision[], value double precision) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'feedback_estimate_add_number'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.estimate_add(double precision[], double precision) IS 'part of mean_interval';

CREATE FUNCTION feedback_internal.comparison_add(state double precision[], value boolean, is_b boolean) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'feedback_comparison_add_boolean'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.comparison_add(double precision[], boolean, boolean) IS 'part of two_proportion_test';

CREATE FUNCTION feedback_internal.comparison_add(state double precision[], value double precision, is_b boolean) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'feedback_comparison_add_number'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.comparison_add(double precision[], double precision, boolean) IS 'part of welch_test';

CREATE FUNCTION feedback_internal.mcnemar_add(state double precision[], a boolean, b boolean) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'feedback_mcnemar_add'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.mcnemar_add(double precision[], boolean, boolean) IS 'part of mcnemar_test';

CREATE FUNCTION feedback_internal.estimate_add(state double precision[], value boolean, level double precision) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'feedback_estimate_add_boolean'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.estimate_add(double precision[], boolean, double precision) IS 'part of wilson_interval';

CREATE FUNCTION feedback_internal.estimate_add(state double precision[], value double precision, level double precision) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'feedback_estimate_add_number'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.estimate_add(double precision[], double precision, double precision) IS 'part of mean_interval';

CREATE FUNCTION feedback_internal.comparison_add(state double precision[], value boolean, is_b boolean, level double precision) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'feedback_comparison_add_boolean'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.comparison_add(double precision[], boolean, boolean, double precision) IS 'part of two_proportion_test';

CREATE FUNCTION feedback_internal.comparison_add(state double precision[], value double precision, is_b boolean, level double precision) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'feedback_comparison_add_number'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.comparison_add(double precision[], double precision, boolean, double precision) IS 'part of welch_test';

CREATE FUNCTION feedback_internal.mcnemar_add(state double precision[], a boolean, b boolean, level double precision) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'feedback_mcnemar_add'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.mcnemar_add(double precision[], boolean, boolean, double precision) IS 'part of mcnemar_test';

CREATE FUNCTION feedback_internal.paired_t_add(state double precision[], a double precision, b double precision) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'feedback_paired_t_add'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.paired_t_add(double precision[], double precision, double precision) IS 'part of paired_t_test';

CREATE FUNCTION feedback_internal.paired_t_add(state double precision[], a double precision, b double precision, level double precision) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'feedback_paired_t_add'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.paired_t_add(double precision[], double precision, double precision, double precision) IS 'part of paired_t_test';

CREATE FUNCTION feedback_internal.moments_combine(state double precision[], other double precision[]) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'feedback_moments_combine'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.moments_combine(double precision[], double precision[]) IS 'part of mean_interval, welch_test and paired_t_test';

CREATE FUNCTION feedback_internal.counts_combine(state double precision[], other double precision[]) RETURNS double precision[]
    AS 'MODULE_PATHNAME', 'feedback_counts_combine'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.counts_combine(double precision[], double precision[]) IS 'part of wilson_interval, two_proportion_test and mcnemar_test';

CREATE FUNCTION feedback_internal.wilson_interval_result(state double precision[]) RETURNS feedback.estimate
    AS 'MODULE_PATHNAME', 'feedback_wilson_interval'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.wilson_interval_result(double precision[]) IS 'part of wilson_interval';

CREATE FUNCTION feedback_internal.mean_interval_result(state double precision[]) RETURNS feedback.estimate
    AS 'MODULE_PATHNAME', 'feedback_mean_interval'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.mean_interval_result(double precision[]) IS 'part of mean_interval';

CREATE FUNCTION feedback_internal.two_proportion_test_result(state double precision[]) RETURNS feedback.comparison
    AS 'MODULE_PATHNAME', 'feedback_two_proportion_test'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.two_proportion_test_result(double precision[]) IS 'part of two_proportion_test';

CREATE FUNCTION feedback_internal.welch_test_result(state double precision[]) RETURNS feedback.comparison
    AS 'MODULE_PATHNAME', 'feedback_welch_test'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.welch_test_result(double precision[]) IS 'part of welch_test';

CREATE FUNCTION feedback_internal.mcnemar_test_result(state double precision[]) RETURNS feedback.comparison
    AS 'MODULE_PATHNAME', 'feedback_mcnemar_test'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.mcnemar_test_result(double precision[]) IS 'part of mcnemar_test';

CREATE FUNCTION feedback_internal.paired_t_test_result(state double precision[]) RETURNS feedback.comparison
    AS 'MODULE_PATHNAME', 'feedback_paired_t_test'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.paired_t_test_result(double precision[]) IS 'part of paired_t_test';

CREATE AGGREGATE feedback.wilson_interval(value boolean) (
    SFUNC = feedback_internal.estimate_add,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0,0,0}',
    COMBINEFUNC = feedback_internal.counts_combine,
    FINALFUNC = feedback_internal.wilson_interval_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.wilson_interval(boolean) IS
    'share of true, with Wilson''s score interval, at a confidence of 0.95';

CREATE AGGREGATE feedback.wilson_interval(value boolean, level double precision) (
    SFUNC = feedback_internal.estimate_add,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0,0,0}',
    COMBINEFUNC = feedback_internal.counts_combine,
    FINALFUNC = feedback_internal.wilson_interval_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.wilson_interval(boolean, double precision) IS
    'share of true, with Wilson''s score interval';

CREATE AGGREGATE feedback.mean_interval(value double precision) (
    SFUNC = feedback_internal.estimate_add,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0,0,0}',
    COMBINEFUNC = feedback_internal.moments_combine,
    FINALFUNC = feedback_internal.mean_interval_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.mean_interval(double precision) IS
    'mean, with Student''s t interval, at a confidence of 0.95';

CREATE AGGREGATE feedback.mean_interval(value double precision, level double precision) (
    SFUNC = feedback_internal.estimate_add,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0,0,0}',
    COMBINEFUNC = feedback_internal.moments_combine,
    FINALFUNC = feedback_internal.mean_interval_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.mean_interval(double precision, double precision) IS
    'mean, with Student''s t interval';

CREATE AGGREGATE feedback.two_proportion_test(value boolean, is_b boolean) (
    SFUNC = feedback_internal.comparison_add,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0,0,0}',
    COMBINEFUNC = feedback_internal.counts_combine,
    FINALFUNC = feedback_internal.two_proportion_test_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.two_proportion_test(boolean, boolean) IS
    'shares of true of two groups: z test, and Newcombe''s interval of the difference, at a confidence of 0.95';

CREATE AGGREGATE feedback.two_proportion_test(value boolean, is_b boolean, level double precision) (
    SFUNC = feedback_internal.comparison_add,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0,0,0}',
    COMBINEFUNC = feedback_internal.counts_combine,
    FINALFUNC = feedback_internal.two_proportion_test_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.two_proportion_test(boolean, boolean, double precision) IS
    'shares of true of two groups: z test, and Newcombe''s interval of the difference';

CREATE AGGREGATE feedback.welch_test(value double precision, is_b boolean) (
    SFUNC = feedback_internal.comparison_add,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0,0,0}',
    COMBINEFUNC = feedback_internal.moments_combine,
    FINALFUNC = feedback_internal.welch_test_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.welch_test(double precision, boolean) IS
    'means of two groups: Welch''s t test and interval of the difference, at a confidence of 0.95';

CREATE AGGREGATE feedback.welch_test(value double precision, is_b boolean, level double precision) (
    SFUNC = feedback_internal.comparison_add,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0,0,0}',
    COMBINEFUNC = feedback_internal.moments_combine,
    FINALFUNC = feedback_internal.welch_test_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.welch_test(double precision, boolean, double precision) IS
    'means of two groups: Welch''s t test and interval of the difference';

CREATE AGGREGATE feedback.mcnemar_test(a boolean, b boolean) (
    SFUNC = feedback_internal.mcnemar_add,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0,0,0}',
    COMBINEFUNC = feedback_internal.counts_combine,
    FINALFUNC = feedback_internal.mcnemar_test_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.mcnemar_test(boolean, boolean) IS
    'shares of true of pairs: McNemar''s test, exact for fewer than 25 pairs that differ, at a confidence of 0.95';

CREATE AGGREGATE feedback.mcnemar_test(a boolean, b boolean, level double precision) (
    SFUNC = feedback_internal.mcnemar_add,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0,0,0}',
    COMBINEFUNC = feedback_internal.counts_combine,
    FINALFUNC = feedback_internal.mcnemar_test_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.mcnemar_test(boolean, boolean, double precision) IS
    'shares of true of pairs: McNemar''s test, exact for fewer than 25 pairs that differ';

CREATE AGGREGATE feedback.paired_t_test(a double precision, b double precision) (
    SFUNC = feedback_internal.paired_t_add,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0,0,0}',
    COMBINEFUNC = feedback_internal.moments_combine,
    FINALFUNC = feedback_internal.paired_t_test_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.paired_t_test(double precision, double precision) IS
    'means of pairs: Student''s t test and interval of the differences, at a confidence of 0.95';

CREATE AGGREGATE feedback.paired_t_test(a double precision, b double precision, level double precision) (
    SFUNC = feedback_internal.paired_t_add,
    STYPE = double precision[],
    INITCOND = '{0,0,0,0,0,0,0}',
    COMBINEFUNC = feedback_internal.moments_combine,
    FINALFUNC = feedback_internal.paired_t_test_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.paired_t_test(double precision, double precision, double precision) IS
    'means of pairs: Student''s t test and interval of the differences';

CREATE FUNCTION feedback_internal.bootstrap_add(state internal, value double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_bootstrap_add'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.bootstrap_add(internal, double precision) IS 'part of bootstrap_interval';

CREATE FUNCTION feedback_internal.bootstrap_add(state internal, value double precision, level double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_bootstrap_add'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.bootstrap_add(internal, double precision, double precision) IS 'part of bootstrap_interval';

CREATE FUNCTION feedback_internal.bootstrap_add(state internal, value double precision, level double precision, seed bigint) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_bootstrap_add'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.bootstrap_add(internal, double precision, double precision, bigint) IS 'part of bootstrap_interval';

CREATE FUNCTION feedback_internal.bootstrap_add(state internal, value double precision, level double precision, seed bigint, resamples integer) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_bootstrap_add'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.bootstrap_add(internal, double precision, double precision, bigint, integer) IS 'part of bootstrap_interval';

CREATE FUNCTION feedback_internal.bootstrap_combine(state internal, other internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_bootstrap_combine'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.bootstrap_combine(internal, internal) IS 'part of bootstrap_interval';

CREATE FUNCTION feedback_internal.bootstrap_serialize(state internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'feedback_bootstrap_serialize'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.bootstrap_serialize(internal) IS 'part of bootstrap_interval';

CREATE FUNCTION feedback_internal.bootstrap_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_bootstrap_deserialize'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.bootstrap_deserialize(bytea, internal) IS 'part of bootstrap_interval';

CREATE FUNCTION feedback_internal.bootstrap_interval_result(state internal) RETURNS feedback.estimate
    AS 'MODULE_PATHNAME', 'feedback_bootstrap_interval'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.bootstrap_interval_result(internal) IS 'part of bootstrap_interval';

CREATE AGGREGATE feedback.bootstrap_interval(value double precision) (
    SFUNC = feedback_internal.bootstrap_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.bootstrap_combine,
    SERIALFUNC = feedback_internal.bootstrap_serialize,
    DESERIALFUNC = feedback_internal.bootstrap_deserialize,
    FINALFUNC = feedback_internal.bootstrap_interval_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.bootstrap_interval(double precision) IS
    'mean, with the percentile interval of the bootstrap; the same for the same values and seed';

CREATE AGGREGATE feedback.bootstrap_interval(value double precision, level double precision) (
    SFUNC = feedback_internal.bootstrap_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.bootstrap_combine,
    SERIALFUNC = feedback_internal.bootstrap_serialize,
    DESERIALFUNC = feedback_internal.bootstrap_deserialize,
    FINALFUNC = feedback_internal.bootstrap_interval_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.bootstrap_interval(double precision, double precision) IS
    'mean, with the percentile interval of the bootstrap; the same for the same values and seed';

CREATE AGGREGATE feedback.bootstrap_interval(value double precision, level double precision, seed bigint) (
    SFUNC = feedback_internal.bootstrap_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.bootstrap_combine,
    SERIALFUNC = feedback_internal.bootstrap_serialize,
    DESERIALFUNC = feedback_internal.bootstrap_deserialize,
    FINALFUNC = feedback_internal.bootstrap_interval_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.bootstrap_interval(double precision, double precision, bigint) IS
    'mean, with the percentile interval of the bootstrap; the same for the same values and seed';

CREATE AGGREGATE feedback.bootstrap_interval(value double precision, level double precision, seed bigint, resamples integer) (
    SFUNC = feedback_internal.bootstrap_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.bootstrap_combine,
    SERIALFUNC = feedback_internal.bootstrap_serialize,
    DESERIALFUNC = feedback_internal.bootstrap_deserialize,
    FINALFUNC = feedback_internal.bootstrap_interval_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.bootstrap_interval(double precision, double precision, bigint, integer) IS
    'mean, with the percentile interval of the bootstrap; the same for the same values and seed';

-- The first few of many, without sorting all
CREATE FUNCTION feedback_internal.frequent_add(state internal, words text, n bigint) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_frequent_add'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.frequent_add(internal, text, bigint) IS 'part of frequent_words';

CREATE FUNCTION feedback_internal.frequent_words_result(state internal) RETURNS text[]
    AS 'MODULE_PATHNAME', 'feedback_frequent_words'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.frequent_words_result(internal) IS 'part of frequent_words';

CREATE AGGREGATE feedback_internal.frequent_words(words text, n bigint) (
    SFUNC = feedback_internal.frequent_add,
    STYPE = internal,
    FINALFUNC = feedback_internal.frequent_words_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback_internal.frequent_words(text, bigint) IS
    'of texts that come once each with how often they occur, the dozen that occur most often, each as {text,n}; for the report';
