/*
 * relation.h
 *		Tables and views, by their names.
 */
#ifndef FEEDBACK_RELATION_H
#define FEEDBACK_RELATION_H

#include "postgres.h"

extern Oid	feedback_relation_find(const char *schema, const char *name);
extern Oid	feedback_relation_get(const char *schema, const char *name);

#endif							/* FEEDBACK_RELATION_H */
