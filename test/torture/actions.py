"""What the writers of torture.py do: functions of a cursor and a random generator."""

import io
import json

NAMES = ["thumbs", "score", "label", "comment", "mixed"]
SOURCES = ["HUMAN", "LLM_JUDGE", "CODE"]
# Late and future ones, and such as lie at the borders of cells, hours and days of some time zone
TIMES = [
    None, None, None, "now() - interval '2 days' * random()", "now() + interval '1 day' * random()",
    "'2026-03-29 00:59:59.999999+00'", "'2026-03-29 01:00:00+00'", "'2026-10-24 22:00:00+00'", "'2011-03-13 03:30:30+00'",
    "'2011-03-13 03:31:30+00'", "'1890-05-05 23:20:00+00'", "'2022-10-01 16:00:59+00'", "'2022-10-01 16:01:00+00'", "'2012-01-01 00:00:00+00'",
]
VALUES = ["true", "false", "1", "4.5", "4.50", "0.1234", "0.123456789", "-0.98765", "-10.00001", "123.4500000", "98765.432109", "1e30", '"good"', '"bad"', '""', '"' + "long " * 50 + '"', "null", "[]", "[1.0]", "{}"]


def trace(random):
    return f"tr-{random.randint(0, 19)}"


def time(random):
    chosen = random.choice(TIMES)
    return f"({chosen})::timestamptz" if chosen else "clock_timestamp()"


def document(random):
    result = {
        "trace_id": trace(random),
        "assessment_name": random.choice(NAMES),
        "source": {"source_type": random.choice(SOURCES), "source_id": "s"},
    }
    kind = random.random()
    if kind < 0.1:
        result["expectation"] = {"value": 1}
    elif kind < 0.2:
        result["feedback"] = {"error": {"error_code": "E"}}
    else:
        result["feedback"] = {"value": json.loads(random.choice(VALUES))}
    return result


def log_feedback(cursor, random):
    cursor.execute(
        f"SELECT feedback.log_feedback(%s, %s, v, %s, create_time => {time(random)}, project => %s)"
        " FROM (SELECT %s::jsonb AS v FROM generate_series(1, %s)) AS v",
        [trace(random), random.choice(NAMES), random.choice(SOURCES), random.choice(["a", "b"]), random.choice(VALUES), random.choice([1, 1, 5, 30])],
    )


def log_error(cursor, random):
    cursor.execute("SELECT feedback.log_feedback(%s, 'score', error_code => 'E')", [trace(random)])


def log_expectation(cursor, random):
    cursor.execute("SELECT feedback.log_expectation(%s, %s, 5)", [trace(random), random.choice(NAMES)])


def log_assessment(cursor, random):
    cursor.execute("SELECT feedback.log_assessment(%s, %s)", [trace(random), json.dumps(document(random))])


def log_batch(cursor, random):
    cursor.execute("SELECT count(*) FROM feedback.log_assessments(%s)", [json.dumps([document(random) for _ in range(random.randint(1, 40))])])


def insert_by_trigger(cursor, random):
    cursor.execute(f"INSERT INTO {random.choice(['by_row', 'by_statement'])} SELECT unnest(%s)", [[json.dumps(document(random)) for _ in range(10)]])


def insert_directly(cursor, random):
    cursor.execute(
        "INSERT INTO feedback.assessments (project, trace_id, assessment_id, kind, name, numeric_value, source_type, create_time, last_update_time)"
        f" SELECT 'a', %s, gen_random_uuid(), 'feedback', %s, i / 3.0, 'CODE', {time(random)}, now() FROM generate_series(1, 10) AS i",
        [trace(random), random.choice(NAMES)],
    )


def copy(cursor, random):
    cursor.execute("SELECT string_agg(gen_random_uuid()::text, ' ') FROM generate_series(1, 20)")
    rows = "".join(f"a\t{trace(random)}\t{id}\tfeedback\t{random.choice(NAMES)}\t{random.randint(0, 1) == 1}\tHUMAN\t2026-11-01Z\t2026-11-01Z\n"
                   for id in cursor.fetchone()[0].split())
    cursor.copy_expert(
        "COPY feedback.assessments (project, trace_id, assessment_id, kind, name, boolean_value, source_type, create_time, last_update_time) FROM STDIN",
        io.StringIO(rows),
    )


def upsert(cursor, random):
    cursor.execute(
        "INSERT INTO feedback.assessments (project, trace_id, assessment_id, kind, name, text_value, source_type, create_time, last_update_time)"
        " SELECT 'a', %s, md5(i::text)::uuid, 'feedback', %s, 'first', 'CODE', now(), now() FROM generate_series(1, 3) AS i"
        " ON CONFLICT (trace_id, assessment_id) DO UPDATE SET boolean_value = NULL, numeric_value = NULL, json_value = NULL, text_value = %s",
        [trace(random), random.choice(NAMES), random.choice(["again", "long " * 50])],
    )


def some_feedback(cursor, random):
    cursor.execute(
        "SELECT trace_id, assessment_id FROM feedback.feedback WHERE trace_id = %s OFFSET %s LIMIT %s",
        [trace(random), random.randint(0, 10), random.choice([1, 1, 5])],
    )
    return cursor.fetchall()


def override(cursor, random):
    for row in some_feedback(cursor, random):
        cursor.execute("SELECT feedback.override_feedback(%s, %s, %s::jsonb, 'HUMAN')", [*row, random.choice(VALUES)])


def update(cursor, random):
    for row in some_feedback(cursor, random):
        cursor.execute("SELECT feedback.update_assessment(%s, %s, %s)", [*row, json.dumps({"feedback": {"value": json.loads(random.choice(VALUES))}})])


def delete(cursor, random):
    for row in some_feedback(cursor, random):
        cursor.execute("SELECT feedback.delete_assessment(%s, %s)", row)


def erase(cursor, random):
    cursor.execute("DELETE FROM feedback.assessments WHERE trace_id = %s", [trace(random)])


def update_directly(cursor, random):
    change = random.choice([
        "name = 'renamed'", f"create_time = {time(random)}", "project = 'c'", "valid = NOT valid", "source_type = 'SOURCE_TYPE_UNSPECIFIED'",
        "rationale = 'no matter'", "boolean_value = NULL, numeric_value = 7.5, text_value = NULL, json_value = NULL",
        "error_code = CASE WHEN kind = 'feedback' AND json_value IS NULL THEN 'F' END",
    ])
    cursor.execute(f"UPDATE feedback.assessments SET {change} WHERE trace_id = %s AND (numeric_value IS NOT NULL OR boolean_value IS NOT NULL)", [trace(random)])


def update_text(cursor, random):
    cursor.execute(
        "UPDATE feedback.assessments SET text_value = %s WHERE trace_id = %s AND text_value IS NOT NULL",
        [random.choice(["good", "bad", "long " * 50]), trace(random)],
    )


ACTIONS = [
    log_feedback, log_feedback, log_feedback, log_error, log_expectation, log_assessment, log_batch, insert_by_trigger, insert_directly, copy, upsert,
    override, override, update, update, delete, delete, erase, update_directly, update_directly, update_text,
]
