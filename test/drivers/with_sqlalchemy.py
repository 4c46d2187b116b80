"""What SQLAlchemy makes of values, calls, errors and warnings.

    with_sqlalchemy.py psycopg|asyncpg
"""

import asyncio
import datetime
import enum
import json
import re
import sys
import uuid
from decimal import Decimal

import sqlalchemy
from sqlalchemy import func, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

from calls import check_calls
from harness import Driver, check, done

loop = asyncio.new_event_loop()
run = loop.run_until_complete


class Tone(enum.Enum):
    KIND = "kind"


class SqlAlchemy(Driver):
    """What both drivers below it have in common."""

    def execute(self, statement, arguments=()):
        if callable(statement):
            return self.scalar(select(statement(*arguments)), {})
        names = re.findall(r"(?<![:\w]):(\w+)", statement)
        return self.scalar(text(statement), dict(zip(names, arguments)))

    def warnings(self):
        seen, self.notices = self.notices, []
        return seen

    def parameter(self, number, cast):
        return f"CAST(:p{number} AS {cast})" if cast else f":p{number}"

    def json(self, value):
        return json.dumps(value)

    def value_call(self, parameter):
        return func.feedback.log_feedback if parameter == "func" else super().value_call(parameter)


class WithPsycopg(SqlAlchemy):
    errors = ("DataError", "DataError")
    strict = {"options": "-c feedback.untyped_text=error"}

    def __init__(self, **connect_args):
        self.notices = []
        engine = sqlalchemy.create_engine("postgresql+psycopg://", isolation_level="AUTOCOMMIT", connect_args=connect_args)
        self.connection = engine.connect()
        self.connection.connection.driver_connection.add_notice_handler(lambda notice: self.notices.append(
            (notice.severity, notice.sqlstate, notice.column_name)))

    def scalar(self, statement, arguments):
        return self.connection.execute(statement, arguments).scalar_one()

    def diagnosis(self, error):
        if getattr(getattr(error, "orig", None), "sqlstate", None) is None:
            return None
        diagnostic = error.orig.diag
        return error.orig.sqlstate, diagnostic.column_name, diagnostic.message_detail, diagnostic.message_hint

    def in_transaction(self, function):
        with sqlalchemy.create_engine("postgresql+psycopg://").begin() as connection:
            function(connection)


class WithAsyncpg(SqlAlchemy):
    errors = ("DBAPIError", "DBAPIError")
    strict = {"server_settings": {"feedback.untyped_text": "error"}}

    def __init__(self, **connect_args):
        self.notices = []
        engine = create_async_engine("postgresql+asyncpg://", isolation_level="AUTOCOMMIT", connect_args=connect_args)
        self.connection = run(engine.connect())
        run(self.connection.get_raw_connection()).driver_connection.add_log_listener(
            lambda connection, notice: self.notices.append((notice.severity, notice.sqlstate, notice.column_name)))

    def scalar(self, statement, arguments):
        return run(self.connection.execute(statement, arguments)).scalar_one()

    def warnings(self):
        run(asyncio.sleep(0))  # listeners are called by the loop
        return super().warnings()

    def diagnosis(self, error):
        # The driver's own errors have a SQLSTATE too, but no severity.
        cause = getattr(error, "orig", error).__cause__
        if getattr(cause, "severity", None) is None:
            return None
        return error.orig.sqlstate, cause.column_name, cause.detail, cause.hint

    def in_transaction(self, function):
        async def main():
            engine = create_async_engine("postgresql+asyncpg://")
            async with engine.begin() as connection:
                await connection.run_sync(function)
            await engine.dispose()

        run(main())


# What comes of a value in text() is the driver's affair; a literal with a type is SQLAlchemy's.
COMMON_VALUES = [
    ("'good'", ":value", 'text "good"'),
    ("'5'", ":value", 'text "5" + WARNING'),
    ("None", ":value", "error 22004 value"),
    ("True", "CAST(:value AS boolean)", "boolean true"),
    ("True", ":value::boolean", "error 42601"),
    ("json.dumps(True)", "CAST(:value AS jsonb)", "boolean true"),
    ("json.dumps('5')", "CAST(:value AS jsonb)", 'text "5"'),
    ("json.dumps(['a', 1])", "CAST(:value AS jsonb)", 'json ["a", 1]'),
    ("json.dumps({'a': 1})", "CAST(:value AS jsonb)", 'json {"a": 1}'),
    ("json.dumps(None)", "CAST(:value AS jsonb)", "json null"),
    ("None", "CAST(:value AS jsonb)", "error 22004 value"),
    ("True", "func", "boolean true"),
    ("1", "func", "numeric 1"),
    ("0.1", "func", "numeric 0.1"),
    ("Decimal('0.10')", "func", "numeric 0.10"),
    ("float('nan')", "func", "error 22003 value"),
    ("'good'", "func", 'text "good"'),
    ("'5'", "func", 'text "5" + WARNING'),
    ("None", "func", "error 22004 value"),
    ("datetime.date(2026, 1, 2)", "func", 'text "2026-01-02"'),
    ("uuid.UUID(int=7)", "func", 'text "00000000-0000-0000-0000-000000000007"'),
    ("literal(True, JSONB)", "func", "boolean true"),
    ("literal(0.1, JSONB)", "func", "numeric 0.1"),
    ("literal(10**30, JSONB)", "func", "numeric 1000000000000000000000000000000"),
    ("literal('5', JSONB)", "func", 'text "5"'),
    ("literal(['a', 1], JSONB)", "func", 'json ["a", 1]'),
    ("literal([], JSONB)", "func", "json []"),
    ("literal({'a': 1}, JSONB)", "func", 'json {"a": 1}'),
    ("literal(None, JSONB)", "func", "json null"),
    ("literal(None, JSONB(none_as_null=True))", "func", "error 22004 value"),
]
VALUES = {
    WithPsycopg: [
        ("True", ":value", "boolean true"),
        ("1", ":value", "numeric 1"),
        ("0.1", ":value", "numeric 0.1"),
        ("['a', 'b']", ":value", 'text "{a,b}"'),
        ("{'a': 1}", ":value", "ProgrammingError"),
        ("2**63", ":value", "numeric 9223372036854775808"),
        ("2**63", "func", "error 22003"),
        ("['a', 'b']", "func", 'text "{a,b}"'),
        ("[1, 2]", "func", "json [1, 2]"),
        ("[]", "func", 'text "{}" + WARNING'),
        ("Tone.KIND", "func", 'text "KIND"'),
        ("literal(Decimal('0.10'), JSONB)", "func", "TypeError"),
        ("literal(float('nan'), JSONB)", "func", "error 22P02"),
    ],
    WithAsyncpg: [
        ("True", ":value", "DBAPIError"),
        ("1", ":value", "DBAPIError"),
        ("0.1", ":value", "DBAPIError"),
        ("['a', 'b']", ":value", "DBAPIError"),
        ("{'a': 1}", ":value", "DBAPIError"),
        ("0.1", "CAST(:value AS float8)", "numeric 0.1"),
        ("2**63", "func", "DBAPIError"),
        ("['a', 'b']", "func", "DBAPIError"),
        ("[1, 2]", "func", "DBAPIError"),
        ("Tone.KIND", "func", "DBAPIError"),
        ("literal(Decimal('0.10'), JSONB)", "func", "StatementError"),
        ("literal(float('nan'), JSONB)", "func", "error 22P02"),
    ],
}


def check_where_errors_are(driver):
    """SQLSTATE and COLUMN are where docs/drivers.md says, and for asyncpg nowhere else."""
    try:
        driver.execute("SELECT feedback.log_feedback('tr-1', 'helpful', true, source_type => 'BOT')")
    except DBAPIError as error:
        original = error.orig
        driver_exception = error.driver_exception
    check(original.sqlstate, "22023", "orig.sqlstate")
    if isinstance(driver, WithAsyncpg):
        check((hasattr(original, "column_name"), hasattr(original, "diag")), (False, False), "orig has no COLUMN")
        check(original.__cause__.column_name, "source_type", "orig.__cause__.column_name")
        check(driver_exception is original.__cause__, True, "driver_exception is orig.__cause__")
    else:
        check(original.diag.column_name, "source_type", "orig.diag.column_name")
        check(driver_exception is original, True, "driver_exception is orig")
    try:
        driver.execute("SELECT feedback.log_feedback('tr-1', 'relevance', 1, overrides => '01a20000-0000-7000-8000-000000000001')")
        got = None
    except IntegrityError as error:
        got = driver.diagnosis(error)[:2]
    check(got, ("23505", "overrides"), "an override of what is overridden is an IntegrityError")


def refuse_within(connection):
    connection.execute(text("SELECT feedback.set_feedback('tr-transaction', 'kept', true, source_id => 'user_123')"))
    try:
        with connection.begin_nested():
            connection.execute(text("SELECT feedback.set_feedback('tr-transaction', 'lost', true, source_id => 'user_123')"))
            connection.execute(text("SELECT feedback.set_feedback('tr-transaction', 'refused', true)"))
    except DBAPIError:
        pass


driver = {"psycopg": WithPsycopg, "asyncpg": WithAsyncpg}[sys.argv[1]]()
driver.check_values(VALUES[type(driver)] + COMMON_VALUES, globals())
check_calls(driver, driver.errors)
check_where_errors_are(driver)
driver.in_transaction(refuse_within)
check(driver.execute("SELECT string_agg(name, ' ') FROM feedback.feedback WHERE trace_id = 'tr-transaction'"),
      "kept", "begin_nested() takes back a refusal's own block")

driver.execute("SELECT feedback.log_feedback('tr-1', 'stars', :value)", ("5",))
check(driver.warnings(), [("WARNING", "01000", "value")], "the driver's connection gives the warning")
check(type(driver)(**type(driver).strict).outcome("SELECT feedback.log_feedback('tr-1', 'stars', :value)", ("5",)),
      "error 22023 value", "feedback.untyped_text = 'error' by connect_args")
done()
