-- The functions: what they are called with, and what they promise the planner.
BEGIN;
SELECT plan(19);

-- "trace_id text, name text = 'default', ..." of each function of a name, by the type of its value
CREATE FUNCTION pg_temp.arguments(function name) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT regexp_replace(pg_get_function_arguments(p.oid),
                          ' DEFAULT (''[^'']*''|NULL|[0-9]+)(::[a-z ]+)?', ' = \1', 'g')
    FROM pg_proc p
    WHERE p.pronamespace = 'feedback'::regnamespace AND p.proname = function
    ORDER BY p.proargtypes[1]::regtype::text, p.proargtypes[2]::regtype::text DESC
$$;

SELECT results_eq($$ SELECT pg_temp.arguments('log_feedback') $$,
    ARRAY[replace(
    'trace_id text, name text, value text = NULL, source_type text = ''CODE'', source_id text = ''default'', '
    'rationale text = NULL, metadata jsonb = NULL, span_id text = NULL, error_code text = NULL, '
    'error_message text = NULL, stack_trace text = NULL, overrides uuid = NULL, '
    'create_time timestamp with time zone = NULL, assessment_id uuid = NULL, project text = NULL', '  ', ' '),
    'trace_id text, name text, value "any", source_type text = ''CODE'', source_id text = ''default'', '
    'rationale text = NULL, metadata jsonb = NULL, span_id text = NULL, error_code text = NULL, '
    'error_message text = NULL, stack_trace text = NULL, overrides uuid = NULL, '
    'create_time timestamp with time zone = NULL, assessment_id uuid = NULL, project text = NULL'],
    'log_feedback');
ROLLBACK;
