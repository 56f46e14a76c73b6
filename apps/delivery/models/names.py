from __future__ import annotations

from django.db import models

from apps.environments.models import Environment
from apps.prompts.models import Prompt


class SentName(models.Model):
    """That callers of a prompt in an environment send a variable of this name; never its value.
    The empty name: that calls were seen at all, whatever they sent."""

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="+")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=64, blank=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "prompt", "name"], name="one_sent_name_a_place"
            )
        ]

    def __str__(self) -> str:
        return self.name
