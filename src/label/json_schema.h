/*
 * json_schema.h
 *		What the readers of JSON Schema share.
 */
#ifndef FEEDBACK_JSON_SCHEMA_H
#define FEEDBACK_JSON_SCHEMA_H

#include "utils/jsonb.h"

#include "label/label_schema.h"

/* The columns of a label schema that are being filled, by their LABEL_ numbers */
typedef struct JsonSchemaRow
{
	Datum	   *values;
	bool	   *nulls;
} JsonSchemaRow;

/* Keywords that say something of values and can be read, up to a NULL */
extern const char *const feedback_json_schema_keywords[];

extern bool feedback_json_schema_read_choices(JsonbContainer *schema, JsonSchemaRow *row, Problem *problem);
extern bool feedback_json_schema_check_alone(JsonbContainer *schema, const char *choice, bool may_have_type, Problem *problem);
extern bool feedback_json_schema_allows_null(JsonSchemaRow *row);
extern char *feedback_json_schema_type(JsonbContainer *schema, JsonSchemaRow *row, Problem *problem);
extern bool feedback_json_schema_get(JsonbContainer *schema, const char *keyword, JsonbValue *value);
extern void feedback_json_schema_set(JsonSchemaRow *row, int column, Datum value);
extern void feedback_json_schema_set_text(JsonSchemaRow *row, int column, const char *word);
extern bool feedback_json_schema_refuse_unsupported(const char *what, Problem *problem);
extern bool feedback_json_schema_refuse_keyword(const char *message, Problem *problem);

#endif
