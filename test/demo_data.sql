-- Feedback of two imaginary applications over thirty days, for make report and for the
-- examples of the documentation.  It is the same each time: a psql variable "today"
-- (as in -v today=2026-03-01) is the day after the last one, the current day if it is not
-- set; everything else follows from the number of a trace.  What is in it, all logged by
-- the functions of the extension, from 7 to 23 o'clock UTC:
--
--	support-chat, a chat about orders (traces chat-0001, ...).  Prompt v3, then v4 from day
--	  -14 on, which is worse, then v5 from day -7 on, which mends it but is slower; two models.
--	  helpful        boolean, HUMAN user-..., a thumb for two in five answers, some with words
--	  relevance      1 to 5, LLM_JUDGE openai:/gpt-4o for all; anthropic:/claude-sonnet for
--	                 half; HUMAN anna and ben for every fourth, not at the weekend
--	  hallucination  boolean, LLM_JUDGE openai:/gpt-4o, of which true is worse
--	  tone           friendly, neutral, curt or formal, CODE tone-classifier
--	  latency_ms     number, CODE gateway, of which less is better
--	  expected_answer  expectation of HUMAN anna for every 20th
--	docs-search, answers from a manual (docs-0001, ...).  Prompt s1 all the time, and a model
--	  that is changed for another on day -10.
--	  helpful        boolean, HUMAN
--	  relevance      1 to 5, LLM_JUDGE openai:/gpt-4o, and HUMAN anna for every fifth
--	  cited          boolean, CODE link-checker
--	  topics         a list of texts, LLM_JUDGE openai:/gpt-4o
--
-- Judges fail now and then: RATE_LIMIT_EXCEEDED, TIMEOUT, INVALID_RESPONSE; on day -18 the
-- judges of docs-search did not run at all.  Anna overrules some verdicts of the judge.
-- Of metadata there are prompt_version and model, and judge_cost of what a judge says.
\if :{?today}
\else
SELECT current_date AS today
\gset
\endif

-- A number from 0 to 1, always the same for a trace and a purpose
CREATE FUNCTION pg_temp.chance(trace text, purpose text) RETURNS double precision LANGUAGE sql IMMUTABLE AS
    $$ SELECT ('x' || substr(md5(trace || '/' || purpose), 1, 8))::bit(32)::bigint / 4294967296.0 $$;
-- The id of an assessment, always the same as well
CREATE FUNCTION pg_temp.id(trace text, name text, source text) RETURNS uuid LANGUAGE sql IMMUTABLE AS
    $$ SELECT md5(concat_ws('/', trace, name, source))::uuid $$;
CREATE FUNCTION pg_temp.grade(quality double precision) RETURNS integer LANGUAGE sql IMMUTABLE AS
    $$ SELECT least(5, greatest(1, round(0.6 + 4.4 * quality)))::integer $$;
-- One of some texts
CREATE FUNCTION pg_temp.one_of(chance double precision, VARIADIC texts text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT texts[1 + floor(chance * cardinality(texts))::integer] $$;

-- The traces.  quality is what people would say of it on average, from 0 to 1.
CREATE TEMPORARY TABLE trace AS
WITH counted AS (
    SELECT t.project, t.prefix, t.day, n, (:'today'::date - t.day) AS date,
           t.prefix || '-' || lpad((row_number() OVER (PARTITION BY t.project ORDER BY t.day DESC, n))::text, 4, '0') AS trace_id
    FROM (
        SELECT p.project, p.prefix, d AS day, CASE WHEN d % 7 IN (1, 2) THEN p.weekend ELSE p.weekday + (d * 5) % 4 END AS traces
        FROM generate_series(1, 30) AS d,
             (VALUES ('support-chat', 'chat', 14, 6), ('docs-search', 'docs', 6, 2)) AS p (project, prefix, weekday, weekend)
    ) AS t, generate_series(1, t.traces) AS n
), versioned AS (
    SELECT c.*,
           (c.date + interval '7 hours' + pg_temp.chance(c.trace_id, 'time') * interval '14 hours') AT TIME ZONE 'UTC' AS at,
           CASE WHEN c.project = 'docs-search' THEN 's1' WHEN c.day > 14 THEN 'v3' WHEN c.day > 7 THEN 'v4' ELSE 'v5' END AS prompt_version,
           CASE WHEN c.project = 'docs-search' THEN CASE WHEN c.day > 10 THEN 'llama-3.3-70b' ELSE 'gpt-4o-mini' END
                ELSE pg_temp.one_of(pg_temp.chance(c.trace_id, 'model'), 'gpt-4o', 'claude-haiku') END AS model
    FROM counted AS c
)
SELECT v.project, v.trace_id, v.day, v.prompt_version, v.model, date_trunc('second', v.at) AS at,
       CASE v.prompt_version WHEN 'v3' THEN 0.70 WHEN 'v4' THEN 0.48 WHEN 'v5' THEN 0.78 ELSE 0.66 END
       + CASE v.model WHEN 'claude-haiku' THEN -0.03 WHEN 'llama-3.3-70b' THEN -0.05 ELSE 0.03 END
       + 0.55 * (pg_temp.chance(v.trace_id, 'quality') - 0.5) AS quality,
       CASE v.project
           WHEN 'support-chat' THEN pg_temp.one_of(pg_temp.chance(v.trace_id, 'topic'), 'a refund', 'a late delivery', 'a lost password',
                                                   'an invoice', 'the cancellation of an order', 'a change of address')
           ELSE pg_temp.one_of(pg_temp.chance(v.trace_id, 'topic'), 'connection pooling', 'backups', 'user roles', 'the upgrade guide', 'time zones')
       END AS topic,
       jsonb_build_object('prompt_version', v.prompt_version, 'model', v.model) AS metadata
FROM versioned AS v;
ANALYZE trace;

BEGIN;

-- What the names mean, in both applications and in one
SELECT count(*) AS label_schemas FROM (VALUES
    (feedback.create_label_schema('helpful', 'boolean', true_label => 'thumbs up', false_label => 'thumbs down',
                                  higher_is_better => true, instruction => 'Did the answer help you?')),
    (feedback.create_label_schema('relevance', 'numeric', min => 1, max => 5, whole_numbers => true,
                                  higher_is_better => true, instruction => '5: answers all that was asked. 1: answers something else.')),
    (feedback.create_label_schema('hallucination', 'boolean', project => 'support-chat', higher_is_better => false,
                                  instruction => 'Does the answer claim what no source says?')),
    (feedback.create_label_schema('tone', 'text', project => 'support-chat', categories => ARRAY['friendly', 'neutral', 'formal', 'curt'])),
    (feedback.create_label_schema('latency_ms', 'numeric', project => 'support-chat', min => 0, higher_is_better => false)),
    (feedback.create_label_schema('cited', 'boolean', project => 'docs-search', higher_is_better => true))
) AS s;

-- Thumbs; who is not content says why more often
SELECT count(feedback.log_feedback(
           t.trace_id, 'helpful', t.up, source_type => 'HUMAN', source_id => 'user-' || lpad(floor(200 * pg_temp.chance(t.trace_id, 'user'))::text, 3, '0'),
           rationale => CASE
               WHEN t.up AND t.words < 0.15 THEN pg_temp.one_of(t.pick, 'Quick and clear, thank you!', 'Solved it.', 'Exactly what I needed.',
                                                                'Better than the last time I asked.')
               WHEN NOT t.up AND t.words < 0.6 THEN pg_temp.one_of(t.pick,
                   'I asked about ' || t.topic || ' and got a list of links.', 'It did not answer my question.',
                   'Told me to call the hotline, which is what I wanted to avoid.', 'It repeated the same thing three times.',
                   'Wrong. I had given my order number and it asked for it again.', 'Too long, and the important part is missing.')
           END,
           metadata => t.metadata, create_time => t.at + interval '90 seconds',
           assessment_id => pg_temp.id(t.trace_id, 'helpful', 'user'), project => t.project)) AS thumbs
FROM (SELECT t.*, pg_temp.chance(t.trace_id, 'thumb') < 0.12 + 0.85 * t.quality AS up,
             pg_temp.chance(t.trace_id, 'words') AS words, pg_temp.chance(t.trace_id, 'which words') AS pick
      FROM trace AS t WHERE pg_temp.chance(t.trace_id, 'votes') < 0.4) AS t;

-- The judges' grades, or their errors
SELECT count(CASE
           WHEN t.failure IS NOT NULL THEN feedback.log_feedback(
               t.trace_id, 'relevance', source_type => 'LLM_JUDGE', source_id => t.judge,
               error_code => t.failure,
               error_message => CASE t.failure WHEN 'RATE_LIMIT_EXCEEDED' THEN 'Rate limit reached for requests per minute. Try again in 20 s.'
                                               WHEN 'TIMEOUT' THEN 'No answer within 60 seconds.'
                                               ELSE 'The judge''s answer is not JSON: "Sure! Here is my grade: 4"' END,
               metadata => t.metadata, create_time => t.at + interval '8 seconds',
               assessment_id => pg_temp.id(t.trace_id, 'relevance', t.judge), project => t.project)
           ELSE feedback.log_feedback(
               t.trace_id, 'relevance', t.grade, source_type => 'LLM_JUDGE', source_id => t.judge,
               rationale => CASE t.grade
                   WHEN 5 THEN pg_temp.one_of(t.pick, 'Answers the question about ' || t.topic || ' in full and names the next step.',
                                              'Complete and to the point.', 'Every part of the question is answered, in the order in which it was asked.')
                   WHEN 4 THEN pg_temp.one_of(t.pick, 'Answers the question about ' || t.topic || '; the deadline is missing.',
                                              'Correct, but the second part of the question gets one sentence.')
                   WHEN 3 THEN pg_temp.one_of(t.pick, 'Speaks of ' || t.topic || ' in general, not of the case that the user describes.',
                                              'Half of the answer repeats the question.')
                   WHEN 2 THEN pg_temp.one_of(t.pick, 'Mentions ' || t.topic || ' only in passing and then explains how to create an account.',
                                              'The user asked when; the answer says how.')
                   ELSE pg_temp.one_of(t.pick, 'Does not deal with ' || t.topic || ' at all.',
                                       'The answer is about another product. Nothing in it helps the user.')
               END,
               metadata => t.metadata || jsonb_build_object('judge_cost', round((0.0008 + 0.0009 * t.pick)::numeric, 5)),
               create_time => t.at + interval '8 seconds',
               assessment_id => pg_temp.id(t.trace_id, 'relevance', t.judge), project => t.project)
           END) AS grades
FROM (
    SELECT t.*, j.judge, pg_temp.grade(t.quality + j.bias + 0.35 * (pg_temp.chance(t.trace_id, 'grade of ' || j.judge) - 0.5)) AS grade,
           pg_temp.chance(t.trace_id, 'words of ' || j.judge) AS pick,
           CASE WHEN f.chance < 0.02 THEN 'RATE_LIMIT_EXCEEDED' WHEN f.chance < 0.027 THEN 'TIMEOUT' WHEN f.chance < 0.035 THEN 'INVALID_RESPONSE' END AS failure
    FROM trace AS t,
         (VALUES ('openai:/gpt-4o', 0.04), ('anthropic:/claude-sonnet', -0.02)) AS j (judge, bias),
         LATERAL (SELECT pg_temp.chance(t.trace_id, 'failure of ' || j.judge) AS chance) AS f
    WHERE NOT (t.project = 'docs-search' AND t.day = 18)
      AND (j.judge = 'openai:/gpt-4o' OR t.project = 'support-chat' AND pg_temp.chance(t.trace_id, 'second judge') < 0.5)
) AS t;

-- People grade a part of it again
SELECT count(feedback.log_feedback(
           t.trace_id, 'relevance', t.grade, source_type => 'HUMAN', source_id => t.reviewer,
           rationale => CASE WHEN t.grade <= 2 THEN pg_temp.one_of(t.pick, 'The customer asked about ' || t.topic || '. This is boilerplate.',
                                                                   'I would not have sent this.', 'Misses the point.') END,
           metadata => t.metadata, create_time => t.at + interval '40 minutes',
           assessment_id => pg_temp.id(t.trace_id, 'relevance', t.reviewer), project => t.project)) AS reviews
FROM (
    SELECT t.*, r.reviewer, pg_temp.grade(t.quality + r.bias + 0.3 * (pg_temp.chance(t.trace_id, 'grade of ' || r.reviewer) - 0.5)) AS grade,
           pg_temp.chance(t.trace_id, 'words of ' || r.reviewer) AS pick
    FROM trace AS t, (VALUES ('anna', 0.0), ('ben', -0.05)) AS r (reviewer, bias)
    WHERE t.day % 7 NOT IN (1, 2)
      AND CASE t.project WHEN 'support-chat' THEN right(t.trace_id, 4)::integer % 4 = 0
                         ELSE r.reviewer = 'anna' AND right(t.trace_id, 4)::integer % 5 = 0 END
) AS t;

SELECT count(feedback.log_feedback(
           t.trace_id, 'hallucination', t.yes, source_type => 'LLM_JUDGE', source_id => 'openai:/gpt-4o',
           rationale => CASE WHEN t.yes THEN pg_temp.one_of(t.pick,
                                 'Promises a voucher of 20 euros. No source mentions one.',
                                 'Says that ' || t.topic || ' takes two days; the policy says five.',
                                 'Quotes a paragraph that the terms do not have.')
                             ELSE 'Every claim is found in the sources.' END,
           metadata => t.metadata, create_time => t.at + interval '9 seconds',
           assessment_id => pg_temp.id(t.trace_id, 'hallucination', 'openai'), project => t.project)) AS hallucinations
FROM (SELECT t.*, pg_temp.chance(t.trace_id, 'hallucination') < 0.32 - 0.36 * t.quality AS yes, pg_temp.chance(t.trace_id, 'what of it') AS pick
      FROM trace AS t WHERE t.project = 'support-chat') AS t;

-- What programs measure
SELECT count(feedback.log_feedback(
           t.trace_id, 'tone', CASE WHEN t.tone + 0.25 * t.quality > 0.72 THEN 'friendly' WHEN t.tone > 0.3 THEN 'neutral'
                                    WHEN t.tone > 0.14 OR t.prompt_version <> 'v4' THEN 'formal' ELSE 'curt' END,
           source_type => 'CODE', source_id => 'tone-classifier', metadata => t.metadata, create_time => t.at + interval '1 second',
           assessment_id => pg_temp.id(t.trace_id, 'tone', 'code'), project => t.project)) AS tones,
       count(feedback.log_feedback(
           t.trace_id, 'latency_ms', round((380 + 900 * t.speed ^ 3 + CASE t.model WHEN 'gpt-4o' THEN 240 ELSE 0 END
                                            + CASE t.prompt_version WHEN 'v5' THEN 180 ELSE 0 END)::numeric),
           source_type => 'CODE', source_id => 'gateway', metadata => t.metadata, create_time => t.at,
           assessment_id => pg_temp.id(t.trace_id, 'latency_ms', 'code'), project => t.project)) AS latencies
FROM (SELECT t.*, pg_temp.chance(t.trace_id, 'tone') AS tone, pg_temp.chance(t.trace_id, 'speed') AS speed
      FROM trace AS t WHERE t.project = 'support-chat') AS t;

SELECT count(feedback.log_feedback(
           t.trace_id, 'cited', pg_temp.chance(t.trace_id, 'cited') < 0.45 + 0.55 * t.quality,
           source_type => 'CODE', source_id => 'link-checker', metadata => t.metadata, create_time => t.at + interval '2 seconds',
           assessment_id => pg_temp.id(t.trace_id, 'cited', 'code'), project => t.project)) AS citations
FROM trace AS t WHERE t.project = 'docs-search';

SELECT count(feedback.log_feedback(
           t.trace_id, 'topics', to_jsonb(ARRAY[t.topic] || CASE WHEN pg_temp.chance(t.trace_id, 'more topics') < 0.2 THEN ARRAY['configuration'] END),
           source_type => 'LLM_JUDGE', source_id => 'openai:/gpt-4o', metadata => t.metadata, create_time => t.at + interval '7 seconds',
           assessment_id => pg_temp.id(t.trace_id, 'topics', 'openai'), project => t.project)) AS topics
FROM trace AS t WHERE t.project = 'docs-search' AND t.day <> 18;

-- Ground truth, and verdicts that were overruled
SELECT count(feedback.log_expectation(
           t.trace_id, 'expected_answer', pg_temp.one_of(pg_temp.chance(t.trace_id, 'expected'),
                                                         'Names the day of arrival.', 'Asks for the order number once.',
                                                         'Links to the form and says how long it takes.'),
           source_id => 'anna', metadata => t.metadata, create_time => t.at + interval '1 hour',
           assessment_id => pg_temp.id(t.trace_id, 'expected_answer', 'anna'), project => t.project)) AS expectations
FROM trace AS t WHERE t.project = 'support-chat' AND right(t.trace_id, 4)::integer % 20 = 0;

SELECT count(feedback.override_feedback(
           t.trace_id, pg_temp.id(t.trace_id, 'hallucination', 'openai'), false, source_type => 'HUMAN', source_id => 'anna',
           rationale => 'The voucher exists; the judge does not know of it.',
           metadata => t.metadata, create_time => t.at + interval '2 hours',
           new_assessment_id => pg_temp.id(t.trace_id, 'hallucination', 'anna'))) AS overruled
FROM trace AS t
JOIN feedback.feedback AS f ON f.assessment_id = pg_temp.id(t.trace_id, 'hallucination', 'openai') AND f.trace_id = t.trace_id
WHERE f.boolean_value AND f.rationale LIKE 'Promises a voucher%';

COMMIT;

DROP TABLE trace;
SELECT feedback.refresh_summaries() > 0 AS refreshed;
