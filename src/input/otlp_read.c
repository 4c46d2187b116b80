/*
 * otlp_read.c
 *		Evaluations of OpenTelemetry into Assessments.
 *
 * otlp_split.c has taken each out of its OTLP document, with what it needs of
 * its span and of the call's arguments, so that it can be read alone, and
 * rejected and tried again:
 *
 *	{"otel_evaluation": {"logRecord": {...}, ...}}
 *	{"otel_evaluation": {"span": {...}, "event": {...}, ...}}
 *	{"otel_evaluation": {"span": {...}, "annotation": "annotations.0.annotation", ...}}
 *
 * with "source_type", "source_id" and "trace_id_prefix" behind.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "base/json_text.h"
#include "input/document.h"
#include "input/otlp_attribute.h"
#include "input/otlp_evaluation.h"
#include "input/otlp_id.h"
#include "input/otlp_read.h"

/* A record has two levels more than what it was taken from */
#define MAX_RECORD_NESTING	(MAX_NESTING + 2)

static const MemberName root_names[] = {
	{OTLP_RECORD_MEMBER, NULL, "assessment", NULL, 0},
};

enum
{
	LOG_RECORD,
	SPAN,
	EVENT,
	ANNOTATION,
	SOURCE_TYPE,
	SOURCE_ID,
	TRACE_ID_PREFIX,
	RECORD_MEMBERS
};

static const MemberName record_names[] = {
	{"logRecord", NULL, "assessment", NULL, 0},
	{"span", NULL, "assessment", NULL, 0},
	{"event", NULL, "assessment", NULL, 0},
	{"annotation", NULL, "assessment", NULL, 0},
	{"source_type", NULL, "source_type", NULL, 0},
	{"source_id", NULL, "source_id", NULL, 0},
	{"trace_id_prefix", NULL, "trace_id", NULL, 0},
};

/* Of log records, spans and events, each of which has some of them */
enum
{
	TRACE_ID,
	SPAN_ID,
	TIME,
	LATER_TIME,					/* where there is no TIME */
	ATTRIBUTES,
	CARRIER_MEMBERS
};

static const MemberName log_record_names[] = {
	{"traceId", "trace_id", "trace_id", NULL, 0},
	{"spanId", "span_id", "span_id", NULL, 0},
	{"timeUnixNano", "time_unix_nano", "create_time", NULL, 0},
	{"observedTimeUnixNano", "observed_time_unix_nano", "create_time", NULL, 0},
	{"attributes", NULL, "metadata", NULL, 0},
};

static const MemberName span_names[] = {
	{"traceId", "trace_id", "trace_id", NULL, 0},
	{"spanId", "span_id", "span_id", NULL, 0},
	{"endTimeUnixNano", "end_time_unix_nano", "create_time", NULL, 0},
	{"startTimeUnixNano", "start_time_unix_nano", "create_time", NULL, 0},
	{"attributes", NULL, "metadata", NULL, 0},
};

static bool read_record(struct json_object *root, Assessment *assessment, Problem *problem);
static bool read_carrier(const Member *carrier, const char *path, const MemberName *names,
						 Member *members, Problem *problem);
static bool check_object(const Member *member, const char *path, Problem *problem);
static bool read_annotation(const Member *annotation, Evaluation *evaluation, Problem *problem);
static bool read_trace_and_span(const Member *members, text *prefix, Evaluation *evaluation,
								Assessment *assessment, Problem *problem);
static bool read_attributes(const Member *list, Evaluation *evaluation, Problem *problem);

/* Is a document an evaluation that otlp_split.c has made, in whatever spacing? */
bool
feedback_otlp_is_record(const char *document, int length)
{
	static const char start[] = "{\"" OTLP_RECORD_MEMBER "\"";
	int			matched = 0;
	int			i;

	for (i = 0; i < length && matched < (int) strlen(start); i++)
	{
		if (document[i] == start[matched])
			matched++;
		else if (matched > 1 || strchr(" \t\r\n", document[i]) == NULL)
			return false;
	}
	return matched == (int) strlen(start);
}

/* Read such a document; assessment->trace_id, when it is not NULL, prevails. */
bool
feedback_otlp_read(const char *document, int length, Assessment *assessment, Problem *problem)
{
	Document   *parsed = feedback_document_open(document, length, "OpenTelemetry evaluation",
												"assessment", MAX_RECORD_NESTING, NULL, 0, problem);
	bool		success;

	if (parsed == NULL)
		return false;
	success = read_record(parsed->root, assessment, problem);
	feedback_document_close(parsed);
	return success;
}

static bool
read_record(struct json_object *root, Assessment *assessment, Problem *problem)
{
	Evaluation	evaluation = {0};
	Member		record;
	Member		members[RECORD_MEMBERS];
	Member		carrier[CARRIER_MEMBERS];
	Member		event[CARRIER_MEMBERS];
	text	   *prefix;
	bool		success;

	if (!feedback_document_members(root, "", root_names, 1, &record, problem) ||
		!check_object(&record, OTLP_RECORD_MEMBER, problem) ||
		!feedback_document_members(record.json, "", record_names, RECORD_MEMBERS, members, problem) ||
		!feedback_document_text(&members[TRACE_ID_PREFIX], &prefix, problem) ||
		!read_annotation(&members[ANNOTATION], &evaluation, problem))
		return false;

	if (!member_given(&members[SPAN]))
		success = read_carrier(&members[LOG_RECORD], "logRecord", log_record_names, carrier, problem);
	else
		success = read_carrier(&members[SPAN], "span", span_names, carrier, problem);
	if (success && member_given(&members[SPAN]) && evaluation.annotation == NULL)
	{
		/*
		 * An event has a time and attributes of its own, and the rest of its
		 * span
		 */
		success = read_carrier(&members[EVENT], "event", log_record_names, event, problem);
		if (success)
		{
			carrier[ATTRIBUTES] = event[ATTRIBUTES];
			carrier[LATER_TIME] = carrier[TIME];
			carrier[TIME] = event[TIME];
		}
	}

	assessment->kind = KIND_FEEDBACK;
	if (!success ||
		!read_trace_and_span(carrier, prefix, &evaluation, assessment, problem) ||
		!read_attributes(&carrier[ATTRIBUTES], &evaluation, problem) ||
		!feedback_document_text(&members[SOURCE_TYPE], &evaluation.given_source_type, problem) ||
		!feedback_document_text(&members[SOURCE_ID], &evaluation.given_source_id, problem))
		return false;
	return feedback_evaluation_read(&evaluation, assessment, problem);
}

/* Check that something is an object, and find the members that carriers have. */
static bool
read_carrier(const Member *carrier, const char *path, const MemberName *names,
			 Member *members, Problem *problem)
{
	return check_object(carrier, path, problem) &&
		feedback_document_members(carrier->json, "", names, CARRIER_MEMBERS, members, problem);
}

static bool
check_object(const Member *member, const char *path, Problem *problem)
{
	if (feedback_document_is_object(member->json))
		return true;
	feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "assessment",
						 psprintf("%s must be an object", path),
						 psprintf("It is %s.", feedback_document_noun(member->json)),
						 NULL);
	return false;
}

/* What an annotation is of, which the name of its attributes tells. */
static bool
read_annotation(const Member *annotation, Evaluation *evaluation, Problem *problem)
{
	const char *prefix;
	int			length;

	if (!member_given(annotation))
		return true;
	if (!feedback_document_utf8(annotation, &prefix, &length, problem))
		return false;
	evaluation->annotation = prefix;
	evaluation->of_trace = (strncmp(prefix, "trace.", strlen("trace.")) == 0);
	evaluation->of_session = (strncmp(prefix, "session.", strlen("session.")) == 0);
	return true;
}

/* Read the trace, the span and the time. */
static bool
read_trace_and_span(const Member *members, text *prefix, Evaluation *evaluation,
					Assessment *assessment, Problem *problem)
{
	text	   *trace_id;

	if (!feedback_otlp_trace_id(&members[TRACE_ID], &trace_id, problem) ||
		!feedback_otlp_span_id(&members[SPAN_ID], &assessment->span_id, problem) ||
		!feedback_otlp_time(&members[TIME], assessment, &evaluation->nanoseconds, problem))
		return false;
	if (!assessment->has_create_time &&
		!feedback_otlp_time(&members[LATER_TIME], assessment, &evaluation->nanoseconds, problem))
		return false;

	if (assessment->trace_id == NULL && trace_id == NULL)
		return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "trace_id",
									psprintf("%s is missing", members[TRACE_ID].name->name),
									"An evaluation is logged on the trace that it was emitted in.",
									"Emit the event within the context of the span that it evaluates.");
	if (assessment->trace_id == NULL)
		assessment->trace_id = cstring_to_text(psprintf("%s%s", prefix ? text_to_cstring(prefix) : "",
														text_to_cstring(trace_id)));
	if (evaluation->of_trace || evaluation->of_session)
		assessment->span_id = NULL;
	return true;
}

/* Read the attributes; those that nothing is known about go to the metadata. */
static bool
read_attributes(const Member *list, Evaluation *evaluation, Problem *problem)
{
	int			i;

	pushJsonbValue(&evaluation->metadata, WJB_BEGIN_OBJECT, NULL);
	if (!feedback_document_list(list, problem))
		return false;
	for (i = 0; i < feedback_document_length(list->json); i++)
	{
		Pair		pair;
		Attribute	attribute;
		const KnownAttribute *known;

		if (!feedback_attribute_pair_read(&pair, feedback_document_element(list->json, i),
										  "attributes", problem))
			return false;
		known = feedback_evaluation_attribute(evaluation, pair.key);
		if (known != NULL)
		{
			if (!feedback_attribute_read(&evaluation->attributes[known->role], pair.key,
										 known->column, pair.value, problem))
				return false;
			continue;
		}
		if (!feedback_attribute_read(&attribute, text_to_cstring(pair.key_text), "metadata",
									 pair.value, problem))
			return false;
		feedback_attribute_pair_push_key(&evaluation->metadata, &pair);
		if (!feedback_attribute_push(&evaluation->metadata, &attribute, WJB_VALUE, problem))
			return false;
	}
	return true;
}
