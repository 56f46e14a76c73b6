"""What a prompt is tested with: suites of cases and checks, and their immutable versions."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now

from apps.core.history import History
from apps.evaluations.states import CaseSource, SuiteState
from apps.teams.models import Namespace

PERSON = settings.AUTH_USER_MODEL


class Suite(models.Model):
    """Cases and checks for the prompts of its namespace and below.

    `variables` are the columns of its cases in order; `threshold` is the share of the weighted
    score that a case needs, none: all of it.
    """

    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="suites")
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=200, blank=True, default="")
    variables = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    threshold = models.FloatField(null=True)
    state = models.CharField(max_length=12, choices=SuiteState, default=SuiteState.ACTIVE)
    created_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    history = History(excluded_fields=["changed_at"])

    class Meta:
        default_permissions = ()
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint("namespace", Lower("name"), name="one_suite_a_name"),
            models.CheckConstraint(
                condition=models.Q(threshold=None) | models.Q(threshold__range=(0, 1)),
                name="suite_threshold_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        return self.state == SuiteState.ARCHIVED


class Case(models.Model):
    """Values of the variables, what is expected, and tags by which results are sliced."""

    suite = models.ForeignKey(Suite, on_delete=models.PROTECT, related_name="cases")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200, blank=True, default="")
    values = models.JSONField(default=dict)
    expected = models.TextField(blank=True, default="")
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    enabled = models.BooleanField(default=True)
    source = models.CharField(max_length=12, choices=CaseSource, default=CaseSource.HAND)
    created_at = models.DateTimeField(db_default=Now())
    history = History(excluded_fields=["position"])

    class Meta:
        default_permissions = ()
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["suite", "position"], name="cases_in_order")]
        constraints = [
            models.UniqueConstraint(fields=["suite", "key"], name="one_case_a_key"),
        ]

    def __str__(self) -> str:
        return self.name or f"case {self.position}"


class Check(models.Model):
    """One rule that judges an answer; what its settings may hold, its kind says."""

    suite = models.ForeignKey(Suite, on_delete=models.PROTECT, related_name="checks")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    settings = models.JSONField(default=dict)
    weight = models.FloatField(default=1)
    required = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    history = History(excluded_fields=["position"])

    class Meta:
        default_permissions = ()
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["suite", "key"], name="one_check_a_key"),
            models.CheckConstraint(
                condition=models.Q(weight__gte=0), name="check_weighs_something"
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class SuiteVersion(models.Model):
    """A suite as it stood when it was run: immutable, numbered; the same content once only."""

    append_only = True

    suite = models.ForeignKey(Suite, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    content_hash = models.CharField(max_length=71)  # "sha256:" and 64 digits
    case_count = models.PositiveIntegerField()
    author = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["suite", "number"], name="one_suite_version"),
            models.UniqueConstraint(fields=["suite", "content_hash"], name="one_suite_content"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="suite_version_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suite} v{self.number}"


class SuiteStanding(models.Model):
    """The version that says what its suite says now. The database takes it away with any change of
    the suite's cases, checks or threshold, whoever makes it."""

    suite = models.OneToOneField(Suite, on_delete=models.PROTECT, related_name="standing")
    version = models.ForeignKey(SuiteVersion, on_delete=models.PROTECT, related_name="standing")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.suite} stands as v{self.version.number}"
