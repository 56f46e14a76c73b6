"""A comparison laid out for reading: unchanged blocks folded, each change with what happened to it.

Pure: values in, values out. Drawn by `templates/prompts/_comparison.html`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.text import listing
from apps.prompts.compare import (
    BlockChange,
    Comparison,
    FieldChange,
    RowChange,
    Segment,
    VariableChange,
    changed_paths,
    show,
    summary_sentences,
)
from apps.prompts.content import BLOCK_LABELS, VARIABLE_LABELS

SIDE, TOGETHER, FINAL = "side", "together", "final"
VIEWS = (SIDE, TOGETHER, FINAL)


@dataclass(frozen=True)
class ReadBlock:
    """`tone` is add, rm, mv or "" (words marked inside). `old_note`, `new_note` stand where a side
    has nothing to show. `paths` names every place that differs."""

    change: BlockChange
    what: str
    tone: str
    old_note: str
    new_note: str
    paths: str

    @property
    def type_label(self) -> str:
        return str(BLOCK_LABELS.get(self.change.type, self.change.type))

    @property
    def named(self) -> str:
        return self.change.title.strip(" #:")


@dataclass(frozen=True)
class Group:
    """Neighbouring blocks that are all unchanged (folded under `words`), or changed."""

    unchanged: bool
    words: str
    blocks: list[ReadBlock]


@dataclass(frozen=True)
class FieldRow:
    """One variable's or setting's field, before and after, in words."""

    path: str
    thing: str
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Reading:
    view: str
    old_label: str
    new_label: str
    groups: list[Group]
    changed: int
    total: int
    fields: list[FieldRow]
    sentences: list[str]
    same: bool


def read(
    comparison: Comparison, *, view: str = SIDE, old_label: str = "", new_label: str = ""
) -> Reading:
    """Lay a comparison out in one of VIEWS. The final text leaves out what was removed."""
    view = view if view in VIEWS else SIDE
    shown = [b for b in comparison.blocks if view != FINAL or "removed" not in b.statuses]
    laid = [_block(block, comparison) for block in shown]
    if view == FINAL:
        laid = [replace(block, change=_plain(block.change), tone="") for block in laid]
    return Reading(
        view=view,
        old_label=old_label,
        new_label=new_label,
        groups=list(_groups(laid, fold=view != FINAL)),
        changed=sum(block.is_changed for block in comparison.blocks),
        total=len(comparison.blocks),
        fields=[*_variables(comparison), *_settings(comparison)],
        sentences=summary_sentences(comparison),
        same=comparison.same,
    )


def _groups(blocks: list[ReadBlock], *, fold: bool) -> Iterator[Group]:
    for unchanged, found in groupby(blocks, lambda block: not block.change.is_changed):
        together = list(found)
        words = _unchanged(together) if unchanged else ""
        yield Group(unchanged and fold, words, together)


def _unchanged(blocks: list[ReadBlock]) -> str:
    names = [block.change.label for block in blocks]
    if len(names) > 4:
        return _("%(n)s blocks are unchanged") % {"n": len(names)}
    return ngettext("%(names)s is unchanged", "%(names)s are unchanged", len(names)) % {
        "names": listing(names)
    }


def _block(block: BlockChange, comparison: Comparison) -> ReadBlock:
    alone = Comparison((block,), (), ())
    return ReadBlock(
        change=_plain(block) if _tone(block) in ("add", "rm") else block,
        what=_what(block),
        tone=_tone(block),
        old_note=_old_note(block, comparison),
        new_note=_("Not there any more") if "removed" in block.statuses else "",
        paths=" ".join(sorted(changed_paths(alone))),
    )


def _plain(block: BlockChange) -> BlockChange:
    """The same block with its new text alone (a removed one: its old text), without marks."""
    gone = "delete" if "removed" not in block.statuses else ""
    rows = tuple(_plain_row(row, gone) for row in block.rows if row.new_place or not gone)
    return replace(
        block,
        title_segments=_one_text(block.title_segments, gone),
        segments=_one_text(block.segments, gone),
        rows=rows,
    )


def _plain_row(row: RowChange, gone: str) -> RowChange:
    return replace(row, input=_one_text(row.input, gone), output=_one_text(row.output, gone))


def _one_text(segments: tuple[Segment, ...], gone: str) -> tuple[Segment, ...]:
    text = "".join(segment.text for segment in segments if segment.op != gone)
    return (Segment("equal", text),) if text else ()


def _tone(block: BlockChange) -> str:
    if "added" in block.statuses:
        return "add"
    if "removed" in block.statuses:
        return "rm"
    return "mv" if "moved" in block.statuses and not _edited(block) else ""


def _edited(block: BlockChange) -> bool:
    return bool(block.statuses & {"edited", "retyped", "switched_on", "switched_off"})


def _old_note(block: BlockChange, comparison: Comparison) -> str:
    if "added" in block.statuses:
        return _("Was not there")
    if _tone(block) != "mv":
        return ""
    before = [b for b in comparison.blocks if b.old_place == (block.old_place or 0) - 1]
    if not before:
        return _("Was first")
    return _("Was after %(block)s") % {"block": before[0].label}


def _what(block: BlockChange) -> str:
    """ "Moved from place 4 to 3, same words"."""
    parts = list(_parts(block))
    return (
        ", ".join([parts[0], *(part[0].lower() + part[1:] for part in parts[1:])]) if parts else ""
    )


def _parts(block: BlockChange) -> Iterator[str]:
    statuses = block.statuses
    if "added" in statuses:
        yield _("Added")
    if "removed" in statuses:
        yield _("Removed")
    if "retyped" in statuses:
        yield _("Was %(type)s") % {"type": BLOCK_LABELS.get(block.old_type or "", block.old_type)}
    if "edited" in statuses:
        yield _edited_words(block)
    if "moved" in statuses:
        places = {"old": block.old_place, "new": block.new_place}
        yield _("Moved from place %(old)s to %(new)s") % places
        if not _edited(block):
            yield _("Same words")
    if "switched_off" in statuses:
        yield _("Switched off, so it is not sent any more")
    if "switched_on" in statuses:
        yield _("Switched on, so it is sent again")
    for change in block.fields:
        yield f"{change.label}: {show(change.old)} → {show(change.new)}"


def _edited_words(block: BlockChange) -> str:
    if block.whole:
        return _("Edited, too much to mark each word")
    return ngettext("Edited", "Edited, %(n)s places", block.places) % {"n": block.places}


def _variables(comparison: Comparison) -> Iterator[FieldRow]:
    for change in comparison.variables:
        base = f"variables/{change.name}"
        if change.status == "edited":
            yield from (_row(base, _variable(change), field) for field in change.fields)
            continue
        words = _declared(change)
        sides = ("", words) if change.status == "added" else (words, "")
        yield FieldRow(base, _variable(change), _(change.status.capitalize()), *sides)


def _variable(change: VariableChange) -> str:
    return f"{{{{{change.name}}}}}"


def _declared(change: VariableChange) -> str:
    variable = change.variable
    kind = str(VARIABLE_LABELS.get(variable["type"], variable["type"]))
    need = _("required") if variable["required"] else _("optional")
    words = [kind, need]
    if variable.get("default") not in (None, ""):
        words.append(_("default %(value)s") % {"value": show(variable["default"])})
    if variable.get("choices"):
        words.append(_("one of %(choices)s") % {"choices": show(variable["choices"])})
    if variable.get("max_length"):
        words.append(_("at most %(n)s characters") % {"n": variable["max_length"]})
    if variable.get("description"):
        words.append(variable["description"])
    return ", ".join(words)


def _settings(comparison: Comparison) -> Iterator[FieldRow]:
    for field in comparison.settings:
        yield FieldRow("/".join(field.path), "", field.label, show(field.old), show(field.new))


def _row(base: str, thing: str, field: FieldChange) -> FieldRow:
    path = f"{base}/{'/'.join(field.path)}"
    return FieldRow(path, thing, field.label, show(field.old), show(field.new))
