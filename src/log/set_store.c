/*
 * set_store.c
 *		The row of a source's one word: set and withdrawn, beside other sessions.
 *
 * The first to say the word inserts the row, the others wait for that one row
 * and change it in place.  Batches do the same in one statement, see
 * SET_ON_CONFLICT.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "assessment/row.h"
#include "assessment/validate.h"
#include "base/statement.h"
#include "base/text.h"
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

static bool store_word(const Assessment *assessment, Problem *problem);
static bool is_of_another(const Assessment *assessment);
static bool change_word(const Assessment *assessment, bool *valid);
static void bind_source(const Assessment *assessment, Datum *values, char *nulls);
static int64 delete_chained(const Assessment *assessment);

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

/*
 * Delete what a source has said on a name, however it was logged, and mend the
 * chains of overrides that it was in; returns how many rows went.  The caller is
 * connected to SPI.
 */
int64
feedback_set_withdraw(const Assessment *word)
{
	Datum		values[OF_SOURCE_COUNT];
	char		nulls[OF_SOURCE_COUNT];
	int64		withdrawn;

	bind_source(word, values, nulls);
	withdrawn = feedback_statement_run(&delete_words, values, nulls, false);
	return withdrawn + delete_chained(word);
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
