-- Arguments from SQL: what is required, how long it may be, what is kept and what it defaults to.
BEGIN;
SELECT plan(62);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- The functions, with what each call needs
CREATE TEMP TABLE function AS
SELECT name, array_agg(needed) AS needed
FROM (VALUES
    ('log_feedback', ARRAY['trace_id', 'name', 'value']),
    ('log_expectation', ARRAY['trace_id', 'name', 'value']),
    ('log_assessment', ARRAY['trace_id', 'assessment']),
    ('override_feedback', ARRAY['trace_id', 'assessment_id', 'value']),
    ('update_assessment', ARRAY['trace_id', 'assessment_id', 'assessment']),
    ('delete_assessment', ARRAY['trace_id', 'assessment_id']),
    ('get_assessment', ARRAY['trace_id', 'assessment_id']),
    ('get_assessments', ARRAY['trace_id'])
) AS v (name, all_needed), unnest(all_needed) AS needed
GROUP BY name;

-- A call of a function, with one argument changed; the assessment that it may need is made on the spot
CREATE FUNCTION pg_temp.call(function text, needed text[], argument text, expression text) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT feedback.%I(%s)', function, string_agg(key || ' => ' || value, ', '))
    FROM jsonb_each_text(
        (SELECT jsonb_object_agg(key, value) FROM jsonb_each(jsonb_build_object(
             'trace_id', '''tr''', 'name', '''n''', 'value', '1',
             'assessment_id', $q$feedback.log_feedback('tr', 'n', true)$q$,
             'assessment', '''{"assessment_name": "n", "feedback": {"value": 1}}'''))
         WHERE key = ANY (needed))
        || jsonb_build_object(argument, expression))
$$;

-- How all functions that have an argument refuse a value of it; these have to agree
CREATE FUNCTION pg_temp.refused(argument text, expression text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(DISTINCT helper.refusal(pg_temp.call(f.name, f.needed, argument, expression)), ' or ')
    FROM function f
    WHERE EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = 'feedback'::regnamespace
                  AND p.proname = f.name AND argument = ANY (p.proargnames))
$$;

SELECT is(pg_temp.refused(argument, expression), wanted, argument || ' => ' || left(expression, 60))
FROM (VALUES
    -- required
    ('trace_id', 'NULL', '22004 trace_id'),
    ('name', 'NULL', '22004 name'),
    ('value', 'NULL', '22004 value'),
    ('source_type', 'NULL', '22004 source_type'),
    ('assessment', 'NULL::text', '22004 assessment'),
    ('assessment', 'NULL::json', '22004 assessment'),
    ('assessment', 'NULL::jsonb', '22004 assessment'),
    ('error_message', '''m''', '22004 error_code'),
    ('stack_trace', '''''', '22004 error_code'),

    -- lengths, in characters
    ('trace_id', '''''', '22001 trace_id'),
    ('trace_id', 'repeat(''x'', 251)', '22001 trace_id'),
    ('trace_id', 'repeat(''😀'', 251)', '22001 trace_id'),
    ('name', '''''', '22001 name'),
    ('name', 'repeat(''x'', 250)', 'accepted'),
    ('name', 'repeat(''😀'', 250)', 'accepted'),
    ('name', 'repeat(''😀'', 251)', '22001 name'),
    ('source_id', '''''', 'accepted'),
    ('source_id', 'NULL', 'accepted'),
    ('source_id', 'repeat(''é'', 250)', 'accepted'),
    ('source_id', 'repeat(''é'', 251)', '22001 source_id'),
    ('span_id', '''''', '22001 span_id'),
    ('span_id', 'repeat(''é'', 250)', 'accepted'),
    ('span_id', 'repeat(''é'', 251)', '22001 span_id'),
    ('project', '''''', '22001 project'),
    ('project', 'repeat(''é'', 250)', 'accepted'),
    ('project', 'repeat(''é'', 251)', '22001 project'),

    -- sources
    ('source_type', '''human''', 'accepted'),
    ('source_type', '''Llm_Judge''', 'accepted'),
    ('source_type', '''SOURCE_TYPE_unspecified''', 'accepted'),
    ('source_type', '''ai_judge''', 'accepted'),
    ('source_type', '''''', '22023 source_type'),
    ('source_type', '''BOT''', '22023 source_type'),
    ('source_type', ''' HUMAN''', '22023 source_type'),
    ('source_type', '''HUMAN ''', '22023 source_type'),
    ('source_type', '''HUM''', '22023 source_type'),
    ('source_type', '''LLM-JUDGE''', '22023 source_type'),
    ('source_type', '''1''', '22023 source_type'),

    -- times
    ('create_time', '''infinity''', '22008 create_time'),
    ('create_time', '''-infinity''', '22008 create_time'),
    ('create_time', '''0001-12-31 23:59:59.999999+00 BC''', '22008 create_time'),
    ('create_time', '''0001-01-01 00:00:00+00''', 'accepted'),
    ('create_time', '''9999-12-31 23:59:59.999999+00''', 'accepted'),
    ('create_time', '''10000-01-01 00:00:00+00''', '22008 create_time'),

    -- metadata
    ('metadata', '''[]''', '22023 metadata'),
    ('metadata', '''"a"''', '22023 metadata'),
    ('metadata', '''null''', '22023 metadata'),
    ('metadata', '''{"a": [1e309]}''', '22003 metadata'),
    ('metadata', '(repeat(''{"a": '', 63) || 1 || repeat(''}'', 63))::jsonb', 'accepted'),
    ('metadata', '(repeat(''{"a": '', 64) || 1 || repeat(''}'', 64))::jsonb', '54001 metadata')
) AS v (argument, expression, wanted);

SELECT is(helper.refusal(pg_temp.call(name, needed, 'assessment_id', 'NULL')), '22004 assessment_id',
    name || ' needs to know which assessment')
FROM function WHERE 'assessment_id' = ANY (needed) ORDER BY name;

-- What is kept
CREATE TEMP TABLE long AS SELECT repeat(E'line of a stack trace: ü😀\n', 40000) AS text;
CREATE TEMP TABLE kept AS
SELECT feedback.log_feedback('kept', 'n', '', rationale => '', source_id => '', error_code => '', error_message => '',
                             stack_trace => text, metadata => '{}', span_id => 's', source_type => 'ai_judge') AS id
FROM long;
SELECT results_eq(
    $$ SELECT (helper.assessment(id)).* FROM kept $$,
    $$ SELECT 'default', 'kept', a.assessment_id, 'feedback'::feedback.assessment_kind, 'n', NULL::boolean, NULL::numeric, '', NULL::jsonb,
              'LLM_JUDGE'::feedback.source_type, '', '', NULL::jsonb, 's', '', '', text, NULL::uuid, true,
              a.create_time, a.create_time, session_user::text COLLATE "default"
       FROM feedback.assessments a, long WHERE a.trace_id = 'kept' $$,
    'empty texts stay empty, long ones long; {} is no metadata; AI_JUDGE is LLM_JUDGE');
SELECT results_eq(
    $$ SELECT metadata FROM helper.assessment(feedback.log_feedback('tr', 'n', 1, metadata => '{"b": [1.50, {}], "a": null}')) $$,
    $$ VALUES ('{"b": [1.50, {}], "a": null}'::jsonb) $$,
    'metadata is kept as it is');
SELECT results_eq(
    $$ SELECT helper.value_of(a), error_code, error_message, stack_trace
       FROM helper.assessment(feedback.log_feedback('tr', 'n', 0.5, error_code => 'PARTIAL')) AS a $$,
    $$ VALUES ('numeric 0.5', 'PARTIAL', NULL, NULL) $$,
    'a value and an error stand together');

-- What is left out
SELECT results_eq(
    $$ SELECT source_type::text, source_id, rationale, metadata, span_id, error_code, overrides, project, valid
       FROM helper.assessment(feedback.log_feedback('tr', 'n', 1)) $$,
    $$ VALUES ('CODE', 'default', NULL, NULL::jsonb, NULL, NULL, NULL::uuid, 'default', true) $$,
    'feedback is by CODE unless it says otherwise');
SELECT results_eq(
    $$ SELECT source_type::text, source_id, rationale, metadata, span_id, error_code, overrides, project, valid
       FROM helper.assessment(feedback.log_expectation('tr', 'n', 1)) $$,
    $$ VALUES ('HUMAN', 'default', NULL, NULL::jsonb, NULL, NULL, NULL::uuid, 'default', true) $$,
    'an expectation by a HUMAN');
SELECT is((helper.assessment(feedback.log_feedback('tr', 'n', 1, source_id => NULL))).source_id, NULL, 'a NULL source_id is kept');
SELECT is((helper.assessment(feedback.log_feedback('tr', 'n', 1, create_time => '2025-01-02 03:04:05.678901+01'))).last_update_time,
    '2025-01-02 02:04:05.678901+00', 'last_update_time follows create_time');
SELECT is((SELECT count(DISTINCT (helper.assessment(feedback.log_feedback('tr', 'n', i))).create_time) FROM generate_series(1, 3) AS i),
    3::bigint, 'now is the clock');
SELECT ok((helper.assessment(feedback.log_feedback('tr', 'n', 1))).create_time BETWEEN statement_timestamp() AND clock_timestamp(),
    'and not the start of the transaction');

SELECT * FROM finish();
ROLLBACK;
