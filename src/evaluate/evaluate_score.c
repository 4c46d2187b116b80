/*
 * evaluate_score.c
 *		One scorer on one trace or row: the call, and the feedback that it becomes.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

#include "assessment/validate.h"
#include "base/attempt.h"
#include "base/problem.h"
#include "evaluate/evaluate.h"
#include "evaluate/scorer.h"
#include "input/argument_value.h"
#include "log/store.h"

/* A call of a scorer, and what came of it */
typedef struct Call
{
	const Scorer *scorer;
	const Subject *subject;
	SPITupleTable *rows;
	Datum		result;
	bool		is_null;
	Oid			type;
} Call;

static void call_scorer(void *arg);
static bool take_result(Call *call, Assessment *assessment, Problem *problem);
static bool read_judgement(JsonbContainer *object, Assessment *assessment, bool *is_one, Problem *problem);
static bool is_judgement(JsonbContainer *object);
static bool read_extras(JsonbContainer *object, Assessment *assessment, Problem *problem);
static bool log_result(const Run *run, const Subject *subject, const Scorer *scorer,
					   Assessment *assessment, Problem *problem);
static void log_failure(const Run *run, const Subject *subject, const Scorer *scorer, const ErrorData *failure);
static Jsonb *result_metadata(const Run *run, const Subject *subject, Jsonb *own);

/*
 * Score a subject, and log what comes of it: a value, the error of the scorer, or
 * nothing if that says nothing.
 *
 * A value that the label schema of the name refuses is an error of the scorer's.
 */
void
feedback_evaluate_score(const Run *run, const Subject *subject, const Scorer *scorer)
{
	Call		call = {.scorer = scorer, .subject = subject};
	Assessment	assessment = {.kind = KIND_FEEDBACK};
	Problem		problem;
	ErrorData  *failure = subject->failure;

	if (failure == NULL)
		failure = feedback_attempt(call_scorer, &call, feedback_evaluate_ends_run);
	if (failure != NULL)
	{
		log_failure(run, subject, scorer, failure);
		return;
	}
	if (!call.is_null &&
		(!take_result(&call, &assessment, &problem) ||
		 !log_result(run, subject, scorer, &assessment, &problem)))
	{
		ErrorData	refused = {
			.sqlerrcode = problem.sqlstate, .message = unconstify(char *, problem.message),
			.detail = unconstify(char *, problem.detail)
		};

		log_failure(run, subject, scorer, &refused);
	}
	SPI_freetuptable(call.rows);
}

/* Is an error one of the whole statement, or of the whole transaction? */
bool
feedback_evaluate_ends_run(int sqlstate)
{
	return sqlstate == ERRCODE_QUERY_CANCELED ||
		ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_TRANSACTION_ROLLBACK;
}

static void
call_scorer(void *arg)
{
	Call	   *call = arg;
	const Scorer *scorer = call->scorer;
	Datum		values[] = {JsonbPGetDatum(call->subject->material), JsonbPGetDatum(scorer->options)};
	char		nulls[] = {' ', scorer->options == NULL ? 'n' : ' '};
	int			result = SPI_execute_plan(scorer->plan, values, nulls, false, 1);

	if (result != SPI_OK_SELECT)
		elog(ERROR, "could not call a scorer: %s", SPI_result_code_string(result));
	call->rows = SPI_tuptable;
	call->result = SPI_getbinval(call->rows->vals[0], call->rows->tupdesc, 1, &call->is_null);
	call->type = SPI_gettypeid(call->rows->tupdesc, 1);
}

/* The value that a scorer gave, of any type that feedback may be logged of */
static bool
take_result(Call *call, Assessment *assessment, Problem *problem)
{
	bool		is_one = false;

	if (getBaseType(call->type) == JSONBOID &&
		!read_judgement(&DatumGetJsonbP(call->result)->root, assessment, &is_one, problem))
		return false;
	return is_one ||
		feedback_argument_value_from_datum(call->result, call->type, KIND_FEEDBACK, &assessment->value, problem);
}

/*
 * An object with a value, and nothing but a rationale and metadata beside it, is
 * a value with these.
 */
static bool
read_judgement(JsonbContainer *object, Assessment *assessment, bool *is_one, Problem *problem)
{
	Jsonb	   *value;

	*is_one = is_judgement(object);
	if (!*is_one)
		return true;
	value = JsonbValueToJsonb(getKeyJsonValueFromContainer(object, "value", strlen("value"), NULL));
	return read_extras(object, assessment, problem) &&
		feedback_argument_value_from_datum(JsonbPGetDatum(value), JSONBOID, KIND_FEEDBACK, &assessment->value, problem);
}

static bool
is_judgement(JsonbContainer *object)
{
	static const char *const names[] = {"value", "rationale", "metadata"};
	int			found = 0;
	int			i;

	if (!JsonContainerIsObject(object) ||
		getKeyJsonValueFromContainer(object, "value", strlen("value"), NULL) == NULL)
		return false;
	for (i = 0; i < (int) lengthof(names); i++)
		found += getKeyJsonValueFromContainer(object, names[i], strlen(names[i]), NULL) != NULL;
	return found == (int) JsonContainerSize(object);
}

static bool
read_extras(JsonbContainer *object, Assessment *assessment, Problem *problem)
{
	JsonbValue *rationale = feedback_scorer_member(object, "rationale");
	JsonbValue *metadata = feedback_scorer_member(object, "metadata");

	if (rationale != NULL && rationale->type != jbvString)
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "rationale",
									"the rationale that a scorer returned is not a text", NULL, NULL);
	if (metadata != NULL && (metadata->type != jbvBinary || !JsonContainerIsObject(metadata->val.binary.data)))
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "metadata",
									"the metadata that a scorer returned is not an object", NULL, NULL);
	if (rationale != NULL)
		assessment->rationale = cstring_to_text_with_len(rationale->val.string.val, rationale->val.string.len);
	if (metadata != NULL)
		assessment->metadata = JsonbValueToJsonb(metadata);
	return true;
}

/* Complete, check and store a result. */
static bool
log_result(const Run *run, const Subject *subject, const Scorer *scorer, Assessment *assessment, Problem *problem)
{
	assessment->trace_id = subject->trace_id;
	assessment->has_project = (subject->project != NULL);
	assessment->project = subject->project != NULL ? subject->project : feedback_assessment_default_project();
	assessment->name = scorer->name;
	assessment->source_type = SOURCE_CODE;
	assessment->source_id = scorer->function;
	assessment->metadata = result_metadata(run, subject, assessment->metadata);
	if (!feedback_validate(assessment, problem))
		return false;
	feedback_assessment_complete(assessment);
	if (!feedback_store_log(assessment, problem))
		return false;
	feedback_assessment_warn(assessment);
	return true;
}

/* Log the error of a scorer, with its DETAIL; where it came from is the stack trace. */
static void
log_failure(const Run *run, const Subject *subject, const Scorer *scorer, const ErrorData *failure)
{
	Assessment	assessment = {.kind = KIND_FEEDBACK};
	Problem		problem;

	assessment.error_code = cstring_to_text(unpack_sql_state(failure->sqlerrcode));
	assessment.error_message = cstring_to_text(failure->detail == NULL ? failure->message :
											   psprintf("%s\nDETAIL:  %s", failure->message, failure->detail));
	if (failure->context != NULL)
		assessment.stack_trace = cstring_to_text(failure->context);
	if (!log_result(run, subject, scorer, &assessment, &problem))
		feedback_problem_raise(&problem);
}

/* What the scorer gave, what the caller gave, and the run */
static Jsonb *
result_metadata(const Run *run, const Subject *subject, Jsonb *own)
{
	JsonbParseState *state = NULL;
	Datum		result;
	char	   *row = psprintf(INT64_FORMAT, subject->row);

	pushJsonbValue(&state, WJB_BEGIN_OBJECT, NULL);
	feedback_evaluate_push_text(&state, RUN_KEY, VARDATA_ANY(run->run_id), VARSIZE_ANY_EXHDR(run->run_id));
	if (subject->row > 0)
		feedback_evaluate_push_text(&state, ROW_KEY, row, strlen(row));
	result = JsonbPGetDatum(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, NULL)));
	if (run->metadata != NULL)
		result = DirectFunctionCall2(jsonb_concat, JsonbPGetDatum(run->metadata), result);
	if (own != NULL)
		result = DirectFunctionCall2(jsonb_concat, JsonbPGetDatum(own), result);
	return DatumGetJsonbP(result);
}

/* Add a member that is a text to an object. */
void
feedback_evaluate_push_text(JsonbParseState **state, const char *key, const char *string, int length)
{
	JsonbValue	value = {.type = jbvString};

	value.val.string.val = unconstify(char *, key);
	value.val.string.len = strlen(key);
	pushJsonbValue(state, WJB_KEY, &value);
	value.val.string.val = unconstify(char *, string);
	value.val.string.len = length;
	pushJsonbValue(state, WJB_VALUE, &value);
}
