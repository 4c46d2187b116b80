"""docs/search.md: its examples, run by psql, and its table of differences, run by MLflow and here. Prints TAP."""

import json
import logging
import os
import re
import subprocess

from mlflow.entities import AssessmentError, AssessmentSource, Feedback, TraceInfo, TraceLocation, TraceState
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from psycopg import Error
from psycopg.types.json import Jsonb

from tap import connection, done, search, test

logging.disable(logging.WARNING)
PAGE = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "search.md")
text = open(PAGE, encoding="utf-8").read()


def psql(statement):
    """What psql says, as the page has it: without the number of rows and blanks at the ends of lines."""
    result = subprocess.run(["psql", "-X", "-q"], input=statement, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False)
    lines = [line.rstrip() for line in result.stdout.splitlines() if not re.fullmatch(r"\(\d+ rows?\)|", line)]
    return "\n".join(lines)


def run_examples():
    examples = 0
    for kind, block in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if kind == "sql":
            test("ERROR" not in psql(block), "what the examples need is logged")
        elif block.startswith("=> "):
            statement, _, wanted = block[3:].partition("\n")
            got = psql(statement)
            wanted = "\n".join(line.rstrip() for line in wanted.splitlines())
            examples += 1
            test(got == wanted, f"example: {statement}", *got.splitlines())
    test(examples > 5, f"{examples} examples")


def compare(store):
    rows = re.findall(r"^\| (.*?) \| `(.*?)` \| (yes|no) \| (yes|no|error) \|", text, re.MULTILINE)
    test(len(rows) > 15, f"{len(rows)} differences")
    for number, (value, filter_text, mlflow, here) in enumerate(rows):
        trace = f"tr-difference-{number}"
        store.start_trace(TraceInfo(trace_id=trace, trace_location=TraceLocation.from_experiment_id("0"), request_time=1, state=TraceState.OK))
        source = AssessmentSource("HUMAN", "u")
        if value == "an error":
            store.create_assessment(Feedback(name="x", trace_id=trace, source=source, error=AssessmentError("E")))
            connection.execute("SELECT feedback.log_feedback(%s, 'x', NULL, error_code => 'E')", (trace,))
        else:
            value = json.loads(value.strip("`"))
            store.create_assessment(Feedback(name="x", trace_id=trace, source=source, value=value))
            connection.execute("SELECT feedback.log_feedback(%s, 'x', %s::jsonb)", (trace, Jsonb(value)))
        infos, _ = store.search_traces(locations=["0"], filter_string=filter_text, max_results=500)
        try:
            got = "yes" if trace in search(filter_text, max_results=None) else "no"
        except Error as error:
            got = "error" if error.sqlstate == "42601" else error.sqlstate
        found = "yes" if trace in {info.trace_id for info in infos} else "no"
        test((found, got) == (mlflow, here), f"{value!r}: {filter_text}: MLflow {mlflow}, here {here}", found, got)


run_examples()
compare(SqlAlchemyStore(f"postgresql+psycopg:///{os.environ['MLFLOW_DATABASE']}?host={os.environ['PGHOST']}&port={os.environ['PGPORT']}"
                        f"&user={os.environ['PGUSER']}", os.environ["ARTIFACTS"]))
done()
