"""What psycopg 3 makes of values, calls, errors and warnings."""

import datetime
import enum
import uuid
from decimal import Decimal

import psycopg
from psycopg.types.json import Json, Jsonb, JsonbDumper

from calls import check_calls
from harness import Driver, check, done


class Tone(enum.Enum):
    KIND = "kind"


class StringTone(str, enum.Enum):
    KIND = "kind"


class Psycopg3(Driver):
    def __init__(self, **settings):
        self.notices = []
        self.connection = psycopg.connect(autocommit=True, **settings)
        # A notice can be read in its handler only.
        self.connection.add_notice_handler(lambda notice: self.notices.append(
            (notice.severity, notice.sqlstate, notice.column_name)))

    def execute(self, statement, arguments=None):
        return self.connection.execute(statement, arguments).fetchone()[0]

    def warnings(self):
        seen, self.notices = self.notices, []
        return seen

    def diagnosis(self, error):
        if getattr(error, "sqlstate", None) is None:
            return None
        return error.sqlstate, error.diag.column_name, error.diag.message_detail, error.diag.message_hint

    def parameter(self, number, cast):
        return "%s"

    def json(self, value):
        return Jsonb(value)


VALUES = [
    ("True", "%s", "boolean true"),
    ("False", "%s", "boolean false"),
    ("1", "%s", "numeric 1"),
    ("2**63", "%s", "numeric 9223372036854775808"),
    ("10**30", "%s", "numeric 1000000000000000000000000000000"),
    ("0.1", "%s", "numeric 0.1"),
    ("Decimal('0.10')", "%s", "numeric 0.10"),
    ("float('nan')", "%s", "error 22003 value"),
    ("'good'", "%s", 'text "good"'),
    ("''", "%s", 'text ""'),
    ("'5'", "%s", 'text "5" + WARNING'),
    ("'true'", "%s", 'text "true" + WARNING'),
    ("'[1]'", "%s", 'text "[1]" + WARNING'),
    ("'5'", "%s::jsonb", "numeric 5"),
    ("'good'", "%s::jsonb", "error 22P02"),
    ("Jsonb(True)", "%s", "boolean true"),
    ("Jsonb(0.1)", "%s", "numeric 0.1"),
    ("Jsonb(10**30)", "%s", "numeric 1000000000000000000000000000000"),
    ("Jsonb(Decimal('0.10'))", "%s", "TypeError"),
    ("Jsonb(float('nan'))", "%s", "error 22P02"),
    ("Jsonb('5')", "%s", 'text "5"'),
    ("[1, 2]", "%s", "json [1, 2]"),
    ("[True, False]", "%s", "json [true, false]"),
    ("['a', 'b']", "%s", 'text "{a,b}"'),
    ("['a', 1]", "%s", "DataError"),
    ("[]", "%s", 'text "{}" + WARNING'),
    ("['a', 'b']", "%s::text[]", 'json ["a", "b"]'),
    ("[]", "%s::text[]", "json []"),
    ("[]", "%s::jsonb", "json {}"),
    ("Jsonb(['a', 'b'])", "%s", 'json ["a", "b"]'),
    ("Jsonb(['a', 1])", "%s", 'json ["a", 1]'),
    ("Jsonb([])", "%s", "json []"),
    ("(1, 2)", "%s", 'text "(1,2)"'),
    ("{'a': 1}", "%s", "ProgrammingError"),
    ("Jsonb({'a': 1})", "%s", 'json {"a": 1}'),
    ("Json({'a': 1})", "%s", 'json {"a": 1}'),
    ("None", "%s", "error 22004 value"),
    ("Jsonb(None)", "%s", "json null"),
    ("datetime.date(2026, 1, 2)", "%s", 'text "2026-01-02"'),
    ("datetime.datetime(2026, 1, 2, 3, 4)", "%s", 'text "2026-01-02T03:04:00"'),
    ("datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)", "%s", 'text "2026-01-02T03:04:00+00:00"'),
    ("uuid.UUID(int=7)", "%s", 'text "00000000-0000-0000-0000-000000000007"'),
    ("Tone.KIND", "%s", 'text "KIND"'),
    ("Tone.KIND.value", "%s", 'text "kind"'),
    ("StringTone.KIND", "%s", 'text "kind"'),
]

# Once the driver is told to send lists and dicts as jsonb
REGISTERED_VALUES = [
    ("['a', 'b']", "%s", 'json ["a", "b"]'),
    ("['a', 1]", "%s", 'json ["a", 1]'),
    ("[]", "%s", "json []"),
    ("{'a': 1}", "%s", 'json {"a": 1}'),
]


def check_prepared(driver):
    """The same prepared statement, also past the switch to a generic plan, with values of changing types."""
    stored = []
    for value in [True, 0.1, "good", Jsonb([1])] * 6:
        assessment_id = driver.connection.execute(
            "SELECT feedback.log_feedback(%s, %s, %s)", ("tr-prepared", "value", value), prepare=True).fetchone()[0]
        stored.append(driver.stored(assessment_id))
    check(stored, ["boolean true", "numeric 0.1", 'text "good"', "json [1]"] * 6, "a prepared statement")


def check_many(driver):
    with driver.connection.cursor() as cursor:
        cursor.executemany("SELECT feedback.log_feedback(%s, %s, %s)",
                           [("tr-many", "value", value) for value in (True, 0.1, "good", Jsonb([1]))], returning=True)
        stored = [driver.stored(result.fetchone()[0]) for result in cursor.results()]
    check(stored, ["boolean true", "numeric 0.1", 'text "good"', "json [1]"], "executemany with values of any types")


def check_transaction(driver):
    """A refusal inside a block takes back that block, and no more."""
    with driver.connection.transaction():
        driver.execute("SELECT feedback.log_feedback('tr-transaction', 'kept', true)")
        try:
            with driver.connection.transaction():
                driver.execute("SELECT feedback.log_feedback('tr-transaction', 'lost', true)")
                driver.execute("SELECT feedback.log_feedback('tr-transaction', 'refused', NULL)")
        except psycopg.errors.NullValueNotAllowed:
            pass
    check(driver.execute("SELECT string_agg(name, ' ') FROM feedback.feedback WHERE trace_id = 'tr-transaction'"),
          "kept", "a refusal takes back its own block of a transaction")


driver = Psycopg3()
driver.check_values(VALUES, globals())
check_calls(driver)
driver.check_rows([
    ("arguments in a dict",
     "SELECT feedback.log_feedback(%(trace_id)s, %(name)s, %(value)s, source_type => %(source_type)s)",
     {"trace_id": "tr-1", "name": "helpful", "value": True, "source_type": "HUMAN"},
     {"boolean_value": True, "source_type": "HUMAN"}),
])
driver.check_outcomes([
    ("metadata in Json, not Jsonb", "SELECT feedback.log_feedback('tr-1', 'helpful', true, metadata => %s)",
     (Json({"a": 1}),), "error 42883"),
    ("metadata as a str", "SELECT feedback.log_feedback('tr-1', 'helpful', true, metadata => %s)",
     ('{"a": 1}',), "boolean true"),
])
check_prepared(driver)
check_many(driver)
check_transaction(driver)

driver.execute("SELECT feedback.log_feedback('tr-1', 'stars', %s)", ("5",))
check(driver.warnings(), [("WARNING", "01000", "value")], "a notice handler gets the warning")
check(Psycopg3(options="-c feedback.untyped_text=error").outcome(
    "SELECT feedback.log_feedback('tr-1', 'stars', %s)", ("5",)), "error 22023 value", "feedback.untyped_text = 'error'")

driver.connection.adapters.register_dumper(dict, JsonbDumper)
driver.connection.adapters.register_dumper(list, JsonbDumper)
driver.check_values(REGISTERED_VALUES, globals())
done()
