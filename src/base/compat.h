/*
 * compat.h
 *		What differs between the server's major versions.
 */
#ifndef FEEDBACK_COMPAT_H
#define FEEDBACK_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* Before 16, one function for each class; these are the classes that are checked */
#if PG_VERSION_NUM < 160000
#define object_ownercheck(class, object, role) pg_class_ownercheck(object, role)
#define object_aclcheck(class, object, role, mode) pg_proc_aclcheck(object, role, mode)
#endif

/* Before 18, an attribute behind the declaration */
#if PG_VERSION_NUM < 180000
#define pg_noreturn __attribute__((noreturn))
#endif

/* Before 17, by another name */
#if PG_VERSION_NUM < 170000
#define SearchPathMatchesCurrentEnvironment OverrideSearchPathMatchesCurrent
#endif

#endif							/* FEEDBACK_COMPAT_H */
