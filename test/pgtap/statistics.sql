-- The aggregates of agreement and uncertainty: what test/statistics does not compare with libraries, which is nulls, groups
-- without values, settings, errors, windows, parallel plans, and calls by hand of the functions that they consist of.
BEGIN;
\ir ../include/helpers.sql
SELECT * FROM no_plan();
SET LOCAL search_path = public, pg_catalog;

CREATE TEMP TABLE rating (i integer, g integer, a integer, b integer, c integer);
INSERT INTO rating VALUES
    (1, 1, 1, 1, 1), (2, 1, 2, 2, 1), (3, 1, 3, 3, 3), (4, 1, 1, 2, 2), (5, 1, NULL, 1, 1), (6, 1, 2, NULL, NULL),
    (7, 2, 1, 1, 1), (8, 2, 1, 1, 1), -- one category
    (9, 3, NULL, 1, NULL), (10, 3, 1, NULL, NULL), -- no pair
    (11, 4, NULL, NULL, NULL); -- nothing

-- Nulls are missing ratings and values; what is left decides.
SELECT results_eq(
    $$ SELECT g, round(feedback.cohens_kappa(a, b)::numeric, 6), round(feedback.observed_agreement(a, b)::numeric, 6),
              round(feedback.gwets_ac1(a, b)::numeric, 6), feedback.confusion_matrix(a, b)
       FROM rating GROUP BY g ORDER BY g $$,
    $$ VALUES (1, 0.636364, 0.75, 0.627907, '{"categories": [1, 2, 3], "matrix": [[1, 1, 0], [0, 1, 0], [0, 0, 1]]}'::jsonb),
              (2, NULL, 1, NULL, '{"categories": [1], "matrix": [[2]]}'),
              (3, NULL, NULL, NULL, NULL),
              (4, NULL, NULL, NULL, NULL) $$,
    'two raters: pairs without nulls count, kappa is null for one category, all is null for no pair');
SELECT results_eq(
    $$ SELECT g, round(feedback.krippendorffs_alpha(ARRAY[a, b, c])::numeric, 6), round(feedback.gwets_ac1(ARRAY[a, b, c])::numeric, 6),
              feedback.fleiss_kappa(ARRAY[a, b, c]) FILTER (WHERE g = 2) IS NULL
       FROM rating GROUP BY g ORDER BY g $$,
    $$ VALUES (1, 0.573770, 0.612556, true), (2, NULL, NULL, true), (3, NULL, NULL, true), (4, NULL, NULL, true) $$,
    'several raters: a unit takes part in agreement from its second rating on');
SELECT results_eq(
    $$ SELECT g, (feedback.cohens_kappa_interval(a, b)).n, (feedback.cohens_kappa_interval(a, b)).estimate IS NULL,
              (feedback.cohens_kappa_interval(a, b)).low IS NULL FROM rating GROUP BY g ORDER BY g $$,
    $$ VALUES (1, 4::bigint, false, false), (2, 2, true, true), (3, NULL, true, true), (4, NULL, true, true) $$,
    'the interval of kappa has its n even where there is no kappa');

CREATE TEMP TABLE aggregate (call text);
INSERT INTO aggregate VALUES ('cohens_kappa(a, b)'), ('cohens_kappa(a, b, ''linear'')'), ('cohens_kappa(a, b, ''linear'', ''{1,2,3}'')'),
    ('cohens_kappa_interval(a, b)'), ('cohens_kappa_interval(a, b, 0.9)'), ('cohens_kappa_interval(a, b, 0.9, ''quadratic'')'),
    ('observed_agreement(a, b)'), ('gwets_ac1(a, b)'), ('confusion_matrix(a, b)'),
    ('gwets_ac1(ARRAY[a, b])'), ('fleiss_kappa(ARRAY[a, a])'), ('krippendorffs_alpha(ARRAY[a, b])'), ('krippendorffs_alpha(ARRAY[a, b], ''ordinal'')'),
    ('wilson_interval(a = 1)'), ('wilson_interval(a = 1, 0.9)'), ('mean_interval(a)'), ('mean_interval(a, 0.9)'),
    ('two_proportion_test(a = 1, b = 1)'), ('two_proportion_test(a = 1, b = 1, 0.9)'), ('welch_test(a, b = 1)'), ('welch_test(a, b = 1, 0.9)'),
    ('mcnemar_test(a = 1, b = 1)'), ('mcnemar_test(a = 1, b = 1, 0.9)'), ('paired_t_test(a, b)'), ('paired_t_test(a, b, 0.9)'),
    ('bootstrap_interval(a)'), ('bootstrap_interval(a, 0.9)'), ('bootstrap_interval(a, 0.9, 7)'), ('bootstrap_interval(a, 0.9, 7, 100)');

-- What a call gives as text, over these rows
CREATE FUNCTION pg_temp.result(call text, source text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT (feedback.%s)::text FROM %s', call, source) INTO result;
    RETURN result;
END $$;
SELECT is(pg_temp.result(call, 'rating WHERE false'), NULL, call || ' of no rows is null') FROM aggregate;
SELECT is(pg_temp.result(call, 'rating WHERE g = 4'), NULL, call || ' of nulls is null') FROM aggregate;
SELECT isnt(pg_temp.result(replace(replace(call, 'fleiss_kappa(ARRAY[a, a])', 'fleiss_kappa(ARRAY[a, c])'), ')', ')'), 'rating WHERE g = 1 AND i < 5'), NULL,
    call || ' of some is something') FROM aggregate;

-- In a window with a moving frame a result is asked for again and again, between rows that are added.
CREATE FUNCTION pg_temp.over_window(call text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT (feedback.%s OVER (ORDER BY i ROWS BETWEEN 2 PRECEDING AND CURRENT ROW))::text FROM rating ORDER BY i', call);
END $$;
CREATE FUNCTION pg_temp.over_frames(call text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT pg_temp.result(call, format('(SELECT * FROM rating WHERE i BETWEEN %s AND %s ORDER BY i) AS f', i - 2, i)) FROM rating ORDER BY i
$$;
SELECT results_eq(format('SELECT pg_temp.over_window(%L)', call), format('SELECT pg_temp.over_frames(%L)', call), call || ' over a moving window')
FROM aggregate;
CREATE FUNCTION pg_temp.growing_window(call text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT (feedback.%s OVER (ORDER BY i))::text FROM rating ORDER BY i', call);
END $$;
CREATE FUNCTION pg_temp.growing_frames(call text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT pg_temp.result(call, format('(SELECT * FROM rating WHERE i <= %s ORDER BY i) AS f', i)) FROM rating ORDER BY i
$$;
SELECT results_eq(format('SELECT pg_temp.growing_window(%L)', call), format('SELECT pg_temp.growing_frames(%L)', call), call || ' over a growing window')
FROM aggregate;

-- FILTER, DISTINCT, ORDER BY, ROLLUP
SELECT is(feedback.observed_agreement(a, b) FILTER (WHERE i > 1), 2 / 3::float8, 'FILTER') FROM rating WHERE g = 1;
SELECT is((feedback.mean_interval(DISTINCT a)).n, 3::bigint, 'DISTINCT') FROM rating;
SELECT is(feedback.confusion_matrix(DISTINCT a, b), '{"categories": [1, 2, 3], "matrix": [[1, 1, 0], [0, 1, 0], [0, 0, 1]]}', 'DISTINCT pairs') FROM rating;
SELECT is(feedback.confusion_matrix(a, b ORDER BY i DESC), feedback.confusion_matrix(a, b), 'the order of rows is of no concern') FROM rating;
SELECT results_eq(
    $$ SELECT g, (feedback.wilson_interval(a = 1)).n FROM rating GROUP BY ROLLUP (g) ORDER BY g $$,
    $$ VALUES (1, 5::bigint), (2, 2), (3, 1), (4, NULL), (NULL, 8) $$,
    'ROLLUP');

-- Parallel plans.  Each process has rows of its own, and some have none of a group.
CREATE TABLE public.many_ratings AS
SELECT i, i % 7 AS g, nullif((i * 7919) % 6, 5) AS a, nullif((i * i) % 6, 5) AS b, 'grade ' || i % 3 AS t, 'grade ' || (i * i) % 4 AS u
FROM generate_series(1, 20000) AS i;
ANALYZE public.many_ratings;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
CREATE FUNCTION pg_temp.plan(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    result text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
        result := result || line || E'\n';
    END LOOP;
    RETURN result;
END $$;
SELECT matches(pg_temp.plan(format('SELECT feedback.%s FROM public.many_ratings', call)), 'Finalize Aggregate.*Gather.*Partial Aggregate',
    call || ' is planned in parallel')
FROM aggregate;
CREATE FUNCTION pg_temp.grouped(call text) RETURNS TABLE (g integer, result text) LANGUAGE plpgsql AS $$
BEGIN
    -- The means of numbers may differ in their last digits.
    RETURN QUERY EXECUTE format(
        'SELECT g, regexp_replace(feedback.%s::text, ''(\.\d{8})[\de-]*'', ''\1'', ''g'') FROM public.many_ratings GROUP BY g ORDER BY g', call);
END $$;
CREATE TEMP TABLE call AS SELECT call FROM aggregate UNION ALL VALUES ('cohens_kappa(t, u)'), ('confusion_matrix(t, u)'), ('krippendorffs_alpha(ARRAY[t, u])'),
    ('cohens_kappa(to_jsonb(a), to_jsonb(b))'), ('cohens_kappa(a::numeric, b)'), ('cohens_kappa(t COLLATE "C", u)');
CREATE TEMP TABLE parallel AS SELECT call, r.* FROM call, pg_temp.grouped(replace(call, '{1,2,3}', '{0,1,2,3,4}')) AS r;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT results_eq(format('SELECT * FROM pg_temp.grouped(%L)', replace(call, '{1,2,3}', '{0,1,2,3,4}')),
                  format('SELECT g, result FROM parallel WHERE call = %L ORDER BY g', call), call || ' is the same in parallel')
FROM call;
SET LOCAL max_parallel_workers_per_gather = 2;
SELECT is(feedback.bootstrap_interval(i % 1000, 0.9, 3, 200), (SELECT feedback.bootstrap_interval(i % 1000, 0.9, 3, 200) FROM (SELECT i FROM public.many_ratings ORDER BY md5(i::text)) s),
    'the bootstrap is the same to the last digit in parallel and in another order')
FROM public.many_ratings;

-- Types: what the operators call equal is one category.
SELECT is(feedback.observed_agreement(x, y), 1::float8, 'of ' || description || ', equal ones agree')
FROM (VALUES ('numbers of different types', 1.0, 1)) AS v (description, x, y) GROUP BY description;
SELECT is(feedback.confusion_matrix(x, y), '{"categories": [1, "NaN"], "matrix": [[0, 1], [0, 0]]}', 'NaN is a category, and a string in JSON')
FROM (VALUES (1::float8, 'NaN'::float8)) AS v (x, y);
SELECT is(feedback.confusion_matrix(x, y), '{"categories": ["$1.00", "$2.00"], "matrix": [[0, 1], [0, 0]]}', 'money is a string in JSON')
FROM (VALUES (1::money, 2::money)) AS v (x, y);
SELECT is(feedback.confusion_matrix(x, y), '{"categories": [false, true], "matrix": [[0, 0], [1, 0]]}', 'booleans are booleans in JSON')
FROM (VALUES (true, false)) AS v (x, y);
SELECT is(feedback.confusion_matrix(x, y), '{"categories": ["a", {"k": 1}], "matrix": [[0, 1], [0, 0]]}', 'JSON is JSON')
FROM (VALUES ('"a"'::jsonb, '{"k": 1.0}'::jsonb)) AS v (x, y);
CREATE COLLATION pg_temp.caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT is(feedback.observed_agreement(x COLLATE pg_temp.caseless, y), 1::float8, 'the collation decides which texts are equal') FROM (VALUES ('Good', 'good')) AS v (x, y);
SELECT is(feedback.observed_agreement(x, y), 0::float8, 'by default those of the same bytes') FROM (VALUES ('Good', 'good')) AS v (x, y);
CREATE TEMP TABLE long (x text, y text);
ALTER TABLE long ALTER x SET STORAGE EXTERNAL, ALTER y SET STORAGE EXTERNAL;
INSERT INTO long SELECT repeat(i::text, 5000), repeat((i % 2)::text, 5000) FROM generate_series(0, 3) AS i;
SELECT is(feedback.observed_agreement(x, y), 0.5::float8, 'ratings that are stored out of line') FROM long;
SELECT is(helper.refusal($$ SELECT feedback.cohens_kappa(x, x) FROM (VALUES ('1'::json)) AS v (x) $$), '42883', 'a type without an order');
SELECT is(helper.refusal($$ SELECT feedback.krippendorffs_alpha(ARRAY['a', 'b'], 'interval') $$), '42804', 'distances between texts');
SELECT is(helper.refusal($$ SELECT feedback.krippendorffs_alpha(ARRAY[1, 'NaN'::float8], 'interval') $$), '22003 ratings', 'distances from NaN');
SELECT is(round(feedback.krippendorffs_alpha(r, 'interval')::numeric, 6), round(feedback.krippendorffs_alpha(ARRAY[r[1] / 1e300, r[2] / 1e300], 'interval')::numeric, 6),
    'large numbers have an alpha: it does not depend on the scale')
FROM (VALUES (ARRAY[1e300, 2e300]::float8[]), (ARRAY[3e300, 3e300]), (ARRAY[-1.7e308, -1.6e308])) AS v (r);
SELECT is(feedback.krippendorffs_alpha(ARRAY[[1, 2], [1, 1]]), feedback.krippendorffs_alpha(ARRAY[1, 2, 1, 1]), 'an array of two dimensions is a list');

-- Settings: 22023 with the argument, and the same for all rows, since no result may hang on which came first.
SELECT is(helper.refusal(format('SELECT feedback.%s FROM rating', replace(call, '0.9', level))), '22023 level', call || ' with level ' || level)
FROM aggregate, unnest(ARRAY['0', '1', '-0.1', '1.5', '''NaN''', '''Infinity''', 'NULL::float8']) AS level WHERE call ~ '0\.9' AND call !~ 'kappa';
SELECT is(helper.refusal(format('SELECT feedback.cohens_kappa_interval(a, b, %s) FROM rating', level)), '22023 level', 'kappa with level ' || level)
FROM unnest(ARRAY['0::float8', '1::float8', '''NaN''::float8', 'NULL::float8']) AS level;
SELECT is(helper.refusal(format('SELECT feedback.%s FROM rating', replace(call, '0.9', '(0.5 + i / 100.0)::float8'))), '22023 level', call || ' with another level each row')
FROM aggregate WHERE call ~ '0\.9';
SELECT is(helper.refusal(format('SELECT feedback.%s FROM rating', call)), refusal, call)
FROM (VALUES ('cohens_kappa(a, b, ''cubic'')', '22023 weights'),
             ('cohens_kappa(a, b, NULL::text)', 'accepted'),
             ('cohens_kappa(a, b, CASE WHEN i > 2 THEN ''linear'' END)', '22023 weights'),
             ('cohens_kappa_interval(a, b, 0.9, ''Linear'')', '22023 weights'),
             ('cohens_kappa(a, b, ''linear'', ''{1,2}'')', '22023 categories'),
             ('cohens_kappa(a, b, ''linear'', ''{1,2,2,3}'')', '22023 categories'),
             ('cohens_kappa(a, b, ''linear'', ''{1,2,3,NULL}'')', '22023 categories'),
             ('cohens_kappa(a, b, ''linear'', CASE WHEN i > 2 THEN ''{1,2,3}''::int[] ELSE ''{3,2,1}'' END)', '22023 categories'),
             ('cohens_kappa(a, b, ''linear'', CASE WHEN i > 2 THEN ''{1,2,3}''::int[] END)', '22023 categories'),
             ('cohens_kappa(a, b, ''linear'', NULL)', 'accepted'),
             ('krippendorffs_alpha(ARRAY[a, b], ''ratio'')', '22023 level'),
             ('krippendorffs_alpha(ARRAY[a, b], NULL)', '22023 level'),
             ('krippendorffs_alpha(ARRAY[a, b], CASE WHEN i > 2 THEN ''ordinal'' ELSE ''nominal'' END)', '22023 level'),
             ('fleiss_kappa(ARRAY[a, b])', '22023 ratings'),
             ('fleiss_kappa(ARRAY[i])', '22023 ratings'),
             ('bootstrap_interval(a, 0.9, 1, 0)', '22023 resamples'),
             ('bootstrap_interval(a, 0.9, 1, 100001)', '22023 resamples'),
             ('bootstrap_interval(a, 0.9, 1, NULL)', '22023 resamples'),
             ('bootstrap_interval(a, 0.9, i, 10)', '22023 seed'),
             ('bootstrap_interval(a, 0.9, 1, i)', '22023 resamples'),
             ('mean_interval(''NaN'')', '22003 value'), ('mean_interval(''Infinity'')', '22003 value'),
             ('welch_test(''-Infinity'', true)', '22003 value'), ('bootstrap_interval(''NaN'')', '22003 value')) AS v (call, refusal);
SELECT is(feedback.cohens_kappa(a, b, 'linear', '{3,1,2}'), feedback.cohens_kappa(CASE a WHEN 3 THEN 0 ELSE a END, CASE b WHEN 3 THEN 0 ELSE b END, 'linear'),
    'given categories have the ranks in which they are given')
FROM rating WHERE g = 1;
SELECT is((feedback.bootstrap_interval(a, 0.9, NULL, 10)), (feedback.bootstrap_interval(a, 0.9, 0, 10)), 'the default seed is 0') FROM rating;

-- Limits
SELECT is(helper.refusal($$ SELECT feedback.cohens_kappa(i, i) FROM generate_series(1, 1000) AS i $$), 'accepted', '1,000 categories');
SELECT is(helper.refusal(format('SELECT feedback.%s FROM generate_series(1, 1001) AS i', call)), refusal, '1,001 categories: ' || call)
FROM (VALUES ('cohens_kappa(i, i)', '54000'), ('gwets_ac1(i, i)', '54000'), ('confusion_matrix(i, i)', '54000'), ('krippendorffs_alpha(ARRAY[i, i])', '54000'),
             ('cohens_kappa_interval(i, i)', 'accepted'), ('observed_agreement(i, i)', 'accepted')) AS v (call, refusal);
SELECT is(feedback.cohens_kappa_interval(i, 2 * i), ROW(1001, NULL, NULL, NULL)::feedback.estimate, 'with too many categories the interval has its n')
FROM generate_series(1, 1001) AS i;
SELECT is(feedback.observed_agreement(i, CASE WHEN i % 2 = 0 THEN i END), 1::float8, 'and the observed agreement is right') FROM generate_series(1, 5000) AS i;
SELECT is(feedback.observed_agreement(i / 2 * 2, i), 0.5::float8, 'for those that differ too') FROM generate_series(0, 4999) AS i;
SELECT is(helper.refusal($$ SELECT feedback.bootstrap_interval(i, 0.9, 1, 1) FROM generate_series(1, 100000) AS i $$), 'accepted', '100,000 values to draw from');
SELECT is(helper.refusal($$ SELECT feedback.bootstrap_interval(i, 0.9, 1, 1) FROM generate_series(1, 100001) AS i $$), '54000 value', 'and one more');

-- Numbers so far apart that their squares overflow have a mean and no interval.
SELECT is(feedback.mean_interval(v), ROW(2, 0, NULL, NULL)::feedback.estimate, 'the mean of the largest numbers') FROM (VALUES (1.7e308), (-1.7e308)) AS n (v);
SELECT is((feedback.welch_test(v, b)).estimate_b, 0::float8, 'and in a comparison') FROM (VALUES (1.7e308, true), (-1.7e308, true), (1, false)) AS n (v, b);
SELECT is((feedback.bootstrap_interval(v)).estimate, 1.7e308::float8, 'and of the bootstrap') FROM (VALUES (1.7e308), (1.7e308)) AS n (v);
SELECT is((feedback.mean_interval(1e9 + i % 2)).low, 1e9 + (feedback.mean_interval(i % 2)).low, 'large numbers lose no digits') FROM generate_series(1, 100) AS i;

-- Small and uniform groups
SELECT is(round((feedback.wilson_interval(true)).low::numeric, 12), round(1 / (1 + 1.959963984540054 ^ 2), 12), 'one true');
SELECT is(feedback.mean_interval(5), ROW(1, 5, NULL, NULL)::feedback.estimate, 'one number has no interval');
SELECT is((feedback.welch_test(5, b)).p_value, NULL, 'nor do two groups without variance have a test') FROM (VALUES (true), (false), (true), (false)) AS v (b);
SELECT is((c).n_a::text || ' ' || (c).n_b || ' ' || (c).estimate_a || coalesce((c).estimate_b, (c).difference, (c).low, (c).high, (c).statistic, (c).p_value, -1), '2 0 1-1',
    'an empty side has a count and nothing else')
FROM (SELECT feedback.two_proportion_test(true, b) AS c FROM (VALUES (false), (false)) AS v (b)) AS t;
SELECT is((feedback.mcnemar_test(i % 2 = 0, i % 2 = 1)).p_value, 1::float8, 'McNemar: as many this way as that way') FROM generate_series(1, 40) AS i;
SELECT is(m #- '{low}' #- '{high}', '{"n_a": 1, "n_b": 1, "estimate_a": 1, "estimate_b": 1, "difference": 0, "statistic": 0, "degrees_of_freedom": null, "p_value": 1}',
    'McNemar: no pair that differs') FROM (SELECT to_jsonb(feedback.mcnemar_test(true, true)) AS m) AS t;
SELECT is(round((c).low::numeric, 3) || ' ' || round((c).high::numeric, 3), '0.026 0.507', 'its interval is Newcombe''s: the airways of 21 children before and after, as published')
FROM (SELECT feedback.mcnemar_test(a, b) AS c FROM (VALUES (true, true, 1), (true, false, 1), (false, true, 7), (false, false, 12)) AS v (a, b, n), generate_series(1, n)) AS t;
SELECT ok((c).low < 0 AND (c).high > 0, 'which is no point where no pair differs') FROM (SELECT feedback.mcnemar_test(true, true) AS c FROM generate_series(1, 10)) AS t;
SELECT is(feedback.paired_t_test(1, 3), ROW(1, 1, 1, 3, 2, NULL, NULL, NULL, NULL, NULL)::feedback.comparison, 'one pair of numbers has no test');
SELECT is((feedback.paired_t_test(i, i + 2)).p_value, NULL, 'nor do pairs that all differ alike') FROM generate_series(1, 5) AS i;
SELECT is((feedback.paired_t_test(a, b)).n_a, 2::bigint, 'pairs that lack one are left out') FROM (VALUES (1, 2), (NULL, 1), (1, NULL), (3, 9)) AS v (a, b);
SELECT is(helper.refusal($$ SELECT feedback.paired_t_test(1.7e308, -1.7e308) $$), '22003 value', 'numbers too far apart are refused');

-- Parts that take arrays can be called by anyone with any array: an error, never a crash; and no constant is changed.
CREATE FUNCTION pg_temp.parts() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('SELECT feedback_internal.%s', part)
    FROM unnest(ARRAY['estimate_add(%1$s, true)', 'estimate_add(%1$s, 1)', 'estimate_add(%1$s, true, 0.9)', 'estimate_add(%1$s, 1, 0.9)',
                      'comparison_add(%1$s, true, true)', 'comparison_add(%1$s, 1, true)', 'comparison_add(%1$s, true, true, 0.9)', 'comparison_add(%1$s, 1, true, 0.9)',
                      'mcnemar_add(%1$s, true, true)', 'mcnemar_add(%1$s, true, true, 0.9)', 'paired_t_add(%1$s, 1, 2)', 'paired_t_add(%1$s, 1, 2, 0.9)',
                      'moments_combine(%1$s, %1$s)', 'moments_combine(''{0,0,0,0,0,0,0}'', %1$s)', 'counts_combine(%1$s, %1$s)', 'counts_combine(%1$s, ''{0,0,0,0,0,0,0}'')',
                      'wilson_interval_result(%1$s)', 'mean_interval_result(%1$s)', 'two_proportion_test_result(%1$s)', 'welch_test_result(%1$s)',
                      'mcnemar_test_result(%1$s)', 'paired_t_test_result(%1$s)']) AS part
$$;
SELECT is(helper.refusal(format(part, state)), '22023 state', format(part, state))
FROM pg_temp.parts() AS part,
     unnest(ARRAY['''{}''', '''{0,0,0,0,0,0}''', '''{0,0,0,0,0,0,0,0}''', '''{0,0,0,0,0,0,NULL}''', '''{{0,0,0,0,0,0,0}}''', '''{NaN,0,0,0,0,0,0}''', '''{0.9,NaN,1,1,1,1,1}''',
                  '''{0.9,-1,1,1,1,1,1}''', '''{0.9,1e300,1,1,1,1,1}''', '''{0.9,0.5,1,1,1,1,1}''', '''{2,1,1,1,1,1,1}''', '''{-1,1,1,1,1,1,1}''', '''{0,1,1,1,1,1,1}''',
                  '''{0.9,1,Infinity,1,1,1,1}''']) AS state;
SELECT is(helper.refusal(format(part, 'NULL')), CASE WHEN part ~ '_add' THEN '22004 state' ELSE 'accepted' END, format(part, 'NULL'))
FROM pg_temp.parts() AS part;
SELECT is(helper.refusal(format('SELECT feedback_internal.%s', call)), 'accepted', call)
FROM unnest(ARRAY['mean_interval_result(''{0.9,2,1,Infinity,0,0,0}'')', 'welch_test_result(''{0.9,2,1,Infinity,2,1,Infinity}'')', 'welch_test_result(''{1e-300,2,1,1,2,1e308,1}'')',
                  'mean_interval_result(''{0.9999999999999999,2,1,1,0,0,0}'')', 'mean_interval_result(''{1e-300,9007199254740992,1,1,0,0,0}'')',
                  'mcnemar_test_result(''{0.9,9007199254740992,9007199254740992,9007199254740992,9007199254740992,0,0}'')',
                  'paired_t_test_result(''{0.9,1,1,1,9007199254740992,1,1}'')', 'paired_t_test_result(''{0.9,0,0,0,2,1,1}'')', 'paired_t_test_result(''{0.9,2,1,1,2,1,Infinity}'')',
                  'wilson_interval_result(''{0.9,9007199254740992,9007199254740992,0,0,0,0}'')']) AS call;
SELECT results_eq(
    $$ SELECT feedback_internal.counts_combine('{0.9,1,0,0,0,0,0}', CASE WHEN random() < 2 THEN '{0.9,1,0,0,0,0,0}'::double precision[] END) FROM generate_series(1, 3) $$,
    $$ VALUES ('{0.9,2,0,0,0,0,0}'::double precision[]), ('{0.9,2,0,0,0,0,0}'), ('{0.9,2,0,0,0,0,0}') $$,
    'a constant of a plan is the same after a call');

-- Parts whose state is internal cannot be called, and say so.
SELECT is(helper.refusal(format('SELECT feedback_internal.%s', call)), state, call)
FROM (VALUES ('pairs_add(NULL, 1, 2)', '42883'), ('pairs_add(NULL::internal, 1, 2)', '42846'), ('matrix_deserialize(''\x00'', NULL)', '42883'),
             ('matrix_deserialize(''\x00'', NULL::internal)', '42846'), ('units_deserialize(''\x00'', NULL::internal)', '42846'),
             ('bootstrap_deserialize(''\x00'', NULL::internal)', '42846'), ('cohens_kappa_result(NULL::internal)', '42846'),
             ('bootstrap_interval_result(NULL::internal)', '42846'), ('krippendorffs_alpha_result(NULL::internal)', '42846')) AS v (call, state);

-- The report's dozen, among many that are as frequent
SELECT is((SELECT feedback_internal.frequent_words('w' || i, CASE WHEN i IN (70, 700) THEN i ELSE 1 END) FROM generate_series(1000, 1, -1) i),
    ARRAY[['w700', '700'], ['w70', '70'], ['w1', '1'], ['w10', '1'], ['w100', '1'], ['w1000', '1'], ['w101', '1'], ['w102', '1'],
          ['w103', '1'], ['w104', '1'], ['w105', '1'], ['w106', '1']],
    'frequent_words has the dozen most frequent, those that are as frequent in the order of their bytes');
SELECT is((SELECT feedback_internal.frequent_words(w, n) FROM (VALUES ('a', 1::bigint), (NULL, 5), ('b', NULL), ('', 2)) AS v (w, n)),
    ARRAY[['', '2'], ['a', '1']], 'nulls are left out, an empty text is not');
SELECT is((SELECT feedback_internal.frequent_words(w, 1) FROM unnest(ARRAY[]::text[]) w), NULL, 'of nothing it is null');

SELECT * FROM finish();
ROLLBACK;
