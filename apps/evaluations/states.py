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
