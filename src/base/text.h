/*
 * text.h
 *		Comparing text byte by byte.
 */
#ifndef FEEDBACK_TEXT_H
#define FEEDBACK_TEXT_H

#include "postgres.h"

#include "base/compat.h"

/* Are both the same text, or both none? */
static inline bool
same_text(const text *a, const text *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/* The same of strings */
static inline bool
same_string(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

#endif							/* FEEDBACK_TEXT_H */
