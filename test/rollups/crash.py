"""kill -9 amid writers and refreshes, crash recovery, and the summaries are exact again."""

import os
import random
import signal
import time

from harness import Server, Tap, Workers, wait_until

ROUNDS = 4

tap = Tap()
server = Server("crash", 5451).initdb()
server.create("crash")
for round_ in range(1, ROUNDS + 1):
    workers = Workers(server, "crash", pause=0, writer=3, refresher=2, checker=1)
    workers.has(written=20, refreshed=20, checked=1)
    time.sleep(random.uniform(0, 0.5))
    server.kill()
    workers.stop()
    server.start()
    session = server.session("crash")
    tap.ok(workers.counts["lost"] == 6 and workers.counts["written"] >= 20 and workers.counts["refreshed"] >= 20 and not workers.found,
           f"kill {round_} comes amid {workers.counts['written']} transactions and {workers.counts['refreshed']} refreshes", [workers.counts, workers.found])
    tap.exact(session, "after crash recovery the summaries are exact")
    session.refresh()
    tap.exact(session, "also after a refresh")

# Only the backend that has just refreshed, whereupon the server restarts itself
refresher = server.session("crash")
refresher.run("BEGIN")
refresher.refresh()
witness = server.session("crash")
os.kill(refresher.connection.get_backend_pid(), signal.SIGKILL)


def is_down():
    try:
        return witness.value("SELECT false")
    except Exception:
        return True


def is_back():
    global session
    try:
        session = server.session("crash")
        return session.value("SELECT NOT pg_is_in_recovery()")
    except Exception:
        return False


tap.ok(wait_until(is_down) and wait_until(is_back), "a backend killed amid its refresh takes the others down")
tap.exact(session, "the summaries are exact after that")
tap.equal(session.refresh() is not None, True, "and can be refreshed: nobody is at it any more")
tap.exact(session, "which leaves them exact")
tap.done()
