"""Ratings of answers, and the verdicts that come of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.accounts.models import User
from apps.evaluations.checks import Verdict, verdict_from, weigh
from apps.evaluations.models import Rating, RatingDecision, Result
from apps.evaluations.yardsticks import Yardstick, yardsticks


def ratings_on(row: Result, key: str | None) -> list[Rating]:
    """What people said of this answer, one rating a person. Where it was taken over from an earlier
    run that was judged by equal checks, what they said of it there counts too."""
    rows = Rating.objects.filter(result__in=_places(row, key), check_key=key)
    found: dict[int, Rating] = {}
    for rating in rows.select_related("person").order_by("pk"):
        if rating.person_id not in found or rating.result_id == row.pk:
            found[rating.person_id] = rating
    return sorted(found.values(), key=lambda rating: rating.pk)


def decision_on(row: Result, key: str | None) -> RatingDecision | None:
    rows = RatingDecision.objects.filter(result__in=_places(row, key), check_key=key, other=None)
    found = {one.result_id: one for one in rows.select_related("decided_by")}
    return found.get(row.pk) or next(iter(found.values()), None)


def _places(row: Result, key: str | None) -> list[int]:
    origin = row.reused_from
    if key is None or origin is None or origin.judging != row.judging:
        return [row.pk]
    return [row.pk, origin.pk]


def own_rating(row: Result, person: User, key: str | None) -> Rating | None:
    return Rating.objects.filter(result=row, person=person, check_key=key).first()


def verdict_by_people(row: Result, asked: Yardstick) -> Verdict:
    """A decision counts before what the raters say."""
    decided = decision_on(row, asked.key)
    if decided is not None:
        return asked.kind.decide(decided.value, asked.settings)
    values = [rating.value for rating in ratings_on(row, asked.key) if asked.takes(rating.value)]
    return asked.kind.rate(values, asked.settings)


def judged_anew(row: Result, document: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a result, with what people say of it now."""
    verdicts = {key: verdict_from(kept) for key, kept in row.verdicts.items()}
    for asked in yardsticks(document):
        verdicts[str(asked.key)] = verdict_by_people(row, asked)
    case = weigh(document["checks"], verdicts, document["threshold"])
    passed = None if case.state == "could_not_run" else case.state == "pass"
    return {
        "verdicts": {key: verdict.as_json() for key, verdict in verdicts.items()},
        "passed": passed,
        "score": case.score,
        "error": case.reason if passed is not True else "",
    }
