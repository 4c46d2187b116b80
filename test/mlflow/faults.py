"""What goes wrong: of MLflow's statements none, of the mirror nothing that is lost."""

import os
import signal
import subprocess
import threading
import time

import mlflow
import psycopg2

from sides import connection, differences, done, make_traces, rows, same, test, value

trace, *others = make_traces("faults", 3)
INSERT = """INSERT INTO public.assessments (assessment_id, trace_id, name, assessment_type, value, created_timestamp, last_updated_timestamp,
                                            source_type, valid, is_numeric_value) VALUES (%s, %s, %s, 'feedback', %s, %s, %s, 'HUMAN', true, false)"""

# As MLflow's own role, which has no right here
server = psycopg2.connect("", user="mlflow")
server.autocommit = True
for identifier, name, given, when in (("nan", "n", "NaN", 1), ("empty", "", "1", 1), ("far", "n", "1", 2**62), ("zero", "n", r'"\u0000"', 1)):
    with server.cursor() as cursor:
        cursor.execute(INSERT, (identifier, trace, name, given, when, when))
same(rows("SELECT assessment_id, direction FROM feedback.mlflow_rejected ORDER BY 1"),
     [(identifier, "from MLflow") for identifier in ("empty", "far", "nan", "zero")], "what cannot be taken is noted, and MLflow knows nothing of it")
rows("DELETE FROM public.assessments WHERE trace_id = %s", trace)
same(value("SELECT count(*) FROM feedback.mlflow_notes"), 0, "and the notes go with it")

# A statement that is cancelled is, with what it has mirrored
with server.cursor() as cursor:
    cursor.execute("BEGIN")
    cursor.execute(INSERT, ("a-" + "1" * 32, trace, "n", "1", 1, 1))
    cursor.execute("ROLLBACK")
same(value("SELECT count(*) FROM feedback.assessments WHERE trace_id = %s", trace), 0, "a transaction that MLflow rolls back leaves nothing")

# A second store
rows("CREATE SCHEMA second AUTHORIZATION mlflow")
uri = f"postgresql+psycopg2://mlflow@/app?host={os.environ['PGHOST']}&port={os.environ['PGPORT']}&options=-csearch_path%3Dsecond"
UPGRADE = [os.path.join(os.path.dirname(mlflow.__file__), "../../../../bin/mlflow"), "db", "upgrade", uri]
subprocess.run(UPGRADE, check=True, capture_output=True)
rows("CALL feedback.attach_mlflow('second', project_by => 'id')")
same(rows("SELECT schema_name, push, mirrors FROM feedback.mlflow_status ORDER BY 1"), [("public", True, True), ("second", False, True)], "a second store, in another schema")
rows("INSERT INTO second.experiments (experiment_id, name, lifecycle_stage) VALUES (77, 'second', 'active')")
rows("INSERT INTO second.trace_info (request_id, experiment_id, timestamp_ms, execution_time_ms, status) VALUES ('tr-second', 77, 1, 1, 'OK')")
rows("SET search_path = second")
rows(INSERT.replace("public.", "second."), "a-" + "2" * 32, "tr-second", "n", "1", 1, 1)
rows("RESET search_path")
same(value("SELECT project FROM feedback.assessments WHERE trace_id = 'tr-second'"), "77", "its project is the experiment's id, where that is wished")

# MLflow's migrations look at the schema with the mirror in place
test(subprocess.run(UPGRADE, capture_output=True).returncode == 0, "mlflow db upgrade runs beside the mirror")
rows("SELECT feedback.detach_mlflow('second')")
same(value("SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'second'::regnamespace AND t.tgname LIKE 'feedback%'"), 0,
     "detach_mlflow leaves no trigger")

# A session that is killed amid its work
victim = psycopg2.connect("")
with victim.cursor() as cursor:
    cursor.execute("SELECT feedback.log_feedback(%s, 'killed', true)", (trace,))
    cursor.execute("SELECT pg_backend_pid()")
    os.kill(cursor.fetchone()[0], signal.SIGTERM)
same(value("SELECT count(*) FROM public.assessments WHERE name = 'killed'"), 0, "what a killed session logged is on neither side")
same(differences(), [], "both sides are alike")

# MLflow's server is killed amid requests
sent = []


def send(number):
    for i in range(1000):
        try:
            mlflow.log_feedback(trace_id=others[0], name=f"killed-{number}", value=i)
            sent.append(1)
        except Exception:  # the server is gone
            return


os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"
threads = [threading.Thread(target=send, args=(number,), daemon=True) for number in range(4)]
for thread in threads:
    thread.start()
while len(sent) < 20:
    time.sleep(0.01)
os.killpg(int(os.environ["MLFLOW_PID"]), signal.SIGKILL)
while value("SELECT count(*) FROM pg_stat_activity WHERE usename = 'mlflow' AND pid <> %s", server.get_backend_pid()) > 0:
    time.sleep(0.05)
test(value("SELECT count(*) FROM feedback.assessments WHERE name LIKE 'killed-%%'") >= 20, "what the server had answered before it was killed is there")
same(differences(), [], "and both sides are alike")
connection.close()
done()
os._exit(0)  # threads may still try
