"""The filters of MLflow's users: the same data and filters in MLflow's own store and here. Prints TAP.

A model of a filter's meaning, with a rule for each difference on purpose, stands between the two. Without the rules it
has to say what MLflow finds, with all of them what search_traces finds; and no rule may be one that changes nothing.
"""

import json
import logging
import os
import random
import re
import uuid

from mlflow.entities import AssessmentError, AssessmentSource, Expectation, Feedback, TraceInfo, TraceLocation, TraceState
from mlflow.exceptions import MlflowException
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from mlflow.utils.search_utils import SearchTraceUtils
from psycopg.types.json import Jsonb

from tap import connection, done, refusal, search, test
from values import NO_VALUE, digits, is_number, like, read_json, same

logging.disable(logging.WARNING)
random.seed(20261124)
COUNT = int(os.environ.get("FILTERS", "600"))

NUMBERS = "a number is compared by its value"
EXACT = "numbers are compared exactly"
TEXT = "a text is compared as it is, without JSON's quotes and escapes"
CONTENT = "lists and objects are compared by their content"
ERRORS = "an error alone is no null"
SESSIONS = "feedback on a session counts for its own trace"
RESERVED = "every word is a name"
QUOTES = "a doubled quote is one quote"
PIECES = "each piece of a name has quotes of its own"
RULES = {NUMBERS, EXACT, TEXT, CONTENT, ERRORS, SESSIONS, RESERVED, QUOTES, PIECES}

RESERVED_WORDS = ["name", "run_id", "timestamp", "execution_time", "end_time"]
NAMES = ["rating", "tone", "ok", "a.b", "größe", "order", "2nd", "a b", "`c`.d", "c.d", "doubled\"quote", "doubled\"\"quote",
         *RESERVED_WORDS]
VALUES = [True, False, 0, 1, 1.0, 4, 4.5, -3, 0.1, 1e22, 2**53, 2**53 + 1, 2**53 + 1, "true", "false", "1", "yes", "no", "null", "", " yes ",
          "it's", "it's", "it''s", "it''s", "größe", "a_b", "a%b", "back\\slash", 'say "x"', "4.5", "[1, 2]", [1, 2], [1.0, 2], ["a", "ü"],
          {"k": 1, "b": [True, None]}, [], None]


# Data

def make_rows():
    """Assessments, some of which override others."""
    rows = []
    for number in range(120):
        rows.append({"trace": f"tr-{number:03}", "kind": "feedback", "name": "always", "value": 1, "session": False})
        for _ in range(500 if number == 60 else random.randrange(9)):
            kind = random.choice(["feedback", "feedback", "feedback", "expectation"])
            value = random.choice(VALUES if kind == "expectation" else VALUES + [NO_VALUE] * 4)
            if kind == "expectation" and value is None:
                value = "none"
            session = kind == "feedback" and number < 40 and random.random() < 0.2
            rows.append({"trace": f"tr-{number:03}", "kind": kind, "name": random.choice(NAMES), "value": value, "session": session})
    for row in rows:
        row["valid"] = True
        row["overrides"] = None
        row["id"] = uuid.UUID(int=random.getrandbits(128))
    for row in [row for row in rows if row["kind"] == "feedback" and row["name"] != "always" and random.random() < 0.1]:
        row["valid"] = False
        rows.append({**row, "value": random.choice(VALUES), "valid": True, "overrides": row["id"], "id": uuid.UUID(int=random.getrandbits(128))})
    return rows


def session_of(trace):
    """Traces 0 to 39 are in sessions of four."""
    number = int(trace[3:])
    return f"s-{number // 4}" if number < 40 else None


def log_into_mlflow(store, rows):
    for trace in sorted({row["trace"] for row in rows}):
        session = session_of(trace)
        store.start_trace(TraceInfo(
            trace_id=trace, trace_location=TraceLocation.from_experiment_id("0"), request_time=1, state=TraceState.OK,
            trace_metadata={"mlflow.trace.session": session} if session else {}))
    for row in rows:
        given = {"name": row["name"], "trace_id": row["trace"], "source": AssessmentSource("HUMAN", "u"),
                 "metadata": {"mlflow.trace.session": session_of(row["trace"])} if row["session"] else None}
        if row["kind"] == "expectation":
            assessment = Expectation(value=row["value"], **given)
        elif row["value"] is NO_VALUE:
            assessment = Feedback(error=AssessmentError("E"), **given)
        else:
            assessment = Feedback(value=row["value"], **given)
        assessment.assessment_id = "a-" + row["id"].hex
        assessment.overrides = row["overrides"] and "a-" + row["overrides"].hex
        store.create_assessment(assessment)


def log_here(rows):
    with connection.cursor() as cursor:
        for row in rows:
            error = row["value"] is NO_VALUE
            cursor.execute(
                "SELECT feedback.log_expectation(%(trace)s, %(name)s, %(value)s::jsonb, assessment_id => %(id)s)" if row["kind"] == "expectation" else
                "SELECT feedback.log_feedback(%(trace)s, %(name)s, %(value)s::jsonb, error_code => %(error)s, "
                "                             assessment_id => %(id)s, overrides => %(overrides)s)",
                {**row, "value": None if error else Jsonb(row["value"]), "error": "E" if error else None})


# The model

def unquoted(raw, rules):
    quote = raw[0]
    inner = raw[1:-1]
    return inner.replace(quote * 2, quote) if QUOTES in rules else inner


def name_of(raw, rules):
    if PIECES in rules:
        return "".join(unquoted(piece, rules) if piece[0] in "'\"`" else piece
                       for piece in re.findall(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|[^'\"`]+", raw))
    for quotes in ("'", '"'), "`":
        if raw[0] in quotes and raw[-1] == raw[0]:
            raw = unquoted(raw, rules)
    return raw


def text_of(value, rules):
    if value is NO_VALUE:
        return None if ERRORS in rules else "null"
    if is_number(value) and NUMBERS in rules:
        return digits(value)
    if TEXT not in rules:
        return json.dumps(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def equals(value, constant, rules):
    if is_number(value) and NUMBERS in rules:
        return re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?", constant) is not None and same(value, json.loads(constant))
    if isinstance(value, (list, dict)) and CONTENT in rules:
        return same(value, read_json(constant))
    if isinstance(value, str):
        return constant == value or (TEXT not in rules and constant == json.dumps(value))
    return constant == text_of(value, rules)


def matches_value(value, operator, raw, rules):
    if operator in ("<", "<=", ">", ">="):
        if not is_number(value):
            return False
        constant = json.loads(raw)
        if EXACT not in rules:
            value, constant = float(value), float(constant)
        return {"<": value < constant, "<=": value <= constant, ">": value > constant, ">=": value >= constant}[operator]
    constant = unquoted(raw, rules)
    if operator in ("=", "!="):
        return equals(value, constant, rules) == (operator == "=")
    text = text_of(value, rules)
    if text is None:
        return False
    if operator == "RLIKE":
        return re.search(constant, text) is not None
    return like(text, constant, re.IGNORECASE if operator == "ILIKE" else 0)


def found(rows, clauses, rules):
    """The traces that meet all clauses."""
    everywhere = {row["trace"] for row in rows}
    result = everywhere
    for kind, raw_name, operator, raw in clauses:
        name = name_of(raw_name, rules)
        if RESERVED not in rules and name in RESERVED_WORDS:
            return None  # MLflow searches something else
        direct = {row["trace"] for row in rows
                  if row["valid"] and row["kind"] == kind and row["name"] == name and (
                      operator.startswith("IS") or matches_value(row["value"], operator, raw, rules))}
        if SESSIONS not in rules:
            carried = {session_of(row["trace"]) for row in rows if row["session"] and row["trace"] in direct and row["valid"]
                       and row["kind"] == kind and row["name"] == name
                       and (operator.startswith("IS") or matches_value(row["value"], operator, raw, rules))}
            direct |= {trace for trace in everywhere if session_of(trace) in carried}
        result = result & (everywhere - direct if operator == "IS NULL" else direct)
    return result


# Filters

def quoted(text):
    """In quotes that it does not have, or in quotes that it doubles."""
    quotes = [quote for quote in "'\"" if quote not in text] if random.random() < 0.7 else []
    quote = random.choice(quotes or ["'", '"'])
    return quote + text.replace(quote, quote * 2) + quote


def random_name():
    name = random.choice(NAMES[:7] * 3 + NAMES)
    if name == "`c`.d":
        return "`c`.d"
    plain = re.fullmatch(r"[\w.]+", name) is not None
    return random.choice([name] * plain * 3 + ["`" + name + "`", quoted(name)])


def random_clause():
    kind = random.choice(["feedback"] * 3 + ["expectation"])
    operator = random.choice(["=", "=", "!=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "RLIKE", "IS NULL", "IS NOT NULL"])
    if operator.startswith("IS"):
        raw = None
    elif operator in ("<", "<=", ">", ">="):
        raw = random.choice(["0", "1", "4", "4.5", "-3", "0.1", "1e22", "1e3"] + [str(2**53), str(2**53 + 1)] * 3)
    elif operator in ("=", "!="):
        value = "it's" if random.random() < 0.1 else random.choice(VALUES)
        raw = quoted(random.choice([value if isinstance(value, str) else json.dumps(value), json.dumps(value), "4.0", "[1,2]", '{"b":[true,null],"k":1}', "1e0"]))
    elif operator == "RLIKE":
        raw = quoted(random.choice(["^y", "s$", "^1", "e", '^"', "[0-9]", "größe", "^(true|no)$", "^$", "r.+e", "ull"]))
    else:
        raw = quoted(random.choice(["yes", "%yes%", "%s%", "4%", "%größe%", "a_b", "a\\_b", "a\\%b", "TRUE", "%E%", "", "%", "null", "%.0", '%"%', "[1, 2]", "_"]))
    return kind, random_name(), operator, raw


def any_case(word):
    return random.choice([word, word.lower(), word.title()])


def written(clauses):
    """The clauses as one filter, however MLflow's users may write it."""
    text = []
    for kind, name, operator, raw in clauses:
        kind = random.choice([kind] * 4 + [f"`{kind}`"])
        space = random.choice([" ", " ", "  ", "\n", "\t", "\u00a0"])
        tight = "" if not operator[0].isalpha() and random.random() < 0.3 else space
        word = operator if operator.startswith("IS") and random.random() < 0.5 else any_case(operator)
        text.append(f"{kind}.{name}" + (tight + word + tight + raw if raw is not None else space + word))
    return random.choice(["", " "]) + any_case(" AND ").join(text)


def compare(store, rows):
    used = {rule: 0 for rule in RULES}
    wrong = {"MLflow": [], "search_traces": []}
    matched = 0
    for _ in range(COUNT):
        clauses = [random_clause() for _ in range(random.choice([1, 1, 1, 2, 2, 3]))]
        text = written(clauses)
        modelled = found(rows, clauses, set())
        if modelled is not None:
            infos, _ = store.search_traces(locations=["0"], filter_string=text, max_results=500)
            if {info.trace_id for info in infos} != modelled:
                wrong["MLflow"].append((text, "wrong", sorted({info.trace_id for info in infos} ^ modelled)))
        wanted = found(rows, clauses, RULES)
        got = search(text, max_results=None)
        if set(got) != wanted or len(got) != len(wanted):
            wrong["search_traces"].append((text, "wrong", sorted(set(got) ^ wanted)))
        matched += 0 < len(wanted) < 120
        for rule in RULES:
            used[rule] += found(rows, clauses, RULES - {rule}) != wanted
    test(not wrong["MLflow"], "without its rules the model says what MLflow finds", *wrong["MLflow"][:5])
    test(not wrong["search_traces"], "with them it says what search_traces finds", *wrong["search_traces"][:5])
    test(matched > COUNT / 6, f"{matched} filters find some traces and not others")
    for rule in sorted(RULES):
        test(used[rule] > 0, f"rule: {rule} ({used[rule]} filters)")


# What MLflow's parser takes by accident, and is told here

ACCIDENTS = {
    "AND at the end": "feedback.a = 'x' AND",
    "AND at the start": "AND feedback.a = 'x'",
    "AND twice": "feedback.a = 'x' AND AND feedback.b = 'y'",
    "AND left out": "feedback.a = 'x' feedback.b = 'y'",
    "brackets without quotes": "feedback.a[0] = 'x'",
    "parentheses without quotes": "feedback.a() = 'x'",
    "an asterisk without quotes": "feedback.* = 'x'",
    "a backslash before a quote": "feedback.a = 'it\\'s'",
    "two texts with a dot": 'feedback.a = "x"."y"',
}
SIGNS_OF_ACCIDENTS = re.compile(r"\*|\\|[\[\](]|[\"']\s*\.\s*[\"'`\w]")


def is_accident(text, clauses):
    """One of the above, or a name with blanks, operators or nothing in it that is not in quotes as a whole."""
    if SIGNS_OF_ACCIDENTS.search(text):
        return True
    bare = re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\.\w+", "", text)
    if len(re.findall(r"(?i)\band\b", bare)) != len(clauses) - 1:
        return True
    return any(not re.fullmatch(r"([\w@:]+|`[^`]+`)(\.([\w@:]+|`[^`]+`))*", clause["key"])
               and not any(quote + clause["key"] + quote in text and quote not in clause["key"].replace(quote * 2, "") for quote in "'\"`") for clause in clauses)


def mlflow_reads(text):
    """The clauses that MLflow's parser makes of a filter; None if it refuses it or it is about something else."""
    try:
        clauses = SearchTraceUtils.parse_search_filter_for_search_traces(text)
        for clause in clauses:
            if not SearchTraceUtils.is_assessment(clause["type"], clause["key"], clause["comparator"].upper()):
                return None
        return clauses
    except (MlflowException, AttributeError, ValueError, IndexError, KeyError, StopIteration, TypeError, RuntimeError):
        return None


def check_accidents():
    for name, text in ACCIDENTS.items():
        error = refusal(text)
        test(mlflow_reads(text) is not None and error is not None and error.sqlstate == "42601", f"told: {name}", text, error)


def check_grammar():
    """Filters with pieces changed: what MLflow's parser takes, search_traces takes."""
    pieces = ["feedback", "expectation", ".", "`", '"', "'", "=", "!=", "<", ">=", "LIKE", "rlike", "IS NULL", "is not null", "and",
              " ", "'x'", '"y"', "5", "-1.5", ".5", "1e3", "a", "order", "größe", "2nd", "@b", "_c", "a::b", "日本", "in", "not", "null", "value"]
    taken = 0
    wrong = []
    for _ in range(COUNT * 5):
        words = re.findall(r"\w+|\s+|'[^']*'|\"[^\"]*\"|`[^`]*`|[<>!=]+|.", written([random_clause() for _ in range(random.choice([1, 1, 2]))]))
        for _ in range(random.choice([1, 1, 2])):
            place = random.randrange(len(words))
            words[place:place + random.choice([0, 1, 1])] = [random.choice(pieces)]
        text = "".join(words)
        clauses = mlflow_reads(text)
        if not clauses or is_accident(text, clauses):
            continue
        taken += 1
        error = refusal(text)
        # what MLflow takes for infinity
        if error is not None and (error.sqlstate != "22003" or float("inf") not in [abs(clause["value"]) for clause in clauses if is_number(clause["value"])]):
            wrong.append((text, error, clauses))
    test(taken > COUNT / 6 and not wrong, f"what MLflow's parser takes is taken: {taken} filters with pieces changed", *wrong[:10])


store = SqlAlchemyStore(f"postgresql+psycopg:///{os.environ['MLFLOW_DATABASE']}?host={os.environ['PGHOST']}&port={os.environ['PGPORT']}&user={os.environ['PGUSER']}",
                        os.environ["ARTIFACTS"])
rows = make_rows()
log_into_mlflow(store, rows)
log_here(rows)
compare(store, rows)
check_accidents()
check_grammar()
done()
