-- Both tables alike, row by row, on the traces that MLflow has.
\set ON_ERROR_STOP on
CREATE VIEW public.differences AS
    SELECT coalesce(m.assessment_id, f.assessment_id::text) AS assessment_id,
           CASE WHEN m.assessment_id IS NULL THEN 'MLflow lacks it' WHEN f.assessment_id IS NULL THEN 'we lack it'
                WHEN m.valid <> f.valid THEN 'valid' WHEN m.name <> f.name THEN 'name' ELSE 'value' END AS difference
    FROM mlflow.assessments m
    FULL JOIN (SELECT a.* FROM feedback.assessments a JOIN mlflow.trace_info t ON t.request_id = a.trace_id) f
        ON f.trace_id = m.trace_id AND 'a-' || replace(f.assessment_id::text, '-', '') = m.assessment_id
    WHERE m.assessment_id IS NULL OR f.assessment_id IS NULL
       OR m.name <> f.name OR m.value::numeric <> f.numeric_value OR m.valid <> f.valid;
SELECT count(*) || ' assessments in MLflow''s table, ' || (SELECT count(*) FROM public.differences) || ' differences' FROM mlflow.assessments;
SELECT * FROM public.differences LIMIT 20;
SELECT direction, outcome, sqlstate, message, count(*) FROM feedback.mlflow_notes GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC;
DO $$
BEGIN
    ASSERT (SELECT count(*) FROM public.differences) = 0, 'the tables differ';
    ASSERT (SELECT count(*) FROM mlflow.assessments) > 100, 'there is nothing to compare';
END $$;
