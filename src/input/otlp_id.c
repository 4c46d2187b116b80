/*
 * otlp_id.c
 *		Ids and times of OpenTelemetry's records.
 *
 * OTLP/JSON spells ids as hexadecimal digits.  What protobuf's own JSON makes
 * of them, base64, has another length, so it can be told and is read as well.
 */
#include "postgres.h"

#include <errno.h>

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/rfc3339.h"
#include "input/otlp_id.h"

#define TRACE_ID_BYTES		16
#define SPAN_ID_BYTES		8

static bool read_id(const Member *member, int bytes, const char *noun, text **result,
					Problem *problem);
static bool read_hex_id(const char *string, int length, int bytes, char *out);
static bool read_base64(const char *string, int length, int bytes, char *out);
static bool refuse_time(const Member *member, Problem *problem);

/* A trace id as 32 hexadecimal digits, NULL if there is none. */
bool
feedback_otlp_trace_id(const Member *member, text **result, Problem *problem)
{
	return read_id(member, TRACE_ID_BYTES, "a trace id", result, problem);
}

/* A span id as 16 hexadecimal digits, NULL if there is none. */
bool
feedback_otlp_span_id(const Member *member, text **result, Problem *problem)
{
	return read_id(member, SPAN_ID_BYTES, "a span id", result, problem);
}

/*
 * A time in nanoseconds since 1970, as a number or as a string of its digits.
 * Zero means that it is not known.
 */
bool
feedback_otlp_time(const Member *member, Assessment *assessment, text **nanoseconds,
				   Problem *problem)
{
	Value		number;
	char	   *digits;
	uint64		nanos;

	if (!member_given(member))
		return true;
	if (feedback_document_is_string(member->json) || feedback_document_is_number(member->json))
	{
		if (!feedback_document_value(member, &number, problem))
			return false;
	}
	else
		return refuse_time(member, problem);

	if (number.type == VALUE_NUMERIC)
		digits = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number.as.numeric)));
	else
		digits = text_to_cstring(number.as.text);
	if (*digits == '\0' || strspn(digits, "0123456789") != strlen(digits))
		return refuse_time(member, problem);

	errno = 0;
	nanos = strtoull(digits, NULL, 10);
	if (errno != 0)
		return feedback_problem_set(problem, ERRCODE_DATETIME_FIELD_OVERFLOW, member->name->column,
									psprintf("%s is out of range", member->name->name),
									"It has 64 bits.", NULL);
	if (nanos == 0)
		return true;
	assessment->has_create_time = true;
	assessment->create_time = (TimestampTz) (nanos / 1000) + UNIX_EPOCH;
	*nanoseconds = cstring_to_text(psprintf(UINT64_FORMAT, nanos));
	return true;
}

static bool
read_id(const Member *member, int bytes, const char *noun, text **result, Problem *problem)
{
	char		hex[2 * TRACE_ID_BYTES + 1];
	const char *string;
	int			length;

	*result = NULL;
	if (!member_given(member))
		return true;
	if (!feedback_document_utf8(member, &string, &length, problem))
		return false;
	if (length == 0)
		return true;
	if (!read_hex_id(string, length, bytes, hex) && !read_base64(string, length, bytes, hex))
		return feedback_problem_set(problem, ERRCODE_INVALID_TEXT_REPRESENTATION, member->name->column,
									psprintf("%s is not %s", member->name->name, noun),
									NULL,
									psprintf("It has %d hexadecimal digits, or is the base64 of %d bytes.",
											 2 * bytes, bytes));
	/* All zero means that there is none */
	hex[2 * bytes] = '\0';
	if (strspn(hex, "0") < (size_t) (2 * bytes))
		*result = cstring_to_text_with_len(hex, 2 * bytes);
	return true;
}

/* Read hexadecimal digits, in either case, as lower-case ones. */
static bool
read_hex_id(const char *string, int length, int bytes, char *out)
{
	int			i;

	if (length != 2 * bytes)
		return false;
	for (i = 0; i < length; i++)
	{
		out[i] = pg_ascii_tolower((unsigned char) string[i]);
		if (strchr("0123456789abcdef", out[i]) == NULL)
			return false;
	}
	return true;
}

/* Read the base64 of so many bytes, padded or not, as hexadecimal digits. */
static bool
read_base64(const char *string, int length, int bytes, char *out)
{
	static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	int			padding = (3 - bytes % 3) % 3;
	uint32		bits = 0;
	int			count = 0;
	int			digits = 0;
	int			i;

	for (i = length; i > 0 && string[i - 1] == '='; i--)
		;
	if (i != (8 * bytes + 5) / 6 || (length != i && length != i + padding))
		return false;
	for (length = i, i = 0; i < length; i++)
	{
		const char *at = strchr(alphabet, string[i]);

		if (at == NULL)
			return false;
		bits = (bits << 6) | (uint32) (at - alphabet);
		for (count += 6; count >= 4 && digits < 2 * bytes; count -= 4)
			out[digits++] = "0123456789abcdef"[(bits >> (count - 4)) & 0x0f];
	}
	return true;
}

static bool
refuse_time(const Member *member, Problem *problem)
{
	return feedback_problem_set(problem, ERRCODE_INVALID_DATETIME_FORMAT, member->name->column,
								psprintf("%s is not a time", member->name->name),
								NULL,
								"It is the nanoseconds since 1970, as a number or as a string of its digits.");
}
