-- Words of the languages that the database's encoding has. Their bytes go into a SQL_ASCII
-- database as they are, with some that are not UTF-8.
\encoding UTF8
SELECT getdatabaseencoding() = 'SQL_ASCII' AS any_bytes, getdatabaseencoding() = 'EUC_JP' AS japanese
\gset
\if :japanese
SELECT feedback.log_feedback('tr', '日本', '日本', source_type => 'HUMAN', source_id => '本', rationale => '日本 ');
-- A character without an equivalent in Unicode
SELECT feedback.log_feedback('tr', '日本', false, rationale => E'\xA9\xA1 日本');
\else
SELECT feedback.log_feedback('tür', 'Grüße', 'schön', source_type => 'HUMAN', source_id => 'Jürgen', rationale => 'naïve');
SELECT feedback.log_feedback('tür', 'Grüße', false, rationale => 'naïve');
\endif
\if :any_bytes
SELECT feedback.log_feedback('tr', E'a\xFCb', false, rationale => E'\xC3', source_id => E'\xED\xA0\x80\xFF<b>', error_code => E'\xF0\x9F');
\endif
