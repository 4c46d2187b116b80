"""Torture the summaries: torture.py SECONDS SEED, half of the time with that seed and half with the next.

Writers of every kind, a mass deleter, refreshers and readers run at random, in all isolation levels, in transactions
that are long, rolled back, prepared, and that refresh amid their writing. Each check is one statement, and so one
snapshot, that compares every summary view with a direct GROUP BY, in a time zone picked at random. Checks also run
within the writers' transactions. With an even seed the table has a BEFORE UPDATE trigger, which has PostgreSQL stamp
rows anew when they are updated.
"""

import collections
import os
import random
import sys
import threading
import time

import psycopg2

from actions import ACTIONS

DIFFERENCES = os.path.join(os.path.dirname(__file__), "..", "include", "differences.sql")
LEVELS = ["READ COMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]
ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "Antarctica/Casey", "-07:07"]

# What two writers do to each other: serialization failures, deadlocks over rows, an override that came second, and
# rows that are not there any more.
EXPECTED = {"40001", "40P01", "23505", "23503", "P0002", "22023", "23514"}

SETUP = """
CREATE EXTENSION feedback;
CREATE TABLE by_statement (document text);
CREATE TRIGGER ingest AFTER INSERT ON by_statement REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION feedback.ingest_assessments('', 'document');
CREATE TABLE by_row (document text);
CREATE TRIGGER ingest AFTER INSERT ON by_row FOR EACH ROW EXECUTE FUNCTION feedback.ingest_assessments('', 'document');
"""
TOUCH = """
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON feedback.assessments FOR EACH ROW EXECUTE FUNCTION touch();
"""

counts = collections.Counter()
found = []
stop = threading.Event()
truncating = threading.Event()


def connect(database):
    connection = psycopg2.connect(dbname=database, host=os.environ["PGHOST"], port=os.environ["PGPORT"], user=os.environ["PGUSER"])
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("SET client_min_messages = error; SET statement_timeout = '60s'")
    return cursor


class Worker(threading.Thread):
    """A session that does one kind of thing until the end; what goes wrong in it is counted, or found."""

    def __init__(self, kind, number, seed, database):
        super().__init__(name=f"{kind} {number}")
        self.kind = kind
        self.cursor = connect(database)
        self.random = random.Random(f"{seed} {kind} {number}")

    def run(self):
        while not stop.is_set():
            while truncating.is_set() and self.kind != "deleter":
                time.sleep(0.01)
            try:
                self.cursor.execute("SET timezone = %s", [self.random.choice(ZONES)])
                getattr(self, self.kind)()
                counts[f"{self.kind}: transactions"] += 1
            except psycopg2.Error as error:
                self.cursor.execute("ROLLBACK")
                counts[f"{self.kind}: {error.pgcode}"] += 1
                if error.pgcode not in EXPECTED:
                    self.report(f"{error.pgcode}: {error}")

    def report(self, what):
        found.append(f"{self.name}: {what}")
        stop.set()

    def begin(self):
        level = self.random.choice(LEVELS)
        self.cursor.execute(f"BEGIN ISOLATION LEVEL {level}")
        return level

    def check(self, where):
        self.cursor.execute("SELECT current_setting('TimeZone'), * FROM differences LIMIT 5")
        differences = self.cursor.fetchall()
        counts[f"checks {where}"] += 1
        if differences:
            self.report(f"a difference {where}: {differences}")

    def pause(self, seconds):
        stop.wait(self.random.random() * seconds)

    def refresh(self):
        self.cursor.execute("SELECT feedback.refresh_summaries()")
        counts["refreshes" if self.cursor.fetchone()[0] is not None else "refreshes skipped"] += 1

    # What the kinds do, each a transaction

    def writer(self):
        self.begin()
        for _ in range(self.random.randint(1, 4)):
            savepoint = self.random.random() < 0.3
            if savepoint:
                self.cursor.execute("SAVEPOINT before")
            self.random.choice(ACTIONS)(self.cursor, self.random)
            if savepoint:
                self.cursor.execute("ROLLBACK TO before" if self.random.random() < 0.5 else "RELEASE before")
            if self.random.random() < 0.1:
                self.refresh()
            if self.random.random() < 0.1:
                self.check("within writers")
            if self.random.random() < 0.1:
                self.pause(2)
        self.end()

    def end(self):
        how = self.random.random()
        if how < 0.1:
            name = f"{self.name} {self.random.random()}"
            self.cursor.execute("PREPARE TRANSACTION %s", [name])
            self.pause(1)
            self.cursor.execute(("COMMIT" if self.random.random() < 0.7 else "ROLLBACK") + " PREPARED %s", [name])
            counts["prepared transactions"] += 1
        else:
            self.cursor.execute("ROLLBACK" if how < 0.25 else "COMMIT")

    def deleter(self):
        """Keeps the table small, or the checks become few."""
        if self.random.random() < 0.1:
            try:
                self.truncate()
            finally:
                truncating.clear()
        self.begin()
        self.cursor.execute("DELETE FROM feedback.assessments WHERE trace_id = %s", [f"tr-{self.random.randint(0, 19)}"])
        self.cursor.execute("SELECT count(*) FROM feedback.assessments")
        if self.cursor.fetchone()[0] > 1500:
            self.cursor.execute("DELETE FROM feedback.assessments WHERE mod(abs(hashtext(trace_id)), 3) = %s", [self.random.randint(0, 2)])
        self.end()
        self.pause(1)

    def truncate(self):
        """
        Waits for the transactions that are under way, while no others begin. It locks the table before the rollups,
        where readers do the reverse: in a deadlock it is these that give up.
        """
        self.begin()
        self.cursor.execute("SET LOCAL deadlock_timeout = '10s'")
        truncating.set()
        self.cursor.execute("TRUNCATE feedback.assessments")
        self.random.choice(ACTIONS)(self.cursor, self.random)
        self.check("after TRUNCATE")
        self.cursor.execute("ROLLBACK" if self.random.random() < 0.3 else "COMMIT")
        counts["truncations"] += 1

    def refresher(self):
        self.begin()
        if self.random.random() < 0.3:
            self.cursor.execute("SELECT 1")  # the snapshot, from REPEATABLE READ on
            self.pause(0.5)
        if self.random.random() < 0.05:
            self.cursor.execute("SELECT feedback.rebuild_summaries(%s)", [self.random.choice(ZONES[:-2])])
            counts["rebuilds"] += 1
        else:
            self.refresh()
        if self.random.random() < 0.2:
            self.pause(0.3)
        self.cursor.execute("ROLLBACK" if self.random.random() < 0.15 else "COMMIT")
        self.pause(0.05)

    def reader(self):
        level = self.begin()
        self.check("of readers")
        if level != "READ COMMITTED":
            self.pause(0.5)
            self.check("again in the same snapshot")
        self.cursor.execute("COMMIT")


def torture(seconds, seed):
    """A new database; until the time is over, or something is found."""
    database = f"torture_{seed}"
    connect("postgres").execute(f"CREATE DATABASE {database}")
    control = connect(database)
    control.execute(SETUP)
    if seed % 2 == 0:
        control.execute(TOUCH)
    control.execute(open(DIFFERENCES).read())

    kinds = ["writer"] * 6 + ["deleter"] + ["refresher"] * 2 + ["reader"] * 2
    workers = [Worker(kind, number, seed, database) for number, kind in enumerate(kinds)]
    for worker in workers:
        worker.start()
    stop.wait(seconds)
    stop.set()
    for worker in workers:
        worker.join()

    last = Worker("last", 0, seed, database)
    for step in ("SELECT 1", "SELECT feedback.refresh_summaries()", "SELECT feedback.rebuild_summaries()"):
        last.cursor.execute(step)
        last.check("at the end")
        last.cursor.execute("SELECT * FROM feedback.check_summaries()")
        for problem in last.cursor.fetchall():
            last.report(f"a problem after {step}: {problem}")


def main(seconds, seed):
    start = time.monotonic()
    for each in (seed, seed + 1):
        stop.clear()
        torture(seconds / 2, each)
        if found:
            break
    for what in sorted(counts):
        print(f"{counts[what]:8} {what}")
    total = sum(count for what, count in counts.items() if what.startswith("checks"))
    print(f"{total:8} checks in all")
    if found:
        print(f"FAILED after {time.monotonic() - start:.1f} s, with seed {each}:", *found[:10], sep="\n")
        return 1
    print(f"No difference in {seconds:.0f} s, with seeds {seed} and {seed + 1}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2])))
