/*
 * oracle.h
 *		What json-c says of the same text.
 */
#ifndef FUZZ_ORACLE_H
#define FUZZ_ORACLE_H

extern int	oracle_count_documents(const char *json, int length);
extern int	oracle_string_is(const char *json, int length, const char *string, int string_length);

#endif							/* FUZZ_ORACLE_H */
