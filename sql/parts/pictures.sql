CREATE FUNCTION feedback.bar(share double precision, width integer DEFAULT 20) RETURNS text
    AS 'MODULE_PATHNAME', 'feedback_bar'
    LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback.bar(double precision, integer) IS
    'a bar that is width characters long for a share of 1; ASCII unless client and database use UTF-8';


CREATE FUNCTION feedback.sparkline(heights double precision[], places integer[] DEFAULT NULL, width integer DEFAULT NULL) RETURNS text
    AS 'MODULE_PATHNAME', 'feedback_sparkline'
    LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback.sparkline(double precision[], integer[], integer) IS
    'a character for each height, from the least to the greatest, at places from 1 to width if these are given; digits unless client and database use UTF-8';
