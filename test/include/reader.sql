-- The grants of a reader, as docs/operations.md has them, to the role that :reader names.
GRANT USAGE ON SCHEMA feedback, feedback_internal TO :"reader";
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal TO :"reader";
REVOKE EXECUTE ON FUNCTION feedback.rebuild_summaries FROM :"reader";
GRANT SELECT ON feedback.assessments,
                feedback.feedback, feedback.expectations, feedback.trace_summary, feedback.trace_feedback, feedback.recent_traces,
                feedback.ratings,
                feedback.source_summary, feedback.hourly_summary, feedback.daily_summary, feedback.overview,
                feedback.value_counts, feedback.value_distribution, feedback.numeric_summary, feedback.score_histogram,
                feedback.agreement,
                feedback.label_schemas,
                feedback.traces, feedback_internal.trace_stores,
                feedback.evaluation_runs, feedback_internal.known_runs,
                feedback_internal.counted_state, feedback_internal.counted_totals, feedback_internal.counted_days,
                feedback_internal.counted_cells, feedback_internal.counted_values, feedback_internal.counted_changes,
                feedback_internal.recent_trend
    TO :"reader";
