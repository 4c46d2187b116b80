/*
 * server.c
 *		What the parsers need of the server, outside it.
 *
 * Memory is malloc's, so that AddressSanitizer sees where each piece ends, and is
 * freed after each run with the callbacks that free json-c's.  Errors jump back to
 * the target.  A number is its text, a jsonb what was pushed.  All else comes from PostgreSQL's own libpgcommon and libpgport.
 */
#include "postgres.h"

#include <math.h>
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

#include "input/document.h"
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
static sigjmp_buf *server_jump;
static Circumstances current;

/* Two of them: what is of the other is kept */
static MemoryContextData run_context;
static MemoryContextData kept_context;
MemoryContext CurrentMemoryContext = &run_context;
MemoryContext TopMemoryContext = &kept_context;
volatile sig_atomic_t InterruptPending = false;
int			MyProcPid = 1;
char	   *feedback_setting_project = NULL;
const int	day_tab[2][13] = {
	{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0},
	{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0}
};

/* Before a run */
void
server_begin(sigjmp_buf *jump, const Circumstances *circumstances)
{
	server_jump = jump;
	stack_base = (const char *) &jump;
	current = *circumstances;
	InterruptPending = current.interrupt > 0;
	CurrentMemoryContext = &run_context;
}

/* Nothing happens from now on. */
void
server_calm(void)
{
	InterruptPending = false;
	current.out_of_memory = 0;
}

/* How many documents have json-c's memory?  Theirs are all the callbacks that there are. */
int
server_open_documents(void)
{
	const MemoryContextCallback *callback;
	int			count = 0;

	for (callback = callbacks; callback != NULL; callback = callback->next)
		count += ((const Document *) callback->arg)->root != NULL;
	return count;
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

	if (!AllocSizeIsValid(size) || (current.out_of_memory > 0 && --current.out_of_memory == 0))
		server_raise();
	piece = malloc(sizeof(Piece) + size);
	piece->size = size;
	if (CurrentMemoryContext != &run_context)
	{
		piece->previous = piece->next = piece;
		return piece + 1;
	}
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

/* The C library's */
void
qsort_interruptible(void *base, size_t count, size_t size, qsort_arg_comparator compare, void *arg)
{
	qsort_r(base, count, size, compare, arg);
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
	if (--current.interrupt == 0)
		server_raise();
}

/* Texts */

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
	return current.encoding;
}

int
pg_mblen(const char *string)
{
	return pg_encoding_mblen(current.encoding, string);
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
		int			length = pg_mblen(string);

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
		int			next = pg_mblen(string);

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
	return 1;
}

/* Between UTF-8 and LATIN1, up to the first character that cannot be; how many bytes that was */
int
pg_do_encoding_conversion_buf(Oid proc, int from, int to, unsigned char *in, int length,
							  unsigned char *out, int size, bool no_error)
{
	int			done = 0;

	while (done < length)
	{
		pg_wchar	character = in[done];
		int			step = 1;

		if (from == PG_UTF8)
		{
			step = pg_utf_mblen(in + done);
			if (step > length - done || !pg_utf8_islegal(in + done, step))
				break;
			character = utf8_to_unicode(in + done);
		}
		if (character == 0 || (to == PG_LATIN1 && character > 0xFF))
			break;
		if (to == PG_LATIN1)
			*out++ = character;
		else
			out += pg_utf_mblen(unicode_to_utf8(character, out));
		done += step;
	}
	*out = '\0';
	return done;
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

/* Numbers, which are their texts */

struct NumericData
{
	char		digits[1];
};

/* What is no number, or none that is kept, is refused before it comes here. */
Datum
numeric_in(PG_FUNCTION_ARGS)
{
	const char *string = PG_GETARG_CSTRING(0);

	if (strlen(string) == 0 || strspn(string, "0123456789+-.eE") != strlen(string) || isinf(strtod(string, NULL)))
		abort();
	PG_RETURN_CSTRING(pstrdup(string));
}

Numeric
int64_to_numeric(int64 number)
{
	return (Numeric) psprintf(INT64_FORMAT, number);
}

Datum
numeric_out(PG_FUNCTION_ARGS)
{
	const char *digits = PG_GETARG_CSTRING(0);

	if (strpbrk(digits, ".eE") == NULL)
		PG_RETURN_CSTRING(pstrdup(digits));
	PG_RETURN_CSTRING(psprintf("%.0f", strtod(digits, NULL)));
}

Datum
numeric_abs(PG_FUNCTION_ARGS)
{
	const char *digits = PG_GETARG_CSTRING(0);

	PG_RETURN_CSTRING(pstrdup(digits + (*digits == '-')));
}

Datum
numeric_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(strtod(PG_GETARG_CSTRING(0), NULL) <= strtod(PG_GETARG_CSTRING(1), NULL));
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

/* Values, which are what was pushed; as in the server, strings are copied at the end */

typedef struct Pushed
{
	JsonbIteratorToken token;
	JsonbValue	value;
} Pushed;

typedef struct Pushing
{
	JsonbParseState state;		/* its first member is the value of the whole */
	Pushed	   *pushed;
	int			count;
	int			size;
	int			depth;
	int			children;		/* of the outermost */
} Pushing;

/* A jsonb, as far as its macros look at it */
typedef struct ShellJsonb
{
	int32		length;
	uint32		header;
	Pushed	   *pushed;
	int			count;
} ShellJsonb;

typedef struct ShellIterator
{
	const ShellJsonb *jsonb;
	int			next;
} ShellIterator;

static void
add_pushed(Pushing *pushing, JsonbIteratorToken token, const JsonbValue *value)
{
	if (pushing->count == pushing->size)
	{
		pushing->size = pushing->size * 2 + 8;
		if (pushing->pushed == NULL)
			pushing->pushed = palloc(pushing->size * sizeof(Pushed));
		else
			pushing->pushed = repalloc(pushing->pushed, pushing->size * sizeof(Pushed));
	}
	pushing->pushed[pushing->count].token = token;
	if (value != NULL)
		pushing->pushed[pushing->count].value = *value;
	pushing->count++;
}

JsonbValue *
pushJsonbValue(JsonbParseState **state, JsonbIteratorToken token, JsonbValue *value)
{
	Pushing    *pushing = (Pushing *) *state;

	if (pushing == NULL)
		*state = (JsonbParseState *) (pushing = palloc0(sizeof(Pushing)));
	if ((token == WJB_KEY && value->type != jbvString) || pushing->depth < (token == WJB_BEGIN_ARRAY || token == WJB_BEGIN_OBJECT ? 0 : 1))
		abort();
	if (pushing->depth == 1 && (token == WJB_KEY || token == WJB_ELEM))
		pushing->children++;
	if (token == WJB_BEGIN_ARRAY || token == WJB_BEGIN_OBJECT)
	{
		if (pushing->depth++ == 0)
			pushing->state.contVal.type = token == WJB_BEGIN_ARRAY ? jbvArray : jbvObject;
	}
	else if (token == WJB_END_ARRAY || token == WJB_END_OBJECT)
		pushing->depth--;
	add_pushed(pushing, token, value);
	return &pushing->state.contVal;
}

static void
copy_strings(Pushed *pushed, int count)
{
	int			i;

	for (i = 0; i < count; i++)
	{
		JsonbValue *value = &pushed[i].value;
		char	   *copy;

		if ((pushed[i].token != WJB_KEY && pushed[i].token != WJB_VALUE && pushed[i].token != WJB_ELEM) ||
			value->type != jbvString)
			continue;
		copy = palloc(value->val.string.len);
		memcpy(copy, value->val.string.val, value->val.string.len);
		value->val.string.val = copy;
	}
}

Jsonb *
JsonbValueToJsonb(JsonbValue *value)
{
	ShellJsonb *jsonb = palloc0(sizeof(ShellJsonb));
	Pushing    *pushing = (Pushing *) value;
	Pushing		scalar = {0};

	if (value->type != jbvObject && value->type != jbvArray)
	{
		pushing = &scalar;
		add_pushed(pushing, WJB_BEGIN_ARRAY, NULL);
		add_pushed(pushing, WJB_ELEM, value);
		add_pushed(pushing, WJB_END_ARRAY, NULL);
		jsonb->header = JB_FARRAY | JB_FSCALAR | 1;
	}
	else
		jsonb->header = (value->type == jbvObject ? JB_FOBJECT : JB_FARRAY) | pushing->children;
	if (pushing->depth != 0)
		abort();
	SET_VARSIZE(jsonb, sizeof(ShellJsonb));
	jsonb->pushed = pushing->pushed;
	jsonb->count = pushing->count;
	copy_strings(jsonb->pushed, jsonb->count);
	return (Jsonb *) jsonb;
}

JsonbIterator *
JsonbIteratorInit(JsonbContainer *container)
{
	ShellIterator *iterator = palloc0(sizeof(ShellIterator));

	iterator->jsonb = (const ShellJsonb *) ((char *) container - offsetof(ShellJsonb, header));
	return (JsonbIterator *) iterator;
}

/* Nested ones that are to be skipped come as null. */
JsonbIteratorToken
JsonbIteratorNext(JsonbIterator **state, JsonbValue *value, bool skip_nested)
{
	ShellIterator *iterator = (ShellIterator *) *state;
	const Pushed *pushed = iterator->jsonb->pushed + iterator->next;
	int			depth = 0;

	if (iterator->next == iterator->jsonb->count)
		return WJB_DONE;
	*value = pushed->value;
	if (!skip_nested || iterator->next == 0 || (pushed->token != WJB_BEGIN_ARRAY && pushed->token != WJB_BEGIN_OBJECT))
		return iterator->next++, pushed->token;
	do
	{
		JsonbIteratorToken token = iterator->jsonb->pushed[iterator->next++].token;

		depth += token == WJB_BEGIN_ARRAY || token == WJB_BEGIN_OBJECT;
		depth -= token == WJB_END_ARRAY || token == WJB_END_OBJECT;
	} while (depth > 0);
	value->type = jbvNull;
	return pushed[-1].token == WJB_KEY ? WJB_VALUE : WJB_ELEM;
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
