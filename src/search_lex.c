/*
 * search_lex.c
 *		The words of a filter, and errors that say where in it they are.
 */
#include "postgres.h"

#include <ctype.h>

#include "mb/pg_wchar.h"

#include "search.h"

/* Longer ones first */
static const char *const symbols[] = {
	"<=", ">=", "!=", "<>", "=", "<", ">", "(", ")", "[", "]", ",", "."
};

static bool is_word(char c);
static Token quoted(Lexer *lexer, Token token);
static Token number(Lexer *lexer, Token token);

/* The next word of the text. */
Token
feedback_search_token(Lexer *lexer)
{
	Token		token = {0};
	int			i;

	while (isspace((unsigned char) *lexer->next))
		lexer->next++;
	token.start = lexer->next;

	if (*lexer->next == '\0')
		return token;
	if (strchr("'\"`", *lexer->next) != NULL)
		return quoted(lexer, token);
	if (isdigit((unsigned char) *lexer->next) ||
		(strchr("-+.", *lexer->next) != NULL && isdigit((unsigned char) lexer->next[1])))
		return number(lexer, token);
	if (is_word(*lexer->next))
	{
		while (is_word(*lexer->next))
			lexer->next++;
		token.type = TOKEN_WORD;
		token.length = lexer->next - token.start;
		token.value = pnstrdup(token.start, token.length);
		return token;
	}
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
	feedback_search_error(lexer, &token, NULL);
}

/* Letters of all scripts too */
static bool
is_word(char c)
{
	return isalnum((unsigned char) c) || c == '_' || c == '-' || IS_HIGHBIT_SET(c);
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
			feedback_search_error(lexer, &token, "the closing quote");
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

/* A number, which must not run into a word. */
static Token
number(Lexer *lexer, Token token)
{
	char	   *end;

	lexer->next += strspn(lexer->next, "+-");
	lexer->next += strspn(lexer->next, "0123456789");
	if (*lexer->next == '.')
		lexer->next += 1 + strspn(lexer->next + 1, "0123456789");
	if (*lexer->next == 'e' || *lexer->next == 'E')
	{
		end = (char *) lexer->next + 1;
		end += *end == '+' || *end == '-';
		if (isdigit((unsigned char) *end))
			lexer->next = end + strspn(end, "0123456789");
	}
	token.type = TOKEN_NUMBER;
	while (is_word(*lexer->next))
	{
		token.type = TOKEN_WORD;	/* 2nd_try is a name */
		lexer->next++;
	}
	token.length = lexer->next - token.start;
	token.value = pnstrdup(token.start, token.length);
	return token;
}

/* Is it this word, in any letter case, or this symbol? */
bool
feedback_token_is(const Token *token, const char *word)
{
	return (token->type == TOKEN_WORD || token->type == TOKEN_SYMBOL) &&
		pg_strcasecmp(token->value, word) == 0;
}

/* Where in the text a word starts, in characters from 1 */
int
feedback_search_position(const Lexer *lexer, const Token *token)
{
	return pg_mbstrlen_with_len(lexer->text, token->start - lexer->text) + 1;
}

/* 42601, with the place and what would be right there. */
void
feedback_search_error(const Lexer *lexer, const Token *token, const char *expected)
{
	ereport(ERROR,
			(errcode(ERRCODE_SYNTAX_ERROR),
			 token->length == 0 ?
			 errmsg("syntax error at the end of %s", lexer->argument) :
			 errmsg("syntax error in %s at or near \"%s\"", lexer->argument,
					pnstrdup(token->start, pg_mbcliplen(token->start, token->length, 60))),
			 errdetail("It is at character %d.", feedback_search_position(lexer, token)),
			 expected == NULL ? 0 : errhint("What can stand there is %s.", expected),
			 err_generic_string(PG_DIAG_COLUMN_NAME, lexer->argument)));
}
