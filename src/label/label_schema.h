/*
 * label_schema.h
 *		Label schemas: what values the assessments of a name may have.
 */
#ifndef FEEDBACK_LABEL_SCHEMA_H
#define FEEDBACK_LABEL_SCHEMA_H

#include "postgres.h"

#include "utils/array.h"

#include "assessment/assessment.h"
#include "base/problem.h"

/* The order of the columns of feedback.label_schemas, and of LABEL_COLUMNS */
enum
{
	LABEL_NAME,
	LABEL_VALUE_TYPE,
	LABEL_KIND,
	LABEL_PROJECT,
	LABEL_TRUE_LABEL,
	LABEL_FALSE_LABEL,
	LABEL_MIN,
	LABEL_MAX,
	LABEL_WHOLE_NUMBERS,
	LABEL_CATEGORIES,
	LABEL_MULTIPLE,
	LABEL_MAX_LENGTH,
	LABEL_JSON_FORM,
	LABEL_ELEMENT_TYPE,
	LABEL_NULL_ALLOWED,
	LABEL_RATIONALE_REQUIRED,
	LABEL_HIGHER_IS_BETTER,
	LABEL_INSTRUCTION,
	LABEL_ENFORCEMENT,
	LABEL_COUNT
};

typedef enum JsonForm
{
	JSON_FORM_ANY,
	JSON_FORM_LIST,
	JSON_FORM_OBJECT
} JsonForm;

typedef enum Enforcement
{
	ENFORCEMENT_ENFORCE,
	ENFORCEMENT_WARN,
	ENFORCEMENT_OFF
} Enforcement;

/* A NULL pointer, or a max_length of 0, is no limit */
typedef struct LabelSchema
{
	text	   *name;
	AssessmentKind kind;
	text	   *project;		/* NULL: of every project without one of its
								 * own */
	ValueType	value_type;
	text	   *true_label;
	text	   *false_label;
	Numeric		min;
	Numeric		max;
	bool		whole_numbers;
	text	  **categories;
	int			category_count;
	bool		multiple;		/* the value is a list of categories */
	int			max_length;
	JsonForm	json_form;
	ValueType	element_type;	/* of a list or object; VALUE_NONE: any */
	bool		null_allowed;
	bool		rationale_required;
	Enforcement enforcement;
} LabelSchema;

/* The definition (label_schema.c); words for enums are text here */
extern void feedback_label_schema_read(const Datum *values, const bool *nulls,
									   LabelSchema *schema);
extern bool feedback_label_schema_validate(const Datum *values, const bool *nulls,
										   Problem *problem);
extern bool feedback_label_kind_validate(const text *kind, Problem *problem);
pg_noreturn extern void feedback_label_schema_raise(const Problem *problem);

/* What it says of an assessment (label_rules.c) */
extern bool feedback_label_rules(const LabelSchema *schema, const Assessment *assessment,
								 Problem *problem);

/* What it allows, in words (label_hint.c) */
extern char *feedback_label_hint(const LabelSchema *schema);
extern int	feedback_label_closest(const LabelSchema *schema, const char *string, int length);
extern const char *feedback_label_number(Numeric number);

/* The schema of an assessment, and the check that writes go through (label_cache.c) */
extern const LabelSchema *feedback_label_schema_find(const Assessment *assessment);
extern bool feedback_label_schema_check(Assessment *assessment, Problem *problem);
extern bool feedback_label_is_table(Oid relation);

/* JSON Schema, as judges declare it (json_schema.c) */
extern bool feedback_json_schema_read(Jsonb *json_schema, Datum *values, bool *nulls,
									  Problem *problem);

#endif							/* FEEDBACK_LABEL_SCHEMA_H */
