-- Dumps: the rows and the settings come back as they were, in every format.
SET client_min_messages = warning;
DROP DATABASE IF EXISTS feedback_dump;
DROP DATABASE IF EXISTS feedback_restored;
DROP ROLE IF EXISTS feedback_dump_role;
CREATE DATABASE feedback_dump TEMPLATE template0;
\set regression :DBNAME
\c feedback_dump
CREATE EXTENSION feedback;

-- Rows of every kind; fixed ids, so that the chain a <- b <- c has names
SET timezone = 'UTC';
SELECT count(feedback.log_feedback('tr-1', 'chain', id::text, assessment_id => id, overrides => overrides))
FROM (VALUES ('00000000-0000-4000-8000-00000000000a'::uuid, NULL::uuid),
             ('00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-00000000000a'),
             ('00000000-0000-4000-8000-00000000000c', '00000000-0000-4000-8000-00000000000b')) AS v (id, overrides);
SELECT count(feedback.log_feedback('tr-2', 'types', true)),
       count(feedback.log_feedback('tr-2', 'types', 0.1)),
       count(feedback.log_feedback('tr-2', 'types', -1.7976931348623157e308)),
       count(feedback.log_feedback('tr-2', 'types', 123456789012345678901234567890)),
       count(feedback.log_feedback('tr-2', 'types', '')),
       count(feedback.log_feedback('tr-2', 'types', E'\\N "a"\t\\. \\\n\\.\nb''; DROP é \U0001F600')),
       count(feedback.log_feedback('tr-2', 'types', 'null'::jsonb)),
       count(feedback.log_feedback('tr-2', 'types', '{"a": [1, null, "\n"]}'::jsonb)),
       count(feedback.log_feedback('tr-2', 'types', 1, error_code => '', error_message => 'm', stack_trace => repeat('frame ', 20000))),
       count(feedback.log_expectation('tr-2', 'truth', ARRAY[1, 2], project => 'other', source_id => NULL,
                                      metadata => '{"m": {}}', create_time => '0001-01-01 00:00:00.000001Z'));
SELECT n_value FROM feedback.evaluate('{exact_match}', data => '[{"outputs": 1, "expectations": {"expected_response": 1}}]', new_run_id => 'run', run_name => 'dumped');
UPDATE feedback.assessments SET logged_by = 'somebody' WHERE trace_id = 'tr-2';

-- A target that was updated stands behind what overrides it, where a dump will meet it too late
SELECT count(feedback.update_assessment('tr-1', '00000000-0000-4000-8000-00000000000b', '{"rationale": "r"}'));
SELECT count(feedback.update_assessment('tr-1', '00000000-0000-4000-8000-00000000000a', '{"rationale": "r"}'));
SELECT assessment_id, overrides FROM feedback.assessments WHERE trace_id = 'tr-1' ORDER BY ctid;

SELECT count(*) AS rows, md5(string_agg((to_jsonb(a) - 'logged_xid')::text, E'\n' ORDER BY trace_id, assessment_id)) AS md5 FROM feedback.assessments a
\gset
SELECT :rows AS rows;
-- Says whether the rows of this database are those
\set identical 'SET timezone = ''UTC''; SELECT count(*) = :rows AND md5(string_agg((to_jsonb(a) - ''logged_xid'')::text, E''\\n'' ORDER BY trace_id, assessment_id)) = :''md5'' AS identical FROM feedback.assessments a;'
:identical

-- Every pg_dump below warns that the foreign key is circular: that is known, and silenced.

-- Plain: the data are in the dump, the definitions and privileges are the extension's
\setenv PGDATABASE feedback_dump
\setenv PGOPTIONS '-c client_min_messages=warning'
\setenv LOAD 'psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d feedback_restored'
\! pg_dump 2> /dev/null | grep -cE '^COPY feedback.assessments '
\! pg_dump 2> /dev/null | grep -E '^(CREATE|GRANT|REVOKE) '
\! createdb -T template0 feedback_restored && pg_dump 2> /dev/null | $LOAD
\c feedback_restored
:identical
SELECT run_id, run_name, n_traces, n_value, means FROM feedback.evaluation_runs;
SELECT count(feedback.log_feedback('tr-1', 'n', 1));

-- Custom and directory formats
\c feedback_dump
\! dropdb feedback_restored && createdb -T template0 feedback_restored && pg_dump -Fc 2> /dev/null | pg_restore -e -d feedback_restored
\c feedback_restored
:identical
\c feedback_dump
\! dropdb feedback_restored && createdb -T template0 feedback_restored
\! dir=$(mktemp -d) && pg_dump -Fd -f "$dir/dump" 2> /dev/null && pg_restore -e -j 2 -d feedback_restored "$dir/dump"; rm -r "$dir"
\c feedback_restored
:identical

-- Data only, where the extension is installed already
TRUNCATE feedback.assessments, feedback_internal.evaluation_runs;
\! pg_dump --data-only 2> /dev/null | $LOAD
:identical
TRUNCATE feedback.assessments, feedback_internal.evaluation_runs;
\! pg_dump --data-only --disable-triggers 2> /dev/null | $LOAD
:identical

-- That last one left the triggers enabled, but no longer for rows that replication applies; this mends it
SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'feedback.assessments'::regclass AND NOT tgisinternal ORDER BY 1;
SELECT problem FROM feedback.check_summaries();
ALTER TABLE feedback.assessments ENABLE ALWAYS TRIGGER assessments_check;
ALTER TABLE feedback.assessments ENABLE ALWAYS TRIGGER assessments_journal;
ALTER TABLE feedback.assessments ENABLE ALWAYS TRIGGER assessments_truncate;
SELECT problem FROM feedback.check_summaries();
SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'feedback.assessments'::regclass AND NOT tgisinternal ORDER BY 1;

-- Statements instead of COPY: they meet an overriding row before its target, and so have to be one transaction with
-- deferred constraints
TRUNCATE feedback.assessments, feedback_internal.evaluation_runs;
\! pg_dump --data-only --inserts 2> /dev/null | $LOAD -1 -v VERBOSITY=terse -f - 2>&1 | sed 's/^psql:[^ ]* //'
\! pg_dump --data-only --inserts 2> /dev/null | $LOAD -1 -c 'SET CONSTRAINTS ALL DEFERRED' -f -
:identical
TRUNCATE feedback.assessments, feedback_internal.evaluation_runs;
\! pg_dump --data-only --column-inserts --rows-per-insert=2 2> /dev/null | $LOAD -1 -c 'SET CONSTRAINTS ALL DEFERRED' -f -
:identical
\c feedback_dump
\! dropdb feedback_restored && createdb -T template0 feedback_restored
\! pg_dump --inserts 2> /dev/null | $LOAD -1 -c 'SET CONSTRAINTS ALL DEFERRED' -f -
\c feedback_restored
:identical
\c feedback_dump
DROP DATABASE feedback_restored;

-- Settings of a database, and of a role in it, are in a dump with --create, privileges given since are in every dump;
-- settings of a role everywhere are in pg_dumpall
CREATE ROLE feedback_dump_role;
ALTER DATABASE feedback_dump SET feedback.project = 'chatbot''s';
ALTER ROLE feedback_dump_role IN DATABASE feedback_dump SET feedback.untyped_text = 'keep';
ALTER ROLE feedback_dump_role SET feedback.project = 'of the role';
GRANT SELECT ON feedback.feedback TO feedback_dump_role;
\c :regression
\! pg_dumpall --roles-only | grep feedback.project
\! file=$(mktemp) && pg_dump -C -Fc -f "$file" 2> /dev/null && dropdb feedback_dump && pg_restore -e -C -d postgres "$file"; rm "$file"
\c feedback_dump
:identical
SELECT setrole <> 0 AS of_role, setconfig
FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
WHERE datname = current_database() ORDER BY 1;
SELECT has_table_privilege('feedback_dump_role', 'feedback.feedback', 'SELECT') AS given,
       has_table_privilege('feedback_dump_role', 'feedback.assessments', 'SELECT') AS not_given;
SELECT count(feedback.log_feedback('tr-3', 'n', 1));
SELECT project FROM feedback.feedback WHERE trace_id = 'tr-3';

\c :regression
DROP DATABASE feedback_dump;
DROP ROLE feedback_dump_role;
