/*
 * manage.c
 *		The functions that read, update and delete assessments.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "assessment/validate.h"
#include "base/problem.h"
#include "input/arguments.h"
#include "input/document_read.h"
#include "input/document_write.h"
#include "label/label_schema.h"
#include "log/store.h"

static Datum update_assessment(FunctionCallInfo fcinfo, text *document);
static bool apply(const Changes *changes, Assessment *assessment, Problem *problem);
static bool apply_value(const Assessment *to, Assessment *assessment, Problem *problem);
static Jsonb *merge_metadata(Jsonb *old, Jsonb *changes);
static Jsonb *copy_out(const Jsonb *jsonb);
static void put_document(const Assessment *assessment, void *arg);

PG_FUNCTION_INFO_V1(feedback_get_assessment);
PG_FUNCTION_INFO_V1(feedback_get_assessments);
PG_FUNCTION_INFO_V1(feedback_update_assessment);
PG_FUNCTION_INFO_V1(feedback_update_assessment_jsonb);
PG_FUNCTION_INFO_V1(feedback_delete_assessment);

/* get_assessment(trace_id text, assessment_id uuid) returns jsonb */
Datum
feedback_get_assessment(PG_FUNCTION_ARGS)
{
	text	   *trace_id;
	pg_uuid_t	id;
	Assessment	assessment;
	Jsonb	   *document;

	feedback_argument_key(fcinfo, &trace_id, &id);

	SPI_connect();
	if (!feedback_store_get(trace_id, &id, false, &assessment))
		feedback_argument_raise_unknown(&id);
	document = copy_out(feedback_document_write(&assessment));
	SPI_finish();

	PG_RETURN_JSONB_P(document);
}

/* get_assessments(trace_id text) returns setof jsonb */
Datum
feedback_get_assessments(PG_FUNCTION_ARGS)
{
	text	   *trace_id = feedback_argument_trace_id(fcinfo);

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);

	SPI_connect();
	feedback_store_visit(trace_id, put_document, fcinfo->resultinfo);
	SPI_finish();

	PG_RETURN_NULL();
}

/* update_assessment(trace_id text, assessment_id uuid, assessment text or json) returns jsonb */
Datum
feedback_update_assessment(PG_FUNCTION_ARGS)
{
	return update_assessment(fcinfo, feedback_argument_document(fcinfo, 2, "assessment"));
}

/* update_assessment(trace_id text, assessment_id uuid, assessment jsonb) returns jsonb */
Datum
feedback_update_assessment_jsonb(PG_FUNCTION_ARGS)
{
	return update_assessment(fcinfo, feedback_argument_document_jsonb(fcinfo, 2, "assessment"));
}

/* delete_assessment(trace_id text, assessment_id uuid) returns boolean */
Datum
feedback_delete_assessment(PG_FUNCTION_ARGS)
{
	text	   *trace_id;
	pg_uuid_t	id;
	bool		deleted;

	feedback_argument_key(fcinfo, &trace_id, &id);

	SPI_connect();
	deleted = feedback_store_delete(trace_id, &id);
	SPI_finish();

	PG_RETURN_BOOL(deleted);
}

/* Change an assessment in place; the result is its new document. */
static Datum
update_assessment(FunctionCallInfo fcinfo, text *json)
{
	text	   *trace_id;
	pg_uuid_t	id;
	Changes		changes = {.to.from_document = true};
	Assessment	assessment;
	Jsonb	   *document;
	const Problem *warning;
	Problem		problem;

	feedback_argument_key(fcinfo, &trace_id, &id);
	if (!feedback_document_read_changes(json, &changes, &problem))
		feedback_problem_raise(&problem);

	SPI_connect();
	if (!feedback_store_get(trace_id, &id, true, &assessment))
		feedback_argument_raise_unknown(&id);
	if (!apply(&changes, &assessment, &problem) ||
		!feedback_label_schema_check(&assessment, &problem))
		feedback_problem_raise(&problem);
	warning = assessment.label_warning;
	assessment.last_update_time = GetCurrentTimestamp();
	if (!feedback_store_update(&assessment))
		feedback_argument_raise_unknown(&id);
	document = copy_out(feedback_document_write(&assessment));
	feedback_assessment_warn(&changes.to);
	if (warning != NULL)
		feedback_problem_warn(warning);
	SPI_finish();

	PG_RETURN_JSONB_P(document);
}

/*
 * Apply the changes to the assessment as it is.
 *
 * What a document says of source, span, overrides and times is checked with
 * the same rules, although it changes nothing.
 */
static bool
apply(const Changes *changes, Assessment *assessment, Problem *problem)
{
	const Assessment *to = &changes->to;

	if (!feedback_validate_source_id(to->source_id, problem) ||
		!feedback_validate_span_id(to->span_id, problem))
		return false;

	if (changes->name)
	{
		if (!feedback_validate_name(to->name, true, problem))
			return false;
		assessment->name = to->name;
	}
	if (changes->value && !apply_value(to, assessment, problem))
		return false;
	if (changes->rationale)
		assessment->rationale = to->rationale;
	if (changes->metadata)
		assessment->metadata = merge_metadata(assessment->metadata, to->metadata);
	return true;
}

/* Value and error change together. */
static bool
apply_value(const Assessment *to, Assessment *assessment, Problem *problem)
{
	if (to->kind != assessment->kind)
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "kind",
									to->kind == KIND_FEEDBACK ?
									"an expectation cannot become a feedback" :
									"a feedback cannot become an expectation",
									"The kind of an assessment cannot be changed.",
									NULL);

	assessment->from_document = true;
	assessment->value = to->value;
	assessment->error_code = to->error_code;
	assessment->error_message = to->error_message;
	assessment->stack_trace = to->stack_trace;
	return feedback_validate_value(assessment, problem);
}

/*
 * Merge metadata at its top level; a null among the changes removes its key.
 * NULL instead of changes removes all.
 */
static Jsonb *
merge_metadata(Jsonb *old, Jsonb *changes)
{
	JsonbParseState *state = NULL;
	Jsonb	   *both;
	JsonbIterator *iterator;
	JsonbValue	element;
	JsonbValue	key;

	if (changes == NULL)
		return NULL;
	both = (old == NULL) ? changes :
		DatumGetJsonbP(DirectFunctionCall2(jsonb_concat, JsonbPGetDatum(old),
										   JsonbPGetDatum(changes)));

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	iterator = JsonbIteratorInit(&both->root);
	JsonbIteratorNext(&iterator, &element, true);
	while (JsonbIteratorNext(&iterator, &key, true) == WJB_KEY)
	{
		JsonbValue *change = findJsonbValueFromContainer(&changes->root, JB_FOBJECT, &key);

		JsonbIteratorNext(&iterator, &element, true);
		if (change != NULL && change->type == jbvNull)
			continue;
		pushJsonbValue(&state, WJB_KEY, &key);
		pushJsonbValue(&state, WJB_VALUE, &element);
	}
	both = JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL));
	return (JB_ROOT_COUNT(both) == 0) ? NULL : both;
}

/* Copy a jsonb to where it outlives the connection to SPI. */
static Jsonb *
copy_out(const Jsonb *jsonb)
{
	Jsonb	   *copy = SPI_palloc(VARSIZE(jsonb));

	memcpy(copy, jsonb, VARSIZE(jsonb));
	return copy;
}

/* Add the document of an assessment to a function's result. */
static void
put_document(const Assessment *assessment, void *arg)
{
	ReturnSetInfo *result = arg;
	Datum		document = JsonbPGetDatum(feedback_document_write(assessment));
	bool		isnull = false;

	tuplestore_putvalues(result->setResult, result->setDesc, &document, &isnull);
	pfree(DatumGetPointer(document));
}
