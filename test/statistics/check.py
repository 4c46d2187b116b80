"""Compare the statistics with those of scikit-learn, statsmodels, scipy and krippendorff on random data, and the
scorers with rapidfuzz and the script of SQuAD. Prints TAP."""

import json
import math
import os
import re
import string
import warnings
from collections import Counter

import krippendorff
import numpy as np
import psycopg
from rapidfuzz.distance import Levenshtein
from scipy import stats
from sklearn.metrics import cohen_kappa_score, confusion_matrix
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

warnings.simplefilter("ignore")
random = np.random.default_rng(20261124)
connection = psycopg.connect(dbname=os.environ["PGDATABASE"], autocommit=True)
# Rows that are dear, so that small tables are aggregated in parts too: by several processes, of which one may get all rows;
# and by one, each partition by itself
PARALLEL = ("SET max_parallel_workers_per_gather = 3; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 1; SET min_parallel_table_scan_size = 0; "
            "SET cpu_tuple_cost = 10; SET enable_partitionwise_aggregate = off")
COMBINED = "SET max_parallel_workers_per_gather = 0; SET cpu_tuple_cost = 10; SET enable_partitionwise_aggregate = on"
SERIAL = "SET max_parallel_workers_per_gather = 0; SET cpu_tuple_cost = 0.01; SET enable_partitionwise_aggregate = off"
tests = 0
failed = 0


def value(sql):
    return connection.execute(sql).fetchone()[0]


def test(passed, name, *details):
    global tests, failed
    tests += 1
    print(f"{'ok' if passed else 'not ok'} {tests} - {name}", flush=True)
    if not passed:
        failed += 1
        for detail in details:
            print(f"#   {detail}")


def same(got, wanted, tolerance=1e-9):
    """Numbers, None, or lists of them; what the libraries give as NaN is null."""
    if isinstance(wanted, (list, tuple)):
        return got is not None and len(got) == len(wanted) and all(same(g, w, tolerance) for g, w in zip(got, wanted))
    if wanted is None or (isinstance(wanted, float) and math.isnan(wanted)):
        return got is None
    return got is not None and math.isclose(got, wanted, rel_tol=tolerance, abs_tol=tolerance)


def compare(name, sql, wanted, tolerance=1e-9):
    """In one process, in several, and by partitions that are combined."""
    for mode, settings in (("serial", SERIAL), ("parallel", PARALLEL), ("combined", COMBINED)):
        connection.execute(settings)
        row = connection.execute(sql).fetchone()
        got = row[0] if len(row) == 1 else list(row)
        test(same(got, wanted, tolerance), f"{name}, {mode}", sql, f"got    {got}", f"wanted {wanted}")


def fill(columns, rows):
    connection.execute("DROP TABLE IF EXISTS data")
    connection.execute(f"CREATE TABLE data ({columns}, row_number serial) PARTITION BY HASH (row_number)")
    for part in range(3):
        connection.execute(f"CREATE TABLE data_{part} PARTITION OF data FOR VALUES WITH (MODULUS 3, REMAINDER {part})")
    names = ", ".join(column.split()[0] for column in columns.split(","))
    with connection.cursor().copy(f"COPY data ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute("ANALYZE data")


def missing(values, share):
    return [None if random.random() < share else v for v in values]


fill("v boolean", [(True,)] * 40)
connection.execute(COMBINED)
plan = "\n".join(row[0] for row in connection.execute("EXPLAIN SELECT feedback.wilson_interval(v) FROM data").fetchall())
test(plan.count("Partial Aggregate") == 3, "partitions are aggregated each by itself", plan)
connection.execute(PARALLEL)
plan = "\n".join(row[0] for row in connection.execute("EXPLAIN SELECT feedback.wilson_interval(v) FROM data").fetchall())
test("Gather" in plan and "Partial Aggregate" in plan, "and in parallel", plan)

# Two raters

for size, categories, agree in [(1, 2, 1), (20, 2, 0.5), (300, 5, 0.7), (3000, 12, 0.3), (5000, 200, 0.1), (50, 1, 1)]:
    truth = random.integers(0, categories, size)
    a = [int(t if random.random() < agree else random.integers(0, categories)) for t in truth]
    b = [int(t if random.random() < agree else random.integers(0, categories)) for t in truth]
    both = list(zip(missing(a, 0.1 if size > 1 else 0), missing(b, 0.1 if size > 1 else 0)))
    fill("a int, b int", both)
    pairs = [p for p in both if None not in p]
    x, y = [p[0] for p in pairs], [p[1] for p in pairs]
    labels = sorted(set(x + y))
    matrix = confusion_matrix(x, y, labels=labels)
    what = f"{size} pairs of {categories} categories"
    for weights in (None, "linear", "quadratic"):
        argument = f", '{weights}'" if weights else ""
        compare(f"cohens_kappa{argument}, {what}", f"SELECT feedback.cohens_kappa(a, b{argument}) FROM data", cohen_kappa_score(x, y, weights=weights))
        if len(labels) > 1:
            result = cohens_kappa(matrix, wt=weights)
            level = random.choice([0.5, 0.9, 0.95, 0.99])
            z = stats.norm.ppf((1 + level) / 2)
            kappa = result["kappa"]
            compare(f"cohens_kappa_interval{argument}, {what}",
                    f"SELECT (i).n::float8, (i).estimate, (i).low, (i).high FROM (SELECT feedback.cohens_kappa_interval(a, b, {level}{argument}) AS i FROM data) AS i",
                    [len(x), kappa, kappa - z * result["std_kappa"], kappa + z * result["std_kappa"]])
    compare(f"observed_agreement, {what}", "SELECT feedback.observed_agreement(a, b) FROM data", float(np.mean(np.array(x) == np.array(y))))
    for expression in ("a, b", "a::text, b::text", "to_jsonb(a), to_jsonb(b)", "a::numeric, b", "a = 0, b = 0", "a::float8 / 3, b::float8 / 3"):
        reference = (x, y) if "=" not in expression else ([v == 0 for v in x], [v == 0 for v in y])
        compare(f"cohens_kappa({expression}), {what}", f"SELECT feedback.cohens_kappa({expression}) FROM data", cohen_kappa_score(*reference))
    got = value("SELECT feedback.confusion_matrix(a, b) FROM data")
    test(got == {"categories": labels, "matrix": matrix.tolist()}, f"confusion_matrix, {what}", got)

    # Gwet (2008): pi is the mean share of a category, chance the sum of pi (1 - pi) / (q - 1)
    if len(labels) > 1:
        pi = (matrix.sum(0) + matrix.sum(1)) / (2 * matrix.sum())
        chance = float((pi * (1 - pi)).sum() / (len(labels) - 1))
        observed = float(np.trace(matrix) / matrix.sum())
        ac1 = (observed - chance) / (1 - chance)
    else:
        ac1 = None
    compare(f"gwets_ac1, {what}", "SELECT feedback.gwets_ac1(a, b) FROM data", ac1)
    compare(f"gwets_ac1 of arrays, {what}", "SELECT feedback.gwets_ac1(ARRAY[a, b]) FROM data WHERE a IS NOT NULL AND b IS NOT NULL", ac1)

fill("a text, b text", [(["bad", "ok", "good"][i], ["bad", "ok", "good"][j]) for i, j in random.integers(0, 3, (200, 2))])
rows = connection.execute("SELECT a, b FROM data").fetchall()
for weights in ("linear", "quadratic"):
    compare(f"cohens_kappa, {weights}, in a given order", f"SELECT feedback.cohens_kappa(a, b, '{weights}', '{{bad,ok,good}}') FROM data",
            cohen_kappa_score([r[0] for r in rows], [r[1] for r in rows], labels=["bad", "ok", "good"], weights=weights))

# Several raters

for size, raters, categories, agree in [(30, 3, 3, 0.6), (500, 5, 4, 0.4), (2000, 2, 10, 0.8), (10, 4, 1, 1)]:
    truth = random.integers(1, categories + 1, size)
    table = [[int(t if random.random() < agree else random.integers(1, categories + 1)) for _ in range(raters)] for t in truth]
    holes = [[None if random.random() < 0.25 else v for v in row] for row in table]
    fill("full_ratings int[], ratings int[]", zip(table, holes))
    what = f"{size} units, {raters} raters, {categories} categories"
    compare(f"fleiss_kappa, {what}", "SELECT feedback.fleiss_kappa(full_ratings) FROM data",
            float(fleiss_kappa(aggregate_raters(np.array(table))[0])) if categories > 1 else None)
    data = np.array([[np.nan if v is None else v for v in row] for row in holes], dtype=float).T
    for level in ("nominal", "ordinal", "interval"):
        wanted = krippendorff.alpha(reliability_data=data, level_of_measurement=level) if categories > 1 else None
        compare(f"krippendorffs_alpha, {level}, {what}", f"SELECT feedback.krippendorffs_alpha(ratings, '{level}') FROM data", wanted)
    compare(f"krippendorffs_alpha of halves, {what}", "SELECT feedback.krippendorffs_alpha(ARRAY(SELECT r / 2.0 FROM unnest(ratings) AS r), 'interval') FROM data", wanted)
    counts = np.array([[sum(v == c for v in row) for c in range(1, categories + 1)] for row in holes if any(v is not None for v in row)], dtype=float)
    if categories > 1:
        per_unit = counts.sum(1)
        paired = counts[per_unit > 1]
        agreement = float(np.mean((paired * (paired - 1)).sum(1) / (paired.sum(1) * (paired.sum(1) - 1))))
        pi = (counts / per_unit[:, None]).mean(0)
        chance = float((pi * (1 - pi)).sum() / (categories - 1))
        compare(f"gwets_ac1, {what}", "SELECT feedback.gwets_ac1(ratings) FROM data", (agreement - chance) / (1 - chance))

# Krippendorff's own example: four observers, twelve units
fill("ratings int[]", [(list(row),) for row in zip(*[
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None]])])
compare("Krippendorff's example", "SELECT feedback.krippendorffs_alpha(ratings), feedback.krippendorffs_alpha(ratings, 'ordinal'), feedback.krippendorffs_alpha(ratings, 'interval') FROM data",
        [0.743, 0.815, 0.849], 6e-4)

# Intervals and tests

for size, share in [(1, 0), (1, 1), (10, 0.5), (40, 0), (40, 1), (1000, 0.03), (20000, 0.9)]:
    values = [bool(random.random() < share) for _ in range(size)]
    fill("v boolean", [(v,) for v in missing(values, 0.1 if size > 1 else 0)])
    n, k = connection.execute("SELECT count(v), count(*) FILTER (WHERE v) FROM data").fetchone()
    for level in (0.8, 0.95, 0.999):
        low, high = proportion_confint(k, n, 1 - level, method="wilson")
        compare(f"wilson_interval, {k} of {n}, {level}", f"SELECT (i).n::float8, (i).estimate, (i).low, (i).high FROM (SELECT feedback.wilson_interval(v, {level}) AS i FROM data) AS i",
                [n, k / n, low, high])

for size, offset, scale in [(1, 0, 1), (2, 5, 1), (30, 0, 1), (5000, 1e9, 1e-3), (5000, -3, 100), (20, 7, 0)]:
    values = [float(offset + scale * random.standard_normal()) for _ in range(size)]
    fill("v float8", [(v,) for v in missing(values, 0.1 if size > 2 else 0)])
    x = np.array([r[0] for r in connection.execute("SELECT v FROM data WHERE v IS NOT NULL").fetchall()])
    for level in (0.5, 0.95, 0.9999):
        if len(x) > 1 and scale > 0:
            low, high = stats.t.interval(level, len(x) - 1, loc=x.mean(), scale=stats.sem(x))
        else:
            low = high = math.nan if len(x) < 2 else float(x.mean())
        compare(f"mean_interval, {size} around {offset}, {level}", f"SELECT (i).n::float8, (i).estimate, (i).low, (i).high FROM (SELECT feedback.mean_interval(v, {level}) AS i FROM data) AS i",
                [len(x), float(x.mean()), float(low), float(high)])

for size_a, size_b, share_a, share_b in [(10, 12, 0.5, 0.7), (200, 300, 0.1, 0.1), (1000, 50, 0.9, 1), (20, 20, 0, 1)]:
    rows = [(bool(random.random() < share_a), False) for _ in range(size_a)] + [(bool(random.random() < share_b), True) for _ in range(size_b)]
    random.shuffle(rows)
    fill("v boolean, b boolean", rows + [(None, True), (True, None)])
    a, b = [v for v, g in rows if not g], [v for v, g in rows if g]
    z, p = proportions_ztest([sum(b), sum(a)], [len(b), len(a)])
    low, high = confint_proportions_2indep(sum(b), len(b), sum(a), len(a), method="newcomb", compare="diff", alpha=0.1)
    compare(f"two_proportion_test, {sum(a)} of {len(a)}, {sum(b)} of {len(b)}",
            "SELECT (c).n_a::float8, (c).n_b::float8, (c).estimate_a, (c).estimate_b, (c).difference, (c).low, (c).high, (c).statistic, (c).degrees_of_freedom, (c).p_value "
            "FROM (SELECT feedback.two_proportion_test(v, b, 0.9) AS c FROM data) AS c",
            [len(a), len(b), np.mean(a), np.mean(b), np.mean(b) - np.mean(a), low, high, z, None, p])

for size_a, size_b, shift, spread in [(2, 2, 0, 1), (10, 30, 1, 2), (5000, 3000, 0.05, 1), (40, 3, 1e8, 1e-2), (1, 20, 0, 1), (3, 0, 0, 1)]:
    rows = [(float(random.standard_normal()), False) for _ in range(size_a)] + [(float(shift + spread * random.standard_normal()), True) for _ in range(size_b)]
    random.shuffle(rows)
    fill("v float8, b boolean", rows)
    a, b = np.array([v for v, g in rows if not g]), np.array([v for v, g in rows if g])
    mean_a, mean_b = float(a.mean()), float(b.mean()) if size_b else math.nan
    wanted = [size_a, size_b, mean_a, mean_b, mean_b - mean_a, math.nan, math.nan, math.nan, math.nan, math.nan]
    if min(size_a, size_b) > 1:
        result = stats.ttest_ind(b, a, equal_var=False)
        interval = result.confidence_interval(0.95)
        wanted[5:] = [float(interval.low), float(interval.high), float(result.statistic), float(result.df), float(result.pvalue)]
    compare(f"welch_test, {size_a} and {size_b} values",
            "SELECT (c).n_a::float8, (c).n_b::float8, (c).estimate_a, (c).estimate_b, (c).difference, (c).low, (c).high, (c).statistic, (c).degrees_of_freedom, (c).p_value "
            "FROM (SELECT feedback.welch_test(v, b) AS c FROM data) AS c", wanted, 1e-9 if shift < 1e6 else 1e-7)  # 1e8 apart, a sum of squares in doubles has no more digits

def newcombe_pairs(n11, n10, n01, n00, level):
    """The interval of b - a by method 10 of Newcombe (1998) for pairs, from statsmodels' Wilson intervals."""
    n = n11 + n10 + n01 + n00
    k_a, k_b = n11 + n10, n11 + n01
    (low_a, high_a), (low_b, high_b) = (proportion_confint(k, n, 1 - level, method="wilson") for k in (k_a, k_b))
    margins = k_a * (n - k_a) * k_b * (n - k_b)
    cross = n11 * n00 - n10 * n01
    phi = 0 if margins == 0 else (max(cross - n / 2, 0) if cross > 0 else cross) / math.sqrt(margins)
    a, b = k_a / n, k_b / n
    return (b - a - math.sqrt((b - low_b)**2 - 2 * phi * (b - low_b) * (high_a - a) + (high_a - a)**2),
            b - a + math.sqrt((high_b - b)**2 - 2 * phi * (high_b - b) * (a - low_a) + (a - low_a)**2))


for counts in [[5, 3, 9, 20], [50, 10, 30, 5], [0, 12, 12, 0], [0, 13, 12, 0], [7, 0, 0, 3], [100, 1, 60, 100], [0, 0, 24, 1], [2, 0, 25, 0], [1, 1, 7, 12], [1, 0, 0, 0], [400, 40, 30, 500]]:
    (n11, n10, n01, n00) = counts
    fill("a boolean, b boolean", [(True, True)] * n11 + [(True, False)] * n10 + [(False, True)] * n01 + [(False, False)] * n00 + [(None, True)])
    n, differ, d = sum(counts), n10 + n01, (n01 - n10) / sum(counts)
    result = mcnemar([[n11, n10], [n01, n00]], exact=differ < 25)
    for level in (0.8, 0.95):
        low, high = newcombe_pairs(*counts, level)
        compare(f"mcnemar_test, {counts}, {level}",
                "SELECT (c).n_a::float8, (c).estimate_a, (c).estimate_b, (c).difference, (c).low, (c).high, (c).statistic, (c).degrees_of_freedom, (c).p_value "
                f"FROM (SELECT feedback.mcnemar_test(a, b, {level}) AS c FROM data) AS c",
                [n, (n11 + n10) / n, (n11 + n01) / n, d, low, high, result.statistic, math.nan if differ < 25 else 1, min(result.pvalue, 1)])

# How often the interval of pairs covers the difference, which Wald's does too seldom
covered = 0
for _ in range(2000):
    a = random.random(30) < 0.9
    b = np.where(random.random(30) < 0.1, ~a, a)
    table = [int(((a == x) & (b == y)).sum()) for x in (True, False) for y in (True, False)]
    low, high = newcombe_pairs(*table, 0.95)
    covered += low <= 0.9 * 0.9 + 0.1 * 0.1 - 0.9 <= high
test(1860 <= covered <= 2000, "Newcombe's interval of 30 pairs at 0.95 covers the difference at least 1,860 times of 2,000", covered)

for size, shift, spread in [(2, 0, 1), (3, 1, 1), (30, 0.1, 0.5), (5000, 0.01, 1), (500, 1e8, 1e-2), (1, 0, 1), (20, 0, 0)]:
    first = [float(v) for v in random.standard_normal(size)]
    second = [v + shift + spread * float(random.standard_normal()) for v in first]
    fill("a float8, b float8", list(zip(first, second)) + ([(None, 1.0), (1.0, None)] if size > 2 else []))
    a, b = np.array(first), np.array(second)
    wanted = [size, size, float(a.mean()), float(b.mean()), float(b.mean() - a.mean())] + [math.nan] * 5
    if size > 1 and spread > 0:
        result = stats.ttest_rel(b, a)
        interval = result.confidence_interval(0.9)
        wanted[5:] = [float(interval.low), float(interval.high), float(result.statistic), float(result.df), float(result.pvalue)]
    compare(f"paired_t_test, {size} pairs",
            "SELECT (c).n_a::float8, (c).n_b::float8, (c).estimate_a, (c).estimate_b, (c).difference, (c).low, (c).high, (c).statistic, (c).degrees_of_freedom, (c).p_value "
            "FROM (SELECT feedback.paired_t_test(a, b, 0.9) AS c FROM data) AS c", wanted, 1e-9 if shift < 1e6 else 1e-6)

# Forms without a level have 0.95, without weights none, without a seed 0 and without resamples 2,000
fill("a int, b int, v float8, t boolean, g boolean", [(int(i), int(j), float(v), bool(v > 0), bool(i > 1)) for i, j, v in
                                                      zip(random.integers(0, 4, 200), random.integers(0, 4, 200), random.standard_normal(200))])
for short, long in [("wilson_interval(t)", "wilson_interval(t, 0.95)"), ("mean_interval(v)", "mean_interval(v, 0.95)"), ("two_proportion_test(t, g)", "two_proportion_test(t, g, 0.95)"),
                    ("welch_test(v, g)", "welch_test(v, g, 0.95)"), ("mcnemar_test(t, g)", "mcnemar_test(t, g, 0.95)"), ("paired_t_test(v, a)", "paired_t_test(v, a, 0.95)"), ("cohens_kappa_interval(a, b)", "cohens_kappa_interval(a, b, 0.95)"),
                    ("cohens_kappa_interval(a, b)", "cohens_kappa_interval(a, b, 0.95, NULL)"), ("cohens_kappa(a, b)", "cohens_kappa(a, b, NULL::text)"),
                    ("cohens_kappa(a, b, 'linear')", "cohens_kappa(a, b, 'linear', '{0,1,2,3}')"), ("cohens_kappa(a, b, 'linear')", "cohens_kappa(a, b, 'linear', NULL)"),
                    ("bootstrap_interval(v)", "bootstrap_interval(v, 0.95)"), ("bootstrap_interval(v)", "bootstrap_interval(v, 0.95, 0)"), ("bootstrap_interval(v)", "bootstrap_interval(v, 0.95, 0, 2000)"),
                    ("krippendorffs_alpha(ARRAY[a, b])", "krippendorffs_alpha(ARRAY[a, b], 'nominal')")]:
    connection.execute(SERIAL)
    got, wanted = connection.execute(f"SELECT feedback.{short}, feedback.{long} FROM data").fetchone()
    test(got == wanted or same(got, wanted, 1e-14), f"{short} is {long}", got, wanted)

# Huge and tiny numbers: results move with the scale
x, g = random.standard_normal(50), random.random(50) < 0.5
for scale in (1e-150, 1e-100, 1e100, 1e150):
    fill("v float8, g boolean", zip((float(v) for v in x * scale), (bool(b) for b in g)))
    low, high = stats.t.interval(0.95, 49, loc=x.mean(), scale=stats.sem(x))
    compare(f"mean_interval of numbers around {scale}", f"SELECT (i).estimate / {scale}, (i).low / {scale}, (i).high / {scale} FROM (SELECT feedback.mean_interval(v) AS i FROM data) AS i",
            [float(x.mean()), float(low), float(high)])
    result = stats.ttest_ind(x[g], x[~g], equal_var=False)
    compare(f"welch_test of numbers around {scale}", "SELECT (c).statistic, (c).degrees_of_freedom, (c).p_value FROM (SELECT feedback.welch_test(v, g) AS c FROM data) AS c",
            [float(result.statistic), float(result.df), float(result.pvalue)])
    fill("ratings float8[]", [([float(scale * v) for v in row],) for row in random.integers(1, 6, (40, 3))])
    data = np.array([r[0] for r in connection.execute("SELECT ratings FROM data").fetchall()]).T / scale
    compare(f"krippendorffs_alpha of numbers around {scale}", "SELECT feedback.krippendorffs_alpha(ratings, 'interval') FROM data",
            krippendorff.alpha(reliability_data=np.round(data), level_of_measurement="interval"))

# Units with a different number of ratings each, from none to many
units = [[int(v) for v in random.integers(0, 5, random.integers(0, 12))] for _ in range(400)]
fill("ratings int[]", [(u,) for u in units])
data = np.full((12, len(units)), np.nan)
for i, u in enumerate(units):
    data[:len(u), i] = u
for level in ("nominal", "ordinal", "interval"):
    compare(f"krippendorffs_alpha, {level}, of 0 to 11 ratings each", f"SELECT feedback.krippendorffs_alpha(ratings, '{level}') FROM data",
            krippendorff.alpha(reliability_data=data, level_of_measurement=level))

# The bootstrap is random: near scipy's, the same for the same seed, and it covers as often as it says

for size, kind in [(50, "normal"), (4000, "rating"), (300, "exponential")]:
    x = {"normal": lambda: random.standard_normal(size), "rating": lambda: random.integers(1, 6, size).astype(float), "exponential": lambda: random.exponential(size=size)}[kind]()
    fill("v float8", [(float(v),) for v in x])
    wanted = stats.bootstrap((x,), np.mean, confidence_level=0.9, n_resamples=20000, method="percentile", vectorized=True, batch=500, random_state=1).confidence_interval
    connection.execute(SERIAL)
    sql = "SELECT (i).n::float8, (i).estimate, (i).low, (i).high FROM (SELECT feedback.bootstrap_interval(v, 0.9, 7, 20000) AS i FROM data) AS i"
    got = connection.execute(sql).fetchone()
    near = float(np.std(x) / math.sqrt(size)) * 0.06
    test(same(got[:2], [size, float(x.mean())]) and abs(got[2] - wanted.low) < near and abs(got[3] - wanted.high) < near, f"bootstrap_interval, {size} of kind {kind}", got, wanted)
    connection.execute(PARALLEL)
    parallel = connection.execute(sql).fetchone()
    orders = [connection.execute(sql.replace("FROM data)", f"FROM (SELECT v FROM data ORDER BY {order}) AS d)")).fetchone() for order in ("v", "v DESC", "md5(v::text)", "random()")]
    test(all(got == other for other in [parallel, *orders]), "and the same to the last digit in parallel and in any order", got, parallel, orders)
    test(got != connection.execute(sql.replace("7, 20000", "8, 20000")).fetchone(), "but not with another seed")

connection.execute(SERIAL)
fill("g int, v float8", [(g, float(random.integers(1, 6))) for g in range(1000) for _ in range(60)])
covered = value("SELECT count(*) FROM (SELECT feedback.bootstrap_interval(v, 0.9, g, 500) AS i FROM data GROUP BY g) AS i WHERE 3 BETWEEN (i).low AND (i).high")
test(860 <= covered <= 925, "bootstrap_interval at 0.9 covers the mean some 900 times of 1,000", covered)

# Quantiles of Student's distribution at all sizes, by way of the interval of the two values 0 and 2, and so on
for df in (1, 2, 5, 30, 1000, 100000):
    fill("v float8", [(float(i % 2),) for i in range(df + 1)])
    x = np.array([float(i % 2) for i in range(df + 1)])
    got = connection.execute("SELECT (feedback.mean_interval(v, 0.99)).high FROM data").fetchone()[0]
    test(same(got, float(stats.t.interval(0.99, df, loc=x.mean(), scale=stats.sem(x))[1]), 1e-12), f"{df} degrees of freedom", got)

# And of more values than a test can insert, by a state as such values leave it: 2^n numbers of mean 0 and variance 1
for n in (2**20, 2**24, 2**40, 2**52):
    for level in (0.5, 0.95, 0.99999):
        got = value(f"SELECT (feedback_internal.mean_interval_result(ARRAY[{level}, {n}, 0, {n - 1}, 0, 0, 0]::float8[])).high")
        wanted = float(stats.t.ppf((1 + level) / 2, n - 1)) / math.sqrt(n)
        test(math.isclose(got, wanted, rel_tol=1e-9), f"mean_interval of {n} numbers, {level}", got, wanted)
    got = value(f"SELECT (feedback_internal.welch_test_result(ARRAY[0.95, {n}, 0, {n - 1}, {n}, {3 * math.sqrt(n) / 2**64!r}, {n - 1}]::float8[])).p_value")
    wanted = float(2 * stats.t.sf(3 / math.sqrt(2), 2 * (n - 1)))
    test(math.isclose(got, wanted, rel_tol=1e-9), f"welch_test of {n} numbers each", got, wanted)

# Windows: a moving kappa is that of the rows in the frame
fill("i int, a int, b int", [(i, int(random.integers(0, 3)), int(random.integers(0, 3))) for i in range(60)])
rows = connection.execute("SELECT i, a, b FROM data ORDER BY i").fetchall()
moving = connection.execute("SELECT feedback.cohens_kappa(a, b) OVER w, (feedback.mean_interval(a) OVER w).high, feedback.krippendorffs_alpha(ARRAY[a, b]) OVER w, (feedback.bootstrap_interval(a, 0.9, 1, 50) OVER w).n "
                            "FROM data WINDOW w AS (ORDER BY i ROWS BETWEEN 19 PRECEDING AND CURRENT ROW) ORDER BY i").fetchall()
for i in (19, 40, 59):
    a, b = [r[1] for r in rows[i - 19:i + 1]], [r[2] for r in rows[i - 19:i + 1]]
    wanted = [cohen_kappa_score(a, b), float(stats.t.interval(0.95, 19, loc=np.mean(a), scale=stats.sem(a))[1]),
              krippendorff.alpha(reliability_data=np.array([a, b], dtype=float), level_of_measurement="nominal"), 20]
    test(same(list(moving[i]), wanted), f"over a window, row {i}", moving[i], wanted)

# Groups without a pair, a value, a row
fill("g int, a int, b int", [(1, None, 1), (2, 1, None), (3, 1, 1)])
for aggregate in ("cohens_kappa(a, b)", "observed_agreement(a, b)", "gwets_ac1(a, b)", "confusion_matrix(a, b)", "cohens_kappa_interval(a, b)",
                  "fleiss_kappa(NULL::int[])", "krippendorffs_alpha(ARRAY[a, b])", "gwets_ac1(ARRAY[a, b])", "wilson_interval(NULL::boolean)", "mean_interval(NULL)",
                  "welch_test(NULL, true)", "two_proportion_test(NULL::boolean, true)", "mcnemar_test(NULL, true)", "paired_t_test(NULL, 1)", "bootstrap_interval(NULL)"):
    for where in ("false", "g = 1"):
        compare(f"{aggregate} of {where}", f"SELECT feedback.{aggregate} IS NULL FROM data WHERE {where}", 1)

# Runs beside each other: the same rows in another order, rows that one lacks, errors, and other rows

connection.execute(SERIAL)
connection.execute("CREATE FUNCTION said_boolean(trace jsonb) RETURNS boolean RETURN (trace #>> '{outputs,boolean}')::boolean;"
                   "CREATE FUNCTION said_number(trace jsonb) RETURNS float8 RETURN (trace #>> '{outputs,number}')::float8")


def evaluate(name, rows):
    data = [{"inputs": i, "outputs": {"boolean": b, "number": v}} for i, (b, v) in rows.items()]
    random.shuffle(data)
    connection.execute("SELECT FROM feedback.evaluate('{said_boolean,said_number}', data => %s, run_name => %s)", (json.dumps(data), name))


def compare_runs(a, b, level, scorer):
    row = connection.execute("SELECT n_a, n_b, n_pairs, mean_a, mean_b, difference, low, high, p_value, test, n_higher, n_lower, n_same, n_error_a, n_error_b "
                             "FROM feedback.compare_runs(%s, %s, %s) WHERE scorer = %s", (a, b, level, scorer)).fetchone()
    return list(row[:9]) + list(row[10:]), row[9]


def said(share, mean):
    """An answer: at times without a value of one kind, at times with one that is no number, which is an error."""
    chance = random.random()
    return (None if chance < 0.05 else "x" if chance < 0.1 else bool(random.random() < share), "x" if chance > 0.95 else mean + float(random.standard_normal()))


for size, shift in [(12, 0.5), (60, 0.2), (1500, 0.03)]:
    a = {i: said(0.5, 0) for i in range(size)}
    b = {i: (said(0.5 + shift, shift) if random.random() < 0.5 else a[i]) for i in range(size // 10, size)}
    c = {i + 10 * size: said(0.6, 1) for i in range(size)}
    for name, rows in (("a", a), ("b", b), ("c", c)):
        evaluate(f"{name}{size}", rows)
    for place, scorer in enumerate(("said_boolean", "said_number")):
        values = [{i: r[place] for i, r in rows.items() if r[place] is not None} for rows in (a, b, c)]
        errors = [sum(v == "x" for v in run.values()) for run in values]
        x, y, z = ({i: float(v) for i, v in run.items() if v != "x"} for run in values)
        both = sorted(set(x) & set(y))
        p, q = np.array([x[i] for i in both]), np.array([y[i] for i in both])
        got, used = compare_runs(f"a{size}", f"b{size}", 0.9, scorer)
        if place == 0:
            table = [int(((p == s) & (q == t)).sum()) for s in (1, 0) for t in (1, 0)]
            low, high = newcombe_pairs(*table, 0.9)
            pvalue = min(mcnemar([table[:2], table[2:]], exact=table[1] + table[2] < 25).pvalue, 1)
        else:
            result = stats.ttest_rel(q, p)
            (low, high), pvalue = result.confidence_interval(0.9), result.pvalue
        wanted = [len(x), len(y), len(both), p.mean(), q.mean(), q.mean() - p.mean(), low, high, pvalue, int((q > p).sum()), int((q < p).sum()), int((q == p).sum()), *errors[:2]]
        test(same(got, [float(v) for v in wanted]) and used == ("McNemar", "paired t")[place], f"compare_runs of {size} rows, {scorer}, pairs", got, wanted, used)
        got, used = compare_runs(f"a{size}", f"c{size}", 0.9, scorer)
        p, q = np.array(list(x.values())), np.array(list(z.values()))
        if place == 0:
            (low, high), (_, pvalue) = (confint_proportions_2indep(int(q.sum()), len(q), int(p.sum()), len(p), method="newcomb", compare="diff", alpha=0.1),
                                        proportions_ztest([q.sum(), p.sum()], [len(q), len(p)]))
        else:
            result = stats.ttest_ind(q, p, equal_var=False)
            (low, high), pvalue = result.confidence_interval(0.9), result.pvalue
        wanted = [len(x), len(z), 0, p.mean(), q.mean(), q.mean() - p.mean(), low, high, pvalue, 0, 0, 0, errors[0], errors[2]]
        test(same(got, [float(v) for v in wanted]) and used == ("two proportions", "Welch")[place], f"compare_runs of {size} rows, {scorer}, groups", got, wanted, used)
        row = connection.execute("SELECT n_value, n_error, mean::float8, low, high FROM feedback.evaluation_summary(%s, 0.9) WHERE scorer = %s", (f"a{size}", scorer)).fetchone()
        low, high = proportion_confint(int(p.sum()), len(p), 0.1, method="wilson") if place == 0 else stats.t.interval(0.9, len(p) - 1, loc=p.mean(), scale=stats.sem(p))
        test(same(list(row), [len(p), errors[0], float(p.mean()), float(low), float(high)]), f"evaluation_summary of {size} rows, {scorer}", row)

# Scorers of texts

def random_text(length, characters):
    return "".join(characters[i] for i in random.integers(0, len(characters), length))


def edited(text, share, characters):
    """A text some of whose characters are changed, left out or doubled."""
    result = []
    for c in text:
        chance = random.random()
        result.append(c * 2 if chance < share / 3 else "" if chance < 2 * share / 3 else random_text(1, characters) if chance < share else c)
    return "".join(result)


wrong, compared = [], 0
for characters in ("ab", "abcdefghij klmno.", "äöü€𝄞漢字xyz", "".join(chr(i) for i in range(0x4E00, 0x4E00 + 3000))):
    for length in (0, 1, 2, 63, 64, 65, 127, 128, 129, 200, 1000, 5000):
        for share in (0.02, 0.3, 1):
            a = random_text(length, characters)
            b = edited(a, share, characters) if share < 1 else random_text(int(random.integers(0, length + 10)), characters)
            # on either side, since the shorter is treated otherwise
            for x, y in ((a, b), (b, a)):
                got = connection.execute("SELECT feedback.levenshtein_similarity(%s::text, %s::text)", (x, y)).fetchone()[0]
                wanted = Levenshtein.normalized_similarity(x, y)
                compared += 1
                if not same(got, wanted, 1e-12):
                    wrong.append((characters[:5], length, share, got, wanted))
test(not wrong, f"levenshtein_similarity of {compared} pairs is rapidfuzz's", *wrong[:10])


def squad_words(text):
    """normalize_answer of the script that evaluates SQuAD"""
    text = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def squad_f1(answer, expected):
    a, b = squad_words(answer), squad_words(expected)
    if not a or not b:
        return float(a == b)
    common = sum((Counter(a) & Counter(b)).values())
    if common == 0:
        return 0.0
    precision, recall = common / len(a), common / len(b)
    return 2 * precision * recall / (precision + recall)


wrong, compared = [], 0
vocabulary = ["The", "a", "an", "cat", "Cat,", "dog!", "sat", "on", "it's", "3.14", "mat", "...", "(the)", "über", "\n", "well-known"]
for length in (0, 1, 2, 5, 20, 300, 5000):
    for _ in range(12):
        x, y = (" ".join(vocabulary[i] for i in random.integers(0, len(vocabulary), random.integers(0, length + 1))) for _ in range(2))
        got = connection.execute("SELECT feedback.token_f1(%s::text, %s::text)", (x, y)).fetchone()[0]
        compared += 1
        if not same(got, squad_f1(x, y), 1e-12):
            wrong.append((x[:60], y[:60], got, squad_f1(x, y)))
test(not wrong, f"token_f1 of {compared} pairs is that of SQuAD's script", *wrong[:10])

print(f"1..{tests}")
