/*
 * access.h
 *		Who may do what, in which projects: what the files of this room share.
 */
#ifndef FEEDBACK_ACCESS_H
#define FEEDBACK_ACCESS_H

#include "postgres.h"

/* What a role may do; each level includes those before it */
typedef enum AccessLevel
{
	ACCESS_READ,
	ACCESS_WRITE,
	ACCESS_CURATE,
	ACCESS_ADMIN
} AccessLevel;

#define ACCESS_LEVELS	(ACCESS_ADMIN + 1)

/* Policies of ours are called so, and what they are for */
#define ACCESS_POLICY	"feedback_access_"

/* access_level.c */
extern const char *feedback_access_level_name(AccessLevel level);
extern bool feedback_access_level_read(const char *name, AccessLevel *level);
extern AccessLevel feedback_access_level_argument(const text *name);

/* access_cache.c */
extern bool feedback_access_is_everywhere(Oid role, AccessLevel level);

/* access_walls.c */
extern bool feedback_access_walls_stand_alone(Oid table);

#endif							/* FEEDBACK_ACCESS_H */
