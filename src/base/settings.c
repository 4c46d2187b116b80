/*
 * settings.c
 *		The settings of the extension.
 */
#include "postgres.h"

#include "utils/guc.h"

#include "base/settings.h"

char	   *feedback_setting_project = NULL;
int			feedback_setting_untyped_text = UNTYPED_TEXT_WARN;
int			feedback_setting_search_lookups = 5000;

static const struct config_enum_entry untyped_text_options[] = {
	{"warn", UNTYPED_TEXT_WARN, false},
	{"error", UNTYPED_TEXT_ERROR, false},
	{"keep", UNTYPED_TEXT_KEEP, false},
	{NULL, 0, false}
};

/* Define the settings. */
void
feedback_settings_define(void)
{
	/*
	 * No check hook: the setting may be made before the library is loaded, as
	 * by ALTER ROLE, and so is checked where it is used.
	 */
	DefineCustomStringVariable("feedback.project",
							   "Sets the project of assessments that are logged without one.",
							   "1 to 250 characters. When empty, the project is \"default\".",
							   &feedback_setting_project,
							   "",
							   PGC_USERSET,
							   0,
							   NULL, NULL, NULL);

	DefineCustomEnumVariable("feedback.untyped_text",
							 "Sets what happens to a text value that reads as JSON.",
							 "Drivers send values without a type, which makes them text. "
							 "\"warn\" stores the text with a warning, \"error\" refuses it, "
							 "\"keep\" stores it silently.",
							 &feedback_setting_untyped_text,
							 UNTYPED_TEXT_WARN,
							 untyped_text_options,
							 PGC_USERSET,
							 0,
							 NULL, NULL, NULL);

	DefineCustomIntVariable("feedback.search_lookups",
							"Sets the number of assessments up to which search_traces looks up their traces.",
							"Where none that the filter asks for has so few, rows are read newest first until there are enough. "
							"Up to 1,000,000; 0 always reads newest first.",
							&feedback_setting_search_lookups,
							5000, 0, 1000000,
							PGC_USERSET,
							0,
							NULL, NULL, NULL);

	MarkGUCPrefixReserved("feedback");
}
