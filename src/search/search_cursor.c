/*
 * search_cursor.c
 *		What the parser's files share: the next token, names, and nodes.
 */
#include "postgres.h"

#include "search/search.h"

/* Go on to the next token. */
void
feedback_search_advance(Parser *parser)
{
	parser->token = feedback_search_token(&parser->lexer);
}

/* Is this next?  Then go on. */
bool
feedback_search_accept(Parser *parser, const char *word)
{
	if (!feedback_search_is(&parser->token, word))
		return false;
	feedback_search_advance(parser);
	return true;
}

/* This has to be next. */
void
feedback_search_expect(Parser *parser, const char *symbol)
{
	if (!feedback_search_accept(parser, symbol))
		feedback_search_error(&parser->lexer, &parser->token, psprintf("\"%s\"", symbol));
}

/* A node over others; AND and OR of one alone are that one. */
Condition *
feedback_search_node(NodeType type, List *children)
{
	Condition  *node;

	if ((type == NODE_AND || type == NODE_OR) && list_length(children) == 1)
		return linitial(children);
	node = palloc0(sizeof(Condition));
	node->type = type;
	node->children = children;
	return node;
}

/* A name, which may have dots in it. */
char *
feedback_search_name(Parser *parser)
{
	StringInfoData name;

	initStringInfo(&name);
	for (;;)
	{
		if (parser->token.type == TOKEN_END || parser->token.type == TOKEN_SYMBOL)
			feedback_search_error(&parser->lexer, &parser->token, "a name");
		appendStringInfoString(&name, parser->token.value);
		feedback_search_advance(parser);
		if (!feedback_search_accept(parser, "."))
			return name.data;
		appendStringInfoChar(&name, '.');
	}
}
