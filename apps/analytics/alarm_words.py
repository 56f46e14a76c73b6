"""What an alarm watches and what it rang at, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.analytics.states import Measure
from apps.analytics.words import cost, duration, percent

LEAST = 20  # calls or ratings in the window, before a share or a percentile rings


BELOW = (Measure.LIKED, Measure.QUALITY)
SHARES = (Measure.ERRORS, *BELOW)


def beyond(alarm: Any, value: float) -> bool:
    """Satisfaction and quality are worse below their bound, everything else above."""
    worse: bool = value < alarm.bound if alarm.measure in BELOW else value > alarm.bound
    return worse


def amount(measure: str, value: float) -> str:
    """With its unit: "5 %", "2.5 s", "$12.00", "4 points"."""
    if measure in SHARES:
        return percent(value / 100)
    if measure == Measure.DRIFT:
        few = f"{value:.1f}".removesuffix(".0")
        return ngettext("%(n)s point", "%(n)s points", 1 if few == "1" else 2) % {"n": few}
    return duration(value) if measure == Measure.LATENCY else cost(Decimal(str(round(value, 6))))


def time_words(hours: int) -> str:
    if hours % 24 == 0 and hours > 24:
        return _("the last %(n)s days") % {"n": hours // 24}
    return ngettext("the last hour", "the last %(n)s hours", hours) % {"n": hours}


WATCHES = {
    Measure.ERRORS: gettext_lazy("more than %(bound)s of the calls in %(time)s fail"),
    Measure.LATENCY: gettext_lazy("one call in twenty in %(time)s takes more than %(bound)s"),
    Measure.COST: gettext_lazy("the calls of %(time)s cost more than %(bound)s"),
    Measure.LIKED: gettext_lazy("less than %(bound)s of the feedback in %(time)s is good"),
    Measure.QUALITY: gettext_lazy(
        "less than %(bound)s of the sampled answers in %(time)s pass %(check)s"
    ),
    Measure.DRIFT: gettext_lazy(
        "answers of %(time)s pass %(check)s by more than %(bound)s less often than earlier ones of"
        " the same version"
    ),
}
RANG = {
    Measure.ERRORS: gettext_lazy(
        "%(value)s of the calls in %(time)s failed; the bound is %(bound)s"
    ),
    Measure.LATENCY: gettext_lazy(
        "one call in twenty in %(time)s took more than %(value)s; the bound is %(bound)s"
    ),
    Measure.COST: gettext_lazy("the calls of %(time)s cost %(value)s; the bound is %(bound)s"),
    Measure.LIKED: gettext_lazy(
        "%(value)s of the feedback in %(time)s is good; the bound is %(bound)s"
    ),
    Measure.QUALITY: gettext_lazy(
        "%(value)s of the sampled answers in %(time)s pass %(check)s; the bound is %(bound)s"
    ),
    Measure.DRIFT: gettext_lazy(
        "answers of %(time)s pass %(check)s by %(value)s less often than earlier ones of the same"
        " version; the bound is %(bound)s"
    ),
}


def watches(alarm: Any, check: str = "") -> str:
    """ "Rings when more than 5 % of the calls in the last hour fail." `check`: in words; "" for
    all of them."""
    words = str(WATCHES[Measure(alarm.measure)]) % {
        "bound": amount(alarm.measure, alarm.bound), "time": time_words(alarm.hours),
        "check": _check(check),
    }  # fmt: skip
    return _("Rings when %(what)s.") % {"what": words}


def _check(words: str) -> str:
    return _("the check “%(check)s”") % {"check": words} if words else _("every check")


def rang(data: Mapping[str, Any], check: str = "") -> str:
    """What it rang at, from an alarm's row or from its entry in the trail."""
    measure = Measure(data["measure"])
    return str(RANG[measure]) % {
        "value": amount(measure, data["value"]), "bound": amount(measure, data["bound"]),
        "time": time_words(data["hours"]), "check": _check(check),
    }  # fmt: skip
