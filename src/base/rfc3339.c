/*
 * rfc3339.c
 *		Times as documents spell them.
 *
 * RFC 3339, section 5.6, narrowed: a capital T, a zone that is Z or an
 * offset, and years 1 to 9999 in UTC.  Leap seconds are out of range, since
 * neither MLflow nor PostgreSQL can keep one.
 */
#include "postgres.h"

#include "utils/datetime.h"

#include "base/rfc3339.h"

/* What is left of the text that is being read */
typedef struct Reader
{
	const char *at;
	const char *end;
} Reader;

static bool read_digits(Reader *reader, int digits, int *number);
static bool read_char(Reader *reader, char expected);
static bool read_fraction(Reader *reader, fsec_t *usec);
static bool read_zone(Reader *reader, int *hours, int *minutes);
static int	days_in_month(int year, int month);

/* Read a time; digits beyond the microsecond are cut. */
TimeResult
feedback_rfc3339_parse(const char *string, size_t length, TimestampTz *result)
{
	Reader		reader = {string, string + length};
	int			year,
				month,
				day,
				hour,
				minute,
				second,
				zone_hours,
				zone_minutes;
	fsec_t		usec;
	int64		days;
	TimestampTz time;

	if (!read_digits(&reader, 4, &year) || !read_char(&reader, '-') ||
		!read_digits(&reader, 2, &month) || !read_char(&reader, '-') ||
		!read_digits(&reader, 2, &day) || !read_char(&reader, 'T') ||
		!read_digits(&reader, 2, &hour) || !read_char(&reader, ':') ||
		!read_digits(&reader, 2, &minute) || !read_char(&reader, ':') ||
		!read_digits(&reader, 2, &second) ||
		!read_fraction(&reader, &usec) ||
		!read_zone(&reader, &zone_hours, &zone_minutes) ||
		reader.at != reader.end)
		return TIME_MALFORMED;

	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
		hour > 23 || minute > 59 || second > 59 ||
		abs(zone_hours) > 23 || abs(zone_minutes) > 59)
		return TIME_OUT_OF_RANGE;

	days = date2j(year, month, day) - POSTGRES_EPOCH_JDATE;
	time = days * USECS_PER_DAY + usec +
		(hour - zone_hours) * USECS_PER_HOUR +
		(minute - zone_minutes) * USECS_PER_MINUTE +
		second * USECS_PER_SEC;

	if (!feedback_rfc3339_in_range(time))
		return TIME_OUT_OF_RANGE;
	*result = time;
	return TIME_OK;
}

/* Print a time in UTC, without trailing zeros in the fraction. */
void
feedback_rfc3339_print(TimestampTz time, char *out)
{
	struct pg_tm tm;
	fsec_t		usec;
	int			length;

	if (timestamp2tm(time, NULL, &tm, &usec, NULL, NULL) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp out of range")));

	length = snprintf(out, RFC3339_BUFFER_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d",
					  tm.tm_year, tm.tm_mon, tm.tm_mday,
					  tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (usec != 0)
	{
		length += snprintf(out + length, RFC3339_BUFFER_SIZE - length,
						   ".%06d", (int) usec);
		while (out[length - 1] == '0')
			length--;
	}
	out[length] = 'Z';
	out[length + 1] = '\0';
}

/* Years 1 to 9999 in UTC: what a document can spell.  Excludes infinity. */
bool
feedback_rfc3339_in_range(TimestampTz time)
{
	int64		first = date2j(1, 1, 1) - POSTGRES_EPOCH_JDATE;
	int64		last = date2j(10000, 1, 1) - POSTGRES_EPOCH_JDATE;

	return time >= first * USECS_PER_DAY && time < last * USECS_PER_DAY;
}

/* Read a number of exactly so many digits. */
static bool
read_digits(Reader *reader, int digits, int *number)
{
	int			read = 0;

	while (digits-- > 0)
	{
		if (reader->at == reader->end || *reader->at < '0' || *reader->at > '9')
			return false;
		read = read * 10 + (*reader->at++ - '0');
	}
	*number = read;
	return true;
}

static bool
read_char(Reader *reader, char expected)
{
	if (reader->at == reader->end || *reader->at != expected)
		return false;
	reader->at++;
	return true;
}

/* Read an optional fraction of a second, of at least one digit. */
static bool
read_fraction(Reader *reader, fsec_t *usec)
{
	int			unit = 100000;
	int			digit;

	*usec = 0;
	if (!read_char(reader, '.'))
		return true;
	if (!read_digits(reader, 1, &digit))
		return false;
	do
	{
		*usec += digit * unit;
		unit /= 10;
	} while (read_digits(reader, 1, &digit));
	return true;
}

/* Read Z or an offset from UTC, whose parts share its sign. */
static bool
read_zone(Reader *reader, int *hours, int *minutes)
{
	int			sign;

	*hours = *minutes = 0;
	if (read_char(reader, 'Z'))
		return true;
	if (read_char(reader, '+'))
		sign = 1;
	else if (read_char(reader, '-'))
		sign = -1;
	else
		return false;
	if (!read_digits(reader, 2, hours) || !read_char(reader, ':') ||
		!read_digits(reader, 2, minutes))
		return false;
	*hours *= sign;
	*minutes *= sign;
	return true;
}

static int
days_in_month(int year, int month)
{
	return day_tab[isleap(year)][month - 1];
}
