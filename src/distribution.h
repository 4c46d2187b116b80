/*
 * distribution.h
 *		Probabilities and quantiles of distributions.
 */
#ifndef FEEDBACK_DISTRIBUTION_H
#define FEEDBACK_DISTRIBUTION_H

extern double feedback_normal_two_sided(double z);
extern double feedback_normal_quantile(double p);
extern double feedback_student_two_sided(double t, double df);
extern double feedback_student_quantile(double p, double df);

#endif							/* FEEDBACK_DISTRIBUTION_H */
