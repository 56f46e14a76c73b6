"""What somebody thought of a call → feedback events."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping

from galley_client.logs import Event
from galley_client.prompt import Prompt
from galley_client.units import mark

LONGEST_COMMENT = 10_000


def opinions_of(
    about: Prompt | str, values: Mapping[str, bool | float], comment: str | None
) -> Iterator[Event]:
    """One for each name. About a call, the last one of a name holds; about what a unit got, each
    has an id of its own, so that one that is sent twice counts once."""
    if not values:
        raise ValueError("Say what was thought of it: feedback(prompt, thumbs=+1).")
    where = {"log_id": about} if isinstance(about, str) else _where(about)
    said = {} if comment is None else {"comment": comment[:LONGEST_COMMENT]}
    for name, value in values.items():
        if not isinstance(value, bool | int | float):
            raise ValueError(f"{name} is {value!r}; use True, False or a number.")
        ident = {} if "log_id" in where else {"id": str(uuid.uuid4())}
        yield {**ident, **where, "name": name, "value": value, **said}


def _where(prompt: Prompt) -> dict[str, str]:
    if prompt.log_id is not None:
        return {"log_id": prompt.log_id, "prompt": prompt.path}
    if prompt.unit is not None:
        return {"unit": mark(prompt.unit), "prompt": prompt.path}
    raise ValueError("Log the call first, give the id of its log event, or get it with a unit.")
