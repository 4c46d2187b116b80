"""Random calls of all that the extension has; see run."""

import random
import sys
import time

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from statements import Statements

PATIENCE = 1.0  # seconds that no call on so little data may take
TRIES = 3       # a busy machine may make one of them slow

PREPARE = """
CREATE EXTENSION feedback;
CREATE DOMAIN fuzz_number AS numeric;
CREATE DOMAIN fuzz_texts AS text[];
CREATE TYPE fuzz_pair AS (a integer, b double precision);
CREATE TYPE fuzz_mood AS ENUM ('sad', 'glad');
CREATE ROLE fuzz_writer LOGIN;
CREATE ROLE fuzz_least LOGIN;
GRANT USAGE ON SCHEMA feedback, feedback_internal TO fuzz_writer, fuzz_least;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal TO fuzz_writer, fuzz_least;
GRANT USAGE ON TYPE feedback.source_type, feedback.value_type, feedback.assessment_kind TO fuzz_writer, fuzz_least;
GRANT ALL ON ALL TABLES IN SCHEMA feedback, feedback_internal TO fuzz_writer;
CREATE TABLE fuzz_ids (trace_id text, assessment_id uuid);
GRANT SELECT ON fuzz_ids TO PUBLIC;
"""

# The same little data again and again, so that what a call takes says something.
FILL = """
SET lock_timeout = '20s';
TRUNCATE feedback.assessments, feedback.label_schemas, feedback.rejected_assessments;
SELECT feedback.log_feedback('tr-' || i % 3 + 1, (ARRAY['thumb', 'score', 'comment'])[i % 3 + 1],
    CASE i % 3 WHEN 0 THEN 'true'::jsonb WHEN 1 THEN to_jsonb(i / 30.0) ELSE to_jsonb('text ' || i) END,
    source_type => (ARRAY['HUMAN', 'CODE'])[i % 2 + 1], source_id => 'user_' || i % 2 + 1) FROM generate_series(1, 30) i;
TRUNCATE fuzz_ids;
INSERT INTO fuzz_ids SELECT trace_id, assessment_id FROM feedback.assessments;
"""


def connect(role):
    connection = psycopg2.connect(dbname='fuzz', user=role)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '3s'; SET lock_timeout = '2s'; SET client_min_messages = error")
    return connection


def attempt(connection, statement):
    """The SQLSTATE ('00000' when all is well, None when the server has gone), and the seconds."""
    start = time.monotonic()
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        state, message = '00000', ''
    except psycopg2.Error as error:
        state, message = error.pgcode, str(error).strip()
    except (ValueError, UnicodeError, OverflowError):  # what Python cannot hold of a result
        state, message = '00000', ''
    seconds = time.monotonic() - start
    if not connection.closed and connection.get_transaction_status() != TRANSACTION_STATUS_IDLE:
        connection.cursor().execute('ROLLBACK')
    return state, message, seconds


def fault_of(connection, role, statement, seen):
    """What is wrong with that statement, or None; and a connection to go on with."""
    state, message, seconds = attempt(connection, statement)
    seen[state] = seen.get(state, 0) + 1
    if state is None or connection.closed:
        return 'the server went away: ' + message, reconnect(role)
    if state.startswith('XX'):
        return message, connection
    for _ in range(TRIES - 1):
        if seconds <= PATIENCE:
            return None, connection
        seconds = min(seconds, attempt(connection, statement)[2])
    return (None if seconds <= PATIENCE else '%.1f s' % seconds), connection


def reconnect(role):
    for _ in range(60):
        try:
            return connect(role)
        except psycopg2.OperationalError:
            time.sleep(1)
    sys.exit('the server does not come back')


def main(calls, seed):
    print('seed %d: test/fuzz_sql/run %d %d' % (seed, calls, seed), flush=True)
    connection = psycopg2.connect(dbname='postgres')
    connection.autocommit = True
    connection.cursor().execute('CREATE DATABASE fuzz')
    connection.close()
    connection = connect('postgres')
    connection.cursor().execute(PREPARE)
    statements = Statements(random.Random(seed), connection.cursor())
    connection.close()
    roles = ['postgres', 'fuzz_writer', 'fuzz_least']
    connections = [connect(role) for role in roles]
    faults = 0
    seen = {}
    start = time.monotonic()
    for call in range(calls):
        if call % 1000 == 0:
            connect('postgres').cursor().execute(FILL)
        number = call % 3
        statement = statements.one()
        fault, connections[number] = fault_of(connections[number], roles[number], statement, seen)
        if fault is not None:
            faults += 1
            print('call %d as %s: %s\n    %s' % (call, roles[number], fault, statement), flush=True)
        if faults >= 30:
            print('so many faults are enough')
            break
    states = ', '.join('%s %d' % pair for pair in sorted(seen.items(), key=lambda pair: -pair[1]))
    print('%d calls of %d functions, %d faults, %.0f s; by SQLSTATE: %s' % (
        sum(seen.values()), len(statements.called), faults, time.monotonic() - start, states))
    untouched = statements.names() - statements.called
    if calls >= 10000 and untouched:
        print('never called: ' + ', '.join(sorted(untouched)))
        faults += 1
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
