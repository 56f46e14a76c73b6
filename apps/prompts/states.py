from __future__ import annotations

from django.db import models


class Lifecycle(models.TextChoices):
    ACTIVE = "active", "Active"
    ARCHIVED = "archived", "Archived"


LIFECYCLE = {
    Lifecycle.ACTIVE: {Lifecycle.ARCHIVED},
    Lifecycle.ARCHIVED: {Lifecycle.ACTIVE},
}
