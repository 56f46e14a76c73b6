from __future__ import annotations

from django.db import models

from apps.core.states import Transitions


class Lifecycle(models.TextChoices):
    ACTIVE = "active", "Active"
    DEPRECATED = "deprecated", "Deprecated"
    ARCHIVED = "archived", "Archived"


IN_USE = (Lifecycle.ACTIVE, Lifecycle.DEPRECATED)
LIFECYCLE: Transitions = {
    Lifecycle.ACTIVE: {Lifecycle.DEPRECATED, Lifecycle.ARCHIVED},
    Lifecycle.DEPRECATED: {Lifecycle.ACTIVE, Lifecycle.ARCHIVED},
    Lifecycle.ARCHIVED: {Lifecycle.ACTIVE, Lifecycle.DEPRECATED},
}
