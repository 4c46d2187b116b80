CREATE FUNCTION feedback.assessment_id(text) RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_assessment_id'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback.assessment_id(text) IS
    'reads an assessment id as documents spell it (a- and 32 hexadecimal digits) or as a uuid; 22P02 otherwise';

