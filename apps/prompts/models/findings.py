from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.prompts.models.prompts import Prompt

PERSON = settings.AUTH_USER_MODEL


class Dismissal(models.Model):
    """Why a finding is no problem, said by whom and when. `digest` is of the finding with the words
    it is about, so it is over when these change. One that was shown again keeps its row."""

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="dismissals")
    digest = models.CharField(max_length=64)
    code = models.CharField(max_length=40)  # of the finding, such as "secret"
    reason = models.TextField()
    person = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    shown_again_by = models.ForeignKey(
        PERSON, null=True, on_delete=models.PROTECT, related_name="+"
    )
    shown_again_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "digest"],
                condition=models.Q(shown_again_at=None),
                name="one_dismissal_a_finding",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} in {self.prompt}"
