-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION feedback" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

-- The schema may exist, but whatever somebody else put there might be taken
-- for the extension's own, with its privileges.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_depend
               WHERE refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
                 AND refobjid = 'feedback'::pg_catalog.regnamespace
                 AND deptype = 'n'
                 AND classid <> 'pg_catalog.pg_extension'::pg_catalog.regclass) THEN
        RAISE EXCEPTION 'schema "feedback" is not empty'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Move what is in it to another schema, or drop it.';
    END IF;
END
$$;


-- What only the extension itself calls, and the tables behind the views.
CREATE SCHEMA feedback_internal;
COMMENT ON SCHEMA feedback_internal IS
    'machine room of the extension feedback; nothing here is for users';
