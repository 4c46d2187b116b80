-- Which transaction inserted a row.  It is declared IMMUTABLE although it is not,
-- because nothing else may generate a column; the argument keeps the planner from
-- taking it for a constant.  A generated column and not a default or a trigger:
-- nobody can set it, COPY and logical replication go through it, no dump holds it.
CREATE FUNCTION feedback_internal.row_xid(assessment_id uuid) RETURNS xid8
    AS 'MODULE_PATHNAME', 'feedback_row_xid'
    LANGUAGE C IMMUTABLE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION feedback_internal.row_xid(uuid) IS
    'id of the current transaction, which it assigns; for feedback.assessments.logged_xid only';

-- Defaults for rows that are not logged through the functions: an ORM's, a plain INSERT's.
CREATE FUNCTION feedback_internal.default_assessment_id() RETURNS uuid
    AS 'MODULE_PATHNAME', 'feedback_default_assessment_id'
    LANGUAGE C VOLATILE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.default_assessment_id() IS
    'a new id, UUID version 7; default of feedback.assessments.assessment_id';
CREATE FUNCTION feedback_internal.default_create_time() RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'feedback_default_create_time'
    LANGUAGE C VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION feedback_internal.default_create_time() IS
    'the clock; default of feedback.assessments.create_time';
CREATE FUNCTION feedback_internal.default_last_update_time() RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'feedback_default_last_update_time'
    LANGUAGE C VOLATILE PARALLEL RESTRICTED;
COMMENT ON FUNCTION feedback_internal.default_last_update_time() IS
    'the clock, or the create_time that was the default of the same row; default of feedback.assessments.last_update_time';

CREATE TABLE feedback.assessments (
    project text NOT NULL DEFAULT coalesce(nullif(current_setting('feedback.project', true), ''), 'default'),
    trace_id text NOT NULL,
    assessment_id uuid NOT NULL DEFAULT feedback_internal.default_assessment_id(),
    kind feedback.assessment_kind NOT NULL,
    name text NOT NULL,
    boolean_value boolean,
    numeric_value numeric,
    text_value text,
    json_value jsonb,
    source_type feedback.source_type NOT NULL,
    source_id text,
    rationale text,
    metadata jsonb,
    span_id text,
    error_code text,
    error_message text,
    stack_trace text,
    overrides uuid,
    valid boolean NOT NULL DEFAULT true,
    create_time timestamptz NOT NULL DEFAULT feedback_internal.default_create_time(),
    last_update_time timestamptz NOT NULL DEFAULT feedback_internal.default_last_update_time(),
    logged_by text NOT NULL DEFAULT session_user,
    logged_xid xid8 GENERATED ALWAYS AS (feedback_internal.row_xid(assessment_id)) STORED,

    -- finds a trace's assessments too, so trace_id comes first
    CONSTRAINT assessments_pkey PRIMARY KEY (trace_id, assessment_id),

    -- deferrable, because a dump made with --inserts may bring an overriding
    -- row before the one that it overrides
    CONSTRAINT assessments_overrides_fkey
        FOREIGN KEY (trace_id, overrides) REFERENCES feedback.assessments (trace_id, assessment_id)
        ON DELETE SET NULL (overrides) DEFERRABLE
);
SELECT pg_catalog.pg_extension_config_dump('feedback.assessments', '');

-- at most one assessment overrides another
CREATE UNIQUE INDEX assessments_overrides_key ON feedback.assessments (trace_id, overrides)
    WHERE overrides IS NOT NULL;

-- The rules about a row, each with a name of its own (assessments_<column>_<rule>).
-- Also for rows that logical replication applies, hence ALWAYS.
CREATE FUNCTION feedback_internal.check_assessment() RETURNS trigger
    AS 'MODULE_PATHNAME', 'feedback_check_assessment'
    LANGUAGE C;
COMMENT ON FUNCTION feedback_internal.check_assessment() IS
    'refuses rows of feedback.assessments that break a rule; 23514';

CREATE CONSTRAINT TRIGGER assessments_check AFTER INSERT OR UPDATE ON feedback.assessments
    FOR EACH ROW EXECUTE FUNCTION feedback_internal.check_assessment();
ALTER TABLE feedback.assessments ENABLE ALWAYS TRIGGER assessments_check;
COMMENT ON TRIGGER assessments_check ON feedback.assessments IS
    'holds the shape of a row, also against direct SQL';

-- Validity follows from the overrides, whoever writes.  For rows that override, or
-- did, alone; whoever may write them need not have the right to write the others.
-- The name comes before that of the foreign key's own trigger, which takes the link
-- away from what overrode a deleted row.
CREATE FUNCTION feedback_internal.follow_overrides() RETURNS trigger
    AS 'MODULE_PATHNAME', 'feedback_follow_overrides'
    LANGUAGE C SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.follow_overrides() IS
    'keeps feedback.assessments.valid by the overrides, and mends the chain that a deleted row was in';
CREATE TRIGGER "ASSESSMENTS_inserted" AFTER INSERT ON feedback.assessments
    FOR EACH ROW WHEN (NEW.overrides IS NOT NULL) EXECUTE FUNCTION feedback_internal.follow_overrides();
CREATE TRIGGER "ASSESSMENTS_updated" AFTER UPDATE ON feedback.assessments
    FOR EACH ROW WHEN (OLD.overrides IS DISTINCT FROM NEW.overrides) EXECUTE FUNCTION feedback_internal.follow_overrides();
CREATE TRIGGER "ASSESSMENTS_deleted" AFTER DELETE ON feedback.assessments
    FOR EACH ROW WHEN (OLD.overrides IS NOT NULL) EXECUTE FUNCTION feedback_internal.follow_overrides();
COMMENT ON TRIGGER "ASSESSMENTS_inserted" ON feedback.assessments IS 'makes what a row overrides not valid';
COMMENT ON TRIGGER "ASSESSMENTS_updated" ON feedback.assessments IS 'makes what a row overrides no more valid, and what it overrides now not';
COMMENT ON TRIGGER "ASSESSMENTS_deleted" ON feedback.assessments IS 'makes what a row overrode valid, or links it to what overrode the row';

COMMENT ON TABLE feedback.assessments IS
    'feedback and expectations on traces; write through the functions, read through the views';
COMMENT ON COLUMN feedback.assessments.project IS
    'application that the trace belongs to, 1 to 250 characters';
COMMENT ON COLUMN feedback.assessments.trace_id IS
    'trace that is assessed, 1 to 250 characters';
COMMENT ON COLUMN feedback.assessments.assessment_id IS
    'id, unique within the trace; UUID version 7 (RFC 9562) unless the caller gave one';
COMMENT ON COLUMN feedback.assessments.kind IS
    'feedback or expectation';
COMMENT ON COLUMN feedback.assessments.name IS
    'what is assessed, such as user_satisfaction, 1 to 250 characters';
COMMENT ON COLUMN feedback.assessments.boolean_value IS
    'the value, if it is a boolean';
COMMENT ON COLUMN feedback.assessments.numeric_value IS
    'the value, if it is a number, with its digits';
COMMENT ON COLUMN feedback.assessments.text_value IS
    'the value, if it is text';
COMMENT ON COLUMN feedback.assessments.json_value IS
    'the value, if it is a list, an object or an explicit null (not applicable)';
COMMENT ON COLUMN feedback.assessments.source_type IS
    'who made the assessment';
COMMENT ON COLUMN feedback.assessments.source_id IS
    'which person, model or program made it, as the caller claims, up to 250 characters';
COMMENT ON COLUMN feedback.assessments.rationale IS
    'why, in words';
COMMENT ON COLUMN feedback.assessments.metadata IS
    'a JSON object of anything else; null rather than empty';
COMMENT ON COLUMN feedback.assessments.span_id IS
    'span of the trace that is assessed, or null for the whole trace';
COMMENT ON COLUMN feedback.assessments.error_code IS
    'code of the error that the source ran into, null if none; only feedback has errors';
COMMENT ON COLUMN feedback.assessments.error_message IS
    'what the error said';
COMMENT ON COLUMN feedback.assessments.stack_trace IS
    'where the error came from';
COMMENT ON COLUMN feedback.assessments.overrides IS
    'earlier assessment of the same trace and kind that this one replaces';
COMMENT ON COLUMN feedback.assessments.valid IS
    'false once another assessment overrides this one; follows from overrides, whoever writes';
COMMENT ON COLUMN feedback.assessments.create_time IS
    'when the assessment was made, years 1 to 9999';
COMMENT ON COLUMN feedback.assessments.last_update_time IS
    'when it was last changed; create_time at first';
COMMENT ON COLUMN feedback.assessments.logged_by IS
    'role of the session that logged it (session_user), whatever source_id claims';
COMMENT ON COLUMN feedback.assessments.logged_xid IS
    'transaction that inserted the row in this database; tells the rows that the rollups have counted';
