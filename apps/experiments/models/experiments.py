from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.core.history import History
from apps.environments.models import Environment, Release
from apps.experiments.metrics import Guard, Metric
from apps.experiments.states import ExperimentState, OnHarm, PlanState
from apps.prompts.models import Prompt, Version

PERSON = settings.AUTH_USER_MODEL


class Experiment(models.Model):
    """Versions compared on real traffic. What it asks is fixed when it starts (a trigger).

    `arms`: [{arm, version (number), weight (percent)}], what is live first. `audience`: who takes
    part, [{attribute, operator, values}], all of them; none: everybody. `metric` and `guards`:
    of `metrics`. `smallest`: the smallest effect of interest, in the metric's own terms. `plan`:
    what was known at the start: {information, units, mean, effect}. `result`: what it said at its
    end, kept because the calls are not.
    """

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="experiments")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    hypothesis = models.TextField()
    arms = models.JSONField()
    audience = models.JSONField(default=list)
    metric = models.JSONField()
    smallest = models.FloatField()
    guards = models.JSONField(default=list)
    days = models.PositiveSmallIntegerField(default=28)
    state = models.CharField(max_length=10, choices=ExperimentState, default=ExperimentState.DRAFT)
    plan = models.JSONField(null=True)
    split_id = models.CharField(max_length=36, blank=True, default="")
    release = models.ForeignKey(Release, null=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    started_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    winner = models.CharField(max_length=1, blank=True, default="")
    outcome = models.TextField(blank=True, default="")  # why it ended as it did, in words
    result = models.JSONField(null=True)
    told = models.CharField(max_length=12, blank=True, default="")  # the last news of it
    history = History()

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "environment"],
                condition=models.Q(state="running"),
                name="one_running_experiment_a_place",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def goal(self) -> Metric:
        return Metric.of(self.metric)

    @property
    def limits(self) -> list[Guard]:
        return [Guard.of(each) for each in self.guards]

    @property
    def running(self) -> bool:
        return self.state == ExperimentState.RUNNING


class RolloutPlan(models.Model):
    """How a running release by steps goes on by itself, and what stops it.

    `steps`: shares in percent. `hold`: {kind, amount} before the next one. `evidence`: what the
    guards saw when they stopped it.
    """

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="rollout_plans")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    split_id = models.CharField(max_length=36)
    steps = models.JSONField()
    hold = models.JSONField()
    guards = models.JSONField(default=list)
    on_harm = models.CharField(max_length=10, choices=OnHarm, default=OnHarm.ROLL_BACK)
    state = models.CharField(max_length=12, choices=PlanState, default=PlanState.RUNNING)
    evidence = models.JSONField(null=True)
    words = models.TextField(blank=True, default="")  # why it stands where it does
    told = models.BooleanField(default=False)  # of a harm that stops nothing
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "environment"],
                condition=models.Q(state__in=["running", "paused"]),
                name="one_rollout_plan_a_place",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} in {self.environment}"

    @property
    def limits(self) -> list[Guard]:
        return [Guard.of(each) for each in self.guards]

    def next_share(self, share: int) -> int | None:
        """The next step above a share; None at the end."""
        return next((step for step in self.steps if step > share), None)

    @property
    def hold_kind(self) -> str:
        return str(self.hold["kind"])

    @property
    def hold_amount(self) -> Any:
        return self.hold.get("amount")
