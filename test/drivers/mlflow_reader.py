"""MLflow's own library reads what get_assessment gives, and log_assessment takes what it writes."""

import datetime
import json
import uuid

import psycopg
from google.protobuf.json_format import MessageToJson, ParseDict, ParseError
from mlflow.entities import Assessment, AssessmentError, AssessmentSource, Expectation, Feedback, TraceInfo
from mlflow.protos.assessments_pb2 import Assessment as AssessmentProto
from psycopg.types.json import Jsonb

from harness import check, done

NOON = datetime.datetime(2026, 1, 2, 12, 0, 0, 678000, tzinfo=datetime.timezone.utc)
NOON_MS = 1767355200678
TRACE = "tr-mlflow"
ID = uuid.UUID("01a20000-0000-7000-8000-000000000001")

connection = psycopg.connect(autocommit=True)


def execute(statement, arguments=None):
    return connection.execute(statement, arguments).fetchone()[0]


def call(function, **arguments):
    """A call in named notation."""
    named = ", ".join(f"{name} => %({name})s" for name in arguments)
    return execute(f"SELECT feedback.{function}({named})", arguments)


def document(assessment_id):
    return execute("SELECT feedback.get_assessment(%s, %s)", (TRACE, assessment_id))


def forget():
    execute("WITH gone AS (DELETE FROM feedback.assessments RETURNING 1) SELECT count(*) FROM gone")


def plain(value):
    """A value to compare: MLflow makes every number of a feedback a double, and True equals 1 in Python."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [plain(element) for element in value]
    return f"number {float(value)}"


def fields(assessment):
    """Every field of an MLflow assessment, in a form that compares."""
    error = assessment.error
    return {
        "kind": type(assessment).__name__,
        "name": assessment.name,
        "value": plain(assessment.value),
        "error": error and (error.error_code, error.error_message, error.stack_trace),
        "source": (assessment.source.source_type, assessment.source.source_id),
        "trace_id": assessment.trace_id,
        "run_id": assessment.run_id,
        "rationale": assessment.rationale,
        "metadata": assessment.metadata,
        "span_id": assessment.span_id,
        "create_time_ms": assessment.create_time_ms,
        "last_update_time_ms": assessment.last_update_time_ms,
        "assessment_id": assessment.assessment_id,
        "overrides": assessment.overrides,
        "valid": assessment.valid,
    }


FEEDBACK = {
    "kind": "Feedback", "name": "quality", "value": None, "error": None, "source": ("CODE", "default"),
    "trace_id": TRACE, "run_id": None, "rationale": None, "metadata": None, "span_id": None,
    "create_time_ms": NOON_MS, "last_update_time_ms": NOON_MS, "assessment_id": "a-" + ID.hex,
    "overrides": None, "valid": True,
}
# MLflow's reader does not look at the validity of an expectation.
EXPECTATION = {**FEEDBACK, "kind": "Expectation", "source": ("HUMAN", "default"), "valid": None}

# description, arguments, what differs from the fields above
FEEDBACKS = [
    ("true", {"value": True}, {"value": True}),
    ("false", {"value": False}, {"value": False}),
    ("a whole number", {"value": 1}, {"value": plain(1)}),
    ("a number", {"value": 0.1}, {"value": plain(0.1)}),
    ("text", {"value": "Grüße 👍\n"}, {"value": "Grüße 👍\n"}),
    ("empty text", {"value": ""}, {"value": ""}),
    ("text that reads as JSON", {"value": Jsonb("true")}, {"value": "true"}),
    ("a list", {"value": Jsonb(["a", 1, None, [True]])}, {"value": plain(["a", 1, None, [True]])}),
    ("an empty list", {"value": Jsonb([])}, {"value": []}),
    ("an object", {"value": Jsonb({"a": {"b": [0.5]}})}, {"value": plain({"a": {"b": [0.5]}})}),
    ("null", {"value": Jsonb(None)}, {"value": None}),
    ("an error only", {"error_code": "TIMEOUT"}, {"error": ("TIMEOUT", None, None)}),
    ("an error with everything", {"error_code": "TIMEOUT", "error_message": "after 20 s", "stack_trace": "at 1\nat 2"},
     {"error": ("TIMEOUT", "after 20 s", "at 1\nat 2")}),
    ("an error and a value", {"value": 0.5, "error_code": "PARTIAL"},
     {"value": plain(0.5), "error": ("PARTIAL", None, None)}),
    ("a source and a rationale", {"value": True, "source_type": "llm_judge", "source_id": "gpt-4o", "rationale": "It is."},
     {"value": True, "source": ("LLM_JUDGE", "gpt-4o"), "rationale": "It is."}),
    ("a run id and a span", {"value": True, "span_id": "0123456789abcdef",
                             "metadata": Jsonb({"mlflow.assessment.sourceRunId": "run-1", "k": "v"})},
     {"value": True, "span_id": "0123456789abcdef", "run_id": "run-1",
      "metadata": {"mlflow.assessment.sourceRunId": "run-1", "k": "v"}}),
]
EXPECTATIONS = [
    ("text", {"value": "Paris"}, {"value": "Paris"}),
    ("a boolean", {"value": False}, {"value": False}),
    ("a number", {"value": 42}, {"value": plain(42)}),
    ("a list", {"value": Jsonb(["a", 1, {"b": None}])}, {"value": plain(["a", 1, {"b": None}])}),
    ("an object", {"value": Jsonb({"answer": "Paris"})}, {"value": {"answer": "Paris"}}),
    ("metadata, a span and a source", {"value": "Paris", "source_type": "CODE", "source_id": "v1", "span_id": "s",
                                       "metadata": Jsonb({"k": "v"})},
     {"value": "Paris", "source": ("CODE", "v1"), "span_id": "s", "metadata": {"k": "v"}}),
]


def check_read(given, expected, description):
    """MLflow reads a document in both its ways: as a dictionary and as the JSON of its protocol."""
    check(fields(Assessment.from_dictionary(given)), expected, f"{description}, from_dictionary")
    check(fields(Assessment.from_proto(ParseDict(given, AssessmentProto()))), expected, f"{description}, from_proto")


def check_reader():
    for function, table, default in [("log_feedback", FEEDBACKS, FEEDBACK),
                                     ("log_expectation", EXPECTATIONS, EXPECTATION)]:
        for description, arguments, different in table:
            call(function, trace_id=TRACE, name="quality", create_time=NOON, assessment_id=ID, **arguments)
            check_read(document(ID), {**default, **different}, f"read {function}: {description}")
            forget()


def check_override():
    first = call("log_feedback", trace_id=TRACE, name="quality", value=0.2, create_time=NOON)
    second = call("override_feedback", trace_id=TRACE, assessment_id=first, value=0.9, source_type="HUMAN",
                  source_id="expert_1", create_time=NOON)
    overridden = {**FEEDBACK, "value": plain(0.2), "assessment_id": "a-" + first.hex, "valid": False}
    overriding = {**FEEDBACK, "value": plain(0.9), "assessment_id": "a-" + second.hex,
                  "overrides": "a-" + first.hex, "source": ("HUMAN", "expert_1")}
    given = [row[0] for row in connection.execute("SELECT feedback.get_assessments(%s)", (TRACE,))]
    check_read(given[0], overridden, "read what is overridden")
    check_read(given[1], overriding, "read what overrides")

    info = TraceInfo.from_dict({
        "trace_id": TRACE, "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "0"}},
        "request_time": "2026-01-02T12:00:00Z", "state": "OK", "assessments": given})
    check([fields(assessment) for assessment in info.assessments], [overridden, overriding],
          "get_assessments as the assessments of an MLflow trace")
    forget()


def check_metadata():
    """Metadata that is no text is more than MLflow's protocol knows."""
    call("log_feedback", trace_id=TRACE, name="quality", value=True, metadata=Jsonb({"cost": 0.0012}), assessment_id=ID)
    check(Assessment.from_dictionary(document(ID)).metadata, {"cost": 0.0012}, "read metadata with a number, from_dictionary")
    try:
        ParseDict(document(ID), AssessmentProto())
        refused = False
    except ParseError:
        refused = True
    check(refused, True, "metadata with a number is refused by MLflow's protocol")
    forget()


SOURCE = AssessmentSource("LLM_JUDGE", "openai:/gpt-4o")
WRITTEN = [
    ("true", Feedback("quality", True)),
    ("a number", Feedback("quality", 0.1, source=SOURCE)),
    ("a whole number", Feedback("quality", 3)),
    ("text", Feedback("quality", "Grüße 👍\n", rationale="Because.")),
    ("text that reads as JSON", Feedback("quality", "true")),
    ("a list", Feedback("quality", ["a", 1.5, None, [True]])),
    ("an object", Feedback("quality", {"accuracy": 0.95, "notes": ["a"]})),
    ("null", Feedback("quality", None)),
    ("an error", Feedback("quality", error=AssessmentError("TIMEOUT", "after 20 s", "at 1\nat 2"))),
    ("an exception", Feedback("quality", error=ValueError("no such model"))),
    ("an error and a value", Feedback("quality", 0.5, error="partial")),
    ("everything else", Feedback("quality", "yes", source=AssessmentSource("HUMAN", "user_123"), rationale="It is.",
                                 metadata={"mlflow.assessment.sourceRunId": "run-1"}, span_id="0123456789abcdef",
                                 create_time_ms=NOON_MS, last_update_time_ms=NOON_MS + 1)),
    ("an expectation", Expectation("quality", "Paris", metadata={"k": "v"}, span_id="s")),
    ("an expectation that is a number", Expectation("quality", 42)),
    ("an expectation that is a list", Expectation("quality", ["a", 1, {"b": None}])),
    ("an expectation that is an object", Expectation("quality", {"answer": "Paris"}, source=SOURCE)),
]
FORMS = [
    ("to_dictionary", lambda assessment: json.dumps(assessment.to_dictionary())),
    ("JSON in lowerCamelCase", lambda assessment: MessageToJson(assessment.to_proto())),
    ("JSON in snake_case, wrapped",
     lambda assessment: json.dumps({"assessment": json.loads(
         MessageToJson(assessment.to_proto(), preserving_proto_field_name=True))})),
]


def check_writer():
    """What MLflow writes, logged and read again, is what it was."""
    for description, assessment in WRITTEN:
        for form, write in FORMS:
            assessment_id = call("log_assessment", trace_id=TRACE, assessment=write(assessment))
            # MLflow leaves these to the one who stores it, and says nothing of an expectation's validity.
            expected = {**fields(assessment), "trace_id": TRACE, "assessment_id": "a-" + assessment_id.hex}
            check(fields(Assessment.from_dictionary(document(assessment_id))), expected,
                  f"written by MLflow: {description}, {form}")
            forget()


check_reader()
check_override()
check_metadata()
check_writer()
done()
