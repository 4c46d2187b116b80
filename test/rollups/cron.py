"""pg_cron refreshes the summaries while writers write and readers compare."""

from harness import Server, Tap, Workers, wait_until

tap = Tap()
server = Server()
session = server.create("cron")
session.run("CREATE EXTENSION pg_cron")
# Of a trace that no writer deletes
session.run("INSERT INTO by_statement SELECT '{\"trace_id\": \"tr-kept\", \"assessment_name\": \"n\", \"feedback\": {\"value\": 1}}' FROM generate_series(1, 100)")

# Three jobs at the same moment: one refreshes, the others leave it to that one or come after it.
version = session.value("SELECT extversion FROM pg_extension WHERE extname = 'pg_cron'")
schedule = "* * * * *" if version.startswith("1.4") else "5 seconds"
for job in range(3):
    session.run("SELECT cron.schedule(%s, %s, 'SELECT feedback.refresh_summaries()')", [f"feedback {job}", schedule])

workers = Workers(server, "cron", pause=0.3, writer=1, checker=1)
ended = "SELECT count(*) FROM cron.job_run_details WHERE status IN ('succeeded', 'failed')"
tap.ok(wait_until(lambda: session.value(ended) >= 3, 90), f"pg_cron {version} runs three jobs, {schedule}",
       session.run("TABLE cron.job_run_details"))
workers.until(checked=20, written=20)
tap.equal(session.run("SELECT DISTINCT status, database, username FROM cron.job_run_details"), [("succeeded", "cron", "postgres")],
          "they succeed, all of them")
tap.ok(session.value("SELECT refresh_time >= (SELECT min(start_time) FROM cron.job_run_details) FROM feedback_internal.rollup_state"),
       "rollup_state.refresh_time is that of a job", session.run("TABLE feedback_internal.rollup_state"))
tap.ok(session.value("SELECT sum(n) >= 100 FROM feedback_internal.rollup_totals"), "what they count is in the rollups")
tap.ok(workers.counts["checked"] >= 20 and workers.counts["written"] >= 20 and not workers.found,
       f"the summaries are exact all the while, in {workers.counts['checked']} checks beside {workers.counts['written']} transactions", workers.found)
session.run("SELECT cron.unschedule(jobid) FROM cron.job")
tap.exact(session, "and in the end")
tap.done()
