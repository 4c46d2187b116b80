/*
 * categories.h
 *		The categories that ratings fall into, whatever their type.
 */
#ifndef FEEDBACK_CATEGORIES_H
#define FEEDBACK_CATEGORIES_H

#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/array.h"

#include "base/compat.h"

/* States grow with the square of it */
#define MAX_RATING_CATEGORIES	1000

typedef struct Categories
{
	MemoryContext context;
	Oid			type;
	Oid			collation;
	int16		length;			/* of the type */
	bool		by_value;
	char		align;
	FmgrInfo   *compare;
	bool		given;			/* in an order of the caller's, no others are
								 * allowed */
	int			count;
	int			capacity;
	Datum	   *values;			/* by their numbers, in the order in which
								 * they came */
	int		   *order;			/* their numbers, sorted by value */
} Categories;

extern void feedback_categories_init(Categories *categories, MemoryContext context,
									 Oid type, Oid collation);
extern void feedback_categories_give(Categories *categories, ArrayType *given);
extern int	feedback_categories_find(Categories *categories, Datum value);
extern bool feedback_categories_alike(const Categories *categories, Datum one, Datum other);
pg_noreturn extern void feedback_categories_too_many(void);
extern void feedback_categories_ranks(const Categories *categories, int *ranks);
extern double feedback_categories_number(const Categories *categories, int number);
extern void feedback_categories_json(const Categories *categories, int number, StringInfo json);
extern void feedback_categories_check(const Categories *categories, const Categories *other);
pg_noreturn extern void feedback_categories_changed(void);
extern void feedback_categories_send(const Categories *categories, StringInfo buffer);
extern void feedback_categories_receive(Categories *categories, MemoryContext context,
										StringInfo buffer);
extern MemoryContext feedback_statistics_aggregate_context(FunctionCallInfo fcinfo);

#endif							/* FEEDBACK_CATEGORIES_H */
