-- report_html: what is on the page, of which period, for whom; and that no text becomes markup.
BEGIN;
SELECT plan(55);
\ir ../include/helpers.sql
GRANT USAGE ON SCHEMA helper TO PUBLIC;
SET LOCAL client_min_messages = error;
SET LOCAL timezone = 'Europe/Berlin';

-- A page without its style sheet and markup, with plain blanks
CREATE FUNCTION pg_temp.words(page text) RETURNS text LANGUAGE sql AS
    $$ SELECT btrim(regexp_replace(replace(regexp_replace(regexp_replace(page, '<style>.*</style>', ''), '<[^>]*>', ' ', 'g'), '&#xA0;', ' '), '\s+', ' ', 'g')) $$;
-- What follows some words is as expected
CREATE FUNCTION pg_temp.shows(page text, words text, expected text, description text) RETURNS text LANGUAGE sql AS
    $$ SELECT is(left(split_part(pg_temp.words(page), words, 2), length(expected)), expected, description) $$;
CREATE FUNCTION pg_temp.days_ago(days integer) RETURNS timestamptz LANGUAGE sql AS
    $$ SELECT current_date - days + interval '10 hours' $$;

-- No rows
SELECT pg_temp.shows(feedback.report_html(), 'Europe/Berlin ', 'There is no feedback in this period. Ge', 'an empty table gives a page that says so');
SELECT ok(feedback.report_html() ~ '^<!DOCTYPE html>\n<html lang="en">.*</html>\n$', 'a whole page');
SELECT alike(feedback.report_html('x<y'), '%<title>Feedback on x&lt;y</title>%', 'of a project that there is not as well');

-- Expectations alone are no feedback; one row, one without a value, errors alone, texts alone
SELECT feedback.log_expectation('tr', 'n', 1, project => 'expected') IS NOT NULL AS logged \gset
SELECT alike(feedback.report_html('expected'), '%There is no feedback in this period.%', 'expectations are not reported');
SELECT feedback.log_feedback('tr', 'score', 0.1 + 0.2::float8, project => 'one') IS NOT NULL AS logged \gset
SELECT pg_temp.shows(feedback.report_html('one'), 'Overview ', 'Feedback 1 Traces 1 Sources 1 Errors 0 ', 'one row: its headline');
SELECT pg_temp.shows(feedback.report_html('one'), 'score CODE ', '0.3 mean', 'a double is shown without its noise');
SELECT unalike(feedback.report_html('one'), '%0000000%', 'nowhere');
SELECT unalike(feedback.report_html('one'), '%<h3>Agreement%', 'one source does not agree');
SELECT feedback.log_feedback('tr', 'applies', 'null'::jsonb, project => 'nulls') IS NOT NULL AS logged \gset
SELECT pg_temp.shows(feedback.report_html('nulls'), 'Values applies CODE n ', '1 null 1 100 % ', 'an explicit null is counted as a value');
SELECT count(feedback.log_feedback('tr-' || n, 'broken', source_type => 'LLM_JUDGE', source_id => 'm', error_code => 'E' || n % 2, error_message => 'message ' || n,
                                   project => 'errors', create_time => pg_temp.days_ago(9 - n))) AS logged
FROM generate_series(1, 5) AS n \gset
SELECT pg_temp.shows(feedback.report_html('errors'), 'Its message ',
                     format('broken LLM_JUDGE m E1 3 %s 10:00 message 5 broken LLM_JUDGE m E0 2 %s 10:00 message 4 Gen', current_date - 4, current_date - 5),
                     'errors: the most frequent first, with the last time and message');
SELECT unalike(feedback.report_html('errors'), '%<h3>Values%', 'errors have no values');
SELECT feedback.log_feedback('tr', 'answer', t, project => 'texts') IS NOT NULL AS logged FROM unnest(ARRAY['yes', 'no', 'yes', '']) AS t \g /dev/null
SELECT pg_temp.shows(feedback.report_html('texts'), 'Values answer CODE ', 'n 4 yes 2 50 % blank 1 25 % no 1 25 % Ge', 'texts: how often each');
SELECT unalike(feedback.report_html('texts'), '%<h3>Judged worst%', 'no text is worst');

-- The period
SELECT count(feedback.log_feedback('tr-' || n, 'daily', n, project => 'days', create_time => pg_temp.days_ago(n))) AS logged
FROM generate_series(0, 40) AS n \gset
SELECT pg_temp.shows(feedback.report_html('days', since), 'Traces ', traces, format('since %s: traces of that day and later ones', since))
FROM (VALUES (NULL::timestamptz, '30 '), (pg_temp.days_ago(0), '1 '), (pg_temp.days_ago(3), '4 '), (current_date - 3 + interval '23 hours 59 minutes', '4 '),
             (current_date - 3, '4 '), (current_date - 3 - interval '1 second', '5 '), (pg_temp.days_ago(100), '41 '), ('-infinity', '41 '),
             (now(), '1 '), (clock_timestamp(), '1 ')) AS v (since, traces);
SELECT is(helper.refusal('SELECT feedback.report_html(since => current_date + 1)'), '22023 since', 'a later day is refused');
SELECT is(helper.refusal('SELECT feedback.report_html(since => ''infinity'')'), '22023 since', 'and infinity');
SELECT feedback.log_feedback('tr-later', 'daily', 1, project => 'days', create_time => pg_temp.days_ago(-2)) IS NOT NULL AS logged \gset
SELECT pg_temp.shows(feedback.report_html('days'), 'Traces ', '30', 'what is dated after the current day is not in it');
SELECT pg_temp.shows(feedback.report_html('days'), 'daily CODE ', '14.5 mean', 'the mean is that of the period');
SELECT pg_temp.shows(feedback.report_html('days', pg_temp.days_ago(1)), 'Values daily CODE ', 'n 2 0 1 50 % 1 1 50 % Judg', 'so are the values');
SELECT alike(feedback.report_html('days', '-infinity'), '%All until %', 'all that there is');
SET LOCAL timezone = 'Pacific/Kiritimati';
SELECT alike(feedback.report_html('days'), '%<bdi>Pacific/Kiritimati</bdi>%', 'days are those of the session''s time zone, which the page names');
SET LOCAL timezone = '<x>-3:15';
SELECT alike(feedback.report_html('days'), '%&lt;X&gt;%', 'of whatever name');
SET LOCAL timezone = 'Europe/Berlin';

-- A gap in the line where a day has no data: a point before, and two days after
SELECT count(feedback.log_feedback('tr-' || n, 'gap', n, project => 'gap', create_time => pg_temp.days_ago(n))) AS logged
FROM unnest(ARRAY[20, 17, 16]) AS n \gset
SELECT matches(feedback.report_html('gap'), '<path class="line" d="M[0-9.]+ [0-9.]+M[0-9.]+ [0-9.]+L[0-9.]+ [0-9.]+"/>', 'a line is drawn between days that follow each other only');

-- Many values
SELECT count(feedback.log_feedback('tr', 'word', 'w' || n, project => 'many')), count(feedback.log_feedback('tr', 'number', n / 10.0, project => 'many')) AS logged
FROM generate_series(1, 1234) AS n \g /dev/null
SELECT matches(pg_temp.words(feedback.report_html('many')), '1,222 more values, n 1,222', 'values beyond the first are counted');
SELECT matches(pg_temp.words(feedback.report_html('many')), 'n 1,234 0 &#x2013; 20 199 16 % 20 &#x2013; 40 200 ', 'many numbers come in ranges');

-- What is worst: by the label schemas, newest first
SELECT feedback.create_label_schema('pain', 'numeric', higher_is_better => false) IS NOT NULL,
       feedback.create_label_schema('length', 'numeric') IS NOT NULL \g /dev/null
SELECT count(feedback.log_feedback('w-' || name || n, name, n / 3, project => 'worst', create_time => pg_temp.days_ago(20 - n))) AS logged
FROM generate_series(0, 14) AS n, unnest(ARRAY['pain', 'joy', 'length']) AS name \gset
SELECT count(feedback.log_feedback('w-' || n, 'fine', n % 2 = 0, project => 'worst', create_time => pg_temp.days_ago(20 - n))) AS logged
FROM generate_series(0, 14) AS n \gset
CREATE FUNCTION pg_temp.worst() RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(m[1], ' ') FROM regexp_matches(feedback.report_html('worst'), '<div class="where"><bdi>w-([^<]*)', 'g') AS m $$;
SELECT is(pg_temp.worst(), '13 11 9 7 5 joy2 joy1 joy0 joy5 joy4 pain14 pain13 pain12 pain11 pain10', 'worst is false, low, or high where lower is better; the newest first');

-- Agreement, as the view has it
SELECT count(feedback.log_feedback('a-' || n, 'good', n % 3 > 0, 'HUMAN', 'ann', project => 'pairs')),
       count(feedback.log_feedback('a-' || n, 'good', n % 4 > 0, 'LLM_JUDGE', 'm', project => 'pairs')),
       count(feedback.log_feedback('a-' || n, 'good', true, 'CODE', NULL, project => 'pairs')) FROM generate_series(1, 24) AS n \g /dev/null
SELECT pg_temp.shows(feedback.report_html('pairs'), ' Interval ',
          (SELECT string_agg(format('good %s %s %s%s %s %s %% %s%s ', source_type_a, source_id_a, source_type_b, coalesce(' ' || source_id_b, ''), n,
                                    round(100 * agreement), to_char(kappa, 'FM0.00'),
                                    format(' %s to %s', replace(to_char(kappa_low, 'FM0.00'), '-', '&#x2212;'), to_char(kappa_high, 'FM0.00'))), ''
                             ORDER BY n DESC, source_type_a, source_type_b)
           FROM feedback.agreement WHERE project = 'pairs'), 'the pairs and their figures are those of the view agreement');

-- All projects, in their order; and none but the one asked for
SELECT is((SELECT string_agg(m[1], ' ') FROM regexp_matches(feedback.report_html(), '<h2><bdi>([^<]*)', 'g') AS m),
          'days errors gap many nulls one pairs texts worst', 'all projects, one after the other');
SELECT unalike(feedback.report_html('days'), '%<bdi>texts%', 'one alone');
SELECT is(feedback.report_html(), feedback.report_html(), 'the same again');
SELECT feedback.refresh_summaries() >= 0 AS refreshed \gset
SELECT ok(length(feedback.report_html('days', '-infinity')) > 5000, 'from the rollups');

-- Who may not read, who may, and whom row security hides some from
CREATE ROLE feedback_nobody;
CREATE ROLE feedback_reader;
GRANT USAGE ON SCHEMA feedback, feedback_internal TO feedback_reader, feedback_nobody;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal TO feedback_reader, feedback_nobody;
GRANT SELECT ON ALL TABLES IN SCHEMA feedback TO feedback_reader;
GRANT SELECT ON feedback_internal.counted_state, feedback_internal.counted_totals, feedback_internal.counted_days,
                feedback_internal.counted_cells, feedback_internal.counted_values, feedback_internal.counted_changes,
                feedback_internal.recent_trend TO feedback_reader;
SELECT is(helper.refusal_to('feedback_nobody', $$ SELECT feedback.report_html() $$), '42501', 'the page has the rights of the caller');
SELECT alike(helper.result_for('feedback_reader', $$ SELECT feedback.report_html('one') $$), '%Overview%', 'a reader reads it');
ALTER TABLE feedback.assessments ENABLE ROW LEVEL SECURITY;
CREATE POLICY others ON feedback.assessments USING (project <> 'one');
SELECT alike(helper.result_for('feedback_reader', $$ SELECT feedback.report_html('one') $$), '%There is no feedback in this period.%', 'row security hides what it hides');
SELECT unalike(helper.result_for('feedback_reader', $$ SELECT feedback.report_html() $$), '%<bdi>one</bdi>%', 'from the page of all projects too');
SELECT alike(helper.result_for('feedback_reader', $$ SELECT feedback.report_html() $$), '%<bdi>texts</bdi>%', 'and nothing else');
ALTER TABLE feedback.assessments DISABLE ROW LEVEL SECURITY;

-- Texts that try to become part of the page
DELETE FROM feedback.assessments;
DELETE FROM feedback.label_schemas;
\ir ../include/hostile.sql
CREATE TEMPORARY TABLE page AS
SELECT project, feedback.report_html(project) AS page FROM (SELECT DISTINCT project FROM feedback.assessments UNION ALL SELECT NULL) AS p;
SELECT is((SELECT count(*) FROM page WHERE page ~ '[^ -~\n]'), 0::bigint, 'every page is ASCII without control characters');
SELECT is((SELECT string_agg(DISTINCT lower(m[1]), ' ' ORDER BY lower(m[1])) FROM page, regexp_matches(page, '<([^/][^ />]*)', 'g') AS m),
          '!doctype a b bdi body br circle dd div dl dt figcaption figure footer g h1 h2 h3 h4 head header html li main meta nav ol p path section span '
          'style svg table tbody td text th thead title tr ul', 'only elements of the page''s own');
SELECT is((SELECT count(*) FROM page, hostile.text AS t WHERE t.text ~ '[<>"'']' AND position(t.text IN page) > 0), 0::bigint, 'none of the texts as it is');
SELECT is((SELECT count(*) FROM page WHERE regexp_count(page, '<style') <> 1 OR regexp_count(page, '</style') <> 1
                                        OR regexp_count(page, '<title>') <> regexp_count(page, '</title>')
                                        OR regexp_count(page, '<svg') <> regexp_count(page, '</svg')
                                        OR regexp_count(page, '<bdi>') <> regexp_count(page, '</bdi>')), 0::bigint, 'what is opened is closed');
SELECT is((SELECT count(*) FROM page WHERE page ~* '&#x(202[A-E]|206[0-9A-F]|[89][0-9A-F]|[01]?[0-9A-F]|7F|E0041|FFFF);'), 0::bigint, 'no control of direction or other control, as a reference either');
SELECT ok((SELECT bool_and(page LIKE '%&lt;script&gt;window.hacked = 1&lt;/script&gt;%') FROM page WHERE project = 'hostile'), 'they are there, escaped');
SELECT ok((SELECT page LIKE '%&#x1F468;&#x200D;&#x1F469;%' FROM page WHERE project = 'hostile'), 'an emoji of several characters is whole');
SELECT ok((SELECT page LIKE '%' || repeat('W', 80) || '&#x2026;%' AND page NOT LIKE '%' || repeat('W', 281) || '%' FROM page WHERE project = 'hostile'), 'long names and rationales are cut');
SELECT ok((SELECT max(length(page)) < 2000000 FROM page), 'a page has its limits');
SELECT ok((SELECT bool_and(page !~ '(nan|inf)[ ",]') FROM page), 'no number that is none');

SELECT * FROM finish();
ROLLBACK;
