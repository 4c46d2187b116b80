"""What docs/drivers.md says is what happens: its programs are run, its tables compared.

    documentation.py TAP-DIRECTORY

The directory has the output of the drivers' programs.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import psycopg

from harness import check, done

HERE = pathlib.Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "drivers.md"
# The section of the page for each driver's program
PROGRAMS = {
    "psycopg 3": "psycopg_3",
    "psycopg2": "psycopg_2",
    "asyncpg": "with_asyncpg",
    "SQLAlchemy 2 with psycopg": "sqlalchemy_psycopg",
    "SQLAlchemy 2 with asyncpg": "sqlalchemy_asyncpg",
    "Django": "with_django",
    "node-postgres": "node_postgres",
    "Drizzle": "drizzle",
    "JDBC": "jdbc",
}
COMMANDS = {
    "python": ([sys.executable], "example.py"),
    "javascript": (["node"], "example.js"),
    "java": (["java"], "Example.java"),
}


def sections(page):
    """Title and text of each section."""
    parts = re.split(r"^## (.*)\n", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def programs(text):
    """Language, code and output of each program in a section; what has no output is no program."""
    return re.findall(r"^```(\w+)\n((?:(?!```).*\n)*)```\n```\n((?:(?!```).*\n)*)```$", text, flags=re.MULTILINE)


def lines(text):
    """The lines of a section's table, in the words of the programs."""
    return [re.sub(r"^\| `(.*)` \| `(.*)` \| (?:\*\*)?`(.*?)`(?:\*\*)? \|$", r"\1 as \2: \3", line)
            for line in text.splitlines() if line.startswith("| `")]


def run(language, code):
    """What a program prints, on an empty table."""
    command, file = COMMANDS[language]
    with psycopg.connect(autocommit=True) as connection:
        connection.execute("TRUNCATE feedback.assessments")
    with tempfile.TemporaryDirectory() as directory:
        (pathlib.Path(directory) / file).write_text(code)
        result = subprocess.run([*command, file], cwd=directory, capture_output=True, text=True)
    return result.stdout + result.stderr


def passed(tap):
    """The descriptions of the tests that passed."""
    return set(re.findall(r"^ok \d+ - (.*)$", tap.read_text(), flags=re.MULTILINE))


def check_section(title, text, tap):
    found = programs(text)
    check(len(found), 1, f"{title}: there is a program with its output")
    for language, code, output in found:
        check(run(language, code), output, f"{title}: the program prints what the page says")
    check(len(lines(text)) > 0, True, f"{title}: there is a table")
    missing = [line for line in lines(text) if line not in passed(tap)]
    check(missing, [], f"{title}: each line of the table is a test that passed")


def check_setting(text):
    """The setting that the page recommends, in a database of that name."""
    statement = re.search(r"^```sql\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL).group(1)
    with psycopg.connect(autocommit=True) as connection:
        connection.execute("CREATE DATABASE app_test")
        connection.execute(statement)
    with psycopg.connect(dbname="app_test", autocommit=True) as connection:
        connection.execute("CREATE EXTENSION feedback")
        try:
            connection.execute("SELECT feedback.log_feedback('tr-1', 'stars', %s)", ("5",))
            got = None
        except psycopg.Error as error:
            got = error.sqlstate, error.diag.column_name
    check(got, ("22023", "value"), "the setting of a database makes the warning an error")


def check_java():
    """Java has no eval, so the words for a value and its code stand side by side."""
    values = (HERE / "Jdbc.java").read_text().split("new Value(")[1:]
    cases = [re.match(r'("(?:[^"\\]|\\.)*"), .*\ss -> s\.(.*?)\)(?:,\s*$|\);)', value, flags=re.DOTALL)
             for value in values]
    different = [case.group(1) for case in cases if json.loads(case.group(1)) != case.group(2)]
    check(different, [], f"JDBC: the words for each of {len(cases)} values are its code")


page = sections(PAGE.read_text())
check_setting(page["The warning that most drivers do not show"])
for title, program in PROGRAMS.items():
    check_section(title, page[title], pathlib.Path(sys.argv[1]) / f"{program}.tap")
check_java()
done()
