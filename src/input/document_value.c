/*
 * document_value.c
 *		Feedback and expectations of documents: the value and the error.
 */
#include "postgres.h"

#include "assessment/value.h"
#include "input/document_names.h"
#include "input/document_value.h"

static bool read_feedback(const Member *feedback, Assessment *assessment, Problem *problem);
static bool read_document_error(const Member *error, Assessment *assessment, Problem *problem);
static bool read_expectation(const Member *expectation, Assessment *assessment, Problem *problem);
static bool read_serialized(const Member *serialized, Value *value, Problem *problem);
static bool read_root(Document *document, const char *path, Value *value, Problem *problem);

/* Read the one of feedback and expectation that must be there. */
bool
feedback_document_read_kind(const Member *feedback, const Member *expectation,
							Assessment *assessment, Problem *problem)
{
	if (member_given(feedback) && member_given(expectation))
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "kind",
									"feedback and expectation exclude each other",
									"An assessment is either a feedback or an expectation.",
									"Log them as two assessments.");
	if (member_given(feedback))
		return read_feedback(feedback, assessment, problem);
	if (member_given(expectation))
		return read_expectation(expectation, assessment, problem);
	return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "kind",
								"feedback or expectation is missing",
								"An assessment has one of the two members.",
								NULL);
}

/* Read a JSON text of the database as a value. */
bool
feedback_document_read_value(text *json, AssessmentKind kind, Value *value, Problem *problem)
{
	return read_root(feedback_document_open(VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json),
											"value", "value",
											feedback_value_max_nesting(kind),
											NULL, 0, problem),
					 "", value, problem);
}

/* Read a feedback's value, which may be an explicit null, and its error. */
static bool
read_feedback(const Member *feedback, Assessment *assessment, Problem *problem)
{
	Member		members[FEEDBACK_MEMBERS];

	assessment->kind = KIND_FEEDBACK;
	if (!feedback_document_object(feedback, problem) ||
		!feedback_document_members(feedback->json, "feedback.", feedback_document_value_names, FEEDBACK_MEMBERS,
								   members, problem) ||
		!read_document_error(&members[ERROR_OBJECT], assessment, problem))
		return false;

	if (!members[VALUE].present)
		return true;
	return feedback_document_value(&members[VALUE], &assessment->value, problem);
}

static bool
read_document_error(const Member *error, Assessment *assessment, Problem *problem)
{
	Member		members[ERROR_MEMBERS];

	if (!member_given(error))
		return true;
	if (!feedback_document_object(error, problem) ||
		!feedback_document_members(error->json, "feedback.error.", feedback_document_error_names, ERROR_MEMBERS,
								   members, problem))
		return false;
	if (!member_given(&members[ERROR_CODE]))
		return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "error_code",
									"feedback.error.error_code is missing",
									"An error has a code, which may be empty.",
									NULL);

	return feedback_document_text(&members[ERROR_CODE], &assessment->error_code, problem) &&
		feedback_document_text(&members[ERROR_MESSAGE], &assessment->error_message, problem) &&
		feedback_document_text(&members[STACK_TRACE], &assessment->stack_trace, problem);
}

/* Read an expectation's value, plain or as JSON text. */
static bool
read_expectation(const Member *expectation, Assessment *assessment, Problem *problem)
{
	Member		members[EXPECTATION_MEMBERS];

	assessment->kind = KIND_EXPECTATION;
	if (!feedback_document_object(expectation, problem) ||
		!feedback_document_members(expectation->json, "expectation.", feedback_document_value_names,
								   EXPECTATION_MEMBERS, members, problem))
		return false;

	if (member_given(&members[ERROR_OBJECT]))
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "error_code",
									"expectation.error is not allowed",
									"Only a feedback has an error.",
									NULL);
	if (member_given(&members[VALUE]) && member_given(&members[SERIALIZED_VALUE]))
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "value",
									"expectation.value and expectation.serialized_value exclude each other",
									NULL, "Give one of them.");
	if (member_given(&members[VALUE]))
		return feedback_document_value(&members[VALUE], &assessment->value, problem);
	if (member_given(&members[SERIALIZED_VALUE]))
		return read_serialized(&members[SERIALIZED_VALUE], &assessment->value, problem);
	return true;
}

static bool
read_serialized(const Member *serialized, Value *value, Problem *problem)
{
	Member		members[SERIALIZED_MEMBERS];
	const char *string;
	int			length;
	int			i;

	if (!feedback_document_object(serialized, problem) ||
		!feedback_document_members(serialized->json, "expectation.serialized_value.",
								   feedback_document_serialized_names, SERIALIZED_MEMBERS, members, problem))
		return false;
	for (i = 0; i < SERIALIZED_MEMBERS; i++)
	{
		if (!member_given(&members[i]))
			return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "value",
										psprintf("%s%s is missing", members[i].path, feedback_document_serialized_names[i].name),
										"A serialized value has a serialization_format, which is \"JSON_FORMAT\", and a value.",
										NULL);
	}

	if (!feedback_document_utf8(&members[SERIALIZATION_FORMAT], &string, &length, problem))
		return false;
	if (strcmp(string, "JSON_FORMAT") != 0)
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "value",
									"expectation.serialized_value.serialization_format is unknown",
									NULL, "The only format is \"JSON_FORMAT\".");

	if (!feedback_document_utf8(&members[SERIALIZED_TEXT], &string, &length, problem))
		return false;
	return read_root(feedback_document_open_utf8(string, length,
												 "expectation.serialized_value.value", "value",
												 feedback_value_max_nesting(KIND_EXPECTATION),
												 NULL, 0, problem),
					 "expectation.serialized_value.", value, problem);
}

/* Read the value, of this path, that is the whole of a document, and close that. */
static bool
read_root(Document *document, const char *path, Value *value, Problem *problem)
{
	static const MemberName name = {"value", NULL, "value", NULL, 0};
	Member		member = {&name, path, true, false, NULL};
	bool		success;

	if (document == NULL)
		return false;
	member.json = document->root;
	success = feedback_document_value(&member, value, problem);
	feedback_document_close(document);
	return success;
}
