CREATE FUNCTION feedback.import_phoenix(schema_name name DEFAULT 'public', project text DEFAULT NULL, trace_id_prefix text DEFAULT '')
    RETURNS TABLE (kind text, n bigint, n_rejected bigint)
    AS 'MODULE_PATHNAME', 'feedback_import_phoenix'
    LANGUAGE C VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback.import_phoenix(name, text, text) IS
    'copies the annotations of spans, traces and sessions from Phoenix''s tables in that schema, each once, and again where it has changed; how many of each kind there are, and how many were rejected';
