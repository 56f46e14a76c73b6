"""What the pairs of a shadow come to, in figures and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.analytics.words import cost, duration, percent
from apps.evaluations.statistics import Comparison, compare
from apps.experiments.models import Shadow, ShadowAnswer
from apps.experiments.states import PairState


@dataclass(frozen=True)
class Mean:
    """Of the pairs in which both are known."""

    live: float | None = None
    own: float | None = None
    pairs: int = 0

    @classmethod
    def of(cls, pairs: Sequence[tuple[float, float]]) -> Mean:
        many = len(pairs)
        if not many:
            return cls()
        return cls(
            sum(one for one, _own in pairs) / many, sum(own for _, own in pairs) / many, many
        )


@dataclass(frozen=True)
class ShadowReading:
    """`spent`: for the candidate's answers and for judging; `unpriced`: answers without a price."""

    comparison: Comparison
    answered: int
    could_not_run: int
    not_judged: int
    waiting: int
    spent: Decimal
    unpriced: int
    time: Mean
    cost: Mean

    @property
    def finished(self) -> int:
        return self.answered + self.could_not_run


FIELDS = (
    "shadow", "state", "live_passed", "passed", "live_ms", "latency_ms", "live_cost", "cost",
    "judging_cost",
)  # fmt: skip


def read_shadow(shadow: Shadow) -> ShadowReading:
    return read_shadows([shadow])[shadow.pk]


def read_shadows(shadows: Sequence[Shadow]) -> dict[int, ShadowReading]:
    """By the id of the shadow. One query, without what was said."""
    found: dict[int, list[Any]] = {shadow.pk: [] for shadow in shadows}
    rows = ShadowAnswer.objects.filter(shadow__in=found).order_by("pk")
    for row in rows.values_list(*FIELDS, named=True):
        found[row.shadow].append(row)
    return {pk: _read(rows) for pk, rows in found.items()}


def _read(rows: Sequence[Any]) -> ShadowReading:
    done = [row for row in rows if row.state == PairState.DONE]
    pairs = compare([row.live_passed for row in done], [row.passed for row in done])
    paid = [row.cost for row in done if row.cost is not None]
    costs = [
        (float(row.live_cost), float(row.cost))
        for row in done
        if row.live_cost is not None and row.cost is not None
    ]
    return ShadowReading(
        comparison=pairs,
        answered=len(done),
        could_not_run=sum(row.state == PairState.COULD_NOT_RUN for row in rows),
        not_judged=pairs.could_not_run,
        waiting=sum(row.state == PairState.WAITING for row in rows),
        spent=sum(paid, Decimal(0)) + sum((row.judging_cost for row in rows), Decimal(0)),
        unpriced=len(done) - len(paid),
        time=Mean.of([(row.live_ms, row.latency_ms) for row in done if row.latency_ms is not None]),
        cost=Mean.of(costs),
    )


def verdict_of(shadow: Shadow, found: Comparison) -> str:
    """From a fixed table. The interval holds for one look: nothing is concluded before the end."""
    name = str(shadow.version)
    if found.n == 0:
        return _("Nothing can be said of %(version)s yet") % {"version": name}
    so_far = _seen(name, found)
    if shadow.stands:
        return _("So far: %(finding)s") % {"finding": so_far}
    if found.sentence_code == "better":
        return _("%(version)s passes the checks more often than what is live") % {"version": name}
    if found.sentence_code == "worse":
        return _("%(version)s passes the checks less often than what is live") % {"version": name}
    return so_far[:1].upper() + so_far[1:]


def words_of(shadow: Shadow, found: Comparison) -> str:
    """What stands under the verdict: how sure it is."""
    name = str(shadow.version)
    if found.n == 0:
        return _("It is said here as soon as both answers to a call are judged.")
    calls = ngettext("%(n)s call", "%(n)s calls", found.n) % {"n": f"{found.n:,}"}
    if found.sentence_code == "few":
        words = _("%(calls)s are too few to say more in general: read them one by one.")
        return words % {"calls": calls}
    if found.sentence_code == "equal":
        words = _("All %(calls)s come out the same with %(version)s and with what is live.")
        return words % {"calls": calls, "version": name}
    if shadow.stands:
        return _("Whether that is more than chance is said at its end: looked at often, chance "
                 "alone would make a difference some day.")  # fmt: skip
    if found.sentence_code == "undecided":
        words = _("On %(calls)s that is no more than chance can make.")
        return words % {"calls": calls}
    words = _(
        "On %(calls)s like these that is more than chance makes (exact McNemar test, p %(p)s)."
    )
    p = found.mcnemar_p or 0.0
    return words % {"calls": calls, "p": "< 0.001" if p < 0.001 else f"= {p:.3f}"}


def interval_words(found: Comparison) -> str:
    """ "+12.0 points (95 %: +3.1 to +20.8)"."""
    if found.difference is None:
        return "–"
    points = f"{found.difference * 100:+.1f}"
    if found.low is None or found.high is None:
        return _("%(points)s points") % {"points": points}
    words = _("%(points)s points (95 %%: %(low)s to %(high)s)")
    return words % {
        "points": points, "low": f"{found.low * 100:+.1f}", "high": f"{found.high * 100:+.1f}",
    }  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A figure of both; `words` stands under its name."""

    name: str
    words: str
    live: str
    own: str
    pairs: int


def rows_of(found: ShadowReading) -> list[Row]:
    pairs, time, paid = found.comparison, found.time, found.cost
    told = _("Live as the application told it, the candidate as Galley measured it")
    return [
        Row(_("Passes the checks"), interval_words(pairs), percent(pairs.before),
            percent(pairs.after), pairs.n),
        Row(_("Time to answer, mean"), told, duration(time.live), duration(time.own), time.pairs),
        Row(_("Cost of an answer, mean"), "", _cost(paid.live), _cost(paid.own), paid.pairs),
    ]  # fmt: skip


def _cost(amount: float | None) -> str:
    return cost(None if amount is None else Decimal(str(amount)))


def _seen(name: str, found: Comparison) -> str:
    numbers = {"version": name, "fixed": found.fixed, "broken": found.newly_failing}
    if not found.fixed and not found.newly_failing:
        return _("%(version)s changes no verdict") % numbers
    if not found.newly_failing:
        return ngettext(
            "%(version)s passes %(fixed)s call that what is live fails",
            "%(version)s passes %(fixed)s calls that what is live fails", found.fixed,
        ) % numbers  # fmt: skip
    if not found.fixed:
        return ngettext(
            "%(version)s fails %(broken)s call that what is live passes",
            "%(version)s fails %(broken)s calls that what is live passes", found.newly_failing,
        ) % numbers  # fmt: skip
    return (
        _("%(version)s passes %(fixed)s that what is live fails, and fails %(broken)s it passes")
        % numbers
    )
