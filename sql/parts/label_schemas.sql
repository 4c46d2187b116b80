CREATE TABLE feedback.label_schemas (
    name text NOT NULL,
    value_type feedback.value_type NOT NULL,
    kind feedback.assessment_kind NOT NULL DEFAULT 'feedback',
    project text,
    true_label text,
    false_label text,
    min numeric,
    max numeric,
    whole_numbers boolean NOT NULL DEFAULT false,
    categories text[],
    multiple boolean NOT NULL DEFAULT false,
    max_length integer,
    json_form text,
    element_type feedback.value_type,
    null_allowed boolean NOT NULL DEFAULT false,
    rationale_required boolean NOT NULL DEFAULT false,
    higher_is_better boolean,
    instruction text,
    enforcement text NOT NULL DEFAULT 'enforce',

    CONSTRAINT label_schemas_key UNIQUE NULLS NOT DISTINCT (name, kind, project)
);
-- No column but the nullable project completes the key.
ALTER TABLE feedback.label_schemas REPLICA IDENTITY FULL;
SELECT pg_catalog.pg_extension_config_dump('feedback.label_schemas', '');

COMMENT ON TABLE feedback.label_schemas IS
    'what values the assessments of a name may have; every function that logs checks them';
COMMENT ON COLUMN feedback.label_schemas.name IS
    'name of the assessments, 1 to 250 characters';
COMMENT ON COLUMN feedback.label_schemas.value_type IS
    'type of the values; text with categories is categorical';
COMMENT ON COLUMN feedback.label_schemas.kind IS
    'feedback or expectation';
COMMENT ON COLUMN feedback.label_schemas.project IS
    'project of the assessments; null: every project that has no schema of its own for the name';
COMMENT ON COLUMN feedback.label_schemas.true_label IS
    'what a reviewer reads for true, such as pass, up to 64 characters; boolean only';
COMMENT ON COLUMN feedback.label_schemas.false_label IS
    'what a reviewer reads for false; both labels are given or none';
COMMENT ON COLUMN feedback.label_schemas.min IS
    'smallest number allowed, or null; also of the numbers in json';
COMMENT ON COLUMN feedback.label_schemas.max IS
    'largest number allowed, or null';
COMMENT ON COLUMN feedback.label_schemas.whole_numbers IS
    'numbers are whole ones; 4.0 is';
COMMENT ON COLUMN feedback.label_schemas.categories IS
    '1 to 250 texts of up to 250 characters, one of which a text is; letter case counts';
COMMENT ON COLUMN feedback.label_schemas.multiple IS
    'the value is a list of categories, without repeats, instead of one';
COMMENT ON COLUMN feedback.label_schemas.max_length IS
    'length of a free text in characters, or null for any';
COMMENT ON COLUMN feedback.label_schemas.json_form IS
    'list or object, or null for either; json only';
COMMENT ON COLUMN feedback.label_schemas.element_type IS
    'type of every element of a list or member of an object, or null for any; json only';
COMMENT ON COLUMN feedback.label_schemas.null_allowed IS
    'the explicit null (not applicable) is allowed';
COMMENT ON COLUMN feedback.label_schemas.rationale_required IS
    'a value comes with a rationale that is not blank';
COMMENT ON COLUMN feedback.label_schemas.higher_is_better IS
    'true if more, or true, is better; false if worse; null if neither';
COMMENT ON COLUMN feedback.label_schemas.instruction IS
    'what a reviewer is asked, up to 1000 characters';
COMMENT ON COLUMN feedback.label_schemas.enforcement IS
    'enforce: other values are refused; warn: stored with a WARNING; off: not checked';

CREATE FUNCTION feedback_internal.check_label_schema() RETURNS trigger
    AS 'MODULE_PATHNAME', 'feedback_check_label_schema'
    LANGUAGE C;
COMMENT ON FUNCTION feedback_internal.check_label_schema() IS
    'trigger that checks the definition of a label schema, also against direct SQL';

CREATE FUNCTION feedback_internal.label_schemas_changed() RETURNS trigger
    AS 'MODULE_PATHNAME', 'feedback_label_schemas_changed'
    LANGUAGE C;
COMMENT ON FUNCTION feedback_internal.label_schemas_changed() IS
    'trigger that tells every session that label schemas have changed';

CREATE TRIGGER label_schemas_check
    BEFORE INSERT OR UPDATE ON feedback.label_schemas
    FOR EACH ROW EXECUTE FUNCTION feedback_internal.check_label_schema();
ALTER TABLE feedback.label_schemas ENABLE ALWAYS TRIGGER label_schemas_check;
COMMENT ON TRIGGER label_schemas_check ON feedback.label_schemas IS
    'checks a definition';

CREATE TRIGGER label_schemas_changed
    AFTER INSERT OR UPDATE OR DELETE ON feedback.label_schemas
    FOR EACH ROW EXECUTE FUNCTION feedback_internal.label_schemas_changed();
ALTER TABLE feedback.label_schemas ENABLE ALWAYS TRIGGER label_schemas_changed;
COMMENT ON TRIGGER label_schemas_changed ON feedback.label_schemas IS
    'tells every session of a change';

CREATE TRIGGER label_schemas_truncated
    AFTER TRUNCATE ON feedback.label_schemas
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_internal.label_schemas_changed();
ALTER TABLE feedback.label_schemas ENABLE ALWAYS TRIGGER label_schemas_truncated;
COMMENT ON TRIGGER label_schemas_truncated ON feedback.label_schemas IS
    'tells every session of a change';

CREATE FUNCTION feedback.create_label_schema(
    name text,
    value_type text,
    kind text DEFAULT 'feedback',
    project text DEFAULT NULL,
    true_label text DEFAULT NULL,
    false_label text DEFAULT NULL,
    min numeric DEFAULT NULL,
    max numeric DEFAULT NULL,
    whole_numbers boolean DEFAULT false,
    categories text[] DEFAULT NULL,
    multiple boolean DEFAULT false,
    max_length integer DEFAULT NULL,
    json_form text DEFAULT NULL,
    element_type text DEFAULT NULL,
    null_allowed boolean DEFAULT false,
    rationale_required boolean DEFAULT false,
    higher_is_better boolean DEFAULT NULL,
    instruction text DEFAULT NULL,
    enforcement text DEFAULT 'enforce'
) RETURNS feedback.label_schemas
    AS 'MODULE_PATHNAME', 'feedback_create_label_schema'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.create_label_schema(text, text, text, text, text, text, numeric, numeric, boolean, text[], boolean, integer, text, text, boolean, boolean, boolean, text, text) IS
    'says what values the assessments of a name may have; the arguments are the columns of label_schemas';

CREATE FUNCTION feedback.label_schema_from_json_schema(
    name text,
    json_schema jsonb,
    kind text DEFAULT 'feedback',
    project text DEFAULT NULL,
    rationale_required boolean DEFAULT false,
    higher_is_better boolean DEFAULT NULL,
    instruction text DEFAULT NULL,
    enforcement text DEFAULT 'enforce'
) RETURNS feedback.label_schemas
    AS 'MODULE_PATHNAME', 'feedback_label_schema_from_json_schema'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.label_schema_from_json_schema(text, jsonb, text, text, boolean, boolean, text, text) IS
    'creates a label schema from the JSON Schema of a value, such as a judge''s feedback_value_type in MLflow';

CREATE FUNCTION feedback.alter_label_schema(
    name text,
    value_type text DEFAULT NULL,
    kind text DEFAULT 'feedback',
    project text DEFAULT NULL,
    true_label text DEFAULT NULL,
    false_label text DEFAULT NULL,
    min numeric DEFAULT NULL,
    max numeric DEFAULT NULL,
    whole_numbers boolean DEFAULT NULL,
    categories text[] DEFAULT NULL,
    multiple boolean DEFAULT NULL,
    max_length integer DEFAULT NULL,
    json_form text DEFAULT NULL,
    element_type text DEFAULT NULL,
    null_allowed boolean DEFAULT NULL,
    rationale_required boolean DEFAULT NULL,
    higher_is_better boolean DEFAULT NULL,
    instruction text DEFAULT NULL,
    enforcement text DEFAULT NULL,
    reset text[] DEFAULT '{}'
) RETURNS feedback.label_schemas
    AS 'MODULE_PATHNAME', 'feedback_alter_label_schema'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.alter_label_schema(text, text, text, text, text, text, numeric, numeric, boolean, text[], boolean, integer, text, text, boolean, boolean, boolean, text, text, text[]) IS
    'changes what is given of the label schema of a name, kind and project, and sets the columns that reset lists to null or their default';

CREATE FUNCTION feedback.drop_label_schema(
    name text,
    kind text DEFAULT 'feedback',
    project text DEFAULT NULL
) RETURNS void
    AS 'MODULE_PATHNAME', 'feedback_drop_label_schema'
    LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.drop_label_schema(text, text, text) IS
    'removes the label schema of a name, kind and project; assessments stay';

CREATE FUNCTION feedback.label_schema_violations(
    name text,
    kind text DEFAULT 'feedback',
    project text DEFAULT NULL
) RETURNS TABLE (
    project text,
    trace_id text,
    assessment_id uuid,
    value jsonb,
    valid boolean,
    create_time timestamptz,
    message text,
    detail text,
    hint text
)
    AS 'MODULE_PATHNAME', 'feedback_label_schema_violations'
    LANGUAGE C STABLE PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback.label_schema_violations(text, text, text) IS
    'stored assessments of a name, of one project or all, that their label schema would refuse, whatever its enforcement';
