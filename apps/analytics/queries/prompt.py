"""The report of one prompt: the same charts, its versions beside each other, and break-downs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.analytics.charts import Chart, Report
from apps.analytics.comparing import Measured, compared
from apps.analytics.queries.figures import (
    by,
    by_tag,
    checked,
    feedback,
    liked,
    liked_by,
    passed_by,
    sum_of,
)
from apps.analytics.queries.overview import built
from apps.analytics.queries.quality import quality_chart
from apps.analytics.queries.report import cost_by_model, latency, traffic
from apps.analytics.scopes import Liked, Scope, Sum
from apps.analytics.words import cost, duration, number, percent
from apps.delivery.checked import EVERY
from apps.environments.models import ApiKey, Environment
from apps.prompts.models import Version
from apps.releases.assignment import OUTSIDE

BY = ("environment", "model", "arm", "tag", "key")
NAMED = {"environment": Environment, "key": ApiKey}
SAID = (gettext_lazy("Checks passed"), gettext_lazy("Satisfaction"))
HEAD = (
    gettext_lazy("Calls"), gettext_lazy("Share of errors"), "p50", "p95", "p99",
    gettext_lazy("Tokens a call"), gettext_lazy("Cost a call"), *SAID,
)  # fmt: skip


def of_prompt(scope: Scope, kind: str = "environment", only: str = "") -> Report:
    """`kind`: by what the calls are broken down, one of BY."""
    return built(
        scope,
        {
            "calls": partial(traffic, scope),
            "versions": partial(per_version, scope),
            "latency": partial(latency, scope),
            "cost": partial(cost_by_model, scope),
            "by": partial(broken_down, scope, kind),
            "quality": partial(quality_chart, scope),
            "feedback": partial(feedback_chart, scope),
        },
        only,
    )


def versions_called(scope: Scope) -> list[Version]:
    """Of which there are calls in this time, the newest first."""
    found = {key[0] for key in by(scope, "version")}
    return list(Version.objects.filter(pk__in=found).defer("content").order_by("-number"))


def per_version(scope: Scope) -> Chart:
    sums = {key[0]: one for key, one in by(scope, "version", latency=True).items()}
    told, passed = liked_by(scope, "version"), passed_by(scope, "version")
    names = dict(Version.objects.filter(pk__in=sums).values_list("pk", "number"))
    order = sorted(sums, key=lambda pk: -names[pk])
    rows = [
        Row(f"v{names[pk]}", sums[pk], passed.get((pk,), Liked()), told.get((pk,), Liked()))
        for pk in order
    ]
    words = _("No calls in this time.")
    if rows:
        most = max(rows, key=lambda row: row.sums.calls)
        share = most.sums.calls / max(sum_of(sums.values()).calls, 1)
        words = _("%(version)s got %(share)s of the calls.") % {
            "version": most.name, "share": percent(share, 0),
        }  # fmt: skip
    return table("versions", _("By version"), words, _("Version"), rows)


@dataclass(frozen=True)
class Row:
    """What there is to say of one version, model, tag and so on."""

    name: str
    sums: Sum
    passed: Liked  # judged by sampled checks, and passed all of them
    told: Liked


def table(
    ident: str, title: str, words: str, first: str, rows: Sequence[Row], *, judged: bool = True
) -> Chart:
    """One row a name, with all that is counted of it; what checks and people said if `judged`."""
    shown = slice(None if judged else -len(SAID))
    return Chart(
        ident=ident,
        title=title,
        sentence=words,
        head=[str(first), *map(str, HEAD)][shown],
        rows=[[row.name, *_words(row)][shown] for row in rows],
        plain=[[row.name, *_plain(row)][shown] for row in rows],
    )


def _words(row: Row) -> list[str]:
    one, found = row.sums, row.sums.percentiles
    times = [duration(value) for value in (found.p50, found.p95, found.p99)]
    tokens = number(round(one.tokens / one.calls)) if one.calls else "–"
    return [
        number(one.calls), percent(one.error_share), *times, tokens, cost(one.cost_a_call),
        percent(row.passed.share, 0), percent(row.told.share, 0),
    ]  # fmt: skip


def _plain(row: Row) -> list[Any]:
    one, found = row.sums, row.sums.percentiles
    tokens = one.tokens / one.calls if one.calls else None
    return [
        one.calls, one.error_share, found.p50, found.p95, found.p99, tokens, one.cost_a_call,
        row.passed.share, row.told.share,
    ]  # fmt: skip


TITLES = {
    "environment": (gettext_lazy("By environment"), gettext_lazy("Environment")),
    "model": (gettext_lazy("By model"), gettext_lazy("Model")),
    "arm": (gettext_lazy("By arm of a split"), gettext_lazy("Arm")),
    "tag": (gettext_lazy("By tag"), gettext_lazy("Tag")),
    "key": (gettext_lazy("By application"), gettext_lazy("Key")),
}


def broken_down(scope: Scope, kind: str) -> Chart:
    """By application without what people and checks said: those who say it may be others."""
    sums = by_tag(scope) if kind == "tag" else by(scope, kind, latency=True)
    known = kind != "key"
    told = liked_by(scope, kind) if known else {}
    passed = passed_by(scope, kind) if known else {}
    names = _names(kind, [key[0] for key in sums])
    rows = [
        Row(names[key[0]], one, passed.get(key, Liked()), told.get(key, Liked()))
        for key, one in sums.items()
    ]
    rows.sort(key=lambda row: (-row.sums.calls, row.name))
    title, first = TITLES[kind]
    words = _broken_words(rows, kind)
    return table("by", str(title), words, str(first), rows, judged=known)


def _names(kind: str, keys: list[Any]) -> dict[Any, str]:
    if kind in NAMED:
        rows = NAMED[kind].objects.filter(pk__in=keys)  # type: ignore[attr-defined]  # both have it
        return {row.pk: str(row) for row in rows}
    words = {"": _("outside a split"), OUTSIDE: _("outside of an audience")}
    return {key: words.get(key, key) if kind == "arm" else key for key in keys}


def _broken_words(rows: Sequence[Row], kind: str) -> str:
    if not rows:
        return _("No call in this time carries a tag.") if kind == "tag" else _("No calls.")
    whole = sum(row.sums.calls for row in rows)
    words = _("Most calls, %(share)s: %(name)s.")
    if kind == "tag":
        words = _("A call with two tags is in two rows. Most calls, %(share)s: %(name)s.")
    return words % {
        "name": rows[0].name, "share": percent(rows[0].sums.calls / whole, 0),
    }  # fmt: skip


KINDS = {
    "score": gettext_lazy("mark from −1 to 1"),
    "yes_no": gettext_lazy("yes or no"),
    "number": gettext_lazy("number"),
}


def feedback_chart(scope: Scope) -> Chart:
    found = feedback(scope)
    words = _("No feedback in this time.")
    if found:
        words = _("%(n)s answers were rated as “%(name)s”.") % {
            "n": number(found[0]["n"]), "name": found[0]["name"],
        }  # fmt: skip
    return Chart(
        ident="feedback",
        title=_("Feedback"),
        sentence=words,
        head=[_("Name"), _("Kind"), _("Count"), _("Average"), _("Above zero")],
        rows=[
            [row["name"], str(KINDS[row["kind"]]), number(row["n"]), f"{row['sum'] / row['n']:.2f}",
             percent(row["good"] / row["n"], 0)]
            for row in found
        ],
        plain=[
            [row["name"], row["kind"], row["n"], row["sum"] / row["n"], row["good"] / row["n"]]
            for row in found
        ],
    )  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two versions, and what can be said about them."""

    new: Version
    old: Version
    sentence: str


def compare_versions(scope: Scope, new: Version, old: Version) -> Pair:
    """Where both ran as arms of one split, only the calls of that split are compared."""
    split = _split_of_both(scope, new, old)
    return Pair(new, old, compared(_measured(scope, new, split), _measured(scope, old, split),
                                   together=bool(split)))  # fmt: skip


def _split_of_both(scope: Scope, new: Version, old: Version) -> str:
    """The split with most calls of both."""
    sums = by(scope, "version", "split_id")
    calls = {
        split: min(one.calls, sums.get((old.pk, split), Sum()).calls)
        for (version, split), one in sums.items()
        if split and version == new.pk
    }
    best = max(calls, key=lambda split: calls[split], default="")
    return best if calls.get(best) else ""


def _measured(scope: Scope, version: Version, split: str) -> Measured:
    own = replace(scope, version=version.pk)
    told, sums = liked(own, "split_id"), by(own, "split_id", latency=True)
    judged = {key[0]: one for key, one in checked(own, "split_id", "name").items()
              if key[1] == EVERY}  # fmt: skip
    if split:
        found = sums.get((split,), Sum()), told.get((split,), Liked()), judged.get(split, Liked())
        return Measured(str(version), *found)
    whole = sum(told.values(), Liked()), sum(judged.values(), Liked())
    return Measured(str(version), sum_of(sums.values()), *whole)


def two_versions(called: Sequence[Version]) -> tuple[Version, Version] | None:
    """The newest two with calls: what one most likely wants to compare."""
    return (called[0], called[1]) if len(called) > 1 else None
