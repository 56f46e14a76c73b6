"""What an application holds: one prompt, ready to render."""

from __future__ import annotations

import time
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from galley_client.known import Known
from galley_client.released import Released
from galley_client.rendering import Message, names, render
from galley_client.shapes import anthropic_call, openai_call


class Prompt:
    """One released prompt for one call. It never changes; only `age` and `is_stale` go on telling
    how fresh it is."""

    __slots__ = ("_begun", "_known", "_released", "_values", "log_id", "unit")

    def __init__(self, released: Released, known: Known, unit: str | None) -> None:
        self._released = released
        self._known = known
        self.unit = unit
        self.log_id: str | None = None
        self._values: Mapping[str, Any] | None = None
        self._begun: tuple[float, float] | None = None

    def __repr__(self) -> str:
        return f"Prompt({self.path!r}, version={self.version}, revision={self.revision})"

    @property
    def path(self) -> str:
        """Where the prompt is, such as `support/refunds/reply`."""
        return self._released.path

    @property
    def version(self) -> int | None:
        """The number of the version; None for a fallback."""
        return self._released.version

    @property
    def revision(self) -> int | None:
        """Counts the releases of this prompt in its environment; None for a fallback and for a
        version that was never released there."""
        return self._released.revision

    @property
    def environment(self) -> str:
        """The environment of the key; empty for a fallback."""
        return self._released.environment

    @property
    def content_hash(self) -> str:
        """`sha256:…` of the version; empty for a fallback."""
        return self._released.content_hash

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages before values are put in: `{"role": …, "content": …}`."""
        return self._released.messages

    @property
    def variables(self) -> tuple[dict[str, Any], ...]:
        """What the prompt declares: `{"name", "type", "required", "default", …}`."""
        return self._released.variables

    @property
    def model(self) -> str | None:
        """The name of the model, such as `openai/gpt-5`; None where the prompt names none."""
        return self._released.model

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of the model, such as `{"temperature": 0.2}`."""
        return deepcopy(self._released.parameters)

    @property
    def output(self) -> dict[str, Any]:
        """`{"format": "text" or "json", "json_schema": …}`."""
        return self._released.output

    @property
    def tools(self) -> tuple[dict[str, Any], ...]:
        """The tools as the prompt holds them."""
        return self._released.tools

    @property
    def arm(self) -> str | None:
        """The arm of the split that the unit got; None without a split or without a unit."""
        return self._released.arm

    @property
    def deprecated(self) -> dict[str, Any] | None:
        """`{"since", "sunset", "successor"}` of a prompt that is to be given up; else None."""
        return self._released.deprecated

    @property
    def age(self) -> float:
        """Seconds since the server last confirmed it."""
        return self._known.age

    @property
    def is_stale(self) -> bool:
        """The last attempt to confirm it failed, or it comes from the disk or the bundle, or the
        server itself could not look it up anew."""
        return self._known.is_stale

    @property
    def is_fallback(self) -> bool:
        """It is the value of `fallback=` or of the bundle: the server has never answered."""
        return self._known.is_fallback

    @property
    def sent(self) -> tuple[str, ...] | None:
        """The names of the values of the last rendering, never the values; None before it."""
        return None if self._values is None else tuple(self._values)

    @property
    def values(self) -> Mapping[str, Any] | None:
        """The values of the last rendering; None before it."""
        return self._values

    def taken(self) -> tuple[float, float]:
        """(when the last rendering was, in seconds since 1970; milliseconds since then)."""
        if self._begun is None:
            return time.time(), 0.0
        begun, at = self._begun
        return begun, round((time.monotonic() - at) * 1000, 1)

    def render(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> list[Message]:
        """The messages with the values put in. ValuesError names each one that does not fit;
        values that the prompt does not know are passed over."""
        given = {**(values or {}), **more}
        released = self._released
        declared = released.variables if released.answer else _guessed(released, given)
        done = render(released.messages, declared, given)[0]
        self._values, self._begun = given, (time.time(), time.monotonic())
        return done

    def openai(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> dict[str, Any]:
        """The arguments of OpenAI's `chat.completions.create`: messages, model, parameters, tools
        and response format. No model where the prompt names none."""
        return openai_call(self.render(values, **more), *self._call())

    def anthropic(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> dict[str, Any]:
        """The arguments of Anthropic's `messages.create`. System messages become `system`;
        `max_tokens` is 4,096 where the prompt sets none."""
        return anthropic_call(self.render(values, **more), *self._call())

    def _call(self) -> tuple[Any, ...]:
        """Copies: whoever changes the arguments of a call changes no other call."""
        released = self._released
        return deepcopy((released.model, released.parameters, released.output, released.tools))


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "yes_no"),
    ((int, float), "number"),
    ((list, tuple), "list"),
    (dict, "json"),
)


def _guessed(released: Released, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A fallback declares nothing, so each variable has the type of its value."""
    return [
        {
            "name": name,
            "type": next((k for t, k in _KINDS if isinstance(values.get(name), t)), "text"),
            "required": True,
            "default": None,
            "max_length": None,
            "choices": [],
        }
        for name in names(released.messages)
    ]
