"""What sampled checks say of live answers: by version and check, with how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.analytics.charts import Chart, Line, Tile, drawing
from apps.analytics.queries.figures import checked
from apps.analytics.queries.live_checks import check_words
from apps.analytics.scopes import Liked, Scope
from apps.analytics.words import number, percent, points
from apps.delivery.checked import EVERY
from apps.evaluations.statistics import share_interval
from apps.prompts.models import Version

FEWEST = 20  # judged answers, before a share is told from another


@dataclass(frozen=True)
class CheckLine:
    """One check on one version."""

    version: str
    name: str
    check: str
    found: Liked


def quality_tile(scope: Scope) -> Tile | None:
    """The share of sampled answers that pass every check; None where none was judged."""
    now, before = _every(scope), _every(scope.before)
    if not now.count:
        return None
    share = before.share if before.count >= FEWEST else None
    words = _("of %(n)s sampled answers; %(change)s") % {
        "n": number(now.count), "change": points(now.share, share),
    }  # fmt: skip
    return Tile(_("Quality"), percent(now.share), words)


def _every(scope: Scope) -> Liked:
    return checked(scope, "name").get((EVERY,), Liked())


def quality_chart(scope: Scope) -> Chart:
    lines = _lines(scope)
    whole = [line for line in lines if line.name == EVERY]
    bars = Line(_("Every check"), [_percent(line.found.share) for line in whole], unit=" %")
    return Chart(
        ident="quality",
        title=_("Quality of live answers"),
        sentence=_words(lines),
        head=[_("Version"), _("Check"), _("Passes"), _("At least"), _("At most"), _("Judged")],
        rows=[[line.version, line.check, *_figures(line.found)] for line in lines],
        note=_("At least and at most: where the share of all answers lies, 19 times out of 20."),
        drawn=drawing(
            [line.version for line in whole],
            [bars],
            alt=_("Share of sampled answers that pass, by version"),
        ),
        plain=[[line.version, line.check, *_plain(line.found)] for line in lines],
    )


def _lines(scope: Scope) -> list[CheckLine]:
    """The newest version first, and of each all checks together first."""
    found = checked(scope, "version", "name")
    numbers = dict(
        Version.objects.filter(pk__in={version for version, _name in found}).values_list(
            "pk", "number"
        )
    )
    words = check_words(name for _version, name in found)
    order = sorted(found, key=lambda key: (-numbers[key[0]], key[1] != EVERY, words[key[1]]))
    return [
        CheckLine(f"v{numbers[version]}", name, words[name], found[version, name])
        for version, name in order
    ]


def _words(lines: list[CheckLine]) -> str:
    whole = sum((line.found for line in lines if line.name == EVERY), Liked())
    if not whole.count:
        return _("No live answer was judged in this time.")
    interval = share_interval(whole.positive, whole.count)
    assert interval is not None
    words = _(
        "%(share)s of %(n)s sampled answers pass every check; of all answers likely %(low)s to"
        " %(high)s."
    )
    return words % {
        "share": percent(whole.share), "n": number(whole.count), "low": percent(interval[0], 0),
        "high": percent(interval[1], 0),
    }  # fmt: skip


def _figures(found: Liked) -> list[str]:
    low, high = share_interval(found.positive, found.count) or (0.0, 1.0)
    return [percent(found.share), percent(low, 0), percent(high, 0), number(found.count)]


def _plain(found: Liked) -> list[float | int | None]:
    low, high = share_interval(found.positive, found.count) or (0.0, 1.0)
    return [found.share, round(low, 4), round(high, 4), found.count]


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)
