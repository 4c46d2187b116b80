-- Label schemas: what may be defined, and that every way of writing keeps to it.
BEGIN;
SELECT plan(94);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

-- What an argument list of create_label_schema('n', ...) is refused with
CREATE FUNCTION pg_temp.creation(arguments text) RETURNS text LANGUAGE sql AS
    $$ SELECT helper.refusal(format('SELECT feedback.create_label_schema(%s); DELETE FROM feedback.label_schemas', arguments)) $$;

-- Definitions
SELECT is(pg_temp.creation(arguments), expected, 'create_label_schema(' || arguments || ')')
FROM (VALUES
    ($$'n', 'boolean'$$, 'accepted'),
    ($$'n', 'boolean', true_label => 'pass', false_label => 'fail'$$, 'accepted'),
    ($$'n', 'boolean', true_label => 'pass'$$, '22023 false_label'),
    ($$'n', 'boolean', true_label => 'x', false_label => 'x'$$, '22023 false_label'),
    ($$'n', 'boolean', true_label => '', false_label => 'x'$$, '22001 true_label'),
    ($$'n', 'boolean', true_label => repeat('é', 64), false_label => 'x'$$, 'accepted'),
    ($$'n', 'boolean', true_label => repeat('é', 65), false_label => 'x'$$, '22001 true_label'),
    ($$'n', 'numeric', true_label => 'pass', false_label => 'fail'$$, '22023 true_label'),
    ($$'n', 'numeric', min => 1, max => 1$$, 'accepted'),
    ($$'n', 'numeric', min => 5, max => 1$$, '22023 max'),
    ($$'n', 'numeric', min => 'NaN'$$, '22023 min'),
    ($$'n', 'numeric', max => 'infinity'$$, '22023 max'),
    ($$'n', 'text', min => 1$$, '22023 min'),
    ($$'n', 'text', whole_numbers => true$$, '22023 whole_numbers'),
    ($$'n', 'text', categories => '{a,b}'$$, 'accepted'),
    ($$'n', 'text', categories => '{}'$$, '22023 categories'),
    ($$'n', 'text', categories => '{a,a}'$$, '22023 categories'),
    ($$'n', 'text', categories => '{a,NULL}'$$, '22023 categories'),
    ($$'n', 'text', categories => '{{a,b},{c,d}}'$$, '22023 categories'),
    ($$'n', 'text', categories => '{a,""}'$$, '22001 categories'),
    ($$'n', 'text', categories => array(SELECT n::text FROM generate_series(1, 250) n)$$, 'accepted'),
    ($$'n', 'text', categories => array(SELECT n::text FROM generate_series(1, 251) n)$$, '22023 categories'),
    ($$'n', 'numeric', categories => '{a,b}'$$, '22023 categories'),
    ($$'n', 'text', multiple => true$$, '22023 multiple'),
    ($$'n', 'text', max_length => 0$$, '22023 max_length'),
    ($$'n', 'text', categories => '{a}', max_length => 5$$, '22023 max_length'),
    ($$'n', 'json', json_form => 'list', element_type => 'numeric', min => 0$$, 'accepted'),
    ($$'n', 'json', json_form => 'tree'$$, '22023 json_form'),
    ($$'n', 'json', element_type => 'json'$$, '22023 element_type'),
    ($$'n', 'text', json_form => 'list'$$, '22023 json_form'),
    ($$'n', 'number'$$, '22023 value_type'),
    ($$'n', NULL$$, '22023 value_type'),
    ($$'n', 'text', kind => 'label'$$, '22023 kind'),
    ($$'n', 'text', enforcement => 'maybe'$$, '22023 enforcement'),
    ($$'n', 'text', project => ''$$, '22001 project'),
    ($$'n', 'text', instruction => repeat('x', 1001)$$, '22001 instruction'),
    ($$'', 'text'$$, '22001 name'),
    ($$NULL, 'text'$$, '22004 name')) AS definition (arguments, expected);

SELECT is(helper.refusal($$INSERT INTO feedback.label_schemas (name, value_type, min, max) VALUES ('n', 'numeric', 5, 1)$$),
          '22023 max', 'direct SQL is held to the same rules');

-- Values: of each kind of schema, what is accepted and what is refused
CREATE FUNCTION pg_temp.value(definition text, value text, rationale text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    DELETE FROM feedback.label_schemas;
    SELECT helper.refusal(format('SELECT feedback.create_label_schema(''n'', %s);
                                  SELECT feedback.log_feedback(''t'', ''n'', %L::jsonb, rationale => %L)',
                                 definition, value, rationale))
$$;
SELECT is(pg_temp.value(definition, value, rationale), expected, format('%s: %s', definition, concat_ws(' because ', value, quote_literal(trim(rationale, E'\n')))))
FROM (VALUES
    ($$'boolean'$$, 'true', NULL, 'accepted'),
    ($$'boolean'$$, '1', NULL, '23514 value'),
    ($$'boolean'$$, '"true"', NULL, '23514 value'),
    ($$'boolean'$$, 'null', NULL, '23514 value'),
    ($$'boolean', null_allowed => true$$, 'null', NULL, 'accepted'),
    ($$'numeric', min => 1, max => 5$$, '1', NULL, 'accepted'),
    ($$'numeric', min => 1, max => 5$$, '5.0', NULL, 'accepted'),
    ($$'numeric', min => 1, max => 5$$, '0.999', NULL, '23514 value'),
    ($$'numeric', min => 1, max => 5$$, '99', NULL, '23514 value'),
    ($$'numeric', whole_numbers => true$$, '4.0', NULL, 'accepted'),
    ($$'numeric', whole_numbers => true$$, '4.5', NULL, '23514 value'),
    ($$'text', categories => '{kind,rude}'$$, '"kind"', NULL, 'accepted'),
    ($$'text', categories => '{kind,rude}'$$, '"Kind"', NULL, '23514 value'),
    ($$'text', categories => '{kind,rude}', multiple => true$$, '["rude", "kind"]', NULL, 'accepted'),
    ($$'text', categories => '{kind,rude}', multiple => true$$, '[]', NULL, 'accepted'),
    ($$'text', categories => '{kind,rude}', multiple => true$$, '["rude", "rude"]', NULL, '23514 value'),
    ($$'text', categories => '{kind,rude}', multiple => true$$, '["rude", 1]', NULL, '23514 value'),
    ($$'text', categories => '{kind,rude}', multiple => true$$, '"rude"', NULL, '23514 value'),
    ($$'text', max_length => 3$$, '"äöü"', NULL, 'accepted'),
    ($$'text', max_length => 3$$, '"äöüß"', NULL, '23514 value'),
    ($$'json', json_form => 'list', element_type => 'numeric', max => 9$$, '[1, 9]', NULL, 'accepted'),
    ($$'json', json_form => 'list', element_type => 'numeric', max => 9$$, '[1, 10]', NULL, '23514 value'),
    ($$'json', json_form => 'list'$$, '{"a": 1}', NULL, '23514 value'),
    ($$'json', json_form => 'object', element_type => 'boolean'$$, '{"a": true}', NULL, 'accepted'),
    ($$'json', json_form => 'object', element_type => 'boolean'$$, '{"a": [true]}', NULL, '23514 value'),
    ($$'json'$$, '[1, {}]', NULL, 'accepted'),
    ($$'boolean', rationale_required => true$$, 'true', NULL, '23514 rationale'),
    ($$'boolean', rationale_required => true$$, 'true', E' \n', '23514 rationale'),
    ($$'boolean', rationale_required => true$$, 'true', 'it is', 'accepted'),
    ($$'boolean', enforcement => 'warn'$$, '1', NULL, 'accepted'),
    ($$'boolean', enforcement => 'off'$$, '1', NULL, 'accepted'),
    ($$'boolean', kind => 'expectation'$$, '1', NULL, 'accepted'),
    ($$'boolean', project => 'other'$$, '1', NULL, 'accepted'),
    ($$'boolean', project => 'default'$$, '1', NULL, '23514 value')) AS logged (definition, value, rationale, expected);
DELETE FROM feedback.label_schemas;

-- Every way of writing
SELECT feedback.create_label_schema('rating', 'numeric', min => 1, max => 5);
SELECT feedback.log_feedback('t', 'rating', 3, assessment_id => helper.id('a'));
SELECT is(helper.refusal(statement), '23514 value', regexp_replace(statement, '\s+', ' ', 'g'))
FROM unnest(ARRAY[
    $$SELECT feedback.log_feedback('t', 'rating', 9)$$,
    $$SELECT feedback.log_assessment('t', '{"assessment_name": "rating", "feedback": {"value": 9}}')$$,
    $$SELECT feedback.override_feedback('t', helper.id('a'), 9)$$,
    $$SELECT feedback.update_assessment('t', helper.id('a'), '{"feedback": {"value": 9}}')$$,
    $$SELECT feedback.log_assessments('[{"trace_id": "t", "assessment_name": "rating", "feedback": {"value": 9}}]', on_error => 'raise')$$,
    $$SELECT feedback.log_assessments('[{"trace_id": "t", "assessment_name": "rating", "feedback": {"value": 3}},
                                        {"trace_id": "t", "assessment_name": "rating", "feedback": {"value": 9}}]', on_error => 'raise')$$
    ]) AS statement;
SELECT is((SELECT array_agg(concat_ws(' ', sqlstate, message, detail, hint) ORDER BY position) FROM feedback.log_assessments(
              '[{"trace_id": "t", "assessment_name": "rating", "feedback": {"value": 9}},
                {"trace_id": "t", "assessment_name": "rating", "feedback": {"value": 4}}]', on_error => 'park')),
          ARRAY['23514 value is not allowed for label "rating" It is greater than the maximum, 5. Allowed are numbers from 1 to 5.', ''],
          'a batch keeps what the schema refuses');
SELECT feedback.alter_label_schema('rating', max => 10);
SELECT is((SELECT array_agg(sqlstate) FROM feedback.retry_rejected()), ARRAY[NULL::text],
          'which a retry stores once the schema is right');
SELECT is(helper.refusal($$SELECT feedback.log_feedback('t', 'rating', error_code => 'TIMEOUT')$$), 'accepted',
          'an error without a value is no matter of the schema');

-- An override is gated by the project of its target
SELECT feedback.create_label_schema('score', 'boolean', project => 'p');
SELECT feedback.log_feedback('t', 'score', true, project => 'p', assessment_id => helper.id('b'));
SELECT is(helper.refusal($$SELECT feedback.override_feedback('t', helper.id('b'), 1)$$), '23514 value',
          'an override is held to the schema of the project that it takes over');
SELECT is((SELECT array_agg(sqlstate) FROM feedback.log_assessments(format(
              '[{"trace_id": "t", "assessment_name": "score", "overrides": "%1$s", "feedback": {"value": 1}},
                {"trace_id": "t", "assessment_name": "score", "overrides": "%1$s", "feedback": {"value": false}}]', helper.id('b')))),
          ARRAY['23514', NULL], 'in a batch too');

-- A schema of the project comes before that of all
SELECT feedback.create_label_schema('score', 'text');
SELECT is(helper.refusal($$SELECT feedback.log_feedback('t', 'score', 'good'::text, project => 'q')$$), 'accepted',
          'other projects have the schema for all');
SELECT is(helper.refusal($$SELECT feedback.log_feedback('t', 'score', 'good'::text, project => 'p')$$), '23514 value',
          'but not one that has its own');

-- What is stored already
SELECT feedback.log_feedback('t2', 'late', 7), feedback.log_feedback('t3', 'late', true), feedback.log_feedback('t4', 'late', 'NaN'::text);
SELECT feedback.create_label_schema('late', 'boolean', enforcement => 'off');
SELECT results_eq($$SELECT trace_id, value, detail FROM feedback.label_schema_violations('late')$$,
                  $$VALUES ('t2', '7'::jsonb, 'It is a number.'), ('t4', '"NaN"', 'It is text.')$$,
                  'label_schema_violations lists what is stored, also while nothing is enforced');

-- Changes
SELECT feedback.create_label_schema('c', 'numeric', min => 1, max => 5, instruction => 'How?');
SELECT is((SELECT concat_ws(' ', min, max, instruction, enforcement)
           FROM feedback.alter_label_schema('c', max => 7, enforcement => 'warn', reset => '{instruction,min}')),
          '7 warn', 'alter_label_schema changes what is given and resets what is listed');
SELECT is(helper.refusal($$SELECT feedback.alter_label_schema('c', value_type => 'boolean')$$), '22023 max',
          'a change is checked as a whole');
SELECT is(helper.refusal($$SELECT feedback.create_label_schema('c', 'text')$$), '42710 name', 'there is one for a name');
SELECT is(helper.refusal($$SELECT feedback.alter_label_schema('unknown', max => 1)$$), 'P0002 name', 'an unknown one cannot be altered');
SELECT is(helper.refusal($$SELECT feedback.drop_label_schema('unknown')$$), 'P0002 name', 'nor dropped');
SELECT is(helper.refusal($$SELECT feedback.alter_label_schema('c', reset => '{name}')$$), '22023 reset', 'a name cannot be reset');
SELECT feedback.drop_label_schema('c');
SELECT is(helper.refusal($$SELECT feedback.log_feedback('t', 'c', 'x'::text)$$), 'accepted', 'a dropped one refuses nothing');

SELECT * FROM finish();
ROLLBACK;
