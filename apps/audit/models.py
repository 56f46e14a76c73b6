from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class AuditEntry(models.Model):
    """One governed act. Append-only; `hash` covers every other column."""

    append_only = True

    seq = models.BigIntegerField(primary_key=True)
    schema = models.PositiveSmallIntegerField(default=1)  # which columns the hash covers
    at = models.DateTimeField()
    event = models.CharField(max_length=80)
    outcome = models.CharField(max_length=10)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=64)
    actor_label_hash = models.CharField(max_length=64)
    on_behalf = models.JSONField(default=list)
    target_kind = models.CharField(max_length=40)
    target_id = models.CharField(max_length=64)
    target_label_hash = models.CharField(max_length=64)
    namespace_id = models.BigIntegerField(null=True)
    environment = models.CharField(max_length=63, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    data = models.JSONField(default=dict)
    source = models.CharField(max_length=10)
    address = models.CharField(max_length=64, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")
    transaction_id = models.BigIntegerField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["transaction_id"], name="audit_entry_transaction"),
            models.Index(fields=["namespace_id", "-seq"], name="audit_entry_namespace"),
            models.Index(fields=["event", "-seq"], name="audit_entry_event"),
            models.Index(fields=["actor_kind", "actor_id", "-seq"], name="audit_entry_actor"),
            models.Index(fields=["target_kind", "target_id", "-seq"], name="audit_entry_target"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.event}"


class AuditLabel(models.Model):
    """The name that an actor or target had then: erasable; the chain keeps its salted hash."""

    class Role(models.TextChoices):
        ACTOR = "actor"
        TARGET = "target"

    entry = models.ForeignKey(
        AuditEntry, on_delete=models.DO_NOTHING, related_name="labels", db_constraint=False
    )
    role = models.CharField(max_length=6, choices=Role)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    label = models.TextField()
    salt = models.CharField(max_length=32)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["entry", "role"], name="audit_label_once"),
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="audit_label_subject")]

    def __str__(self) -> str:
        return self.label


class SubscriberCursor(models.Model):
    """How far a subscriber has read the trail: at least once, in order."""

    name = models.CharField(max_length=80, primary_key=True)
    seq = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name} at {self.seq}"


class ChainCheck(models.Model):
    """One walk over the whole chain: how many entries it saw and the first that did not fit."""

    append_only = True

    checked_at = models.DateTimeField(db_default=Now())
    entries = models.BigIntegerField()
    broken_at = models.BigIntegerField(null=True)
    why = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.why or f"{self.entries} entries fit"
