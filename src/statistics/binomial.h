/*
 * binomial.h
 *		Binomial random numbers.
 */
#ifndef FEEDBACK_BINOMIAL_H
#define FEEDBACK_BINOMIAL_H

#include "postgres.h"

#include "common/pg_prng.h"

extern int64 feedback_binomial(int64 n, double p, pg_prng_state *random);

#endif							/* FEEDBACK_BINOMIAL_H */
