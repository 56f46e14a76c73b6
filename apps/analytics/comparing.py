"""Two versions beside each other in one sentence. What is said is taken from a fixed table and only
where the difference is larger than chance makes it. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from apps.analytics.scopes import Liked, Sum
from apps.analytics.sketches import spread
from apps.analytics.words import duration, percent
from apps.core.text import listing

LEAST_CALLS = 100  # of each version, before anything is said
LEAST_RATINGS = 50
LEAST_SHARE = 0.02  # a difference under two percent is not worth a word
MOST_UNPRICED = 0.1  # with more calls of unknown cost nothing is said about cost
SURE = 2.576  # standard errors: 99 of 100 times chance makes less than that


@dataclass(frozen=True)
class Measured:
    """One version: its name, and what was counted of it."""

    name: str
    sums: Sum
    liked: Liked = field(default_factory=Liked)
    checked: Liked = field(default_factory=Liked)  # sampled answers, and those that pass


def compared(new: Measured, old: Measured, *, together: bool = False) -> str:
    """ "v14 is 210 ms slower and 8 % cheaper than v13." `together`: a split gave each call to one
    of them by chance, so that the same kind of calls came to both."""
    for one in (new, old):
        if one.sums.calls < LEAST_CALLS:
            few = {"name": one.name, "n": one.sums.calls, "least": LEAST_CALLS}
            return (
                _(
                    "Too early to compare: %(name)s has %(n)s calls here, and each version needs"
                    " %(least)s."
                )
                % few
            )
    names = {"new": new.name, "old": old.name}
    said = [words for words in (_slower(new, old), _dearer(new, old)) if words]
    failing = [words for words in _often(new, old) if words]
    if not said and not failing:
        return _("No clear difference between %(new)s and %(old)s.") % names
    parts = []
    if said:
        words = _("%(new)s is %(what)s than %(old)s")
        parts.append(words % (names | {"what": listing(said, _("and"))}))
    if failing:
        words = _("it %(what)s") if said else _("%(new)s %(what)s, compared with %(old)s")
        parts.append(words % (names | {"what": listing(failing, _("and"))}))
    sentence = "; ".join(parts) + "."
    return f"{sentence} {_by_chance(together)}"


def _by_chance(together: bool) -> str:
    if together:
        return _("Both ran at the same time, and chance decided who got which.")
    return _("This is what was seen; other calls or another time can be the cause.")


def _slower(new: Measured, old: Measured) -> str:
    now, before = new.sums.latency or 0.0, old.sums.latency or 0.0
    difference = now - before
    error = math.sqrt(sum(spread(one.sums.bins) / one.sums.calls for one in (new, old)))
    if abs(difference) <= max(SURE * error, LEAST_SHARE * before):
        return ""
    words = _("%(n)s slower") if difference > 0 else _("%(n)s faster")
    return words % {"n": duration(abs(difference))}


def _dearer(new: Measured, old: Measured) -> str:
    now, before = new.sums.cost_a_call, old.sums.cost_a_call
    known = all(one.sums.unpriced <= MOST_UNPRICED * one.sums.calls for one in (new, old))
    if not known or now is None or not before:
        return ""
    ratio = float(now / before) - 1
    if abs(ratio) < LEAST_SHARE:
        return ""
    words = _("%(n)s dearer") if ratio > 0 else _("%(n)s cheaper")
    return words % {"n": percent(abs(ratio), 0)}


def _often(new: Measured, old: Measured) -> list[str]:
    return [_failing(new, old), _liked(new, old), _passing(new, old)]


def _failing(new: Measured, old: Measured) -> str:
    failed = (Liked(one.sums.calls, one.sums.errors) for one in (new, old))
    points = beyond_chance(*failed)
    if points is None:
        return ""
    words = _("fails more often (%(now)s of its calls, not %(before)s)")
    if points < 0:
        words = _("fails less often (%(now)s of its calls, not %(before)s)")
    shares = {"now": percent(new.sums.error_share), "before": percent(old.sums.error_share)}
    return words % shares


def _liked(new: Measured, old: Measured) -> str:
    if min(new.liked.count, old.liked.count) < LEAST_RATINGS:
        return ""
    points = beyond_chance(new.liked, old.liked)
    if points is None:
        return ""
    words = _("pleases more often (%(now)s of the answers to it, not %(before)s)")
    if points < 0:
        words = _("pleases less often (%(now)s of the answers to it, not %(before)s)")
    return words % {"now": percent(new.liked.share), "before": percent(old.liked.share)}


def _passing(new: Measured, old: Measured) -> str:
    if min(new.checked.count, old.checked.count) < LEAST_RATINGS:
        return ""
    points = beyond_chance(new.checked, old.checked)
    if points is None:
        return ""
    words = _("passes every check more often (%(now)s of its sampled answers, not %(before)s)")
    if points < 0:
        words = _("passes every check less often (%(now)s of its sampled answers, not %(before)s)")
    return words % {"now": percent(new.checked.share), "before": percent(old.checked.share)}


def beyond_chance(now: Liked, before: Liked) -> float | None:
    """The difference of two shares, where it is larger than chance makes it (pooled)."""
    count, others = now.count, before.count
    pooled = (now.positive + before.positive) / (count + others)
    error = math.sqrt(pooled * (1 - pooled) * (1 / count + 1 / others))
    difference = now.positive / count - before.positive / others
    return difference if error and abs(difference) > SURE * error else None
