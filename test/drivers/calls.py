"""The calls that every Python driver makes, with the arguments that a developer has at hand."""

import datetime
import json
import uuid

from harness import check

NOON = datetime.datetime(2026, 1, 2, 12, 0, tzinfo=datetime.timezone.utc)
FIRST, SECOND, THIRD, FOURTH = (uuid.UUID(f"01a20000-0000-7000-8000-00000000000{n}") for n in range(1, 5))

DOCUMENT = {
    "assessment_name": "relevance",
    "source": {"source_type": "LLM_JUDGE", "source_id": "gpt-4o"},
    "feedback": {"value": 0.82},
    "metadata": {"cost": "0.0012"},
}
LOGGED_DOCUMENT = {
    "name": "relevance", "numeric_value": 0.82, "source_type": "LLM_JUDGE", "source_id": "gpt-4o",
    "metadata": {"cost": "0.0012"},
}


def check_calls(driver, errors=("InvalidParameterValue", "NullValueNotAllowed")):
    """errors are the driver's classes for what is not allowed (22023) and what is null (22004)."""
    driver.check_rows([
        ("positional arguments",
         "SELECT feedback.log_feedback({}, {}, {boolean}, {}, {}, {})",
         ("tr-1", "helpful", True, "HUMAN", "user_123", "It is."),
         {"trace_id": "tr-1", "name": "helpful", "boolean_value": True, "source_type": "HUMAN",
          "source_id": "user_123", "rationale": "It is."}),
        ("named arguments: metadata from a dict, a datetime, a UUID",
         "SELECT feedback.log_feedback({}, {}, {float8}, source_type => {}, metadata => {}, span_id => {},"
         " create_time => {}, assessment_id => {}, project => {})",
         ("tr-1", "relevance", 0.82, "LLM_JUDGE", driver.json({"tries": 2}), "s-1", NOON, FIRST, "chatbot"),
         {"numeric_value": 0.82, "source_type": "LLM_JUDGE", "metadata": {"tries": 2}, "span_id": "s-1",
          "create_time": "2026-01-02T12:00:00+00:00", "assessment_id": str(FIRST), "project": "chatbot"}),
        ("the same id as a str: the call may be repeated",
         "SELECT feedback.log_feedback({}, {}, {float8}, assessment_id => {}, project => {})",
         ("tr-1", "relevance", 0.82, str(FIRST), "chatbot"), {"assessment_id": str(FIRST), "numeric_value": 0.82}),
        ("overrides as a UUID",
         "SELECT feedback.log_feedback({}, {}, {float8}, overrides => {}, assessment_id => {})",
         ("tr-1", "relevance", 0.9, FIRST, SECOND), {"overrides": str(FIRST), "project": "chatbot"}),
        ("overrides as a str, in a document's spelling",
         "SELECT feedback.log_feedback({}, {}, {float8}, overrides => feedback.assessment_id({}), assessment_id => {})",
         ("tr-1", "relevance", 0.95, "a-" + SECOND.hex, THIRD), {"overrides": str(SECOND)}),
        ("override_feedback with ids as str",
         "SELECT feedback.override_feedback({}, {}, {float8}, source_type => {}, new_assessment_id => {})",
         ("tr-1", str(THIRD), 1.0, "HUMAN", str(FOURTH)),
         {"name": "relevance", "numeric_value": 1, "source_type": "HUMAN", "assessment_id": str(FOURTH)}),
        ("an error, and None as the value",
         "SELECT feedback.log_feedback({}, {}, {jsonb}, error_code => {}, error_message => {})",
         ("tr-1", "relevance", None, "TIMEOUT", "after 20 s"),
         {"numeric_value": None, "json_value": None, "error_code": "TIMEOUT", "error_message": "after 20 s"}),
        ("set_feedback, a source's word",
         "SELECT feedback.set_feedback({}, {}, {boolean}, source_id => {})",
         ("tr-word", "user_satisfaction", True, "user_123"), {"boolean_value": True, "source_id": "user_123"}),
        ("set_feedback, its next word",
         "SELECT feedback.set_feedback({}, {}, {boolean}, source_id => {}, rationale => {})",
         ("tr-word", "user_satisfaction", False, "user_123", "It is not."),
         {"boolean_value": False, "source_id": "user_123", "rationale": "It is not."}),
        ("None for what is optional",
         "SELECT feedback.log_feedback({}, {}, {boolean}, rationale => {}, metadata => {}, overrides => {},"
         " create_time => {}, assessment_id => {}, project => {})",
         ("tr-1", "helpful", False, None, None, None, None, None, None),
         {"boolean_value": False, "rationale": None, "metadata": None, "overrides": None, "project": "default"}),
        ("an expectation that is a list",
         "SELECT feedback.log_expectation({}, {}, {jsonb}, source_id => {})",
         ("tr-1", "facts", driver.json(["a", 1]), "expert_1"),
         {"kind": "expectation", "json_value": ["a", 1], "source_type": "HUMAN", "source_id": "expert_1"}),
        ("a document that is a str",
         "SELECT feedback.log_assessment({}, {})", ("tr-1", json.dumps(DOCUMENT)), LOGGED_DOCUMENT),
        ("a document that is a dict, in the driver's way with JSON",
         "SELECT feedback.log_assessment({}, {jsonb}, project => {})", ("tr-1", driver.json(DOCUMENT), "chatbot"),
         {**LOGGED_DOCUMENT, "project": "chatbot"}),
    ])
    driver.check_outcomes([
        ("a second override", "SELECT feedback.log_feedback({}, {}, {boolean}, overrides => {})",
         ("tr-1", "relevance", True, FIRST), "error 23505 overrides"),
        ("an unknown override", "SELECT feedback.log_feedback({}, {}, {boolean}, overrides => {})",
         ("tr-2", "relevance", True, FIRST), "error 23503 overrides"),
        ("an unknown assessment", "SELECT feedback.get_assessment({}, {})", ("tr-2", FIRST),
         "error P0002 assessment_id"),
        ("a document that is no JSON", "SELECT feedback.log_assessment({}, {})", ("tr-1", "{'name': 1}"),
         "error 22032 assessment"),
        ("a document with its value in the wrong place", "SELECT feedback.log_assessment({}, {})",
         ("tr-1", '{"assessment_name": "a", "feedback": 1}'), "error 22023 value"),
    ])
    driver.check_refusals([
        (errors[0],
         "SELECT feedback.log_feedback({}, {}, {boolean}, source_type => {})", ("tr-1", "helpful", True, "BOT"),
         "22023", "source_type", None, "The source types are HUMAN, LLM_JUDGE, CODE and SOURCE_TYPE_UNSPECIFIED."),
        (errors[1],
         "SELECT feedback.log_feedback({}, {}, {jsonb})", ("tr-1", "helpful", None),
         "22004", "value", "A feedback has a value, an error or both.",
         "Give 'null'::jsonb if the question does not apply."),
    ])
    check(driver.execute("SELECT count(*) FROM feedback.assessments WHERE trace_id = 'tr-word'"), 1,
          "set_feedback keeps one row")
    check(document(driver, "SELECT feedback.update_assessment({}, {}, {jsonb})", "tr-1", FOURTH,
                   driver.json({"rationale": "It is."}))["rationale"], "It is.", "update_assessment with a dict")
    check(document(driver, "SELECT feedback.get_assessment({}, {})", "tr-1", str(FOURTH))["assessment_id"],
          "a-" + FOURTH.hex, "get_assessment gives a document")
    check(driver.execute(driver.statement("SELECT feedback.delete_assessment({}, {})"), ("tr-1", FOURTH)), True,
          "delete_assessment gives True")


def document(driver, template, *arguments):
    """A document that a call gives, which some drivers leave as text."""
    given = driver.execute(driver.statement(template), arguments)
    return json.loads(given) if isinstance(given, str) else given
