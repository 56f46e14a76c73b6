"""What the server says of one prompt, read from its answer and checked for its shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from galley_client.assignment import arm_at, ends_of
from galley_client.audience import is_inside, is_known
from galley_client.rendering import Message

Answer = dict[str, Any]


@dataclass(frozen=True)
class Released:
    """`answer` is what it was read from; empty for a fallback, which has no version, no revision
    and no environment."""

    path: str
    version: int | None
    revision: int | None
    environment: str
    content_hash: str
    messages: tuple[Message, ...]
    variables: tuple[dict[str, Any], ...]
    model: str | None
    parameters: dict[str, Any]
    output: dict[str, Any]
    tools: tuple[dict[str, Any], ...]
    split: dict[str, Any] | None = None
    arm: str | None = None
    deprecated: dict[str, Any] | None = None
    ends: tuple[tuple[int, str], ...] = ()
    inside: tuple[tuple[int, str], ...] = ()
    answer: Answer = field(default_factory=dict, repr=False)

    @property
    def shares(self) -> list[str]:
        """The names of the arms that anybody gets."""
        if self.split is None:
            return []
        audience = self.split["audience"]
        arms = [*self.split["arms"], *(audience["arms"] if audience else ())]
        return [arm["arm"] for arm in arms if arm["weight"]]

    def arm_of(self, unit: str, attributes: Mapping[str, object] | None) -> str:
        """The name of the arm that a unit gets in a split."""
        assert self.split is not None
        audience = self.split["audience"]
        is_in = audience is not None and is_inside(audience["all"], attributes)
        return arm_at(self.split["salt"], self.inside if is_in else self.ends, unit)


def released_from(answer: Answer) -> Released:
    """ValueError if it is no answer of Galley."""
    try:
        return _read(answer)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError("This is no answer of Galley.") from error


def _read(answer: Answer) -> Released:
    model = answer["model"] or {}
    split = _split(answer["split"])
    return Released(
        path=_text(answer["prompt"]),
        version=_whole(answer["version"]),
        revision=None if answer["revision"] is None else _whole(answer["revision"]),
        environment=_text(answer["environment"]),
        content_hash=_text(answer["content_hash"]),
        messages=tuple(
            {**m, "role": _text(m["role"]), "content": _text(m["content"])}
            for m in answer["messages"]
        ),
        variables=tuple(_variable(variable) for variable in answer["variables"]),
        model=model.get("id"),
        parameters=dict(model.get("parameters") or {}),
        output=dict(answer["output"]),
        tools=tuple(dict(tool) for tool in answer["tools"]),
        split=split,
        arm=split["arm"] if split else None,
        ends=tuple(ends_of(split)) if split else (),
        inside=tuple(ends_of(split["audience"])) if split and split["audience"] else (),
        deprecated=dict(answer["deprecated"]) if answer.get("deprecated") else None,
        answer=answer,
    )


def _variable(variable: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {"required": False, "default": None, "max_length": None, "choices": []}
    return {**plain, **variable, "name": _text(variable["name"]), "type": _text(variable["type"])}


def _split(split: Any) -> dict[str, Any] | None:
    if split is None:
        return None
    arms, arm = _arms(split["arms"]), split["arm"]
    if arm is not None and arm not in [known["arm"] for known in arms]:
        raise ValueError("arm")
    return {
        "id": _text(split["id"]),
        "salt": _text(split["salt"]),
        "arm": arm,
        "arms": arms,
        "audience": _audience(split.get("audience")),
    }


def _arms(arms: Any) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = [
        {
            "arm": _text(arm["arm"]),
            "version": _whole(arm["version"]),
            "weight": _whole(arm["weight"]),
        }
        for arm in arms
    ]
    if any(arm["weight"] < 0 for arm in read):
        raise ValueError("weights")
    return read


def _audience(audience: Any) -> dict[str, Any] | None:
    """One that a newer server asks for in words that are not known here lets nobody in."""
    if audience is None or not is_known(audience["all"]):
        return None
    conditions = [
        {
            "attribute": _text(each["attribute"]),
            "operator": each["operator"],
            "values": [_text(value) for value in each["values"]],
        }
        for each in audience["all"]
    ]
    if not conditions or not all(each["values"] for each in conditions):
        raise ValueError("audience")
    return {"all": conditions, "arms": _arms(audience["arms"])}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("no whole number")
    return value


def fallback_from(path: str, fallback: str | Sequence[Message]) -> Released:
    """A text is the system message; each `{{name}}` in it is required."""
    said = [{"role": "system", "content": fallback}] if isinstance(fallback, str) else fallback
    return Released(
        path=path,
        version=None,
        revision=None,
        environment="",
        content_hash="",
        messages=tuple(dict(message) for message in said),
        variables=(),
        model=None,
        parameters={},
        output={"format": "text", "json_schema": None},
        tools=(),
    )
