"""A candidate that answers what live calls asked, is graded, and is shown to no customer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.environments.models import Environment
from apps.evaluations.models import Suite
from apps.experiments.states import PairState, ShadowState
from apps.prompts.models import Prompt, Version
from apps.teams.models import Team

PERSON = settings.AUTH_USER_MODEL


class Shadow(models.Model):
    """What it asks is fixed when it starts (a trigger). `checks` and `threshold`: of the suite as
    it stood, those that need no expected answer. `share`: percent of the calls whose values are
    kept; `a_day`, `most`: calls at most; `days`: until it ends. `since`: calls from then on.
    `judge` answers for checks that name no model of their own; empty: the candidate's own does."""

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="shadows")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    suite = models.ForeignKey(Suite, on_delete=models.PROTECT, related_name="+")
    checks = models.JSONField()
    threshold = models.FloatField(null=True)
    model = models.CharField(max_length=200)
    judge = models.CharField(max_length=200, blank=True, default="")
    share = models.PositiveSmallIntegerField()
    a_day = models.PositiveIntegerField()
    most = models.PositiveIntegerField()
    days = models.PositiveSmallIntegerField()
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ShadowState, default=ShadowState.RUNNING)
    words = models.TextField(blank=True, default="")  # why it stands where it does
    since = models.DateTimeField()
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "environment", "version"],
                condition=models.Q(state__in=["running", "paused"]),
                name="one_shadow_a_candidate_and_place",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    share__range=(1, 100), a_day__gte=1, most__range=(1, 2000), days__range=(1, 90)
                ),
                name="shadow_within_bounds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} in {self.environment}"

    @property
    def stands(self) -> bool:
        return self.state in (ShadowState.RUNNING, ShadowState.PAUSED)

    @property
    def judged_by(self) -> str:
        return self.judge or self.model

    @property
    def until(self) -> datetime:
        return self.made_at + timedelta(days=self.days)


class ShadowAnswer(models.Model):
    """One call and both answers to it, as far as the keeping rule keeps what they say. `verdicts`
    and `live_verdicts`: by the key of the check; `passed` None: could not be judged."""

    shadow = models.ForeignKey(Shadow, on_delete=models.PROTECT, related_name="answers")
    call_ident = models.CharField(max_length=200)
    called_at = models.DateTimeField()
    live = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    values = models.JSONField(null=True)
    live_answer = models.TextField(blank=True, default="")
    live_ms = models.FloatField()
    live_cost = models.DecimalField(max_digits=18, decimal_places=8, null=True)
    live_passed = models.BooleanField(null=True)
    live_verdicts = models.JSONField(default=dict)
    state = models.CharField(max_length=14, choices=PairState, default=PairState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(blank=True, default="")
    latency_ms = models.PositiveIntegerField(null=True)
    input_tokens = models.PositiveIntegerField(null=True)
    output_tokens = models.PositiveIntegerField(null=True)
    cost = models.DecimalField(max_digits=18, decimal_places=8, null=True)
    judging_cost = models.DecimalField(max_digits=18, decimal_places=8, default=0)
    passed = models.BooleanField(null=True)
    verdicts = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")
    taken_at = models.DateTimeField(db_default=Now())
    erased_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["shadow", "call_ident"], name="shadow_takes_a_call_once"
            )
        ]
        indexes = [models.Index(fields=["shadow", "state"], name="shadow_pairs")]

    def __str__(self) -> str:
        return self.call_ident

    @property
    def place(self) -> str:
        """What names the call in an address."""
        return f"{self.called_at.isoformat()} {self.call_ident}"
