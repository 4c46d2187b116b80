-- Tables of MLflow's shape, and what the clients' scripts call.
\ir ../include/mlflow_tables.sql
INSERT INTO mlflow.trace_info SELECT 'tr-' || i, 1, 1700000000000, 5, 'OK' FROM generate_series(1, 20) i;

CREATE FUNCTION mlflow.milliseconds() RETURNS bigint LANGUAGE sql AS
    $$ SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;
CREATE FUNCTION mlflow.any_of(trace text) RETURNS text LANGUAGE sql AS
    $$ SELECT assessment_id FROM mlflow.assessments WHERE trace_id = trace ORDER BY random() LIMIT 1 $$;
CREATE FUNCTION mlflow.create_assessment(trace text, value integer, overridden text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    INSERT INTO mlflow.assessments (assessment_id, trace_id, name, assessment_type, value, created_timestamp, last_updated_timestamp,
                                    source_type, source_id, valid, overrides)
    VALUES ('a-' || md5(random()::text || clock_timestamp()), trace, 'q', 'feedback', value, mlflow.milliseconds(), mlflow.milliseconds(),
            'HUMAN', 'mlflow', true, overridden) $$;

-- Calls whose refusal is none of the test's business: somebody else was faster
CREATE FUNCTION public.try(statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN raise_exception OR no_data_found OR unique_violation OR foreign_key_violation OR invalid_parameter_value THEN
    NULL;
END $$;
CREATE FUNCTION public.any_of(trace text) RETURNS uuid LANGUAGE sql AS
    $$ SELECT assessment_id FROM feedback.assessments WHERE trace_id = trace ORDER BY random() LIMIT 1 $$;
