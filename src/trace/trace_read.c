/*
 * trace_read.c
 *		The traces of all sources, for the view and the functions over it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "base/statement.h"
#include "trace/trace.h"

static void append_select(StringInfo sql, const TraceSource *source, bool by_id);

PG_FUNCTION_INFO_V1(feedback_trace_read);

/*
 * read_traces(trace_ids text[], readable_only boolean)
 *
 * One statement over all sources, with the caller's rights; nothing where there
 * are none.  Ids are looked up by the source's own key.  If all are read, what
 * MLflow has in rows of their own is null, and the source named that trace_part.c
 * finds it in.
 */
Datum
feedback_trace_read(PG_FUNCTION_ARGS)
{
	bool		by_id = !PG_ARGISNULL(0);
	bool		readable_only = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
	Oid			types[] = {TEXTARRAYOID};
	Datum		values[] = {by_id ? PG_GETARG_DATUM(0) : (Datum) 0};
	StringInfoData sql;
	List	   *sources;
	ListCell   *lc;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	sources = feedback_trace_sources(readable_only);
	initStringInfo(&sql);
	foreach(lc, sources)
	{
		if (sql.len > 0)
			appendStringInfoString(&sql, " UNION ALL ");
		append_select(&sql, lfirst(lc), by_id);
	}
	if (sources != NIL)
		feedback_statement_fill_once(sql.data, by_id ? 1 : 0, types, values, (ReturnSetInfo *) fcinfo->resultinfo);
	SPI_finish();
	return (Datum) 0;
}

static void
append_select(StringInfo sql, const TraceSource *source, bool by_id)
{
	int			i;

	for (i = 0; i < TRACE_VIEW_COLUMNS; i++)
	{
		bool		apart = source->is_mlflow && !by_id && (i == TRACE_TAGS || i == TRACE_METADATA || i == TRACE_USER_ID);

		appendStringInfo(sql, "%s%s", i == 0 ? "SELECT " : ", ",
						 apart ? psprintf("NULL::%s", feedback_trace_column_type(i)) : feedback_trace_column(source, i));
	}
	appendStringInfo(sql, ", %s::text", source->is_mlflow && !by_id ? quote_literal_cstr(source->name) : "NULL");
	appendStringInfo(sql, " FROM %s", feedback_trace_from(source));
	if (by_id)
		appendStringInfo(sql, " WHERE %s = ANY ($1)", feedback_trace_column(source, TRACE_ID));
}
