from __future__ import annotations

from django.db import models

from apps.core.history import History
from apps.prompts.naming import MAX_PATTERN, MAX_SENTENCE, in_words
from apps.teams.models import Namespace


class NamingRule(models.Model):
    """How the last part of a prompt's path looks in a namespace and below; the nearest one holds.

    `pattern` has the grammar of `prompts.naming`, `sentence` says it for people.
    """

    namespace = models.OneToOneField(
        Namespace, on_delete=models.PROTECT, related_name="naming_rule"
    )
    pattern = models.CharField(max_length=MAX_PATTERN)
    sentence = models.CharField(max_length=MAX_SENTENCE, blank=True, default="")
    history = History()

    class Meta:
        default_permissions = ()
        ordering = ["namespace__path"]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        return self.sentence or in_words(self.pattern)
