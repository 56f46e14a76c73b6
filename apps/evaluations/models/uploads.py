from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.evaluations.models.suites import Suite


class SheetUpload(models.Model):
    """A spreadsheet between its upload and its import: for its person alone, for a day."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sheet_uploads"
    )
    suite = models.ForeignKey(Suite, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name
