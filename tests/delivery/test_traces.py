"""POST /api/v1/otlp/v1/traces: spans of calls become events, in JSON and in protobuf."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from apps.delivery.intake.units import unit_hash
from apps.delivery.models import LogEvent
from tests.delivery.story import bearer

ADDRESS = "/api/v1/otlp/v1/traces"
BEGAN = int(datetime.now(UTC).timestamp()) * 10**9
TOLD = {
    "gen_ai.prompt.name": "desk/reply", "gen_ai.prompt.version": 1, "gen_ai.system": "openai",
    "gen_ai.request.model": "gpt-5", "gen_ai.response.model": "gpt-5-2025",
    "gen_ai.usage.input_tokens": 120, "gen_ai.usage.output_tokens": 40, "galley.unit": "ana",
    "gen_ai.usage.cost": 0.002, "galley.tags": ["web"], "http.request.size": 12.5, "odd": True,
}  # fmt: skip
KINDS = {bool: "boolValue", int: "intValue", str: "stringValue", float: "doubleValue"}


def value(one):
    if isinstance(one, list):
        return {"arrayValue": {"values": [value(each) for each in one]}}
    return {KINDS[type(one)]: str(one) if type(one) is int else one}


def span(number=1, *, code=0, begun=BEGAN, **more):
    told = {**TOLD, **{name.replace("__", "."): one for name, one in more.items()}}
    return {
        "traceId": "5b8efff798038103d269b633813fc60c", "spanId": f"{number:016x}", "kind": 3,
        "name": "chat gpt-5", "startTimeUnixNano": str(begun), "flags": 257,
        "endTimeUnixNano": str(begun + 812_500_000), "status": {"code": code, "message": "away"},
        "attributes": [{"key": k, "value": value(v)} for k, v in told.items() if v is not None],
    }  # fmt: skip


def document(*spans):
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {}, "spans": [*spans]}]}]}


def protobuf(*spans):
    """The same, by the names of the message's own fields."""
    asked = ExportTraceServiceRequest()
    scope = asked.resource_spans.add().scope_spans.add()
    for one in spans:
        made = scope.spans.add(
            trace_id=bytes.fromhex(one["traceId"]), span_id=bytes.fromhex(one["spanId"]),
            start_time_unix_nano=int(one["startTimeUnixNano"]), name=one["name"],
            end_time_unix_nano=int(one["endTimeUnixNano"]),
        )  # fmt: skip
        made.status.code, made.status.message = one["status"]["code"], one["status"]["message"]
        for pair in one["attributes"]:
            _fill(made.attributes.add(key=pair["key"]).value, pair["value"])
    return asked.SerializeToString()


def _fill(target, given):
    (kind, one), = given.items()  # fmt: skip
    if kind == "arrayValue":
        for each in one["values"]:
            _fill(target.array_value.values.add(), each)
    else:
        name = kind.removesuffix("Value") + "_value"
        setattr(target, name, int(one) if kind == "intValue" else one)


def send(client, key, data, kind="application/json"):
    data = json.dumps(data) if isinstance(data, dict) else data
    return client.post(ADDRESS, data, kind, headers=bearer(key))


def kept():
    fields = ("ident", "version__number", "model", "latency_ms", "input_tokens", "output_tokens")
    return list(LogEvent.objects.order_by("ident").values_list(*fields, "status", "tags", "cost"))


def test_span_of_a_call_becomes_an_event_in_both_forms(client, story):
    _, key = story.key()

    first = send(client, key, document(span(1), span(2, code=2)))
    again = send(client, key, protobuf(span(1), span(2), span(3)), "application/x-protobuf")

    assert (first.status_code, first.json()) == (200, {})
    assert (again.status_code, again["Content-Type"]) == (200, "application/x-protobuf")
    assert ExportTraceServiceResponse.FromString(again.content).partial_success.rejected_spans == 0
    ident = "otel:5b8efff798038103d269b633813fc60c:{:016x}".format
    figures = (1, "gpt-5-2025", 812.5, 120, 40)
    assert [row[:-1] for row in kept()] == [
        (ident(1), *figures, "ok", ["web"]), (ident(2), *figures, "error", ["web"]),
        (ident(3), *figures, "ok", ["web"]),
    ]  # fmt: skip
    assert {float(row[-1]) for row in kept()} == {0.002}
    assert {bytes(one.unit_hash) for one in LogEvent.objects.all()} == {unit_hash("ana")}


def test_spans_of_other_things_are_passed_over(client, story):
    _, key = story.key()

    answer = send(client, key, document(span(1, gen_ai__prompt__name=None), span(2)))
    nothing = send(client, key, {"resourceSpans": [], "more": 1})

    assert (answer.json(), nothing.json()) == ({}, {})
    assert LogEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (span(1, gen_ai__prompt__version=7), "Version 7 of “desk/reply” was never live"),
        (span(1, gen_ai__prompt__version="newest"), "version: Input should be a valid integer"),
        (span(1, gen_ai__prompt__name="other/secret"), "This key reaches no prompt “other"),
        (span(1, gen_ai__usage__input_tokens=-4), "input_tokens: "),
        (span(1, begun=2**63 - 10**9), "started_at: this lies in the future"),
        (span(1, begun=0), "started_at: this is over 30 days ago"),
        ({**span(1), "endTimeUnixNano": "9" * 400}, "latency_ms: "),
    ],
)  # fmt: skip
def test_span_that_cannot_be_taken_is_told_and_spoils_no_other(client, story, bad, words):
    _, key = story.key()

    answer = send(client, key, document(bad, span(2, gen_ai__prompt__version="v1"))).json()

    assert answer["partialSuccess"]["rejectedSpans"] == "1"
    assert answer["partialSuccess"]["errorMessage"].startswith(words)
    assert LogEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"no json", "application/json", 400),
        (b'{"resourceSpans": {"a": 1}}', "application/json", 400),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": [7]}]}]}', "application/json", 400),
        (b"[" * 99_999, "application/json", 400),
        (b"\x0a\xff\xff", "application/x-protobuf", 400),
        (b"<xml/>", "text/xml", 415),
    ],
)
def test_export_that_cannot_be_read_is_refused_whole(client, story, data, kind, status):
    _, key = story.key()

    assert send(client, key, data, kind).status_code == status
    assert send(client, key, document(span(1))).status_code == 200
