-- What MLflow's server does for its users, statement by statement
\set t random(1, 20)
\set new random(1, 2000)
\set v random(1, 1000)
\set what random(1, 11)
\if :what <= 3
BEGIN;
SELECT FROM mlflow.trace_info WHERE request_id = 'tr-:t' FOR UPDATE;
SELECT mlflow.create_assessment('tr-:t', :v);
COMMIT;
\elif :what <= 6
UPDATE mlflow.assessments SET name = 'q:v', value = :v, last_updated_timestamp = mlflow.milliseconds()
WHERE assessment_id = (SELECT mlflow.any_of('tr-:t'));
\elif :what <= 8
BEGIN;
SELECT FROM mlflow.trace_info WHERE request_id = 'tr-:t' FOR UPDATE;
SELECT coalesce(mlflow.any_of('tr-:t'), 'none') AS id \gset
UPDATE mlflow.assessments SET valid = false WHERE assessment_id = ':id';
SELECT mlflow.create_assessment('tr-:t', :v, ':id');
COMMIT;
\elif :what <= 10
BEGIN;
SELECT coalesce(mlflow.any_of('tr-:t'), 'none') AS id \gset
UPDATE mlflow.assessments SET valid = true
WHERE assessment_id = (SELECT overrides FROM mlflow.assessments WHERE assessment_id = ':id');
DELETE FROM mlflow.assessments WHERE assessment_id = ':id';
COMMIT;
\else
INSERT INTO mlflow.trace_info VALUES ('new-:new', 2, 1, 1, 'OK') ON CONFLICT DO NOTHING;
\endif
