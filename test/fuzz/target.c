/*
 * target.c
 *		What a user sends as text, read by the parsers outside the server.
 *
 * The first byte chooses the parser, the second the database's encoding, the
 * third what happens meanwhile: nothing, an interrupt or a lack of memory.  The
 * rest is the text.
 *
 * Besides what the sanitizers see, this aborts when a piece of a text lies
 * outside it, when a refusal has no reason, when what was taken is not what it
 * must be, when json-c disagrees, and when something is left open.
 */
#include "postgres.h"

#include <math.h>
#include <setjmp.h>
#include <time.h>

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "assessment/validate.h"
#include "base/identifier.h"
#include "base/json_string.h"
#include "base/json_text.h"
#include "base/number.h"
#include "base/quote.h"
#include "base/rfc3339.h"
#include "ingest/batch.h"
#include "ingest/otlp_split.h"
#include "ingest/split.h"
#include "input/document_read.h"
#include "input/document_value.h"
#include "input/otlp_read.h"
#include "oracle.h"
#include "server.h"

/* Of a text that holds many documents: as deep as the splitter of OTLP goes */
#define MAX_TEXT_NESTING	1000

/* What is made of a text may be longer by so much, however it is written */
#define MAX_GROWTH			50
#define MAX_FIXED_GROWTH	4096

/* Bytes before the text */
#define HEADER	3

extern int	LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

/* The text of this run, and what was made of it */
static struct
{
	const char *start;
	const char *end;
	bool		right;			/* it is JSON */
	int			documents;
	Size		made;			/* bytes of new documents */
}			whole;

static void
expect(bool truth)
{
	if (!truth)
		abort();
}

static bool
within(const char *part, int length)
{
	return part >= whole.start && length >= 0 && part + length <= whole.end;
}

/* Is it JSON that a parser takes, too? */
static bool
is_json(const char *string, int length, int nesting)
{
	JsonText	scanned;

	return feedback_json_text_scan(string, length, nesting, &scanned);
}

/* A refusal has a reason, which is never that json-c knows better than our own pass. */
static void
check_problem(const Problem *problem)
{
	expect(problem->message != NULL && *problem->message != '\0');
	expect(problem->sqlstate != 0 && problem->column != NULL);
	expect(problem->detail == NULL || strncmp(problem->detail, "The parser says", 15) != 0);
}

static void
check_identifier(const text *string, int minimum)
{
	int			length;

	if (string == NULL && minimum == 0)
		return;
	length = pg_mbstrlen_with_len(VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string));
	expect(length >= minimum && length <= MAX_IDENTIFIER_LENGTH);
}

/* What was read passes the rules, or is refused by them in turn. */
static void
finish(bool taken, Assessment *assessment, Problem *problem)
{
	if (!taken || !feedback_validate(assessment, problem))
	{
		check_problem(problem);
		return;
	}
	feedback_assessment_complete(assessment);
	check_identifier(assessment->trace_id, 1);
	check_identifier(assessment->name, 1);
	check_identifier(assessment->project, 1);
	check_identifier(assessment->source_id, 0);
	check_identifier(assessment->span_id, 0);
	expect(assessment->value.type != VALUE_NONE || assessment->error_code != NULL);
}

/* As a batch begins one */
static Assessment
begin(text *trace_id)
{
	Assessment	assessment = {
		.from_document = true, .trace_id = trace_id, .project = feedback_assessment_default_project()
	};

	return assessment;
}

static void
visit_document(const char *document, int length, text *trace_id, const Problem *refused, void *arg)
{
	Assessment	assessment = begin(trace_id);
	Problem		problem = {0};

	whole.documents++;
	expect(within(document, length));
	if (refused != NULL)
		check_problem(refused);
	if (whole.right)
		expect(is_json(document, length, MAX_TEXT_NESTING));
	finish(feedback_document_read_of_batch(document, length, &assessment, &problem), &assessment, &problem);
}

/* A text that is JSON is split into what a parser finds in it. */
static void
read_batch(const char *string, int length)
{
	feedback_split(string, length, visit_document, NULL);
	server_calm();
	if (whole.right)
		expect(whole.documents == oracle_count_documents(string, length));
}

static void
read_document(const char *string, int length)
{
	Assessment	assessment = begin(cstring_to_text("tr-1"));
	Problem		problem = {0};

	finish(feedback_document_read(cstring_to_text_with_len(string, length), &assessment, &problem),
		   &assessment, &problem);
}

static void
read_changes(const char *string, int length)
{
	Changes		changes = {0};
	Problem		problem = {0};

	if (!feedback_document_read_changes(cstring_to_text_with_len(string, length), &changes, &problem))
		check_problem(&problem);
}

/* The batch of the OpenTelemetry splitters: each record is read at once. */

Batch *
feedback_batch_make(void)
{
	return palloc0(sizeof(Batch));
}

BatchItem *
feedback_batch_add(Batch *batch, const char *document, int length, text *project, text *trace_id)
{
	Assessment	assessment = begin(trace_id);
	Problem		problem = {0};

	if (within(document, length))
		return palloc0(sizeof(BatchItem));	/* a part that is bad */

	whole.made += length;
	expect(feedback_otlp_is_record(document, length));
	if (whole.right)
		expect(is_json(document, length, MAX_TEXT_NESTING + 3));
	finish(feedback_otlp_read(document, length, &assessment, &problem), &assessment, &problem);
	return palloc0(sizeof(BatchItem));
}

void
feedback_batch_refuse(BatchItem *item, const Problem *problem)
{
	check_problem(problem);
}

/* What comes as json or jsonb is right; as text it may be anything. */
static void
read_otlp(const char *string, int length, bool as_text)
{
	Assessment	source = {.source_type = SOURCE_CODE, .source_id = cstring_to_text("default")};
	JsonText	scanned;
	OtlpCall	call = feedback_otlp_call_make(&source, cstring_to_text("tr-"), NULL);

	if (as_text)
		feedback_otlp_split_text(string, length, &call);
	else if (feedback_json_text_check_syntax(string, length, MAX_TEXT_NESTING, &scanned))
		feedback_otlp_split(string, length, &call);
	expect(whole.made <= (Size) length * MAX_GROWTH + MAX_FIXED_GROWTH);
}

/* What reads as a value is JSON, and a number one that a double can hold. */
static void
read_value(const char *string, int length, AssessmentKind kind)
{
	Value		value;
	Problem		problem = {0};

	if (!feedback_document_read_value(cstring_to_text_with_len(string, length), kind, &value, &problem))
		check_problem(&problem);
	else if (GetDatabaseEncoding() != PG_LATIN1)
		expect(is_json(string, length, MAX_NESTING));
}

/* A time is the one that the C library says it is. */
static void
check_time(const char *string, TimestampTz time)
{
	struct tm	tm = {0};
	char		copy[20];
	int64		seconds;

	memcpy(copy, string, 19);
	copy[19] = '\0';
	expect(strptime(copy, "%Y-%m-%dT%H:%M:%S", &tm) == copy + 19);
	seconds = timegm(&tm) - (time / USECS_PER_SEC + (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * (int64) SECS_PER_DAY);
	expect(feedback_rfc3339_in_range(time) && llabs(seconds) <= SECS_PER_DAY);
}

/* A string is what json-c reads; a number is taken if, and only if, a double holds it, but for its digits. */
static void
check_scalar(const char *string, int length)
{
	int			decoded_length;
	char	   *decoded;

	if (*string == '"')
	{
		decoded = feedback_json_string_decode(string + 1, length - 2, &decoded_length);
		expect(decoded != NULL);
		server_calm();
		expect(oracle_string_is(string, length, decoded, decoded_length));
		if (strlen(decoded) == (size_t) decoded_length)
			expect(feedback_json_string_is(string, length, decoded));
	}
	else if (strchr("-0123456789", *string) != NULL)
	{
		char	   *number = pnstrdup(string, length);
		double		magnitude = fabs(strtod(number, NULL));

		if (feedback_number_in_range(string, length))
			expect(isfinite(magnitude));
		else
			expect(magnitude >= 1.7e308 || strchr(number, 'e') || strchr(number, 'E') || length > 16383);
	}
}

static void
read_small(const char *string, int length)
{
	TimestampTz time;
	pg_uuid_t	id;
	char		spelling[IDENTIFIER_LENGTH];
	Problem		problem;
	Assessment	assessment = {0};

	if (feedback_rfc3339_parse(string, length, &time) == TIME_OK)
		check_time(string, time);
	if (feedback_identifier_parse(string, length, &id))
	{
		feedback_identifier_print(&id, spelling);
		expect(length != IDENTIFIER_LENGTH || memcmp(spelling, string, IDENTIFIER_LENGTH) == 0);
	}
	(void) feedback_json_text_reads_as_value(string, length);
	if (!feedback_validate_source_type(string, length, "source_type", &assessment, &problem))
		check_problem(&problem);
	expect(strlen(feedback_quote(string, length)) <= 60 * 4 + 6);
	if (length > 0 && is_json(string, length, 0) && strchr(" \t\r\n", *string) == NULL &&
		strchr(" \t\r\n", string[length - 1]) == NULL)
		check_scalar(string, length);
}

static void
run(uint8 parser, const char *string, int length)
{
	whole.start = string;
	whole.end = string + length;
	whole.documents = 0;
	whole.made = 0;
	whole.right = is_json(string, length, MAX_TEXT_NESTING);
	switch (parser)
	{
		case 'A':
			read_batch(string, length);
			break;
		case 'B':
			read_document(string, length);
			break;
		case 'C':
			read_changes(string, length);
			break;
		case 'D':
			read_value(string, length, KIND_FEEDBACK);
			break;
		case 'E':
			read_value(string, length, KIND_EXPECTATION);
			break;
		case 'F':
			read_otlp(string, length, false);
			break;
		case 'G':
			read_otlp(string, length, true);
			break;
		default:
			read_small(string, length);
	}
}

/* A parser that is kept from document to document is as good as new. */
static void
check_next(void)
{
	static const char document[] =
	"{\"assessment_name\": \"n\", \"trace_id\": \"t\", \"feedback\": {\"value\": [1, \"x\"]}}";
	const Circumstances calm = {PG_UTF8, 0, 0};
	Assessment	assessment = {0};
	Problem		problem;
	sigjmp_buf	jump;

	server_begin(&jump, &calm);
	expect(sigsetjmp(jump, 0) == 0);
	expect(feedback_document_read_of_batch(document, strlen(document), &assessment, &problem));
	expect(server_open_documents() == 0);
	server_end();
}

/* The second and third byte; interrupts are further and further apart. */
static Circumstances
read_circumstances(const uint8 *data)
{
	Circumstances circumstances = {PG_UTF8, 0, 0};

	if (data[1] == 'S')
		circumstances.encoding = PG_SQL_ASCII;
	else if (data[1] == 'L')
		circumstances.encoding = PG_LATIN1;
	if (data[2] > '0')
		circumstances.interrupt = (data[2] - '0') * (data[2] - '0');
	else if (data[2] < '0')
		circumstances.out_of_memory = '0' - data[2];
	return circumstances;
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	Circumstances circumstances;
	sigjmp_buf	jump;
	const char *string = (const char *) data + HEADER;
	int			length = (int) size - HEADER;

	/* A text of SQL has no zero byte and is valid in its encoding. */
	if (size < HEADER || memchr(string, '\0', length) != NULL)
		return 0;
	circumstances = read_circumstances(data);
	if (pg_encoding_verifymbstr(circumstances.encoding, string, length) != length)
		return 0;

	server_begin(&jump, &circumstances);
	if (sigsetjmp(jump, 0) == 0)
	{
		run(data[0], string, length);
		expect(server_open_documents() == 0);
	}
	server_end();
	check_next();
	return 0;
}
