-- The built-in scorers: what each says of an answer, its options, and its limits.
BEGIN;
SELECT * FROM no_plan();
\ir ../include/helpers.sql

-- A scorer's word, or its refusal
CREATE FUNCTION pg_temp.said(scorer text, trace text, options text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT feedback.%I(%L::jsonb, %L::jsonb)', scorer, trace, options) INTO result;
    RETURN coalesce(result, 'null');
EXCEPTION WHEN OTHERS THEN
    RETURN helper.refusal(format('SELECT feedback.%I(%L::jsonb, %L::jsonb)', scorer, trace, options));
END $$;

CREATE TEMP TABLE cases (place serial, scorer text, trace text, options text, said text, meaning text);
INSERT INTO cases (scorer, trace, options, said, meaning) VALUES
    ('exact_match', '{"outputs": "Paris", "expectations": {"expected_response": "Paris"}}', '{}', 'true', 'the same text'),
    ('exact_match', '{"outputs": "Paris ", "expectations": {"expected_response": "Paris"}}', '{}', 'false', 'but for a blank'),
    ('exact_match', '{"outputs": "Paris", "expectations": {"expected_response": "paris"}}', '{}', 'false', 'but for the case'),
    ('exact_match', E'{"outputs": " PARIS \\n\\t is ", "expectations": {"expected_response": "paris is"}}', '{"ignore_case": true, "ignore_space": true}', 'true', 'these may be ignored'),
    ('exact_match', '{"outputs": "ab", "expectations": {"expected_response": "a b"}}', '{"ignore_space": true}', 'false', 'a blank within is one'),
    ('exact_match', '{"outputs": "", "expectations": {"expected_response": ""}}', '{}', 'true', 'of nothing'),
    ('exact_match', '{"outputs": "Paris", "expectations": {"capital": "Paris"}}', '{"expectation": "capital"}', 'true', 'an expectation by its name'),
    ('exact_match', '{"outputs": "Paris", "expectations": {"capital": "Paris"}}', '{}', 'null', 'nothing was expected'),
    ('exact_match', '{"outputs": "Paris", "expectations": {"expected_response": null}}', '{}', 'null', 'null was'),
    ('exact_match', '{"outputs": "Paris", "expectations": []}', '{}', 'null', 'expectations are no object'),
    ('exact_match', '{"outputs": "Paris", "expectations": "x"}', '{}', 'null', 'nor here'),
    ('exact_match', '{"outputs": "Paris"}', '{"expected": "Paris"}', 'true', 'expected by the options'),
    ('exact_match', '{"expectations": {"expected_response": "Paris"}}', '{}', 'false', 'no answer'),
    ('exact_match', '{"outputs": null}', '{"expected": ""}', 'false', 'nor is null one'),
    ('exact_match', '{"outputs": 1.50}', '{"expected": "1.50"}', 'true', 'a number is the text of it'),
    ('exact_match', '{"outputs": {"b": 1, "a": [true]}}', '{"expected": {"a": [true], "b": 1}}', 'true', 'JSON is the text of it'),
    ('exact_match', '{"outputs": {"answer": {"city": "Paris"}}}', '{"expected": "Paris", "path": ["answer", "city"]}', 'true', 'a path leads into the answer'),
    ('exact_match', '{"outputs": [1, ["x", "Paris"]]}', '{"expected": "Paris", "path": ["1", "1"]}', 'true', 'through lists'),
    ('exact_match', '{"outputs": "{\"city\": \"[\\\"Paris\\\"]\"}"}', '{"expected": "Paris", "path": ["city", "0"]}', 'true', 'and through JSON within texts'),
    ('exact_match', '{"outputs": "Paris"}', '{"expected": "Paris", "path": []}', 'true', 'a path to the answer itself'),
    ('exact_match', '{"outputs": "Paris"}', '{"expected": "Paris", "path": ["city"]}', 'false', 'a path into a text leads nowhere'),
    ('exact_match', '{"outputs": ["Paris"]}', '{"expected": "Paris", "path": ["1"]}', 'false', 'nor one beyond a list'),
    ('exact_match', '{"outputs": ["Paris"]}', '{"expected": "Paris", "path": ["99999999999999999999"]}', 'false', 'nor far beyond'),
    ('exact_match', '{"outputs": ["Paris"]}', '{"expected": "Paris", "path": ["-1"]}', 'false', 'places are counted from 0'),
    ('exact_match', '{"outputs": ["Paris"]}', '{"expected": "Paris", "path": [""]}', 'false', 'and have a digit'),
    ('exact_match', '{"outputs": 5}', '{"expected": 5, "path": ["0"]}', 'false', 'nor one into a number'),
    ('exact_match', NULL, '{}', 'null', 'no trace'),
    ('exact_match', '{"outputs": "a", "expectations": {"expected_response": "a"}}', NULL, 'true', 'no options'),
    -- what options may be
    ('exact_match', '[]', '{}', '22023 trace', 'a trace is an object'),
    ('exact_match', NULL, '[]', '22023 options', 'options are an object'),
    ('exact_match', NULL, '"x"', '22023 options', 'and no text'),
    ('exact_match', NULL, '{"ignore_cas": true}', '22023 options', 'an option that it does not have'),
    ('exact_match', NULL, '{"ignore_case": "true"}', '22023 options', 'one of another type'),
    ('exact_match', NULL, '{"ignore_case": null, "path": null}', 'null', 'null is not given'),
    ('exact_match', NULL, '{"path": "city"}', '22023 options', 'a path is a list'),
    ('exact_match', NULL, '{"path": ["a", 1]}', '22023 options', 'of texts'),
    ('exact_match', NULL, '{"path": {}}', '22023 options', 'and no object'),
    ('exact_match', NULL, '{"expectation": 1}', '22023 options', 'a name is a text'),

    ('contains_expected', '{"outputs": "It is Paris."}', '{"expected": "Paris"}', 'true', 'contained'),
    ('contains_expected', '{"outputs": "It is paris."}', '{"expected": "Paris"}', 'false', 'but for the case'),
    ('contains_expected', '{"outputs": "It is pARIS."}', '{"expected": "Paris", "ignore_case": true}', 'true', 'which may be ignored'),
    ('contains_expected', '{"outputs": "It is PÄRIS."}', '{"expected": "S.", "ignore_case": false}', 'true', 'at the end'),
    ('contains_expected', '{"outputs": "Par"}', '{"expected": "Paris"}', 'false', 'longer than the answer'),
    ('contains_expected', '{"outputs": ""}', '{"expected": ""}', 'true', 'nothing is in nothing'),
    ('contains_expected', '{"outputs": "red green"}', '{"expected": ["red", "green"]}', 'true', 'all of a list'),
    ('contains_expected', '{"outputs": "red green"}', '{"expected": ["red", "blue"]}', 'false', 'not all'),
    ('contains_expected', '{"outputs": "red green"}', '{"expected": ["blue", "red"], "match": "any"}', 'true', 'any'),
    ('contains_expected', '{"outputs": "red green"}', '{"expected": ["blue", "black"], "match": "any"}', 'false', 'not any'),
    ('contains_expected', '{"outputs": "red 5"}', '{"expected": ["red", 5]}', 'true', 'a number of a list is the text of it'),
    ('contains_expected', '{"outputs": "red"}', '{"expected": []}', 'true', 'all of none'),
    ('contains_expected', '{"expectations": {"expected_response": "x"}}', '{}', 'false', 'no answer'),
    ('contains_expected', '{"outputs": "red", "expectations": {}}', '{}', 'null', 'nothing was expected'),
    ('contains_expected', NULL, '{"match": "some"}', '22023 options', 'a word that it does not know'),
    ('contains_expected', NULL, '{"match": "all any"}', '22023 options', 'nor is the list of its words one'),
    ('contains_expected', NULL, '{"match": ""}', '22023 options', 'nor nothing'),

    ('json_match', '{"outputs": {"a": 1.0, "b": [2, {}]}}', '{"expected": {"b": [2, {}], "a": 1}}', 'true', 'in any order, numbers by value'),
    ('json_match', '{"outputs": "{\"a\": 1}"}', '{"expected": {"a": 1}}', 'true', 'a text that is JSON'),
    ('json_match', '{"outputs": {"a": 1}}', '{"expected": "{\"a\": 1}"}', 'true', 'on either side'),
    ('json_match', '{"outputs": "{\"a\": 1} ok"}', '{"expected": {"a": 1}}', 'false', 'a text that is none'),
    ('json_match', '{"outputs": "Paris"}', '{"expected": "Paris"}', 'true', 'but texts that are none are texts'),
    ('json_match', '{"outputs": [1, 2]}', '{"expected": [2, 1]}', 'false', 'the order of a list counts'),
    ('json_match', '{"outputs": {"a": 1, "b": null}}', '{"expected": {"a": 1}}', 'false', 'a member more'),
    ('json_match', '{"outputs": "\"\\u0000\""}', '{"expected": {"a": 1}}', 'false', 'JSON that jsonb does not hold is none'),
    ('json_match', '{"outputs": "1e999"}', '{"expected": 1}', 'false', 'nor are numbers beyond it'),
    ('json_match', '{"outputs": true}', '{"expected": true}', 'true', 'scalars'),
    ('json_match', '{"outputs": "true"}', '{"expected": true}', 'true', 'and texts that have one'),
    ('json_match', '{"outputs": "null"}', '{"expected": "null"}', 'true', 'null within texts'),
    ('json_match', '{"outputs": null}', '{"expected": {}}', 'false', 'no answer'),
    ('json_match', '{"outputs": {}}', '{}', 'null', 'nothing was expected'),

    ('regex_match', '{"outputs": "Order A-17 is sent"}', '{"pattern": "\\mA-\\d+"}', 'true', 'found'),
    ('regex_match', '{"outputs": "order b-17"}', '{"pattern": "A-\\d+"}', 'false', 'not found'),
    ('regex_match', '{"outputs": "order a-17"}', '{"pattern": "A-\\d+", "flags": "i"}', 'true', 'in any case'),
    ('regex_match', '{"expectations": {}}', '{"pattern": ".*"}', 'false', 'no answer'),
    ('regex_match', '{"outputs": ""}', '{"pattern": "^$"}', 'true', 'an empty one'),
    ('regex_match', NULL, '{}', '22004 options', 'a pattern is needed'),
    ('regex_match', NULL, '{"pattern": "("}', '2201B', 'that is one'),
    ('regex_match', NULL, '{"pattern": "a", "flags": "z"}', '22023', 'and flags that are some'),
    ('regex_match', NULL, '{"pattern": "a", "expected": "a"}', '22023 options', 'nothing is expected'),

    ('numeric_match', '{"outputs": 42}', '{"expected": 42}', 'true', 'the same number'),
    ('numeric_match', '{"outputs": " 42.0\n"}', '{"expected": 42}', 'true', 'within a text'),
    ('numeric_match', '{"outputs": 42}', '{"expected": "4.2e1"}', 'true', 'on either side'),
    ('numeric_match', '{"outputs": 42.5}', '{"expected": 42, "tolerance": 0.5}', 'true', 'just within the tolerance'),
    ('numeric_match', '{"outputs": 42.50000000000000000001}', '{"expected": 42, "tolerance": 0.5}', 'false', 'just outside'),
    ('numeric_match', '{"outputs": -99}', '{"expected": -100, "relative": 0.01}', 'true', 'a share of what was expected'),
    ('numeric_match', '{"outputs": -98.9}', '{"expected": -100, "relative": 0.01}', 'false', 'more than that'),
    ('numeric_match', '{"outputs": -98.9}', '{"expected": -100, "relative": 0.01, "tolerance": 2}', 'true', 'the larger of both counts'),
    ('numeric_match', '{"outputs": 0.1}', '{"expected": 0.1}', 'true', 'exact in digits'),
    ('numeric_match', '{"outputs": "42 apples"}', '{"expected": 42}', 'false', 'a text that is not only a number'),
    ('numeric_match', '{"outputs": "of 3, x2y7 and 4.: 42 apples"}', '{"expected": 3, "find": "first"}', 'true', 'the first number in it'),
    ('numeric_match', '{"outputs": "of 3 apples 42."}', '{"expected": 42, "find": "last"}', 'true', 'the last'),
    ('numeric_match', '{"outputs": "x2 B52 a-7"}', '{"expected": -7, "find": "first"}', 'true', 'digits within words are none'),
    ('numeric_match', '{"outputs": "none"}', '{"expected": 42, "find": "last"}', 'false', 'no number'),
    ('numeric_match', '{"outputs": "1e999"}', '{"expected": 42}', 'false', 'nor is one beyond all'),
    ('numeric_match', '{"outputs": "-"}', '{"expected": 42, "find": "last"}', 'false', 'nor a sign alone'),
    ('numeric_match', '{"outputs": true}', '{"expected": 1}', 'false', 'true is none'),
    ('numeric_match', '{"outputs": 1}', '{"expected": "one"}', '22023 trace', 'what was expected is a number'),
    ('numeric_match', '{}', '{"expected": 1}', 'false', 'no answer'),
    ('numeric_match', '{"outputs": 1}', '{}', 'null', 'nothing was expected'),
    ('numeric_match', NULL, '{"tolerance": "1"}', '22023 options', 'a tolerance is a number'),

    ('length_within', '{"outputs": "größe"}', '{"max": 5, "min": 5}', 'true', 'in characters'),
    ('length_within', '{"outputs": "größe"}', '{"max": 5, "unit": "bytes"}', 'false', 'in bytes'),
    ('length_within', '{"outputs": "größe"}', '{"min": 6}', 'false', 'too short'),
    ('length_within', '{"outputs": " two\n words "}', '{"max": 2, "min": 2, "unit": "words"}', 'true', 'in words'),
    ('length_within', '{"outputs": ""}', '{"max": 0, "unit": "words"}', 'true', 'none'),
    ('length_within', '{"outputs": "abc"}', '{"max": 2.9}', 'false', 'a fraction is a bound too'),
    ('length_within', '{}', '{"max": 5}', 'false', 'no answer'),
    ('length_within', NULL, '{}', '22004 options', 'a bound is needed'),
    ('length_within', NULL, '{"max": 1, "unit": "tokens"}', '22023 options', 'in a unit that it knows'),

    ('levenshtein_similarity', '{"outputs": "kitten"}', '{"expected": "sitting"}', '0.5714285714285714', '3 of 7 differ'),
    ('levenshtein_similarity', '{"outputs": ""}', '{"expected": ""}', '1', 'nothing and nothing'),
    ('levenshtein_similarity', '{"outputs": "abc"}', '{"expected": ""}', '0', 'and something'),
    ('levenshtein_similarity', '{"outputs": "größe"}', '{"expected": "grösse"}', '0.6666666666666666', 'in characters'),
    ('levenshtein_similarity', '{}', '{"expected": ""}', '0', 'no answer'),
    ('levenshtein_similarity', '{"outputs": "a"}', '{}', 'null', 'nothing was expected'),

    ('token_f1', '{"outputs": "The cat, sat on the mat!"}', '{"expected": "a cat on mat"}', '0.8571428571428571', '3 of 4 and 3 of 3 words'),
    ('token_f1', '{"outputs": "the cat"}', '{"expected": "cat", "ignore": []}', '0.6666666666666666', 'articles may count'),
    ('token_f1', '{"outputs": "le chat"}', '{"expected": "chat", "ignore": ["Le", "la"]}', '1', 'or others not'),
    ('token_f1', '{"outputs": "the"}', '{"expected": "..."}', '1', 'two without words'),
    ('token_f1', '{"outputs": "the"}', '{"expected": "cat"}', '0', 'one without words'),
    ('token_f1', '{"outputs": "cat cat cat"}', '{"expected": "cat"}', '0.5', 'a word counts as often as both have it'),
    ('token_f1', '{"outputs": "don''t 3.14"}', '{"expected": "dont 314"}', '1', 'punctuation does not part words'),
    ('token_f1', '{"outputs": "東京都。"}', '{"expected": "京都"}', '0.8', 'an ideograph is a word'),
    ('token_f1', '{"outputs": "„Straße“…"}', '{"expected": "straße"}', '1', 'other punctuation is none of a word'),
    ('token_f1', '{}', '{"expected": ""}', '0', 'no answer'),
    ('token_f1', '{"outputs": ""}', '{}', 'null', 'nothing was expected'),
    ('token_f1', NULL, '{"ignore": "the"}', '22023 options', 'what is ignored is a list'),

    ('latency_within', '{"info": {"execution_duration_ms": 250}}', '{"max_ms": 250}', 'true', 'just in time'),
    ('latency_within', '{"info": {"execution_duration_ms": 251}}', '{"max_ms": 250}', 'false', 'too slow'),
    ('latency_within', '{"info": {}}', '{"max_ms": 250}', 'null', 'without an end'),
    ('latency_within', '{"info": "x"}', '{"max_ms": 250}', 'null', 'info that is none'),
    ('latency_within', '{"info": {"execution_duration_ms": "1"}}', '{"max_ms": 250}', 'null', 'a time that is none'),
    ('latency_within', NULL, '{}', '22004 options', 'a limit is needed'),
    ('tokens_within', '{"info": {"trace_metadata": {"mlflow.trace.tokenUsage": "{\"input_tokens\": 5, \"output_tokens\":7, \"total_tokens\": 12}"}}}', '{"max": 12}', 'true', 'all'),
    ('tokens_within', '{"info": {"trace_metadata": {"mlflow.trace.tokenUsage": "{\"input_tokens\": 5, \"output_tokens\":7, \"total_tokens\": 12}"}}}', '{"max": 6, "kind": "output"}', 'false', 'of those that came out'),
    ('tokens_within', '{"info": {"trace_metadata": {"mlflow.trace.tokenUsage": {"total_tokens": 12}}}}', '{"max": 11}', 'false', 'usage that is an object'),
    ('tokens_within', '{"info": {"trace_metadata": {"mlflow.trace.tokenUsage": "{"}}}', '{"max": 11}', 'null', 'usage that is none'),
    ('tokens_within', '{}', '{"max": 11}', 'null', 'not counted'),
    ('tokens_within', NULL, '{}', '22004 options', 'a limit is needed'),
    ('tokens_within', NULL, '{"max": 1, "kind": "cached"}', '22023 options', 'of a kind that it knows'),
    ('token_count', '{"info": {"trace_metadata": {"mlflow.trace.tokenUsage": "{\"input_tokens\": 5, \"output_tokens\":7, \"total_tokens\": 12}"}}}', '{"kind": "input"}', '5', 'how many went in'),
    ('token_count', '{}', '{}', 'null', 'not counted');
SELECT is(pg_temp.said(scorer, trace, options), said, format('%s: %s (%s of %s)', scorer, meaning, options, trace)) FROM cases ORDER BY place;
SELECT is(feedback.latency_ms('{"info": {"execution_duration_ms": 7.5}}'), 7.5, 'latency_ms is the time');
SELECT is(feedback.latency_ms('{}'), NULL, 'or null');
SELECT is(feedback.levenshtein_similarity('abcd', 'abxd'), 0.75::float8, 'two texts are compared directly');
SELECT is(feedback.token_f1('an answer', 'answer'), 1::float8, 'by their words too');
SELECT is(helper.complaint($$ SELECT feedback.contains_expected(NULL, '{"macth": "all"}') $$),
    'unknown option "macth" | The options are: path, expectation, expected, ignore_case, match.', 'a mistyped option is told, with those that there are');

-- Long texts
SELECT is(helper.refusal($$ SELECT feedback.levenshtein_similarity(repeat('a', 10000001), 'a') $$), '54000', 'texts of over 10 MB are refused');
SELECT is(helper.refusal($$ SELECT feedback.token_f1('a', repeat('a', 10000001)) $$), '54000', 'by the words too');
SELECT is(helper.refusal(format('SELECT feedback.%I(jsonb_build_object(''outputs'', repeat(''a '', 5000001), ''expectations'', ''{"expected_response": "1"}''::jsonb), %L)',
                                s.scorer, s.options)), '54000', 'and by ' || s.scorer)
FROM (VALUES ('exact_match', '{}'), ('contains_expected', '{}'), ('json_match', '{}'), ('regex_match', '{"pattern": "b"}'), ('numeric_match', '{}'),
             ('length_within', '{"max": 1}'), ('levenshtein_similarity', '{}'), ('token_f1', '{}')) AS s (scorer, options);
SELECT is(feedback.levenshtein_similarity(repeat('a', 1000000) || 'x', repeat('a', 1000000) || 'y'), 1000000 / 1000001::float8,
    'what two texts of 1 MB have in common at their ends costs nothing');
SELECT is(helper.complaint($$ SELECT feedback.levenshtein_similarity(repeat('ab', 500000), repeat('ba', 500000) || 'c') $$),
    'texts are too long for an edit distance | They differ over 1000000 and 1000001 characters, whose product may be 10000000000.',
    'but two that differ all over are refused');
SELECT is(feedback.levenshtein_similarity(repeat('ab', 5000), 'x' || repeat('ab', 5000) || 'y'), 10000 / 10002::float8, 'longer texts are compared in blocks');

SELECT * FROM finish();
ROLLBACK;
