/*
 * attempt.h
 *		What may fail, in a subtransaction.
 */
#ifndef FEEDBACK_ATTEMPT_H
#define FEEDBACK_ATTEMPT_H

#include "postgres.h"

typedef void (*Attempt) (void *arg);

extern ErrorData *feedback_attempt(Attempt attempt, void *arg, bool (*passes) (int sqlstate));

#endif							/* FEEDBACK_ATTEMPT_H */
