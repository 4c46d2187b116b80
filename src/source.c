/*
 * source.c
 *		Sources as analysts name them: HUMAN, or LLM_JUDGE:gpt-4.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "row.h"
#include "validate.h"

PG_FUNCTION_INFO_V1(feedback_is_source);

/*
 * is_source(source_type, source_id text, source text) returns boolean
 *
 * Whether a source is of the one named: a type, in any letter case, or a type, a
 * colon and an id.  Another type is 22023; a NULL source is none.
 */
Datum
feedback_is_source(PG_FUNCTION_ARGS)
{
	Assessment	named = {0};
	text	   *source;
	char	   *start;
	char	   *colon;
	int			length;
	Problem		problem;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
		PG_RETURN_BOOL(false);
	source = PG_GETARG_TEXT_PP(2);
	start = VARDATA_ANY(source);
	length = VARSIZE_ANY_EXHDR(source);
	colon = memchr(start, ':', length);

	if (!feedback_validate_source_type(start, colon == NULL ? length : (int) (colon - start),
									   "source", &named, &problem))
	{
		problem.detail = "A source is named by its type, or by its type, a colon and its id, as in LLM_JUDGE:gpt-4.";
		feedback_problem_raise(&problem);
	}
	if (feedback_source_type_read(feedback_row_enum_text(PG_GETARG_DATUM(0))) != named.source_type)
		PG_RETURN_BOOL(false);
	if (colon == NULL)
		PG_RETURN_BOOL(true);
	if (PG_ARGISNULL(1))
		PG_RETURN_BOOL(false);
	colon++;
	PG_RETURN_BOOL((int) VARSIZE_ANY_EXHDR(PG_GETARG_TEXT_PP(1)) == start + length - colon &&
				   memcmp(VARDATA_ANY(PG_GETARG_TEXT_PP(1)), colon, start + length - colon) == 0);
}
