/*
 * mlflow_row.c
 *		A row of MLflow's table assessments as an assessment of ours.
 *
 * What MLflow takes and we do not is told by a Problem.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "assessment/validate.h"
#include "assessment/value.h"
#include "base/identifier.h"
#include "base/rfc3339.h"
#include "input/document_read.h"
#include "input/document_value.h"
#include "mlflow/mlflow.h"

/* Indexed by MlflowColumn */
static const char *const column_names[] = {
	"assessment_id", "trace_id", "name", "assessment_type", "value", "error", "created_timestamp",
	"last_updated_timestamp", "source_type", "source_id", "span_id", "rationale", "overrides", "valid",
	"assessment_metadata"
};

static bool read_json_value(const MlflowRow *row, Assessment *assessment, Problem *problem);
static bool read_error(const char *json, Assessment *assessment, Problem *problem);
static text *error_member(Jsonb *error, const char *name);
static bool read_milliseconds(const MlflowRow *row, MlflowColumn column, const char *ours, TimestampTz *time,
							  Problem *problem);
static text *text_or_null(const char *string);
static bool read_jsonb(const char *json, const char *subject, const char *column, Jsonb **jsonb, Problem *problem);

/* Read a row by the names of its columns, which may have moved or gone. */
void
feedback_mlflow_row_read(HeapTuple tuple, TupleDesc descriptor, MlflowRow *row)
{
	int			i;

	row->missing = NULL;
	row->project = NULL;
	for (i = 0; i < MLFLOW_COLUMNS; i++)
	{
		int			number = SPI_fnumber(descriptor, column_names[i]);

		row->columns[i] = NULL;
		if (number == SPI_ERROR_NOATTRIBUTE)
			row->missing = column_names[i];
		else
			row->columns[i] = SPI_getvalue(tuple, descriptor, number);
	}
}

/* Feedback and expectations; what else MLflow has, such as issues, is no assessment of ours. */
bool
feedback_mlflow_row_is_ours(const MlflowRow *row)
{
	const char *type = row->columns[MLFLOW_TYPE];

	return row->missing != NULL || (type != NULL && (strcmp(type, "feedback") == 0 || strcmp(type, "expectation") == 0));
}

/*
 * The id of ours for one of MLflow's: the same, or one derived from it where it
 * is none; then it is false.
 */
bool
feedback_mlflow_row_id(const char *mlflow_id, pg_uuid_t *id)
{
	size_t		length = strlen(mlflow_id);
	IdentifierPart parts[] = {{"mlflow", 6}, {mlflow_id, length}};

	if (length == IDENTIFIER_LENGTH && feedback_identifier_parse(mlflow_id, length, id))
		return true;
	feedback_identifier_derive(parts, lengthof(parts), id);
	return false;
}

/* Read what is not of another row: all but the project, and whether overrides can stand. */
bool
feedback_mlflow_row_to_assessment(const MlflowRow *row, Assessment *assessment, Problem *problem)
{
	char	   *const *columns = row->columns;
	const char *source_type = columns[MLFLOW_SOURCE_TYPE];

	memset(assessment, 0, sizeof(*assessment));
	if (row->missing != NULL)
		return feedback_problem_set(problem, ERRCODE_UNDEFINED_COLUMN, NULL,
									psprintf("MLflow's table assessments has no column %s", row->missing),
									"This version of MLflow is not known.", NULL);
	assessment->from_document = true;
	assessment->has_project = assessment->has_assessment_id = true;
	assessment->kind = strcmp(columns[MLFLOW_TYPE], "expectation") == 0 ? KIND_EXPECTATION : KIND_FEEDBACK;
	(void) feedback_mlflow_row_id(columns[MLFLOW_ASSESSMENT_ID], &assessment->assessment_id);
	assessment->trace_id = text_or_null(columns[MLFLOW_TRACE_ID]);
	assessment->name = text_or_null(columns[MLFLOW_NAME]);
	assessment->source_type = SOURCE_UNSPECIFIED;
	if (source_type != NULL &&
		!feedback_validate_source_type(source_type, strlen(source_type), "source", assessment, problem))
		assessment->source_type = SOURCE_UNSPECIFIED;
	assessment->source_id = text_or_null(columns[MLFLOW_SOURCE_ID]);
	assessment->rationale = text_or_null(columns[MLFLOW_RATIONALE]);
	assessment->span_id = text_or_null(columns[MLFLOW_SPAN_ID]);
	assessment->valid = columns[MLFLOW_VALID] != NULL && *columns[MLFLOW_VALID] == 't';
	if (columns[MLFLOW_OVERRIDES] != NULL)
	{
		assessment->has_overrides = true;
		(void) feedback_mlflow_row_id(columns[MLFLOW_OVERRIDES], &assessment->overrides);
	}
	assessment->has_create_time = assessment->has_last_update_time = true;
	return read_jsonb(columns[MLFLOW_METADATA], "metadata", "metadata", &assessment->metadata, problem) &&
		read_error(columns[MLFLOW_ERROR], assessment, problem) &&
		read_json_value(row, assessment, problem) &&
		read_milliseconds(row, MLFLOW_CREATED, "create_time", &assessment->create_time, problem) &&
		read_milliseconds(row, MLFLOW_UPDATED, "last_update_time", &assessment->last_update_time, problem);
}

/* MLflow stores null where there is only an error, and with every error that it has no value for. */
static bool
read_json_value(const MlflowRow *row, Assessment *assessment, Problem *problem)
{
	const char *value = row->columns[MLFLOW_VALUE];

	if (value == NULL || !feedback_document_read_value(cstring_to_text(value), assessment->kind,
													   &assessment->value, problem))
		return value == NULL &&
			feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "value", "value is missing", NULL, NULL);
	return true;
}

static bool
read_error(const char *json, Assessment *assessment, Problem *problem)
{
	Jsonb	   *error;

	if (json == NULL)
		return true;
	if (!read_jsonb(json, "error", "error_code", &error, problem))
		return false;
	if (error == NULL)
		return true;
	assessment->error_code = error_member(error, "error_code");
	assessment->error_message = error_member(error, "error_message");
	assessment->stack_trace = error_member(error, "stack_trace");
	if (assessment->error_code == NULL)
		return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "error_code", "error has no error_code", NULL, NULL);
	return true;
}

/* A member as text; NULL where it is none */
static text *
error_member(Jsonb *error, const char *name)
{
	JsonbValue	buffer;
	JsonbValue *member = getKeyJsonValueFromContainer(&error->root, name, strlen(name), &buffer);

	if (member == NULL || member->type != jbvString)
		return NULL;
	return cstring_to_text_with_len(member->val.string.val, member->val.string.len);
}

/* Milliseconds since 1970, which may be any integer */
static bool
read_milliseconds(const MlflowRow *row, MlflowColumn column, const char *ours, TimestampTz *time, Problem *problem)
{
	const char *string = row->columns[column];
	int64		milliseconds = string == NULL ? PG_INT64_MAX : strtoll(string, NULL, 10);

	if (milliseconds < UNIX_MIN_MILLISECONDS || milliseconds > UNIX_MAX_MILLISECONDS)
		return feedback_problem_set(problem, ERRCODE_DATETIME_FIELD_OVERFLOW, ours,
									psprintf("%s is out of range", column_names[column]),
									"Times lie in the years 1 to 9999.", NULL);
	*time = milliseconds * 1000 + UNIX_EPOCH;
	return true;
}

static text *
text_or_null(const char *string)
{
	return string == NULL ? NULL : cstring_to_text(string);
}

/* An object, or NULL */
static bool
read_jsonb(const char *json, const char *subject, const char *column, Jsonb **jsonb, Problem *problem)
{
	Value		value;

	*jsonb = NULL;
	if (json == NULL)
		return true;
	if (!feedback_document_read_value(cstring_to_text(json), KIND_FEEDBACK, &value, problem))
		return feedback_problem_set(problem, problem->sqlstate, column,
									psprintf("%s is not JSON that can be taken", subject), problem->detail, NULL);
	if (value_is_json_null(&value))
		return true;
	if (value.type != VALUE_JSON || !JB_ROOT_IS_OBJECT(value.as.json))
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, column,
									psprintf("%s is not an object", subject), NULL, NULL);
	*jsonb = value.as.json;
	return true;
}
