"""Runs in words: what they will cost, how far they are, what is shown."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.evaluations.queries.summaries import RunSummary
from apps.llm.prices import money

VIEW_WORDS: dict[str, Callable[[], str]] = {
    "newly": lambda: _("Newly fail"),
    "fixed": lambda: _("Fixed"),
    "both_fail": lambda: _("Fail in both"),
    "both_pass": lambda: _("Pass in both"),
    "different": lambda: _("Different answer"),
    "not_run": lambda: _("Could not run"),
    "open": lambda: _("Not judged yet"),
    "pass": lambda: _("Pass"),
    "fail": lambda: _("Fail"),
}


def minutes(seconds: int) -> str:
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    return _("%(n)s min") % {"n": -(-seconds // 60)}


def cost_words(cost: Decimal | None) -> str:
    if cost is None:
        return _("price not known")
    return money(cost) if cost else _("no cost")


def estimate_words(form: Any) -> str:
    """ "120 cases ≈ $0.55, about 3 min"."""
    found = form.estimate()
    if found is None:
        return ""
    cases, estimate = found
    words = _("%(cases)s ≈ %(cost)s, about %(time)s")
    return words % {
        "cases": ngettext("%(n)s case", "%(n)s cases", cases) % {"n": f"{cases:,}"},
        "cost": cost_words(estimate.cost), "time": minutes(estimate.seconds),
    }  # fmt: skip


def unfit_words(form: Any) -> str:
    """Why cases could not run on this prompt, said before it is paid for; "" where all can."""
    found = form.unfit()
    if found is None or not found[1]:
        return ""
    cases, many, reasons = found
    if many == cases:
        words = _("No case can run on this prompt. %(why)s")
    else:
        words = ngettext(
            "%(n)s of %(all)s cases cannot run on this prompt. %(why)s",
            "%(n)s of %(all)s cases cannot run on this prompt. %(why)s", many,
        )  # fmt: skip
    return words % {"n": f"{many:,}", "all": f"{cases:,}", "why": " ".join(reasons)}


def left_words(found: RunSummary) -> str:
    """ "37 of 120 · about 2 min left · $0.42"."""
    parts = [_("%(done)s of %(all)s") % {"done": f"{found.finished:,}", "all": f"{found.total:,}"}]
    if found.seconds_left is not None:
        parts.append(_("about %(time)s left") % {"time": minutes(found.seconds_left)})
    if found.spent:
        parts.append(money(found.spent))
    return " · ".join(parts)


def split(found: RunSummary) -> list[dict[str, Any]]:
    """Parts of the bar: words, how many, and where they lie between 0 and 1000."""
    one = found.comparison
    if one is not None:
        parts = [
            ("same", _("pass in both"), one.both_pass), ("good", _("fixed"), one.fixed),
            ("bad", _("newly fail"), one.newly_failing), ("dim", _("fail in both"), one.both_fail),
            ("none", _("could not run"), one.could_not_run),
        ]  # fmt: skip
    else:
        own = found.own
        parts = [
            ("good", _("pass"), own.passed), ("bad", _("fail"), own.failed),
            ("dim", _("not judged yet"), own.open),
            ("none", _("could not run"), own.could_not_run + own.cancelled),
        ]  # fmt: skip
    total, at, drawn = sum(part[2] for part in parts) or 1, 0.0, []
    for tone, words, many in parts:
        width = many * 1000 / total
        drawn.append({"tone": tone, "words": words, "many": many, "x": f"{at:.1f}",
                      "width": f"{max(0.0, width - 3):.1f}"})  # fmt: skip
        at += width
    return drawn
