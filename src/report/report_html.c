/*
 * report_html.c
 *		Texts and numbers as HTML.
 *
 * All of it is ASCII: other characters are written as references.  So the page
 * is the same, and right, in whatever encodings the database and the client have.
 */
#include "postgres.h"

#include <math.h>

#include "datatype/timestamp.h"
#include "mb/pg_wchar.h"
#include "utils/datetime.h"

#include "base/encoding.h"
#include "report/report.h"

#define REPLACEMENT	0xFFFD

static const char *to_utf8(const char *string);
static pg_wchar next_character(const unsigned char **utf8);
static void append_character(StringInfo page, pg_wchar c);
static bool is_hidden(pg_wchar c);

/* Append a text, escaped for elements and attributes, cut to max characters. */
void
feedback_html_text(StringInfo page, const char *string, int max)
{
	const unsigned char *utf8 = (const unsigned char *) to_utf8(string);
	int			length = 0;

	while (*utf8 != '\0')
	{
		pg_wchar	c;

		if (length++ == max)
		{
			appendStringInfoString(page, "&#x2026;");
			return;
		}
		c = next_character(&utf8);
		append_character(page, c);
	}
}

/* The same, whose direction leaves the text around it alone; and a word for nothing but blanks */
void
feedback_html_user(StringInfo page, const char *string, int max)
{
	if (string[strspn(string, " \t\r\n")] == '\0')
	{
		appendStringInfoString(page, "<span class=\"source\">blank</span>");
		return;
	}
	appendStringInfoString(page, "<bdi>");
	feedback_html_text(page, string, max);
	appendStringInfoString(page, "</bdi>");
}

/* A source: its type and, if it has one, its id */
void
feedback_html_source(StringInfo page, const char *type, const char *id)
{
	appendStringInfo(page, "<span class=\"source\">%s</span>", type);
	if (id != NULL)
	{
		appendStringInfoChar(page, ' ');
		feedback_html_user(page, id, REPORT_NAME_LENGTH);
	}
}

/*
 * A text of the database as UTF-8.
 *
 * Where a character cannot be converted, the others still are.
 */
static const char *
to_utf8(const char *string)
{
	const char *utf8 = string;
	int			utf8_length;
	int			bad_offset;
	StringInfoData result;

	/*
	 * A SQL_ASCII database holds bytes of any kind; next_character sees to
	 * those.
	 */
	if (GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII)
		return string;
	if (feedback_encoding_to_utf8(string, strlen(string), &utf8, &utf8_length, &bad_offset) == ENCODING_OK)
		return utf8;

	initStringInfo(&result);
	while (*string != '\0')
	{
		int			size = Min(pg_mblen(string), (int) strlen(string));

		if (feedback_encoding_to_utf8(string, size, &utf8, &utf8_length, &bad_offset) == ENCODING_OK)
			appendBinaryStringInfo(&result, utf8, utf8_length);
		else
			appendStringInfoString(&result, "\xEF\xBF\xBD");
		string += size;
	}
	return result.data;
}

/* Read a character; what is not UTF-8, in a database that does not check, byte by byte. */
static pg_wchar
next_character(const unsigned char **utf8)
{
	const unsigned char *start = *utf8;
	int			length = pg_utf_mblen(start);

	if (memchr(start, '\0', length) != NULL || !pg_utf8_islegal(start, length))
	{
		*utf8 += 1;
		return REPLACEMENT;
	}
	*utf8 += length;
	return utf8_to_unicode(start);
}

static void
append_character(StringInfo page, pg_wchar c)
{
	switch (c)
	{
		case '<':
			appendStringInfoString(page, "&lt;");
			break;
		case '>':
			appendStringInfoString(page, "&gt;");
			break;
		case '&':
			appendStringInfoString(page, "&amp;");
			break;
		case '"':
			appendStringInfoString(page, "&quot;");
			break;
		case '\'':
			appendStringInfoString(page, "&#39;");
			break;
		case '\t':
		case '\n':
		case '\r':
		case 0x2028:			/* LINE SEPARATOR */
		case 0x2029:			/* PARAGRAPH SEPARATOR */
			appendStringInfoChar(page, ' ');
			break;
		default:
			if (is_hidden(c))
				appendStringInfo(page, "&#x%X;", REPLACEMENT);
			else if (c < 0x80)
				appendStringInfoChar(page, (char) c);
			else
				appendStringInfo(page, "&#x%X;", c);
	}
}

/*
 * Is this a control character, one that changes the direction of what follows,
 * or no character at all?  These could make a text look like another one, and
 * some may not stand in a page.  Marks and joiners are part of scripts.
 */
static bool
is_hidden(pg_wchar c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) ||
		(c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x206F) ||
		(c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE ||
		(c >= 0xE0000 && c <= 0xE007F);
}

/* Append a count with its thousands apart. */
void
feedback_html_count(StringInfo page, int64 count)
{
	char		digits[32];
	int			length = snprintf(digits, sizeof(digits), INT64_FORMAT, count);
	int			i;

	for (i = 0; i < length; i++)
	{
		if (i > 0 && digits[i - 1] != '-' && (length - i) % 3 == 0)
			appendStringInfoChar(page, ',');
		appendStringInfoChar(page, digits[i]);
	}
}

/* Append a number to so many digits, from a thousand to a million its whole part. */
void
feedback_html_number(StringInfo page, double number, int precision)
{
	char		digits[32];
	char	   *exponent;

	if (number < 0)
		appendStringInfoString(page, "&#x2212;");
	number = fabs(number);
	if (number >= 999.5 && number < 1e6)
	{
		feedback_html_count(page, (int64) rint(number));
		return;
	}
	snprintf(digits, sizeof(digits), "%.*g", precision, number);
	exponent = strchr(digits, 'e');
	if (exponent == NULL)
		appendStringInfoString(page, digits);
	else
		appendStringInfo(page, "%.*se%d", (int) (exponent - digits), digits, atoi(exponent + 1));
}

/* Append a share in percent; neither end is named unless it is reached. */
void
feedback_html_share(StringInfo page, double share)
{
	double		percent = share * 100;

	if (share > 0 && percent < 0.1)
		appendStringInfoString(page, "&lt;&#xA0;0.1&#xA0;%");
	else if (share < 1 && percent > 99.9)
		appendStringInfoString(page, "&gt;&#xA0;99.9&#xA0;%");
	else if (percent >= 10 && percent <= 90)
		appendStringInfo(page, "%.0f&#xA0;%%", percent);
	else
		appendStringInfo(page, "%.3g&#xA0;%%", rint(percent * 10) / 10);
}

/* Append a day as in 24 Nov 2026. */
void
feedback_html_date(StringInfo page, DateADT date, bool year)
{
	int			y;
	int			m;
	int			d;

	j2date(date + POSTGRES_EPOCH_JDATE, &y, &m, &d);
	appendStringInfo(page, "%d&#xA0;%s", d, months[m - 1]);
	if (year)
		appendStringInfo(page, "&#xA0;%d", y);
}

/* Append a note of what is left out, if anything is. */
void
feedback_html_more(StringInfo page, int64 count, const char *one, const char *several)
{
	if (count <= 0)
		return;
	appendStringInfoString(page, "<p class=\"note\">");
	feedback_html_count(page, count);
	appendStringInfo(page, " more %s not shown.</p>\n", count == 1 ? one : several);
}
