/*
 * otlp_annotation.c
 *		OpenInference's annotations, which are attributes of spans.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/json_string.h"
#include "ingest/otlp_annotation.h"
#include "ingest/otlp_record.h"

/* An attribute that belongs to an annotation */
typedef struct AnnotationAttribute
{
	Slice		prefix;
	Slice		attribute;
} AnnotationAttribute;

/* What all annotations of a span have of it */
typedef struct AnnotatedSpan
{
	const char *members;
	Slice		session;		/* its attribute, if there is one */
} AnnotatedSpan;

/* Bytes of the attribute that names the session, which each annotation of the session copies */
#define MAX_SESSION_LENGTH	4000

static void add_annotations(const AnnotatedSpan *span, AnnotationAttribute *attributes, int count,
							const OtlpCall *call);
static void add_annotation(const AnnotatedSpan *span, const AnnotationAttribute *attributes, int count,
						   const OtlpCall *call);
static void refuse_session(Slice attribute, const OtlpCall *call);
static bool read_prefix(Slice key, Slice *prefix);
static bool decode_key(Slice key, const char **decoded, int *length);
static int	compare_prefixes(const void *a, const void *b, void *arg);

/* The words that an annotation's attributes begin with, but for trace. and session. */
static const char *const annotation_words[][2] = {
	{"annotations.", ".annotation."},
	{"evaluations.", ".evaluation."}
};

/* Take the annotations out of the attributes of a span. */
void
feedback_otlp_annotations(Slice span, const OtlpCall *call)
{
	static const char *const names[][2] = {
		{"traceId", "trace_id"},
		{"spanId", "span_id"},
		{"startTimeUnixNano", "start_time_unix_nano"},
		{"endTimeUnixNano", "end_time_unix_nano"}
	};
	AnnotatedSpan annotated = {NULL, {NULL, 0}};
	AnnotationAttribute *found;
	Slice		attribute = {NULL, 0};
	Slice		attributes;
	int			size = 16;
	int			count = 0;

	/* Most spans have none, which is soon seen */
	if (!feedback_slice_may_contain(span, annotation_words[0][1]) &&
		!feedback_slice_may_contain(span, annotation_words[1][1]))
		return;
	if (!feedback_slice_member(span, "attributes", &attributes))
		return;
	found = palloc(size * sizeof(AnnotationAttribute));
	while (feedback_slice_next(attributes, &attribute))
	{
		Slice		key;
		Slice		prefix;

		if (!feedback_slice_member(attribute, "key", &key))
			continue;
		if (feedback_slice_is_string(key, "session.id"))
			annotated.session = attribute;
		if (!read_prefix(key, &prefix))
			continue;
		if (count == size)
		{
			size *= 2;
			found = repalloc_huge(found, size * sizeof(AnnotationAttribute));
		}
		found[count++] = (AnnotationAttribute)
		{
			prefix, attribute
		};
	}

	if (count > 0)
	{
		annotated.members = feedback_otlp_record_members(span, names, lengthof(names));
		add_annotations(&annotated, found, count, call);
	}
	pfree(found);
}

/* Add the annotations that these attributes are of, each of which has its own prefix. */
static void
add_annotations(const AnnotatedSpan *span, AnnotationAttribute *attributes, int count, const OtlpCall *call)
{
	int			start;
	int			i;

	qsort_interruptible(attributes, count, sizeof(AnnotationAttribute), compare_prefixes, NULL);
	for (start = 0; start < count; start = i)
	{
		CHECK_FOR_INTERRUPTS();
		for (i = start + 1; i < count && compare_prefixes(&attributes[i], &attributes[start], NULL) == 0; i++)
			;
		if (*attributes[start].prefix.at == 's' && span->session.length > MAX_SESSION_LENGTH)
			refuse_session(attributes[start].attribute, call);
		else
			add_annotation(span, &attributes[start], i - start, call);
	}
}

/* Add an annotation, which has these attributes. */
static void
add_annotation(const AnnotatedSpan *span, const AnnotationAttribute *attributes, int count, const OtlpCall *call)
{
	Slice		prefix = attributes[0].prefix;
	StringInfoData out;
	int			i;

	initStringInfo(&out);
	feedback_otlp_record_begin(&out);
	appendStringInfo(&out, "\"span\": {%s%s\"attributes\": [", span->members, *span->members != '\0' ? ", " : "");
	for (i = 0; i < count; i++)
	{
		if (i > 0)
			appendStringInfoString(&out, ", ");
		appendBinaryStringInfo(&out, attributes[i].attribute.at, attributes[i].attribute.length);
	}
	if (*prefix.at == 's' && span->session.at != NULL)
	{
		appendStringInfoString(&out, ", ");
		appendBinaryStringInfo(&out, span->session.at, span->session.length);
	}
	appendStringInfo(&out, "]}, \"annotation\": \"%.*s\"", prefix.length, prefix.at);
	feedback_otlp_record_end(&out, call);
}

/* Add as bad what an annotation begins with, whose session is not to be copied for it. */
static void
refuse_session(Slice attribute, const OtlpCall *call)
{
	Problem		problem;

	feedback_problem_set(&problem, ERRCODE_STRING_DATA_RIGHT_TRUNCATION, "metadata",
						 "session.id is too long",
						 psprintf("The attribute has up to %d bytes where the span has annotations of its session.",
								  MAX_SESSION_LENGTH),
						 NULL);
	feedback_otlp_add_bad(attribute, call, &problem);
}

/*
 * What tells the annotation that an attribute is of, such as
 * session.annotations.0.annotation, without the last dot.
 */
static bool
read_prefix(Slice key, Slice *prefix)
{
	const char *end;
	const char *start;
	const char *at;
	const char *scope;
	int			length;
	int			i;

	if (!decode_key(key, &start, &length))
		return false;
	at = start;
	end = start + length;
	if ((scope = feedback_slice_skip_word(at, end, "trace.")) != NULL ||
		(scope = feedback_slice_skip_word(at, end, "session.")) != NULL)
		at = scope;
	for (i = 0; i < (int) lengthof(annotation_words); i++)
	{
		const char *index = feedback_slice_skip_word(at, end, annotation_words[i][0]);
		const char *rest = index;

		if (index == NULL)
			continue;
		while (rest < end && *rest >= '0' && *rest <= '9')
			rest++;
		if (rest == index || (rest = feedback_slice_skip_word(rest, end, annotation_words[i][1])) == NULL)
			return false;
		*prefix = (Slice)
		{
			start, rest - 1 - start
		};
		return true;
	}
	return false;
}

/* What a key says, which is copied only if it has escapes. */
static bool
decode_key(Slice key, const char **decoded, int *length)
{
	if (key.length < 2 || *key.at != '"')
		return false;
	*decoded = key.at + 1;
	*length = key.length - 2;
	if (memchr(*decoded, '\\', *length) != NULL)
		*decoded = feedback_json_string_decode(*decoded, *length, length);
	return *decoded != NULL;
}

/* Shorter ones first, which puts indices in order. */
static int
compare_prefixes(const void *a, const void *b, void *arg pg_attribute_unused())
{
	const Slice *one = &((const AnnotationAttribute *) a)->prefix;
	const Slice *other = &((const AnnotationAttribute *) b)->prefix;

	if (one->length != other->length)
		return (one->length < other->length) ? -1 : 1;
	return memcmp(one->at, other->at, one->length);
}
