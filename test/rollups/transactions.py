"""Transactions of every kind beside a refresh: open, prepared, in another database, and of odd roles and settings."""

import random

from harness import TOTALS, Server, Tap, Workers

UNCOUNTED = """SELECT count(*) FROM feedback.assessments a, feedback_internal.rollup_state s
               WHERE a.logged_xid >= s.upto OR a.logged_xid = ANY (s.open)"""
# Here alone: other tests run on the same server
WAITING = "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"

# A write of each kind to rows that are counted, and to others
WRITES = [
    "SELECT feedback.log_feedback('tr-own', 'score', 5)",
    "UPDATE feedback.assessments SET boolean_value = NULL, text_value = NULL, json_value = NULL, numeric_value = 3 WHERE trace_id = 'tr-1' AND kind = 'feedback'",
    "DELETE FROM feedback.assessments WHERE trace_id = 'tr-2'",
]

tap = Tap()
server = Server()
session = server.create("transactions")
generator = random.Random(5)
session.write(generator, 60)
session.run("SELECT feedback.log_feedback('tr-' || i % 20, 'score', i % 7) FROM generate_series(1, 200) AS i")
session.refresh()
session.run("SELECT feedback.log_feedback('tr-' || i % 20, 'score', i % 7) FROM generate_series(1, 200) AS i")

# A writer whose transaction is open; who would wait for it gives up
writer = server.session("transactions")
other = server.session("transactions")
other.run("SET lock_timeout = '200ms'")
writer.run("BEGIN")
for write in WRITES:
    writer.run(write)
tap.ok(other.refresh() > 0, "a refresh does not wait for a writer's open transaction")
tap.equal(writer.differences() + other.differences(), [], "the summaries are exact for both")
writer.run("COMMIT")
tap.exact(other, "and once the writer has committed")
other.refresh()
tap.equal(session.value(UNCOUNTED), 0, "the next refresh counts what it wrote")

# A refresh whose transaction is open
other.run("BEGIN")
other.refresh()
writer.run("SET lock_timeout = '200ms'")
writer.run("BEGIN")
for write in WRITES:
    writer.run(write.replace("tr-1'", "tr-3'").replace("tr-2'", "tr-4'"))
tap.ok(True, "a writer does not wait for an open refresh, with any write")
tap.equal(session.value(WAITING), 0, "nobody waits for a lock")
tap.equal(session.refresh(), None, "a second refresher is told that there is one, and does not wait for it")
tap.equal(session.differences() + writer.differences() + other.differences(), [], "the summaries are exact for all three")
writer.run("COMMIT")
other.run("COMMIT")
tap.exact(session, "and after both")
tap.ok(session.refresh() is not None, "the second refresher's turn has come")

# Two refreshers at once, and writers
workers = Workers(server, "transactions", pause=0, writer=2, refresher=2, checker=1).until(refreshed=100, checked=40)
tap.ok(workers.counts["refreshed"] >= 100 and workers.counts["checked"] >= 40 and not workers.found,
       f"two refreshers at once: {workers.counts['refreshed']} refreshes, {workers.counts['skipped']} left to the other, {workers.counts['checked']} checks", workers.found)
tap.exact(session, "the summaries are exact after that")

# A refresh that does not come to its end
session.run("INSERT INTO by_statement SELECT format('{\"trace_id\": \"tr-%s\", \"assessment_name\": \"many\", \"feedback\": {\"value\": %s}}', i % 20, i) FROM generate_series(1, 10000) AS i")
session.run("SET statement_timeout = '5ms'")
tap.equal(session.refusal("SELECT feedback.refresh_summaries()"), "57014", "a refresh can be cancelled in its midst")
session.run("SET statement_timeout = '60s'")
tap.exact(session, "which leaves the summaries exact")
tap.ok(session.refresh() >= 10000, "and the work to the next")

# Transactions that outlive their sessions
for end in ("COMMIT", "ROLLBACK"):
    writer.run("BEGIN")
    for write in WRITES:
        writer.run(write.replace("tr-1'", f"tr-{len(end)}'").replace("tr-2'", f"tr-1{len(end) - 5}'"))
    writer.run("PREPARE TRANSACTION 'prepared'")
    session.run("SELECT feedback.log_feedback('tr-5', 'score', 1)")
    session.refresh()
    tap.exact(session, "a refresh does not count a prepared transaction")
    tap.ok(session.value("SELECT transaction::text::xid8 = ANY (open) FROM feedback_internal.rollup_state, pg_prepared_xacts WHERE database = 'transactions'"), "which is among those in progress")
    session.refresh()
    writer.run(f"{end} PREPARED 'prepared'")
    tap.exact(session, f"the summaries are exact after its {end}")
    session.refresh()
    tap.exact(session, "and after a refresh")
tap.equal(session.value(UNCOUNTED), 0, "which has counted what was committed")

# Long transactions of another database of the cluster
elsewhere = server.create("elsewhere", extension=False)
elsewhere.run("BEGIN ISOLATION LEVEL REPEATABLE READ")
elsewhere.run("SELECT pg_current_xact_id()")
session.write(generator, 20)
session.refresh()
tap.equal(session.value(UNCOUNTED), 0, "a long transaction in another database does not keep a refresh from counting")
tap.exact(session, "the summaries are exact meanwhile")
elsewhere.run("COMMIT")

# A snapshot that is older than a refresh, a rebuild
other.run("BEGIN ISOLATION LEVEL REPEATABLE READ")
before = other.run(TOTALS)
session.write(generator, 20)
session.refresh()
tap.ok(other.run(TOTALS) == before and other.differences() == [], "an older snapshot has the summaries that it had before a refresh")
session.run("SELECT feedback.rebuild_summaries('Asia/Kolkata')")
tap.ok(other.run(TOTALS) == before and other.differences() == [], "and before a rebuild")
tap.equal(other.refusal("SELECT feedback.refresh_summaries()"), "40001", "it cannot refresh them itself")
other.run("ROLLBACK")
other.run("BEGIN ISOLATION LEVEL REPEATABLE READ")
other.run("SELECT 1")
session.write(generator, 20)
tap.ok(other.value("SELECT feedback.rebuild_summaries('UTC')") is not None and other.differences() == [], "an older snapshot can rebuild them where nobody has refreshed")
session.write(generator, 20)
tap.equal(other.differences(), [], "exact for it while others write")
other.run("COMMIT")
tap.exact(session, "and for the others")

# A database made from this one
for each in (writer, other):
    each.connection.close()
session.connection.close()
server.session("postgres").run("CREATE DATABASE copied TEMPLATE transactions")
session = server.session("copied")
tap.exact(session, "a database made from this one as a template has the same summaries")
session.write(generator, 20)
session.refresh()
tap.exact(session, "and goes on by itself")

# Roles and settings that have no say in what a refresh counts
session.run("""
    CREATE ROLE rollups_refresher;
    GRANT USAGE ON SCHEMA feedback, feedback_internal TO rollups_refresher;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feedback, feedback_internal TO rollups_refresher;
    GRANT SELECT ON ALL TABLES IN SCHEMA feedback TO rollups_refresher;
    GRANT SELECT ON feedback_internal.counted_state, feedback_internal.counted_totals, feedback_internal.counted_days,
                    feedback_internal.counted_cells, feedback_internal.counted_values, feedback_internal.counted_changes,
                    feedback_internal.recent_trend TO rollups_refresher;
    GRANT SELECT ON differences, rows TO rollups_refresher;
    ALTER VIEW differences SET (security_invoker = true);
    ALTER VIEW rows SET (security_invoker = true);
    CREATE POLICY few ON feedback.assessments USING (project = 'a');
    ALTER TABLE feedback.assessments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE SCHEMA odd;
    CREATE TABLE odd.rollup_state AS SELECT 1 AS odd;
    CREATE FUNCTION odd.sum(smallint) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint';
""")
session.write(generator, 40)
session.run("SET ROLE rollups_refresher; SET search_path = odd, pg_catalog; SET DateStyle = 'German, DMY'; SET timezone = '-07:07'")
tap.ok(session.refresh() is not None, "a role that row security hides rows from may refresh")
session.run("RESET DateStyle; RESET search_path")
tap.equal(session.differences(), [], "it sees summaries of what it may see")
tap.equal(session.value("SELECT count(*) FROM feedback_internal.counted_totals"), 0, "and nothing of the rollups")
session.run("RESET ROLE")
tap.equal(session.value(UNCOUNTED), 0, "it has counted the rows that it does not see, too")
tap.exact(session, "so that the summaries are exact for who sees all")
session.run("SET row_security = off; SET session_replication_role = replica")
session.run("DELETE FROM feedback.assessments WHERE trace_id IN ('tr-6', 'tr-7')")
session.run("SELECT feedback.log_feedback('tr-8', 'score', 8)")
tap.exact(session, "writes as a replica's are in the summaries")
tap.ok(session.refresh() > 0 and session.value(UNCOUNTED) == 0, "and counted by a refresh as a replica's")
tap.exact(session, "exactly")
session.run("RESET session_replication_role")
session.run("CREATE TABLE alike (i int); CREATE TRIGGER alike AFTER INSERT ON alike FOR EACH ROW EXECUTE FUNCTION feedback_internal.skip_replicated()")
tap.equal(session.refusal("INSERT INTO alike VALUES (1)"), "39P01", "what skips replicated rollups is no trigger for anything else")
session.run("DROP OWNED BY rollups_refresher; DROP ROLE rollups_refresher")
tap.done()
