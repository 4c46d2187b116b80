/*
 * quote.h
 *		What a user gave as an argument, for messages.
 */
#ifndef FEEDBACK_QUOTE_H
#define FEEDBACK_QUOTE_H

#include "postgres.h"

extern char *feedback_quote(const char *string, int length);
extern char *feedback_quote_text(const text *string);

#endif							/* FEEDBACK_QUOTE_H */
