/*
 * arguments.c
 *		Arguments of the SQL functions, by position.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "assessment/validate.h"
#include "base/identifier.h"
#include "base/problem.h"
#include "input/argument_value.h"
#include "input/arguments.h"

pg_noreturn static void raise_problem(int sqlstate, const char *column,
									  const char *message, const char *detail,
									  const char *hint);

text *
feedback_argument_text(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : PG_GETARG_TEXT_PP(n);
}

Jsonb *
feedback_argument_jsonb(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : PG_GETARG_JSONB_P(n);
}

bool
feedback_argument_uuid(FunctionCallInfo fcinfo, int n, pg_uuid_t *uuid)
{
	if (PG_ARGISNULL(n))
		return false;
	*uuid = *PG_GETARG_UUID_P(n);
	return true;
}

bool
feedback_argument_time(FunctionCallInfo fcinfo, int n, TimestampTz *time)
{
	if (PG_ARGISNULL(n))
		return false;
	*time = PG_GETARG_TIMESTAMPTZ(n);
	return true;
}

/*
 * The value, of any type or, if not typed, as text.
 *
 * A value declared "any" has the type that the call expression says.
 */
void
feedback_argument_value(FunctionCallInfo fcinfo, int n, bool typed, Assessment *assessment)
{
	Oid			type = typed ? get_fn_expr_argtype(fcinfo->flinfo, n) : TEXTOID;
	Problem		problem;
	bool		success;

	if (!OidIsValid(type))
		raise_problem(ERRCODE_INDETERMINATE_DATATYPE, "value", "could not determine the type of value",
					  NULL, "Cast the value to its type.");
	if (PG_ARGISNULL(n))
		return;

	if (!typed)
		success = feedback_argument_value_from_untyped(PG_GETARG_TEXT_PP(n), &assessment->value,
													   &assessment->warnings, &problem);
	else
		success = feedback_argument_value_from_datum(PG_GETARG_DATUM(n), type, assessment->kind,
													 &assessment->value, &problem);
	if (!success)
		feedback_problem_raise(&problem);
}

/* The source, whose type must not be NULL. */
void
feedback_argument_source(FunctionCallInfo fcinfo, int type, int id, Assessment *assessment)
{
	text	   *source_type = feedback_argument_text(fcinfo, type);
	Problem		problem;

	if (source_type == NULL)
		raise_problem(ERRCODE_NULL_VALUE_NOT_ALLOWED, "source_type", "source_type is missing",
					  NULL, feedback_assessment_source_type_hint());
	if (!feedback_validate_source_type(VARDATA_ANY(source_type), VARSIZE_ANY_EXHDR(source_type),
									   "source_type", assessment, &problem))
		feedback_problem_raise(&problem);
	assessment->source_id = feedback_argument_text(fcinfo, id);
	if (assessment->source_type == SOURCE_HUMAN && assessment->source_id != NULL &&
		VARSIZE_ANY_EXHDR(assessment->source_id) == 0)
		assessment->warnings |= WARNING_NOBODY;
}

/*
 * What the functions that log and set an assessment take first: the trace, the
 * name, the value, the source, and so on.  A feedback has an error behind them,
 * an expectation has not.  Returns the number of the argument that is next.
 */
int
feedback_argument_assessment(FunctionCallInfo fcinfo, bool typed, Assessment *assessment)
{
	enum
	{
		TRACE_ID, NAME, VALUE, SOURCE_TYPE, SOURCE_ID, RATIONALE, METADATA, SPAN_ID,
		ERROR_CODE, ERROR_MESSAGE, STACK_TRACE, AFTER_ERROR
	};

	assessment->trace_id = feedback_argument_text(fcinfo, TRACE_ID);
	assessment->name = feedback_argument_text(fcinfo, NAME);
	feedback_argument_value(fcinfo, VALUE, typed, assessment);
	feedback_argument_source(fcinfo, SOURCE_TYPE, SOURCE_ID, assessment);
	assessment->rationale = feedback_argument_text(fcinfo, RATIONALE);
	assessment->metadata = feedback_argument_jsonb(fcinfo, METADATA);
	assessment->span_id = feedback_argument_span_id(fcinfo, SPAN_ID);
	if (assessment->kind == KIND_EXPECTATION)
		return ERROR_CODE;
	assessment->error_code = feedback_argument_text(fcinfo, ERROR_CODE);
	assessment->error_message = feedback_argument_text(fcinfo, ERROR_MESSAGE);
	assessment->stack_trace = feedback_argument_text(fcinfo, STACK_TRACE);
	return AFTER_ERROR;
}

/* The span_id, which in SQL is NULL when there is none, and not empty. */
text *
feedback_argument_span_id(FunctionCallInfo fcinfo, int n)
{
	text	   *span_id = feedback_argument_text(fcinfo, n);

	if (span_id != NULL && VARSIZE_ANY_EXHDR(span_id) == 0)
		raise_problem(ERRCODE_STRING_DATA_RIGHT_TRUNCATION, "span_id", "span_id is empty",
					  NULL, "Leave it out, or give NULL, when the assessment is of the whole trace.");
	return span_id;
}

/* The trace_id, checked: always the first argument. */
text *
feedback_argument_trace_id(FunctionCallInfo fcinfo)
{
	text	   *trace_id = feedback_argument_text(fcinfo, 0);
	Problem		problem;

	if (!feedback_validate_trace_id(trace_id, &problem))
		feedback_problem_raise(&problem);
	return trace_id;
}

/* The trace_id and assessment_id of functions that take an assessment. */
void
feedback_argument_key(FunctionCallInfo fcinfo, text **trace_id, pg_uuid_t *id)
{
	*trace_id = feedback_argument_trace_id(fcinfo);
	if (!feedback_argument_uuid(fcinfo, 1, id))
		raise_problem(ERRCODE_NULL_VALUE_NOT_ALLOWED, "assessment_id", "assessment_id is missing",
					  "It names the assessment of the trace.", NULL);
}

/* A document given as text or json; the name is that of the argument. */
text *
feedback_argument_document(FunctionCallInfo fcinfo, int n, const char *name)
{
	text	   *document = feedback_argument_text(fcinfo, n);

	if (document == NULL)
		feedback_argument_raise_no_document(name);
	return document;
}

/* A document given as jsonb, as the text that the one reader of documents reads. */
text *
feedback_argument_document_jsonb(FunctionCallInfo fcinfo, int n, const char *name)
{
	Jsonb	   *document = feedback_argument_jsonb(fcinfo, n);

	if (document == NULL)
		feedback_argument_raise_no_document(name);
	return cstring_to_text(JsonbToCString(NULL, &document->root, VARSIZE(document)));
}

/* A required argument of one document or of many is NULL. */
void
feedback_argument_raise_no_document(const char *name)
{
	raise_problem(ERRCODE_NULL_VALUE_NOT_ALLOWED, "assessment", psprintf("%s is missing", name),
				  strcmp(name, "assessment") == 0 ? "It is one JSON object." :
				  "An empty list has nothing to log.", NULL);
}

/* An assessment that is to be read, updated or overridden is not there. */
void
feedback_argument_raise_unknown(const pg_uuid_t *id)
{
	raise_problem(ERRCODE_NO_DATA_FOUND, "assessment_id", "assessment does not exist",
				  psprintf("There is no assessment %s on this trace.", feedback_identifier_uuid_text(id)),
				  NULL);
}

static void
raise_problem(int sqlstate, const char *column, const char *message, const char *detail,
			  const char *hint)
{
	Problem		problem;

	feedback_problem_set(&problem, sqlstate, column, message, detail, hint);
	feedback_problem_raise(&problem);
}
