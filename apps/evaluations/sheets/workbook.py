"""XLSX. Formulas give the value that the file keeps; merged cells give theirs to each row."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from apps.evaluations.sheets.sheet import MAX_COLUMNS, MAX_ROWS, Sheet, SheetError, sheet_of

MAX_UNPACKED = 300 * 1024 * 1024  # bytes: a small file can unfold into a huge one
MAX_MERGES = 10_000
_MERGE = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
ERROR = r"#(?:REF|N/A|NAME|VALUE|DIV/0|NUM|NULL)[!?]?"
BROKEN = "This XLSX file cannot be read. Open it, save it anew, or save it as CSV (UTF-8)."
Cells = dict[tuple[int, int], tuple[int, int]]


def read_workbook(data: bytes) -> Sheet:
    """The first sheet that holds anything. Raises SheetError."""
    try:
        _require_small(data)
        return _read(data)
    except SheetError:
        raise
    except Exception:  # whatever a damaged file does to its reader, it is the file that is damaged
        raise SheetError(BROKEN) from None


def _require_small(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        size = sum(info.file_size for info in packed.infolist())
    if size > MAX_UNPACKED:
        most = MAX_UNPACKED // 1024**2
        raise SheetError(f"This file unfolds to more than {most} MiB. Bring in a smaller one.")


def _read(data: bytes) -> Sheet:
    from openpyxl import load_workbook

    values = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        page = next((sheet for sheet in values.worksheets if _first(sheet)), None)
        if page is None:
            raise SheetError("Every sheet of this file is empty.")
        merged, formulas = _merges(data, page), _formulas(data, page)
        sheet = _rows(page, merged, formulas)
        if len(values.worksheets) > 1:
            sheet.note(f"The file has {len(values.worksheets)} sheets; “{page.title}” was read.")
        return sheet
    finally:
        values.close()


def _first(page: Any) -> Any:
    rows = page.iter_rows(max_row=50, max_col=MAX_COLUMNS, values_only=True)
    return next((row for row in rows if any(cell is not None for cell in row)), None)


def _rows(page: Any, merged: Cells, formulas: set[tuple[int, int]]) -> Sheet:
    sheet: Sheet | None = None
    spread: dict[tuple[int, int], Any] = {}
    starts = set(merged.values())
    rows = page.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True)
    for number, given in enumerate(rows, 1):
        cells = list(given)
        while cells and cells[-1] is None and (number, len(cells)) not in merged:
            cells.pop()
        for place, value in enumerate(cells, 1):
            if (number, place) in starts:
                spread[number, place] = value
            if (number, place) in merged:
                cells[place - 1] = spread.get(merged[number, place])
        if sheet is None:
            if any(cell is not None for cell in cells):
                sheet = sheet_of([_text(cell) for cell in cells])
                _note_merges(sheet, merged)
            continue
        if len(sheet.rows) >= MAX_ROWS:
            sheet.unread = max(1, (page.max_row or number) - number + 1)
            break
        if sentence := _broken(sheet, number, cells, formulas):
            sheet.note(sentence, number, skipped=True)
        else:
            sheet.add(number, [_text(cell) for cell in cells])
    assert sheet is not None  # `_first` found a row
    return sheet


def _note_merges(sheet: Sheet, merged: Cells) -> None:
    if merged:
        row, column = min(merged.values())
        sheet.note(
            f"There are merged cells, the first at {_name(column)}{row}: each of their rows takes"
            " the text."
        )


def _broken(sheet: Sheet, number: int, cells: list[Any], formulas: set[tuple[int, int]]) -> str:
    for place, cell in enumerate(cells, 1):
        at = f"{_name(place)}{number}"
        if (number, place) in formulas and cell is None:
            return (
                f"{at} is a formula whose value the file does not keep. Open the file in a"
                " spreadsheet program, save it, and bring it in again."
            )
        if isinstance(cell, str) and re.fullmatch(
            r"#(?:REF|N/A|NAME|VALUE|DIV/0|NUM|NULL)[!?]?", cell
        ):
            return f"{at} holds the error {cell}. Mend the formula there."
    return ""


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time(0):
        return cell.date().isoformat()
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _name(column: int) -> str:
    name = ""
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(65 + letter) + name
    return name


def _number(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def _xml(data: bytes, page: Any) -> bytes:
    """The sheet as the file holds it: what the reader of rows does not tell."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return packed.read(page._worksheet_path.lstrip("/"))


def _merges(data: bytes, page: Any) -> Cells:
    """Cell → the cell whose text it takes. Merged headers and areas alike."""
    found: Cells = {}
    xml = _xml(data, page)
    for left, top, right, bottom in _MERGE.findall(xml[xml.rfind(b"</sheetData>") :]):
        first = (int(top), _number(left.decode()))
        for row in range(int(top), min(int(bottom), int(top) + MAX_ROWS) + 1):
            for column in range(first[1], min(_number(right.decode()), MAX_COLUMNS) + 1):
                found[row, column] = first
                if len(found) > MAX_MERGES * 10:
                    raise SheetError("There are too many merged cells. Split them and try again.")
    return found


def _formulas(data: bytes, page: Any) -> set[tuple[int, int]]:
    if b"<f" not in _xml(data, page):
        return set()
    return set(_formula_cells(data, page.title))


def _formula_cells(data: bytes, title: str) -> Iterator[tuple[int, int]]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True)
    try:
        rows = book[title].iter_rows(max_row=MAX_ROWS + 50, max_col=MAX_COLUMNS + 1)
        for row in rows:
            for cell in row:
                if getattr(cell, "data_type", "") == "f":
                    yield cell.row, cell.column
    finally:
        book.close()
