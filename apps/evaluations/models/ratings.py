"""What people say of answers: ratings, who was asked for them, and what was decided in the end."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.core.history import History
from apps.evaluations.models.runs import Result, Run
from apps.evaluations.states import (
    Preference,
    RatingRequestState,
    RatingSample,
    RatingTaskState,
    RatingWay,
)
from apps.teams.models import Namespace

PERSON = settings.AUTH_USER_MODEL
MOST_EACH = 5  # people on one answer


class Rating(models.Model):
    """What a person says of an answer. `check_key` None: of the answer as a whole. `blind`: they
    were not told which version and model it came from."""

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="ratings")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    check_key = models.UUIDField(null=True)
    value = models.JSONField()
    note = models.TextField(blank=True, default="")
    blind = models.BooleanField(default=False)
    seconds = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())
    history = History()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["result", "person", "check_key"],
                nulls_distinct=False,
                name="one_rating_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.result}"


class RatingRequest(models.Model):
    """People are asked to rate answers of a run, each answer by `each` of them. `seed` drew the
    sample, the order and which of two answers stands left. `told_at`: when everything was rated for
    the first time."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="rating_requests")
    way = models.CharField(max_length=8, choices=RatingWay, default=RatingWay.RATE)
    check_key = models.UUIDField(null=True)
    sample = models.CharField(max_length=8, choices=RatingSample, default=RatingSample.ALL)
    seed = models.PositiveIntegerField()
    each = models.PositiveSmallIntegerField(default=1)
    blind = models.BooleanField(default=True)
    note = models.TextField(blank=True, default="")
    state = models.CharField(
        max_length=8, choices=RatingRequestState, default=RatingRequestState.OPEN
    )
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    told_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(each__gte=1, each__lte=MOST_EACH), name="rating_request_each"
            ),
        ]

    def __str__(self) -> str:
        return f"ratings of {self.run}"

    @property
    def namespace(self) -> Namespace:
        return self.run.namespace

    @property
    def is_open(self) -> bool:
        return self.state == RatingRequestState.OPEN

    @property
    def compares(self) -> bool:
        return self.way == RatingWay.COMPARE


class RatingTask(models.Model):
    """One answer, or two side by side, that one person is asked about. `swapped`: the second of
    the two stands left. A preference is kept here; a rating of one answer is a Rating."""

    request = models.ForeignKey(RatingRequest, on_delete=models.PROTECT, related_name="tasks")
    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="rating_tasks")
    other = models.ForeignKey(Result, null=True, on_delete=models.PROTECT, related_name="+")
    rater = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="rating_tasks")
    position = models.PositiveIntegerField()
    swapped = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=RatingTaskState, default=RatingTaskState.WAITING)
    preference = models.CharField(max_length=8, choices=Preference, blank=True, default="")
    note = models.TextField(blank=True, default="")
    seconds = models.PositiveIntegerField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["position", "pk"]
        indexes = [
            models.Index(fields=["rater", "state"], name="rating_tasks_of_a_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "result", "rater"], name="one_rating_task_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rater}: {self.result}"


class RatingDecision(models.Model):
    """What counts where people disagree: the value that one person settled on, and why."""

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="decisions")
    other = models.ForeignKey(Result, null=True, on_delete=models.PROTECT, related_name="+")
    check_key = models.UUIDField(null=True)
    value = models.JSONField()
    reason = models.TextField()
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["result", "other", "check_key"],
                nulls_distinct=False,
                name="one_rating_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decided_by} on {self.result}"
