"""A table of texts as it came out of a file, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 10_000  # what a suite takes
MAX_COLUMNS = 200
MAX_CELL = 100_000  # characters
MAX_PROBLEMS = 200  # that are listed one by one


class SheetError(Exception):
    """Nothing can be read. The sentence says why, and what to do."""


class Problem(NamedTuple):
    """`row` is the row as a spreadsheet counts it, 0 for the whole file. Without `skipped` the row
    is taken, and the sentence says how."""

    row: int
    sentence: str
    skipped: bool = True


class Row(NamedTuple):
    number: int
    cells: tuple[str, ...]


@dataclass
class Sheet:
    """`rows` hold as many cells as there are columns; rows with a problem that cannot be taken are
    not among them. `unread` rows stand behind the last one that was read."""

    columns: list[str]
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread: int = 0

    def note(self, sentence: str, row: int = 0, *, skipped: bool = False) -> None:
        self.problems.append(Problem(row, sentence, skipped))

    def add(self, number: int, cells: Sequence[str]) -> bool:
        """Take a row, or say why not. False when the sheet is full."""
        if not any(cell.strip() for cell in cells):
            return True
        if len(self.rows) >= MAX_ROWS:
            self.unread += 1
            return False
        if sentence := self._problem(cells):
            self.note(sentence, number, skipped=True)
        else:
            width = len(self.columns)
            cut = [*cells[:width], *[""] * (width - len(cells))]
            self.rows.append(Row(number, tuple(cell.strip() for cell in cut)))
        return True

    def _problem(self, cells: Sequence[str]) -> str:
        width = len(self.columns)
        if any(cell.strip() for cell in cells[width:]):
            return (
                f"This row has {len(cells)} cells and there are {width} columns. A text with the"
                " separator in it must stand in quotation marks."
            )
        for name, cell in zip(self.columns, cells, strict=False):
            if len(cell) > MAX_CELL:
                return f"“{name}” has {len(cell):,} characters; at most {MAX_CELL:,} fit."
            if "\0" in cell or "�" in cell:
                return f"“{name}” holds broken letters. Save the file as UTF-8 and try again."
        return ""


def named(cells: Sequence[str]) -> tuple[list[str], list[Problem]]:
    """Names of columns from the first row: none empty, none twice."""
    cells = list(cells)
    while cells and not cells[-1].strip():
        cells.pop()
    if not any(cell.strip() for cell in cells):
        raise SheetError("The first row is empty. Put the names of the columns there.")
    if len(cells) > MAX_COLUMNS:
        raise SheetError(f"There are {len(cells)} columns; at most {MAX_COLUMNS} can be read.")
    names: list[str] = []
    problems: list[Problem] = []
    for place, cell in enumerate(cells, 1):
        name = " ".join(cell.split())[:100] or f"Column {place}"
        if name in names:
            count = 2
            while f"{name} ({count})" in names:
                count += 1
            sentence = f"Two columns are called “{name}”: the later one is “{name} ({count})” here."
            problems.append(Problem(1, sentence, False))
            name = f"{name} ({count})"
        names.append(name)
    return names, problems


def sheet_of(cells: Sequence[str]) -> Sheet:
    """A sheet whose columns the first row names."""
    names, problems = named(cells)
    return Sheet(names, problems=problems)
