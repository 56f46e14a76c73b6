from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.environments.models import Environment, Release
from apps.prompts.models import Prompt, Version
from apps.reviews.states import DecisionKind, ReviewState

PERSON = settings.AUTH_USER_MODEL


class Review(models.Model):
    """The request that one version may go to one environment (and those before it in the order)."""

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="reviews")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="reviews")
    state = models.CharField(max_length=20, choices=ReviewState, default=ReviewState.OPEN)
    requested_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    release_when_approved = models.BooleanField(default=False)
    release = models.ForeignKey(Release, null=True, on_delete=models.PROTECT, related_name="review")
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["-changed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "environment"],
                condition=models.Q(state__in=["open", "approved", "changes_requested"]),
                name="one_running_review_a_place",
            )
        ]

    def __str__(self) -> str:
        return f"Review of {self.prompt} for {self.environment}"


class Round(models.Model):
    """One version of a review. A new one begins a new round; older decisions count for nothing."""

    append_only = True

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveIntegerField()
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="rounds")
    reason = models.TextField(blank=True, default="")
    requested_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="one_round_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.review}, round {self.number}"


class Decision(models.Model):
    """A signature over bytes: this person, content and environment, replacing this revision."""

    append_only = True

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="decisions")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=DecisionKind)
    reason = models.TextField(blank=True, default="")
    content_hash = models.CharField(max_length=71)
    live_revision = models.PositiveIntegerField(default=0)  # of the target; 0 = nothing was live
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="one_decision_a_round")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind}"


class Thread(models.Model):
    """A conversation on a block (or on the whole review when `block_key` is empty)."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="threads")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    block_key = models.UUIDField(null=True)
    block_label = models.CharField(max_length=1100, blank=True, default="")
    quote = models.TextField(blank=True, default="")
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Thread on {self.block_label or self.review}"


class Comment(models.Model):
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    body = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.body[:60]
