/*
 * store_batch.c
 *		Many rows into feedback.assessments by one statement over arrays.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "assessment/row.h"
#include "assessment/validate.h"
#include "base/statement.h"
#include "ingest/store_batch.h"
#include "log/set.h"

/* The kind and the source type, and then the parameters of a row */
#define COLUMNS		(2 + ROW_PARAMETERS)

#define INSERT_SELECTED_ROWS \
	"INSERT INTO feedback.assessments (" ROW_INSERT_COLUMNS ") " \
	"SELECT d.kind::feedback.assessment_kind, d.source_type::feedback.source_type, " \
	"d.project, d.trace_id, d.assessment_id, d.name, " \
	"d.boolean_value, d.numeric_value, d.text_value, d.json_value, " \
	"d.source_id, d.rationale, d.metadata, d.span_id, " \
	"d.error_code, d.error_message, d.stack_trace, d.overrides, " \
	"d.create_time, d.last_update_time "

#define ARRAYS \
	"unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"

#define INSERT_ROWS		INSERT_SELECTED_ROWS "FROM " ARRAYS " AS d (" ROW_INSERT_COLUMNS ")"

/* So that two batches of the same documents do not wait for each other */
#define IN_ORDER		" ORDER BY d.trace_id COLLATE pg_catalog.\"C\", d.assessment_id"

#define INSERT_ROWS_TYPES \
	{TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, UUIDARRAYOID, TEXTARRAYOID, \
	BOOLARRAYOID, NUMERICARRAYOID, TEXTARRAYOID, JSONBARRAYOID, \
	TEXTARRAYOID, TEXTARRAYOID, JSONBARRAYOID, TEXTARRAYOID, \
	TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, UUIDARRAYOID, \
	TIMESTAMPTZARRAYOID, TIMESTAMPTZARRAYOID, TIMESTAMPTZOID}

static Statement insert_rows = {
	.sql = INSERT_ROWS,
	.count = COLUMNS,
	.types = INSERT_ROWS_TYPES
};

/* For ids that the documents gave */
static Statement insert_rows_once = {
	.sql = INSERT_ROWS IN_ORDER " ON CONFLICT (trace_id, assessment_id) DO NOTHING",
	.count = COLUMNS,
	.types = INSERT_ROWS_TYPES
};

/* For what is set, at the time that follows the arrays; of several with one id the last counts */
static Statement set_rows = {
	.sql = INSERT_SELECTED_ROWS
	"FROM (SELECT DISTINCT ON (u.trace_id COLLATE pg_catalog.\"C\", u.assessment_id) u.* "
	"FROM " ARRAYS " WITH ORDINALITY AS u (" ROW_INSERT_COLUMNS ", n) "
	"ORDER BY u.trace_id COLLATE pg_catalog.\"C\", u.assessment_id, u.n DESC) d"
	IN_ORDER SET_ON_CONFLICT("$21") " RETURNING valid",
	.count = COLUMNS + 1,
	.types = INSERT_ROWS_TYPES
};

/* Of the ids of what was set, those that are of something else, or of what is overridden */
static Statement select_set = {
	.sql = "SELECT s.n, s.other FROM (SELECT d.n, a.valid, a.project OPERATOR(pg_catalog.<>) d.project "
	"OR a.kind::pg_catalog.text OPERATOR(pg_catalog.<>) d.kind OR a.name OPERATOR(pg_catalog.<>) d.name "
	"OR a.source_type::pg_catalog.text OPERATOR(pg_catalog.<>) d.source_type "
	"OR NOT coalesce(a.source_id OPERATOR(pg_catalog.=) d.source_id, a.source_id IS NULL AND d.source_id IS NULL) "
	"OR NOT coalesce(a.span_id OPERATOR(pg_catalog.=) d.span_id, a.span_id IS NULL AND d.span_id IS NULL) AS other "
	"FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) "
	"AS d (n, trace_id, assessment_id, project, kind, name, source_type, source_id, span_id) "
	"JOIN feedback.assessments a ON a.trace_id OPERATOR(pg_catalog.=) d.trace_id "
	"AND a.assessment_id OPERATOR(pg_catalog.=) d.assessment_id) s WHERE s.other OR NOT s.valid",
	.count = 9,
	.types = {INT4ARRAYOID, TEXTARRAYOID, UUIDARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID,
	TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID}
};

/* Those of the given ids that exist in another project */
static Statement select_elsewhere = {
	.sql = "SELECT d.n FROM unnest($1, $2, $3, $4) AS d (n, trace_id, assessment_id, project) "
	"JOIN feedback.assessments a ON a.trace_id OPERATOR(pg_catalog.=) d.trace_id "
	"AND a.assessment_id OPERATOR(pg_catalog.=) d.assessment_id "
	"WHERE a.project OPERATOR(pg_catalog.<>) d.project",
	.count = 4,
	.types = {INT4ARRAYOID, TEXTARRAYOID, UUIDARRAYOID, TEXTARRAYOID}
};

/* Arrays that are filled element by element */
typedef struct Column
{
	Oid			type;
	Datum	   *values;
	bool	   *nulls;
	int			count;
} Column;

static void column_init(Column *column, Oid type, int size);
static void column_add(Column *column, Datum value, bool isnull);
static Datum column_array(const Column *column);
static void store_logged(BatchItem *items, int count, bool with_id);
static void store_set(BatchItem *items, int count);
static int	fill_arrays(const BatchItem *items, int count, BatchMode mode, bool with_id, Datum *arrays);
static bool is_plain(const BatchItem *item);
static bool all_valid(uint64 rows);
static void settle_set(BatchItem *items, int size);
static void add_set_row(Column *columns, int n, const Assessment *assessment);
static void add_array_row(Column *columns, const Assessment *assessment);
static void refuse_elsewhere(BatchItem *items, int size);

/*
 * Store the good ones of so many documents, but those that override.
 *
 * Those with an id that is there already are left alone, as repeats; in
 * another project that makes them bad.
 */
void
feedback_store_log_items(BatchItem *items, int count)
{
	MemoryContext context = CurrentMemoryContext;

	/*
	 * SPI returns in the context of its caller's function, which would keep
	 * the arrays
	 */
	store_logged(items, count, false);
	MemoryContextSwitchTo(context);
	store_logged(items, count, true);
	MemoryContextSwitchTo(context);
	store_set(items, count);
	MemoryContextSwitchTo(context);
}

/* Store the documents that gave an id, or those that did not. */
static void
store_logged(BatchItem *items, int count, bool with_id)
{
	Datum		arrays[COLUMNS];
	int			given = fill_arrays(items, count, BATCH_LOG, with_id, arrays);
	uint64		stored;

	if (given == 0)
		return;
	stored = feedback_statement_run(with_id ? &insert_rows_once : &insert_rows,
									arrays, NULL, false);
	if (with_id && stored < (uint64) given)
		refuse_elsewhere(items, count);
}

/* Store what takes the place of what its source said before. */
static void
store_set(BatchItem *items, int count)
{
	Datum		arrays[COLUMNS + 1];
	int			given = fill_arrays(items, count, BATCH_SET, true, arrays);
	uint64		stored;

	if (given == 0)
		return;
	arrays[COLUMNS] = TimestampTzGetDatum(GetCurrentTimestamp());
	stored = feedback_statement_run(&set_rows, arrays, NULL, false);
	if (stored < (uint64) given || !all_valid(stored))
		settle_set(items, count);
}

/* Make the arrays of the good documents of this mode, with ids or without; returns how many there are. */
static int
fill_arrays(const BatchItem *items, int count, BatchMode mode, bool with_id, Datum *arrays)
{
	Column		columns[COLUMNS];
	int			i;

	for (i = 0; i < COLUMNS; i++)
		column_init(&columns[i], (i < 2) ? TEXTOID : feedback_row_parameter_types[i - 2],
					count);
	for (i = 0; i < count; i++)
	{
		if (is_plain(&items[i]) && items[i].mode == mode &&
			items[i].assessment.has_assessment_id == with_id)
			add_array_row(columns, &items[i].assessment);
	}
	for (i = 0; i < COLUMNS && columns[0].count > 0; i++)
		arrays[i] = column_array(&columns[i]);
	return columns[0].count;
}

/* To be stored by a statement for many? */
static bool
is_plain(const BatchItem *item)
{
	return !item->bad && !item->assessment.has_overrides;
}

static void
add_array_row(Column *columns, const Assessment *assessment)
{
	Datum		values[ROW_PARAMETERS];
	char		nulls[ROW_PARAMETERS];
	int			i;

	column_add(&columns[0],
			   CStringGetTextDatum(feedback_row_kind_name(assessment->kind)), false);
	column_add(&columns[1],
			   CStringGetTextDatum(feedback_assessment_source_type_name(assessment->source_type)), false);

	feedback_row_bind(assessment, values, nulls);
	for (i = 0; i < ROW_PARAMETERS; i++)
		column_add(&columns[2 + i], values[i], nulls[i] == 'n');
}

/* Of the documents with an id, find those whose id is another project's. */
static void
refuse_elsewhere(BatchItem *items, int size)
{
	Column		columns[4];
	Datum		arrays[4];
	uint64		count;
	uint64		found;
	int			i;

	for (i = 0; i < 4; i++)
		column_init(&columns[i],
					select_elsewhere.types[i] == INT4ARRAYOID ? INT4OID :
					select_elsewhere.types[i] == UUIDARRAYOID ? UUIDOID : TEXTOID,
					size);
	for (i = 0; i < size; i++)
	{
		const Assessment *assessment = &items[i].assessment;

		if (!is_plain(&items[i]) || items[i].mode != BATCH_LOG || !assessment->has_assessment_id)
			continue;
		column_add(&columns[0], Int32GetDatum(i), false);
		column_add(&columns[1], PointerGetDatum(assessment->trace_id), false);
		column_add(&columns[2], UUIDPGetDatum(&assessment->assessment_id), false);
		column_add(&columns[3], PointerGetDatum(assessment->project), false);
	}

	for (i = 0; i < 4; i++)
		arrays[i] = column_array(&columns[i]);
	count = feedback_statement_run(&select_elsewhere, arrays, NULL, false);
	for (found = 0; found < count; found++)
	{
		bool		isnull;
		BatchItem  *item = &items[DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[found],
															  SPI_tuptable->tupdesc,
															  1, &isnull))];

		item->bad = true;
		feedback_problem_other_project(&item->problem);
	}
}

/* Are all the rows that a statement returned valid? */
static bool
all_valid(uint64 rows)
{
	bool		isnull;
	uint64		i;

	for (i = 0; i < rows; i++)
	{
		if (!DatumGetBool(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull)))
			return false;
	}
	return true;
}

/*
 * Of the documents that were set, find those whose id is of something else,
 * which are bad, and those whose row is overridden: by the same source, that
 * is taken back.
 */
static void
settle_set(BatchItem *items, int size)
{
	Column		columns[9];
	Datum		arrays[lengthof(columns)];
	SPITupleTable *rows;
	uint64		count;
	uint64		found;
	int			i;

	for (i = 0; i < (int) lengthof(columns); i++)
		column_init(&columns[i], i == 0 ? INT4OID : i == 2 ? UUIDOID : TEXTOID, size);
	for (i = 0; i < size; i++)
	{
		if (is_plain(&items[i]) && items[i].mode == BATCH_SET)
			add_set_row(columns, i, &items[i].assessment);
	}
	for (i = 0; i < (int) lengthof(columns); i++)
		arrays[i] = column_array(&columns[i]);
	count = feedback_statement_run(&select_set, arrays, NULL, false);
	rows = SPI_tuptable;
	for (found = 0; found < count; found++)
	{
		bool		isnull;
		BatchItem  *item = &items[DatumGetInt32(SPI_getbinval(rows->vals[found], rows->tupdesc, 1, &isnull))];

		if (DatumGetBool(SPI_getbinval(rows->vals[found], rows->tupdesc, 2, &isnull)))
			item->bad = !feedback_set_refuse_other(&item->problem);
		else
			feedback_set_take_back_overrides(&item->assessment);
	}
}

/* Add what select_set is asked of a document. */
static void
add_set_row(Column *columns, int n, const Assessment *assessment)
{
	const void *pointers[] = {
		assessment->trace_id, &assessment->assessment_id, assessment->project,
		cstring_to_text(feedback_row_kind_name(assessment->kind)), assessment->name,
		cstring_to_text(feedback_assessment_source_type_name(assessment->source_type)),
		assessment->source_id, assessment->span_id
	};
	int			i;

	column_add(&columns[0], Int32GetDatum(n), false);
	for (i = 0; i < (int) lengthof(pointers); i++)
		column_add(&columns[1 + i], PointerGetDatum(pointers[i]), pointers[i] == NULL);
}

static void
column_init(Column *column, Oid type, int size)
{
	column->type = type;
	column->count = 0;
	column->values = MemoryContextAllocHuge(CurrentMemoryContext, Max(size, 1) * sizeof(Datum));
	column->nulls = MemoryContextAllocHuge(CurrentMemoryContext, Max(size, 1) * sizeof(bool));
}

static void
column_add(Column *column, Datum value, bool isnull)
{
	column->values[column->count] = value;
	column->nulls[column->count++] = isnull;
}

static Datum
column_array(const Column *column)
{
	int			dimension = column->count;
	int			lower_bound = 1;
	int16		length;
	bool		by_value;
	char		align;

	get_typlenbyvalalign(column->type, &length, &by_value, &align);
	return PointerGetDatum(construct_md_array(column->values, column->nulls, 1,
											  &dimension, &lower_bound, column->type,
											  length, by_value, align));
}
