-- Few groups come of many rows, and the planner takes them for more than they are: so they are
-- hashed rather than sorted, in memory where that will do.  The rows of a period lie together,
-- so the index on create_time finds them faster than reading all does, also where they are many.
CREATE FUNCTION feedback.report_html(project text DEFAULT NULL, since timestamptz DEFAULT NULL) RETURNS text
    AS 'MODULE_PATHNAME', 'feedback_report_html'
    LANGUAGE C STABLE PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp SET jit = off
    SET enable_seqscan = off SET enable_sort = off SET hash_mem_multiplier = 16;
COMMENT ON FUNCTION feedback.report_html(text, timestamptz) IS
    'feedback of a project, or of all, from the day of since on (the last 30 days if null) as one page of HTML, which is ASCII and needs nothing else';
