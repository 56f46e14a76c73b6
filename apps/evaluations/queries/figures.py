"""What a run says beside its verdict: how each tag does, and what the answers cost and take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection

from apps.evaluations.models import Run
from apps.evaluations.queries.runs import family_of
from apps.evaluations.queries.summaries import verdicts_of
from apps.evaluations.states import ResultState

MOST_TAGS = 40


@dataclass(frozen=True)
class Share:
    """How many of the judged cases pass; `percent` is None where none was judged."""

    passed: int
    judged: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.passed / self.judged) if self.judged else None


@dataclass(frozen=True)
class TagLine:
    """`shares`: what was live first, where the run is compared with it."""

    tag: str
    cases: int
    shares: list[Share]


@dataclass(frozen=True)
class Effort:
    """What the answers of one version by one model took: half of them at most `median_ms`, 95 of
    100 at most `slow_ms`; tokens and US dollars an answer. `width`: percent of the longest."""

    label: str
    model: str
    answers: int
    median_ms: int
    slow_ms: int
    tokens: int | None
    cost: Decimal | None
    width: int = 0

    @property
    def thousand(self) -> str:
        """What a thousand such answers cost; nothing where it is not known."""
        return "" if self.cost is None else f"${self.cost * 1000:,.2f}"


def tag_lines(run: Run, document: dict[str, Any]) -> list[TagLine]:
    """Tags by their share of passes in what was tested, the weakest first. One query, or none."""
    places: dict[str, list[int]] = {}
    for place, case in enumerate(document["cases"]):
        for tag in case["tags"]:
            places.setdefault(tag, []).append(place)
    if not places:
        return []
    verdicts = verdicts_of(family_of(run), run.models[0])
    lines = [
        TagLine(tag, len(found), [_share(column, found) for column in verdicts])
        for tag, found in places.items()
    ]
    lines.sort(key=lambda line: (_percent(line), line.tag))
    return lines[:MOST_TAGS]


def _share(column: list[float | None], places: list[int]) -> Share:
    said = [column[place] for place in places if place < len(column)]
    judged = [one for one in said if one is not None]
    return Share(sum(one == 1 for one in judged), len(judged))


def _percent(line: TagLine) -> int:
    own = line.shares[-1].percent
    return 101 if own is None else own


_EFFORT = """
SELECT run_id, model, count(*),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms),
       avg(input_tokens + output_tokens), avg(cost)
  FROM evaluations_result
 WHERE run_id = ANY(%s) AND state = %s AND latency_ms IS NOT NULL
 GROUP BY run_id, model
"""


@lru_cache(maxsize=256)
def _rows(ids: tuple[int, ...], ends: tuple[datetime | None, ...]) -> dict[tuple[int, str], Any]:
    """A run that is over took what it took, until it is run again and ends at another time: each
    filter of its page need not ask anew."""
    with connection.cursor() as cursor:
        cursor.execute(_EFFORT, [list(ids), ResultState.DONE])
        return {(row[0], row[1]): row[2:] for row in cursor.fetchall()}


def efforts(run: Run) -> list[Effort]:
    """Model by model, what was live before what was tested. One query. What was used again counts
    with what it took when it was asked."""
    ends = tuple(one.finished_at for one in (run.paired, run) if one is not None)
    rows = _rows(tuple(family_of(run)), ends)
    longest = max((row[2] for row in rows.values()), default=0) or 1
    found = []
    for model in run.models:
        for each in (run.paired, run):
            row = rows.get((each.pk, model)) if each is not None else None
            if row is None or each is None:
                continue
            count, median, slow, tokens, cost = row
            found.append(
                Effort(
                    each.label, model, count, round(median), round(slow),
                    None if tokens is None else round(tokens), cost,
                    round(100 * median / longest),
                )
            )  # fmt: skip
    return found
