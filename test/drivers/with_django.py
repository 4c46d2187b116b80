"""What Django makes of values, calls, errors and warnings, of its models over the extension's tables, and of migrations.

The models and the migration are those of docs/drivers.md.
"""

import datetime
import enum
import io
import os
import pathlib
import re
import sys
import tempfile
import uuid
from decimal import Decimal

import django
import django.conf
import psycopg
from psycopg.types.json import Jsonb

from calls import check_calls
from harness import Driver, check, done

PAGE = pathlib.Path(__file__).parent.parent.parent / "docs" / "drivers.md"
DATABASE = os.environ["PGDATABASE"]


class Tone(enum.Enum):
    KIND = "kind"


class StringTone(str, enum.Enum):
    KIND = "kind"


def write_application(directory):
    """An application of the page's models and migration."""
    section = re.search(r"^## Django\n(.*?)^## ", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL).group(1)
    migration, program = re.findall(r"^```python\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL)
    models = re.findall(r"^class \w+\(models\.Model\):\n(?:    .*\n|\n)+", program, flags=re.MULTILINE)
    application = pathlib.Path(directory) / "reviews"
    (application / "migrations").mkdir(parents=True)
    (application / "__init__.py").touch()
    (application / "migrations" / "__init__.py").touch()
    (application / "migrations" / "0001_feedback.py").write_text(migration)
    (application / "models.py").write_text(
        "from django.db import models\nfrom django.db.models.functions import Now\n\n\n" + "".join(models))
    sys.path.insert(0, directory)


def configure():
    def database(name, **options):
        return {"ENGINE": "django.db.backends.postgresql", "NAME": name, "OPTIONS": options}

    django.conf.settings.configure(
        INSTALLED_APPS=["reviews"],
        USE_TZ=True,
        DATABASES={
            "default": database(DATABASE),
            "strict": database(DATABASE, options="-c feedback.untyped_text=error"),
            "found": database(DATABASE, options="-c search_path=public,feedback"),
            "fresh": database("django_fresh"),
        })
    django.setup()


class Django(Driver):
    def __init__(self, alias="default"):
        self.notices = []
        self.connection = django.db.connections[alias]
        self.connection.ensure_connection()
        self.connection.connection.add_notice_handler(lambda notice: self.notices.append(
            (notice.severity, notice.sqlstate, notice.column_name)))

    def execute(self, statement, arguments=None):
        with self.connection.cursor() as cursor:
            cursor.execute(statement, arguments)
            return cursor.fetchone()[0]

    def warnings(self):
        seen, self.notices = self.notices, []
        return seen

    def diagnosis(self, error):
        cause = error.__cause__
        if getattr(cause, "sqlstate", None) is None:
            return None
        return cause.sqlstate, cause.diag.column_name, cause.diag.message_detail, cause.diag.message_hint

    def parameter(self, number, cast):
        return "%s"

    def json(self, value):
        return Jsonb(value)


VALUES = [
    ("True", "%s", "boolean true"),
    ("1", "%s", "numeric 1"),
    ("10**30", "%s", "numeric 1000000000000000000000000000000"),
    ("0.1", "%s", "numeric 0.1"),
    ("Decimal('0.10')", "%s", "numeric 0.10"),
    ("float('nan')", "%s", "error 22003 value"),
    ("'good'", "%s", 'text "good"'),
    ("'5'", "%s", 'text "5" + WARNING'),
    ("'5'", "%s::jsonb", "numeric 5"),
    ("True", "%s::jsonb", "error 42846"),
    ("Jsonb(True)", "%s", "boolean true"),
    ("Jsonb('5')", "%s", 'text "5"'),
    ("['a', 'b']", "%s", 'text "{a,b}"'),
    ("[1, 2]", "%s", "json [1, 2]"),
    ("['a', 1]", "%s", "DataError"),
    ("[]", "%s", 'text "{}" + WARNING'),
    ("Jsonb(['a', 1])", "%s", 'json ["a", 1]'),
    ("Jsonb([])", "%s", "json []"),
    ("{'a': 1}", "%s", "ProgrammingError"),
    ("Jsonb({'a': 1})", "%s", 'json {"a": 1}'),
    ("None", "%s", "error 22004 value"),
    ("Jsonb(None)", "%s", "json null"),
    ("datetime.date(2026, 1, 2)", "%s", 'text "2026-01-02"'),
    ("uuid.UUID(int=7)", "%s", 'text "00000000-0000-0000-0000-000000000007"'),
    ("Tone.KIND", "%s", 'text "KIND"'),
    ("StringTone.KIND", "%s", 'text "kind"'),
]


def check_models(driver):
    from reviews.models import Assessment, Feedback

    written = Assessment.objects.create(trace_id="tr-model", name="helpful", boolean_value=True, source_type="HUMAN",
                                        source_id="user_123")
    check((written.assessment_id.version, isinstance(written.create_time, datetime.datetime)), (7, True),
          "a model's defaults are the table's, and come back")
    read = Feedback.objects.get(trace_id="tr-model")
    check((read.assessment_id, read.value_type, read.value), (written.assessment_id, "boolean", True),
          "what a model inserts is what the view's model reads")
    many = Assessment.objects.bulk_create(
        Assessment(trace_id="tr-bulk", name="helpful", boolean_value=up, source_type="HUMAN") for up in (True, False))
    check(len({each.pk for each in many}), 2, "bulk_create gives ids")
    check([each.value for each in Feedback.objects.filter(trace_id="tr-bulk", value=True)], [True], "a value is found")
    read = Assessment.objects.get(pk=written.pk)
    check((read.name, read.source_id), ("helpful", "user_123"), "a composite key finds its row")
    read.rationale = "It is."
    read.save(update_fields=["rationale"])
    check(Feedback.objects.get(trace_id="tr-model").rationale, "It is.", "and an update of it")

    for error_class, expected, columns in [
            ("IntegrityError", ("23514", "value"), {"source_type": "HUMAN"}),
            ("DataError", ("22P02", None), {"source_type": "BOT", "boolean_value": True}),
            ("IntegrityError", ("23514", "trace_id"), {"source_type": "HUMAN", "boolean_value": True, "trace_id": ""})]:
        try:
            with django.db.transaction.atomic():
                Assessment.objects.create(**{"trace_id": "tr-refused", "name": "helpful", **columns})
            got = None
        except django.db.Error as error:
            got = type(error).__name__, driver.diagnosis(error)[:2]
        check(got, (error_class, expected), f"a model's {columns} is refused: {error_class} {expected}")


def check_transaction(driver):
    with django.db.transaction.atomic():
        driver.execute("SELECT feedback.set_feedback('tr-transaction', 'kept', true, source_id => 'user_123')")
        try:
            with django.db.transaction.atomic():
                driver.execute("SELECT feedback.set_feedback('tr-transaction', 'lost', true, source_id => 'user_123')")
                driver.execute("SELECT feedback.set_feedback('tr-transaction', 'refused', true)")
        except django.db.Error:
            pass
    check(driver.execute("SELECT string_agg(name, ' ') FROM feedback.feedback WHERE trace_id = 'tr-transaction'"),
          "kept", "atomic() takes back a refusal's own block")


def call_command(*arguments, **options):
    from django.core.management import call_command as call

    output = io.StringIO()
    call(*arguments, stdout=output, **options)
    return output.getvalue()


def check_migrations():
    with psycopg.connect(autocommit=True) as connection:
        connection.execute("CREATE DATABASE django_fresh")
    call_command("migrate", database="fresh")
    fresh = Django("fresh")
    check(fresh.execute("SELECT count(*) FROM pg_extension WHERE extname = 'feedback'"), 1, "a migration creates the extension")
    check(fresh.execute("SELECT feedback.log_feedback('tr-1', 'helpful', true) IS NOT NULL"), True, "which works")

    before = fresh.execute("SELECT string_agg(oid::text, ' ' ORDER BY oid) FROM pg_class")
    check("Feedback" in call_command("makemigrations", "reviews"), True, "makemigrations notes the models,")
    sql = call_command("sqlmigrate", "reviews", "0002", database="fresh")
    check(re.findall(r"^(?!--|BEGIN|COMMIT|$).*", sql, flags=re.MULTILINE), [], "with no SQL for them,")
    call_command("migrate", database="fresh")
    check(fresh.execute("SELECT string_agg(oid::text, ' ' ORDER BY oid) FROM pg_class"), before, "and migrate makes no table")
    call_command("migrate", "reviews", "zero", database="fresh")
    check(fresh.execute("SELECT count(*) FROM pg_extension WHERE extname = 'feedback'"), 0, "back to zero drops the extension")


def check_inspectdb():
    def models(alias):
        return set(re.findall(r"^class (\w+)", call_command("inspectdb", include_views=True, database=alias), flags=re.MULTILINE))

    django.db.connection.cursor().execute("CREATE TABLE own (id int PRIMARY KEY)")
    check(models("default"), {"Own"}, "inspectdb leaves the extension's tables out")
    check({"Own", "Assessments", "Feedback"} <= models("found"), True, "unless search_path has their schema")


with tempfile.TemporaryDirectory() as directory:
    write_application(directory)
    configure()
    driver = Django()
    driver.check_values(VALUES, globals())
    check_calls(driver, ("DataError", "DataError"))
    check_models(driver)
    check_transaction(driver)
    driver.execute("SELECT feedback.log_feedback('tr-1', 'stars', %s)", ("5",))
    check(driver.warnings(), [("WARNING", "01000", "value")], "connection.connection.add_notice_handler gets the warning")
    check(Django("strict").outcome("SELECT feedback.log_feedback('tr-1', 'stars', %s)", ("5",)), "error 22023 value",
          "feedback.untyped_text = 'error' in OPTIONS")
    check_inspectdb()
    check_migrations()
done()
