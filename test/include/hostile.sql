-- Texts that try to become part of a page, each everywhere that a text may stand: into
-- feedback of the project "hostile" and of projects named like them, and hostile.text.
CREATE SCHEMA hostile;
CREATE TABLE hostile.text (id integer PRIMARY KEY, text text NOT NULL);
INSERT INTO hostile.text VALUES
    (1, '<script>window.hacked = 1</script>'),
    (2, '"><img src=x onerror="window.hacked = 2">'),
    (3, '''><svg onload=''window.hacked = 3''>'),
    (4, '</style><script>window.hacked = 4</script><style>*{display:none}'),
    (5, '</title></svg></bdi></td></table><script>window.hacked = 5</script>'),
    (6, '--><!-- ]]> <![CDATA[ &lt;script&gt; &amp;amp; &#60;b&#62; &copy &notit;'),
    (7, 'javascript:window.hacked=7'),
    (8, '</main></body></html><iframe srcdoc="<script>parent.hacked = 8</script>"></iframe>'),
    (9, ' x onmouseover=alert(1) style=position:fixed;width:9999px '),
    (10, '%s%n%d {{7*7}} ${7*7} `7` \ \\ \x3cscript\x3e \u003cscript\u003e'),
    (11, repeat('W', 250)),
    (12, repeat('<', 250)),
    (13, '   ');
-- Where the database has the characters
INSERT INTO hostile.text
SELECT v.* FROM (VALUES
    (14, E'\u202Eevil\u2069\u2066\u202D\u061C reversed'),
    (15, E'\U0001F468\u200D\U0001F469\u200D\U0001F467 e\u0301 \u05E9\u05DC\u05D5\u05DD \U000E0041 \uFFFF'),
    (16, repeat(E'\U0001F525', 250)),
    (17, (SELECT string_agg(chr(i), '' ORDER BY i) FROM generate_series(1, 159) AS i WHERE i < 32 OR i > 126))) AS v
WHERE getdatabaseencoding() = 'UTF8';

SELECT count(feedback.log_feedback(t.text, t.text, t.id, source_type => 'LLM_JUDGE', source_id => t.text, rationale => repeat(t.text, 100),
                                   error_code => t.text, error_message => t.text, project => p.project)),
       count(feedback.log_feedback(t.text, t.text, t.text || ' ', source_type => 'HUMAN', source_id => t.text, rationale => t.text, project => p.project)),
       count(feedback.log_feedback(t.text, t.text, t.id % 2 = 0, source_type => 'CODE', source_id => t.text, rationale => t.text, project => p.project)),
       count(feedback.log_feedback(t.text, 'lists', jsonb_build_object(t.text, ARRAY[t.text]), project => p.project)),
       count(feedback.log_feedback('tr', 'texts', t.text || ' ', source_type => 'HUMAN', source_id => t.text, project => p.project)),
       count(feedback.log_feedback('tr', 'texts', t.text || ' ', source_type => 'LLM_JUDGE', source_id => t.text, project => p.project))
FROM hostile.text AS t, LATERAL (SELECT 'hostile' UNION ALL SELECT t.text WHERE t.id <> 12) AS p (project);
SELECT count(feedback.log_feedback('tr-long', 'long', false, rationale => repeat('<b>long</b>', 10000), project => 'hostile')),
       count(feedback.log_feedback('tr-long', 'unbroken', 1e300, rationale => repeat('x', 100000), project => 'hostile')),
       count(feedback.log_feedback('tr-long', 'unbroken', -1e300, project => 'hostile')),
       count(feedback.log_feedback('tr-long', 'tiny', ('1e-400')::numeric, project => 'hostile'));
