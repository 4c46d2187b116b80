/*
 * otlp_slice.h
 *		Parts of a JSON text that is right.
 */
#ifndef FEEDBACK_OTLP_SLICE_H
#define FEEDBACK_OTLP_SLICE_H

#include "postgres.h"

/* A part of the text */
typedef struct Slice
{
	const char *at;
	int			length;
} Slice;

extern bool feedback_slice_member(Slice object, const char *name, Slice *value);
extern bool feedback_slice_next(Slice list, Slice *element);
extern bool feedback_slice_is_string(Slice value, const char *string);
extern bool feedback_slice_may_contain(Slice slice, const char *word);
extern const char *feedback_slice_skip_word(const char *at, const char *end, const char *word);
extern bool feedback_slice_is_null(Slice value);
extern Slice feedback_slice_trim(const char *at, int length);

#endif							/* FEEDBACK_OTLP_SLICE_H */
