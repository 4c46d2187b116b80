"""Feedback a second, by client, for bench/mlflow."""

import os
import random
import statistics
import sys
import time

sys.path.insert(0, os.getcwd())  # test/mlflow

import mlflow
from mlflow.entities import AssessmentSource, AssessmentSourceType, Feedback
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

from sides import make_traces, rows

CALLS = int(os.environ.get("CALLS", 200))
ROUNDS = int(os.environ.get("ROUNDS", 7))
SOURCE = AssessmentSource(AssessmentSourceType.HUMAN, "anna")

traces = make_traces("bench", 50)
store = SqlAlchemyStore(f"postgresql+psycopg2://mlflow@/app?host={os.environ['PGHOST']}&port={os.environ['PGPORT']}", "/tmp/none")


def through_server(trace):
    mlflow.log_feedback(trace_id=trace, name="helpful", value=True, source=SOURCE, rationale="because it is so")


def through_store(trace):
    store.create_assessment(Feedback(trace_id=trace, name="helpful", value=True, source=SOURCE, rationale="because it is so"))


def through_sql(trace):
    rows("SELECT feedback.log_feedback(%s, 'helpful', true, 'HUMAN', 'anna', rationale => 'because it is so')", trace)


WAYS = {"MLflow's client and server": through_server, "MLflow's store, in process": through_store, "log_feedback, psycopg2": through_sql}
rates = {}
for round in range(ROUNDS + 1):  # the first one warms up
    for mirrored in random.sample([False, True], 2):
        rows("CALL feedback.attach_mlflow(push => true)" if mirrored else "SELECT feedback.detach_mlflow()")
        for name in random.sample(list(WAYS), len(WAYS)):
            started = time.monotonic()
            for _ in range(CALLS):
                WAYS[name](random.choice(traces))
            if round > 0:
                rates.setdefault((name, mirrored), []).append(CALLS / (time.monotonic() - started))

print(f"MLflow {mlflow.__version__}, {CALLS} calls a round, medians of {ROUNDS} rounds, one client, fsync off.\n")
print("| feedback a second | without the mirror | with it, both ways |\n|---|---:|---:|")
for name in WAYS:
    print("| " + " | ".join([name, *(f"{statistics.median(rates[name, mirrored]):.0f}" for mirrored in (False, True))]) + " |")
