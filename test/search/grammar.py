"""Random filters of the whole grammar, in search_traces and in a small evaluator over the same rows. Prints TAP.

Then filters that are broken in random ways: whatever they are, the error says where it is.
"""

import datetime
import json
import os
import random
import re
import uuid

import psycopg
from psycopg.types.json import Jsonb

from tap import connection, done, refusal, test
from values import NO_VALUE, digits, is_number, like, read_json, same

random.seed(20261125)
COUNT = int(os.environ.get("FILTERS", "600"))
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)

NAMES = ["rating", "tone", "a.b", "größe", "and", "in brackets [x]"]
VALUES = [True, False, 0, 1, 4, 4.5, -3, 1e22, 2**53 + 1, "true", "1", "yes", "null", "", "it's", "größe", "a_b", [1, 2], ["a", "ü"], {"k": 1}, None, NO_VALUE]
SCALARS = [True, False, 0, 1, 4, 4.5, "yes", "no", None, NO_VALUE]
SOURCES = ["HUMAN", "LLM_JUDGE", "CODE", "SOURCE_TYPE_UNSPECIFIED"]
TEXTS = ["u-1", "u-2", "it's", "größe", "", None]
METADATA = [None, {"cost": 0.5}, {"cost": 2}, {"cost": "2"}, {"model.name": "gpt-4"}, {"cost": None, "model.name": "it's"}, {"cost": True}]
PATTERNS = ["%", "yes", "u-_", "%'%", "gr%", "_", "4%", "A\\_B", "%U%", "[1, 2]"]
EXPRESSIONS = ["^u", "[0-9]", "s$", "^$", "e", "(yes|true)"]


# Rows

# How many of a trace, where they are very many
MANY = {6: 300, 50: 400, 52: 2000}


def make_rows():
    rows = []
    for number in range(90):
        for project in ("p",) if number % 3 else ("p", "q"):
            # the last ones of several traces are as new as each other, and newer than all else
            for place in range(MANY.get(number, random.randrange(1, 7))):
                kind = random.choice(["feedback", "feedback", "expectation"])
                name = random.choice(NAMES)
                value = random.choice(SCALARS if name == "rating" else VALUES)
                if kind == "expectation" and (value is NO_VALUE or value is None):
                    value = "none"
                time = START + datetime.timedelta(minutes=60 if number in (*MANY, 3, 4, 5) and place < 3 else random.randrange(60))
                rows.append({
                    "project": project, "trace_id": f"tr-{number:02}", "assessment_id": uuid.UUID(int=random.getrandbits(128)),
                    "kind": kind, "name": name, "value": value, "source_type": random.choice(SOURCES), "source_id": random.choice(TEXTS),
                    "rationale": random.choice(TEXTS), "metadata": random.choice(METADATA), "span_id": random.choice(["s-1", None]),
                    "error_code": "E" if value is NO_VALUE else None, "error_message": random.choice(TEXTS) if value is NO_VALUE else None,
                    "valid": random.random() < 0.9, "create_time": time, "last_update_time": time + datetime.timedelta(minutes=random.randrange(3))})
    return rows


def log_here(rows):
    columns = [column for column in rows[0] if column != "value"]
    with connection.cursor() as cursor:
        for row in rows:
            value = row["value"]
            typed = {"boolean_value": value if isinstance(value, bool) else None, "numeric_value": value if is_number(value) else None,
                     "text_value": value if isinstance(value, str) else None,
                     "json_value": Jsonb(value) if value is None or isinstance(value, (list, dict)) else None}
            names = columns + list(typed)
            cursor.execute(f"INSERT INTO feedback.assessments ({', '.join(names)}) VALUES ({', '.join(f'%({name})s' for name in names)})",
                           {**row, **typed, "metadata": row["metadata"] and Jsonb(row["metadata"])})
        cursor.execute("ANALYZE feedback.assessments")


# What a filter means. Conditions of a row and of a trace are tuples that start with what they are.

def text_of(value):
    if value is NO_VALUE:
        return None
    if is_number(value):
        return digits(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def metadata_text(row, key):
    value = (row["metadata"] or {}).get(key)
    return None if value is None else value if isinstance(value, str) else json.dumps(value)


def ordered(left, operator, right):
    return {"=": left == right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


def equals_value(value, constant):
    if value is NO_VALUE:
        return False
    if not isinstance(constant, str):
        return same(value, constant)
    if isinstance(value, str):
        return value == constant
    if is_number(value):
        return re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?", constant) is not None and same(value, json.loads(constant))
    return same(value, read_json(constant))


def compares(row, field, operator, constant):
    """One comparison, without negation."""
    if field == "value":
        value = row["value"]
        if operator == "=":
            return equals_value(value, constant)
        if operator in ("<", "<=", ">", ">="):
            return is_number(value) and ordered(value, operator, constant)
        text = text_of(value)
    elif field.startswith("metadata."):
        key = field[len("metadata."):].strip("`")
        if is_number(constant):
            value = (row["metadata"] or {}).get(key)
            return is_number(value) and ordered(value, operator, constant)
        text = metadata_text(row, key)
    elif isinstance(constant, datetime.datetime):
        return ordered(row[field], operator, constant)
    else:
        text = row[field]
    if text is None:
        return False
    if operator == "RLIKE":
        return re.search(constant, text) is not None
    if operator in ("LIKE", "ILIKE"):
        return like(text, constant, re.IGNORECASE if operator == "ILIKE" else 0)
    if field == "source_type":
        return text == constant.upper().replace("AI_JUDGE", "LLM_JUDGE")
    return ordered(text.encode(), operator, constant.encode())


def row_meets(row, node):
    what = node[0]
    if what == "and":
        return all(row_meets(row, child) for child in node[1])
    if what == "or":
        return any(row_meets(row, child) for child in node[1])
    if what == "not":
        return not row_meets(row, node[1])
    _, field, operator, constants = node
    if operator == "IS NULL":
        if field == "value":
            return row["value"] is NO_VALUE
        return (metadata_text(row, field[len("metadata."):].strip("`")) if field.startswith("metadata.") else row[field]) is None
    if operator == "IN":
        return any(compares(row, field, "=", constant) for constant in constants)
    if operator == "BETWEEN":
        return compares(row, field, ">=", constants[0]) and compares(row, field, "<=", constants[1])
    return compares(row, field, operator, constants[0])


def rows_of(node, rows):
    """The rows that an assessment in a filter matches."""
    _, kind, name, conditions = node
    return [row for row in rows if (kind is None or row["kind"] == kind) and (name is None or row["name"] == name)
            and all(row_meets(row, condition) for condition in conditions)]


def trace_meets(node, rows):
    if node[0] == "and":
        return all(trace_meets(child, rows) for child in node[1])
    if node[0] == "or":
        return any(trace_meets(child, rows) for child in node[1])
    if node[0] == "not":
        return not trace_meets(node[1], rows)
    return bool(rows_of(node, rows))


def matches_rows(node):
    if node[0] in ("and", "or"):
        return (any if node[0] == "and" else all)(matches_rows(child) for child in node[1])
    return node[0] == "exists"


def matched(node, rows):
    """The rows that a filter matches in a trace that meets it."""
    if node[0] == "exists":
        return rows_of(node, rows)
    if node[0] == "or":
        return [row for child in node[1] if trace_meets(child, rows) for row in matched(child, rows)]
    return matched(next(child for child in node[1] if matches_rows(child)), rows)


def jsonb_key(value):
    """As jsonb is ordered: null, texts, numbers, booleans."""
    if value is None:
        return (0, 0)
    if isinstance(value, str):
        return (1, value.encode())
    return (3, value) if isinstance(value, bool) else (2, value)


def order_key(key, trace):
    """What sorts a trace by this key; the absent last either way."""
    if not key.startswith("feedback."):
        value = trace[key]
        return (False, value.encode() if isinstance(value, str) else value)
    latest = [row for row in sorted(trace["rows"], key=lambda row: (row["create_time"], row["assessment_id"]))
              if row["kind"] == "feedback" and row["name"] == key[len("feedback."):] and row["value"] is not NO_VALUE]
    return (not latest, jsonb_key(latest[-1]["value"]) if latest else (0, 0))


def latest(rows, kind):
    """The latest value of each name."""
    result = {}
    for row in sorted(rows, key=lambda row: (row["create_time"], row["assessment_id"])):
        if row["kind"] == kind and row["value"] is not NO_VALUE:
            result[row["name"]] = row["value"]
    return result


def are_found(got, wanted):
    """Are they the same traces, with the same values?"""
    return [row[:7] for row in got] == [row[:7] for row in wanted] and all(
        values.keys() == others.keys() and all(same(value, others[name]) for name, value in values.items())
        for row, other in zip(got, wanted) for values, others in zip(row[7:], other[7:]))


def found(node, traces, project, order, limit):
    result = []
    for (trace_project, trace_id), rows in traces.items():
        if project is not None and project != trace_project or not trace_meets(node, rows):
            continue
        feedback = [row for row in rows if row["kind"] == "feedback"]
        result.append({"project": trace_project, "trace_id": trace_id, "rows": rows, "n": len(feedback),
                       "feedback": latest(rows, "feedback"), "expectations": latest(rows, "expectation"),
                       "n_error": sum(row["error_code"] is not None for row in feedback),
                       "first_time": min(row["create_time"] for row in rows), "last_time": max(row["create_time"] for row in rows),
                       "matched_time": max(row["create_time"] for row in (matched(node, rows) if matches_rows(node) else rows))})
    for key, descending in reversed([*order, ("matched_time", True), ("trace_id", False), ("project", False)]):
        if descending:  # sorts stay stable when reversed
            result.sort(key=lambda trace: order_key(key, trace)[1], reverse=True)
            result.sort(key=lambda trace: order_key(key, trace)[0])
        else:
            result.sort(key=lambda trace: order_key(key, trace))
    return [(trace["project"], trace["trace_id"], trace["matched_time"], trace["n"], trace["n_error"], trace["first_time"],
             trace["last_time"], trace["feedback"], trace["expectations"]) for trace in result[:limit]]


# Random filters, with their text

def chance(probability):
    return random.random() < probability


def word(text):
    return random.choice([text, text, text.lower(), text.title()])


def quoted(text):
    quote = random.choice("'\"")
    return quote + text.replace(quote, quote * 2) + quote


def written_name(name):
    return name if re.fullmatch(r"[\w.]+", name) and chance(0.7) else random.choice(["`" + name + "`", quoted(name)])


def constant(field, operator):
    """A constant for a field, and its text."""
    if field in ("create_time", "last_update_time"):
        time = START + datetime.timedelta(minutes=random.randrange(62))
        return time, quoted(time.strftime("%Y-%m-%d %H:%M:%S+00"))
    if field == "value":
        if operator in ("<", "<=", ">", ">=", "BETWEEN") or chance(0.3):
            number = random.choice([0, 1, 4, 4.5, -3, 2**53, 2**53 + 1, 0.1])
            return number, random.choice([repr(number), repr(number) + ("" if isinstance(number, float) else ".0")])
        if chance(0.2):
            return random.choice([(True, word("TRUE")), (False, word("FALSE"))])
        value = random.choice(VALUES[:-1])
        text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        return text, quoted(text)
    if field.startswith("metadata.") and chance(0.5):
        number = random.choice([0.5, 1, 2])
        return number, repr(number)
    if field == "source_type":
        text = random.choice(["human", "AI_Judge", *SOURCES])
    elif field == "trace_id":
        text = f"tr-{random.randrange(95):02}"
    elif field == "error_code":
        text = random.choice(["E", "F"])
    elif field == "span_id":
        text = "s-1"
    else:
        text = random.choice([text for text in TEXTS if text is not None] + ["2", "gpt-4", "true"])
    return text, quoted(text)


def comparison(field):
    """A condition on a field, and the text that follows the field."""
    sortable = field in ("value", "create_time", "last_update_time") or field.startswith("metadata.")
    time = field in ("create_time", "last_update_time")
    operator = random.choice(["=", "=", "!=", "<>", "IN", "IS NULL", "IS NOT NULL"] + ["<", "<=", ">", ">=", "BETWEEN"] * sortable
                             + ["LIKE", "ILIKE", "RLIKE"] * (not time))
    if operator.startswith("IS"):
        node = ("compare", field, "IS NULL", [])
        return (node if operator == "IS NULL" else ("not", node)), " " + word(operator)
    negated = operator in ("IN", "BETWEEN", "LIKE", "ILIKE", "RLIKE") and chance(0.4)
    start = (" " + word("NOT") if negated else "") + " " + word(operator) + " "
    if operator in ("LIKE", "ILIKE", "RLIKE"):
        pattern = random.choice(EXPRESSIONS if operator == "RLIKE" else PATTERNS)
        node, text = ("compare", field, operator, [pattern]), start + quoted(pattern)
    elif operator == "IN":
        constants = [constant(field, "=") for _ in range(random.choice([1, 2, 3, 20]))]
        node, text = ("compare", field, "IN", [value for value, _ in constants]), start + "(" + ", ".join(text for _, text in constants) + ")"
    elif operator == "BETWEEN":
        low, high = constant(field, "BETWEEN"), constant(field, "BETWEEN")
        node, text = ("compare", field, "BETWEEN", [low[0], high[0]]), start + low[1] + " " + word("AND") + " " + high[1]
    elif operator in ("!=", "<>"):
        value, text = constant(field, "=")
        return ("not", ("compare", field, "=", [value])), operator + text
    else:
        value, text = constant(field, operator)
        node, text = ("compare", field, operator, [value]), random.choice([operator, f" {operator} "]) + text
    return ("not", node) if negated else node, text


def row_leaf():
    field = random.choice(["value", "source_type", "source_id", "rationale", "error_code", "error_message", "span_id", "create_time",
                           "last_update_time", "metadata.cost", "metadata.model.name", "metadata.`model.name`"])
    node, text = comparison(field)
    return node, word(field) + text if not field.startswith("metadata") else field + text


def trace_leaf():
    if chance(0.1):
        node, text = comparison("trace_id")
        return ("exists", None, None, [node]), "trace_id" + text
    kind = random.choice(["feedback", "feedback", "expectation"])
    name = random.choice(NAMES) if chance(0.85) else None
    text = random.choice([word(kind), f"`{kind}`"]) + (f".{written_name(name)}" if name else "")
    conditions = []
    if name is None or chance(0.4):
        node, inner = combined(row_leaf, random.choice([0, 1, 2]))
        conditions.append(node)
        text += f"[{inner}]"
    choice = random.random()
    if choice < 0.15:
        return ("not", ("exists", kind, name, conditions)), text + " " + word("IS NULL")
    if choice < 0.25:
        return ("exists", kind, name, conditions), text + " " + word("IS NOT NULL")
    if choice < 0.8 or not conditions:
        node, end = comparison("value")
        while end.strip().upper().startswith("IS"):
            node, end = comparison("value")
        conditions.append(node)
        text += end
    return ("exists", kind, name, conditions), text


def combined(leaf, depth):
    """AND, OR, NOT and parentheses over leaves."""
    if depth == 0 or chance(0.2):
        return leaf()
    what = random.choice(["and", "or", "not"])
    if what == "not":
        node, text = combined(leaf, depth - 1)
        return ("not", node), word("NOT") + f" ({text})"
    children = [combined(leaf, depth - 1) for _ in range(random.choice([2, 2, 3, 18 if depth == 1 else 2]))]
    bare = depth == 1  # leaves need no parentheses
    return (what, [node for node, _ in children]), f" {word(what.upper())} ".join(text if bare and chance(0.5) else f"({text})" for _, text in children)


def wide():
    """Alternatives of conditions that several assessments meet, more than are searched one by one."""
    children = []
    for _ in range(random.choice([9, 18])):
        pair = [trace_leaf(), trace_leaf()]
        what = random.choice(["and", "and", "or"])
        children.append(((what, [node for node, _ in pair]), "(" + f" {what} ".join(text for _, text in pair) + ")"))
    other = trace_leaf()
    return (("and", [("or", [node for node, _ in children]), other[0]]), "(" + " OR ".join(text for _, text in children) + f") AND {other[1]}")


def compare(traces):
    wrong = []
    sizes = {"none": 0, "some": 0, "all": 0}
    for _ in range(COUNT * 10):
        node, text = wide() if chance(0.1) else combined(trace_leaf, random.choice([0, 1, 1, 2, 3]))
        order = [(random.choice(["n", "n_error", "first_time", "last_time", "trace_id", "project", "matched_time", "feedback.rating"]), chance(0.5))
                 for _ in range(random.choice([0, 0, 0, 1, 2]))]
        project, limit = random.choice([None, None, "p", "q", "none"]), random.choice([None, None, 0, 1, 5, 20])
        wanted = found(node, traces, project, order, limit)
        order_by = ", ".join(key + random.choice([" DESC", " desc"]) if descending else key + random.choice(["", " ASC"]) for key, descending in order)
        # Rows are read in order, or traces are looked up; by default the latter where there are so few rows as here
        lookups = random.choice([0, 10, 5000])
        try:
            connection.execute(f"SET feedback.search_lookups = {lookups}")
            got = connection.execute(
                "SELECT project, trace_id, matched_time, n, n_error, first_time, last_time, feedback, expectations "
                "FROM feedback.search_traces(%s, %s, %s, %s)",
                (text, project, limit, order_by or None)).fetchall()
        except psycopg.Error as error:
            got = error
        if isinstance(got, psycopg.Error) or not are_found(got, wanted):
            wrong.append((text, project, limit, order_by, lookups, "got", got, "wanted", wanted))
        sizes["none" if not wanted else "all" if len(wanted) == len(traces) else "some"] += 1
    test(not wrong, f"{COUNT * 10} filters find what the evaluator finds, in its order: {sizes}", *sorted(wrong, key=lambda w: len(w[0]))[:5])
    test(min(sizes.values()) > 0 and sizes["some"] > COUNT, "filters that find no trace, some and all are among them", sizes)


PIECES = ["feedback", "expectation", "trace_id", ".", ",", "(", ")", "[", "]", "'", '"', "`", "=", "!=", "<", "NOT", "AND", "OR", "IN", "BETWEEN", "LIKE",
          "RLIKE", "IS", "NULL", "true", "5", "1e400000", "'('", "'[z-a]'", "'\\'", "'2026-99-01'", "create_time", "metadata", ";", "--", "/*", "$1", "\\",
          "\u00a0", "\u2028", "😀", "\x7f", "{", "'{\"a\": \"\\u0000\"}'", "'[1e999999]'", "source_type", "value", "-", "+", "%"]


def fuzz():
    states = {}
    wrong = []
    for _ in range(COUNT * 10):
        text = combined(trace_leaf, random.choice([0, 1, 2]))[1]
        for _ in range(random.choice([1, 1, 2, 5])):
            place = random.randrange(len(text) + 1)
            text = text[:place] + random.choice(PIECES + [""]) + text[place + random.choice([0, 0, 1, 3]):]
        error = refusal(text)
        state = error.sqlstate if error is not None else "00000"
        states[state] = states.get(state, 0) + 1
        if state == "00000":
            continue
        place = error.diag.internal_position
        if not re.fullmatch(r"42601|22\w{3}|2201B|54\w{3}", state) or error.diag.column_name != "filter":
            wrong.append((text, state, error))
        elif not place or not 1 <= int(place) <= len(text) + 1 or error.diag.internal_query != text:
            wrong.append((text, "without its place", error))
    test(not wrong, f"{COUNT * 10} broken filters: {dict(sorted(states.items()))}", *sorted(wrong, key=lambda w: len(w[0]))[:5])


rows = make_rows()
log_here(rows)
traces = {}
for row in rows:
    if row["valid"]:
        traces.setdefault((row["project"], row["trace_id"]), []).append(row)
compare(traces)
fuzz()
done()
