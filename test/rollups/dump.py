"""Dumps restored into clusters with larger and with smaller transaction ids, and beside rows that are counted."""

import os
import random

from harness import DIRECTORY, Server, Tap

STATE = "SELECT upto::text, open::text, (SELECT count(*) FROM feedback_internal.rollup_totals), (SELECT count(*) FROM feedback_internal.rollup_changes) FROM feedback_internal.rollup_state"
NOTHING = [("0", "{}", 0, 0)]
NEWEST = "SELECT max(logged_xid)::text::numeric FROM feedback.assessments"
TRIGGERS = "SELECT string_agg(concat(tgname, ' ', tgenabled), ', ' ORDER BY tgname) FROM pg_trigger WHERE tgname IN ('assessments_journal', 'assessments_truncate')"

tap = Tap()
generator = random.Random(7)
main = Server()
old = Server("old", 5461).initdb(epoch=5)
young = Server("young", 5462).initdb()


def dump(server, database, name, *options):
    path = os.path.join(DIRECTORY, name)
    server.run("pg_dump", database, "-f", path, *options)
    return path


def restored(server, database, larger_than=None, smaller_than=None):
    """What holds of every restored database"""
    session = server.session(database)
    tap.equal(session.run(STATE), NOTHING, "it starts with nothing counted")
    tap.equal(session.value("SELECT count(*) FROM feedback.assessments"), rows, "with every row")
    newest = session.value(NEWEST)
    tap.ok(newest > larger_than if larger_than else newest < smaller_than, "stamped by transactions of the new cluster, far away from the old one's", newest)
    tap.exact(session, "the summaries are exact")
    session.write(generator, 20)
    tap.exact(session, "and after some writes")
    session.refresh()
    tap.exact(session, "and after a refresh")
    session.write(generator, 20)
    tap.exact(session, "and after more writes")
    return session


def source(session):
    """Rows counted, not counted, changed since; and one that overrides a row which lies behind it."""
    session.write(generator, 60)
    session.refresh()
    session.write(generator, 30)
    overridden = session.value("SELECT feedback.log_feedback('tr-o', 'n', 1)")
    session.run("SELECT feedback.override_feedback('tr-o', %s, 2)", [overridden])
    session.run("UPDATE feedback.assessments SET rationale = 'later' WHERE assessment_id = %s", [overridden])
    assert session.problems() == []
    return session.value("SELECT count(*) FROM feedback.assessments"), session.value(NEWEST)


# The custom format, to larger ids
session = main.create("source")
rows, newest = source(session)
path = dump(main, "source", "custom.dump", "-Fc")
old.create("restored", extension=False)
old.run("pg_restore", "restored", "--exit-on-error", path)
session = restored(old, "restored", larger_than=newest + 5 * 2**32 - 2**31)

# Plain SQL, back to smaller ids
rows, newest = source(session)
path = dump(old, "restored", "plain.sql")
young.create("plain", extension=False)
young.run("psql", "plain", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", path)
restored(young, "plain", smaller_than=newest - 4 * 2**32)

# INSERTs, with the override before what it overrides
path = dump(old, "restored", "inserts.sql", "--inserts")
young.create("inserts", extension=False)
psql = ("psql", "inserts", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-1")
try:
    refusal = young.run(*psql, "-f", path)
except RuntimeError as error:
    refusal = str(error)
tap.ok("assessments_overrides_fkey" in refusal, "INSERTs bring an override before what it overrides", refusal)
young.run(*psql, "-c", "SET CONSTRAINTS ALL DEFERRED", "-f", path)
restored(young, "inserts", smaller_than=newest - 4 * 2**32)

# Data alone, into a database that has rows of its own in its rollups
session.run("DROP TABLE by_row, by_statement; DROP VIEW differences, rows")
path = dump(old, "restored", "data.dump", "-Fc", "--data-only")
session = young.create("beside")
session.write(generator, 40)
session.run("UPDATE feedback.assessments SET trace_id = 'own-' || trace_id WHERE overrides IS NULL AND valid; DELETE FROM feedback.assessments WHERE trace_id NOT LIKE 'own-%'")
session.refresh()
own = session.value("SELECT count(*) FROM feedback.assessments")
young.run("pg_restore", "beside", "--exit-on-error", "--data-only", "--disable-triggers", path)
tap.equal(session.value("SELECT count(*) FROM feedback.assessments"), own + rows, "a restore of data alone adds its rows to those that are counted")
tap.equal(session.differences(), [], "the summaries are exact")
tap.equal(session.value(TRIGGERS), "assessments_journal O, assessments_truncate O", "--disable-triggers leaves the triggers for rows of this database only")
problems = session.run("SELECT * FROM feedback.check_summaries() ORDER BY 1")
tap.equal([problem for problem, _ in problems],
          ["trigger assessments_journal does not fire for replicated rows", "trigger assessments_truncate does not fire for replicated rows"], "check_summaries says so")
session.write(generator, 20)
session.refresh()
tap.equal(session.differences(), [], "writes of this database are in the summaries all the same")
session.run("SET session_replication_role = replica; DELETE FROM feedback.assessments WHERE name = 'score'; RESET session_replication_role")
tap.ok(session.differences() != [], "deletes that are replicated are not")
for _, command in problems:
    session.run(command)
tap.equal(session.value(TRIGGERS), "assessments_journal A, assessments_truncate A", "the commands that check_summaries gives mend the triggers")
tap.exact(session, "and the summaries")
session.run("SET session_replication_role = replica; DELETE FROM feedback.assessments WHERE name = 'thumbs'; RESET session_replication_role")
tap.exact(session, "for good")

# Transaction ids that start again
session = old.session("restored")
session.compare()
session.refresh()
session.connection.close()
old.stop()
old.set_epoch(0)
old.start()
session = old.session("restored")
session.run("SELECT feedback.log_feedback('tr-0', 'score', 5)")
tap.ok(session.problems() != [], "pg_resetwal to smaller ids breaks the summaries, and check_summaries says so")
session.run("SELECT feedback.rebuild_summaries()")
tap.exact(session, "a rebuild mends them")
for _ in range(2):
    session.run("SELECT feedback.log_feedback('tr-0', 'score', 5); DELETE FROM feedback.assessments WHERE ctid IN (SELECT ctid FROM feedback.assessments LIMIT 3)")
    tap.exact(session, "they stay exact, after writes")
    session.refresh()
    tap.exact(session, "and after a refresh")
tap.done()
