/*
 * encoding.c
 *		Between UTF-8, which documents are, and the database's encoding.
 *
 * The server's own conversion functions raise; here a text that cannot be
 * converted is an answer, because a batch puts such a document aside.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "mb/pg_wchar.h"

#include "base/encoding.h"

static bool convert(int from, int to, const char *in, int length,
					const char **out, int *out_length, int *bad_offset);

/*
 * A text of the database as UTF-8.
 *
 * In a UTF8 database that is the text itself.  A SQL_ASCII database holds
 * bytes of any kind, so there they are checked to be UTF-8.  Otherwise
 * bad_offset says where the first byte is that cannot be converted.
 */
EncodingResult
feedback_encoding_to_utf8(const char *in, int length, const char **out,
						  int *out_length, int *bad_offset)
{
	int			encoding = GetDatabaseEncoding();

	if (encoding != PG_UTF8 && encoding != PG_SQL_ASCII)
		return convert(encoding, PG_UTF8, in, length, out, out_length, bad_offset) ?
			ENCODING_OK : ENCODING_UNTRANSLATABLE;

	*out = in;
	*out_length = length;
	if (encoding == PG_UTF8)
		return ENCODING_OK;

	*bad_offset = pg_encoding_verifymbstr(PG_UTF8, in, length);
	return (*bad_offset == length) ? ENCODING_OK : ENCODING_INVALID;
}

/* UTF-8 as a text of the database; false when it cannot be held there. */
bool
feedback_encoding_from_utf8(const char *in, int length, const char **out,
							int *out_length)
{
	int			encoding = GetDatabaseEncoding();
	int			bad_offset;

	if (encoding != PG_UTF8 && encoding != PG_SQL_ASCII)
		return convert(PG_UTF8, encoding, in, length, out, out_length, &bad_offset);

	*out = in;
	*out_length = length;
	return true;
}

/* Convert without raising, into memory of the current context. */
static bool
convert(int from, int to, const char *in, int length, const char **out,
		int *out_length, int *bad_offset)
{
	Oid			conversion = FindDefaultConversionProc(from, to);
	Size		size = (Size) length * MAX_CONVERSION_GROWTH + 1;
	char	   *buffer;

	if (!OidIsValid(conversion))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("no conversion from encoding \"%s\" to encoding \"%s\"",
						pg_encoding_to_char(from), pg_encoding_to_char(to))));

	buffer = palloc_extended(Min(size, INT_MAX), MCXT_ALLOC_HUGE);
	*bad_offset = pg_do_encoding_conversion_buf(conversion, from, to,
												(unsigned char *) unconstify(char *, in), length,
												(unsigned char *) buffer,
												(int) Min(size, INT_MAX), true);
	if (*bad_offset != length)
		return false;

	*out = buffer;
	*out_length = (int) strlen(buffer);
	return true;
}
