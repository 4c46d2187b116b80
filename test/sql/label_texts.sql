-- What a label schema says of a value, and what is said of a bad definition: SQLSTATE, message, DETAIL, HINT, column and constraint.
\pset format unaligned
\pset tuples_only on
BEGIN;

\getenv abs_srcdir PG_ABS_SRCDIR
\set refused :abs_srcdir '/include/refused.sql'
\i :refused

SELECT FROM feedback.create_label_schema('passed', 'boolean', true_label => 'pass', false_label => 'fail', rationale_required => true);
SELECT FROM feedback.create_label_schema('correct', 'boolean');
SELECT FROM feedback.create_label_schema('rating', 'numeric', min => 1, max => 5, whole_numbers => true);
SELECT FROM feedback.create_label_schema('latency', 'numeric', min => 0);
SELECT FROM feedback.create_label_schema('drift', 'numeric', max => 0.5);
SELECT FROM feedback.create_label_schema('tone', 'text', categories => '{kind,neutral,rude,"very rude"}');
SELECT FROM feedback.create_label_schema('topics', 'text', categories => '{billing,refund,other}', multiple => true);
SELECT FROM feedback.create_label_schema('country', 'text', categories => array(SELECT 'country ' || n FROM generate_series(1, 30) n));
SELECT FROM feedback.create_label_schema('summary', 'text', max_length => 5);
SELECT FROM feedback.create_label_schema('comment', 'text', enforcement => 'warn', max_length => 3);
SELECT FROM feedback.create_label_schema('scores', 'json', json_form => 'list', element_type => 'numeric', min => 0, max => 1);
SELECT FROM feedback.create_label_schema('facts', 'json', json_form => 'object', element_type => 'text', max_length => 5);

-- Types
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'passed', 1)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'passed', 'true')$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'correct', 'null'::jsonb)$$);
SELECT pg_temp.refused_document('{"assessment_name": "correct", "feedback": {"value": "true"}}');
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'rating', true)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'tone', '["kind"]'::jsonb)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'scores', '{"a": 1}'::jsonb)$$);

-- Numbers
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'rating', 99)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'rating', 2.5)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'latency', -1)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'drift', 0.51)$$);

-- Text; a slip of the keyboard gets the category that was meant
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'tone', 'Kind')$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'tone', 'nuetral')$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'tone', 'very ruude')$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'tone', 'banana')$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'tone', '')$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'country', 'Utopia')$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'topics', '["refund", "biling"]'::jsonb)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'topics', '["refund", "refund"]'::jsonb)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'topics', '["refund", null]'::jsonb)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'topics', 'refund')$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'summary', 'äöüßéè')$$);

-- Lists and objects
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'scores', '[0.5, 1.5]'::jsonb)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'scores', '[0.5, "1"]'::jsonb)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'facts', '{"a": "too long"}'::jsonb)$$);
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'facts', '{"a": ["b"]}'::jsonb)$$);

-- Rationales, expectations, warnings
SELECT pg_temp.refused($$SELECT feedback.log_feedback('t', 'passed', true)$$);
SELECT pg_temp.refused($$SELECT feedback.log_expectation('t', 'rating', 99)$$);
SELECT feedback.log_feedback('t', 'comment', 'long') IS NOT NULL;
SELECT sqlstate IS NULL FROM feedback.log_assessments('[{"trace_id": "t", "assessment_name": "comment", "feedback": {"value": "long"}},
                                                        {"trace_id": "t", "assessment_name": "comment", "feedback": {"value": true}}]');

-- Definitions
SELECT pg_temp.refused($$SELECT feedback.create_label_schema('rating', 'numeric')$$);
SELECT pg_temp.refused($$SELECT feedback.create_label_schema('', 'numeric')$$);
SELECT pg_temp.refused($$SELECT feedback.create_label_schema('n', 'stars')$$);
SELECT pg_temp.refused($$SELECT feedback.create_label_schema('n', 'numeric', kind => 'metric')$$);
SELECT pg_temp.refused($$SELECT feedback.create_label_schema('n', 'numeric', min => 2, max => 1)$$);
SELECT pg_temp.refused($$SELECT feedback.create_label_schema('n', 'boolean', true_label => 'up')$$);
SELECT pg_temp.refused($$SELECT feedback.create_label_schema('n', 'boolean', min => 0)$$);
SELECT pg_temp.refused($$SELECT feedback.create_label_schema('n', 'text', categories => '{a,b,a}')$$);
SELECT pg_temp.refused($$SELECT feedback.create_label_schema('n', 'text', enforcement => 'no')$$);
SELECT pg_temp.refused($$SELECT feedback.alter_label_schema('nothing', max => 1)$$);
SELECT pg_temp.refused($$SELECT feedback.alter_label_schema('rating', reset => '{maximum}')$$);
SELECT pg_temp.refused($$SELECT feedback.drop_label_schema('nothing')$$);
SELECT pg_temp.refused($$INSERT INTO feedback.label_schemas (name, value_type, max_length) VALUES ('n', 'text', -1)$$);
SELECT pg_temp.refused($$SELECT feedback.label_schema_from_json_schema('n', '{"enum": [1, 2, 5]}')$$);
SELECT pg_temp.refused($$SELECT feedback.label_schema_from_json_schema('n', '{"type": "string", "pattern": "^a"}')$$);
SELECT pg_temp.refused($$SELECT feedback.label_schema_from_json_schema('n', '7')$$);
SELECT pg_temp.refused($$CREATE TABLE pg_temp.other (LIKE feedback.label_schemas);
    CREATE TRIGGER t BEFORE INSERT ON pg_temp.other FOR EACH ROW EXECUTE FUNCTION feedback_internal.check_label_schema();
    INSERT INTO pg_temp.other (name, value_type) VALUES ('n', 'text')$$);
SELECT pg_temp.refused($$CREATE TABLE pg_temp.other (LIKE feedback.label_schemas);
    CREATE TRIGGER t AFTER INSERT ON pg_temp.other FOR EACH ROW EXECUTE FUNCTION feedback_internal.label_schemas_changed();
    INSERT INTO pg_temp.other SELECT (jsonb_populate_record(l, '{"name": "n"}')).* FROM feedback.label_schemas l LIMIT 1$$);

-- Stored are the expectation, and the three that came with a warning
SELECT count(*) FROM feedback.assessments;
