-- The tables of MLflow's store that a mirror has to do with, in the shape that 3.17 gives them.
CREATE SCHEMA mlflow;
CREATE TABLE mlflow.experiments (experiment_id serial PRIMARY KEY, name varchar(256) NOT NULL);
CREATE TABLE mlflow.trace_info (
    request_id varchar(50) PRIMARY KEY,
    experiment_id integer NOT NULL REFERENCES mlflow.experiments,
    timestamp_ms bigint NOT NULL,
    execution_time_ms bigint,
    status varchar(50) NOT NULL,
    client_request_id varchar(50),
    request_preview varchar(1000),
    response_preview varchar(1000)
);
CREATE TABLE mlflow.assessments (
    assessment_id varchar(50) PRIMARY KEY,
    trace_id varchar(50) NOT NULL REFERENCES mlflow.trace_info (request_id) ON DELETE CASCADE,
    name varchar(250) NOT NULL,
    assessment_type varchar(20) NOT NULL,
    value text NOT NULL,
    error text,
    created_timestamp bigint NOT NULL,
    last_updated_timestamp bigint NOT NULL,
    source_type varchar(50) NOT NULL,
    source_id varchar(250),
    run_id varchar(32),
    span_id varchar(50),
    rationale text,
    overrides varchar(50),
    valid boolean NOT NULL,
    assessment_metadata text,
    experiment_id integer,
    trace_timestamp_ms bigint,
    aggregate_value double precision,
    is_numeric_value boolean NOT NULL DEFAULT false
);
CREATE INDEX ON mlflow.assessments (trace_id, created_timestamp);
CREATE INDEX ON mlflow.assessments (run_id, created_timestamp);
CREATE INDEX ON mlflow.assessments (last_updated_timestamp);
CREATE INDEX ON mlflow.assessments (assessment_type);
CREATE INDEX ON mlflow.assessments (experiment_id, trace_timestamp_ms);
CREATE INDEX ON mlflow.assessments (experiment_id, trace_timestamp_ms, name);
CREATE INDEX ON mlflow.assessments (experiment_id, name, valid);
CREATE TABLE mlflow.alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO mlflow.alembic_version VALUES ('b7e2c1a4d9f3');
INSERT INTO mlflow.experiments (name) VALUES ('chat'), ('other');
