"""Suites that a release must have passed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.core.history import History
from apps.environments.models import Environment
from apps.evaluations.models.suites import Suite
from apps.evaluations.states import Condition, RequirementState
from apps.teams.models import Namespace

PERSON = settings.AUTH_USER_MODEL


class SuiteRequirement(models.Model):
    """What goes live in `environment` from `namespace` and below has passed `suite` before.

    It hangs on the place, not on one rule: a namespace's own rule never takes away what holds above
    it. `share`: for `must_pass` the least share of the cases that pass; for `not_worse` by how much
    that share may be smaller than that of what is live, on the same cases.
    """

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="+")
    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="+")
    suite = models.ForeignKey(Suite, on_delete=models.PROTECT, related_name="requirements")
    condition = models.CharField(max_length=12, choices=Condition)
    share = models.FloatField()
    state = models.CharField(
        max_length=12, choices=RequirementState, default=RequirementState.ACTIVE
    )
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    asked_why = models.TextField(blank=True, default="")
    removed_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    history = History()

    class Meta:
        default_permissions = ()
        ordering = ["suite__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "namespace", "suite"],
                condition=~models.Q(state="removed"),
                name="one_requirement_a_suite_and_place",
            ),
            models.CheckConstraint(
                condition=models.Q(share__range=(0, 1)), name="requirement_share_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suite} for {self.environment}"

    @property
    def is_leaving(self) -> bool:
        return self.state == RequirementState.LEAVING
