/*
 * evaluate.h
 *		A run of scorers over traces, or rows of a data set.
 */
#ifndef FEEDBACK_EVALUATE_H
#define FEEDBACK_EVALUATE_H

#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/hsearch.h"
#include "utils/jsonb.h"

#include "assessment/assessment.h"
#include "base/statement.h"

/* What is in the metadata of a result, so that the run has it; as in MLflow */
#define RUN_KEY		"mlflow.assessment.sourceRunId"

/* And which row of a data set it is of */
#define ROW_KEY		"feedback.row"

/* An element of the array of scorers */
typedef struct Scorer
{
	text	   *name;			/* of the feedback that it gives */
	text	   *function;		/* with its schema, quoted as SQL has it */
	bool		built_in;
	bool		takes_options;
	Jsonb	   *options;		/* or NULL */
	SPIPlanPtr	plan;
} Scorer;

/* The arguments of a run, and what it has come to */
typedef struct Run
{
	text	   *run_id;
	text	   *name;			/* or NULL */
	text	   *project;		/* that was given, or else of what it was over
								 * if that is all of one, or else the default
								 * one */
	bool		several_projects;
	Jsonb	   *metadata;		/* or NULL */
	TimestampTz start_time;
	List	   *scorers;		/* of Scorer * */
	int64		n_traces;
	ArrayBuildState *trace_ids; /* of what has been evaluated; NULL for none */
} Run;

/* A trace or a row that is evaluated */
typedef struct Subject
{
	text	   *trace_id;
	text	   *project;		/* or NULL: the default one */
	Jsonb	   *material;		/* what scorers get; NULL if it cannot be read */
	ErrorData  *failure;		/* why it cannot, or NULL */
	int64		row;			/* of a data set, from 1; 0 for a trace */
} Subject;

/* What a run is over, as it was asked for: one of these */
typedef struct Subjects
{
	ArrayType  *trace_ids;
	text	   *filter;
	Jsonb	   *data;
	Oid			dataset;
	text	   *project;		/* of all, or NULL */
	bool		limited;
	int32		max;			/* if limited */
} Subjects;

/* What the rows of a data set are read with */
typedef struct RowContext
{
	const char *argument;		/* that has them */
	bool		has_traces;		/* there may be traces of their trace_ids */
	HTAB	   *seen;			/* inputs that have come */
} RowContext;

/* Where they come from */
typedef struct SubjectSource SubjectSource;

/* evaluate_scorer.c */
extern List *feedback_evaluate_read_scorers(ArrayType *scorers);
extern void feedback_evaluate_prepare_scorers(List *scorers);
extern Jsonb *feedback_evaluate_describe_scorers(List *scorers);
extern ArrayType *feedback_evaluate_scorer_names(List *scorers);

/* evaluate_trace.c */
extern void feedback_evaluate_read_trace(Subject *subject);
extern Jsonb *feedback_evaluate_select_jsonb(Statement *statement, Datum *values);

/* evaluate_row.c */
extern HTAB *feedback_evaluate_make_seen(void);
extern void feedback_evaluate_read_row(Jsonb *row, const RowContext *context, Subject *subject);

/* evaluate_subject.c */
extern void feedback_evaluate_check_subjects(const Subjects *subjects);
extern SubjectSource *feedback_evaluate_open_subjects(const Subjects *subjects);
extern bool feedback_evaluate_next_subject(SubjectSource *source, Subject *subject);
extern Jsonb *feedback_evaluate_describe_subjects(const Subjects *subjects);

/* evaluate_score.c */
extern bool feedback_evaluate_ends_run(int sqlstate);
extern void feedback_evaluate_push_text(JsonbParseState **state, const char *key, const char *string, int length);
extern void feedback_evaluate_score(const Run *run, const Subject *subject, const Scorer *scorer);

#endif							/* FEEDBACK_EVALUATE_H */
