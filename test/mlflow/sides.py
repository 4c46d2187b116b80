"""The database's side, TAP, and what both programs compare."""

import json
import os

import mlflow
import psycopg2

mlflow.set_tracking_uri(os.environ["MLFLOW_TRACKING_URI"])
connection = psycopg2.connect("")
connection.autocommit = True
tests = 0


def test(passed, name, *details):
    global tests
    tests += 1
    print(f"{'ok' if passed else 'not ok'} {tests} - {name}", flush=True)
    if not passed:
        for detail in details:
            print(f"#   {str(detail)[:2000]}")


def same(got, wanted, name):
    test(got == wanted, name, f"got: {got!r}", f"wanted: {wanted!r}")


def done():
    print(f"1..{tests}", flush=True)


def rows(statement, *arguments):
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments or None)
        return cursor.fetchall() if cursor.description else []


def value(statement, *arguments):
    return rows(statement, *arguments)[0][0]


def make_traces(experiment, count):
    """Traces of a small function, the newest first."""
    mlflow.set_experiment(experiment)

    @mlflow.trace
    def answer(question):
        return f"an answer to {question}"

    for i in range(count):
        answer(f"question {i}")
    mlflow.flush_trace_async_logging()
    return [trace.info.trace_id for trace in mlflow.search_traces(return_type="list")]


def differences():
    """Rows that both sides do not have alike, column by column."""
    found = []
    for row in rows("""
            SELECT m.assessment_id, m.name, f.name, m.value, m.valid, f.valid, m.source_type, f.source_type::text, m.source_id, f.source_id,
                   m.rationale, f.rationale, m.span_id, f.span_id, m.created_timestamp, floor(extract(epoch FROM f.create_time) * 1000)::bigint,
                   m.last_updated_timestamp, floor(extract(epoch FROM f.last_update_time) * 1000)::bigint,
                   coalesce(to_jsonb(f.boolean_value), to_jsonb(f.numeric_value), to_jsonb(f.text_value), f.json_value, 'null'), m.error, f.error_code
            FROM public.assessments m FULL JOIN feedback.assessments f
                ON f.trace_id = m.trace_id AND 'a-' || replace(f.assessment_id::text, '-', '') = m.assessment_id
            WHERE coalesce(m.trace_id, f.trace_id) IN (SELECT request_id FROM public.trace_info)"""):
        pairs = [(row[i], row[i + 1]) for i in (1, 4, 6, 8, 10, 12, 14, 16)]
        error = json.loads(row[19])["error_code"] if row[19] else None
        if any(a != b for a, b in pairs) or row[3] is None or json.loads(row[3]) != row[18] or error != row[20]:
            found.append(row)
    return found
