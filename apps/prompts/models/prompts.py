from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from apps.core.history import History
from apps.prompts.states import Lifecycle
from apps.teams.models import Namespace, Team

PERSON = settings.AUTH_USER_MODEL


class Prompt(models.Model):
    """One named prompt. Its path is the namespace's path and its own last segment."""

    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="prompts")
    path = models.CharField(max_length=520, unique=True)
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=200, blank=True, default="")
    owner = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="prompts"
    )
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    lifecycle = models.CharField(max_length=12, choices=Lifecycle, default=Lifecycle.ACTIVE)
    deprecated_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    successor = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="predecessors"
    )  # what to fetch instead of a deprecated one
    sunset = models.DateField(null=True)  # the last day on which a deprecated one is kept up
    created_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    changed_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    history = History(excluded_fields=["changed_at", "changed_by"])

    class Meta:
        default_permissions = ()
        ordering = ["path"]
        indexes = [
            models.Index(fields=["-changed_at"], name="prompt_changed"),
            GinIndex(fields=["tags"], name="prompt_tags"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def segment(self) -> str:
        return self.path.rpartition("/")[2]


class PromptFormerPath(models.Model):
    """Where a prompt was before it was renamed or moved. Until `until` its fetches are led on to
    where it is now, for the keys of the namespace that it was in too, and nobody else takes it."""

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="former_paths")
    path = models.CharField(max_length=520, unique=True)
    namespace = models.ForeignKey(Namespace, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.path


class Version(models.Model):
    """An immutable, numbered snapshot. `content` is the canonical JSON that is hashed."""

    append_only = True

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.BinaryField()
    content_hash = models.CharField(max_length=71)  # "sha256:" and 64 digits
    reason = models.TextField(blank=True, default="")
    author = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    # An imported version keeps what its source said of it, as said there.
    original_author = models.CharField(max_length=200, blank=True, default="")
    original_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["prompt", "number"], name="one_version_a_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="version_from_one"),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class VersionContributor(models.Model):
    """Who changed anything between the version before and this one (they may not approve it)."""

    append_only = True

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="contributors")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["version", "person"], name="one_contribution_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.version}"


class Sample(models.Model):
    """A named set of values for the variables ("Angry customer")."""

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="samples")
    name = models.CharField(max_length=80)
    values = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    history = History()

    class Meta:
        default_permissions = ()
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["prompt", "name"], name="one_sample_a_name")]

    def __str__(self) -> str:
        return self.name


class Visit(models.Model):
    """When a person last opened a prompt: their recent work."""

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["person", "prompt"], name="one_visit_a_person")
        ]
        indexes = [models.Index(fields=["person", "-at"], name="recent_visits")]

    def __str__(self) -> str:
        return f"{self.person} at {self.prompt}"
