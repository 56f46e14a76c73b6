from __future__ import annotations

import datetime as dt

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_possible
from apps.environments.freezes import Moment
from apps.environments.models import Environment
from apps.prompts.models import Prompt
from apps.releases.models import Schedule
from apps.releases.permissions import has_right_there
from apps.releases.states import ScheduleState
from apps.teams.permissions import VERBS

LATEST = dt.timedelta(days=366)
TOO_LATE = dt.timedelta(days=1)


def can_be_planned_for(at: dt.datetime, now: dt.datetime, frozen: Moment | None) -> str:
    """A sentence that says why nothing can be planned for this time, "" when it can. `frozen`: the
    end of the freeze that this time lies in."""
    if at <= now:
        return _("This time is over. Choose one that is still to come, or release it now.")
    if at > now + LATEST:
        return _("Choose a time within the next year.")
    if frozen is not None:
        words = _("Nothing is released then (“%(name)s”). Choose a time after %(end)s.")
        end = date_format(localtime(frozen.at), "j F Y, H:i")
        return words % {"name": frozen.freeze.name, "end": end}
    return ""


def nothing_planned(waiting: Schedule | None) -> Verdict:
    if waiting is None:
        return ALLOW
    words = _("%(version)s is planned for %(place)s already. Withdraw that plan first.")
    return not_possible(
        "planned_already", words % {"version": waiting.version, "place": waiting.environment}
    )


def still_waits(schedule: Schedule) -> Verdict:
    if schedule.state == ScheduleState.WAITING:
        return ALLOW
    return not_possible("not_waiting", _("This plan is over: it was carried out, or withdrawn."))


def can_withdraw_schedule(actor: Actor, schedule: Schedule) -> Verdict:
    """Who made it, or anybody who could release there."""
    if actor.kind == "person" and actor.audit_id == schedule.made_by.audit_id:
        return still_waits(schedule)
    verdict = has_right_there(actor, schedule.prompt, schedule.environment)
    return verdict and still_waits(schedule)


def can_run_schedule(actor: Actor, schedule: Schedule, now: dt.datetime) -> Verdict:
    """By the system, at its time, and not long after: nobody waits for a release of last week."""
    if actor.kind != "system":
        return not_allowed("system_only", _("Release it with the button, under your own name."))
    verdict = still_waits(schedule)
    if not verdict:
        return verdict
    if schedule.at > now:
        return not_possible("not_due", _("Its time has not come."))
    if schedule.at + TOO_LATE < now:
        return not_possible("too_late", _("Galley did not run at that time. Plan it anew."))
    return ALLOW


def planner_may(schedule: Schedule) -> Verdict:
    return still_may(schedule.made_by, schedule.prompt, schedule.environment)


def still_may(planner: User, prompt: Prompt, place: Environment) -> Verdict:
    """Whoever planned it is active and still holds the right there."""
    if has_right_there(planner, prompt, place):
        return ALLOW
    words = _("%(who)s, who planned this, may not %(verb)s in %(place)s any more.")
    verb = VERBS[place.right_to_release]  # type: ignore[index]  # a capability
    return not_allowed("planner_lost_right", words % {"who": planner, "verb": verb, "place": place})


def by_itself(actor: Actor) -> Verdict:
    if actor.kind == "system":
        return ALLOW
    return not_allowed("system_only", _("Do it with the button, under your own name."))
