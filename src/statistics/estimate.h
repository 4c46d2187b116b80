/*
 * estimate.h
 *		Estimates and comparisons, with the sums that they are made from.
 */
#ifndef FEEDBACK_ESTIMATE_H
#define FEEDBACK_ESTIMATE_H

#include "postgres.h"

#include "fmgr.h"

/*
 * Numbers added one by one.  The sum rather than the mean, so that whole numbers
 * have a mean without a rounded digit; and so small that it never overflows.
 */
typedef struct Moments
{
	double		n;
	double		sum;			/* times SUM_SCALE */
	double		squares;		/* of the differences from the mean */
} Moments;

#define SUM_SCALE	0x1p-64

/* The type feedback.estimate; NAN stands for null */
typedef struct Estimate
{
	double		n;
	double		estimate;
	double		low;
	double		high;
} Estimate;

/* The type feedback.comparison; NAN stands for null */
typedef struct Comparison
{
	double		n_a;
	double		n_b;
	double		estimate_a;
	double		estimate_b;
	double		low;
	double		high;
	double		statistic;
	double		degrees_of_freedom;
	double		p_value;
} Comparison;

extern void feedback_estimate_moments_add(Moments *moments, double value);
extern void feedback_estimate_moments_merge(Moments *moments, const Moments *other);
extern Estimate feedback_estimate_share(const double counts[2], double level);
extern Estimate feedback_estimate_mean(const Moments *moments, double level);
extern Comparison feedback_estimate_compare_shares(const double a[2], const double b[2], double level);
extern Comparison feedback_estimate_compare_means(const Moments *a, const Moments *b, double level);
extern Comparison feedback_estimate_compare_paired_shares(const double counts[2][2], double level);
extern Comparison feedback_estimate_compare_paired_means(const Moments *a, const Moments *differences, double level);
extern double feedback_estimate_level(FunctionCallInfo fcinfo, int argument);
extern void feedback_estimate_level_keep(double *kept, double level);
extern Datum feedback_estimate_result(FunctionCallInfo fcinfo, const Estimate *estimate);
extern Datum feedback_estimate_comparison_result(FunctionCallInfo fcinfo, const Comparison *comparison);

#endif							/* FEEDBACK_ESTIMATE_H */
