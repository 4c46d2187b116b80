/*
 * server.h
 *		The server's place, for the fuzz target.
 */
#ifndef FUZZ_SERVER_H
#define FUZZ_SERVER_H

#include "postgres.h"

#include <setjmp.h>

/* What a run meets in the server */
typedef struct Circumstances
{
	int			encoding;		/* of the database */
	int			interrupt;		/* the check for interrupts that is one, or 0 */
	int			out_of_memory;	/* the allocation that fails, or 0 */
} Circumstances;

extern void server_begin(sigjmp_buf *jump, const Circumstances *circumstances);
extern void server_calm(void);
extern int	server_open_documents(void);
extern void server_end(void);
pg_attribute_noreturn() extern void server_raise(void);

#endif							/* FUZZ_SERVER_H */
