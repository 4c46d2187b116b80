"""Write mixed documents as rows to be copied: number, way of being bad, SQLSTATE and field of the refusal, document.

    documents.py COUNT

Two in a hundred are bad, in fifty different ways that take turns; the same COUNT gives the same documents.
"""

import json
import random
import sys
import uuid

HEAD = '"trace_id": "tr-@", "assessment_id": "#", "n": @'
NAME = '"assessment_name": "quality"'
VALUE = '"feedback": {"value": 1}'
SERIALIZED = '"expectation": {"serialized_value": {%s}}'


def whole(*members):
    return "{" + ", ".join((HEAD,) + members) + "}"


def more(*members):
    return whole(NAME, VALUE, *members)


def number(text):
    return whole(NAME, '"feedback": {"value": %s}' % text)


def expectation(content):
    return whole(NAME, '"expectation": {%s}' % content)


def source(content):
    return more('"source": {%s}' % content)


# What it is, SQLSTATE, column of assessments, and the document; @ is its number, # its id
BAD = [
    ("no JSON", "22032", "assessment", "thumbs up @"),
    ("cut off", "22032", "assessment", more()[:-1]),
    ("comment", "22032", "assessment", more() + " // @"),
    ("comma at the end", "22032", "assessment", more()[:-1] + ",}"),
    ("NaN", "22032", "assessment", number("NaN")),
    ("leading zero", "22032", "assessment", number("01")),
    ("no digit after the point", "22032", "assessment", number("1.")),
    ("two documents", "22032", "assessment", more() + " {}"),
    ("byte order mark", "22032", "assessment", "\ufeff" + more()),
    ("single quotes", "22032", "assessment", "{'trace_id': 'tr-@'}"),
    ("control character", "22032", "assessment", more('"rationale": "a\tb"')),
    ("invalid escape", "22032", "assessment", more('"rationale": "\\x"')),
    ("list", "22023", "assessment", "[@]"),
    ("string", "22023", "assessment", '"tr-@"'),
    ("escaped NUL", "22P05", "rationale", more('"rationale": "a\\u0000"')),
    ("half of a surrogate pair", "22P05", "rationale", more('"rationale": "\\ud83d"')),
    ("nested too deeply", "54001", "metadata", more('"metadata": {"a": %s}' % ("[" * 64 + "]" * 64))),
    ("number out of range", "22003", "value", number("1e309")),
    ("number out of range in metadata", "22003", "metadata", more('"metadata": {"a": 1e400}')),
    ("no name", "22004", "name", whole(VALUE)),
    ("empty name", "22001", "name", whole('"assessment_name": ""', VALUE)),
    ("long name", "22001", "name", whole('"assessment_name": "%s"' % ("x" * 251), VALUE)),
    ("name that is no string", "22023", "name", whole('"assessment_name": 1', VALUE)),
    ("no trace", "22004", "trace_id", '{"n": @, %s, %s}' % (NAME, VALUE)),
    ("long trace_id", "22001", "trace_id", '{"trace_id": "tr-@%s", %s, %s}' % ("x" * 251, NAME, VALUE)),
    ("two spellings", "22023", "span_id", more('"span_id": "s"', '"spanId": "s"')),
    ("source that is no object", "22023", "source_type", more('"source": "HUMAN"')),
    ("no source_type", "22004", "source_type", source('"source_id": "u"')),
    ("unknown source_type", "22023", "source_type", source('"source_type": "ROBOT"')),
    ("blank in source_type", "22023", "source_type", source('"source_type": " CODE"')),
    ("long source_id", "22001", "source_id", source('"source_type": "CODE", "source_id": "%s"' % ("x" * 251))),
    ("feedback and expectation", "22023", "kind", more('"expectation": {"value": 1}')),
    ("neither of them", "22004", "kind", whole(NAME)),
    ("feedback that is no object", "22023", "value", whole(NAME, '"feedback": true')),
    ("no value", "22004", "value", whole(NAME, '"feedback": {}')),
    ("error without a code", "22004", "error_code", whole(NAME, '"feedback": {"error": {"error_message": "m"}}')),
    ("error in an expectation", "22023", "error_code", expectation('"value": 1, "error": {"error_code": "E"}')),
    ("expectation of null", "22004", "value", expectation('"value": null')),
    ("unknown serialization format", "22023", "value",
     whole(NAME, SERIALIZED % '"serialization_format": "PICKLE", "value": "1"')),
    ("broken serialized value", "22032", "value",
     whole(NAME, SERIALIZED % '"serialization_format": "JSON_FORMAT", "value": "[1, "')),
    ("rationale that is no string", "22023", "rationale", more('"rationale": 5')),
    ("metadata that is a list", "22023", "metadata", more('"metadata": []')),
    ("time that is a number", "22007", "create_time", more('"create_time": 1735689600')),
    ("time without a zone", "22007", "create_time", more('"create_time": "2025-01-01T00:00:00"')),
    ("impossible date", "22008", "create_time", more('"create_time": "2025-02-30T00:00:00Z"')),
    ("malformed id", "22P02", "assessment_id",
     '{"trace_id": "tr-@", "assessment_id": "a-@", %s, %s}' % (NAME, VALUE)),
    ("override of itself", "22023", "overrides", more('"overrides": "#"')),
    ("override of an unknown one", "23503", "overrides", more('"overrides": "a-00000000000040008000000000000000"')),
    ("wrapped beside others", "22023", "rationale", '{"assessment": %s, "rationale": "r"}' % more()),
    ("not allowed by its label schema", "23514", "value",
     whole('"assessment_name": "rating"', '"feedback": {"value": 99}')),
]
assert len(BAD) == 50


def good(i, rng, identifier):
    document = {
        "assessment_id": identifier,
        "assessment_name": rng.choice(["quality", "rating", "relevance", "tone"]),
        "trace_id": "tr-%d" % (i // 3),
        "source": {"source_type": rng.choice(["HUMAN", "LLM_JUDGE", "CODE"]), "source_id": "source-%d" % (i % 7)},
        "create_time": "2025-01-02T03:04:05.%03dZ" % (i % 1000),
        "rationale": "é " * rng.randrange(40),
    }
    value = rng.choice([True, rng.random(), 10 ** 30 + i, "text \u00e9", ["list", i], {"a": None}, None])
    if document["assessment_name"] == "rating":
        value = 1 + i % 5
    if i % 10 == 0 and value is not None:
        document["expectation"] = {"value": value}
    else:
        document["feedback"] = {"value": value}
    return json.dumps(document, ensure_ascii=rng.random() < 0.5)


def escaped(text):
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def main():
    count = int(sys.argv[1])
    rng = random.Random(count)
    sys.stdout.reconfigure(encoding="utf-8")
    bad_ones = set(rng.sample(range(count), count // 50))
    turn = 0
    for i in range(count):
        identifier = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        if i in bad_ones:
            way, sqlstate, field, document = BAD[turn % len(BAD)]
            turn += 1
            document = document.replace("@", str(i)).replace("#", identifier)
        else:
            way = sqlstate = field = "\\N"
            document = good(i, rng, identifier)
        print(i, way, sqlstate, field, escaped(document), sep="\t")


main()
