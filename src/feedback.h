/*
 * feedback.h
 *		The settings of the extension.
 */
#ifndef FEEDBACK_H
#define FEEDBACK_H

/* Values of feedback.untyped_text */
typedef enum UntypedText
{
	UNTYPED_TEXT_WARN,
	UNTYPED_TEXT_ERROR,
	UNTYPED_TEXT_KEEP
} UntypedText;

extern char *feedback_project;
extern int	feedback_untyped_text;
extern int	feedback_search_lookups;

#endif							/* FEEDBACK_H */
