"""Write through a server that is killed, again and again: client.py ROUNDS.

Three writers send numbered batches of documents, each a transaction, in the three ways of ingestion. They remember
which were acknowledged. After each kill -9 of the postmaster and all its children the server is started again, and
checked: every acknowledged batch is there as a whole, the one that was under way is there as a whole or not at all.
Then the client sends again what was not acknowledged, and the latest that was; nothing may be there twice.
"""

import os
import pwd
import random
import signal
import subprocess
import sys
import threading
import time

DATABASE = "faults"
SIZE = 50  # documents a batch, of which one is bad
DATA = os.path.join(os.environ["PGHOST"], "data")
PSQL = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]

WAYS = {
    "batch": "SELECT count(*) FROM feedback.log_assessments(documents('batch', %d), on_error => 'park');",
    "statement": "INSERT INTO by_statement SELECT unnest(documents('statement', %d));",
    "row": "INSERT INTO by_row SELECT unnest(documents('row', %d));",
}

SETUP = f"""
CREATE EXTENSION feedback;
CREATE FUNCTION documents(way text, n int) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(CASE WHEN i = {SIZE} THEN format('bad %s-%s', way, n)
                          ELSE json_build_object('trace_id', way || '-' || n, 'assessment_id', md5(concat_ws(' ', way, n, i))::uuid,
                                                 'assessment_name', 'n', 'feedback', json_build_object('value', i))::text END)
    FROM generate_series(1, {SIZE}) AS i
$$;
CREATE TABLE by_statement (document text);
CREATE TRIGGER ingest AFTER INSERT ON by_statement REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION feedback.ingest_assessments('', 'document');
CREATE TABLE by_row (document text);
CREATE TRIGGER ingest AFTER INSERT ON by_row FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('', 'document');
"""


def sql(text, database=DATABASE):
    return subprocess.run(PSQL + ["-d", database, "-c", text], check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def server_pids():
    """The postmaster first, so that it cannot tell that its children died."""
    postmaster = open(os.path.join(DATA, "postmaster.pid")).readline().strip()
    children = subprocess.run(["pgrep", "-P", postmaster], stdout=subprocess.PIPE, text=True).stdout.split()
    return [int(pid) for pid in [postmaster] + children]


def kill_server():
    pids = server_pids()
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    while any(os.path.exists(f"/proc/{pid}") and open(f"/proc/{pid}/stat").read().split()[2] != "Z" for pid in pids):
        time.sleep(0.01)
    # Where nobody reaps it, a dead postmaster still has its number, so that its locks seem to be held
    os.unlink(os.path.join(DATA, "postmaster.pid"))
    os.unlink(os.path.join(os.environ["PGHOST"], f".s.PGSQL.{os.environ['PGPORT']}.lock"))


def start_server():
    owner = pwd.getpwuid(os.stat(DATA).st_uid)
    user = [] if owner.pw_uid == os.geteuid() else [
        "setpriv", f"--reuid={owner.pw_name}", f"--regid={owner.pw_gid}", "--init-groups"]
    log = os.path.join(os.environ["PGHOST"], "log")
    if subprocess.run(user + ["pg_ctl", "start", "-s", "-w", "-t", "300", "-D", DATA, "-l", log], cwd=os.environ["PGHOST"]).returncode:
        sys.exit(open(log).read()[-3000:])


class Writer(threading.Thread):
    """Sends batches until its connection is lost."""

    def __init__(self, way, first):
        super().__init__()
        self.way = way
        self.next = first  # the first one that is not acknowledged

    def run(self):
        with subprocess.Popen(PSQL + ["-d", DATABASE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True) as psql:
            try:
                while True:
                    psql.stdin.write(WAYS[self.way] % self.next + f"\n\\echo done {self.next}\n")
                    psql.stdin.flush()
                    line = ""
                    while not line.startswith("done"):
                        line = psql.stdout.readline()
                        if not line:
                            return
                    self.next += 1
            except BrokenPipeError:
                pass


def found():
    """What is there of each batch: rows, different ids, rejected documents."""
    rows = sql("""SELECT coalesce(a.trace_id, r.trace), coalesce(a.n, 0), coalesce(a.ids, 0), coalesce(r.n, 0)
                  FROM (SELECT trace_id, count(*) AS n, count(DISTINCT assessment_id) AS ids FROM feedback.assessments GROUP BY 1) AS a
                  FULL JOIN (SELECT substr(document, 5) AS trace, count(*) AS n FROM feedback.rejected_assessments GROUP BY 1) AS r
                       ON r.trace = a.trace_id""")
    return {row.split("|")[0]: tuple(map(int, row.split("|")[1:])) for row in rows}


def check(acknowledged, under_way, moment):
    """Every acknowledged batch is whole; one under way is whole or not there; there is no other."""
    whole = (SIZE - 1, SIZE - 1, 1)
    there = found()
    for way, count in acknowledged.items():
        for n in range(count):
            assert there.pop(f"{way}-{n}", None) == whole, f"{moment}: {way} {n} was acknowledged and is not whole"
    for batch in under_way:
        assert there.pop(batch, whole) == whole, f"{moment}: {batch} was under way and is half there"
    assert not there, f"{moment}: there is what nobody sent: {there}"


def main():
    rounds = int(sys.argv[1])
    rng = random.Random()
    acknowledged = dict.fromkeys(WAYS, 0)
    survived = 0
    sql(f"CREATE DATABASE {DATABASE}", "postgres")
    sql(SETUP)
    for n in range(1, rounds + 1):
        writers = [Writer(way, acknowledged[way]) for way in WAYS]
        for writer in writers:
            writer.start()
        time.sleep(rng.uniform(0.2, 1.5))
        kill_server()
        for writer in writers:
            writer.join()
            acknowledged[writer.way] = writer.next
        start_server()
        under_way = [f"{way}-{count}" for way, count in acknowledged.items()]
        survived += sum(batch in found() for batch in under_way)
        check(acknowledged, under_way, f"round {n}, after the crash")
        for way, count in acknowledged.items():
            for again in range(max(count - 3, 0), count + 1):
                sql(WAYS[way] % again)
            acknowledged[way] = count + 1
        check(acknowledged, [], f"round {n}, after the repeat")
    assert all(count > rounds for count in acknowledged.values()), f"the writers did not get to write: {acknowledged}"
    print(f"{rounds} kills; batches of {SIZE} documents acknowledged: "
          + ", ".join(f"{way} {count}" for way, count in acknowledged.items())
          + f"; {survived} of {3 * rounds} under way had been committed; nothing lost, nothing twice")


main()
