/*
 * phoenix.h
 *		The tables of Arize Phoenix.
 */
#ifndef FEEDBACK_PHOENIX_H
#define FEEDBACK_PHOENIX_H

#include "postgres.h"

/* The columns of what the query gives */
enum
{
	PHOENIX_PROJECT,
	PHOENIX_TRACE_ID,
	PHOENIX_DOCUMENT,
	PHOENIX_IS_KNOWN
};

extern bool feedback_phoenix_check_tables(const char *schema);
extern char *feedback_phoenix_query(const char *schema, bool sessions);

#endif							/* FEEDBACK_PHOENIX_H */
