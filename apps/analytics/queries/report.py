"""The charts of a report: calls over time, cost by model, how long answers take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.analytics.charts import Chart, Line, Mark, drawing, moment_full, moment_label
from apps.analytics.queries.figures import by, sum_of, total
from apps.analytics.queries.markers import Marker, markers
from apps.analytics.scopes import Scope, Sum
from apps.analytics.sketches import Bar, histogram
from apps.analytics.words import cost, duration, number, percent

LAYERS = 5  # models with a colour of their own; the others are one


def traffic(scope: Scope) -> Chart:
    """Calls and errors over time, with what went live."""
    found = {key[0]: sums for key, sums in by(scope, "at").items()}
    moments = scope.period.moments
    sums = [found.get(moment, Sum()) for moment in moments]
    marked = markers(scope)
    names = [moment_full(moment, scope.period) for moment in moments]
    live = {marker.at: marker_words(marker) for marker in marked}
    lines = [
        Line(_("Calls"), [one.calls for one in sums], "bar"),
        Line(_("Errors"), [one.errors for one in sums], "line"),
    ]
    rows = [
        [name, number(one.calls), number(one.errors), percent(one.error_share), live.get(at, "")]
        for name, one, at in zip(names, sums, moments, strict=True)
    ]
    labels = [moment_label(moment, scope.period) for moment in moments]
    return Chart(
        ident="calls",
        title=_("Calls over time"),
        sentence=_traffic_words(sums, names, marked),
        head=[_("Time"), _("Calls"), _("Errors"), _("Share of errors"), _("Went live")],
        rows=rows,
        drawn=drawing(labels, lines, marks=_marks(marked, moments), alt=_("Calls and errors")),
        plain=[
            [at.isoformat(), one.calls, one.errors, _share(one), live.get(at, "")]
            for one, at in zip(sums, moments, strict=True)
        ],
    )


def _share(one: Sum) -> str:
    return "" if one.error_share is None else f"{one.error_share:.6f}"


def marker_words(marker: Marker) -> str:
    """ "v14", "Refund reply v14", "3 releases"."""
    if len(marker.releases) > 1:
        return ngettext("%(n)s release", "%(n)s releases", len(marker.releases)) % {
            "n": len(marker.releases)
        }
    release = marker.releases[0]
    words = f"{release.prompt} {release.version}"
    return _("back to %(version)s") % {"version": words} if marker.back else words


def _marks(found: Sequence[Marker], moments: Sequence[datetime]) -> list[Mark]:
    places = {moment: at for at, moment in enumerate(moments)}
    return [
        Mark(places[marker.at], marker_words(marker)) for marker in found if marker.at in places
    ]


def _traffic_words(sums: list[Sum], names: list[str], marked: list[Marker]) -> str:
    whole = sum_of(sums)
    if not whole.calls:
        return _("No calls in this time.")
    most = max(range(len(sums)), key=lambda at: sums[at].calls)
    words = _("%(calls)s calls, %(share)s of them failed. Most came on %(when)s: %(most)s.") % {
        "calls": number(whole.calls), "share": percent(whole.error_share),
        "when": names[most], "most": number(sums[most].calls),
    }  # fmt: skip
    count = sum(len(marker.releases) for marker in marked)
    if count:
        said = ngettext("%(n)s release is marked.", "%(n)s releases are marked.", count)
        words += " " + said % {"n": count}
    return words


def cost_by_model(scope: Scope) -> Chart:
    """Over time, one layer a model."""
    found: dict[str, dict[datetime, Decimal]] = {}
    for (at, model), sums in by(scope, "at", "model").items():
        found.setdefault(model, {})[at] = sums.cost
    whole = {model: sum(costs.values(), Decimal(0)) for model, costs in found.items()}
    models = sorted(whole, key=lambda model: (-whole[model], model))
    moments = scope.period.moments
    drawn = _layers(models, found, moments)
    layers = [Line(name, values, "area", unit="$") for name, values in drawn]
    rows = [
        [moment_full(at, scope.period), *(cost(found[m].get(at, Decimal(0))) for m in models)]
        for at in moments
    ]
    labels = [moment_label(moment, scope.period) for moment in moments]
    return Chart(
        ident="cost",
        title=_("Cost by model"),
        sentence=_cost_words(whole, models),
        head=[_("Time"), *models],
        rows=rows,
        drawn=drawing(labels, layers, stacked=True, alt=_("Cost by model over time")),
        plain=[[at.isoformat(), *(found[m].get(at, Decimal(0)) for m in models)] for at in moments],
    )


def _layers(
    models: list[str], found: dict[str, dict[datetime, Decimal]], moments: Sequence[datetime]
) -> list[tuple[str, list[float]]]:
    own = models if len(models) <= LAYERS else models[: LAYERS - 1]
    layers = [(m, [float(found[m].get(at, 0)) for at in moments]) for m in own]
    rest = models[len(own) :]
    if rest:
        words = _("%(n)s others") % {"n": len(rest)}
        layers.append((words, [float(sum(found[m].get(at, 0) for m in rest)) for at in moments]))
    return layers


def _cost_words(whole: dict[str, Decimal], models: list[str]) -> str:
    total_cost = sum(whole.values(), Decimal(0))
    if not total_cost:
        return _("Nothing that is known was spent in this time.")
    first = models[0]
    if len([model for model in models if whole[model]]) == 1:
        words = _("%(cost)s in all, every cent of it for %(model)s.")
        return words % {"cost": cost(total_cost), "model": first}
    share = float(whole[first] / total_cost)
    words = _("%(cost)s in all; %(share)s of it went to %(model)s.")
    return words % {"cost": cost(total_cost), "share": percent(share, 0), "model": first}


def latency(scope: Scope) -> Chart:
    """How long answers took: bars of durations, and three percentiles."""
    sums = total(scope, latency=True)
    bars = histogram(sums.bins)
    labels = [_bar_label(bar) for bar in bars]
    return Chart(
        ident="latency",
        title=_("How long answers take"),
        sentence=latency_words(sums),
        head=[_("Took"), _("Calls"), _("Share")],
        rows=[
            [label, number(bar.calls), percent(bar.calls / sums.calls)]
            for label, bar in zip(labels, bars, strict=True)
        ],
        drawn=drawing(labels, [Line(_("Calls"), [bar.calls for bar in bars])],
                      marks=_percentile_marks(sums, bars), alt=_("Calls by duration")),
        plain=[
            [label, bar.calls, f"{bar.calls / sums.calls:.6f}"]
            for label, bar in zip(labels, bars, strict=True)
        ],
    )  # fmt: skip


def latency_words(sums: Sum) -> str:
    found = sums.percentiles
    if found.p50 is None:
        return _("No calls in this time.")
    words = _(
        "Half of the calls took less than %(p50)s (p50); one in twenty took more than %(p95)s"
        " (p95), one in a hundred more than %(p99)s (p99)."
    )
    return words % {
        "p50": duration(found.p50), "p95": duration(found.p95), "p99": duration(found.p99),
    }  # fmt: skip


def _bar_label(bar: Bar) -> str:
    if bar.high == float("inf"):
        return _("over %(n)s") % {"n": duration(bar.low)}
    return _("under %(n)s") % {"n": duration(bar.high)}


def _percentile_marks(sums: Sum, bars: list[Bar]) -> list[Mark]:
    found = sums.percentiles
    marks: dict[int, list[str]] = {}
    for name, value in (("p50", found.p50), ("p95", found.p95), ("p99", found.p99)):
        for at, bar in enumerate(bars):
            if value is not None and bar.low <= value < bar.high:
                marks.setdefault(at, []).append(f"{name} {duration(value)}")
    return [Mark(at, ", ".join(words)) for at, words in marks.items()]
