/*
 * encoding.h
 *		Between UTF-8, which documents are, and the database's encoding.
 */
#ifndef FEEDBACK_ENCODING_H
#define FEEDBACK_ENCODING_H

#include "postgres.h"

/* What feedback_encoding_to_utf8 makes of a text */
typedef enum EncodingResult
{
	ENCODING_OK,
	ENCODING_INVALID,			/* not UTF-8, in a database that does not
								 * check */
	ENCODING_UNTRANSLATABLE		/* a character has no equivalent */
} EncodingResult;

extern EncodingResult feedback_encoding_to_utf8(const char *in, int length,
												const char **out, int *out_length,
												int *bad_offset);
extern bool feedback_encoding_from_utf8(const char *in, int length,
										const char **out, int *out_length);

#endif							/* FEEDBACK_ENCODING_H */
