-- What roles have been granted by grant_access, which policies and the rollups go by.
CREATE TABLE feedback_internal.access_grants (
    role regrole NOT NULL,
    level text NOT NULL,
    project text,
    granted_by text NOT NULL DEFAULT session_user,
    grant_time timestamptz NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT access_grants_key UNIQUE NULLS NOT DISTINCT (role, project),
    CONSTRAINT access_grants_level CHECK (level IN ('read', 'write', 'curate', 'admin'))
);
-- No column but the nullable project completes the key.
ALTER TABLE feedback_internal.access_grants REPLICA IDENTITY FULL;
SELECT pg_catalog.pg_extension_config_dump('feedback_internal.access_grants', '');
COMMENT ON TABLE feedback_internal.access_grants IS 'what grant_access has granted; the view feedback.access shows it';
COMMENT ON COLUMN feedback_internal.access_grants.role IS 'role that has been granted it; members of the role have it too';
COMMENT ON COLUMN feedback_internal.access_grants.level IS 'read, write, curate or admin; each includes those before it';
COMMENT ON COLUMN feedback_internal.access_grants.project IS 'project in which it has been granted; null: all';
COMMENT ON COLUMN feedback_internal.access_grants.granted_by IS 'role of the session that granted it';
COMMENT ON COLUMN feedback_internal.access_grants.grant_time IS 'when';

CREATE FUNCTION feedback_internal.access_grants_changed() RETURNS trigger
    AS 'MODULE_PATHNAME', 'feedback_access_grants_changed'
    LANGUAGE C SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.access_grants_changed() IS
    'makes every session read access_grants anew, and raises the policies that keep roles to their projects';
CREATE TRIGGER access_grants_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON feedback_internal.access_grants
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_internal.access_grants_changed();
ALTER TABLE feedback_internal.access_grants ENABLE ALWAYS TRIGGER access_grants_changed;
COMMENT ON TRIGGER access_grants_changed ON feedback_internal.access_grants IS 'makes a change count at once in every session, and has the policies stand after a restore';

CREATE FUNCTION feedback_internal.access_rank(level text) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN array_position(ARRAY['read', 'write', 'curate', 'admin'], level) - 1;
COMMENT ON FUNCTION feedback_internal.access_rank(text) IS 'place of a level of access, from 0 for read to 3 for admin';

CREATE FUNCTION feedback_internal.access_projects(level text) RETURNS text[]
    AS 'MODULE_PATHNAME', 'feedback_access_projects'
    LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.access_projects(text) IS
    'projects in which the current role may do what the level says; null for all, as where grant_access has granted it nothing';
