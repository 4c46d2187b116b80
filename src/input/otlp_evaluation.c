/*
 * otlp_evaluation.c
 *		What the attributes of an evaluation of OpenTelemetry say.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "assessment/validate.h"
#include "assessment/value.h"
#include "base/identifier.h"
#include "base/json_text.h"
#include "input/document.h"
#include "input/otlp_evaluation.h"

/* Where metadata keep what no column is for, whichever form it came in */
#define LABEL_KEY			"gen_ai.evaluation.score.label"
#define SOURCE_TYPE_KEY		"gen_ai.evaluation.evaluator.type"
#define REASONING_KEY		"gen_ai.evaluation.reasoning"

/* Where MLflow keeps the session that an assessment is of */
#define SESSION_KEY			"mlflow.trace.session"

static const KnownAttribute event_attributes[] = {
	{"gen_ai.evaluation.name", NAME, "name"},
	{"gen_ai.evaluation.score.value", SCORE, "value"},
	{LABEL_KEY, LABEL, "value"},
	{"gen_ai.evaluation.explanation", EXPLANATION, "rationale"},
	{REASONING_KEY, REASONING, "rationale"},
	{SOURCE_TYPE_KEY, EVALUATOR_TYPE, "source_type"},
	{"gen_ai.evaluation.evaluator.id", EVALUATOR_ID, "source_id"},
	{"error.type", ERROR_TYPE, "error_code"},
	{"error.message", ERROR_MESSAGE, "error_message"},
	{"exception.stacktrace", STACK_TRACE, "stack_trace"},
	{"event.name", IGNORED, "metadata"},
	{NULL, IGNORED, NULL}
};

/* Behind annotations.<i>.annotation. and the like */
static const KnownAttribute annotation_attributes[] = {
	{"name", NAME, "name"},
	{"score", SCORE, "value"},
	{"label", LABEL, "value"},
	{"explanation", EXPLANATION, "rationale"},
	{"annotator_kind", EVALUATOR_TYPE, "source_type"},
	{"identifier", EVALUATOR_ID, "source_id"},
	{"metadata", METADATA, "metadata"},
	{NULL, IGNORED, NULL}
};

static const KnownAttribute session_id = {"session.id", SESSION_ID, "metadata"};

static bool read_name(const Evaluation *evaluation, Assessment *assessment, Problem *problem);
static bool read_result(Evaluation *evaluation, Assessment *assessment, Problem *problem);
static bool read_explanation(Evaluation *evaluation, Assessment *assessment, Problem *problem);
static bool read_evaluation_error(Evaluation *evaluation, Assessment *assessment, Problem *problem);
static bool read_evaluation_source(Evaluation *evaluation, Assessment *assessment, Problem *problem);
static bool read_evaluation_metadata(Evaluation *evaluation, Assessment *assessment, Problem *problem);
static bool push_attributes(JsonbParseState **state, const Attribute *attribute, Problem *problem);
static void push_text(JsonbParseState **state, const char *key, const text *value);
static const char *role_key(const Evaluation *evaluation, Role role);
static void derive_id(const Evaluation *evaluation, Assessment *assessment);

/* The role of an attribute by its name; NULL when nothing is known about it. */
const KnownAttribute *
feedback_evaluation_attribute(const Evaluation *evaluation, const char *key)
{
	const KnownAttribute *known = event_attributes;

	if (evaluation->annotation != NULL)
	{
		size_t		length = strlen(evaluation->annotation);

		if (evaluation->of_session && strcmp(key, session_id.key) == 0)
			return &session_id;
		if (strncmp(key, evaluation->annotation, length) != 0 || key[length] != '.')
			return NULL;
		key += length + 1;
		known = annotation_attributes;
	}
	for (; known->key != NULL; known++)
	{
		if (strcmp(key, known->key) == 0)
			return known;
	}
	return NULL;
}

/* Read the attributes that have been found, and complete the assessment. */
bool
feedback_evaluation_read(Evaluation *evaluation, Assessment *assessment, Problem *problem)
{
	if (!read_name(evaluation, assessment, problem) ||
		!read_evaluation_error(evaluation, assessment, problem) ||
		!read_explanation(evaluation, assessment, problem) ||
		!read_result(evaluation, assessment, problem) ||
		!read_evaluation_source(evaluation, assessment, problem) ||
		!read_evaluation_metadata(evaluation, assessment, problem))
		return false;
	derive_id(evaluation, assessment);
	return true;
}

static bool
read_name(const Evaluation *evaluation, Assessment *assessment, Problem *problem)
{
	const char *key = role_key(evaluation, NAME);

	if (!feedback_attribute_text(&evaluation->attributes[NAME], &assessment->name, problem))
		return false;
	if (feedback_validate_name(assessment->name, false, problem))
		return true;
	/* What it says of "name" holds for the attribute */
	problem->message = psprintf("%s%s", key, problem->message + strlen("name"));
	return false;
}

/* The score is the value, and then the label metadata; else the label is it. */
static bool
read_result(Evaluation *evaluation, Assessment *assessment, Problem *problem)
{
	const Attribute *score = &evaluation->attributes[SCORE];
	Value	   *value = &assessment->value;
	JsonbValue	null;

	if (!feedback_attribute_text(&evaluation->attributes[LABEL], &evaluation->label, problem))
		return false;
	if (attribute_given(score))
		return feedback_attribute_score(score, value, problem);

	if (evaluation->label != NULL)
	{
		value->type = VALUE_TEXT;
		value->as.text = evaluation->label;
		return true;
	}
	if (assessment->error_code != NULL)
		return true;
	if (assessment->rationale == NULL)
		return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "value",
									psprintf("%s is missing", role_key(evaluation, SCORE)),
									evaluation->annotation != NULL ?
									"An annotation has a score, a label or an explanation." :
									"An evaluation has a score, a label, an error.type or an explanation.",
									NULL);

	/* An explanation alone: a judgement that is no value */
	null.type = jbvNull;
	feedback_value_from_scalar(&null, value);
	return true;
}

/* The explanation, or else the attribute that it was before. */
static bool
read_explanation(Evaluation *evaluation, Assessment *assessment, Problem *problem)
{
	text	   *reasoning;

	if (!feedback_attribute_text(&evaluation->attributes[EXPLANATION], &assessment->rationale, problem) ||
		!feedback_attribute_text(&evaluation->attributes[REASONING], &reasoning, problem))
		return false;
	if (assessment->rationale == NULL)
		assessment->rationale = reasoning;
	else if (reasoning != NULL)
		push_text(&evaluation->metadata, REASONING_KEY, reasoning);
	return true;
}

/* What goes with an error is metadata where there is none. */
static bool
read_evaluation_error(Evaluation *evaluation, Assessment *assessment, Problem *problem)
{
	if (!feedback_attribute_text(&evaluation->attributes[ERROR_TYPE], &assessment->error_code, problem) ||
		!feedback_attribute_text(&evaluation->attributes[ERROR_MESSAGE], &assessment->error_message, problem) ||
		!feedback_attribute_text(&evaluation->attributes[STACK_TRACE], &assessment->stack_trace, problem))
		return false;
	if (assessment->error_code == NULL)
	{
		push_text(&evaluation->metadata, "error.message", assessment->error_message);
		push_text(&evaluation->metadata, "exception.stacktrace", assessment->stack_trace);
		assessment->error_message = assessment->stack_trace = NULL;
	}
	return true;
}

/* The evaluator, where the record names it, or else what the call says. */
static bool
read_evaluation_source(Evaluation *evaluation, Assessment *assessment, Problem *problem)
{
	text	   *type;
	const text *given_type = evaluation->given_source_type;
	Problem		unknown;

	if (!feedback_attribute_text(&evaluation->attributes[EVALUATOR_TYPE], &type, problem) ||
		!feedback_attribute_text(&evaluation->attributes[EVALUATOR_ID], &evaluation->evaluator_id, problem))
		return false;

	assessment->source_id = evaluation->given_source_id;
	if (evaluation->evaluator_id != NULL)
	{
		assessment->source_id = evaluation->evaluator_id;
		if (!feedback_validate_source_id(assessment->source_id, problem))
		{
			problem->message = psprintf("%s%s", role_key(evaluation, EVALUATOR_ID),
										problem->message + strlen("source_id"));
			return false;
		}
	}

	if (type == NULL)
	{
		assessment->source_type = SOURCE_UNSPECIFIED;
		return given_type == NULL ||
			feedback_validate_source_type(VARDATA_ANY(given_type), VARSIZE_ANY_EXHDR(given_type),
										  "source_type", assessment, problem);
	}
	if (pg_strcasecmp(text_to_cstring(type), "LLM") == 0)
		assessment->source_type = SOURCE_LLM_JUDGE;
	else if (!feedback_validate_source_type(VARDATA_ANY(type), VARSIZE_ANY_EXHDR(type), "source_type",
											assessment, &unknown))
	{
		/* A kind of the producer's own, which is none that the caller meant */
		assessment->source_type = SOURCE_UNSPECIFIED;
		push_text(&evaluation->metadata, SOURCE_TYPE_KEY, type);
	}
	return true;
}

/* Complete the metadata, with what an annotation has of its own. */
static bool
read_evaluation_metadata(Evaluation *evaluation, Assessment *assessment, Problem *problem)
{
	const Attribute *metadata = &evaluation->attributes[METADATA];
	const Attribute *session = &evaluation->attributes[SESSION_ID];

	if (attribute_given(metadata) && !push_attributes(&evaluation->metadata, metadata, problem))
		return false;
	if (assessment->value.type != VALUE_TEXT)
		push_text(&evaluation->metadata, LABEL_KEY, evaluation->label);
	if (evaluation->of_session)
	{
		if (!feedback_attribute_text(session, &evaluation->session, problem))
			return false;
		if (evaluation->session == NULL)
			return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "metadata",
										"session.id is missing",
										psprintf("The span has %s, which is of the session that its attribute session.id names.",
												 role_key(evaluation, NAME)),
										NULL);
		push_text(&evaluation->metadata, SESSION_KEY, evaluation->session);
	}
	assessment->metadata = JsonbValueToJsonb(pushJsonbValue(&evaluation->metadata,
															WJB_END_OBJECT, NULL));
	return true;
}

/* Push the members of an object that an attribute holds as a JSON text. */
static bool
push_attributes(JsonbParseState **state, const Attribute *attribute, Problem *problem)
{
	Member		root = {&attribute->name, "", true, false, NULL};
	Document   *document;
	Jsonb	   *object = NULL;
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	value;
	text	   *string;
	const char *utf8;
	int			length;

	/* The first checks the type, too */
	if (!feedback_attribute_text(attribute, &string, problem) ||
		!feedback_document_utf8(&attribute->member, &utf8, &length, problem))
		return false;
	document = feedback_document_open_utf8(utf8, length, attribute->name.name, "metadata",
										   MAX_NESTING - 1, NULL, 0, problem);
	if (document == NULL)
		return false;
	root.json = document->root;
	if (!feedback_document_is_object(root.json))
		feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "metadata",
							 psprintf("%s must hold an object", attribute->name.name),
							 psprintf("It holds %s.", feedback_document_noun(root.json)),
							 NULL);
	else if (!feedback_document_jsonb(&root, &object, problem))
		object = NULL;
	feedback_document_close(document);
	if (object == NULL)
		return false;

	iterator = JsonbIteratorInit(&object->root);
	(void) JsonbIteratorNext(&iterator, &value, true);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) == WJB_KEY || token == WJB_VALUE)
		pushJsonbValue(state, token, &value);
	return true;
}

/* Push a text, or nothing when it is NULL. */
static void
push_text(JsonbParseState **state, const char *key, const text *value)
{
	if (value == NULL)
		return;
	feedback_attribute_push_string(state, WJB_KEY, key, strlen(key));
	feedback_attribute_push_string(state, WJB_VALUE, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/* The attribute of a role, for messages. */
static const char *
role_key(const Evaluation *evaluation, Role role)
{
	const KnownAttribute *known = (evaluation->annotation != NULL) ?
	annotation_attributes : event_attributes;

	while (known->key != NULL && known->role != role)
		known++;
	if (evaluation->annotation == NULL)
		return known->key;
	return psprintf("%s.%s", evaluation->annotation, known->key);
}

/*
 * Give an evaluation, which carries no id, one that a repeat gets as well.
 *
 * It is made of what the evaluation is about and by whom: trace, span or
 * session, name, time and evaluator.  Its content is in it too, since two
 * evaluators that do not say who they are may tell of one span in one tick of
 * a clock.  An annotation with an identifier needs none of that: its producer
 * says what makes it the same.  Indices are of no significance, nor is it
 * which form something comes in.
 */
static void
derive_id(const Evaluation *evaluation, Assessment *assessment)
{
	bool		identified = (evaluation->annotation != NULL && evaluation->evaluator_id != NULL);
	const text *value = NULL;
	IdentifierPart parts[12];
	int			count = 0;

	if (assessment->value.type == VALUE_NUMERIC)
		value = cstring_to_text(DatumGetCString(DirectFunctionCall1(numeric_out,
																	NumericGetDatum(assessment->value.as.numeric))));
	else if (assessment->value.type == VALUE_BOOLEAN)
		value = cstring_to_text(assessment->value.as.boolean ? "true" : "false");

	parts[count++] = feedback_identifier_part(cstring_to_text(OTLP_EVENT_NAME));
	parts[count++] = feedback_identifier_part(assessment->trace_id);
	parts[count++] = feedback_identifier_part(assessment->span_id);
	parts[count++] = feedback_identifier_part(evaluation->session);
	parts[count++] = feedback_identifier_part(assessment->name);
	parts[count++] = feedback_identifier_part(evaluation->evaluator_id);
	if (!identified)
	{
		parts[count++] = feedback_identifier_part(evaluation->nanoseconds);
		parts[count++] = feedback_identifier_part(value);
		parts[count++] = feedback_identifier_part(evaluation->label);
		parts[count++] = feedback_identifier_part(assessment->error_code);
		parts[count++] = feedback_identifier_part(assessment->rationale);
	}
	feedback_identifier_derive(parts, count, &assessment->assessment_id);
	assessment->has_assessment_id = true;
}
