/*
 * statement.c
 *		SQL statements whose plans are kept for the session.
 *
 * A plan is prepared at first use.  Since the text that it was made from names
 * everything by its schema, it outlives a DROP and CREATE of the extension.  So
 * no parameter is of a type of the extension, whose OID would change: enums go
 * through text, or are literals.
 */
#include "postgres.h"

#include "access/transam.h"
#include "catalog/namespace.h"
#include "executor/tstoreReceiver.h"
#include "miscadmin.h"
#include "nodes/params.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/plancache.h"
#include "utils/resowner.h"
#include "utils/rls.h"

#include "base/compat.h"
#include "base/statement.h"

static void prepare(Statement *statement);
static bool plan_stands(const Statement *statement);
static void make_plan(Statement *statement);
static void fill(SPIPlanPtr plan, int count, const Oid *types, const Datum *values,
				 ReturnSetInfo *result);

/* Run a statement, for a caller connected to SPI; returns the rows processed. */
uint64
feedback_statement_run(Statement *statement, Datum *values, const char *nulls,
					   bool read_only)
{
	int			result;

	prepare(statement);
	result = SPI_execute_plan(statement->plan, values, nulls, read_only, 0);
	if (result < 0)
		elog(ERROR, "could not run a statement: %s", SPI_result_code_string(result));
	return SPI_processed;
}

/*
 * Make the rows of a query the result of a function that returns a set.
 *
 * The columns are those that the function declares; parameters are not null.
 */
void
feedback_statement_fill(Statement *statement, Datum *values, ReturnSetInfo *result)
{
	prepare(statement);
	fill(statement->plan, statement->count, statement->types, values, result);
}

/* The same for a statement that is planned anew for its constants. */
void
feedback_statement_fill_once(const char *sql, int count, Oid *types, Datum *values,
							 ReturnSetInfo *result)
{
	SPIPlanPtr	plan = SPI_prepare_cursor(sql, count, types, CURSOR_OPT_CUSTOM_PLAN);

	if (plan == NULL)
		elog(ERROR, "could not prepare a statement: %s", SPI_result_code_string(SPI_result));
	fill(plan, count, types, values, result);
	SPI_freeplan(plan);
}

/* Run a query that is planned anew for its constants, into SPI_tuptable; returns the rows. */
uint64
feedback_statement_select_once(const char *sql, int count, Oid *types, Datum *values)
{
	int			result = SPI_execute_with_args(sql, count, types, values, NULL, true, 0);

	if (result < 0)
		elog(ERROR, "could not run a statement: %s", SPI_result_code_string(result));
	return SPI_processed;
}

static void
fill(SPIPlanPtr plan, int count, const Oid *types, const Datum *values, ReturnSetInfo *result)
{
	SPIExecuteOptions options = {0};
	DestReceiver *receiver = CreateTuplestoreDestReceiver();
	ParamListInfo parameters = makeParamList(count);
	int			code;
	int			i;

	for (i = 0; i < count; i++)
	{
		parameters->params[i].value = values[i];
		parameters->params[i].isnull = false;
		parameters->params[i].pflags = PARAM_FLAG_CONST;
		parameters->params[i].ptype = types[i];
	}
	SetTuplestoreDestReceiverParams(receiver, result->setResult,
									result->econtext->ecxt_per_query_memory, false, NULL, NULL);
	options.params = parameters;
	options.read_only = true;
	options.dest = receiver;
	code = SPI_execute_plan_extended(plan, &options);
	if (code < 0)
		elog(ERROR, "could not run a statement: %s", SPI_result_code_string(code));
	receiver->rDestroy(receiver);
}

/* Open a cursor for a query that may return many rows. */
Portal
feedback_statement_open(Statement *statement, Datum *values, const char *nulls)
{
	prepare(statement);
	return SPI_cursor_open(NULL, statement->plan, values, nulls, true);
}

/*
 * Make the plan, at first use and whenever the one that is there would not be
 * used as it is: then the server would make another, without our settings.
 */
static void
prepare(Statement *statement)
{
	if (statement->plan == NULL)
	{
		SPIPlanPtr	plan = SPI_prepare_cursor(statement->sql, statement->count,
											  statement->types, CURSOR_OPT_GENERIC_PLAN);

		if (plan == NULL || SPI_keepplan(plan) != 0)
			elog(ERROR, "could not prepare a statement: %s",
				 SPI_result_code_string(SPI_result));
		statement->plan = plan;
	}
	AcceptInvalidationMessages();
	if (!plan_stands(statement))
		make_plan(statement);
}

/*
 * Is the plan ours, and would the server use it as it is?
 *
 * The tests are those of its plan cache: nothing that the plan depends on has
 * changed, neither has the search path nor, where it counts, the role.  Nor has
 * the setting row_security, which the server forgets to ask about where it is an
 * SQL function, put into the plan, that reads the table.  Ours it is by its
 * generation, which another plan would have taken further: planning may be
 * cancelled, or what the plan depends on change right before it is run.
 */
static bool
plan_stands(const Statement *statement)
{
	CachedPlanSource *source = linitial(SPI_plan_get_plan_sources(statement->plan));
	const CachedPlan *plan = source->gplan;

	return source->is_valid && plan != NULL && plan->is_valid &&
		plan->generation == statement->generation &&
		SearchPathMatchesCurrentEnvironment(source->search_path) &&
		(!source->dependsOnRLS ||
		 (source->rewriteRoleId == GetUserId() && source->rewriteRowSecurity == row_security)) &&
		(!plan->dependsOnRole ||
		 (plan->planRoleId == GetUserId() && statement->row_security == row_security)) &&
		!TransactionIdIsValid(plan->saved_xmin);
}

/*
 * Make the generic plan; without sequential scans, unless it reads all of a table.
 *
 * It is kept until something changes that it depends on.  Made while the table is empty,
 * as when a database is first filled, it would read all of it each time.  Beside
 * what that makes a scan of a small table seem to cost, sorting and hashing cost
 * the same, so groups have to ask for the latter.  Nor is it compiled (jit): what
 * a generic plan seems to cost says little, compiling takes up to a second.
 */
static void
make_plan(Statement *statement)
{
	CachedPlanSource *source = linitial(SPI_plan_get_plan_sources(statement->plan));
	int			nest_level = NewGUCNestLevel();
	CachedPlan *cached;

	/* One of another generation would be found good enough */
	statement->generation = 0;
	statement->row_security = row_security;
	if (source->gplan != NULL)
		source->gplan->is_valid = false;
	if (!statement->scans)
		(void) set_config_option("enable_seqscan", "off", PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	if (statement->groups)
		(void) set_config_option("enable_sort", "off", PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("jit", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	cached = SPI_plan_get_cached_plan(statement->plan);
	if (cached != NULL)
	{
		statement->generation = cached->generation;
		ReleaseCachedPlan(cached, CurrentResourceOwner);
	}
	AtEOXact_GUC(true, nest_level);
}
