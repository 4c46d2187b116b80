"""Conditions on traces, the view and get_trace beside MLflow, on MLflow's own tables in the extension's database. Prints TAP.

Filters are of MLflow's grammar; what differs on purpose is in docs/search.md, held by documentation.py. get_trace is compared
with mlflow.get_trace(...).to_dict() member by member.
"""

import logging
import os
import random
import re
from datetime import datetime

import mlflow
from mlflow.entities import AssessmentSource
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from tap import connection, done, refusal, search, test

logging.disable(logging.WARNING)
random.seed(20261127)
COUNT = int(os.environ.get("FILTERS", "600"))
START = 1767603600000  # 2026-01-05 09:00 UTC
EXPERIMENTS = ["chat", "docs"]
NAMES = ["answer", "plan", "it's", "größe", "a%b"]
TYPES = ["LLM", "TOOL", "CHAIN"]
TAGS = {"env": ["prod", "dev", "größe", ""], "a.b": ["1", "a_b", "100%"], "Team Red": ["x", "X"]}
METADATA = {"version": ["v1", "v2", "größe"], "mlflow.trace.user": ["ann", "bob"], "mlflow.trace.session": ["s1", "s2", "s3"], "k-1": ["1", "2"]}


# Data

def some(values, share=0.6):
    return {key: random.choice(choices) for key, choices in values.items() if random.random() < share}


def make_traces():
    """Traces of two experiments, by the client."""
    experiments = {name: mlflow.create_experiment(name) for name in EXPERIMENTS}
    made = []
    for number in range(90):
        begin = START + random.randrange(60) * 1000 + random.choice([0, 0, 7])
        root = mlflow.start_span_no_context(
            random.choice(NAMES), span_type=random.choice(TYPES), inputs={"q": f"Question {number}?"}, tags=some(TAGS), metadata=some(METADATA),
            experiment_id=experiments[random.choice(EXPERIMENTS)], start_time_ns=begin * 1_000_000)
        for place in range(random.randrange(4)):
            child = mlflow.start_span_no_context(
                random.choice(NAMES), span_type=random.choice(TYPES), parent_span=root, start_time_ns=(begin + 1 + place) * 1_000_000,
                attributes={"model": random.choice(["gpt-4", "größe", "claude"]), "temperature": random.choice([0.5, 1])})
            if random.random() < 0.3:
                child.set_attribute("mlflow.chat.tokenUsage", {"input_tokens": place, "output_tokens": 7, "total_tokens": place + 7})
            child.end(outputs=random.choice([float("nan"), "done", ["a", None]]), status=random.choice(["OK", "ERROR"]), end_time_ns=(begin + 9) * 1_000_000)
        root.end(outputs="Größe?" if number % 7 else None, status=random.choice(["OK", "OK", "ERROR"]),
                 end_time_ns=(begin + random.choice([0, 10, 250, 5000])) * 1_000_000)
        made.append(root.trace_id)
    mlflow.flush_trace_async_logging()
    return made


def log_feedback(traces):
    """By MLflow's client; the mirror brings it here."""
    for number, trace in enumerate(random.sample(traces, 30)):
        source = AssessmentSource("HUMAN", "ann")
        feedback = mlflow.log_feedback(trace_id=trace, name="good", value=random.random() < 0.5, source=source, rationale="because", metadata={"k": "v"})
        mlflow.log_expectation(trace_id=trace, name="facts", value=["a", 1, {"b": None}], source=source)
        if number % 5 == 0:
            mlflow.override_feedback(trace_id=trace, assessment_id=feedback.assessment_id, value=True)
        if number % 7 == 0:
            mlflow.log_feedback(trace_id=trace, name="judge", error=ValueError("no answer"), source=source)


# get_trace

def differences(theirs, ours, path=""):
    """Where two documents differ, but for the order of members."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in sorted(set(theirs) | set(ours)):
            yield from differences(theirs.get(key, "MISSING"), ours.get(key, "MISSING"), f"{path}.{key}")
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for place, (a, b) in enumerate(zip(theirs, ours)):
            yield from differences(a, b, f"{path}[{place}]")
    elif theirs != ours:
        yield path, theirs, ours


def check_get_trace(traces):
    wrong = []
    spans = assessed = 0
    for trace in traces:
        theirs = mlflow.get_trace(trace).to_dict()
        ours = connection.execute("SELECT feedback.get_trace(%s)", (trace,)).fetchone()[0]
        spans += len(theirs["data"]["spans"])
        assessed += "assessments" in theirs["info"]
        if theirs["info"].get("assessments"):
            for document in theirs, ours:
                # made in the same millisecond, either may come first; the extension writes no zeros at the end of a time
                document["info"]["assessments"].sort(key=lambda a: a["assessment_id"])
                for assessment in document["info"]["assessments"]:
                    for time in "create_time", "last_update_time":
                        assessment[time] = datetime.fromisoformat(assessment[time])
        wrong += [(trace, *difference) for difference in differences(theirs, ours)]
    test(not wrong and spans > 150 and assessed == 30, f"get_trace is as MLflow's, member by member: {len(traces)} traces, {spans} spans", *wrong[:10])


def check_view(client, traces):
    wrong = []
    rows = {row[0]: row[1:] for row in connection.execute(
        "SELECT trace_id, project, (1000 * extract(epoch FROM request_time))::bigint, state, execution_time_ms, request_preview, response_preview, "
        "tags, metadata, session_id, user_id, input_tokens, output_tokens, total_tokens, client_request_id FROM feedback.traces")}
    for trace in traces:
        info = client.get_trace(trace).info
        usage = info.token_usage or {}
        theirs = (client.get_experiment(info.experiment_id).name, info.request_time, str(info.state), info.execution_duration, info.request_preview,
                  info.response_preview, info.tags, info.trace_metadata, info.trace_metadata.get("mlflow.trace.session"),
                  info.trace_metadata.get("mlflow.trace.user"), usage.get("input_tokens"), usage.get("output_tokens"), usage.get("total_tokens"),
                  info.client_request_id)
        if theirs != rows[trace]:
            wrong.append((trace, [pair for pair in zip(theirs, rows[trace]) if pair[0] != pair[1]]))
    test(not wrong and len(rows) == len(traces), "the view has what MLflow says of each trace", *wrong[:5])


# Filters

def quoted(text):
    quote = '"' if "'" in text else random.choice("'\"")
    return quote + text + quote


def key(name):
    plain = name.replace(".", "").isalnum()
    return random.choice([name] * plain * 3 + [f"`{name}`", f'"{name}"'])


def written(clauses):
    """As MLflow's users may write them."""
    text = random.choice([" AND ", " and ", "\nAND "]).join(clauses)
    if random.random() < 0.3:
        text = re.sub(r" (=|!=|<=?|>=?) ", r"\1", text)
    if random.random() < 0.3:
        text = re.sub(r" (LIKE|ILIKE|RLIKE|IS NULL|IS NOT NULL|IN|NOT IN)\b", lambda word: word[0].lower(), text)
    return random.choice(["", " "]) + text


def text_comparison(values, null=True, several=False):
    operator = random.choice(["=", "=", "!=", "LIKE", "ILIKE", "RLIKE"] + ["IN", "NOT IN"] * several + ["IS NULL", "IS NOT NULL"] * null)
    if operator.startswith("IS"):
        return operator
    if operator.endswith("IN"):
        return f"{operator} ({', '.join(repr(v) for v in random.sample(values, 2))})"
    if operator.endswith("LIKE") and operator != "RLIKE":
        return f"{operator} {quoted(random.choice(['%o%', 'a%', '%R', 'A_B', '%', 'größe', '%1%', 'llm', 'An%']))}"
    if operator == "RLIKE":
        return f"{operator} {quoted(random.choice(['^a', 'o', '[0-9]', 'e$', '^$', 'öß']))}"
    return f"{operator} {quoted(random.choice(values))}"


def number_comparison(values):
    return f"{random.choice(['=', '!=', '<', '<=', '>', '>='])} {random.choice(values)}"


def random_clause():
    times = [START + n * 1000 + extra for n in range(0, 60, 7) for extra in (0, 7)]
    prefix = random.choice(["trace.", "attributes.", "attribute.", "", "`trace`."])
    part = random.choice(["status", "execution", "timestamp", "end", "name", "tag", "tag", "metadata", "metadata", "span", "span", "content", "text", "request_id",
                          "feedback", "client"])
    if part == "status":
        return prefix + "status " + text_comparison(["OK", "ERROR", "IN_PROGRESS"], null=False, several=True)
    if part == "execution":
        return prefix + random.choice(["execution_time_ms ", "execution_time "]) + number_comparison([0, 10, 250, 251, 4999, 5000])
    if part == "timestamp":
        return prefix + random.choice(["timestamp_ms ", "timestamp "]) + number_comparison(times)
    if part == "end":
        return prefix + random.choice(["end_time_ms ", "end_time "]) + number_comparison([time + 10 for time in times])
    if part == "name":
        return prefix + "name " + text_comparison([name for name in NAMES if "'" not in name], null=False, several=True)
    if part == "tag":
        name = random.choice([*TAGS, "none"])
        return f"{random.choice(['tag', 'tags', '`tag`'])}.{key(name)} " + text_comparison(TAGS.get(name, ["x"]))
    if part == "metadata":
        name = random.choice([*METADATA, "none"])
        return f"{random.choice(['metadata', 'request_metadata'])}.{key(name)} " + text_comparison(METADATA.get(name, ["x"]))
    if part == "span":
        field, values = random.choice([("name", [name for name in NAMES if "'" not in name]), ("type", TYPES), ("status", ["OK", "ERROR", "UNSET"])])
        return f"span.{field} " + text_comparison(values, null=False, several=True)
    if part == "content":
        return f"span.content {random.choice(['LIKE', 'ILIKE'])} {quoted(random.choice(['%gpt-4%', '%GPT-4%', '%Question 1%', '%temperature%', '%none%']))}"
    if part == "text":
        return f"{prefix}text LIKE {quoted(random.choice(['%gpt-4%', '%claude%', '%Question 1%', '%none%']))}"
    if part == "request_id":
        return prefix + "request_id " + text_comparison(traces, null=False, several=True)
    if part == "client":
        return prefix + "client_request_id " + text_comparison(["c-1", "c-2"], null=False, several=True)
    return random.choice(["feedback.good = 'true'", "feedback.good = 'false'", "feedback.good IS NULL", "expectation.facts IS NOT NULL"])


def compare_filters(client):
    wrong = []
    matched = refused = 0
    for _ in range(COUNT):
        text = written([random_clause() for _ in range(random.choice([1, 1, 1, 2, 2, 3]))])
        project = random.choice(EXPERIMENTS)
        if "feedback.good IS NULL" in text:
            text += " AND trace.timestamp_ms >= 0"  # speaks of all traces
        try:
            found = {trace.info.trace_id for trace in client.search_traces(
                locations=[client.get_experiment_by_name(project).experiment_id], filter_string=text, max_results=500, include_spans=False)}
        except (MlflowException, AttributeError) as error:
            refused += 1
            if refused > COUNT / 5:  # of these words in lower case
                wrong.append((text, "MLflow refuses it", error))
            continue
        try:
            got = search(text, project=project, max_results=None)
        except Exception as error:
            wrong.append((text, error))
            connection.rollback()
            continue
        if set(got) != found or len(got) != len(found):
            wrong.append((text, f"{len(found)} in MLflow, {len(got)} here", sorted(found ^ set(got))[:3]))
        matched += 0 < len(found) < 40
    test(not wrong, f"search_traces finds what MLflow finds: {COUNT - refused} filters", *wrong[:10])
    test(matched > COUNT / 4, f"{matched} filters find some traces and not others")


def random_tree(leaves, depth):
    """A filter of AND, OR and NOT, and the traces that it has to find, by those that its conditions find."""
    choice = random.choice(["leaf", "and", "or", "not"]) if depth else "leaf"
    if choice == "leaf":
        return random.choice(leaves)
    if choice == "not":
        text, found = random_tree(leaves, depth - 1)
        return f"NOT ({text})", ALL - found
    parts = [random_tree(leaves, depth - 1) for _ in range(random.choice([2, 2, 3, 9]))]
    found = [part[1] for part in parts]
    return f" {choice.upper()} ".join(f"({text})" for text, _ in parts), (set.intersection if choice == "and" else set.union)(*found)


def check_boolean():
    """AND, OR and NOT of conditions, with the source that MLflow is and with a view that has the same."""
    global ALL
    ALL = set(search("trace.timestamp_ms > 0", max_results=None))
    texts = [random_clause() for _ in range(60)] + ["feedback.good = true", "expectation.facts IS NOT NULL"]
    texts = [text for text in texts if "feedback.good IS NULL" not in text and refusal(text) is None]
    leaves = [(text, set(search(text, max_results=None))) for text in texts]
    leaves.append(("feedback.good IS NULL", ALL - set(search("feedback.good IS NOT NULL", max_results=None))))
    trees = []
    while len(trees) < COUNT:
        text, found = random_tree(leaves, random.randrange(1, 4))
        if len(text) < 20000 and text.count("(") < 400:
            # one about feedback alone speaks of the traces that have any
            of_traces = re.search("status|timestamp|execution|end_time|name|tag|metadata|span|text|request_id", text) and random.random() < 0.5
            trees.append((text if of_traces else f"({text}) AND trace.timestamp_ms > 0", found))
    wrong = [(text, sorted(found ^ set(got))[:3]) for text, found in trees if set(got := search(text, max_results=None)) != found or len(got) != len(found)]
    test(not wrong, f"AND, OR and NOT find what their conditions do: {COUNT} filters", *wrong[:5])

    # a view has no spans
    trees = [(text, found) for text, found in trees if "span." not in text and "text" not in text]
    connection.execute("CREATE TABLE own AS SELECT * FROM feedback.traces")
    connection.execute("SELECT feedback.detach_mlflow('mlflow')")
    connection.execute("SELECT feedback.set_trace_source('own')")
    wrong = [(text, sorted(found ^ set(got))[:3]) for text, found in trees if set(got := search(text, max_results=None)) != found or len(got) != len(found)]
    test(not wrong and len(trees) > COUNT / 20, f"a table of the same traces gives the same: {len(trees)} filters", *wrong[:5])


def check_order(client):
    """Newest first, with a limit, as MLflow has them."""
    wrong = []
    for text in ["trace.status = 'OK'", "tag.env = 'prod'", "span.type = 'LLM' AND span.status = 'ERROR'", "trace.timestamp_ms > 0 AND NOT feedback.good IS NULL"]:
        project = random.choice(EXPERIMENTS)
        got = search(text, project=project, max_results=7)
        mlflow_text = text.replace("NOT feedback.good IS NULL", "feedback.good IS NOT NULL")
        found = [trace.info for trace in client.search_traces(
            locations=[client.get_experiment_by_name(project).experiment_id], filter_string=mlflow_text, max_results=7, include_spans=False)]
        # those of the same millisecond in either order
        times = {info.trace_id: info.request_time for info in client_infos}
        if [times[trace] for trace in got] != [info.request_time for info in found]:
            wrong.append((text, got, [info.trace_id for info in found]))
    test(not wrong, "the newest traces first", *wrong)


def check_documented(client):
    """The differences that docs/search.md tells of, on a trace as it says."""
    page = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "search.md"), encoding="utf-8").read()
    rows = re.findall(r"^\| `([^`]*)` \| (yes|no|error) \| (yes|no|error) \|", page, re.MULTILINE)
    test(len(rows) > 8, f"{len(rows)} differences are documented")
    experiment = client.get_experiment_by_name("chat").experiment_id
    span = mlflow.start_span_no_context("documented", experiment_id=experiment, attributes={"model": "gpt-4", "note": "claude"})
    span.end()
    mlflow.flush_trace_async_logging()
    for filter_text, wanted, wanted_here in rows:
        try:
            infos = client.search_traces(locations=[experiment], filter_string=f"{filter_text} AND trace.name = 'documented'", include_spans=False)
            found = "yes" if span.trace_id in {trace.info.trace_id for trace in infos} else "no"
        except Exception:
            found = "error"
        error = refusal(filter_text)
        got = error.sqlstate if error else "yes" if span.trace_id in search(filter_text, max_results=None) else "no"
        test((found, got) == (wanted, wanted_here), f"{filter_text}: MLflow {wanted}, here {wanted_here}", found, got)


url = (f"postgresql+psycopg:///{os.environ['PGDATABASE']}?host={os.environ['PGHOST']}&port={os.environ['PGPORT']}"
       f"&user={os.environ['PGUSER']}&options=-csearch_path%3Dmlflow")
connection.execute("CREATE SCHEMA mlflow")
test(refusal("trace.status = 'OK'").sqlstate == "55000", "without a source of traces there are no conditions on them")
mlflow.set_tracking_uri(url)
traces = make_traces()
connection.execute("CALL feedback.attach_mlflow('mlflow')")
log_feedback(traces)
connection.execute("ANALYZE")
client = MlflowClient()
check_get_trace(traces)
check_view(client, traces)
client_infos = [client.get_trace(trace).info for trace in traces]
compare_filters(client)
check_order(client)
check_documented(client)
check_boolean()
done()
