-- The functions: what they are called with, and what they promise the planner.
BEGIN;
SELECT plan(6);

-- name(argument type = default, ...) → result
CREATE FUNCTION pg_temp.signature(function oid) RETURNS text LANGUAGE sql AS $$
    SELECT p.proname || '('
           || regexp_replace(replace(pg_get_function_arguments(p.oid), 'timestamp with time zone', 'timestamptz'),
                             ' DEFAULT (''[^'']*''|NULL|[0-9]+|false)(::[a-z]+(\[\])?)?', ' = \1', 'g')
           || ') → ' || coalesce(pg_get_function_result(p.oid), 'procedure')
    FROM pg_proc p WHERE p.oid = function
$$;

-- T stands for the types that a function is declared with.
SELECT set_eq(
    $$ SELECT pg_temp.signature(oid) FROM pg_proc
       WHERE pronamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace) AND prorettype <> 'trigger'::regtype $$,
    $$ SELECT replace(replace(regexp_replace(signature, '\mT\M', type), ' , ', ', '), ' )', ')')
       FROM (VALUES
           ('log_feedback(trace_id text, name text, value T, source_type text = ''CODE'', source_id text = ''default'', '
            'rationale text = NULL, metadata jsonb = NULL, span_id text = NULL, '
            'error_code text = NULL, error_message text = NULL, stack_trace text = NULL, '
            'overrides uuid = NULL, create_time timestamptz = NULL, assessment_id uuid = NULL, '
            'project text = NULL) → uuid',
            ARRAY['text = NULL', '"any"']),
           ('set_feedback(trace_id text, name text, value T, source_type text = ''HUMAN'', source_id text = NULL, '
            'rationale text = NULL, metadata jsonb = NULL, span_id text = NULL, '
            'error_code text = NULL, error_message text = NULL, stack_trace text = NULL, '
            'create_time timestamptz = NULL, project text = NULL, assessment_id uuid = NULL) → uuid',
            ARRAY['text = NULL', '"any"']),
           ('set_assessment(trace_id text, assessment T, project text = NULL) → uuid', ARRAY['text', 'json', 'jsonb']),
           ('withdraw_feedback(trace_id text, name text, source_id text, source_type text = ''HUMAN'', span_id text = NULL, '
            'project text = NULL) → bigint', ARRAY['']),
           ('trace_summary(trace_ids text[]) → SETOF feedback.trace_summary', ARRAY['']),
           ('trace_feedback(trace_ids text[]) → SETOF feedback.trace_feedback', ARRAY['']),
           ('log_expectation(trace_id text, name text, value T, source_type text = ''HUMAN'', source_id text = ''default'', '
            'rationale text = NULL, metadata jsonb = NULL, span_id text = NULL, '
            'overrides uuid = NULL, create_time timestamptz = NULL, assessment_id uuid = NULL, '
            'project text = NULL) → uuid',
            ARRAY['text', '"any"']),
           ('log_assessment(trace_id text, assessment T, project text = NULL) → uuid',
            ARRAY['text', 'json', 'jsonb']),
           ('override_feedback(trace_id text, assessment_id uuid, value T, '
            'source_type text = ''CODE'', source_id text = ''default'', '
            'rationale text = NULL, metadata jsonb = NULL, '
            'error_code text = NULL, error_message text = NULL, stack_trace text = NULL, '
            'create_time timestamptz = NULL, new_assessment_id uuid = NULL) → uuid',
            ARRAY['text', '"any"']),
           ('update_assessment(trace_id text, assessment_id uuid, assessment T) → jsonb',
            ARRAY['text', 'json', 'jsonb']),
           ('delete_assessment(trace_id text, assessment_id uuid) → boolean', ARRAY['']),
           ('get_assessment(trace_id text, assessment_id uuid) → jsonb', ARRAY['']),
           ('get_assessments(trace_id text) → SETOF jsonb', ARRAY['']),
           ('log_assessments(documents T, project text = NULL, on_error text = ''return'', mode text = ''log'') → '
            'TABLE("position" integer, trace_id text, assessment_id uuid, '
            'sqlstate text, message text, detail text, hint text)',
            ARRAY['text', 'json', 'jsonb', 'text[]']),
           ('log_otel_evaluations(otlp T, source_type text = ''LLM_JUDGE'', source_id text = ''default'', '
            'trace_id_prefix text = ''tr-'', project text = NULL, on_error text = ''return'') → '
            'TABLE("position" integer, trace_id text, assessment_id uuid, '
            'sqlstate text, message text, detail text, hint text)',
            ARRAY['text', 'json', 'jsonb']),
           ('retry_rejected(project text = NULL, sqlstate text = NULL, max_documents integer = NULL) → '
            'TABLE(rejected_id uuid, trace_id text, assessment_id uuid, '
            'sqlstate text, message text, detail text, hint text)', ARRAY['']),
           ('import_phoenix(schema_name name = ''public'', project text = NULL, trace_id_prefix text = '''') → bigint', ARRAY['']),
           ('create_label_schema(name text, value_type text, kind text = ''feedback'', project text = NULL, '
            'true_label text = NULL, false_label text = NULL, min numeric = NULL, max numeric = NULL, '
            'whole_numbers boolean = false, categories text[] = NULL, multiple boolean = false, '
            'max_length integer = NULL, json_form text = NULL, element_type text = NULL, '
            'null_allowed boolean = false, rationale_required boolean = false, higher_is_better boolean = NULL, '
            'instruction text = NULL, enforcement text = ''enforce'') → feedback.label_schemas', ARRAY['']),
           ('alter_label_schema(name text, value_type text = NULL, kind text = ''feedback'', project text = NULL, '
            'true_label text = NULL, false_label text = NULL, min numeric = NULL, max numeric = NULL, '
            'whole_numbers boolean = NULL, categories text[] = NULL, multiple boolean = NULL, '
            'max_length integer = NULL, json_form text = NULL, element_type text = NULL, '
            'null_allowed boolean = NULL, rationale_required boolean = NULL, higher_is_better boolean = NULL, '
            'instruction text = NULL, enforcement text = NULL, reset text[] = ''{}'') → feedback.label_schemas', ARRAY['']),
           ('label_schema_from_json_schema(name text, json_schema jsonb, kind text = ''feedback'', project text = NULL, '
            'rationale_required boolean = false, higher_is_better boolean = NULL, '
            'instruction text = NULL, enforcement text = ''enforce'') → feedback.label_schemas', ARRAY['']),
           ('drop_label_schema(name text, kind text = ''feedback'', project text = NULL) → void', ARRAY['']),
           ('label_schema_violations(name text, kind text = ''feedback'', project text = NULL) → '
            'TABLE(project text, trace_id text, assessment_id uuid, value jsonb, valid boolean, '
            'create_time timestamp with time zone, message text, detail text, hint text)', ARRAY['']),
           ('assessment_id(text) → uuid', ARRAY['']),
           ('row_xid(assessment_id uuid) → xid8', ARRAY['']),
           ('summary_cell(create_time timestamptz) → timestamp with time zone', ARRAY['']),
           ('summary_value(boolean_value boolean, numeric_value numeric, text_value text, jsonb_value jsonb) → jsonb', ARRAY['']),
           ('histogram_low(number numeric) → numeric', ARRAY['']),
           ('summary_mean(n bigint, total numeric) → numeric', ARRAY['']),
           ('summary_stddev(n bigint, total numeric, squares numeric) → numeric', ARRAY['']),
           ('rollup_readable() → boolean', ARRAY['']),
           ('rollup_projects() → text[]', ARRAY['']),
           ('access_projects(level text) → text[]', ARRAY['']),
           ('access_rank(level text) → integer', ARRAY['']),
           ('grant_access(role text, level text, project text = NULL) → void', ARRAY['']),
           ('revoke_access(role text, level text = NULL, project text = NULL) → void', ARRAY['']),
           ('all_facts() → SETOF feedback_internal.rollup_changes', ARRAY['']),
           ('uncounted_rows(upto xid8, open xid8[]) → SETOF feedback_internal.rollup_changes', ARRAY['']),
           ('uncounted_facts(upto xid8, open xid8[]) → SETOF feedback_internal.rollup_changes', ARRAY['']),
           ('uncounted_totals() → TABLE(project text, name text, source_type feedback.source_type, '
            'n bigint, n_value bigint, n_error bigint, n_true bigint, n_false bigint, n_numeric bigint, total numeric, squares numeric)', ARRAY['']),
           ('uncounted_days(time_zone text) → TABLE(project text, name text, source_type feedback.source_type, '
            'n bigint, n_value bigint, n_error bigint, n_true bigint, n_false bigint, n_numeric bigint, total numeric, squares numeric, day date)', ARRAY['']),
           ('uncounted_hours() → TABLE(project text, name text, source_type feedback.source_type, '
            'n bigint, n_value bigint, n_error bigint, n_true bigint, n_false bigint, n_numeric bigint, total numeric, squares numeric, hour timestamp with time zone)', ARRAY['']),
           ('uncounted_values() → TABLE(project text, name text, source_type feedback.source_type, value jsonb, n bigint)', ARRAY['']),
           ('long_values(project text, name text, source_type feedback.source_type) → TABLE(value jsonb, n bigint)', ARRAY['']),
           ('is_session_time_zone(time_zone text) → boolean', ARRAY['']),
           ('summary_grain() → text', ARRAY['']),
           ('refresh_summaries() → bigint', ARRAY['']),
           ('rebuild_summaries(time_zone text = NULL) → bigint', ARRAY['']),
           ('check_summaries() → TABLE(problem text, detail text)', ARRAY['']),
           ('bar(share double precision, width integer = 20) → text', ARRAY['']),
           ('latest(boolean_value boolean, numeric_value numeric, text_value text, jsonb_value jsonb, create_time timestamptz, assessment_id uuid) → jsonb', ARRAY['']),
           ('latest_add(state internal, boolean_value boolean, numeric_value numeric, text_value text, jsonb_value jsonb, create_time timestamptz, assessment_id uuid) → internal', ARRAY['']),
           ('latest_combine(state internal, other internal) → internal', ARRAY['']),
           ('latest_serialize(state internal) → bytea', ARRAY['']),
           ('latest_deserialize(bytea, internal) → internal', ARRAY['']),
           ('latest_result(state internal) → jsonb', ARRAY['']),
           ('latest_values(name text, boolean_value boolean, numeric_value numeric, text_value text, jsonb_value jsonb, create_time timestamptz, assessment_id uuid) → jsonb', ARRAY['']),
           ('latest_values_add(state internal, name text, boolean_value boolean, numeric_value numeric, text_value text, jsonb_value jsonb, create_time timestamptz, assessment_id uuid) → internal', ARRAY['']),
           ('latest_values_combine(state internal, other internal) → internal', ARRAY['']),
           ('latest_values_serialize(state internal) → bytea', ARRAY['']),
           ('latest_values_deserialize(bytea, internal) → internal', ARRAY['']),
           ('latest_values_result(state internal) → jsonb', ARRAY['']),
           ('first_seen(project text, trace_id text, create_time timestamptz, "limit" bigint) → boolean', ARRAY['']),
           ('frequent_add(state internal, words text, n bigint) → internal', ARRAY['']),
           ('frequent_words(words text, n bigint) → text[]', ARRAY['']),
           ('frequent_words_result(state internal) → text[]', ARRAY['']),
           ('sparkline(heights double precision[], places integer[] = NULL, width integer = NULL) → text', ARRAY['']),
           ('is_long_value(numeric_value numeric, text_value text, jsonb_value jsonb) → boolean', ARRAY['']),
           ('attach_mlflow(IN schema_name name = ''public'', IN push boolean = false, IN project_by text = ''name'', '
            'IN batch_size integer = 10000) → procedure', ARRAY['']),
           ('mirrors_mlflow() → boolean', ARRAY['']),
           ('register_mlflow(schema_name name, push boolean, project_by text) → void', ARRAY['']),
           ('unregister_mlflow(schema_name name) → void', ARRAY['']),
           ('fill_mlflow(schema_name name, batch_size integer) → integer', ARRAY['']),
           ('mlflow_version(schema_name name) → text', ARRAY['']),
           ('detach_mlflow(schema_name name = ''public'') → void', ARRAY['']),
           ('sync_mlflow(schema_name name = ''public'') → TABLE(direction text, n bigint)', ARRAY['']),
           ('report_html(project text = NULL, since timestamptz = NULL) → text', ARRAY['']),
           ('search_traces(filter text = NULL, project text = NULL, max_results integer = 100, order_by text = NULL) → '
            'TABLE(project text, trace_id text, matched_time timestamp with time zone, feedback jsonb, expectations jsonb, '
            'n bigint, n_error bigint, first_time timestamp with time zone, last_time timestamp with time zone)', ARRAY['']),
           ('get_trace(trace_id text) → jsonb', ARRAY['']),
           ('set_trace_source(source text) → void', ARRAY['']),
           ('traces(trace_ids text[]) → SETOF feedback.traces', ARRAY['']),
           ('read_traces(trace_ids text[], readable_only boolean) → TABLE(project text, trace_id text, request_time timestamp with time zone, state text, execution_time_ms bigint, request_preview text, '
            'response_preview text, session_id text, user_id text, tags jsonb, metadata jsonb, input_tokens bigint, output_tokens bigint, '
            'total_tokens bigint, client_request_id text, source text)', ARRAY['']),
           ('trace_tags(source text, trace_id text) → jsonb', ARRAY['']),
           ('trace_metadata(source text, trace_id text) → jsonb', ARRAY['']),
           ('trace_user(source text, trace_id text) → text', ARRAY['']),
           ('trace_json(content text) → jsonb', ARRAY['']),
           ('span_attribute(content text, name text) → text', ARRAY['']),
           ('span_content(attribute jsonb) → jsonb', ARRAY['']),
           ('trace_material(trace jsonb) → jsonb', ARRAY['']),
           ('evaluation_trace(trace_id text) → jsonb', ARRAY['']),
           -- scorers
           ('exact_match(trace jsonb, options jsonb = ''{}'') → boolean', ARRAY['']),
           ('contains_expected(trace jsonb, options jsonb = ''{}'') → boolean', ARRAY['']),
           ('json_match(trace jsonb, options jsonb = ''{}'') → boolean', ARRAY['']),
           ('regex_match(trace jsonb, options jsonb = ''{}'') → boolean', ARRAY['']),
           ('numeric_match(trace jsonb, options jsonb = ''{}'') → boolean', ARRAY['']),
           ('length_within(trace jsonb, options jsonb = ''{}'') → boolean', ARRAY['']),
           ('levenshtein_similarity(T) → double precision', ARRAY['trace jsonb, options jsonb = ''{}''', 'answer text, expected text']),
           ('token_f1(T) → double precision', ARRAY['trace jsonb, options jsonb = ''{}''', 'answer text, expected text']),
           ('latency_within(trace jsonb, options jsonb = ''{}'') → boolean', ARRAY['']),
           ('latency_ms(trace jsonb) → numeric', ARRAY['']),
           ('tokens_within(trace jsonb, options jsonb = ''{}'') → boolean', ARRAY['']),
           ('token_count(trace jsonb, options jsonb = ''{}'') → numeric', ARRAY['']),
           ('scorer(scorer text, options jsonb = NULL, name text = NULL) → text', ARRAY['']),
           ('evaluate(scorers text[], trace_ids text[] = NULL, filter text = NULL, data jsonb = NULL, dataset regclass = NULL, run_name text = NULL, '
            'project text = NULL, metadata jsonb = NULL, max_traces integer = NULL, level double precision = 0.95, new_run_id text = NULL) → '
            'TABLE(run_id text, scorer text, n_traces bigint, n_value bigint, n_error bigint, mean numeric, low double precision, high double precision, '
            'n_true bigint, n_false bigint, texts jsonb)', ARRAY['']),
           ('evaluation_summary(run text, level double precision = 0.95) → '
            'TABLE(run_id text, scorer text, n_traces bigint, n_value bigint, n_error bigint, mean numeric, low double precision, high double precision, '
            'n_true bigint, n_false bigint, texts jsonb)', ARRAY['']),
           ('run_argument(run text, argument text) → text', ARRAY['']),
           ('run_results(run_id text) → TABLE(project text, trace_id text, span_id text, name text, value jsonb, boolean_value boolean, numeric_value numeric, '
            'text_value text, error_code text, rationale text, data_row text, create_time timestamp with time zone, assessment_id uuid)', ARRAY['']),
           ('run_summary(run_id text, scorers text[], n_traces bigint, level double precision) → '
            'TABLE(run_id text, scorer text, n_traces bigint, n_value bigint, n_error bigint, mean numeric, low double precision, high double precision, '
            'n_true bigint, n_false bigint, texts jsonb)', ARRAY['']),
           ('run_pairs(a text, b text) → TABLE(name text, project text, trace_id text, span_id text, value_a jsonb, value_b jsonb, boolean_a boolean, boolean_b boolean, '
            'number_a numeric, number_b numeric, error_a text, error_b text, rationale_a text, rationale_b text, data_row text)', ARRAY['']),
           ('higher_is_better(name text, project text) → boolean', ARRAY['']),
           ('compare_runs(a text, b text, level double precision = 0.95, paired boolean = NULL) → '
            'TABLE(scorer text, n_a bigint, n_b bigint, n_pairs bigint, mean_a double precision, mean_b double precision, difference double precision, '
            'low double precision, high double precision, p_value double precision, test text, higher_is_better boolean, verdict text, '
            'n_higher bigint, n_lower bigint, n_same bigint, n_error_a bigint, n_error_b bigint)', ARRAY['']),
           ('compare_runs_traces(a text, b text, scorer text = NULL, max_results integer = 100) → '
            'TABLE(scorer text, change text, project text, trace_id text, span_id text, value_a jsonb, value_b jsonb, difference numeric, '
            'error_a text, error_b text, rationale_a text, rationale_b text, data_row text)', ARRAY['']),
           ('disagreements(name text, source_a text, source_b text, project text = NULL, max_results integer = 100) → '
            'TABLE(project text, trace_id text, span_id text, source_id_a text, value_a jsonb, source_id_b text, value_b jsonb, '
            'rationale_a text, rationale_b text, create_time timestamp with time zone)', ARRAY['']),
           ('compare(name text, by text, a text, b text, project text = NULL, level double precision = 0.95) → '
            'TABLE(project text, name text, source_type feedback.source_type, n_a bigint, n_b bigint, '
            'mean_a double precision, mean_b double precision, difference double precision, low double precision, high double precision, '
            'p_value double precision, test text, higher_is_better boolean, verdict text)', ARRAY['']),
           ('metadata_summary(key text, project text = NULL) → '
            'TABLE(project text, value text, name text, source_type feedback.source_type, n bigint, n_value bigint, n_error bigint, '
            'mean numeric, low double precision, high double precision, stddev numeric, n_true bigint, n_false bigint)', ARRAY['']),
           ('default_assessment_id() → uuid', ARRAY['']),
           ('default_create_time() → timestamp with time zone', ARRAY['']),
           ('default_last_update_time() → timestamp with time zone', ARRAY['']),
           ('required_argument(value text, argument text) → text', ARRAY['']),
           ('source_type_argument(source text, argument text) → feedback.source_type', ARRAY['']),
           ('source_id_argument(source text, argument text) → text', ARRAY['']),
           ('period_argument(period text, argument text) → tstzrange', ARRAY['']),
           -- aggregates
           ('wilson_interval(value boolean T) → feedback.estimate', ARRAY['', ', level double precision']),
           ('mean_interval(value double precision T) → feedback.estimate', ARRAY['', ', level double precision']),
           ('two_proportion_test(value boolean, is_b boolean T) → feedback.comparison', ARRAY['', ', level double precision']),
           ('welch_test(value double precision, is_b boolean T) → feedback.comparison', ARRAY['', ', level double precision']),
           ('mcnemar_test(a boolean, b boolean T) → feedback.comparison', ARRAY['', ', level double precision']),
           ('paired_t_test(a double precision, b double precision T) → feedback.comparison', ARRAY['', ', level double precision']),
           ('bootstrap_interval(value double precision T) → feedback.estimate',
            ARRAY['', ', level double precision', ', level double precision, seed bigint',
                  ', level double precision, seed bigint, resamples integer']),
           ('cohens_kappa(a anycompatible, b anycompatible T) → double precision',
            ARRAY['', ', weights text', ', weights text, categories anycompatiblearray']),
           ('cohens_kappa_interval(a anycompatible, b anycompatible T) → feedback.estimate',
            ARRAY['', ', level double precision', ', level double precision, weights text']),
           ('observed_agreement(a anycompatible, b anycompatible) → double precision', ARRAY['']),
           ('confusion_matrix(a anycompatible, b anycompatible) → jsonb', ARRAY['']),
           ('gwets_ac1(T) → double precision', ARRAY['a anycompatible, b anycompatible', 'ratings anycompatiblearray']),
           ('fleiss_kappa(ratings anycompatiblearray) → double precision', ARRAY['']),
           ('krippendorffs_alpha(ratings anycompatiblearray T) → double precision', ARRAY['', ', level text']),
           -- and their parts
           ('estimate_add(state double precision[], value T) → double precision[]',
            ARRAY['boolean', 'double precision', 'boolean, level double precision', 'double precision, level double precision']),
           ('comparison_add(state double precision[], value T) → double precision[]',
            ARRAY['boolean, is_b boolean', 'double precision, is_b boolean',
                  'boolean, is_b boolean, level double precision', 'double precision, is_b boolean, level double precision']),
           ('mcnemar_add(state double precision[], a boolean, b boolean T) → double precision[]', ARRAY['', ', level double precision']),
           ('paired_t_add(state double precision[], a double precision, b double precision T) → double precision[]', ARRAY['', ', level double precision']),
           ('paired_t_test_result(state double precision[]) → feedback.comparison', ARRAY['']),
           ('moments_combine(state double precision[], other double precision[]) → double precision[]', ARRAY['']),
           ('counts_combine(state double precision[], other double precision[]) → double precision[]', ARRAY['']),
           ('wilson_interval_result(state double precision[]) → feedback.estimate', ARRAY['']),
           ('mean_interval_result(state double precision[]) → feedback.estimate', ARRAY['']),
           ('two_proportion_test_result(state double precision[]) → feedback.comparison', ARRAY['']),
           ('welch_test_result(state double precision[]) → feedback.comparison', ARRAY['']),
           ('mcnemar_test_result(state double precision[]) → feedback.comparison', ARRAY['']),
           ('bootstrap_add(state internal, value double precision T) → internal',
            ARRAY['', ', level double precision', ', level double precision, seed bigint',
                  ', level double precision, seed bigint, resamples integer']),
           ('bootstrap_combine(state internal, other internal) → internal', ARRAY['']),
           ('bootstrap_serialize(state internal) → bytea', ARRAY['']),
           ('bootstrap_deserialize(bytea, internal) → internal', ARRAY['']),
           ('bootstrap_interval_result(state internal) → feedback.estimate', ARRAY['']),
           ('pairs_add(state internal, a anycompatible, b anycompatible T) → internal',
            ARRAY['', ', weights text', ', weights text, categories anycompatiblearray',
                  ', level double precision', ', level double precision, weights text']),
           ('matrix_combine(state internal, other internal) → internal', ARRAY['']),
           ('matrix_serialize(state internal) → bytea', ARRAY['']),
           ('matrix_deserialize(bytea, internal) → internal', ARRAY['']),
           ('cohens_kappa_result(state internal) → double precision', ARRAY['']),
           ('cohens_kappa_interval_result(state internal) → feedback.estimate', ARRAY['']),
           ('observed_agreement_result(state internal) → double precision', ARRAY['']),
           ('gwets_ac1_result(state internal) → double precision', ARRAY['']),
           ('confusion_matrix_result(state internal) → jsonb', ARRAY['']),
           ('units_add(state internal, ratings anycompatiblearray) → internal', ARRAY['']),
           ('units_add_coincidences(state internal, ratings anycompatiblearray T) → internal', ARRAY['', ', level text']),
           ('units_combine(state internal, other internal) → internal', ARRAY['']),
           ('units_serialize(state internal) → bytea', ARRAY['']),
           ('units_deserialize(bytea, internal) → internal', ARRAY['']),
           ('gwets_ac1_units_result(state internal) → double precision', ARRAY['']),
           ('fleiss_kappa_result(state internal) → double precision', ARRAY['']),
           ('krippendorffs_alpha_result(state internal) → double precision', ARRAY[''])
       ) AS expected (signature, types), unnest(types) AS type $$,
    'every function has the arguments, defaults and result that it should');

-- Aggregates and their parts
CREATE FUNCTION pg_temp.statistics() RETURNS name[] LANGUAGE sql AS $$
    WITH aggregate AS (
        SELECT a.* FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid WHERE p.pronamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace)
    )
    SELECT array_agg(DISTINCT p.proname)
    FROM aggregate a, unnest(ARRAY[a.aggfnoid, a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn]) AS f
    JOIN pg_proc p ON p.oid = f
$$;
SELECT results_eq(
    $$ SELECT p.proname::text || pg_get_function_identity_arguments(p.oid)
       FROM pg_proc p LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid
       WHERE p.pronamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace) AND p.proname = ANY (pg_temp.statistics())
         AND (p.provolatile <> 'i' OR p.proparallel <> 's' OR p.prosecdef OR (a.aggcombinefn::oid = 0 AND p.proname <> 'frequent_words') OR a.aggfinalmodify <> 'r') $$,
    $$ SELECT NULL::text WHERE false $$,
    'aggregates and their parts are immutable and parallel safe, can be combined (but for one whose input is counted), and no result spoils its state');

-- Those that take a NULL for an answer are not strict, so that a NULL can be refused.
SELECT set_eq(
    $$ SELECT DISTINCT proname, provolatile, proparallel, proisstrict, prosecdef FROM pg_proc
       WHERE pronamespace IN ('feedback'::regnamespace, 'feedback_internal'::regnamespace) AND proname <> ALL (pg_temp.statistics()) $$,
    $$ VALUES ('log_feedback'::name, 'v'::"char", 'u'::"char", false, false),
              ('log_expectation', 'v', 'u', false, false),
              ('log_assessment', 'v', 'u', false, false),
              ('override_feedback', 'v', 'u', false, false),
              ('set_feedback', 'v', 'u', false, false),
              ('set_assessment', 'v', 'u', false, false),
              ('withdraw_feedback', 'v', 'u', false, false),
              ('update_assessment', 'v', 'u', false, false),
              ('delete_assessment', 'v', 'u', false, false),
              ('check_assessment', 'v', 'u', false, false),
              ('trace_summary', 's', 's', false, false),
              ('trace_feedback', 's', 's', false, false),
              ('first_seen', 'v', 'r', true, false),
              ('default_assessment_id', 'v', 's', false, false),
              ('default_create_time', 'v', 'r', false, false),
              ('default_last_update_time', 'v', 'r', false, false),
              ('ingest_assessments', 'v', 'u', false, false),
              ('ingest_otel_evaluations', 'v', 'u', false, false),
              ('log_assessments', 'v', 'u', false, false),
              ('log_otel_evaluations', 'v', 'u', false, false),
              ('retry_rejected', 'v', 'u', false, false),
              ('import_phoenix', 'v', 'u', false, false),
              ('get_assessment', 's', 's', false, false),
              ('get_assessments', 's', 's', false, false),
              ('create_label_schema', 'v', 'u', false, false),
           ('alter_label_schema', 'v', 'u', false, false),
           ('label_schema_from_json_schema', 'v', 'u', false, false),
           ('drop_label_schema', 'v', 'u', false, false),
           ('label_schema_violations', 's', 'u', false, false),
           ('check_label_schema', 'v', 'u', false, false),
           ('label_schemas_changed', 'v', 'u', false, false),
           ('assessment_id', 'i', 's', true, false),
              ('search_traces', 's', 'r', false, false),
              ('bar', 's', 's', true, false),
              ('sparkline', 's', 's', false, false), ('is_long_value', 'i', 's', false, false),
              ('row_xid', 'i', 'u', true, false),
              ('summary_cell', 'i', 's', false, false),
              ('summary_value', 'i', 's', false, false),
              ('histogram_low', 'i', 's', true, false),
              ('summary_mean', 'i', 's', true, false),
              ('summary_stddev', 'i', 's', true, false),
              ('rollup_readable', 's', 's', false, false),
              ('rollup_projects', 's', 's', false, false),
              ('access_projects', 's', 's', true, false),
              ('access_rank', 'i', 's', true, false),
              ('grant_access', 'v', 'u', false, true),
              ('revoke_access', 'v', 'u', false, true),
              ('access_grants_changed', 'v', 'u', false, true),
              ('all_facts', 's', 's', false, false),
              ('uncounted_rows', 's', 's', false, false),
              ('uncounted_facts', 's', 's', false, false),
              ('uncounted_totals', 's', 'r', true, false),
              ('uncounted_days', 's', 'r', true, false),
              ('uncounted_hours', 's', 'r', true, false),
              ('uncounted_values', 's', 'r', true, false),
              ('long_values', 's', 'r', true, false),
              ('is_session_time_zone', 's', 's', true, false),
              ('summary_grain', 's', 's', true, false),
              ('search_traces', 's', 'r', false, false),
              ('get_trace', 's', 'r', false, false),
              ('set_trace_source', 'v', 'u', false, false),
              ('traces', 's', 'r', false, false),
              ('read_traces', 's', 'r', false, false),
              ('trace_tags', 's', 'r', true, false),
              ('trace_metadata', 's', 'r', true, false),
              ('trace_user', 's', 'r', true, false),
              ('trace_json', 'i', 's', true, false),
              ('span_attribute', 'i', 's', true, false),
              ('span_content', 'i', 's', true, false),
              ('trace_material', 'i', 's', true, false),
              ('evaluation_trace', 's', 'r', false, false),
              ('scorer', 'i', 's', false, false), ('evaluate', 'v', 'u', false, false), ('evaluation_summary', 's', 's', false, false),
              ('run_pairs', 's', 's', false, false), ('higher_is_better', 's', 's', false, false), ('compare_runs', 's', 's', false, false),
              ('compare_runs_traces', 's', 's', false, false), ('run_argument', 's', 's', false, false), ('run_results', 's', 's', false, false), ('run_summary', 's', 's', false, false),
              ('exact_match', 'i', 's', false, false), ('contains_expected', 'i', 's', false, false), ('json_match', 'i', 's', false, false),
              ('regex_match', 'i', 's', false, false), ('numeric_match', 'i', 's', false, false), ('length_within', 'i', 's', false, false),
              ('levenshtein_similarity', 'i', 's', false, false), ('levenshtein_similarity', 'i', 's', true, false),
              ('token_f1', 'i', 's', false, false), ('token_f1', 'i', 's', true, false),
              ('latency_within', 'i', 's', false, false), ('latency_ms', 'i', 's', false, false),
              ('tokens_within', 'i', 's', false, false), ('token_count', 'i', 's', false, false),
              ('disagreements', 's', 's', false, false),
              ('compare', 's', 's', false, false),
              ('metadata_summary', 's', 's', false, false),
              ('required_argument', 'i', 's', false, false),
              ('source_type_argument', 'i', 's', false, false),
              ('source_id_argument', 'i', 's', false, false),
              ('period_argument', 's', 's', false, false),
              ('check_summaries', 's', 'r', false, false),
              ('report_html', 's', 'r', false, false),
              ('attach_mlflow', 'v', 'u', false, false),
              ('detach_mlflow', 'v', 'u', false, false),
              ('sync_mlflow', 'v', 'u', false, true),
              ('mirror_mlflow', 'v', 'u', false, true),
              ('mlflow_trace_arrived', 'v', 'u', false, true),
              ('push_mlflow', 'v', 'u', false, true),
              ('mirrors_mlflow', 'v', 'r', false, false),
              ('register_mlflow', 'v', 'u', true, true),
              ('unregister_mlflow', 'v', 'u', true, true),
              ('fill_mlflow', 'v', 'u', true, true),
              ('mlflow_version', 's', 'r', true, true),
              ('journal_assessment', 'v', 'u', false, true),
              ('follow_overrides', 'v', 'u', false, true),
              ('truncate_assessments', 'v', 'u', false, true),
              ('skip_replicated', 'v', 'u', false, false),
              ('refresh_summaries', 'v', 'u', false, true),
              ('rebuild_summaries', 'v', 'u', false, true) $$,
    'volatility, parallel safety and strictness are marked, and only the upkeep of the rollups and of access runs with its owner''s rights');

-- The parts of a call that a caller may leave to untyped literals and named notation.
\ir ../include/helpers.sql
SELECT is(helper.refusal($$ SELECT feedback.log_feedback('tr', 'n', 'text'),
                                   feedback.log_expectation('tr', 'n', 'text'),
                                   feedback.log_assessment('tr', '{"assessment_name": "n", "feedback": {"value": 1}}') $$),
    'accepted', 'untyped literals are taken as text');
SELECT is(helper.refusal($$ SELECT feedback.log_feedback(project => 'p', assessment_id => '00000000-0000-7000-8000-000000000001',
                                       create_time => '2025-01-02 03:04:05+00', stack_trace => 's', error_message => 'm',
                                       error_code => 'c', span_id => 's', metadata => '{"a": 1}', rationale => 'r',
                                       source_id => 'i', source_type => 'HUMAN', value => 1, name => 'n', trace_id => 'tr') $$),
    'accepted', 'all arguments can be named');
SELECT results_eq(
    $$ SELECT to_jsonb(helper.assessment('00000000-0000-7000-8000-000000000001')) $$,
    $$ VALUES ('{"project": "p", "trace_id": "tr", "assessment_id": "00000000-0000-7000-8000-000000000001",
                 "kind": "feedback", "name": "n", "boolean_value": null, "numeric_value": 1, "text_value": null,
                 "json_value": null, "source_type": "HUMAN", "source_id": "i", "rationale": "r", "metadata": {"a": 1},
                 "span_id": "s", "error_code": "c", "error_message": "m", "stack_trace": "s", "overrides": null,
                 "valid": true, "create_time": "2025-01-02T03:04:05+00:00", "last_update_time": "2025-01-02T03:04:05+00:00"}'
               ::jsonb || jsonb_build_object('logged_by', session_user)) $$,
    'and each goes to its column');

SELECT * FROM finish();
ROLLBACK;
