from __future__ import annotations

from django.db import models


class How(models.TextChoices):
    """How a version went live."""

    PUBLISH = "publish", "Released"
    PROMOTE = "promote", "Promoted"
    ROLL_BACK = "roll_back", "Rolled back"
    STEP = "step", "Given another share of the traffic"
    SCHEDULE = "schedule", "Released at its time"
    BREAK_GLASS = "break_glass", "Released without its gates"


class OnLastApproval(models.TextChoices):
    RELEASE = "release", "goes live with the last approval"
    WAIT = "wait", "waits for a releaser"


class KeyKind(models.TextChoices):
    READ = "read", "Read: fetch and render what is live, and log calls"
    WRITE = "write", "Write: propose drafts and versions and ask for reviews, never release"
    RELEASE = "release", "Release: release what is ready, through the gates, and roll back"
