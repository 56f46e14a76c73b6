"""The four figures at the head of a report, each with its change against the time before."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.analytics.charts import Tile
from apps.analytics.queries.figures import liked_total, total
from apps.analytics.queries.parts import part
from apps.analytics.queries.quality import quality_tile
from apps.analytics.scopes import Liked, Scope, Sum
from apps.analytics.words import change, cost, number, percent, points


def tiles(scope: Scope) -> list[Tile | None]:
    now, before = part(lambda: total(scope)), part(lambda: total(scope.before))
    liked = part(lambda: (liked_total(scope), liked_total(scope.before)))
    if now is None or before is None:
        return [None, None, _liked(liked), None]
    quality = part(lambda: [tile] if (tile := quality_tile(scope)) else [])
    judged = [None] if quality is None else quality
    return [_calls(now, before), _errors(now, before), *judged, _liked(liked), _cost(now, before)]


def _calls(now: Sum, before: Sum) -> Tile:
    return Tile(_("Calls"), number(now.calls), change(now.calls, before.calls))


def _errors(now: Sum, before: Sum) -> Tile:
    words = points(now.error_share, before.error_share)
    return Tile(_("Share of errors"), percent(now.error_share), words)


def _liked(found: tuple[Liked, Liked] | None) -> Tile | None:
    if found is None:
        return None
    now, before = found
    if not now.count:
        return Tile(_("Satisfaction"), "–", _("no feedback in this time"))
    return Tile(_("Satisfaction"), percent(now.share), points(now.share, before.share))


def _cost(now: Sum, before: Sum) -> Tile:
    words = change(float(now.cost), float(before.cost))
    if now.unpriced:
        words = _("%(words)s; the cost of %(n)s calls is not known") % {
            "words": words, "n": number(now.unpriced),
        }  # fmt: skip
    return Tile(_("Cost"), cost(now.cost), words)
