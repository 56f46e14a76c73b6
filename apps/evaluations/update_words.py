"""The change of a model in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core.text import listing
from apps.evaluations.queries.estimates import Estimate
from apps.evaluations.queries.update_reports import (
    BETTER,
    UNCHANGED,
    UNCLEAR,
    UNTESTED,
    WAITS,
    WORSE,
    PromptLine,
    UpdateReport,
    Usage,
)
from apps.evaluations.run_words import cost_words, minutes
from apps.evaluations.statistics import sentence
from apps.llm.prices import money

VERDICTS = {
    WORSE: gettext_lazy("worse"), BETTER: gettext_lazy("better"),
    UNCHANGED: gettext_lazy("unchanged"), UNCLEAR: gettext_lazy("cannot tell"),
    UNTESTED: gettext_lazy("no test"), WAITS: gettext_lazy("still runs"),
}  # fmt: skip


def plan_words(found: Estimate) -> str:
    """ "240 answers ≈ $0.55, about 3 min"."""
    words = _("%(calls)s ≈ %(cost)s, about %(time)s")
    calls = ngettext("%(n)s answer", "%(n)s answers", found.calls) % {"n": f"{found.calls:,}"}
    return words % {
        "calls": calls, "cost": cost_words(found.cost), "time": minutes(found.seconds)
    }  # fmt: skip


def outcome_words(counts: Mapping[str, int]) -> str:
    """ "1 worse, 2 unchanged": what came of a change, in a row of the list."""
    return ", ".join(f"{counts[one]} {words}" for one, words in VERDICTS.items() if counts.get(one))


def summary_words(report: UpdateReport) -> str:
    """What the report says, in a sentence or two."""
    counts, names = report.counts, {"before": report.update.before, "after": report.update.after}
    tested = sum(counts[one] for one in (WORSE, BETTER, UNCHANGED, UNCLEAR))
    if not tested:
        return _("Nothing was tested with %(after)s.") % names
    parts = [
        (WORSE, ngettext("%(n)s gets worse", "%(n)s get worse", counts[WORSE])),
        (BETTER, ngettext("%(n)s gets better", "%(n)s get better", counts[BETTER])),
        (UNCHANGED, ngettext("%(n)s is unchanged", "%(n)s are unchanged", counts[UNCHANGED])),
        (UNCLEAR, _("of %(n)s it cannot be told")),
    ]
    said = listing([words % {"n": counts[one]} for one, words in parts if counts[one]])
    first = ngettext(
        "%(after)s in place of %(before)s: of %(n)s tested prompt, %(said)s.",
        "%(after)s in place of %(before)s: of %(n)s tested prompts, %(said)s.",
        tested,
    ) % {**names, "n": tested, "said": said}
    if not counts[UNTESTED]:
        return first
    more = ngettext("%(n)s prompt has no test.", "%(n)s prompts have no test.", counts[UNTESTED])
    return f"{first} {more % {'n': counts[UNTESTED]}}"


def line_words(line: PromptLine, before: str, after: str) -> str:
    """What the cases of a prompt say, with the difference and its interval."""
    refused = [one.planned.refusal for one in line.suites if one.planned.refusal]
    if line.comparison is None:
        return refused[0] if refused else ""
    words = sentence(line.comparison, before, after)
    return " ".join([words, *dict.fromkeys(refused)])


def usage_words(before: Usage, after: Usage) -> list[str]:
    """What changes in cost and time; nothing where it is not known."""
    found = []
    if before.cost is not None and after.cost is not None and (before.cost or after.cost):
        words = _("1,000 calls cost %(after)s in place of %(before)s%(change)s.")
        names = {"before": money(before.cost), "after": money(after.cost)}
        found.append(words % {**names, "change": _change(before.cost, after.cost)})
    if before.latency_ms is not None and after.latency_ms is not None:
        words = _("An answer takes %(after)s in place of %(before)s.")
        found.append(
            words % {"before": _seconds(before.latency_ms), "after": _seconds(after.latency_ms)}
        )
    return found


def _change(before: Decimal, after: Decimal) -> str:
    if not before:
        return ""
    return f" ({(after / before - 1) * 100:+.0f} %)".replace("-", "−")


def _seconds(ms: float) -> str:
    if ms < 1000:
        return _("%(n)s ms") % {"n": f"{ms:.0f}"}
    return _("%(n)s s") % {"n": f"{ms / 1000:.1f}"}
