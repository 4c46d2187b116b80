CREATE TABLE feedback.rejected_assessments (
    rejected_id uuid NOT NULL,
    project text,
    trace_id text,
    document text NOT NULL,
    origin text NOT NULL,
    mode text NOT NULL DEFAULT 'log',
    sqlstate text NOT NULL,
    message text NOT NULL,
    detail text,
    hint text,
    field text,
    attempts integer NOT NULL DEFAULT 1,
    create_time timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_attempt_time timestamptz NOT NULL DEFAULT clock_timestamp(),
    logged_by text NOT NULL DEFAULT session_user,

    CONSTRAINT rejected_assessments_pkey PRIMARY KEY (rejected_id)
);
SELECT pg_catalog.pg_extension_config_dump('feedback.rejected_assessments', '');

COMMENT ON TABLE feedback.rejected_assessments IS
    'documents that were rejected because they break a rule, with the reason';
COMMENT ON COLUMN feedback.rejected_assessments.rejected_id IS
    'made from project, trace_id, document and the mode set, so that a repeat adds nothing';
COMMENT ON COLUMN feedback.rejected_assessments.project IS
    'project that was given with it, or null for the default one';
COMMENT ON COLUMN feedback.rejected_assessments.trace_id IS
    'trace that was given with it, or null if the document itself has to name it';
COMMENT ON COLUMN feedback.rejected_assessments.document IS
    'the document as received, to the byte; not necessarily JSON';
COMMENT ON COLUMN feedback.rejected_assessments.origin IS
    'where it came from: a function, or the table of a trigger';
COMMENT ON COLUMN feedback.rejected_assessments.mode IS
    'what it was sent for: log, to add an assessment, or set, to replace what the same source said before';
COMMENT ON COLUMN feedback.rejected_assessments.sqlstate IS
    'code of the latest refusal';
COMMENT ON COLUMN feedback.rejected_assessments.message IS
    'message of the latest refusal, which names the member';
COMMENT ON COLUMN feedback.rejected_assessments.detail IS
    'what is wrong, or null';
COMMENT ON COLUMN feedback.rejected_assessments.hint IS
    'what would be right, or null';
COMMENT ON COLUMN feedback.rejected_assessments.field IS
    'column of assessments that is concerned, or value or assessment as a whole';
COMMENT ON COLUMN feedback.rejected_assessments.attempts IS
    'how often it was refused';
COMMENT ON COLUMN feedback.rejected_assessments.create_time IS
    'when it was first refused';
COMMENT ON COLUMN feedback.rejected_assessments.last_attempt_time IS
    'when it was last refused';
COMMENT ON COLUMN feedback.rejected_assessments.logged_by IS
    'role of the session that first sent it';

