"""What a column of the playground asks: a version or a draft, of a model. Pure."""

from __future__ import annotations

from dataclasses import dataclass

DRAFT = "draft"
NAMED = f"{DRAFT}:"
MOST_COLUMNS = 4


@dataclass(frozen=True)
class TrialColumn:
    """`source`: "draft" for the shared one, "draft:<pk>" for one with a name, or a version's
    number."""

    source: str
    model: str

    @property
    def draft(self) -> int | None:
        """Of a draft with a name; None for the shared one and for versions."""
        return _number(self.source.removeprefix(NAMED)) if self.source.startswith(NAMED) else None

    @property
    def number(self) -> int | None:
        """The version's; None for a draft, 0 for what is neither."""
        if self.source == DRAFT or self.source.startswith(NAMED):
            return None
        return _number(self.source)


def source_of(*, version: int | None = None, draft: int | None = None) -> str:
    """Of a version, of a draft with a name, else of the shared one."""
    if version is not None:
        return str(version)
    return DRAFT if draft is None else f"{NAMED}{draft}"


def _number(typed: str) -> int:
    short = typed.isascii() and typed.isdecimal() and len(typed) < 10
    return int(typed) if short else 0
