"""Values of assessments: what equals what, and what is like a pattern."""

import json
import re

NO_VALUE = object()  # there is only an error, or no JSON


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def digits(value):
    """A number as the extension writes it, without needless zeros."""
    return format(value, ".0f") if value == int(value) else repr(value)


def read_json(text):
    try:
        return json.loads(text)
    except ValueError:
        return NO_VALUE


def same(a, b):
    """As JSON has it: true is not 1."""
    if a is NO_VALUE or b is NO_VALUE:
        return False
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True) or (is_number(a) and is_number(b) and a == b) or (
        isinstance(a, list) and isinstance(b, list) and len(a) == len(b) and all(map(same, a, b)))


def like(text, pattern, flags=0):
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    expression = "".join(".*" if part == "%" else "." if part == "_" else re.escape(part[-1]) for part in parts)
    return re.fullmatch(expression, text, re.DOTALL | flags) is not None
