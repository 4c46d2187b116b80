/*
 * picture.c
 *		Bars and lines for tables that people read in a terminal.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* No terminal is wider */
#define MAX_WIDTH	1000

/* U+2588 FULL BLOCK; U+2589 to U+258F are 7 down to 1 eighths of its width */
#define FULL_BLOCK	0x2588

/* U+2581 to U+2588 are 1 to 8 eighths of its height */
#define LOWEST_BLOCK	0x2581

/* Where a line has nothing to show */
#define GAP			'.'

static bool is_utf8(void);
static void check_width(int width);
static void append_block(StringInfo picture, int block);
static double *read_heights(ArrayType *heights, ArrayType *places, int width);
static int	read_position(Datum *places, bool *nulls, int i, int width);
static char *draw_line(const double *line, int width);

PG_FUNCTION_INFO_V1(feedback_bar);
PG_FUNCTION_INFO_V1(feedback_sparkline);

/*
 * bar(share double precision, width integer) returns text
 *
 * A bar of so many characters for a share of 1, in eighths of a character
 * where the client's and the database's encoding are UTF-8, of number signs
 * elsewhere.  Shares outside 0 to 1 are drawn as the nearer of the two.  A
 * width outside 1 to 1000 is 22023.
 */
Datum
feedback_bar(PG_FUNCTION_ARGS)
{
	double		share = PG_GETARG_FLOAT8(0);
	int			width = PG_GETARG_INT32(1);
	bool		utf8 = is_utf8();
	StringInfoData bar;
	int			eighths;

	check_width(width);
	if (isnan(share))
		PG_RETURN_NULL();

	eighths = (int) rint(Min(Max(share, 0.0), 1.0) * width * 8);
	initStringInfo(&bar);
	for (; eighths > 0; eighths -= 8)
	{
		if (utf8)
			append_block(&bar, FULL_BLOCK + 8 - Min(eighths, 8));
		else if (eighths >= 4)
			appendStringInfoChar(&bar, '#');
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(bar.data, bar.len));
}

/*
 * sparkline(heights double precision[], places integer[], width integer) returns text
 *
 * A character for each height, from the least (one eighth of a character) to the
 * greatest (a full one), or from 1 to 8 unless the client's and the database's
 * encoding are UTF-8.  Heights that are all the same are drawn in the middle.
 *
 * Places says which character is whose, from 1 on; without it they follow one
 * another.  Places from 1 to width that have no height, or one that is NULL, NaN
 * or infinite, are a dot; heights elsewhere are left out.  22023 for a width
 * outside 1 to 1000, or places that are not as many as the heights.
 */
Datum
feedback_sparkline(PG_FUNCTION_ARGS)
{
	ArrayType  *heights;
	ArrayType  *places = PG_ARGISNULL(1) ? NULL : PG_GETARG_ARRAYTYPE_P(1);
	double	   *line;
	int			width;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	heights = PG_GETARG_ARRAYTYPE_P(0);
	if (PG_ARGISNULL(2))
	{
		width = ArrayGetNItems(ARR_NDIM(heights), ARR_DIMS(heights));
		if (width == 0)
			PG_RETURN_TEXT_P(cstring_to_text(""));
	}
	else
		width = PG_GETARG_INT32(2);
	check_width(width);
	line = read_heights(heights, places, width);
	PG_RETURN_TEXT_P(cstring_to_text(draw_line(line, width)));
}

/* Will block elements arrive as such? */
static bool
is_utf8(void)
{
	return GetDatabaseEncoding() == PG_UTF8 && pg_get_client_encoding() == PG_UTF8;
}

static void
check_width(int width)
{
	if (width < 1 || width > MAX_WIDTH)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("width is out of range"),
				 errdetail("A picture is 1 to %d characters wide.", MAX_WIDTH),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "width")));
}

static void
append_block(StringInfo picture, int block)
{
	unsigned char character[MAX_MULTIBYTE_CHAR_LEN + 1] = {0};

	unicode_to_utf8(block, character);
	appendStringInfoString(picture, (char *) character);
}

/* The height of each character, NaN for a gap */
static double *
read_heights(ArrayType *heights, ArrayType *places, int width)
{
	double	   *line = palloc(width * sizeof(double));
	Datum	   *values;
	Datum	   *place_values = NULL;
	bool	   *nulls;
	bool	   *place_nulls = NULL;
	int			count;
	int			place_count;
	int			i;

	for (i = 0; i < width; i++)
		line[i] = NAN;
	deconstruct_array(heights, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &values, &nulls, &count);
	if (places != NULL)
	{
		deconstruct_array(places, INT4OID, sizeof(int32), true, TYPALIGN_INT,
						  &place_values, &place_nulls, &place_count);
		if (place_count != count)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("places are not as many as heights"),
					 errdetail("There are %d places and %d heights.", place_count, count),
					 err_generic_string(PG_DIAG_COLUMN_NAME, "places")));
	}
	for (i = 0; i < count; i++)
	{
		int			place = read_position(place_values, place_nulls, i, width);

		if (place >= 0 && !nulls[i] && isfinite(DatumGetFloat8(values[i])))
			line[place] = DatumGetFloat8(values[i]);
	}
	return line;
}

/* The character, from 0 on, that the height is for; -1 if it is outside. */
static int
read_position(Datum *places, bool *nulls, int i, int width)
{
	int64		place = i;

	if (places != NULL)
		place = nulls[i] ? -1 : (int64) DatumGetInt32(places[i]) - 1;
	return place >= 0 && place < width ? (int) place : -1;
}

static char *
draw_line(const double *line, int width)
{
	bool		utf8 = is_utf8();
	double		least = INFINITY;
	double		greatest = -INFINITY;
	StringInfoData picture;
	int			i;

	for (i = 0; i < width; i++)
	{
		if (isnan(line[i]))
			continue;
		least = Min(least, line[i]);
		greatest = Max(greatest, line[i]);
	}

	initStringInfo(&picture);
	for (i = 0; i < width; i++)
	{
		/* halved, since the range of what a number can be is no number */
		double		range = greatest / 2 - least / 2;
		int			level = 3;

		if (isnan(line[i]))
		{
			appendStringInfoChar(&picture, GAP);
			continue;
		}
		if (range > 0)
			level = (int) rint((line[i] / 2 - least / 2) / range * 7);
		if (utf8)
			append_block(&picture, LOWEST_BLOCK + level);
		else
			appendStringInfoChar(&picture, '1' + level);
	}
	return picture.data;
}
