/*
 * distribution.h
 *		Probabilities and quantiles of distributions.
 */
#ifndef FEEDBACK_DISTRIBUTION_H
#define FEEDBACK_DISTRIBUTION_H

extern double feedback_distribution_normal_outside(double z);
extern double feedback_distribution_normal_quantile(double outside);
extern double feedback_distribution_student_outside(double t, double df);
extern double feedback_distribution_student_quantile(double outside, double df);

#endif							/* FEEDBACK_DISTRIBUTION_H */
