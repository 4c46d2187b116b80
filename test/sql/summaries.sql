-- The summaries are what a direct GROUP BY says, whatever has been counted and what not.
-- Outside a transaction, since a transaction never counts its own rows.
SET client_min_messages = warning;
SET timezone = 'UTC';

\getenv directory PG_ABS_SRCDIR
\set differences :directory '/include/differences.sql'
\set ECHO none
\i :differences
\set ECHO all

-- Times that matter to somebody's hours and days, and at the ends
CREATE TABLE times AS
SELECT i::int, at FROM unnest(ARRAY[
    '2026-03-01 00:00:00', '2026-03-01 00:14:59.999999', '2026-03-01 00:15:00', '2026-03-01 18:29:59.999999', '2026-03-01 18:30:00',
    '2026-03-29 00:59:59', '2026-03-29 01:00:00', '2026-10-25 00:30:00', '2026-10-25 01:30:00', '2026-10-25 22:30:00',
    '2011-12-31 23:59:59.999999', '2012-01-01 00:00:00', '2011-03-13 03:30:30', '2011-03-13 03:31:30', '1890-05-05 23:20:00',
    '0001-01-01 00:00:00', '9999-12-31 23:59:59.999999', '2022-10-01 16:00:30', '2022-10-01 16:01:30', '2026-11-01 05:45:00'
]::timestamp[]) WITH ORDINALITY AS t (at_utc, i), LATERAL (SELECT at_utc AT TIME ZONE 'UTC') AS a (at);

-- Everything there is: all types, errors, nulls, expectations, two projects, long values
CREATE PROCEDURE log_some() LANGUAGE sql AS $$
    SELECT feedback.log_feedback('tr-' || i % 7, 'thumbs', i % 3 > 0, source_type => 'HUMAN', create_time => at) FROM times;
    SELECT feedback.log_feedback('tr-' || i % 7, 'score', round(i / 8.0, i % 7), source_type => 'LLM_JUDGE', create_time => at) FROM times;
    SELECT feedback.log_feedback('tr-' || i % 7, 'label', (ARRAY['good', 'bad', ''])[1 + i % 3], create_time => at, project => 'other') FROM times;
    SELECT feedback.log_feedback('tr-' || i % 7, 'comment', repeat('é', i * 9), source_type => 'HUMAN', create_time => at) FROM times;
    SELECT feedback.log_feedback('tr-' || i % 7, 'mixed', v, create_time => at)
    FROM times, unnest(ARRAY['null', '"true"', 'true', '[]', '{}', '[1.0]', '0.50', '1e300', '-1.000001']::jsonb[]) AS v WHERE i < 4;
    SELECT feedback.log_feedback('tr-' || i % 7, 'score', NULL::text, source_type => 'LLM_JUDGE', error_code => 'E', create_time => at) FROM times WHERE i % 5 = 0;
    SELECT feedback.log_feedback('tr-' || i % 7, 'partial', i, error_code => 'E', create_time => at) FROM times;
    SELECT feedback.log_expectation('tr-' || i % 7, 'score', i, create_time => at) FROM times;
$$;
CALL log_some();

-- Nothing is counted
SELECT count(*) FROM feedback_internal.rollup_totals;
TABLE differences;

-- All is; and says so
SELECT count(*) = feedback.refresh_summaries() AS all_counted FROM feedback.feedback;
SELECT count(*) > 0 AS counted FROM feedback_internal.rollup_totals;
TABLE differences;
SELECT * FROM feedback.check_summaries();
SELECT feedback.refresh_summaries() AS nothing_to_do;

-- Counted, not counted, and in all time zones: whole hours, halves, quarters, with changes at 2:00, 0:00 and 0:01, and made up
CALL log_some();
CREATE VIEW zones AS
SELECT unnest(ARRAY['UTC', 'Etc/UTC', 'Europe/Berlin', 'Europe/Brussels', 'EST5EDT', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe',
                    'Pacific/Chatham', 'Antarctica/Casey', 'Pacific/Kiritimati', '-07:07', '<+01>-1']) AS zone;
\t on
SELECT format('SET timezone = %L', zone), 'TABLE differences' FROM zones \gexec
SELECT format('SET timezone = %L', zone), 'SELECT current_setting(''timezone''), feedback_internal.summary_grain()' FROM zones \gexec
SET timezone = 'UTC';

-- Also with days that are another zone's
SELECT feedback.rebuild_summaries('Asia/Kolkata') = (SELECT count(*) FROM feedback.feedback) AS all_counted;
CALL log_some();
SELECT format('SET timezone = %L', zone), 'TABLE differences' FROM zones \gexec
SET timezone = 'UTC';
SELECT * FROM feedback.check_summaries();
SELECT feedback.rebuild_summaries('Europe/Brussels') > 0 AS counted;
SELECT format('SET timezone = %L', zone), 'TABLE differences' FROM zones \gexec
SET timezone = 'UTC';
SELECT feedback.rebuild_summaries('UTC') > 0 AS counted;
\t off
SELECT feedback.rebuild_summaries('-07:07');
SELECT feedback.rebuild_summaries('Mars/Olympus');

-- Changes to what is counted, one after the other
CREATE PROCEDURE try(change text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE change;
    IF EXISTS (TABLE differences) OR EXISTS (SELECT FROM feedback.check_summaries()) THEN
        RAISE WARNING '% is not summed up right', change;
    END IF;
END $$;
CREATE TABLE changes (change) AS VALUES
    ($$UPDATE feedback.assessments SET boolean_value = NOT boolean_value WHERE trace_id = 'tr-1'$$),
    ($$UPDATE feedback.assessments SET numeric_value = numeric_value + 1 WHERE trace_id = 'tr-2'$$),
    ($$UPDATE feedback.assessments SET text_value = text_value || 'x' WHERE trace_id = 'tr-3'$$),
    ($$UPDATE feedback.assessments SET text_value = repeat('long', 100) WHERE text_value = 'good' AND trace_id = 'tr-4'$$),
    ($$UPDATE feedback.assessments SET json_value = '[2]' WHERE json_value = 'null'$$),
    ($$UPDATE feedback.assessments SET json_value = 'null' WHERE json_value = '[]'$$),
    ($$UPDATE feedback.assessments SET json_value = NULL, boolean_value = true WHERE json_value = '{}'$$),
    ($$UPDATE feedback.assessments SET numeric_value = NULL, text_value = 'good' WHERE trace_id = 'tr-5' AND numeric_value IS NOT NULL$$),
    ($$UPDATE feedback.assessments SET name = 'renamed', project = 'third' WHERE trace_id = 'tr-6'$$),
    ($$UPDATE feedback.assessments SET source_type = 'SOURCE_TYPE_UNSPECIFIED' WHERE trace_id = 'tr-0'$$),
    ($$UPDATE feedback.assessments SET create_time = create_time + interval '1 day 20 minutes' WHERE create_time < '9999-01-01'$$),
    ($$UPDATE feedback.assessments SET error_code = 'E' WHERE trace_id = 'tr-1' AND kind = 'feedback' AND json_value IS NULL$$),
    ($$UPDATE feedback.assessments SET valid = false WHERE trace_id = 'tr-1'$$),
    ($$UPDATE feedback.assessments SET valid = true WHERE trace_id = 'tr-1' AND boolean_value$$),
    ($$UPDATE feedback.assessments SET kind = 'expectation', error_code = NULL WHERE name = 'mixed' AND json_value IS NULL$$),
    ($$UPDATE feedback.assessments SET kind = 'feedback' WHERE name = 'mixed'$$),
    ($$DO 'BEGIN PERFORM feedback.override_feedback(trace_id, assessment_id, 5) FROM feedback.feedback WHERE name = ''partial''; END'$$),
    ($$DO 'BEGIN PERFORM feedback.update_assessment(trace_id, assessment_id, ''{"feedback": {"value": "other"}}'') FROM feedback.feedback WHERE name = ''label''; END'$$),
    ($$DO 'BEGIN PERFORM feedback.delete_assessment(trace_id, assessment_id) FROM feedback.feedback WHERE name = ''partial''; END'$$),
    ($$DELETE FROM feedback.assessments WHERE trace_id = 'tr-2'$$),
    ($$INSERT INTO feedback.assessments (project, trace_id, assessment_id, kind, name, text_value, source_type, create_time, last_update_time)
       SELECT project, trace_id, assessment_id, kind, name, 'upserted', source_type, create_time, last_update_time FROM feedback.assessments
       WHERE trace_id = 'tr-3' AND text_value <> '' ON CONFLICT (trace_id, assessment_id) DO UPDATE SET text_value = excluded.text_value$$),
    ($$DELETE FROM feedback.assessments$$);
SELECT format('CALL try(%L)', change) FROM changes \gexec
SELECT count(*) > 0 AS journal FROM feedback_internal.rollup_changes;
SELECT count(*) FROM feedback.source_summary;
SELECT feedback.refresh_summaries() > 0 AS moved;
SELECT (SELECT count(*) FROM feedback_internal.rollup_changes) AS changes, (SELECT count(*) FROM feedback_internal.rollup_totals) AS totals,
       (SELECT count(*) FROM feedback_internal.rollup_days) AS days, (SELECT count(*) FROM feedback_internal.rollup_cells) AS cells,
       (SELECT count(*) FROM feedback_internal.rollup_values) AS "values";

-- What does not matter to a summary is not written down, nor what the same transaction has logged
CALL log_some();
SELECT feedback.refresh_summaries() > 0 AS moved;
UPDATE feedback.assessments SET rationale = 'r', metadata = '{"a": 1}', source_id = 'other', span_id = 's', last_update_time = now();
UPDATE feedback.assessments SET text_value = text_value || 'longer' WHERE octet_length(text_value) > 200;
DELETE FROM feedback.assessments WHERE kind = 'expectation';
BEGIN;
CALL log_some();
UPDATE feedback.assessments SET numeric_value = 7 WHERE logged_xid = pg_current_xact_id() AND numeric_value IS NOT NULL;
DELETE FROM feedback.assessments WHERE logged_xid = pg_current_xact_id() AND trace_id = 'tr-1';
COMMIT;
SELECT count(*) FROM feedback_internal.rollup_changes;
TABLE differences;

-- The same with a refresh after each
SELECT format('CALL try(%L)', change), 'SELECT 1 AS skipped WHERE feedback.refresh_summaries() IS NULL', 'TABLE differences' FROM changes \gexec

-- Refreshes in a transaction that writes before and after them, one of them rolled back
CALL log_some();
BEGIN;
SELECT feedback.refresh_summaries() > 0 AS moved;
CALL log_some();
SELECT format('CALL try(%L)', change), 'SELECT 1 AS skipped WHERE feedback.refresh_summaries() IS NULL' FROM (TABLE changes LIMIT 12) AS c \gexec
CALL log_some();
SAVEPOINT before;
SELECT feedback.refresh_summaries() > 0 AS moved;
CALL try('DELETE FROM feedback.assessments WHERE trace_id = ''tr-3''');
ROLLBACK TO before;
TABLE differences;
CALL log_some();
COMMIT;
TABLE differences;
BEGIN;
SELECT feedback.rebuild_summaries() > 0 AS counted;
CALL try('DELETE FROM feedback.assessments WHERE trace_id = ''tr-3''');
ROLLBACK;
TABLE differences;
SELECT * FROM feedback.check_summaries();

-- A trigger that sets columns has the rows stamped anew when they are updated
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON feedback.assessments FOR EACH ROW EXECUTE FUNCTION touch();
SELECT feedback.refresh_summaries() > 0 AS moved;
CALL try('UPDATE feedback.assessments SET rationale = ''s''');
SELECT feedback.refresh_summaries() > 0 AS moved;
CALL try('UPDATE feedback.assessments SET rationale = ''t'' WHERE trace_id = ''tr-1''');
DROP TRIGGER touch ON feedback.assessments;
SELECT feedback.refresh_summaries() > 0 AS moved;
TABLE differences;

-- Emptied
TRUNCATE feedback.assessments;
TABLE differences;
SELECT count(*) FROM feedback.source_summary;
SELECT * FROM feedback.check_summaries();

-- What the check finds, and the rebuild mends
CALL log_some();
SELECT feedback.refresh_summaries() > 0 AS moved;
ALTER TABLE feedback.assessments DISABLE TRIGGER assessments_journal;
DELETE FROM feedback.assessments WHERE trace_id = 'tr-1' AND name = 'thumbs';
UPDATE feedback.assessments SET numeric_value = numeric_value + 1 WHERE name = 'partial' AND trace_id = 'tr-3';
SELECT * FROM feedback.check_summaries();
ALTER TABLE feedback.assessments ENABLE ALWAYS TRIGGER assessments_journal;
SELECT count(*) > 0 AS differences FROM differences;
SELECT feedback.rebuild_summaries() > 0 AS counted;
TABLE differences;
SELECT * FROM feedback.check_summaries();
DELETE FROM feedback_internal.rollup_state;
SELECT * FROM feedback.check_summaries();
SELECT feedback.rebuild_summaries() > 0 AS counted;
SELECT * FROM feedback.check_summaries();

-- Row security: totals would tell of rows that a reader may not see, so these are added up from what they see
CREATE ROLE feedback_summaries_reader;
GRANT USAGE ON SCHEMA feedback, feedback_internal TO feedback_summaries_reader;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal TO feedback_summaries_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA feedback TO feedback_summaries_reader;
GRANT SELECT ON feedback_internal.counted_state, feedback_internal.counted_totals, feedback_internal.counted_days,
                feedback_internal.counted_cells, feedback_internal.counted_values, feedback_internal.counted_changes,
                feedback_internal.recent_trend TO feedback_summaries_reader;
REVOKE SELECT ON feedback_internal.rollup_state, feedback_internal.rollup_totals, feedback_internal.rollup_days, feedback_internal.rollup_cells, feedback_internal.rollup_values,
                 feedback_internal.rollup_changes FROM feedback_summaries_reader;
GRANT SELECT ON differences, rows TO feedback_summaries_reader;
ALTER VIEW differences SET (security_invoker = true);
ALTER VIEW rows SET (security_invoker = true);
SET ROLE feedback_summaries_reader;
SELECT count(*) AS projects FROM (SELECT DISTINCT project FROM feedback.source_summary) AS p;
SELECT feedback.refresh_summaries();
TABLE differences;
RESET ROLE;
CREATE POLICY others ON feedback.assessments FOR SELECT USING (project = 'other');
ALTER TABLE feedback.assessments ENABLE ROW LEVEL SECURITY;
SET ROLE feedback_summaries_reader;
SELECT DISTINCT project FROM feedback.source_summary;
SELECT DISTINCT project FROM feedback.daily_summary;
SELECT DISTINCT project FROM feedback.value_distribution;
SELECT count(*) AS counted FROM feedback_internal.counted_totals;
TABLE differences;
RESET ROLE;
TABLE differences;
ALTER TABLE feedback.assessments DISABLE ROW LEVEL SECURITY;
DROP POLICY others ON feedback.assessments;

-- Not as triggers of other tables
CREATE TABLE alike (LIKE feedback.assessments);
CREATE TRIGGER alike AFTER DELETE ON alike FOR EACH ROW EXECUTE FUNCTION feedback_internal.journal_assessment();
CREATE TRIGGER alike_too AFTER TRUNCATE ON alike EXECUTE FUNCTION feedback_internal.truncate_assessments();
INSERT INTO alike SELECT * FROM feedback.assessments LIMIT 1;
DELETE FROM alike;
TRUNCATE alike;

-- Plans that a session keeps outlive the extension
DROP TABLE alike;
DROP VIEW differences, rows;
DROP EXTENSION feedback;
CREATE EXTENSION feedback;
SELECT count(feedback.log_feedback('tr', 'n', 1)) FROM generate_series(1, 3);
SELECT feedback.refresh_summaries();
DELETE FROM feedback.assessments WHERE ctid = (SELECT min(ctid) FROM feedback.assessments);
SELECT n FROM feedback.source_summary;
SELECT * FROM feedback.check_summaries();
TRUNCATE feedback.assessments;
DROP TABLE times, changes;
DROP VIEW zones;
DROP PROCEDURE log_some, try;
DROP FUNCTION touch;
DROP OWNED BY feedback_summaries_reader;
DROP ROLE feedback_summaries_reader;
