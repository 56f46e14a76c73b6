from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from apps.environments.models import ApiKey, Environment
from apps.prompts.models import Prompt, Version


class LogEvent(models.Model):
    """One call that an application made with a prompt, as it told afterwards: figures alone. No
    value, no answer, no unit, no error text and no tag is kept here."""

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="+")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    ident = models.CharField(max_length=128)  # the application's own; once in an environment
    arm = models.CharField(max_length=20, blank=True, default="")
    model = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    latency_ms = models.FloatField()
    input_tokens = models.PositiveIntegerField()
    output_tokens = models.PositiveIntegerField()
    cost = models.DecimalField(max_digits=16, decimal_places=9, null=True)
    status = models.CharField(max_length=5)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["environment", "ident"], name="one_log_event_an_id")
        ]

    def __str__(self) -> str:
        return self.ident


class SentName(models.Model):
    """That callers of a prompt in an environment send a variable of this name; never its value.
    The empty name: that calls were seen at all, whatever they sent."""

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="+")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=64, blank=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "prompt", "name"], name="one_sent_name_a_place"
            )
        ]

    def __str__(self) -> str:
        return self.name


class KeptAnswer(models.Model):
    """What a write of the API answered to an `Idempotency-Key`: given again for a day. `call` is a
    hash of what was asked, so that the same token for another call is refused."""

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=200)
    call = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["key", "token"], name="one_kept_answer_a_token")
        ]
        indexes = [models.Index(fields=["made_at"], name="kept_answer_age")]

    def __str__(self) -> str:
        return self.token
