"""What the programs here have in common: the extension's side, and TAP."""

import os

import psycopg

connection = psycopg.connect(dbname=os.environ["PGDATABASE"], autocommit=True)
tests = 0


def test(passed, name, *details):
    global tests
    tests += 1
    print(f"{'ok' if passed else 'not ok'} {tests} - {name}", flush=True)
    if not passed:
        for detail in details:
            print(f"#   {str(detail)[:2000]}")


def done():
    print(f"1..{tests}")


def search(text, **arguments):
    """The traces that a filter finds, in order."""
    named = "".join(f", {name} => %({name})s" for name in arguments)
    return [row[0] for row in connection.execute(
        f"SELECT trace_id FROM feedback.search_traces(%(filter)s{named})", {"filter": text, **arguments})]


def refusal(text):
    """The error that a filter raises, or None."""
    try:
        connection.execute("SELECT count(*) FROM feedback.search_traces(%s, max_results => 0)", (text,))
    except psycopg.Error as error:
        return error
    return None
