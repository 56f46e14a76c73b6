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
from apps.reviews.wording import old_note, tone, what

SIDE, TOGETHER, FINAL = "side", "together", "final"
VIEWS = (TOGETHER, SIDE, FINAL)


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

    @property
    def moved(self) -> bool:
        return "moved" in self.change.statuses


@dataclass(frozen=True)
class Group:
    """Neighbouring blocks that are all unchanged (folded under `words`), or changed; or, without
    blocks, a line in place of one: `key` of the block that moved away from here, or none and the
    `paths` of one that was removed (the final text)."""

    unchanged: bool
    words: str
    blocks: list[ReadBlock]
    key: str = ""
    paths: str = ""


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
    comparison: Comparison, *, view: str = TOGETHER, old_label: str = "", new_label: str = ""
) -> Reading:
    """Lay a comparison out in one of VIEWS. Each of them names every place that differs: the final
    text has no removed words, but a line for each removed block."""
    view = view if view in VIEWS else TOGETHER
    laid = [_block(block, comparison) for block in comparison.blocks]
    return Reading(
        view=view,
        old_label=old_label,
        new_label=new_label,
        groups=_final(laid) if view == FINAL else _with_places(laid),
        changed=sum(block.is_changed for block in comparison.blocks),
        total=len(comparison.blocks),
        fields=[*_variables(comparison), *_settings(comparison)],
        sentences=summary_sentences(comparison),
        same=comparison.same,
    )


def _final(blocks: list[ReadBlock]) -> list[Group]:
    return [_line_of(block) if block.tone == "rm" else _as_final(block) for block in blocks]


def _line_of(block: ReadBlock) -> Group:
    words = _("%(name)s was removed") % {"name": block.change.label}
    return Group(False, words, [], paths=block.paths)


def _as_final(block: ReadBlock) -> Group:
    return Group(False, "", [replace(block, change=_plain(block.change), tone="")])


def _with_places(blocks: list[ReadBlock]) -> list[Group]:
    """Groups, and between them a line where each moved block stood before."""
    groups: list[Group] = []
    waiting: list[ReadBlock] = []
    left = _left_after(blocks)
    for at in range(-1, len(blocks)):
        waiting += [blocks[at]] if at >= 0 else []
        if at in left:
            groups += [*_groups(waiting), *map(_place_of, left[at])]
            waiting = []
    return [*groups, *_groups(waiting)]


def _left_after(blocks: list[ReadBlock]) -> dict[int, list[ReadBlock]]:
    """Index of a block that did not move (-1: the beginning) → moved ones that followed it."""
    stayed = [
        (block.change.old_place, at)
        for at, block in enumerate(blocks)
        if block.change.old_place and not block.moved
    ]
    left: dict[int, list[ReadBlock]] = {}
    for block in sorted(filter(_has_moved, blocks), key=_old_place):
        before = [pair for pair in stayed if pair[0] < _old_place(block)]
        left.setdefault(max(before)[1] if before else -1, []).append(block)
    return left


def _has_moved(block: ReadBlock) -> bool:
    return block.moved


def _old_place(block: ReadBlock) -> int:
    return block.change.old_place or 0


def _place_of(block: ReadBlock) -> Group:
    words = _("%(name)s stood here, and is now in place %(place)s")
    named = {"name": block.change.label, "place": block.change.new_place}
    return Group(False, words % named, [], key=block.change.key)


def _groups(blocks: list[ReadBlock]) -> Iterator[Group]:
    for unchanged, found in groupby(blocks, lambda block: not block.change.is_changed):
        together = list(found)
        yield Group(unchanged, _unchanged(together) if unchanged else "", together)


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
        change=_plain(block) if tone(block) in ("add", "rm") else block,
        what=what(block),
        tone=tone(block),
        old_note=old_note(block, comparison),
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
