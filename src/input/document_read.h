/*
 * document_read.h
 *		MLflow's assessment documents into Assessments.
 */
#ifndef FEEDBACK_DOCUMENT_READ_H
#define FEEDBACK_DOCUMENT_READ_H

#include "postgres.h"

#include "assessment/assessment.h"
#include "base/problem.h"

/* What an update's document changes; what it does not give stays */
typedef struct Changes
{
	bool		name;
	bool		value;			/* value and error, together */
	bool		rationale;
	bool		metadata;		/* merged, unless the new one is NULL */
	Assessment	to;
} Changes;

extern bool feedback_document_read(text *json, Assessment *assessment, Problem *problem);
extern bool feedback_document_read_of_batch(const char *json, int length,
											Assessment *assessment, Problem *problem);
extern bool feedback_document_read_changes(text *json, Changes *changes, Problem *problem);
extern bool feedback_document_read_string(const char *json, int length, const char *subject,
										  const char *column, text **result, Problem *problem);

#endif							/* FEEDBACK_DOCUMENT_READ_H */
