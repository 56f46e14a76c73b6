from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.prompts.models import Prompt
from apps.reviews.models import Review

PERSON = settings.AUTH_USER_MODEL


class InboxItem(models.Model):
    """Something that one person should know or do. `seq` is the audit entry that it came from."""

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="inbox")
    seq = models.BigIntegerField()
    event = models.CharField(max_length=80)
    needs_action = models.BooleanField(default=False)
    prompt = models.ForeignKey(Prompt, null=True, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(Review, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-seq"]
        constraints = [
            models.UniqueConstraint(fields=["person", "seq"], name="one_item_an_event"),
        ]
        indexes = [models.Index(fields=["person", "done_at", "-seq"], name="inbox_open")]

    def __str__(self) -> str:
        return f"{self.event} for {self.person}"
