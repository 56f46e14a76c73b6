"""POST /otlp/v1/traces: OpenTelemetry over HTTP, JSON or protobuf."""

from __future__ import annotations

import json

from apps.delivery.intake.shapes import EVENTS, MAX_EVENTS, Taken, read_each
from apps.delivery.intake.spans import event_of, spans_in_json, spans_in_protobuf
from apps.delivery.intake.taking import batch_of, keep
from apps.delivery.problems import Problem, echo
from apps.delivery.records import KeyRecord
from apps.delivery.store import Store

JSON, PROTOBUF = "application/json", "application/x-protobuf"
READERS = {JSON: spans_in_json, PROTOBUF: spans_in_protobuf}
MOST_SAID = 5  # sentences about spans that were not taken


def export(store: Store, key: KeyRecord, body: bytes, content_type: str) -> tuple[bytes, str]:
    """Keep the spans that are calls with a prompt; the answer says how many were not taken, in the
    form in which it was asked."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in READERS:
        words = f"Send {JSON} or {PROTOBUF}; this says “{echo(kind)}”."
        raise Problem("unknown_media_type", words)
    told = [event_of(span, key.environment) for span in READERS[kind](body)]
    events = [event for event in told if event is not None]
    taken = Taken()
    for start in range(0, len(events), MAX_EVENTS):
        read = read_each(EVENTS, events[start : start + MAX_EVENTS], taken)
        keep(batch_of(store, key, read, taken))
    return _answer(taken, kind), kind


def _answer(taken: Taken, kind: str) -> bytes:
    count = len(taken.rejected)
    said = " ".join(dict.fromkeys(str(one["detail"]) for one in taken.rejected[:MOST_SAID]))
    if kind == JSON:
        partial = {"rejectedSpans": str(count), "errorMessage": said}
        return json.dumps({"partialSuccess": partial} if count else {}).encode()
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

    answer = ExportTraceServiceResponse()
    if count:
        answer.partial_success.rejected_spans = count
        answer.partial_success.error_message = said
    return bytes(answer.SerializeToString())
