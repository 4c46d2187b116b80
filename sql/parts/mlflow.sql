-- MLflow's store in the same database: what is attached, what could not be taken, and the triggers.

CREATE TABLE feedback_internal.mlflow_stores (
    schema_name name NOT NULL,
    project_by text NOT NULL,
    push boolean NOT NULL,
    attach_time timestamptz NOT NULL DEFAULT clock_timestamp(),
    filled_upto text,
    filled bigint NOT NULL DEFAULT 0,
    fill_time timestamptz,

    CONSTRAINT mlflow_stores_pkey PRIMARY KEY (schema_name)
);
SELECT pg_catalog.pg_extension_config_dump('feedback_internal.mlflow_stores', '');
COMMENT ON TABLE feedback_internal.mlflow_stores IS
    'schemas with tables of MLflow that are attached';
COMMENT ON COLUMN feedback_internal.mlflow_stores.schema_name IS 'schema that MLflow''s tables are in';
COMMENT ON COLUMN feedback_internal.mlflow_stores.project_by IS 'what of an experiment is the project: its name or its id';
COMMENT ON COLUMN feedback_internal.mlflow_stores.push IS 'whether what the extension logs is written to MLflow''s table too';
COMMENT ON COLUMN feedback_internal.mlflow_stores.attach_time IS 'when it was attached';
COMMENT ON COLUMN feedback_internal.mlflow_stores.filled_upto IS 'last assessment_id of MLflow''s that was taken over when it was attached; null before the first';
COMMENT ON COLUMN feedback_internal.mlflow_stores.filled IS 'how many have been taken over';
COMMENT ON COLUMN feedback_internal.mlflow_stores.fill_time IS 'when all had been taken over; null while that is to be done or goes on';

-- MLflow takes any text of up to 50 characters for an id
CREATE TABLE feedback_internal.mlflow_ids (
    trace_id text NOT NULL,
    assessment_id uuid NOT NULL,
    mlflow_id text NOT NULL,

    CONSTRAINT mlflow_ids_pkey PRIMARY KEY (trace_id, assessment_id)
);
SELECT pg_catalog.pg_extension_config_dump('feedback_internal.mlflow_ids', '');
COMMENT ON TABLE feedback_internal.mlflow_ids IS
    'ids of MLflow''s that are not "a-" and 32 hexadecimal digits, and the ids that were derived from them';
COMMENT ON COLUMN feedback_internal.mlflow_ids.trace_id IS 'trace that is assessed';
COMMENT ON COLUMN feedback_internal.mlflow_ids.assessment_id IS 'id in feedback.assessments';
COMMENT ON COLUMN feedback_internal.mlflow_ids.mlflow_id IS 'id in MLflow''s table';

CREATE TABLE feedback.mlflow_notes (
    schema_name name NOT NULL,
    direction text NOT NULL,
    assessment_id text NOT NULL,
    trace_id text NOT NULL,
    outcome text NOT NULL,
    sqlstate text,
    message text NOT NULL,
    detail text,
    attempts integer NOT NULL DEFAULT 1,
    create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_attempt_time timestamptz NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT mlflow_notes_pkey PRIMARY KEY (trace_id, assessment_id, direction, schema_name)
);
SELECT pg_catalog.pg_extension_config_dump('feedback.mlflow_notes', '');
COMMENT ON TABLE feedback.mlflow_notes IS
    'assessments that MLflow''s table and feedback.assessments have differently, or only one of them, and why';
COMMENT ON COLUMN feedback.mlflow_notes.schema_name IS 'schema that MLflow''s tables are in';
COMMENT ON COLUMN feedback.mlflow_notes.direction IS 'from MLflow or to MLflow';
COMMENT ON COLUMN feedback.mlflow_notes.assessment_id IS 'id in MLflow''s table';
COMMENT ON COLUMN feedback.mlflow_notes.trace_id IS 'trace that is assessed';
COMMENT ON COLUMN feedback.mlflow_notes.outcome IS 'rejected: the other side does not have it; changed: it has it otherwise';
COMMENT ON COLUMN feedback.mlflow_notes.sqlstate IS 'code of the latest refusal; null for what was changed';
COMMENT ON COLUMN feedback.mlflow_notes.message IS 'why, without values of the assessment';
COMMENT ON COLUMN feedback.mlflow_notes.detail IS 'what is wrong, or null';
COMMENT ON COLUMN feedback.mlflow_notes.attempts IS 'how often it was tried';
COMMENT ON COLUMN feedback.mlflow_notes.create_time IS 'when it was first tried';
COMMENT ON COLUMN feedback.mlflow_notes.last_attempt_time IS 'when it was last tried';

CREATE VIEW feedback.mlflow_rejected WITH (security_invoker = true) AS
SELECT n.schema_name, n.direction, n.assessment_id, n.trace_id, n.sqlstate, n.message, n.detail, n.attempts,
       n.create_time, n.last_attempt_time
FROM feedback.mlflow_notes n
WHERE n.outcome = 'rejected';
COMMENT ON VIEW feedback.mlflow_rejected IS
    'assessments that one side has and the other could not take, with the reason';
COMMENT ON COLUMN feedback.mlflow_rejected.schema_name IS 'schema that MLflow''s tables are in';
COMMENT ON COLUMN feedback.mlflow_rejected.direction IS 'from MLflow or to MLflow';
COMMENT ON COLUMN feedback.mlflow_rejected.assessment_id IS 'id in MLflow''s table';
COMMENT ON COLUMN feedback.mlflow_rejected.trace_id IS 'trace that is assessed';
COMMENT ON COLUMN feedback.mlflow_rejected.sqlstate IS 'code of the latest refusal';
COMMENT ON COLUMN feedback.mlflow_rejected.message IS 'why, without values of the assessment';
COMMENT ON COLUMN feedback.mlflow_rejected.detail IS 'what is wrong, or null';
COMMENT ON COLUMN feedback.mlflow_rejected.attempts IS 'how often it was tried';
COMMENT ON COLUMN feedback.mlflow_rejected.create_time IS 'when it was first tried';
COMMENT ON COLUMN feedback.mlflow_rejected.last_attempt_time IS 'when it was last tried';

-- Triggers on MLflow's tables.  With their owner's rights, so that MLflow's role needs none here.
-- Waiting for each other's rows is found to be a deadlock at once: one side then gives way, and the
-- other, which comes later, settles what it left.

CREATE FUNCTION feedback_internal.mirror_mlflow() RETURNS trigger
    AS 'MODULE_PATHNAME', 'feedback_mlflow_mirror'
    LANGUAGE C SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET deadlock_timeout = '20ms';
COMMENT ON FUNCTION feedback_internal.mirror_mlflow() IS
    'brings what MLflow writes to its table assessments into feedback.assessments; never fails';

CREATE FUNCTION feedback_internal.mlflow_trace_arrived() RETURNS trigger
    AS 'MODULE_PATHNAME', 'feedback_mlflow_trace_arrived'
    LANGUAGE C SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET deadlock_timeout = '20ms';
COMMENT ON FUNCTION feedback_internal.mlflow_trace_arrived() IS
    'writes the assessments that came before their trace to MLflow''s table; never fails';

-- And on feedback.assessments, at commit, once a store with push is attached.  It gives way before
-- a statement of MLflow's that it waits for, and that waits for it, is found to be in a deadlock.
CREATE FUNCTION feedback_internal.push_mlflow() RETURNS trigger
    AS 'MODULE_PATHNAME', 'feedback_mlflow_push'
    LANGUAGE C SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET deadlock_timeout = '20ms' SET lock_timeout = '300ms';
COMMENT ON FUNCTION feedback_internal.push_mlflow() IS
    'writes what the extension logs on a trace that MLflow has to MLflow''s table; never fails';

CREATE FUNCTION feedback_internal.mirrors_mlflow() RETURNS boolean
    AS 'MODULE_PATHNAME', 'feedback_mlflow_is_mirroring'
    LANGUAGE C VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION feedback_internal.mirrors_mlflow() IS
    'whether a row is being written that comes from MLflow, and so is not to be written back';

-- The parts of attach_mlflow that need the owner's rights
CREATE FUNCTION feedback_internal.register_mlflow(schema_name name, push boolean, project_by text) RETURNS void
    AS 'MODULE_PATHNAME', 'feedback_mlflow_register'
    LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.register_mlflow(name, boolean, text) IS 'part of attach_mlflow';

CREATE FUNCTION feedback_internal.fill_mlflow(schema_name name, batch_size integer) RETURNS integer
    AS 'MODULE_PATHNAME', 'feedback_mlflow_fill'
    LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.fill_mlflow(name, integer) IS
    'part of attach_mlflow: takes over the next rows of MLflow''s; how many were looked at';

CREATE FUNCTION feedback_internal.unregister_mlflow(schema_name name) RETURNS void
    AS 'MODULE_PATHNAME', 'feedback_mlflow_unregister'
    LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.unregister_mlflow(name) IS 'part of detach_mlflow';

CREATE PROCEDURE feedback.attach_mlflow(schema_name name DEFAULT 'public', push boolean DEFAULT false,
                                        project_by text DEFAULT 'name', batch_size integer DEFAULT 10000)
    AS 'MODULE_PATHNAME', 'feedback_mlflow_attach'
    LANGUAGE C;
COMMENT ON PROCEDURE feedback.attach_mlflow(name, boolean, text, integer) IS
    'mirrors MLflow''s assessments of that schema from now on, and takes over what is there in batches that commit; with push, the other way too';

CREATE FUNCTION feedback.detach_mlflow(schema_name name DEFAULT 'public') RETURNS void
    AS 'MODULE_PATHNAME', 'feedback_mlflow_detach'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.detach_mlflow(name) IS
    'ends the mirror and leaves no trace of it on MLflow''s tables; what was mirrored stays';

CREATE FUNCTION feedback.sync_mlflow(schema_name name DEFAULT 'public') RETURNS TABLE (direction text, n bigint)
    AS 'MODULE_PATHNAME', 'feedback_mlflow_sync'
    LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback.sync_mlflow(name) IS
    'compares both tables and mends what went past the mirror; how many assessments were taken from MLflow, and given to it';

CREATE FUNCTION feedback_internal.mlflow_version(schema_name name) RETURNS text
    AS 'MODULE_PATHNAME', 'feedback_mlflow_version'
    LANGUAGE C STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.mlflow_version(name) IS
    'revision of MLflow''s tables as its migrations note it (alembic_version); null if there is none';

CREATE VIEW feedback.mlflow_status WITH (security_invoker = true) AS
SELECT s.schema_name,
       s.project_by,
       s.push,
       (SELECT count(*) FILTER (WHERE t.tgname = 'feedback_mirror' AND c.relname = 'assessments') = 1
               AND (NOT s.push OR count(*) FILTER (WHERE t.tgname = 'feedback_mirror_trace' AND c.relname = 'trace_info') = 1)
        FROM pg_catalog.pg_trigger t
        JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = s.schema_name AND t.tgenabled IN ('O', 'A'))
       AND (NOT s.push OR EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = 'feedback.assessments'::regclass
                                  AND t.tgname = 'assessments_mlflow' AND t.tgenabled IN ('O', 'A'))) AS mirrors,
       feedback_internal.mlflow_version(s.schema_name) AS mlflow_revision,
       s.attach_time,
       s.filled,
       s.fill_time,
       (SELECT count(*) FROM feedback.mlflow_notes n WHERE n.schema_name = s.schema_name AND n.outcome = 'rejected') AS n_rejected,
       (SELECT count(*) FROM feedback.mlflow_notes n WHERE n.schema_name = s.schema_name AND n.outcome = 'changed') AS n_changed
FROM feedback_internal.mlflow_stores s;
COMMENT ON VIEW feedback.mlflow_status IS
    'MLflow''s stores that are attached, and how they stand';
COMMENT ON COLUMN feedback.mlflow_status.schema_name IS 'schema that MLflow''s tables are in';
COMMENT ON COLUMN feedback.mlflow_status.project_by IS 'what of an experiment is the project: its name or its id';
COMMENT ON COLUMN feedback.mlflow_status.push IS 'whether what the extension logs is written to MLflow''s table too';
COMMENT ON COLUMN feedback.mlflow_status.mirrors IS 'whether the triggers are there and fire; if not, attach again';
COMMENT ON COLUMN feedback.mlflow_status.mlflow_revision IS 'revision of MLflow''s tables';
COMMENT ON COLUMN feedback.mlflow_status.attach_time IS 'when it was attached';
COMMENT ON COLUMN feedback.mlflow_status.filled IS 'how many assessments have been taken over since';
COMMENT ON COLUMN feedback.mlflow_status.fill_time IS 'when all had been taken over; null: attach again to go on';
COMMENT ON COLUMN feedback.mlflow_status.n_rejected IS 'how many assessments one side could not take';
COMMENT ON COLUMN feedback.mlflow_status.n_changed IS 'how many it took otherwise';
