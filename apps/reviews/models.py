from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.environments.models import Environment, Release
from apps.prompts.models import Draft, Prompt, Version
from apps.reviews.states import DecisionKind, ReviewState, SuggestionState
from apps.teams.models import Team

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
    summary = models.TextField(blank=True, default="")  # "": as the comparison says by itself
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


class Look(models.Model):
    """What a person last saw of a review, and what they had seen before that visit."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="looks")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    earlier_version = models.ForeignKey(
        Version, null=True, on_delete=models.PROTECT, related_name="+"
    )
    earlier_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["review", "person"], name="one_look_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.review}"


class Thread(models.Model):
    """A conversation on words, on a block, or on the whole (when `block_key` is empty).

    It belongs to a review (of one version) or, outside of one, to a draft. The anchor is the block,
    the quoted words, and up to 64 characters on each side of them.
    """

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="threads")
    review = models.ForeignKey(Review, null=True, on_delete=models.PROTECT, related_name="threads")
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(Draft, null=True, on_delete=models.PROTECT, related_name="threads")
    block_key = models.UUIDField(null=True)
    block_label = models.CharField(max_length=1100, blank=True, default="")
    quote = models.TextField(blank=True, default="")
    before = models.CharField(max_length=64, blank=True, default="")
    after = models.CharField(max_length=64, blank=True, default="")
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(review__isnull=False, version__isnull=False, draft=None)
                | models.Q(review=None, draft__isnull=False),
                name="thread_of_a_review_or_a_draft",
            )
        ]

    def __str__(self) -> str:
        return f"Thread on {self.block_label or self.review or self.draft}"


class Comment(models.Model):
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    body = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    edited_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.body[:60]


class Mention(models.Model):
    """A person, or everyone of a team, named in a comment."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="mentions")
    person = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["comment", "person"], name="one_mention_a_person"),
            models.UniqueConstraint(fields=["comment", "team"], name="one_mention_a_team"),
            models.CheckConstraint(
                condition=models.Q(person=None, team__isnull=False)
                | models.Q(person__isnull=False, team=None),
                name="mention_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"@{self.person or self.team}"


class Suggestion(models.Model):
    """A proposed text of one block, in a comment. `base` is what its writer started from; both are
    the block's whole text (body, and rows as text)."""

    comment = models.OneToOneField(Comment, on_delete=models.PROTECT, related_name="suggestion")
    block_key = models.UUIDField()
    base = models.TextField()
    body = models.TextField()
    state = models.CharField(max_length=10, choices=SuggestionState, default=SuggestionState.OPEN)
    decided_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Suggestion in {self.comment_id}"
