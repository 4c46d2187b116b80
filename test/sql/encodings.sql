-- Databases in other encodings: what they can hold is kept, what they cannot is 22P05 and nothing is stored.
SET client_min_messages = warning;
DROP DATABASE IF EXISTS feedback_latin1;
DROP DATABASE IF EXISTS feedback_euc_jp;
DROP DATABASE IF EXISTS feedback_sql_ascii;
CREATE DATABASE feedback_latin1 TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C';
CREATE DATABASE feedback_euc_jp TEMPLATE template0 ENCODING 'EUC_JP' LOCALE 'C';
CREATE DATABASE feedback_sql_ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C';
RESET client_min_messages;
\set regression :DBNAME
\getenv abs_srcdir PG_ABS_SRCDIR
\set refused :abs_srcdir '/include/refused.sql'
\pset format unaligned
\pset tuples_only on

-- A UTF-8 database: the bar is of blocks only for clients that can show them
SELECT feedback.bar(0.8, 2);
SET client_encoding = 'LATIN1';
SELECT feedback.bar(0.8, 2);
SET client_encoding = 'SQL_ASCII';
SELECT feedback.bar(0.8, 2);
RESET client_encoding;

-- A project that a setting brings in another encoding, which nobody has checked: refused
\setenv PGDATABASE :DBNAME
\! PGOPTIONS="-c feedback.project=$(printf '\374')" psql -X -q -v VERBOSITY=verbose -c BEGIN -c "SELECT feedback.log_feedback('tr', 'n', 1)" 2>&1 | grep -v ^LOCATION

-- LATIN1
\c feedback_latin1
\encoding UTF8
CREATE EXTENSION feedback;
\set ECHO none
\i :refused
\set ECHO all
SELECT feedback.bar(0.8, 2);

-- Umlauts, as they are and escaped, wherever text may stand
SELECT count(feedback.log_assessment('tür', '{"assessment_id": "00000000-0000-4000-8000-000000000001",
    "assessment_name": "Gr\u00fc\u00dfe", "source": {"source_type": "HUMAN", "source_id": "J\u00fcrgen"},
    "feedback": {"value": "sch\u00f6n", "error": {"error_code": "ä", "error_message": "\u00e4", "stack_trace": "ä\u00e4"}},
    "rationale": "naïve na\u00efve", "metadata": {"ü\u00fc": ["ß", "\u00df", {"\u00c4": "Ä"}]}, "span_id": "\u00e9"}'));
SELECT count(feedback.log_assessment('tür', '{"assessment_id": "00000000-0000-4000-8000-000000000002", "assessment_name": "n",
    "expectation": {"serialized_value": {"serialization_format": "JSON_FORMAT", "value": "[\"ü\", \"\u00fc\", \"\\u00fc\"]"}}}'));
SELECT count(feedback.log_feedback('tür', 'Grüße', '"\u00fc ü"'::json, assessment_id => '00000000-0000-4000-8000-000000000003'));
SELECT count(feedback.log_feedback('tür', 'Grüße', ARRAY['ü'], assessment_id => '00000000-0000-4000-8000-000000000004'));
SELECT d - 'create_time' - 'last_update_time' FROM feedback.get_assessments('tür') AS d;
SELECT name, octet_length(name), value, rationale, octet_length(rationale) FROM feedback.feedback ORDER BY assessment_id;
SELECT feedback.update_assessment('tür', '00000000-0000-4000-8000-000000000001',
    '{"rationale": "ge\u00e4ndert", "metadata": {"ü\u00fc": null, "\u00fc": 1}}') - 'create_time' - 'last_update_time';

-- What get_assessment gives, log_assessment takes again
CREATE TEMPORARY TABLE document AS SELECT d FROM feedback.get_assessments('tür') AS d;
DELETE FROM feedback.assessments;
SELECT count(feedback.log_assessment('tür', d)) FROM document;
SELECT count(*) FROM (SELECT feedback.get_assessments('tür') INTERSECT TABLE document) AS again;

-- Characters that LATIN1 lacks
SELECT pg_temp.refused_members('"assessment_name": "\u20ac"');
SELECT pg_temp.refused_members('"source": {"source_type": "CODE", "source_id": "\u20ac"}');
SELECT pg_temp.refused_members('"feedback": {"value": "\u20ac"}');
SELECT pg_temp.refused_members('"feedback": {"value": ["a", {"b": "\ud83d\ude00"}]}');
SELECT pg_temp.refused_members('"feedback": {"value": {"\u20ac": 1}}');
SELECT pg_temp.refused_members('"feedback": {"error": {"error_code": "\u20ac"}}');
SELECT pg_temp.refused_members('"rationale": "\u20ac"');
SELECT pg_temp.refused_members('"metadata": {"a": "\u20ac"}');
SELECT pg_temp.refused_members('"span_id": "\u20ac"');
SELECT pg_temp.refused_document('{"assessment_name": "n", "expectation": {"serialized_value":
    {"serialization_format": "JSON_FORMAT", "value": "\"\\u20ac\""}}}');
SELECT pg_temp.refused('SELECT feedback.log_feedback(''tr'', ''n'', ''"\u20ac"''::json)');
SELECT pg_temp.refused($$SELECT feedback.update_assessment('tür', '00000000-0000-4000-8000-000000000001',
    '{"rationale": "\u20ac"}')$$);

-- They do no harm where nothing is stored; positions and lengths are in characters
SELECT count(feedback.log_assessment('tr', '{"assessment_name": "n", "feedback": {"value": 1}, "unknown": "\u20ac"}'));
SELECT pg_temp.refused_document('{"assessment_name": "ü", "rationale": }');
SELECT pg_temp.refused_document('{"rationale": "ü\u0000"}');
SELECT count(feedback.log_assessment('tr', format('{"assessment_name": "%s", "feedback": {"value": 1}}', repeat('\u00fc', 250))));
SELECT count(*) FROM feedback.assessments;

-- EUC_JP, which has characters of several bytes
\c feedback_euc_jp
\encoding UTF8
CREATE EXTENSION feedback;
\set ECHO none
\i :refused
\set ECHO all
SELECT feedback.bar(0.8, 2);
SELECT count(feedback.log_assessment('日本', '{"assessment_id": "00000000-0000-4000-8000-000000000001",
    "assessment_name": "\u65e5本", "feedback": {"value": "日\u672c"}, "metadata": {"本": ["\u65e5"]}, "rationale": "ソ\\能"}'));
SELECT d - 'create_time' - 'last_update_time' FROM feedback.get_assessments('日本') AS d;
SELECT name, length(name), octet_length(name), rationale FROM feedback.feedback;
SELECT count(feedback.log_assessment('tr', format('{"assessment_name": "%s", "feedback": {"value": 1}}', repeat('日', 250))));
SELECT pg_temp.refused_members(format('"assessment_name": "%s"', repeat('日', 251)));
SELECT pg_temp.refused_members('"rationale": "\ud83d\ude00"');
SELECT pg_temp.refused_document('{"assessment_name": "日本", "rationale": }');

-- A character without an equivalent in UTF-8, which documents are
SELECT pg_temp.refused_members(E'"rationale": "\xA9\xA1"');
SELECT count(*) FROM feedback.assessments;

-- SQL_ASCII, which holds any bytes: documents have to be UTF-8
\c feedback_sql_ascii
CREATE EXTENSION feedback;
\set ECHO none
\i :refused
\set ECHO all
SELECT feedback.bar(0.8, 2);
SET client_encoding = 'UTF8';
SELECT feedback.bar(0.8, 2);
RESET client_encoding;
SELECT count(feedback.log_assessment('tür', '{"assessment_id": "00000000-0000-4000-8000-000000000001",
    "assessment_name": "ü\u00fc", "feedback": {"value": "€\u20ac"}, "metadata": {"ü\u00fc": ["\ud83d\ude00"]}}'));
SELECT count(feedback.log_assessment('tür', '{"assessment_id": "00000000-0000-4000-8000-000000000002",
    "assessment_name": "ü", "feedback": {"value": ["ü"]}}'::jsonb));
SELECT d - 'create_time' - 'last_update_time' FROM feedback.get_assessments('tür') AS d;
SELECT pg_temp.refused_document(E'{"assessment_name": "a\xFCb"}');
SELECT pg_temp.refused_document(E'{"assessment_name": "\xC3');
SELECT pg_temp.refused_document(E'{"assessment_name": "\xED\xA0\x80"}');
SELECT pg_temp.refused(E'SELECT feedback.log_assessment(''tr'', ''{"assessment_name": "\xFC"}''::json)');
SELECT pg_temp.refused(E'SELECT feedback.log_assessment(''tr'', ''{"assessment_name": "\xFC"}''::jsonb)');
SELECT pg_temp.refused(E'SELECT feedback.log_feedback(''tr'', ''n'', ''["\xFC"]''::json)');

-- Text from SQL is kept as it is
SELECT count(feedback.log_feedback('tr', 'n', E'\xFC', assessment_id => '00000000-0000-4000-8000-000000000003'));
SELECT convert_to(text_value, 'SQL_ASCII') FROM feedback.feedback WHERE trace_id = 'tr';
SELECT convert_to(feedback.get_assessment('tr', '00000000-0000-4000-8000-000000000003') #>> '{feedback,value}', 'SQL_ASCII');
SELECT count(*) FROM feedback.assessments;

\c :regression
DROP DATABASE feedback_latin1;
DROP DATABASE feedback_euc_jp;
DROP DATABASE feedback_sql_ascii;
