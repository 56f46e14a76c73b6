"""Reading what applications log: each event by itself, so that one bad event spoils no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from apps.delivery.actions import take_events
from apps.delivery.problems import echo
from apps.delivery.queries import version_ids
from apps.delivery.records import KeyRecord, Place
from apps.delivery.sent import SENT
from apps.delivery.store import Store

MAX_EVENTS = 1000
LARGEST = 2**31 - 1
AHEAD = timedelta(days=1)  # how far a clock may be wrong
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
Line = r"^[^\x00-\x1f]*$"


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("a time is a text in ISO 8601 with its time zone")
    return value


class EventIn(BaseModel):
    """One call. `variables` and `output`, `unit`, `error` and `tags` are read and not kept."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")
    prompt: str = Field(max_length=600)
    version: int = Field(ge=1, le=LARGEST)
    arm: str | None = Field(None, max_length=20, pattern=Line)
    environment: str
    unit: str | None = Field(None, max_length=256)
    model: str = Field(max_length=200, pattern=Line)
    started_at: Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_text)]
    latency_ms: float = Field(ge=0, le=1e9, allow_inf_nan=False)
    input_tokens: int = Field(ge=0, le=LARGEST)
    output_tokens: int = Field(ge=0, le=LARGEST)
    cost: float | None = Field(None, ge=0, le=1e6, allow_inf_nan=False)
    status: Literal["ok", "error"]
    error: str | None = Field(None, max_length=10_000)
    variables: dict[str, Any] | None = None
    output: Any = None
    tags: dict[str, str] | list[str] | None = None


@dataclass
class Taken:
    """What became of a batch."""

    accepted: int = 0
    duplicates: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def reject(self, index: int, code: str, detail: str) -> None:
        self.rejected.append({"index": index, "code": code, "detail": detail})

    def as_json(self) -> dict[str, Any]:
        rejected = sorted(self.rejected, key=lambda one: int(one["index"]))
        return {"accepted": self.accepted, "duplicates": self.duplicates, "rejected": rejected}


def take(store: Store, key: KeyRecord, events: list[Any]) -> Taken:
    """Keep what fits. The names of the variables are noted in memory and written down later."""
    taken = Taken()
    _know(store, events)
    good = _readable(store, key, events, taken)
    versions = version_ids({(place.prompt_id, one.version) for _, one, place in good})
    rows: dict[str, dict[str, Any]] = {}
    fitting = 0
    for index, event, place in good:
        version = versions.get((place.prompt_id, event.version))
        if version is None:
            words = f"There is no version {event.version} of “{place.path}”."
            taken.reject(index, "unknown_version", words)
            continue
        fitting += 1
        rows.setdefault(event.id, _row(key, event, place, version))
        if event.variables is not None:
            SENT.note(key.environment_id, place.prompt_id, event.variables)
    taken.accepted = take_events(list(rows.values()))
    taken.duplicates = fitting - taken.accepted
    return taken


def _know(store: Store, events: list[Any]) -> None:
    """A prompt may be newer than the memory."""
    paths = {event.get("prompt") for event in events if isinstance(event, dict)}
    if any(isinstance(path, str) and path not in store.places for path in paths):
        store.refresh()


def _readable(
    store: Store, key: KeyRecord, events: list[Any], taken: Taken
) -> list[tuple[int, EventIn, Place]]:
    good = []
    for index, raw in enumerate(events):
        try:
            event = EventIn.model_validate(raw)
        except ValidationError as error:
            taken.reject(index, *_why(error))
            continue
        place = store.places.get(event.prompt)
        if event.environment != key.environment:
            words = f"This key logs calls in {key.environment} and nowhere else."
            taken.reject(index, "unknown_environment", words)
        elif place is None or not place.is_open_to(key):
            words = f"This key reaches no prompt “{echo(event.prompt)}”."
            taken.reject(index, "unknown_prompt", words)
        elif not OLDEST < event.started_at < datetime.now(UTC) + AHEAD:
            taken.reject(index, "bad_event", "started_at: this is not when the call began.")
        else:
            good.append((index, event, place))
    return good


def _why(error: ValidationError) -> tuple[str, str]:
    """The first fault names the code; a field that does not exist is named first."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    extra = next((one for one in faults if one["type"] == "extra_forbidden"), None)
    if extra is not None:
        name = echo(str(extra["loc"][-1]))
        return "unknown_field", f"There is no field “{name}” in an event. Leave it out."
    where = "/".join(str(part) for part in faults[0]["loc"])
    return "bad_event", f"{where}: {faults[0]['msg']}" if where else "An event is a JSON object."


def _row(key: KeyRecord, event: EventIn, place: Place, version: int) -> Mapping[str, Any]:
    return {
        "environment_id": key.environment_id,
        "prompt_id": place.prompt_id,
        "version_id": version,
        "ident": event.id,
        "arm": event.arm or "",
        "model": event.model,
        "started_at": event.started_at.isoformat(),
        "latency_ms": event.latency_ms,
        "input_tokens": event.input_tokens,
        "output_tokens": event.output_tokens,
        "cost": event.cost,
        "status": event.status,
    }
