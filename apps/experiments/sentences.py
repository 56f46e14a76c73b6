"""What may be said: a fixed table, so that no page claims more than the figures do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.delivery.checked import EVERY
from apps.experiments.metrics import Guard, Metric
from apps.experiments.statistics import FEWEST, Sample

NAMES = {
    "errors": gettext_lazy("Calls that fail"),
    "latency": gettext_lazy("Time to answer"),
    "cost": gettext_lazy("Cost per call"),
}
MINUS = "−"


def metric_name(metric: Metric) -> str:
    if metric.name == EVERY:
        return _("Live answers that pass every check")
    if metric.is_check:
        return _("Live answers that pass “%(check)s”") % {"check": metric.label}
    if metric.source == "feedback":
        return _("Feedback “%(name)s”") % {"name": metric.name}
    return str(NAMES[metric.source])


def missing_metric(metric: Metric, last: datetime | None) -> str:
    """A metric that nobody sends: when it came last, and what sends it."""
    if metric.is_check:
        return _missing_check(metric, last)
    code = "galley.log(prompt, answer)"
    if metric.source == "feedback":
        value = {"yes_no": "True", "number": "12.5"}.get(metric.kind, "+1")
        code = f"galley.feedback(prompt, {metric.name}={value})"
    said = {"metric": metric_name(metric), "code": code}
    if last is None:
        return _("%(metric)s never came from an application. Send it first: %(code)s") % said
    when = date_format(localtime(last), "j F Y, H:i")
    words = _("%(metric)s was last received on %(when)s. Send it again first: %(code)s")
    return words % {**said, "when": when}


def _missing_check(metric: Metric, last: datetime | None) -> str:
    said = {"metric": metric_name(metric)}
    if last is None:
        words = _("%(metric)s: none was judged here. Check live answers under Analytics first.")
        return words % said
    when = date_format(localtime(last), "j F Y, H:i")
    words = _("%(metric)s: the last was judged on %(when)s. Check live answers again first.")
    return words % {**said, "when": when}


def number(value: float, metric: Metric) -> str:
    """A mean as people read it."""
    if metric.is_share:
        return f"{100 * value:.1f} %"
    if metric.source == "latency":
        return f"{value:,.0f} ms"
    if metric.source == "cost":
        return f"{100 * value:.3f} ct" if value < 0.1 else f"{value:.2f} $"
    return f"{value:.2f}"


def amount(value: float, metric: Metric, mean: float = 0.0, *, signed: bool = True) -> str:
    """A difference, without its unit: points, percent of `mean`, or a plain number."""
    shown = value * 100 if metric.is_share else value
    if metric.relative:
        shown = 100 * value / mean if mean else 0.0
    digits = 2 if not (metric.is_share or metric.relative) else 1
    text = f"{abs(shown):.{digits}f}"
    if not signed:
        return text
    return f"{MINUS if shown < 0 and float(text) else '+'}{text}"


def unit_words(metric: Metric) -> str:
    if metric.relative:
        return "%"
    return _("points") if metric.is_share else ""


def interval_words(metric: Metric, estimate: float, low: float, high: float, mean: float) -> str:
    """ "+3.1 points, likely +0.8 to +5.4"."""
    first, begin, end = (amount(value, metric, mean) for value in (estimate, low, high))
    unit = unit_words(metric)
    return _("%(first)s, likely %(low)s to %(high)s") % {
        "first": f"{first} {unit}".strip(), "low": begin, "high": end,
    }  # fmt: skip


def smallest_words(metric: Metric, smallest: float) -> str:
    shown = 100 * smallest if metric.is_share or metric.relative else smallest
    return f"{shown:g} {unit_words(metric)}".strip()


def limit_words(metric: Metric, worse: float) -> str:
    """ "At most 2 points less"."""
    more = _("less") if metric.higher else _("more")
    shown = 100 * worse if metric.is_share or metric.relative else worse
    return _("At most %(amount)s %(unit)s %(more)s") % {
        "amount": f"{shown:g}", "unit": unit_words(metric), "more": more,
    }  # fmt: skip


def verdict(found: str, said: dict[str, Any]) -> str:
    """The verdict line. `said`: arm, metric, estimate, low, high, unit, smallest, days, units."""
    return str(VERDICTS[found]) % {"fewest": FEWEST, **said}


def harm_words(guard: Guard, versions: tuple[int, int], first: Sample, other: Sample) -> str:
    """ "Calls that fail: 25.0 % with v14 and 5.0 % with v13, of 63 and 1204 customers. …"."""
    metric = guard.metric
    words = _(
        "%(metric)s: %(after)s with v%(new)s and %(before)s with v%(old)s, of %(n)s and %(m)s"
        " customers. %(limit)s was allowed."
    )
    return words % {
        "metric": metric_name(metric),
        "after": number(other.mean, metric),
        "before": number(first.mean, metric),
        "old": versions[0],
        "new": versions[1],
        "n": other.units,
        "m": first.units,
        "limit": limit_words(metric, guard.worse),
    }


VERDICTS = {
    "nothing": gettext_lazy(
        "No call of this experiment has come yet. It begins to count with the first one that says"
        " whom it is for."
    ),
    "few": gettext_lazy(
        "Too early to say anything: a verdict takes at least %(fewest)s customers of each version."
    ),
    "early": gettext_lazy(
        "Too early for a verdict: %(reached)s %% of the planned sample is there, and nothing is"
        " said before a third of it. %(wait)s"
    ),
    "better": gettext_lazy(
        "%(arm)s is better: %(metric)s %(estimate)s %(unit)s, likely between %(low)s and %(high)s."
    ),
    "worse": gettext_lazy(
        "%(arm)s is worse: %(metric)s %(estimate)s %(unit)s, likely between %(low)s and %(high)s."
    ),
    "same": gettext_lazy(
        "No difference that matters: %(arm)s is less than %(smallest)s %(unit)s away from A."
    ),
    "done": gettext_lazy(
        "No clear difference, and the planned sample is there. Stop it, or give it more time."
    ),
    "open": gettext_lazy("No clear difference yet. %(wait)s"),
    "ratio": gettext_lazy(
        "No verdict: the versions do not get the shares that were planned, so their customers"
        " cannot be compared. Look for calls that are lost, or logged without the arm."
    ),
}


def wait_words(days: int | None) -> str:
    if days is None:
        return _("Nobody can say how long that takes: no new customers come at the moment.")
    if days <= 1:
        return _("About one more day at this traffic.")
    return _("About %(days)s more days at this traffic.") % {"days": days}
