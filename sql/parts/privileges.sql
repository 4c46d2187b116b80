-- Nothing is for PUBLIC, which functions and types start with.
REVOKE ALL ON ALL ROUTINES IN SCHEMA feedback, feedback_internal FROM PUBLIC;
REVOKE ALL ON TYPE feedback.assessment_kind, feedback.source_type, feedback.value_type FROM PUBLIC;

-- The extension is trusted, so all this belongs to the bootstrap superuser:
-- whoever installs it gets everything, and the right to pass it on.  The role is
-- looked up, since the script's own word for it is refused for names such as host$.
DO $$
DECLARE
    owner pg_catalog.regrole := (SELECT extowner FROM pg_catalog.pg_extension WHERE extname OPERATOR(pg_catalog.=) 'feedback');
BEGIN
    EXECUTE pg_catalog.format('GRANT ALL ON ALL TABLES IN SCHEMA feedback, feedback_internal TO %s WITH GRANT OPTION', owner);
    EXECUTE pg_catalog.format('GRANT ALL ON ALL ROUTINES IN SCHEMA feedback, feedback_internal TO %s WITH GRANT OPTION', owner);
    EXECUTE pg_catalog.format('GRANT ALL ON TYPE feedback.assessment_kind, feedback.source_type, feedback.value_type '
                              'TO %s WITH GRANT OPTION', owner);
    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA feedback_internal TO %s WITH GRANT OPTION', owner);
END
$$;
