"""Runs of a suite, one row for each answer: a run goes on from its rows whoever dies."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from apps.environments.models import Environment
from apps.evaluations.models.suites import SuiteVersion
from apps.evaluations.states import ResultState, RunState
from apps.prompts.models import Draft, Prompt, Version
from apps.teams.models import Namespace, Team

PERSON = settings.AUTH_USER_MODEL
MONEY = {"max_digits": 18, "decimal_places": 8}


class Run(models.Model):
    """A version, or a draft as it stood, on all cases of a suite version, with each model.

    `paired`: the run of what was live in `environment` on the same cases; both are worked on and
    finish together. `content` is kept for drafts alone; a version has its own. `judge` answers for
    checks that name no model, `embedding` likewise. `variant_of`: the model whose variant
    of the prompt those are asked in that have none. `worker_until`: somebody works on it; `sent_at`
    says when a worker was last woken for it. `stopped`: why no further answer was asked for.
    """

    suite_version = models.ForeignKey(SuiteVersion, on_delete=models.PROTECT, related_name="runs")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="runs")
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="runs")
    draft = models.ForeignKey(Draft, null=True, on_delete=models.SET_NULL, related_name="+")
    content = models.BinaryField(null=True)
    content_hash = models.CharField(max_length=71)
    judge = models.CharField(max_length=200, blank=True, default="")
    embedding = models.CharField(max_length=200, blank=True, default="")
    variant_of = models.CharField(max_length=200, blank=True, default="")
    judge_version = models.PositiveSmallIntegerField(default=1)
    repeats = models.PositiveSmallIntegerField(default=1)
    fresh = models.BooleanField(default=False)  # ask even where an equal answer is known
    state = models.CharField(max_length=10, choices=RunState, default=RunState.QUEUED)
    stopped = models.TextField(blank=True, default="")
    paired = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="candidate"
    )
    environment = models.ForeignKey(
        Environment, null=True, on_delete=models.PROTECT, related_name="+"
    )
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    estimate_calls = models.PositiveIntegerField(default=0)
    estimate_cost = models.DecimalField(null=True, **MONEY)
    estimate_seconds = models.PositiveIntegerField(default=0)
    most_cost = models.DecimalField(null=True, **MONEY)  # the budget of this run alone
    spent = models.DecimalField(default=0, **MONEY)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=40, blank=True, default="")
    worker_until = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["sent_at"],
                condition=models.Q(state__in=["queued", "running"]),
                name="runs_under_way",
            ),
            models.Index(fields=["suite_version", "version", "-id"], name="runs_of_a_version"),
            models.Index(fields=["prompt", "-id"], name="runs_of_a_prompt"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(version__isnull=False) | models.Q(content__isnull=False),
                name="run_of_something",
            ),
            models.CheckConstraint(
                condition=models.Q(repeats__gte=1, repeats__lte=20), name="run_repeats"
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (RunState.QUEUED, RunState.RUNNING)

    @property
    def namespace(self) -> Namespace:
        return self.suite_version.suite.namespace

    @property
    def label(self) -> str:
        """The version, or the draft, as its column is headed."""
        return str(self.version) if self.version_id else "the draft"

    models = ArrayField(models.CharField(max_length=200))  # last: it hides the module's name


class Result(models.Model):
    """One case, one model, one repeat: its answer and what the checks say of it.

    `attempts` is counted and kept before the model is asked. `passed` None with an answer: the
    checks leave it open (a person has to rate it, or a judge could not). `fingerprint` names equal
    questions, `judging` equal checks: what is equal is reused.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="results")
    case_key = models.UUIDField()
    case_index = models.PositiveIntegerField()
    model = models.CharField(max_length=200)
    repeat = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=14, choices=ResultState, default=ResultState.WAITING)
    answer = models.TextField(blank=True, default="")
    tool_calls = models.JSONField(default=list)
    input_tokens = models.PositiveIntegerField(null=True)
    output_tokens = models.PositiveIntegerField(null=True)
    latency_ms = models.PositiveIntegerField(null=True)
    cost = models.DecimalField(null=True, **MONEY)
    verdicts = models.JSONField(default=dict)
    passed = models.BooleanField(null=True)
    score = models.FloatField(null=True)
    reused_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    judging = models.CharField(max_length=64, blank=True, default="")
    error_code = models.CharField(max_length=40, blank=True, default="")
    error = models.TextField(blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_by = models.CharField(max_length=40, blank=True, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["case_index", "model", "repeat"]
        indexes = [
            models.Index(
                fields=["run", "attempts", "case_index"],
                condition=models.Q(state__in=["waiting", "leased"]),
                name="results_to_do",
            ),
            models.Index(
                fields=["fingerprint", "-id"],
                condition=models.Q(state="done"),
                name="results_to_reuse",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "case_key", "model", "repeat"], name="one_result_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run}, case {self.case_index + 1}, {self.model}"
