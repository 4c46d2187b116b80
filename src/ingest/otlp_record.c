/*
 * otlp_record.c
 *		The documents that evaluations of OTLP become, for otlp_read.c.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/json.h"

#include "assessment/validate.h"
#include "ingest/otlp_record.h"
#include "input/otlp_read.h"

/* Bytes of an id or a time, however it is written */
#define MAX_MEMBER_LENGTH	1000

static void check_prefix(const text *prefix);
static void put_member(StringInfo out, const char *name, const text *value);

/*
 * What a call says of all the evaluations that it brings: their source, unless
 * they name one, what to put before trace ids, and the project, or NULL.
 */
OtlpCall
feedback_otlp_call_make(const Assessment *source, const text *trace_id_prefix, text *project)
{
	OtlpCall	call;
	Problem		problem;
	StringInfoData members;

	if (!feedback_validate_source_id(source->source_id, &problem))
		feedback_problem_raise(&problem);
	check_prefix(trace_id_prefix);
	feedback_assessment_warn(source);

	initStringInfo(&members);
	appendStringInfo(&members, "\"source_type\": \"%s\"",
					 feedback_assessment_source_type_name(source->source_type));
	put_member(&members, "source_id", source->source_id);
	put_member(&members, "trace_id_prefix", trace_id_prefix);

	call.batch = feedback_batch_make();
	call.project = project;
	call.members = members.data;
	return call;
}

/* Every trace id begins with it, so that it is no longer than one, as any id is. */
static void
check_prefix(const text *prefix)
{
	Problem		problem;

	if (prefix != NULL && !feedback_validate_identifier(prefix, 0, "trace_id", "trace_id_prefix", &problem))
		feedback_problem_raise(&problem);
}

/* Begin a document, which has members of the record next. */
void
feedback_otlp_record_begin(StringInfo out)
{
	appendStringInfoString(out, "{\"" OTLP_RECORD_MEMBER "\": {");
}

/*
 * The members of an object that each of its evaluations needs, in either
 * spelling, to be copied into their documents.
 *
 * They are looked for once, since an object may have very many evaluations, and
 * be as long as those are together.  One that is too long to be what it should
 * be is abbreviated, and refused as it would have been.
 */
char *
feedback_otlp_record_members(Slice object, const char *const(*names)[2], int count)
{
	StringInfoData out;
	int			i;

	initStringInfo(&out);
	for (i = 0; i < 2 * count; i++)
	{
		const char *name = names[i / 2][i % 2];
		Slice		value;

		if (!feedback_slice_member(object, name, &value))
			continue;
		appendStringInfo(&out, "%s\"%s\": ", out.len > 0 ? ", " : "", name);
		if (value.length <= MAX_MEMBER_LENGTH)
			appendBinaryStringInfo(&out, value.at, value.length);
		else
			appendStringInfoString(&out, "\"...\"");
	}
	return out.data;
}

/* End it with what the call says, and add it. */
void
feedback_otlp_record_end(StringInfo out, const OtlpCall *call)
{
	appendStringInfo(out, ", %s}}", call->members);
	feedback_batch_add(call->batch, out->data, out->len, call->project, NULL);
}

/* Add what is not as OTLP has it. */
void
feedback_otlp_refuse(Slice part, const OtlpCall *call, const char *message)
{
	Problem		problem;

	feedback_problem_set(&problem, ERRCODE_INVALID_PARAMETER_VALUE, "assessment", message, NULL,
						 "OTLP/JSON is an object with resourceLogs or resourceSpans, each a list of objects.");
	feedback_otlp_add_bad(part, call, &problem);
}

/* Add a part of the text as a document that is bad. */
void
feedback_otlp_add_bad(Slice part, const OtlpCall *call, const Problem *problem)
{
	BatchItem  *item = feedback_batch_add(call->batch, part.at, part.length, call->project, NULL);

	feedback_batch_refuse(item, problem);
}

/* Put a text, or nothing when it is NULL. */
static void
put_member(StringInfo out, const char *name, const text *value)
{
	if (value == NULL)
		return;
	appendStringInfo(out, ", \"%s\": ", name);
	escape_json(out, text_to_cstring(value));
}
