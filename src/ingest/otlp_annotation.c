/*
 * otlp_annotation.c
 *		OpenInference's annotations, which are attributes of spans.
 */
#include "postgres.h"

#include "base/json_string.h"
#include "ingest/otlp_annotation.h"
#include "ingest/otlp_record.h"

/* An attribute that belongs to an annotation */
typedef struct AnnotationAttribute
{
	Slice		prefix;
	Slice		attribute;
} AnnotationAttribute;

static void add_annotation(Slice span, const AnnotationAttribute *attributes, int count,
						   Slice session, const OtlpCall *call);
static bool read_prefix(Slice key, Slice *prefix);
static bool decode_key(Slice key, const char **decoded, int *length);
static int	compare_prefixes(const void *a, const void *b);

/* The words that an annotation's attributes begin with, but for trace. and session. */
static const char *const annotation_words[][2] = {
	{"annotations.", ".annotation."},
	{"evaluations.", ".evaluation."}
};

/* Take the annotations out of the attributes of a span. */
void
feedback_otlp_annotations(Slice span, const OtlpCall *call)
{
	AnnotationAttribute *found;
	Slice		attribute = {NULL, 0};
	Slice		session = {NULL, 0};
	Slice		attributes;
	int			size = 16;
	int			count = 0;
	int			start;
	int			i;

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
			session = attribute;
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
	feedback_otlp_record_begin(&out);
	appendStringInfoString(&out, "\"span\": {");
	feedback_otlp_record_copy(&out, span, "traceId", "trace_id");
	feedback_otlp_record_copy(&out, span, "spanId", "span_id");
	feedback_otlp_record_copy(&out, span, "startTimeUnixNano", "start_time_unix_nano");
	feedback_otlp_record_copy(&out, span, "endTimeUnixNano", "end_time_unix_nano");
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
	feedback_otlp_record_end(&out, call);
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
compare_prefixes(const void *a, const void *b)
{
	const Slice *one = &((const AnnotationAttribute *) a)->prefix;
	const Slice *other = &((const AnnotationAttribute *) b)->prefix;

	if (one->length != other->length)
		return (one->length < other->length) ? -1 : 1;
	return memcmp(one->at, other->at, one->length);
}
