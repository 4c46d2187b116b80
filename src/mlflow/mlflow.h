/*
 * mlflow.h
 *		MLflow's store in the same database: what its files share.
 *
 * MLflow's table is read and written by names that are looked up when they are
 * needed, so that its migrations go on.  Nothing here raises on behalf of what
 * MLflow writes: what cannot be done is noted, see mlflow_note.c.
 */
#ifndef FEEDBACK_MLFLOW_H
#define FEEDBACK_MLFLOW_H

#include "postgres.h"

#include "access/htup.h"
#include "access/transam.h"
#include "access/tupdesc.h"
#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

#include "assessment/assessment.h"
#include "base/problem.h"
#include "base/statement.h"

/* What is done on a way, or in a subtransaction */
typedef void (*MlflowWork) (void *arg);

/* Triggers on MLflow's tables, and on feedback.assessments */
#define MLFLOW_MIRROR_TRIGGER	"feedback_mirror"
#define MLFLOW_TRUNCATE_TRIGGER	"feedback_mirror_truncate"
#define MLFLOW_TRACE_TRIGGER	"feedback_mirror_trace"
#define MLFLOW_PUSH_TRIGGER		"assessments_mlflow"

/* What a row's project is called where it is read along with it */
#define MLFLOW_PROJECT_COLUMN	"feedback_project"

/* Values deeper than this make MLflow's server answer 500 for whole pages of traces */
#define MLFLOW_MAX_NESTING		30

/* Characters of its columns, where they are fewer than ours */
#define MLFLOW_MAX_SPAN_ID		50
#define MLFLOW_MAX_RUN_ID		32

/* The columns that are read of a row of MLflow's */
typedef enum MlflowColumn
{
	MLFLOW_ASSESSMENT_ID,
	MLFLOW_TRACE_ID,
	MLFLOW_NAME,
	MLFLOW_TYPE,
	MLFLOW_VALUE,
	MLFLOW_ERROR,
	MLFLOW_CREATED,
	MLFLOW_UPDATED,
	MLFLOW_SOURCE_TYPE,
	MLFLOW_SOURCE_ID,
	MLFLOW_SPAN_ID,
	MLFLOW_RATIONALE,
	MLFLOW_OVERRIDES,
	MLFLOW_VALID,
	MLFLOW_METADATA,
	MLFLOW_COLUMNS
} MlflowColumn;

/* A row of MLflow's as text; NULL for a null.  missing is a column that its table has no more, or NULL. */
typedef struct MlflowRow
{
	char	   *columns[MLFLOW_COLUMNS];
	const char *missing;
	char	   *project;		/* if it was read along with it, or NULL */
} MlflowRow;

typedef enum MlflowDirection
{
	FROM_MLFLOW,
	TO_MLFLOW
} MlflowDirection;

/* Which way rows are going */
#define MLFLOW_GOING_NOWHERE	0
#define MLFLOW_GOING_FROM		1
#define MLFLOW_GOING_TO			2

/* The statements for the tables of one schema, which are kept for the session */
typedef struct MlflowStore
{
	NameData	schema_name;	/* the key */
	Statement	project;		/* of a trace; nothing if it is not attached */
	Statement	row;			/* one of its rows, locked */
	Statement	valid;			/* copies one's valid */
	Statement	next_rows;		/* for taking over */
	Statement	lock;			/* one of its rows, until it is written */
	Statement	has_trace;
	Statement	put;
	Statement	remove;
	Statement	truncate;		/* deletes all of ours that are in its table */
	Statement	unwritten;		/* of ours on its traces, what it lacks */
	int			put_columns;	/* of its table, when put was made */
	FullTransactionId seen_by;	/* the transaction that has found it attached */
} MlflowStore;

/* mlflow_store.c */
extern MlflowStore *feedback_mlflow_store(const char *schema_name);
extern Statement *feedback_mlflow_store_put(MlflowStore *store);
extern List *feedback_mlflow_store_pushed(void);
extern bool feedback_mlflow_store_is_attached(MlflowStore *store);

/* mlflow_row.c */
extern void feedback_mlflow_row_read(HeapTuple tuple, TupleDesc descriptor, MlflowRow *row);
extern bool feedback_mlflow_row_is_ours(const MlflowRow *row);
extern bool feedback_mlflow_row_to_assessment(const MlflowRow *row, Assessment *assessment, Problem *problem);
extern bool feedback_mlflow_row_id(const char *mlflow_id, pg_uuid_t *id);

/* mlflow_apply.c */
extern bool feedback_mlflow_apply(MlflowStore *store, const MlflowRow *old, const MlflowRow *row,
								  bool *changed, Problem *problem);
extern bool feedback_mlflow_apply_check(MlflowStore *store, const MlflowRow *row, Assessment *assessment,
										Problem *problem);
extern void feedback_mlflow_apply_delete(MlflowStore *store, const MlflowRow *row);
extern bool feedback_mlflow_apply_from(MlflowStore *store, const char *mlflow_id);

/* mlflow_attach.c */
extern void feedback_mlflow_check_table(const char *schema, const char *table, const char *column, Oid role);

/* mlflow_way.c */
extern int	feedback_mlflow_go(int way);
extern int	feedback_mlflow_way(void);
extern void feedback_mlflow_work_on_way(int way, MlflowWork work, void *arg);

/* mlflow_put.c */
extern void feedback_mlflow_put_row(MlflowStore *store, text *trace_id, const pg_uuid_t *id, const char *mlflow_id);
extern char *feedback_mlflow_id_of(text *trace_id, const pg_uuid_t *id);

/* mlflow_push.c */
extern bool feedback_mlflow_push_or_note(MlflowStore *store, text *trace_id, const pg_uuid_t *id);

/* mlflow_json.c */
extern char *feedback_mlflow_json_value(const Value *value);
extern char *feedback_mlflow_json_metadata(Jsonb *metadata);
extern char *feedback_mlflow_json_error(const Assessment *assessment);
extern int	feedback_mlflow_json_depth(Jsonb *json);

/* mlflow_note.c */
extern bool feedback_mlflow_try(MlflowWork work, void *arg, Problem *problem);
extern void feedback_mlflow_note(MlflowStore *store, MlflowDirection direction, const char *mlflow_id,
								 const char *trace_id, bool rejected, const Problem *problem);
extern void feedback_mlflow_forget(MlflowStore *store, MlflowDirection direction, const char *mlflow_id,
								   const char *trace_id);
extern void feedback_mlflow_forget_rejected(MlflowStore *store, const char *mlflow_id, const char *trace_id);
extern bool feedback_mlflow_has_notes(void);
extern MlflowDirection feedback_mlflow_note_direction(const char *direction);

/* mlflow_settle.c */
extern void feedback_mlflow_taken(MlflowStore *store, const char *mlflow_id, const char *trace_id);

#endif							/* FEEDBACK_MLFLOW_H */
