/*
 * label_manage.c
 *		The functions that define label schemas, and the triggers of their table.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/rel.h"

#include "assessment/row.h"
#include "base/quote.h"
#include "base/statement.h"
#include "input/arguments.h"
#include "label/label_schema.h"

#define COLUMNS \
	"name, value_type, kind, project, true_label, false_label, min, max, whole_numbers, " \
	"categories, multiple, max_length, json_form, element_type, null_allowed, " \
	"rationale_required, higher_is_better, instruction, enforcement"

#define VALUES \
	"$1, $2::feedback.value_type, $3::feedback.assessment_kind, $4, $5, $6, $7, $8, $9, " \
	"$10, $11, $12, $13, $14::feedback.value_type, $15, $16, $17, $18, $19"

#define TYPES \
	{TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, NUMERICOID, NUMERICOID, BOOLOID, \
	TEXTARRAYOID, BOOLOID, INT4OID, TEXTOID, TEXTOID, BOOLOID, BOOLOID, BOOLOID, TEXTOID, TEXTOID}

#define BY_KEY \
	" WHERE name OPERATOR(pg_catalog.=) $1 AND kind::pg_catalog.text OPERATOR(pg_catalog.=) $2 " \
	"AND project IS NOT DISTINCT FROM $3"

static Statement insert_schema = {
	.sql = "INSERT INTO feedback.label_schemas AS l (" COLUMNS ") VALUES (" VALUES ") "
	"ON CONFLICT ON CONSTRAINT label_schemas_key DO NOTHING RETURNING l",
	.count = LABEL_COUNT,
	.types = TYPES
};

static Statement select_schema = {
	.sql = "SELECT name, value_type::pg_catalog.text, kind::pg_catalog.text, project, "
	"true_label, false_label, min, max, whole_numbers, categories, multiple, max_length, "
	"json_form, element_type::pg_catalog.text, null_allowed, rationale_required, "
	"higher_is_better, instruction, enforcement FROM feedback.label_schemas" BY_KEY " FOR UPDATE",
	.count = 3,
	.types = {TEXTOID, TEXTOID, TEXTOID}
};

static Statement update_schema = {
	.sql = "UPDATE feedback.label_schemas AS l SET (" COLUMNS ") = (" VALUES ") "
	"WHERE name OPERATOR(pg_catalog.=) $1 AND kind OPERATOR(pg_catalog.=) $3::feedback.assessment_kind "
	"AND project IS NOT DISTINCT FROM $4 RETURNING l",
	.count = LABEL_COUNT,
	.types = TYPES
};

static Statement delete_schema = {
	.sql = "DELETE FROM feedback.label_schemas" BY_KEY,
	.count = 3,
	.types = {TEXTOID, TEXTOID, TEXTOID}
};

/* Names of the columns, for reset; those of the key and the value type have no default */
static const char *const column_names[LABEL_COUNT] = {
	NULL, NULL, NULL, NULL, "true_label", "false_label", "min", "max", "whole_numbers",
	"categories", "multiple", "max_length", "json_form", "element_type", "null_allowed",
	"rationale_required", "higher_is_better", "instruction", "enforcement"
};

static void read_arguments(FunctionCallInfo fcinfo, Datum *values, bool *nulls);
static Datum create(Datum *values, bool *nulls);
static Datum write_row(Statement *statement, const Datum *values, const bool *nulls);
static void find_schema(const Datum *key, const bool *key_nulls, Datum *values, bool *nulls);
static void apply_resets(Datum list, Datum *values, bool *nulls);
static void set_default(int column, Datum *values, bool *nulls);
pg_noreturn static void raise_unknown(Datum name, bool isnull);
static bool is_trigger(FunctionCallInfo fcinfo);
pg_noreturn static void raise_no_trigger(const char *name, const char *what);

PG_FUNCTION_INFO_V1(feedback_create_label_schema);
PG_FUNCTION_INFO_V1(feedback_label_schema_from_json_schema);
PG_FUNCTION_INFO_V1(feedback_alter_label_schema);
PG_FUNCTION_INFO_V1(feedback_drop_label_schema);
PG_FUNCTION_INFO_V1(feedback_check_label_schema);
PG_FUNCTION_INFO_V1(feedback_label_schemas_changed);

/*
 * create_label_schema(the columns) returns label_schemas
 *
 * One that exists already is 42710, a bad definition 22023, 22001 or 22004.
 */
Datum
feedback_create_label_schema(PG_FUNCTION_ARGS)
{
	Datum		values[LABEL_COUNT];
	bool		nulls[LABEL_COUNT];

	read_arguments(fcinfo, values, nulls);
	return create(values, nulls);
}

/*
 * label_schema_from_json_schema(name text, json_schema jsonb, kind text, project text,
 * rationale_required, higher_is_better, instruction, enforcement) returns label_schemas
 *
 * What a label schema cannot say is 0A000.
 */
Datum
feedback_label_schema_from_json_schema(PG_FUNCTION_ARGS)
{
	static const int columns[] = {
		LABEL_NAME, -1, LABEL_KIND, LABEL_PROJECT, LABEL_RATIONALE_REQUIRED,
		LABEL_HIGHER_IS_BETTER, LABEL_INSTRUCTION, LABEL_ENFORCEMENT
	};
	Datum		values[LABEL_COUNT];
	bool		nulls[LABEL_COUNT];
	Problem		problem;
	int			i;

	for (i = 0; i < LABEL_COUNT; i++)
	{
		nulls[i] = true;
		set_default(i, values, nulls);
	}
	for (i = 0; i < (int) lengthof(columns); i++)
	{
		if (columns[i] < 0)
			continue;
		values[columns[i]] = PG_GETARG_DATUM(i);
		nulls[columns[i]] = PG_ARGISNULL(i);
	}
	if (!feedback_json_schema_read(PG_ARGISNULL(1) ? NULL : PG_GETARG_JSONB_P(1),
								   values, nulls, &problem))
		feedback_label_schema_raise(&problem);
	return create(values, nulls);
}

/*
 * alter_label_schema(the columns, reset text[]) returns label_schemas
 *
 * What is NULL stays; an unknown one is P0002.
 */
Datum
feedback_alter_label_schema(PG_FUNCTION_ARGS)
{
	Datum		given[LABEL_COUNT];
	bool		given_nulls[LABEL_COUNT];
	Datum		values[LABEL_COUNT];
	bool		nulls[LABEL_COUNT];
	Datum		result;
	int			i;

	read_arguments(fcinfo, given, given_nulls);

	SPI_connect();
	find_schema(given, given_nulls, values, nulls);
	if (!PG_ARGISNULL(LABEL_COUNT))
		apply_resets(PG_GETARG_DATUM(LABEL_COUNT), values, nulls);
	for (i = 0; i < LABEL_COUNT; i++)
	{
		if (given_nulls[i])
			continue;
		values[i] = given[i];
		nulls[i] = false;
	}
	result = write_row(&update_schema, values, nulls);
	SPI_finish();
	return result;
}

/* drop_label_schema(name text, kind text, project text); an unknown one is P0002 */
Datum
feedback_drop_label_schema(PG_FUNCTION_ARGS)
{
	Datum		values[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), PG_GETARG_DATUM(2)};
	char		nulls[3];
	int			i;

	for (i = 0; i < 3; i++)
		nulls[i] = PG_ARGISNULL(i) ? 'n' : ' ';

	SPI_connect();
	if (feedback_statement_run(&delete_schema, values, nulls, false) == 0)
		raise_unknown(values[0], PG_ARGISNULL(0));
	SPI_finish();
	PG_RETURN_VOID();
}

/*
 * check_label_schema() returns trigger
 *
 * For feedback.label_schemas only: BEFORE INSERT OR UPDATE, FOR EACH ROW.
 */
Datum
feedback_check_label_schema(PG_FUNCTION_ARGS)
{
	static const int enums[] = {LABEL_VALUE_TYPE, LABEL_KIND, LABEL_ELEMENT_TYPE};
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	HeapTuple	row;
	Datum		values[LABEL_COUNT];
	bool		nulls[LABEL_COUNT];
	Problem		problem;
	int			i;

	if (!is_trigger(fcinfo) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) || !TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		raise_no_trigger("check_label_schema",
						 "It is a BEFORE INSERT OR UPDATE trigger of feedback.label_schemas, FOR EACH ROW.");

	row = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
	heap_deform_tuple(row, RelationGetDescr(trigger->tg_relation), values, nulls);
	for (i = 0; i < (int) lengthof(enums); i++)
	{
		if (!nulls[enums[i]])
			values[enums[i]] = CStringGetTextDatum(DatumGetCString(
																   DirectFunctionCall1(enum_out, values[enums[i]])));
	}
	if (!feedback_label_schema_validate(values, nulls, &problem))
		feedback_label_schema_raise(&problem);
	return PointerGetDatum(row);
}

/*
 * label_schemas_changed() returns trigger
 *
 * Every session forgets what it knows, this one at the end of the command and
 * the others at commit.
 */
Datum
feedback_label_schemas_changed(PG_FUNCTION_ARGS)
{
	if (!is_trigger(fcinfo))
		raise_no_trigger("label_schemas_changed", "It is a trigger of feedback.label_schemas.");
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	return PointerGetDatum(NULL);
}

static void
read_arguments(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	int			i;

	for (i = 0; i < LABEL_COUNT; i++)
	{
		values[i] = PG_GETARG_DATUM(i);
		nulls[i] = PG_ARGISNULL(i);
	}
}

/* Insert a row; a NULL flag or enforcement is its default. */
static Datum
create(Datum *values, bool *nulls)
{
	Datum		result;
	int			i;

	for (i = 0; i < LABEL_COUNT; i++)
	{
		if (nulls[i])
			set_default(i, values, nulls);
	}
	SPI_connect();
	result = write_row(&insert_schema, values, nulls);
	SPI_finish();
	return result;
}

/* Check a row and write it; the result is what was written, for the caller of the function. */
static Datum
write_row(Statement *statement, const Datum *values, const bool *nulls)
{
	Datum		parameters[LABEL_COUNT];
	char		parameter_nulls[LABEL_COUNT];
	Problem		problem;
	bool		isnull;
	int			i;

	if (!feedback_label_schema_validate(values, nulls, &problem))
		feedback_label_schema_raise(&problem);
	for (i = 0; i < LABEL_COUNT; i++)
	{
		parameters[i] = values[i];
		parameter_nulls[i] = nulls[i] ? 'n' : ' ';
	}
	if (feedback_statement_run(statement, parameters, parameter_nulls, false) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("label schema \"%s\" exists already",
						TextDatumGetCString(values[LABEL_NAME])),
				 errdetail("There is one for each name, kind and project."),
				 errhint("Change it with alter_label_schema."),
				 err_generic_string(PG_DIAG_SCHEMA_NAME, "feedback"),
				 err_generic_string(PG_DIAG_TABLE_NAME, "label_schemas"),
				 err_generic_string(PG_DIAG_COLUMN_NAME, "name"),
				 err_generic_string(PG_DIAG_CONSTRAINT_NAME, "label_schemas_key")));
	return SPI_datumTransfer(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull),
							 false, -1);
}

/* Read and lock the row of a name, kind and project. */
static void
find_schema(const Datum *key, const bool *key_nulls, Datum *values, bool *nulls)
{
	static const int columns[] = {LABEL_NAME, LABEL_KIND, LABEL_PROJECT};
	Datum		parameters[lengthof(columns)];
	char		parameter_nulls[lengthof(columns)];
	int			i;

	for (i = 0; i < (int) lengthof(columns); i++)
	{
		parameters[i] = key[columns[i]];
		parameter_nulls[i] = key_nulls[columns[i]] ? 'n' : ' ';
	}
	if (feedback_statement_run(&select_schema, parameters, parameter_nulls, false) == 0)
		raise_unknown(key[LABEL_NAME], key_nulls[LABEL_NAME]);
	heap_deform_tuple(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, values, nulls);
}

/* Set the columns of a list to what they are when not given. */
static void
apply_resets(Datum list, Datum *values, bool *nulls)
{
	Datum	   *names;
	bool	   *name_nulls;
	int			count;
	int			i;
	int			column;

	deconstruct_array(DatumGetArrayTypeP(list), TEXTOID, -1, false, TYPALIGN_INT,
					  &names, &name_nulls, &count);
	for (i = 0; i < count; i++)
	{
		const char *name = name_nulls[i] ? "" : TextDatumGetCString(names[i]);

		for (column = 0; column < LABEL_COUNT; column++)
		{
			if (column_names[column] != NULL && strcmp(column_names[column], name) == 0)
				break;
		}
		if (column == LABEL_COUNT)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("reset names no column that can be reset"),
					 errdetail("It lists %s.", feedback_quote(name, strlen(name))),
					 errhint("It lists columns of feedback.label_schemas other than name, kind, project and value_type."),
					 err_generic_string(PG_DIAG_COLUMN_NAME, "reset")));
		nulls[column] = true;
		set_default(column, values, nulls);
	}
}

/* The default of a column, if it has one that is not null. */
static void
set_default(int column, Datum *values, bool *nulls)
{
	switch (column)
	{
		case LABEL_WHOLE_NUMBERS:
		case LABEL_MULTIPLE:
		case LABEL_NULL_ALLOWED:
		case LABEL_RATIONALE_REQUIRED:
			values[column] = BoolGetDatum(false);
			nulls[column] = false;
			break;
		case LABEL_ENFORCEMENT:
			values[column] = CStringGetTextDatum("enforce");
			nulls[column] = false;
			break;
	}
}

static void
raise_unknown(Datum name, bool isnull)
{
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg("there is no label schema %s of this kind and project",
					isnull ? "\"\"" : feedback_quote_text(DatumGetTextPP(name))),
			 errhint("The table feedback.label_schemas lists them."),
			 err_generic_string(PG_DIAG_COLUMN_NAME, "name")));
}

/* Is a function called as a trigger, and of our table? */
static bool
is_trigger(FunctionCallInfo fcinfo)
{
	return CALLED_AS_TRIGGER(fcinfo) &&
		feedback_label_is_table(RelationGetRelid(((TriggerData *) fcinfo->context)->tg_relation));
}

static void
raise_no_trigger(const char *name, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("%s was not called as the trigger that it is", name),
			 errhint("%s", what)));
}
