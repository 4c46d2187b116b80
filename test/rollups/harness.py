"""What the tests of this directory share: TAP, servers, sessions, and threads that write, refresh and check."""

import atexit
import collections
import os
import pwd
import random
import signal
import subprocess
import sys
import threading
import time

import psycopg2

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "torture"))

from actions import ACTIONS  # noqa: E402
from torture import EXPECTED, SETUP  # noqa: E402

DIRECTORY = os.environ["PGHOST"]  # the one of test/cluster, which is removed at the end
ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata"]

# Not the line of the last days, which is in whatever time zone the session is
TOTALS = "SELECT project, name, source_type, n, n_value, n_error, mean, stddev, n_true, n_false FROM feedback.source_summary ORDER BY 1, 2, 3"


class Tap:
    """The results of a test, as TAP."""

    def __init__(self):
        self.number = 0
        self.failed = 0

    def ok(self, passed, name, why=""):
        self.number += 1
        self.failed += not passed
        print(f"{'ok' if passed else 'not ok'} {self.number} - {name}", flush=True)
        if not passed:
            print("".join(f"# {line}\n" for line in str(why).splitlines()), end="", flush=True)
        return passed

    def equal(self, got, wanted, name):
        return self.ok(got == wanted, name, f"got:    {got}\nwanted: {wanted}")

    def exact(self, session, name):
        return self.equal(session.problems(), [], name)

    def done(self):
        print(f"1..{self.number}", flush=True)
        sys.exit(self.failed > 0)


def as_server(*arguments, check=True):
    """Run a program as the user whose servers these are."""
    owner = pwd.getpwuid(os.stat(os.path.join(DIRECTORY, "data")).st_uid)
    user = [] if owner.pw_uid == os.geteuid() else ["setpriv", f"--reuid={owner.pw_name}", f"--regid={owner.pw_gid}", "--init-groups"]
    result = subprocess.run([*user, *arguments], cwd=DIRECTORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if check and result.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {result.stdout}")
    return result.stdout


class Server:
    """A server in the directory of test/cluster's, with its settings; or that one itself."""

    def __init__(self, name=None, port=None):
        self.data = os.path.join(DIRECTORY, name or "data")
        self.port = port or int(os.environ["PGPORT"])
        self.log = self.data + ".log"
        if name:
            atexit.register(self.stop, "immediate")

    def initdb(self, epoch=0):
        """A new cluster; an epoch makes its transaction ids larger by so many times 2 to the 32nd."""
        as_server("initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        self.configure(open(os.path.join(DIRECTORY, "settings")).read())
        self.set_epoch(epoch)
        return self.start()

    def set_epoch(self, epoch):
        as_server("pg_resetwal", "-e", str(epoch), "-D", self.data)

    def basebackup(self, of):
        as_server("pg_basebackup", "-D", self.data, "-h", DIRECTORY, "-p", str(of.port), "-U", "postgres", "-R", "-c", "fast", "--no-sync")
        self.configure("")
        return self.start()

    def configure(self, settings):
        # Jobs are for test/cluster's own server
        settings = "".join(line + "\n" for line in settings.splitlines() if "cron" not in line)
        as_server("sh", "-c", 'echo "$1" >> "$2"', "sh", f"{settings}shared_preload_libraries = ''\nport = {self.port}", os.path.join(self.data, "postgresql.conf"))

    def start(self):
        try:
            as_server("pg_ctl", "start", "-s", "-w", "-t", "300", "-D", self.data, "-l", self.log)
        except RuntimeError:
            sys.exit(open(self.log).read()[-3000:])
        return self

    def stop(self, mode="fast"):
        as_server("pg_ctl", "stop", "-s", "-m", mode, "-D", self.data, check=False)

    def kill(self):
        """kill -9: the postmaster first, so that it cannot tell that its children died."""
        postmaster = open(os.path.join(self.data, "postmaster.pid")).readline().strip()
        children = subprocess.run(["pgrep", "-P", postmaster], stdout=subprocess.PIPE, text=True).stdout.split()
        for pid in (postmaster, *children):
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                pass
        for pid in (postmaster, *children):
            while os.path.exists(f"/proc/{pid}") and open(f"/proc/{pid}/stat").read().split()[2] != "Z":
                time.sleep(0.01)
        # Where nobody reaps it, a dead postmaster still has its number, so that its locks seem to be held
        os.unlink(os.path.join(self.data, "postmaster.pid"))
        os.unlink(os.path.join(DIRECTORY, f".s.PGSQL.{self.port}.lock"))

    def session(self, database):
        return Session(self, database)

    def run(self, program, database, *arguments):
        """A client program on a database; its output."""
        result = subprocess.run([program, "-h", DIRECTORY, "-p", str(self.port), "-U", "postgres", "-d", database, *arguments],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode:
            raise RuntimeError(f"{program}: {result.stdout}")
        return result.stdout

    def create(self, database, extension=True):
        """A database; with the extension and what the writers need, and the view differences."""
        self.session("postgres").run(f"CREATE DATABASE {database}")
        session = self.session(database)
        if extension:
            session.run(SETUP)
            session.compare()
        return session


class Session:
    def __init__(self, server, database):
        self.connection = psycopg2.connect(host=DIRECTORY, port=server.port, dbname=database, user="postgres")
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.run("SET client_min_messages = error; SET statement_timeout = '60s'")

    def run(self, sql, parameters=None):
        """The rows, if there are any."""
        self.cursor.execute(sql, parameters)
        return self.cursor.fetchall() if self.cursor.description else []

    def value(self, sql, parameters=None):
        return self.run(sql, parameters)[0][0]

    def refusal(self, sql):
        """The SQLSTATE of its error, or "accepted"."""
        try:
            self.run(sql)
        except psycopg2.Error as error:
            return error.pgcode
        return "accepted"

    def compare(self):
        """Make the view differences, of the summaries and a direct GROUP BY."""
        self.run(open(os.path.join(HERE, "..", "include", "differences.sql")).read())

    def differences(self):
        self.run("SET timezone = %s", [random.choice(ZONES)])
        return self.run("SELECT current_setting('TimeZone'), * FROM differences LIMIT 5")

    def problems(self):
        """Nothing, if every summary is what a direct GROUP BY says and the rollups are what the table says."""
        return self.differences() + self.run("SELECT * FROM feedback.check_summaries()")

    def refresh(self):
        return self.value("SELECT feedback.refresh_summaries()")

    def write(self, generator, actions=5):
        """Random statements, of which some fail as the torture test's do."""
        for _ in range(actions):
            try:
                generator.choice(ACTIONS)(self.cursor, generator)
            except psycopg2.Error as error:
                if error.pgcode not in EXPECTED:
                    raise


class Workers:
    """Threads that write, refresh and check, each in a session of its own, until they are stopped or lose it."""

    def __init__(self, server, database, pause=0.02, **kinds):
        self.stopped = threading.Event()
        self.counts = collections.Counter()
        self.found = []
        self.pause = pause
        self.threads = [threading.Thread(target=self.work, args=(getattr(self, kind), server.session(database), f"{kind} {number}"))
                        for kind, count in kinds.items() for number in range(count)]
        for thread in self.threads:
            thread.start()

    def work(self, do, session, seed):
        generator = random.Random(seed)
        while not self.stopped.is_set():
            try:
                do(session, generator)
            except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                if session.connection.closed:
                    self.counts["lost"] += 1
                    return
                self.failure(session, error)
            except psycopg2.Error as error:
                self.failure(session, error)
            self.stopped.wait(generator.random() * self.pause)

    def failure(self, session, error):
        if session.connection.closed or error.pgcode in ("57P01", "57P02"):
            return
        session.run("ROLLBACK")
        if error.pgcode not in EXPECTED:
            self.found.append(str(error))

    def writer(self, session, generator):
        session.run("BEGIN")
        generator.choice(ACTIONS)(session.cursor, generator)
        session.run("ROLLBACK" if generator.random() < 0.1 else "COMMIT")
        self.counts["written"] += 1

    def refresher(self, session, generator):
        self.counts["skipped" if session.refresh() is None else "refreshed"] += 1

    def checker(self, session, generator):
        """Twice in one snapshot"""
        session.run("BEGIN ISOLATION LEVEL REPEATABLE READ")
        for _ in range(2):
            self.found += session.differences()
            self.counts["checked"] += 1
        session.run("COMMIT")

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        return self

    def until(self, **counts):
        """Stop them once they have done so much."""
        self.has(**counts)
        return self.stop()

    def has(self, **counts):
        return wait_until(lambda: self.found or all(self.counts[what] >= count for what, count in counts.items()))


def wait_until(condition, seconds=60):
    """Whether it came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
