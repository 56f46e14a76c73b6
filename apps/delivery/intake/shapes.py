"""The form of one event and of a batch of them, and in words what does not fit. Pure.

A whole batch is read in one pass. Only if something in it does not fit is each event read by
itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, NotRequired

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from apps.delivery.problems import Fault, Problem, echo

MAX_EVENTS = 1000
LARGEST = 2**31 - 1
MAX_TAGS, TAG_LENGTH = 10, 40
AHEAD = timedelta(days=1)  # how far a clock may be wrong
BEHIND = timedelta(days=30)  # how late an event may come
CONFIG = ConfigDict(extra="forbid", strict=True)
LINE = r"^[^\x00-\x1f]*$"
IDENT = r"^[\x21-\x7e]+$"


def _tags(value: Any) -> Any:
    """{"plan": "pro"} says the same as ["plan:pro"]."""
    if not isinstance(value, dict):
        return value
    return [f"{name}:{one}" if isinstance(one, str) else one for name, one in value.items()]


Ident = Annotated[str, Field(min_length=1, max_length=128, pattern=IDENT)]
Moment = Annotated[str, Field(max_length=40)]  # read by `moment`
Tag = Annotated[str, Field(min_length=1, max_length=TAG_LENGTH, pattern=LINE)]
Tokens = Annotated[int, Field(ge=0, le=LARGEST)]
Unit = Annotated[str, Field(min_length=1, max_length=256)]


class EventIn(TypedDict):
    """One call, as an application tells it."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    id: Ident
    prompt: Annotated[str, Field(max_length=600)]
    version: Annotated[int, Field(ge=1, le=LARGEST)]
    arm: NotRequired[Annotated[str, Field(max_length=20, pattern=LINE)] | None]
    environment: str
    unit: NotRequired[Unit | None]
    model: Annotated[str, Field(max_length=200, pattern=LINE)]
    started_at: Moment
    latency_ms: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
    input_tokens: Tokens
    output_tokens: Tokens
    cost: NotRequired[Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)] | None]
    status: Literal["ok", "error"]
    error: NotRequired[Annotated[str, Field(max_length=10_000)] | None]
    variables: NotRequired[dict[str, Any] | None]
    output: NotRequired[Any]
    tags: NotRequired[
        Annotated[list[Tag], Field(max_length=MAX_TAGS), BeforeValidator(_tags)] | None
    ]


class FeedbackIn(TypedDict):
    """What somebody thought of a call (`log_id`), or of what a unit got from a prompt."""

    __pydantic_config__ = CONFIG  # type: ignore[misc]

    id: NotRequired[Ident | None]
    log_id: NotRequired[Ident | None]
    unit: NotRequired[Unit | None]
    prompt: NotRequired[Annotated[str, Field(max_length=600)] | None]
    name: Annotated[str, Field(min_length=1, max_length=64, pattern=LINE)]
    value: bool | Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
    kind: NotRequired[Literal["score", "yes_no", "number"] | None]
    comment: NotRequired[Annotated[str, Field(max_length=10_000)] | None]


class _EventsIn(TypedDict):
    __pydantic_config__ = CONFIG  # type: ignore[misc]
    events: Annotated[list[EventIn], Field(min_length=1, max_length=MAX_EVENTS)]


class _FeedbacksIn(TypedDict):
    __pydantic_config__ = CONFIG  # type: ignore[misc]
    feedback: Annotated[list[FeedbackIn], Field(min_length=1, max_length=MAX_EVENTS)]


@dataclass(frozen=True)
class Form:
    """How a body of a kind is read; `list` is the name of its one field."""

    list: str
    whole: TypeAdapter[Any]
    one: TypeAdapter[Any]


EVENTS = Form("events", TypeAdapter(_EventsIn), TypeAdapter(EventIn))
FEEDBACK = Form("feedback", TypeAdapter(_FeedbacksIn), TypeAdapter(FeedbackIn))


@dataclass
class Taken:
    """What became of a batch."""

    accepted: int = 0
    duplicates: int = 0
    waiting: int | None = None  # feedback for calls that are not known yet
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def reject(self, index: int, code: str, detail: str) -> None:
        self.rejected.append({"index": index, "code": code, "detail": detail})

    def as_json(self) -> dict[str, Any]:
        rejected = sorted(self.rejected, key=lambda one: int(one["index"]))
        told: dict[str, Any] = {
            "accepted": self.accepted, "duplicates": self.duplicates, "rejected": rejected,
        }  # fmt: skip
        return told if self.waiting is None else {**told, "waiting": self.waiting}


Read = list[tuple[int, Any]]  # index in the batch, event


def read_batch(form: Form, body: bytes, taken: Taken) -> Read:
    """The events that fit; the others are told in `taken`. Problem 400 for what is no batch."""
    try:
        return list(enumerate(form.whole.validate_json(body)[form.list]))
    except ValidationError:
        return read_each(form, _listed(form, body), taken)


def read_each(form: Form, events: list[Any], taken: Taken) -> Read:
    good = []
    for index, raw in enumerate(events):
        try:
            good.append((index, form.one.validate_python(raw)))
        except ValidationError as error:
            taken.reject(index, *_why(error))
    return good


def _listed(form: Form, body: bytes) -> list[Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        words = "The body cannot be read. Send one JSON object in UTF-8."
        raise Problem("bad_body", words) from None
    if not isinstance(document, dict):
        raise Problem("bad_body", f"Send one JSON object with a list “{form.list}”.")
    extra = next((name for name in document if name != form.list), None)
    if extra is not None:  # a field may have the empty name
        words = f"There is no field “{echo(extra)}” here. Leave it out."
        raise Problem("unknown_field", words, [Fault(echo(extra), words)])
    events = document.get(form.list)
    if not isinstance(events, list) or not 1 <= len(events) <= MAX_EVENTS:
        raise _wrong_count(form, events)
    return events


def _wrong_count(form: Form, events: Any) -> Problem:
    has = f"this one has {len(events):,}" if isinstance(events, list) else "this one has no list"
    words = f"“{form.list}” is a list of 1 to {MAX_EVENTS:,}; {has}. Send more in several calls."
    return Problem("bad_body", words, [Fault(form.list, words)])


def _why(error: ValidationError) -> tuple[str, str]:
    """The first fault names the code; a field that does not exist is named first."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    extra = next((one for one in faults if one["type"] == "extra_forbidden"), None)
    if extra is not None:
        name = echo(str(extra["loc"][-1]))
        return "unknown_field", f"There is no field “{name}” in an event. Leave it out."
    if faults[0]["loc"][:1] == ("value",):
        return "bad_event", "value: this is true, false or a number from -1e12 to 1e12."
    where = "/".join(echo(str(part)) for part in faults[0]["loc"])
    return "bad_event", f"{where}: {faults[0]['msg']}" if where else "An event is a JSON object."


def moment(text: str) -> datetime | None:
    """A time in ISO 8601 with its time zone; None for what is none."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo is not None and len(text) > 16 else None
    except (ValueError, OverflowError):
        return None


def wrong_time(at: datetime | None, now: datetime) -> str | None:
    """Why a call cannot have begun then."""
    if at is None:
        return "started_at: a time is a text in ISO 8601 with its time zone."
    if at > now + AHEAD:
        return "started_at: this lies in the future. Check the clock that made it."
    if at < now - BEHIND:
        return f"started_at: this is over {BEHIND.days} days ago, which is too late to count."
    return None
