"""What a comparison says of one block, in words: what happened to it, and where it was."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.prompts.compare import BlockChange, Comparison, show
from apps.prompts.content import BLOCK_LABELS


def tone(block: BlockChange) -> str:
    if "added" in block.statuses:
        return "add"
    if "removed" in block.statuses:
        return "rm"
    return "mv" if "moved" in block.statuses and not edited(block) else ""


def edited(block: BlockChange) -> bool:
    return bool(block.statuses & {"edited", "retyped", "switched_on", "switched_off"})


def old_note(block: BlockChange, comparison: Comparison) -> str:
    if "added" in block.statuses:
        return _("Was not there")
    if tone(block) != "mv":
        return ""
    before = [b for b in comparison.blocks if b.old_place == (block.old_place or 0) - 1]
    if not before:
        return _("Was first")
    return _("Was after %(block)s") % {"block": before[0].label}


def what(block: BlockChange) -> str:
    """ "Moved from place 4 to 3, same words"."""
    parts = list(_parts(block))
    return (
        ", ".join([parts[0], *(part[0].lower() + part[1:] for part in parts[1:])]) if parts else ""
    )


def _parts(block: BlockChange) -> Iterator[str]:
    statuses = block.statuses
    if "added" in statuses:
        yield _("Added")
        yield from _is_set(block)
        return
    if "removed" in statuses:
        yield _("Removed")
    if "retyped" in statuses:
        yield _("Was %(type)s") % {"type": BLOCK_LABELS.get(block.old_type or "", block.old_type)}
    if "edited" in statuses:
        yield _edited_words(block)
    if "moved" in statuses:
        places = {"old": block.old_place, "new": block.new_place}
        yield _("Moved from place %(old)s to %(new)s") % places
        if not edited(block):
            yield _("Same words")
    if "switched_off" in statuses:
        yield _("Switched off, so it is not sent any more")
    if "switched_on" in statuses:
        yield _("Switched on, so it is sent again")
    if "removed" not in statuses:
        for change in block.fields:
            yield f"{change.label}: {show(change.old)} → {show(change.new)}"


def _is_set(block: BlockChange) -> Iterator[str]:
    """What an added block brings beyond its words."""
    for change in block.fields:
        if change.path == ("enabled",):
            yield _("Switched off, so it is not sent")
        else:
            yield f"{change.label}: {show(change.new)}"


def _edited_words(block: BlockChange) -> str:
    if block.whole:
        return _("Edited, too much to mark each word")
    return ngettext("Edited", "Edited, %(n)s places", block.places) % {"n": block.places}
