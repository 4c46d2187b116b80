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

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "json_text.h"
#include "otlp_read.h"
#include "otlp_split.h"
#include "split.h"

/* How deep an OTLP document may nest, of which a record may be MAX_NESTING */
#define MAX_OTLP_NESTING	1000

#define LEVELS	3

/* A part of the text */
typedef struct Slice
{
	const char *at;
	int			length;
} Slice;

typedef void (*LeafVisitor) (Slice leaf, const OtlpCall *call);

/* The lists that lead to the records of a signal, in both spellings */
typedef struct Signal
{
	const char *lists[LEVELS][2];
	LeafVisitor visit;
} Signal;

/* An attribute that belongs to an annotation */
typedef struct AnnotationAttribute
{
	Slice		prefix;
	Slice		attribute;
} AnnotationAttribute;

static void split_object(Slice object, const OtlpCall *call);
static void split_lines(Slice text, const OtlpCall *call);
static void walk(Slice parent, const Signal *signal, int level, const OtlpCall *call);
static void visit_log_record(Slice record, const OtlpCall *call);
static void visit_span(Slice span, const OtlpCall *call);
static void visit_events(Slice span, const OtlpCall *call);
static void visit_annotations(Slice span, const OtlpCall *call);
static void add_annotation(Slice span, const AnnotationAttribute *attributes, int count,
						   Slice session, const OtlpCall *call);
static bool is_evaluation(Slice record);
static bool read_prefix(Slice key, Slice *prefix);
static const char *skip_word(const char *at, const char *end, const char *word);
static int	compare_prefixes(const void *a, const void *b);
static void begin_record(StringInfo out);
static void put_member(StringInfo out, Slice object, const char *name, const char *other_name);
static void end_record(StringInfo out, const OtlpCall *call);
static void refuse(Slice part, const OtlpCall *call, const char *message, const char *detail);
static bool check_syntax(Slice text, Problem *problem);
static bool find(Slice object, const char *name, Slice *value);
static bool next(Slice list, Slice *element);
static bool is_string(Slice value, const char *string);
static bool contains(Slice text, const char *word);
static bool is_null(Slice value);
static Slice trim(const char *at, int length);

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

/* The words that an annotation's attributes begin with, but for trace. and session. */
static const char *const annotation_words[][2] = {
	{"annotations.", ".annotation."},
	{"evaluations.", ".evaluation."}
};

/* Add the evaluations of an OTLP document that is JSON, or of a list of such. */
void
feedback_otlp_split(const char *json, int length, const OtlpCall *call)
{
	Slice		document = trim(json, length);
	Slice		element = {NULL, 0};

	if (*document.at != '[')
	{
		split_object(document, call);
		return;
	}
	while (next(document, &element))
		split_object(element, call);
}

/*
 * The same of a text, which may not be JSON, or have an OTLP document a line,
 * as collectors write them to files.
 */
void
feedback_otlp_split_text(const char *string, int length, const OtlpCall *call)
{
	Slice		document = trim(string, length);
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
		line = trim(document.at, end - document.at);
	if (end != NULL && check_syntax(line, &ignored))
		split_lines(document, call);
	else
	{
		BatchItem  *item = feedback_batch_add(call->batch, string, length, call->project, NULL);

		item->bad = true;
		item->problem = problem;
	}
}

static void
split_lines(Slice text, const OtlpCall *call)
{
	const char *end = text.at + text.length;
	const char *at = text.at;

	while (at < end)
	{
		const char *line_end = memchr(at, '\n', end - at);
		Slice		line = trim(at, (line_end ? line_end : end) - at);
		Problem		problem;

		at = line_end ? line_end + 1 : end;
		if (line.length == 0)
			continue;
		if (check_syntax(line, &problem))
			feedback_otlp_split(line.at, line.length, call);
		else
		{
			BatchItem  *item = feedback_batch_add(call->batch, line.at, line.length,
												  call->project, NULL);

			item->bad = true;
			item->problem = problem;
		}
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
		refuse(object, call, "OTLP document must be an object", NULL);
		return;
	}
	/* That of an export of nothing */
	known = (*trim(object.at + 1, object.length - 1).at == '}');
	for (i = 0; i < 2 && !known; i++)
		known = find(object, logs.lists[0][i], &value) || find(object, traces.lists[0][i], &value);
	for (i = 0; i < (int) lengthof(other_signals) && !known; i++)
		known = find(object, other_signals[i], &value);
	if (!known)
	{
		refuse(object, call, "OTLP document has neither resourceLogs nor resourceSpans", NULL);
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

		if (!find(parent, name, &list) || is_null(list))
			continue;
		if (*list.at != '[')
		{
			refuse(list, call, psprintf("%s must be a list", name), NULL);
			continue;
		}
		while (next(list, &element))
		{
			CHECK_FOR_INTERRUPTS();
			if (*element.at != '{')
				refuse(element, call, psprintf("an element of %s must be an object", name), NULL);
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

	if (!contains(record, OTLP_EVENT_NAME) || !is_evaluation(record))
		return;
	initStringInfo(&out);
	begin_record(&out);
	appendStringInfoString(&out, "\"logRecord\": ");
	appendBinaryStringInfo(&out, record.at, record.length);
	end_record(&out, call);
}

static void
visit_span(Slice span, const OtlpCall *call)
{
	if (contains(span, OTLP_EVENT_NAME))
		visit_events(span, call);
	if (contains(span, annotation_words[0][1]) || contains(span, annotation_words[1][1]))
		visit_annotations(span, call);
}

static void
visit_events(Slice span, const OtlpCall *call)
{
	Slice		event = {NULL, 0};
	Slice		events;

	if (!find(span, "events", &events) || is_null(events))
		return;
	if (*events.at != '[')
	{
		refuse(events, call, "events must be a list", NULL);
		return;
	}
	while (next(events, &event))
	{
		StringInfoData out;
		Slice		name;

		if (!find(event, "name", &name) || !is_string(name, OTLP_EVENT_NAME))
			continue;
		initStringInfo(&out);
		begin_record(&out);
		appendStringInfoString(&out, "\"span\": {");
		put_member(&out, span, "traceId", "trace_id");
		put_member(&out, span, "spanId", "span_id");
		put_member(&out, span, "endTimeUnixNano", "end_time_unix_nano");
		appendStringInfoString(&out, "}, \"event\": ");
		appendBinaryStringInfo(&out, event.at, event.length);
		end_record(&out, call);
	}
}

/* Find the annotations among the attributes of a span. */
static void
visit_annotations(Slice span, const OtlpCall *call)
{
	AnnotationAttribute *found;
	Slice		attribute = {NULL, 0};
	Slice		session = {NULL, 0};
	Slice		attributes;
	int			size = 16;
	int			count = 0;
	int			start;
	int			i;

	if (!find(span, "attributes", &attributes))
		return;
	found = palloc(size * sizeof(AnnotationAttribute));
	while (next(attributes, &attribute))
	{
		Slice		key;
		Slice		prefix;

		if (!find(attribute, "key", &key))
			continue;
		if (is_string(key, "session.id"))
			session = attribute;
		if (!read_prefix(key, &prefix))
			continue;
		if (count == size)
		{
			size *= 2;
			found = repalloc_huge(found, size * sizeof(AnnotationAttribute));
		}
		found[count++] = (AnnotationAttribute) {prefix, attribute};
	}

	qsort(found, count, sizeof(AnnotationAttribute), compare_prefixes);
	for (start = 0; start < count; start = i)
	{
		for (i = start + 1; i < count && found[i].prefix.length == found[start].prefix.length &&
			 memcmp(found[i].prefix.at, found[start].prefix.at, found[start].prefix.length) == 0; i++)
			;
		add_annotation(span, &found[start], i - start, session, call);
	}
	pfree(found);
}

/* Add an annotation, which has these attributes. */
static void
add_annotation(Slice span, const AnnotationAttribute *attributes, int count, Slice session,
			   const OtlpCall *call)
{
	Slice		prefix = attributes[0].prefix;
	StringInfoData out;
	int			i;

	initStringInfo(&out);
	begin_record(&out);
	appendStringInfoString(&out, "\"span\": {");
	put_member(&out, span, "traceId", "trace_id");
	put_member(&out, span, "spanId", "span_id");
	put_member(&out, span, "startTimeUnixNano", "start_time_unix_nano");
	put_member(&out, span, "endTimeUnixNano", "end_time_unix_nano");
	if (out.data[out.len - 1] != '{')
		appendStringInfoString(&out, ", ");
	appendStringInfoString(&out, "\"attributes\": [");
	for (i = 0; i < count; i++)
	{
		if (i > 0)
			appendStringInfoString(&out, ", ");
		appendBinaryStringInfo(&out, attributes[i].attribute.at, attributes[i].attribute.length);
	}
	if (*prefix.at == 's' && session.at != NULL)
	{
		appendStringInfoString(&out, ", ");
		appendBinaryStringInfo(&out, session.at, session.length);
	}
	appendStringInfo(&out, "]}, \"annotation\": \"%.*s\"", prefix.length, prefix.at);
	end_record(&out, call);
}

/* Is a log record an evaluation, by its name or by the attribute that was it before? */
static bool
is_evaluation(Slice record)
{
	Slice		attribute = {NULL, 0};
	Slice		attributes;
	Slice		key;
	Slice		value;

	if ((find(record, "eventName", &value) && is_string(value, OTLP_EVENT_NAME)) ||
		(find(record, "event_name", &value) && is_string(value, OTLP_EVENT_NAME)))
		return true;
	if (!find(record, "attributes", &attributes))
		return false;
	while (next(attributes, &attribute))
	{
		if (find(attribute, "key", &key) && is_string(key, "event.name") &&
			find(attribute, "value", &value) &&
			((find(value, "stringValue", &key) && is_string(key, OTLP_EVENT_NAME)) ||
			 (find(value, "string_value", &key) && is_string(key, OTLP_EVENT_NAME))))
			return true;
	}
	return false;
}

/*
 * What tells the annotation that an attribute is of, such as
 * session.annotations.0.annotation, without the last dot.
 */
static bool
read_prefix(Slice key, Slice *prefix)
{
	const char *end = key.at + key.length;
	const char *start = key.at + 1;
	const char *at = start;
	const char *scope;
	int			i;

	if (*key.at != '"')
		return false;
	if ((scope = skip_word(at, end, "trace.")) != NULL ||
		(scope = skip_word(at, end, "session.")) != NULL)
		at = scope;
	for (i = 0; i < (int) lengthof(annotation_words); i++)
	{
		const char *index = skip_word(at, end, annotation_words[i][0]);
		const char *rest = index;

		if (index == NULL)
			continue;
		while (rest < end && *rest >= '0' && *rest <= '9')
			rest++;
		if (rest == index || (rest = skip_word(rest, end, annotation_words[i][1])) == NULL)
			return false;
		*prefix = (Slice) {start, rest - 1 - start};
		return true;
	}
	return false;
}

static const char *
skip_word(const char *at, const char *end, const char *word)
{
	int			length = strlen(word);

	return (end - at >= length && memcmp(at, word, length) == 0) ? at + length : NULL;
}

/* Shorter ones first, which puts indices in order. */
static int
compare_prefixes(const void *a, const void *b)
{
	const Slice *one = &((const AnnotationAttribute *) a)->prefix;
	const Slice *other = &((const AnnotationAttribute *) b)->prefix;

	if (one->length != other->length)
		return (one->length < other->length) ? -1 : 1;
	return memcmp(one->at, other->at, one->length);
}

static void
begin_record(StringInfo out)
{
	appendStringInfoString(out, "{\"" OTLP_RECORD_MEMBER "\": {");
}

/* Copy a member as it is, in either spelling. */
static void
put_member(StringInfo out, Slice object, const char *name, const char *other_name)
{
	const char *names[] = {name, other_name};
	int			i;

	for (i = 0; i < 2; i++)
	{
		Slice		value;

		if (!find(object, names[i], &value))
			continue;
		if (out->data[out->len - 1] != '{')
			appendStringInfoString(out, ", ");
		appendStringInfo(out, "\"%s\": ", names[i]);
		appendBinaryStringInfo(out, value.at, value.length);
	}
}

static void
end_record(StringInfo out, const OtlpCall *call)
{
	appendStringInfo(out, ", %s}}", call->members);
	feedback_batch_add(call->batch, out->data, out->len, call->project, NULL);
}

/* Add what is not as OTLP has it, as a document that is bad. */
static void
refuse(Slice part, const OtlpCall *call, const char *message, const char *detail)
{
	BatchItem  *item = feedback_batch_add(call->batch, part.at, part.length, call->project, NULL);

	item->bad = true;
	feedback_problem_set(&item->problem, ERRCODE_INVALID_PARAMETER_VALUE, "assessment",
						 message, detail,
						 "OTLP/JSON is an object with resourceLogs or resourceSpans, each a list of objects.");
}

static bool
check_syntax(Slice text, Problem *problem)
{
	JsonText	scanned;

	if (feedback_json_text_check_syntax(text.at, text.length, MAX_OTLP_NESTING, &scanned))
		return true;
	feedback_json_text_problem(&scanned, text.at, "OTLP document", "assessment", problem);
	if (problem->hint != NULL)
		problem->hint = psprintf("An OTLP document nests up to %d levels.", MAX_OTLP_NESTING);
	return false;
}

static bool
find(Slice object, const char *name, Slice *value)
{
	return feedback_split_member(object.at, object.length, name, &value->at, &value->length);
}

/* The first element of a list, or the next one. */
static bool
next(Slice list, Slice *element)
{
	return feedback_split_element(list.at, list.length, &element->at, &element->length);
}

/* Is a value this string?  Names are written without escapes. */
static bool
is_string(Slice value, const char *string)
{
	int			length = strlen(string);

	return value.length == length + 2 && *value.at == '"' &&
		memcmp(value.at + 1, string, length) == 0;
}

static bool
contains(Slice text, const char *word)
{
	const char *end = text.at + text.length;
	const char *at = text.at;

	while ((at = memchr(at, *word, end - at)) != NULL)
	{
		if (skip_word(at, end, word) != NULL)
			return true;
		at++;
	}
	return false;
}

static bool
is_null(Slice value)
{
	return value.length == 4 && memcmp(value.at, "null", 4) == 0;
}

/* A part of the text without the blanks around it. */
static Slice
trim(const char *at, int length)
{
	Slice		slice;

	while (length > 0 && strchr(" \t\r\n", *at) != NULL)
		at++, length--;
	while (length > 0 && strchr(" \t\r\n", at[length - 1]) != NULL)
		length--;
	slice.at = at;
	slice.length = length;
	return slice;
}
