"""What alembic's autogenerate makes of the extension's tables, with and without the env.py of docs/applications.md."""

import contextlib
import io
import os
import pathlib
import re
import tempfile
import textwrap
import warnings

import alembic.command
import alembic.config
import psycopg

from harness import check, done

PAGE = pathlib.Path(__file__).parent.parent.parent / "docs" / "applications.md"

ENVIRONMENT = """
from alembic import context
from sqlalchemy import Column, Integer, MetaData, Table, create_engine

target_metadata = MetaData()
Table("own", target_metadata, Column("id", Integer, primary_key=True))

with create_engine("postgresql+psycopg://").connect() as connection:
%s
    with context.begin_transaction():
        context.run_migrations()
"""
TEMPLATE = '''
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

def upgrade():
    ${upgrades if upgrades else "pass"}
'''
EXTENSION = """
revision = "1"
down_revision = None
from alembic import op

def upgrade():
    op.execute("CREATE EXTENSION feedback")
    op.execute("CREATE TABLE own (id int PRIMARY KEY)")
"""


class Project:
    """Alembic's files, with that call of context.configure."""

    def __init__(self, directory, configure):
        self.directory = pathlib.Path(directory)
        (self.directory / "versions").mkdir()
        (self.directory / "env.py").write_text(ENVIRONMENT % textwrap.indent(configure, "    "))
        (self.directory / "script.py.mako").write_text(TEMPLATE)
        (self.directory / "versions" / "1_extension.py").write_text(EXTENSION)
        self.config = alembic.config.Config()
        self.config.set_main_option("script_location", directory)

    def upgrade(self):
        alembic.command.upgrade(self.config, "head")

    def generated(self):
        """What a migration that alembic generates drops and makes."""
        with contextlib.redirect_stdout(io.StringIO()):
            path = alembic.command.revision(self.config, "generated", autogenerate=True).path
        return re.findall(r"op\.(\w+)\('(\w+)'", pathlib.Path(path).read_text())


def found(configure, upgrade=False):
    """What alembic generates, and what comes of its upgrade."""
    with tempfile.TemporaryDirectory() as directory:
        project = Project(directory, configure)
        project.upgrade()
        generated = project.generated()
        try:
            if upgrade:
                project.upgrade()
            return generated, "upgraded"
        except Exception as error:
            return generated, error.orig.sqlstate


def restart():
    with psycopg.connect(autocommit=True) as connection:
        connection.execute("DROP EXTENSION IF EXISTS feedback")
        connection.execute("DROP TABLE IF EXISTS own, alembic_version")


warnings.simplefilter("ignore")  # of types that SQLAlchemy does not know, xid8
restart()
call = "context.configure(connection=connection, target_metadata=target_metadata%s)\n"
check(found(call % ""), ([], "upgraded"), "autogenerate looks at the own schema only")
with psycopg.connect() as connection:
    check(connection.execute("SELECT count(*) FROM pg_extension WHERE extname = 'feedback'").fetchone()[0], 1,
          "a migration creates the extension")

restart()
generated, result = found(call % ", include_schemas=True", upgrade=True)
check({("drop_table", "assessments"), ("drop_table", "rollup_totals")} <= set(generated), True,
      "include_schemas=True: the extension's tables are to be dropped")
check(("drop_table", "own") in generated, False, "and not the own")
check(result, "2BP01", "which PostgreSQL refuses")

restart()
os.environ["PGOPTIONS"] = "-c search_path=public,feedback"
generated, _ = found(call % "")
del os.environ["PGOPTIONS"]
check({("drop_table", "assessments"), ("drop_table", "own"), ("drop_table", "rollup_totals")} & set(generated),
      {("drop_table", "assessments")}, "and those of feedback alone with a search_path that names it")

restart()
snippet = re.search(r"^  ```python\n(.*?)^  ```$", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL).group(1)
check(found(textwrap.dedent(snippet), upgrade=True), ([], "upgraded"), "include_name of the page leaves them out")
done()
