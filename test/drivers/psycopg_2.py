"""What psycopg2 makes of values, calls, errors and warnings."""

import datetime
import enum
import uuid
from decimal import Decimal

import psycopg2
from psycopg2.extras import Json, execute_values, register_uuid

from calls import check_calls
from harness import Driver, check, done


class Tone(enum.Enum):
    KIND = "kind"


class StringTone(str, enum.Enum):
    KIND = "kind"


class Psycopg2(Driver):
    def __init__(self, **settings):
        self.connection = psycopg2.connect("", **settings)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()

    def execute(self, statement, arguments=None):
        self.cursor.execute(statement, arguments)
        return self.cursor.fetchone()[0]

    def warnings(self):
        seen = list(self.connection.notices)
        del self.connection.notices[:]
        return seen

    def diagnosis(self, error):
        if getattr(error, "pgcode", None) is None:
            return None
        return error.pgcode, error.diag.column_name, error.diag.message_detail, error.diag.message_hint

    def parameter(self, number, cast):
        return "%s::jsonb" if cast == "jsonb" else "%s"

    def json(self, value):
        return Json(value)


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
    ("Json(0.1)", "%s", 'text "0.1" + WARNING'),
    ("Json('good')", "%s", r'text "\"good\""'),
    ("Json(True)", "%s::jsonb", "boolean true"),
    ("Json(0.1)", "%s::jsonb", "numeric 0.1"),
    ("Json(10**30)", "%s::jsonb", "numeric 1000000000000000000000000000000"),
    ("Json(Decimal('0.10'))", "%s::jsonb", "TypeError"),
    ("Json('good')", "%s::jsonb", 'text "good"'),
    ("Json('5')", "%s::jsonb", 'text "5"'),
    ("['a', 'b']", "%s", 'json ["a", "b"]'),
    ("[1, 2.5]", "%s", "json [1, 2.5]"),
    ("[True, False]", "%s", "json [true, false]"),
    ("['a', 1]", "%s", "error 22P02"),
    ("[]", "%s", 'text "{}" + WARNING'),
    ("[]", "%s::text[]", "json []"),
    ("[]", "%s::jsonb", "json {}"),
    ("Json(['a', 1])", "%s::jsonb", 'json ["a", 1]'),
    ("Json([])", "%s::jsonb", "json []"),
    ("(1, 2)", "%s", 'json {"f1": 1, "f2": 2}'),
    ("{'a': 1}", "%s", "ProgrammingError"),
    ("Json({'a': 1})", "%s", r'text "{\"a\": 1}" + WARNING'),
    ("Json({'a': 1})", "%s::jsonb", 'json {"a": 1}'),
    ("None", "%s", "error 22004 value"),
    ("Json(None)", "%s", 'text "null" + WARNING'),
    ("Json(None)", "%s::jsonb", "json null"),
    ("datetime.date(2026, 1, 2)", "%s", 'text "2026-01-02"'),
    ("datetime.datetime(2026, 1, 2, 3, 4)", "%s", 'text "2026-01-02T03:04:00"'),
    ("datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)", "%s", 'text "2026-01-02T03:04:00+00:00"'),
    ("uuid.UUID(int=7)", "%s", "ProgrammingError"),
    ("str(uuid.UUID(int=7))", "%s", 'text "00000000-0000-0000-0000-000000000007"'),
    ("Tone.KIND", "%s", "ProgrammingError"),
    ("Tone.KIND.value", "%s", 'text "kind"'),
    ("StringTone.KIND", "%s", 'text "kind"'),
]


def check_prepared(driver):
    """The driver has no prepared statements of its own: PREPARE takes types."""
    driver.cursor.execute("PREPARE log (text, text, jsonb) AS SELECT feedback.log_feedback($1, $2, $3)")
    values = [True, 0.1, "good", [1], None] * 6
    stored = [driver.stored(driver.execute("EXECUTE log (%s, %s, %s)", ("tr-prepared", "value", Json(value))))
              for value in values]
    check(stored, ["boolean true", "numeric 0.1", 'text "good"', "json [1]", "json null"] * 6, "a prepared statement")


def check_many(driver):
    values = [True, 0.1, "good", [1]]
    driver.cursor.executemany("SELECT feedback.log_feedback(%s, %s, %s)",
                              [("tr-many", "value", value) for value in values])
    check(logged(driver, "tr-many"), 'true 0.1 "good" [1]', "executemany with values of any types")

    ids = execute_values(
        driver.cursor,
        "SELECT feedback.log_feedback(trace_id, name, value::jsonb) FROM (VALUES %s) AS v (trace_id, name, value)",
        [("tr-values-many", "value", Json(value)) for value in values], fetch=True)
    check((len(ids), logged(driver, "tr-values-many")), (4, 'true 0.1 "good" [1]'), "execute_values in one statement")


def check_callproc(driver):
    driver.cursor.callproc("feedback.log_feedback", {
        "trace_id": "tr-callproc", "name": "helpful", "value": True, "metadata": Json({"tries": 2})})
    check(driver.stored(driver.cursor.fetchone()[0]), "boolean true", "callproc with arguments in a dict")


def check_transaction(driver):
    """The connection as a context: all of the block or nothing."""
    driver.connection.autocommit = False
    try:
        with driver.connection:
            driver.execute("SELECT feedback.log_feedback('tr-transaction', 'lost', true)")
            driver.execute("SELECT feedback.log_feedback('tr-transaction', 'refused', NULL)")
    except psycopg2.errors.NullValueNotAllowed:
        pass
    driver.connection.autocommit = True
    check(logged(driver, "tr-transaction"), None, "a refusal takes back its transaction")


def logged(driver, trace_id):
    """The values of a trace, in the order in which they were logged."""
    return driver.execute("SELECT string_agg(value::text, ' ' ORDER BY create_time, assessment_id)"
                          " FROM feedback.feedback WHERE trace_id = %s", (trace_id,))


driver = Psycopg2()
driver.check_values(VALUES, globals())
driver.check_outcomes([
    ("a UUID as an id, before register_uuid()", "SELECT feedback.log_feedback({}, {}, {}, assessment_id => {})",
     ("tr-1", "helpful", True, uuid.UUID(int=7)), "ProgrammingError"),
])
register_uuid()
check_calls(driver)
driver.check_rows([
    ("arguments in a dict",
     "SELECT feedback.log_feedback(%(trace_id)s, %(name)s, %(value)s, source_type => %(source_type)s)",
     {"trace_id": "tr-1", "name": "helpful", "value": True, "source_type": "HUMAN"},
     {"boolean_value": True, "source_type": "HUMAN"}),
    ("a document in Json, without a cast",
     "SELECT feedback.log_assessment({}, {})",
     ("tr-1", Json({"assessment_name": "helpful", "feedback": {"value": True}})), {"boolean_value": True}),
])
check_prepared(driver)
check_many(driver)
check_callproc(driver)
check_transaction(driver)

driver.execute("SELECT feedback.log_feedback('tr-1', 'stars', %s)", ("5",))
check([notice.splitlines()[0] for notice in driver.warnings()],
      ["WARNING:  value was stored as text although it reads as a number"], "connection.notices has the warning")
check(Psycopg2(options="-c feedback.untyped_text=error").outcome(
    "SELECT feedback.log_feedback('tr-1', 'stars', %s)", ("5",)), "error 22023 value", "feedback.untyped_text = 'error'")
done()
