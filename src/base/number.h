/*
 * number.h
 *		Which numbers are kept, and how they become numeric.
 */
#ifndef FEEDBACK_NUMBER_H
#define FEEDBACK_NUMBER_H

#include "postgres.h"

#include "utils/numeric.h"

extern bool feedback_number_in_range(const char *number, int length);
extern bool feedback_number_numeric_in_range(Numeric number);
extern Numeric feedback_number_from_text(const char *number);
extern bool feedback_number_from_double(double number, Numeric *result);
extern bool feedback_number_from_float(float number, Numeric *result);

#endif							/* FEEDBACK_NUMBER_H */
