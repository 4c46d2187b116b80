/*
 * agreement_units.h
 *		The ratings of any number of raters, summed up.
 */
#ifndef FEEDBACK_AGREEMENT_UNITS_H
#define FEEDBACK_AGREEMENT_UNITS_H

#include "postgres.h"

#include "fmgr.h"

#include "statistics/categories.h"

typedef enum Level
{
	LEVEL_NOMINAL,
	LEVEL_ORDINAL,
	LEVEL_INTERVAL
} Level;

typedef struct Units
{
	Categories	categories;
	Level		level;
	bool		coincides;		/* for alpha: there is a matrix */
	int64		ratings;		/* of each unit; 0 before the first, -1 if
								 * they differ */
	double		n;				/* units that are rated */
	double		n_paired;		/* of these, more than once */
	double		agreement;		/* sum over those of the share of pairs that
								 * agree */
	int			width;			/* of what follows */
	double	   *counts;			/* of the unit at hand, by category; else 0 */
	double	   *totals;			/* ratings by category */
	double	   *shares;			/* sum over units of the category's share */
	double	   *matrix;			/* coincidences of pairs, a unit's weighing
								 * its ratings */
} Units;

extern Units *feedback_units_argument(FunctionCallInfo fcinfo, int i);

#endif							/* FEEDBACK_AGREEMENT_UNITS_H */
