"""A streaming standby: its summaries are exact in each of its snapshots, and cannot be refreshed there."""

import random

from harness import Server, Tap, Workers, wait_until

tap = Tap()
primary = Server()
session = primary.create("standby")
session.write(random.Random(9), 60)
standby = Server("standby", 5471).basebackup(primary)
reader = standby.session("standby")

workers = Workers(primary, "standby", pause=0.01, writer=2, refresher=1)
checks = Workers(standby, "standby", pause=0, checker=2).until(checked=60)
workers.until(refreshed=60, written=60)
tap.ok(checks.counts["checked"] >= 60 and workers.counts["refreshed"] >= 60 and not checks.found and not workers.found,
       f"the standby's summaries are exact in {checks.counts['checked']} checks, beside {workers.counts['written']} transactions"
       f" and {workers.counts['refreshed']} refreshes of the primary", checks.found + workers.found)

session.write(random.Random(10), 20)


def caught_up():
    end = session.value("SELECT pg_current_wal_lsn()")
    return wait_until(lambda: reader.value("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [end]))


SUMMARY = "SELECT * FROM feedback.numeric_summary ORDER BY 1, 2, 3"
tap.ok(caught_up() and reader.run(SUMMARY) == session.run(SUMMARY), "once it has caught up, they are the primary's")
tap.exact(reader, "check_summaries works there")
tap.equal([reader.refusal(f"SELECT feedback.{function}_summaries()") for function in ("refresh", "rebuild")], ["25006", "25006"],
          "a refresh and a rebuild are refused, as all writes")
session.refresh()
tap.ok(caught_up() and reader.problems() == [], "exact after the primary's refresh")

primary_end = session.value("SELECT count(*) FROM feedback.assessments")
reader.run("SELECT pg_promote()")
tap.equal(reader.value("SELECT count(*) FROM feedback.assessments"), primary_end, "promoted, it has what the primary had")
reader.write(random.Random(11), 20)
tap.exact(reader, "and exact summaries")
tap.ok(reader.refresh() > 0, "which it refreshes now")
tap.exact(reader, "and which are exact after that")
tap.done()
