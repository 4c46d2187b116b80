-- For tests: functions that say why something is refused, in psql's verbose form but without the place in the source,
-- and that leave nothing of it behind.

-- What a statement is refused with, in the order of psql's verbose form
CREATE FUNCTION pg_temp.refused(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    detail text;
    hint text;
    "column" text;
    "constraint" text;
BEGIN
    EXECUTE statement;
    RETURN NEXT 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT,
        "column" = COLUMN_NAME, "constraint" = CONSTRAINT_NAME;
    RETURN NEXT 'ERROR:  ' || SQLSTATE || ': ' || message;
    RETURN QUERY
        SELECT label || ':  ' || content
        FROM (VALUES ('DETAIL', detail), ('HINT', hint), ('COLUMN', "column"), ('CONSTRAINT', "constraint"))
            AS line (label, content)
        WHERE content <> '';
END $$;

-- The same for a document that is to be logged
CREATE FUNCTION pg_temp.refused_document(document text) RETURNS SETOF text
    RETURN pg_temp.refused(format('SELECT feedback.log_assessment(%L, %L)', 'tr', document));

-- And for a document that is right but for some more members, or others instead
CREATE FUNCTION pg_temp.refused_members(members text) RETURNS SETOF text
    RETURN pg_temp.refused_document('{"assessment_name": "n", "feedback": {"value": 1}, ' || members || '}');
