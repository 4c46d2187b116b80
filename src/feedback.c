/*
 * feedback.c
 *		Feedback on the traces of LLM applications: the module.
 */
#include "postgres.h"

#include "fmgr.h"

#include "base/settings.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

void
_PG_init(void)
{
	feedback_settings_define();
}
