/*
 * document_read.c
 *		MLflow's assessment documents into Assessments.
 *
 * One static function reads a member and holds the rules about its form; the
 * rules about what it says are in validate.c, which SQL arguments share.
 * Feedback and expectation are read in document_value.c.
 */
#include "postgres.h"

#include "assessment/validate.h"
#include "base/identifier.h"
#include "base/json_text.h"
#include "base/rfc3339.h"
#include "input/document_names.h"
#include "input/document_read.h"
#include "input/document_value.h"

static Document *open_document(const char *json, int length, bool changes, Member *members,
							   int count, Problem *problem);
static bool unwrap(Document *document, bool changes, struct json_object **object, Problem *problem);
static bool may_stand_beside(const Member *member, bool changes);
static bool read_assessment(const Member *members, Assessment *assessment, Problem *problem);
static bool read_common(const Member *members, Assessment *assessment, Problem *problem);
static bool read_document_source(const Member *source, Assessment *assessment, Problem *problem);
static bool read_document_metadata(const Member *metadata, Jsonb **result, Problem *problem);
static bool read_identifier(const Member *member, bool *given, pg_uuid_t *id, Problem *problem);
static bool read_time(const Member *member, bool *given, TimestampTz *time, Problem *problem);

/* Read a whole document. */
bool
feedback_document_read(text *json, Assessment *assessment, Problem *problem)
{
	Member		members[DOCUMENT_MEMBERS];
	Document   *document = open_document(VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json), false,
										 members, DOCUMENT_MEMBERS, problem);
	bool		success;

	if (document == NULL)
		return false;
	success = read_assessment(members, assessment, problem);
	feedback_document_close(document);
	return success;
}

/*
 * Read a document of a batch, which names its trace unless the caller does:
 * assessment->trace_id, when it is not NULL, prevails.
 */
bool
feedback_document_read_of_batch(const char *json, int length, Assessment *assessment,
								Problem *problem)
{
	Member		members[BATCH_MEMBERS];
	Document   *document = open_document(json, length, false, members, BATCH_MEMBERS, problem);
	bool		success;

	if (document == NULL)
		return false;
	success = (assessment->trace_id != NULL ||
			   feedback_document_text(&members[TRACE_ID], &assessment->trace_id, problem)) &&
		read_assessment(members, assessment, problem);
	feedback_document_close(document);
	return success;
}

/*
 * Read a whole document, or a part of one, as changes.
 *
 * Members that cannot be changed are checked nevertheless.  Here a null is
 * not the same as a member that is missing: it clears the rationale or the
 * metadata.
 */
bool
feedback_document_read_changes(text *json, Changes *changes, Problem *problem)
{
	Member		members[DOCUMENT_MEMBERS];
	Document   *document = open_document(VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json), true,
										 members, DOCUMENT_MEMBERS, problem);
	bool		success;

	if (document == NULL)
		return false;

	changes->name = members[ASSESSMENT_NAME].present;
	changes->value = member_given(&members[FEEDBACK]) || member_given(&members[EXPECTATION]);
	changes->rationale = members[RATIONALE].present;
	changes->metadata = members[METADATA].present;

	success = feedback_document_text(&members[ASSESSMENT_NAME], &changes->to.name, problem) &&
		(!changes->value ||
		 feedback_document_read_kind(&members[FEEDBACK], &members[EXPECTATION],
									 &changes->to, problem)) &&
		read_common(members, &changes->to, problem) &&
		read_document_metadata(&members[METADATA], &changes->to.metadata, problem);

	feedback_document_close(document);
	return success;
}

/* Read a JSON text that is a string, as text of the database; the subject names it in messages. */
bool
feedback_document_read_string(const char *json, int length, const char *subject,
							  const char *column, text **result, Problem *problem)
{
	MemberName	name = {subject, NULL, column, NULL, 0};
	Member		member = {&name, "", true, false, NULL};
	Document   *document = feedback_document_open(json, length, subject, column, MAX_NESTING,
												  NULL, 0, problem);
	bool		success;

	if (document == NULL)
		return false;
	member.json = document->root;
	success = feedback_document_text(&member, result, problem);
	feedback_document_close(document);
	return success;
}

/* Parse a document and find so many of its members, unwrapped. */
static Document *
open_document(const char *json, int length, bool changes, Member *members, int count,
			  Problem *problem)
{
	struct json_object *object;
	Document   *document = feedback_document_open(json, length,
												  "assessment document", "assessment",
												  MAX_NESTING, feedback_document_names,
												  TOP_LEVEL_MEMBERS, problem);

	if (document == NULL)
		return NULL;
	if (unwrap(document, changes, &object, problem) &&
		feedback_document_members(object, "", feedback_document_names, count, members, problem))
		return document;
	feedback_document_close(document);
	return NULL;
}

/*
 * The object that holds the members: the document itself or, as in MLflow's
 * REST requests, its member "assessment".
 */
static bool
unwrap(Document *document, bool changes, struct json_object **object, Problem *problem)
{
	Member		wrapper;
	Member		members[DOCUMENT_MEMBERS];
	int			i;

	*object = document->root;
	if (!feedback_document_is_object(document->root))
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "assessment",
									"assessment document must be an object",
									psprintf("It is %s.", feedback_document_noun(document->root)),
									NULL);

	if (!feedback_document_members(document->root, "", &feedback_document_names[WRAPPER], 1, &wrapper, problem))
		return false;
	if (!feedback_document_is_object(wrapper.json))
		return true;

	if (!feedback_document_members(document->root, "", feedback_document_names, DOCUMENT_MEMBERS,
								   members, problem))
		return false;
	for (i = 0; i < DOCUMENT_MEMBERS; i++)
	{
		if (!may_stand_beside(&members[i], changes))
			return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE,
										feedback_document_names[i].column,
										psprintf("\"%s\" stands beside \"assessment\"", feedback_document_names[i].name),
										"In a wrapped document, \"assessment\" holds all the members.",
										NULL);
	}
	*object = wrapper.json;
	return true;
}

/* A null is no member, but for changes, where it says to clear something. */
static bool
may_stand_beside(const Member *member, bool changes)
{
	return changes ? !member->present : !member_given(member);
}

/* Read what a whole document gives. */
static bool
read_assessment(const Member *members, Assessment *assessment, Problem *problem)
{
	return feedback_document_read_kind(&members[FEEDBACK], &members[EXPECTATION],
									   assessment, problem) &&
		feedback_document_text(&members[ASSESSMENT_NAME], &assessment->name, problem) &&
		read_common(members, assessment, problem) &&
		read_document_metadata(&members[METADATA], &assessment->metadata, problem);
}

/* Read what feedback, expectations and updates have in common. */
static bool
read_common(const Member *members, Assessment *assessment, Problem *problem)
{
	return feedback_document_text(&members[RATIONALE], &assessment->rationale, problem) &&
		feedback_document_text(&members[SPAN_ID], &assessment->span_id, problem) &&
		read_document_source(&members[SOURCE], assessment, problem) &&
		read_identifier(&members[ASSESSMENT_ID], &assessment->has_assessment_id,
						&assessment->assessment_id, problem) &&
		read_identifier(&members[OVERRIDES], &assessment->has_overrides,
						&assessment->overrides, problem) &&
		read_time(&members[CREATE_TIME], &assessment->has_create_time,
				  &assessment->create_time, problem) &&
		read_time(&members[LAST_UPDATE_TIME], &assessment->has_last_update_time,
				  &assessment->last_update_time, problem);
}

/* Read the source; the defaults are those of log_feedback and log_expectation. */
static bool
read_document_source(const Member *source, Assessment *assessment, Problem *problem)
{
	Member		members[SOURCE_MEMBERS];
	const char *type = "";
	int			length = 0;

	if (!feedback_document_object(source, problem))
		return false;
	if (!member_given(source))
	{
		feedback_assessment_default_source(assessment);
		return true;
	}
	if (!feedback_document_members(source->json, "source.", feedback_document_source_names, SOURCE_MEMBERS,
								   members, problem))
		return false;
	if (!member_given(&members[SOURCE_TYPE]))
		return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "source_type",
									"source.source_type is missing",
									NULL, feedback_assessment_source_type_hint());

	if (feedback_document_is_string(members[SOURCE_TYPE].json) &&
		!feedback_document_utf8(&members[SOURCE_TYPE], &type, &length, problem))
		return false;
	return feedback_validate_source_type(type, length, "source.source_type",
										 assessment, problem) &&
		feedback_document_text(&members[SOURCE_ID], &assessment->source_id, problem);
}

static bool
read_document_metadata(const Member *metadata, Jsonb **result, Problem *problem)
{
	if (!member_given(metadata))
		return true;
	return feedback_document_object(metadata, problem) &&
		feedback_document_jsonb(metadata, result, problem);
}

static bool
read_identifier(const Member *member, bool *given, pg_uuid_t *id, Problem *problem)
{
	const char *string = "";
	int			length = 0;

	if (!member_given(member))
		return true;
	if (!feedback_document_is_number(member->json) &&
		!feedback_document_utf8(member, &string, &length, problem))
		return false;
	*given = feedback_identifier_parse(string, length, id);
	return *given ||
		feedback_problem_set(problem, ERRCODE_INVALID_TEXT_REPRESENTATION, member->name->column,
							 psprintf("invalid %s", member->name->name),
							 NULL,
							 FEEDBACK_IDENTIFIER_HINT);
}

static bool
read_time(const Member *member, bool *given, TimestampTz *time, Problem *problem)
{
	const char *string = "";
	int			length = 0;

	if (!member_given(member))
		return true;
	if (!feedback_document_is_number(member->json) &&
		!feedback_document_utf8(member, &string, &length, problem))
		return false;

	switch (feedback_rfc3339_parse(string, length, time))
	{
		case TIME_OK:
			*given = true;
			return true;
		case TIME_OUT_OF_RANGE:
			return feedback_problem_set(problem, ERRCODE_DATETIME_FIELD_OVERFLOW, member->name->column,
										psprintf("%s is out of range", member->name->name),
										"There is no such time, or it is not in the years 1 to 9999 in UTC.",
										NULL);
		default:
			return feedback_problem_set(problem, ERRCODE_INVALID_DATETIME_FORMAT, member->name->column,
										psprintf("%s is not an RFC 3339 time", member->name->name),
										NULL,
										"A time looks like \"2025-01-02T03:04:05.678Z\" or \"2025-01-02T03:04:05+01:00\".");
	}
}
