"""Emit evaluations with OpenTelemetry's own library and print them as OTLP/JSON.

One document a line, as collectors write files: log records, and spans with
events and with OpenInference's annotations.
"""
import base64
import json

from google.protobuf.json_format import MessageToDict
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator

EVENT = "gen_ai.evaluation.result"
TIME = 1767323045123456789


class KnownIds(IdGenerator):
    """The ids of W3C's example, so that the rows can be told."""

    def generate_trace_id(self):
        return 0x0AF7651916CD43DD8448EB211C80319C

    def generate_span_id(self):
        return 0xB7AD6B7169203331


def otlp_json(message):
    """OTLP/JSON is protobuf's JSON, but that ids are hexadecimal and enums numbers."""

    def with_hex_ids(node):
        if isinstance(node, list):
            return [with_hex_ids(element) for element in node]
        if not isinstance(node, dict):
            return node
        return {
            name: base64.b64decode(value).hex()
            if name in ("traceId", "spanId", "parentSpanId")
            else with_hex_ids(value)
            for name, value in node.items()
        }

    return json.dumps(with_hex_ids(MessageToDict(message, use_integers_for_enums=True)))


resource = Resource({"service.name": "chatbot"})
logs = InMemoryLogRecordExporter()
logger_provider = LoggerProvider(resource=resource)
logger_provider.add_log_record_processor(SimpleLogRecordProcessor(logs))
logger = logger_provider.get_logger("evaluations")

spans = InMemorySpanExporter()
tracer_provider = TracerProvider(resource=resource, id_generator=KnownIds())
tracer_provider.add_span_processor(SimpleSpanProcessor(spans))
tracer = tracer_provider.get_tracer("evaluations")


def attributes(name, **others):
    return {"gen_ai.evaluation.name": name} | {
        key.replace("__", "."): value for key, value in others.items()
    }


def log(name, **others):
    logger.emit(
        LogRecord(
            timestamp=TIME,
            event_name=EVENT,
            severity_number=SeverityNumber.INFO,
            attributes=attributes(name, **others),
        )
    )


with tracer.start_as_current_span(
    "chat",
    attributes={
        "llm.model_name": "m",
        "annotations.0.annotation.name": "helpful",
        "annotations.0.annotation.score": 1,
        "annotations.0.annotation.annotator_kind": "HUMAN",
        "annotations.0.annotation.identifier": "ann",
        "annotations.0.annotation.metadata": '{"form": 7}',
    },
) as span:
    log("relevance", gen_ai__evaluation__score__value=0.75, gen_ai__evaluation__score__label="relevant",
        gen_ai__evaluation__explanation="It answers the question.", gen_ai__response__id="chatcmpl-1")
    log("stars", gen_ai__evaluation__score__value=5)
    log("tone", gen_ai__evaluation__score__label="polite")
    log("facts", error__type="timeout")
    log("broken", gen_ai__evaluation__score__value=float("nan"))
    span.add_event(EVENT, attributes("coherence", gen_ai__evaluation__score__value=0.5), timestamp=TIME)
    # Exported both ways it is still one evaluation
    span.add_event(EVENT, attributes("stars", gen_ai__evaluation__score__value=5), timestamp=TIME)
    span.add_event("gen_ai.choice", {"index": 0})

print(otlp_json(encode_logs(logs.get_finished_logs())))
print(otlp_json(encode_spans(spans.get_finished_spans())))
