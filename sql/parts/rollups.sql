
-- The rollups: what the summary views add up.
--
-- rollup_state says which transactions have been counted: those below upto that
-- are not in open.  A summary is the rollup, plus the rows whose logged_xid has
-- not been counted, plus the journal's entries for rows that have.  All three are
-- ordinary tables, read in one snapshot, so the sum is exact in every snapshot.
-- An insert does nothing for the rollups; an update or a delete of a counted row
-- writes to the journal; refresh_summaries() moves the rest into the rollup.
--
-- None of this is dumped: a restored database starts with nothing counted.

-- finds the rows not counted yet
CREATE INDEX assessments_logged_xid_idx ON feedback.assessments (logged_xid);

CREATE TABLE feedback_internal.rollup_state (
    upto xid8 NOT NULL DEFAULT '0',
    open xid8[] NOT NULL DEFAULT '{}',
    time_zone text NOT NULL DEFAULT 'UTC',
    refresh_time timestamptz
);
CREATE UNIQUE INDEX rollup_state_key ON feedback_internal.rollup_state ((true));
INSERT INTO feedback_internal.rollup_state DEFAULT VALUES;

COMMENT ON TABLE feedback_internal.rollup_state IS
    'one row: which transactions the rollups have counted';
COMMENT ON COLUMN feedback_internal.rollup_state.upto IS
    'transactions from this one on have not been counted';
COMMENT ON COLUMN feedback_internal.rollup_state.open IS
    'nor have these below it, in order: they were in progress';
COMMENT ON COLUMN feedback_internal.rollup_state.time_zone IS
    'whose days rollup_days has; set by rebuild_summaries';
COMMENT ON COLUMN feedback_internal.rollup_state.refresh_time IS
    'when refresh_summaries last moved the rest into the rollups; null if never';

CREATE TABLE feedback_internal.rollup_totals (
    project text NOT NULL,
    name text NOT NULL,
    source_type feedback.source_type NOT NULL,
    n bigint NOT NULL,
    n_value bigint NOT NULL,
    n_error bigint NOT NULL,
    n_true bigint NOT NULL,
    n_false bigint NOT NULL,
    n_numeric bigint NOT NULL,
    total numeric NOT NULL,
    squares numeric NOT NULL,
    CONSTRAINT rollup_totals_pkey PRIMARY KEY (project, name, source_type)
) WITH (fillfactor = 80);

-- the other rollups take these with LIKE
COMMENT ON COLUMN feedback_internal.rollup_totals.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback_internal.rollup_totals.name IS 'what is assessed';
COMMENT ON COLUMN feedback_internal.rollup_totals.source_type IS 'who assessed';
COMMENT ON COLUMN feedback_internal.rollup_totals.n IS 'number of feedback';
COMMENT ON COLUMN feedback_internal.rollup_totals.n_value IS 'of these, with a value other than JSON null';
COMMENT ON COLUMN feedback_internal.rollup_totals.n_error IS 'of these, with an error';
COMMENT ON COLUMN feedback_internal.rollup_totals.n_true IS 'how many are true';
COMMENT ON COLUMN feedback_internal.rollup_totals.n_false IS 'how many are false';
COMMENT ON COLUMN feedback_internal.rollup_totals.n_numeric IS 'how many are numbers';
COMMENT ON COLUMN feedback_internal.rollup_totals.total IS 'sum of the numbers';
COMMENT ON COLUMN feedback_internal.rollup_totals.squares IS 'sum of their squares';

CREATE TABLE feedback_internal.rollup_days (
    LIKE feedback_internal.rollup_totals INCLUDING ALL EXCLUDING INDEXES,
    day date NOT NULL,
    CONSTRAINT rollup_days_pkey PRIMARY KEY (project, name, day, source_type)
) WITH (fillfactor = 80);
CREATE INDEX rollup_days_day_idx ON feedback_internal.rollup_days (day);

CREATE TABLE feedback_internal.rollup_cells (
    LIKE feedback_internal.rollup_totals INCLUDING ALL EXCLUDING INDEXES,
    cell timestamptz NOT NULL,
    hour timestamptz NOT NULL,
    CONSTRAINT rollup_cells_pkey PRIMARY KEY (project, name, cell, source_type)
) WITH (fillfactor = 80);
CREATE INDEX rollup_cells_hour_idx ON feedback_internal.rollup_cells (hour);

CREATE TABLE feedback_internal.rollup_values (
    project text NOT NULL,
    name text NOT NULL,
    source_type feedback.source_type NOT NULL,
    value jsonb NOT NULL,
    n bigint NOT NULL,
    CONSTRAINT rollup_values_pkey PRIMARY KEY (project, name, source_type, value)
) WITH (fillfactor = 80);

-- No key and no index: it is appended to, and emptied by the next refresh.
CREATE TABLE feedback_internal.rollup_changes (
    row_xid xid8 NOT NULL,
    sign smallint NOT NULL,
    project text NOT NULL,
    name text NOT NULL,
    source_type feedback.source_type NOT NULL,
    create_time timestamptz NOT NULL,
    has_value boolean NOT NULL,
    has_error boolean NOT NULL,
    boolean_value boolean,
    numeric_value numeric,
    value jsonb
);

COMMENT ON TABLE feedback_internal.rollup_totals IS 'counted feedback by project, name and source type';
COMMENT ON TABLE feedback_internal.rollup_days IS 'counted feedback by day of rollup_state.time_zone';
COMMENT ON TABLE feedback_internal.rollup_cells IS 'counted feedback by quarter of an hour';
COMMENT ON TABLE feedback_internal.rollup_values IS 'how often each short value occurs among counted feedback';
COMMENT ON TABLE feedback_internal.rollup_changes IS
    'what has been added to and removed from counted feedback since the last refresh';
COMMENT ON COLUMN feedback_internal.rollup_days.day IS 'day of rollup_state.time_zone';
COMMENT ON COLUMN feedback_internal.rollup_cells.cell IS 'start of the cell, as summary_cell makes it';
COMMENT ON COLUMN feedback_internal.rollup_cells.hour IS 'hour of UTC that the cell lies in';
COMMENT ON COLUMN feedback_internal.rollup_values.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback_internal.rollup_values.name IS 'what is assessed';
COMMENT ON COLUMN feedback_internal.rollup_values.source_type IS 'who assessed';
COMMENT ON COLUMN feedback_internal.rollup_values.value IS 'the value; {} or a list for all that are not short, as summary_value decides';
COMMENT ON COLUMN feedback_internal.rollup_values.n IS 'how often it occurs';
COMMENT ON COLUMN feedback_internal.rollup_changes.row_xid IS
    'logged_xid of the row; the entry applies once that has been counted';
COMMENT ON COLUMN feedback_internal.rollup_changes.sign IS '-1 for what the row was, 1 for what it became';
COMMENT ON COLUMN feedback_internal.rollup_changes.project IS 'application that the trace belongs to';
COMMENT ON COLUMN feedback_internal.rollup_changes.name IS 'what is assessed';
COMMENT ON COLUMN feedback_internal.rollup_changes.source_type IS 'who assessed';
COMMENT ON COLUMN feedback_internal.rollup_changes.create_time IS 'when the assessment was made';
COMMENT ON COLUMN feedback_internal.rollup_changes.has_value IS 'whether it has a value other than JSON null';
COMMENT ON COLUMN feedback_internal.rollup_changes.has_error IS 'whether it has an error';
COMMENT ON COLUMN feedback_internal.rollup_changes.boolean_value IS 'the value, if it is a boolean';
COMMENT ON COLUMN feedback_internal.rollup_changes.numeric_value IS 'the value, if it is a number';
COMMENT ON COLUMN feedback_internal.rollup_changes.value IS 'the value, as summary_value makes it';

-- What a row counts as.  Both are functions of the row alone, never of what a
-- refresh has seen, or the summaries would not be exact.

CREATE FUNCTION feedback_internal.summary_cell(create_time timestamptz) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN create_time < '2012-01-01 00:00:00+00' THEN create_time
                ELSE date_bin('15 minutes', create_time, '2012-01-01 00:00:00+00') END;
COMMENT ON FUNCTION feedback_internal.summary_cell(timestamptz) IS
    'cell that a time is counted in: its quarter of an hour, or itself before 2012, when some time zones changed at a minute past midnight';

CREATE FUNCTION feedback_internal.summary_value(boolean_value boolean, numeric_value numeric, text_value text, jsonb_value jsonb)
    RETURNS jsonb
    AS 'MODULE_PATHNAME', 'feedback_summary_value'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.summary_value(boolean, numeric, text, jsonb) IS
    'value that rollup_values counts a feedback under, as JSON; {} for all lists, objects and texts over 48 bytes, a list of their histogram_low for numbers with over 4 decimals: long_values reads these from the table';

CREATE FUNCTION feedback_internal.histogram_low(number numeric) RETURNS numeric
    AS 'MODULE_PATHNAME', 'feedback_histogram_low'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.histogram_low(numeric) IS
    'start of the bucket that score_histogram counts a number in: of tenths from -1 to 1, beyond of numbers with the same leading digit';

-- finds those that are counted together
CREATE FUNCTION feedback_internal.is_long_value(numeric_value numeric, text_value text, jsonb_value jsonb) RETURNS boolean
    AS 'MODULE_PATHNAME', 'feedback_is_long_value'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.is_long_value(numeric, text, jsonb) IS
    'whether summary_value counts a value together with others: a number with over 4 decimals, zeros at the end apart, a text of over 48 bytes, a list or an object';
CREATE INDEX assessments_long_value_idx ON feedback.assessments (project, name)
    WHERE feedback_internal.is_long_value(numeric_value, text_value, json_value);

-- The journal.  Also for rows that logical replication applies, hence ALWAYS.

CREATE FUNCTION feedback_internal.journal_assessment() RETURNS trigger
    AS 'MODULE_PATHNAME', 'feedback_journal_assessment'
    LANGUAGE C SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.journal_assessment() IS
    'writes to feedback_internal.rollup_changes what an update or delete means for the rollups';

CREATE TRIGGER assessments_journal AFTER UPDATE OR DELETE ON feedback.assessments
    FOR EACH ROW EXECUTE FUNCTION feedback_internal.journal_assessment();
ALTER TABLE feedback.assessments ENABLE ALWAYS TRIGGER assessments_journal;
COMMENT ON TRIGGER assessments_journal ON feedback.assessments IS
    'keeps the summaries exact when counted feedback changes';

CREATE FUNCTION feedback_internal.truncate_assessments() RETURNS trigger
    AS 'MODULE_PATHNAME', 'feedback_truncate_assessments'
    LANGUAGE C SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.truncate_assessments() IS
    'empties the rollups along with feedback.assessments';

CREATE TRIGGER assessments_truncate AFTER TRUNCATE ON feedback.assessments
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_internal.truncate_assessments();
ALTER TABLE feedback.assessments ENABLE ALWAYS TRIGGER assessments_truncate;
COMMENT ON TRIGGER assessments_truncate ON feedback.assessments IS
    'keeps the summaries exact when the table is emptied';

-- Each database has rollups of its own.  Where logical replication brings another's,
-- for a publication FOR ALL TABLES, they are skipped.  What the journal's trigger
-- writes there, for a replicated row, comes from within that trigger.

CREATE FUNCTION feedback_internal.skip_replicated() RETURNS trigger
    AS 'MODULE_PATHNAME', 'feedback_skip_replicated'
    LANGUAGE C;
COMMENT ON FUNCTION feedback_internal.skip_replicated() IS
    'keeps another database''s rollups out, where logical replication brings them';

CREATE TRIGGER rollup_state_local BEFORE INSERT OR UPDATE OR DELETE ON feedback_internal.rollup_state
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION feedback_internal.skip_replicated();
CREATE TRIGGER rollup_totals_local BEFORE INSERT OR UPDATE OR DELETE ON feedback_internal.rollup_totals
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION feedback_internal.skip_replicated();
CREATE TRIGGER rollup_days_local BEFORE INSERT OR UPDATE OR DELETE ON feedback_internal.rollup_days
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION feedback_internal.skip_replicated();
CREATE TRIGGER rollup_cells_local BEFORE INSERT OR UPDATE OR DELETE ON feedback_internal.rollup_cells
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION feedback_internal.skip_replicated();
CREATE TRIGGER rollup_values_local BEFORE INSERT OR UPDATE OR DELETE ON feedback_internal.rollup_values
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION feedback_internal.skip_replicated();
CREATE TRIGGER rollup_changes_local BEFORE INSERT OR UPDATE OR DELETE ON feedback_internal.rollup_changes
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION feedback_internal.skip_replicated();

ALTER TABLE feedback_internal.rollup_state ENABLE REPLICA TRIGGER rollup_state_local;
ALTER TABLE feedback_internal.rollup_totals ENABLE REPLICA TRIGGER rollup_totals_local;
ALTER TABLE feedback_internal.rollup_days ENABLE REPLICA TRIGGER rollup_days_local;
ALTER TABLE feedback_internal.rollup_cells ENABLE REPLICA TRIGGER rollup_cells_local;
ALTER TABLE feedback_internal.rollup_values ENABLE REPLICA TRIGGER rollup_values_local;
ALTER TABLE feedback_internal.rollup_changes ENABLE REPLICA TRIGGER rollup_changes_local;

COMMENT ON TRIGGER rollup_state_local ON feedback_internal.rollup_state IS 'skips what logical replication brings';
COMMENT ON TRIGGER rollup_totals_local ON feedback_internal.rollup_totals IS 'skips what logical replication brings';
COMMENT ON TRIGGER rollup_days_local ON feedback_internal.rollup_days IS 'skips what logical replication brings';
COMMENT ON TRIGGER rollup_cells_local ON feedback_internal.rollup_cells IS 'skips what logical replication brings';
COMMENT ON TRIGGER rollup_values_local ON feedback_internal.rollup_values IS 'skips what logical replication brings';
COMMENT ON TRIGGER rollup_changes_local ON feedback_internal.rollup_changes IS 'skips what logical replication brings';

-- Without these, such a publication would have the publisher's refresh fail.
ALTER TABLE feedback_internal.rollup_state REPLICA IDENTITY FULL;
ALTER TABLE feedback_internal.rollup_changes REPLICA IDENTITY FULL;

-- What a reader may see of the rollups: those of the projects that grant_access has
-- granted it, or nothing where other policies hide some of the rows, since totals
-- would tell of those.  Then nothing counts as counted, and the summaries are added
-- up from the rows that the reader sees.

CREATE FUNCTION feedback_internal.rollup_readable() RETURNS boolean
    AS 'MODULE_PATHNAME', 'feedback_rollup_readable'
    LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.rollup_readable() IS
    'whether the current role may read the rollups of its projects: not where policies of others hide assessments from it';

CREATE FUNCTION feedback_internal.rollup_projects() RETURNS text[]
    AS 'MODULE_PATHNAME', 'feedback_rollup_projects'
    LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.rollup_projects() IS
    'projects whose rollups the current role may read, where it may; null for all';

CREATE VIEW feedback_internal.counted_state AS
SELECT CASE WHEN r.readable THEN s.upto ELSE '0' END AS upto,
       CASE WHEN r.readable THEN s.open ELSE '{}' END AS open,
       s.time_zone
FROM feedback_internal.rollup_state s, (SELECT feedback_internal.rollup_readable() AS readable) r;

CREATE VIEW feedback_internal.counted_totals WITH (security_barrier = true) AS
SELECT * FROM feedback_internal.rollup_totals
WHERE (SELECT feedback_internal.rollup_readable())
  AND ((SELECT feedback_internal.rollup_projects()) IS NULL OR project = ANY ((SELECT feedback_internal.rollup_projects())::text[]));
CREATE VIEW feedback_internal.counted_days WITH (security_barrier = true) AS
SELECT * FROM feedback_internal.rollup_days
WHERE (SELECT feedback_internal.rollup_readable())
  AND ((SELECT feedback_internal.rollup_projects()) IS NULL OR project = ANY ((SELECT feedback_internal.rollup_projects())::text[]));
-- A range that the planner takes for a two-hundredth, or the branches of the views
-- that turn out not to be needed would look so costly that queries are compiled.
-- The second condition is tested before any row is read; the range alone would let a
-- reader's own condition, which may be cheaper, see rows first.
CREATE VIEW feedback_internal.counted_cells WITH (security_barrier = true) AS
SELECT *
FROM feedback_internal.rollup_cells
WHERE hour >= (SELECT CASE WHEN feedback_internal.rollup_readable() THEN '-infinity'::timestamptz END) AND hour <= 'infinity'
  AND (SELECT feedback_internal.rollup_readable())
  AND ((SELECT feedback_internal.rollup_projects()) IS NULL OR project = ANY ((SELECT feedback_internal.rollup_projects())::text[]));
CREATE VIEW feedback_internal.counted_values WITH (security_barrier = true) AS
SELECT * FROM feedback_internal.rollup_values
WHERE (SELECT feedback_internal.rollup_readable())
  AND ((SELECT feedback_internal.rollup_projects()) IS NULL OR project = ANY ((SELECT feedback_internal.rollup_projects())::text[]));
CREATE VIEW feedback_internal.counted_changes WITH (security_barrier = true) AS
SELECT c.*
FROM feedback_internal.rollup_changes c, feedback_internal.rollup_state s
WHERE c.row_xid < s.upto AND c.row_xid <> ALL (s.open) AND (SELECT feedback_internal.rollup_readable())
  AND ((SELECT feedback_internal.rollup_projects()) IS NULL OR c.project = ANY ((SELECT feedback_internal.rollup_projects())::text[]));

COMMENT ON VIEW feedback_internal.counted_state IS 'rollup_state as the reader may see it';
COMMENT ON VIEW feedback_internal.counted_totals IS 'rollup_totals as the reader may see it';
COMMENT ON VIEW feedback_internal.counted_days IS 'rollup_days as the reader may see it';
COMMENT ON VIEW feedback_internal.counted_cells IS 'rollup_cells as the reader may see it';
COMMENT ON VIEW feedback_internal.counted_values IS 'rollup_values as the reader may see it';
COMMENT ON VIEW feedback_internal.counted_changes IS 'the entries of rollup_changes that apply, as the reader may see them';

COMMENT ON COLUMN feedback_internal.counted_state.upto IS 'transactions from this one on have not been counted';
COMMENT ON COLUMN feedback_internal.counted_state.open IS 'nor have these below it, in order: they were in progress';
COMMENT ON COLUMN feedback_internal.counted_state.time_zone IS 'whose days rollup_days has; set by rebuild_summaries';
COMMENT ON COLUMN feedback_internal.counted_totals.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback_internal.counted_totals.name IS 'what is assessed';
COMMENT ON COLUMN feedback_internal.counted_totals.source_type IS 'who assessed';
COMMENT ON COLUMN feedback_internal.counted_totals.n IS 'number of feedback';
COMMENT ON COLUMN feedback_internal.counted_totals.n_value IS 'of these, with a value other than JSON null';
COMMENT ON COLUMN feedback_internal.counted_totals.n_error IS 'of these, with an error';
COMMENT ON COLUMN feedback_internal.counted_totals.n_true IS 'how many are true';
COMMENT ON COLUMN feedback_internal.counted_totals.n_false IS 'how many are false';
COMMENT ON COLUMN feedback_internal.counted_totals.n_numeric IS 'how many are numbers';
COMMENT ON COLUMN feedback_internal.counted_totals.total IS 'sum of the numbers';
COMMENT ON COLUMN feedback_internal.counted_totals.squares IS 'sum of their squares';
COMMENT ON COLUMN feedback_internal.counted_days.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback_internal.counted_days.name IS 'what is assessed';
COMMENT ON COLUMN feedback_internal.counted_days.source_type IS 'who assessed';
COMMENT ON COLUMN feedback_internal.counted_days.n IS 'number of feedback';
COMMENT ON COLUMN feedback_internal.counted_days.n_value IS 'of these, with a value other than JSON null';
COMMENT ON COLUMN feedback_internal.counted_days.n_error IS 'of these, with an error';
COMMENT ON COLUMN feedback_internal.counted_days.n_true IS 'how many are true';
COMMENT ON COLUMN feedback_internal.counted_days.n_false IS 'how many are false';
COMMENT ON COLUMN feedback_internal.counted_days.n_numeric IS 'how many are numbers';
COMMENT ON COLUMN feedback_internal.counted_days.total IS 'sum of the numbers';
COMMENT ON COLUMN feedback_internal.counted_days.squares IS 'sum of their squares';
COMMENT ON COLUMN feedback_internal.counted_days.day IS 'day of rollup_state.time_zone';
COMMENT ON COLUMN feedback_internal.counted_cells.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback_internal.counted_cells.name IS 'what is assessed';
COMMENT ON COLUMN feedback_internal.counted_cells.source_type IS 'who assessed';
COMMENT ON COLUMN feedback_internal.counted_cells.n IS 'number of feedback';
COMMENT ON COLUMN feedback_internal.counted_cells.n_value IS 'of these, with a value other than JSON null';
COMMENT ON COLUMN feedback_internal.counted_cells.n_error IS 'of these, with an error';
COMMENT ON COLUMN feedback_internal.counted_cells.n_true IS 'how many are true';
COMMENT ON COLUMN feedback_internal.counted_cells.n_false IS 'how many are false';
COMMENT ON COLUMN feedback_internal.counted_cells.n_numeric IS 'how many are numbers';
COMMENT ON COLUMN feedback_internal.counted_cells.total IS 'sum of the numbers';
COMMENT ON COLUMN feedback_internal.counted_cells.squares IS 'sum of their squares';
COMMENT ON COLUMN feedback_internal.counted_cells.cell IS 'start of the cell, as summary_cell makes it';
COMMENT ON COLUMN feedback_internal.counted_cells.hour IS 'hour of UTC that the cell lies in';
COMMENT ON COLUMN feedback_internal.counted_values.project IS 'application that the traces belong to';
COMMENT ON COLUMN feedback_internal.counted_values.name IS 'what is assessed';
COMMENT ON COLUMN feedback_internal.counted_values.source_type IS 'who assessed';
COMMENT ON COLUMN feedback_internal.counted_values.value IS 'the value; {} or a list for all that are not short, as summary_value decides';
COMMENT ON COLUMN feedback_internal.counted_values.n IS 'how often it occurs';
COMMENT ON COLUMN feedback_internal.counted_changes.row_xid IS 'logged_xid of the row; the entry applies once that has been counted';
COMMENT ON COLUMN feedback_internal.counted_changes.sign IS '-1 for what the row was, 1 for what it became';
COMMENT ON COLUMN feedback_internal.counted_changes.project IS 'application that the trace belongs to';
COMMENT ON COLUMN feedback_internal.counted_changes.name IS 'what is assessed';
COMMENT ON COLUMN feedback_internal.counted_changes.source_type IS 'who assessed';
COMMENT ON COLUMN feedback_internal.counted_changes.create_time IS 'when the assessment was made';
COMMENT ON COLUMN feedback_internal.counted_changes.has_value IS 'whether it has a value other than JSON null';
COMMENT ON COLUMN feedback_internal.counted_changes.has_error IS 'whether it has an error';
COMMENT ON COLUMN feedback_internal.counted_changes.boolean_value IS 'the value, if it is a boolean';
COMMENT ON COLUMN feedback_internal.counted_changes.numeric_value IS 'the value, if it is a number';
COMMENT ON COLUMN feedback_internal.counted_changes.value IS 'the value, as summary_value makes it';

-- What rows add to the rollups, under the names that the journal has for it.  The
-- planner puts what these functions say in the place where they are called, which it
-- does for no function with settings of its own: nothing is computed that is not read,
-- and indexes, rights and row security apply as if it stood there.

CREATE FUNCTION feedback_internal.all_facts() RETURNS SETOF feedback_internal.rollup_changes
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT a.logged_xid AS row_xid,
               1::smallint AS sign,
               a.project,
               a.name,
               a.source_type,
               a.create_time,
               num_nonnulls(a.boolean_value, a.numeric_value, a.text_value) > 0
                   OR coalesce(jsonb_typeof(a.json_value) <> 'null', false) AS has_value,
               a.error_code IS NOT NULL AS has_error,
               a.boolean_value,
               a.numeric_value,
               feedback_internal.summary_value(a.boolean_value, a.numeric_value, a.text_value, a.json_value) AS value
        FROM feedback.assessments a
        WHERE a.valid AND a.kind = 'feedback';
    END;
COMMENT ON FUNCTION feedback_internal.all_facts() IS
    'what each row adds to the rollups: valid feedback, in the columns of rollup_changes';

-- Rows not counted are of transactions from upto on, or of those in open.  The
-- conditions that seem to be superfluous make ranges of them, which the planner takes
-- for a small part of the table whatever the statistics, and so reads by index.
CREATE FUNCTION feedback_internal.uncounted_rows(upto xid8, open xid8[]) RETURNS SETOF feedback_internal.rollup_changes
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT f.*
        FROM feedback_internal.all_facts() f
        WHERE f.row_xid >= uncounted_rows.upto AND f.row_xid <= '18446744073709551615'
        UNION ALL
        SELECT f.*
        FROM feedback_internal.all_facts() f
        WHERE f.row_xid = ANY (uncounted_rows.open) AND f.row_xid >= uncounted_rows.open[1] AND f.row_xid < uncounted_rows.upto;
    END;
COMMENT ON FUNCTION feedback_internal.uncounted_rows(xid8, xid8[]) IS
    'what the rows add to the rollups that are not counted, with upto and open of rollup_state';

CREATE FUNCTION feedback_internal.uncounted_facts(upto xid8, open xid8[]) RETURNS SETOF feedback_internal.rollup_changes
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT * FROM feedback_internal.uncounted_rows(uncounted_facts.upto, uncounted_facts.open)
        UNION ALL
        SELECT * FROM feedback_internal.counted_changes;
    END;
COMMENT ON FUNCTION feedback_internal.uncounted_facts(xid8, xid8[]) IS
    'what a summary adds to the rollups: rows that are not counted, and changes to those that are';

-- The same added up.  Functions with plans of their own, because the planner takes the
-- rows not counted for many more than they are, and would compile the query (jit).
-- Volatile ones would have a snapshot of their own.

CREATE FUNCTION feedback_internal.uncounted_totals()
    RETURNS TABLE (project text, name text, source_type feedback.source_type, n bigint, n_value bigint, n_error bigint,
                   n_true bigint, n_false bigint, n_numeric bigint, total numeric, squares numeric)
    AS 'MODULE_PATHNAME', 'feedback_uncounted_totals'
    LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 100 ROWS 100 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.uncounted_totals() IS
    'what is to be added to rollup_totals';

CREATE FUNCTION feedback_internal.uncounted_days(time_zone text)
    RETURNS TABLE (project text, name text, source_type feedback.source_type, n bigint, n_value bigint, n_error bigint,
                   n_true bigint, n_false bigint, n_numeric bigint, total numeric, squares numeric, day date)
    AS 'MODULE_PATHNAME', 'feedback_uncounted_days'
    LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 100 ROWS 100 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.uncounted_days(text) IS
    'what is to be added to a summary by day of a time zone';

CREATE FUNCTION feedback_internal.uncounted_hours()
    RETURNS TABLE (project text, name text, source_type feedback.source_type, n bigint, n_value bigint, n_error bigint,
                   n_true bigint, n_false bigint, n_numeric bigint, total numeric, squares numeric, hour timestamptz)
    AS 'MODULE_PATHNAME', 'feedback_uncounted_hours'
    LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 100 ROWS 100 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.uncounted_hours() IS
    'what is to be added to a summary by hour of the session''s time zone';

CREATE FUNCTION feedback_internal.uncounted_values()
    RETURNS TABLE (project text, name text, source_type feedback.source_type, value jsonb, n bigint)
    AS 'MODULE_PATHNAME', 'feedback_uncounted_values'
    LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 100 ROWS 100 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.uncounted_values() IS
    'what is to be added to rollup_values';

CREATE FUNCTION feedback_internal.long_values(project text, name text, source_type feedback.source_type)
    RETURNS TABLE (value jsonb, n bigint)
    AS 'MODULE_PATHNAME', 'feedback_long_values'
    LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 100 ROWS 100 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback_internal.long_values(text, text, feedback.source_type) IS
    'how often each value occurs that rollup_values counts together with others, read from the table';

CREATE FUNCTION feedback_internal.is_session_time_zone(time_zone text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'feedback_is_session_time_zone'
    LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.is_session_time_zone(text) IS
    'whether the session''s time zone has the days of this one';

CREATE FUNCTION feedback_internal.summary_grain() RETURNS text
    AS 'MODULE_PATHNAME', 'feedback_summary_grain'
    LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback_internal.summary_grain() IS
    'what the hours and days of the session''s time zone are made of since 2012: hour or cell (of a quarter), or row where it is neither';

-- Upkeep; their own writes are never to be skipped as replicated ones

CREATE FUNCTION feedback.refresh_summaries() RETURNS bigint
    AS 'MODULE_PATHNAME', 'feedback_refresh_summaries'
    LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET session_replication_role = origin;
COMMENT ON FUNCTION feedback.refresh_summaries() IS
    'moves into the rollups what is not in them yet, so that the summaries are read faster; blocks nobody; rows moved, or null if another session is at it';

CREATE FUNCTION feedback.rebuild_summaries(time_zone text DEFAULT NULL) RETURNS bigint
    AS 'MODULE_PATHNAME', 'feedback_rebuild_summaries'
    LANGUAGE C VOLATILE PARALLEL UNSAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET session_replication_role = origin;
COMMENT ON FUNCTION feedback.rebuild_summaries(text) IS
    'makes the rollups anew from the table, with days of the time zone if one is given; rows counted';

CREATE FUNCTION feedback.check_summaries() RETURNS TABLE (problem text, detail text)
    AS 'MODULE_PATHNAME', 'feedback_check_summaries'
    LANGUAGE C STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION feedback.check_summaries() IS
    'compares the rollups with the table; a row for each difference, none when all is well';
