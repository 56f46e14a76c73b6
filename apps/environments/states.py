from __future__ import annotations

from django.db import models

from apps.core.states import Transitions


class How(models.TextChoices):
    """How a version went live."""

    PUBLISH = "publish", "Released"
    PROMOTE = "promote", "Promoted"
    ROLL_BACK = "roll_back", "Rolled back"
    STEP = "step", "Given another share of the traffic"
    SCHEDULE = "schedule", "Released at its time"
    BREAK_GLASS = "break_glass", "Released without its gates"
    EXPERIMENT = "experiment", "Shared with others in an experiment, or whole again after it"


class OnLastApproval(models.TextChoices):
    RELEASE = "release", "goes live with the last approval"
    WAIT = "wait", "waits for a releaser"


class KeyKind(models.TextChoices):
    READ = "read", "Read: fetch and render what is live, and log calls"
    WRITE = "write", "Write: propose drafts and versions and ask for reviews, never release"
    RELEASE = "release", "Release: release what is ready, through the gates, and roll back"


class ChangeKind(models.TextChoices):
    """What a proposed change of rules does with the rule of its place."""

    CHANGE = "change", "Change the rule"
    OVERRIDE = "override", "Give the namespace a rule of its own"
    REMOVE = "remove", "Take the rule away"


class ChangeState(models.TextChoices):
    OPEN = "open", "Waits for a second person"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


CHANGE: Transitions = {
    ChangeState.OPEN: {ChangeState.APPROVED, ChangeState.REFUSED, ChangeState.WITHDRAWN}
}
