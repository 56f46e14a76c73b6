"""What a change means for the applications that call: which of their calls will fail. Pure.

The contract of a document is its variables and the form of its answer. Extra values are ignored
(domain.md), so a variable that goes breaks nothing; one that comes breaks every caller, if it is
required.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from apps.prompts.content import VARIABLE_LABELS, Document
from apps.prompts.values import MAX_VALUE_CHARACTERS

Variable = dict[str, Any]
TEXTS = ("text", "long_text")


class Clause(NamedTuple):
    """`breaks`: calls that worked before will fail, or answers can no longer be read as before.
    `variable` is "" where the answer is meant."""

    breaks: bool
    variable: str
    sentence: str


def contract_changes(old: Document | None, new: Document) -> list[Clause]:
    """What breaks first. Without `old` no application has called yet, so nothing breaks."""
    if old is None:
        return []
    before, after = _by_name(old), _by_name(new)
    found = [
        clause
        for name in {**before, **after}
        for clause in _variable(name, before.get(name), after.get(name))
    ]
    found += _answer(old["output"], new["output"])
    return sorted(found, key=lambda clause: not clause.breaks)


def _by_name(document: Document) -> dict[str, Variable]:
    return {variable["name"]: variable for variable in document["variables"]}


def _variable(name: str, old: Variable | None, new: Variable | None) -> Iterator[Clause]:
    if new is None:
        yield Clause(
            False, name, f"`{name}` is ignored from now on; applications may stop sending it."
        )
        return
    if new["required"] and (old is None or not old["required"]):
        yield Clause(True, name, f"Applications that do not send `{name}` will fail.")
    elif old is None:
        yield Clause(False, name, f"Applications may send `{name}`; those that do not are fine.")
    if old is not None and (sentence := _narrowed(name, old, new)):
        yield Clause(True, name, sentence)


def _narrowed(name: str, old: Variable, new: Variable) -> str:
    """Why a value that fitted before may not fit now; "" when every one still does."""
    kind = new["type"]
    if kind == "json" or (kind == old["type"] and kind not in (*TEXTS, "choice")):
        return ""
    if kind == "choice" and old["type"] == "choice":
        return _fewer_choices(name, old["choices"], new["choices"])
    if kind in TEXTS and old["type"] in (*TEXTS, "choice"):
        return _shorter(name, old, new)
    label = VARIABLE_LABELS[kind].lower()
    return f"`{name}` must now be of the type “{label}”; applications that send anything else fail."


def _fewer_choices(name: str, old: list[str], new: list[str]) -> str:
    gone = [f"“{choice}”" for choice in old if choice not in new]
    if not gone:
        return ""
    shown = ", ".join(gone[:5]) + (", …" if len(gone) > 5 else "")
    return f"`{name}` may no longer be {shown}; applications that send it will fail."


def _shorter(name: str, old: Variable, new: Variable) -> str:
    most = _most(new)
    longest = max(map(len, old["choices"]), default=0) if old["type"] == "choice" else _most(old)
    if longest <= most:
        return ""
    return f"`{name}` may have {most:,} characters now; applications that send more will fail."


def _most(variable: Variable) -> int:
    most = variable["max_length"]
    return MAX_VALUE_CHARACTERS if most is None else int(most)


def _answer(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Clause]:
    if old["format"] != new["format"]:
        sentence = (
            f"The answer changes from {_format(old)} to {_format(new)}:"
            " applications that read it have to change with it."
        )
        yield Clause(True, "", sentence)
    elif old["json_schema"] != new["json_schema"]:
        yield from _schema(old["json_schema"] or {}, new["json_schema"] or {})


def _format(output: dict[str, Any]) -> str:
    return {"text": "text", "list": "a list", "json": "JSON"}[output["format"]]


def _schema(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Clause]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before:
        if name not in after:
            yield Clause(True, "", f"The answer no longer has the field `{name}`.")
        elif before[name] != after[name]:
            yield Clause(True, "", f"The field `{name}` of the answer is described anew.")
    for name in after:
        if name not in before:
            yield Clause(False, "", f"The answer has a new field, `{name}`.")
    if before == after:
        yield Clause(True, "", "The description of the answer changes.")
