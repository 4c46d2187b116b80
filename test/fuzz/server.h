/*
 * server.h
 *		The server's place, for the fuzz target.
 */
#ifndef FUZZ_SERVER_H
#define FUZZ_SERVER_H

#include "postgres.h"

#include <setjmp.h>

extern void server_begin(sigjmp_buf *jump);
extern void server_end(void);
pg_attribute_noreturn() extern void server_raise(void);

#endif							/* FUZZ_SERVER_H */
