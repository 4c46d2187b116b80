/*
 * distribution.c
 *		Probabilities and quantiles of the normal distribution and Student's.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "distribution.h"

static double incomplete_beta(double a, double b, double x);
static double continued_fraction(double a, double b, double x);

/* The probability that a normal variable is further from 0 than z. */
double
feedback_normal_two_sided(double z)
{
	return erfc(fabs(z) / M_SQRT2);
}

/*
 * The value that a normal variable does not exceed with probability p, 0 < p < 1.
 *
 * From the estimate by formula 26.2.23 of Abramowitz and Stegun (1964), which is
 * off by less than 4.5e-4, Halley's method comes to the last digits in two steps.
 */
double
feedback_normal_quantile(double p)
{
	double		tail = Min(p, 1 - p);
	double		t = sqrt(-2 * log(tail));
	double		x = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
		(1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
	int			i;

	/* x is where the upper tail is thought to be */
	for (i = 0; i < 3; i++)
	{
		double		density = exp(-x * x / 2) / sqrt(2 * M_PI);
		double		error = (0.5 * erfc(x / M_SQRT2) - tail) / density;

		x += error / (1 - x * error / 2);
	}
	return p < 0.5 ? -x : x;
}

/* The probability that a Student variable of df degrees of freedom is further from 0 than t. */
double
feedback_student_two_sided(double t, double df)
{
	/* Abramowitz and Stegun (1964), 26.5.27 */
	return incomplete_beta(df / 2, 0.5, df / (df + t * t));
}

/*
 * The value that a Student variable of df degrees of freedom does not exceed
 * with probability p, 0.5 <= p < 1.
 *
 * By bisection: the normal quantile lies below it.
 */
double
feedback_student_quantile(double p, double df)
{
	double		tails = 2 * (1 - p);
	double		low = feedback_normal_quantile(p);
	double		high = Max(low, 1);

	while (feedback_student_two_sided(high, df) > tails)
	{
		low = high;
		high *= 2;
	}
	for (;;)
	{
		double		middle = low + (high - low) / 2;

		if (middle <= low || middle >= high)
			return middle;
		if (feedback_student_two_sided(middle, df) > tails)
			low = middle;
		else
			high = middle;
	}
}

/* The regularised incomplete beta function I_x(a, b); DLMF 8.17. */
static double
incomplete_beta(double a, double b, double x)
{
	double		front;

	if (x <= 0)
		return 0;
	if (x >= 1)
		return 1;
	front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));

	/* The fraction converges fast on this side of the mean, the symmetry serves the other */
	if (x < (a + 1) / (a + b + 2))
		return front * continued_fraction(a, b, x) / a;
	return 1 - front * continued_fraction(b, a, 1 - x) / b;
}

/* The continued fraction of I_x(a, b), DLMF 8.17.22, by Lentz's method (1976). */
static double
continued_fraction(double a, double b, double x)
{
	double		c = 1;
	double		d = 1 / (1 - (a + b) * x / (a + 1));
	double		result = d;
	int			m;

	for (m = 1; m < 10000; m++)
	{
		double		even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double		odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double		step;

		d = 1 / (1 + even * d);
		c = 1 + even / c;
		result *= d * c;
		d = 1 / (1 + odd * d);
		c = 1 + odd / c;
		step = d * c;
		result *= step;
		if (fabs(step - 1) < DBL_EPSILON)
			break;
	}
	return result;
}
