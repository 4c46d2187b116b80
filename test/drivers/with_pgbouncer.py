"""Feedback through pgbouncer in transaction mode, where clients share a session of the server."""

import asyncio
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import asyncpg
import psycopg

from harness import check, done

SETTINGS = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {directory}
auth_type = trust
auth_file = {directory}/users
pool_mode = transaction
default_pool_size = 1
"""


@contextlib.contextmanager
def pooler():
    """A pgbouncer of its own before the server, one session for each role; gives the directory of its socket."""
    with tempfile.TemporaryDirectory(prefix="feedback-pgbouncer.", dir="/tmp") as name:
        directory = pathlib.Path(name)
        (directory / "users").write_text('"postgres" ""\n"chatbot" ""\n')
        (directory / "settings").write_text(SETTINGS.format(
            host=os.environ["PGHOST"], port=os.environ["PGPORT"], directory=directory))
        change_user = {}
        if os.getuid() == 0:  # which it refuses to run as
            shutil.chown(directory, "postgres")
            change_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        program = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
        with (directory / "log").open("w") as log:
            process = subprocess.Popen([program, directory / "settings"], stdout=log, stderr=log, cwd=directory, **change_user)
        try:
            for _ in range(300):
                if process.poll() is not None:
                    raise RuntimeError((directory / "log").read_text())
                try:
                    client(name).close()
                    break
                except psycopg.OperationalError:
                    time.sleep(0.1)
            yield name
        finally:
            process.kill()
            process.wait()


def client(directory, user="postgres", **settings):
    """A client of the pooler; without statements that the driver prepares, which are the session's too."""
    return psycopg.connect(host=directory, port=6432, user=user, autocommit=True, prepare_threshold=None, **settings)


def value(connection, statement, arguments=()):
    return connection.execute(statement, arguments).fetchone()[0]


def log(connection, trace):
    value(connection, "SELECT feedback.log_feedback(%s, 'helpful', true)", (trace,))


def projects(connection, trace):
    return value(connection, "SELECT string_agg(DISTINCT project, ' ' ORDER BY project) FROM feedback.assessments"
                             " WHERE trace_id = %s", (trace,))


def check_set(first, second):
    check(value(first, "SELECT pg_backend_pid()"), value(second, "SELECT pg_backend_pid()"),
          "two clients share a session of the server")
    first.execute("SET feedback.project = 'first'")
    log(second, "tr-set")
    check(projects(second, "tr-set"), "first", "SET feedback.project of one client files another's rows")
    first.execute("RESET feedback.project")


def check_set_config(first, second):
    with first.transaction():
        first.execute("SELECT set_config('feedback.project', 'first', true)")
        log(first, "tr-first")
    log(second, "tr-second")
    check(projects(first, "tr-first"), "first", "set_config for the transaction files that transaction's rows")
    check(projects(first, "tr-second"), "default", "and no others")
    value(second, "SELECT feedback.log_feedback('tr-given', 'helpful', true, project => 'second')")
    check(projects(first, "tr-given"), "second", "project may be given with the call")


def check_role(directory, other):
    other.execute("CREATE ROLE chatbot LOGIN")
    other.execute("GRANT USAGE ON SCHEMA feedback TO chatbot")
    other.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal TO chatbot")
    other.execute("GRANT SELECT, INSERT ON feedback.assessments TO chatbot")
    other.execute("ALTER ROLE chatbot SET feedback.project = 'chatbot'")
    with client(directory, "chatbot") as chatbot:
        log(chatbot, "tr-role")
    log(other, "tr-other-role")
    check(projects(other, "tr-role"), "chatbot", "ALTER ROLE ... SET feedback.project files the role's rows")
    check(projects(other, "tr-other-role"), "default", "and no other role's")


def word(connection, project, round):
    """A transaction of a client that sets its project, changes its word and logs a number."""
    with connection.transaction():
        connection.execute("SELECT set_config('feedback.project', %s, true)", (project,))
        value(connection, "SELECT feedback.set_feedback('tr-plans', 'stars', %s, source_id => 'user_123')", (round,))
        value(connection, "SELECT feedback.log_feedback('tr-plans', 'relevance', %s)", (round / 100,))


def check_plans(first, second):
    """The extension's kept plans are the session's: used by one client and another, past an error of one, planned anew."""
    for round in range(20):
        word(first, "first", round)
        if round == 7:
            try:
                with second.transaction():
                    word(second, "second", 1000)
                    second.execute("SELECT feedback.set_feedback('tr-plans', 'stars', 1, source_type => 'BOT')")
            except psycopg.errors.InvalidParameterValue:
                pass
        if round == 13:
            second.execute("DISCARD PLANS")
        word(second, "second", round + 100)
    rows = first.execute("SELECT project, name, count(*), max(numeric_value)::float FROM feedback.assessments"
                         " WHERE trace_id = 'tr-plans' GROUP BY project, name ORDER BY project, name").fetchall()
    check(rows, [("first", "relevance", 20, 0.19), ("first", "stars", 1, 19),
                 ("second", "relevance", 20, 1.19), ("second", "stars", 1, 119)],
          "the extension's kept plans serve each client's transactions")
    check(value(first, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'postgres'"
                       " AND backend_type = 'client backend'"), 1, "all by one session")


def check_settings(directory):
    """A connection with settings of its own is refused, by either driver's way."""
    async def with_asyncpg():
        connection = await asyncpg.connect(host=directory, port=6432, user="postgres", statement_cache_size=0,
                                           server_settings={"feedback.project": "first"})
        await connection.close()

    ways = [
        ("options", lambda: client(directory, options="-c feedback.project=first").close(), psycopg.OperationalError),
        ("server_settings", lambda: asyncio.run(with_asyncpg()), asyncpg.PostgresError),
    ]
    for name, connect, error_class in ways:
        try:
            connect()
            got = "accepted"
        except error_class as error:
            got = "unsupported startup parameter" in str(error)
        check(got, True, f"a connection with {name} is refused")


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the pooler ends too
with pooler() as directory:
    with client(directory) as first, client(directory) as second:
        check_set(first, second)
        check_set_config(first, second)
        check_role(directory, second)
        check_plans(first, second)
        check_settings(directory)
done()
