/*
 * split.h
 *		The documents of a batch.
 */
#ifndef FEEDBACK_SPLIT_H
#define FEEDBACK_SPLIT_H

#include "postgres.h"

#include "base/problem.h"

/*
 * What happens to each document.  trace_id is that of the trace it was in, or
 * NULL; refused says why that of its trace cannot be read, or is NULL.
 */
typedef void (*DocumentVisitor) (const char *document, int length, text *trace_id,
								 const Problem *refused, void *arg);

extern void feedback_split(const char *json, int length, DocumentVisitor visitor, void *arg);
extern bool feedback_split_member(const char *object, int length, const char *name,
								  const char **value, int *value_length);
extern bool feedback_split_element(const char *list, int length, const char **element,
								   int *element_length);

#endif							/* FEEDBACK_SPLIT_H */
