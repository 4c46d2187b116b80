/*
 * target.c
 *		What a user sends as text, read by the parsers outside the server.
 *
 * The first byte chooses the parser, the rest is the text.  Besides what the
 * sanitizers see, this aborts when a piece of a text lies outside it, when a
 * refusal has no reason, and when what was taken is not what it must be.
 */
#include "postgres.h"

#include <setjmp.h>

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "assessment/validate.h"
#include "base/identifier.h"
#include "base/json_string.h"
#include "base/json_text.h"
#include "base/rfc3339.h"
#include "ingest/batch.h"
#include "ingest/otlp_split.h"
#include "ingest/split.h"
#include "input/document_read.h"
#include "input/document_value.h"
#include "input/otlp_read.h"
#include "server.h"

/* Of json, whose own limit is the stack's depth */
#define MAX_JSON_NESTING	1000

extern int	LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

typedef struct Whole
{
	const char *start;
	const char *end;
} Whole;

static void
expect(bool truth)
{
	if (!truth)
		abort();
}

/* A refusal has a message and an SQLSTATE; what was taken passes the rules, or is refused by them in turn. */
static void
finish(bool taken, Assessment *assessment, Problem *problem)
{
	if (taken)
	{
		feedback_assessment_complete(assessment);
		if (assessment->project == NULL)
			assessment->project = feedback_assessment_default_project();
		taken = feedback_validate(assessment, problem);
	}
	if (!taken)
		expect(problem->message != NULL && *problem->message != '\0' && problem->sqlstate != 0);
}

static void
read_document(const char *document, int length, text *trace_id, const Problem *refused, void *arg)
{
	Whole	   *whole = arg;
	Assessment	assessment = {0};
	Problem		problem = {0};

	expect(document >= whole->start && length >= 0 && document + length <= whole->end);
	expect(refused == NULL || refused->message != NULL);
	assessment.trace_id = trace_id;
	finish(feedback_document_read_of_batch(document, length, &assessment, &problem), &assessment, &problem);
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
	BatchItem  *item = palloc0(sizeof(BatchItem));
	Assessment	assessment = {0};
	Problem		problem = {0};

	if (feedback_otlp_is_record(document, length))
		finish(feedback_otlp_read(document, length, &assessment, &problem), &assessment, &problem);
	return item;
}

void
feedback_batch_refuse(BatchItem *item, const Problem *problem)
{
	expect(problem->message != NULL);
}

/* What comes as json or jsonb is right. */
static void
read_otlp(const char *string, int length, bool lines)
{
	Assessment	source = {.source_type = SOURCE_CODE, .source_id = cstring_to_text("default")};
	JsonText	scanned;
	OtlpCall	call = feedback_otlp_call_make(&source, cstring_to_text("tr-"), NULL);

	if (lines)
		feedback_otlp_split_text(string, length, &call);
	else if (feedback_json_text_check_syntax(string, length, MAX_JSON_NESTING, &scanned))
		feedback_otlp_split(string, length, &call);
}

/* What reads as a value is one for the strict pass too. */
static void
read_value(const char *string, int length, AssessmentKind kind)
{
	text	   *json = cstring_to_text_with_len(string, length);
	Value		value;
	Problem		problem = {0};
	JsonText	scanned;

	if (feedback_document_read_value(json, kind, &value, &problem))
		expect(feedback_json_text_check_syntax(VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json), MAX_NESTING + 1, &scanned));
	else
		expect(problem.message != NULL && problem.sqlstate != 0);
}

static void
read_small(const char *string, int length)
{
	TimestampTz time;
	pg_uuid_t	id;
	int			decoded;

	if (feedback_rfc3339_parse(string, length, &time) == TIME_OK)
		expect(feedback_rfc3339_in_range(time));
	(void) feedback_identifier_parse(string, length, &id);
	(void) feedback_json_text_reads_as_value(string, length);
	if (length >= 2 && string[0] == '"' && string[length - 1] == '"')
		(void) feedback_json_string_decode(string, length, &decoded);
}

static void
run(uint8 choice, const char *string, int length)
{
	Whole		whole = {string, string + length};
	Assessment	assessment = {0};
	Problem		problem = {0};

	switch (choice % 6)
	{
		case 0:
			feedback_split(string, length, read_document, &whole);
			break;
		case 1:
			finish(feedback_document_read(cstring_to_text_with_len(string, length), &assessment, &problem),
				   &assessment, &problem);
			break;
		case 2:
			read_value(string, length, choice & 64 ? KIND_FEEDBACK : KIND_EXPECTATION);
			break;
		case 3:
			read_otlp(string, length, false);
			break;
		case 4:
			read_otlp(string, length, true);
			break;
		default:
			read_small(string, length);
	}
}

/* A text of SQL has no zero byte and is valid in its encoding. */
int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	sigjmp_buf	jump;
	const char *string = (const char *) data + 1;

	if (size < 1 || memchr(string, '\0', size - 1) != NULL ||
		pg_encoding_verifymbstr(PG_UTF8, string, size - 1) != (int) size - 1)
		return -1;
	server_begin(&jump);
	if (sigsetjmp(jump, 0) == 0)
		run(data[0], string, (int) size - 1);
	server_end();
	return 0;
}
