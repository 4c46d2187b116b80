/*
 * distribution.c
 *		Probabilities and quantiles of the normal distribution and Student's.
 *
 * Of both ends at once, since all intervals and tests here have two sides; so
 * that small probabilities keep their digits.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "statistics/distribution.h"

/* From so many degrees of freedom on, Student's distribution is expanded from the normal one */
#define MANY_DEGREES	1e6

static double log_beta_half(double a);
static double continued_fraction(double a, double b, double x);

/* The probability that a normal variable is further from 0 than z. */
double
feedback_distribution_normal_outside(double z)
{
	return erfc(fabs(z) / M_SQRT2);
}

/*
 * How far from 0 a normal variable is with this probability, or further; 0 < outside < 1.
 *
 * From the estimate by formula 26.2.23 of Abramowitz and Stegun (1964), which is
 * off by less than 4.5e-4, Halley's method comes to the last digits in two steps.
 */
double
feedback_distribution_normal_quantile(double outside)
{
	double		t = sqrt(-2 * log(outside / 2));
	double		z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
	(1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
	int			i;

	for (i = 0; i < 2; i++)
	{
		double		density = exp(-z * z / 2) * sqrt(2 / M_PI);
		double		error = (erfc(z / M_SQRT2) - outside) / density;

		z += error / (1 - z * error / 2);
	}
	return z;
}

/* The probability that a Student variable of df degrees of freedom is further from 0 than t. */
double
feedback_distribution_student_outside(double t, double df)
{
	double		square = t * t;
	double		x = df / (df + square);
	double		rest = isinf(square) ? 1 : square / (df + square);
	double		front;

	if (square == 0)
		return 1;
	if (df > MANY_DEGREES)
	{
		/*
		 * The normal variable that is as likely: the inverse of the expansion
		 * in feedback_distribution_student_quantile()
		 */
		double		s = square;

		return feedback_distribution_normal_outside(t * (1 - ((s + 1) / 4 - ((13 * s + 8) * s + 3) / (96 * df)) / df));
	}

	/* I_x(df / 2, 1 / 2): Abramowitz and Stegun (1964), 26.5.27; DLMF 8.17 */
	front = exp(df / 2 * (x < 0.5 ? log(x) : log1p(-rest)) + log(rest) / 2 - log_beta_half(df / 2));

	/*
	 * The fraction converges fast on this side of the mean, the symmetry
	 * serves the other
	 */
	if (x < (df / 2 + 1) / (df / 2 + 2.5))
		return front * continued_fraction(df / 2, 0.5, x) / (df / 2);
	return 1 - front * continued_fraction(0.5, df / 2, rest) * 2;
}

/*
 * How far from 0 a Student variable of df degrees of freedom is with this
 * probability, or further; 0 < outside < 1.
 *
 * By bisection: the normal quantile lies below it.
 */
double
feedback_distribution_student_quantile(double outside, double df)
{
	double		z = feedback_distribution_normal_quantile(outside);
	double		low = z;
	double		high = Max(z, 1);

	if (df > MANY_DEGREES)
	{
		/* Abramowitz and Stegun, 26.7.5 */
		double		s = z * z;

		return z * (1 + ((s + 1) / 4 + ((5 * s + 16) * s + 3) / (96 * df)) / df);
	}
	while (feedback_distribution_student_outside(high, df) > outside)
	{
		low = high;
		high *= 2;
	}
	for (;;)
	{
		double		middle = low + (high - low) / 2;

		if (!(middle > low && middle < high))
			return middle;
		if (feedback_distribution_student_outside(middle, df) > outside)
			low = middle;
		else
			high = middle;
	}
}

/* The logarithm of the beta function B(a, 1/2) */
static double
log_beta_half(double a)
{
	double		s = 1 / (a * a);

	/*
	 * For large a the gamma functions are large and their ratio is not: DLMF
	 * 5.11.13
	 */
	if (a < 50)
		return lgamma(a) + log(M_PI) / 2 - lgamma(a + 0.5);
	return log(M_PI / a) / 2 + (1.0 / 8 - (1.0 / 192 - s / 640) * s) / a;
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
