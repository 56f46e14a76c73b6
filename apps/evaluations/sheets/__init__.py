"""Spreadsheets: CSV, XLSX, JSON Lines and pasted cells become rows of texts. Pure."""

from __future__ import annotations

from apps.evaluations.sheets.cases import cases_of
from apps.evaluations.sheets.guessing import guess, problem_of, variable_name
from apps.evaluations.sheets.letters import text_of
from apps.evaluations.sheets.lines import json_lines
from apps.evaluations.sheets.separated import separated
from apps.evaluations.sheets.sheet import MAX_BYTES, MAX_ROWS, Problem, Row, Sheet, SheetError
from apps.evaluations.sheets.workbook import read_workbook

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
PACKED = b"PK\x03\x04"


def read(name: str, data: bytes) -> Sheet:
    """What a file holds, whatever it is called. Raises SheetError."""
    if len(data) > MAX_BYTES:
        have, most = -(-len(data) // 1024**2), MAX_BYTES // 1024**2
        raise SheetError(f"This file has {have} MiB; at most {most} MiB can be brought in.")
    if data.startswith(OLD_EXCEL):
        raise SheetError(
            "This is an old Excel file (XLS), or one with a password. Save it as XLSX or CSV."
        )
    if data.startswith(PACKED):
        return _told(read_workbook(data))
    text, note = text_of(data)
    sheet = json_lines(text) if _is_json(name, text) else separated(text)
    if note:
        sheet.note(note)
    return _told(sheet)


def paste(text: str) -> Sheet:
    """Cells copied out of a spreadsheet. Raises SheetError."""
    return read("pasted", text.encode("utf-8", "replace"))


def _is_json(name: str, text: str) -> bool:
    if name.lower().endswith((".jsonl", ".ndjson", ".json")):
        return True
    return text.lstrip().startswith(('{"', "[{"))


def _told(sheet: Sheet) -> Sheet:
    if sheet.unread:
        sheet.note(
            f"There are {sheet.unread:,} rows more than the {MAX_ROWS:,} that a suite takes: the"
            f" first {MAX_ROWS:,} were read. Bring the others into a second suite."
        )
    if not sheet.rows and not any(problem.skipped for problem in sheet.problems):
        raise SheetError("There are names of columns and no rows below them.")
    return sheet


__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "Problem",
    "Row",
    "Sheet",
    "SheetError",
    "cases_of",
    "guess",
    "paste",
    "problem_of",
    "read",
    "variable_name",
]
