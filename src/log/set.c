/*
 * set.c
 *		A source's one word on a name of a trace and span: set_feedback,
 *		set_assessment and withdraw_feedback.
 *
 * The word's id is made of whose and on what it is, so that the primary key
 * keeps it one, however many sessions say it at once: the first inserts the
 * row, the others wait for that one row and change it in place.  Batches do the
 * same in one statement, see SET_ON_CONFLICT.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "assessment/row.h"
#include "assessment/validate.h"
#include "base/identifier.h"
#include "base/statement.h"
#include "base/text.h"
#include "input/arguments.h"
#include "input/document_read.h"
#include "label/label_schema.h"
#include "log/set.h"
#include "log/store.h"

/* What a word is of; a null is like another */
#define OF_SOURCE \
	"WHERE trace_id OPERATOR(pg_catalog.=) $1 AND project OPERATOR(pg_catalog.=) $2 " \
	"AND kind::pg_catalog.text OPERATOR(pg_catalog.=) $3 AND name OPERATOR(pg_catalog.=) $4 " \
	"AND source_type::pg_catalog.text OPERATOR(pg_catalog.=) $5 " \
	"AND coalesce(source_id OPERATOR(pg_catalog.=) $6, source_id IS NULL AND $6 IS NULL) " \
	"AND coalesce(span_id OPERATOR(pg_catalog.=) $7, span_id IS NULL AND $7 IS NULL)"
#define OF_SOURCE_TYPES		TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID
#define OF_SOURCE_COUNT		7

/* How often a row may be withdrawn by others while it is set; what is there after that is of somebody else */
#define MAX_TRIES			100

#define SAME(column, parameter) \
	"coalesce(" column " OPERATOR(pg_catalog.=) " parameter ", " column " IS NULL AND " parameter " IS NULL)"

/* Change the row that says the word, if it says something else */
static Statement update_word = {
	.sql = "UPDATE feedback.assessments SET boolean_value = $9, numeric_value = $10, text_value = $11, "
	"json_value = $12, rationale = $13, metadata = $14, error_code = $15, error_message = $16, "
	"stack_trace = $17, last_update_time = $18 " OF_SOURCE " AND assessment_id OPERATOR(pg_catalog.=) $8 "
	"AND NOT (" SAME("boolean_value", "$9") " AND " SAME("numeric_value", "$10") " AND "
	SAME("text_value", "$11") " AND " SAME("json_value", "$12") " AND " SAME("rationale", "$13") " AND "
	SAME("metadata", "$14") " AND " SAME("error_code", "$15") " AND " SAME("error_message", "$16") " AND "
	SAME("stack_trace", "$17") ") RETURNING valid",
	.count = OF_SOURCE_COUNT + 11,
	.types = {OF_SOURCE_TYPES, UUIDOID, BOOLOID, NUMERICOID, TEXTOID, JSONBOID, TEXTOID, JSONBOID,
	TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}
};

/* The row that says the word, and whether it is valid */
static Statement select_word = {
	.sql = "SELECT valid FROM feedback.assessments " OF_SOURCE " AND assessment_id OPERATOR(pg_catalog.=) $8 "
	"FOR NO KEY UPDATE",
	.count = OF_SOURCE_COUNT + 1,
	.types = {OF_SOURCE_TYPES, UUIDOID}
};

/* The same source's override of a row */
static Statement select_override = {
	.sql = "SELECT assessment_id FROM feedback.assessments " OF_SOURCE " AND overrides OPERATOR(pg_catalog.=) $8",
	.count = OF_SOURCE_COUNT + 1,
	.types = {OF_SOURCE_TYPES, UUIDOID}
};

/* All that a source has said, but for what is in a chain of overrides */
static Statement delete_words = {
	.sql = "DELETE FROM feedback.assessments " OF_SOURCE " AND valid AND overrides IS NULL",
	.count = OF_SOURCE_COUNT,
	.types = {OF_SOURCE_TYPES}
};

/* The rest of it, the latest first */
static Statement select_words = {
	.sql = "SELECT assessment_id FROM feedback.assessments " OF_SOURCE " ORDER BY create_time DESC, assessment_id DESC",
	.count = OF_SOURCE_COUNT,
	.types = {OF_SOURCE_TYPES}
};

static Datum set_value(FunctionCallInfo fcinfo, bool typed);
static Datum set_document(FunctionCallInfo fcinfo, text *document);
static Datum set_checked(Assessment *assessment, text *project);
static bool store_word(const Assessment *assessment, Problem *problem);
static bool is_of_another(const Assessment *assessment);
static bool change_word(const Assessment *assessment, bool *valid);
static void bind_source(const Assessment *assessment, Datum *values, char *nulls);
static bool check_somebody(const Assessment *assessment, Problem *problem);
static int64 delete_chained(const Assessment *assessment);

PG_FUNCTION_INFO_V1(feedback_set_feedback);
PG_FUNCTION_INFO_V1(feedback_set_feedback_any);
PG_FUNCTION_INFO_V1(feedback_set_assessment);
PG_FUNCTION_INFO_V1(feedback_set_assessment_jsonb);
PG_FUNCTION_INFO_V1(feedback_withdraw_feedback);

/* set_feedback(..., value text, ...) returns uuid */
Datum
feedback_set_feedback(PG_FUNCTION_ARGS)
{
	return set_value(fcinfo, false);
}

/* set_feedback(..., value "any", ...) returns uuid */
Datum
feedback_set_feedback_any(PG_FUNCTION_ARGS)
{
	return set_value(fcinfo, true);
}

/* set_assessment(trace_id text, assessment text or json, project text) returns uuid */
Datum
feedback_set_assessment(PG_FUNCTION_ARGS)
{
	return set_document(fcinfo, feedback_argument_document(fcinfo, 1, "assessment"));
}

/* set_assessment(trace_id text, assessment jsonb, project text) returns uuid */
Datum
feedback_set_assessment_jsonb(PG_FUNCTION_ARGS)
{
	return set_document(fcinfo, feedback_argument_document_jsonb(fcinfo, 1, "assessment"));
}

/*
 * withdraw_feedback(trace_id text, name text, source_id text, source_type text,
 *					 span_id text, project text) returns bigint
 *
 * Deletes what the source has said on the name, however it was logged, and
 * mends the chains of overrides that it was in; returns how many rows went.
 */
Datum
feedback_withdraw_feedback(PG_FUNCTION_ARGS)
{
	Assessment	word = {.kind = KIND_FEEDBACK};
	Problem		problem;
	Datum		values[OF_SOURCE_COUNT];
	char		nulls[OF_SOURCE_COUNT];
	int64		withdrawn;

	word.trace_id = feedback_argument_trace_id(fcinfo);
	word.name = feedback_argument_text(fcinfo, 1);
	feedback_argument_source(fcinfo, 3, 2, &word);
	word.span_id = feedback_argument_span_id(fcinfo, 4);
	word.project = PG_ARGISNULL(5) ? feedback_assessment_default_project() : feedback_argument_text(fcinfo, 5);
	if (!feedback_validate_name(word.name, false, &problem) || !check_somebody(&word, &problem))
		feedback_problem_raise(&problem);

	SPI_connect();
	bind_source(&word, values, nulls);
	withdrawn = feedback_statement_run(&delete_words, values, nulls, false);
	withdrawn += delete_chained(&word);
	SPI_finish();
	PG_RETURN_INT64(withdrawn);
}

/*
 * Make the id of a word from what it is of, unless the caller gave one.
 *
 * The parts and their order are part of what is stored: another order would
 * make another id, and so a second row.
 */
bool
feedback_set_identify(Assessment *assessment, Problem *problem)
{
	const char *kind = feedback_row_kind_name(assessment->kind);
	const char *source_type = feedback_assessment_source_type_name(assessment->source_type);
	IdentifierPart parts[] = {
		feedback_identifier_part(assessment->project),
		feedback_identifier_part(assessment->trace_id),
		feedback_identifier_part(assessment->span_id),
		{kind, strlen(kind)},
		feedback_identifier_part(assessment->name),
		{source_type, strlen(source_type)},
		feedback_identifier_part(assessment->source_id)
	};

	if (assessment->has_overrides)
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "overrides",
									"what is set cannot override",
									"It takes the place of what the same source said before.",
									"Leave overrides out, or log the assessment.");
	if (!check_somebody(assessment, problem))
		return false;
	if (!assessment->has_assessment_id)
		feedback_identifier_derive(parts, lengthof(parts), &assessment->assessment_id);
	return true;
}

/* Store a word that has its id; the caller is connected to SPI. */
bool
feedback_set_store(Assessment *assessment, Problem *problem)
{
	return feedback_label_schema_check(assessment, problem) && store_word(assessment, problem);
}

/* The id is that of another source, name, span, kind or project. */
bool
feedback_set_refuse_other(Problem *problem)
{
	feedback_problem_set(problem, ERRCODE_UNIQUE_VIOLATION, "assessment_id",
						 "assessment_id exists already, of something else",
						 "What is set has the project, name, span and source of what was set before.",
						 NULL);
	problem->constraint = "assessments_pkey";
	return false;
}

/*
 * Take back what the same source has said in override of its own word, which
 * is then valid again, unless somebody else overrides it.
 */
void
feedback_set_take_back_overrides(const Assessment *assessment)
{
	Datum		values[OF_SOURCE_COUNT + 1];
	char		nulls[OF_SOURCE_COUNT + 1];

	bind_source(assessment, values, nulls);
	values[OF_SOURCE_COUNT] = UUIDPGetDatum(&assessment->assessment_id);
	nulls[OF_SOURCE_COUNT] = ' ';
	while (feedback_statement_run(&select_override, values, nulls, false) > 0)
	{
		bool		isnull;
		pg_uuid_t	override = *DatumGetUUIDP(SPI_getbinval(SPI_tuptable->vals[0],
															SPI_tuptable->tupdesc, 1, &isnull));

		if (!feedback_store_delete(assessment->trace_id, &override))
			break;
	}
}

/* Set a feedback from arguments. */
static Datum
set_value(FunctionCallInfo fcinfo, bool typed)
{
	Assessment	assessment = {.kind = KIND_FEEDBACK};
	int			n = feedback_argument_assessment(fcinfo, typed, &assessment);
	text	   *project;

	assessment.has_create_time = feedback_argument_time(fcinfo, n++, &assessment.create_time);
	project = feedback_argument_text(fcinfo, n++);
	assessment.has_assessment_id = feedback_argument_uuid(fcinfo, n, &assessment.assessment_id);
	return set_checked(&assessment, project);
}

/* Set a document, given as the text of it. */
static Datum
set_document(FunctionCallInfo fcinfo, text *document)
{
	Assessment	assessment = {.from_document = true};
	Problem		problem;

	if (!feedback_document_read(document, &assessment, &problem))
		feedback_problem_raise(&problem);
	assessment.trace_id = feedback_argument_text(fcinfo, 0);
	return set_checked(&assessment, feedback_argument_text(fcinfo, 2));
}

/* Complete, check and store a word. */
static Datum
set_checked(Assessment *assessment, text *project)
{
	pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));
	Problem		problem;

	assessment->has_project = (project != NULL);
	assessment->project = (project != NULL) ? project : feedback_assessment_default_project();
	if (!feedback_validate(assessment, &problem) || !feedback_set_identify(assessment, &problem))
		feedback_problem_raise(&problem);
	assessment->has_assessment_id = true;
	feedback_assessment_complete(assessment);

	SPI_connect();
	if (!feedback_set_store(assessment, &problem))
		feedback_problem_raise(&problem);
	feedback_assessment_warn(assessment);
	SPI_finish();

	*id = assessment->assessment_id;
	PG_RETURN_UUID_P(id);
}

/*
 * Insert the row, or change the one that is there, if it says something else.
 *
 * It may be withdrawn in between, and then is inserted after all.  Most words
 * are new, so the insert comes first: a DO UPDATE would have every one of them
 * pay for the comparisons of those that are not.
 */
static bool
store_word(const Assessment *assessment, Problem *problem)
{
	int			tries;

	for (tries = 0; tries < MAX_TRIES; tries++)
	{
		bool		valid;

		CHECK_FOR_INTERRUPTS();
		if (feedback_store_insert(assessment))
			return true;
		if (!change_word(assessment, &valid))
		{
			if (is_of_another(assessment))
				break;
			continue;
		}
		if (!valid)
			feedback_set_take_back_overrides(assessment);
		return true;
	}
	return feedback_set_refuse_other(problem);
}

/* Has something else the id? */
static bool
is_of_another(const Assessment *assessment)
{
	Assessment	other;

	return feedback_store_get(assessment->trace_id, &assessment->assessment_id, false, &other) &&
		!(other.kind == assessment->kind && other.source_type == assessment->source_type &&
		  same_text(other.project, assessment->project) && same_text(other.name, assessment->name) &&
		  same_text(other.source_id, assessment->source_id) && same_text(other.span_id, assessment->span_id));
}

/* Change the row, or lock it if it says the same; false when there is none of this source. */
static bool
change_word(const Assessment *assessment, bool *valid)
{
	const void *pointers[] = {
		&assessment->assessment_id, NULL, NULL, NULL, NULL, /* the value */
		assessment->rationale, assessment->metadata, assessment->error_code,
		assessment->error_message, assessment->stack_trace
	};
	Datum		values[OF_SOURCE_COUNT + lengthof(pointers) + 1];
	char		nulls[lengthof(values)];
	bool		isnull;
	int			i;

	bind_source(assessment, values, nulls);
	for (i = 0; i < (int) lengthof(pointers); i++)
		feedback_row_bind_pointer(pointers[i], &values[OF_SOURCE_COUNT + i], &nulls[OF_SOURCE_COUNT + i]);
	feedback_row_bind_value(&assessment->value, &values[OF_SOURCE_COUNT + 1], &nulls[OF_SOURCE_COUNT + 1]);
	values[lengthof(values) - 1] = TimestampTzGetDatum(GetCurrentTimestamp());
	nulls[lengthof(values) - 1] = ' ';

	if (feedback_statement_run(&update_word, values, nulls, false) == 0 &&
		feedback_statement_run(&select_word, values, nulls, false) == 0)
		return false;
	*valid = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	return true;
}

/* Bind the parameters of OF_SOURCE. */
static void
bind_source(const Assessment *assessment, Datum *values, char *nulls)
{
	const text *parameters[OF_SOURCE_COUNT] = {
		assessment->trace_id,
		assessment->project,
		cstring_to_text(feedback_row_kind_name(assessment->kind)),
		assessment->name,
		cstring_to_text(feedback_assessment_source_type_name(assessment->source_type)),
		assessment->source_id,
		assessment->span_id
	};
	int			i;

	for (i = 0; i < OF_SOURCE_COUNT; i++)
		feedback_row_bind_pointer(parameters[i], &values[i], &nulls[i]);
}

/* One word a source takes a source: without an id, all people would have one word together. */
static bool
check_somebody(const Assessment *assessment, Problem *problem)
{
	const text *id = assessment->source_id;

	if (!feedback_validate_source_id(id, problem))
		return false;
	if (assessment->from_document && assessment->source_type != SOURCE_HUMAN)
		return true;
	if (id == NULL)
		return feedback_problem_set(problem, ERRCODE_NULL_VALUE_NOT_ALLOWED, "source_id",
									"source_id is missing",
									"It says whose word it is.",
									"Give the id of the user, the model or the program.");
	if (VARSIZE_ANY_EXHDR(id) == 0)
		return feedback_problem_set(problem, ERRCODE_STRING_DATA_RIGHT_TRUNCATION, "source_id",
									"source_id is empty",
									"It says whose word it is.",
									"Give the id of the user, the model or the program.");
	return true;
}

/* Delete what a source has said in chains of overrides, one by one; returns how many rows. */
static int64
delete_chained(const Assessment *assessment)
{
	Datum		values[OF_SOURCE_COUNT];
	char		nulls[OF_SOURCE_COUNT];
	SPITupleTable *rows;
	uint64		count;
	uint64		i;
	int64		deleted = 0;

	bind_source(assessment, values, nulls);
	count = feedback_statement_run(&select_words, values, nulls, false);
	rows = SPI_tuptable;
	for (i = 0; i < count; i++)
	{
		bool		isnull;
		pg_uuid_t  *id = DatumGetUUIDP(SPI_getbinval(rows->vals[i], rows->tupdesc, 1, &isnull));

		deleted += feedback_store_delete(assessment->trace_id, id);
	}
	return deleted;
}
