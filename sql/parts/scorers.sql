-- Scorers for evaluate: functions of a trace, as evaluation_trace gives it, or of a row of a data set, and of options.

CREATE FUNCTION feedback.exact_match(trace jsonb, options jsonb DEFAULT '{}') RETURNS boolean
    AS 'MODULE_PATHNAME', 'feedback_scorer_exact_match'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback.exact_match(jsonb, jsonb) IS
    'the answer is the text that was expected; options: path, expectation, expected, ignore_case, ignore_space';

CREATE FUNCTION feedback.contains_expected(trace jsonb, options jsonb DEFAULT '{}') RETURNS boolean
    AS 'MODULE_PATHNAME', 'feedback_scorer_contains_expected'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback.contains_expected(jsonb, jsonb) IS
    'the answer contains the text that was expected, or all of a list, or any; options: path, expectation, expected, ignore_case, match';

CREATE FUNCTION feedback.json_match(trace jsonb, options jsonb DEFAULT '{}') RETURNS boolean
    AS 'MODULE_PATHNAME', 'feedback_scorer_json_match'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback.json_match(jsonb, jsonb) IS
    'the answer is the JSON that was expected, as jsonb compares it; options: path, expectation, expected';

CREATE FUNCTION feedback.regex_match(trace jsonb, options jsonb DEFAULT '{}') RETURNS boolean
    AS 'MODULE_PATHNAME', 'feedback_scorer_regex_match'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback.regex_match(jsonb, jsonb) IS
    'the answer matches a regular expression; options: pattern, flags, path';

CREATE FUNCTION feedback.numeric_match(trace jsonb, options jsonb DEFAULT '{}') RETURNS boolean
    AS 'MODULE_PATHNAME', 'feedback_scorer_numeric_match'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback.numeric_match(jsonb, jsonb) IS
    'the answer is the number that was expected, within max(tolerance, relative * |expected|); options: path, expectation, expected, tolerance, relative, find';

CREATE FUNCTION feedback.length_within(trace jsonb, options jsonb DEFAULT '{}') RETURNS boolean
    AS 'MODULE_PATHNAME', 'feedback_scorer_length_within'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback.length_within(jsonb, jsonb) IS
    'the answer has min to max characters, words or bytes; options: min, max, unit, path';

CREATE FUNCTION feedback.levenshtein_similarity(trace jsonb, options jsonb DEFAULT '{}') RETURNS double precision
    AS 'MODULE_PATHNAME', 'feedback_scorer_levenshtein_similarity'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback.levenshtein_similarity(jsonb, jsonb) IS
    '1 - edit distance / length of the longer, of the answer and what was expected; options: path, expectation, expected';

CREATE FUNCTION feedback.token_f1(trace jsonb, options jsonb DEFAULT '{}') RETURNS double precision
    AS 'MODULE_PATHNAME', 'feedback_scorer_token_f1'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback.token_f1(jsonb, jsonb) IS
    'how far the words of the answer are those that were expected, as SQuAD has it; options: path, expectation, expected, ignore';

CREATE FUNCTION feedback.latency_within(trace jsonb, options jsonb DEFAULT '{}') RETURNS boolean
    AS 'MODULE_PATHNAME', 'feedback_scorer_latency_within'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback.latency_within(jsonb, jsonb) IS
    'the trace took max_ms milliseconds at the most; options: max_ms';

CREATE FUNCTION feedback.tokens_within(trace jsonb, options jsonb DEFAULT '{}') RETURNS boolean
    AS 'MODULE_PATHNAME', 'feedback_scorer_tokens_within'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback.tokens_within(jsonb, jsonb) IS
    'the trace took max tokens at the most; options: max, kind';

CREATE FUNCTION feedback.token_count(trace jsonb, options jsonb DEFAULT '{}') RETURNS numeric
    AS 'MODULE_PATHNAME', 'feedback_scorer_token_count'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback.token_count(jsonb, jsonb) IS
    'how many tokens the trace took; options: kind';

CREATE FUNCTION feedback.latency_ms(trace jsonb) RETURNS numeric
    AS 'MODULE_PATHNAME', 'feedback_scorer_latency_ms'
    LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION feedback.latency_ms(jsonb) IS
    'how many milliseconds the trace took';

-- The same of two texts, for scorers of one's own
CREATE FUNCTION feedback.levenshtein_similarity(answer text, expected text) RETURNS double precision
    AS 'MODULE_PATHNAME', 'feedback_levenshtein_similarity'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback.levenshtein_similarity(text, text) IS
    '1 - edit distance / length of the longer text';

CREATE FUNCTION feedback.token_f1(answer text, expected text) RETURNS double precision
    AS 'MODULE_PATHNAME', 'feedback_token_f1'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION feedback.token_f1(text, text) IS
    'how far the words of an answer are those that were expected, as SQuAD has it';
