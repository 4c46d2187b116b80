-- Search: what filters find, in what order, for whom, and by which index. Error texts are in test/sql/search_texts.sql;
-- test/search/run compares thousands of filters with MLflow and with an evaluator.
BEGIN;
SELECT plan(127);
\ir ../include/helpers.sql
GRANT USAGE ON SCHEMA helper TO PUBLIC;
SET LOCAL client_min_messages = error;

-- The traces that a filter finds, newest match first
CREATE FUNCTION helper.found(filter text, project text DEFAULT NULL, max_results integer DEFAULT 100, order_by text DEFAULT NULL)
    RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(trace_id, ' ' ORDER BY ordinality)
    FROM feedback.search_traces(filter, project, max_results, order_by) WITH ORDINALITY
$$;

-- A trace for each kind of value, t1 the newest, all under one name
INSERT INTO feedback.assessments (project, trace_id, assessment_id, kind, name, boolean_value, numeric_value, text_value, json_value,
                                  error_code, source_type, source_id, rationale, metadata, create_time, last_update_time)
SELECT 'p', trace_id, gen_random_uuid(), 'feedback', 'x', boolean_value, numeric_value, text_value, json_value, error_code,
       'HUMAN', source_id, rationale, metadata, timestamptz '2026-01-02 12:00Z' - minutes * interval '1 minute', '2026-02-01 00:00Z'
FROM (VALUES
    ('true', 1, true, NULL, NULL, NULL::jsonb, NULL, 'ann', 'fine', '{"cost": 0.5, "model.name": "gpt-4"}'::jsonb),
    ('false', 2, false, NULL, NULL, NULL, NULL, 'bob', NULL, '{"cost": "0.5"}'),
    ('one', 3, NULL, 1.00, NULL, NULL, NULL, NULL, NULL, '{"cost": null}'),
    ('five', 4, NULL, 5, NULL, NULL, NULL, NULL, NULL, NULL),
    ('big', 5, NULL, 9007199254740993, NULL, NULL, NULL, NULL, NULL, NULL),
    ('"true"', 6, NULL, NULL, 'true', NULL, NULL, NULL, NULL, NULL),
    ('"1"', 7, NULL, NULL, '1', NULL, NULL, NULL, NULL, NULL),
    ('"größe"', 8, NULL, NULL, 'größe', NULL, NULL, NULL, NULL, NULL),
    ('"null"', 9, NULL, NULL, 'null', NULL, NULL, NULL, NULL, NULL),
    ('null', 10, NULL, NULL, NULL, 'null', NULL, NULL, NULL, NULL),
    ('list', 11, NULL, NULL, NULL, '[1, 2.0, "a"]', NULL, NULL, NULL, NULL),
    ('object', 12, NULL, NULL, NULL, '{"a": 1, "b": [true]}', NULL, NULL, NULL, NULL),
    ('"[1"', 13, NULL, NULL, '[1', NULL, NULL, NULL, NULL, NULL),
    ('error', 14, NULL, NULL, NULL, NULL, 'RATE_LIMIT', NULL, NULL, NULL)
) AS v (trace_id, minutes, boolean_value, numeric_value, text_value, json_value, error_code, source_id, rationale, metadata);

SELECT is(helper.found(filter), found, concat_ws(': ', proves, regexp_replace(filter, '\s+', ' ', 'g')))
FROM (VALUES
    -- Typed comparison
    ('feedback.x = true', 'true', 'a bare boolean is a boolean alone'),
    ('feedback.x = FALSE', 'false', 'in any letter case'),
    ('feedback.x = ''true''', 'true "true"', 'in quotes it is whatever reads so'),
    ('feedback.x = ''True''', NULL, 'to the letter'),
    ('feedback.x = 1', 'one', 'a bare number is a number alone, whatever its digits'),
    ('feedback.x = 1.000', 'one', 'trailing zeros do not matter'),
    ('feedback.x = ''1''', 'one "1"', 'in quotes a number or a text'),
    ('feedback.x = ''1.0''', 'one', 'a text is compared to the letter, a number by its value'),
    ('feedback.x = ''01''', NULL, 'which JSON does not write so'),
    ('feedback.x > 9007199254740992', 'big', 'beyond the digits of a double'),
    ('feedback.x >= 1', 'one five big', 'order is for numbers alone'),
    ('feedback.x < 1e400', 'one five big', 'a constant may be larger than any value'),
    ('feedback.x BETWEEN 1 AND 5', 'one five', 'both ends are in'),
    ('feedback.x = ''null''', '"null" null', 'an explicit null or the text, but no error'),
    ('feedback.x = ''[1,2,"a"]''', 'list', 'lists by their content, not their spacing or digits'),
    ('feedback.x = ''{"b":[true],"a":1}''', 'object', 'objects whatever their order'),
    ('feedback.x = ''[1''', '"[1"', 'what is no JSON is text'),
    ('feedback.x = ''''', NULL, 'nothing is no empty text'),
    -- Patterns are matched with the text, without quotes around it
    ('feedback.x LIKE ''gr%''', '"größe"', 'LIKE'),
    ('feedback.x ILIKE ''TR_E''', 'true "true"', 'ILIKE'),
    ('feedback.x RLIKE ''^(1|5)$''', 'one five "1"', 'a regular expression'),
    ('feedback.x LIKE ''[1, 2%''', 'list', 'lists are matched as PostgreSQL writes them'),
    -- Negation: just the others
    ('feedback.x != ''true''', 'false one five big "1" "größe" "null" null list object "[1" error', 'not equal'),
    ('feedback.x <> 1', 'true false five big "true" "1" "größe" "null" null list object "[1" error', 'not equal to a number'),
    ('feedback.x NOT IN (true, false, 1, 5, ''null'', ''[1'')', 'big "true" "1" "größe" list object error', 'not one of them'),
    ('feedback.x NOT LIKE ''%''', 'error', 'an error is like nothing'),
    ('feedback.x NOT BETWEEN 0 AND 1e300', 'true false "true" "1" "größe" "null" null list object "[1" error', 'not between'),
    ('NOT feedback.x != 5', 'five', 'NOT of a trace'),
    -- Null
    ('feedback.x[value IS NULL]', 'error', 'an explicit null is a value, an error is none'),
    ('feedback.y IS NULL AND feedback.x >= 5', 'five big', 'without such a feedback'),
    ('feedback.x IS NULL', NULL, 'all have one'),
    ('feedback.x IS NOT NULL AND trace_id = ''null''', 'null', 'a null counts'),
    ('expectation.x IS NOT NULL', NULL, 'feedback is no expectation'),
    -- Fields
    ('feedback.x[source_id = ''ann'']', 'true', 'source'),
    ('feedback.x[source_id != ''ann'' AND value IN (true, false, 1)]', 'false one', 'not equal also where there is none'),
    ('feedback[source_type = ''human'' AND rationale LIKE ''f%'']', 'true', 'any name, a source type in any letter case'),
    ('feedback[rationale IS NOT NULL]', 'true', 'rationale'),
    ('feedback[error_code = ''RATE_LIMIT'']', 'error', 'error'),
    ('feedback[error_message IS NULL AND error_code IS NOT NULL]', 'error', 'error without a message'),
    ('feedback[span_id IS NOT NULL]', NULL, 'span'),
    ('feedback[create_time >= ''2026-01-02 11:58Z'']', 'true false', 'time'),
    ('feedback[create_time < ''2026-01-02 12:46:01+01'' AND last_update_time = ''2026-02-01T00:00:00Z'']', 'error', 'time with a zone'),
    ('feedback[create_time BETWEEN ''2026-01-02 11:57Z'' AND ''2026-01-02 11:58Z'']', 'false one', 'between times'),
    ('feedback[metadata.cost <= 0.5]', 'true', 'a bare number is compared with numbers of metadata'),
    ('feedback[metadata.cost = ''0.5'']', 'true false', 'in quotes with its text'),
    ('feedback[metadata.cost IS NULL AND metadata.`model.name` IS NULL AND value < 5]', 'one', 'null in metadata is none'),
    ('feedback[metadata.model.name RLIKE ''^gpt'']', 'true', 'a key may have dots'),
    ('feedback.x[source_id = ''bob''] = ''false''', 'false', 'fields and value of one row'),
    ('trace_id IN (''five'', ''none'', ''big'')', 'five big', 'trace_id'),
    ('trace_id NOT LIKE ''%e%'' AND feedback.x IS NOT NULL', 'big "1" "null" null list "[1"', 'trace_id not like'),
    -- Logic
    ('feedback.x = 1 OR feedback.x = 5 AND feedback.x = 1', 'one', 'AND binds more than OR'),
    ('(feedback.x = 1 OR feedback.x = 5) AND NOT feedback.x = 1', 'five', 'parentheses and NOT'),
    ('feedback.x[value >= 1 AND (value = 5 OR NOT value < 9) AND NOT (NOT value > 0)]', 'five big', 'in brackets too'),
    ('feedback.x IN (5, ''größe'', true)', 'true five "größe"', 'IN takes constants of all types'),
    ('feedback.x IN (1, 2, 3, 4, 5, 6, 7, 8, 9, ''1'', ''2'', ''true'', false, ''null'', ''[1, 2, "a"]'', 10, 11, 12)',
     'true false one five "true" "1" "null" null list', 'a long list as a short one'),
    -- Spelling
    ('FEEDBACK.x  in (1)', 'one', 'keywords in any letter case'),
    ('`feedback`.`x` = "größe"', '"größe"', 'back-ticks around names, double quotes around texts'),
    (E'feedback.x\u00a0=\u00a01', 'one', 'blanks of pasted text'),
    (E'\n\tfeedback.x\n=\n1\n', 'one', 'lines')
) AS v (filter, found, proves);

-- Names
SELECT count(feedback.log_feedback('name ' || n, name, 1, project => 'names')) AS n
FROM unnest(ARRAY['a.b', '2nd', '5', 'select', 'name', 'run_id', 'prompt', 'text', 'timestamp', 'value', 'and', 'größe', 'a b', 'it''s',
                  'say "x"', '`', '[x]', 'faithfulness/v1', '@x']) WITH ORDINALITY AS v (name, n) \gset
SELECT is(helper.found('feedback.' || written || ' = 1', 'names'), 'name ' || n, 'name: ' || written)
FROM unnest(ARRAY['a.b', '2nd', '5', 'select', 'name', 'run_id', 'prompt', 'text', 'timestamp', 'value', 'and', 'größe', '`a b`', '"it''s"',
                  '"say ""x"""', '"`"', '"[x]"', 'faithfulness/v1', '@x']) WITH ORDINALITY AS v (written, n);
SELECT is(helper.found('feedback.`a`."b" = 1', 'names'), 'name 1', 'each piece of a name has quotes of its own');

-- Injection: every constant, name and key is a parameter.
CREATE TEMP TABLE attack AS
    SELECT attack, '''' || replace(attack, '''', '''''') || '''' AS quoted
    FROM unnest(ARRAY['''; DROP TABLE feedback.assessments; --', ''' OR true --', '$1', '\'') OR 1=1 --', '%s%n', '"; SELECT 1; --']) AS attack;
SELECT is((SELECT count(*) FROM attack, unnest(ARRAY['feedback.x = %s', 'feedback.%s = 1', 'feedback[metadata.%s = %1$s]', 'trace_id = %s',
                                                     'feedback[rationale LIKE %s AND source_id = %1$s]', 'feedback.x RLIKE ''^none'' OR feedback.x IN (%s)']) AS filter
           WHERE helper.found(format(filter, quoted)) IS NOT NULL), 0::bigint, 'what looks like SQL is text that nothing equals');
SELECT is((SELECT count(feedback.log_feedback('attack', attack, attack::text, metadata => jsonb_build_object(attack, attack))) FROM attack), 6::bigint,
    'and may be logged');
SELECT is((SELECT count(*) FROM attack WHERE helper.found(format('feedback.%1$s[metadata.%1$s = %1$s] = %1$s', quoted)) = 'attack'), 6::bigint,
    'and is found as a name, a key, metadata and a value');
SELECT is(helper.refusal($$ SELECT feedback.search_traces(order_by => 'n; DROP TABLE feedback.assessments') $$), '42601 order_by', 'order_by takes keys alone');
SELECT is(helper.found('feedback.x = 1', E'p'' OR true --'), NULL, 'the project is a parameter');

-- What is overridden is not found, nor summed up.
SELECT feedback.log_feedback('overridden', 'o', 'old'::text, assessment_id => helper.id('a'), create_time => '2026-03-01 00:00Z', project => 'o') AS id \gset
SELECT feedback.override_feedback('overridden', helper.id('a'), 'new'::text, create_time => '2026-03-02 00:00Z') AS id \gset
SELECT is(helper.found('feedback.o = ''old'''), NULL, 'an overridden value is not found');
SELECT feedback.log_expectation('overridden', 'answer', '["a"]'::jsonb, create_time => '2026-03-03 00:00Z', project => 'o') AS id \gset
SELECT feedback.log_feedback('overridden', 'judge', NULL, error_code => 'E', create_time => '2026-03-04 00:00Z', project => 'o') AS id \gset
SELECT feedback.log_feedback('overridden', 'o', 2, create_time => '2026-03-01 12:00Z', project => 'o') AS id \gset
SELECT results_eq($$ SELECT * FROM feedback.search_traces('feedback.o = ''new''') $$,
    $$ VALUES ('o', 'overridden', timestamptz '2026-03-02 00:00Z', '{"o": "new"}'::jsonb, '{"answer": ["a"]}'::jsonb, 3::bigint, 1::bigint,
               timestamptz '2026-03-01 12:00Z', timestamptz '2026-03-04 00:00Z') $$,
    'a trace comes with the time of its newest match, its latest values by name, and its valid feedback counted');
SELECT results_eq($$ SELECT matched_time FROM feedback.search_traces('NOT feedback.o = 7', 'o') $$, $$ VALUES (timestamptz '2026-03-04 00:00Z') $$,
    'where no assessment is asked for, the newest of the trace counts');
SELECT results_eq($$ SELECT matched_time FROM feedback.search_traces('feedback.o = 2 AND feedback.o = ''new''') $$, $$ VALUES (timestamptz '2026-03-01 12:00Z') $$,
    'with AND, the first assessment asked for');
SELECT results_eq($$ SELECT matched_time FROM feedback.search_traces('feedback.o = 2 OR feedback.o = ''new''') $$, $$ VALUES (timestamptz '2026-03-02 00:00Z') $$,
    'with OR, any of them');

-- Projects, limits and orders
SELECT feedback.log_feedback('shared', 's', 1, project => 'a', create_time => '2026-04-01 00:00Z') AS id \gset
SELECT feedback.log_feedback('shared', 's', 2, project => 'b', create_time => '2026-04-01 00:00Z') AS id \gset
SELECT results_eq($$ SELECT project, feedback FROM feedback.search_traces('feedback.s >= 1') $$,
    $$ VALUES ('a', '{"s": 1}'::jsonb), ('b', '{"s": 2}') $$, 'a trace in two projects is two, ties go by trace and project');
SELECT results_eq($$ SELECT project FROM feedback.search_traces('feedback.s = 1 AND feedback.s = 2') $$, $$ SELECT NULL::text WHERE false $$,
    'which do not mix');
SELECT is(helper.found('feedback.s >= 1', 'b'), 'shared', 'one project alone');
SELECT is(helper.found(filter, 'o'), 'overridden', 'blank filters find all: ' || coalesce(quote_literal(regexp_replace(filter, '\s+', ' ')), 'NULL')) FROM (VALUES (NULL), (''), (E' \n')) AS v (filter);
SELECT is(helper.found('feedback.x >= 1', max_results => 2), 'one five', 'as many as are asked for');
SELECT is(helper.found('feedback.x >= 1', max_results => 0), NULL, 'none');
SELECT is(helper.found('feedback.x >= 1', max_results => NULL), 'one five big', 'all of them');
SELECT is(helper.found('feedback.x >= 1', max_results => 2147483647), 'one five big', 'or more than there are');
SELECT is(helper.found('feedback.x IS NOT NULL', 'p', 3, order_by), found, 'order by ' || order_by)
FROM (VALUES
    ('first_time', 'error "[1" object'),
    ('first_time DESC', 'true false one'),
    ('n DESC, trace_id', '"1" "[1" "größe"'),
    ('trace_id DESC', 'true one object'),
    ('n_error desc, matched_time asc', 'error "[1" object'),
    ('feedback.x', 'null "1" "[1"'),
    ('feedback.x DESC', 'object list true'),
    ('feedback.none DESC, last_time', 'error "[1" object'),
    ('expectation.`no such`, project ASC', 'true false one')
) AS v (order_by, found);
SELECT is(helper.found('feedback.x >= 1 OR feedback.x[error_code IS NOT NULL]', order_by => 'feedback.x ' || direction), found, 'without a value is last: ' || direction)
FROM (VALUES ('ASC', 'one five big error'), ('DESC', 'big five one error')) AS v (direction, found);

-- In whose name
CREATE ROLE feedback_analyst;
GRANT USAGE ON SCHEMA feedback TO feedback_analyst;
SELECT is(helper.result_for('feedback_analyst', 'SELECT trace_id FROM feedback.search_traces(''feedback.x = 1'')'), '42501', 'without EXECUTE, no search');
GRANT EXECUTE ON FUNCTION feedback.search_traces TO feedback_analyst;
SELECT is(helper.result_for('feedback_analyst', 'SELECT trace_id FROM feedback.search_traces(''feedback.x = 1'')'), '42501', 'nor without SELECT on the table');
GRANT SELECT (project, trace_id, assessment_id, kind, name, valid, create_time, boolean_value, numeric_value, text_value, json_value, error_code)
    ON feedback.assessments TO feedback_analyst;
SELECT is(helper.result_for('feedback_analyst', 'SELECT trace_id FROM feedback.search_traces(''feedback.x = 1'')'), '42501', 'nor without what reads it');
GRANT USAGE ON SCHEMA feedback_internal TO feedback_analyst;
GRANT EXECUTE ON FUNCTION feedback_internal.first_seen, feedback_internal.latest_values TO feedback_analyst;
SELECT is(helper.result_for('feedback_analyst', 'SELECT trace_id FROM feedback.search_traces(''feedback.x = 1'')'), 'one',
    'nothing but the columns that the answer and the filter name is needed');
SELECT is(helper.result_for('feedback_analyst', 'SELECT trace_id FROM feedback.search_traces(''feedback[rationale LIKE ''''f%'''']'')'), '42501',
    'a column that may not be read may not be searched');
GRANT SELECT ON feedback.assessments TO feedback_analyst;
ALTER TABLE feedback.assessments ENABLE ROW LEVEL SECURITY;
CREATE POLICY most ON feedback.assessments USING (project = 'p' AND trace_id <> 'one');
SELECT is(helper.result_for('feedback_analyst', 'SELECT trace_id FROM feedback.search_traces(''feedback.x >= 1 OR feedback.s >= 1'')'), 'five, big',
    'row security holds');
SELECT is(helper.result_for('feedback_analyst', 'SELECT trace_id FROM feedback.search_traces(''feedback.x = 1'')'), NULL, 'also against a filter that names the row');

SELECT is(string_agg(name || ' ' || setting, ', ' ORDER BY name), 'enable_bitmapscan on, enable_hashjoin on, enable_material on, enable_mergejoin on, enable_seqscan on, jit on, max_parallel_workers_per_gather 2',
    'the settings that the statement runs with are as before, also after errors')
FROM pg_settings WHERE name IN ('enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin', 'enable_material', 'max_parallel_workers_per_gather', 'jit');

-- Which indexes are used, and that a limit ends the reading. Name and times are of this transaction alone, since what others
-- rolled back is still in the indexes.
CREATE FUNCTION helper.reads(filter text, index text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before bigint := pg_stat_get_xact_tuples_returned(('feedback.' || index)::regclass);
BEGIN
    PERFORM feedback.search_traces(replace(filter, '.m', '.m' || txid_current()), max_results => 10);
    RETURN pg_stat_get_xact_tuples_returned(('feedback.' || index)::regclass) - before;
END $$;
SELECT count(feedback.log_feedback('many ' || i || name, name || txid_current(), CASE i % 3 WHEN 0 THEN 'true' WHEN 1 THEN i::text ELSE '"text ' || i || '"' END::jsonb,
                                   error_code => CASE WHEN i % 50 = 0 THEN 'E' END, project => 'p',
                                   create_time => timestamptz '2100-01-01Z' + txid_current() % 1000000 * interval '1 day' + i * interval '1 s'))
FROM generate_series(1, 3000) AS i, unnest('{m,a,b,c,d}'::text[]) AS name \gset many_
ANALYZE feedback.assessments;
SELECT cmp_ok(most, '>=', nullif(helper.reads(filter, index), 0)::integer, format('%s reads at most %s entries of %s', filter, most, index))
FROM (VALUES
    ('feedback.m = true', 'assessments_value_idx', 40),
    ('feedback.m = ''text 500''', 'assessments_value_idx', 10),
    ('feedback.m = 1000', 'assessments_value_idx', 10),
    ('feedback.m BETWEEN 2000 AND 2020', 'assessments_value_idx', 20),
    ('feedback.m[error_code IS NOT NULL]', 'assessments_error_idx', 60), -- which has the errors of five names
    ('feedback.nothing IS NULL', 'assessments_create_time_idx', 40),
    ('trace_id = ''many 7m''', 'assessments_pkey', 20)
) AS v (filter, index, most);
DO $$
DECLARE
    before bigint := (SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relid = 'feedback.assessments'::regclass);
BEGIN
    PERFORM feedback.search_traces(replace('feedback.m = true AND feedback.m = 7 OR feedback.m IN (5, ''text 8'') AND NOT feedback.m = 9', '.m',
                                           '.m' || txid_current()));
    PERFORM set_config('helper.scans', (seq_scan - before)::text, true)
    FROM pg_stat_xact_user_tables WHERE relid = 'feedback.assessments'::regclass;
END $$;
SELECT is(current_setting('helper.scans'), '0', 'alternatives are read by their indexes too');

-- Also where nothing can be written
SET TRANSACTION READ ONLY;
SELECT is(helper.found('feedback.x = 1'), 'one', 'a read-only transaction can search');

SELECT * FROM finish();
ROLLBACK;
