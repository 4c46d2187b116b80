"""A client of MLflow's server and one of the extension's, on the same traces."""

import mlflow
from mlflow import MlflowClient
from mlflow.entities import AssessmentError, AssessmentSource, AssessmentSourceType, Feedback

from sides import differences, done, make_traces, rows, same, test, value

PERSON = AssessmentSource(AssessmentSourceType.HUMAN, "anna")
JUDGE = AssessmentSource(AssessmentSourceType.LLM_JUDGE, "gpt")
NAMED = "SELECT {} FROM feedback.assessments WHERE trace_id = %s AND name = %s"

first, second, *others = make_traces("chat", 6)

# From MLflow
thumb = mlflow.log_feedback(trace_id=first, name="helpful", value=True, source=PERSON, rationale="weil ü 😀", metadata={"k": "v"})
same(rows(NAMED.format("project, kind::text, boolean_value, source_type::text, source_id, rationale, metadata, valid, logged_by"), first, "helpful"),
     [("chat", "feedback", True, "HUMAN", "anna", "weil ü 😀", {"k": "v"}, True, "mlflow")], "a feedback with all it has, in its experiment's project")
same(value("SELECT assessment_id FROM feedback.feedback WHERE trace_id = %s", first).replace("-", ""), thumb.assessment_id[2:], "under the same id")
score = mlflow.log_feedback(trace_id=first, name="score", value=0.7, source=JUDGE)
for name, given in (("text", "schön"), ("list", ["a", {"b": 1.5}]), ("object", {"x": None}), ("nothing", None)):
    mlflow.log_feedback(trace_id=first, name=name, value=given, error=AssessmentError("E", "m") if given is None else None)
mlflow.log_expectation(trace_id=first, name="expected", value={"facts": [1, "two"]}, source=PERSON)
same(value(NAMED.format("json_value"), first, "expected"), {"facts": [1, "two"]}, "an expectation")
same(value(NAMED.format("error_code"), first, "nothing"), "E", "an error")
same(differences(), [], "values of all types are the same on both sides")
mlflow.update_assessment(trace_id=first, assessment_id=score.assessment_id, assessment=Feedback(name="score", value=0.9))
same(float(value(NAMED.format("numeric_value"), first, "score")), 0.9, "an update")
override = mlflow.override_feedback(trace_id=first, assessment_id=thumb.assessment_id, value=False, source=PERSON)
same(rows(NAMED.format("boolean_value, valid") + " ORDER BY create_time", first, "helpful"), [(True, False), (False, True)], "an override")
mlflow.delete_assessment(trace_id=first, assessment_id=override.assessment_id)
same(rows(NAMED.format("boolean_value, valid"), first, "helpful"), [(True, True)], "its deletion")


@mlflow.trace
def judged():
    mlflow.log_feedback(trace_id=mlflow.get_current_active_span().trace_id, name="inside", value=True)


judged()
mlflow.flush_trace_async_logging()
same(value("SELECT count(*) FROM feedback.assessments WHERE name = 'inside'"), 1, "feedback within a trace comes with its export")
with mlflow.start_run() as run:
    mlflow.log_feedback(trace_id=second, name="of a run", value=1, metadata={"mlflow.assessment.sourceRunId": run.info.run_id})
same(value(NAMED.format("count(*)"), second, "of a run"), 1, "feedback of a run")
same(differences(), [], "both sides are alike")

mlflow.log_assessment(trace_id=second, assessment=Feedback(name="relevance", value=0.82))
same(rows("SELECT value, source_type::text FROM feedback.feedback WHERE trace_id = %s AND name = 'relevance'", second), [(0.82, "CODE")], "log_assessment")

# From SQL
rows("SELECT feedback.set_feedback(%s, 'thumb', true, source_id => 'sam', rationale => 'from SQL')", second)
rows("SELECT feedback.log_feedback(%s, 'grade', 3.25::numeric, 'LLM_JUDGE', 'gpt', metadata => '{\"n\": 1}')", second)
rows("SELECT feedback.log_feedback(%s, 'broken', NULL::text, error_code => 'E1')", second)
rows("SELECT feedback.log_expectation(%s, 'answer', 'yes'::text)", second)
seen = {a.name: a for a in mlflow.get_trace(second).info.assessments}
same((seen["thumb"].feedback.value, seen["thumb"].source.source_type, seen["thumb"].source.source_id, seen["thumb"].rationale),
     (True, "HUMAN", "sam", "from SQL"), "what SQL sets, MLflow's client reads")
same((seen["grade"].feedback.value, seen["grade"].metadata), (3.25, {"n": "1"}), "a number, and metadata as text")
same(seen["broken"].feedback.error.error_code, "E1", "an error")
same(seen["answer"].expectation.value, "yes", "an expectation")
for text in ("feedback.thumb = 'true'", "feedback.grade = '3.25'", "feedback.grade > 3", "feedback.thumb IS NOT NULL", "expectation.answer = 'yes'"):
    same([trace.info.trace_id for trace in mlflow.search_traces(filter_string=text, return_type="list")], [second], f"MLflow's search finds it: {text}")
rows("SELECT feedback.set_feedback(%s, 'thumb', false, source_id => 'sam')", second)
rows("SELECT feedback.delete_assessment(%s, assessment_id) FROM feedback.assessments WHERE name = 'broken'", second)
seen = {a.name: a for a in mlflow.get_trace(second).info.assessments}
same((seen["thumb"].feedback.value, "broken" in seen), (False, False), "a change and a deletion too")
grade = seen["grade"]
mlflow.update_assessment(trace_id=second, assessment_id=grade.assessment_id, assessment=Feedback(name="grade", value=4.0))
same(float(value(NAMED.format("numeric_value"), second, "grade")), 4.0, "what MLflow changes of it, comes back")
rows("SELECT feedback.withdraw_feedback(%s, 'thumb', 'sam')", second)
test("thumb" not in {a.name for a in mlflow.get_trace(second).info.assessments}, "what is withdrawn is gone there")
same(differences(), [], "both sides are alike")

# A trace that is exported later: its feedback waits
early = "tr-" + "0" * 31 + "1"
rows("SELECT feedback.log_feedback(%s, 'early', true)", early)
experiment = mlflow.get_experiment_by_name("chat").experiment_id
rows("INSERT INTO public.trace_info (request_id, experiment_id, timestamp_ms, execution_time_ms, status) VALUES (%s, %s, 1, 1, 'OK')", early, experiment)
same([a.name for a in mlflow.get_trace(early).info.assessments] if mlflow.get_trace(early) else
     [row[0] for row in rows("SELECT name FROM public.assessments WHERE trace_id = %s", early)], ["early"], "what is logged before its trace is there with it")

# The end of a run, and of traces
MlflowClient().delete_traces(experiment, trace_ids=[first, early])
same(value("SELECT count(*) FROM feedback.assessments WHERE trace_id = %s", first), 0, "with a trace go its assessments")
same(rows("SELECT outcome, message FROM feedback.mlflow_notes"), [], "nothing is noted")
same(rows("SELECT * FROM feedback.sync_mlflow()"), [("from MLflow", 0), ("to MLflow", 0)], "and nothing to be mended")
done()
