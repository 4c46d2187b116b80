"""What docs/applications.md shows of votes works: each driver's snippet votes, changes its vote and votes for another."""

import asyncio
import json
import os
import pathlib
import re
import subprocess
import tempfile

import asyncpg
import django
import django.conf
import psycopg
import sqlalchemy
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from harness import check, done

PAGE = pathlib.Path(__file__).parent.parent.parent / "docs" / "applications.md"
VOTES = [("user_1", True), ("user_1", False), ("user_2", True), ("user_2", True)]

JAVASCRIPT = """
const { Client } = require('pg')
const { drizzle } = require('drizzle-orm/node-postgres')
const { sql } = require('drizzle-orm')

async function main() {
  const client = new Client()
  await client.connect()
  const db = drizzle(client)
  for (const [userId, thumbUp] of %(votes)s) {
    const traceId = %(trace)s
%(snippet)s
  }
  await client.end()
}

main()
"""

JAVA = """
import java.sql.*;

public class Snippet {
    static void vote(Connection connection, String traceId, String userId, boolean thumbUp) throws SQLException {
%(snippet)s
    }

    public static void main(String[] arguments) throws SQLException {
        try (Connection connection = DriverManager.getConnection(System.getenv("JDBC_URL"))) {
            %(votes)s
        }
    }
}
"""


def run(command, file, program):
    """A program by its text."""
    with tempfile.TemporaryDirectory() as directory:
        (pathlib.Path(directory) / file).write_text(program)
        subprocess.run([command, file], cwd=directory, check=True)


def with_psycopg(snippet, trace):
    with psycopg.connect() as connection:
        for user, up in VOTES:
            exec(snippet, {"connection": connection, "trace_id": trace, "thumb_up": up, "user_id": user})


def vote_in_session(session, snippet, trace):
    for user, up in VOTES:
        exec(snippet, {"session": session, "text": sqlalchemy.text, "trace_id": trace, "thumb_up": up, "user_id": user})
    session.commit()


def with_sqlalchemy(snippet, trace):
    with Session(sqlalchemy.create_engine("postgresql+psycopg://")) as session:
        vote_in_session(session, snippet, trace)


def with_sqlalchemy_and_asyncpg(snippet, trace):
    async def main():
        engine = create_async_engine("postgresql+asyncpg://")
        async with AsyncSession(engine) as session:
            await session.run_sync(vote_in_session, snippet, trace)
        await engine.dispose()

    asyncio.run(main())


def with_asyncpg(snippet, trace):
    async def main():
        connection = await asyncpg.connect()
        for user, up in VOTES:
            names = {"connection": connection, "trace_id": trace, "thumb_up": up, "user_id": user}
            exec("async def vote():\n" + re.sub("^", "    ", snippet, flags=re.MULTILINE), names)
            await names["vote"]()
        await connection.close()

    asyncio.run(main())


def with_django(snippet, trace):
    django.conf.settings.configure(DATABASES={"default": {
        "ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"]}})
    django.setup()
    for user, up in VOTES:
        exec(snippet, {"connection": django.db.connection, "trace_id": trace, "thumb_up": up, "user_id": user})


def with_node(snippet, trace):
    run("node", "snippet.js", JAVASCRIPT % {"votes": json.dumps(VOTES), "trace": json.dumps(trace), "snippet": snippet})


def with_jdbc(snippet, trace):
    votes = "".join(f"vote(connection, {json.dumps(trace)}, {json.dumps(user)}, {json.dumps(up)});" for user, up in VOTES)
    run("java", "Snippet.java", JAVA % {"votes": votes, "snippet": snippet})


# The names before the page's snippets, and who runs them
RUNNERS = {
    "psycopg": [with_psycopg],
    "asyncpg": [with_asyncpg],
    "SQLAlchemy": [with_sqlalchemy, with_sqlalchemy_and_asyncpg],
    "Django": [with_django],
    "node-postgres": [with_node],
    "Drizzle": [with_node],
    "JDBC": [with_jdbc],
}


def words(trace):
    with psycopg.connect() as connection:
        return connection.execute("SELECT source_id, value_type::text, value FROM feedback.feedback"
                                  " WHERE trace_id = %s ORDER BY source_id", (trace,)).fetchall()


page = PAGE.read_text()
section = re.search(r"^## A vote from a web handler\n(.*?)^## ", page, flags=re.MULTILINE | re.DOTALL).group(1)
snippets = dict(re.findall(r"^([\w-]+)\b[^\n]*:\n\n```\w+\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL))
check(sorted(snippets), sorted(RUNNERS), "each driver has its snippet")
for name, snippet in snippets.items():
    for runner in RUNNERS[name]:
        trace = f"tr-{name}-{runner.__name__}"
        runner(snippet, trace)
        check(words(trace), [("user_1", "boolean", False), ("user_2", "boolean", True)],
              f"{name} ({runner.__name__}): one word a user, the last")

withdrawal = re.search(r"`(feedback\.withdraw_feedback\(.*?\))`", section).group(1)
with psycopg.connect() as connection:
    statement = "SELECT " + withdrawal.replace("trace_id", "%s").replace("user_id", "%s")
    check(connection.execute(statement, (f"tr-psycopg-{with_psycopg.__name__}", "user_1")).fetchone()[0], 1,
          "withdraw_feedback says how many rows went")
check(words(f"tr-psycopg-{with_psycopg.__name__}"), [("user_2", "boolean", True)], "and takes a user's word back")
done()
