"""Cancel calls with texts of 1, 10 and 100 MB after 200 ms, and see how soon they end; in TAP.

What PostgreSQL itself does with a text cannot be cancelled by an extension: that it
reads it from the table, makes jsonb of it, compresses and stores it.  So the same
text is read, cast or stored without the extension in the same run, and that time is
allowed for.  Of several tries the fastest counts, since the machine may be busy.
"""

import time

import psycopg2

TIMEOUT = 0.2
TOLERANCE = 0.3
TRIES = 3
MEGABYTES = [1, 10, 100]

# Each text is %s repeated to the size, between a beginning and an end
DOCUMENT = '{"trace_id": "tr", "assessment_name": "n", "feedback": {"value": 1}}, '
TEXTS = {
    "a list of documents": ("[", DOCUMENT, DOCUMENT[:-2] + "]"),
    "a trace": ('{"info": {"trace_id": "tr", "assessments": [', DOCUMENT, DOCUMENT[:-2] + "]}}"),
    "a list of broken documents": ("[", '{"assessment_name": nothing}, ', "{}]"),
    "lists in lists": ("", "[", ""),
    "traces in traces": ("[", '{"info":{"assessments":[', ""),
    "a string of escapes": ('{"trace_id": "tr", "assessment_name": "n", "feedback": {"value": "', r"é\n", '"}}'),
    "a string without an end": ('{"trace_id": "tr", "rationale": "', "x", ""),
    "a long rationale": ('{"trace_id": "tr", "assessment_name": "n", "feedback": {"value": 1}, "rationale": "', "because ", '"}'),
    "a long value": ('{"trace_id": "tr", "assessment_name": "n", "feedback": {"value": [', "1, ", "1]}}"),
    "a large number": ('{"trace_id": "tr", "assessment_name": "n", "feedback": {"value": ', "1", "}}"),
    "much metadata": ('{"trace_id": "tr", "assessment_name": "n", "feedback": {"value": 1}, "metadata": {', '"a": 1, ', '"b": 2}}'),
    "many members": ("{", '"a": 1, ', '"b": 2}'),
    "blanks": ("", " ", ""),
    "words": ("", "word ", ""),
    "digits": ("", "1", ""),
    "OTLP": ('{"resourceLogs": [{"scopeLogs": [{"logRecords": [',
             '{"eventName": "gen_ai.evaluation.result", "traceId": "0123456789abcdef0123456789abcdef", "attributes": '
             '[{"key": "gen_ai.evaluation.name", "value": {"stringValue": "n"}}]}, ', "{}]}]}]}"),
    "OTLP's spans": ('{"resourceSpans": [{"scopeSpans": [{"spans": [', '{"attributes": [{"key": "a", "value": {"stringValue": "n"}}]}, ',
                     "{}]}]}]}"),
    "OTLP, a line each": ("", '{"resourceLogs": []}\n', ""),
    "a condition": ("feedback.a = 1", " AND feedback.a = 1", ""),
    "a condition in parentheses": ("", "(", ""),
    "a quoted condition": ("feedback.a = '", "x", "'"),
    "a JSON Schema": ('{"enum": [', '"a", ', '"b"]}'),
    "a deep JSON Schema": ("", '{"anyOf": [', ""),
}

# What is called with which texts.  {} is the text, {}::jsonb has it cast first.
BATCHES = ["a list of documents", "a trace", "a list of broken documents", "lists in lists", "traces in traces",
           "a string of escapes", "a string without an end", "a long rationale", "a long value", "a large number",
           "many members", "blanks", "words"]
DOCUMENTS = ["lists in lists", "a string of escapes", "a string without an end", "a long rationale", "a long value",
             "a large number", "much metadata", "many members", "blanks", "digits"]
OTLP = ["OTLP", "OTLP's spans", "OTLP, a line each", "lists in lists", "blanks", "words"]
CALLS = [
    ("SELECT count(*) FROM feedback.log_assessments({})", BATCHES),
    ("SELECT count(*) FROM feedback.log_assessments({}, on_error => 'return')", BATCHES),
    ("SELECT count(*) FROM feedback.log_assessments(ARRAY[{}], on_error => 'return', trace_id => 'tr')", DOCUMENTS),
    ("SELECT count(*) FROM feedback.log_assessments({}, mode => 'set')", ["a list of documents"]),
    ("SELECT feedback.log_assessment('tr', {})", DOCUMENTS),
    ("SELECT feedback.set_assessment('tr', {})", DOCUMENTS),
    ("SELECT feedback.update_assessment('tr', '00000000-0000-7000-8000-000000000001', {})", DOCUMENTS),
    ("SELECT feedback.log_feedback('tr', 'n', {}::text)", ["words", "blanks", "digits", "a long value", "lists in lists"]),
    ("SELECT feedback.log_feedback('tr', 'n', 1, rationale => {}, source_id => left({}, 100))", ["words"]),
    ("SELECT feedback.log_feedback('tr', 'n', 1, error_code => 'E', error_message => {}, stack_trace => {})", ["words"]),
    ("SELECT feedback.log_feedback({}, 'n', 1)", ["words"]),
    ("SELECT feedback.log_feedback('tr', {}, 1)", ["words"]),
    ("SELECT feedback.log_feedback('tr', 'n', 1, source_type => {})", ["words"]),
    ("SELECT feedback.log_feedback('tr', 'n', 1, project => {})", ["words"]),
    ("SELECT feedback.set_feedback('tr', 'n', 1, source_id => 'u', rationale => {})", ["words"]),
    ("SELECT feedback.assessment_id({})", ["words", "digits"]),
    ("SELECT count(*) FROM feedback.log_otel_evaluations({}, on_error => 'return')", OTLP),
    ("SELECT count(*) FROM feedback.search_traces({})", ["a condition", "a condition in parentheses", "a quoted condition", "words", "blanks"]),
    ("SELECT count(*) FROM feedback.search_traces('', order_by => {})", ["words"]),
    ("SELECT feedback.label_schema_from_json_schema('n', {}::jsonb)", ["a JSON Schema"]),
    ("SELECT feedback.label_schema_from_json_schema({}, '{{}}')", ["words"]),
    ("SELECT length(feedback.report_html({}))", ["words"]),
    ("SELECT feedback.exact_match(jsonb_build_object('outputs', {}), '{{\"expected\": \"a\", \"ignore_case\": true}}')", ["words"]),
    ("SELECT feedback.contains_expected(jsonb_build_object('outputs', {}), '{{\"expected\": \"wordword\"}}')", ["words"]),
    ("SELECT feedback.json_match(jsonb_build_object('outputs', {}), '{{\"expected\": \"a\"}}')", ["a long value", "many members", "lists in lists"]),
    ("SELECT feedback.regex_match(jsonb_build_object('outputs', {}), '{{\"pattern\": \"^(\\\\w+ )*(\\\\w+ \\\\w+ )*$\"}}')", ["words"]),
    ("SELECT feedback.regex_match(jsonb_build_object('outputs', left({}, 9000000)), '{{\"pattern\": \"(.*)(.*)(.*)x\\\\1\"}}')", ["words"]),
    ("SELECT feedback.numeric_match(jsonb_build_object('outputs', {}), '{{\"expected\": 1, \"find\": \"last\"}}')", ["words", "digits"]),
    ("SELECT feedback.length_within(jsonb_build_object('outputs', {}), '{{\"max\": 1, \"unit\": \"words\"}}')", ["words"]),
    ("SELECT feedback.levenshtein_similarity({}, repeat('x', 10))", ["words"]),
    ("SELECT feedback.levenshtein_similarity(left({}, 99000), repeat('drow', 25000))", ["words"]),
    ("SELECT feedback.token_f1({}, 'x')", ["words", "blanks", "digits"]),
    ("INSERT INTO incoming (document) VALUES ({})", BATCHES),
    ("INSERT INTO incoming_otlp (document) VALUES ({})", OTLP),
]

connection = psycopg2.connect("")
connection.autocommit = True
cursor = connection.cursor()
count = 0


def check(passed, description, *details):
    global count
    count += 1
    print(f"{'ok' if passed else 'not ok'} {count} - {description}")
    if not passed:
        for line in details:
            print("#", line)


def make_texts():
    cursor.execute("CREATE UNLOGGED TABLE texts (name text, megabytes integer, body text)")
    cursor.execute("ALTER TABLE texts ALTER body SET STORAGE EXTERNAL")  # reading it is no work
    cursor.execute("CREATE UNLOGGED TABLE plain (body text)")
    cursor.execute("CREATE UNLOGGED TABLE incoming (document text)")
    cursor.execute("CREATE UNLOGGED TABLE incoming_otlp (document text)")
    cursor.execute("CREATE TRIGGER log AFTER INSERT ON incoming FOR EACH ROW"
                   " EXECUTE FUNCTION feedback.ingest_assessments('document')")
    cursor.execute("CREATE TRIGGER log AFTER INSERT ON incoming_otlp FOR EACH ROW"
                   " EXECUTE FUNCTION feedback.ingest_otel_evaluations('document')")
    for name, (beginning, middle, end) in TEXTS.items():
        for megabytes in MEGABYTES:
            cursor.execute("INSERT INTO texts SELECT %s, %s, %s || repeat(%s, %s) || %s",
                           (name, megabytes, beginning, middle, megabytes * 1000000 // len(middle.encode()), end))


def seconds(statement, timeout=0):
    """How long a statement takes, rolled back, and whether it was cancelled; at best."""
    best = None
    for _ in range(TRIES):
        cursor.execute("BEGIN")
        cursor.execute(f"SET LOCAL statement_timeout = {int(timeout * 1000)}")
        started = time.monotonic()
        cancelled = False
        try:
            cursor.execute(statement)
        except psycopg2.errors.QueryCanceled:
            cancelled = True
        except psycopg2.Error:
            pass  # a refusal, in time
        took = time.monotonic() - started
        cursor.execute("ROLLBACK")
        if best is None or took < best[0]:
            best = took, cancelled
        if timeout and took < timeout + TOLERANCE:
            break
    return best


def body(name, megabytes):
    return f"(SELECT body FROM texts WHERE name = $name${name}$name$ AND megabytes = {megabytes})"


yardsticks = {}


def yardstick(name, megabytes, cast):
    """What PostgreSQL itself takes for a text: to store it, or to make jsonb of it."""
    key = name, megabytes, cast
    if key not in yardsticks:
        what = body(name, megabytes)
        yardsticks[key] = seconds(f"SELECT length(({what}::jsonb)::text)" if cast else f"INSERT INTO plain VALUES ({what})")[0]
    return yardsticks[key]


def check_cancel(template, name):
    for megabytes in MEGABYTES:
        took, cancelled = seconds(template.format(*[body(name, megabytes)] * template.count("{}")), TIMEOUT)
        allowed = TIMEOUT + TOLERANCE + template.count("{}") * yardstick(name, megabytes, "::jsonb" in template)
        check(took <= allowed, f"{template} of {megabytes} MB of {name}: ends in time",
              f"took {took:.3f} s, of {allowed:.3f} s", f"cancelled: {cancelled}")


def check_growth(template, name):
    small, large = (seconds(template.format(*[body(name, megabytes)] * template.count("{}")), 20)[0] for megabytes in MEGABYTES[:2])
    check(large <= 20 * small + 0.1, f"{template} of {name}: ten times the text takes about ten times as long",
          f"1 MB: {small:.3f} s, 10 MB: {large:.3f} s")


make_texts()
for template, names in CALLS:
    for name in names:
        check_cancel(template, name)
        check_growth(template, name)
print(f"1..{count}")
