from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.core.history import History
from apps.teams.models import Namespace

PERSON = settings.AUTH_USER_MODEL


class Snippet(models.Model):
    """A block kept once and used in many prompts, each of which pins one of its versions."""

    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="snippets")
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=200, blank=True, default="")
    archived_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    history = History()

    class Meta:
        default_permissions = ()
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["namespace", "name"], name="one_snippet_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class SnippetVersion(models.Model):
    """What a snippet said: immutable and numbered, like a version of a prompt."""

    append_only = True

    snippet = models.ForeignKey(Snippet, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    type = models.CharField(max_length=20)
    title = models.CharField(max_length=1000, blank=True, default="")
    body = models.TextField(blank=True, default="")
    rows = models.JSONField(default=list)
    rows_as = models.CharField(max_length=8, default="messages")
    reason = models.TextField(blank=True, default="")
    author = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["snippet", "number"], name="one_snippet_version"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="snippet_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.snippet} v{self.number}"
