/*
 * otlp_split.c
 *		The evaluations of OTLP documents.
 *
 * Most of what OTLP carries is no evaluation.  So a document is not parsed: it
 * is walked by its brackets and strings, and whatever is an evaluation is
 * copied, with what it needs of its span, into a document of its own, for
 * otlp_read.c.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/json_text.h"
#include "ingest/otlp_annotation.h"
#include "ingest/otlp_record.h"
#include "ingest/otlp_slice.h"
#include "ingest/otlp_split.h"
#include "input/otlp_evaluation.h"

/* How deep an OTLP document may nest, of which a record may be MAX_NESTING */
#define MAX_OTLP_NESTING	1000

#define LEVELS	3

typedef void (*LeafVisitor) (Slice leaf, const OtlpCall *call);

/* The lists that lead to the records of a signal, in both spellings */
typedef struct Signal
{
	const char *lists[LEVELS][2];
	LeafVisitor visit;
} Signal;

static void split_object(Slice object, const OtlpCall *call);
static void split_lines(Slice slice, const OtlpCall *call);
static void walk(Slice parent, const Signal *signal, int level, const OtlpCall *call);
static void visit_log_record(Slice record, const OtlpCall *call);
static void visit_span(Slice span, const OtlpCall *call);
static void visit_events(Slice span, const OtlpCall *call);
static bool is_evaluation(Slice record);
static bool member_is(Slice object, const char *name, const char *string);
static bool check_syntax(Slice slice, Problem *problem);

static const Signal logs = {
	{
		{"resourceLogs", "resource_logs"},
		{"scopeLogs", "scope_logs"},
		{"logRecords", "log_records"}
	},
	visit_log_record
};

static const Signal traces = {
	{
		{"resourceSpans", "resource_spans"},
		{"scopeSpans", "scope_spans"},
		{"spans", "spans"}
	},
	visit_span
};

/* Other signals, which hold no evaluations */
static const char *const other_signals[] = {
	"resourceMetrics", "resource_metrics", "resourceProfiles", "resource_profiles"
};

/* Add the evaluations of an OTLP document that is JSON, or of a list of such. */
void
feedback_otlp_split(const char *json, int length, const OtlpCall *call)
{
	Slice		document = feedback_slice_trim(json, length);
	Slice		element = {NULL, 0};

	if (*document.at != '[')
	{
		split_object(document, call);
		return;
	}
	while (feedback_slice_next(document, &element))
		split_object(element, call);
}

/*
 * The same of a text, which may not be JSON, or have an OTLP document a line,
 * as collectors write them to files.
 */
void
feedback_otlp_split_text(const char *string, int length, const OtlpCall *call)
{
	Slice		document = feedback_slice_trim(string, length);
	Slice		line = document;
	const char *end = memchr(document.at, '\n', document.length);
	Problem		problem;
	Problem		ignored;

	if (check_syntax(document, &problem))
	{
		feedback_otlp_split(document.at, document.length, call);
		return;
	}
	if (end != NULL)
		line = feedback_slice_trim(document.at, end - document.at);
	if (end != NULL && check_syntax(line, &ignored))
		split_lines(document, call);
	else
		feedback_otlp_add_bad(document, call, &problem);
}

static void
split_lines(Slice slice, const OtlpCall *call)
{
	const char *end = slice.at + slice.length;
	const char *at = slice.at;

	while (at < end)
	{
		const char *line_end = memchr(at, '\n', end - at);
		Slice		line = feedback_slice_trim(at, (line_end ? line_end : end) - at);
		Problem		problem;

		at = line_end ? line_end + 1 : end;
		if (line.length == 0)
			continue;
		if (check_syntax(line, &problem))
			feedback_otlp_split(line.at, line.length, call);
		else
			feedback_otlp_add_bad(line, call, &problem);
	}
}

static void
split_object(Slice object, const OtlpCall *call)
{
	Slice		value;
	bool		known;
	int			i;

	if (*object.at != '{')
	{
		feedback_otlp_refuse(object, call, "OTLP document must be an object");
		return;
	}
	/* That of an export of nothing */
	known = (*feedback_slice_trim(object.at + 1, object.length - 1).at == '}');
	for (i = 0; i < 2 && !known; i++)
		known = feedback_slice_member(object, logs.lists[0][i], &value) ||
			feedback_slice_member(object, traces.lists[0][i], &value);
	for (i = 0; i < (int) lengthof(other_signals) && !known; i++)
		known = feedback_slice_member(object, other_signals[i], &value);
	if (!known)
	{
		feedback_otlp_refuse(object, call, "OTLP document has neither resourceLogs nor resourceSpans");
		return;
	}
	walk(object, &logs, 0, call);
	walk(object, &traces, 0, call);
}

/* Visit the records below, in either spelling. */
static void
walk(Slice parent, const Signal *signal, int level, const OtlpCall *call)
{
	int			spellings = (strcmp(signal->lists[level][0], signal->lists[level][1]) == 0) ? 1 : 2;
	int			i;

	for (i = 0; i < spellings; i++)
	{
		const char *name = signal->lists[level][i];
		Slice		element = {NULL, 0};
		Slice		list;

		if (!feedback_slice_member(parent, name, &list) || feedback_slice_is_null(list))
			continue;
		if (*list.at != '[')
		{
			feedback_otlp_refuse(list, call, psprintf("%s must be a list", name));
			continue;
		}
		while (feedback_slice_next(list, &element))
		{
			CHECK_FOR_INTERRUPTS();
			if (*element.at != '{')
				feedback_otlp_refuse(element, call,
									 psprintf("an element of %s must be an object", name));
			else if (level + 1 < LEVELS)
				walk(element, signal, level + 1, call);
			else
				signal->visit(element, call);
		}
	}
}

static void
visit_log_record(Slice record, const OtlpCall *call)
{
	StringInfoData out;

	if (!feedback_slice_may_contain(record, OTLP_EVENT_NAME) || !is_evaluation(record))
		return;
	initStringInfo(&out);
	feedback_otlp_record_begin(&out);
	appendStringInfoString(&out, "\"logRecord\": ");
	appendBinaryStringInfo(&out, record.at, record.length);
	feedback_otlp_record_end(&out, call);
}

static void
visit_span(Slice span, const OtlpCall *call)
{
	if (feedback_slice_may_contain(span, OTLP_EVENT_NAME))
		visit_events(span, call);
	feedback_otlp_annotations(span, call);
}

static void
visit_events(Slice span, const OtlpCall *call)
{
	static const char *const names[][2] = {
		{"traceId", "trace_id"},
		{"spanId", "span_id"},
		{"endTimeUnixNano", "end_time_unix_nano"}
	};
	const char *members = NULL;
	Slice		event = {NULL, 0};
	Slice		events;

	if (!feedback_slice_member(span, "events", &events) || feedback_slice_is_null(events))
		return;
	if (*events.at != '[')
	{
		feedback_otlp_refuse(events, call, "events must be a list");
		return;
	}
	while (feedback_slice_next(events, &event))
	{
		StringInfoData out;

		if (!member_is(event, "name", OTLP_EVENT_NAME))
			continue;
		if (members == NULL)
			members = feedback_otlp_record_members(span, names, lengthof(names));
		initStringInfo(&out);
		feedback_otlp_record_begin(&out);
		appendStringInfo(&out, "\"span\": {%s}, \"event\": ", members);
		appendBinaryStringInfo(&out, event.at, event.length);
		feedback_otlp_record_end(&out, call);
	}
}

/* Is a log record an evaluation, by its name or by the attribute that was it before? */
static bool
is_evaluation(Slice record)
{
	Slice		attribute = {NULL, 0};
	Slice		attributes;
	Slice		value;

	if (member_is(record, "eventName", OTLP_EVENT_NAME) ||
		member_is(record, "event_name", OTLP_EVENT_NAME))
		return true;
	if (!feedback_slice_member(record, "attributes", &attributes))
		return false;
	while (feedback_slice_next(attributes, &attribute))
	{
		if (member_is(attribute, "key", "event.name") &&
			feedback_slice_member(attribute, "value", &value) &&
			(member_is(value, "stringValue", OTLP_EVENT_NAME) ||
			 member_is(value, "string_value", OTLP_EVENT_NAME)))
			return true;
	}
	return false;
}

/* Has an object a member that is this string? */
static bool
member_is(Slice object, const char *name, const char *string)
{
	Slice		value;

	return feedback_slice_member(object, name, &value) && feedback_slice_is_string(value, string);
}

static bool
check_syntax(Slice slice, Problem *problem)
{
	JsonText	scanned = {0};

	if (feedback_json_text_check_syntax(slice.at, slice.length, MAX_OTLP_NESTING, &scanned))
		return true;
	feedback_json_text_problem(&scanned, slice.at, "OTLP document", "assessment", problem);
	if (problem->hint != NULL)
		problem->hint = psprintf("An OTLP document nests up to %d levels.", MAX_OTLP_NESTING);
	return false;
}
