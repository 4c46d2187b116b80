-- What search_traces says of filters and orders that it cannot read, and where; and the statement that it makes of one that it can.
\pset format unaligned
\pset tuples_only on
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/include/helpers.sql'
SET client_min_messages = warning;
\set ECHO none
\i :helpers
\set ECHO all
RESET client_min_messages;

-- Filters that break off or go on
SELECT FROM feedback.search_traces('feedback');
SELECT FROM feedback.search_traces('feedback.');
SELECT FROM feedback.search_traces('feedback.x');
SELECT FROM feedback.search_traces('feedback.x = ');
SELECT FROM feedback.search_traces('feedback.x = 1 AND');
SELECT FROM feedback.search_traces('AND feedback.x = 1');
SELECT FROM feedback.search_traces('feedback.x = 1 AND AND feedback.y = 1');
SELECT FROM feedback.search_traces('feedback.x = 1 feedback.y = 1');
SELECT FROM feedback.search_traces('feedback.x = 1, feedback.y = 1');
SELECT FROM feedback.search_traces('(feedback.x = 1');
SELECT FROM feedback.search_traces('feedback.x = 1)');
SELECT FROM feedback.search_traces('feedback[value = 1');
SELECT FROM feedback.search_traces('feedback[]');
SELECT FROM feedback.search_traces('feedback.x IN ()');
SELECT FROM feedback.search_traces('feedback.x IN (1');
SELECT FROM feedback.search_traces('feedback.x BETWEEN 1');
SELECT FROM feedback.search_traces('feedback.x = 1;');

-- Other words than there should be
SELECT FROM feedback.search_traces('rating >= 4');
SELECT FROM feedback.search_traces('tag.environment = ''production''');
SELECT FROM feedback.search_traces('feedback.x IS 1');
SELECT FROM feedback.search_traces('feedback.x IS NOT 1');
SELECT FROM feedback.search_traces('feedback.x NOT = 1');
SELECT FROM feedback.search_traces('feedback.x == 1');
SELECT FROM feedback.search_traces('feedback[judge = ''gpt-4'']');
SELECT FROM feedback.search_traces('feedback[metadata = ''gpt-4'']');
SELECT FROM feedback.search_traces('feedback[feedback.x = 1]');
SELECT FROM feedback.search_traces('feedback.a[0] = 1');

-- Constants of the wrong kind
SELECT FROM feedback.search_traces('feedback.x = yes');
SELECT FROM feedback.search_traces('feedback.x = null');
SELECT FROM feedback.search_traces('feedback.x >= ''4''');
SELECT FROM feedback.search_traces('feedback.x BETWEEN ''a'' AND ''b''');
SELECT FROM feedback.search_traces('feedback.x LIKE 4');
SELECT FROM feedback.search_traces('feedback[source_id = 4]');
SELECT FROM feedback.search_traces('feedback[source_id > ''a'']');
SELECT FROM feedback.search_traces('feedback[source_id NOT BETWEEN ''a'' AND ''b'']');
SELECT FROM feedback.search_traces('feedback[create_time = 2026]');
SELECT FROM feedback.search_traces('feedback[create_time LIKE ''2026%'']');
SELECT FROM feedback.search_traces('feedback[metadata.cost = true]');

-- Constants that cannot be
SELECT FROM feedback.search_traces('feedback.x < 1e200000');
SELECT FROM feedback.search_traces('feedback.x = ''it''s''');
SELECT FROM feedback.search_traces('feedback."größe = 1');
SELECT FROM feedback.search_traces('feedback.größe = 1 AND feedback.`x = 1');
SELECT FROM feedback.search_traces('feedback.x RLIKE ''(a''');
SELECT FROM feedback.search_traces('feedback.x LIKE ''a\''');
SELECT FROM feedback.search_traces('feedback[source_type = ''ROBOT'']');
SELECT FROM feedback.search_traces('feedback[create_time > ''soon'']');
SELECT FROM feedback.search_traces('feedback[create_time > ''2026-02-30'']');
SELECT FROM feedback.search_traces('feedback[create_time > ''2026-02-03 04:05 Moon/Base'']');

-- Of a filter of several lines
SELECT FROM feedback.search_traces('feedback.größe = 1
  AND feedback.rating => 4
  AND feedback.x = 1');

-- Limits
SELECT FROM feedback.search_traces(repeat(' ', 100001));
SELECT FROM feedback.search_traces(repeat('(', 64) || 'feedback.x = 1' || repeat(')', 64));
SELECT count(*) FROM feedback.search_traces(repeat('NOT ', 63) || 'feedback.x = 1');
SELECT count(*) FROM feedback.search_traces('feedback.x = 1' || repeat(' OR feedback.x = 1', 499));
\set VERBOSITY terse
SELECT FROM feedback.search_traces('feedback.x = 1' || repeat(' OR feedback.x = 1', 500));
\set VERBOSITY default
SELECT FROM feedback.search_traces('feedback.x = 1', max_results => -1);

-- Orders
SELECT FROM feedback.search_traces(order_by => 'rating');
SELECT FROM feedback.search_traces(order_by => 'feedback.rating DOWN');
SELECT FROM feedback.search_traces(order_by => 'feedback DESC');
SELECT FROM feedback.search_traces(order_by => 'n DESC,');
SELECT FROM feedback.search_traces(order_by => 'n' || repeat(', n', 20));

-- What drivers get beside the message
SELECT helper.refusal(format('SELECT feedback.search_traces(%L)', filter)) || ': ' || filter
FROM unnest(ARRAY['feedback.x', 'feedback.x < 1e200000', 'feedback.x RLIKE ''(''', 'feedback.x LIKE ''\''',
                  'feedback[source_type = '''']', 'feedback[create_time = '''']', 'feedback[create_time = ''2026-13-01'']']) AS filter;
SET client_min_messages = warning;
DROP SCHEMA helper CASCADE;
RESET client_min_messages;

-- The statement: nothing that the caller wrote is in it
SET client_min_messages = debug1;
SELECT FROM feedback.search_traces('feedback.`a name` = ''a text'' AND NOT expectation.b[metadata.`a key` = 7] >= 9', 'a project', 5, 'feedback.`another name` DESC');
RESET client_min_messages;

-- Places are characters in other encodings too, and so are names and values found.
SET client_min_messages = warning;
DROP DATABASE IF EXISTS feedback_search;
CREATE DATABASE feedback_search TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C';
RESET client_min_messages;
\set regression :DBNAME
\c feedback_search
\encoding UTF8
CREATE EXTENSION feedback;
SELECT count(feedback.log_feedback('tr', 'größe', 'mäßig'::text));
SELECT trace_id FROM feedback.search_traces('feedback.größe = ''mäßig'' AND feedback.größe LIKE ''m_ßi%'' AND feedback.größe RLIKE ''ä''');
SELECT FROM feedback.search_traces('feedback.größe = ''mäßig'' AND 4');
SELECT FROM feedback.search_traces('feedback.größe ! 4');
\c :regression
DROP DATABASE feedback_search;
