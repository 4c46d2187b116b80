-- The types, the table, the settings; and that every object explains itself and is nobody's by default.
BEGIN;
SELECT plan(16);

SELECT enum_has_labels('feedback', 'assessment_kind', ARRAY['feedback', 'expectation']);
SELECT enum_has_labels('feedback', 'source_type', ARRAY['HUMAN', 'LLM_JUDGE', 'CODE', 'SOURCE_TYPE_UNSPECIFIED']);
SELECT enum_has_labels('feedback', 'value_type', ARRAY['boolean', 'numeric', 'text', 'json']);

SELECT results_eq(
    $$ SELECT attname::text COLLATE "default", format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid) COLLATE "default"
       FROM pg_attribute LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
       WHERE attrelid = 'feedback.assessments'::regclass AND attnum > 0
       ORDER BY attnum $$,
    $$ VALUES ('project', 'text', true, 'COALESCE(NULLIF(current_setting(''feedback.project''::text, true), ''''::text), ''default''::text)'),
              ('trace_id', 'text', true, NULL),
              ('assessment_id', 'uuid', true, 'feedback_internal.default_assessment_id()'),
              ('kind', 'feedback.assessment_kind', true, NULL),
              ('name', 'text', true, NULL),
              ('boolean_value', 'boolean', false, NULL),
              ('numeric_value', 'numeric', false, NULL),
              ('text_value', 'text', false, NULL),
              ('json_value', 'jsonb', false, NULL),
              ('source_type', 'feedback.source_type', true, NULL),
              ('source_id', 'text', false, NULL),
              ('rationale', 'text', false, NULL),
              ('metadata', 'jsonb', false, NULL),
              ('span_id', 'text', false, NULL),
              ('error_code', 'text', false, NULL),
              ('error_message', 'text', false, NULL),
              ('stack_trace', 'text', false, NULL),
              ('overrides', 'uuid', false, NULL),
              ('valid', 'boolean', true, 'true'),
              ('create_time', 'timestamp with time zone', true, 'feedback_internal.default_create_time()'),
              ('last_update_time', 'timestamp with time zone', true, 'feedback_internal.default_last_update_time()'),
              ('logged_by', 'text', true, 'SESSION_USER'),
              ('logged_xid', 'xid8', false, 'feedback_internal.row_xid(assessment_id)') $$,
    'the table has these columns');
SELECT results_eq(
    -- in quotes from 17 on, where json_value is a key word
    $$ SELECT replace(indexdef, '"json_value"', 'json_value') COLLATE "default" FROM pg_indexes WHERE schemaname = 'feedback' ORDER BY indexname $$,
    $$ VALUES ('CREATE INDEX assessments_create_time_idx ON feedback.assessments USING btree (create_time)'),
              ('CREATE INDEX assessments_error_idx ON feedback.assessments USING btree (create_time) WHERE (error_code IS NOT NULL)'),
              ('CREATE INDEX assessments_logged_xid_idx ON feedback.assessments USING btree (logged_xid)'),
              ('CREATE INDEX assessments_long_value_idx ON feedback.assessments USING btree (project, name) '
               'WHERE feedback_internal.is_long_value(numeric_value, text_value, json_value)'),
              ('CREATE UNIQUE INDEX assessments_overrides_key ON feedback.assessments '
               'USING btree (trace_id, overrides) WHERE (overrides IS NOT NULL)'),
              ('CREATE UNIQUE INDEX assessments_pkey ON feedback.assessments USING btree (trace_id, assessment_id)'),
              ('CREATE INDEX assessments_value_idx ON feedback.assessments '
               'USING btree (name, boolean_value, numeric_value, "left"(text_value, 60), create_time)'),
              ('CREATE UNIQUE INDEX label_schemas_key ON feedback.label_schemas '
               'USING btree (name, kind, project) NULLS NOT DISTINCT'),
              ('CREATE UNIQUE INDEX mlflow_notes_pkey ON feedback.mlflow_notes USING btree (trace_id, assessment_id, direction, schema_name)'),
              ('CREATE UNIQUE INDEX rejected_assessments_pkey ON feedback.rejected_assessments USING btree (rejected_id)') $$,
    'it has these indexes and no other');
SELECT results_eq(
    $$ SELECT conname::text COLLATE "default", pg_get_constraintdef(oid) FROM pg_constraint
       WHERE conrelid = 'feedback.assessments'::regclass AND contype IN ('p', 'f') ORDER BY 1 $$,
    $$ VALUES ('assessments_overrides_fkey',
               'FOREIGN KEY (trace_id, overrides) REFERENCES feedback.assessments(trace_id, assessment_id) '
               'ON DELETE SET NULL (overrides) DEFERRABLE'),
              ('assessments_pkey', 'PRIMARY KEY (trace_id, assessment_id)') $$,
    'an override is one of an assessment of the same trace');
SELECT results_eq(
    $$ SELECT extconfig::regclass[]::text, extcondition::text COLLATE "default", extrelocatable FROM pg_extension WHERE extname = 'feedback' $$,
    $$ VALUES ('{feedback.assessments,feedback_internal.access_grants,feedback.rejected_assessments,feedback.label_schemas,feedback_internal.mlflow_stores,'
               'feedback_internal.mlflow_ids,feedback.mlflow_notes,feedback_internal.trace_sources,feedback_internal.evaluation_runs}', '{"","","","","","","","",""}', false) $$,
    'a dump holds the rows of the tables');

-- What belongs to the extension
CREATE TEMP VIEW member AS
SELECT classid, objid, pg_describe_object(classid, objid, 0) AS description
FROM pg_depend
WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
      AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'feedback')
      -- from 17 on, the types of rows and arrays are members too
      AND NOT EXISTS (SELECT FROM pg_type WHERE classid = 'pg_type'::regclass AND pg_type.oid = objid AND typtype <> 'e');

SELECT is_empty(
    $$ SELECT description FROM member WHERE obj_description(objid, classid::regclass::name) IS NULL $$,
    'every function, type, table and view has a comment');
SELECT is_empty(
    $$ SELECT description, attname FROM member JOIN pg_attribute ON attrelid = objid
       WHERE classid = 'pg_class'::regclass AND attnum > 0 AND col_description(attrelid, attnum) IS NULL $$,
    'and every column of a table or view');
SELECT is_empty(
    $$ SELECT tgname FROM pg_trigger WHERE tgrelid IN ('feedback.assessments'::regclass, 'feedback.label_schemas'::regclass) AND NOT tgisinternal
       AND obj_description(oid, 'pg_trigger') IS NULL $$,
    'and every trigger');

SELECT is_empty(
    $$ SELECT description, privilege
       FROM member, unnest(CASE classid
           WHEN 'pg_proc'::regclass THEN ARRAY['EXECUTE']
           WHEN 'pg_type'::regclass THEN ARRAY['USAGE']
           WHEN 'pg_class'::regclass THEN
               ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
           END) AS privilege
       WHERE CASE classid
           WHEN 'pg_proc'::regclass THEN has_function_privilege('public', objid, privilege)
           WHEN 'pg_type'::regclass THEN has_type_privilege('public', objid, privilege)
           ELSE has_table_privilege('public', objid, privilege) END $$,
    'PUBLIC may use no function, type, table or view');
SELECT ok(NOT has_schema_privilege('public', 'feedback_internal', 'USAGE')
          AND NOT has_schema_privilege('public', 'feedback', 'USAGE')
          AND NOT has_schema_privilege('public', 'feedback', 'CREATE'),
    'nor the schema');
SELECT is_empty(
    $$ SELECT relname FROM pg_class WHERE relnamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace) AND relkind = 'v'
       AND relname !~ '^counted_' AND relname NOT IN ('trace_stores', 'known_runs') AND NOT coalesce('security_invoker=true' = ANY (reloptions), false) $$,
    'every view runs with the rights of who reads it, but for those that show the rollups and runs, and where traces are');

-- The library defines its settings when it is loaded.
SELECT is(feedback.assessment_id('a-00000000000000000000000000000000'),
    '00000000-0000-0000-0000-000000000000', 'the library is loaded');
SELECT results_eq(
    $$ SELECT name, boot_val, context, enumvals FROM pg_settings WHERE name LIKE 'feedback.%' ORDER BY name $$,
    $$ VALUES ('feedback.project', '', 'user', NULL),
              ('feedback.search_lookups', '5000', 'user', NULL),
              ('feedback.untyped_text', 'warn', 'user', '{warn,error,keep}'::text[]) $$,
    'there are three settings');
SELECT throws_ok($$ SET feedback.untyped_texts = 'keep' $$, '42602', NULL, 'a mistyped setting is refused');

SELECT * FROM finish();
ROLLBACK;
