CREATE FUNCTION feedback.bar(share double precision, width integer DEFAULT 20) RETURNS text
    AS 'MODULE_PATHNAME', 'feedback_bar'
    LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback.bar(double precision, integer) IS
    'a bar that is width characters long for a share of 1; ASCII unless client and database use UTF-8';

