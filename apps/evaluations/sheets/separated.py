"""CSV and pasted cells: texts between separators."""

from __future__ import annotations

import csv
import io
from collections import Counter

from apps.evaluations.sheets.sheet import MAX_CELL, Sheet, SheetError, sheet_of

SEPARATORS = (",", ";", "\t", "|")
LOOKED_AT = 30  # rows


def separated(text: str) -> Sheet:
    """The first row names the columns. Raises SheetError."""
    if not text.strip():
        raise SheetError("There is nothing in it. Put the names of the columns in the first row.")
    csv.field_size_limit(10 * MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    sheet: Sheet | None = None
    number, before = 1, 0
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num
            if sheet is None and any(cell.strip() for cell in cells):
                sheet = sheet_of(cells)
            elif sheet is not None:
                sheet.add(number, cells)
    except csv.Error:
        note = (
            f"From row {before + 1} on nothing could be read: a text is too long, probably because"
            " a quotation mark there is never closed."
        )
        if sheet is None:
            raise SheetError(note) from None
        sheet.note(note, before + 1, skipped=True)
    if sheet is None:
        raise SheetError("There is nothing in it. Put the names of the columns in the first row.")
    return sheet


def separator_of(text: str) -> str:
    """The one that cuts the first rows into the same number of cells, more than one."""
    best, score = ",", 0.0
    for separator in SEPARATORS:
        counts = _widths(text, separator)
        if not counts:
            continue
        width, often = counts.most_common(1)[0]
        if width > 1 and often / counts.total() * min(width, 10) ** 0.5 > score:
            best, score = separator, often / counts.total() * min(width, 10) ** 0.5
    return best


def _widths(text: str, separator: str) -> Counter[int]:
    counts: Counter[int] = Counter()
    reader = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=separator)
    try:
        for cells in reader:
            if any(cells):
                counts[len(cells)] += 1
            if counts.total() >= LOOKED_AT:
                break
    except csv.Error:
        pass
    return counts
