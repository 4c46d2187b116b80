"""What asyncpg makes of values, calls, errors and warnings."""

import asyncio
import datetime
import enum
import json
import uuid
from decimal import Decimal

import asyncpg

from calls import check_calls
from harness import Driver, check, done

loop = asyncio.new_event_loop()
run = loop.run_until_complete


class Tone(enum.Enum):
    KIND = "kind"


class StringTone(str, enum.Enum):
    KIND = "kind"


class Asyncpg(Driver):
    def __init__(self, **settings):
        self.notices = []
        self.connection = run(asyncpg.connect(**settings))
        self.connection.add_log_listener(lambda connection, notice: self.notices.append(
            (notice.severity, notice.sqlstate, notice.column_name)))

    def execute(self, statement, arguments=()):
        return run(self.connection.fetchval(statement, *arguments))

    def warnings(self):
        run(asyncio.sleep(0))  # listeners are called by the loop
        seen, self.notices = self.notices, []
        return seen

    def diagnosis(self, error):
        # The driver's own errors have a SQLSTATE too, but no severity.
        if getattr(error, "severity", None) is None:
            return None
        return error.sqlstate, error.column_name, error.detail, error.hint

    def parameter(self, number, cast):
        return f"${number}::{cast}" if cast else f"${number}"

    def json(self, value):
        return json.dumps(value)


VALUES = [
    ("True", "$3", "DataError"),
    ("True", "$3::boolean", "boolean true"),
    ("1", "$3", "DataError"),
    ("1", "$3::bigint", "numeric 1"),
    ("2**63", "$3::bigint", "DataError"),
    ("2**63", "$3::numeric", "numeric 9223372036854775808"),
    ("10**30", "$3::numeric", "numeric 1000000000000000000000000000000"),
    ("0.1", "$3", "DataError"),
    ("0.1", "$3::float8", "numeric 0.1"),
    ("0.1", "$3::numeric", "numeric 0.1000000000000000055511151231257827021181583404541015625"),
    ("Decimal('0.10')", "$3::numeric", "numeric 0.10"),
    ("float('nan')", "$3::float8", "error 22003 value"),
    ("'good'", "$3", 'text "good"'),
    ("''", "$3", 'text ""'),
    ("'5'", "$3", 'text "5" + WARNING'),
    ("'true'", "$3", 'text "true" + WARNING'),
    ("'5'", "$3::jsonb", "numeric 5"),
    ("'good'", "$3::jsonb", "error 22P02"),
    ("json.dumps(5)", "$3", 'text "5" + WARNING'),
    ("json.dumps('good')", "$3", r'text "\"good\""'),
    ("json.dumps(True)", "$3::jsonb", "boolean true"),
    ("json.dumps(0.1)", "$3::jsonb", "numeric 0.1"),
    ("json.dumps(10**30)", "$3::jsonb", "numeric 1000000000000000000000000000000"),
    ("json.dumps('good')", "$3::jsonb", 'text "good"'),
    ("json.dumps('5')", "$3::jsonb", 'text "5"'),
    ("['a', 'b']", "$3", "DataError"),
    ("['a', 'b']", "$3::text[]", 'json ["a", "b"]'),
    ("[1, 2.5]", "$3::float8[]", "json [1, 2.5]"),
    ("[]", "$3::text[]", "json []"),
    ("json.dumps(['a', 1])", "$3", r'text "[\"a\", 1]" + WARNING'),
    ("json.dumps(['a', 1])", "$3::jsonb", 'json ["a", 1]'),
    ("{'a': 1}", "$3", "DataError"),
    ("{'a': 1}", "$3::jsonb", "DataError"),
    ("json.dumps({'a': 1})", "$3", r'text "{\"a\": 1}" + WARNING'),
    ("json.dumps({'a': 1})", "$3::jsonb", 'json {"a": 1}'),
    ("None", "$3", "error 22004 value"),
    ("None", "$3::jsonb", "error 22004 value"),
    ("json.dumps(None)", "$3::jsonb", "json null"),
    ("datetime.date(2026, 1, 2)", "$3", "DataError"),
    ("datetime.date(2026, 1, 2)", "$3::date", 'text "2026-01-02"'),
    ("datetime.datetime(2026, 1, 2, 3, 4)", "$3::timestamp", 'text "2026-01-02T03:04:00"'),
    ("datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)", "$3::timestamptz",
     'text "2026-01-02T03:04:00+00:00"'),
    ("uuid.UUID(int=7)", "$3", "DataError"),
    ("uuid.UUID(int=7)", "$3::uuid", 'text "00000000-0000-0000-0000-000000000007"'),
    ("Tone.KIND", "$3", "DataError"),
    ("Tone.KIND.value", "$3", 'text "kind"'),
    ("StringTone.KIND", "$3", 'text "kind"'),
]

# Once the driver is told how to send jsonb
CODEC_VALUES = [
    ("True", "$3::jsonb", "boolean true"),
    ("0.1", "$3::jsonb", "numeric 0.1"),
    ("10**30", "$3::jsonb", "numeric 1000000000000000000000000000000"),
    ("'good'", "$3::jsonb", 'text "good"'),
    ("'5'", "$3::jsonb", 'text "5"'),
    ("['a', 1]", "$3::jsonb", 'json ["a", 1]'),
    ("[]", "$3::jsonb", "json []"),
    ("{'a': 1}", "$3::jsonb", 'json {"a": 1}'),
    ("None", "$3::jsonb", "error 22004 value"),
    ("json.dumps(0.1)", "$3::jsonb", 'text "0.1"'),
]

LOG = "SELECT feedback.log_feedback($1, $2, $3::jsonb)"
MANY = [("tr-many", "value", json.dumps(value)) for value in (True, 0.1, "good", [1])]
STORED = ["boolean true", "numeric 0.1", 'text "good"', "json [1]"]


def check_prepared(driver):
    """The same prepared statement, also past the switch to a generic plan."""
    statement = run(driver.connection.prepare(LOG))
    ids = [run(statement.fetchval(*arguments)) for arguments in MANY * 6]
    check([driver.stored(assessment_id) for assessment_id in ids], STORED * 6, "a prepared statement")


def check_many(driver):
    rows = run(driver.connection.fetchmany(LOG, MANY))
    check([driver.stored(row[0]) for row in rows], STORED, "fetchmany")

    run(driver.connection.executemany(LOG, [("tr-executemany", *arguments[1:]) for arguments in MANY]))
    check(driver.execute("SELECT count(*) FROM feedback.feedback WHERE trace_id = 'tr-executemany'"), 4, "executemany")

    rows = run(driver.connection.fetch(
        "SELECT feedback.log_feedback(trace_id, name, value)"
        " FROM unnest($1::text[], $2::text[], $3::jsonb[]) AS v (trace_id, name, value)", *zip(*MANY)))
    check([driver.stored(row[0]) for row in rows], STORED, "arrays in one statement")


async def refuse_in_transaction(connection):
    async with connection.transaction():
        await connection.execute("SELECT feedback.log_feedback('tr-transaction', 'kept', true)")
        try:
            async with connection.transaction():
                await connection.execute("SELECT feedback.log_feedback('tr-transaction', 'lost', true)")
                await connection.execute("SELECT feedback.log_feedback('tr-transaction', 'refused', NULL)")
        except asyncpg.NullValueNotAllowedError:
            pass


driver = Asyncpg()
driver.check_values(VALUES, globals())
check_calls(driver, errors=("InvalidParameterValueError", "NullValueNotAllowedError"))
driver.check_outcomes([
    ("metadata as a dict", "SELECT feedback.log_feedback('tr-1', 'helpful', true, metadata => $1)",
     ({"a": 1},), "DataError"),
    ("a document as a dict", "SELECT feedback.log_assessment('tr-1', $1)", ({"a": 1},), "DataError"),
    ("create_time as a str", "SELECT feedback.log_feedback('tr-1', 'helpful', true, create_time => $1)",
     ("2026-01-02T12:00:00Z",), "DataError"),
    ("an id in a document's spelling", "SELECT feedback.log_feedback('tr-1', 'helpful', true, assessment_id => $1)",
     ("a-" + uuid.UUID(int=7).hex,), "DataError"),
])
check_prepared(driver)
check_many(driver)
run(refuse_in_transaction(driver.connection))
check(driver.execute("SELECT string_agg(name, ' ') FROM feedback.feedback WHERE trace_id = 'tr-transaction'"),
      "kept", "a refusal takes back its own block of a transaction")

driver.execute("SELECT feedback.log_feedback('tr-1', 'stars', $1)", ("5",))
check(driver.warnings(), [("WARNING", "01000", "value")], "a log listener gets the warning")
check(Asyncpg(server_settings={"feedback.untyped_text": "error"}).outcome(
    "SELECT feedback.log_feedback('tr-1', 'stars', $1)", ("5",)), "error 22023 value", "feedback.untyped_text = 'error'")

run(driver.connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads))
driver.check_values(CODEC_VALUES, globals())
done()
