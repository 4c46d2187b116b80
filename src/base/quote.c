/*
 * quote.c
 *		What a user gave as an argument, for messages.
 *
 * Only the argument that is refused is ever quoted, and never of a document:
 * what people say of an answer has no place in a log.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

#include "base/compat.h"
#include "base/quote.h"

/* Bytes shown at the most */
#define MAX_QUOTED	60

/*
 * A string in double quotes, cut between characters when it is long, and with
 * its control characters as \xNN, so that it stays one line of a log.
 */
char *
feedback_quote(const char *string, int length)
{
	int			shown = pg_mbcliplen(string, length, MAX_QUOTED);
	StringInfoData out;
	int			i;

	initStringInfo(&out);
	appendStringInfoChar(&out, '"');
	for (i = 0; i < shown; i++)
	{
		unsigned char c = (unsigned char) string[i];

		if (c < ' ' || c == 0x7F)
			appendStringInfo(&out, "\\x%02x", c);
		else
			appendStringInfoChar(&out, c);
	}
	appendStringInfoString(&out, shown < length ? "...\"" : "\"");
	return out.data;
}

/* The same of a text that is not NULL. */
char *
feedback_quote_text(const text *string)
{
	return feedback_quote(VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string));
}
