"""Runs that are asked for together or again and again: for the change of a model, by a schedule."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from apps.core.history import History
from apps.environments.models import Environment
from apps.evaluations.models.runs import MONEY, PERSON, Run
from apps.evaluations.models.suites import Suite
from apps.evaluations.states import Every, PlannedState, ScheduleState, UpdateState
from apps.prompts.models import Prompt, Version
from apps.teams.models import Namespace


class ModelUpdate(models.Model):
    """ "`before` will be replaced by `after`": what it does to each prompt that uses it."""

    before = models.CharField(max_length=200)
    after = models.CharField(max_length=200)
    repeats = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=UpdateState, default=UpdateState.RUNNING)
    requested_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"

    @property
    def is_under_way(self) -> bool:
        return self.state == UpdateState.RUNNING


class SuiteSchedule(models.Model):
    """A suite on what is live of some prompts, nightly or weekly. `next_at` is when it is due;
    `tolerance` is how much of the share of passes may be lost without an alarm."""

    suite = models.ForeignKey(Suite, on_delete=models.PROTECT, related_name="schedules")
    prompts = models.ManyToManyField(Prompt, related_name="+")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="+")
    model = models.CharField(max_length=200)
    repeats = models.PositiveSmallIntegerField(default=1)
    every = models.CharField(max_length=5, choices=Every)
    weekday = models.PositiveSmallIntegerField(null=True)  # Monday is 0
    hour = models.PositiveSmallIntegerField()
    zone = models.CharField(max_length=64)
    tolerance = models.FloatField(default=0.05)
    most_cost = models.DecimalField(null=True, **MONEY)  # of each of its runs
    state = models.CharField(max_length=8, choices=ScheduleState, default=ScheduleState.ACTIVE)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    history = History(excluded_fields=["next_at", "last_at"])

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(state="active"),
                name="suite_schedules_due",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(every="day", weekday=None)
                | models.Q(every="week", weekday__lte=6),
                name="suite_schedule_on_a_day",
            ),
            models.CheckConstraint(condition=models.Q(hour__lte=23), name="suite_schedule_hour"),
            models.CheckConstraint(
                condition=models.Q(tolerance__range=(0, 1)), name="suite_schedule_tolerance"
            ),
        ]

    def __str__(self) -> str:
        return f"schedule of {self.suite}"

    @property
    def namespace(self) -> Namespace:
        return self.suite.namespace


class PlannedRun(models.Model):
    """One run that a worker starts: of an update, or of a schedule's time `due_at`.

    `suite` None: nothing tests the prompt. `version` None: what is live when it starts.
    """

    update_of = models.ForeignKey(
        ModelUpdate, null=True, on_delete=models.PROTECT, related_name="planned"
    )
    schedule = models.ForeignKey(
        SuiteSchedule, null=True, on_delete=models.PROTECT, related_name="planned"
    )
    due_at = models.DateTimeField(null=True)
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    suite = models.ForeignKey(Suite, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    environment = models.ForeignKey(
        Environment, null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=8, choices=PlannedState, default=PlannedState.WAITING)
    run = models.OneToOneField(Run, null=True, on_delete=models.PROTECT, related_name="planned")
    refusal = models.TextField(blank=True, default="")  # why it was not started

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(state__in=["waiting", "started"]),
                name="planned_runs_to_see_to",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["update_of", "prompt", "suite"],
                condition=models.Q(schedule=None),
                nulls_distinct=False,
                name="one_planned_run_an_update",
            ),
            models.UniqueConstraint(
                fields=["schedule", "due_at", "prompt"],
                condition=models.Q(update_of=None),
                name="one_planned_run_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(update_of=None, schedule__isnull=False, due_at__isnull=False)
                | models.Q(update_of__isnull=False, schedule=None, due_at=None),
                name="planned_run_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"planned run {self.pk}"


class DriftAlarm(models.Model):
    """A live version passes less than it did on the same cases with the same model. Shares of
    passes from 0 to 1; whoever acknowledges it accepts the new level: later runs are compared
    with `run`."""

    schedule = models.ForeignKey(SuiteSchedule, on_delete=models.PROTECT, related_name="alarms")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="+")
    earlier = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    cases = models.PositiveIntegerField()
    before = models.FloatField()
    after = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    tolerance = models.FloatField()
    raised_at = models.DateTimeField(db_default=Now())
    acknowledged_by = models.ForeignKey(
        PERSON, null=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, default="")

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "prompt"],
                condition=models.Q(acknowledged_at=None),
                name="one_open_alarm_a_prompt",
            ),
            models.CheckConstraint(
                condition=models.Q(acknowledged_at=None, acknowledged_by=None)
                | models.Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alarm_acknowledged_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"drift of {self.prompt}"

    @property
    def namespace(self) -> Namespace:
        return self.prompt.namespace
