from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.environments.models import Environment, Release
from apps.prompts.models import Prompt, Version
from apps.releases.states import FollowUpState, ScheduleState, WaiverState

PERSON = settings.AUTH_USER_MODEL


class Schedule(models.Model):
    """A release that is to happen at a time. Everything is asked again when it does.

    `replaces`: what was live when it was made; something else there then, and it does not happen.
    """

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="schedules")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="schedules")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="schedules")
    replaces = models.ForeignKey(Release, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True, default="")
    acknowledged = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ScheduleState, default=ScheduleState.WAITING)
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    release = models.ForeignKey(Release, null=True, on_delete=models.PROTECT, related_name="+")
    refusal = models.TextField(blank=True, default="")  # why it did not happen

    class Meta:
        default_permissions = ()
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "environment"],
                condition=models.Q(state="waiting"),
                name="one_waiting_schedule_a_place",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} to {self.environment}"


class ReleaseBundle(models.Model):
    """Releases of several prompts that went live in one transaction."""

    append_only = True

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="bundles")
    reason = models.TextField(blank=True, default="")
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Bundle {self.pk}"


class BundleItem(models.Model):
    """One of the releases of a bundle."""

    append_only = True

    bundle = models.ForeignKey(ReleaseBundle, on_delete=models.PROTECT, related_name="items")
    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="bundle_item")

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.release}"


class FollowUp(models.Model):
    """What a release that broke the glass leaves behind: somebody else looks at it, in time, and
    closes it with words."""

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="follow_up")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=FollowUpState, default=FollowUpState.OPEN)
    closed_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    words = models.TextField(blank=True, default="")
    overdue_told_at = models.DateTimeField(null=True)  # owners and admins are told once

    class Meta:
        default_permissions = ()
        ordering = ["due_at"]

    def __str__(self) -> str:
        return f"Follow-up of {self.release}"


class Waiver(models.Model):
    """Two people say that one finding about one version may go to one environment all the same.

    `subject` is by what the finding is known: other words make another finding of it.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="waivers")
    content_hash = models.CharField(max_length=71)
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="waivers")
    gate = models.CharField(max_length=20)
    subject = models.CharField(max_length=64)
    finding = models.TextField()  # its sentence, as both read it
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=WaiverState, default=WaiverState.PROPOSED)
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now())
    confirmed_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "environment", "gate", "subject"],
                condition=models.Q(state__in=["proposed", "confirmed"]),
                name="one_waiver_a_finding",
            )
        ]

    def __str__(self) -> str:
        return f"Waiver for {self.version} in {self.environment}"
