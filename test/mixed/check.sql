-- Log the mixed documents in one way, and prove what became of each: run.
--
-- The variable load is the statement that logs them.
\set ON_ERROR_STOP on
TRUNCATE feedback.assessments, feedback.rejected_assessments, inbox;
SELECT clock_timestamp() AS start \gset
:load
SELECT round(10 ^ 6 * extract(epoch FROM clock_timestamp() - :'start'::timestamptz) / (SELECT count(*) FROM mixed)) AS microseconds \gset
CREATE TEMP TABLE difference AS
-- every good document is stored, and nothing else
(SELECT 'good documents that are not stored' AS what, m.document
 FROM mixed m WHERE m.sqlstate IS NULL AND NOT EXISTS (
     SELECT FROM feedback.assessments a
     WHERE a.trace_id = m.document::json ->> 'trace_id' AND a.assessment_id = (m.document::json ->> 'assessment_id')::uuid
           AND a.name = m.document::json ->> 'assessment_name'
           AND coalesce(a.rationale, '') = coalesce(m.document::json ->> 'rationale', '')
           AND coalesce(to_jsonb(a.boolean_value), to_jsonb(a.numeric_value), to_jsonb(a.text_value), a.json_value)
               = coalesce(m.document::jsonb #> '{feedback,value}', m.document::jsonb #> '{expectation,value}')))
UNION ALL
-- every bad one is rejected as it came, with the reason that it has
SELECT 'bad documents that are not rejected as they should be', concat_ws(' ', m.way, m.sqlstate, m.field, r.sqlstate, r.field)
FROM mixed m LEFT JOIN feedback.rejected_assessments r USING (document)
WHERE m.sqlstate IS NOT NULL AND (m.sqlstate, m.field) IS DISTINCT FROM (r.sqlstate, r.field);
SELECT what, document FROM difference LIMIT 20;
CREATE TEMP TABLE once AS SELECT (SELECT count(*) FROM feedback.assessments) AS stored, (SELECT count(*) FROM feedback.rejected_assessments) AS rejected;

-- and a second run adds nothing
TRUNCATE inbox;
:load
SELECT format('%s: %s documents, %s stored, %s rejected for %s reasons, %s µs each; after a second run %s stored, %s rejected',
              :'way', (SELECT count(*) FROM mixed), once.stored, once.rejected, (SELECT count(DISTINCT way) FROM mixed), :'microseconds',
              (SELECT count(*) FROM feedback.assessments), (SELECT count(*) FROM feedback.rejected_assessments))
FROM once;
SELECT (SELECT count(*) FROM difference) > 0
       OR stored <> (SELECT count(*) FROM mixed WHERE sqlstate IS NULL)
       OR rejected <> (SELECT count(sqlstate) FROM mixed)
       OR stored <> (SELECT count(*) FROM feedback.assessments)
       OR rejected <> (SELECT count(*) FROM feedback.rejected_assessments) AS wrong
FROM once \gset
DROP TABLE difference, once;
\if :wrong
DO $$ BEGIN RAISE 'not what was expected'; END $$;
\endif
