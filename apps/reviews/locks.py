from __future__ import annotations

from django.db.models.functions import Now

from apps.core.live import touch
from apps.environments.locks import hold_rules, lock_prompt
from apps.reviews.models import Review


def lock_review(review: Review) -> Review:
    """The review, read anew; its prompt is locked and its rules are held."""
    prompt = lock_prompt(review.prompt)
    hold_rules(prompt, review.environment)
    rows = Review.objects.select_for_update(of=("self",)).select_related("environment")
    review = rows.get(pk=review.pk)
    review.prompt = prompt
    return review


def mark_changed(review: Review) -> None:
    """Put the review first in its lists, and tell the pages that show it."""
    Review.objects.filter(pk=review.pk).update(changed_at=Now())
    touch("review", review.pk)
    touch("prompt", review.prompt_id)
