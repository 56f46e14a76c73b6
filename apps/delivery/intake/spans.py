"""OpenTelemetry's spans of calls to models → events. Pure; what it does not know it passes over."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from apps.delivery.problems import Problem

PROMPT, VERSION = "gen_ai.prompt.name", "gen_ai.prompt.version"
MODEL = ("gen_ai.response.model", "gen_ai.request.model")
INPUT = ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")
OUTPUT = ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
FAILED = 2  # STATUS_CODE_ERROR
UNREADABLE = "The body cannot be read. Send an ExportTraceServiceRequest as JSON or protobuf."
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Span:
    trace: str  # hexadecimal
    ident: str
    begun: int  # nanoseconds since 1970
    ended: int
    failed: bool = False
    message: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


def event_of(span: Span, environment: str) -> dict[str, Any] | None:
    """The event of a call with one of our prompts; None for any other span."""
    told = span.attributes
    if not told.get(PROMPT):
        return None
    error = span.message or told.get("error.type")
    found = {
        "id": f"otel:{span.trace}:{span.ident}",
        "prompt": told[PROMPT],
        "version": _whole(told.get(VERSION)),
        "arm": told.get("galley.arm"),
        "environment": environment,
        "unit": _words(told.get("galley.unit")),
        "model": _first(told, MODEL) or "unknown",
        "started_at": _instant(span.begun),
        "latency_ms": _milliseconds(span.ended - span.begun),
        "input_tokens": _whole(_first(told, INPUT) or 0),
        "output_tokens": _whole(_first(told, OUTPUT) or 0),
        "cost": _number(told.get("gen_ai.usage.cost")),
        "status": "error" if span.failed else "ok",
        "error": _words(error)[:2000] if span.failed and error else None,
        "output": told.get("gen_ai.output.messages"),
        "tags": told.get("galley.tags"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _milliseconds(nanoseconds: int) -> float:
    try:
        return nanoseconds / 1_000_000
    except OverflowError:  # of hundreds of digits: the span is rejected, the others are taken
        return math.inf


def spans_in_json(body: bytes) -> list[Span]:
    """Ids are hexadecimal and long numbers may be texts, as OTLP says of JSON."""
    try:
        document = json.loads(body)
        return [
            _span_in_json(one)
            for resource in _list(document, "resourceSpans")
            for scope in _list(resource, "scopeSpans")
            for one in _list(scope, "spans")
        ]
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        raise Problem("bad_body", UNREADABLE) from None


def _list(document: Any, name: str) -> list[Any]:
    found = document.get(name)
    if not isinstance(found, list | None):
        raise TypeError(name)
    return found or []


def _span_in_json(one: Any) -> Span:
    status = one.get("status") or {}
    code = status.get("code", 0)
    return Span(
        trace=str(one.get("traceId", "")).lower(),
        ident=str(one.get("spanId", "")).lower(),
        begun=int(one.get("startTimeUnixNano", 0)),
        ended=int(one.get("endTimeUnixNano", 0)),
        failed=code in (FAILED, "STATUS_CODE_ERROR"),
        message=str(status.get("message", "")),
        attributes={
            str(pair.get("key")): _value(pair.get("value") or {})
            for pair in _list(one, "attributes")
        },
    )


def _value(value: Mapping[str, Any]) -> Any:
    for name, one in value.items():
        if name == "intValue":
            return int(one)
        if name == "arrayValue":
            return [_value(each) for each in one.get("values", ())]
        if name in ("stringValue", "boolValue", "doubleValue"):
            return one
    return None


def spans_in_protobuf(body: bytes) -> list[Span]:
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    asked = ExportTraceServiceRequest()
    try:
        asked.ParseFromString(body)
    except (DecodeError, RecursionError):
        raise Problem("bad_body", UNREADABLE) from None
    return list(_spans_of(asked))


def _spans_of(asked: Any) -> Iterator[Span]:
    for resource in asked.resource_spans:
        for scope in resource.scope_spans:
            for one in scope.spans:
                yield Span(
                    one.trace_id.hex(), one.span_id.hex(), one.start_time_unix_nano,
                    one.end_time_unix_nano, one.status.code == FAILED, one.status.message,
                    {pair.key: _any_value(pair.value) for pair in one.attributes},
                )  # fmt: skip


def _any_value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_any_value(each) for each in value.array_value.values]
    known = ("string_value", "bool_value", "int_value", "double_value")
    return getattr(value, kind) if kind in known else None


def _first(told: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((told[name] for name in names if told.get(name) is not None), None)


def _whole(value: Any) -> Any:
    """A version may be a text: "14", or "v14"."""
    if isinstance(value, str) and value.removeprefix("v").isdecimal() and len(value) < 12:
        return int(value.removeprefix("v"))
    return value


def _number(value: Any) -> float | None:
    plain = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if plain else None


def _words(value: Any) -> Any:
    return None if value is None else str(value)


def _instant(nanoseconds: int) -> str:
    try:
        return (EPOCH + timedelta(microseconds=nanoseconds // 1000)).isoformat()
    except OverflowError:
        return "no time"
