/*
 * evaluate_attempt.c
 *		What may fail, in a subtransaction.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/elog.h"
#include "utils/resowner.h"

#include "evaluate/evaluate.h"

static bool ends_the_run(int sqlstate);

/*
 * Do something in a subtransaction; returns why it failed, or NULL.
 *
 * What it wrote before it failed is gone.  An error that is not of its own making
 * is raised: that the caller cancelled all, and that the transaction has to be
 * tried again.  The caller is connected to SPI.
 */
Failure *
feedback_evaluate_attempt(Attempt attempt, void *arg)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	Failure    *volatile failure = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		attempt(arg);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (ends_the_run(error->sqlerrcode))
			ReThrowError(error);
		failure = palloc(sizeof(Failure));
		failure->sqlstate = error->sqlerrcode;
		failure->message = error->message != NULL ? error->message : "";
		failure->detail = error->detail;
		failure->context = error->context;
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return failure;
}

/* Is an error one of the whole statement, or of the whole transaction? */
static bool
ends_the_run(int sqlstate)
{
	return sqlstate == ERRCODE_QUERY_CANCELED ||
		ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_TRANSACTION_ROLLBACK;
}
