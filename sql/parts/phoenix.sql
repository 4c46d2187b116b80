-- The annotations of Arize Phoenix.  Times and numbers go through text, which these settings would change.

CREATE FUNCTION feedback.import_phoenix(
    schema_name name DEFAULT 'public',
    project text DEFAULT NULL,
    trace_id_prefix text DEFAULT ''
) RETURNS bigint
    AS 'MODULE_PATHNAME', 'feedback_import_phoenix'
    LANGUAGE C VOLATILE PARALLEL UNSAFE SET "TimeZone" = 'UTC' SET extra_float_digits = 1;
COMMENT ON FUNCTION feedback.import_phoenix(name, text, text) IS
    'copies the trace, span and session annotations of Arize Phoenix from the tables of a schema; adds those that are new, changes those that Phoenix has changed since, and keeps bad ones as rejected; returns how many it added';
