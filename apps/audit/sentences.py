"""An entry in words: the event's own sentence, with the names of then."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.audit.models import AuditEntry, AuditLabel
from apps.audit.registry import Event, event
from apps.core.text import listing

PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Part:
    """A piece of a sentence; `role` is "actor", "target" or "" for plain words."""

    text: str
    role: str = ""


def name_of(entry: AuditEntry, role: str, labels: Mapping[str, str]) -> str:
    """The name of the actor or target as it was then; what stands there once it was erased."""
    kind = entry.actor_kind if role == AuditLabel.Role.ACTOR else entry.target_kind
    name = labels.get(role)
    if name is not None:
        return _("The key “%s”") % name if kind == "key" and role == "actor" else name
    if kind in ("person", "user"):
        return _("someone (erased)")
    return _("something (erased)")


def parts(entry: AuditEntry, labels: Mapping[str, str]) -> list[Part]:
    """`labels` maps "actor" and "target" to their names, where those were not erased."""
    known = _event(entry)
    template = known.denied if entry.outcome == "denied" else known.sentence
    words: list[Part] = []
    for place, text in _pieces(template):
        if place in ("actor", "target"):
            words.append(Part(name_of(entry, place, labels), place))
        else:
            words.append(Part(_value(entry, place) if place else text))
    return _begin_upper([word for word in words if word.text])


def sentence(entry: AuditEntry, labels: Mapping[str, str]) -> str:
    return "".join(part.text for part in parts(entry, labels))


def _event(entry: AuditEntry) -> Event:
    try:
        return event(entry.event)
    except KeyError:  # written by a later or removed part: shown by its code
        text = f"{{actor}}: {entry.event}, {{target}}"
        return Event(entry.event, text, "", frozenset(), f"{text} (refused)")


def _pieces(template: str) -> list[tuple[str, str]]:
    """("", text) and (place, "") in the order of the template."""
    found = PLACE.split(template)
    return [("", piece) if i % 2 == 0 else (piece, "") for i, piece in enumerate(found)]


def _value(entry: AuditEntry, key: str) -> str:
    if key == "environment":
        return entry.environment.capitalize()
    if key == "kind":  # a code, such as no_personal_data
        return _words(worded(entry.data.get(key)))
    return worded(entry.data.get(key))


def worded(value: Any) -> str:
    """A value of an entry for people: yes and no, lists with "and", nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return listing([worded(item) for item in value])
    if isinstance(value, Mapping):
        return ", ".join(f"{_words(str(k))}: {worded(v)}" for k, v in value.items())
    return str(value)


def _words(key: str) -> str:
    return key.replace("_", " ")


def _begin_upper(words: list[Part]) -> list[Part]:
    if not words:
        return words
    first = words[0]
    return [Part(first.text[:1].upper() + first.text[1:], first.role), *words[1:]]


def differences(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """(what, before, after) for each thing that `before` and `after` name, in words."""
    before, after = entry.before or {}, entry.after or {}
    keys = [*before, *(key for key in after if key not in before)]
    rows = [(key, worded(before.get(key)), worded(after.get(key))) for key in keys]
    return [(_words(key).capitalize(), old, new) for key, old, new in rows if old != new]
