"""Two documents side by side: blocks, words, variables and settings; nothing is left out."""

from __future__ import annotations

from apps.prompts.compare.blocks import block_changes
from apps.prompts.compare.fields import setting_changes, variable_changes
from apps.prompts.compare.marks import MAX_SEGMENTS, Segment, Segments, word_segments
from apps.prompts.compare.shape import (
    MISSING,
    BlockChange,
    Comparison,
    FieldChange,
    RowChange,
    VariableChange,
    show,
)
from apps.prompts.compare.summary import changed_paths, summary_sentences
from apps.prompts.content import Document, new_content
from apps.prompts.invisible import Visible, visible
from apps.prompts.words import Allowance

__all__ = [
    "MAX_SEGMENTS",
    "MISSING",
    "Allowance",
    "BlockChange",
    "Comparison",
    "FieldChange",
    "RowChange",
    "Segment",
    "Segments",
    "VariableChange",
    "Visible",
    "changed_paths",
    "compare",
    "show",
    "summary_sentences",
    "visible",
    "word_segments",
]


def compare(
    old: Document | None, new: Document, *, allowance: Allowance | None = None
) -> Comparison:
    """`old` None: there was nothing before. Both must have passed `check_content`. The allowance
    bounds the whole comparison; blocks after it is spent come with `whole`."""
    before = new_content() if old is None else old
    return Comparison(
        tuple(block_changes(before["blocks"], new["blocks"], allowance or Allowance())),
        tuple(variable_changes(before, new)),
        tuple(setting_changes(before, new)),
    )
