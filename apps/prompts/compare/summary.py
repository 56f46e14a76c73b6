"""A comparison in sentences, and as the set of places that differ."""

from __future__ import annotations

from collections.abc import Iterator

from apps.prompts.compare.shape import (
    MISSING,
    BlockChange,
    Comparison,
    FieldChange,
    VariableChange,
    show,
)
from apps.prompts.content import BLOCK_LABELS, VARIABLE_LABELS

_LONGEST = 60


def changed_paths(comparison: Comparison) -> set[str]:
    """Where the two documents differ: `blocks/<key>/body`, `blocks/<key>` (added or removed),
    `variables/<name>/type`, `rendering/headings`, `models/<model>/parameters/temperature` …"""
    blocks = {path for block in comparison.blocks for path in _block_paths(block)}
    variables = {path for change in comparison.variables for path in _variable_paths(change)}
    return blocks | variables | {"/".join(change.path) for change in comparison.settings}


def _block_paths(block: BlockChange) -> Iterator[str]:
    base = f"blocks/{block.key}"
    if block.statuses & {"added", "removed"}:
        yield base
        return
    places = {
        "title": block.old_title != block.title,
        "body": any(segment.op != "equal" for segment in block.segments),
        "rows": any(row.status != "unchanged" for row in block.rows) or _gains_rows(block),
        "type": "retyped" in block.statuses,
        "place": "moved" in block.statuses,
        "enabled": bool(block.statuses & {"switched_on", "switched_off"}),
    }
    yield from (f"{base}/{name}" for name, differs in places.items() if differs)
    yield from (f"{base}/{'/'.join(change.path)}" for change in block.fields)


def _gains_rows(block: BlockChange) -> bool:
    return "retyped" in block.statuses and "examples" in (block.type, block.old_type)


def _variable_paths(change: VariableChange) -> Iterator[str]:
    base = f"variables/{change.name}"
    if change.status != "edited":
        yield base
    yield from (f"{base}/{'/'.join(field.path)}" for field in change.fields)


def summary_sentences(comparison: Comparison) -> list[str]:
    """What changed, in words; empty when nothing did."""
    changed = [block for block in comparison.blocks if block.is_changed]
    rekeyed = [block for block in changed if _only_identity(block)]
    sentences = [_block_sentence(b, comparison) for b in changed if b not in rekeyed]
    if rekeyed:
        sentences.append(f"{_count(len(rekeyed), 'block')} with the same words, made anew")
    sentences += [_variable_sentence(change) for change in comparison.variables]
    return sentences + [_setting_sentence(change) for change in comparison.settings]


def _only_identity(block: BlockChange) -> bool:
    paths = [change.path for change in block.fields]
    return block.statuses == {"edited"} and paths == [("key",)] and not block.places


def _block_sentence(block: BlockChange, comparison: Comparison) -> str:
    name, kind = _short(block.label), BLOCK_LABELS.get(block.type, block.type)
    if "added" in block.statuses:
        off = any(change.path == ("enabled",) for change in block.fields)
        added = f"{name} added" + ("" if name == kind else f" as {kind}")
        return added + (", switched off" if off else "")
    if "removed" in block.statuses:
        return f"{name} removed"
    return f"{name} " + (", ".join(_block_phrases(block, comparison)) or "edited")


def _block_phrases(block: BlockChange, comparison: Comparison) -> Iterator[str]:
    if "moved" in block.statuses:
        yield _where(block, comparison)
    if "retyped" in block.statuses:
        old, new = (BLOCK_LABELS.get(kind or "", kind) for kind in (block.old_type, block.type))
        yield f"changed from {old} to {new}"
    if "switched_on" in block.statuses:
        yield "switched on"
    if "switched_off" in block.statuses:
        yield "switched off"
    if block.old_title != block.title and block.label != _old_label(block):
        yield f"renamed from {_short(_old_label(block))}"
    yield from _word_phrases(block)


def _old_label(block: BlockChange) -> str:
    title = (block.old_title or "").strip(" #:")
    return title or BLOCK_LABELS.get(block.old_type or "", block.old_type or "")


def _word_phrases(block: BlockChange) -> Iterator[str]:
    if block.whole:
        yield "rewritten"
    elif block.places:
        yield f"edited, {_count(block.places, 'place')}"
    elif block.statuses == {"moved"}:
        yield "same words"
    for change in block.fields:
        if change.path == ("as",) and "retyped" not in block.statuses:
            yield f"examples sent {show(change.new).lower()}"
        if change.path == ("snippet",):
            yield _pin_phrase(change)


def _pin_phrase(change: FieldChange) -> str:
    nothing = (MISSING, None)
    if change.old in nothing:
        return "pinned to a snippet"
    return "detached from its snippet" if change.new in nothing else "pinned to other words"


def _where(block: BlockChange, comparison: Comparison) -> str:
    """ "moved before Instructions": beside the block that it now stands next to."""
    order = [b for b in comparison.blocks if b.new_place is not None]
    place = order.index(block)
    if place + 1 < len(order):
        return f"moved before {_short(order[place + 1].label)}"
    return "moved to the end"


def _variable_sentence(change: VariableChange) -> str:
    kind = "required" if change.variable["required"] else "optional"
    if change.status == "added":
        return f"New {kind} variable {change.name}"
    if change.status == "removed":
        return f"Variable {change.name} removed"
    return f"Variable {change.name}: " + ", ".join(map(_variable_phrase, change.fields))


def _variable_phrase(field: FieldChange) -> str:
    if field.path == ("required",):
        return "now required" if field.new else "now optional"
    if field.path == ("type",):
        old, new = (VARIABLE_LABELS.get(kind, kind) for kind in (field.old, field.new))
        return f"type from {old} to {new}"
    return _from_to(field)


def _setting_sentence(change: FieldChange) -> str:
    return _from_to(change)[:1].upper() + _from_to(change)[1:]


def _from_to(field: FieldChange) -> str:
    return f"{field.label.lower()} from {_short(show(field.old))} to {_short(show(field.new))}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
