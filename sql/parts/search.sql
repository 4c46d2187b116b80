
-- Newest first: of all, of a name and value, of errors.  The value's index
-- has rows of each type and, with nulls alone, those that are lists, objects, nulls or
-- only errors, so that it has each name's in one place too.
CREATE INDEX assessments_create_time_idx ON feedback.assessments (create_time);
CREATE INDEX assessments_value_idx ON feedback.assessments (name, boolean_value, numeric_value, "left"(text_value, 60), create_time);
CREATE INDEX assessments_error_idx ON feedback.assessments (create_time) WHERE error_code IS NOT NULL;

CREATE FUNCTION feedback.search_traces(filter text DEFAULT NULL, project text DEFAULT NULL, max_results integer DEFAULT 100,
                                       order_by text DEFAULT NULL)
    RETURNS TABLE (project text, trace_id text, matched_time timestamptz, feedback jsonb, expectations jsonb,
                   n bigint, n_error bigint, first_time timestamptz, last_time timestamptz)
    AS 'MODULE_PATHNAME', 'feedback_search_traces'
    LANGUAGE C STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback.search_traces(text, text, integer, text) IS
    'traces that meet a filter such as feedback.user_satisfaction = ''false'' AND feedback.rating >= 4; newest match first, or by order_by';
