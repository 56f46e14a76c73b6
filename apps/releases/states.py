from __future__ import annotations

from django.db import models

from apps.core.states import Transitions


class ScheduleState(models.TextChoices):
    WAITING = "waiting", "Waiting for its time"
    DONE = "done", "Released"
    REFUSED = "refused", "Refused at its time"
    WITHDRAWN = "withdrawn", "Withdrawn"


class WaiverState(models.TextChoices):
    PROPOSED = "proposed", "Waits for a second person"
    CONFIRMED = "confirmed", "Waived"
    WITHDRAWN = "withdrawn", "Withdrawn"


W = WaiverState
WAIVER: Transitions = {
    W.PROPOSED: {W.CONFIRMED, W.WITHDRAWN},
    W.CONFIRMED: {W.WITHDRAWN},
}


class FollowUpState(models.TextChoices):
    OPEN = "open", "Waits for somebody else"
    CLOSED = "closed", "Closed"


FOLLOW_UP: Transitions = {FollowUpState.OPEN: {FollowUpState.CLOSED}}

SCHEDULE: Transitions = {
    ScheduleState.WAITING: {
        ScheduleState.DONE,
        ScheduleState.REFUSED,
        ScheduleState.WITHDRAWN,
    },
}
