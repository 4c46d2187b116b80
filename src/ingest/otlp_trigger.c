/*
 * otlp_trigger.c
 *		A trigger that logs the evaluations of OTLP which arrives in a user's table.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"

#include "assessment/validate.h"
#include "base/quote.h"
#include "ingest/ingest_rows.h"
#include "ingest/otlp_split.h"

#define COLUMN_HINT		"The first argument of ingest_otel_evaluations is a column."
#define SETTINGS_HINT \
	"After the column come \"on_error => ...\", \"source_type => ...\", \"source_id => ...\", " \
	"\"trace_id_prefix => ...\" and \"project => ...\", each at most once."

/* What the trigger's arguments may say of all evaluations; the names as in log_otel_evaluations */
enum
{
	SETTING_ON_ERROR,
	SETTING_SOURCE_TYPE,
	SETTING_SOURCE_ID,
	SETTING_TRACE_ID_PREFIX,
	SETTING_PROJECT,
	SETTINGS
};

static const char *const setting_names[SETTINGS] = {
	"on_error", "source_type", "source_id", "trace_id_prefix", "project"
};

/* Where the evaluations of rows go */
typedef struct Evaluations
{
	OtlpCall	call;
	Column		otlp;
} Evaluations;

static void read_settings(const Trigger *trigger, const char **settings);
static void read_setting(const char *argument, const char **settings);
static OtlpCall make_call(const char **settings);
static void add_row_evaluations(TupleTableSlot *slot, void *arg);

PG_FUNCTION_INFO_V1(feedback_ingest_otel_evaluations);

/*
 * ingest_otel_evaluations('column' [, 'name => value' ...])
 *
 * The column has what log_otel_evaluations takes: a document of OTLP/JSON, or
 * one a line.  The settings are that function's other arguments, with its
 * defaults, but for on_error, which is park or raise.  A NULL brings nothing.
 */
Datum
feedback_ingest_otel_evaluations(PG_FUNCTION_ARGS)
{
	TriggerData *data = feedback_ingest_rows_trigger(fcinfo, "ingest_otel_evaluations");
	const char *settings[SETTINGS] = {"park", "LLM_JUDGE", "default", "tr-", NULL};
	Evaluations evaluations;
	OnError		on_error;
	Datum		result;

	read_settings(data->tg_trigger, settings);
	on_error = feedback_ingest_rows_on_error(settings[SETTING_ON_ERROR]);
	evaluations.otlp = feedback_ingest_rows_column(data->tg_relation, data->tg_trigger->tgargs[0], COLUMN_HINT);

	SPI_connect();
	evaluations.call = make_call(settings);
	feedback_ingest_rows_visit(data, add_row_evaluations, &evaluations);
	result = feedback_ingest_rows_log(data, evaluations.call.batch, on_error);
	SPI_finish();
	return result;
}

static void
read_settings(const Trigger *trigger, const char **settings)
{
	int			i;

	if (trigger->tgnargs < 1)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("ingest_otel_evaluations takes a column"),
				 errhint(SETTINGS_HINT)));
	for (i = 1; i < trigger->tgnargs; i++)
		read_setting(trigger->tgargs[i], settings);
}

/* Read an argument such as 'source_type => CODE'; 39P01 for any other. */
static void
read_setting(const char *argument, const char **settings)
{
	int			i;

	for (i = 0; i < SETTINGS; i++)
	{
		int			length = strlen(setting_names[i]);

		if (strncmp(argument, setting_names[i], length) != 0 || strncmp(argument + length, " => ", 4) != 0)
			continue;
		settings[i] = argument + length + 4;
		return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("invalid argument of ingest_otel_evaluations: %s", feedback_quote(argument, strlen(argument))),
			 errhint(SETTINGS_HINT)));
}

/* What the settings say of all evaluations */
static OtlpCall
make_call(const char **settings)
{
	const char *type = settings[SETTING_SOURCE_TYPE];
	const char *project = settings[SETTING_PROJECT];
	Assessment	source = {0};
	Problem		problem;

	if (!feedback_validate_source_type(type, strlen(type), "source_type", &source, &problem))
		feedback_problem_raise(&problem);
	source.source_id = cstring_to_text(settings[SETTING_SOURCE_ID]);
	return feedback_otlp_call_make(&source, cstring_to_text(settings[SETTING_TRACE_ID_PREFIX]),
								   project ? cstring_to_text(project) : NULL);
}

static void
add_row_evaluations(TupleTableSlot *slot, void *arg)
{
	Evaluations *evaluations = arg;
	text	   *otlp = feedback_ingest_rows_text(slot, evaluations->otlp);

	if (otlp != NULL)
		feedback_otlp_split_text(VARDATA_ANY(otlp), VARSIZE_ANY_EXHDR(otlp), &evaluations->call);
}
