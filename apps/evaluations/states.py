from __future__ import annotations

from django.db import models

from apps.core.states import Transitions


class SuiteState(models.TextChoices):
    ACTIVE = "active", "Active"
    ARCHIVED = "archived", "Archived"


SUITE: Transitions = {
    SuiteState.ACTIVE: {SuiteState.ARCHIVED},
    SuiteState.ARCHIVED: {SuiteState.ACTIVE},
}


class CaseSource(models.TextChoices):
    HAND = "hand", "Written by hand"
    SHEET = "sheet", "From a spreadsheet"
    TRAFFIC = "traffic", "From real traffic"
    PLAYGROUND = "playground", "From the playground"
    KEY = "key", "Sent with a key"


class Condition(models.TextChoices):
    MUST_PASS = "must_pass", "Enough cases pass"
    NOT_WORSE = "not_worse", "Not worse than what is live"


class RequirementState(models.TextChoices):
    ACTIVE = "active", "Holds"
    LEAVING = "leaving", "Holds until a second person takes it away"
    REMOVED = "removed", "Taken away"


REQUIREMENT: Transitions = {
    RequirementState.ACTIVE: {RequirementState.LEAVING, RequirementState.REMOVED},
    RequirementState.LEAVING: {RequirementState.ACTIVE, RequirementState.REMOVED},
}


class TrialState(models.TextChoices):
    WAITING = "waiting", "Waits"
    ASKED = "asked", "Is asked"
    DONE = "done", "Answered"
    STOPPED = "stopped", "Stopped"
    COULD_NOT_RUN = "could_not_run", "Could not run"


TRIAL_ENDS = {TrialState.DONE, TrialState.STOPPED, TrialState.COULD_NOT_RUN}
TRIAL: Transitions = {
    TrialState.WAITING: {TrialState.ASKED, TrialState.STOPPED},
    TrialState.ASKED: {*TRIAL_ENDS},
}


class RunState(models.TextChoices):
    """Partial: some answers could not be had. Failed: none could."""

    QUEUED = "queued", "Waits"
    RUNNING = "running", "Runs"
    DONE = "done", "Done"
    PARTIAL = "partial", "Partly run"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Could not run"


FINISHED = {RunState.DONE, RunState.PARTIAL, RunState.CANCELLED, RunState.FAILED}
RUN: Transitions = {
    RunState.QUEUED: {RunState.RUNNING, *FINISHED},
    RunState.RUNNING: {*FINISHED},
    RunState.PARTIAL: {RunState.QUEUED},
    RunState.FAILED: {RunState.QUEUED},
    RunState.CANCELLED: {RunState.QUEUED},
}


class ResultState(models.TextChoices):
    WAITING = "waiting", "Waits"
    LEASED = "leased", "Is asked"
    DONE = "done", "Answered"
    COULD_NOT_RUN = "could_not_run", "Could not run"
    CANCELLED = "cancelled", "Cancelled"


class UpdateState(models.TextChoices):
    RUNNING = "running", "Runs"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


UPDATE: Transitions = {UpdateState.RUNNING: {UpdateState.DONE, UpdateState.CANCELLED}}


class Every(models.TextChoices):
    DAY = "day", "Every night"
    WEEK = "week", "Every week"


class ScheduleState(models.TextChoices):
    ACTIVE = "active", "Runs by itself"
    PAUSED = "paused", "Paused"
    ENDED = "ended", "Ended"


SCHEDULE: Transitions = {
    ScheduleState.ACTIVE: {ScheduleState.PAUSED, ScheduleState.ENDED},
    ScheduleState.PAUSED: {ScheduleState.ACTIVE, ScheduleState.ENDED},
}


class PlannedState(models.TextChoices):
    """Read: its run is over, and was looked at for drift."""

    WAITING = "waiting", "Waits"
    STARTED = "started", "Started"
    REFUSED = "refused", "Not started"
    DROPPED = "dropped", "Cancelled"
    UNTESTED = "untested", "No test"
    READ = "read", "Read"


PLANNED: Transitions = {
    PlannedState.WAITING: {
        PlannedState.STARTED,
        PlannedState.REFUSED,
        PlannedState.DROPPED,
    },
    PlannedState.STARTED: {PlannedState.READ},
}


class RatingWay(models.TextChoices):
    RATE = "rate", "Each answer by itself"
    COMPARE = "compare", "Two answers side by side, without their names"


class RatingSample(models.TextChoices):
    ALL = "all", "All of them"
    SOME = "some", "A sample, drawn by lot"
    APART = "apart", "Those on which the checks disagree"


class RatingRequestState(models.TextChoices):
    """Whether everything is rated, its tasks tell."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


RATING_REQUEST: Transitions = {RatingRequestState.OPEN: {RatingRequestState.CLOSED}}


class RatingTaskState(models.TextChoices):
    WAITING = "waiting", "Waits"
    SKIPPED = "skipped", "Skipped"
    DONE = "done", "Done"
    DROPPED = "dropped", "Taken from this person"


class Preference(models.TextChoices):
    """Of two answers, by what they are; which stood left is the task's."""

    FIRST = "first", "The first"
    SECOND = "second", "The second"
    SAME = "same", "Both the same"
    BOTH_BAD = "both_bad", "Both bad"
