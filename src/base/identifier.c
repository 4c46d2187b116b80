/*
 * identifier.c
 *		Assessment ids: UUIDs, in two spellings.
 *
 * SQL prints ids as PostgreSQL prints uuids; documents spell them as MLflow
 * does, "a-" and 32 lower-case hexadecimal digits.  Both are read everywhere.
 */
#include "postgres.h"

#include <time.h>

#include "common/cryptohash.h"
#include "common/sha2.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "base/identifier.h"
#include "base/problem.h"
#include "base/quote.h"

#define ID_PREFIX			"a-"
#define ID_PREFIX_LENGTH	2
#define UUID_TEXT_LENGTH	36

/* Sub-millisecond steps that the 12 bits of rand_a can tell apart */
#define STEPS_PER_MS		INT64CONST(4096)
#define NS_PER_MS			INT64CONST(1000000)

static const char hex_digits[] = "0123456789abcdef";

static int64 clock_steps(void);
static void random_bytes(uint8 *out, int length);
static void hash_part(pg_cryptohash_ctx *hash, const IdentifierPart *part);
static bool read_hex_uuid(const char *string, size_t length, bool upper_case_too,
						  pg_uuid_t *id);

PG_FUNCTION_INFO_V1(feedback_assessment_id);

/*
 * assessment_id(text) returns uuid
 *
 * Reads either spelling of an id; anything else is 22P02.
 */
Datum
feedback_assessment_id(PG_FUNCTION_ARGS)
{
	text	   *spelling = PG_GETARG_TEXT_PP(0);
	pg_uuid_t  *id = palloc(sizeof(pg_uuid_t));
	Problem		problem;

	if (!feedback_identifier_parse(VARDATA_ANY(spelling),
								   VARSIZE_ANY_EXHDR(spelling), id))
	{
		feedback_problem_set(&problem, ERRCODE_INVALID_TEXT_REPRESENTATION, "assessment_id",
							 psprintf("invalid assessment_id: %s", feedback_quote_text(spelling)), NULL, FEEDBACK_IDENTIFIER_HINT);
		feedback_problem_raise(&problem);
	}

	PG_RETURN_UUID_P(id);
}

/*
 * Make a new id, greater than every one that this backend made before.
 *
 * RFC 9562, section 5.7, with method 3 of section 6.2 (more clock precision
 * in rand_a): 48 bits of milliseconds, 12 bits of 1/4096 ms and 62 random
 * bits.  When the clock has not moved since the last id, or went back, the
 * last time plus one step is used instead.
 */
void
feedback_identifier_generate(pg_uuid_t *id)
{
	static int64 last_steps = 0;
	int64		steps = clock_steps();
	uint64		ms;
	uint32		fraction;
	int			i;

	if (steps <= last_steps)
		steps = last_steps + 1;
	last_steps = steps;

	ms = (uint64) (steps / STEPS_PER_MS);
	fraction = (uint32) (steps % STEPS_PER_MS);

	for (i = 0; i < 6; i++)
		id->data[i] = (uint8) (ms >> (40 - 8 * i));
	random_bytes(id->data + 8, 8);
	id->data[6] = (uint8) (0x70 | (fraction >> 8));
	id->data[7] = (uint8) fraction;
	id->data[8] = (id->data[8] & 0x3f) | 0x80;
}

/*
 * Make the id of what these strings tell: a UUID version 8 (RFC 9562) of their
 * SHA-256, so that the same always gets the same id.
 */
void
feedback_identifier_derive(const IdentifierPart *parts, int count, pg_uuid_t *id)
{
	pg_cryptohash_ctx *hash = pg_cryptohash_create(PG_SHA256);
	uint8		digest[PG_SHA256_DIGEST_LENGTH];
	int			i;

	if (hash == NULL || pg_cryptohash_init(hash) < 0)
		elog(ERROR, "could not initialize SHA-256");
	for (i = 0; i < count; i++)
		hash_part(hash, &parts[i]);
	if (pg_cryptohash_final(hash, digest, sizeof(digest)) < 0)
		elog(ERROR, "could not finish SHA-256");
	pg_cryptohash_free(hash);

	memcpy(id->data, digest, UUID_LEN);
	id->data[6] = (id->data[6] & 0x0f) | 0x80;
	id->data[8] = (id->data[8] & 0x3f) | 0x80;
}

/* A text as a part of what an id is made of. */
IdentifierPart
feedback_identifier_part(const text *string)
{
	IdentifierPart part = {NULL, 0};

	if (string != NULL)
	{
		part.string = VARDATA_ANY(string);
		part.length = VARSIZE_ANY_EXHDR(string);
	}
	return part;
}

/* Read an id in either spelling. */
bool
feedback_identifier_parse(const char *string, size_t length, pg_uuid_t *id)
{
	char		digits[2 * UUID_LEN];
	int			ndigits = 0;
	size_t		i;

	if (length == IDENTIFIER_LENGTH &&
		memcmp(string, ID_PREFIX, ID_PREFIX_LENGTH) == 0)
		return read_hex_uuid(string + ID_PREFIX_LENGTH, length - ID_PREFIX_LENGTH, false, id);

	if (length != UUID_TEXT_LENGTH)
		return false;

	for (i = 0; i < length; i++)
	{
		bool		dash_expected = (i == 8 || i == 13 || i == 18 || i == 23);

		if (dash_expected != (string[i] == '-'))
			return false;
		if (!dash_expected)
			digits[ndigits++] = string[i];
	}
	return read_hex_uuid(digits, ndigits, true, id);
}

/* Print an id as documents spell it, IDENTIFIER_LENGTH bytes without a NUL. */
void
feedback_identifier_print(const pg_uuid_t *id, char *out)
{
	int			i;

	memcpy(out, ID_PREFIX, ID_PREFIX_LENGTH);
	out += ID_PREFIX_LENGTH;
	for (i = 0; i < UUID_LEN; i++)
	{
		*out++ = hex_digits[id->data[i] >> 4];
		*out++ = hex_digits[id->data[i] & 0x0f];
	}
}

/* An id as PostgreSQL prints uuids, for messages. */
char *
feedback_identifier_uuid_text(const pg_uuid_t *id)
{
	return DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(id)));
}

bool
feedback_identifier_equal(const pg_uuid_t *a, const pg_uuid_t *b)
{
	return memcmp(a->data, b->data, UUID_LEN) == 0;
}

/* The clock, in steps since the Unix epoch. */
static int64
clock_steps(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000 * STEPS_PER_MS +
		now.tv_nsec * STEPS_PER_MS / NS_PER_MS;
}

/*
 * Random bytes, asked for from the system a block at a time.
 *
 * The block belongs to the process that filled it: a forked child must not
 * hand out what its parent may have left.
 */
static void
random_bytes(uint8 *out, int length)
{
	static uint8 block[512];
	static int	used = sizeof(block);
	static int	owner = 0;

	if (used + length > (int) sizeof(block) || owner != MyProcPid)
	{
		if (!pg_strong_random(block, sizeof(block)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not generate random bits for assessment_id")));
		used = 0;
		owner = MyProcPid;
	}
	memcpy(out, block + used, length);
	used += length;
}

/*
 * Hash a string behind its length, -1 for none, so that no two lists hash alike.
 *
 * The length is in four bytes, the lowest first, whatever the machine has them
 * in: an id is the same everywhere.
 */
static void
hash_part(pg_cryptohash_ctx *hash, const IdentifierPart *part)
{
	uint32		length = (part->string != NULL) ? (uint32) part->length : PG_UINT32_MAX;
	uint8		prefix[4];
	int			i;

	for (i = 0; i < (int) sizeof(prefix); i++)
		prefix[i] = (uint8) (length >> (8 * i));
	if (pg_cryptohash_update(hash, prefix, sizeof(prefix)) < 0 ||
		(part->string != NULL && part->length > 0 &&
		 pg_cryptohash_update(hash, (const uint8 *) part->string, part->length) < 0))
		elog(ERROR, "could not compute SHA-256");
}

/* Read 32 hexadecimal digits. */
static bool
read_hex_uuid(const char *string, size_t length, bool upper_case_too, pg_uuid_t *id)
{
	pg_uuid_t	read = {0};
	size_t		i;

	Assert(length == 2 * UUID_LEN);
	for (i = 0; i < length; i++)
	{
		char		c = string[i];
		uint8		nibble;

		if (c >= '0' && c <= '9')
			nibble = c - '0';
		else if (c >= 'a' && c <= 'f')
			nibble = c - 'a' + 10;
		else if (upper_case_too && c >= 'A' && c <= 'F')
			nibble = c - 'A' + 10;
		else
			return false;

		read.data[i / 2] = (i % 2 == 0) ? nibble << 4 : (read.data[i / 2] | nibble);
	}
	*id = read;
	return true;
}
