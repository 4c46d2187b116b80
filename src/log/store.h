/*
 * store.h
 *		The table feedback.assessments, through SPI.
 */
#ifndef FEEDBACK_STORE_H
#define FEEDBACK_STORE_H

#include "postgres.h"

#include "assessment/assessment.h"
#include "base/problem.h"

/* What happens to each assessment of a trace */
typedef void (*AssessmentVisitor) (const Assessment *assessment, void *arg);

extern bool feedback_store_insert(const Assessment *assessment);
extern bool feedback_store_log(Assessment *assessment, Problem *problem);
extern bool feedback_store_get(text *trace_id, const pg_uuid_t *id, bool for_update,
							   Assessment *assessment);
extern void feedback_store_visit(text *trace_id, AssessmentVisitor visitor, void *arg);
extern bool feedback_store_update(Assessment *assessment);
extern bool feedback_store_delete(text *trace_id, const pg_uuid_t *id);

#endif							/* FEEDBACK_STORE_H */
