"""Trials of the playground: one question put to up to four versions or models at once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.evaluations.states import TrialState
from apps.llm.models import Reservation
from apps.prompts.models import Draft, Prompt, Version
from apps.teams.models import Namespace, Team


class Trial(models.Model):
    """Who tried a prompt with which values. `team` pays; `values` are as they were typed."""

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="trials")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="trials"
    )
    values = models.JSONField(default=dict)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        indexes = [models.Index(fields=["person", "-id"], name="trials_of_a_person")]

    def __str__(self) -> str:
        return f"trial {self.pk}"

    @property
    def namespace(self) -> Namespace:
        return self.prompt.namespace


class TrialAnswer(models.Model):
    """One column of a trial. `content` is the document that was asked with; `label` its name.
    Without a version it came from `draft`, or from the shared one."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="answers")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=80)
    model = models.CharField(max_length=200)
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(Draft, null=True, on_delete=models.PROTECT, related_name="+")
    content = models.BinaryField()
    state = models.CharField(max_length=14, choices=TrialState, default=TrialState.WAITING)
    answer = models.TextField(blank=True, default="")
    input_tokens = models.PositiveIntegerField(null=True)
    output_tokens = models.PositiveIntegerField(null=True)
    latency_ms = models.PositiveIntegerField(null=True)
    cost = models.DecimalField(null=True, max_digits=18, decimal_places=8)
    error = models.TextField(blank=True, default="")  # a sentence for people
    detail = models.TextField(blank=True, default="")  # the provider's own words
    reservation = models.ForeignKey(
        Reservation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(state__in=["waiting", "asked"]),
                name="trial_answers_to_come",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["trial", "position"], name="one_answer_a_column")
        ]

    def __str__(self) -> str:
        return f"{self.label} · {self.model}"

    @property
    def is_to_come(self) -> bool:
        return self.state in (TrialState.WAITING, TrialState.ASKED)
