"""The results of a run as a grid: a row a case, a column a version and model, 100 on a page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Func, TextField
from django.db.models.functions import Left

from apps.evaluations.models import Result, Run
from apps.evaluations.states import ResultState

PAGE = 100
TO_COME = (ResultState.WAITING, ResultState.LEASED)
SHORT = 240  # letters of an answer that a cell shows
NEWLY, FIXED, BOTH_FAIL, BOTH_PASS = "newly", "fixed", "both_fail", "both_pass"
PASS, FAIL, NOT_RUN, OPEN, DIFFERENT = "pass", "fail", "not_run", "open", "different"
WAITS = "waits"  # of a run that goes on: nothing can be said yet
PAIRED_VIEWS = (NEWLY, FIXED, BOTH_FAIL, BOTH_PASS, DIFFERENT, NOT_RUN, OPEN)
ALONE_VIEWS = (PASS, FAIL, NOT_RUN, OPEN)


@dataclass(frozen=True)
class Column:
    run_id: int
    model: str
    label: str


@dataclass(frozen=True)
class Cell:
    """`kind` is what its icon and words say."""

    result: Result | None
    kind: str
    answer: str = ""
    label: str = ""  # of its column


@dataclass(frozen=True)
class Line:
    place: int
    name: str
    expected: str
    cells: list[Cell]
    own: Cell  # what was tested, by the first model: what its kind is told by


@dataclass
class Grid:
    columns: list[Column]
    lines: list[Line]
    counts: dict[str, int]
    total: int
    found: int
    page: int
    pages: int
    shown: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    tag: str = ""

    @property
    def hidden(self) -> int:
        return self.total - self.found


def columns_of(run: Run) -> list[Column]:
    """What was live before what was tested, model by model."""
    several = len(run.models) > 1
    found = []
    for model in run.models:
        for each in (run.paired, run):
            if each is not None:
                label = f"{each.label}, live" if each is run.paired else each.label
                found.append(Column(each.pk, model, f"{label}, {model}" if several else label))
    return found


def grid_of(
    run: Run, document: dict[str, Any], *, show: Collection[str] = (), tag: str = "", page: int = 1
) -> Grid:
    """Three queries, however many cases. `show` holds kinds of cases; none: every case."""
    kinds = _kinds(run)
    cases = document["cases"]
    counts = dict.fromkeys(PAIRED_VIEWS if run.paired_id else ALONE_VIEWS, 0)
    for found in kinds.values():
        for kind in found:
            counts[kind] = counts.get(kind, 0) + 1
    wanted = [kind for kind in show if kind in counts]
    tags = sorted({one for case in cases for one in case["tags"]})
    places = [
        place
        for place, case in enumerate(cases)
        if (not tag or tag in case["tags"])
        and (not wanted or kinds.get(place, set()) & set(wanted))
    ]
    pages = max(1, -(-len(places) // PAGE))
    page = min(max(1, page), pages)
    here = places[(page - 1) * PAGE : page * PAGE]
    columns = columns_of(run)
    lines = _lines(columns, here, cases, run)
    return Grid(
        columns, lines, counts, len(cases), len(places), page, pages, wanted, tags[:50], tag
    )


def first_lines(
    run: Run, document: dict[str, Any], *, order: Sequence[str], most: int
) -> list[Line]:
    """The first so many cases, kind after kind in this order. Two queries."""
    kinds = _kinds(run)
    found = [place for kind in order for place in sorted(kinds) if kind in kinds[place]]
    places = list(dict.fromkeys(found))[:most]
    return _lines(columns_of(run), places, document["cases"], run)


def _kinds(run: Run) -> dict[int, set[str]]:
    """Case → what it is, by the first model. One query over light columns."""
    ids = [run.pk, run.paired_id] if run.paired_id else [run.pk]
    mark = Func(F("answer"), function="md5", output_field=TextField())
    rows = Result.objects.filter(run__in=ids, model=run.models[0]).order_by()
    facts: dict[int, dict[int, list[tuple[str, bool | None, str]]]] = {}
    for run_id, place, state, passed, said in rows.values_list(
        "run", "case_index", "state", "passed", mark
    ):
        facts.setdefault(place, {}).setdefault(run_id, []).append((state, passed, said))
    return {
        place: _kind_of(found.get(run.pk, []), found.get(run.paired_id or 0))
        for place, found in facts.items()
    }


def _kind_of(
    own: Sequence[tuple[str, bool | None, str]],
    live: Sequence[tuple[str, bool | None, str]] | None,
) -> set[str]:
    mine = standing(own)
    if live is None:
        return {mine}
    theirs = standing(live)
    if WAITS in (mine, theirs):
        return {WAITS}
    both = {(PASS, PASS): BOTH_PASS, (FAIL, FAIL): BOTH_FAIL, (PASS, FAIL): NEWLY,
            (FAIL, PASS): FIXED}  # fmt: skip
    found = {both[theirs, mine]} if (theirs, mine) in both else set()
    if NOT_RUN in (mine, theirs):
        found.add(NOT_RUN)
    elif OPEN in (mine, theirs):
        found.add(OPEN)
    if NOT_RUN not in found and {one[2] for one in own} != {one[2] for one in live}:
        found.add(DIFFERENT)
    return found


def standing(found: Sequence[tuple[str, bool | None, str]]) -> str:
    """Of all repeats: one that fails decides, then one to come, then one that could not run."""
    if any(passed is False for _state, passed, _said in found):
        return FAIL
    if any(state in TO_COME for state, _passed, _said in found):
        return WAITS
    if not found or any(state != ResultState.DONE for state, _passed, _said in found):
        return NOT_RUN
    return OPEN if any(passed is None for _state, passed, _said in found) else PASS


def _lines(
    columns: Sequence[Column], places: Sequence[int], cases: Sequence[dict[str, Any]], run: Run
) -> list[Line]:
    rows = Result.objects.filter(run__in={column.run_id for column in columns})
    rows = rows.filter(case_index__in=places).defer("answer", "verdicts", "tool_calls")
    found: dict[tuple[int, str, int], Result] = {}
    for row in rows.annotate(short=Left("answer", SHORT)).order_by("-repeat"):
        found[row.run_id, row.model, row.case_index] = row
    lines = []
    for place in places:
        case = cases[place]
        cells = []
        for column in columns:
            before = found.get((run.paired_id or 0, column.model, place))
            cells.append(
                _cell(found.get((column.run_id, column.model, place)), before, column, run)
            )
        own = cells[1 if run.paired_id else 0]
        lines.append(Line(place, case_name(case, place), case["expected"][:120], cells, own))
    return lines


def _cell(row: Result | None, before: Result | None, column: Column, run: Run) -> Cell:
    if row is None or row.state in TO_COME:
        return Cell(row, "waiting", label=column.label)
    if row.state != ResultState.DONE:
        missing = NOT_RUN if row.state == ResultState.COULD_NOT_RUN else "cancelled"
        return Cell(row, missing, label=column.label)
    kind = OPEN if row.passed is None else PASS if row.passed else FAIL
    compared = column.run_id == run.pk and before is not None and before.passed is not None
    if compared and before is not None and row.passed is not None and before.passed != row.passed:
        kind = FIXED if row.passed else NEWLY
    return Cell(row, kind, str(getattr(row, "short", "")), column.label)


def case_name(case: dict[str, Any], place: int) -> str:
    """Its own name, else its first value, else its number."""
    first = next((str(value) for value in case["values"].values()), "")
    return str(case["name"] or first[:80] or f"Case {place + 1}")
