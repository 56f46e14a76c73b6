"""What a person has seen of a review: kept so that the next look can begin where this one ended."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import User
from apps.core.actions import working
from apps.core.errors import require
from apps.reviews.models import Look, Review
from apps.reviews.permissions import can_look_at_review
from apps.reviews.queries import current_round

VISIT = timedelta(minutes=30)


@working
def look_at_review(review: Review, *, since: int | None = None, actor: User) -> Look | None:
    """The page of a review was opened. A look within VISIT of the last one is the same visit; a new
    visit, or another version under review, moves what was seen then to `earlier_…`.

    A page that shows only what changed `since` a version counts as a look for those alone who had
    seen that version. None for who never looked.
    """
    require(can_look_at_review(actor, review))
    version = current_round(review).version
    if since is not None and not Look.objects.filter(review=review, person=actor).exists():
        return None
    look, is_first = Look.objects.get_or_create(
        review=review, person=actor, defaults={"version": version}
    )
    if is_first:
        return look
    joined = Look.objects.select_related("version", "earlier_version")
    look = joined.select_for_update(of=("self",)).get(pk=look.pk)
    now = timezone.now()
    if look.version_id != version.pk or now - look.at > VISIT:
        look.earlier_version, look.earlier_at = look.version, look.at
    if since is not None and (look.earlier_version is None or look.earlier_version.number != since):
        return Look.objects.get(pk=look.pk)
    look.version, look.at = version, now
    look.save(update_fields=["version", "at", "earlier_version", "earlier_at"])
    return look
