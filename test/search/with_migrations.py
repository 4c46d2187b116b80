"""Traces at every revision of MLflow's tables from that of its 3.0 to the newest, while its own migrations run. Prints TAP."""

import logging
import os

import sqlalchemy
from alembic import command
from alembic.script import ScriptDirectory
from mlflow.store.db.utils import _get_alembic_config
from mlflow.store.tracking.dbmodels.initial_models import Base

from tap import connection, done, refusal, search, test

logging.disable(logging.WARNING)
FIRST = "bda7b8c39065"  # before MLflow 3 changed the tables of traces
PREVIEWS = "cbc13b556ace"  # adds columns of previews
URL = (f"postgresql+psycopg:///{os.environ['PGDATABASE']}?host={os.environ['PGHOST']}&port={os.environ['PGPORT']}"
       f"&user={os.environ['PGUSER']}&options=-csearch_path%3Dmlflow")
VIEW = """SELECT project, trace_id, (1000 * extract(epoch FROM request_time))::bigint, state, execution_time_ms, request_preview, response_preview, session_id,
                 user_id, tags ->> 'mlflow.traceName', tags ->> 'env', metadata ->> 'k', input_tokens, output_tokens, total_tokens
          FROM feedback.traces"""
WANTED = ("chat", "tr-1", 1767603600123, "ERROR", 1500, "q", "a", "s-1", "ann", "answer", "prod", "v", 5, 7, 12)
FILTERS = ["trace.status = 'ERROR'", "trace.timestamp_ms = 1767603600123", "trace.execution_time_ms > 1000", "trace.name = 'answer'", "tag.env = 'prod'",
           "metadata.k = 'v'", "trace.session_id = 's-1'", "metadata.`mlflow.trace.session` = 's-1'", "trace.user_id = 'ann'", "trace.total_tokens = 12",
           "trace.request_preview = 'q'", "trace.run_id = 'r-1'", "NOT trace.prompt = 'x/1'", "feedback.x = 1 AND tag.env = 'prod'"]

connection.execute("CREATE SCHEMA mlflow")
engine = sqlalchemy.create_engine(URL)
Base.metadata.create_all(engine)
config = _get_alembic_config(URL)


def upgrade(revision):
    with engine.begin() as session:
        config.attributes["connection"] = session
        command.upgrade(config, revision)


def insert():
    connection.execute("""
        SET search_path = mlflow;
        INSERT INTO experiments (experiment_id, name, lifecycle_stage) VALUES (7, 'chat', 'active');
        INSERT INTO trace_info (request_id, experiment_id, timestamp_ms, execution_time_ms, status) VALUES ('tr-1', 7, 1767603600123, 1500, 'ERROR');
        INSERT INTO trace_tags (request_id, key, value) VALUES ('tr-1', 'mlflow.traceName', 'answer'), ('tr-1', 'env', 'prod');
        INSERT INTO trace_request_metadata (request_id, key, value)
        VALUES ('tr-1', 'mlflow.trace.session', 's-1'), ('tr-1', 'mlflow.trace.user', 'ann'), ('tr-1', 'k', 'v'), ('tr-1', 'mlflow.sourceRun', 'r-1'),
               ('tr-1', 'mlflow.traceInputs', 'q'), ('tr-1', 'mlflow.traceOutputs', 'a'),
               ('tr-1', 'mlflow.trace.tokenUsage', '{"input_tokens": 5, "output_tokens": 7, "total_tokens": 12}');
        RESET search_path;
        INSERT INTO feedback_internal.mlflow_stores (schema_name, project_by, push) VALUES ('mlflow', 'name', false)""")
    connection.execute("SELECT feedback.log_feedback('tr-1', 'x', 1, project => 'chat')")


def check(revision):
    got = connection.execute(VIEW).fetchall()
    lacking = [text for text in FILTERS if search(text) != ["tr-1"]]
    trace = connection.execute("SELECT feedback.get_trace('tr-1')").fetchone()[0]
    has_spans = connection.execute("SELECT to_regclass('mlflow.spans') IS NOT NULL").fetchone()[0]
    spans = refusal("span.name = 'x'")
    test(got == [WANTED] and not lacking and trace["info"]["request_preview"] == "q" and len(trace["info"]["assessments"]) == 1
         and (spans is None if has_spans else spans.sqlstate == "0A000" and "not in the database" in trace["data"]["note"]),
         f"traces at MLflow's revision {revision}, {'with' if has_spans else 'without'} spans", got, lacking, trace, spans)


revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions("base", "heads")][::-1]
upgrade(FIRST)
insert()
check(FIRST)
# the same session reads before and after each
for revision in revisions[revisions.index(FIRST) + 1:]:
    upgrade(revision)
    if revision == PREVIEWS:
        connection.execute("UPDATE mlflow.trace_info SET request_preview = 'q', response_preview = 'a'")
    check(revision)
done()
