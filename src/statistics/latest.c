/*
 * latest.c
 *		The aggregates latest and latest_values: the value of the greatest time,
 *		of all and of each name, without sorting.
 *
 * A trace may have 100,000 feedback, each later than the one before.  So a value
 * is kept as it is in the row, toasted if it is, and becomes JSON only in the end.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/compat.h"
#include "base/text.h"
#include "statistics/categories.h"

/* The columns of a value, of which one is not null, in the order of the arguments */
typedef enum LatestType
{
	LATEST_BOOLEAN,
	LATEST_NUMERIC,
	LATEST_TEXT,
	LATEST_JSON
} LatestType;

#define LATEST_TYPES	4

typedef struct Latest
{
	bool		found;			/* is there any? */
	TimestampTz time;
	pg_uuid_t	id;
	LatestType	type;
	bool		boolean;
	struct varlena *value;		/* of any other type */
	Size		capacity;		/* what is allocated there */
} Latest;

typedef struct LatestName
{
	text	   *name;
	uint32		hash;
	char		status;
	Latest	   *latest;
} LatestName;

static uint32 hash_latest_name(const text *name);

#define SH_PREFIX latest_names
#define SH_ELEMENT_TYPE LatestName
#define SH_KEY_TYPE text *
#define SH_KEY name
#define SH_HASH_KEY(table, key) hash_latest_name(key)
#define SH_EQUAL(table, one, other) same_text(one, other)
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DEFINE
#define SH_DECLARE
#include "lib/simplehash.h"

typedef struct LatestValues
{
	latest_names_hash *names;
	text	   *name;			/* of the row before, and its latest: rows of
								 * a name often follow each other */
	Latest	   *latest;
} LatestValues;

static bool read_row(FunctionCallInfo fcinfo, int first, Latest *row);
static LatestValues *make_latest_values(MemoryContext context);
static void append_varlena(StringInfo buffer, const struct varlena *value);
static struct varlena *read_varlena(const char **next);
static Latest *latest_of_name(LatestValues *state, MemoryContext context, text *name);
static void keep_later(Latest *latest, MemoryContext context, const Latest *row);
static bool is_later(const Latest *latest, const Latest *row);
static void to_json_value(const Latest *latest, JsonbValue *json);

PG_FUNCTION_INFO_V1(feedback_latest_add);
PG_FUNCTION_INFO_V1(feedback_latest_combine);
PG_FUNCTION_INFO_V1(feedback_latest_serialize);
PG_FUNCTION_INFO_V1(feedback_latest_deserialize);
PG_FUNCTION_INFO_V1(feedback_latest_result);
PG_FUNCTION_INFO_V1(feedback_latest_values_add);
PG_FUNCTION_INFO_V1(feedback_latest_values_combine);
PG_FUNCTION_INFO_V1(feedback_latest_values_serialize);
PG_FUNCTION_INFO_V1(feedback_latest_values_deserialize);
PG_FUNCTION_INFO_V1(feedback_latest_values_result);

/*
 * latest_add(state internal, boolean_value boolean, numeric_value numeric, text_value text,
 *			  jsonb_value jsonb, create_time timestamptz, assessment_id uuid) returns internal
 *
 * Rows without a value, or whose time or id is NULL, are left out.
 */
Datum
feedback_latest_add(PG_FUNCTION_ARGS)
{
	MemoryContext context = feedback_statistics_aggregate_context(fcinfo);
	Latest	   *state = PG_ARGISNULL(0) ? NULL : (Latest *) PG_GETARG_POINTER(0);
	Latest		row;

	if (read_row(fcinfo, 1, &row))
	{
		if (state == NULL)
			state = MemoryContextAllocZero(context, sizeof(Latest));
		keep_later(state, context, &row);
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* latest_combine(state internal, other internal) returns internal */
Datum
feedback_latest_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = feedback_statistics_aggregate_context(fcinfo);
	Latest	   *state = PG_ARGISNULL(0) ? NULL : (Latest *) PG_GETARG_POINTER(0);

	if (!PG_ARGISNULL(1))
	{
		if (state == NULL)
			state = MemoryContextAllocZero(context, sizeof(Latest));
		keep_later(state, context, (Latest *) PG_GETARG_POINTER(1));
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* latest_serialize(state internal) returns bytea: the state, and the value behind it */
Datum
feedback_latest_serialize(PG_FUNCTION_ARGS)
{
	Latest	   *state = (Latest *) PG_GETARG_POINTER(0);
	Size		length = state->value == NULL ? 0 : VARSIZE_ANY(state->value);
	bytea	   *result = palloc(VARHDRSZ + sizeof(Latest) + length);

	SET_VARSIZE(result, VARHDRSZ + sizeof(Latest) + length);
	memcpy(VARDATA(result), state, sizeof(Latest));
	if (length > 0)
		memcpy(VARDATA(result) + sizeof(Latest), state->value, length);
	PG_RETURN_BYTEA_P(result);
}

/* latest_deserialize(bytea, internal) returns internal */
Datum
feedback_latest_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *serialized = PG_GETARG_BYTEA_PP(0);
	Latest	   *state = palloc(sizeof(Latest));

	(void) feedback_statistics_aggregate_context(fcinfo);
	memcpy(state, VARDATA_ANY(serialized), sizeof(Latest));
	state->capacity = VARSIZE_ANY_EXHDR(serialized) - sizeof(Latest);
	state->value = NULL;
	if (state->capacity > 0)
	{
		state->value = palloc(state->capacity);
		memcpy(state->value, VARDATA_ANY(serialized) + sizeof(Latest), state->capacity);
	}
	PG_RETURN_POINTER(state);
}

/* latest_result(state internal) returns jsonb: NULL if there was no value */
Datum
feedback_latest_result(PG_FUNCTION_ARGS)
{
	JsonbValue	json;

	(void) feedback_statistics_aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	to_json_value((Latest *) PG_GETARG_POINTER(0), &json);
	PG_RETURN_JSONB_P(JsonbValueToJsonb(&json));
}

/*
 * latest_values_add(state internal, name text, boolean_value boolean, numeric_value numeric,
 *					 text_value text, jsonb_value jsonb, create_time timestamptz,
 *					 assessment_id uuid) returns internal
 */
Datum
feedback_latest_values_add(PG_FUNCTION_ARGS)
{
	MemoryContext context = feedback_statistics_aggregate_context(fcinfo);
	LatestValues *state = PG_ARGISNULL(0) ? NULL : (LatestValues *) PG_GETARG_POINTER(0);
	Latest		row;

	if (!PG_ARGISNULL(1) && read_row(fcinfo, 2, &row))
	{
		if (state == NULL)
			state = make_latest_values(context);
		keep_later(latest_of_name(state, context, PG_GETARG_TEXT_PP(1)), context, &row);
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* latest_values_combine(state internal, other internal) returns internal */
Datum
feedback_latest_values_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = feedback_statistics_aggregate_context(fcinfo);
	LatestValues *state = PG_ARGISNULL(0) ? NULL : (LatestValues *) PG_GETARG_POINTER(0);
	latest_names_hash *names;
	latest_names_iterator iterator;
	LatestName *name;

	if (!PG_ARGISNULL(1))
	{
		if (state == NULL)
			state = make_latest_values(context);
		names = ((LatestValues *) PG_GETARG_POINTER(1))->names;
		latest_names_start_iterate(names, &iterator);
		while ((name = latest_names_iterate(names, &iterator)) != NULL)
			keep_later(latest_of_name(state, context, name->name), context, name->latest);
	}
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

/* latest_values_serialize(state internal) returns bytea: each name's latest, the name and the value */
Datum
feedback_latest_values_serialize(PG_FUNCTION_ARGS)
{
	LatestValues *state = (LatestValues *) PG_GETARG_POINTER(0);
	latest_names_iterator iterator;
	LatestName *name;
	StringInfoData buffer;

	initStringInfo(&buffer);
	appendStringInfoSpaces(&buffer, VARHDRSZ);
	latest_names_start_iterate(state->names, &iterator);
	while ((name = latest_names_iterate(state->names, &iterator)) != NULL)
	{
		appendBinaryStringInfo(&buffer, (char *) name->latest, sizeof(Latest));
		append_varlena(&buffer, (struct varlena *) name->name);
		append_varlena(&buffer, name->latest->value);
	}
	SET_VARSIZE(buffer.data, buffer.len);
	PG_RETURN_BYTEA_P(buffer.data);
}

/* latest_values_deserialize(bytea, internal) returns internal */
Datum
feedback_latest_values_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *serialized = PG_GETARG_BYTEA_PP(0);
	const char *next = VARDATA_ANY(serialized);
	const char *end = next + VARSIZE_ANY_EXHDR(serialized);
	LatestValues *state = make_latest_values(CurrentMemoryContext);

	(void) feedback_statistics_aggregate_context(fcinfo);
	while (next < end)
	{
		Latest		row;
		text	   *name;

		memcpy(&row, next, sizeof(Latest));
		next += sizeof(Latest);
		name = (text *) read_varlena(&next);
		row.value = read_varlena(&next);
		keep_later(latest_of_name(state, CurrentMemoryContext, name), CurrentMemoryContext, &row);
	}
	PG_RETURN_POINTER(state);
}

/* latest_values_result(state internal) returns jsonb: an object of the latest value of each name, NULL if none has one */
Datum
feedback_latest_values_result(PG_FUNCTION_ARGS)
{
	LatestValues *state;
	LatestName *name;
	latest_names_iterator iterator;
	JsonbParseState *object = NULL;
	JsonbValue	key = {.type = jbvString};
	JsonbValue	value;

	(void) feedback_statistics_aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = (LatestValues *) PG_GETARG_POINTER(0);
	pushJsonbValue(&object, WJB_BEGIN_OBJECT, NULL);
	latest_names_start_iterate(state->names, &iterator);
	while ((name = latest_names_iterate(state->names, &iterator)) != NULL)
	{
		key.val.string.val = VARDATA_ANY(name->name);
		key.val.string.len = VARSIZE_ANY_EXHDR(name->name);
		pushJsonbValue(&object, WJB_KEY, &key);
		to_json_value(name->latest, &value);
		pushJsonbValue(&object, WJB_VALUE, &value);
	}
	PG_RETURN_JSONB_P(JsonbValueToJsonb(pushJsonbValue(&object, WJB_END_OBJECT, NULL)));
}

/* The value, time and id of a row, of which these are the arguments from the first on; false if it has no value */
static bool
read_row(FunctionCallInfo fcinfo, int first, Latest *row)
{
	int			type = LATEST_BOOLEAN;

	while (type < LATEST_TYPES && PG_ARGISNULL(first + type))
		type++;
	if (type == LATEST_TYPES || PG_ARGISNULL(first + LATEST_TYPES) || PG_ARGISNULL(first + LATEST_TYPES + 1))
		return false;
	row->type = type;
	row->boolean = type == LATEST_BOOLEAN && PG_GETARG_BOOL(first);
	row->value = type == LATEST_BOOLEAN ? NULL : (struct varlena *) PG_GETARG_POINTER(first + type);
	row->time = PG_GETARG_TIMESTAMPTZ(first + LATEST_TYPES);
	row->id = *PG_GETARG_UUID_P(first + LATEST_TYPES + 1);
	return true;
}

static LatestValues *
make_latest_values(MemoryContext context)
{
	LatestValues *state = MemoryContextAllocZero(context, sizeof(LatestValues));

	state->names = latest_names_create(context, 16, NULL);
	return state;
}

/* A value, or NULL, behind its size */
static void
append_varlena(StringInfo buffer, const struct varlena *value)
{
	Size		size = value == NULL ? 0 : VARSIZE_ANY(value);

	appendBinaryStringInfo(buffer, (char *) &size, sizeof(size));
	appendBinaryStringInfo(buffer, (const char *) value, size);
}

static struct varlena *
read_varlena(const char **next)
{
	struct varlena *value;
	Size		size;

	memcpy(&size, *next, sizeof(size));
	*next += sizeof(size);
	if (size == 0)
		return NULL;
	value = palloc(size);
	memcpy(value, *next, size);
	*next += size;
	return value;
}

/* The latest of a name, without a value if the name is new */
static Latest *
latest_of_name(LatestValues *state, MemoryContext context, text *name)
{
	LatestName *entry;
	bool		found;

	if (state->name != NULL && same_text(state->name, name))
		return state->latest;
	entry = latest_names_insert(state->names, name, &found);
	if (!found)
	{
		Size		size = VARSIZE_ANY(name);

		entry->name = MemoryContextAlloc(context, size);
		memcpy(entry->name, name, size);
		entry->latest = MemoryContextAllocZero(context, sizeof(Latest));
	}
	state->name = entry->name;
	state->latest = entry->latest;
	return entry->latest;
}

/* Keep a row, whose value is copied into the context, if it is later, or the first. */
static void
keep_later(Latest *latest, MemoryContext context, const Latest *row)
{
	struct varlena *value = row->value;
	Size		size;

	if (latest->found && !is_later(latest, row))
		return;
	if (value != NULL)
	{
		if (VARATT_IS_EXTERNAL(value) && !VARATT_IS_EXTERNAL_ONDISK(value))
			value = detoast_external_attr(value);
		size = VARSIZE_ANY(value);
		if (latest->capacity < size)
		{
			if (latest->value != NULL)
				pfree(latest->value);
			latest->capacity = Max(size, 64);
			latest->value = MemoryContextAlloc(context, latest->capacity);
		}
		memcpy(latest->value, value, size);
	}
	latest->found = true;
	latest->time = row->time;
	latest->id = row->id;
	latest->type = row->type;
	latest->boolean = row->boolean;
}

/* By time, and by id where that is the same */
static bool
is_later(const Latest *latest, const Latest *row)
{
	if (row->time != latest->time)
		return row->time > latest->time;
	return memcmp(row->id.data, latest->id.data, UUID_LEN) > 0;
}

/* As to_jsonb has it */
static void
to_json_value(const Latest *latest, JsonbValue *json)
{
	Jsonb	   *jsonb;
	text	   *words;

	switch (latest->type)
	{
		case LATEST_BOOLEAN:
			json->type = jbvBool;
			json->val.boolean = latest->boolean;
			break;
		case LATEST_NUMERIC:
			json->type = jbvNumeric;
			json->val.numeric = DatumGetNumeric(PointerGetDatum(latest->value));
			break;
		case LATEST_TEXT:
			words = DatumGetTextPP(PointerGetDatum(latest->value));
			json->type = jbvString;
			json->val.string.val = VARDATA_ANY(words);
			json->val.string.len = VARSIZE_ANY_EXHDR(words);
			break;
		case LATEST_JSON:
			jsonb = DatumGetJsonbP(PointerGetDatum(latest->value));
			if (JB_ROOT_IS_SCALAR(jsonb))
				(void) JsonbExtractScalar(&jsonb->root, json);
			else
			{
				json->type = jbvBinary;
				json->val.binary.data = &jsonb->root;
				json->val.binary.len = VARSIZE(jsonb) - VARHDRSZ;
			}
			break;
	}
}

static uint32
hash_latest_name(const text *name)
{
	return hash_bytes((const unsigned char *) VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
}
