/*
 * evaluate.c
 *		evaluate: scorers over traces, or over rows of a data set.
 *
 * Each result is a feedback of its trace, with the run in its metadata, so that
 * the views, filters and comparisons have it as any other.  All of it runs with
 * the rights and the search path of the caller, as scorers have to.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "assessment/validate.h"
#include "base/identifier.h"
#include "base/problem.h"
#include "base/quote.h"
#include "base/statement.h"
#include "base/text.h"
#include "evaluate/evaluate.h"
#include "input/arguments.h"
#include "statistics/estimate.h"

enum
{
	SCORERS, TRACE_IDS, FILTER, DATA, DATASET, RUN_NAME, PROJECT, METADATA, MAX_TRACES, LEVEL, NEW_RUN_ID
};

/* A scorer that evaluates would never end if it were its own */
static bool evaluating = false;

static Statement insert_run = {
	.sql = "INSERT INTO feedback_internal.evaluation_runs (run_id, run_name, project, start_time, end_time, scorers, scope, n_traces, metadata, trace_ids) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, ARRAY(SELECT DISTINCT t.trace_id FROM pg_catalog.unnest($10) AS t (trace_id)))",
	.count = 10,
	.types = {TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, JSONBOID, JSONBOID, INT8OID, JSONBOID, TEXTARRAYOID}
};

static Statement select_run = {
	.sql = "SELECT FROM feedback_internal.known_runs WHERE run_id OPERATOR(pg_catalog.=) $1",
	.count = 1,
	.types = {TEXTOID}
};

static Statement summarize = {
	.sql = "SELECT * FROM feedback_internal.run_summary($1, $2, $3, $4)",
	.count = 4,
	.types = {TEXTOID, TEXTARRAYOID, INT8OID, FLOAT8OID}
};

static void read_run(FunctionCallInfo fcinfo, Run *run);
static void read_subjects(FunctionCallInfo fcinfo, Subjects *subjects);
static text *run_id_argument(FunctionCallInfo fcinfo);
static text *limited_text(FunctionCallInfo fcinfo, int n, const char *name);
static void evaluate_all(Run *run, const Subjects *subjects);
static void note_project(Run *run, text *project, MemoryContext context);
static void store_run(const Run *run, const Subjects *subjects);
static void check_new_run(text *run_id);

PG_FUNCTION_INFO_V1(feedback_evaluate);

/*
 * evaluate(scorers text[], trace_ids text[], filter text, data jsonb, dataset regclass, run_name text, project text,
 *			metadata jsonb, max_traces integer, level double precision, new_run_id text)
 *
 * A row for each scorer: the summary of the run.
 */
Datum
feedback_evaluate(PG_FUNCTION_ARGS)
{
	Run			run = {0};
	Subjects	subjects = {0};
	double		level = feedback_estimate_level(fcinfo, LEVEL);
	Datum		values[4];

	if (evaluating)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("a scorer cannot evaluate")));
	read_run(fcinfo, &run);
	read_subjects(fcinfo, &subjects);

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	check_new_run(run.run_id);
	evaluating = true;
	PG_TRY();
	{
		evaluate_all(&run, &subjects);
	}
	PG_FINALLY();
	{
		evaluating = false;
	}
	PG_END_TRY();
	store_run(&run, &subjects);
	/* A query of ours sees what the run has logged */
	CommandCounterIncrement();
	PushCopiedSnapshot(GetActiveSnapshot());
	UpdateActiveSnapshotCommandId();
	values[0] = PointerGetDatum(run.run_id);
	values[1] = PointerGetDatum(feedback_evaluate_scorer_names(run.scorers));
	values[2] = Int64GetDatum(run.n_traces);
	values[3] = Float8GetDatum(level);
	feedback_statement_fill(&summarize, values, (ReturnSetInfo *) fcinfo->resultinfo);
	PopActiveSnapshot();
	SPI_finish();
	return (Datum) 0;
}

static void
read_run(FunctionCallInfo fcinfo, Run *run)
{
	Problem		problem;

	if (PG_ARGISNULL(SCORERS))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("scorers are missing"),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "scorers")));
	run->start_time = GetCurrentTimestamp();
	run->scorers = feedback_evaluate_read_scorers(PG_GETARG_ARRAYTYPE_P(SCORERS));
	run->name = limited_text(fcinfo, RUN_NAME, "run_name");
	run->project = feedback_argument_text(fcinfo, PROJECT);
	if (run->project != NULL && !feedback_validate_project(run->project, &problem))
		feedback_problem_raise(&problem);
	run->metadata = feedback_argument_jsonb(fcinfo, METADATA);
	if (run->metadata != NULL && !JB_ROOT_IS_OBJECT(run->metadata))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("metadata is not a JSON object"),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "metadata")));
	run->run_id = run_id_argument(fcinfo);
}

static void
read_subjects(FunctionCallInfo fcinfo, Subjects *subjects)
{
	subjects->trace_ids = PG_ARGISNULL(TRACE_IDS) ? NULL : PG_GETARG_ARRAYTYPE_P(TRACE_IDS);
	subjects->filter = feedback_argument_text(fcinfo, FILTER);
	subjects->data = feedback_argument_jsonb(fcinfo, DATA);
	subjects->dataset = PG_ARGISNULL(DATASET) ? InvalidOid : PG_GETARG_OID(DATASET);
	subjects->project = feedback_argument_text(fcinfo, PROJECT);
	subjects->limited = !PG_ARGISNULL(MAX_TRACES);
	subjects->max = subjects->limited ? PG_GETARG_INT32(MAX_TRACES) : 0;
	feedback_evaluate_check_subjects(subjects);
}

/* The id that the caller gives a run, or a new one: 32 hexadecimal digits, as MLflow's have */
static text *
run_id_argument(FunctionCallInfo fcinfo)
{
	char		printed[IDENTIFIER_LENGTH + 1] = {0};
	text	   *given = limited_text(fcinfo, NEW_RUN_ID, "new_run_id");
	pg_uuid_t	id;

	if (given != NULL)
		return given;
	feedback_identifier_generate(&id);
	feedback_identifier_print(&id, printed);
	return cstring_to_text(printed + 2);
}

/* A text of 1 to 250 characters, or NULL */
static text *
limited_text(FunctionCallInfo fcinfo, int n, const char *name)
{
	text	   *string = feedback_argument_text(fcinfo, n);
	Problem		problem;

	if (string != NULL && !feedback_validate_name(string, false, &problem))
	{
		problem.column = name;
		problem.message = psprintf("%s is empty or too long", name);
		feedback_problem_raise(&problem);
	}
	return string;
}

/* Before all is scored: 23505 if there is a run of the id. */
static void
check_new_run(text *run_id)
{
	Datum		values[] = {PointerGetDatum(run_id)};

	if (feedback_statement_run(&select_run, values, NULL, true) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNIQUE_VIOLATION),
				 errmsg("run exists already: %s", feedback_quote_text(run_id)),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "new_run_id")));
}

/* Each subject by each scorer; only the outcome is kept of each. */
static void
evaluate_all(Run *run, const Subjects *subjects)
{
	SubjectSource *source;
	MemoryContext outer = CurrentMemoryContext;
	MemoryContext inner;
	Subject		subject;
	ListCell   *lc;

	feedback_evaluate_prepare_scorers(run->scorers);
	source = feedback_evaluate_open_subjects(subjects);
	inner = AllocSetContextCreate(outer, "feedback evaluation", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(inner);
	while (feedback_evaluate_next_subject(source, &subject))
	{
		CHECK_FOR_INTERRUPTS();
		foreach(lc, run->scorers)
		{
			feedback_evaluate_score(run, &subject, lfirst(lc));
		}
		run->n_traces++;
		note_project(run, subject.project, outer);
		run->trace_ids = accumArrayResult(run->trace_ids, PointerGetDatum(subject.trace_id), false, TEXTOID, outer);
		MemoryContextReset(inner);
	}
	MemoryContextSwitchTo(outer);
	MemoryContextDelete(inner);
}

/* The project of a run is that of what it is over, so that who may see one project alone sees its runs. */
static void
note_project(Run *run, text *project, MemoryContext context)
{
	if (project == NULL)
		project = feedback_assessment_default_project();
	if (run->project == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(context);

		run->project = cstring_to_text_with_len(VARDATA_ANY(project), VARSIZE_ANY_EXHDR(project));
		MemoryContextSwitchTo(caller);
	}
	else if (!same_text(run->project, project))
		run->several_projects = true;
}

/* Keep the run; 23505 if another session has made one of its id meanwhile. */
static void
store_run(const Run *run, const Subjects *subjects)
{
	text	   *project = run->project == NULL || run->several_projects ? feedback_assessment_default_project() : run->project;
	Datum		values[] = {
		PointerGetDatum(run->run_id), PointerGetDatum(run->name), PointerGetDatum(project),
		TimestampTzGetDatum(run->start_time), TimestampTzGetDatum(GetCurrentTimestamp()),
		JsonbPGetDatum(feedback_evaluate_describe_scorers(run->scorers)),
		JsonbPGetDatum(feedback_evaluate_describe_subjects(subjects)),
		Int64GetDatum(run->n_traces), JsonbPGetDatum(run->metadata),
		run->trace_ids == NULL ? PointerGetDatum(construct_empty_array(TEXTOID)) : makeArrayResult(run->trace_ids, CurrentMemoryContext)
	};
	char		nulls[lengthof(values)];

	memset(nulls, ' ', sizeof(nulls));
	nulls[1] = run->name == NULL ? 'n' : ' ';
	nulls[8] = run->metadata == NULL ? 'n' : ' ';
	feedback_statement_run(&insert_run, values, nulls, false);
}
