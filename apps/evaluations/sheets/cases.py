"""From the rows of a sheet to cases."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apps.evaluations.new_case import NewCase
from apps.evaluations.sheets.guessing import EXPECTED, NAME, TAGS, VARIABLE
from apps.evaluations.sheets.sheet import Problem, Row, Sheet

MAX_TAGS = 20
MAX_TAG = 40
MAX_NAME = 200


def cases_of(sheet: Sheet, mapping: Mapping[str, str]) -> tuple[list[NewCase], list[Problem]]:
    """Cases of the rows that can be taken, and why the others cannot."""
    cases: list[NewCase] = []
    problems: list[Problem] = []
    for row in sheet.rows:
        case = _case(sheet, row, mapping)
        if sentence := _problem(case):
            problems.append(Problem(row.number, sentence))
        else:
            cases.append(case)
    return cases, problems


def _case(sheet: Sheet, row: Row, mapping: Mapping[str, str]) -> NewCase:
    found = {
        mapping.get(column, ""): cell
        for column, cell in zip(sheet.columns, row.cells, strict=True)
        if mapping.get(column)
    }
    return NewCase(
        values={
            target.removeprefix(VARIABLE): cell
            for target, cell in found.items()
            if target.startswith(VARIABLE) and cell
        },
        expected=found.get(EXPECTED, ""),
        name=" ".join(found.get(NAME, "").split()),
        tags=tuple(tag for tag in re.split(r"\s*[,;|\n]\s*", found.get(TAGS, "").strip()) if tag),
    )


def _problem(case: NewCase) -> str:
    if not case.values:
        return "Every variable is empty in this row."
    if len(case.name) > MAX_NAME:
        return f"The name has {len(case.name)} characters; at most {MAX_NAME} fit."
    if len(case.tags) > MAX_TAGS:
        return f"It has {len(case.tags)} tags; at most {MAX_TAGS} fit."
    long = next((tag for tag in case.tags if len(tag) > MAX_TAG), "")
    return f"The tag “{long[:40]}…” has more than {MAX_TAG} characters." if long else ""
