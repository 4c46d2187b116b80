/*
 * evaluate_row.c
 *		A row of a data set, as a scorer gets it.
 *
 * It has inputs, outputs, expectations, a trace_id, a project and whatever else.
 * With a trace_id that a source of traces knows, the trace is there too, and
 * what the row has takes precedence.  Without one the trace_id is made of the
 * inputs, so that runs over the same rows can be compared row by row.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/numeric.h"
#include "utils/uuid.h"

#include "assessment/validate.h"
#include "base/identifier.h"
#include "base/problem.h"
#include "base/statement.h"
#include "evaluate/evaluate.h"
#include "evaluate/scorer.h"

/* What a trace_id is made of begins with */
#define ROW_PREFIX	"row-"

/* Inputs that have come, and how often */
typedef struct SeenRow
{
	pg_uuid_t	id;
	int64		n;
} SeenRow;

/* A scorer gets the members that are not null; expectations are added to those of the trace. */
static Statement merge = {
	.sql = "SELECT $1 OPERATOR(pg_catalog.||) COALESCE((SELECT pg_catalog.jsonb_object_agg(m.key, m.value) FROM pg_catalog.jsonb_each($2) m "
	"WHERE m.value OPERATOR(pg_catalog.<>) 'null' AND m.key OPERATOR(pg_catalog.<>) ALL ('{info,data,trace_id,project,expectations}')), '{}') "
	"OPERATOR(pg_catalog.||) pg_catalog.jsonb_build_object('expectations', COALESCE($1 OPERATOR(pg_catalog.->) 'expectations', '{}') "
	"OPERATOR(pg_catalog.||) CASE pg_catalog.jsonb_typeof($2 OPERATOR(pg_catalog.->) 'expectations') WHEN 'object' "
	"THEN $2 OPERATOR(pg_catalog.->) 'expectations' ELSE '{}' END)",
	.count = 2,
	.types = {JSONBOID, JSONBOID}
};

/* What there is of a trace that no source has */
static Statement bare_trace = {
	.sql = "SELECT pg_catalog.jsonb_build_object('info', pg_catalog.jsonb_build_object('trace_id', $1), 'data', '{\"spans\": []}'::pg_catalog.jsonb, "
	"'inputs', NULL, 'outputs', NULL)",
	.count = 1,
	.types = {TEXTOID}
};

static void check_row(Jsonb *row, int64 number, const char *argument);
static text *row_member_text(Jsonb *row, const char *name, int64 number, const char *argument);
static text *made_trace_id(Jsonb *row, HTAB *seen);
pg_noreturn static void raise_row(int64 number, const char *argument, const char *message, const char *hint);

/*
 * Read the row of the subject's number.  What is wrong with it is 22023, or the
 * code that an id or a project has.
 */
void
feedback_evaluate_read_row(Jsonb *row, const RowContext *context, Subject *subject)
{
	Problem		problem;
	Datum		values[2];

	check_row(row, subject->row, context->argument);
	subject->trace_id = row_member_text(row, "trace_id", subject->row, context->argument);
	if (subject->project == NULL)
		subject->project = row_member_text(row, "project", subject->row, context->argument);
	if (subject->project != NULL && !feedback_validate_project(subject->project, &problem))
		feedback_problem_raise(&problem);
	if (subject->trace_id == NULL)
		subject->trace_id = made_trace_id(row, context->seen);
	else if (!feedback_validate_trace_id(subject->trace_id, &problem))
		feedback_problem_raise(&problem);
	else if (context->has_traces)
		feedback_evaluate_read_trace(subject);

	/* A trace that is not known, or cannot be read, leaves the row as it is */
	subject->failure = NULL;
	values[0] = PointerGetDatum(subject->trace_id);
	if (subject->material == NULL)
		subject->material = feedback_evaluate_select_jsonb(&bare_trace, values);
	values[0] = JsonbPGetDatum(subject->material);
	values[1] = JsonbPGetDatum(row);
	subject->material = feedback_evaluate_select_jsonb(&merge, values);
}

/* The inputs that have come so far: of the same again, the trace_id is numbered. */
HTAB *
feedback_evaluate_make_seen(void)
{
	HASHCTL		control = {
		.keysize = sizeof(pg_uuid_t), .entrysize = sizeof(SeenRow), .hcxt = CurrentMemoryContext
	};

	return hash_create("rows of a data set", 256, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

static void
check_row(Jsonb *row, int64 number, const char *argument)
{
	JsonbValue *expectations;

	if (!JB_ROOT_IS_OBJECT(row))
		raise_row(number, argument, "is not an object", "A row has inputs, outputs, expectations and trace_id, each if there is one.");
	expectations = feedback_scorer_member(&row->root, "expectations");
	if (expectations != NULL &&
		(expectations->type != jbvBinary || !JsonContainerIsObject(expectations->val.binary.data)))
		raise_row(number, argument, "has expectations that are not an object", "They are an object that has each by its name.");
}

/* A member that is a text, or a number as one; NULL if there is none. */
static text *
row_member_text(Jsonb *row, const char *name, int64 number, const char *argument)
{
	JsonbValue *value = feedback_scorer_member(&row->root, name);

	if (value == NULL)
		return NULL;
	if (value->type == jbvNumeric)
		return cstring_to_text(DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric))));
	if (value->type != jbvString)
		raise_row(number, argument, psprintf("has a %s that is not a text", name), NULL);
	return cstring_to_text_with_len(value->val.string.val, value->val.string.len);
}

/* A trace_id that is the same for the same inputs, numbered if they have come before */
static text *
made_trace_id(Jsonb *row, HTAB *seen)
{
	JsonbValue *inputs = feedback_scorer_member(&row->root, "inputs");
	IdentifierPart part = {NULL, 0};
	pg_uuid_t	id;
	char		printed[IDENTIFIER_LENGTH + 1] = {0};
	bool		found;
	SeenRow    *row_seen;

	if (inputs != NULL)
	{
		Jsonb	   *jsonb = JsonbValueToJsonb(inputs);

		part.string = JsonbToCString(NULL, &jsonb->root, VARSIZE(jsonb));
		part.length = strlen(part.string);
	}
	feedback_identifier_derive(&part, 1, &id);
	row_seen = hash_search(seen, &id, HASH_ENTER, &found);
	row_seen->n = found ? row_seen->n + 1 : 1;
	feedback_identifier_print(&id, printed);
	if (row_seen->n == 1)
		return cstring_to_text(psprintf(ROW_PREFIX "%s", printed + 2));
	return cstring_to_text(psprintf(ROW_PREFIX "%s-" INT64_FORMAT, printed + 2, row_seen->n));
}

static void
raise_row(int64 number, const char *argument, const char *message, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("row " INT64_FORMAT " of %s %s", number, argument, message),
			 hint == NULL ? 0 : errhint("%s", hint),
			 err_generic_string(PG_DIAG_COLUMN_NAME, argument)));
}
