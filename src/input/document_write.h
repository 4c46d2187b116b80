/*
 * document_write.h
 *		Assessments as MLflow's documents.
 */
#ifndef FEEDBACK_DOCUMENT_WRITE_H
#define FEEDBACK_DOCUMENT_WRITE_H

#include "postgres.h"

#include "assessment/assessment.h"

extern Jsonb *feedback_document_write(const Assessment *assessment);

#endif							/* FEEDBACK_DOCUMENT_WRITE_H */
