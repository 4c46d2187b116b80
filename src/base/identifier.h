/*
 * identifier.h
 *		Assessment ids: UUIDs, in two spellings.
 */
#ifndef FEEDBACK_IDENTIFIER_H
#define FEEDBACK_IDENTIFIER_H

#include "postgres.h"

#include "utils/uuid.h"

/* "a-" and 32 hexadecimal digits, without a terminating NUL */
#define IDENTIFIER_LENGTH	34

#define FEEDBACK_IDENTIFIER_HINT \
	"An id is \"a-\" and 32 lower-case hexadecimal digits, or a uuid."

/* A string that an id is derived from, not NUL-terminated, or NULL */
typedef struct IdentifierPart
{
	const char *string;
	int			length;
} IdentifierPart;

extern void feedback_identifier_generate(pg_uuid_t *id);
extern void feedback_identifier_derive(const IdentifierPart *parts, int count, pg_uuid_t *id);
extern IdentifierPart feedback_identifier_part(const text *string);
extern bool feedback_identifier_parse(const char *string, size_t length, pg_uuid_t *id);
extern void feedback_identifier_print(const pg_uuid_t *id, char *out);
extern char *feedback_identifier_uuid_text(const pg_uuid_t *id);
extern bool feedback_identifier_equal(const pg_uuid_t *a, const pg_uuid_t *b);

#endif							/* FEEDBACK_IDENTIFIER_H */
