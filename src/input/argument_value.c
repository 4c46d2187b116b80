/*
 * argument_value.c
 *		Values as SQL gives them.
 *
 * Booleans, numbers and json go to the column of their type; whatever
 * to_jsonb would make a string is text; arrays and composites are what
 * to_jsonb makes of them.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "assessment/value.h"
#include "base/json_text.h"
#include "base/number.h"
#include "base/settings.h"
#include "input/argument_value.h"
#include "input/document_value.h"

static bool value_from_jsonb(Jsonb *jsonb, AssessmentKind kind, Value *value,
							 Problem *problem);
static bool value_from_other(Datum datum, Oid type, AssessmentKind kind,
							 Value *value, Problem *problem);
static bool is_finite(Datum datum, Oid type);
static bool is_finite_array(ArrayType *array);
static bool is_finite_composite(Datum datum);
static Jsonb *to_jsonb_of(Datum datum, Oid type);
static bool refuse_number(Problem *problem);

/* A value of any type that is not null. */
bool
feedback_argument_value_from_datum(Datum datum, Oid type, AssessmentKind kind,
								   Value *value, Problem *problem)
{
	value->type = VALUE_NUMERIC;
	switch (type)
	{
		case BOOLOID:
			value->type = VALUE_BOOLEAN;
			value->as.boolean = DatumGetBool(datum);
			return true;
		case INT2OID:
			value->as.numeric = int64_to_numeric(DatumGetInt16(datum));
			return true;
		case INT4OID:
			value->as.numeric = int64_to_numeric(DatumGetInt32(datum));
			return true;
		case INT8OID:
			value->as.numeric = int64_to_numeric(DatumGetInt64(datum));
			return true;
		case FLOAT4OID:
			return feedback_number_from_float(DatumGetFloat4(datum), &value->as.numeric) ||
				refuse_number(problem);
		case FLOAT8OID:
			return feedback_number_from_double(DatumGetFloat8(datum), &value->as.numeric) ||
				refuse_number(problem);
		case NUMERICOID:
			value->as.numeric = DatumGetNumeric(datum);
			return feedback_number_numeric_in_range(value->as.numeric) || refuse_number(problem);
		case TEXTOID:
		case VARCHAROID:
			value->type = VALUE_TEXT;
			value->as.text = DatumGetTextPP(datum);
			return true;
		case JSONBOID:
			return value_from_jsonb(DatumGetJsonbP(datum), kind, value, problem);
		case JSONOID:
			return feedback_document_read_value(DatumGetTextPP(datum), kind, value, problem);
		default:
			return value_from_other(datum, type, kind, value, problem);
	}
}

/*
 * A value that came in as text.
 *
 * Drivers send much without a type, which resolves to text, so a text that
 * reads as JSON is suspect.  feedback.untyped_text says what to do about it.
 */
bool
feedback_argument_value_from_untyped(text *datum, Value *value, int *warnings, Problem *problem)
{
	value->type = VALUE_TEXT;
	value->as.text = datum;

	if (feedback_setting_untyped_text == UNTYPED_TEXT_KEEP ||
		!feedback_json_text_reads_as_value(VARDATA_ANY(datum), VARSIZE_ANY_EXHDR(datum)))
		return true;

	if (feedback_setting_untyped_text == UNTYPED_TEXT_ERROR)
		return feedback_problem_set(problem, ERRCODE_INVALID_PARAMETER_VALUE, "value",
									psprintf("value came in as text but reads as %s", feedback_value_json_noun(datum)),
									"The setting feedback.untyped_text refuses such values.",
									FEEDBACK_UNTYPED_TEXT_HINT);

	*warnings |= WARNING_UNTYPED_TEXT;
	return true;
}

/* A jsonb by what it holds. */
static bool
value_from_jsonb(Jsonb *jsonb, AssessmentKind kind, Value *value, Problem *problem)
{
	JsonbValue	scalar;

	if (!JsonbExtractScalar(&jsonb->root, &scalar))
	{
		value->type = VALUE_JSON;
		value->as.json = jsonb;
		return feedback_value_check_jsonb(jsonb, feedback_value_max_nesting(kind), "value",
										  "value", problem);
	}
	feedback_value_from_scalar(&scalar, value);
	return value->type != VALUE_NUMERIC ||
		feedback_number_numeric_in_range(value->as.numeric) ||
		refuse_number(problem);
}

/* A value of a type without a rule of its own. */
static bool
value_from_other(Datum datum, Oid type, AssessmentKind kind, Value *value, Problem *problem)
{
	Oid			base_type = getBaseType(type);

	if (base_type != type)
		return feedback_argument_value_from_datum(datum, base_type, kind, value, problem);
	if (!is_finite(datum, type))
		return refuse_number(problem);
	return value_from_jsonb(to_jsonb_of(datum, type), kind, value, problem);
}

/*
 * Is a datum free of NaN and infinities, also inside arrays and composites?
 * to_jsonb would turn these into strings.
 */
static bool
is_finite(Datum datum, Oid type)
{
	check_stack_depth();
	type = getBaseType(type);
	switch (type)
	{
		case FLOAT4OID:
			return isfinite(DatumGetFloat4(datum));
		case FLOAT8OID:
			return isfinite(DatumGetFloat8(datum));
		case NUMERICOID:
			return !numeric_is_nan(DatumGetNumeric(datum)) &&
				!numeric_is_inf(DatumGetNumeric(datum));
		default:
			if (type == ANYARRAYOID || OidIsValid(get_element_type(type)))
				return is_finite_array(DatumGetArrayTypeP(datum));
			if (type_is_rowtype(type))
				return is_finite_composite(datum);
			return true;
	}
}

static bool
is_finite_array(ArrayType *array)
{
	Oid			element_type = ARR_ELEMTYPE(array);
	int16		length;
	bool		by_value;
	char		align;
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	int			i;

	get_typlenbyvalalign(element_type, &length, &by_value, &align);
	deconstruct_array(array, element_type, length, by_value, align,
					  &elements, &nulls, &count);
	for (i = 0; i < count; i++)
	{
		if (!nulls[i] && !is_finite(elements[i], element_type))
			return false;
	}
	return true;
}

static bool
is_finite_composite(Datum datum)
{
	HeapTupleHeader header = DatumGetHeapTupleHeader(datum);
	TupleDesc	descriptor = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header),
													HeapTupleHeaderGetTypMod(header));
	HeapTupleData tuple;
	bool		finite = true;
	int			i;

	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = header;

	for (i = 0; i < descriptor->natts && finite; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
		bool		isnull;
		Datum		field;

		if (attribute->attisdropped)
			continue;
		field = heap_getattr(&tuple, i + 1, descriptor, &isnull);
		finite = isnull || is_finite(field, attribute->atttypid);
	}
	ReleaseTupleDesc(descriptor);
	return finite;
}

/*
 * to_jsonb(datum), with floats by their shortest digits whatever
 * extra_float_digits says.
 *
 * to_jsonb asks the call expression for its argument's type, so it gets one.
 */
static Jsonb *
to_jsonb_of(Datum datum, Oid type)
{
	LOCAL_FCINFO(fcinfo, 1);
	FmgrInfo	flinfo;
	Expr	   *argument = (Expr *) makeNullConst(type, -1, InvalidOid);
	int			nest_level = NewGUCNestLevel();
	Datum		result;

	if (extra_float_digits < 1)
		(void) set_config_option("extra_float_digits", "1", PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);

	fmgr_info(F_TO_JSONB, &flinfo);
	fmgr_info_set_expr((Node *) makeFuncExpr(F_TO_JSONB, JSONBOID, list_make1(argument),
											 InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL),
					   &flinfo);
	InitFunctionCallInfoData(*fcinfo, &flinfo, 1, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = datum;
	fcinfo->args[0].isnull = false;
	result = FunctionCallInvoke(fcinfo);

	AtEOXact_GUC(true, nest_level);
	return DatumGetJsonbP(result);
}

static bool
refuse_number(Problem *problem)
{
	return feedback_problem_set(problem, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "value",
								"value is out of range",
								"Numbers go up to 1.7976931348623157e308 in magnitude; NaN and infinity are no values.",
								"If there is no value because something failed, give error_code instead.");
}
