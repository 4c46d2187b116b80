"""Logical replication: the subscriber has rollups of its own, whatever is published."""

import random

from harness import DIRECTORY, TOTALS, Server, Tap, Workers, wait_until

STATE = "SELECT upto, open, refresh_time FROM feedback_internal.rollup_state"

tap = Tap()
generator = random.Random(13)
publisher = Server()
subscriber = Server("subscriber", 5481).initdb(epoch=3)


def replicate(name, publication):
    """Two databases, the second subscribed to the first, which has rows already."""
    source = publisher.create(name)
    source.write(generator, 40)
    source.refresh()
    target = subscriber.create(name)
    source.run(f"CREATE PUBLICATION {name} {publication}")
    target.run(f"CREATE SUBSCRIPTION {name} CONNECTION 'host={DIRECTORY} port={publisher.port} dbname={name} user=postgres' PUBLICATION {name}")
    tap.ok(wait_until(lambda: target.value("SELECT bool_and(srsubstate = 'r') FROM pg_subscription_rel"), 30), f"{publication}: what is there is copied",
           target.run("SELECT srrelid::regclass, srsubstate FROM pg_subscription_rel"))
    return source, target


def caught_up(source, name):
    end = source.value("SELECT pg_current_wal_lsn()")
    return wait_until(lambda: source.value("SELECT bool_and(replay_lsn >= %s::pg_lsn) FROM pg_stat_replication WHERE application_name = %s", [end, name]))


def follows(source, target, name):
    """The subscriber goes through all that the publisher does, and refreshes amid it."""
    tap.equal(target.run(TOTALS), source.run(TOTALS), "the subscriber has the publisher's summaries")
    tap.exact(target, "which are exact there")
    tap.ok(target.refresh() > 0, "and are refreshed there")
    tap.exact(target, "exact after that")
    workers = Workers(publisher, name, pause=0.01, writer=2, refresher=1)
    checks = Workers(subscriber, name, pause=0, checker=1, refresher=1).until(checked=30, refreshed=30)
    workers.until(refreshed=30, written=60)
    tap.ok(checks.counts["checked"] >= 30 and checks.counts["refreshed"] >= 30 and workers.counts["refreshed"] >= 30 and not checks.found + workers.found,
           f"exact in {checks.counts['checked']} checks beside {workers.counts['written']} transactions of the publisher, "
           f"{workers.counts['refreshed']} refreshes of its and {checks.counts['refreshed']} of the subscriber's", checks.found + workers.found)
    # For all tables, what is skipped is locked, and a refresh beside that may be the victim of a deadlock
    caught_up(source, name)
    target.refresh()
    own = target.run(STATE)
    source.run("UPDATE feedback.assessments SET valid = NOT valid WHERE trace_id IN ('tr-1', 'tr-2'); DELETE FROM feedback.assessments WHERE trace_id = 'tr-3'")
    source.refresh()
    tap.ok(caught_up(source, name) and target.value("SELECT count(*) > 0 FROM feedback_internal.rollup_changes"), "what is replicated is in the subscriber's journal")
    tap.equal(target.run(STATE), own, "its state is its own")
    tap.ok(target.run(TOTALS) == source.run(TOTALS) and target.problems() == [], "the summaries follow")
    source.run("TRUNCATE feedback.assessments")
    source.run("SELECT feedback.log_feedback('tr-t', 'score', 1)")
    tap.ok(caught_up(source, name) and target.value("SELECT sum(n) FROM feedback.source_summary") == 1 and target.problems() == [], "also a TRUNCATE")
    target.refresh()
    source.refresh()
    tap.ok(target.problems() == [] and source.problems() == [], "both are exact in the end")


name = "some_tables"
source, target = replicate(name, "FOR TABLE feedback.assessments, feedback.label_schemas")
follows(source, target, name)
name = "all_tables"
source, target = replicate(name, "FOR ALL TABLES")
follows(source, target, name)
for session, database in ((target, name), (subscriber.session("some_tables"), "some_tables")):
    session.run(f"DROP SUBSCRIPTION {database}")
tap.done()
