/*
 * search_lex.c
 *		The words of a filter, and errors that say where in it they are.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "search/search.h"

/* Longer ones first */
static const char *const symbols[] = {
	"<=", ">=", "!=", "<>", "=", "<", ">", "(", ")", "[", "]", ",", "."
};

static int	space_length(const char *c);
static bool is_digit(char c);
static bool is_word(const char *c);
static bool ends_name(const Lexer *lexer);
static Token word(Lexer *lexer, Token token);
static Token quoted(Lexer *lexer, Token token);
static Token number(Lexer *lexer, Token token);
pg_noreturn static void refuse_token(const Lexer *lexer, const Token *token, const char *detail);

/* The next word of the text. */
Token
feedback_search_token(Lexer *lexer)
{
	Token		token = {0};
	int			length;
	int			i;

	while ((length = space_length(lexer->next)) > 0)
		lexer->next += length;
	token.start = lexer->next;

	if (*lexer->next == '\0')
		return token;
	if (strchr("'\"`", *lexer->next) != NULL)
		return quoted(lexer, token);
	/* the dot between feedback and 2nd_try begins no number */
	if (is_digit(*lexer->next) ||
		(strchr("-+.", *lexer->next) != NULL && is_digit(lexer->next[1]) &&
		 !(*lexer->next == '.' && ends_name(lexer))) ||
		(strchr("-+", *lexer->next) != NULL && lexer->next[1] == '.' && is_digit(lexer->next[2])))
		return number(lexer, token);
	if (is_word(lexer->next))
		return word(lexer, token);
	for (i = 0; i < (int) lengthof(symbols); i++)
	{
		token.length = strlen(symbols[i]);
		if (strncmp(lexer->next, symbols[i], token.length) == 0)
		{
			lexer->next += token.length;
			token.type = TOKEN_SYMBOL;
			token.value = pstrdup(symbols[i]);
			return token;
		}
	}
	token.length = pg_mblen(lexer->next);
	refuse_token(lexer, &token,
				 psprintf("Character %d may stand in quotes only.", feedback_search_place(lexer, &token)));
}

/* The bytes of a blank, also of those that come with pasted text; 0 for what is none. */
static int
space_length(const char *c)
{
	pg_wchar	wide;

	if (*c == ' ' || (*c >= '\t' && *c <= '\r'))
		return 1;
	if (!IS_HIGHBIT_SET(*c) || GetDatabaseEncoding() != PG_UTF8)
		return 0;
	wide = utf8_to_unicode((const unsigned char *) c);
	if (wide == 0x85 || wide == 0xA0 || wide == 0x1680 || (wide >= 0x2000 && wide <= 0x200A) ||
		wide == 0x2028 || wide == 0x2029 || wide == 0x202F || wide == 0x205F || wide == 0x3000)
		return pg_mblen(c);
	return 0;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Letters of all scripts too */
static bool
is_word(const char *c)
{
	return is_digit(*c) || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
		(*c != '\0' && strchr("_-@#$:/", *c) != NULL) ||
		(IS_HIGHBIT_SET(*c) && space_length(c) == 0);
}

/* Is the text so far one that a dot continues? */
static bool
ends_name(const Lexer *lexer)
{
	char		last = lexer->next == lexer->text ? '\0' : lexer->next[-1];

	return IS_HIGHBIT_SET(last) || is_word(&last) || (last != '\0' && strchr("'\"`", last) != NULL);
}

static Token
word(Lexer *lexer, Token token)
{
	while (is_word(lexer->next))
		lexer->next += pg_mblen(lexer->next);
	token.type = TOKEN_WORD;
	token.length = lexer->next - token.start;
	token.value = pnstrdup(token.start, token.length);
	return token;
}

/* Text in quotes, which are doubled within it. */
static Token
quoted(Lexer *lexer, Token token)
{
	char		quote = *lexer->next++;
	StringInfoData value;

	initStringInfo(&value);
	for (;;)
	{
		if (*lexer->next == '\0')
		{
			token.length = lexer->next - token.start;
			refuse_token(lexer, &token,
						 psprintf("The quote at character %d is not closed.", feedback_search_place(lexer, &token)));
		}
		if (*lexer->next == quote && *++lexer->next != quote)
			break;
		appendStringInfoChar(&value, *lexer->next++);
	}
	token.type = quote == '`' ? TOKEN_QUOTED_NAME : TOKEN_STRING;
	token.length = lexer->next - token.start;
	token.value = value.data;
	return token;
}

/* A number, or a word that starts like one */
static Token
number(Lexer *lexer, Token token)
{
	const char *end;

	lexer->next += strspn(lexer->next, "+-");
	lexer->next += strspn(lexer->next, "0123456789");
	if (*lexer->next == '.')
		lexer->next += 1 + strspn(lexer->next + 1, "0123456789");
	if (*lexer->next == 'e' || *lexer->next == 'E')
	{
		end = lexer->next + 1;
		end += *end == '+' || *end == '-';
		if (is_digit(*end))
			lexer->next = end + strspn(end, "0123456789");
	}
	if (is_word(lexer->next))
		return word(lexer, token);	/* 2nd_try is a name */
	token.type = TOKEN_NUMBER;
	token.length = lexer->next - token.start;
	token.value = pnstrdup(token.start, token.length);
	return token;
}

/* Is it this word, in any letter case, or this symbol? */
bool
feedback_search_is(const Token *token, const char *word)
{
	return (token->type == TOKEN_WORD || token->type == TOKEN_SYMBOL) &&
		pg_strcasecmp(token->value, word) == 0;
}

/* The same, or the word as it is in back-ticks, as MLflow has it */
bool
feedback_search_names(const Token *token, const char *word)
{
	return feedback_search_is(token, word) || (token->type == TOKEN_QUOTED_NAME && strcmp(token->value, word) == 0);
}

/* Where in the text a word starts, in characters from 1 */
int
feedback_search_place(const Lexer *lexer, const Token *token)
{
	return pg_mbstrlen_with_len(lexer->text, token->start - lexer->text) + 1;
}

/* 42601, with the place and what should be there. */
void
feedback_search_error(const Lexer *lexer, const Token *token, const char *expected)
{
	refuse_token(lexer, token,
				 psprintf("At character %d there should be %s.", feedback_search_place(lexer, token), expected));
}

/* Clients show the text with a mark below the place, as for a query of their own. */
static void
refuse_token(const Lexer *lexer, const Token *token, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_SYNTAX_ERROR),
			 token->length == 0 ?
			 errmsg("syntax error at the end of %s", lexer->argument) :
			 errmsg("syntax error in %s at or near \"%s\"", lexer->argument,
					pnstrdup(token->start, pg_mbcliplen(token->start, token->length, 60))),
			 errdetail_internal("%s", detail),
			 internalerrposition(feedback_search_place(lexer, token)),
			 internalerrquery(lexer->text),
			 err_generic_string(PG_DIAG_COLUMN_NAME, lexer->argument)));
}

/* Error context callback: what PostgreSQL refuses is the constant that is next. */
void
feedback_search_context(void *parser)
{
	Lexer	   *lexer = &((Parser *) parser)->lexer;
	int			place = feedback_search_place(lexer, &((Parser *) parser)->token);

	internalerrposition(place);
	internalerrquery(lexer->text);
	errcontext("character %d of %s", place, lexer->argument);
	err_generic_string(PG_DIAG_COLUMN_NAME, lexer->argument);
}
