
-- Agreement of raters.  Ratings may be of any type that has an order; two are the
-- same if its operators say so.  A null rating is a missing one.

CREATE FUNCTION feedback_internal.pairs_add(state internal, a anycompatible, b anycompatible) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_pairs_add'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.pairs_add(internal, anycompatible, anycompatible) IS 'part of the aggregates of two raters';

CREATE FUNCTION feedback_internal.pairs_add(state internal, a anycompatible, b anycompatible, weights text) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_pairs_add_weighted'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.pairs_add(internal, anycompatible, anycompatible, text) IS 'part of the aggregates of two raters';

CREATE FUNCTION feedback_internal.pairs_add(state internal, a anycompatible, b anycompatible, weights text, categories anycompatiblearray) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_pairs_add_weighted'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.pairs_add(internal, anycompatible, anycompatible, text, anycompatiblearray) IS 'part of the aggregates of two raters';

CREATE FUNCTION feedback_internal.pairs_add(state internal, a anycompatible, b anycompatible, level double precision) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_pairs_add_leveled'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.pairs_add(internal, anycompatible, anycompatible, double precision) IS 'part of the aggregates of two raters';

CREATE FUNCTION feedback_internal.pairs_add(state internal, a anycompatible, b anycompatible, level double precision, weights text) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_pairs_add_leveled'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.pairs_add(internal, anycompatible, anycompatible, double precision, text) IS 'part of the aggregates of two raters';

CREATE FUNCTION feedback_internal.matrix_combine(state internal, other internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_matrix_combine'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.matrix_combine(internal, internal) IS 'part of the aggregates of two raters';

CREATE FUNCTION feedback_internal.matrix_serialize(state internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'feedback_matrix_serialize'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.matrix_serialize(internal) IS 'part of the aggregates of two raters';

CREATE FUNCTION feedback_internal.matrix_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_matrix_deserialize'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.matrix_deserialize(bytea, internal) IS 'part of the aggregates of two raters';

CREATE FUNCTION feedback_internal.units_add(state internal, ratings anycompatiblearray) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_units_add'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.units_add(internal, anycompatiblearray) IS 'part of the aggregates of several raters';

CREATE FUNCTION feedback_internal.units_add_coincidences(state internal, ratings anycompatiblearray) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_units_add_coincidences'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.units_add_coincidences(internal, anycompatiblearray) IS 'part of the aggregates of several raters';

CREATE FUNCTION feedback_internal.units_add_coincidences(state internal, ratings anycompatiblearray, level text) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_units_add_coincidences'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.units_add_coincidences(internal, anycompatiblearray, text) IS 'part of the aggregates of several raters';

CREATE FUNCTION feedback_internal.units_combine(state internal, other internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_units_combine'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.units_combine(internal, internal) IS 'part of the aggregates of several raters';

CREATE FUNCTION feedback_internal.units_serialize(state internal) RETURNS bytea
    AS 'MODULE_PATHNAME', 'feedback_units_serialize'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.units_serialize(internal) IS 'part of the aggregates of several raters';

CREATE FUNCTION feedback_internal.units_deserialize(bytea, internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'feedback_units_deserialize'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.units_deserialize(bytea, internal) IS 'part of the aggregates of several raters';

CREATE FUNCTION feedback_internal.cohens_kappa_result(state internal) RETURNS double precision
    AS 'MODULE_PATHNAME', 'feedback_cohens_kappa'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.cohens_kappa_result(internal) IS 'part of cohens_kappa';

CREATE FUNCTION feedback_internal.cohens_kappa_interval_result(state internal) RETURNS feedback.estimate
    AS 'MODULE_PATHNAME', 'feedback_cohens_kappa_interval'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.cohens_kappa_interval_result(internal) IS 'part of cohens_kappa_interval';

CREATE FUNCTION feedback_internal.observed_agreement_result(state internal) RETURNS double precision
    AS 'MODULE_PATHNAME', 'feedback_observed_agreement'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.observed_agreement_result(internal) IS 'part of observed_agreement';

CREATE FUNCTION feedback_internal.gwets_ac1_result(state internal) RETURNS double precision
    AS 'MODULE_PATHNAME', 'feedback_gwets_ac1_pairs'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.gwets_ac1_result(internal) IS 'part of gwets_ac1';

CREATE FUNCTION feedback_internal.confusion_matrix_result(state internal) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'feedback_confusion_matrix'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.confusion_matrix_result(internal) IS 'part of confusion_matrix';

CREATE FUNCTION feedback_internal.gwets_ac1_units_result(state internal) RETURNS double precision
    AS 'MODULE_PATHNAME', 'feedback_gwets_ac1_units'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.gwets_ac1_units_result(internal) IS 'part of gwets_ac1';

CREATE FUNCTION feedback_internal.fleiss_kappa_result(state internal) RETURNS double precision
    AS 'MODULE_PATHNAME', 'feedback_fleiss_kappa'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.fleiss_kappa_result(internal) IS 'part of fleiss_kappa';

CREATE FUNCTION feedback_internal.krippendorffs_alpha_result(state internal) RETURNS double precision
    AS 'MODULE_PATHNAME', 'feedback_krippendorffs_alpha'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.krippendorffs_alpha_result(internal) IS 'part of krippendorffs_alpha';

CREATE AGGREGATE feedback.cohens_kappa(a anycompatible, b anycompatible) (
    SFUNC = feedback_internal.pairs_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.matrix_combine,
    SERIALFUNC = feedback_internal.matrix_serialize,
    DESERIALFUNC = feedback_internal.matrix_deserialize,
    FINALFUNC = feedback_internal.cohens_kappa_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.cohens_kappa(anycompatible, anycompatible) IS
    'Cohen''s kappa of two raters; null if nothing is rated by both or chance agreement is 1';

CREATE AGGREGATE feedback.cohens_kappa(a anycompatible, b anycompatible, weights text) (
    SFUNC = feedback_internal.pairs_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.matrix_combine,
    SERIALFUNC = feedback_internal.matrix_serialize,
    DESERIALFUNC = feedback_internal.matrix_deserialize,
    FINALFUNC = feedback_internal.cohens_kappa_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.cohens_kappa(anycompatible, anycompatible, text) IS
    'the same with disagreements weighed by ranks: weights is linear or quadratic';

CREATE AGGREGATE feedback.cohens_kappa(a anycompatible, b anycompatible, weights text, categories anycompatiblearray) (
    SFUNC = feedback_internal.pairs_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.matrix_combine,
    SERIALFUNC = feedback_internal.matrix_serialize,
    DESERIALFUNC = feedback_internal.matrix_deserialize,
    FINALFUNC = feedback_internal.cohens_kappa_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.cohens_kappa(anycompatible, anycompatible, text, anycompatiblearray) IS
    'the same with the ranks of these categories; others are 22023';

CREATE AGGREGATE feedback.cohens_kappa_interval(a anycompatible, b anycompatible) (
    SFUNC = feedback_internal.pairs_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.matrix_combine,
    SERIALFUNC = feedback_internal.matrix_serialize,
    DESERIALFUNC = feedback_internal.matrix_deserialize,
    FINALFUNC = feedback_internal.cohens_kappa_interval_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.cohens_kappa_interval(anycompatible, anycompatible) IS
    'Cohen''s kappa with its interval, at a confidence of 0.95';

CREATE AGGREGATE feedback.cohens_kappa_interval(a anycompatible, b anycompatible, level double precision) (
    SFUNC = feedback_internal.pairs_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.matrix_combine,
    SERIALFUNC = feedback_internal.matrix_serialize,
    DESERIALFUNC = feedback_internal.matrix_deserialize,
    FINALFUNC = feedback_internal.cohens_kappa_interval_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.cohens_kappa_interval(anycompatible, anycompatible, double precision) IS
    'Cohen''s kappa with its interval';

CREATE AGGREGATE feedback.cohens_kappa_interval(a anycompatible, b anycompatible, level double precision, weights text) (
    SFUNC = feedback_internal.pairs_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.matrix_combine,
    SERIALFUNC = feedback_internal.matrix_serialize,
    DESERIALFUNC = feedback_internal.matrix_deserialize,
    FINALFUNC = feedback_internal.cohens_kappa_interval_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.cohens_kappa_interval(anycompatible, anycompatible, double precision, text) IS
    'Cohen''s kappa with linear or quadratic weights, with its interval';

CREATE AGGREGATE feedback.observed_agreement(a anycompatible, b anycompatible) (
    SFUNC = feedback_internal.pairs_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.matrix_combine,
    SERIALFUNC = feedback_internal.matrix_serialize,
    DESERIALFUNC = feedback_internal.matrix_deserialize,
    FINALFUNC = feedback_internal.observed_agreement_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.observed_agreement(anycompatible, anycompatible) IS
    'share of pairs of ratings that agree';

CREATE AGGREGATE feedback.gwets_ac1(a anycompatible, b anycompatible) (
    SFUNC = feedback_internal.pairs_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.matrix_combine,
    SERIALFUNC = feedback_internal.matrix_serialize,
    DESERIALFUNC = feedback_internal.matrix_deserialize,
    FINALFUNC = feedback_internal.gwets_ac1_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.gwets_ac1(anycompatible, anycompatible) IS
    'Gwet''s AC1 of two raters; null for one category';

CREATE AGGREGATE feedback.confusion_matrix(a anycompatible, b anycompatible) (
    SFUNC = feedback_internal.pairs_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.matrix_combine,
    SERIALFUNC = feedback_internal.matrix_serialize,
    DESERIALFUNC = feedback_internal.matrix_deserialize,
    FINALFUNC = feedback_internal.confusion_matrix_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.confusion_matrix(anycompatible, anycompatible) IS
    'how often a rated this and b that, as {"categories": [...], "matrix": [[...]]} with a row for each category of a';

CREATE AGGREGATE feedback.gwets_ac1(ratings anycompatiblearray) (
    SFUNC = feedback_internal.units_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.units_combine,
    SERIALFUNC = feedback_internal.units_serialize,
    DESERIALFUNC = feedback_internal.units_deserialize,
    FINALFUNC = feedback_internal.gwets_ac1_units_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.gwets_ac1(anycompatiblearray) IS
    'Gwet''s AC1 of several raters; a row for each unit, with its ratings';

CREATE AGGREGATE feedback.fleiss_kappa(ratings anycompatiblearray) (
    SFUNC = feedback_internal.units_add,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.units_combine,
    SERIALFUNC = feedback_internal.units_serialize,
    DESERIALFUNC = feedback_internal.units_deserialize,
    FINALFUNC = feedback_internal.fleiss_kappa_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.fleiss_kappa(anycompatiblearray) IS
    'Fleiss'' kappa; a row for each unit, with as many ratings as any other';

CREATE AGGREGATE feedback.krippendorffs_alpha(ratings anycompatiblearray) (
    SFUNC = feedback_internal.units_add_coincidences,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.units_combine,
    SERIALFUNC = feedback_internal.units_serialize,
    DESERIALFUNC = feedback_internal.units_deserialize,
    FINALFUNC = feedback_internal.krippendorffs_alpha_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.krippendorffs_alpha(anycompatiblearray) IS
    'Krippendorff''s alpha of nominal ratings; a row for each unit, with its ratings';

CREATE AGGREGATE feedback.krippendorffs_alpha(ratings anycompatiblearray, level text) (
    SFUNC = feedback_internal.units_add_coincidences,
    STYPE = internal,
    COMBINEFUNC = feedback_internal.units_combine,
    SERIALFUNC = feedback_internal.units_serialize,
    DESERIALFUNC = feedback_internal.units_deserialize,
    FINALFUNC = feedback_internal.krippendorffs_alpha_result,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE feedback.krippendorffs_alpha(anycompatiblearray, text) IS
    'Krippendorff''s alpha; level is nominal, ordinal or interval';
