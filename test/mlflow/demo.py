"""Some traces for the demo, with feedback from both sides: MLflow's page "Collect User Feedback", and SQL."""

import mlflow
from mlflow.entities import AssessmentSource, AssessmentSourceType

from sides import make_traces, rows

traces = make_traces("demo", 8)
for n, trace in enumerate(traces):
    mlflow.log_feedback(trace_id=trace, name="user_satisfaction", value=n % 3 > 0, rationale="It was right." if n % 3 else "It was not.",
                        source=AssessmentSource(AssessmentSourceType.HUMAN, f"user_{n}"))
    rows("SELECT feedback.log_feedback(%s, 'relevance', %s::numeric, 'LLM_JUDGE', 'gpt-4o')", trace, 0.5 + n / 20)
with_names = rows("SELECT name, source_type, n, round(mean, 2) FROM feedback.source_summary WHERE project IN ('demo', 'default') ORDER BY 1")
print("\n".join(" | ".join(map(str, row)) for row in with_names))
