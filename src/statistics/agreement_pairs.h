/*
 * agreement_pairs.h
 *		The ratings of two raters, summed up.
 */
#ifndef FEEDBACK_AGREEMENT_PAIRS_H
#define FEEDBACK_AGREEMENT_PAIRS_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/array.h"

#include "statistics/categories.h"

typedef enum Weights
{
	WEIGHTS_NONE,				/* all disagreements are alike */
	WEIGHTS_LINEAR,				/* they weigh what lies between the ranks */
	WEIGHTS_QUADRATIC			/* and the square of it */
} Weights;

typedef struct Pairs
{
	Categories	categories;
	ArrayType  *given;			/* the argument that they are from, or NULL */
	Weights		weights;
	double		level;
	int			width;			/* of the matrix */
	int64	   *matrix;			/* rows are a's categories by number */
	bool		too_many;		/* categories for a matrix: all that is left
								 * are the counts */
	int64		n;
	int64		n_alike;
} Pairs;

extern Pairs *feedback_pairs_argument(FunctionCallInfo fcinfo, int i);

#endif							/* FEEDBACK_AGREEMENT_PAIRS_H */
