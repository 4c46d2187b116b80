/*
 * attempt.c
 *		What may fail, in a subtransaction.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/resowner.h"

#include "base/attempt.h"

/*
 * Do something in a subtransaction; returns why it failed, or NULL.
 *
 * What it wrote before it failed is gone.  An error that passes is raised, as what
 * is not of the attempt's own making: that the caller cancelled all, say.  The
 * subtransaction ends before that, or whoever catches the error would end it in
 * place of their own, and a session of single statements be left in an aborted
 * transaction.
 */
ErrorData *
feedback_attempt(Attempt attempt, void *arg, bool (*passes) (int sqlstate))
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *volatile failure = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		attempt(arg);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		failure = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (passes(failure->sqlerrcode))
			ReThrowError(failure);
		if (failure->message == NULL)
			failure->message = "";
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return failure;
}
