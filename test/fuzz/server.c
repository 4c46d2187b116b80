/*
 * server.c
 *		What the parsers need of the server, outside it.
 *
 * Memory is malloc's, so that AddressSanitizer sees where each piece ends, and is
 * freed after each run with the callbacks that free json-c's.  Errors jump back to
 * the target.  Numbers and jsonb are shells: their texts are read and thrown away.
 * All else comes from PostgreSQL's own libpgcommon and libpgport.
 */
#include "postgres.h"

#include <setjmp.h>

#include "common/fe_memutils.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "server.h"

/* As the server's own limit, max_stack_depth */
#define STACK_LIMIT		(2048 * 1024L)

typedef struct Piece
{
	struct Piece *previous;
	struct Piece *next;
	Size		size;
	Size		unused;			/* so that what follows is aligned */
} Piece;

static Piece pieces =
{
	&pieces, &pieces, 0, 0
};
static MemoryContextCallback *callbacks = NULL;
static const char *stack_base;

sigjmp_buf *server_jump;
MemoryContext CurrentMemoryContext = NULL;
MemoryContext TopMemoryContext = NULL;
volatile sig_atomic_t InterruptPending = false;
int			MyProcPid = 1;
char	   *feedback_setting_project = NULL;
const int	day_tab[2][13] = {
	{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0},
	{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0}
};

/* Before a run */
void
server_begin(sigjmp_buf *jump)
{
	server_jump = jump;
	stack_base = (const char *) &jump;
}

/* After it: nothing is left */
void
server_end(void)
{
	while (callbacks != NULL)
	{
		MemoryContextCallback *callback = callbacks;

		callbacks = callback->next;
		callback->func(callback->arg);
	}
	while (pieces.next != &pieces)
		pfree(pieces.next + 1);
}

void
MemoryContextRegisterResetCallback(MemoryContext context, MemoryContextCallback *callback)
{
	callback->next = callbacks;
	callbacks = callback;
}

void *
palloc(Size size)
{
	Piece	   *piece;

	if (!AllocSizeIsValid(size))
		server_raise();
	piece = malloc(sizeof(Piece) + size);
	piece->size = size;
	piece->previous = &pieces;
	piece->next = pieces.next;
	pieces.next->previous = piece;
	pieces.next = piece;
	return piece + 1;
}

void *
palloc0(Size size)
{
	return memset(palloc(size), 0, size);
}

void *
palloc_extended(Size size, int flags)
{
	return (flags & MCXT_ALLOC_ZERO) ? palloc0(size) : palloc(size);
}

void *
MemoryContextAllocZero(MemoryContext context, Size size)
{
	return palloc0(size);
}

void
pfree(void *pointer)
{
	Piece	   *piece = (Piece *) pointer - 1;

	piece->previous->next = piece->next;
	piece->next->previous = piece->previous;
	free(piece);
}

void *
repalloc(void *pointer, Size size)
{
	void	   *moved = palloc(size);

	memcpy(moved, pointer, Min(size, ((Piece *) pointer - 1)->size));
	pfree(pointer);
	return moved;
}

void *
repalloc_huge(void *pointer, Size size)
{
	return repalloc(pointer, size);
}

char *
pnstrdup(const char *string, Size length)
{
	char	   *copy;

	length = strnlen(string, length);
	copy = palloc(length + 1);
	memcpy(copy, string, length);
	copy[length] = '\0';
	return copy;
}

char *
pstrdup(const char *string)
{
	return pnstrdup(string, strlen(string));
}

List *
lappend_int(List *list, int datum)
{
	if (list == NULL)
	{
		list = palloc0(sizeof(List));
		list->type = T_IntList;
	}
	if (list->length == list->max_length)
	{
		ListCell   *cells = palloc((list->max_length * 2 + 8) * sizeof(ListCell));

		if (list->length > 0)
			memcpy(cells, list->elements, list->length * sizeof(ListCell));
		list->elements = cells;
		list->max_length = list->max_length * 2 + 8;
	}
	list->elements[list->length++].int_value = datum;
	return list;
}

/* Errors.  Their texts have been made, which is what is looked at. */

void
server_raise(void)
{
	siglongjmp(*server_jump, 1);
}

bool
errstart(int elevel, const char *domain)
{
	if (elevel >= ERROR)
		server_raise();
	return false;
}

bool
errstart_cold(int elevel, const char *domain)
{
	return errstart(elevel, domain);
}

void
errfinish(const char *filename, int lineno, const char *funcname)
{
}

#define IGNORED(name)	int name(const char *format, ...) { return 0; }
IGNORED(errmsg)
IGNORED(errmsg_internal)
IGNORED(errdetail)
IGNORED(errdetail_internal)
IGNORED(errhint)

int
errcode(int sqlerrcode)
{
	return 0;
}

int
err_generic_string(int field, const char *string)
{
	return 0;
}

void
check_stack_depth(void)
{
	char		here;

	if (labs(stack_base - &here) > STACK_LIMIT)
		server_raise();
}

void
ProcessInterrupts(void)
{
}

/* Texts, which are UTF-8 */

text *
cstring_to_text_with_len(const char *string, int length)
{
	text	   *result = palloc(length + VARHDRSZ);

	SET_VARSIZE(result, length + VARHDRSZ);
	memcpy(VARDATA(result), string, length);
	return result;
}

text *
cstring_to_text(const char *string)
{
	return cstring_to_text_with_len(string, strlen(string));
}

char *
text_to_cstring(const text *string)
{
	return pnstrdup(VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string));
}

struct varlena *
pg_detoast_datum(struct varlena *datum)
{
	return datum;
}

struct varlena *
pg_detoast_datum_packed(struct varlena *datum)
{
	return datum;
}

int
GetDatabaseEncoding(void)
{
	return PG_UTF8;
}

bool
pg_verify_mbstr(int encoding, const char *string, int length, bool no_error)
{
	return pg_encoding_verifymbstr(encoding, string, length) == length;
}

int
pg_mbstrlen_with_len(const char *string, int limit)
{
	int			characters = 0;

	while (limit > 0 && *string != '\0')
	{
		int			length = pg_utf_mblen((const unsigned char *) string);

		string += length;
		limit -= length;
		characters++;
	}
	return characters;
}

int
pg_mbcliplen(const char *string, int length, int limit)
{
	int			clipped = 0;

	while (length > 0 && *string != '\0')
	{
		int			next = pg_utf_mblen((const unsigned char *) string);

		if (clipped + next > limit)
			break;
		clipped += next;
		string += next;
		length -= next;
	}
	return clipped;
}

Oid
FindDefaultConversionProc(int32 for_encoding, int32 to_encoding)
{
	return InvalidOid;
}

int
pg_do_encoding_conversion_buf(Oid proc, int from, int to, unsigned char *in, int length,
							  unsigned char *out, int size, bool no_error)
{
	return 0;
}

void
escape_json(StringInfo out, const char *string)
{
	for (appendStringInfoChar(out, '"'); *string != '\0'; string++)
		appendStringInfo(out, (unsigned char) *string < ' ' || *string == '"' || *string == '\\' ? "\\u%04x" : "%c",
						 (unsigned char) *string);
	appendStringInfoChar(out, '"');
}

/* Calls of one SQL function by another */

static Datum
call(PGFunction function, int count, Datum a, Datum b, Datum c)
{
	LOCAL_FCINFO(fcinfo, 3);

	memset(fcinfo, 0, SizeForFunctionCallInfo(3));
	fcinfo->nargs = count;
	fcinfo->args[0].value = a;
	fcinfo->args[1].value = b;
	fcinfo->args[2].value = c;
	return function(fcinfo);
}

Datum
DirectFunctionCall1Coll(PGFunction function, Oid collation, Datum a)
{
	return call(function, 1, a, 0, 0);
}

Datum
DirectFunctionCall2Coll(PGFunction function, Oid collation, Datum a, Datum b)
{
	return call(function, 2, a, b, 0);
}

Datum
DirectFunctionCall3Coll(PGFunction function, Oid collation, Datum a, Datum b, Datum c)
{
	return call(function, 3, a, b, c);
}

Datum
uuid_out(PG_FUNCTION_ARGS)
{
	const pg_uuid_t *id = PG_GETARG_UUID_P(0);
	StringInfoData out;
	int			i;

	initStringInfo(&out);
	for (i = 0; i < UUID_LEN; i++)
		appendStringInfo(&out, "%02x", id->data[i]);
	PG_RETURN_CSTRING(out.data);
}

/* Numbers: what a caller may look at is there, and is that of no number */

struct NumericData
{
	char		bytes[16];
};

Datum
numeric_in(PG_FUNCTION_ARGS)
{
	const char *string = PG_GETARG_CSTRING(0);

	if (strlen(string) == 0 || strspn(string, "0123456789+-.eE") != strlen(string))
		abort();				/* what is no number was taken for one */
	PG_RETURN_POINTER(palloc0(sizeof(struct NumericData)));
}

Numeric
int64_to_numeric(int64 number)
{
	return palloc0(sizeof(struct NumericData));
}

Datum
numeric_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(pstrdup("0"));
}

Datum
numeric_abs(PG_FUNCTION_ARGS)
{
	return PG_GETARG_DATUM(0);
}

Datum
numeric_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(true);
}

bool
numeric_is_nan(Numeric number)
{
	return false;
}

bool
numeric_is_inf(Numeric number)
{
	return false;
}

/* Values made of what is pushed: how many there are at the outermost level, with each string read to its end */

static void
read_string(const JsonbValue *value)
{
	char	   *copy;

	if (value == NULL || value->type != jbvString)
		return;
	copy = palloc(value->val.string.len + 1);
	memcpy(copy, value->val.string.val, value->val.string.len);
	pfree(copy);
}

JsonbValue *
pushJsonbValue(JsonbParseState **state, JsonbIteratorToken token, JsonbValue *value)
{
	if (*state == NULL)
		*state = palloc0(sizeof(JsonbParseState));
	read_string(value);
	switch (token)
	{
		case WJB_BEGIN_ARRAY:
		case WJB_BEGIN_OBJECT:
			if ((*state)->size++ == 0)
				(*state)->contVal.type = token == WJB_BEGIN_ARRAY ? jbvArray : jbvObject;
			break;
		case WJB_END_ARRAY:
		case WJB_END_OBJECT:
			if ((*state)->size-- == 0)
				abort();
			break;
		default:
			if ((*state)->size == 0)
				abort();
	}
	return &(*state)->contVal;
}

Jsonb *
JsonbValueToJsonb(JsonbValue *value)
{
	Jsonb	   *jsonb = palloc0(sizeof(Jsonb) + sizeof(JEntry));

	read_string(value);
	SET_VARSIZE(jsonb, sizeof(Jsonb) + sizeof(JEntry));
	jsonb->root.header = value->type == jbvObject ? JB_FOBJECT | 1 :
		value->type == jbvArray ? JB_FARRAY | 1 : JB_FARRAY | JB_FSCALAR | 1;
	return jsonb;
}

JsonbIterator *
JsonbIteratorInit(JsonbContainer *container)
{
	return NULL;
}

JsonbIteratorToken
JsonbIteratorNext(JsonbIterator **iterator, JsonbValue *value, bool skip_nested)
{
	return WJB_DONE;
}

/* The Gregorian calendar, as the server counts its days (Fliegel and Van Flandern, 1968) */
int
date2j(int year, int month, int day)
{
	int			shift = (month - 14) / 12;

	return (1461 * (year + 4800 + shift)) / 4 + (367 * (month - 2 - 12 * shift)) / 12 -
		(3 * ((year + 4900 + shift) / 100)) / 4 + day - 32075;
}

int
timestamp2tm(Timestamp time, int *zone, struct pg_tm *tm, fsec_t *fraction, const char **zone_name, pg_tz *zone_given)
{
	memset(tm, 0, sizeof(*tm));
	*fraction = 0;
	return 0;
}

TimestampTz
GetCurrentTimestamp(void)
{
	return 0;
}
