from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower, Now
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from apps.core.history import History


class Capability(models.TextChoices):
    """What one may do on a namespace and below it (domain.md, Rights)."""

    VIEW = "view", "View"
    COMMENT = "comment", "Comment"
    EDIT = "edit", "Edit"
    REVIEW = "review", "Review"
    RELEASE = "release", "Release"
    PUBLISH = "publish", "Publish"
    MANAGE = "manage", "Manage"
    BREAK_GLASS = "break_glass", "Break glass"


class Team(models.Model):
    """People. Its `group` is the one `auth.Group` that guardian knows it by."""

    name = models.CharField(max_length=80, unique=True)
    purpose = models.CharField(max_length=200, blank=True, default="")
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="team")
    created_at = models.DateTimeField(db_default=Now())
    history = History()

    class Meta:
        default_permissions = ()
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    created_at = models.DateTimeField(db_default=Now())
    history = History()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["team", "person"], name="one_membership_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.team}"


SEGMENT = r"[a-z0-9][a-z0-9_-]{0,62}"
MAX_SEGMENTS = 8
PATH = rf"^{SEGMENT}(/{SEGMENT}){{0,{MAX_SEGMENTS - 1}}}$"


class Namespace(models.Model):
    """A path that holds prompts and further namespaces. The root has the empty path.

    `lineage` lists the ids from the root down to this one, itself included, so that "here or
    above" is one array test.
    """

    path = models.CharField(max_length=520, unique=True, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    lineage = ArrayField(models.BigIntegerField(), default=list)
    purpose = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    history = History()

    class Meta:
        default_permissions = ()
        ordering = ["path"]
        permissions = [(value, f"{label} here and below") for value, label in Capability.choices]
        indexes = [GinIndex(fields=["lineage"], name="namespace_lineage")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(path="", parent=None)
                | models.Q(path__regex=PATH, parent__isnull=False),
                name="namespace_path_grammar",
            )
        ]

    def __str__(self) -> str:
        return self.path or "everything"

    @property
    def is_root(self) -> bool:
        return self.path == ""

    @property
    def segment(self) -> str:
        return self.path.rpartition("/")[2]


class NamespaceUserObjectPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Namespace, on_delete=models.CASCADE)
    history = History()


class NamespaceGroupObjectPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Namespace, on_delete=models.CASCADE)
    history = History()


def token_hash(token: str) -> str:
    """How the token of an invitation is kept: it has 256 random bits, so a plain hash will do."""
    return hashlib.sha256(token.encode()).hexdigest()


class Invitation(models.Model):
    """Asks a person in by e-mail. The link's token is kept as a hash and works once."""

    email = models.EmailField()
    name = models.CharField(max_length=120)
    token_hash = models.CharField(max_length=64, unique=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)
    namespace = models.ForeignKey(Namespace, null=True, blank=True, on_delete=models.PROTECT)
    role = models.CharField(max_length=20, blank=True, default="")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_an_address",
            )
        ]

    def __str__(self) -> str:
        return self.name


class AccessRequest(models.Model):
    """A person asks whoever manages a namespace for a capability on it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="access_requests"
    )
    namespace = models.ForeignKey(
        Namespace, on_delete=models.PROTECT, related_name="access_requests"
    )
    capability = models.CharField(max_length=20, choices=Capability)
    note = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    granted = models.BooleanField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "namespace", "capability"],
                condition=models.Q(decided_at=None),
                name="one_open_access_request",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} asks for {self.capability} on {self.namespace}"
