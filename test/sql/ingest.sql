-- What ingestion says: of bad calls, of bad documents, of triggers that were made wrong, and how a rejected document looks.
\pset format unaligned
\pset tuples_only on
BEGIN;

\getenv abs_srcdir PG_ABS_SRCDIR
\set refused :abs_srcdir '/include/refused.sql'
\i :refused

-- Calls
SELECT pg_temp.refused($$SELECT feedback.log_assessments(NULL::text)$$);
SELECT pg_temp.refused($$SELECT feedback.log_assessments(NULL::text[])$$);
SELECT pg_temp.refused($$SELECT feedback.log_assessments('[]', on_error => 'ignore')$$);
SELECT pg_temp.refused($$SELECT feedback.log_assessments('[]', on_error => NULL)$$);
SELECT pg_temp.refused($$SELECT feedback.log_otel_evaluations('{}', source_type => 'ROBOT')$$);
SELECT pg_temp.refused($$SELECT feedback.retry_rejected(max_documents => -1)$$);

-- Documents: what is wrong with each, in its place
CREATE FUNCTION pg_temp.report(documents text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' | ', "position", coalesce(trace_id, '-'), sqlstate, message, detail, hint) FROM feedback.log_assessments(documents)
$$;
SELECT pg_temp.report('[{"trace_id": "t", "assessment_name": "n", "feedback": {"value": 1}}, 7, {"assessment_name": "n", "feedback": {"value": 1}},
                        {"trace_id": 1, "assessment_name": "n", "feedback": {"value": 1}}, {"trace_id": "t", "feedback": {"value": 1}}, ]');
SELECT pg_temp.report('[{"trace_id": "t", "assessment_name": "n", "feedback": {"value": 1}}');
SELECT pg_temp.report('[{"trace_id": "t", "assessment_name": "n", "feedback": {"value": tru}} {"trace_id": "t"}]');
SELECT pg_temp.report('[] []');
SELECT pg_temp.report('7');
SELECT pg_temp.report('');
SELECT pg_temp.report('{"info": {"trace_id": "t", "assessments": [{"assessment_name": "n"}, {"assessment_name": "n", "feedback": {"value": 1}}]}}');
SELECT pg_temp.report('{"info": {"trace_id": "t"}}');
SELECT concat_ws(' | ', "position", sqlstate, message, detail) FROM feedback.log_assessments(ARRAY[NULL, '{', '[]']);

-- An error says which document it was, unless there is only one
DO $$
DECLARE
    context text;
BEGIN
    PERFORM feedback.log_assessments('[{"trace_id": "t", "assessment_name": "n", "feedback": {"value": 1}},
                                       {"trace_id": "t", "assessment_name": "", "feedback": {"value": 1}}, 7]', on_error => 'raise');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT;
    RAISE INFO '% in %', SQLERRM, split_part(context, E'\n', 1);
END $$;
DO $$
DECLARE
    context text;
BEGIN
    PERFORM feedback.log_assessments('[7]', on_error => 'raise');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT;
    RAISE INFO '% in %', SQLERRM, split_part(context, E'\n', 1);
END $$;

-- Triggers
CREATE TABLE inbox (trace_id text, document text);
CREATE FUNCTION pg_temp.trigger_refused(definition text, statement text DEFAULT $$INSERT INTO inbox VALUES ('t', '7')$$)
RETURNS SETOF text LANGUAGE sql AS $$ SELECT pg_temp.refused(format('CREATE TRIGGER t %s; %s; DROP TRIGGER t ON inbox', definition, statement)) $$;
SELECT pg_temp.refused($$SELECT feedback.ingest_assessments()$$);
SELECT pg_temp.trigger_refused($$AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments()$$);
SELECT pg_temp.trigger_refused($$AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('a', 'b', 'c', 'd')$$);
SELECT pg_temp.trigger_refused($$AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('trace', 'document')$$);
SELECT pg_temp.trigger_refused($$AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('trace_id', '')$$);
SELECT pg_temp.trigger_refused($$AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('trace_id', 'document', 'return')$$);
SELECT pg_temp.trigger_refused($$AFTER INSERT ON inbox FOR EACH STATEMENT EXECUTE FUNCTION feedback.ingest_assessments('trace_id', 'document')$$);
SELECT pg_temp.trigger_refused($$BEFORE DELETE ON inbox FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('trace_id', 'document')$$,
                               $$INSERT INTO inbox VALUES ('t', '7'); DELETE FROM inbox$$);
SELECT pg_temp.trigger_refused($$AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('trace_id', 'document', 'raise')$$);
SELECT pg_temp.trigger_refused($$AFTER INSERT ON inbox REFERENCING NEW TABLE AS rows FOR EACH STATEMENT
                                 EXECUTE FUNCTION feedback.ingest_assessments('trace_id', 'document', 'on_error => raise')$$);

-- A rejected document
SELECT sqlstate FROM feedback.log_assessments('[{"trace_id": "t", "assessment_name": "n", "source": {"source_type": "ROBOT"}, "feedback": {"value": 1}}]',
                                              'p', 'park');
\pset tuples_only off
\pset format aligned
\x
SELECT rejected_id, project, trace_id, document, origin, sqlstate, message, detail, hint, field, attempts FROM feedback.rejected_assessments;
SELECT project, sqlstate, field, message, origin, n FROM feedback.rejected_summary;
