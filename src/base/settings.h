/*
 * settings.h
 *		The settings of the extension.
 */
#ifndef FEEDBACK_SETTINGS_H
#define FEEDBACK_SETTINGS_H

/* Values of feedback.untyped_text */
typedef enum UntypedText
{
	UNTYPED_TEXT_WARN,
	UNTYPED_TEXT_ERROR,
	UNTYPED_TEXT_KEEP
} UntypedText;

extern char *feedback_setting_project;
extern int	feedback_setting_untyped_text;
extern int	feedback_setting_search_lookups;

extern void feedback_settings_define(void);

#endif							/* FEEDBACK_SETTINGS_H */
