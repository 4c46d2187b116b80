/*
 * bar.c
 *		Bars for tables that people read in a terminal.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

/* No terminal is wider */
#define MAX_WIDTH	1000

/* U+2588 FULL BLOCK; U+2589 to U+258F are 7 down to 1 eighths of it */
#define FULL_BLOCK	0x2588

PG_FUNCTION_INFO_V1(feedback_bar);

/*
 * bar(share double precision, width integer) returns text
 *
 * A bar of so many characters for a share of 1, in eighths of a character
 * where the client's and the database's encoding are UTF-8, of number signs
 * elsewhere.  Shares outside 0 to 1 are drawn as the nearer of the two.
 */
Datum
feedback_bar(PG_FUNCTION_ARGS)
{
	double		share = PG_GETARG_FLOAT8(0);
	int			width = PG_GETARG_INT32(1);
	bool		utf8 = (GetDatabaseEncoding() == PG_UTF8 &&
						pg_get_client_encoding() == PG_UTF8);
	StringInfoData bar;
	int			eighths;

	if (width < 1 || width > MAX_WIDTH)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("width is out of range"),
				 errdetail("A bar is 1 to %d characters wide.", MAX_WIDTH)));
	if (isnan(share))
		PG_RETURN_NULL();

	eighths = (int) rint(Min(Max(share, 0.0), 1.0) * width * 8);
	initStringInfo(&bar);
	for (; eighths > 0; eighths -= 8)
	{
		unsigned char block[4] = {0};

		if (!utf8)
		{
			if (eighths >= 4)
				appendStringInfoChar(&bar, '#');
			continue;
		}
		unicode_to_utf8(FULL_BLOCK + 8 - Min(eighths, 8), block);
		appendStringInfoString(&bar, (char *) block);
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(bar.data, bar.len));
}
