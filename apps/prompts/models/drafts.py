from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Now

from apps.core.history import History
from apps.prompts.models.prompts import Prompt, Version
from apps.prompts.models.snippets import SnippetVersion

PERSON = settings.AUTH_USER_MODEL


class Draft(models.Model):
    """The mutable working copy. `order` lists the block keys; each block has its own row.

    `settings` = {"rendering", "output", "models", "tools"} of the content document (domain.md).
    """

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="drafts")
    name = models.CharField(max_length=80, blank=True, default="")  # "" is the shared draft
    base = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    order = ArrayField(models.UUIDField(), default=list)
    settings = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)  # of order, settings and variables
    # Who opened an alternative, the change of a snippet that proposed it, and when it was put away.
    opened_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(
        SnippetVersion, null=True, on_delete=models.PROTECT, related_name="proposals"
    )
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    history = History(excluded_fields=["changed_at"])

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["prompt", "name"], name="one_draft_a_name"),
        ]

    def __str__(self) -> str:
        return self.name or f"Draft of {self.prompt}"


class DraftBlock(models.Model):
    """One block of a draft. A removed one keeps its row (`removed_at`), and can come back."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="blocks")
    key = models.UUIDField(default=uuid.uuid4)
    type = models.CharField(max_length=20)
    title = models.CharField(max_length=1000, blank=True, default="")
    body = models.TextField(blank=True, default="")
    enabled = models.BooleanField(default=True)
    rows = models.JSONField(default=list)
    rows_as = models.CharField(max_length=8, default="messages")  # `as` of the content document
    # Pinned: title, body, rows and type are copies of what this version of the snippet says.
    snippet_version = models.ForeignKey(
        SnippetVersion, null=True, on_delete=models.PROTECT, related_name="pins"
    )
    revision = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(db_default=Now())
    changed_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    history = History(excluded_fields=["changed_by"])

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["draft", "key"], name="one_block_a_key")]
        indexes = [
            GinIndex(SearchVector("title", "body", config="simple"), name="draft_block_words")
        ]

    def __str__(self) -> str:
        return self.title or self.type


class ConflictCopy(models.Model):
    """The text of a save that could not be merged: kept whole until somebody settles it."""

    block = models.ForeignKey(DraftBlock, on_delete=models.PROTECT, related_name="conflicts")
    person = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    base_revision = models.PositiveIntegerField()
    mine = models.TextField()
    theirs = models.TextField()
    merged = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Conflict in {self.block}"


class DraftVariable(models.Model):
    """A declared variable: with the others, the contract with the applications that call."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="variables")
    name = models.CharField(max_length=64)
    type = models.CharField(max_length=10, default="text")
    required = models.BooleanField(default=True)
    default = models.JSONField(null=True, blank=True)
    description = models.CharField(max_length=200, blank=True, default="")
    max_length = models.PositiveIntegerField(null=True, blank=True)
    choices = models.JSONField(default=list, blank=True)
    position = models.PositiveIntegerField(default=0)
    history = History()

    class Meta:
        default_permissions = ()
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "name"], name="one_variable_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class DraftContributor(models.Model):
    """Who has changed this draft since the last version was made from it."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="contributors")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["draft", "person"], name="one_draft_contribution")
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.draft}"


class Presence(models.Model):
    """One tab of a person on a draft, and the block that its caret is in. A row is over 45 s after
    `seen_at`; `typed_at` tells who writes from who only stands there. Times are the database's."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="present")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    tab = models.CharField(max_length=36)
    block_key = models.UUIDField(null=True)
    seen_at = models.DateTimeField(db_default=Now())
    typed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["draft", "person", "tab"], name="one_presence_a_tab")
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.draft}"
