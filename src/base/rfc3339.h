/*
 * rfc3339.h
 *		Times as documents spell them.
 */
#ifndef FEEDBACK_RFC3339_H
#define FEEDBACK_RFC3339_H

#include "postgres.h"

#include "datatype/timestamp.h"

/* Enough for YYYY-MM-DDTHH:MM:SS.ffffffZ and a NUL */
#define RFC3339_BUFFER_SIZE		32

/* 1970 as a time of PostgreSQL's: to be added to microseconds since then */
#define UNIX_EPOCH		(((int64) UNIX_EPOCH_JDATE - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY)

/* The years 1 to 9999 in milliseconds since 1970 */
#define UNIX_MIN_MILLISECONDS	INT64CONST(-62135596800000)
#define UNIX_MAX_MILLISECONDS	INT64CONST(253402300799999)

typedef enum TimeResult
{
	TIME_OK,
	TIME_MALFORMED,				/* not of the form: 22007 */
	TIME_OUT_OF_RANGE			/* of the form, but no such time: 22008 */
} TimeResult;

extern TimeResult feedback_rfc3339_parse(const char *string, size_t length,
										 TimestampTz *result);
extern void feedback_rfc3339_print(TimestampTz time, char *out);
extern bool feedback_rfc3339_in_range(TimestampTz time);

#endif							/* FEEDBACK_RFC3339_H */
