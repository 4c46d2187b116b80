"""What test/phoenix/run does by Phoenix's client, and what import_phoenix makes of it."""

import os
import time

import psycopg
from phoenix.client import Client

TRACES = ["0af7651916cd43dd8448eb211c80319c", "1bf7651916cd43dd8448eb211c80319d"]
SPANS = ["b7ad6b7169203331", "c7ad6b7169203332"]

number = 0


def ok(got, wanted, name):
    global number
    number += 1
    print("ok" if got == wanted else "not ok", number, "-", name, flush=True)
    if got != wanted:
        print(f"# got    {got!r}\n# wanted {wanted!r}", flush=True)


def rows(sql, *values, user="postgres"):
    with psycopg.connect(dbname="app", user=user, autocommit=True) as connection:
        return connection.execute(sql, values).fetchall()


def imported():
    return rows("SELECT feedback.import_phoenix('phoenix')", user="importer")[0][0]


def waited(condition):
    """What arrives at the server is stored a little later."""
    for _ in range(300):
        if condition():
            return True
        time.sleep(0.1)
    return False


def span(trace_id, span_id):
    return {"name": "answer", "context": {"trace_id": trace_id, "span_id": span_id}, "span_kind": "LLM", "status_code": "OK",
            "start_time": "2026-01-02T03:04:05+00:00", "end_time": "2026-01-02T03:04:06+00:00",
            "attributes": {"session.id": "conversation-1", "input.value": "How much?", "output.value": "Five."}}


def annotate(client):
    client.spans.add_span_annotation(span_id=SPANS[0], annotation_name="relevance", annotator_kind="LLM", label="relevant", score=0.1,
                                     explanation="It names the price.", metadata={"model": "gpt-4o"}, sync=True)
    client.spans.add_span_annotation(span_id=SPANS[0], annotation_name="relevance", annotator_kind="CODE", score=1.0,
                                     identifier="keyword-check", sync=True)
    client.spans.add_span_annotation(span_id=SPANS[1], annotation_name="tone", annotator_kind="HUMAN", label="curt", sync=True)
    client.spans.add_span_note(span_id=SPANS[1], note="Ask again tomorrow")
    client.traces.add_trace_annotation(trace_id=TRACES[0], annotation_name="correct", annotator_kind="HUMAN", label="true", score=1.0,
                                       identifier="expert-1", sync=True)
    client.sessions.add_session_annotation(session_id="conversation-1", annotation_name="solved", annotator_kind="LLM", score=0.5,
                                           identifier="judge-1", sync=True)


def test_import(user):
    ok(imported(), 6, "all annotations are imported, by a role that has the documented grants")
    ok(imported(), 0, "a second import adds nothing")
    ok(rows("SELECT project, trace_id, span_id, name, value, source_type::text, source_id, rationale, "
            "metadata - '{phoenix.identifier,phoenix.source}'::text[] FROM feedback.feedback "
            "ORDER BY name, source_type, trace_id"),
       [("chat", TRACES[0], None, "correct", 1, "HUMAN", user, None,
         {"phoenix.annotation": "trace", "gen_ai.evaluation.score.label": "true"}),
        ("chat", TRACES[1], SPANS[1], "note", None, "HUMAN", user, "Ask again tomorrow", {"phoenix.annotation": "span"}),
        ("chat", TRACES[0], SPANS[0], "relevance", 1, "CODE", "keyword-check", None, {"phoenix.annotation": "span"}),
        ("chat", TRACES[0], SPANS[0], "relevance", 0.1, "LLM_JUDGE", "gpt-4o", "It names the price.",
         {"model": "gpt-4o", "phoenix.annotation": "span", "gen_ai.evaluation.score.label": "relevant"}),
        ("chat", "conversation-1", None, "solved", 0.5, "LLM_JUDGE", "judge-1", None,
         {"phoenix.annotation": "session", "mlflow.trace.session": "conversation-1"}),
        ("chat", TRACES[1], SPANS[1], "tone", "curt", "HUMAN", user, None, {"phoenix.annotation": "span"})],
       "each with what it says, of what and whose it is")
    ok(rows("SELECT count(*) FROM feedback.assessments f JOIN phoenix.span_annotations a "
            "ON a.created_at = f.create_time AND a.updated_at = f.last_update_time")[0][0], 4, "and when")
    ok(rows("SELECT count(*) FROM feedback.rejected_assessments")[0][0], 0, "none is rejected")


def test_changes(client):
    before = rows("SELECT create_time FROM feedback.feedback WHERE name = 'tone'")
    client.spans.add_span_annotation(span_id=SPANS[1], annotation_name="tone", annotator_kind="CODE", label="kind", score=0.9, sync=True)
    client.traces.add_trace_annotation(trace_id=TRACES[1], annotation_name="correct", annotator_kind="HUMAN", label="false",
                                       identifier="expert-1", sync=True)
    ok(imported(), 1, "only what is new is added")
    ok(rows("SELECT value, source_type::text, last_update_time > create_time, create_time FROM feedback.feedback WHERE name = 'tone'"),
       [(0.9, "CODE", True, before[0][0])], "and what Phoenix has changed is changed")
    ok(rows("SELECT value FROM feedback.feedback WHERE trace_id = %s AND name = 'correct'", TRACES[1]), [("false",)],
       "a label alone is text")
    ok(imported(), 0, "once more there is nothing to do")


def main():
    client = Client(base_url=os.environ["PHOENIX_COLLECTOR_ENDPOINT"], api_key=os.environ["PHOENIX_API_KEY"])
    client.spans.log_spans(project_identifier="chat", spans=[span(*ids) for ids in zip(TRACES, SPANS)])
    ok(waited(lambda: rows("SELECT count(*) FROM phoenix.spans")[0][0] == 2), True, "Phoenix has the spans")
    annotate(client)
    ok(waited(lambda: rows("SELECT count(*) FROM phoenix.span_annotations")[0][0] == 4), True, "Phoenix has the annotations")
    users = rows("SELECT u.username FROM phoenix.trace_annotations a JOIN phoenix.users u ON u.id = a.user_id")
    ok(len(users), 1, "Phoenix knows who annotates")
    test_import(users[0][0])
    test_changes(client)
    print(f"1..{number}")


main()
