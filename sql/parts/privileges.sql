-- Nothing is for PUBLIC, which functions and types start with.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal FROM PUBLIC;
REVOKE ALL ON TYPE feedback.assessment_kind, feedback.source_type, feedback.value_type FROM PUBLIC;

-- The extension is trusted, so all this belongs to the bootstrap superuser:
-- whoever installs it gets everything, and the right to pass it on.
GRANT ALL ON ALL TABLES IN SCHEMA feedback, feedback_internal TO @extowner@ WITH GRANT OPTION;
GRANT ALL ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal TO @extowner@ WITH GRANT OPTION;
GRANT ALL ON TYPE feedback.assessment_kind, feedback.source_type, feedback.value_type
    TO @extowner@ WITH GRANT OPTION;
GRANT USAGE ON SCHEMA feedback_internal TO @extowner@ WITH GRANT OPTION;
