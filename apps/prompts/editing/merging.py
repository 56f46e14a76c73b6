"""The page on which two documents become one, as its template draws it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.prompts import content
from apps.prompts.compare import Allowance, word_segments
from apps.prompts.compare.marks import Segments
from apps.prompts.content import rows_text
from apps.prompts.merge_documents import MERGED, MINE, THEIRS, MergedDocument, Piece
from apps.prompts.queries.merging import Meeting

SETTINGS = {
    "headings": gettext_lazy("Headings"),
    "output": gettext_lazy("The answer"),
    "tools": gettext_lazy("Tools"),
}


@dataclass(frozen=True)
class Side:
    """One choice. `marks`: its words against the text that both began from; none for a removal."""

    choice: str
    label: str
    marks: Segments
    gone: bool
    text: str


@dataclass(frozen=True)
class MergeRow:
    id: str
    label: str
    type: str  # of a block, for its icon and colour; else ""
    kind: str
    says: str
    sides: tuple[Side, ...]
    chosen: str
    proposal: str | None

    @property
    def asks(self) -> bool:
        return self.kind == "conflict"


def merge_rows(meeting: Meeting, merged: MergedDocument) -> list[MergeRow]:
    """What changed on either side; first what somebody must choose."""
    allowance = Allowance()
    labels = _block_labels(meeting)
    rows = [_row(piece, meeting, labels, allowance) for piece in merged.changed]
    return sorted(rows, key=lambda row: not row.asks)


def _row(
    piece: Piece, meeting: Meeting, labels: Mapping[str, str], allowance: Allowance
) -> MergeRow:  # fmt: skip
    names = {MINE: _("This draft"), THEIRS: str(meeting.source)}
    wanted = {"mine": (MINE,), "both": (MINE,), "theirs": (THEIRS,)}.get(piece.kind, (MINE, THEIRS))
    base = _text(piece, piece.base, labels)
    sides = []
    for choice in wanted:
        value = piece.mine if choice == MINE else piece.theirs
        text = _text(piece, value, labels)
        marks = word_segments(base, text, allowance)[0]
        sides.append(Side(choice, names[choice], marks, value is None, text))
    return MergeRow(
        id=piece.id,
        label=_label(piece, labels),
        type=_type(piece),
        kind=piece.kind,
        says=_says(piece.kind, str(meeting.source)),
        sides=tuple(sides),
        chosen=piece.chosen,
        proposal=piece.proposal if MERGED in piece.choices else None,
    )


def _says(kind: str, source: str) -> str:
    said = {
        "mine": _("Only this draft changed it: it stays."),
        "theirs": _("Only %(source)s changed it: it comes in."),
        "both": _("Both made the same change."),
        "merged": _("Both changed different words: both changes are kept."),
        "conflict": _("Both changed it. Choose."),
    }
    return said[kind] % {"source": source}


def _block_labels(meeting: Meeting) -> dict[str, str]:
    found: dict[str, str] = {}
    for document in (meeting.base, meeting.theirs, meeting.mine):
        for block in document["blocks"] if document else []:
            name = content.BLOCK_LABELS[block["type"]]
            found[block["key"]] = f"{name} “{block['title']}”" if block["title"] else name
    return found


def _type(piece: Piece) -> str:
    value = piece.mine or piece.theirs or piece.base
    return str(value["type"]) if piece.what == "block" else ""


def _label(piece: Piece, labels: Mapping[str, str]) -> str:
    name = piece.id.partition(":")[2]
    if piece.what == "block":
        return labels[name]
    if piece.what == "variable":
        return _("Variable %(name)s") % {"name": name}
    if piece.what == "model":
        return _("Model %(name)s") % {"name": name}
    return _("Order of the blocks") if piece.what == "order" else str(SETTINGS[name])


def _text(piece: Piece, value: Any, labels: Mapping[str, str]) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if piece.what == "block":
        return _block_text(value)
    if piece.what == "variable":
        return _variable_text(value)
    if piece.what == "order":
        return "\n".join(labels[key] for key in value)
    if piece.id == "setting:headings":
        return str(content.HEADING_LABELS.get(value, value))
    if piece.what == "model":
        return _model_text(value, labels)
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True)


def _block_text(block: dict[str, Any]) -> str:
    head = "" if block["enabled"] else _("Turned off") + "\n"
    title = f"{block['title']}\n" if block["title"] else ""
    words = [block["body"], rows_text(block.get("rows", []))]
    return head + title + "\n\n".join(word for word in words if word)


def _model_text(model: dict[str, Any], labels: Mapping[str, str]) -> str:
    """Its parameters, then its own words of each block."""
    lines = [f"{name}: {json.dumps(value)}" for name, value in model["parameters"].items()]
    for key, own in model["overrides"].items():
        name = labels.get(key, key)
        if "body" in own:
            lines.append(_("%(block)s in its own words:") % {"block": name} + f"\n{own['body']}")
        else:
            lines.append(_("%(block)s is not sent.") % {"block": name})
    return "\n".join(lines) or _("No settings of its own")


def _variable_text(variable: dict[str, Any]) -> str:
    facts = [
        str(content.VARIABLE_LABELS[variable["type"]]),
        _("required") if variable["required"] else _("optional"),
        variable["description"],
        *variable["choices"],
    ]
    if variable["default"] is not None:
        facts.append(_("default: %(value)s") % {"value": variable["default"]})
    if variable["max_length"]:
        facts.append(_("at most %(n)s characters") % {"n": variable["max_length"]})
    return ", ".join(fact for fact in facts if fact)
