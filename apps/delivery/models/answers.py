from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from apps.environments.models import ApiKey


class KeptAnswer(models.Model):
    """What a write of the API answered to an `Idempotency-Key`: given again for a day. `call` is a
    hash of what was asked, so that the same token for another call is refused."""

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=200)
    call = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["key", "token"], name="one_kept_answer_a_token")
        ]
        indexes = [models.Index(fields=["made_at"], name="kept_answer_age")]

    def __str__(self) -> str:
        return self.token
