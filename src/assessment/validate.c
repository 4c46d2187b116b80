/*
 * validate.c
 *		The rules about assessments: one function a rule.
 *
 * Shared by SQL arguments and documents, which differ in how they name
 * things.  Rules that need other rows are in store.c.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "assessment/validate.h"
#include "assessment/value.h"
#include "base/identifier.h"
#include "base/json_text.h"
#include "base/quote.h"
#include "base/rfc3339.h"
#include "base/settings.h"

#define DEFAULT_PROJECT		"default"
#define DEFAULT_SOURCE_ID	"default"

/* Bytes of a text value, a little less than a jsonb can hold */
#define MAX_TEXT_VALUE		250000000

/* The older name of LLM_JUDGE in MLflow */
#define LLM_JUDGE_ALIAS		"AI_JUDGE"

/* Indexed by SourceType */
static const char *const source_type_names[] = {
	"HUMAN",
	"LLM_JUDGE",
	"CODE",
	"SOURCE_TYPE_UNSPECIFIED"
};

static bool check_project(const Assessment *assessment, Problem *problem);
static bool check_metadata(Assessment *assessment, Problem *problem);
static bool check_error(const Assessment *assessment, Problem *problem);
static bool check_time(bool given, TimestampTz time, const char *column, Problem *problem);
static bool check_overrides(const Assessment *assessment, Problem *problem);
static bool check_required(const text *string, const char *column, const char *label,
						   Problem *problem);
static bool names_type(const char *name, const char *type, int length);

/*
 * Check everything that can be told from the assessment alone.
 *
 * Also brings it into the form that is stored: metadata of {} is NULL, and a
 * JSON null beside an error is no value.
 */
bool
feedback_validate(Assessment *assessment, Problem *problem)
{
	return feedback_validate_trace_id(assessment->trace_id, problem) &&
		feedback_validate_name(assessment->name, assessment->from_document, problem) &&
		check_project(assessment, problem) &&
		feedback_validate_source_id(assessment->source_id, problem) &&
		feedback_validate_span_id(assessment->span_id, problem) &&
		check_error(assessment, problem) &&
		feedback_validate_value(assessment, problem) &&
		check_metadata(assessment, problem) &&
		check_time(assessment->has_create_time, assessment->create_time,
				   "create_time", problem) &&
		check_time(assessment->has_last_update_time, assessment->last_update_time,
				   "last_update_time", problem) &&
		check_overrides(assessment, problem);
}

bool
feedback_validate_trace_id(const text *trace_id, Problem *problem)
{
	return check_required(trace_id, "trace_id", "trace_id", problem) &&
		feedback_validate_identifier(trace_id, 1, "trace_id", "trace_id", problem);
}

bool
feedback_validate_name(const text *name, bool from_document, Problem *problem)
{
	const char *label = from_document ? "assessment_name" : "name";

	return check_required(name, "name", label, problem) &&
		feedback_validate_identifier(name, 1, "name", label, problem);
}

/* A document may spell "no span" as an empty one, and gets it back so. */
bool
feedback_validate_span_id(const text *span_id, Problem *problem)
{
	return span_id == NULL ||
		feedback_validate_identifier(span_id, 0, "span_id", "span_id", problem);
}

/* Of a project that is given; another one is that of a setting. */
bool
feedback_validate_project(const text *project, Problem *problem)
{
	return feedback_validate_identifier(project, 1, "project", "project", problem);
}

bool
feedback_validate_source_id(const text *source_id, Problem *problem)
{
	return source_id == NULL ||
		feedback_validate_identifier(source_id, 0, "source_id", "source_id", problem);
}

/* Check the length in characters, which is at most that in bytes. */
bool
feedback_validate_identifier(const text *string, int minimum, const char *column,
							 const char *label, Problem *problem)
{
	int			length = VARSIZE_ANY_EXHDR(string);

	if (length >= minimum && length <= MAX_IDENTIFIER_LENGTH)
		return true;

	length = pg_mbstrlen_with_len(VARDATA_ANY(string), length);
	if (length >= minimum && length <= MAX_IDENTIFIER_LENGTH)
		return true;
	return feedback_problem_set(problem, ERRCODE_STRING_DATA_RIGHT_TRUNCATION, column,
								psprintf(length == 0 ? "%s is empty" : "%s is too long", label),
								psprintf("It has %d characters; allowed are %d to %d.",
										 length, minimum, MAX_IDENTIFIER_LENGTH),
								NULL);
}

/* A value, an error or both; the explicit null is a value for feedback only. */
bool
feedback_validate_value(Assessment *assessment, Problem *problem)
{
	Value	   *value = &assessment->value;

	/* The views show values as jsonb, which has a limit of its own */
	if (value->type == VALUE_TEXT && VARSIZE_ANY_EXHDR(value->as.text) > MAX_TEXT_VALUE)
		return feedback_problem_set(problem, ERRCODE_PROGRAM_LIMIT_EXCEEDED, "value",
									"value is too long",
									psprintf("A text value has up to %d bytes.", MAX_TEXT_VALUE),
									NULL);

	if (assessment->kind == KIND_EXPECTATION)
	{
		if (value->type == VALUE_NONE || value_is_json_null(value))
			return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "value",
										assessment->from_document ?
										"expectation.value is missing" : "value is missing",
										"An expectation has a value that is not null.",
										NULL);
		return true;
	}

	if (assessment->error_code != NULL && value_is_json_null(value))
		value->type = VALUE_NONE;
	if (assessment->error_code == NULL && value->type == VALUE_NONE)
		return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "value",
									assessment->from_document ?
									"feedback.value is missing" : "value is missing",
									"A feedback has a value, an error or both.",
									assessment->from_document ?
									"Give an explicit null if the question does not apply." :
									"Give 'null'::jsonb if the question does not apply.");
	return true;
}

/*
 * Read a source type, in any letter case.
 *
 * The path says where it stands; an argument, which has no dot, is quoted.
 */
bool
feedback_validate_source_type(const char *type, int length, const char *path,
							  Assessment *assessment, Problem *problem)
{
	int			i;

	for (i = 0; i < (int) lengthof(source_type_names); i++)
	{
		if (names_type(source_type_names[i], type, length))
		{
			assessment->source_type = (SourceType) i;
			return true;
		}
	}
	if (names_type(LLM_JUDGE_ALIAS, type, length))
	{
		assessment->source_type = SOURCE_LLM_JUDGE;
		assessment->warnings |= WARNING_AI_JUDGE;
		return true;
	}
	return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "source_type",
								strchr(path, '.') != NULL ? psprintf("invalid %s", path) :
								psprintf("invalid %s: %s", path, feedback_quote(type, length)),
								NULL, feedback_assessment_source_type_hint());
}

/* Read a source type as the table spells it. */
SourceType
feedback_assessment_source_type_read(const text *type)
{
	int			i;

	for (i = 0; i < (int) lengthof(source_type_names); i++)
	{
		if (names_type(source_type_names[i], VARDATA_ANY(type), VARSIZE_ANY_EXHDR(type)))
			return (SourceType) i;
	}
	return SOURCE_UNSPECIFIED;
}

const char *
feedback_assessment_source_type_name(SourceType type)
{
	return source_type_names[type];
}

const char *
feedback_assessment_source_type_hint(void)
{
	return "The source types are HUMAN, LLM_JUDGE, CODE and SOURCE_TYPE_UNSPECIFIED.";
}

/* The source of an assessment that names none. */
void
feedback_assessment_default_source(Assessment *assessment)
{
	assessment->source_type = (assessment->kind == KIND_FEEDBACK) ? SOURCE_CODE : SOURCE_HUMAN;
	assessment->source_id = cstring_to_text(DEFAULT_SOURCE_ID);
}

/*
 * Fill in what the caller left out, after the checks.
 *
 * "Now" is the clock and not the start of the transaction, so that "latest"
 * means something within one.  The project is filled in before.
 */
void
feedback_assessment_complete(Assessment *assessment)
{
	if (!assessment->has_assessment_id)
		feedback_identifier_generate(&assessment->assessment_id);
	if (!assessment->has_create_time)
		assessment->create_time = GetCurrentTimestamp();
	if (!assessment->has_last_update_time)
		assessment->last_update_time = assessment->create_time;
}

/* The project of an assessment that names none. */
text *
feedback_assessment_default_project(void)
{
	const char *project = feedback_setting_project;

	if (project == NULL || *project == '\0')
		project = DEFAULT_PROJECT;
	return cstring_to_text(project);
}

/* Issue the warnings that came up on the way. */
void
feedback_assessment_warn(const Assessment *assessment)
{
	if (assessment->warnings & WARNING_AI_JUDGE)
		ereport(WARNING,
				(errcode(ERRCODE_WARNING),
				 errmsg("source type AI_JUDGE was read as LLM_JUDGE"),
				 errhint("AI_JUDGE is an older name; use LLM_JUDGE."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "source_type")));
	if (assessment->warnings & WARNING_NOBODY)
		ereport(WARNING,
				(errcode(ERRCODE_WARNING),
				 errmsg("source_id is empty"),
				 errdetail("All who are logged so count as one person."),
				 errhint("Give the id of whoever gave the feedback; a missing one is often an empty string."),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "source_id")));
	if (assessment->warnings & WARNING_UNTYPED_TEXT)
		feedback_value_warn_untyped(&assessment->value);
	if (assessment->label_warning != NULL)
		feedback_problem_warn(assessment->label_warning);
}

static bool
check_project(const Assessment *assessment, Problem *problem)
{
	const text *project = assessment->project;

	if (assessment->has_project)
		return feedback_validate_project(project, problem);

	/* Nobody else checks the encoding of a setting */
	if (!pg_verify_mbstr(GetDatabaseEncoding(), VARDATA_ANY(project),
						 VARSIZE_ANY_EXHDR(project), true))
		feedback_problem_set(problem, ERRCODE_CHARACTER_NOT_IN_REPERTOIRE, "project",
							 "project is not valid in the encoding of the database",
							 NULL, NULL);
	else if (feedback_validate_identifier(project, 1, "project", "project", problem))
		return true;
	problem->hint = "It comes from the setting feedback.project.";
	return false;
}

/* Documents' metadata has passed the lexical pass; a jsonb has not. */
static bool
check_metadata(Assessment *assessment, Problem *problem)
{
	Jsonb	   *metadata = assessment->metadata;

	if (metadata == NULL)
		return true;
	if (!JB_ROOT_IS_OBJECT(metadata))
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "metadata",
									"metadata must be an object",
									JB_ROOT_IS_SCALAR(metadata) ? "It is a scalar." : "It is a list.",
									NULL);
	if (JB_ROOT_COUNT(metadata) == 0)
	{
		assessment->metadata = NULL;
		return true;
	}
	return assessment->from_document ||
		feedback_value_check_jsonb(metadata, MAX_NESTING - 1, "metadata", "metadata", problem);
}

static bool
check_error(const Assessment *assessment, Problem *problem)
{
	if (assessment->error_code == NULL &&
		(assessment->error_message != NULL || assessment->stack_trace != NULL))
		return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "error_code",
									"error_code is missing",
									"An error has a code, which may be empty; error_message and stack_trace go with it.",
									NULL);
	return true;
}

static bool
check_time(bool given, TimestampTz time, const char *column, Problem *problem)
{
	if (!given || feedback_rfc3339_in_range(time))
		return true;
	return feedback_problem_set(problem, ERRCODE_DATETIME_FIELD_OVERFLOW, column,
								psprintf("%s is out of range", column),
								"Times are in the years 1 to 9999 in UTC.",
								NULL);
}

static bool
check_overrides(const Assessment *assessment, Problem *problem)
{
	if (assessment->has_overrides && assessment->has_assessment_id &&
		feedback_identifier_equal(&assessment->overrides, &assessment->assessment_id))
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "overrides",
									"an assessment cannot override itself",
									"overrides is the assessment_id of an earlier assessment of the same trace.",
									NULL);
	return true;
}

static bool
check_required(const text *string, const char *column, const char *label, Problem *problem)
{
	if (string != NULL)
		return true;
	return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, column,
								psprintf("%s is missing", label),
								psprintf("It is required, with 1 to %d characters.", MAX_IDENTIFIER_LENGTH),
								NULL);
}

static bool
names_type(const char *name, const char *type, int length)
{
	return strlen(name) == (size_t) length && pg_strncasecmp(name, type, length) == 0;
}
