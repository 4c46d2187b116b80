-- Warnings: what is stored although it may not be what was meant.
\set VERBOSITY default
\pset format unaligned
\pset tuples_only on
BEGIN;

-- The older name of a source type, from SQL, from documents and in updates
SELECT feedback.log_feedback('tr', 'n', 1, source_type => 'AI_JUDGE', assessment_id => '00000000-0000-4000-8000-000000000001');
SELECT feedback.log_expectation('tr', 'n', 1, source_type => 'ai_judge', assessment_id => '00000000-0000-4000-8000-000000000002');
SELECT feedback.log_assessment('tr', '{"assessment_id": "00000000-0000-4000-8000-000000000003", "assessment_name": "n",
    "source": {"sourceType": "Ai_Judge"}, "feedback": {"value": "1"}}');
SELECT feedback.override_feedback('tr', '00000000-0000-4000-8000-000000000001', 2, 'AI_JUDGE',
                                  new_assessment_id => '00000000-0000-4000-8000-000000000004');
SELECT feedback.update_assessment('tr', '00000000-0000-4000-8000-000000000003',
                                  '{"source": {"source_type": "AI_JUDGE"}}') -> 'source';
SELECT assessment_id, source_type, source_id FROM feedback.assessments ORDER BY assessment_id;

-- A person without an id, in SQL; documents may have it, and of others it is nothing odd
SELECT count(feedback.log_feedback('tr', 'nobody', true, source_type => 'HUMAN', source_id => ''));
SELECT count(feedback.log_expectation('tr', 'nobody', true, source_id => ''));
SELECT count(feedback.log_feedback('tr', 'nobody', true, source_id => ''));
SELECT count(feedback.log_assessment('tr', '{"assessment_name": "nobody", "source": {"source_type": "HUMAN", "source_id": ""}, "feedback": {"value": 1}}'));

-- Text that reads as JSON, each noun
SELECT count(feedback.log_feedback('tr', 'n', 'true'));
SELECT count(feedback.log_feedback('tr', 'n', 'false'));
SELECT count(feedback.log_feedback('tr', 'n', 'null'));
SELECT count(feedback.log_feedback('tr', 'n', '-1.5e3'));
SELECT count(feedback.log_feedback('tr', 'n', '{"a": 1}'));
SELECT count(feedback.log_feedback('tr', 'n', E' \t\r\n[1]\n '));
SELECT count(feedback.log_expectation('tr', 'n', '1'));
SELECT count(feedback.override_feedback('tr', '00000000-0000-4000-8000-000000000003', '1'));

-- Also beyond the limits of what could be kept as JSON
SELECT count(feedback.log_feedback('tr', 'n', repeat('[', 65) || repeat(']', 65)));
SELECT count(feedback.log_feedback('tr', 'n', '1e400'));
SELECT count(feedback.log_feedback('tr', 'n', '{"a": "\u0000"}'));

-- None for text that is text, and for text that says it is
SELECT count(feedback.log_feedback('tr', 'n', value))
FROM unnest(ARRAY['', ' ', 'yes', 'True', 'nullable', 'NaN', '+1', '01', '1.', '1 2', '-', '[1', '{a: 1}', '"1"', 'é']) AS value;
SELECT count(feedback.log_feedback('tr', 'n', '"1"'::jsonb)),
       count(feedback.log_feedback('tr', 'n', '"[1]"'::json)),
       count(feedback.log_feedback('tr', 'n', '1'::money)),
       count(feedback.log_feedback('tr', 'n', '{1}'::text[]));

-- A varchar is as good as untyped, since drivers send it for any string
SELECT count(feedback.log_feedback('tr', 'n', '1'::varchar));

-- Both at once
SELECT count(feedback.log_feedback('tr', 'n', '1', source_type => 'AI_JUDGE'));

-- A refused call does not warn
SAVEPOINT refused;
SELECT feedback.log_feedback('tr', '', '1', source_type => 'AI_JUDGE');
ROLLBACK TO refused;

-- The other settings: keep is silent, error refuses
SET LOCAL feedback.untyped_text = 'keep';
SELECT count(feedback.log_feedback('tr', 'n', '1')), count(feedback.log_expectation('tr', 'n', '{}'));
SET LOCAL feedback.untyped_text = 'error';
SAVEPOINT refused;
SELECT feedback.log_feedback('tr', 'n', '1');
ROLLBACK TO refused;
SELECT count(feedback.log_feedback('tr', 'n', 'yes'));
SELECT count(feedback.log_feedback('tr', 'n', '"1"'::jsonb));

-- All of these but a number and a list were stored as text, byte by byte
SELECT count(*), count(*) FILTER (WHERE value_type = 'text'), sum(octet_length(text_value))
FROM feedback.feedback WHERE name = 'n';
ROLLBACK;

-- The fields that drivers see, without the place in the source
\setenv PGDATABASE :DBNAME
\! psql -X -q -v VERBOSITY=verbose -v SHOW_CONTEXT=never -c "DO 'BEGIN PERFORM feedback.log_feedback(''tr'', ''n'', ''1'', ''AI_JUDGE''); RAISE EXCEPTION ''rolled back''; END'" 2>&1 | grep -v ^LOCATION
