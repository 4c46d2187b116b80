/*
 * document.h
 *		JSON documents, parsed by json-c.
 */
#ifndef FEEDBACK_DOCUMENT_H
#define FEEDBACK_DOCUMENT_H

#include "postgres.h"

#include "assessment/assessment.h"
#include "base/problem.h"

/* json-c's object, which only the files look into that have these functions; NULL is the JSON null */
struct json_object;

typedef struct Document
{
	MemoryContextCallback callback;
	struct json_object *root;
	bool		parsing;		/* the parser is amid it */
} Document;

/* A member that an object may have, and the two spellings of its name */
typedef struct MemberName
{
	const char *name;			/* as MLflow's documents write it */
	const char *camel_case;		/* as protobuf's JSON may, NULL if the same */
	const char *column;			/* the column concerned */
	const struct MemberName *members;	/* of its own, if it is an object */
	int			count;
} MemberName;

/* What an object has of it */
typedef struct Member
{
	const MemberName *name;
	const char *path;			/* of the object, with a dot, for messages */
	bool		present;
	bool		camel_case;
	struct json_object *json;
} Member;

/* A member that is there and not null */
#define member_given(member)	((member)->json != NULL)

/* document_parse.c */
extern Document *feedback_document_open(const char *json, int length, const char *subject,
										const char *column, int max_nesting,
										const MemberName *names, int count,
										Problem *problem);
extern Document *feedback_document_open_utf8(const char *utf8, int length, const char *subject,
											 const char *column, int max_nesting,
											 const MemberName *names, int count,
											 Problem *problem);
extern void feedback_document_close(Document *document);

/* document.c */
extern bool feedback_document_is_object(struct json_object *json);
extern bool feedback_document_is_string(struct json_object *json);
extern bool feedback_document_is_number(struct json_object *json);
extern int	feedback_document_length(struct json_object *json);
extern struct json_object *feedback_document_element(struct json_object *json, int n);
extern const char *feedback_document_noun(struct json_object *json);
extern bool feedback_document_members(struct json_object *object, const char *path,
									  const MemberName *names, int count,
									  Member *members, Problem *problem);
extern bool feedback_document_object(const Member *member, Problem *problem);
extern bool feedback_document_list(const Member *member, Problem *problem);
extern bool feedback_document_text(const Member *member, text **result, Problem *problem);
extern bool feedback_document_utf8(const Member *member, const char **string,
								   int *length, Problem *problem);
extern bool feedback_document_refuse_content(const Member *member, int sqlstate, Problem *problem);

/* document_jsonb.c */
extern bool feedback_document_value(const Member *member, Value *value, Problem *problem);
extern bool feedback_document_jsonb(const Member *member, Jsonb **result, Problem *problem);

#endif							/* FEEDBACK_DOCUMENT_H */
