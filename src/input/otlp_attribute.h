/*
 * otlp_attribute.h
 *		Attributes of OpenTelemetry's records: the values they may have.
 */
#ifndef FEEDBACK_OTLP_ATTRIBUTE_H
#define FEEDBACK_OTLP_ATTRIBUTE_H

#include "postgres.h"

#include "input/document.h"

/* The members of an AnyValue, of which it has one */
typedef enum AnyType
{
	ANY_STRING,
	ANY_BOOL,
	ANY_INT,
	ANY_DOUBLE,
	ANY_BYTES,
	ANY_LIST,
	ANY_MAP,
	ANY_TYPES,
	ANY_NONE = ANY_TYPES		/* the empty value */
} AnyType;

/* An attribute; it is not given when its value is the empty one */
typedef struct Attribute
{
	MemberName	name;
	Member		member;			/* the value, without what tells its type */
	AnyType		type;
} Attribute;

/* An element of a list of attributes */
typedef struct Pair
{
	const char *key;			/* in UTF-8 */
	text	   *key_text;
	struct json_object *value;
} Pair;

#define attribute_given(attribute)	((attribute)->name.name != NULL && (attribute)->type != ANY_NONE)

extern bool feedback_attribute_read(Attribute *attribute, const char *name, const char *column,
									struct json_object *json, Problem *problem);
extern bool feedback_attribute_text(const Attribute *attribute, text **result, Problem *problem);
extern bool feedback_attribute_score(const Attribute *attribute, Value *value, Problem *problem);
extern bool feedback_attribute_push(JsonbParseState **state, const Attribute *attribute,
									JsonbIteratorToken token, Problem *problem);
extern bool feedback_attribute_pair_read(Pair *pair, struct json_object *json, const char *list,
										 Problem *problem);
extern void feedback_attribute_pair_push_key(JsonbParseState **state, const Pair *pair);
extern void feedback_attribute_push_string(JsonbParseState **state, JsonbIteratorToken token,
										   const char *string, int length);

#endif							/* FEEDBACK_OTLP_ATTRIBUTE_H */
