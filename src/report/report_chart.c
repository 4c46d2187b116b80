/*
 * report_chart.c
 *		A series by day, drawn in SVG.
 *
 * Above, a line of the daily means, which is interrupted where a day has none;
 * below, how many there were each day.  A series without numbers has these alone.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "report/report.h"

/* In the units of the drawing, which are about a pixel on a phone */
#define WIDTH		340
#define HEIGHT		132
#define LEFT		42
#define RIGHT		334
#define TOP			8
#define BOTTOM		86			/* of the line; the rest is for the counts */
#define STRIP_TOP	96
#define STRIP_BOTTOM	112
#define LABELS		127

/* Above as many days, points are no longer marked */
#define MAX_MARKED	62

typedef struct Axis
{
	double		low;
	double		high;
	double		step;
} Axis;

static void append_line(Report *report, const ReportSeries *series);
static void append_counts(Report *report, const ReportSeries *series, double top, double bottom);
static void append_days(Report *report);
static void append_tick(StringInfo page, const ReportSeries *series, double y, double value);
static void append_title(Report *report, const ReportSeries *series);
static Axis axis_of(const ReportSeries *series);
static double nice_step(double step);
static double x_of(const Report *report, DateADT day);
static double y_of(const Axis *axis, double value);
static double share_of(double value, double low, double high);

/* Append the drawing of a series. */
void
feedback_report_chart(Report *report, const ReportSeries *series)
{
	StringInfo	page = &report->page;

	appendStringInfo(page, "<svg viewBox=\"0 0 %d %d\" role=\"img\"><title>", WIDTH, HEIGHT);
	append_title(report, series);
	appendStringInfoString(page, "</title>\n");
	if (series->n_number > 0)
	{
		append_line(report, series);
		append_counts(report, series, STRIP_TOP, STRIP_BOTTOM);
	}
	else
		append_counts(report, series, TOP, STRIP_BOTTOM);
	append_days(report);
	appendStringInfoString(page, "</svg>\n");
}

/* Are the numbers of a series all booleans, so that its mean is a share? */
bool
feedback_report_is_share(const ReportSeries *series)
{
	return series->n_number > 0 && series->n_true + series->n_false == series->n_number;
}

/* Append a mean of a series: a share in percent, or a number. */
void
feedback_report_mean(StringInfo page, const ReportSeries *series, double mean)
{
	if (feedback_report_is_share(series))
		feedback_html_share(page, mean);
	else
		feedback_html_number(page, mean, 3);
}

static void
append_line(Report *report, const ReportSeries *series)
{
	StringInfo	page = &report->page;
	Axis		axis = axis_of(series);
	bool		drawn = false;
	double		tick;
	int			i;

	for (tick = axis.low; tick <= axis.high + axis.step / 1000; tick += axis.step)
		append_tick(page, series, y_of(&axis, tick), fabs(tick) < axis.step / 1000 ? 0 : tick);

	appendStringInfoString(page, "<path class=\"line\" d=\"");
	for (i = 0; i < series->days; i++)
	{
		bool		follows = drawn && series->day[i] == series->day[i - 1] + 1;

		drawn = !isnan(series->day_mean[i]);
		if (drawn)
			appendStringInfo(page, "%c%.1f %.1f", follows ? 'L' : 'M', x_of(report, series->day[i]),
							 y_of(&axis, series->day_mean[i]));
	}
	appendStringInfoString(page, "\"/>\n<g class=\"dot\">");
	for (i = 0; i < series->days; i++)
	{
		if (isnan(series->day_mean[i]))
			continue;
		if (report->last - report->first < MAX_MARKED ||
			((i == 0 || isnan(series->day_mean[i - 1]) || series->day[i - 1] + 1 < series->day[i]) &&
			 (i == series->days - 1 || isnan(series->day_mean[i + 1]) || series->day[i + 1] > series->day[i] + 1)))
			appendStringInfo(page, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"1.9\"/>", x_of(report, series->day[i]),
							 y_of(&axis, series->day_mean[i]));
	}
	appendStringInfoString(page, "</g>\n");
}

/* Append a bar for each day's count, and the highest count as a label. */
static void
append_counts(Report *report, const ReportSeries *series, double top, double bottom)
{
	StringInfo	page = &report->page;
	int64		most = 0;
	double		width = (double) (RIGHT - LEFT) / (report->last - report->first + 1);
	int			i;

	for (i = 0; i < series->days; i++)
		most = Max(most, series->day_n[i]);

	appendStringInfo(page, "<path class=\"bars%s\" stroke-width=\"%.2f\" d=\"", series->n_number > 0 ? "" : " alone",
					 Max(width * 0.7, 0.1));
	for (i = 0; i < series->days; i++)
		appendStringInfo(page, "M%.1f %.1fV%.1f", x_of(report, series->day[i]), bottom,
						 bottom - (bottom - top) * series->day_n[i] / most);
	appendStringInfo(page, "\"/>\n<path class=\"rule\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">",
					 LEFT, bottom + 0.5, RIGHT, LEFT - 6, series->n_number > 0 ? bottom - 3 : top + 6);
	if (series->n_number > 0)
		appendStringInfoString(page, "n&#xA0;");
	feedback_html_count(page, most);
	appendStringInfoString(page, "</text>\n");
	if (series->n_number == 0)
		appendStringInfo(page, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">0</text>\n", LEFT - 6, bottom + 3);
}

/* Append the dates of the first, a middle and the last day. */
static void
append_days(Report *report)
{
	StringInfo	page = &report->page;
	int			days = report->last - report->first;
	bool		year = days > 300;

	appendStringInfo(page, "<text x=\"%d\" y=\"%d\">", LEFT, LABELS);
	feedback_html_date(page, report->first, year);
	if (days >= 4)
	{
		appendStringInfo(page, "</text><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">",
						 x_of(report, report->first + days / 2), LABELS);
		feedback_html_date(page, report->first + days / 2, year);
	}
	if (days > 0)
	{
		appendStringInfo(page, "</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">", RIGHT, LABELS);
		feedback_html_date(page, report->last, year);
	}
	appendStringInfoString(page, "</text>\n");
}

static void
append_tick(StringInfo page, const ReportSeries *series, double y, double value)
{
	appendStringInfo(page, "<path class=\"rule\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">",
					 LEFT, y, RIGHT, LEFT - 6, y + 3);
	feedback_report_mean(page, series, value);
	appendStringInfoString(page, "</text>\n");
}

/* What the drawing shows, in words, for those who cannot see it */
static void
append_title(Report *report, const ReportSeries *series)
{
	StringInfo	page = &report->page;
	double		lowest = DBL_MAX;
	double		highest = -DBL_MAX;
	int			i;

	feedback_html_text(page, series->name, REPORT_NAME_LENGTH);
	appendStringInfo(page, " by %s, by day: ", series->source_type);
	feedback_html_count(page, series->n);
	appendStringInfo(page, " on %d day%s", series->days, series->days == 1 ? "" : "s");
	if (series->n_number == 0)
		return;
	for (i = 0; i < series->days; i++)
	{
		if (isnan(series->day_mean[i]))
			continue;
		lowest = Min(lowest, series->day_mean[i]);
		highest = Max(highest, series->day_mean[i]);
	}
	appendStringInfoString(page, feedback_report_is_share(series) ? ", share of true from " : ", mean from ");
	feedback_report_mean(page, series, lowest);
	appendStringInfoString(page, " to ");
	feedback_report_mean(page, series, highest);
}

/* The axis of the means: all of a share, the limits of a label schema, or round numbers. */
static Axis
axis_of(const ReportSeries *series)
{
	Axis		axis = {0, 1, 0.5};
	double		low = DBL_MAX;
	double		high = -DBL_MAX;
	int			i;

	if (feedback_report_is_share(series))
		return axis;
	for (i = 0; i < series->days; i++)
	{
		if (isnan(series->day_mean[i]))
			continue;
		low = Min(low, series->day_mean[i]);
		high = Max(high, series->day_mean[i]);
	}
	if (series->has_limits && series->min <= low && high <= series->max && series->min < series->max)
	{
		axis = (Axis)
		{
			series->min, series->max, series->max / 2 - series->min / 2
		};
		return axis;
	}
	if (high / 2 - low / 2 <= fabs(high) * 1e-9)
	{
		double		margin = fabs(high) > 0 ? fabs(high) / 2 : 1;

		low -= margin;
		high += margin;
	}
	axis.step = nice_step(high / 2.5 - low / 2.5);
	axis.low = Max(floor(low / axis.step) * axis.step, -DBL_MAX);
	axis.high = Min(ceil(high / axis.step) * axis.step, DBL_MAX);
	return axis;
}

/* The next of 1, 2 and 5 times a power of ten */
static double
nice_step(double step)
{
	double		power = pow(10, floor(log10(Max(step, DBL_MIN))));
	double		leading = step / power;

	return (leading <= 1 ? 1 : leading <= 2 ? 2 : leading <= 5 ? 5 : 10) * power;
}

static double
x_of(const Report *report, DateADT day)
{
	return LEFT + (RIGHT - LEFT) * (day - report->first + 0.5) / (report->last - report->first + 1);
}

static double
y_of(const Axis *axis, double value)
{
	return BOTTOM - (BOTTOM - TOP) * share_of(value, axis->low, axis->high);
}

/* Where between two numbers a third is; they may be farther apart than the greatest number */
static double
share_of(double value, double low, double high)
{
	return (value / 2 - low / 2) / (high / 2 - low / 2);
}
