from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.states import Transitions


class ExperimentState(models.TextChoices):
    DRAFT = "draft", _("Not started")
    RUNNING = "running", _("Running")
    STOPPED = "stopped", _("Stopped without a winner")
    DECIDED = "decided", _("Decided")
    ABANDONED = "abandoned", _("Never started")


E = ExperimentState
EXPERIMENT: Transitions = {
    E.DRAFT: {E.RUNNING, E.ABANDONED},
    E.RUNNING: {E.STOPPED, E.DECIDED},
}


class PlanState(models.TextChoices):
    """What becomes of a rollout that looks after itself."""

    RUNNING = "running", _("Goes on by itself")
    PAUSED = "paused", _("Paused: waits for a person")
    ROLLED_BACK = "rolled_back", _("Rolled back by itself")
    DONE = "done", _("Done")
    ENDED = "ended", _("Ended by a person")


P = PlanState
PLAN: Transitions = {
    P.RUNNING: {P.PAUSED, P.ROLLED_BACK, P.DONE, P.ENDED},
    P.PAUSED: {P.RUNNING, P.ROLLED_BACK, P.DONE, P.ENDED},
}


class OnHarm(models.TextChoices):
    ROLL_BACK = "roll_back", _("Roll back by itself")
    PAUSE = "pause", _("Pause, and tell me")
    NOTIFY = "notify", _("Go on, and tell me")


class Hold(models.TextChoices):
    TIME = "time", _("some hours")
    SAMPLE = "sample", _("so many customers with the new version")
    PERSON = "person", _("a person, who gives the next share")


class ShadowState(models.TextChoices):
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")
    DONE = "done", _("Done")


S = ShadowState
SHADOW: Transitions = {
    S.RUNNING: {S.PAUSED, S.STOPPED, S.DONE},
    S.PAUSED: {S.RUNNING, S.STOPPED, S.DONE},
}


class PairState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Answered")
    COULD_NOT_RUN = "could_not_run", _("Could not run")
