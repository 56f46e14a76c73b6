"""What a column of the playground asks: a version or the draft, of a model. Pure."""

from __future__ import annotations

from dataclasses import dataclass

DRAFT = "draft"
MOST_COLUMNS = 4


@dataclass(frozen=True)
class TrialColumn:
    """`source`: "draft", or a version's number."""

    source: str
    model: str

    @property
    def number(self) -> int | None:
        """The version's; None for the draft, 0 for what is neither."""
        if self.source == DRAFT:
            return None
        short = self.source.isascii() and self.source.isdecimal() and len(self.source) < 10
        return int(self.source) if short else 0
