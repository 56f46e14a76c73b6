from __future__ import annotations

from django.db import models

from apps.core.states import Transitions


class Lifecycle(models.TextChoices):
    ACTIVE = "active", "Active"
    ARCHIVED = "archived", "Archived"


LIFECYCLE: Transitions = {
    Lifecycle.ACTIVE: {Lifecycle.ARCHIVED},
    Lifecycle.ARCHIVED: {Lifecycle.ACTIVE},
}
