"""Who may let a suite run by itself, and who may say that drift is known."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actors import SYSTEM, Actor
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_possible
from apps.evaluations.models import DriftAlarm, Suite, SuiteSchedule
from apps.evaluations.permissions.suites import can_change_suite
from apps.evaluations.queries.schedules import hidden_prompts
from apps.evaluations.states import SCHEDULE, ScheduleState
from apps.teams.models import Capability
from apps.teams.permissions import can


def can_make_schedule(actor: Actor | None, suite: Suite) -> Verdict:
    """A person who may edit the suite; each prompt and model is asked for besides."""
    allowed = can_change_suite(actor, suite)
    if allowed and not isinstance(actor, User):
        return not_allowed("people_only", _("Only a person can let a suite run by itself."))
    return allowed


def can_change_schedule(actor: Actor | None, schedule: SuiteSchedule, to: str) -> Verdict:
    """To pause, resume or end it."""
    allowed = can(actor, Capability.EDIT, schedule)
    if allowed and to not in SCHEDULE.get(schedule.state, frozenset()):
        words = _("This schedule is “%(state)s” already. Reload to see it.")
        return not_possible("other_state", words % {"state": schedule.get_state_display()})
    return allowed


def can_edit_schedule(actor: Actor | None, schedule: SuiteSchedule) -> Verdict:
    """To have it run otherwise, from then on on one's own behalf: a person who sees all that it
    runs, as long as it has not ended."""
    allowed = can(actor, Capability.EDIT, schedule)
    if allowed and not isinstance(actor, User):
        return not_allowed("people_only", _("Only a person can let a suite run by itself."))
    if allowed and schedule.state == ScheduleState.ENDED:
        words = _("This schedule has ended and never runs again. Make another one.")
        return not_possible("ended", words)
    if allowed and hidden_prompts(schedule, actor):
        words = _("It also runs prompts that you may not see. Ask %(who)s, or make another one.")
        return not_allowed("hidden_prompts", words % {"who": schedule.made_by})
    return allowed


def can_claim_schedule(actor: Actor | None, schedule: SuiteSchedule, now: dt.datetime) -> Verdict:
    if actor is not SYSTEM:
        return not_allowed("system_only", _("Galley starts this by itself."))
    if schedule.state != ScheduleState.ACTIVE or schedule.next_at > now:
        return not_possible("not_due", _("It is not due."))
    return ALLOW


def can_acknowledge_drift(actor: Actor | None, alarm: DriftAlarm) -> Verdict:
    allowed = can(actor, Capability.EDIT, alarm)
    if allowed and not isinstance(actor, User):
        return not_allowed("people_only", _("Only a person can acknowledge this."))
    if allowed and alarm.acknowledged_at is not None:
        words = _("%(who)s acknowledged this already.") % {"who": alarm.acknowledged_by}
        return not_possible("acknowledged", words)
    return allowed
