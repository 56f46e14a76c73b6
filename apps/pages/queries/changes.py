"""A comparison as the short lines of a summary: an icon, a name, what happened to it."""

from __future__ import annotations

from dataclasses import dataclass

from apps.prompts.compare import BlockChange, Comparison, summary_sentences

ICONS = (
    ("added", "plus"),
    ("removed", "minus"),
    ("edited", "pencil"),
    ("retyped", "swap"),
    ("moved", "move"),
    ("switched_on", "power"),
    ("switched_off", "power"),
)


@dataclass(frozen=True)
class Line:
    """`name` is a block's label, or "" for a variable or a setting; `rest` follows it, then the
    name of a `variable`, then `tail`."""

    icon: str
    block_type: str
    name: str
    rest: str
    variable: str = ""
    tail: str = ""

    @property
    def short(self) -> str:
        """What happened, in its first words: for a list inside one sentence."""
        first = self.rest.split(",")[0]
        return first if self.name else first[:1].lower() + first[1:]


def lines(comparison: Comparison) -> list[Line]:
    """One line a change, in the order of the text; variables and settings at the end."""
    left = [block for block in comparison.blocks if block.is_changed]
    found = []
    for sentence in summary_sentences(comparison):
        block = next((b for b in left if sentence.startswith(f"{b.label} ")), None)
        if block is None:
            found.append(_other(sentence, comparison))
            continue
        left.remove(block)
        rest = sentence.removeprefix(block.label).strip()
        found.append(Line(_icon(block), block.type, block.label, rest))
    return found


def _other(sentence: str, comparison: Comparison) -> Line:
    """A variable, whose name is drawn as one; or a setting."""
    for change in comparison.variables:
        before, name, after = sentence.partition(f"ariable {change.name}")
        if name and not after[:1].isalnum() and after[:1] != "_":
            return Line("contract", "", "", f"{before}ariable", change.name, after)
    return Line("admin", "", "", sentence)


def _icon(block: BlockChange) -> str:
    return next((icon for status, icon in ICONS if status in block.statuses), "pencil")
