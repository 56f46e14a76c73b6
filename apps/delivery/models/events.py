"""What applications send back. The two tables of events are partitioned by day (`day`, in UTC, of
`started_at`); their partitions are made and dropped by functions of the database's owner, see
migration 0002. They have no foreign keys in the database: nothing that they name is ever deleted.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from apps.environments.models import ApiKey, Environment
from apps.prompts.models import Prompt, Version


def _named(to: Any, **more: Any) -> Any:
    """A foreign key that the database does not check a million times a day."""
    return models.ForeignKey(
        to, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False, **more
    )


class LogEvent(models.Model):
    """One call that an application made with a prompt, as it told afterwards.

    `unit_hash` stands for whom the call was for; `latency_bin` is the key of `latency_ms` in the
    mergeable sketch of percentiles. `variables`, `output` and `error` only where the namespace's
    keeping rule says so.
    """

    pk = models.CompositePrimaryKey("environment", "ident", "day")
    environment = _named(Environment)
    ident = models.CharField(max_length=128)  # the application's own; once a day in an environment
    day = models.DateField()
    prompt = _named(Prompt)
    version = _named(Version)
    arm = models.CharField(max_length=20, default="")
    split_id = models.CharField(max_length=40, default="")
    model = models.CharField(max_length=200)
    unit_hash = models.BinaryField(null=True, max_length=16)
    key = _named(ApiKey)
    started_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    latency_ms = models.FloatField()
    latency_bin = models.SmallIntegerField()
    input_tokens = models.PositiveIntegerField()
    output_tokens = models.PositiveIntegerField()
    cost = models.DecimalField(max_digits=16, decimal_places=9, null=True)
    status = models.CharField(max_length=5)  # ok or error
    error = models.CharField(max_length=500, default="")
    tags = ArrayField(models.CharField(max_length=40), default=list)
    variables = models.JSONField(null=True)
    output = models.TextField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["prompt", "environment", "started_at"], name="log_event_place"),
            models.Index(
                fields=["prompt", "started_at"],
                condition=models.Q(variables__isnull=False)
                | models.Q(output__isnull=False)
                | ~models.Q(error=""),
                name="log_event_words",
            ),
        ]

    def __str__(self) -> str:
        return self.ident


class FeedbackEvent(models.Model):
    """What somebody thought of one call, or of a prompt. It lies on the day of the call, so that it
    counts where the call does. `ident`: the application's own, or made of the call and `name`, so
    that a second opinion on the same call takes the place of the first."""

    pk = models.CompositePrimaryKey("environment", "ident", "day")
    environment = _named(Environment)
    ident = models.CharField(max_length=128)
    day = models.DateField()
    prompt = _named(Prompt)
    version = _named(Version, null=True)
    arm = models.CharField(max_length=20, default="")
    split_id = models.CharField(max_length=40, default="")
    log_ident = models.CharField(max_length=128, null=True)
    unit_hash = models.BinaryField(null=True, max_length=16)
    key = _named(ApiKey)
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=6)  # score, yes_no or number
    value = models.FloatField()
    comment = models.TextField(null=True)
    started_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["prompt", "environment", "started_at"], name="feedback_event_place"
            ),
            models.Index(fields=["environment", "log_ident"], name="feedback_event_call"),
            models.Index(
                fields=["prompt", "started_at"],
                condition=models.Q(comment__isnull=False),
                name="feedback_event_words",
            ),
        ]

    def __str__(self) -> str:
        return self.ident


class TouchedHour(models.Model):
    """That figures of an hour of `started_at` have changed: added once a batch, in the transaction
    of its events, and taken away by whoever counts that hour again."""

    environment = _named(Environment)
    prompt = _named(Prompt)
    hour = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}"


class WaitingFeedback(models.Model):
    """Feedback for a call that is not known yet: looked for again for a day."""

    environment = _named(Environment)
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    ident = models.CharField(max_length=128)
    log_ident = models.CharField(max_length=128)
    told = models.JSONField()  # name, kind, value, comment
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["key", "ident"], name="one_waiting_feedback_an_id")
        ]
        indexes = [models.Index(fields=["received_at"], name="waiting_feedback_age")]

    def __str__(self) -> str:
        return self.ident


class Unmatched(models.Model):
    """How many feedbacks of a key never found their call, by day."""

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["key", "day"], name="one_unmatched_count_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.count}"
