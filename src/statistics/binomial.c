/*
 * binomial.c
 *		Binomial random numbers.
 */
#include "postgres.h"

#include <math.h>

#include "statistics/binomial.h"

static int64 invert(int64 n, double p, pg_prng_state *random);

/*
 * A binomial variable: by inversion if its mean is small, else by the method
 * BTRS of Hormann (1993), "The generation of binomial random variates".
 */
int64
feedback_binomial(int64 n, double p, pg_prng_state *random)
{
	double		spq;
	double		b;
	double		a;
	double		c;
	double		alpha;
	double		v_r;
	double		m;

	if (p >= 1)
		return n;
	if (p > 0.5)
		return n - feedback_binomial(n, 1 - p, random);
	if (n * p < 10)
		return invert(n, p, random);

	spq = sqrt(n * p * (1 - p));
	b = 1.15 + 2.53 * spq;
	a = -0.0873 + 0.0248 * b + 0.01 * p;
	c = n * p + 0.5;
	alpha = (2.83 + 5.1 / b) * spq;
	v_r = 0.92 - 4.2 / b;
	m = floor((n + 1) * p);
	for (;;)
	{
		double		u = pg_prng_double(random) - 0.5;
		double		v = 1 - pg_prng_double(random);
		double		us = 0.5 - fabs(u);
		double		k = floor((2 * a / us + b) * u + c);

		if (us >= 0.07 && v <= v_r)
			return (int64) k;
		if (k < 0 || k > n)
			continue;
		v = log(v * alpha / (a / (us * us) + b));
		if (v <= lgamma(m + 1) + lgamma(n - m + 1) - lgamma(k + 1) - lgamma(n - k + 1) +
			(k - m) * log(p / (1 - p)))
			return (int64) k;
	}
}

/* By inversion: the cumulative probability that a uniform variable falls into */
static int64
invert(int64 n, double p, pg_prng_state *random)
{
	double		term = exp(n * log1p(-p));
	double		u = pg_prng_double(random);
	int64		k = 0;

	/* Rounding may keep u above the last terms, which are next to 0. */
	while (u > term && k < n && term > 1e-20)
	{
		u -= term;
		term *= p / (1 - p) * (n - k) / (k + 1);
		k++;
	}
	return k;
}
