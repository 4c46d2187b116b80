-- Types and values that are looked at by what they are made of, and refused by what they are.
BEGIN;
SELECT plan(17);
\ir ../include/helpers.sql
SET LOCAL client_min_messages = error;

CREATE DOMAIN stars AS integer CHECK (VALUE BETWEEN 1 AND 5);
CREATE DOMAIN few_stars AS stars CHECK (VALUE < 4);
CREATE DOMAIN ratings AS stars[];
CREATE DOMAIN flag AS boolean;
CREATE DOMAIN document AS jsonb;
CREATE TEMP TABLE rating (unit integer, a stars, b few_stars);
INSERT INTO rating SELECT i, i % 3 + 1, (i / 2) % 3 + 1 FROM generate_series(1, 60) AS i;

-- A domain counts as its base type
SELECT is(feedback.krippendorffs_alpha(ARRAY[a, b::stars]::stars[], 'interval'), feedback.krippendorffs_alpha(ARRAY[a, b]::integer[], 'interval'),
          'alpha over an array of a domain') FROM rating;
SELECT is(feedback.krippendorffs_alpha(ARRAY[a, b]::ratings, 'interval'), feedback.krippendorffs_alpha(ARRAY[a, b]::integer[], 'interval'),
          'over a domain of arrays') FROM rating;
SELECT is(feedback.cohens_kappa(a, a), feedback.cohens_kappa(a::integer, a::integer), 'kappa over a domain') FROM rating;
SELECT is(feedback.cohens_kappa(b, b, 'linear', ARRAY[1,2,3]::few_stars[]), feedback.cohens_kappa(b::integer, b::integer, 'linear', ARRAY[1,2,3]), 'over a domain of a domain, with categories') FROM rating;
SELECT is(feedback.gwets_ac1(a, a), feedback.gwets_ac1(a::integer, a::integer), 'AC1') FROM rating;
CREATE FUNCTION pg_temp.stored(expression text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    id uuid;
BEGIN
    EXECUTE format('SELECT feedback.log_feedback(''d'', ''n'', %s)', expression) INTO id;
    RETURN feedback.get_assessment('d', id) #> '{feedback,value}';
END $$;
SELECT is(pg_temp.stored($$ 3::few_stars $$), '3', 'a value of a domain of a domain');
SELECT is(pg_temp.stored($$ true::flag $$), 'true', 'of booleans');
SELECT is(pg_temp.stored($$ '[1]'::document $$), '[1]', 'of jsonb');
SELECT is(pg_temp.stored($$ ARRAY[1, 2]::ratings $$), '[1, 2]', 'of arrays');

-- What a label schema cannot say is refused, never rounded
SELECT is(helper.refusal(format('SELECT feedback.label_schema_from_json_schema(''ml'', %L)', schema)), wanted, schema)
FROM (VALUES ('{"type": "string", "maxLength": 1.5}', '22023 json_schema'), ('{"type": "string", "maxLength": 2147483648}', '0A000 json_schema'),
             ('{"type": "string", "maxLength": -1e400}', '0A000 json_schema'), ('{"type": "string", "maxLength": 2.0}', 'accepted')) AS v (schema, wanted);

-- No internal error from numbers that are none
SELECT is(feedback_internal.summary_stddev(2, 'NaN', 1), 'NaN'::numeric, 'a deviation of NaN');
SELECT is(feedback_internal.summary_stddev(2, 1, 'infinity'), 'NaN'::numeric, 'of an infinity');

-- An argument that is refused is quoted, shortened and on one line
SELECT is(helper.complaint(format('SELECT feedback.log_feedback(''t'', ''n'', 1, source_type => %L)', E'ROB\nOT' || repeat('x', 100))),
          'invalid source_type: "ROB\x0aOT' || repeat('x', 54) || '..." | The source types are HUMAN, LLM_JUDGE, CODE and SOURCE_TYPE_UNSPECIFIED.',
          'a source type');
SELECT is((SELECT message FROM feedback.log_assessments('[{"trace_id": "t", "assessment_name": "n", "source": {"source_type": "ROBOT"}, "feedback": {"value": 1}}]')),
          'invalid source.source_type', 'but nothing of a document');

SELECT * FROM finish();
ROLLBACK;
