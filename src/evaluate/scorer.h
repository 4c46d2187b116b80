/*
 * scorer.h
 *		What the built-in scorers share: their options, and what they look at.
 */
#ifndef FEEDBACK_SCORER_H
#define FEEDBACK_SCORER_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/jsonb.h"

#include "base/compat.h"

/* No answer of a model is longer; what is takes time that nobody means it to take */
#define SCORER_MAX_LENGTH	10000000

typedef enum ScorerOptionType
{
	OPTION_ANY,					/* any JSON */
	OPTION_BOOLEAN,
	OPTION_NUMBER,
	OPTION_TEXT,
	OPTION_TEXTS				/* a list of texts */
} ScorerOptionType;

/* An option that a scorer takes */
typedef struct ScorerOption
{
	const char *name;
	ScorerOptionType type;
	bool		required;
	const char *words;			/* those that a text is one of, in a list with
								 * blanks, or NULL for any */
} ScorerOption;

/* The options that are about where answer and expectation are, with which each list of options begins */
#define SCORER_PATH_OPTION \
	{.name = "path", .type = OPTION_TEXTS}
#define SCORER_EXPECTATION_OPTIONS \
	SCORER_PATH_OPTION, \
	{.name = "expectation", .type = OPTION_TEXT}, \
	{.name = "expected", .type = OPTION_ANY}
enum
{
	SCORER_PATH,
	SCORER_EXPECTATION,
	SCORER_EXPECTED
};

/* What parts words, in the texts that scorers compare and count */
static inline bool
is_scorer_blank(char c)
{
	return strchr(" \t\n\v\f\r", c) != NULL;
}

/* scorer_options.c: an option that is not given, or null, is NULL */
extern void feedback_scorer_options(FunctionCallInfo fcinfo, const ScorerOption *known, int count,
									JsonbValue **options);
extern bool feedback_scorer_option_is_true(const JsonbValue *option);
extern const char *feedback_scorer_option_word(const JsonbValue *option, const char *fallback);
pg_noreturn extern void feedback_scorer_raise_option(int sqlstate, const char *message,
													 const char *detail, const char *hint);

/* scorer_content.c: what is not there, or null, is NULL */
extern Jsonb *feedback_scorer_trace(FunctionCallInfo fcinfo);
extern JsonbValue *feedback_scorer_member(JsonbContainer *object, const char *name);
extern JsonbValue *feedback_scorer_answer(Jsonb *trace, JsonbValue **options);
extern JsonbValue *feedback_scorer_expected(Jsonb *trace, JsonbValue **options);
extern JsonbValue *feedback_scorer_read_json(const JsonbValue *string);
extern text *feedback_scorer_text(JsonbValue *value);
extern void feedback_scorer_check_length(int length);

#endif							/* FEEDBACK_SCORER_H */
