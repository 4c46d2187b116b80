/*
 * estimate_pairs.c
 *		Differences of pairs: McNemar's test, and Student's.
 */
#include "postgres.h"

#include <math.h>

#include "statistics/distribution.h"
#include "statistics/estimate.h"

/* Below this many pairs that differ, McNemar's test is the exact one */
#define FEW_DISCORDANT	25

static void test_shares(double only_a, double only_b, Comparison *comparison);
static double correlation(const double counts[2][2]);

/*
 * The shares of true of pairs, counted by both values: McNemar's test (1947), and
 * for the difference Newcombe's hybrid score interval for pairs (1998, "Improved
 * confidence intervals for the difference between binomial proportions based on
 * paired data", method 10).
 */
Comparison
feedback_estimate_compare_paired_shares(const double counts[2][2], double level)
{
	double		of_a[2] = {counts[false][false] + counts[false][true], counts[true][false] + counts[true][true]};
	double		of_b[2] = {counts[false][false] + counts[true][false], counts[false][true] + counts[true][true]};
	Estimate	a = feedback_estimate_share(of_a, level);
	Estimate	b = feedback_estimate_share(of_b, level);
	double		difference = b.estimate - a.estimate;
	double		phi = correlation(counts);
	double		below_a = a.estimate - a.low;
	double		above_a = a.high - a.estimate;
	double		below_b = b.estimate - b.low;
	double		above_b = b.high - b.estimate;
	Comparison	result = {
		.n_a = a.n, .n_b = b.n, .estimate_a = a.estimate, .estimate_b = b.estimate,
		.low = difference - sqrt(below_b * below_b - 2 * phi * below_b * above_a + above_a * above_a),
		.high = difference + sqrt(above_b * above_b - 2 * phi * above_b * below_a + below_a * below_a)
	};

	test_shares(counts[true][false], counts[false][true], &result);
	return result;
}

/*
 * The exact binomial test for few pairs that differ, whose statistic is the smaller
 * of the two counts, else chi-square with the correction of Edwards (1948).
 */
static void
test_shares(double only_a, double only_b, Comparison *comparison)
{
	double		differ = only_a + only_b;

	if (differ < FEW_DISCORDANT)
	{
		double		least = Min(only_a, only_b);
		double		term = pow(0.5, differ);
		double		sum = 0;
		int			i;

		for (i = 0; i <= least; i++)
		{
			sum += term;
			term *= (differ - i) / (i + 1);
		}
		comparison->statistic = least;
		comparison->degrees_of_freedom = NAN;
		comparison->p_value = Min(2 * sum, 1);
	}
	else
	{
		double		distance = Max(fabs(only_a - only_b) - 1, 0);

		comparison->statistic = distance * distance / differ;
		comparison->degrees_of_freedom = 1;
		comparison->p_value = feedback_distribution_normal_outside(sqrt(comparison->statistic));
	}
}

/* The correlation phi of both values, with Newcombe's correction for continuity; 0 where one of them is always the same */
static double
correlation(const double counts[2][2])
{
	double		n = counts[false][false] + counts[false][true] + counts[true][false] + counts[true][true];
	double		true_a = (counts[true][false] + counts[true][true]) / n;
	double		true_b = (counts[false][true] + counts[true][true]) / n;
	double		variances = true_a * (1 - true_a) * true_b * (1 - true_b);
	double		covariance = counts[true][true] / n * (counts[false][false] / n) - counts[true][false] / n * (counts[false][true] / n);

	if (variances <= 0)
		return 0;
	if (covariance > 0)
		covariance = Max(covariance - 0.5 / n, 0);
	return covariance / sqrt(variances);
}

/*
 * Two means of pairs, by the first of each and by what the second is more:
 * Student's test and interval (1908) of the differences.  Where all differ alike,
 * there is none.
 */
Comparison
feedback_estimate_compare_paired_means(const Moments *a, const Moments *differences, double level)
{
	Estimate	first = feedback_estimate_mean(a, level);
	Estimate	difference = feedback_estimate_mean(differences, level);
	double		error = sqrt(differences->squares / (differences->n - 1) / differences->n);
	Comparison	result = {
		.n_a = a->n, .n_b = a->n,
		.estimate_a = first.estimate, .estimate_b = first.estimate + difference.estimate,
		.low = NAN, .high = NAN, .statistic = NAN, .degrees_of_freedom = NAN, .p_value = NAN
	};

	if (differences->n >= 2 && error > 0 && isfinite(error))
	{
		result.low = difference.low;
		result.high = difference.high;
		result.statistic = difference.estimate / error;
		result.degrees_of_freedom = differences->n - 1;
		result.p_value = feedback_distribution_student_outside(result.statistic, result.degrees_of_freedom);
	}
	return result;
}
